//! Several rows of one org: found by id, and decided by time, never by the order of the file.

use super::rows::InventoryRows;
use crate::plan::units::{counted, group_count};
use crate::population::salesforce::key;
use crate::results::Texts;
use crate::scenario::inventory::Duplicates;
use rayon::prelude::*;
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

/// The rows of each org that has several, ascending, by its first row. Rows for which `leave` holds are not looked at.
pub(super) fn find(ids: &Texts, leave: &[usize]) -> Vec<Vec<usize>> {
    let of = |row: usize| key(ids.get(row));
    // As exports list them as a rule: nothing to remember.
    let ascends = |row: usize| of(row - 1) < of(row);
    if (1..ids.len()).into_par_iter().with_min_len(4096).all(ascends) {
        return Vec::new();
    }
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let hash = |row: usize| hasher.hash_one(of(row));
    let mut hashes: Vec<u64> = (0..ids.len()).into_par_iter().with_min_len(4096).map(hash).collect();
    hashes.par_sort_unstable();
    let mut twice: Vec<u64> = hashes.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
    if twice.is_empty() {
        return Vec::new();
    }
    twice.dedup();
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let may_be = |row: &usize| {
        !of(*row).is_empty() && leave.binary_search(row).is_err() && twice.binary_search(&hash(*row)).is_ok()
    };
    for row in (0..ids.len()).filter(may_be) {
        let group = *place.entry(of(row)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[group].push(row);
    }
    groups.retain(|rows| rows.len() > 1);
    groups
}

/// The rows of several of one org that don't count, ascending, and what is to be said of it.
pub(super) fn settle(rows: &InventoryRows, leave: &[usize], choice: Duplicates) -> (Vec<usize>, Vec<String>) {
    let Some(ids) = &rows.org_id else { return (Vec::new(), Vec::new()) };
    let groups = find(ids, leave);
    if groups.is_empty() || choice == Duplicates::Refuse {
        return (Vec::new(), Vec::new());
    }
    // What is smallest counts; of equals it does not matter which, but for a reconnect, a heavier weight and the id, in that order.
    let rank = |row: usize| match choice {
        Duplicates::Refuse | Duplicates::Latest => rows.age[row],
        Duplicates::Earliest => -rows.age[row],
        Duplicates::AnyConnection { event, interval } => first_refresh(rows.age[row], event, interval),
    };
    let weight = |row: usize| rows.weight.as_ref().map_or(0.0, |weights| weights[row]);
    let mut out = Vec::new();
    let mut two_forms = 0;
    for group in &groups {
        let before = |a: usize, b: usize| {
            (rank(a).cmp(&rank(b)))
                .then(rows.reconnected[b].cmp(&rows.reconnected[a]))
                .then(weight(b).total_cmp(&weight(a)))
                .then(ids.get(b).len().cmp(&ids.get(a).len()))
        };
        let kept = group.iter().copied().reduce(|a, b| if before(b, a).is_lt() { b } else { a });
        out.extend(group.iter().copied().filter(|row| Some(*row) != kept));
        two_forms += u64::from(group.iter().any(|row| ids.get(*row).len() != ids.get(group[0]).len()));
    }
    out.sort_unstable();
    let which = match choice {
        Duplicates::Refuse | Duplicates::Latest => "the row used last counts",
        Duplicates::Earliest => "the row used longest ago counts",
        Duplicates::AnyConnection { .. } => "the row counts whose connection meets the first event first",
    };
    let orgs = counted(groups.len() as u64, "org stands", "orgs stand");
    let left = counted(out.len() as u64, "other row is", "other rows are");
    let mut notes = vec![format!("{orgs} in several rows. Of each {which}; {left} left out.")];
    notes.extend(two_forms_note(two_forms));
    (out, notes)
}

/// That ids stand in two forms.
pub(super) fn two_forms_note(orgs: u64) -> Option<String> {
    let orgs = match orgs {
        0 => return None,
        1 => "1 org stands".to_owned(),
        n => format!("{} orgs stand", group_count(n)),
    };
    Some(format!("{orgs} under a Salesforce id of 15 characters and its form of 18. They are read as one."))
}

/// Microseconds from `as_of` to the first refresh at or after an event, of a connection of this age that refreshes at one interval.
fn first_refresh(age: i64, event: i64, interval: i64) -> i64 {
    let interval = interval.max(1);
    let since = (event.max(0) + age).max(0);
    // The next multiple of the interval, and at least one: what is due at `as_of` has happened.
    let multiples = (since.div_euclid(interval) + i64::from(since.rem_euclid(interval) > 0)).max(1);
    multiples.saturating_mul(interval).saturating_sub(age)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salesforce_ids_of_15_and_18_characters_are_one_where_the_ending_fits() {
        // From Salesforce's own description of the algorithm.
        for (id, want) in [
            ("001A0000006Vm9rIAC", "001A0000006Vm9r"),
            ("001A0000006Vm9r", "001A0000006Vm9r"),
            ("001A0000006Vm9rIAD", "001A0000006Vm9rIAD"),
            ("abcdefghijklmnoAAA", "abcdefghijklmno"),
            ("acme", "acme"),
        ] {
            assert_eq!(key(id), want, "{id}");
        }
    }

    #[test]
    fn the_connection_that_meets_an_event_first_is_found_by_its_age() {
        // Every 1,400 h; the event is 168 h away: ages of 1,232 h and 1,231 h refresh at 168 h and 169 h, one of 1,233 h at 1,567 h.
        let hours = 3_600_000_000_i64;
        let at = |age: i64| first_refresh(age * hours, 168 * hours, 1400 * hours) / hours;
        assert_eq!([1232, 1231, 1233, 0].map(at), [168, 169, 1567, 1400]);
    }
}
