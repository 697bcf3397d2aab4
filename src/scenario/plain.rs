//! Plain values read off the tree: durations, rates, counts, factors and times, each within what makes sense.

use super::finding_code::FindingCode;
use crate::plan::zone::Tz;

use super::domain::{Domain, since_epoch};
use super::duration::{self, Refusal};
use super::moment::{self, Moment};
use super::reader::Reader;
use super::tree::{Node, Value};
use crate::plan::{clock, units};

impl Reader<'_> {
    /// A plain value, within what makes sense.
    pub(super) fn plain(&mut self, node: &Node, domain: Domain) -> Option<f64> {
        let refused = match (&node.value, domain) {
            (Value::String(text), Domain::Hours { .. } | Domain::Instant(_) | Domain::LocalTime) => {
                plain_text(text, domain)
            }
            (Value::Datetime(at), Domain::Instant(_) | Domain::LocalTime) => {
                moment::from_toml(at).and_then(|at| place(at, domain))
            }
            (Value::Integer(n), Domain::Hours { .. }) => Err(no_unit(&n.to_string())),
            (Value::Float(x), Domain::Hours { .. }) => Err(no_unit(&x.to_string())),
            (_, Domain::Count(low, high)) => return self.whole(node, low, high).map(|n| n as f64),
            (Value::Integer(n), Domain::Rate | Domain::Factor | Domain::Shape) => within(*n as f64, domain),
            (Value::Float(x), Domain::Rate | Domain::Factor | Domain::Shape) => within(*x, domain),
            (Value::Huge(_), Domain::Rate | Domain::Factor | Domain::Shape) => within(f64::INFINITY, domain),
            (Value::Table(_), _) => {
                self.wrong_type(
                    node,
                    domain.words(),
                    "no law may stand here, since this has to be known: write the value itself",
                );
                return None;
            }
            _ => {
                let (what, help) = wanted(node, domain);
                self.wrong_type(node, what, help);
                return None;
            }
        };
        refused.map_err(|refusal| self.refuse(refusal, &node.span)).ok()
    }
}

/// What stands in the place of a value of the wrong type, and how it is written.
fn wanted(node: &Node, domain: Domain) -> (&'static str, String) {
    match domain {
        Domain::Hours { .. } => {
            let ends = match &node.value {
                Value::Array(items) => match items.as_slice() {
                    [low, high] => low.text().zip(high.text()),
                    _ => None,
                },
                _ => None,
            };
            let help = ends.map_or_else(
                || "write a number and its unit in quotes, such as \"36h\"".to_owned(),
                |(low, high)| {
                    format!("if it lies between the two, write a law: {{ uniform = [\"{low}\", \"{high}\"] }}")
                },
            );
            ("a duration", help)
        }
        Domain::Instant(_) | Domain::LocalTime => {
            ("a time", "write \"YYYY-MM-DD HH:MM\", such as \"2026-05-04 09:00\"".to_owned())
        }
        _ => {
            let text = node.text().unwrap_or_default().trim();
            let list =
                || super::slips::percent(text).filter(|_| text.contains(',')).or_else(|| super::slips::numbers(text));
            if domain == Domain::Rate
                && let Some(slip) = list()
            {
                return ("a number between 0 and 1", slip.help);
            }
            let bare = text.trim_end_matches('%').trim_end();
            let help = match (bare.parse::<f64>(), text.ends_with('%')) {
                (Ok(percent), true) => format!("write {}", units::round_to(percent / 100.0, 9)),
                (Ok(_), false) => format!("write {bare}, without quotes"),
                _ if domain == Domain::Rate => "write a number between 0 and 1, such as 0.5".to_owned(),
                _ => "write a number, such as 1.0".to_owned(),
            };
            (if domain == Domain::Rate { "a number between 0 and 1" } else { "a number" }, help)
        }
    }
}

fn no_unit(digits: &str) -> Refusal {
    Refusal::new(
        FindingCode::NotADuration,
        "this duration has no unit",
        format!(
            "write the unit, in quotes: \"{digits}h\" for hours, \"{digits}d\" for days, \"{digits}m\" for minutes"
        ),
    )
}

/// Reads a duration or a time from text.
///
/// # Errors
/// When it is none, or makes no sense here.
pub(super) fn plain_text(text: &str, domain: Domain) -> Result<f64, Refusal> {
    match domain {
        Domain::Hours { above_zero } => match duration::parse(text)? {
            0.0 if above_zero => Err(Refusal::new(
                FindingCode::OutOfRange,
                "this must be longer than 0",
                "write a duration such as \"36h\"",
            )),
            hours => Ok(hours),
        },
        _ => place(moment::parse(text)?, domain),
    }
}

/// Passes on a number that makes sense here.
///
/// # Errors
/// When it does not.
pub(super) fn within(value: f64, domain: Domain) -> Result<f64, Refusal> {
    let (low, high) = domain.limits();
    if value.is_finite() && (low..=high).contains(&value) {
        return Ok(value);
    }
    let out = |message: &str, help: String| Err(Refusal::new(FindingCode::OutOfRange, message, help));
    match domain {
        // Just above 1 it is a slip; from 2 on it is meant as a percentage.
        Domain::Rate if (2.0..=100.0).contains(&value) => {
            let share = units::round_to(value / 100.0, 9);
            out("a rate lies between 0 and 1", format!("for {value} percent write {share}"))
        }
        Domain::Rate => out("a rate lies between 0 and 1", "write a number from 0 to 1, such as 0.5".to_owned()),
        Domain::Shape => out("this must be a finite number", "write a number, such as 1.0".to_owned()),
        _ => out(&format!("this must be between {low} and {high}"), format!("write a number from {low} to {high}")),
    }
}

/// The hours that a moment stands for; a local time becomes an instant here, through the one clock.
fn place(at: Moment, domain: Domain) -> Result<f64, Refusal> {
    match (at, domain) {
        (Moment::Fixed(at), Domain::Instant(_)) => Ok(since_epoch(at)),
        (Moment::Local(at), Domain::LocalTime) => Ok(since_epoch(at.and_utc())),
        (Moment::Fixed(_), _) => Err(Refusal::new(
            FindingCode::NotALocalTime,
            "a deadline on org-local clocks has no offset",
            "leave the offset away, or write clock = \"absolute\"",
        )),
        (Moment::Local(at), domain) => {
            let zone = if let Domain::Instant(zone) = domain { zone } else { Tz::UTC };
            let error = |e: clock::LocalTimeError| Refusal::new(FindingCode::LocalTime, e.to_string(), e.remedy());
            clock::to_utc(at, zone).map(since_epoch).map_err(error)
        }
    }
}
