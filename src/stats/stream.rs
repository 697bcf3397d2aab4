//! Named random streams: every process of a run draws from a stream of its own, keyed by seed, run and name.
//! Adding a process, or drawing more in one, leaves the draws of all others as they were.

use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_xoshiro::{SplitMix64, Xoshiro256PlusPlus};

/// The finaliser of SplitMix64 (Steele, Lea & Flood 2014): a bijection on 64 bits that mixes all of them.
const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// FNV-1a of a stream's name.
const fn hash_name(name: &str) -> u64 {
    let bytes = name.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut i = 0;
    while i < bytes.len() {
        hash = (hash ^ bytes[i] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        i += 1;
    }
    hash
}

/// The generator of one named process in one run. One draw an org, in the order of the orgs.
#[derive(Debug, Clone)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of the process `name` in repetition `run`, under `seed`.
    pub fn new(seed: u64, run: u64, name: &'static str) -> Self {
        let key = mix(mix(mix(seed).wrapping_add(run)).wrapping_add(hash_name(name)));
        Self(Xoshiro256PlusPlus::seed_from_u64(key))
    }

    /// A uniform draw in (0, 1]: never 0, so that its logarithm is finite.
    pub fn uniform(&mut self) -> f64 {
        open_closed(self.0.next_u64())
    }

    /// A key for an [`OrgStream`].
    pub fn key(&mut self) -> u64 {
        self.0.next_u64()
    }
}

/// A small stream of one process of one org (its intervals until the horizon, say), keyed by one draw of a [`Stream`]: a long
/// life of one org does not shift the luck of the next, nor one process that of another.
#[derive(Debug, Clone)]
pub struct OrgStream(SplitMix64);

impl OrgStream {
    /// The stream of the process `name` for an org whose key was drawn by [`Stream::key`]. Costs next to nothing until used.
    pub fn named(key: u64, name: &'static str) -> Self {
        Self(SplitMix64::seed_from_u64(mix(key ^ hash_name(name))))
    }

    /// A uniform draw in (0, 1].
    pub fn uniform(&mut self) -> f64 {
        open_closed(self.0.next_u64())
    }

    /// A standard normal draw.
    pub fn standard_normal(&mut self) -> f64 {
        StandardNormal.sample(&mut self.0)
    }

    /// A draw from the exponential with mean 1.
    pub fn standard_exponential(&mut self) -> f64 {
        Exp1.sample(&mut self.0)
    }
}

/// The top 53 bits as a multiple of 2⁻⁵³ in (0, 1].
fn open_closed(bits: u64) -> f64 {
    ((bits >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_other_names_runs_and_seeds_differ_and_the_same_repeats() {
        let first = |seed, run, name| Stream::new(seed, run, name).uniform();
        assert_eq!(first(1, 0, "age"), first(1, 0, "age"));
        assert_ne!(first(1, 0, "age"), first(1, 0, "interval"));
        assert_ne!(first(1, 0, "age"), first(1, 1, "age"));
        assert_ne!(first(1, 0, "age"), first(2, 0, "age"));
    }

    /// Pearson's chi-square over 100 cells, 99 degrees of freedom: 148.2 is exceeded once in 1,000 seeds.
    #[test]
    fn first_draws_over_runs_and_draws_within_an_org_are_uniform() {
        let chi_square = |draws: &[f64]| {
            let mut cells = [0.0_f64; 100];
            for d in draws {
                cells[((d * 100.0).ceil() as usize - 1).min(99)] += 1.0;
            }
            let expected = draws.len() as f64 / 100.0;
            cells.iter().map(|c| (c - expected).powi(2) / expected).sum::<f64>()
        };
        let over_runs: Vec<f64> = (0..100_000).map(|run| Stream::new(7, run, "age").uniform()).collect();
        assert!(chi_square(&over_runs) < 148.2, "over runs: {}", chi_square(&over_runs));
        let mut keys = Stream::new(7, 0, "interval");
        let in_orgs: Vec<f64> = (0..50_000)
            .flat_map(|_| {
                let mut own = OrgStream::named(keys.key(), "interval");
                [own.uniform(), own.uniform()]
            })
            .collect();
        assert!(chi_square(&in_orgs) < 148.2, "in orgs: {}", chi_square(&in_orgs));
    }
}
