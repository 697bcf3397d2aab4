//! One way to vary a scenario: changes, each a key and what it is to say, made to the tree that was read. Nothing is written out and read
//! again as text.

use super::changes::{id_of, set};
use super::finding::{Finding, Findings};
use super::inventory::{InventoryRequest, no_inventories, settle};
use super::loaded::{Scenario, family};
use super::quantity::QuantileDraw;
use super::reader::Reader;
use super::tree::{Key, Node, Span, Value};
use super::{check, input, read_plan};
use crate::plan::Family;
use serde_json::Value as Json;
use std::path::Path;

/// A change to a scenario.
///
/// ```
/// use cutover::scenario::Change;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let family = scenario.vary(&[Change::set("population.orgs", 700)])?;
/// assert_eq!(family.centre().orgs(), 700);
/// assert_eq!(Change::set("reconnect.uptake", vec![0.5]).text(), "reconnect.uptake=[0.5]");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Change {
    /// The dotted key, part by part; elements of lists by their ids.
    pub(super) path: Vec<String>,
    /// What is to stand there; nothing where the key is to go.
    pub(super) to: Option<Node>,
}

impl Change {
    /// Sets a dotted key: `reconnect.uptake` to `[0.5]`, `event.pkce.at` to `"2026-05-05 12:00"`. Values are those of a scenario, as JSON.
    pub fn set(key: &str, to: impl Into<Json>) -> Self {
        let path = key.split('.').map(str::to_owned).collect();
        Self { path, to: Some(node_of(&to.into(), &Span { source: 1, range: 0..0 })) }
    }

    /// The change as `--set` would be given it: `reconnect.uptake=[0.5]`.
    pub fn text(&self) -> String {
        let to = self.to.as_ref().map_or(Json::Null, Node::echo);
        format!("{}={}", self.path.join("."), toml_of(&to))
    }

    /// Makes it to a tree.
    ///
    /// # Errors
    /// When a list has no element of that id.
    pub(super) fn make(&self, root: &mut Node) -> Result<(), Box<Finding>> {
        let Some(to) = &self.to else {
            remove(root, &self.path);
            return Ok(());
        };
        if let [list, id] = &self.path[..]
            && add_element(root, list, id, to)
        {
            return Ok(());
        }
        let key = |name: &String| Key { name: name.clone(), span: to.span.clone() };
        set(root, &self.path.iter().map(key).collect::<Vec<_>>(), to.clone(), "")
    }

    /// The same, standing in a source of its own, where faults show it.
    pub(super) fn standing_in(&self, span: &Span) -> Self {
        let to = self.to.as_ref().map(|to| node_of(&to.echo(), span));
        Self { path: self.path.clone(), to }
    }
}

impl Scenario {
    /// The plans of this scenario with changes made. An inventory is not read again.
    ///
    /// # Errors
    /// The first thing that is wrong with it then.
    pub fn vary(&self, changes: &[Change]) -> Result<Family, String> {
        let mut root = self.root.clone();
        for change in changes {
            change.make(&mut root).map_err(|fault| fault.message)?;
        }
        family_of(&root, &[self])
    }
}

/// The family of a tree that has been put together of one scenario or several. Files of values are looked for beside each, inventories
/// are those that they have read.
pub(super) fn family_of(root: &Node, of: &[&Scenario]) -> Result<Family, String> {
    let beside = |scenario: &Scenario, file: &Path| {
        let folder = Path::new(&scenario.path).parent().unwrap_or(Path::new(""));
        input::read_text(&folder.join(file)).map_err(|error| input::told(&error))
    };
    let read = |file: &Path| {
        let mut found = of.iter().map(|scenario| beside(scenario, file));
        let first = found.next().unwrap_or_else(|| Err("there is no scenario beside it".to_owned()));
        first.or_else(|why| found.find(Result::is_ok).unwrap_or(Err(why)))
    };
    let mut findings = Findings::new(of.first().map_or("", |scenario| scenario.path.as_str()), "");
    // Where values of changes stand: not in the file.
    findings.add_source("a change", "");
    let mut reader = Reader::new(&mut findings, &read);
    let mut draft = read_plan::read(&mut reader, root);
    let unknowns = reader.unknowns;
    let _words = draft.wording.enter();
    for fault in check::check(&draft, &QuantileDraw::CENTRE) {
        findings.push(fault);
    }
    if let Some(fault) = findings.sorted().first().map(|f| f.message.clone()) {
        return Err(fault);
    }
    let orgs = |request: &InventoryRequest| {
        let read = of.iter().filter_map(|scenario| scenario.roster.as_ref());
        let same = read.into_iter().find(|(asked, _)| asked == request);
        same.map_or_else(|| no_inventories(request), |(_, roster)| Ok(roster.clone()))
    };
    let known = settle(&mut draft, &orgs).map_err(|fault| fault.message)?;
    if known.is_some()
        && let Some(fault) = check::check(&draft, &QuantileDraw::CENTRE).first()
    {
        return Err(fault.message.clone());
    }
    family(draft, unknowns)
}

/// Adds an element to a list that has none of its id; says whether it has.
fn add_element(root: &mut Node, list: &str, id: &str, to: &Node) -> bool {
    let Value::Table(table) = &mut root.value else { return false };
    let Some(Node { value: Value::Array(items), .. }) = table.get_mut(list) else { return false };
    let is_new = !items.iter().any(|item| id_of(item).as_deref() == Some(id)) && id_of(to).as_deref() == Some(id);
    if is_new {
        items.push(to.clone());
    }
    is_new
}

/// Takes the value at a path away.
fn remove(node: &mut Node, path: &[String]) {
    let [first, rest @ ..] = path else { return };
    match &mut node.value {
        Value::Table(table) if rest.is_empty() => table.entries.retain(|(key, _)| key.name != *first),
        Value::Table(table) => {
            if let Some(next) = table.get_mut(first) {
                remove(next, rest);
            }
        }
        Value::Array(items) => {
            let Some(at) = items.iter().position(|item| id_of(item).as_deref() == Some(first)) else { return };
            if rest.is_empty() {
                items.remove(at);
            } else {
                remove(&mut items[at], rest);
            }
        }
        _ => {}
    }
}

/// A value of JSON as a node.
fn node_of(value: &Json, span: &Span) -> Node {
    let value = match value {
        Json::Null => Value::String(String::new()),
        Json::Bool(truth) => Value::Bool(*truth),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Integer(whole),
            None => number.as_f64().map_or_else(|| Value::Huge(number.to_string()), Value::Float),
        },
        Json::String(text) => Value::String(text.clone()),
        Json::Array(items) => Value::Array(items.iter().map(|item| node_of(item, span)).collect()),
        Json::Object(entries) => {
            let mut table = super::tree::TomlTable::default();
            for (name, value) in entries {
                table.set(Key { name: name.clone(), span: span.clone() }, node_of(value, span));
            }
            Value::Table(table)
        }
    };
    Node { span: span.clone(), value }
}

/// A value as a scenario writes it, to be shown.
fn toml_of(value: &Json) -> String {
    match value {
        Json::Object(entries) => {
            let each: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {}", toml_of(value))).collect();
            format!("{{ {} }}", each.join(", "))
        }
        Json::Array(items) => format!("[{}]", items.iter().map(toml_of).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{parse, tests_text};
    use super::*;
    use serde_json::json;

    fn scenario(changes: &[String]) -> Scenario {
        parse("plan.toml", tests_text(), changes, &|_| Err("none".to_owned())).expect("valid")
    }

    #[test]
    fn a_change_makes_the_scenario_that_the_command_line_makes() {
        let plain = scenario(&[]);
        let all = [
            Change::set("reconnect.uptake", json!([0.25, { "base_rate": "advice-only" }])),
            Change::set("event.pkce.at", "2026-05-05 12:00"),
            Change::set("population.orgs", 700),
            Change::set("refresh.interval", json!({ "uniform": ["1h", "1400h"] })),
            Change::set("deadline", "2026-05-08 09:00"),
        ];
        for changes in [&all[..], &all[..1], &all[2..3]] {
            let typed: Vec<String> = changes.iter().map(Change::text).collect();
            let (varied, read) = (plain.vary(changes).expect("valid"), scenario(&typed).family);
            assert_eq!(varied.centre(), read.centre(), "{typed:?}");
            let plans = |family: &Family| family.possible_plans(0).expect("possible").plans;
            assert_eq!(plans(&varied), plans(&read), "{typed:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_change_is_said() {
        let plain = scenario(&[]);
        let no_event = plain.vary(&[Change::set("event.pkse.at", "2026-05-05 12:00")]).expect_err("no such event");
        assert!(no_event.contains("no event has the id `pkse`"), "{no_event}");
        let late = plain.vary(&[Change::set("deadline", "2027-05-08 09:00")]).expect_err("after the horizon");
        assert!(late.contains("horizon"), "{late}");
    }
}
