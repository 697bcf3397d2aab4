//! The first refresh after `as_of`: ages on the lattice, each with its interval given that it has not ended yet.

use super::flow::{Failures, Flow};
use super::kernel::dot;
use super::lattice::{Lattice, TIME_EPSILON};
use super::renewal::{Arriving, Class, Ground, Idle, Kind, blocks};
use crate::plan::{Cause, Segment};
use crate::stats::Law;

/// Ages of a segment at `as_of`, given that its interval can reach them: mass in cells that reach back, and single ages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ages {
    /// Mass of the ages between `i step` and `(i + 1) step`.
    pub(super) cells: Vec<f64>,
    /// Single ages in hours, with their mass.
    pub(super) single: Vec<(f64, f64)>,
}

/// How many times the lattice's length ages may reach back, cell by cell: those of a law that ends, and those of one that never does.
const HELD: [usize; 2] = [32, 4];
/// Ages beyond what is held are represented by strata of equal mass: at least this many. Where the interval has single values,
/// which make steps of them, there are as many as the lattice has cells, so that they grow finer with it.
const STRATA: usize = 256;
/// Below this survival, ratios lose their digits; such ages are taken one by one, in logarithms.
const THIN: f64 = 1e-200;

impl Ages {
    /// One age, in hours.
    pub(super) fn single(age: f64) -> Self {
        Self { cells: Vec::new(), single: vec![(age, 1.0)] }
    }

    pub(super) fn new(segment: &Segment, lattice: &Lattice) -> Self {
        let (ages, longest) = (&segment.last_refresh, segment.age_limit());
        if let Some(atoms) = ages.atoms() {
            let mut single: Vec<(f64, f64)> = atoms.into_iter().filter(|a| a.0 < longest).collect();
            let total: f64 = single.iter().map(|a| a.1).sum();
            single.iter_mut().for_each(|a| a.1 /= total);
            return Self { cells: Vec::new(), single };
        }
        let h = lattice.step;
        let beyond = ages.sf(longest);
        let sf = |x: f64| ((ages.sf(x) - beyond) / (1.0 - beyond)).max(0.0);
        let oldest = ages.support().1.min(segment.interval.support().1);
        let needed = if oldest.is_finite() { (oldest.min(longest) / h - 1e-9).ceil() as usize } else { usize::MAX };
        let held = needed.min(if oldest.is_finite() { HELD[0] } else { HELD[1] } * lattice.cells);
        let cells: Vec<f64> = (0..held).map(|i| sf(i as f64 * h) - sf((i + 1) as f64 * h)).collect();
        let left = sf(held as f64 * h);
        let single = if left > 1e-12 {
            let strata = if segment.interval.atoms().is_some() { STRATA.max(lattice.cells) } else { STRATA };
            let each = left / strata as f64;
            let age = |i: usize| ages.isf(beyond + (1.0 - beyond) * (left - (i as f64 + 0.5) * each));
            (0..strata).map(|i| (age(i), each)).collect()
        } else {
            Vec::new()
        };
        Self { cells, single }
    }
}

/// First refreshes of a class, and the timeouts before them.
pub(super) fn first_refreshes(ground: &Ground, ages: &Ages, class: Class, failures: &mut Failures) -> Arriving {
    let lattice = &ground.lattice;
    let mut arriving = Arriving { all: Flow::none(lattice), passing: Flow::none(lattice) };
    let h = lattice.step;
    let survival = &ground.kernel().survival;
    let kind = |i: usize| {
        // From the far end of the cell: ages i..i+1 are last uses -(i+1)..-i.
        let kind = ground.kind(-((i + 1) as f64) * h, true, class.kept_in_use);
        if survival[i] < THIN { Kind { behind: usize::MAX, ..kind } } else { kind }
    };
    for block in blocks(ages.cells.len(), kind) {
        if block.kind.behind == usize::MAX {
            for i in block.cells {
                // The last cell may reach beyond the longest interval: no age does.
                let longest = crate::plan::oldest(ground.interval);
                let (age, mass) = (0.5 * (i as f64 * h + ((i + 1) as f64 * h).min(longest)), ages.cells[i]);
                if mass > 0.0 {
                    first_of_single(ground, age, mass, class, &mut arriving, failures);
                }
            }
            continue;
        }
        let given: Vec<f64> = block.cells.clone().map(|i| ages.cells[i] / survival[i]).collect();
        let row = Row { first: block.cells.start, given: &given, kind: block.kind };
        match &ground.kernel().jumps {
            None => row.density(ground, &mut arriving, failures),
            Some([jumps, ..]) => row.jumps(ground, jumps, &mut arriving, failures),
        }
    }
    for (age, mass) in &ages.single {
        first_of_single(ground, *age, *mass, class, &mut arriving, failures);
    }
    arriving
}

/// Neighbouring age cells of one kind: mass divided by the chance that an interval lasts so long.
struct Row<'a> {
    first: usize,
    given: &'a [f64],
    kind: Kind,
}

impl Row<'_> {
    /// With a density: those not refreshed by `e_j` are `R(j) = Σ given[i] q[i + j]`; the refreshes are its differences.
    fn density(&self, ground: &Ground, arriving: &mut Arriving, failures: &mut Failures) {
        let lattice = &ground.lattice;
        let (kernel, after) = ground.kernel_of(self.kind.idle);
        let waiting = |q: &[f64], j: usize| dot(self.given, &q[self.first + j..self.first + j + self.given.len()]);
        let cells = match self.kind.idle {
            Idle::At(due) => ((due / lattice.step).round() as usize).min(lattice.cells),
            _ => lattice.cells,
        };
        let mut before = waiting(&kernel.survival, 0);
        for j in 0..cells {
            let now = waiting(&kernel.survival, j + 1);
            let refreshed = before - now;
            before = now;
            arriving.all.cells[j] += refreshed;
            arriving.passing.cells[j] += refreshed * ground.pass(self.kind.behind, ground.in_force(lattice.at(j)));
        }
        match self.kind.idle {
            Idle::Never => {}
            Idle::At(due) => {
                let unused = if due / lattice.step <= cells as f64 + 0.5 { before } else { 0.0 };
                failures.of(Cause::IdleTimeout).add_at(lattice, due, unused);
            }
            Idle::After(_) => {
                let timeouts = failures.of(Cause::IdleTimeout);
                for (i, given) in self.given.iter().enumerate() {
                    let begins = after / lattice.step - (self.first + i + 1) as f64;
                    timeouts.add_spread(begins, given * ground.interval.sf(after));
                }
            }
        }
    }

    /// With single values: age cell `i` jumps to cell `steps - i - 1`.
    fn jumps(&self, ground: &Ground, jumps: &[super::kernel::Jump], arriving: &mut Arriving, failures: &mut Failures) {
        let lattice = &ground.lattice;
        for (offset, given) in self.given.iter().enumerate() {
            let i = self.first + offset;
            for jump in jumps.iter().filter(|j| j.steps > i) {
                let (to, mass) = (jump.steps - i - 1, given * jump.weight);
                let (in_time, due) = match self.kind.idle {
                    Idle::Never => (true, 0.0),
                    Idle::At(due) => (lattice.at(to) + 0.5 * lattice.step <= due, due / lattice.step),
                    Idle::After(_) => {
                        let after = ground.kernel_of(self.kind.idle).1;
                        (jump.value <= after, after / lattice.step - (i + 1) as f64)
                    }
                };
                if !in_time {
                    let timeouts = failures.of(Cause::IdleTimeout);
                    match self.kind.idle {
                        Idle::At(at) => timeouts.add_at(lattice, at, mass),
                        _ => timeouts.add_spread(due, mass),
                    }
                } else if to < lattice.cells {
                    arriving.all.cells[to] += mass;
                    arriving.passing.cells[to] += mass * ground.pass(self.kind.behind, ground.in_force(lattice.at(to)));
                }
            }
        }
    }
}

/// A single age: its first refresh by the law itself, in logarithms where the age is unlikely.
fn first_of_single(
    ground: &Ground,
    age: f64,
    mass: f64,
    class: Class,
    arriving: &mut Arriving,
    failures: &mut Failures,
) {
    let lattice = &ground.lattice;
    let Kind { idle, .. } = ground.kind(-age, false, class.kept_in_use);
    // Of a single age it is known exactly which events came before it, wherever they fall on the lattice.
    let kind = Kind { behind: ground.rules.reauthorizations_by(-age), idle };
    let due = if let Idle::At(due) = kind.idle { due } else { f64::INFINITY };
    let in_force = |at: f64| ground.in_force(at);
    if let Some(atoms) = ground.interval.atoms() {
        let beyond = ground.interval.sf(age);
        for (value, weight) in atoms.into_iter().filter(|a| a.0 > age) {
            let (at, mass) = (value - age, mass * weight / beyond);
            if at > due + TIME_EPSILON {
                failures.of(Cause::IdleTimeout).add_at(lattice, due, mass);
            } else {
                let at_slot = lattice.slot(at).map_or(at, |slot| match slot {
                    super::lattice::Slot::Point(i) | super::lattice::Slot::Cell(i) => lattice.at(i),
                });
                arriving.all.add_at(lattice, at, mass);
                arriving.passing.add_at(lattice, at, mass * ground.pass(kind.behind, in_force(at_slot)));
            }
        }
        return;
    }
    let left = waiting_law(ground.interval, age);
    let mut before = 1.0;
    for j in 0..lattice.cells {
        let end = lattice.at(j + 1).min(due);
        if lattice.at(j) >= due || before < 1e-16 {
            break;
        }
        let now = left(end);
        let refreshed = mass * (before - now);
        before = now;
        arriving.all.cells[j] += refreshed;
        arriving.passing.cells[j] += refreshed * ground.pass(kind.behind, in_force(lattice.at(j)));
    }
    if due.is_finite() {
        failures.of(Cause::IdleTimeout).add_at(lattice, due, mass * left(due));
    }
}

/// `P(I > age + t | I > age)` as a function of `t`. An interval that has outlived what its logarithm can hold ends at once.
fn waiting_law(interval: &Law, age: f64) -> impl Fn(f64) -> f64 + '_ {
    let (sf, ln_sf) = (interval.sf(age), interval.ln_sf(age));
    move |t: f64| {
        if sf > 1e-200 {
            interval.sf(age + t) / sf
        } else if ln_sf.is_finite() {
            (interval.ln_sf(age + t) - ln_sf).exp().min(1.0)
        } else {
            f64::from(u8::from(t <= 0.0))
        }
    }
}
