//! What ties an event's rollout together: the order of its waves, brownouts and steps, and what each key needs beside it; checkpoints, the guard,
//! windows of segments, and the curves by which people act.

use super::domain::{instant, local_time};
use super::draft::{
    ChecksDraft, ControlDraft, CountsFrom, Draft, EventDraft, OwnInstant, ReconnectDraft, SegmentDraft, TimingDraft,
};
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::placed::Placed;
use super::quantity::{Number, QuantileDraw};
use super::span::Span;
use super::times::Times;
use crate::plan::zone::Tz;
use crate::plan::{Cause, clock, units};

/// Shares of waves may add up to this.
const MOST_SHARE: f64 = 1.002;

struct PolicyChecker<'a> {
    draft: &'a Draft,
    draw: &'a QuantileDraw<'a>,
    zone: Tz,
    faults: Vec<Finding>,
}

/// All faults of a draft's policies under a draw.
pub(super) fn faults(draft: &Draft, draw: &QuantileDraw<'_>, times: &Times) -> Vec<Finding> {
    let mut check = PolicyChecker { draft, draw, zone: draft.zone.unwrap_or(Tz::UTC), faults: Vec::new() };
    draft.events.iter().for_each(|event| check.event(event));
    for controls in draft.segments.iter().flat_map(|segment| &segment.controls) {
        let own = |control: &&ControlDraft| control.cause == Cause::Reauthorization;
        controls.iter().filter(own).for_each(|control| check.steps(control));
    }
    check.faults.dedup_by(|a, b| a.span == b.span && a.code == b.code);
    check.checkpoints(times);
    check.guard(times);
    check.windows(times);
    check.numbers();
    check.faults
}

impl PolicyChecker<'_> {
    fn at(&self, placed: &Placed<Number>) -> Option<f64> {
        placed.value.value(self.draw).ok()
    }

    fn show(&self, hours: f64) -> String {
        clock::show(instant(hours), self.zone, None)
    }

    fn fault(&mut self, code: FindingCode, message: impl Into<String>, span: &Span, help: &str) {
        self.faults.push(Finding::new(code, message, span.clone()).help(help));
    }

    fn event(&mut self, event: &EventDraft) {
        let rollout = &event.rollout;
        let check = event.controls.iter().find(|control| control.cause == Cause::Reauthorization);
        self.waves(event);
        if let (Some(until), Some(own)) = (&rollout.until, &event.at)
            && let (Some(ends), Some(begins)) = (self.at(until), self.at(own))
            && ends <= begins
        {
            let message = format!("{} is over before it begins", event.name);
            let finding = Finding::new(FindingCode::UntilOrder, message, until.span.clone());
            let finding = finding.label(self.show(ends)).related(own.span.clone(), self.show(begins));
            self.faults.push(finding.help("let `until` be after the event's own instant"));
        }
        if let (Some(heals), None) = (&rollout.heals, &rollout.until)
            && heals.value
        {
            let help = "add `until`: what it failed works again then";
            self.fault(FindingCode::NeedsUntil, "`heals` needs `until`", &heals.span, help);
        }
        self.brownouts(event, check);
        if let Some(check) = check {
            self.steps(check);
            self.counts_from(event, check);
            if let Some(repeat) = check.check.repeat.as_ref().filter(|repeat| repeat.value && check.check.at_once) {
                let help = "a check at the instant comes once: leave `repeat` out, or write bites = \"refresh\"";
                self.fault(FindingCode::RepeatAtOnce, "`repeat` does not go with `at-once`", &repeat.span, help);
            }
        }
    }

    fn waves(&mut self, event: &EventDraft) {
        let Some(waves) = &event.rollout.waves else { return };
        if let Some(even) = &event.rollout.even {
            let ends = (self.at(&even.0), self.at(&even.1));
            if let (Some(from), Some(to)) = ends {
                let help = "let `to` be after `from`";
                if to < from {
                    self.fault(FindingCode::WaveShares, "the last wave is before the first", &even.1.span, help);
                } else if waves.len() == 1 && to != from {
                    let help = "let `count` be at least 2, or let both be the same";
                    self.fault(FindingCode::WaveShares, "one wave has one instant, not two", &even.1.span, help);
                }
            }
        }
        let sum: f64 = waves.iter().map(|(_, share)| share.value).sum();
        if let Some((_, last)) = waves.last()
            && sum > MOST_SHARE + 1e-9
        {
            let message = format!("the waves' shares add up to {}, more than 1", units::round_to(sum, 6));
            self.fault(
                FindingCode::WaveShares,
                message,
                &last.span,
                "let them add up to at most 1; the rest never has it",
            );
        }
    }

    fn brownouts(&mut self, event: &EventDraft, check: Option<&ControlDraft>) {
        let rollout = &event.rollout;
        if let (Some([from, _]), None) = (rollout.brownouts.first(), check) {
            let help = "add `reauthorization`: a brownout applies its check for a while";
            self.fault(FindingCode::NeedsCheck, "a brownout needs a reauthorization", &from.span, help);
        }
        let until = rollout.until.as_ref().and_then(|until| self.at(until));
        // Where all have it at one instant, a brownout after it would do nothing.
        let instants = self.draft.segments.iter().any(|segment| segment.instants.iter().any(Option::is_some));
        let own = event.at.as_ref().filter(|_| rollout.waves.is_none() && !instants).and_then(|at| self.at(at));
        let mut last: Option<f64> = None;
        for [from, to] in &rollout.brownouts {
            let (Some(begins), Some(ends)) = (self.at(from), self.at(to)) else { continue };
            if ends <= begins {
                let help = "let `to` be after `from`";
                self.fault(FindingCode::BrownoutOrder, "this brownout ends before it begins", &to.span, help);
            } else if last.is_some_and(|last| begins < last) {
                let help = "write brownouts in the order in which they come, none within another";
                self.fault(
                    FindingCode::BrownoutOrder,
                    "this brownout begins before the last one ends",
                    &from.span,
                    help,
                );
            } else if own.is_some_and(|own| begins >= own) {
                let help = "let it be before the event, whose check is applied from its instant on in any case";
                self.fault(FindingCode::BrownoutOrder, "this brownout begins once the event is on", &from.span, help);
            } else if until.is_some_and(|until| ends > until) {
                let help = "let it end by `until`, or leave it out";
                self.fault(FindingCode::BrownoutOrder, "this brownout is after the event's end", &to.span, help);
            }
            last = Some(ends);
        }
    }

    fn steps(&mut self, control: &ControlDraft) {
        let Some(steps) = &control.check.steps else { return };
        for pair in steps.windows(2) {
            if let (Some(before), Some(now)) = (self.at(&pair[0].0), self.at(&pair[1].0))
                && now <= before
            {
                let help = "write the steps in the order of their times";
                let span = &pair[1].0.span;
                // What a segment inherits is told once.
                if !self.faults.iter().any(|fault| fault.code == FindingCode::StepOrder && fault.span == *span) {
                    self.fault(FindingCode::StepOrder, "this step is not after the last one", span, help);
                }
            }
        }
    }

    fn counts_from(&mut self, event: &EventDraft, control: &ControlDraft) {
        let (Some(CountsFrom::At(counts)), Some(own)) = (&control.check.counts_from, &event.at) else { return };
        if let (Some(from), Some(at)) = (self.at(counts), self.at(own))
            && from > at
        {
            let message = "reconnects count from the event's instant on in any case";
            let finding = Finding::new(FindingCode::CountsFromOrder, message, counts.span.clone());
            let finding = finding.label(self.show(from)).related(own.span.clone(), self.show(at));
            self.faults.push(finding.help("let `counts_from` be no later than the event, or leave it out"));
        }
    }

    fn checkpoints(&mut self, times: &Times) {
        let (Some((as_of, _)), Some((horizon, _))) = (&times.as_of, &times.horizon) else { return };
        for checkpoint in &self.draft.checkpoints {
            let Some(at) = &checkpoint.at else { continue };
            let zones: Vec<Tz> = self.draft.segments().iter().filter_map(|segment| segment.zone).collect();
            for zone in zones {
                let read = match (at.org_local, &at.at.value) {
                    (false, number) => number.value(self.draw).ok().map(|hours| Ok(instant(hours))),
                    (true, Number::Derived(derived)) => {
                        derived.value_in(Some(zone), self.draw).ok().map(|hours| clock::to_utc(local_time(hours), zone))
                    }
                    (true, number) => number.value(self.draw).ok().map(|hours| clock::to_utc(local_time(hours), zone)),
                };
                let name = &checkpoint.name;
                let (message, help) = match read {
                    None => continue,
                    Some(Err(error)) => (error.to_string(), "choose a local time that exists once in every zone"),
                    Some(Ok(when)) if when < *as_of => {
                        (format!("checkpoint {name} is before `as_of`"), "let it be later, or `as_of` earlier")
                    }
                    Some(Ok(when)) if when > *horizon => {
                        (format!("checkpoint {name} is after the horizon"), "let the horizon be later")
                    }
                    Some(Ok(_)) => continue,
                };
                self.fault(FindingCode::CheckpointOrder, message, &at.at.span, help);
                break;
            }
        }
    }

    fn guard(&mut self, times: &Times) {
        let Some(guard) = &self.draft.guard else { return };
        let ends = match &guard.checks {
            ChecksDraft::Listed(checks) => checks.iter().collect::<Vec<_>>(),
            ChecksDraft::Every(from, to, _) => vec![from, to],
        };
        if let (Some((as_of, _)), Some((horizon, _))) = (&times.as_of, &times.horizon) {
            for at in ends {
                let Some(when) = self.at(at).map(instant) else { continue };
                if when < *as_of {
                    let help = "let it be at `as_of` or later: nothing before it is simulated";
                    self.fault(FindingCode::BadGuard, "this check is before `as_of`", &at.span, help);
                } else if when > *horizon {
                    self.fault(
                        FindingCode::BadGuard,
                        "this check is after the horizon",
                        &at.span,
                        "let the horizon be later",
                    );
                }
            }
        }
        if let ChecksDraft::Every(from, to, every) = &guard.checks
            && let (Some(first), Some(last)) = (self.at(from), self.at(to))
            && (last - first) / every > super::build::MOST_CHECKS
        {
            let most = units::group_number(super::build::MOST_CHECKS);
            let message = format!("more than {most} checks");
            self.fault(FindingCode::TooMany, message, &to.span, "look less often: let `every` be longer");
        }
        let (first, last, span) = match &guard.checks {
            ChecksDraft::Listed(checks) => {
                for pair in checks.windows(2) {
                    if let (Some(before), Some(now)) = (self.at(&pair[0]), self.at(&pair[1]))
                        && now <= before
                    {
                        let help = "write the checks in the order of their times";
                        self.fault(FindingCode::BadGuard, "this check is not after the last one", &pair[1].span, help);
                    }
                }
                return;
            }
            ChecksDraft::Every(from, to, _) => (self.at(from), self.at(to), &to.span),
        };
        if let (Some(first), Some(last)) = (first, last)
            && last < first
        {
            self.fault(FindingCode::BadGuard, "the checks end before they begin", span, "let `to` be after `from`");
        }
    }

    fn windows(&mut self, times: &Times) {
        if let Some(reconnect) = &self.draft.reconnect {
            self.timing(reconnect);
        }
        for segment in &self.draft.segments {
            let Some(reconnect) = &segment.reconnect else { continue };
            if let (Some(opens), Some(closes)) = (&reconnect.opens, &reconnect.closes)
                && let (Some(begins), Some(ends)) = (self.at(opens), self.at(closes))
                && ends < begins
            {
                let id = segment.id.as_deref().unwrap_or_default();
                let message = format!("the window of segment `{id}` closes before it opens");
                let finding = Finding::new(FindingCode::WindowOrder, message, closes.span.clone());
                let finding = finding.label(times.show(instant(ends)));
                let finding = finding.related(opens.span.clone(), format!("opens {}", times.show(instant(begins))));
                self.faults.push(finding.help("let `closes` be after `opens`, its own or the inherited one"));
            }
            self.timing(reconnect);
        }
    }

    fn timing(&mut self, reconnect: &ReconnectDraft) {
        let (Some(opens), Some(closes)) = (&reconnect.opens, &reconnect.closes) else { return };
        let (Some(opens), Some(closes)) = (self.at(opens), self.at(closes)) else { return };
        reconnect.timings().iter().for_each(|timing| self.one_timing(timing, opens, closes));
    }

    fn one_timing(&mut self, timing: &TimingDraft, opens: f64, closes: f64) {
        for (at, _) in &timing.reminders {
            if self.at(at).is_some_and(|at| at >= closes) {
                let help = "let it go out before the window closes";
                self.fault(FindingCode::ReminderTooLate, "this reminder moves nobody", &at.span, help);
            }
        }
        let weighs = |weight: &Number| weight.value(self.draw).is_ok_and(|weight| weight > 0.0);
        let none = timing.steady == 0.0 && !timing.reminders.iter().any(|(_, weight)| weighs(weight));
        if let (Some((at, _)), true) = (timing.reminders.first(), none) {
            let help = "give a reminder a weight above 0";
            self.fault(FindingCode::ReminderTooLate, "no reminder has any weight", &at.span.clone(), help);
        }
        self.curve(timing.curve.as_deref().unwrap_or_default(), opens, closes);
    }

    fn curve(&mut self, points: &[(Placed<Number>, f64)], opens: f64, closes: f64) {
        let counts = points.last().is_some_and(|(_, last)| *last > 1.0);
        let mut last: Option<(f64, f64)> = None;
        for (placed, share) in points {
            let Some(at) = self.at(placed) else { return };
            let told = match last {
                _ if !(opens..=closes).contains(&at) => {
                    Some(("is outside the window", "let it be from `opens` to `closes`"))
                }
                Some((before, _)) if at <= before => Some(("is not after the last one", "write times in their order")),
                Some((_, before)) if *share < before => {
                    Some(("falls", "who has acted stays so: let it rise or stay level"))
                }
                None if at == opens && *share > 0.0 => {
                    Some(("begins above 0", "at `opens` nobody has acted yet: write 0"))
                }
                _ if at == closes && !counts && *share < 1.0 => {
                    Some(("ends below 1", "it is of those who act: let it be 1 at `closes`"))
                }
                _ if !counts && *share > 1.0 => {
                    Some(("rises above 1", "write shares up to 1, or counts up to the last"))
                }
                _ => None,
            };
            if let Some((what, help)) = told {
                self.fault(FindingCode::BadCurve, format!("this point of the curve {what}"), &placed.span, help);
                return;
            }
            last = Some((at, *share));
        }
        if let (Some((placed, _)), Some((_, last))) = (points.last(), last)
            && counts
            && last <= 0.0
        {
            self.fault(FindingCode::BadCurve, "nobody acts by this curve", &placed.span.clone(), "let it rise");
        }
    }

    /// What numbers need beside them.
    fn numbers(&mut self) {
        let draft = self.draft;
        for segment in &draft.segments() {
            let above = |placed: &Option<Placed<Number>>| {
                placed.as_ref().filter(|p| p.value != Number::Known(0.0)).map(|p| p.span.clone())
            };
            let warned = segment.controls.iter().flatten().find_map(|control| above(&control.check.warned));
            let nudged = segment.nudges.iter().find_map(above);
            if let (Some(span), None) = (warned.or(nudged), &segment.values.recovery) {
                let help = "add [recovery] with `after = { lognormal = { median = \"6h\", sigma = 1.0 } }`: how long they take is drawn from it";
                let message = "who acts on a notice or a disruption takes as long as [recovery] says";
                self.fault(FindingCode::NeedsRecovery, message, &span, help);
                break;
            }
        }
        if let Some(span) = self.uncounted_lifetime() {
            let law = "add `connected = { uniform = [\"0h\", \"90d\"] }` to [population]";
            let help = match self.draft.inventory {
                Some(_) => format!("{law}, or fill a column `connected_at` of the inventory"),
                None => law.to_owned(),
            };
            let message = "this lifetime counts from when connections were made";
            self.fault(FindingCode::NoAges, message, &span, &help);
        }
    }

    /// A lifetime that counts time of which nothing is said.
    fn uncounted_lifetime(&self) -> Option<Span> {
        let as_of = self.draft.as_of.as_ref()?.value;
        let missing = |segment: &SegmentDraft| {
            let known = segment.known.as_ref().is_some_and(|known| known.are_connections_known());
            // What an inventory knows is not read yet; it is asked again then.
            let unread = self.draft.inventory.is_some() && segment.known.is_none();
            if segment.values.connected.is_some() || known || unread {
                return None;
            }
            let places = self.draft.events.iter().enumerate();
            places.zip(&segment.controls).find_map(|((place, event), controls)| {
                let control = controls.iter().find(|control| control.cause == Cause::Lifetime)?;
                let own = segment.instants.get(place).and_then(Option::as_ref);
                let own = match own {
                    Some(OwnInstant::Never) => return None,
                    Some(OwnInstant::At(at)) => at,
                    None => event.at.as_ref()?,
                };
                let waves = event.rollout.waves.iter().flatten().map(|(at, _)| at);
                let early = waves.chain([own]).any(|at| self.at(at).is_some_and(|at| at < as_of));
                (control.retroactive || early).then(|| own.span.clone())
            })
        };
        self.draft.segments().iter().find_map(missing)
    }
}
