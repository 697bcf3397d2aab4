"""The question in numpy: whole arrays of orgs, a batch of runs at a time, one uptake rate a pass."""

import numpy as np

from question import AGE, CLOSES, DEADLINE, INTERVAL, OPENS, ORGS, PKCE, run_peer

BATCH = 10  # runs whose arrays are held at once; of the sizes tried the fastest


def simulate(uptake, seed, runs):
    rng = np.random.default_rng(seed)
    batches = [min(BATCH, runs - done) for done in range(0, runs, BATCH)]
    return np.concatenate([simulate_batch(rng, uptake, (size, ORGS)) for size in batches])


def simulate_batch(rng, uptake, shape):
    refresh = INTERVAL - rng.uniform(*AGE, shape)
    # One that comes before PKCE passes; the next one is the first that PKCE can fail.
    refresh = np.where(refresh < PKCE, refresh + INTERVAL, refresh)
    acts = rng.random(shape) < uptake
    reconnect = np.where(acts, rng.uniform(OPENS, CLOSES, shape), np.inf)
    failed = (refresh <= DEADLINE) & (refresh <= reconnect)
    return failed.sum(axis=1)


if __name__ == "__main__":
    run_peer("numpy", 5_000, simulate)
