"""A house of OCHRE's own examples with the weather of the others: heat pump and
heat-pump water heater, rows of 300 s. `ochre_house.py WEATHER DAYS` prints JSON."""

import contextlib
import datetime
import io
import json
import os
import sys
import tempfile
import time
import warnings

warnings.filterwarnings("ignore")

import ochre


def main():
    weather, days = os.path.abspath(sys.argv[1]), int(sys.argv[2])
    inputs = os.path.join(os.path.dirname(ochre.__file__), "defaults", "Input Files")
    with tempfile.TemporaryDirectory() as out, contextlib.redirect_stdout(io.StringIO()):
        house = ochre.Dwelling(
            name="house",
            start_time=datetime.datetime(2018, 1, 1),
            time_res=datetime.timedelta(minutes=5),
            duration=datetime.timedelta(days=days),
            initialization_time=datetime.timedelta(days=1),
            hpxml_file=os.path.join(inputs, "bldg0112631-up11.xml"),
            hpxml_schedule_file=os.path.join(inputs, "bldg0112631_schedule.csv"),
            weather_file=weather,
            verbosity=0,
            metrics_verbosity=1,
            save_results=True,
            output_path=out,
        )
        began = time.process_time()
        _, metrics, _ = house.simulate()
        took_s = time.process_time() - began
    kwh = metrics["Total Electric Energy (kWh)"] * 365.0 / days
    print(json.dumps({"years": days / 365.0, "cpu_s": took_s, "kwh": kwh}))


main()
