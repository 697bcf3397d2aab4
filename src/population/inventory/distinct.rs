//! Distinct keys of groups, and the place of each among all: as bits where they are dense, as a sorted list where they are not.

use std::collections::HashSet;

/// Distinct pairs of a group and a key not below 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Distinct {
    /// A bit for each key of each group, and for each word of bits how many are set in those before it.
    Dense { keys: usize, words: Vec<u64>, before: Vec<u32> },
    /// Ascending.
    Sparse(Vec<(usize, i64)>),
}

/// Words of bits that are worth having whatever the number of pairs.
const FEW_WORDS: usize = 1 << 20;

impl Distinct {
    /// Of about `rows` pairs, whose groups are below `groups` and keys not above `largest`. Where there are more than `most` distinct ones it may
    /// stop soon after, having counted more than that.
    pub(super) fn of(
        pairs: impl Iterator<Item = (usize, i64)>,
        rows: usize,
        (groups, largest): (usize, i64),
        most: usize,
    ) -> Self {
        let keys = (largest as usize).saturating_add(1);
        let words = groups.saturating_mul(keys).div_ceil(64);
        if words <= rows.saturating_add(FEW_WORDS) {
            return Self::dense(pairs, keys, words);
        }
        let mut found = HashSet::new();
        for pair in pairs {
            found.insert(pair);
            if found.len() > most {
                break;
            }
        }
        let mut sorted: Vec<(usize, i64)> = found.into_iter().collect();
        sorted.sort_unstable();
        Self::Sparse(sorted)
    }

    fn dense(pairs: impl Iterator<Item = (usize, i64)>, keys: usize, words: usize) -> Self {
        let mut words = vec![0_u64; words];
        for (group, key) in pairs {
            let bit = group * keys + key as usize;
            words[bit / 64] |= 1 << (bit % 64);
        }
        let mut all = 0;
        let before = words.iter().map(|word| (all, all += word.count_ones()).0).collect();
        Self::Dense { keys, words, before }
    }

    /// How many pairs stand before this one, by group and then by key; its place, where it is among them.
    pub(super) fn rank(&self, group: usize, key: i64) -> usize {
        match self {
            Self::Dense { keys, words, before } => {
                let bit = group * keys + key as usize;
                let lower = (1 << (bit % 64)) - 1;
                words
                    .get(bit / 64)
                    .map_or_else(|| self.len(), |word| before[bit / 64] as usize + (word & lower).count_ones() as usize)
            }
            Self::Sparse(sorted) => sorted.partition_point(|pair| *pair < (group, key)),
        }
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Dense { words, before, .. } => {
                let last = words.last().map_or(0, |word| word.count_ones());
                (before.last().unwrap_or(&0) + last) as usize
            }
            Self::Sparse(sorted) => sorted.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Against a sorted set, on both sides of the border between bits and lists.
    #[test]
    fn ranks_are_the_places_in_a_sorted_set() {
        for largest in [3_000, i64::MAX / 8] {
            let pairs = || {
                (0..2_000_u64).map(|i| (i as usize % 7, (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 8) as i64 % largest))
            };
            let sorted: BTreeSet<(usize, i64)> = pairs().collect();
            let distinct = Distinct::of(pairs(), 2_000, (7, largest), 2_000);
            assert_eq!(matches!(distinct, Distinct::Dense { .. }), largest == 3_000);
            assert_eq!(distinct.len(), sorted.len());
            for (place, (group, key)) in sorted.iter().enumerate() {
                assert_eq!(distinct.rank(*group, *key), place);
            }
            assert_eq!(distinct.rank(7, 0), sorted.len());
            assert_eq!(distinct.rank(3, 0), sorted.range(..(3, 0)).count());
            assert!(Distinct::of(pairs(), 2_000, (7, largest), sorted.len() - 1).len() >= sorted.len());
        }
    }
}
