//! Uses of a connection on the lattice, by the slot of each: what of them is refreshed when. It knows how intervals end and which end in time, and
//! nothing of how a refresh ends.

use super::kernel::Jump;
use super::lattice::{Slot, TIME_EPSILON};
use super::lattice_segment::{CellRuns, LatticeSegment, SlotKind};
use super::mass::Mass;
use super::timeout::Timeout;

/// Mass with a good token, and with a stale one, by the slot of its last use.
pub(super) struct Uses<'g, 'a> {
    pub(super) segment: &'g LatticeSegment<'a>,
    pub(super) good: Mass,
    pub(super) stale: Mass,
    pub(super) any_stale: bool,
    pub(super) runs: &'g CellRuns,
    /// Points that have mass, ascending, each with its kind.
    point_kinds: Vec<(usize, SlotKind)>,
}

impl<'g, 'a> Uses<'g, 'a> {
    /// None yet, of orgs that the heartbeat reaches or not.
    pub(super) fn none(segment: &'g LatticeSegment<'a>, kept_in_use: bool) -> Self {
        let lattice = &segment.lattice;
        Self {
            segment,
            good: Mass::none(lattice),
            stale: Mass::none(lattice),
            any_stale: false,
            runs: segment.runs(kept_in_use),
            point_kinds: Vec::new(),
        }
    }

    /// Places uses on a point, which must not come before the last one.
    pub(super) fn place_on_point(&mut self, point: usize, good: f64, stale: f64, kind: SlotKind) {
        self.good.points[point] += good;
        if stale > 0.0 {
            self.stale.points[point] += stale;
            self.any_stale = true;
        }
        if self.point_kinds.last().is_none_or(|last| last.0 != point) {
            self.point_kinds.push((point, kind));
        }
    }

    /// Sets the uses in a cell.
    pub(super) fn set_cell(&mut self, cell: usize, good: f64, stale: f64) {
        self.good.cells[cell] = good;
        if stale > 0.0 {
            self.stale.cells[cell] = stale;
            self.any_stale = true;
        }
    }

    /// Leaves this part of the uses up to a slot.
    pub(super) fn scale(&mut self, upto: usize, part: f64) {
        let scale = |mass: &mut Mass| {
            mass.cells[..upto].iter_mut().for_each(|cell| *cell *= part);
            mass.points[..=upto].iter_mut().for_each(|point| *point *= part);
        };
        scale(&mut self.good);
        if self.any_stale {
            scale(&mut self.stale);
        }
    }

    /// Refreshes in cell `to` from earlier cells and from points: `add(kind of the use, with a good token, with a stale one)`.
    pub(super) fn gather_cell(&self, to: usize, add: &mut impl FnMut(SlotKind, f64, f64)) {
        match &self.segment.kernel().jumps {
            None => self.gather_density(to, add),
            Some(jumps) => self.gather_jumps(to, jumps, add),
        }
    }

    fn gather_density(&self, to: usize, add: &mut impl FnMut(SlotKind, f64, f64)) {
        let (segment, lattice) = (self.segment, &self.segment.lattice);
        let (even, part) = (lattice.even_of(to), self.runs.of(to).part);
        for run in self.runs.runs.iter().take_while(|run| run.cells.start < to) {
            if !run.kind.timeout.allows_cell(lattice, to) {
                continue;
            }
            let kernel = segment.kernel_within(run.kind.timeout);
            let from = run.cells.start..run.cells.end.min(to);
            let arriving = |mass: &[f64]| match run.part {
                Some(source) => mass[from.start] * kernel.given_by_part(source, to - from.start),
                None => kernel.arriving(&mass[from.clone()], run.even, even, part),
            };
            add(run.kind, arriving(&self.good.cells), if self.any_stale { arriving(&self.stale.cells) } else { 0.0 });
        }
        for (from, kind) in &self.point_kinds {
            let share = self.point_to_cell(*from, *kind, to);
            add(*kind, self.good.points[*from] * share, self.stale.points[*from] * share);
        }
    }

    /// Refreshes in cell `to` by single values of the law: each brings what lies so much earlier.
    fn gather_jumps(&self, to: usize, jumps: &[Jump], add: &mut impl FnMut(SlotKind, f64, f64)) {
        let lattice = &self.segment.lattice;
        let [begin, end] = lattice.cell(to);
        let whole = lattice.is_whole(to);
        let even = lattice.even_of(to);
        for jump in jumps.iter().take_while(|jump| jump.value < end) {
            let near = even.checked_sub(jump.steps);
            let sources = whole.then_some(near).flatten().and_then(|near| self.whole_sources(near, jump));
            if let Some(sources) = sources {
                for (from, share) in sources.into_iter().flatten().filter(|source| source.0 < to) {
                    self.add_jump_from_cell(jump, (from, to), share, add);
                }
            } else {
                for (from, overlap) in lattice.overlaps([begin - jump.value, end - jump.value]) {
                    if from < to {
                        self.add_jump_from_cell(jump, (from, to), overlap / lattice.width(from), add);
                    }
                }
            }
            if self.point_kinds.is_empty() {
                continue;
            }
            // Points strictly within the span.
            let from = lattice.points_within([begin - jump.value, end - jump.value]);
            for point in from.filter(|point| *point <= to) {
                self.add_jump_from_point(jump, point, add);
            }
        }
    }

    /// The two whole cells from which a jump leads into a whole one, each with the share of its mass; `None` where one of them is cut.
    fn whole_sources(&self, near: usize, jump: &Jump) -> Option<[Option<(usize, f64)>; 2]> {
        let lattice = &self.segment.lattice;
        let of = |even: usize, share: f64| {
            let cell = lattice.first_of(even);
            lattice.is_whole(cell).then_some((cell, share))
        };
        let first = of(near, 1.0 - jump.part)?;
        let second = match near.checked_sub(1).filter(|_| jump.part > 1e-9) {
            Some(even) => Some(of(even, jump.part)?),
            None => None,
        };
        Some([Some(first), second])
    }

    /// Adds what one jump brings from a cell into another: a share of what lies there.
    fn add_jump_from_cell(
        &self,
        jump: &Jump,
        (from, to): (usize, usize),
        share: f64,
        add: &mut impl FnMut(SlotKind, f64, f64),
    ) {
        let kind = self.runs.of(from).kind;
        if kind.timeout.allows_value_into_cell(&self.segment.lattice, jump.value, to) {
            Self::add_jump(jump, kind, share * self.good.cells[from], share * self.stale.cells[from], add);
        }
    }

    /// Probability that the interval begun at a point ends in a cell before the token goes idle.
    fn point_to_cell(&self, from: usize, kind: SlotKind, to: usize) -> f64 {
        let lattice = &self.segment.lattice;
        let at = lattice.at(from);
        let longest = kind.timeout.longest_interval(at);
        let (begin, end) = (lattice.at(to) - at, lattice.at(to + 1) - at);
        let sf = |x: f64| self.segment.kernel().sf(x);
        if begin >= longest { 0.0 } else { (sf(begin) - sf(end.min(longest))).max(0.0) }
    }

    /// Refreshes on point `to`: from points alone, by single values of the law.
    pub(super) fn gather_point(&self, to: usize, add: &mut impl FnMut(SlotKind, f64, f64)) {
        if let (Some(jumps), false) = (&self.segment.kernel().jumps, self.point_kinds.is_empty()) {
            let lattice = &self.segment.lattice;
            let at = lattice.at(to);
            for jump in jumps.iter().take_while(|jump| jump.value <= at + TIME_EPSILON) {
                if let Some(Slot::Point(from)) = lattice.slot(at - jump.value)
                    && from < to
                {
                    self.add_jump_from_point(jump, from, add);
                }
            }
        }
    }

    /// Adds one jump of a law of single values, from a point.
    fn add_jump_from_point(&self, jump: &Jump, from: usize, add: &mut impl FnMut(SlotKind, f64, f64)) {
        if self.good.points[from] == 0.0 && self.stale.points[from] == 0.0 {
            return;
        }
        let begun = self.segment.lattice.at(from);
        let kind = self.kind_of_point(from);
        if kind.timeout.allows_value(begun, jump.value) {
            Self::add_jump(jump, kind, self.good.points[from], self.stale.points[from], add);
        }
    }

    /// The kind of a point that has mass.
    fn kind_of_point(&self, point: usize) -> SlotKind {
        let place = self.point_kinds.partition_point(|(of, _)| *of < point);
        self.point_kinds[place].1
    }

    fn add_jump(jump: &Jump, kind: SlotKind, good: f64, stale: f64, add: &mut impl FnMut(SlotKind, f64, f64)) {
        if good != 0.0 || stale != 0.0 {
            add(kind, good * jump.weight, stale * jump.weight);
        }
    }

    /// The share of what was last used evenly between two instants, or at one, that goes idle within the lattice.
    pub(super) fn unused_share(&self, [from, to]: [f64; 2], timeout: Timeout) -> f64 {
        if from == to {
            return if timeout == Timeout::Never {
                0.0
            } else {
                self.segment.interval.sf(timeout.longest_interval(from))
            };
        }
        match timeout {
            Timeout::Never => 0.0,
            Timeout::At(due) if due > self.segment.lattice.end() + TIME_EPSILON => 0.0,
            Timeout::At(due) if due >= to - TIME_EPSILON => self.segment.kernel().mean_sf(due - to, due - from),
            Timeout::At(_) => 1.0,
            Timeout::After(hours) => self.segment.interval.sf(hours),
        }
    }
}
