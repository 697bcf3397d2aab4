#!/usr/bin/env bash
# Runs the GROUP BY of docs/bigger-than-one-machine.md in DuckDB and in Apache Spark, and compares the projections from both aggregates with
# that from the rows. Needs Python 3 with pip, and Java for Spark; says so and succeeds where they can't be had.
set -euo pipefail
cd "$(dirname "$0")/../.."
skip() { echo "skipped: $1"; exit 0; }

command -v python3 > /dev/null || skip "there is no python3"
command -v java > /dev/null || skip "there is no Java, which Spark needs"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv" 2> /dev/null || skip "python3 can't make a virtual environment"
"$place/venv/bin/pip" install --quiet duckdb==2.0.1 pyspark==4.3.0 2> "$place/pip.log" \
  || skip "DuckDB and Spark can't be installed: $(tail -n 1 "$place/pip.log")"
[ -n "${CUTOVER:-}" ] || { cargo build --locked --quiet; CUTOVER="${CARGO_TARGET_DIR:-target}/debug/cutover"; }
export CUTOVER
"$place/venv/bin/python" tests/warehouse/compare.py "$place"
