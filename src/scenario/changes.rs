//! Changes to a scenario from outside its file: `KEY=VALUE`, any dotted key, events, milestones and segments by their ids.
//! Each change is a source of its own, so that a fault in it is shown where it was typed.

use super::finding::{Finding, Findings};
use super::finding_code::FindingCode;
use super::keys;
use super::tree::{Key, Node, Span, TomlTable, Value, read_value};

/// The lists whose elements are named by their ids.
const LISTS: [&str; 4] = ["event", "milestone", "checkpoint", "segment"];

/// How changes are typed; findings show them so.
pub(super) const OPTION: &str = "--set ";

/// Applies `changes` to the tree, in their order.
pub(super) fn apply(root: &mut Node, changes: &[String], findings: &mut Findings) {
    for change in changes {
        let text = format!("{OPTION}{change}");
        let source = findings.add_source("command line", &text);
        if let Err(finding) = apply_one(root, &text, source) {
            findings.push(*finding);
        }
    }
}

/// The id of an element of `[[event]]`, `[[milestone]]` or `[[segment]]`: its `id`, or made from its `name`.
pub(super) fn id_of(node: &Node) -> Option<String> {
    let table = node.table()?;
    let text = |key: &str| table.get(key).and_then(Node::text);
    text("id").map(str::to_owned).or_else(|| text("name").map(keys::slug))
}

fn apply_one(root: &mut Node, text: &str, source: usize) -> Result<(), Box<Finding>> {
    let whole = Span { source, range: OPTION.len()..text.len() };
    let bad = |message: &str, span: Span, help: &str| {
        Box::new(Finding::new(FindingCode::BadChange, message, span).help(help))
    };
    let Some(equals) = text.find('=') else {
        let help = "write KEY=VALUE, such as reconnect.uptake=0.5 or event.pkce.at=\"2026-05-05 12:00\"";
        return Err(bad("this change has no `=`", whole, help));
    };
    let path = path_of(text, equals, source)?;
    let start = equals + 1 + (text[equals + 1..].len() - text[equals + 1..].trim_start().len());
    let typed = text[start..].trim_end();
    let span = Span { source, range: start..start + typed.len() };
    if typed.is_empty() {
        return Err(bad("this change has no value", whole, "write the value after the `=`"));
    }
    let value = match read_value(typed, source, start) {
        Ok(node) => node,
        Err(why) if typed.starts_with(['[', '{', '"', '\'']) => {
            let help = "write a TOML value; in a shell, put the whole of KEY=VALUE in single quotes";
            return Err(bad(&format!("this is no value: {why}"), span, help));
        }
        // A shell strips quotes, so that what is no TOML is meant as text.
        Err(_) => Node { span, value: Value::String(typed.to_owned()) },
    };
    set(root, &path, value, "")
}

/// The parts of the dotted key before `equals`, with their places. A part may be in quotes.
fn path_of(text: &str, equals: usize, source: usize) -> Result<Vec<Key>, Box<Finding>> {
    let mut path = Vec::new();
    let mut start = OPTION.len();
    for part in text[OPTION.len()..equals].split('.') {
        let trimmed = part.trim();
        let from = start + (part.len() - part.trim_start().len());
        let span = Span { source, range: from..from + trimmed.len() };
        let name = trimmed.trim_matches(['"', '\'']);
        if name.is_empty() {
            let finding = Finding::new(FindingCode::BadChange, "this change has an empty key", span);
            return Err(Box::new(finding.help("write a dotted key before the `=`, such as reconnect.uptake")));
        }
        path.push(Key { name: name.to_owned(), span });
        start += part.len() + 1;
    }
    Ok(path)
}

/// Sets the value at `path` below `node`, which stands at the dotted key `here`.
pub(super) fn set(node: &mut Node, path: &[Key], value: Node, here: &str) -> Result<(), Box<Finding>> {
    let Some((key, rest)) = path.split_first() else {
        node.span = value.span;
        node.value = value.value;
        return Ok(());
    };
    let listed = LISTS.contains(&here);
    if let (true, Value::Array(items)) = (listed, &mut node.value) {
        return set_element(items, key, rest, value, here);
    }
    if !matches!(node.value, Value::Table(_)) {
        // What stood here, say a plain duration, gives way to a table.
        *node = Node { span: key.span.clone(), value: Value::Table(TomlTable::default()) };
    }
    let Value::Table(table) = &mut node.value else { return Ok(()) };
    let there = if here.is_empty() { key.name.clone() } else { format!("{here}.{}", key.name) };
    match table.get_mut(&key.name) {
        Some(next) if !rest.is_empty() => set(next, rest, value, &there),
        _ if rest.is_empty() => {
            table.set(key.clone(), value);
            Ok(())
        }
        _ if here.is_empty() && LISTS.contains(&key.name.as_str()) => Err(no_such(&rest[0], &key.name, &[])),
        _ => {
            let mut next = Node { span: key.span.clone(), value: Value::Table(TomlTable::default()) };
            set(&mut next, rest, value, &there)?;
            table.set(key.clone(), next);
            Ok(())
        }
    }
}

/// Sets a value in the element of a list whose id is `key`.
fn set_element(items: &mut [Node], key: &Key, rest: &[Key], value: Node, list: &str) -> Result<(), Box<Finding>> {
    let ids: Vec<String> = items.iter().filter_map(id_of).collect();
    let Some(item) = items.iter_mut().find(|item| id_of(item).as_deref() == Some(&key.name)) else {
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        return Err(no_such(key, list, &ids));
    };
    if rest.is_empty() {
        // A whole new element keeps its id unless it brings one.
        let Value::Table(mut table) = value.value else {
            let help = format!("say which of its keys, such as {list}.{}.at=\"2026-05-05 12:00\"", key.name);
            let message = format!("a {list} is a table, not {}", value.value.kind());
            return Err(Box::new(Finding::new(FindingCode::BadChange, message, value.span).help(help)));
        };
        if table.get("id").is_none() {
            let id = Node { span: key.span.clone(), value: Value::String(key.name.clone()) };
            table.set(Key { name: "id".to_owned(), span: key.span.clone() }, id);
        }
        *item = Node { span: value.span, value: Value::Table(table) };
        return Ok(());
    }
    set(item, rest, value, &format!("{list}.{}", key.name))
}

fn no_such(key: &Key, list: &str, known: &[&str]) -> Box<Finding> {
    let help = match (keys::nearest(&key.name, known), known) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => format!("the scenario has no {list}"),
        (None, known) => format!("known ids: {}", keys::list(known)),
    };
    let message = format!("no {list} has the id `{}`", key.name);
    Box::new(Finding::new(FindingCode::UnknownId, message, key.span.clone()).help(help))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::tree::read_document;

    fn changed(changes: &[&str]) -> (serde_json::Value, Findings) {
        let text = "runs = 10\n[refresh]\ninterval = \"1400h\"\n[[event]]\nid = \"pkce\"\nat = \"x\"\n[[event]]\nname = \"Token Rotation\"\n";
        let mut findings = Findings::new("plan.toml", text);
        let mut root = read_document(&mut findings);
        let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
        apply(&mut root, &changes, &mut findings);
        (root.echo(), findings)
    }

    #[test]
    fn values_are_toml_where_they_can_be_and_text_else() {
        let (json, findings) = changed(&[
            "runs=20",
            "event.pkce.at=2026-05-03 24:00",
            "event.token-rotation.static_ip={ mismatch = 0.5 }",
            "recovery.after=6h",
            "refresh.interval.uniform=[\"1h\", \"2h\"]",
            "title = \"In quotes\"",
        ]);
        assert!(findings.is_empty(), "{}", findings.render(false));
        assert_eq!(json["runs"], 20);
        assert_eq!(json["event"][0]["at"], "2026-05-03 24:00");
        assert_eq!(json["event"][1]["static_ip"]["mismatch"], 0.5);
        assert_eq!(json["recovery"]["after"], "6h");
        assert_eq!(json["refresh"]["interval"]["uniform"][1], "2h");
        assert_eq!(json["title"], "In quotes");
    }

    #[test]
    fn a_later_change_has_the_last_word() {
        assert_eq!(changed(&["runs=20", "runs=30"]).0["runs"], 30);
    }

    #[test]
    fn a_change_that_fits_nothing_is_shown_as_it_was_typed() {
        for (change, says) in [
            ("runs", "no `=`"),
            ("=3", "empty key"),
            ("a..b=3", "empty key"),
            ("runs=", "no value"),
            ("event.pkcee.at=x", "did you mean `pkce`"),
            ("event.zzz.at=x", "known ids: `pkce` and `token-rotation`"),
            ("segment.emea.share=0.3", "has no segment"),
            ("reconnect.uptake=[0.1", "this is no value"),
            ("event.pkce=3", "is a table"),
        ] {
            let report = changed(&[change]).1.render(false);
            assert!(report.contains(says) && report.contains("--set"), "{change}: {report}");
        }
    }
}
