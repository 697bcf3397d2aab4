"""Makes 2026.csv: local times of 2026 in many zones, and the instants that Python's zoneinfo says they are; or, with the word
`changes`, changes.csv: every change of every zone's offset from 2026 to 2037.

    pip install tzdata==2026.6
    python tests/zones/make.py > tests/zones/2026.csv
    python tests/zones/make.py changes > tests/zones/changes.csv

A few plain days of each zone, and around each change of its clocks the minutes just before it, within it and after it.
A local time that the change skips is `skipped`; one that it repeats has both instants.
"""

import datetime as dt
import sys
import zoneinfo
from importlib.metadata import version
from importlib.resources import files

ZONES = """
Africa/Cairo Africa/Casablanca Africa/Johannesburg Africa/Lagos Africa/Nairobi America/Anchorage
America/Argentina/Buenos_Aires America/Asuncion America/Bogota America/Chicago America/Denver
America/Edmonton America/Halifax America/Havana America/Los_Angeles America/Mexico_City
America/New_York America/Nuuk America/Phoenix America/Santiago America/Sao_Paulo America/St_Johns
America/Toronto America/Vancouver America/Winnipeg Antarctica/Troll Asia/Beirut Asia/Dubai Asia/Gaza
Asia/Hong_Kong Asia/Jerusalem Asia/Karachi Asia/Kathmandu Asia/Kolkata Asia/Manila Asia/Riyadh
Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tehran Asia/Tokyo Asia/Yangon Atlantic/Azores
Atlantic/Reykjavik Australia/Adelaide Australia/Brisbane Australia/Darwin Australia/Eucla
Australia/Lord_Howe Australia/Melbourne Australia/Perth Australia/Sydney Europe/Athens Europe/Berlin
Europe/Chisinau Europe/Dublin Europe/Istanbul Europe/Lisbon Europe/London Europe/Madrid
Europe/Moscow Europe/Paris Pacific/Apia Pacific/Auckland Pacific/Chatham Pacific/Easter
Pacific/Honolulu Pacific/Kiritimati Pacific/Marquesas Pacific/Norfolk UTC
""".split()
UTC = dt.timezone.utc
MINUTE = dt.timedelta(minutes=1)
PLAIN = ["01-01 00:00", "02-28 23:59", "05-01 12:00", "05-04 09:00", "07-15 18:30", "12-31 23:59"]


def changes(zone, first=2026, last=2026):
    """Instants of these years at which the zone's offset changes, with the offsets before and after."""
    at, end = dt.datetime(first, 1, 1, tzinfo=UTC), dt.datetime(last + 1, 1, 1, tzinfo=UTC)
    before = at.astimezone(zone).utcoffset()
    while at < end:
        # Every offset in use changes on a multiple of a quarter of an hour.
        at += 15 * MINUTE
        after = at.astimezone(zone).utcoffset()
        if after != before:
            yield at.replace(tzinfo=None), before, after
            before = after


def locals_of(zone):
    yield from (dt.datetime.strptime(f"2026-{day}", "%Y-%m-%d %H:%M") for day in PLAIN)
    for at, before, after in changes(zone):
        first, last = min(at + before, at + after), max(at + before, at + after)
        yield from (first - MINUTE, first, first + (last - first) / 2, last - MINUTE, last, last + MINUTE)


def instants(local, zone):
    """The instants at which the zone's clocks show a local time, in order."""
    found = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(at for at in found if at.astimezone(zone).replace(tzinfo=None) == local)


def every_change():
    """A line for all zones whose clocks do the same: their names, the first offset in minutes, then instants and offsets."""
    alike = {}
    for name in sorted(zoneinfo.available_timezones()):
        zone = zoneinfo.ZoneInfo(name)
        minutes = lambda offset: int(offset.total_seconds()) // 60
        first = minutes(dt.datetime(2026, 1, 1, tzinfo=UTC).astimezone(zone).utcoffset())
        found = tuple(f"{at:%Y-%m-%dT%H:%MZ} {minutes(after)}" for at, _, after in changes(zone, 2026, 2037))
        alike.setdefault((first, found), []).append(name)
    for (first, found), names in alike.items():
        print(",".join([" ".join(names), str(first), *found]))


def main():
    zoneinfo.reset_tzpath(to=())  # the package's data, never the machine's
    with (files("tzdata") / "zoneinfo" / "tzdata.zi").open() as data:
        database = data.readline().removeprefix("# version ").strip()
    source = f"the IANA database {database} (the Python package tzdata {version('tzdata')})"
    print(f"# Made by make.py from {source}; don't edit.")
    if "changes" in sys.argv:
        return every_change()
    print("zone,local,utc,second")
    for name in ZONES:
        zone = zoneinfo.ZoneInfo(name)
        for local in locals_of(zone):
            found = [at.strftime("%Y-%m-%dT%H:%MZ") for at in instants(local, zone)]
            print(",".join([name, local.strftime("%Y-%m-%d %H:%M"), *(found or ["skipped"])]))


if __name__ == "__main__":
    main()
