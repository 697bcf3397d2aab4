//! The assumptions of a scenario as numbers that move: which there are, where each stands and how far it goes, and the plan
//! for any combination of them. What a segment inherits moves with what it inherits from.

use super::build::{self, Clocks};
use super::domain::Domain;
use super::draft::{ControlDraft, Draft, SegmentDraft};
use super::keys::{KeyId, Moves};
use super::laws::parameter_domain;
use super::loaded::Scenario;
use super::quantity::{Form, Number, OpenLaw, QuantileDraw, Shape};
use super::range::Range;
use super::reader::Placed;
use super::{check, keys};
use crate::plan::zone::Tz;
use crate::plan::{Movable, MoveKind, Movements, Stop, Unknown};
use crate::stats::Law;

/// An assumption that is to be moved though it is not by itself, or over another range than the usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vary {
    /// Its dotted key.
    pub key: String,
    /// `a..b`; the usual range without.
    pub range: Option<String>,
}

impl Scenario {
    /// The scenario's plan as a function of its assumptions, in the order of their keys. `vary` adds some and sets ranges.
    ///
    /// # Errors
    /// Names a key that can't be moved, or a range that is none.
    pub fn movements(&self, vary: &[Vary]) -> Result<Movements, String> {
        self.movements_at(None, vary)
    }

    /// The same at one of the rates of reconnecting that the scenario compares, by its place.
    ///
    /// # Errors
    /// As [`Scenario::movements`].
    pub fn movements_at(&self, uptake: Option<usize>, vary: &[Vary]) -> Result<Movements, String> {
        let mut draft = self.draft.clone();
        if let Some((reconnect, place)) = draft.reconnect.as_mut().zip(uptake) {
            reconnect.uptakes = reconnect.uptakes.get(place).cloned().into_iter().collect();
        }
        let mut mover = Mover::new(&self.unknowns, vary, draft.zone.unwrap_or(Tz::UTC));
        mover.whole(&mut draft);
        draft.reanchor();
        mover.segments(&mut draft);
        let (assumptions, order) = mover.finish()?;
        let clocks = Clocks::of(self.family.centre());
        let realise = move |point: &[f64]| {
            let draw = QuantileDraw::new(point, &order);
            match check::check(&draft, &draw).first() {
                Some(fault) => Err(fault.message.clone()),
                None => build::build(&draft, &draw, &clocks),
            }
        };
        Ok(Movements::new(assumptions, Box::new(realise)))
    }
}

/// Room without bounds.
const FREE: f64 = f64::INFINITY;

struct Mover<'a> {
    unknowns: &'a [Unknown],
    vary: &'a [Vary],
    /// In which times are read and shown.
    zone: Tz,
    /// Slots given out, those of the unknowns first.
    slots: usize,
    found: Vec<(usize, Movable)>,
    /// Keys that may be asked for.
    offered: Vec<String>,
    faults: Vec<String>,
}

impl<'a> Mover<'a> {
    fn new(unknowns: &'a [Unknown], vary: &'a [Vary], zone: Tz) -> Self {
        let slots = unknowns.len();
        Self { unknowns, vary, zone, slots, found: Vec::new(), offered: Vec::new(), faults: Vec::new() }
    }

    /// What holds for all orgs.
    fn whole(&mut self, draft: &mut Draft) {
        let known = |placed: &Option<Placed<Number>>| match placed.as_ref().map(|p| &p.value) {
            Some(Number::Known(at)) => Some(*at),
            _ => None,
        };
        let as_of = draft.as_of.as_ref().map(|p| p.value);
        let gap = |a: Option<f64>, b: Option<f64>| a.zip(b).map_or(FREE, |(a, b)| (b - a).max(0.0));
        let horizon = known(&draft.horizon);
        if let Some(orgs) = &mut draft.orgs {
            self.number(KeyId::Orgs, "", orgs, FREE);
        }
        if let Some(deadline) = &mut draft.deadline {
            let at = if let Number::Known(at) = deadline.at.value { Some(at) } else { None };
            match deadline.org_local {
                true => self.in_domain(KeyId::Deadline, "", Domain::LocalTime, &mut deadline.at.value, FREE),
                false => {
                    let room = gap(as_of, at).min(gap(at, horizon));
                    self.number(KeyId::Deadline, "", &mut deadline.at.value, room);
                }
            }
        }
        self.reconnect(draft);
        for event in &mut draft.events {
            let prefix = format!("event.{}", event.id.as_deref().unwrap_or_default());
            if let Some(at) = &mut event.at {
                self.number(KeyId::EventAt, &prefix, &mut at.value, FREE);
            }
            if let Some(until) = &mut event.rollout.until {
                self.number(KeyId::Until, &prefix, &mut until.value, FREE);
            }
            if let Some(nudge) = &mut event.rollout.nudge {
                self.number(KeyId::Nudge, &prefix, &mut nudge.value, FREE);
            }
            for control in &mut event.controls {
                self.control(&prefix, control);
                self.beside(&prefix, control);
            }
        }
        let values = &mut draft.values;
        self.some_law(KeyId::LastRefresh, "", &mut values.last_refresh);
        self.some_law(KeyId::Connected, "", &mut values.connected);
        self.some_law(KeyId::Interval, "", &mut values.interval);
        if let Some(coverage) = &mut values.coverage {
            self.number(KeyId::HeartbeatCoverage, "", coverage, FREE);
        }
        if let Some(recovery) = &mut values.recovery {
            self.some_law(KeyId::RecoveryAfter, "", &mut recovery.after);
        }
    }

    fn reconnect(&mut self, draft: &mut Draft) {
        let Some(reconnect) = &mut draft.reconnect else { return };
        // Each may come half way to the other, so that no combination closes the window before it opens.
        let room = match (&reconnect.opens, &reconnect.closes) {
            (Some(Placed { value: Number::Known(a), .. }), Some(Placed { value: Number::Known(b), .. })) => {
                (b - a) / 2.0
            }
            _ => FREE,
        };
        for (id, at) in [(KeyId::Opens, &mut reconnect.opens), (KeyId::Closes, &mut reconnect.closes)] {
            if let Some(at) = at {
                self.number(id, "", &mut at.value, room);
            }
        }
        // Of several readings none is moved by itself.
        if let (Some(half_life), None) = (&mut reconnect.timing.half_life, &reconnect.readings) {
            self.number(KeyId::HalfLife, "", half_life, FREE);
        }
        if let [uptake] = &mut reconnect.uptakes[..] {
            self.number(KeyId::Uptake, "", &mut uptake.number, FREE);
        }
    }

    fn control(&mut self, prefix: &str, control: &mut ControlDraft) {
        let id = KeyId::of_control(control.cause);
        match (&mut control.check.steps, &mut control.number) {
            (Some(steps), _) => {
                for (i, (_, is)) in steps.iter_mut().enumerate() {
                    self.number_at(
                        &format!("{}.{}", id.below(prefix), i + 1),
                        Domain::Rate,
                        is,
                        id.facts().moves,
                        FREE,
                    );
                }
            }
            (None, Some(number)) => self.number(id, prefix, number, FREE),
            (None, None) => {}
        }
    }

    /// What a control says beside its number.
    fn beside(&mut self, prefix: &str, control: &mut ControlDraft) {
        if let Some(race) = &mut control.race {
            self.number(KeyId::Race, prefix, race, FREE);
        }
        if let Some(grace) = &mut control.check.grace {
            self.number(KeyId::Grace, prefix, grace, FREE);
        }
        if let Some(warned) = &mut control.check.warned {
            self.number(KeyId::Warned, prefix, &mut warned.value, FREE);
        }
    }

    /// What segments say themselves moves by itself; what they inherit becomes what has been moved already.
    fn segments(&mut self, draft: &mut Draft) {
        let mut segments = std::mem::take(&mut draft.segments);
        for segment in &mut segments {
            self.segment(draft, segment);
        }
        draft.segments = segments;
    }

    fn segment(&mut self, draft: &Draft, segment: &mut SegmentDraft) {
        let prefix = format!("segment.{}", segment.id.as_deref().unwrap_or_default());
        let own = |key: &str| segment.own.iter().any(|(own, _)| own == key);
        let says = |id: KeyId| own(&id.below(&prefix));
        let [ages, interval, coverage, recovery] =
            [KeyId::LastRefresh, KeyId::Interval, KeyId::HeartbeatCoverage, KeyId::RecoveryAfter].map(says);
        match (&mut segment.uptake, &mut segment.factor) {
            (Some(uptake), _) => self.number(KeyId::OwnUptake, &prefix, &mut uptake.value, FREE),
            (None, Some(factor)) => self.number(KeyId::UptakeFactor, &prefix, factor, FREE),
            (None, None) => {}
        }
        let values = &mut segment.values;
        match ages {
            true => self.some_law(KeyId::LastRefresh, &prefix, &mut values.last_refresh),
            false => values.last_refresh.clone_from(&draft.values.last_refresh),
        }
        match says(KeyId::Connected) {
            true => self.some_law(KeyId::Connected, &prefix, &mut values.connected),
            false => values.connected.clone_from(&draft.values.connected),
        }
        match interval {
            true => self.some_law(KeyId::Interval, &prefix, &mut values.interval),
            false => values.interval.clone_from(&draft.values.interval),
        }
        match (coverage, &mut values.coverage) {
            (true, Some(coverage)) => self.number(KeyId::HeartbeatCoverage, &prefix, coverage, FREE),
            _ => values.coverage.clone_from(&draft.values.coverage),
        }
        match (recovery, &mut values.recovery, &draft.values.recovery) {
            (true, Some(recovery), _) => self.some_law(KeyId::RecoveryAfter, &prefix, &mut recovery.after),
            (false, Some(recovery), Some(inherited)) => recovery.after.clone_from(&inherited.after),
            _ => {}
        }
        for (event, controls) in draft.events.iter().zip(&mut segment.controls) {
            let prefix = format!("{prefix}.event.{}", event.id.as_deref().unwrap_or_default());
            for (control, inherited) in controls.iter_mut().zip(&event.controls) {
                if own(&KeyId::of_control(control.cause).below(&prefix)) {
                    self.control(&prefix, control);
                } else {
                    control.number.clone_from(&inherited.number);
                    control.check.steps.clone_from(&inherited.check.steps);
                }
                let says = |id: KeyId| own(&id.below(&prefix));
                let mut theirs = ControlDraft { number: None, ..control.clone() };
                theirs.check.steps = None;
                theirs.race = theirs.race.filter(|_| says(KeyId::Race));
                theirs.check.grace = theirs.check.grace.filter(|_| says(KeyId::Grace));
                theirs.check.warned = theirs.check.warned.filter(|_| says(KeyId::Warned));
                self.beside(&prefix, &mut theirs);
                control.race = theirs.race.or_else(|| inherited.race.clone());
                control.check.grace = theirs.check.grace.or_else(|| inherited.check.grace.clone());
                control.check.warned = theirs.check.warned.or_else(|| inherited.check.warned.clone());
            }
        }
    }

    fn some_law(&mut self, id: KeyId, prefix: &str, law: &mut Option<OpenLaw>) {
        let (Some(spread), Some(domain)) = (law, id.facts().domain(self.zone)) else { return };
        match &mut spread.form {
            Form::Known(Law::Fixed(value)) => {
                let mut number = Number::Known(*value);
                self.number(id, prefix, &mut number, FREE);
                if matches!(number, Number::Moved { .. }) {
                    // Uniform between a value and itself is that value.
                    spread.form = Form::Open(Shape::Uniform, vec![number.clone(), number]);
                }
            }
            Form::Known(law) => {
                if let Some((shape, values)) = Shape::of(law) {
                    let mut numbers: Vec<Number> = values.into_iter().map(Number::Known).collect();
                    self.parameters(&id.below(prefix), shape, &mut numbers, domain);
                    spread.form = Form::Open(shape, numbers);
                }
            }
            Form::Open(shape, numbers) => self.parameters(&id.below(prefix), *shape, numbers, domain),
            Form::OneOf { slot: Some(slot), cumulative, branches } => {
                self.note(*slot, MoveKind::Reading, readings(cumulative, branches));
            }
            Form::OneOf { .. } | Form::BaseRate(_) => {}
        }
    }

    fn parameters(&mut self, key: &str, shape: Shape, numbers: &mut [Number], domain: Domain) {
        let value = |n: &Number| if let Number::Known(v) = n { Some(*v) } else { None };
        let values: Vec<Option<f64>> = numbers.iter().map(value).collect();
        // Ascending parameters may come half way to each other, by factors.
        let between = |low: Option<f64>, high: Option<f64>| match (low, high) {
            (Some(low), Some(high)) if low > 0.0 => (high / low).sqrt(),
            _ => FREE,
        };
        let ascending = matches!(shape, Shape::Uniform | Shape::LogUniform | Shape::Triangular | Shape::Pert);
        for (i, number) in numbers.iter_mut().enumerate() {
            let mut room = FREE;
            if ascending && i > 0 {
                room = room.min(between(values[i - 1], values[i]));
            }
            if ascending && i + 1 < values.len() {
                room = room.min(between(values[i], values[i + 1]));
            }
            let key = format!("{key}.{}.{}", shape.name(), shape.parameters()[i]);
            self.number_at(&key, parameter_domain(shape, i, domain), number, Moves::ByItself, room);
        }
    }

    /// The number of a key that stands below `prefix`, if it moves.
    fn number(&mut self, id: KeyId, prefix: &str, number: &mut Number, room: f64) {
        if let Some(domain) = id.facts().domain(self.zone) {
            self.in_domain(id, prefix, domain, number, room);
        }
    }

    /// The same, its values being read otherwise.
    fn in_domain(&mut self, id: KeyId, prefix: &str, domain: Domain, number: &mut Number, room: f64) {
        self.number_at(&id.below(prefix), domain, number, id.facts().moves, room);
    }

    fn number_at(&mut self, key: &str, domain: Domain, number: &mut Number, moves: Moves, room: f64) {
        match number {
            // What follows from others moves with them.
            Number::Moved { .. } | Number::Derived(_) => {}
            Number::Drawn { slot, law } => {
                let (kind, stops) = match &law.form {
                    Form::OneOf { cumulative, branches, .. } => (MoveKind::Reading, readings(cumulative, branches)),
                    _ => (MoveKind::Law, middle_eighty(law, domain)),
                };
                self.note(*slot, kind, stops);
            }
            Number::Known(given) => {
                let by_itself = match moves {
                    Moves::No => return,
                    Moves::OnRequest => false,
                    Moves::ByItself => true,
                    Moves::ByItselfUnless(value) => *given != value,
                };
                self.offered.push(key.to_owned());
                let asked = self.vary.iter().find(|v| v.key == key);
                let range = match asked {
                    None if !by_itself => return,
                    Some(Vary { range: Some(text), .. }) => match Range::asked(text, *given, domain) {
                        Ok(range) => Some(range),
                        Err(why) => return self.faults.push(format!("--vary {key}: {why}")),
                    },
                    _ => Range::usual(*given, domain, room),
                };
                let Some(range) = range else {
                    if asked.is_some() {
                        let given = domain.show(*given);
                        self.faults
                            .push(format!("--vary {key}: there is no usual range around {given}; write {key}=a..b"));
                    }
                    return;
                };
                let stop = |at: f64| Stop { at, words: domain.show(range.value(at)) };
                let given = domain.show(*given);
                let (kind, stops) = (MoveKind::Range, vec![stop(0.0), stop(1.0)]);
                let movable = Movable { key: key.to_owned(), given, at: range.given_at(), kind, stops };
                self.found.push((self.slots, movable));
                *number = Number::Moved { slot: self.slots, range };
                self.slots += 1;
            }
        }
    }

    /// Notes an unknown of the scenario, once.
    fn note(&mut self, slot: usize, kind: MoveKind, stops: Vec<Stop>) {
        if !self.found.iter().any(|f| f.0 == slot) {
            let Unknown { key, words, .. } = self.unknowns[slot].clone();
            self.found.push((slot, Movable { key, given: words, at: 0.5, kind, stops }));
        }
    }

    /// The assumptions in the order of their keys, and the place of each slot among them.
    fn finish(mut self) -> Result<(Vec<Movable>, Vec<usize>), String> {
        for vary in self.vary {
            if !self.offered.contains(&vary.key) {
                let known: Vec<&str> = self.offered.iter().map(String::as_str).collect();
                let help = match keys::nearest(&vary.key, &known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("what can be moved: {}", keys::list(&known)),
                };
                self.faults.push(format!("--vary: `{}` is no number that the scenario gives; {help}", vary.key));
            }
        }
        if !self.faults.is_empty() {
            return Err(self.faults.join("\n"));
        }
        // Unknowns deep within others have no words for their ends; milestones change no number.
        for slot in 0..self.unknowns.len() {
            if !self.unknowns[slot].key.starts_with("milestone.") {
                let stop = |at: f64| Stop { at, words: format!("P{:.0}", at * 100.0) };
                self.note(slot, MoveKind::Law, vec![stop(0.1), stop(0.9)]);
            }
        }
        self.found.sort_by(|a, b| a.1.key.cmp(&b.1.key).then(a.0.cmp(&b.0)));
        let mut order = vec![usize::MAX; self.slots];
        self.found.iter().enumerate().for_each(|(place, (slot, _))| order[*slot] = place);
        Ok((self.found.into_iter().map(|f| f.1).collect(), order))
    }
}

/// One stop in the middle of each branch.
fn readings(cumulative: &[f64], branches: &[OpenLaw]) -> Vec<Stop> {
    let mut from = 0.0;
    let stop = |(to, branch): (&f64, &OpenLaw)| {
        let at = 0.5 * (from + to);
        from = *to;
        Stop { at, words: branch.describe() }
    };
    cumulative.iter().zip(branches).map(stop).collect()
}

/// The 10th and the 90th percentile of a law.
fn middle_eighty(law: &OpenLaw, domain: Domain) -> Vec<Stop> {
    let words = |at: f64| law.quantile(at, &QuantileDraw::CENTRE).map_or_else(|e| e.why, |value| domain.show(value));
    [0.1, 0.9].map(|at| Stop { at, words: words(at) }).to_vec()
}
