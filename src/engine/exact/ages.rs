//! The first refresh after `as_of`: ages on the lattice, each with its interval given that it has not ended yet.

use super::kernel::Kernel;
use super::lattice::{AT_ONCE, Lattice, Slot, TIME_EPSILON, idle_changes};
use super::lattice_segment::{LatticeSegment, OrgType, SlotKind};
use super::mass::Failures;
use super::renewal::FirstRefreshes;
use super::timeout::Timeout;
use crate::engine::rules::is_in_time;
use crate::plan::Segment;
use crate::stats::{Law, MeanSurvival};

/// Ages of a segment at `as_of`, given that its interval can reach them: mass in cells that reach back, and single ages.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Ages {
    /// From young to old.
    pub(super) cells: Vec<AgeCell>,
    /// Single ages in hours, with their mass.
    pub(super) single: Vec<(f64, f64)>,
}

/// Ages between two numbers of hours, spread evenly.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct AgeCell {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) mass: f64,
    /// The first even cell that it covers, counted back from `as_of`, and the one after the last; `None` where it is no whole number of them.
    evens: Option<(usize, usize)>,
}

impl AgeCell {
    /// The even cell that it is, where it is one.
    fn even(&self) -> Option<usize> {
        self.evens.filter(|(first, end)| end - first == 1).map(|evens| evens.0)
    }
}

/// How many times the lattice's length ages may reach back, cell by cell: those of a law that ends, and those of one that never does.
const HELD: [usize; 2] = [32, 4];
/// Ages beyond what is held are represented by strata of equal mass: at least this many. Where the interval has single values,
/// which make steps of them, there are as many as the lattice has cells, so that they grow finer with it.
const STRATA: usize = 256;
/// Below this survival, ratios lose their digits; such ages are taken one by one, in logarithms.
const THIN: f64 = 1e-200;
/// Even cells of ages up to which there are no others.
const MOST_EVEN: usize = 1 << 14;
/// See [`graded`].
const GRADED: usize = 1 << 11;
/// Laws with more single values than this don't cut the ages at each.
const MANY: usize = 256;

impl Ages {
    /// One age, in hours.
    pub(super) fn single(age: f64) -> Self {
        Self { cells: Vec::new(), single: vec![(age, 1.0)] }
    }

    pub(super) fn new(segment: &Segment, lattice: &Lattice) -> Self {
        Self::cut_at(segment, lattice, &[])
    }

    /// Those of some ages, `from` included and `to` not; the whole must be cut there.
    pub(super) fn between(&self, from: f64, to: f64) -> Self {
        let within = |age: f64| (from..to).contains(&age);
        Self {
            cells: self.cells.iter().filter(|cell| within(0.5 * (cell.from + cell.to))).copied().collect(),
            single: self.single.iter().filter(|single| within(single.0)).copied().collect(),
        }
    }

    /// One of them; `None` where there are none.
    pub(super) fn some_age(&self) -> Option<f64> {
        let cell = self.cells.first().map(|cell| 0.5 * (cell.from + cell.to));
        cell.or(self.single.first().map(|single| single.0))
    }

    /// The share of them that is at most so old, as a function.
    pub(super) fn cdf(&self) -> impl Fn(f64) -> f64 + '_ {
        let total = self.total();
        let before: Vec<f64> = std::iter::once(0.0)
            .chain(self.cells.iter().scan(0.0, |sum, cell| {
                *sum += cell.mass;
                Some(*sum)
            }))
            .collect();
        move |age: f64| {
            let passed = self.cells.partition_point(|cell| cell.to <= age);
            let part = self
                .cells
                .get(passed)
                .map_or(0.0, |cell| cell.mass * ((age - cell.from) / (cell.to - cell.from)).clamp(0.0, 1.0));
            let single = self.single.iter().filter(|single| single.0 <= age).map(|single| single.1);
            (before[passed] + part + single.sum::<f64>()) / total
        }
    }

    /// Their mass.
    pub(super) fn total(&self) -> f64 {
        self.cells.iter().map(|cell| cell.mass).sum::<f64>() + self.single.iter().map(|single| single.1).sum::<f64>()
    }

    /// [`Ages::new`], cut at further ages.
    pub(super) fn cut_at(segment: &Segment, lattice: &Lattice, further: &[f64]) -> Self {
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
        let held = needed.min(if oldest.is_finite() { HELD[0] } else { HELD[1] } * lattice.evens());
        let cuts = cuts(segment, oldest.min(longest), further);
        let cells = if held <= MOST_EVEN || segment.interval.atoms().is_some() {
            age_cells(h, held, &cuts, &sf)
        } else {
            graded(h, MeanSurvival::new(&segment.interval).span(), held, &cuts, &sf)
        };
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

    /// The greatest age of the cells, hours.
    pub(super) fn oldest(&self) -> f64 {
        self.cells.last().map_or(0.0, |cell| cell.to)
    }
}

/// Cells of ages beside a lattice so fine that even ones were too many: some [`GRADED`] where the interval can end, as many where none has
/// ended, and few where all have. Each covers whole even cells but where the ages are cut. Those without mass are left out.
fn graded(h: f64, [low, high]: [f64; 2], held: usize, cuts: &[f64], sf: &dyn Fn(f64) -> f64) -> Vec<AgeCell> {
    let even = |at: f64| ((at / h) as usize).min(held);
    let evenly = |from: usize, to: usize| (from..to).step_by(((to - from) / GRADED).max(1));
    let mut points: Vec<(f64, Option<usize>)> = (evenly(0, even(low)).chain(evenly(even(low), even(high))))
        .chain([even(high), held])
        .chain(cuts.iter().flat_map(|at| [even(*at), even(*at) + 1]))
        .filter(|i| *i <= held)
        .map(|i| (i as f64 * h, Some(i)))
        .collect();
    points.extend(cuts.iter().filter(|at| **at < held as f64 * h).map(|at| (*at, None)));
    points.sort_by(|a, b| a.0.total_cmp(&b.0));
    points.dedup_by(|b, a| b.0 - a.0 <= TIME_EPSILON);
    let cell = |pair: &[(f64, Option<usize>)]| {
        let [(from, first), (to, end)] = [pair[0], pair[1]];
        AgeCell { from, to, mass: sf(from) - sf(to), evens: first.zip(end) }
    };
    points.windows(2).map(cell).filter(|cell| cell.mass > 0.0).collect()
}

/// Even cells of ages, cut at some of them; those without mass are left out.
fn age_cells(h: f64, held: usize, cuts: &[f64], sf: &dyn Fn(f64) -> f64) -> Vec<AgeCell> {
    let mut cells = Vec::with_capacity(held + cuts.len());
    let mut cuts = cuts.iter().copied().peekable();
    let mut below = sf(0.0);
    for i in 0..held {
        let (begin, end) = (i as f64 * h, (i + 1) as f64 * h);
        let mut from = begin;
        while cuts.next_if(|at| *at <= begin + TIME_EPSILON).is_some() {}
        while let Some(to) = cuts.next_if(|at| *at < end - TIME_EPSILON) {
            let now = sf(to);
            cells.push(AgeCell { from, to, mass: below - now, evens: None });
            (from, below) = (to, now);
        }
        let now = sf(end);
        cells.push(AgeCell { from, to: end, mass: below - now, evens: (from == begin).then_some((i, i + 1)) });
        below = now;
    }
    cells.retain(|cell| cell.mass > 0.0);
    cells
}

/// Ages at which their density, the rules or the interval may jump, ascending.
fn cuts(segment: &Segment, oldest: f64, further: &[f64]) -> Vec<f64> {
    let (young, old) = segment.last_refresh.support();
    let mut cuts = vec![young, old, oldest];
    cuts.extend(further);
    cuts.extend(segment.controls.reauthorization.iter().map(|e| -e.at));
    cuts.extend(idle_changes(segment).iter().map(|at| -at));
    match segment.interval.atoms() {
        Some(atoms) if atoms.len() <= MANY => cuts.extend(atoms.iter().map(|a| a.0)),
        Some(_) => {}
        None => cuts.extend([segment.interval.support().0, segment.interval.support().1]),
    }
    cuts.retain(|age| age.is_finite() && *age > TIME_EPSILON);
    cuts.sort_by(f64::total_cmp);
    cuts.dedup_by(|a, b| *a - *b <= TIME_EPSILON);
    cuts
}

/// First refreshes of orgs of one type, and the timeouts before them.
pub(super) fn first_refreshes(
    segment: &LatticeSegment,
    ages: &Ages,
    orgs: OrgType,
    failures: &mut Failures,
) -> FirstRefreshes {
    let mut first = FirstRefreshes::none(&segment.lattice);
    let kernel = segment.kernel();
    let mut rows: Vec<AgeRow> = Vec::new();
    for cell in &ages.cells {
        let survival = match (cell.evens, &kernel.jumps) {
            (Some((first, end)), None) => kernel.mean_over(first..end),
            _ => kernel.mean_sf(cell.from, cell.to),
        };
        if survival < THIN {
            first_of_single(segment, 0.5 * (cell.from + cell.to), cell.mass, orgs, &mut first, failures);
            continue;
        }
        let kind = segment.kind_between([-cell.to, -cell.from], orgs.kept_in_use);
        let given = cell.mass / survival;
        match rows.last_mut() {
            Some(row) if row.kind == kind && row.is_before(cell) => row.add(cell, given),
            _ => rows.push(AgeRow { kind, even: cell.even(), cells: vec![*cell], given: vec![given] }),
        }
    }
    for row in &rows {
        match &kernel.jumps {
            None => row.density(segment, &mut first, failures),
            Some(_) => row.jumps(segment, &mut first, failures),
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
        let in_force = segment.in_force(segment.lattice.middle(cell));
        self.good.cells[cell] += mass;
        self.passing.cells[cell] += mass * segment.rules.pass_between(kind.behind, in_force);
    }
}

/// Age cells of one kind, from young to old, even neighbours or others: mass divided by the chance that an interval lasts so long.
struct AgeRow {
    kind: SlotKind,
    /// The even cell of the first; `None` where it is a part of one.
    even: Option<usize>,
    cells: Vec<AgeCell>,
    given: Vec<f64>,
}

impl AgeRow {
    /// Whether a cell continues the row: the next even one, or another part.
    fn is_before(&self, cell: &AgeCell) -> bool {
        match self.even {
            Some(first) => cell.even() == Some(first + self.cells.len()),
            None => cell.even().is_none(),
        }
    }

    fn add(&mut self, cell: &AgeCell, given: f64) {
        self.cells.push(*cell);
        self.given.push(given);
    }

    /// Of the row, those who have not refreshed by a point of the lattice, counting only the intervals of a kernel. `before` is the running
    /// total of what is given, longer by one.
    fn waiting(&self, kernel: &Kernel, lattice: &Lattice, before: &[f64], point: usize) -> f64 {
        let at = lattice.at(point);
        let [low, high] = kernel.span();
        // Up to here all wait, from there on none.
        let certain = self.cells.partition_point(|cell| cell.to + at <= low);
        let end = self.cells.partition_point(|cell| cell.from + at < high);
        let even = lattice.even_point(point);
        let of = |cell: usize| {
            let AgeCell { from, to, evens, .. } = self.cells[cell];
            let mean = match evens.zip(even) {
                Some(((first, end), even)) => kernel.mean_over(first + even..end + even),
                None => kernel.mean_sf(from + at, to + at),
            };
            self.given[cell] * mean
        };
        let open = (certain..end).map(of).sum::<f64>();
        before[certain] * kernel.sf(0.0) + open
    }

    /// With a density: those not refreshed by an instant `t` are `R(t) = Σ given q`, with `q` the mean survival of each cell's ages `t` later;
    /// the refreshes are its differences.
    fn density(&self, segment: &LatticeSegment, refreshes: &mut FirstRefreshes, failures: &mut Failures) {
        let (lattice, timeout) = (&segment.lattice, self.kind.timeout);
        let kernel = segment.kernel_within(timeout);
        let cells = timeout.cells(lattice);
        let mut total = vec![0.0];
        self.given.iter().for_each(|given| total.push(total[total.len() - 1] + given));
        let waiting = |point| self.waiting(kernel, lattice, &total, point);
        // Of the cell before, where it was asked for.
        let mut last = None;
        for cell in 0..cells {
            let refreshed = match self.even.filter(|_| lattice.is_whole(cell)) {
                Some(first) => {
                    last = None;
                    kernel.ending(&self.given, first, lattice.even_of(cell))
                }
                None => {
                    let (before, now) = (last.unwrap_or_else(|| waiting(cell)), waiting(cell + 1));
                    last = Some(now);
                    (before - now).max(0.0)
                }
            };
            if refreshed > 0.0 {
                refreshes.add_cell(segment, self.kind, cell, refreshed);
            }
        }
        let before = if matches!(timeout, Timeout::At(_)) { waiting(cells) } else { 0.0 };
        match timeout {
            Timeout::Never => {}
            Timeout::At(due) => {
                let unused = if due <= lattice.end() + TIME_EPSILON { before } else { 0.0 };
                timeout.fail(failures, lattice, [0.0, 0.0], unused);
            }
            Timeout::After(hours) => {
                let unused = segment.interval.sf(hours);
                for (cell, given) in self.cells.iter().zip(&self.given) {
                    timeout.fail(failures, lattice, [-cell.to, -cell.from], given * unused);
                }
            }
        }
    }

    /// With single values: ages `a` to `b` refresh `b` to `a` before a value has passed, those that it reaches.
    fn jumps(&self, segment: &LatticeSegment, refreshes: &mut FirstRefreshes, failures: &mut Failures) {
        let (lattice, timeout) = (&segment.lattice, self.kind.timeout);
        let jumps = segment.kernel().jumps.as_deref().unwrap_or_default();
        for (cell, given) in self.cells.iter().zip(&self.given) {
            let first = jumps.partition_point(|jump| jump.value <= cell.from + TIME_EPSILON);
            for jump in &jumps[first..] {
                let old = cell.to.min(jump.value);
                let span = [jump.value - old, jump.value - cell.from];
                let mass = given * jump.weight * (old - cell.from) / (cell.to - cell.from);
                let mut unused = 0.0;
                let hours = span[1] - span[0];
                for (to, overlap) in lattice.overlaps(span) {
                    let mass = mass * overlap / hours;
                    if timeout.allows_value_into_cell(lattice, jump.value, to) {
                        refreshes.add_cell(segment, self.kind, to, mass);
                    } else {
                        unused += mass;
                    }
                }
                // Beyond the lattice a timeout may still fall within it.
                let beyond = (span[1] - lattice.end()).clamp(0.0, hours) / hours;
                if beyond > 0.0 && !timeout.allows_value_beyond(jump.value) {
                    unused += mass * beyond;
                }
                timeout.fail(failures, lattice, [-old, -cell.from], unused);
            }
        }
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
    let kind = segment.kind_of_point(-age, orgs.kept_in_use);
    let timeout = kind.timeout;
    let due = if let Timeout::At(due) = timeout { due } else { f64::INFINITY };
    if let Some(atoms) = segment.interval.atoms() {
        let beyond = segment.interval.sf(age);
        for (value, weight) in atoms.into_iter().filter(|a| a.0 > age) {
            let (at, mass) = (value - age, mass * weight / beyond);
            if !is_in_time(at, due + TIME_EPSILON) {
                timeout.fail(failures, lattice, [0.0, 0.0], mass);
            } else {
                let in_force = match lattice.slot(at) {
                    Some(Slot::Point(i)) => lattice.at(i),
                    Some(Slot::Cell(i)) => lattice.middle(i),
                    None => continue,
                };
                let pass = segment.rules.pass_between(kind.behind, segment.in_force(in_force));
                refreshes.good.add_at(lattice, at, mass);
                refreshes.passing.add_at(lattice, at, mass * pass);
            }
        }
        return;
    }
    let left = waiting_law(segment.interval, age);
    // The cell that begins just after `as_of`.
    let first = match lattice.slot(AT_ONCE) {
        Some(Slot::Point(cell)) => Some(cell),
        _ => None,
    };
    let mut before = 1.0;
    for j in 0..lattice.cells {
        let end = lattice.at(j + 1).min(due);
        if lattice.at(j) >= due || before < 1e-16 {
            break;
        }
        let now = left(end);
        let mut refreshed = mass * (before - now);
        before = now;
        if Some(j) == first {
            // Those who are so old refresh soon: as many at once, the others evenly within the cell, as keep the mean.
            let at_once = refreshed * (1.0 - evenly(soon(segment.interval, age), end - lattice.at(j)));
            let pass = segment.rules.pass_between(kind.behind, segment.in_force(AT_ONCE));
            refreshes.good.points[j] += at_once;
            refreshes.passing.points[j] += at_once * pass;
            refreshed -= at_once;
        }
        refreshes.add_cell(segment, kind, j, refreshed);
    }
    if due.is_finite() {
        timeout.fail(failures, lattice, [0.0, 0.0], mass * left(due));
    }
}

/// How long an interval lasts beyond an age, on average, where it is about to end: the time in which survival falls to a part of `1 / e`, as of
/// the exponential law that the far tail of a law is like. Infinite where it can't be told.
fn soon(interval: &Law, age: f64) -> f64 {
    let ln_sf = interval.ln_sf(age);
    if interval.support().1.is_finite() || !ln_sf.is_finite() {
        return if ln_sf.is_finite() { f64::INFINITY } else { 0.0 };
    }
    if ln_sf > -1.0 { f64::INFINITY } else { (interval.isf_ln(ln_sf - 1.0) - age).max(0.0) }
}

/// The share of exponential waits of this mean that end within `hours` which, spread evenly over those while the others end at once, have the
/// mean of them all.
fn evenly(mean: f64, hours: f64) -> f64 {
    let spans = hours / mean;
    if mean <= 0.0 {
        0.0
    } else if spans < 1e-3 {
        1.0
    } else {
        // E[W | W < h] = 1 / λ - h / (exp(λ h) - 1), of h / 2.
        (2.0 * (1.0 / spans - 1.0 / spans.exp_m1())).clamp(0.0, 1.0)
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
