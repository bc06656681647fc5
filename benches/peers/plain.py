"""The plain program of benches/fleet/reference.rs in Python: a house of three
rooms of two nodes, an emitter and a tank of four layers under a thermostat, rows of
300 s, decisions held for the row. `plain.py numba|numpy HOUSES DAYS` prints JSON."""

import json
import math
import sys
import time

import numpy as np

ROOMS, LAYERS, STEP_S = 3, 4, 300.0
NODES = 2 * ROOMS + 1
EMITTER = 2 * ROOMS
LAYER_J_PER_K = 180.0 * 4180.0 / LAYERS


def matrices(houses):
    """x(t + dt) = a x(t) + b (outdoor, gains, heat), one pair a house."""
    a = np.empty((houses, NODES, NODES))
    b = np.empty((houses, NODES, 3))
    capacity = [1.5e5, 6e6] * ROOMS + [3.6e6]
    for k in range(houses):
        rate, drive = np.zeros((NODES, NODES)), np.zeros((NODES, 3))

        def link(i, j, g):
            for one, other in ((i, j), (j, i)):
                rate[one, other] += g / capacity[one]
                rate[one, one] -= g / capacity[one]

        for r in range(ROOMS):
            link(2 * r, 2 * r + 1, 250.0)
            link(2 * r, EMITTER, 90.0)
        for r in range(ROOMS):
            g = 35.0 * (1.0 + 0.1 * (k % 11) / 11.0) / capacity[2 * r]
            rate[2 * r, 2 * r] -= g
            drive[2 * r, 0], drive[2 * r, 1] = g, 1.0 / capacity[2 * r]
        drive[EMITTER, 2] = 1.0 / capacity[EMITTER]
        # Exact for held inputs: the exponential of the matrix with its inputs.
        whole = np.zeros((NODES + 3, NODES + 3))
        whole[:NODES, :NODES], whole[:NODES, NODES:] = rate * STEP_S, drive * STEP_S
        small, power = whole / 1024.0, np.eye(NODES + 3)
        term = np.eye(NODES + 3)
        for n in range(1, 12):
            term = term @ small / n
            power = power + term
        for _ in range(10):
            power = power @ power
        a[k], b[k] = power[:NODES, :NODES], power[:NODES, NODES:]
    return a, b


def weather(rows):
    phase = np.arange(rows) % 288 / 288.0 * math.tau
    outdoor_c = 2.0 + 6.0 * np.sin(phase)
    gains_w = 100.0 + 300.0 * np.maximum(np.sin(phase - 1.0), 0.0)
    draw_l = np.where((np.arange(rows) + 60) % 144 == 0, 45.0, 0.0)
    return outdoor_c, gains_w, draw_l


def loop(a, b, outdoor_c, gains_w, draw_l):
    """One house after the other; what numba compiles."""
    houses = a.shape[0]
    electric_j = np.zeros(houses)
    for h in range(houses):
        x, new = np.full(NODES, 20.0), np.empty(NODES)
        tank = np.full(LAYERS, 48.0)
        calls = np.zeros(ROOMS, dtype=np.bool_)
        charges = False
        for t in range(outdoor_c.shape[0]):
            wanted = False
            for r in range(ROOMS):
                if x[2 * r] < 20.2:
                    calls[r] = True
                elif x[2 * r] > 20.8:
                    calls[r] = False
                wanted = wanted or calls[r]
            if tank[1] < 45.0:
                charges = True
            elif tank[1] > 50.0:
                charges = False
            space_w, tank_w = 0.0, 0.0
            if wanted or charges:
                flow_c = tank[0] + 8.0 if charges else 38.0 - 0.6 * outdoor_c[t]
                capacity_w = 7500.0 + 140.0 * (outdoor_c[t] - 2.0) - 20.0 * (flow_c - 35.0)
                per_heat = 0.27 - 0.006 * (outdoor_c[t] - 2.0) + 0.005 * (flow_c - 35.0)
                if charges:
                    tank_w = capacity_w
                else:
                    space_w = min(max(600.0 * (flow_c - x[EMITTER]), 0.25 * capacity_w), capacity_w)
                electric_j[h] += (space_w + tank_w) * per_heat * STEP_S
            for i in range(NODES):
                s = b[h, i, 0] * outdoor_c[t] + b[h, i, 1] * gains_w[t] + b[h, i, 2] * space_w
                for j in range(NODES):
                    s += a[h, i, j] * x[j]
                new[i] = s
            x[:] = new
            if draw_l[t] > 0.0:
                hot_l = draw_l[t] * 30.0 / max(tank[LAYERS - 1] - 10.0, 30.0)
                share = min(hot_l * 4180.0 / LAYER_J_PER_K, 1.0)
                for k in range(LAYERS - 1, 0, -1):
                    tank[k] += share * (tank[k - 1] - tank[k])
                tank[0] += share * (10.0 - tank[0])
            tank[0] += tank_w * STEP_S / LAYER_J_PER_K
            for k in range(LAYERS):
                tank[k] -= 0.45 * STEP_S / LAYER_J_PER_K * (tank[k] - 18.0)
            for _ in range(LAYERS):
                for k in range(1, LAYERS):
                    if tank[k - 1] > tank[k]:
                        mean = 0.5 * (tank[k - 1] + tank[k])
                        tank[k - 1], tank[k] = mean, mean
    return electric_j


def arrays(a, b, outdoor_c, gains_w, draw_l):
    """All houses at once, an array a quantity."""
    houses = a.shape[0]
    x, tank = np.full((houses, NODES), 20.0), np.full((houses, LAYERS), 48.0)
    calls, charges = np.zeros((houses, ROOMS), bool), np.zeros(houses, bool)
    electric_j = np.zeros(houses)
    for t in range(outdoor_c.shape[0]):
        air = x[:, 0:EMITTER:2]
        calls = np.where(air < 20.2, True, np.where(air > 20.8, False, calls))
        charges = np.where(tank[:, 1] < 45.0, True, np.where(tank[:, 1] > 50.0, False, charges))
        wanted = calls.any(axis=1)
        flow_c = np.where(charges, tank[:, 0] + 8.0, 38.0 - 0.6 * outdoor_c[t])
        capacity_w = 7500.0 + 140.0 * (outdoor_c[t] - 2.0) - 20.0 * (flow_c - 35.0)
        per_heat = 0.27 - 0.006 * (outdoor_c[t] - 2.0) + 0.005 * (flow_c - 35.0)
        tank_w = np.where(charges, capacity_w, 0.0)
        space_w = np.clip(600.0 * (flow_c - x[:, EMITTER]), 0.25 * capacity_w, capacity_w)
        space_w = np.where(wanted & ~charges, space_w, 0.0)
        electric_j += (space_w + tank_w) * per_heat * STEP_S
        held = b[:, :, 0] * outdoor_c[t] + b[:, :, 1] * gains_w[t]
        x = np.einsum("hij,hj->hi", a, x) + held + b[:, :, 2] * space_w[:, None]
        if draw_l[t] > 0.0:
            hot_l = draw_l[t] * 30.0 / np.maximum(tank[:, LAYERS - 1] - 10.0, 30.0)
            share = np.minimum(hot_l * 4180.0 / LAYER_J_PER_K, 1.0)
            for k in range(LAYERS - 1, 0, -1):
                tank[:, k] += share * (tank[:, k - 1] - tank[:, k])
            tank[:, 0] += share * (10.0 - tank[:, 0])
        tank[:, 0] += tank_w * STEP_S / LAYER_J_PER_K
        tank -= 0.45 * STEP_S / LAYER_J_PER_K * (tank - 18.0)
        for _ in range(LAYERS):
            for k in range(1, LAYERS):
                turn = tank[:, k - 1] > tank[:, k]
                mean = 0.5 * (tank[:, k - 1] + tank[:, k])
                tank[:, k - 1] = np.where(turn, mean, tank[:, k - 1])
                tank[:, k] = np.where(turn, mean, tank[:, k])
    return electric_j


def main():
    how, houses, days = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    run = arrays
    if how == "numba":
        import numba

        run = numba.njit(loop)
        run(*matrices(1), *weather(288))
    inputs = (*matrices(houses), *weather(days * 288))
    began = time.process_time()
    electric_j = run(*inputs)
    took_s = time.process_time() - began
    kwh = float(electric_j.mean()) / 3.6e6 * 365.0 / days
    print(json.dumps({"years": houses * days / 365.0, "cpu_s": took_s, "kwh": kwh}))


main()
