//! A scenario as a JSON Schema (2020-12), for editors that complete keys and underline slips while one types. It is made from the
//! tables of keys and from the laws that the reader knows; what only the reader can tell, such as an order of times, it leaves out.

use serde_json::{Map, Value, json};

use super::base_rates;
use super::domain::Domain;
use super::keys::{self, Entry, Holds, Section};
use super::laws::{form_of, misfit, parameter_domain, shape_of};
use super::lints::LINTS;
use super::quantity::Shape;
use super::tree::read_value;

/// A duration, or a sum of them.
const DURATION: &str = r"^\s*([0-9._]+\s*(s|m|min|h|d|w)[ +]*)+\s*$";
/// A wall-clock time, with an offset or without.
const TIME: &str = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]+[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*([Zz]|[+\-−][0-9]{2}:[0-9]{2})?\s*$";
/// A time by an event.
const BY_EVENT: &str = r"^\s*[^\s+@]+\s*([+\-−]\s*[0-9][^@]*)?(@\s*[0-9]{2}:[0-9]{2}\s*)?$";
/// A date.
const DATE: &str = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}\s*$";
/// Text that is not empty.
const WORDS: &str = r"\S";
/// Letters and digits of any language, - and _: spelt by what it leaves out, since not every validator knows `\p{L}`.
const ID: &str = r"^[^\s!-,./:-@\[-^`{-~]+$";

/// The JSON Schema of a scenario.
pub fn schema() -> Value {
    let mut laws = Laws::default();
    let mut root = table(&keys::ROOT, true, &mut laws);
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!("A cutover scenario"));
    schema.insert("description".to_owned(), json!("A rollout that breaks old connections, and who reconnects when."));
    schema.append(&mut root);
    schema.insert("$defs".to_owned(), Value::Object(laws.finished));
    Value::Object(schema)
}

/// The laws that the schema refers to, each written once.
#[derive(Default)]
struct Laws {
    finished: Map<String, Value>,
}

/// A table: its keys, no others, and those that are needed.
fn table(section: &Section, complete: bool, laws: &mut Laws) -> Map<String, Value> {
    let properties: Map<String, Value> =
        section.keys.iter().map(|entry| (entry.name.to_owned(), property(entry, laws))).collect();
    let needed: Vec<&str> = section.keys.iter().filter(|entry| entry.needed).map(|entry| entry.name).collect();
    let mut out = Map::new();
    out.insert("type".to_owned(), json!("object"));
    out.insert("properties".to_owned(), Value::Object(properties));
    out.insert("additionalProperties".to_owned(), json!(false));
    if complete && !needed.is_empty() {
        out.insert("required".to_owned(), json!(needed));
    }
    if complete && !section.any_of.is_empty() {
        let one = |key: &&str| json!({ "required": [key] });
        let groups = section.any_of.iter().map(|group| json!({ "anyOf": group.iter().map(one).collect::<Vec<_>>() }));
        out.insert("allOf".to_owned(), groups.collect());
    }
    out
}

/// A key: what it means, what it holds, its default and an example.
fn property(entry: &Entry, laws: &mut Laws) -> Value {
    let mut out = Map::new();
    let default = match entry.default {
        "" => String::new(),
        words if words.starts_with('(') => format!("; default {}", words.trim_matches(['(', ')'])),
        value => format!("; default {value}"),
    };
    out.insert("description".to_owned(), json!(format!("{}{default}", entry.means)));
    if let Value::Object(held) = held(entry.holds, laws) {
        out.extend(held);
    }
    if let Some(value) = value_of(entry.default) {
        out.insert("default".to_owned(), value);
    }
    if let Some(value) = value_of(entry.example) {
        out.insert("examples".to_owned(), json!([value]));
    }
    Value::Object(out)
}

/// How the law of a name is written for durations, for rates where it fits only those, and for uptakes; and what it can be a law of.
pub fn form_and_fits(name: &str) -> (String, Vec<&'static str>) {
    const KINDS: [Domain; 4] = [
        Domain::Hours { above_zero: false },
        Domain::Rate,
        Domain::Count(1, 1),
        Domain::Instant(crate::plan::zone::Tz::UTC),
    ];
    let fits = |domain: &Domain| shape_of(name).is_none_or(|shape| misfit(shape, *domain).is_none());
    let of: Vec<Domain> = if name == "base_rate" { Vec::new() } else { KINDS.into_iter().filter(fits).collect() };
    let form = form_of(name, of.first().copied().unwrap_or(Domain::Rate));
    let words = |domain: &Domain| match domain {
        Domain::Hours { .. } => "durations",
        Domain::Rate => "rates",
        Domain::Count(..) => "counts",
        _ => "times",
    };
    (form, if of.is_empty() { vec!["`reconnect.uptake`"] } else { of.iter().map(words).collect() })
}

/// A value as a scenario writes it, in JSON; `None` for words.
fn value_of(text: &str) -> Option<Value> {
    let is_value = !text.is_empty() && !text.starts_with('(');
    is_value.then(|| read_value(text, 0, 0).ok()).flatten().map(|node| node.echo())
}

fn held(holds: Holds, laws: &mut Laws) -> Value {
    match holds {
        Holds::Text | Holds::Path | Holds::Zone => json!({ "type": "string", "pattern": WORDS }),
        Holds::Id => json!({ "type": "string", "pattern": ID }),
        Holds::Flag => json!({ "type": "boolean" }),
        Holds::Whole(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Holds::Country => json!({ "type": "string", "pattern": "^[A-Za-z]{2}(-[A-Za-z0-9]+)?$" }),
        Holds::Dates => json!({ "type": "array", "items": { "type": "string", "pattern": DATE } }),
        Holds::Lints => json!({ "type": "array", "items": { "enum": LINTS.map(|lint| lint.0) } }),
        Holds::Weekdays => json!({ "type": "array", "items": { "type": "string", "pattern": WORDS } }),
        Holds::Hours => hours(),
        Holds::Choice(words) => json!({ "enum": words }),
        Holds::Plain(domain) => plain(domain),
        Holds::Number(domain) | Holds::Chance(domain) => value_or_law(domain, false, laws),
        Holds::Rates => {
            let rate = value_or_law(Domain::Rate, true, laws);
            json!({ "anyOf": [rate, { "type": "array", "minItems": 1, "items": rate }] })
        }
        Holds::Moments => json!({ "type": "array", "minItems": 1, "items": plain(Domain::LocalTime) }),
        Holds::Curve => json!({
            "type": "array",
            "minItems": 1,
            "items": { "type": "array", "minItems": 2, "maxItems": 2 },
        }),
        Holds::Table(section) => Value::Object(table(section, true, laws)),
        Holds::Own(section) => Value::Object(table(section, false, laws)),
        Holds::Tables(section) => json!({ "type": "array", "items": table(section, true, laws) }),
        Holds::ByEvent(section) => json!({ "type": "object", "additionalProperties": table(section, false, laws) }),
        Holds::List(each) => json!({ "type": "array", "minItems": 1, "items": held(Holds::Either(each), laws) }),
        Holds::Either(both) => {
            // A list in the place of one value holds something.
            let one = |holds: &Holds| match held(*holds, laws) {
                Value::Object(mut list) if matches!(holds, Holds::Tables(_)) => {
                    list.insert("minItems".to_owned(), json!(1));
                    Value::Object(list)
                }
                other => other,
            };
            let both: Vec<Value> = both.iter().map(one).collect();
            json!({ "anyOf": both })
        }
    }
}

/// Weights of ranges of hours.
fn hours() -> Value {
    let weight = plain(Domain::Rate);
    json!({
        "type": "object",
        "properties": { "otherwise": weight },
        "patternProperties": { "^([01][0-9]|2[0-3])-([01][0-9]|2[0-4])$": weight },
        "additionalProperties": false,
    })
}

/// A value that is no law.
fn plain(domain: Domain) -> Value {
    let (low, high) = domain.limits();
    match domain {
        Domain::Hours { .. } => json!({ "type": "string", "pattern": DURATION }),
        Domain::Instant(_) | Domain::LocalTime => json!({ "type": "string", "pattern": format!("{TIME}|{BY_EVENT}") }),
        Domain::Count(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Domain::Shape => json!({ "type": "number" }),
        Domain::Rate | Domain::Factor => json!({ "type": "number", "minimum": low, "maximum": high }),
    }
}

/// What the definition of a value or a law is called.
fn name_of(domain: Domain, base_rates: bool) -> &'static str {
    match domain {
        Domain::Hours { above_zero: false } => "duration-or-law",
        Domain::Hours { above_zero: true } => "length-or-law",
        Domain::Rate if base_rates => "uptake-or-law",
        Domain::Rate => "rate-or-law",
        Domain::Count(..) => "count-or-law",
        Domain::Factor => "factor-or-law",
        Domain::Shape => "number-or-law",
        Domain::Instant(_) | Domain::LocalTime => "time-or-law",
    }
}

/// A reference to a value or a law; what it refers to is written the first time.
fn value_or_law(domain: Domain, base_rates: bool, laws: &mut Laws) -> Value {
    let name = name_of(domain, base_rates);
    if !laws.finished.contains_key(name) {
        // Parameters of laws may be laws again, so the name stands before what it names.
        laws.finished.insert(name.to_owned(), Value::Null);
        let whole = json!({ "anyOf": [plain(domain), one_law(domain, base_rates, laws), one_of(domain, base_rates)] });
        laws.finished.insert(name.to_owned(), whole);
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A table with exactly one law.
fn one_law(domain: Domain, base_rates: bool, laws: &mut Laws) -> Value {
    let mut properties = Map::new();
    for name in keys::law_names() {
        let parameters = match shape_of(name) {
            Some(shape) if misfit(shape, domain).is_some() => continue,
            Some(shape) => parameters(shape, domain, base_rates, laws),
            None if name == "empirical" => {
                let value = plain(parameter_domain(Shape::Uniform, 0, domain));
                let file = json!({ "type": "string", "pattern": WORDS });
                json!({ "anyOf": [{ "type": "array", "minItems": 1, "items": value }, file] })
            }
            None if name == "base_rate" && base_rates => json!({ "enum": base_rates::keys() }),
            None => continue,
        };
        properties.insert(name.to_owned(), parameters);
    }
    json!({
        "type": "object", "properties": properties, "additionalProperties": false,
        "minProperties": 1, "maxProperties": 1,
    })
}

/// The parameters of a law: a list of them in their order, or a table of them by name.
fn parameters(shape: Shape, domain: Domain, base_rates: bool, laws: &mut Laws) -> Value {
    let mut of = |index| {
        let of = parameter_domain(shape, index, domain);
        value_or_law(of, base_rates && of == domain, laws)
    };
    let names = shape.parameters();
    let all: Vec<Value> = (0..names.len()).map(&mut of).collect();
    if shape.is_by_name() {
        let properties: Map<String, Value> = names.iter().map(|n| (*n).to_owned()).zip(all).collect();
        return json!({
            "type": "object", "properties": properties, "required": names, "additionalProperties": false,
        });
    }
    json!({ "type": "array", "prefixItems": all, "items": false, "minItems": names.len() })
}

/// A table that leaves open which of several laws holds.
fn one_of(domain: Domain, base_rates: bool) -> Value {
    let law = json!({ "$ref": format!("#/$defs/{}", name_of(domain, base_rates)) });
    json!({
        "type": "object",
        "properties": {
            "one_of": { "type": "array", "minItems": 1, "items": law },
            "weights": { "type": "array", "minItems": 1, "items": plain(Domain::Factor) },
        },
        "required": ["one_of"], "additionalProperties": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_names_every_law_that_fits_and_no_other() {
        let schema = schema();
        let laws = |name: &str| {
            let one = &schema["$defs"][name]["anyOf"][1]["properties"];
            one.as_object().map(|laws| laws.keys().cloned().collect::<Vec<_>>()).unwrap_or_default()
        };
        assert!(laws("uptake-or-law").contains(&"base_rate".to_owned()));
        assert!(!laws("rate-or-law").contains(&"base_rate".to_owned()));
        assert!(!laws("rate-or-law").contains(&"exponential".to_owned()), "a rate is at most 1");
        assert_eq!(laws("time-or-law"), ["uniform", "triangular", "pert", "normal", "empirical"]);
        assert!(laws("duration-or-law").contains(&"weibull".to_owned()));
    }

    #[test]
    fn a_definition_never_stays_empty_and_every_reference_finds_one() {
        let schema = schema();
        let defs = schema["$defs"].as_object().expect("definitions");
        assert!(defs.values().all(Value::is_object));
        let text = schema.to_string();
        for reference in text.split("#/$defs/").skip(1) {
            let name = reference.split('"').next().expect("a name");
            assert!(defs.contains_key(name), "{name}");
        }
    }
}
