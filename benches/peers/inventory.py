"""Ten million orgs from Parquet: reading, projecting and listing them, beside what polars needs to read the file and write the list.

python3 benches/peers/inventory.py [ROWS]    installs polars into an environment of its own and prints the ratio
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HOME = ROOT / "target" / "peers-inventory"
RESULT = ["avoided_by_reconnect", "failed_by_deadline", "down_at_deadline", "failed_by_horizon", "weight_at_risk"]
TIMES = 3

PLAN = """title = "Ten million orgs"
time_zone = "America/Los_Angeles"
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
[population]
inventory = "orgs.parquet"
as_of = "2026-04-24 12:00"
[[event]]
id = "pkce"
at = "2026-05-01 12:00"
reauthorization = {}
[reconnect]
opens = "2026-05-01 13:00"
closes = "2026-05-03 24:00"
uptake = [0.0, 0.25, 0.5, 0.75, 0.9, 1.0]
[recovery]
after = { lognormal = { median = "6h", sigma = 1.0 } }
"""


def in_environment():
    """Goes on in an environment that has polars and numpy."""
    python = HOME / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", HOME], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "polars==2.1.0", "numpy"], check=True)
    if pathlib.Path(sys.prefix) != HOME:
        os.execv(python, [str(python), *sys.argv])


def make(path, rows):
    import numpy as np
    import polars as pl

    draw = np.random.default_rng(1)
    as_of = np.datetime64("2026-04-24T19:00:00", "s")
    ages = draw.integers(3_600, 1_400 * 3_600, rows)
    zones = np.array(["America/New_York", "Europe/London", "Asia/Tokyo", "Asia/Kolkata"])
    frame = pl.DataFrame(
        {
            "org_id": pl.Series(np.arange(rows)).cast(pl.String).str.zfill(10),
            "last_refresh_at": (as_of - ages.astype("timedelta64[s]")).astype("datetime64[us]"),
            "time_zone": zones[draw.integers(0, 4, rows)],
            "weight": np.round(draw.lognormal(9.0, 1.0, rows)),
        }
    ).with_columns(pl.col("last_refresh_at").dt.replace_time_zone("UTC"))
    frame.write_parquet(path)


def by_polars(source, target):
    """Reads the file, and writes a table with the columns of the list."""
    import polars as pl

    frame = pl.read_parquet(source)
    age = pl.col("last_refresh_at").dt.epoch("s").cast(pl.Float64)
    frame = frame.with_columns([(age * (i + 1)).alias(name) for i, name in enumerate(RESULT)])
    frame = frame.with_columns([pl.col("last_refresh_at").dt.offset_by("1h").alias(f"fails_at{i}") for i in range(3)])
    frame.write_parquet(target, compression="zstd")


def least(work):
    times = []
    for _ in range(TIMES):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main():
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000
    in_environment()
    subprocess.run(["cargo", "build", "--locked", "--release", "--quiet"], check=True, cwd=ROOT)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        make(folder / "orgs.parquet", rows)
        (folder / "plan.toml").write_text(PLAN)
        polars = least(lambda: by_polars(folder / "orgs.parquet", folder / "list.parquet"))
        run = [ROOT / "target/release/cutover", "run", "plan.toml", "--quiet", "--engine", "exact"]
        peaks = []

        def project():
            child = subprocess.Popen(run, cwd=folder, stdout=subprocess.DEVNULL)
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            if child.returncode != 0:
                sys.exit("cutover run failed")
            peaks.append(usage.ru_maxrss / 2**20)

        ours = least(project)
        memory = max(peaks)
        print(f"{rows:,} rows; {os.cpu_count()} cores; the least of {TIMES} times")
        print(f"polars reads the file and writes the list: {polars:6.2f} s")
        print(f"cutover run, all of its files:             {ours:6.2f} s")
        print(f"ratio: {ours / polars:.2f} (asked: at most 2); at most {memory:.1f} GiB (asked: below 4)")


main()
