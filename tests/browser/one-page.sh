#!/usr/bin/env bash
# Prints the one page both ways: one-page.docx by LibreOffice, and report.html?one-page by Chromium. Each must be one page of the right paper
# that holds what it promises. What can't be had is said and passed over. `CUTOVER=path/to/cutover` uses a binary that is built already.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

skip() {
  echo "skipped: $1"
  exit 0
}

if [ -z "${CUTOVER:-}" ]; then
  cargo build --locked --bin cutover
  CUTOVER="$root/target/debug/cutover"
fi

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

# Pages, paper and text of a PDF: by poppler, else by pypdf.
if ! command -v pdfinfo >/dev/null || ! command -v pdftotext >/dev/null; then
  as_root=""
  [ "$(id -u)" = 0 ] || as_root="sudo -n"
  command -v apt-get >/dev/null && $as_root apt-get install -y poppler-utils >/dev/null 2>&1 || true
fi
if command -v pdfinfo >/dev/null && command -v pdftotext >/dev/null; then
  pages() { pdfinfo "$1" | sed -n 's/^Pages: *//p'; }
  width() { pdfinfo "$1" | sed -n 's/^Page size: *\([0-9]*\).*/\1/p'; }
  words() { pdftotext -layout "$1" -; }
else
  python3 -m venv "$out/venv" >/dev/null 2>&1 && "$out/venv/bin/pip" install --quiet pypdf >/dev/null 2>&1 ||
    skip "there is neither poppler-utils nor pypdf to read a PDF"
  read_pdf() { "$out/venv/bin/python" -c "from pypdf import PdfReader; import sys; r = PdfReader(sys.argv[1]); $2" "$1"; }
  pages() { read_pdf "$1" "print(len(r.pages))"; }
  width() { read_pdf "$1" "print(int(r.pages[0].mediabox.width))"; }
  words() { read_pdf "$1" "print('\n'.join(p.extract_text() for p in r.pages))"; }
fi

plan() {
  local name=$1
  shift
  "$CUTOVER" run "$@" --runs 400 --quiet --format json --out "$out/$name" >/dev/null
  cp "$out/$name/one-page.docx" "$out/$name.docx"
}
plan flagship scenarios/pkce-may-2026.toml
plan regions scenarios/four-regions.toml
plan unknown scenarios/not-known.toml
plan orgs scenarios/inventory-example/pkce.toml
# A plan of Berlin prints on A4; one whose names are long, and one with many dates and checkpoints, have room too.
plan berlin scenarios/pkce-may-2026.toml --set 'time_zone="Europe/Berlin"'
long=$(printf 'a name of more words than any page has room for %.0s' {1..12})
plan long scenarios/four-regions.toml --set "title=\"$long\"" --set "event.pkce.name=\"$long\"" --set "segment.japan.name=\"$long\""
sed -e 's/^deadline .*/deadline = "2026-06-12 17:00"/' -e 's/^closes .*/closes = "2026-06-12 17:00"/' scenarios/pkce-may-2026.toml >"$out/weeks.toml"
for day in {10..27}; do printf '[[milestone]]\nname = "Milestone number %s of many, with a name"\nat = "2026-05-%s 12:00"\n' "$day" "$day"; done >>"$out/weeks.toml"
plan weeks "$out/weeks.toml"
plans="flagship regions unknown orgs berlin long weeks"

# Two runs of one seed make the same bytes.
plan again scenarios/pkce-may-2026.toml
cmp "$out/flagship.docx" "$out/again.docx"

# held WHAT FILE NAME: one page of the plan's paper that holds its parts.
held() {
  local what=$1 file=$2 name=$3 found text part
  found=$(pages "$file")
  [ "$found" = 1 ] || { echo "$what of $name: $found pages"; exit 1; }
  local paper=612
  [ "$name" = berlin ] && paper=59
  case "$(width "$file")" in "$paper"*) ;; *) echo "$what of $name: not its paper, $(width "$file") points wide"; exit 1 ;; esac
  text=$(words "$file" | tr -s '\302\240 \n' ' ')
  for part in "failed orgs by" "9 of 10 outcomes lie in it" "Dates" "DEADLINE" "What to watch" "matter" "What is not known" "sha256" "seed 20260501"; do
    grep -qF "$part" <<<"$text" || { echo "$what of $name: no '$part' in: $text"; exit 1; }
  done
}

if ! command -v soffice >/dev/null; then
  echo "skipped: there is no LibreOffice to print one-page.docx"
else
  soffice() { command soffice --headless "-env:UserInstallation=file://$out/office" --convert-to pdf --outdir "$out/pdf" "$@" >/dev/null 2>&1 || true; }
  echo "a line" >"$out/try.txt"
  soffice "$out/try.txt"
  if [ ! -s "$out/pdf/try.pdf" ]; then
    echo "skipped: this LibreOffice has no Writer to print one-page.docx"
  else
    for name in $plans; do
      soffice "$out/$name.docx"
      [ -s "$out/pdf/$name.pdf" ] || { echo "LibreOffice does not open the file of $name"; exit 1; }
      held one-page.docx "$out/pdf/$name.pdf" "$name"
    done
    echo "one-page.docx: one page for each of: $plans"
  fi
fi

chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
[ -n "$chromium" ] || skip "there is no Chromium to print report.html?one-page"
for name in $plans; do
  # Now and then a build of it dies as it starts, before it has seen a page.
  for _ in 1 2 3; do
    timeout 60 "$chromium" --headless --no-sandbox --disable-gpu --no-pdf-header-footer "--user-data-dir=$out/chromium" \
      "--print-to-pdf=$out/$name-html.pdf" "file://$out/$name/report.html?one-page" >/dev/null 2>&1 || true
    [ -s "$out/$name-html.pdf" ] && break
  done
  [ -s "$out/$name-html.pdf" ] || skip "Chromium is installed, and can't print"
  held "report.html?one-page" "$out/$name-html.pdf" "$name"
done
echo "report.html?one-page: one page for each of: $plans"
if [ -n "${SHOTS:-}" ]; then
  mkdir -p "$SHOTS"
  for name in $plans; do
    cp "$out/$name-html.pdf" "$SHOTS/$name-html.pdf"
    cp "$out/pdf/$name.pdf" "$SHOTS/$name-docx.pdf" 2>/dev/null || true
  done
fi
