"""Makes holidays.txt, the public holidays of every country that the Python package `holidays` knows.

    pip install holidays==0.109
    python data/make_holidays.py > data/holidays.txt

The same version of the package gives the same bytes. The form of the file stands in its head.
"""

import datetime as dt
import re
from collections import Counter

import holidays
from holidays.registry import COUNTRIES

YEARS = range(2025, 2033)
FIRST, LAST = dt.date(YEARS[0], 1, 1), dt.date(YEARS[-1], 12, 31)
DAYS = [FIRST + dt.timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
# Where another of the package's categories is what offices keep: Hong Kong's general holidays, by the ordinance of that
# name; the package's public ones there are the statutory holidays, fewer of them.
CATEGORIES = {"HK": holidays.OPTIONAL}
# Countries of the package where nobody lives who would have a day off.
UNINHABITED = {"BV", "HM", "IO"}
# Names that can't be made from those of the package's modules.
NAMES = {
    "AX": "Åland Islands",
    "BL": "Saint Barthélemy",
    "BQ": "Bonaire, Sint Eustatius and Saba",
    "CD": "DR Congo",
    "CW": "Curaçao",
    "GW": "Guinea-Bissau",
    "HK": "Hong Kong",
    "RE": "Réunion",
    "SH": "Saint Helena, Ascension and Tristan da Cunha",
    "ST": "São Tomé and Príncipe",
    "SY": "Syria",
    "TL": "Timor-Leste",
}
SMALL_WORDS = {"And", "Of", "The"}

HEAD = f"""\
# Public holidays, {YEARS[0]} to {YEARS[-1]}, half days left out. Made by make_holidays.py; don't edit.
# Source: the Python package `holidays` {holidays.__version__}, https://github.com/vacanza/holidays, MIT licence:
#   Copyright (c) Vacanza Team and individual contributors
#   Copyright (c) dr-prodigy <dr.prodigy.github@gmail.com>, 2017-2023
#   Copyright (c) ryanss <ryanssdev@icloud.com>, 2014-2017
#   Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
#   documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
#   rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
#   persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
#   and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS
#   PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
#   MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
#   HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
#   ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
#
# Fields are parted by tabs.
#   @CODE  name  weekend  other codes      a country, by ISO 3166-1
#   @CODE-SUB  name  weekend               a part of the country above: what it has beside, or instead of, the whole's
#   name  dates                            a holiday: MMDD in every year, YYMMDD in one
#   -  dates                               a holiday of the whole country that the part has not
#   =  dates                               a weekend day that is worked, to make up for another
"""


def instance(code, part=None):
    """The public holidays, named in the country's own English where it has one, else in American English."""
    country = getattr(holidays, code)
    choices = (country.default_language or "", f"en_{code}", "en_US")
    # A country whose names are in English only has no languages to choose from.
    language = next((name for name in choices if name[:2] == "en" and name in country.supported_languages), None)
    return country(subdiv=part, years=YEARS, language=language, categories=CATEGORIES.get(code, holidays.PUBLIC))


def weekend_of(found):
    kinds = Counter(tuple(sorted(found._get_weekend(day))) for day in DAYS)
    assert len(kinds) == 1, f"the weekend of {found.country} {found.subdiv} changes: {kinds}"
    weekend = next(iter(kinds))
    # Of a country whose only public day of rest is Sunday the package knows which holidays move, not when offices close.
    return (5, 6) if weekend == (6,) else weekend


def words_of(weekend):
    return " ".join(WEEKDAYS[day] for day in weekend)


def spelt(dates):
    """MMDD for a day that is in every year, YYMMDD for the rest."""
    years = Counter(day.strftime("%m%d") for day in dates)
    every = sorted(day for day, count in years.items() if count == len(YEARS))
    return " ".join(every + [day.strftime("%y%m%d") for day in sorted(dates) if day.strftime("%m%d") not in every])


def named(days):
    """One line a name, by the first day that has it."""
    names = {}
    for day, name in sorted(days.items()):
        # Two holidays that fall on one day are one day off.
        names.setdefault(" and ".join(re.sub(r"\s+", " ", part) for part in name.split("; ")), []).append(day)
    return [f"{name}\t{spelt(dates)}" for name, dates in names.items()]


def name_of(code, module):
    words = module.replace("_", " ").title().split()
    return NAMES.get(code) or " ".join(w.lower() if w in SMALL_WORDS else w for w in words)


def names_of_parts(country):
    """The first alias of a part is its official name; those in capitals are codes of another list."""
    names = {}
    for alias, part in country.subdivisions_aliases.items():
        if not alias.isupper():
            names.setdefault(part, alias)
    return names


def within_years(country):
    return {day: name for day, name in country.items() if day.year in YEARS}


def worked(country):
    return sorted(day for day in country.weekend_workdays if day.year in YEARS)


def lines_of(code, module, others):
    whole = instance(code)
    days = within_years(whole)
    yield f"@{code}\t{name_of(code, module)}\t{words_of(weekend_of(whole))}\t{' '.join(others)}"
    yield from named(days)
    if worked(whole):
        yield f"=\t{spelt(worked(whole))}"
    names = names_of_parts(whole)
    for part in sorted(whole.subdivisions):
        found = instance(code, part)
        assert worked(found) == worked(whole), f"{code}-{part} works on other weekends than {code}"
        theirs = within_years(found)
        yield f"@{code}-{part}\t{names.get(part, part)}\t{words_of(weekend_of(found))}"
        yield from named({day: name for day, name in theirs.items() if days.get(day) != name})
        if missing := days.keys() - theirs.keys():
            yield f"-\t{spelt(missing)}"


def main():
    print(HEAD, end="")
    for module, (_, code, *others) in sorted(COUNTRIES.items(), key=lambda entry: entry[1][1]):
        if code not in UNINHABITED:
            print("\n".join(lines_of(code, module, [other for other in others if other.isupper() and len(other) < 4])))


if __name__ == "__main__":
    main()
