#!/usr/bin/env bash
# Opens reports and pages of rollouts under way in Chromium: the sliders say what summary.json says, nothing is asked of a network, both colour schemes, a phone's
# width, four printed pages at most, and no serious fault of accessibility. Installs what it needs; where that can't be had, it
# says so and passes. `CUTOVER=path/to/cutover` uses a binary that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

skip() {
  echo "skipped: $1"
  exit 0
}

find_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome || true; }
chromium=$(find_chromium)
if [ -z "$chromium" ]; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  command -v apt-get >/dev/null || skip "there is no Chromium, and no apt-get to install it"
  $as_root apt-get install -y chromium >/dev/null 2>&1 ||
    { $as_root apt-get update >/dev/null 2>&1 && $as_root apt-get install -y chromium >/dev/null 2>&1; } ||
    skip "Chromium can't be installed"
  chromium=$(find_chromium)
  [ -n "$chromium" ] || skip "Chromium can't be found"
fi
command -v node >/dev/null && command -v npm >/dev/null || skip "there is no node with npm"

work="$root/target/browser"
mkdir -p "$work"
cp "$here/package.json" "$work/"
(cd "$work" && npm install --no-audit --no-fund --silent >/dev/null 2>&1) || skip "npm can't install playwright-core and axe-core"

if [ -z "${CUTOVER:-}" ]; then
  cargo build --locked --bin cutover
  CUTOVER="$root/target/debug/cutover"
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
report() {
  local name=$1
  shift
  "$CUTOVER" run "$@" --runs 400 --quiet --format json --out "$out/$name" >/dev/null
}
report flagship scenarios/pkce-may-2026.toml
report regions scenarios/four-regions.toml
report certain scenarios/no-effect.toml
report unknown scenarios/not-known.toml
report orgs scenarios/inventory-example/pkce.toml
report local scenarios/four-regions.toml --set 'deadline={ at = "2026-05-04 09:00", clock = "org-local" }'
# Forty segments, as a large vendor has them.
node -e '
  const text = require("node:fs").readFileSync("scenarios/four-regions.toml", "utf8").split("[[segment]]")[0];
  const zones = ["America/New_York", "Europe/London", "Asia/Kolkata", "Asia/Tokyo", "Australia/Sydney"];
  const segment = (i) => `[[segment]]\nid = "region-${i}"\nshare = 0.025\ntime_zone = "${zones[i % zones.length]}"\n`;
  process.stdout.write(text + Array.from({ length: 40 }, (_, i) => segment(i)).join("\n"));
' >"$out/many.toml"
report many "$out/many.toml"
long=$(printf 'a plan with a very long title %.0s' {1..15})
hostile="<script>alert(1)</script> \"quotes\" 'and' & 🚀 مرحبا بالعالم שלום </script> \${x} {{ y }} $long"
report hostile scenarios/four-regions.toml --set "title=$(node -p 'JSON.stringify(process.argv[1])' "$hostile")" \
  --set "segment.japan.name=$(node -p 'JSON.stringify(process.argv[1])' "<img src=x onerror=alert(2)> \"日本\" 🗼 عربى")"
# A rollout under way, and one that no plan brings.
track() {
  printf 'at,reconnected,failed\n2026-05-02 09:00,260,%s\n' "$2" >"$out/$1.csv"
  "$CUTOVER" track scenarios/pkce-may-2026.toml --seen "$out/$1.csv" --quiet --brief --out "$out/$1" >/dev/null
}
track track 35
track track-misfit 400
EXPECT_TITLE="$hostile" NODE_PATH="$work/node_modules" CHROMIUM="$chromium" node "$here/report.cjs" "$out" "${SHOTS:-}"
