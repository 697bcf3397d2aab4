//! From an org's propensity to the first of many ascending shares at which it acts: a table of places to begin looking, so that
//! a hundred rates cost what one does.

/// Leading bits of the propensity by which the table is read.
const TABLE_BITS: u32 = 10;

/// 53 bits of luck, as [`crate::stats::stream::Draws::bits`] gives them.
const BITS: u32 = 53;

/// Entries of the table.
const CELLS: usize = 1 << TABLE_BITS;

/// The shares of one segment that act in one run, ascending.
#[derive(Debug, Clone)]
pub(super) struct Ranks {
    /// An org with bits `b` acts at share `s` when `(b + 1) / 2⁵³ <= s`, that is `b < floor(s 2⁵³)`: these whole numbers.
    limits: Vec<u64>,
    /// For each value of the leading bits, where to look.
    cells: Box<[Cell; CELLS]>,
}

/// Propensities that begin alike: up to `limit` an org's first share is `below`, from there on `above`.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    limit: u64,
    below: u32,
    /// Where `several` limits lie in the cell, the last of them decides further.
    above: u32,
}

/// Set in [`Cell::above`] where more than one limit lies in a cell.
const SEVERAL: u32 = 1 << 31;

impl Default for Ranks {
    fn default() -> Self {
        Self { limits: Vec::new(), cells: Box::new([Cell::default(); CELLS]) }
    }
}

impl Ranks {
    /// Replaces the shares; they must ascend.
    pub(super) fn set(&mut self, shares: impl Iterator<Item = f64>) {
        self.limits.clear();
        self.limits.extend(shares.map(|s| (s.clamp(0.0, 1.0) * (1_u64 << BITS) as f64) as u64));
        let limits = &self.limits;
        let limit = |rank: usize| limits.get(rank).copied().unwrap_or(u64::MAX);
        let mut below = 0;
        for (leading, cell) in (0_u64..).zip(self.cells.iter_mut()) {
            let (from, to) = (leading << (BITS - TABLE_BITS), (leading + 1) << (BITS - TABLE_BITS));
            while limit(below) <= from {
                below += 1;
            }
            let mut above = below;
            while limit(above) == limit(below) && above < limits.len() {
                above += 1;
            }
            let several = if limit(above) < to { SEVERAL } else { 0 };
            *cell = Cell { limit: limit(below), below: below as u32, above: above as u32 | several };
        }
    }

    /// Number of shares.
    pub(super) fn len(&self) -> usize {
        self.limits.len()
    }

    /// The shares to be looked up.
    #[inline(always)]
    pub(super) fn table(&self) -> RankTable<'_> {
        RankTable { limits: &self.limits, cells: &self.cells }
    }
}

/// [`Ranks`] ready to be read many times.
#[derive(Debug, Clone, Copy)]
pub(super) struct RankTable<'a> {
    limits: &'a [u64],
    cells: &'a [Cell; CELLS],
}

impl RankTable<'_> {
    /// The first share at which an org with these bits acts; [`Ranks::len`] when it acts at none.
    #[inline(always)]
    pub(super) fn first_at_or_above(self, bits: u64) -> usize {
        let cell = self.cells[(bits >> (BITS - TABLE_BITS)) as usize % CELLS];
        let rank = if bits < cell.limit { cell.below } else { cell.above };
        if rank & SEVERAL == 0 { rank as usize } else { self.search(bits, rank & !SEVERAL) }
    }

    #[cold]
    fn search(self, bits: u64, from: u32) -> usize {
        let from = from as usize;
        from + self.limits[from..].partition_point(|limit| *limit <= bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::Draws;

    #[test]
    fn the_table_finds_what_a_comparison_of_the_uniforms_does() {
        let shares = [0.0, 0.0, 1e-9, 0.25, 0.2501, 0.2502, 0.5, 0.5, 0.9, 1.0];
        let mut ranks = Ranks::default();
        ranks.set(shares.into_iter());
        let propensity = Draws::new(1, 0, "propensity");
        for org in 0..20_000 {
            let want = shares.partition_point(|s| *s < propensity.uniform(org));
            assert_eq!(ranks.table().first_at_or_above(propensity.bits(org)), want);
        }
        assert_eq!(ranks.table().first_at_or_above(0), 2, "a uniform of 2⁻⁵³ acts at any share but 0");
        assert_eq!(ranks.table().first_at_or_above((1 << BITS) - 1), 9, "a uniform of 1 acts at share 1");
    }
}
