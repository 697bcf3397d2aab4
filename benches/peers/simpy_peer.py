"""The question in SimPy: a process for each org, and one for each admin who will reconnect, which interrupts the org's wait."""

import random

import simpy

from question import AGE, CLOSES, DEADLINE, INTERVAL, OPENS, ORGS, PKCE, run_peer


def org(env, draw, failures):
    last_refresh = -draw.uniform(*AGE)
    established_before_pkce = True
    while True:
        try:
            yield env.timeout(last_refresh + INTERVAL - env.now)
        except simpy.Interrupt:
            established_before_pkce = env.now < PKCE
        else:
            if env.now >= PKCE and established_before_pkce:
                failures.append(env.now)
                return
        last_refresh = env.now


def admin(env, draw, connection):
    yield env.timeout(draw.uniform(OPENS, CLOSES))
    if connection.is_alive:
        connection.interrupt()


def simulate_run(draw, uptake):
    env = simpy.Environment()
    failures = []
    for _ in range(ORGS):
        connection = env.process(org(env, draw, failures))
        if draw.random() < uptake:
            env.process(admin(env, draw, connection))
    env.run(until=DEADLINE)
    return len(failures)


def simulate(uptake, seed, runs):
    draw = random.Random(seed)
    return [simulate_run(draw, uptake) for _ in range(runs)]


if __name__ == "__main__":
    run_peer("simpy", 30, simulate)
