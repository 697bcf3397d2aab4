//! Times that hang on an event: `"pkce + 69h"`, `"pkce - 14d"`, `"pkce + 3d @ 09:00"`. What they hang on may hang on another event in its turn.

use super::domain::Domain;
use super::duration::{self, Refusal};
use super::event_anchors::AnchorState;
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys::{self, KeyId};
use super::placed::Placed;
use super::quantity::{Derived, DerivedFrom, Number, Shift};
use super::reader::Reader;
use super::tree::{Node, Span};
use crate::plan::zone::Tz;
use chrono::NaiveTime;

/// A time by an event, taken apart.
#[derive(Debug, Clone, PartialEq)]
struct Relative<'t> {
    id: &'t str,
    /// Hours; negative before the event.
    hours: f64,
    /// The time of day, where calendar days are meant.
    time: Option<NaiveTime>,
}

/// Takes a text apart; `None` of one that does not name something before a sign or a time of day, or is no name.
fn relative<'t>(text: &'t str, ids: &[&str]) -> Option<Result<Relative<'t>, Refusal>> {
    let trimmed = text.trim();
    let (before, time) = match trimmed.split_once('@') {
        Some((before, time)) => (before.trim(), Some(time.trim())),
        None => (trimmed, None),
    };
    let signs = |c: char| matches!(c, '+' | '-' | '−');
    // A hyphen may belong to the id: the longest id that fits decides, else the first sign between blanks.
    let by_id = ids.iter().filter(|id| {
        before.strip_prefix(**id).is_some_and(|rest| rest.trim().is_empty() || rest.trim_start().starts_with(signs))
    });
    let (id, rest) = match by_id.max_by_key(|id| id.len()) {
        Some(id) => before.split_at(id.len()),
        None => {
            let sign = [" + ", " - ", " − ", "+"].iter().filter_map(|sign| before.find(sign)).min();
            before.split_at(sign.or(time.map(|_| before.len()))?)
        }
    };
    let (id, rest) = (id.trim(), rest.trim());
    if !keys::is_id(id) || !(ids.contains(&id) || id.contains(|c: char| c.is_alphabetic())) {
        return None;
    }
    Some(read_shift(rest, time).map(|(hours, time)| Relative { id, hours, time }))
}

fn read_shift(rest: &str, time: Option<&str>) -> Result<(f64, Option<NaiveTime>), Refusal> {
    let mut characters = rest.chars();
    let hours = match characters.next() {
        None => 0.0,
        Some('+') => duration::parse(characters.as_str().trim())?,
        Some(_) => -duration::parse(characters.as_str().trim())?,
    };
    let Some(time) = time else { return Ok((hours, None)) };
    // The end of a day is the beginning of the next.
    let (hours, time) = if matches!(time, "24:00" | "24:00:00") { (hours + 24.0, "00:00") } else { (hours, time) };
    let refuse = |message: String, help: &str| Refusal::new(FindingCode::NotATime, message, help);
    let read = NaiveTime::parse_from_str(time, "%H:%M").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M:%S"));
    let read =
        read.map_err(|_| refuse(format!("`{time}` is no time of day"), "write it as in \"pkce + 3d @ 09:00\""))?;
    if (hours / 24.0).fract() != 0.0 {
        let help = "before a time of day stand whole days, as in \"pkce + 3d @ 09:00\"";
        return Err(refuse(format!("`{rest}` is no number of days"), help));
    }
    Ok((hours, Some(read)))
}

impl Reader<'_> {
    /// A time that hangs on an event; the outer `None` where the node is no such time.
    pub(super) fn time_by_event(&mut self, node: &Node, domain: Domain) -> Option<Option<Number>> {
        let text = node.text().filter(|_| domain.is_time())?;
        if super::moment::parse(text).is_ok() {
            return None;
        }
        let read = relative(text, &self.anchors.ids())?;
        Some(match read {
            Ok(relative) => self.anchored(&relative, node, text, domain),
            Err(refusal) => {
                self.refuse(refusal, &node.span);
                None
            }
        })
    }

    fn anchored(&mut self, relative: &Relative<'_>, node: &Node, text: &str, domain: Domain) -> Option<Number> {
        let Some(place) = self.anchors.events.iter().position(|event| event.id == relative.id) else {
            let ids = self.anchors.ids();
            let help = match keys::nearest(relative.id, &ids) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known ids: {}", keys::list(&ids)),
            };
            let message = format!("no event has the id `{}`", relative.id);
            self.report(Finding::new(FindingCode::UnknownId, message, node.span.clone()).help(help));
            return None;
        };
        let anchor = self.event_instant(place, Some(&node.span))?.value;
        let zone = self.zone.unwrap_or(Tz::UTC);
        let shift = match relative.time {
            Some(time) => Shift::Days((relative.hours / 24.0) as i64, time, zone),
            None => Shift::Elapsed(relative.hours),
        };
        let local = domain == Domain::LocalTime;
        if local && relative.time.is_none() {
            let message = "hours from an event make one instant, not a time on each clock";
            let finding = Finding::new(FindingCode::NotALocalTime, message, node.span.clone());
            let help = format!("write \"{} + 3d @ 09:00\", or clock = \"absolute\"", relative.id);
            self.report(finding.help(help));
            return None;
        }
        let id = relative.id.to_owned();
        let from = DerivedFrom::Event { id, anchor, shift, text: text.trim().to_owned(), local };
        let derived = Derived { span: node.span.clone(), from };
        if let Err(improper) = derived.value(&super::quantity::QuantileDraw::CENTRE) {
            let finding = Finding::new(FindingCode::LocalTime, improper.why, node.span.clone());
            self.report(finding.help("choose another time of day"));
            return None;
        }
        Some(Number::Derived(Box::new(derived)))
    }

    /// The instant of an event, read once however many hang on it. `asked` is where another time hangs on it.
    pub(super) fn event_instant(&mut self, place: usize, asked: Option<&Span>) -> Option<Placed<Number>> {
        let event = &mut self.anchors.events[place];
        match event.state.clone() {
            AnchorState::Read(number) => return number,
            AnchorState::Reading => {
                let circle = self.anchors.circle_from(place);
                let message = match &circle[..] {
                    [one] => format!("the time of `{one}` hangs on itself"),
                    _ => format!("the times of {} hang on each other", keys::list(&circle)),
                };
                let span = asked.cloned().unwrap_or_else(Span::file_start);
                let finding = Finding::new(FindingCode::AnchorCircle, message, span);
                self.report(finding.help("give one of the events in the circle a time of its own"));
                return None;
            }
            AnchorState::Unread => {}
        }
        event.state = AnchorState::Reading;
        self.anchors.reading.push(place);
        let event = &self.anchors.events[place];
        let (key, node) = (KeyId::EventAt.below(&format!("event.{}", event.id)), event.at.clone());
        let read = node.and_then(|node| self.instant(&node, &key));
        self.anchors.reading.pop();
        self.anchors.events[place].state = AnchorState::Read(read.clone());
        read
    }

    /// The place of an event among those that others may hang on, by its id.
    pub(super) fn anchor_of(&self, id: &str) -> Option<usize> {
        self.anchors.events.iter().position(|event| event.id == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_by_an_event_are_told_from_other_times() {
        let ids = ["pkce", "pkce-2", "rtr"];
        let read = |text| relative(text, &ids).map(|r| r.map(|r| (r.id.to_owned(), r.hours, r.time.is_some())));
        for (text, id, hours, has_time) in [
            ("pkce + 69h", "pkce", 69.0, false),
            ("pkce+69h", "pkce", 69.0, false),
            ("pkce - 14d", "pkce", -336.0, false),
            ("pkce-2 - 14d", "pkce-2", -336.0, false),
            ("pkce-14d", "pkce", -336.0, false),
            ("pkce + 3d @ 09:00", "pkce", 72.0, true),
            ("pkce @ 09:00", "pkce", 0.0, true),
            ("pkce", "pkce", 0.0, false),
            ("pcke + 69h", "pcke", 69.0, false),
        ] {
            assert_eq!(read(text), Some(Ok((id.to_owned(), hours, has_time))), "{text}");
        }
        for text in ["2026-05-04 09:00", "2026-05-04", "Monday", "2026-05-04T09:00:00-07:00", "", "tomorrow noon"] {
            assert!(read(text).is_none(), "{text}: {:?}", read(text));
        }
        assert!(
            read("pkce + 36h @ 09:00").is_some_and(|r| r.is_err()) && read("pkce + 3x").is_some_and(|r| r.is_err())
        );
    }
}
