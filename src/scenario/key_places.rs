//! Where each key of a scenario stands, for whoever has something to say about it once the plan has been built.

use super::changes::id_of;
use super::keys::slug;
use super::tree::{Node, Span, Value};

/// The places of all keys that a scenario writes, dotted; elements of lists by id, by the id made from their name, or by their
/// number from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyPlaces(Vec<(String, Span)>);

impl KeyPlaces {
    /// The places of a tree.
    pub(super) fn of(root: &Node) -> Self {
        let mut places = Vec::new();
        collect(root, "", &mut places);
        Self(places)
    }

    /// The place of a value, if it is written.
    pub fn get(&self, key: &str) -> Option<&Span> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, span)| span)
    }

    /// The place of a value or, where it is not written, of the table that it would stand in; else the start of the file.
    pub fn nearest(&self, key: &str) -> Span {
        let mut key = key;
        loop {
            if let Some(span) = self.get(key) {
                return span.clone();
            }
            match key.rsplit_once('.') {
                Some((parent, _)) => key = parent,
                None => return Span::file_start(),
            }
        }
    }
}

fn collect(node: &Node, here: &str, places: &mut Vec<(String, Span)>) {
    let there = |name: &str| if here.is_empty() { name.to_owned() } else { format!("{here}.{name}") };
    if !here.is_empty() {
        places.push((here.to_owned(), node.span.clone()));
    }
    match &node.value {
        Value::Table(table) => table.entries.iter().for_each(|(key, value)| collect(value, &there(&key.name), places)),
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let id = id_of(item).unwrap_or_else(|| (i + 1).to_string());
                collect(item, &there(&id), places);
                // By its name as well: a milestone is not known by its id once it is in a plan.
                let name = item.table().and_then(|t| t.get("name")).and_then(Node::text).map(slug);
                if let Some(name) = name.filter(|name| *name != id) {
                    collect(item, &there(&name), places);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::finding::Findings;
    use super::super::tree::read_document;
    use super::*;

    #[test]
    fn a_key_is_found_by_its_dotted_name_and_an_absent_one_by_its_table() {
        let text = "uptake = [0.1, 0.2]\n[[event]]\nid = \"pkce\"\nat = \"x\"\n";
        let root = read_document(&mut Findings::new("plan.toml", text));
        let places = KeyPlaces::of(&root);
        let shown = |key: &str| text[places.nearest(key).range].to_owned();
        assert_eq!(
            ["uptake.2", "event.pkce.at", "event.pkce.name", "horizon"].map(shown),
            ["0.2", "\"x\"", "[[event]]", ""]
        );
        assert!(places.get("event.pkce.name").is_none());
    }
}
