//! Numbers and laws read off the tree: a plain value, or a table that names exactly one law, whose parameters may be laws
//! again.

use super::finding_code::FindingCode;
use std::path::Path;

use super::domain::Domain;
use super::duration::Refusal;
use super::finding::Finding;
use super::keys::KeyId;
use super::plain::{plain_text, within};
use super::quantity::{Form, Number, OpenLaw, QuantileDraw, Shape};
use super::reader::Reader;
use super::tree::{Key, Node, Span, TomlTable, Value};
use super::{csv, keys};
use crate::plan::units::group_count;
use crate::plan::zone::Tz;
use crate::stats::Law;

/// How the law `name` is written, with example values of `domain`.
pub(super) fn form_of(name: &str, domain: Domain) -> String {
    let v: [&str; 3] = match domain {
        Domain::Hours { .. } => ["\"3h\"", "\"6h\"", "\"9h\""],
        Domain::Rate => ["0.2", "0.5", "0.8"],
        Domain::Count(..) => ["100", "200", "300"],
        Domain::Factor | Domain::Shape => ["0.8", "1.0", "1.2"],
        Domain::Instant(_) | Domain::LocalTime => {
            ["\"2026-05-01 12:00\"", "\"2026-05-02 12:00\"", "\"2026-05-03 12:00\""]
        }
    };
    let body = match name {
        "uniform" | "log_uniform" => format!("[{}, {}]", v[0], v[2]),
        "triangular" | "pert" => format!("[{}, {}, {}]", v[0], v[1], v[2]),
        "normal" if domain.is_time() => format!("{{ mean = {}, sd = \"6h\" }}", v[1]),
        "normal" => format!("{{ mean = {}, sd = {} }}", v[1], if domain == Domain::Rate { "0.1" } else { v[0] }),
        "lognormal" => format!("{{ median = {}, sigma = 1.0 }}", v[1]),
        "exponential" => format!("{{ mean = {} }}", v[1]),
        "weibull" => format!("{{ scale = {}, shape = 1.3 }}", v[1]),
        "beta" => "[2, 5]".to_owned(),
        "base_rate" => "\"advice-only\"".to_owned(),
        "one_of" => format!("[{}, {{ uniform = [{}, {}] }}]", v[0], v[1], v[2]),
        _ => format!("[{}, {}, {}]", v[0], v[1], v[2]),
    };
    format!("`{{ {name} = {body} }}`")
}

/// The law of a name that has parameters.
pub(super) fn shape_of(name: &str) -> Option<Shape> {
    Some(match name {
        "uniform" => Shape::Uniform,
        "log_uniform" => Shape::LogUniform,
        "triangular" => Shape::Triangular,
        "pert" => Shape::Pert,
        "normal" => Shape::Normal,
        "lognormal" => Shape::LogNormal,
        "exponential" => Shape::Exponential,
        "weibull" => Shape::Weibull,
        "beta" => Shape::Beta,
        _ => return None,
    })
}

/// Why this law can't have values of this kind, if it can't.
pub(super) fn misfit(shape: Shape, domain: Domain) -> Option<&'static str> {
    let unbounded = matches!(shape, Shape::LogNormal | Shape::Exponential | Shape::Weibull);
    match domain {
        Domain::Hours { .. } | Domain::Count(..) if shape == Shape::Beta => {
            Some("its values lie between 0 and 1, as rates do")
        }
        Domain::Rate if unbounded => Some("its values have no upper limit, and a rate is at most 1"),
        Domain::Count(..) if unbounded => Some("its values have no upper limit, and a count has one"),
        Domain::Instant(_) | Domain::LocalTime if unbounded || matches!(shape, Shape::Beta | Shape::LogUniform) => {
            Some("its values start at 0, and a time has no zero")
        }
        _ => None,
    }
}

/// What the parameter `index` of a law with values of `domain` is.
pub(super) fn parameter_domain(shape: Shape, index: usize, domain: Domain) -> Domain {
    let plain = match domain {
        Domain::Hours { .. } => Domain::Hours { above_zero: false },
        other => other,
    };
    match (shape, index) {
        (Shape::Beta, _) | (Shape::LogNormal | Shape::Weibull, 1) => Domain::Shape,
        (Shape::Normal, 1) if domain.is_time() => Domain::Hours { above_zero: false },
        // The mean of a normal that is cut may lie beyond the cut; its sd is a width, not a value.
        (Shape::Normal, _) if !matches!(domain, Domain::Hours { .. } | Domain::Instant(_) | Domain::LocalTime) => {
            Domain::Shape
        }
        _ => plain,
    }
}

/// Values that a list may hold: each is followed by itself in the exact engine.
pub const MOST_VALUES: usize = 10_000;

impl Reader<'_> {
    /// A number that belongs to the plan: known, or drawn from a law.
    pub(super) fn number(&mut self, node: &Node, domain: Domain, key: &str) -> Option<Number> {
        if let Some(derived) = self.time_by_event(node, domain) {
            return derived;
        }
        if node.table().is_none() {
            return self.plain(node, domain).map(Number::Known);
        }
        let slot = self.open_slot(&node.span, key);
        let law = self.spread(node, domain, key, true)?;
        self.fill_slot(slot, &law);
        Some(Number::Drawn { slot, law: Box::new(law) })
    }

    /// The number of a key that stands below `prefix`.
    pub(super) fn number_of(&mut self, node: &Node, id: KeyId, prefix: &str) -> Option<Number> {
        let domain = id.facts().domain(self.zone.unwrap_or(Tz::UTC))?;
        self.number(node, domain, &id.below(prefix))
    }

    /// The law of a key that stands below `prefix`.
    pub(super) fn law_of(&mut self, node: &Node, id: KeyId, prefix: &str) -> Option<OpenLaw> {
        let domain = id.facts().domain(self.zone.unwrap_or(Tz::UTC))?;
        self.law(node, domain, &id.below(prefix))
    }

    /// A law that is chance, drawn for each org.
    pub(super) fn law(&mut self, node: &Node, domain: Domain, key: &str) -> Option<OpenLaw> {
        self.spread(node, domain, key, false)
    }

    /// A law. `drawn` says that it belongs to an unknown already, whose quantile will choose among several laws.
    fn spread(&mut self, node: &Node, domain: Domain, key: &str, drawn: bool) -> Option<OpenLaw> {
        let Some(table) = node.table() else {
            if let Some(derived) = self.time_by_event(node, domain) {
                let derived = derived?;
                // Uniform between a value and itself is that value.
                let form = Form::Open(Shape::Uniform, vec![derived.clone(), derived]);
                return Some(OpenLaw { span: node.span.clone(), domain, form });
            }
            let value = self.plain(node, domain)?;
            return Some(OpenLaw::fixed(value, domain, node.span.clone()));
        };
        let (name, body) = self.the_law(node, table, domain)?;
        let key = format!("{key}.{}", name.name);
        let form = match name.name.as_str() {
            "one_of" => self.one_of(node, table, (name, body), domain, &key, drawn),
            "empirical" => self.empirical(body, domain),
            "base_rate" => self.base_rate(name, body, domain),
            other => self.with_parameters(shape_of(other)?, name, body, domain, &key),
        }?;
        let law = OpenLaw { span: node.span.clone(), domain, form };
        self.proper(law, &name.name)
    }

    /// Passes on a law whose values make sense, as it stands with every unknown at its median.
    fn proper(&mut self, law: OpenLaw, name: &str) -> Option<OpenLaw> {
        let outcome = match &law.form {
            Form::Known(known) => law.check(known),
            // Its branches have been checked one by one.
            Form::OneOf { .. } => Ok(()),
            Form::Open(..) | Form::BaseRate(_) => law.law(&QuantileDraw::CENTRE).map(|_| ()),
        };
        let Err(improper) = outcome else { return Some(law) };
        let help = match law.domain {
            Domain::Rate => "a rate lies between 0 and 1; `beta` does always, and `normal` is cut to it".to_owned(),
            Domain::Hours { above_zero: true } => {
                "leave out the zeros, or write a short duration such as \"1m\"".to_owned()
            }
            domain => format!("write it as in {}", form_of(name, domain)),
        };
        self.report(
            Finding::new(FindingCode::BadLaw, format!("this law does not fit: {}", improper.why), improper.span)
                .help(help),
        );
        None
    }

    /// The one law that a table names.
    fn the_law<'t>(&mut self, node: &Node, table: &'t TomlTable, domain: Domain) -> Option<(&'t Key, &'t Node)> {
        let named: Vec<_> = table.entries.iter().filter(|(k, _)| keys::is_law(&k.name)).collect();
        let is_weights = |k: &Key| k.name == "weights" && named.iter().any(|(k, _)| k.name == "one_of");
        if named.is_empty() && self.nameless(node, table, domain) {
            return None;
        }
        let mut clean = true;
        for (key, _) in table.entries.iter().filter(|(k, _)| !keys::is_law(&k.name) && !is_weights(k)) {
            self.unknown_law(key, domain);
            clean = false;
        }
        match named[..] {
            [(key, body)] => clean.then_some((key, body)),
            [] if clean => {
                let message = format!("this must be {} or a law, not an empty table", domain.words());
                let help = format!("name a law, as in {}", form_of("uniform", domain));
                self.report(Finding::new(FindingCode::UnknownLaw, message, node.span.clone()).help(help));
                None
            }
            [] => None,
            [(first, _), (second, _), ..] => {
                let finding = Finding::new(FindingCode::TwoLaws, "two laws in one table", second.span.clone())
                    .label("and this one");
                let help = "keep one of them; if it is not known which holds, write `{ one_of = [{ ... }, { ... }] }`";
                self.report(finding.related(first.span.clone(), "this law").help(help));
                None
            }
        }
    }

    /// Reports a table that holds the parameters of a law, but not its name.
    fn nameless(&mut self, node: &Node, table: &TomlTable, domain: Domain) -> bool {
        let is = |names: &[&str]| {
            !table.entries.is_empty() && table.entries.iter().all(|(k, _)| names.contains(&k.name.as_str()))
        };
        let meant = [
            ("exponential", &["mean"][..]),
            ("normal", &["mean", "sd", "std", "stddev"]),
            ("lognormal", &["median", "sigma"]),
            ("weibull", &["scale", "shape"]),
            ("uniform", &["min", "max", "from", "to", "low", "high"]),
            ("triangular", &["min", "mode", "max"]),
        ];
        let Some((name, _)) = meant.iter().find(|(_, parameters)| is(parameters)) else { return false };
        let finding = Finding::new(FindingCode::UnknownLaw, "this table names no law", node.span.clone());
        self.report(finding.help(format!("name the law, as in {}", form_of(name, domain))));
        true
    }

    fn unknown_law(&mut self, key: &Key, domain: Domain) {
        let help = match (keys::nearest(&key.name, &keys::law_names()), key.name.as_str()) {
            (Some(near), _) => format!("did you mean `{near}`? It is written {}", form_of(near, domain)),
            (None, "weights") => "`weights` goes with `one_of`".to_owned(),
            _ => format!("laws are {}", keys::list(&keys::law_names())),
        };
        self.report(
            Finding::new(FindingCode::UnknownLaw, format!("unknown law `{}`", key.name), key.span.clone()).help(help),
        );
    }

    fn with_parameters(&mut self, shape: Shape, name: &Key, body: &Node, domain: Domain, key: &str) -> Option<Form> {
        if let Some(why) = misfit(shape, domain) {
            let message = format!("`{}` is no law for {}: {why}", name.name, domain.words());
            let fitting = format!("write, for instance, {}", form_of("triangular", domain));
            self.report(Finding::new(FindingCode::BadLaw, message, name.span.clone()).help(fitting));
            return None;
        }
        let nodes = match shape.is_by_name() {
            true => self.named(shape, name, body, domain),
            false => self.listed(shape, name, body, domain),
        }?;
        let mut numbers = Vec::new();
        for (i, node) in nodes.iter().enumerate() {
            let key = format!("{key}.{}", shape.parameters()[i]);
            numbers.push(self.number(node, parameter_domain(shape, i, domain), &key));
        }
        let numbers: Vec<Number> = numbers.into_iter().collect::<Option<_>>()?;
        let known = numbers.iter().map(|n| if let Number::Known(v) = n { Some(*v) } else { None });
        let Some(values) = known.collect::<Option<Vec<f64>>>() else { return Some(Form::Open(shape, numbers)) };
        match shape.law(&values, domain) {
            Ok(law) => Some(Form::Known(law)),
            Err(error) => {
                let finding = Finding::new(FindingCode::BadLaw, format!("this is no law: {error}"), body.span.clone());
                self.report(finding.help(format!("write it as in {}", form_of(&name.name, domain))));
                None
            }
        }
    }

    /// Parameters in a list.
    fn listed<'t>(&mut self, shape: Shape, name: &Key, body: &'t Node, domain: Domain) -> Option<Vec<&'t Node>> {
        let want = shape.parameters();
        match &body.value {
            Value::Array(items) if items.len() == want.len() => Some(items.iter().collect()),
            Value::Array(items) => {
                let message = format!("`{}` takes {} values, not {}", name.name, want.len(), items.len());
                let help = format!("write [{}], as in {}", want.join(", "), form_of(&name.name, domain));
                self.report(Finding::new(FindingCode::BadLaw, message, body.span.clone()).help(help));
                None
            }
            _ => {
                self.wrong_type(body, "a list", format!("write it as in {}", form_of(&name.name, domain)));
                None
            }
        }
    }

    /// Parameters in a table, by name.
    fn named<'t>(&mut self, shape: Shape, name: &Key, body: &'t Node, domain: Domain) -> Option<Vec<&'t Node>> {
        let form = form_of(&name.name, domain);
        let Some(table) = body.table() else {
            self.wrong_type(body, "a table of the law's parameters", format!("write it as in {form}"));
            return None;
        };
        self.only_named(table, shape.parameters());
        let example = |p: &str| format!("`{p}`, as in {form}");
        let nodes: Vec<_> = shape.parameters().iter().map(|p| self.needed(table, &body.span, p, &example(p))).collect();
        nodes.into_iter().collect()
    }

    fn empirical(&mut self, body: &Node, domain: Domain) -> Option<Form> {
        let plain = parameter_domain(Shape::Uniform, 0, domain);
        let values = match &body.value {
            Value::Array(items) if items.is_empty() => {
                let finding = Finding::new(FindingCode::EmptyList, "this list is empty", body.span.clone());
                self.report(finding.help(format!("list the values, as in {}", form_of("empirical", domain))));
                return None;
            }
            Value::Array(items) => {
                let values: Vec<_> = items.iter().map(|item| self.plain(item, plain)).collect();
                values.into_iter().collect::<Option<Vec<f64>>>()?
            }
            Value::String(path) => self.values_of_file(path, plain, &body.span)?,
            _ => {
                let help = format!("write it as in {}, or name a CSV file", form_of("empirical", domain));
                self.wrong_type(body, "a list or the name of a CSV file", help);
                return None;
            }
        };
        if values.len() > MOST_VALUES {
            let (values, most) = (group_count(values.len() as u64), group_count(MOST_VALUES as u64));
            let finding = Finding::new(
                FindingCode::TooMany,
                format!("{values} values: a list may hold up to {most}"),
                body.span.clone(),
            );
            self.report(finding.help("take every tenth of a longer list, sorted: it says the same"));
            return None;
        }
        Law::empirical(values).ok().map(Form::Known)
    }

    fn values_of_file(&mut self, path: &str, domain: Domain, span: &Span) -> Option<Vec<f64>> {
        let text = match (self.read_file)(Path::new(path)) {
            Ok(text) => text,
            Err(why) => {
                let finding =
                    Finding::new(FindingCode::UnreadableFile, format!("cannot read {path}: {why}"), span.clone());
                self.report(finding.help("name a CSV file by its path from the scenario's folder"));
                return None;
            }
        };
        let read = |cell: &str| match domain {
            Domain::Rate | Domain::Count(..) | Domain::Factor | Domain::Shape => match cell.parse::<f64>() {
                Ok(value) => within(value, domain),
                Err(_) => Err(Refusal::new(
                    FindingCode::WrongType,
                    format!("`{cell}` is no number"),
                    "write one number a row",
                )),
            },
            _ => plain_text(cell, domain),
        };
        match csv::values(&text, &read) {
            Ok(values) => Some(values),
            Err(fault) => {
                let finding = Finding::new(FindingCode::BadCsv, format!("{path}: {}", fault.message), span.clone());
                self.report(finding.help(fault.help));
                None
            }
        }
    }

    fn one_of(
        &mut self,
        node: &Node,
        table: &TomlTable,
        (_, body): (&Key, &Node),
        domain: Domain,
        key: &str,
        drawn: bool,
    ) -> Option<Form> {
        let choice = key.strip_suffix(".one_of").unwrap_or(key);
        let slot = (!drawn).then(|| self.open_slot(&node.span, choice));
        let Value::Array(items) = &body.value else {
            self.wrong_type(body, "a list of laws", format!("write it as in {}", form_of("one_of", domain)));
            return None;
        };
        if items.is_empty() {
            let finding = Finding::new(FindingCode::EmptyList, "this list is empty", body.span.clone());
            self.report(finding.help(format!("list the laws, as in {}", form_of("one_of", domain))));
            return None;
        }
        let branches: Vec<_> = items
            .iter()
            .enumerate()
            .map(|(i, item)| self.spread(item, domain, &format!("{key}.{}", i + 1), drawn))
            .collect();
        let weights = self.weights(table.get("weights"), items.len());
        let form = Form::OneOf { slot, cumulative: weights?, branches: branches.into_iter().collect::<Option<_>>()? };
        if let Some(slot) = slot {
            self.fill_slot(slot, &OpenLaw { span: node.span.clone(), domain, form: form.clone() });
        }
        Some(form)
    }

    /// Cumulative weights of so many laws.
    pub(super) fn weights(&mut self, node: Option<&Node>, laws: usize) -> Option<Vec<f64>> {
        let weights = match node.map(|n| (n, &n.value)) {
            None => vec![1.0; laws],
            Some((_, Value::Array(items))) if items.len() == laws => {
                let weights: Vec<_> = items.iter().map(|item| self.plain(item, Domain::Factor)).collect();
                weights.into_iter().collect::<Option<Vec<f64>>>()?
            }
            Some((node, Value::Array(items))) => {
                let message = format!("{} weights for {laws} laws", items.len());
                let finding = Finding::new(FindingCode::BadLaw, message, node.span.clone());
                self.report(finding.help("give each law of `one_of` one weight, in the same order"));
                return None;
            }
            Some((node, _)) => {
                self.wrong_type(node, "a list of numbers", "write one number for each law of `one_of`");
                return None;
            }
        };
        let sum: f64 = weights.iter().sum();
        if sum <= 0.0 {
            let span = node.map_or_else(Span::file_start, |n| n.span.clone());
            let finding = Finding::new(FindingCode::BadLaw, "these weights add up to 0", span);
            self.report(finding.help("give at least one law a weight above 0"));
            return None;
        }
        let mut total = 0.0;
        let mut cumulative: Vec<f64> = weights
            .iter()
            .map(|w| {
                total += w / sum;
                total
            })
            .collect();
        // Rounding must not leave a gap after the last law that has a weight.
        let last = weights.iter().rposition(|w| *w > 0.0).unwrap_or(laws - 1);
        cumulative[last..].fill(1.0);
        Some(cumulative)
    }
}
