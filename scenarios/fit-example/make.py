"""Writes history.csv: refreshes of 40 made-up orgs over four weeks, at intervals from a Weibull law with scale 90 h and shape 1.3.

python3 make.py > history.csv     (the same bytes every time)
"""

import random
from datetime import datetime, timedelta, timezone

BEGIN = datetime(2026, 3, 2, tzinfo=timezone.utc)
WATCHED_HOURS = 28 * 24

rng = random.Random(20260302)
rows = []
for org in range(40):
    # The first refresh comes at any hour of the first four days; what was before it is not on record.
    at = rng.uniform(0.0, 96.0)
    while at < WATCHED_HOURS:
        rows.append((BEGIN + timedelta(seconds=round(at * 3600)), f"org-{org + 1:02}"))
        at += rng.weibullvariate(90.0, 1.3)

print("org_id,refreshed_at")
for at, org in sorted(rows):
    print(f"{org},{at:%Y-%m-%dT%H:%M:%SZ}")
