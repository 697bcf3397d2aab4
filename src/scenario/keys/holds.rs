//! What one key is: its name, what it may hold, whether it is needed, and what it means. The tables of keys stand in `tables`.

use crate::scenario::domain::Domain;

/// A key of a scenario.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What it may hold.
    pub holds: Holds,
    /// Whether a scenario is faulty without it.
    pub needed: bool,
    /// What holds where it is absent: a value as a scenario writes it, or words in parentheses.
    pub default: &'static str,
    /// A value as a scenario writes it; empty for tables that have a section of their own.
    pub example: &'static str,
    /// What it means, in a sentence without its full stop.
    pub means: &'static str,
}

/// The keys of one table.
#[derive(Debug, PartialEq)]
pub(crate) struct Section {
    /// The table as a scenario writes it, such as `[population]`; empty for the keys outside any table.
    pub header: &'static str,
    /// What the table is for, in a sentence or two.
    pub about: &'static str,
    /// Its keys, in the order in which scenarios write them.
    pub keys: &'static [Entry],
    /// Groups of keys of which at least one is needed.
    pub any_of: &'static [&'static [&'static str]],
}

/// What a key may hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Holds {
    /// Text that is not empty.
    Text,
    /// Text that can be written in a dotted key.
    Id,
    /// True or false.
    Flag,
    /// A whole number between these.
    Whole(u64, u64),
    /// A time zone of the IANA database.
    Zone,
    /// A country or a part of one.
    Country,
    /// A list of dates.
    Dates,
    /// A list of codes of lints.
    Lints,
    /// A list of days of the week.
    Weekdays,
    /// Weights of the hours of a day.
    Hours,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A path, relative to the scenario.
    Path,
    /// A value that no law may give.
    Plain(Domain),
    /// A value or a law: a number of the plan that may not be known.
    Number(Domain),
    /// A value or a law that is drawn for each org.
    Chance(Domain),
    /// Rates of reconnecting, one or a list: numbers, laws and base rates.
    Rates,
    /// A list of times, none of which a law may give.
    Moments,
    /// A list of pairs: a time, and a share or a count.
    Curve,
    /// A table.
    Table(&'static Section),
    /// A table whose keys come on top of those of the scenario, so that none is needed.
    Own(&'static Section),
    /// A list of tables.
    Tables(&'static Section),
    /// A table of tables, by the ids of events.
    ByEvent(&'static Section),
    /// A list of things, each one or the other of these.
    List(&'static [Holds]),
    /// One thing or the other.
    Either(&'static [Holds]),
}

impl Section {
    /// The names of its keys.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|entry| entry.name).collect()
    }

    /// Whether it has this key.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.keys.iter().any(|entry| entry.name == name)
    }
}

/// A key without which a scenario is faulty.
pub(super) const fn needed(name: &'static str, holds: Holds, example: &'static str, means: &'static str) -> Entry {
    Entry { name, holds, needed: true, default: "", example, means }
}

/// A key that may be absent; then `default` holds.
pub(super) const fn optional(
    name: &'static str,
    holds: Holds,
    default: &'static str,
    example: &'static str,
    means: &'static str,
) -> Entry {
    Entry { name, holds, needed: false, default, example, means }
}
