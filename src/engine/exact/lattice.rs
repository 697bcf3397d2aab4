//! The lattice of time on which the exact engine works: points `j * step` and the open cells between them.
//! Its step is chosen so that every instant that matters falls on a point, and is halved until the error is small enough.

use crate::plan::{Plan, Segment};
use crate::stats::Law;

/// Points `0, step, 2 step, …, cells * step` in hours since `as_of`, and the open cells between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lattice {
    pub(super) step: f64,
    pub(super) cells: usize,
    /// Whether every instant that matters, and every value at which a law jumps, falls on a point.
    pub(super) aligned: bool,
}

/// Hours (4 microseconds): instants closer than this are one, since sums of steps of the lattice are rounded.
pub(super) const TIME_EPSILON: f64 = 1e-9;

/// Where an instant falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Point(usize),
    Cell(usize),
}

/// The widest first step, hours.
const WIDEST: f64 = 1.0;
/// The fewest cells to begin with.
const FEWEST: f64 = 256.0;
/// Laws with more single values than this are not aligned one by one.
const MANY: usize = 256;

impl Lattice {
    /// The coarsest lattice to begin with: the step divides every instant that matters, as far as `most` cells allow.
    pub(super) fn coarsest(plan: &Plan, segment: &Segment, most: usize) -> Self {
        let horizon = plan.horizon_hours();
        let widest = WIDEST.min(horizon / FEWEST);
        let narrowest = horizon / most as f64;
        let mut needed = instants(plan, segment);
        let mut step = common_step(&needed, widest);
        needed.extend(law_values(segment));
        let with_laws = common_step(&needed, widest);
        let aligned = with_laws.is_some_and(|s| s >= narrowest);
        if aligned {
            step = with_laws;
        }
        let step = step.filter(|s| *s >= narrowest).or_else(|| event_step(segment, widest)).unwrap_or(widest);
        Self { step, cells: (horizon / step - 1e-9).ceil() as usize, aligned }
    }

    /// Half the step.
    pub(super) fn halved(self) -> Self {
        Self { step: self.step / 2.0, cells: self.cells * 2, ..self }
    }

    /// Whether the law spreads over so many cells that halving them shows what they cost: two at least in its standard width. Laws of
    /// single values jump, however close.
    pub(super) fn resolves(&self, law: &Law) -> bool {
        law.atoms().is_some() || 2.0 * self.step <= law.standard_width()
    }

    pub(super) fn at(&self, point: usize) -> f64 {
        point as f64 * self.step
    }

    /// The point or cell of an instant, `None` beyond the end.
    pub(super) fn slot(&self, at: f64) -> Option<Slot> {
        let r = at / self.step;
        let nearest = r.round();
        if nearest > self.cells as f64 + 1e-6 || nearest < -1e-6 && r < -1e-6 {
            return None;
        }
        // A ten-thousandth of a step: well above rounding, well below any instant that differs.
        if (r - nearest).abs() < 1e-4 {
            return Some(Slot::Point(nearest.max(0.0) as usize));
        }
        let cell = r.floor() as usize;
        (cell < self.cells).then_some(Slot::Cell(cell))
    }
}

/// Instants at which something changes, hours since `as_of`.
fn instants(plan: &Plan, segment: &Segment) -> Vec<f64> {
    let controls = &segment.controls;
    let mut at = vec![segment.deadline, plan.horizon_hours()];
    at.extend(controls.token_rotation.iter().map(|e| e.at));
    at.extend(controls.static_ip.iter().map(|e| e.at));
    at.extend(controls.idle_timeout.iter().flat_map(|e| [e.at, e.after]));
    at.extend(controls.reauthorization.iter().map(|e| e.at));
    if let Some(timing) = &segment.timing {
        at.extend([timing.opens(), timing.closes()]);
    }
    at
}

/// Where no step divides everything: one that divides the only instant after `as_of` at which something is switched on, since
/// that is where answers jump. Elsewhere cells are cut in proportion, which costs the square of the step.
fn event_step(segment: &Segment, widest: f64) -> Option<f64> {
    let controls = &segment.controls;
    let at = (controls.token_rotation.iter().map(|e| e.at))
        .chain(controls.static_ip.iter().map(|e| e.at))
        .chain(controls.idle_timeout.iter().map(|e| e.at))
        .chain(controls.reauthorization.iter().map(|e| e.at));
    let mut at: Vec<f64> = at.filter(|at| *at > 0.0).collect();
    at.dedup();
    match at[..] {
        [only] => Some(only / (only / widest).ceil()),
        _ => None,
    }
}

/// Ends and single values of the laws, which make jumps that are exact only on the lattice.
fn law_values(segment: &Segment) -> Vec<f64> {
    let mut values = Vec::new();
    // Known ages are followed one by one, wherever they fall.
    let ages = segment.known.is_none().then_some(&segment.last_refresh);
    for law in ages.into_iter().chain([&segment.interval]) {
        match law.atoms() {
            Some(atoms) if atoms.len() <= MANY => values.extend(atoms.iter().map(|a| a.0)),
            Some(_) => {}
            None => values.extend([law.support().0, law.support().1].iter().filter(|v| v.is_finite())),
        }
    }
    values
}

/// The widest step up to `widest` hours that divides all instants, in whole seconds; `None` where one is no whole second.
fn common_step(instants: &[f64], widest: f64) -> Option<f64> {
    let mut common = 0_u64;
    for at in instants {
        let seconds = (at * 3600.0).abs();
        if (seconds - seconds.round()).abs() > 1e-4 {
            return None;
        }
        common = gcd(common, seconds.round() as u64);
    }
    let hours = common as f64 / 3600.0;
    (common > 0).then(|| hours / (hours / widest - 1e-9).ceil().max(1.0))
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}
