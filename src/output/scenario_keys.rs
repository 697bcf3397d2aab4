//! `docs/scenario-keys.md`: every key of a scenario with its value, default, meaning and an example, from the tables of keys that
//! the reader goes by. It knows how a page looks, and no key.

use crate::plan::units::{group_count, group_number};
use crate::scenario::domain::{Domain, MOST_ORGS, MOST_RUNS};
use crate::scenario::finding::SHOWN;
use crate::scenario::keys::{Entry, Holds, LAWS, SECTIONS, Section};
use crate::scenario::{MOST_RATES, MOST_SEGMENTS, MOST_VALUES, form_and_fits};

/// What stands before the keys.
const HEAD: &str = "# Every key of a scenario

`cutover schema --format markdown` writes this page, and `cutover schema` the same as a JSON Schema. An editor that knows TOML completes
keys and underlines slips with it: write the schema to a file and name it in the scenario's first line.

```sh
cutover schema > cutover.schema.json
```

```toml
#:schema ./cutover.schema.json
```

A schema knows keys and values, not how they belong together: `cutover check` finds a window that closes before it opens, too.

## How values are written

| value | written | |
| --- | --- | --- |
| text | `\"EMEA\"` | not empty |
| duration | `\"90m\"`, `\"36h\"`, `\"1d 12h\"`, `\"2w\"` | a day is 24 hours |
| time | `\"2026-05-04 09:00\"` | in the scenario's zone; `24:00` is the end of a day; an offset may follow: `\"2026-05-04T09:00:00-07:00\"` |
| time by an event | `\"pkce + 69h\"`, `\"pkce - 14d\"` | so much after or before the event's `at`; it moves along with it |
| | `\"pkce + 3d @ 09:00\"` | so many calendar days after the event's day, at that time of day |
| date | `\"2026-05-04\"` | |
| rate | `0.25` | from 0 to 1 |
| whole number | `2_500` | without quotes |

Where the tables below say “or law”, one of the laws at the end of the page may stand for the value. A law for an age, an interval or a
delay is chance: drawn for each org. A law for any other number is not knowing: the same for all orgs ([model](model.md)).

**Needed** keys have no default. `--set KEY=VALUE` changes any of them: `--set reconnect.uptake=0.5`, with events, milestones and
segments by id: `--set event.pkce.at=\"2026-05-05 12:00\"`.
";

/// The whole page.
pub fn page() -> String {
    let sections: String = SECTIONS.iter().map(|section| self::section(section)).collect();
    format!("{HEAD}{sections}{}{}", laws(), limits())
}

/// What a scenario may hold at most.
fn limits() -> String {
    let rows = [
        ("orgs", MOST_ORGS),
        ("`runs`", MOST_RUNS),
        ("rates in `uptake`", MOST_RATES as u64),
        ("segments", MOST_SEGMENTS as u64),
        ("values of an `empirical` law", MOST_VALUES as u64),
        ("faults that are shown; the rest is counted", SHOWN as u64),
    ];
    let rows: String = rows.iter().map(|(what, most)| format!("| {what} | {} |\n", group_count(*most))).collect();
    format!(
        "\n## Limits\n\n| what | at most |\n| --- | ---: |\n{rows}\nShapes of a beta law lie between 0.001 and 1,000,000, those of a Weibull law \
         between 0.01 and 1e9; sigma of a log-normal law is at most 20.\n"
    )
}

fn section(section: &Section) -> String {
    let title = match section.header {
        "" => "At the top".to_owned(),
        header => format!("`{header}`"),
    };
    let mut text = format!("\n## {title}\n\n");
    if !section.about.is_empty() {
        text += &format!("{}\n\n", section.about);
    }
    text += "| key | value | default | means | example |\n| --- | --- | --- | --- | --- |\n";
    for entry in section.keys {
        text += &row(entry);
    }
    for group in section.any_of {
        let names: Vec<String> = group.iter().map(|name| format!("`{name}`")).collect();
        text += &format!("\nAt least one of {} is needed.\n", names.join(", "));
    }
    text
}

fn row(entry: &Entry) -> String {
    let default = match entry.default {
        _ if entry.needed => "**needed**".to_owned(),
        words if words.starts_with('(') => words.trim_matches(['(', ')']).to_owned(),
        value => format!("`{value}`"),
    };
    let example = if entry.example.is_empty() { String::new() } else { format!("`{}`", entry.example) };
    let cells = [format!("`{}`", entry.name), value(entry.holds), default, entry.means.to_owned(), example];
    format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

/// What a key holds, in words.
fn value(holds: Holds) -> String {
    let words = match holds {
        Holds::Text => "text",
        Holds::Id => "id",
        Holds::Flag => "`true` or `false`",
        Holds::Whole(0, u64::MAX) => "whole number",
        Holds::Whole(low, high) => return range(low, high),
        Holds::Zone => "IANA time zone",
        Holds::Country => "ISO 3166 code of a country or part",
        Holds::Dates => "list of dates",
        Holds::Lints => "list of [lints](lints.md)",
        Holds::Weekdays => "list of weekdays",
        Holds::Hours => "table of weights by hours",
        Holds::Choice(words) => {
            return words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(" or ");
        }
        Holds::Path => "path from the scenario's folder",
        Holds::Plain(domain) => return of(domain),
        Holds::Number(domain) => return format!("{}, or law", of(domain)),
        Holds::Chance(domain) => return format!("{}, or law: drawn for each org", of(domain)),
        Holds::Rates => "rate, law or base rate, or a list of them",
        Holds::Moments => "list of times",
        Holds::Curve => "list of pairs: a time, a share or a count",
        Holds::Table(_) | Holds::Own(_) => "table",
        Holds::Tables(_) => "list of tables",
        Holds::ByEvent(_) => "tables by the events' ids",
        Holds::List(each) => {
            let each = each.iter().map(|one| value(*one)).collect::<Vec<_>>().join("; or ");
            return format!("list, each {each}");
        }
        Holds::Either(both) => return both.iter().map(|one| value(*one)).collect::<Vec<_>>().join("; or "),
    };
    words.to_owned()
}

fn of(domain: Domain) -> String {
    match domain {
        Domain::Hours { above_zero: false } => "duration".to_owned(),
        Domain::Hours { above_zero: true } => "duration above 0".to_owned(),
        Domain::Rate => "rate".to_owned(),
        Domain::Count(low, high) => range(low, high),
        Domain::Factor => format!("number from 0 to {}", group_number(domain.limits().1)),
        Domain::Shape => "number".to_owned(),
        Domain::Instant(_) | Domain::LocalTime => "time".to_owned(),
    }
}

fn range(low: u64, high: u64) -> String {
    format!("whole number from {low} to {}", group_count(high))
}

fn laws() -> String {
    let mut text =
        "\n## Laws\n\nA table with exactly one of these; a parameter of a law may be a law again.\n\n".to_owned();
    text += "| law | means | of |\n| --- | --- | --- |\n";
    for (name, means) in &LAWS {
        let (form, fits) = form_and_fits(name);
        text += &format!("| {form} | {means} | {} |\n", fits.join(", "));
    }
    text
}
