"""Makes zones.txt, the time zones of each country, from the IANA database's zone.tab.

    python data/make_zones.py < /usr/share/zoneinfo/zone.tab > data/zones.txt
"""

import sys

zones = {}
for line in sys.stdin:
    if not line.startswith("#"):
        code, _, zone, *_ = line.rstrip("\n").split("\t")
        zones.setdefault(code, []).append(zone)

print("# Time zones in use in each country, by ISO 3166-1; made by make_zones.py, don't edit.")
print("# Source: zone.tab of the IANA time zone database, which is in the public domain.")
for code in sorted(zones):
    print(code, *zones[code])
