//! The first refresh after `as_of`: ages on the lattice, each with its interval given that it has not ended yet.

use super::kernel::{Jump, dot};
use super::lattice::{Lattice, TIME_EPSILON};
use super::lattice_segment::{LatticeSegment, OrgType, SlotKind, runs_of_cells};
use super::mass::Failures;
use super::renewal::FirstRefreshes;
use super::timeout::Timeout;
use crate::engine::rules::is_in_time;
use crate::plan::Segment;
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

/// First refreshes of orgs of one type, and the timeouts before them.
pub(super) fn first_refreshes(
    segment: &LatticeSegment,
    ages: &Ages,
    orgs: OrgType,
    failures: &mut Failures,
) -> FirstRefreshes {
    let lattice = &segment.lattice;
    let mut first = FirstRefreshes::none(lattice);
    let h = lattice.step;
    let survival = &segment.kernel().survival;
    let kind = |i: usize| {
        // From the far end of the cell: ages i..i+1 are last uses -(i+1)..-i.
        let kind = segment.kind_of_cell(-((i + 1) as f64) * h, orgs.kept_in_use);
        if survival[i] < THIN { SlotKind { behind: usize::MAX, ..kind } } else { kind }
    };
    for run in runs_of_cells(ages.cells.len(), kind) {
        if run.kind.behind == usize::MAX {
            for i in run.cells {
                // The last cell may reach beyond the longest interval: no age does.
                let longest = crate::plan::oldest(segment.interval);
                let (age, mass) = (0.5 * (i as f64 * h + ((i + 1) as f64 * h).min(longest)), ages.cells[i]);
                if mass > 0.0 {
                    first_of_single(segment, age, mass, orgs, &mut first, failures);
                }
            }
            continue;
        }
        let given: Vec<f64> = run.cells.clone().map(|i| ages.cells[i] / survival[i]).collect();
        let row = AgeRow { first: run.cells.start, given: &given, kind: run.kind };
        match &segment.kernel().jumps {
            None => row.density(segment, &mut first, failures),
            Some([jumps, ..]) => row.jumps(segment, jumps, &mut first, failures),
        }
    }
    for (age, mass) in &ages.single {
        first_of_single(segment, *age, *mass, orgs, &mut first, failures);
    }
    first
}

impl FirstRefreshes {
    /// Adds refreshes in a cell, after a last use of this kind.
    fn add_cell(&mut self, segment: &LatticeSegment, kind: SlotKind, cell: usize, mass: f64) {
        let in_force = segment.in_force(segment.lattice.at(cell));
        self.good.cells[cell] += mass;
        self.passing.cells[cell] += mass * segment.rules.pass_between(kind.behind, in_force);
    }
}

/// Neighbouring age cells of one kind: mass divided by the chance that an interval lasts so long.
struct AgeRow<'a> {
    first: usize,
    given: &'a [f64],
    kind: SlotKind,
}

impl AgeRow<'_> {
    /// With a density: those not refreshed by `e_j` are `R(j) = Σ given[i] q[i + j]`; the refreshes are its differences.
    fn density(&self, segment: &LatticeSegment, refreshes: &mut FirstRefreshes, failures: &mut Failures) {
        let (lattice, timeout) = (&segment.lattice, self.kind.timeout);
        let kernel = segment.kernel_within(timeout);
        let waiting = |q: &[f64], j: usize| dot(self.given, &q[self.first + j..self.first + j + self.given.len()]);
        let cells = timeout.cells(lattice);
        let mut before = waiting(&kernel.survival, 0);
        for j in 0..cells {
            let now = waiting(&kernel.survival, j + 1);
            let refreshed = before - now;
            before = now;
            refreshes.add_cell(segment, self.kind, j, refreshed);
        }
        match timeout {
            Timeout::Never => {}
            Timeout::At(due) => {
                let unused = if due / lattice.step <= cells as f64 + 0.5 { before } else { 0.0 };
                timeout.fail(failures, lattice, self.cell(0), unused);
            }
            Timeout::After(hours) => {
                let unused = segment.interval.sf(hours);
                for (i, given) in self.given.iter().enumerate() {
                    timeout.fail(failures, lattice, self.cell(i), given * unused);
                }
            }
        }
    }

    /// With single values: age cell `i` jumps to cell `steps - i - 1`.
    fn jumps(&self, segment: &LatticeSegment, jumps: &[Jump], refreshes: &mut FirstRefreshes, failures: &mut Failures) {
        let (lattice, timeout) = (&segment.lattice, self.kind.timeout);
        for (offset, given) in self.given.iter().enumerate() {
            let i = self.first + offset;
            for jump in jumps.iter().filter(|j| j.steps > i) {
                let (to, mass) = (jump.steps - i - 1, given * jump.weight);
                if !timeout.allows_value_into_cell(lattice, jump.value, to) {
                    timeout.fail(failures, lattice, self.cell(offset), mass);
                } else if to < lattice.cells {
                    refreshes.add_cell(segment, self.kind, to, mass);
                }
            }
        }
    }

    /// The number of an age cell on the lattice: the `i`th of the row lies that far before `as_of`.
    fn cell(&self, i: usize) -> f64 {
        -((self.first + i + 1) as f64)
    }
}

/// A single age: its first refresh by the law itself, in logarithms where the age is unlikely.
fn first_of_single(
    segment: &LatticeSegment,
    age: f64,
    mass: f64,
    orgs: OrgType,
    refreshes: &mut FirstRefreshes,
    failures: &mut Failures,
) {
    let lattice = &segment.lattice;
    let SlotKind { timeout, .. } = segment.kind_of_point(-age, orgs.kept_in_use);
    // Of a single age it is known exactly which events came before it, wherever they fall on the lattice.
    let kind = SlotKind { behind: segment.rules.reauthorizations_by(-age), timeout };
    let due = if let Timeout::At(due) = timeout { due } else { f64::INFINITY };
    if let Some(atoms) = segment.interval.atoms() {
        let beyond = segment.interval.sf(age);
        for (value, weight) in atoms.into_iter().filter(|a| a.0 > age) {
            let (at, mass) = (value - age, mass * weight / beyond);
            if !is_in_time(at, due + TIME_EPSILON) {
                timeout.fail(failures, lattice, 0.0, mass);
            } else {
                let at_slot = lattice.slot(at).map_or(at, |slot| match slot {
                    super::lattice::Slot::Point(i) | super::lattice::Slot::Cell(i) => lattice.at(i),
                });
                let pass = segment.rules.pass_between(kind.behind, segment.in_force(at_slot));
                refreshes.good.add_at(lattice, at, mass);
                refreshes.passing.add_at(lattice, at, mass * pass);
            }
        }
        return;
    }
    let left = waiting_law(segment.interval, age);
    let mut before = 1.0;
    for j in 0..lattice.cells {
        let end = lattice.at(j + 1).min(due);
        if lattice.at(j) >= due || before < 1e-16 {
            break;
        }
        let now = left(end);
        let refreshed = mass * (before - now);
        before = now;
        refreshes.add_cell(segment, kind, j, refreshed);
    }
    if due.is_finite() {
        timeout.fail(failures, lattice, 0.0, mass * left(due));
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
