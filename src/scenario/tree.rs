//! The scenario as a tree: every value and every key with the place it came from, in the file's order. It knows TOML's
//! syntax and nothing of what the keys mean.

use super::finding_code::FindingCode;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::finding::{Finding, Findings};
pub(crate) use super::span::Span;
use super::{moment, slips};

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// Where it stands; of a table with a header, the header.
    pub span: Span,
    /// What stands there.
    pub value: Value,
}

/// What TOML can say.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// Text.
    String(String),
    /// A whole number.
    Integer(i64),
    /// A whole number that 64 bits can't hold, as written.
    Huge(String),
    /// A number with a decimal point or exponent; may be NaN or infinite.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A date, a time, or both, as TOML spells it.
    Datetime(String),
    /// A list.
    Array(Vec<Node>),
    /// A table.
    Table(TomlTable),
}

impl Value {
    /// What it is, as a message names it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::String(_) => "text",
            Self::Integer(_) | Self::Huge(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Bool(_) => "true or false",
            Self::Datetime(_) => "a date or time",
            Self::Array(_) => "a list",
            Self::Table(_) => "a table",
        }
    }
}

/// A key with its place.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    /// The key, unquoted.
    pub name: String,
    /// Where it stands.
    pub span: Span,
}

/// Keys and values, in the order of the source.
#[derive(Debug, Clone, Default)]
pub(crate) struct TomlTable {
    /// The entries; keys are unique.
    pub entries: Vec<(Key, Node)>,
}

impl TomlTable {
    /// The value of `key`.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|(k, _)| k.name == key).map(|(_, v)| v)
    }

    /// The key itself, with its place.
    pub(crate) fn key(&self, key: &str) -> Option<&Key> {
        self.entries.iter().find(|(k, _)| k.name == key).map(|(k, _)| k)
    }

    /// The value of `key`, to be changed.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.entries.iter_mut().find(|(k, _)| k.name == key).map(|(_, v)| v)
    }

    /// Sets `key`, keeping its place in the order when it is there.
    pub(crate) fn set(&mut self, key: Key, value: Node) {
        match self.entries.iter().position(|(k, _)| k.name == key.name) {
            Some(at) => self.entries[at] = (key, value),
            None => self.entries.push((key, value)),
        }
    }
}

impl Node {
    /// The table, if it is one.
    pub(crate) fn table(&self) -> Option<&TomlTable> {
        if let Value::Table(table) = &self.value { Some(table) } else { None }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Value::String(text) = &self.value { Some(text) } else { None }
    }

    /// The value in JSON, as the source writes it.
    pub(crate) fn echo(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::String(text) | Value::Huge(text) => Json::from(text.as_str()),
            Value::Integer(n) => Json::from(*n),
            Value::Float(x) => Json::from(*x),
            Value::Bool(b) => Json::from(*b),
            Value::Datetime(at) => Json::from(at.as_str()),
            Value::Array(items) => items.iter().map(Self::echo).collect(),
            Value::Table(table) => table.entries.iter().map(|(k, v)| (k.name.clone(), v.echo())).collect(),
        }
    }
}

/// The tree of a whole file (source 0). Every syntax error becomes a finding; what could be read is returned all the same.
pub(crate) fn read_document(findings: &mut Findings) -> Node {
    let text = findings.text(0).to_owned();
    let (table, errors) = DeTable::parse_recoverable(&text);
    let table = convert_table(table.get_ref(), 0, 0);
    for error in errors {
        let range = error.span().unwrap_or(text.len()..text.len());
        findings.push(match error.message() {
            DUPLICATE => duplicate_finding(&text, &table, range),
            message => syntax_finding(&text, message, range),
        });
    }
    Node { span: Span::file_start(), value: Value::Table(table) }
}

/// What the parser says of a key that is set twice.
const DUPLICATE: &str = "duplicate key";

/// A key that is set twice, with the place where it was set before.
fn duplicate_finding(text: &str, table: &TomlTable, range: Range<usize>) -> Finding {
    let name = text.get(range.clone()).unwrap_or_default().trim_matches(['"', '\'']);
    let mut before = Vec::new();
    places_of(name, table, &mut before);
    let first = before.into_iter().filter(|span| span.range.end <= range.start).max_by_key(|span| span.range.start);
    let span = Span { source: 0, range };
    let finding = Finding::new(FindingCode::Syntax, format!("`{name}` is set twice"), span).label("and again here");
    let finding = finding.help("remove one of the two");
    match first {
        Some(first) => finding.related(first, "set here"),
        None => finding,
    }
}

/// Every place of a key called `name`.
fn places_of(name: &str, table: &TomlTable, places: &mut Vec<Span>) {
    for (key, node) in &table.entries {
        if key.name == name {
            places.push(key.span.clone());
        }
        match &node.value {
            Value::Table(table) => places_of(name, table, places),
            Value::Array(items) => items.iter().filter_map(Node::table).for_each(|t| places_of(name, t, places)),
            _ => {}
        }
    }
}

/// The value that `text` spells in TOML, its places moved by `offset` within `source`.
///
/// # Errors
/// Says why it is no TOML value.
pub(crate) fn read_value(text: &str, source: usize, offset: usize) -> Result<Node, String> {
    match DeValue::parse(text) {
        Ok(value) => Ok(convert(value.get_ref(), value.span(), source, offset)),
        Err(error) => Err(error.message().to_owned()),
    }
}

fn convert_table(table: &DeTable<'_>, source: usize, offset: usize) -> TomlTable {
    let moved = |r: Range<usize>| Span { source, range: r.start + offset..r.end + offset };
    let entries = table.iter().map(|(key, value)| {
        let name = key.get_ref().to_string();
        (Key { name, span: moved(key.span()) }, convert(value.get_ref(), value.span(), source, offset))
    });
    TomlTable { entries: entries.collect() }
}

fn convert(value: &DeValue<'_>, range: Range<usize>, source: usize, offset: usize) -> Node {
    let value = match value {
        DeValue::String(text) => Value::String(text.to_string()),
        DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(n) => Value::Integer(n),
            Err(_) => Value::Huge(n.as_str().to_owned()),
        },
        // Digits that TOML has accepted; should Rust refuse them, they are no finite number.
        DeValue::Float(x) => Value::Float(x.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(b) => Value::Bool(*b),
        DeValue::Datetime(at) => Value::Datetime(at.to_string()),
        DeValue::Array(items) => {
            Value::Array(items.iter().map(|i| convert(i.get_ref(), i.span(), source, offset)).collect())
        }
        DeValue::Table(table) => Value::Table(convert_table(table, source, offset)),
    };
    Node { span: Span { source, range: range.start + offset..range.end + offset }, value }
}

/// A syntax error with a remedy for the slips that planners make.
fn syntax_finding(text: &str, message: &str, range: Range<usize>) -> Finding {
    // A slip is one of the whole value, at whichever of its characters it stopped being TOML: several errors of one value become one finding.
    let slip =
        slips::value_at(text, range.start).and_then(|value| Some((slips::in_value(&text[value.clone()])?, value)));
    if let Some((slip, value)) = slip {
        let finding = Finding::new(
            FindingCode::Syntax,
            format!("this is not TOML: {}", slip.message),
            Span { source: 0, range: value },
        );
        return finding.help(slip.help);
    }
    // The whole of an unquoted value is at fault, not the character at which it stopped being TOML.
    let bare = unquoted(text, range.start).and_then(|bare| Some((quoting(&text[bare.clone()])?, bare)));
    let (help, range) = match bare {
        Some((help, bare)) => (help, bare),
        None => (closing(message).to_owned(), range),
    };
    Finding::new(FindingCode::Syntax, format!("this is not TOML: {message}"), Span { source: 0, range }).help(help)
}

/// How to quote a bare value, if that is what it lacks.
fn quoting(value: &str) -> Option<String> {
    let digits = value.chars().take_while(char::is_ascii_digit).count();
    let rest = value.chars().nth(digits);
    let last_is_letter = value.ends_with(|c: char| c.is_ascii_alphabetic());
    Some(match rest {
        Some('-' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}') if digits == 4 => {
            let spelt = moment::padded(value).unwrap_or_else(|| value.to_owned());
            format!("put times in quotes: \"{spelt}\"")
        }
        Some(_) if digits > 0 && last_is_letter => format!("put durations in quotes: \"{value}\""),
        Some(first) if digits == 0 && first.is_alphabetic() => format!("put text in quotes: \"{value}\""),
        _ => return None,
    })
}

/// What to do about a syntax error that no quotes mend.
fn closing(message: &str) -> &'static str {
    match message {
        m if m.starts_with("unclosed array table") => "close the header with `]]`",
        m if m.starts_with("unclosed array") => "close the list with `]`",
        m if m.starts_with("unclosed inline table") => "close the table with `}`",
        m if m.starts_with("unclosed table") => "close the header with `]`",

        m if m.starts_with("invalid basic string") => "close the text with `\"` on the same line",
        m if m.starts_with("invalid literal string") => "close the text with `'` on the same line",
        _ => "a line is `key = value`, `[table]` or `[[list]]`; text, times and durations stand in quotes",
    }
}

/// The bare value around `at` on its line: from after the last `=`, `[`, `,` or `{` to a comma, closing bracket or comment.
fn unquoted(text: &str, at: usize) -> Option<Range<usize>> {
    let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i))?;
    let line_start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line_end = text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i);
    let line = &text[line_start..line_end];
    let equals = line.find('=')?;
    let within = at - line_start;
    if within <= equals {
        return None;
    }
    let from = line[..within].rfind(['=', '[', ',', '{'])? + 1;
    let to = line[from..].find([',', ']', '}', '#']).map_or(line.len(), |i| from + i);
    let bare = line[from..to].trim();
    if bare.is_empty() || bare.contains(['"', '\'']) {
        return None;
    }
    let start = line_start + from + (line[from..to].len() - line[from..to].trim_start().len());
    Some(start..start + bare.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(text: &str) -> (Node, Findings) {
        let mut findings = Findings::new("plan.toml", text);
        let node = read_document(&mut findings);
        (node, findings)
    }

    #[test]
    fn every_key_and_value_knows_its_place_and_keeps_its_order() {
        let text = "zebra = 1\n[apple]\n\"ünïcode\" = { b = [1.5, \"x\"] }\n";
        let (root, findings) = tree(text);
        assert!(findings.is_empty());
        let root = root.table().expect("a table");
        assert_eq!(root.entries.iter().map(|(k, _)| k.name.as_str()).collect::<Vec<_>>(), ["zebra", "apple"]);
        let apple = root.get("apple").expect("there");
        assert_eq!(&text[apple.span.range.clone()], "[apple]");
        let (key, value) = &apple.table().expect("a table").entries[0];
        assert_eq!(&text[key.span.range.clone()], "\"ünïcode\"");
        assert_eq!(&text[value.span.range.clone()], "{ b = [1.5, \"x\"] }");
        assert_eq!(value.echo().to_string(), r#"{"b":[1.5,"x"]}"#);
    }

    #[test]
    fn all_syntax_errors_come_at_once() {
        let (_, findings) = tree("a = 2026-05-03 24:00\nb = = 1\nc = 36h\n");
        assert!(findings.len() >= 3, "{}", findings.render(false));
    }
}
