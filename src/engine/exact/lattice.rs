//! The lattice of time on which the exact engine works: points and the open cells between them. Cells are even, and cut at every instant
//! at which a rule changes or a jump falls, so that no cell holds two kinds of time. Their width follows from how smooth the
//! laws are, and is halved until the error is small enough; where instants fall does not matter.

use super::aim::TOLERANCE;
use crate::engine::rules::Rules;
use crate::plan::{Plan, Segment};
use crate::stats::Law;
use std::sync::Arc;

/// Points `0, …, end` in hours since `as_of`, ascending, and the open cells between them.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Lattice {
    /// Width of an even cell, hours.
    pub(super) step: f64,
    /// Cells, cut ones by their parts.
    pub(super) cells: usize,
    /// Ascending; one more than cells.
    points: Arc<[f64]>,
    /// The first cell of each even cell, and one more at the end: longer by one than there are even cells.
    first: Arc<[u32]>,
    /// The even cell of each cell.
    even: Arc<[u32]>,
    /// Instants at which even cells are cut, ascending.
    cuts: Arc<[f64]>,
}

/// Hours (4 microseconds): instants closer than this are one, since sums of steps of the lattice are rounded.
pub(super) const TIME_EPSILON: f64 = 1e-9;

/// Hours (4 milliseconds): what has long been due happens then, not at `as_of` itself.
pub(super) const AT_ONCE: f64 = 1e-6;

/// Where an instant falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Point(usize),
    Cell(usize),
}

impl Lattice {
    /// Even cells of this width up to `end`, cut at each of some instants; those outside are passed over.
    pub(super) fn new(step: f64, end: f64, cuts: &[f64]) -> Self {
        let mut cuts: Vec<f64> =
            cuts.iter().copied().filter(|at| *at > TIME_EPSILON && *at < end - TIME_EPSILON).collect();
        cuts.sort_by(f64::total_cmp);
        cuts.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
        let evens = ((end / step - 1e-9).ceil() as usize).max(1);
        let length = evens + cuts.len() + 1;
        let (mut points, mut first, mut even) =
            (Vec::with_capacity(length), Vec::with_capacity(evens + 1), Vec::with_capacity(length));
        let mut next = 0;
        for j in 0..evens {
            let (from, to) = (j as f64 * step, (j + 1) as f64 * step);
            first.push(even.len() as u32);
            // A point that an instant falls on is that instant, to the last digit.
            let on_it = next < cuts.len() && cuts[next] <= from + TIME_EPSILON;
            points.push(if on_it { cuts[next] } else { from });
            next += usize::from(on_it);
            even.push(j as u32);
            while next < cuts.len() && cuts[next] < to - TIME_EPSILON {
                points.push(cuts[next]);
                even.push(j as u32);
                next += 1;
            }
        }
        first.push(even.len() as u32);
        points.push(evens as f64 * step);
        Self {
            step,
            cells: even.len(),
            points: points.into(),
            first: first.into(),
            even: even.into(),
            cuts: cuts.into(),
        }
    }

    /// Half the step.
    pub(super) fn halved(&self) -> Self {
        Self::new(self.step / 2.0, self.end(), &self.cuts)
    }

    /// Even cells.
    pub(super) fn evens(&self) -> usize {
        self.first.len() - 1
    }

    pub(super) fn at(&self, point: usize) -> f64 {
        self.points[point]
    }

    /// The last point.
    pub(super) fn end(&self) -> f64 {
        self.points[self.cells]
    }

    /// Begin and end of a cell.
    pub(super) fn cell(&self, cell: usize) -> [f64; 2] {
        [self.points[cell], self.points[cell + 1]]
    }

    pub(super) fn width(&self, cell: usize) -> f64 {
        self.points[cell + 1] - self.points[cell]
    }

    /// The middle of a cell: what holds there holds in all of it, since it is cut where anything changes.
    pub(super) fn middle(&self, cell: usize) -> f64 {
        0.5 * (self.points[cell] + self.points[cell + 1])
    }

    /// The even cell that a cell is, or is a part of.
    pub(super) fn even_of(&self, cell: usize) -> usize {
        self.even[cell] as usize
    }

    /// The cell of an even cell, its first part where it is cut.
    pub(super) fn first_of(&self, even: usize) -> usize {
        self.first[even] as usize
    }

    /// The number of the even cell that begins, or the last one that ends, at a point; `None` where one is cut.
    pub(super) fn even_point(&self, point: usize) -> Option<usize> {
        if point == self.cells {
            return Some(self.evens());
        }
        let even = self.even_of(point);
        (self.first_of(even) == point).then_some(even)
    }

    /// Whether a cell is even, and not a part of one.
    pub(super) fn is_whole(&self, cell: usize) -> bool {
        let even = self.even_of(cell);
        self.first[even + 1] - self.first[even] == 1
    }

    /// The cells that are parts of an even one, ascending.
    pub(super) fn parts(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.cells).filter(|cell| !self.is_whole(*cell))
    }

    /// The point or cell of an instant, `None` before the beginning and beyond the end.
    pub(super) fn slot(&self, at: f64) -> Option<Slot> {
        let end = self.end();
        if !(-TIME_EPSILON..=end + TIME_EPSILON).contains(&at) {
            return None;
        }
        let even = ((at / self.step) as usize).min(self.evens() - 1);
        let mut cell = self.first_of(even);
        // Rounding may put a point that belongs to the even cell before or after.
        while cell > 0 && self.points[cell] > at + TIME_EPSILON {
            cell -= 1;
        }
        while cell + 1 < self.points.len() && self.points[cell + 1] <= at + TIME_EPSILON {
            cell += 1;
        }
        Some(if (at - self.points[cell]).abs() <= TIME_EPSILON { Slot::Point(cell) } else { Slot::Cell(cell) })
    }

    /// The cells that a span covers, each with the hours that it has in common with the span; what lies outside the lattice is passed over.
    pub(super) fn overlaps(&self, [from, to]: [f64; 2]) -> impl Iterator<Item = (usize, f64)> + '_ {
        let first = if to > 0.0 { self.cell_after(from) } else { self.cells };
        (first..self.cells).map_while(move |cell| {
            let [begin, end] = self.cell(cell);
            (begin < to).then(|| (cell, (end.min(to) - begin.max(from)).max(0.0)))
        })
    }

    /// The points strictly within a span.
    pub(super) fn points_within(&self, [from, to]: [f64; 2]) -> std::ops::Range<usize> {
        if to <= TIME_EPSILON {
            return 0..0;
        }
        let first = match self.slot(from.max(-TIME_EPSILON)) {
            Some(Slot::Point(i)) if from >= -TIME_EPSILON => i + 1,
            Some(Slot::Point(i)) => i,
            Some(Slot::Cell(i)) => i + 1,
            None => self.cells + 1,
        };
        let end = (first..=self.cells).find(|i| self.points[*i] >= to - TIME_EPSILON).unwrap_or(self.cells + 1);
        first..end
    }

    /// The first cell that ends after an instant.
    pub(super) fn cell_after(&self, at: f64) -> usize {
        match self.slot(at.max(0.0)) {
            Some(Slot::Point(i) | Slot::Cell(i)) => i,
            None => self.cells,
        }
    }
}

/// The widest cell to begin with, hours, and the fewest even cells: where one plan is solved, and where each of many need be less accurate.
const WIDEST: [f64; 2] = [1.0, 4.0];
const FEWEST: [f64; 2] = [256.0, 64.0];
/// Laws with more single values than this are not aligned one by one.
const MANY: usize = 256;
/// Logarithm of a survival so small that the interval is about to end.
const LONG_DUE: f64 = -30.0;
/// Single ages whose timeouts are cut out one by one.
const FEW: usize = 64;
/// Images of jumps that are cut out one by one.
const MOST_IMAGES: usize = 4096;

/// The lattice to begin with for a segment's orgs, of at most `most` even cells, when this tolerance is aimed for.
pub(super) fn coarsest(plan: &Plan, segment: &Segment, most: usize, tolerance: f64) -> Lattice {
    coarsest_cut_at(plan, segment, most, tolerance, Vec::new())
}

/// The same, cut at further instants.
pub(super) fn coarsest_cut_at(
    plan: &Plan,
    segment: &Segment,
    most: usize,
    tolerance: f64,
    further: Vec<f64>,
) -> Lattice {
    let horizon = plan.horizon_hours();
    let place = usize::from(tolerance > TOLERANCE);
    let widest = WIDEST[place].min(horizon / FEWEST[place]);
    let mut cuts = further;
    cuts.extend(changes(segment));
    cuts.extend(due_of_single_ages(segment));
    if may_be_overdue(segment) {
        cuts.push(AT_ONCE);
    }
    let mut step = widest;
    if segment.interval.atoms().is_some() {
        cuts.extend([segment.deadline, horizon]);
        let images = images(segment, &cuts, horizon);
        if images.is_empty() {
            // Steps that hit all values keep jumps sharp, however often refreshes repeat.
            let mut needed = law_values(segment);
            needed.extend(&cuts);
            let narrowest = horizon / most as f64;
            let common = common_step(&needed, widest).or_else(|| common_step(&law_values(segment), widest));
            step = common.filter(|s| *s >= narrowest).unwrap_or(widest);
        }
        cuts.extend(images);
    }
    Lattice::new(step, horizon, &cuts)
}

/// Instants at which a rule changes, hours since `as_of`: what is switched on, when tokens may go idle, when the window opens and closes.
pub(super) fn changes(segment: &Segment) -> Vec<f64> {
    let controls = &segment.controls;
    let mut at = Vec::new();
    at.extend(controls.token_rotation.iter().map(|e| e.at));
    at.extend(controls.static_ip.iter().map(|e| e.at));
    at.extend(controls.reauthorization.iter().map(|e| e.at));
    at.extend(idle_changes(segment));
    if let Some(timing) = &segment.timing {
        at.extend([timing.opens(), timing.closes()]);
    }
    at
}

/// Instants of last use at which another kind of timeout begins, and those at which tokens time out together; some before `as_of`.
pub(super) fn idle_changes(segment: &Segment) -> Vec<f64> {
    let timeouts = &segment.controls.idle_timeout;
    let mut at = Vec::new();
    for timeout in timeouts {
        at.extend([timeout.at, timeout.at + timeout.after, timeout.at - timeout.after, -timeout.after]);
        // What a later timeout replaces in time.
        at.extend(timeouts.iter().map(|other| other.at - timeout.after));
    }
    at
}

/// Whether some orgs are older than intervals usually get, so that they refresh soon after `as_of`.
fn may_be_overdue(segment: &Segment) -> bool {
    let (interval, oldest) = (&segment.interval, segment.last_refresh.support().1);
    interval.atoms().is_none()
        && interval.support().1.is_infinite()
        && interval.ln_sf(oldest.min(segment.age_limit())) < LONG_DUE
}

/// When the tokens of orgs of a single age time out, if they stay unused.
fn due_of_single_ages(segment: &Segment) -> Vec<f64> {
    let ages = segment.known.is_none().then(|| segment.last_refresh.atoms()).flatten();
    let few = ages.filter(|ages| ages.len() <= FEW && !segment.controls.idle_timeout.is_empty()).unwrap_or_default();
    let rules = Rules::of(segment);
    few.iter().map(|(age, _)| rules.idle_due(-age)).filter(|due| due.is_finite()).collect()
}

/// Where jumps of the density of refreshes fall again after one value of the interval, and after further ones. Of an interval of one value
/// alone, and none where they are too many.
fn images(segment: &Segment, cuts: &[f64], horizon: f64) -> Vec<f64> {
    let Law::Fixed(value) = segment.interval else { return Vec::new() };
    let edges = match (&segment.known, segment.last_refresh.support()) {
        (None, (young, old)) => [young, old].map(|age| -age),
        (Some(_), _) => [f64::NAN; 2],
    };
    let edges: Vec<f64> = edges.into_iter().chain(cuts.iter().copied()).filter(|at| at.is_finite()).collect();
    if edges.len() as f64 * (horizon / value) > MOST_IMAGES as f64 {
        return Vec::new();
    }
    let of_edge = |edge: &f64| {
        let edge = *edge;
        (1..).map(move |times| edge + f64::from(times) * value).take_while(move |at| *at < horizon)
    };
    edges.iter().flat_map(of_edge).filter(|at| *at > 0.0).chain([horizon]).collect()
}

/// Ends and single values of the laws, which make jumps.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_cells_are_cut_where_instants_fall_within_them() {
        let lattice = Lattice::new(0.5, 2.0, &[0.2, 1.0, 1.6, 1.7, 2.0, -3.0, 9.0]);
        let points: Vec<f64> = (0..=lattice.cells).map(|i| lattice.at(i)).collect();
        assert_eq!(points, [0.0, 0.2, 0.5, 1.0, 1.5, 1.6, 1.7, 2.0]);
        let whole: Vec<bool> = (0..lattice.cells).map(|i| lattice.is_whole(i)).collect();
        assert_eq!(whole, [false, false, true, true, false, false, false]);
        let slot = |at| lattice.slot(at);
        assert_eq!(
            (slot(0.0), slot(0.2), slot(0.1)),
            (Some(Slot::Point(0)), Some(Slot::Point(1)), Some(Slot::Cell(0)))
        );
        assert_eq!((slot(1.65), slot(2.0), slot(2.1)), (Some(Slot::Cell(5)), Some(Slot::Point(7)), None));
        assert_eq!(slot(1.5 - 1e-12), Some(Slot::Point(4)));
        assert_eq!((lattice.cell_after(0.2), lattice.cell_after(0.3), lattice.cell_after(-1.0)), (1, 1, 0));
        let finer = lattice.halved();
        assert_eq!((finer.evens(), finer.at(1), finer.at(2)), (8, 0.2, 0.25));
    }
}
