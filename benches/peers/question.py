"""The question that every peer answers, its exact answer, and how a peer in Python is timed. It knows no simulator.

Hours count from the instant at which the ages are true, Fri 24 Apr 2026 12:00 in San Francisco.
"""

import json
import os
import statistics
import sys
import time
from importlib import metadata

ORGS = 2_500
AGE = (1.0, 1_400.0)  # hours since the last refresh, uniform
INTERVAL = 1_400.0  # hours from one refresh to the next
PKCE = 168.0  # Fri 1 May 12:00: from here on an older connection fails at its next refresh
OPENS = 169.0  # Fri 1 May 13:00: the first reconnects
CLOSES = 228.0  # the end of Sun 3 May: the last ones
DEADLINE = 237.0  # Mon 4 May 09:00

UPTAKES = (0.0, 0.5, 1.0)  # each is checked against the exact answer
TIMED = 0.5  # the one that is timed
BLOCKS = 5  # timed one by one; their median is reported
SEED = 20_260_501


def exact_mean(uptake: float) -> float:
    """Mean number of orgs that have failed by the deadline.

    The first refresh is uniform over `AGE`'s width. An org that does not act fails when it falls between PKCE and the deadline;
    one that acts fails when it falls between PKCE and the reconnect, which on average is the middle of the window.
    """
    width = AGE[1] - AGE[0]
    alone = (DEADLINE - PKCE) / width
    acting = ((OPENS + CLOSES) / 2 - PKCE) / width
    return ORGS * ((1 - uptake) * alone + uptake * acting)


def run_peer(package, runs, simulate):
    """Times `simulate(uptake, seed, runs)`, which returns the failed orgs of each run, and prints one line of JSON."""
    runs = max(2, round(runs * float(os.environ.get("PEERS_EFFORT", "1"))))
    simulate(TIMED, SEED, max(1, runs // 5))  # warm-up
    nanoseconds, answers = [], []
    for rate, uptake in enumerate(UPTAKES):
        counts = []
        for block in range(BLOCKS):
            start = time.perf_counter()
            failed = simulate(uptake, SEED + 1_000 * (rate + 1) + block, runs)
            taken = time.perf_counter() - start
            counts.extend(int(count) for count in failed)
            if uptake == TIMED:
                nanoseconds.append(taken * 1e9 / (runs * ORGS))
        se = statistics.stdev(counts) / len(counts) ** 0.5
        answers.append({"uptake": uptake, "mean": statistics.fmean(counts), "se": se})
    version = metadata.version(package)
    line = {"package": package, "version": version, "runs": runs * BLOCKS, "ns": nanoseconds, "answers": answers}
    json.dump(line, sys.stdout)
    print()
