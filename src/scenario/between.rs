//! What lies between two scenarios: the lines in which they differ, and the scenario that has any choice of them from the
//! second and the rest from the first.

use super::loaded::Scenario;
use super::tree::{Node, TomlTable, Value};
use super::vary::{Change, family_of};
use super::{changes, keys};
use crate::plan::Family;
use crate::results::plan_diff::ChangedKey;

/// The changed lines of two scenarios.
pub struct Between<'a> {
    first: &'a Scenario,
    second: &'a Scenario,
    changes: Vec<Change>,
}

/// Keys that change no mean.
const WITHOUT_FIGURES: [&str; 8] = ["title", "words", "locale", "seed", "runs", "tolerance", "allow", "milestone"];

impl<'a> Between<'a> {
    /// Every line in which the two differ once defaults are filled in, in the order of their keys. A line that makes no
    /// difference to either plan is none: a default that is written out, or another spelling.
    ///
    /// # Errors
    /// When a scenario can't be read again.
    pub fn new(first: &'a Scenario, second: &'a Scenario) -> Result<Self, String> {
        let mut changes = Vec::new();
        differing(Some(&first.root), Some(&second.root), &mut Vec::new(), &mut changes);
        changes.retain(|c| !WITHOUT_FIGURES.contains(&c.path[0].as_str()) && c.path.last().is_none_or(|k| k != "name"));
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        let all = Self { first, second, changes };
        let count = all.changes.len();
        let says = |chosen: &dyn Fn(usize) -> bool| {
            let family = all.family(&(0..count).map(chosen).collect::<Vec<_>>());
            family.map(|f| (f.centre().clone(), f.unknowns().to_vec()))
        };
        let (none, every) = (says(&|_| false)?, says(&|_| true)?);
        let matters = |i: usize| says(&|k| k == i) != Ok(none.clone()) || says(&|k| k != i) != Ok(every.clone());
        let matter: Vec<bool> = (0..count).map(matters).collect();
        let mut matter = matter.into_iter();
        let mut changes = all.changes;
        changes.retain(|_| matter.next().unwrap_or(true));
        Ok(Self { first, second, changes })
    }

    /// The changed lines in words.
    pub fn changes(&self) -> Vec<ChangedKey> {
        let of = |change: &Change| {
            let key = change.path.join(".");
            ChangedKey { from: words(self.first, &key), to: words(self.second, &key), key }
        };
        self.changes.iter().map(of).collect()
    }

    /// The scenario with the chosen changes made.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn family(&self, chosen: &[bool]) -> Result<Family, String> {
        let mut root = self.first.root.clone();
        // Removed first, so that what is added under another id finds its list.
        for (change, _) in self.changes.iter().zip(chosen).filter(|(_, chosen)| **chosen) {
            change.make(&mut root).map_err(|fault| fault.message)?;
        }
        family_of(&root, &[self.first, self.second])
    }
}

/// What a scenario says of a key in words; of a key that it leaves out, its default if it has one.
fn words(scenario: &Scenario, key: &str) -> Option<String> {
    let known = |key: &str| scenario.assumptions.iter().find(|a| a.key == key).map(|a| a.words.clone());
    let parts = || {
        let parts: Vec<String> = (scenario.assumptions.iter())
            .filter(|a| a.key.strip_prefix(key).is_some_and(|rest| rest.starts_with('.')))
            .map(|a| format!("{}: {}", &a.key[key.len() + 1..], a.words))
            .collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    };
    known(key).or_else(|| known(key.strip_suffix(".at")?)).or_else(parts).or_else(|| {
        let node = find(&scenario.root, key)?;
        Some(node.echo().to_string())
    })
}

fn find<'n>(root: &'n Node, key: &str) -> Option<&'n Node> {
    key.split('.').try_fold(root, |node, part| match &node.value {
        Value::Table(table) => table.get(part),
        Value::Array(items) => items.iter().find(|i| changes::id_of(i).as_deref() == Some(part)),
        _ => None,
    })
}

/// Whether a table is one value: a law.
fn is_law(table: &TomlTable) -> bool {
    table.entries.iter().any(|(k, _)| keys::is_law(&k.name))
}

/// Adds to `found` every line in which two trees differ. A table that only one has is one change, and so is a law.
fn differing(a: Option<&Node>, b: Option<&Node>, path: &mut Vec<String>, found: &mut Vec<Change>) {
    if let (Some(a), Some(b)) = (a, b) {
        if a.echo() == b.echo() {
            return;
        }
        if let (Some(x), Some(y)) = (a.table().filter(|t| !is_law(t)), b.table().filter(|t| !is_law(t))) {
            let names = |t: &TomlTable| t.entries.iter().map(|(k, _)| k.name.clone()).collect::<Vec<_>>();
            return each(&names(x), &names(y), path, found, &|name| (x.get(name), y.get(name)));
        }
        let listed = path.len() == 1 && ["event", "segment", "milestone", "checkpoint"].contains(&path[0].as_str());
        if let (true, Value::Array(x), Value::Array(y)) = (listed, &a.value, &b.value) {
            let ids = |items: &[Node]| items.iter().filter_map(changes::id_of).collect::<Vec<_>>();
            let by_id =
                |items: &'_ [Node], id: &str| items.iter().position(|i| changes::id_of(i).as_deref() == Some(id));
            let get = |id: &str| (by_id(x, id).map(|i| &x[i]), by_id(y, id).map(|i| &y[i]));
            return each(&ids(x), &ids(y), path, found, &get);
        }
    } else if a.is_none() && b.is_none() {
        return;
    }
    found.push(Change { path: path.clone(), to: b.cloned() });
}

/// A part of two trees, in each that has it.
type Both<'n> = (Option<&'n Node>, Option<&'n Node>);

/// The parts that either has.
fn each<'n>(
    x: &[String],
    y: &[String],
    path: &mut Vec<String>,
    found: &mut Vec<Change>,
    get: &dyn Fn(&str) -> Both<'n>,
) {
    for name in x.iter().chain(y.iter().filter(|name| !x.contains(name))) {
        path.push(name.clone());
        let (a, b) = get(name);
        differing(a, b, path, found);
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, tests_text};
    use super::*;

    fn scenario(changes: &[&str]) -> Scenario {
        let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
        parse("plan.toml", tests_text(), &changes, &|_| Err("no file".to_owned())).expect("valid")
    }

    fn keys(a: &[&str], b: &[&str]) -> Vec<String> {
        let (a, b) = (scenario(a), scenario(b));
        Between::new(&a, &b).expect("read").changes().into_iter().map(|c| c.key).collect()
    }

    #[test]
    fn only_lines_that_make_a_difference_are_changes() {
        assert_eq!(keys(&[], &["title=\"Other\"", "seed=4", "tolerance=3"]), Vec::<String>::new());
        // Another spelling of the same, and a default that is left out.
        assert_eq!(keys(&[], &["refresh.interval=\"1400 h\""]), Vec::<String>::new());
        assert_eq!(keys(&[], &["reconnect.timing=\"uniform\""]), Vec::<String>::new());
        assert_eq!(
            keys(&["refresh.interval=\"700h\""], &["event.pkce.at=\"2026-05-02 12:00\""]),
            ["event.pkce.at", "refresh.interval"]
        );
    }

    #[test]
    fn a_choice_of_changes_is_the_scenario_that_has_them() {
        let b = ["refresh.interval=\"700h\"", "population.orgs=100", "event.pkce.reauthorization.required=0.5"];
        let (first, second) = (scenario(&[]), scenario(&b));
        let between = Between::new(&first, &second).expect("read");
        let keys: Vec<String> = between.changes().into_iter().map(|c| c.key).collect();
        for chosen in 0..8_usize {
            let bits: Vec<bool> = (0..3).map(|i| chosen >> i & 1 == 1).collect();
            let set: Vec<&str> = keys
                .iter()
                .zip(&bits)
                .filter(|(_, c)| **c)
                .filter_map(|(k, _)| b.iter().copied().find(|s| s.starts_with(k)))
                .collect();
            assert_eq!(between.family(&bits).expect("valid").centre(), scenario(&set).family.centre(), "{set:?}");
        }
        assert_eq!(between.changes()[1].to.as_deref(), Some("100 orgs"));
    }
}
