#!/usr/bin/env python3
"""Installs every peer, times each on one core, and prints how they compare, as Markdown.

It knows how peers are installed and laid out in tables; what they are asked stands in question.py, how each answers in its own
file. One that can't be installed or run gets a row that says why, and the rest go on. Exits with 1 when an answer is wrong or
cutover itself could not be timed.
"""

import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from question import BLOCKS, ORGS, TIMED, UPTAKES, exact_mean

HERE = Path(__file__).resolve().parent
PRODUCT = HERE.parent.parent
VENV = HERE / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
RATES_OF_A_SWEEP = 101
LIMIT = 4.0  # standard errors between an answer and the exact one
ONE_THREAD = ("RAYON_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
ENVIRONMENT = os.environ | dict.fromkeys(ONE_THREAD, "1")


class Unavailable(Exception):
    """Why a peer has no numbers."""


@dataclass
class Row:
    """One line of the tables: what was measured, or why not."""

    name: str
    version: str = ""
    nanoseconds: list[float] = field(default_factory=list)
    answers: list[dict] = field(default_factory=list)
    runs: int = 0
    rates: int = 1
    why_not: str = ""

    def per_rate(self):
        return statistics.median(self.nanoseconds) / self.rates

    def worst(self):
        """The largest distance from an exact answer, in standard errors."""
        return max(abs(a["mean"] - exact_mean(a["uptake"])) / a["se"] for a in self.answers)


# --- installing and running


def run(command, otherwise):
    """The command's output; what it complained of last, after `otherwise`, when it fails."""
    try:
        done = subprocess.run(command, check=False, cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True)
    except OSError as error:
        raise Unavailable(f"{otherwise}: {error.strerror}: {command[0]}") from error
    if done.returncode != 0:
        complaints = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in complaints if line.lower().startswith("error")]
        said = (errors or complaints[-1:] or ["no message"])[0]
        raise Unavailable(f"{otherwise}: {said}")
    return done.stdout


def python_peer(package):
    if not PYTHON.exists():
        run([sys.executable, "-m", "venv", str(VENV)], "no virtual environment")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--constraint", "requirements.txt"]
    run([*pip, package], "not installable here")
    return run([str(PYTHON), f"{package}_peer.py"], "does not run")


def rust_peer(folder, *options):
    command = ["--release", "--quiet", "--manifest-path", f"{folder}/Cargo.toml", *options]
    run(["cargo", "build", *command], "not installable here")
    return run(["cargo", "run", *command], "does not run")


def ours():
    # Its dependencies are those that the product itself is built with; cargo drops what the core does not need.
    shutil.copyfile(PRODUCT / "Cargo.lock", HERE / "ours/Cargo.lock")
    return rust_peer("ours")


def des():
    return rust_peer("des", "--locked")


def locked_version(folder, package):
    lock = tomllib.loads((HERE / folder / "Cargo.lock").read_text())
    return next(entry["version"] for entry in lock["package"] if entry["name"] == package)


def rows_of(name, measure, version=lambda line: line["version"]):
    """The rows that a peer gives: one for each line of JSON that it prints."""
    print(f"{name} ...", file=sys.stderr)
    try:
        lines = [json.loads(line) for line in measure().splitlines()]
    except Unavailable as why:
        return [Row(name, why_not=str(why))]
    return [
        Row(
            name=", ".join(part for part in (name_of(line, name), line.get("what")) if part),
            version=version(line),
            nanoseconds=line["ns"],
            answers=line["answers"],
            runs=line["runs"],
            rates=RATES_OF_A_SWEEP if line.get("what", "").startswith(str(RATES_OF_A_SWEEP)) else 1,
        )
        for line in lines
    ]


def name_of(line, name):
    return "one random number" if line["package"] == "rand_xoshiro" else name


# --- printing


def figures(value, digits=3):
    """A number to so many significant digits, with thousands separated and no exponent."""
    if value == 0:
        return "0"
    decimals = digits - 1 - int(f"{value:e}".split("e")[1])
    return f"{round(value, decimals):,.{max(0, decimals)}f}"


def table(header, rows):
    align = ["---"] + ["---:"] * (len(header) - 1)
    for cells in (header, align, *rows):
        print("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    print()


def speed(row, one_rate, sweep):
    """A row of the first table."""
    if row.why_not:
        return [row.name, "", row.why_not, "", "", "", "", ""]
    low, high = figures(min(row.nanoseconds)), figures(max(row.nanoseconds))
    cells = [row.name, row.version, f"{figures(statistics.median(row.nanoseconds))} ({low} to {high})"]
    if not row.answers:
        return [*cells, "", "", "", "", ""]
    against = [figures(row.per_rate() / other.per_rate()) if other else "" for other in (one_rate, sweep)]
    timed = next(a for a in row.answers if a["uptake"] == TIMED)
    verdict = "yes" if row.worst() <= LIMIT else f"NO, {row.worst():.1f} se off"
    return [*cells, figures(row.per_rate()), *against, answer(timed), verdict]


def answer(at):
    decimals = 1 if at["se"] >= 0.1 else 2
    return f"{at['mean']:.{decimals}f} ± {at['se']:.{decimals}f}"


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def print_all(rows, one_rate, sweep):
    print(f"Orgs failed by Monday 09:00, of {ORGS:,}, as each simulates it at an uptake of {TIMED:g}. Nanoseconds on one core: the")
    print(f"median of {BLOCKS} blocks of runs, and the least and the most. {processor()}, Python {platform.python_version()}.\n")
    header = ["", "version", "ns per org and run", "per rate", "÷ cutover, one rate", "÷ cutover, each of 101"]
    table([*header, f"its answer (exact {exact_mean(TIMED):.2f})", "agrees"], [speed(r, one_rate, sweep) for r in rows])
    print(f"The answers at {len(UPTAKES)} uptake rates, each with its standard error (se). One agrees that is within {LIMIT:g} se.\n")
    exact = ["exact", "", *(f"{exact_mean(u):.2f}" for u in UPTAKES), ""]
    answers = [
        [row.name, f"{row.runs:,}", *(answer(a) for a in row.answers), f"{row.worst():.1f} se"] for row in rows if row.answers
    ]
    table(["", "runs a rate", *(f"uptake {u:g}" for u in UPTAKES), "farthest off"], [exact, *answers])


def main():
    core = rows_of("cutover", ours, lambda line: locked_version("ours", line["package"]))
    product = [row for row in core if row.answers or row.why_not]
    random_numbers = [row for row in core if row not in product]
    peers = [
        *rows_of("numpy", lambda: python_peer("numpy")),
        *rows_of("SimPy", lambda: python_peer("simpy")),
        *rows_of("SimulSI", lambda: python_peer("simulsi")),
        *rows_of("simu-des", des, lambda line: locked_version("des", line["package"])),
    ]
    timed = [row for row in product if not row.why_not]
    one_rate = next((row for row in timed if row.rates == 1), None)
    sweep = next((row for row in timed if row.rates > 1), None)
    rows = [*product, *peers, *random_numbers]
    print_all(rows, one_rate, sweep)
    wrong = [row for row in rows if row.answers and row.worst() > LIMIT]
    sys.exit(1 if wrong or not timed else 0)


if __name__ == "__main__":
    main()
