#!/usr/bin/env bash
# Builds the wheel, installs it from its file into a fresh virtual environment, and runs the main job with it. PROFILE chooses the profile of cargo:
# `dev` packs the build that tests use, `release` what is sent out. Needs Python 3 with pip; says so and succeeds where it can't be had.
set -euo pipefail
cd "$(dirname "$0")/../.."
skip() { echo "skipped: $1"; exit 0; }

command -v python3 > /dev/null || skip "there is no python3"
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/build" 2> /dev/null || skip "python3 can't make a virtual environment"
"$place/build/bin/pip" install --quiet "maturin>=1.7,<2" 2> "$place/pip.log" || skip "maturin can't be installed: $(tail -n 1 "$place/pip.log")"

PATH="$place/build/bin:$PATH" maturin build --locked --profile "${PROFILE:-dev}" --out "$place/dist" 2>&1 | tail -n 3
wheel=$(echo "$place"/dist/cutover-*.whl)
echo "$(basename "$wheel"): $(du -m "$wheel" | cut -f 1) MB"

python3 -m venv "$place/fresh"
"$place/fresh/bin/pip" install --quiet --no-index "$wheel"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
"$place/fresh/bin/cutover" --version | grep -F "cutover $version"
plan="$PWD/scenarios/pkce-may-2026.toml"
cd "$place"
"$place/fresh/bin/cutover" run "$plan" --out results | grep -F "If nobody reconnects, about 123 of 2,500 orgs"
for file in report.html one-page.docx charts/headline.png; do test -s "results/$file"; done
# The licenses travel along. (Read whole: a reader that stops at its first find kills the writer, which `pipefail` calls a failure.)
python3 -m zipfile --list "$wheel" > "$place/files.txt"
grep -qE 'licenses/(LICENSE|NOTICE)' "$place/files.txt"
echo "the wheel works"
