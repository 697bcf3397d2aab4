//! From an org's propensity to the first of many ascending shares at which it acts: a table of places to begin looking, so that
//! a hundred rates cost what one does.

use crate::stats::stream::Word;

/// Leading bits of the propensity by which the table is read.
const TABLE_BITS: u32 = 10;

/// Bits of a propensity, the second number of an org's word.
const BITS: u32 = Word::SECOND_BITS;

/// Entries of the table.
const CELLS: usize = 1 << TABLE_BITS;

/// The shares of one segment that act in one run, ascending.
#[derive(Debug, Clone)]
pub(crate) struct Ranks {
    /// An org with bits `b` acts at share `s` when `(b + 1) / 2³² <= s`, that is `b < floor(s 2³²)`: these whole numbers.
    limits: Vec<u64>,
    /// For each value of the leading bits, where to look.
    cells: Box<[RankCell; CELLS]>,
    /// Whether more than one limit lies in some cell.
    crowded: bool,
}

/// Propensities that begin alike: up to `last` an org's first share is `below`, above it the next one or, in a crowded cell, one after
/// that.
#[derive(Debug, Clone, Copy, Default)]
struct RankCell {
    last: u32,
    below: u32,
}

impl Default for Ranks {
    fn default() -> Self {
        Self { limits: Vec::new(), cells: Box::new([RankCell::default(); CELLS]), crowded: false }
    }
}

impl Ranks {
    /// Replaces the shares; they must ascend.
    pub(crate) fn set(&mut self, shares: impl Iterator<Item = f64>) {
        self.limits.clear();
        self.limits.extend(shares.map(|s| (s.clamp(0.0, 1.0) * (1_u64 << BITS) as f64) as u64));
        self.crowded = false;
        let mut below = 0;
        for (leading, cell) in (0_u64..).zip(self.cells.iter_mut()) {
            let [from, to] = [leading, leading + 1].map(|leading| leading << (BITS - TABLE_BITS));
            below += self.limits[below..].iter().take_while(|limit| **limit <= from).count();
            let mut within = self.limits[below..].iter().take_while(|limit| **limit < to);
            let last = within.next().map_or(u32::MAX, |limit| (limit - 1) as u32);
            self.crowded |= within.next().is_some();
            *cell = RankCell { last, below: below as u32 };
        }
    }

    /// Number of shares.
    pub(crate) fn len(&self) -> usize {
        self.limits.len()
    }

    /// The first share at which an org with this word acts; [`Ranks::len`] when it acts at none.
    #[inline(always)]
    pub(crate) fn first_at_or_above(&self, word: Word) -> u32 {
        let rank = self.look_up(word);
        if self.crowded { self.search(word, rank) } else { rank }
    }

    /// [`Ranks::first_at_or_above`] of many.
    #[inline(always)]
    pub(crate) fn fill(&self, ranks: &mut [u32], words: &[Word]) {
        ranks.iter_mut().zip(words).for_each(|(rank, word)| *rank = self.look_up(*word));
        if self.crowded {
            ranks.iter_mut().zip(words).for_each(|(rank, word)| *rank = self.search(*word, *rank));
        }
    }

    #[inline(always)]
    fn look_up(&self, word: Word) -> u32 {
        let bits = word.second_bits();
        let cell = self.cells[(bits >> (BITS - TABLE_BITS)) as usize % CELLS];
        cell.below + u32::from(bits > cell.last)
    }

    /// Goes on from a share that is not after the first.
    #[inline(never)]
    fn search(&self, word: Word, rank: u32) -> u32 {
        let bits = u64::from(word.second_bits());
        rank + self.limits[rank as usize..].iter().take_while(|limit| **limit <= bits).count() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    #[test]
    fn the_table_finds_what_a_comparison_of_the_uniforms_does() {
        let few = vec![0.0, 0.0, 0.25, 0.5, 0.9, 1.0, 1.0];
        let crowded = vec![0.0, 0.0, 1e-9, 0.25, 0.2501, 0.2502, 0.5, 0.5, 0.9, 1.0];
        for (shares, is_crowded) in [(few, false), (crowded, true)] {
            let mut ranks = Ranks::default();
            ranks.set(shares.iter().copied());
            assert_eq!((ranks.len(), ranks.crowded), (shares.len(), is_crowded));
            let traits = CounterRng::new(1, 0, "traits");
            let mut words = vec![Word::default(); 20_000];
            traits.fill(0, &mut words);
            let mut found = vec![0; words.len()];
            ranks.fill(&mut found, &words);
            for (word, found) in words.iter().zip(found) {
                let want = shares.partition_point(|s| *s < word.second_uniform());
                assert_eq!((found as usize, ranks.first_at_or_above(*word) as usize), (want, want));
            }
        }
    }

    #[test]
    fn at_the_ends_and_on_a_share_an_org_acts() {
        let mut ranks = Ranks::default();
        ranks.set([0.0, 0.5, 0.5, 1.0].into_iter());
        let first = |bits: u32| ranks.first_at_or_above(Word::new(u64::from(bits)));
        assert_eq!(first(0), 1, "a uniform of 2⁻³² acts at any share but 0");
        assert_eq!([first((1 << 31) - 1), first(1 << 31)], [1, 3], "a uniform of 0.5 acts at 0.5");
        assert_eq!(first(u32::MAX), 3, "a uniform of 1 acts at share 1");
    }
}
