//! Named random streams: every process of a run draws from a stream of its own, keyed by seed, run and name.
//! Adding a process, or drawing more in one, leaves the draws of all others as they were.

use super::binomial;
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

/// What names a process in one repetition, under a seed.
const fn key_of(seed: u64, run: u64, name: &str) -> u64 {
    mix(mix(mix(seed).wrapping_add(run)).wrapping_add(hash_name(name)))
}

/// The generator of one named process in one run, drawn from in order: for what befalls whole groups of orgs.
///
/// ```
/// use cutover::stats::stream::Stream;
///
/// let mut shocks = Stream::new(1, 0, "common shock");
/// let first = shocks.uniform();
/// assert!(first > 0.0 && first <= 1.0 && first != shocks.uniform());
/// ```
#[derive(Debug, Clone)]
pub struct Stream(Xoshiro256PlusPlus);

impl Stream {
    /// The stream of the process `name` in repetition `run`, under `seed`.
    pub fn new(seed: u64, run: u64, name: &'static str) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(key_of(seed, run, name)))
    }

    /// A uniform draw in (0, 1]: never 0, so that its logarithm is finite.
    pub fn uniform(&mut self) -> f64 {
        open_closed(self.0.next_u64())
    }

    /// How many of `n` succeed, each with probability `p` (cut to 0-1).
    pub fn binomial(&mut self, n: u64, p: f64) -> u64 {
        binomial::draw(n, p, &mut self.0)
    }
}

/// A counter-based generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): the numbers of all orgs in one named
/// process of one run, one draw an org, read in any order. An org that needs no draw costs none, and leaves the draws of the others as they
/// were.
///
/// The draws are those of WyRand (Wang Yi's wyhash), whose nth output is a function of its seed and n: one multiplication.
///
/// ```
/// use cutover::stats::stream::CounterRng;
///
/// let ages = CounterRng::new(20_260_501, 0, "age");
/// // An org's number is its own, in whatever order it is asked for.
/// assert_eq!(ages.uniform(7), CounterRng::new(20_260_501, 0, "age").uniform(7));
/// assert_ne!(ages.uniform(7), ages.uniform(8));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CounterRng {
    key: u64,
}

impl CounterRng {
    /// The draws of the process `name` in repetition `run`, under `seed`.
    pub const fn new(seed: u64, run: u64, name: &'static str) -> Self {
        Self { key: key_of(seed, run, name) }
    }

    /// The org's 53 bits: its uniform is `(bits + 1) / 2⁵³`.
    #[inline(always)]
    pub const fn bits(self, org: u64) -> u64 {
        self.word(org).bits()
    }

    /// The org's uniform draw in (0, 1].
    #[inline(always)]
    pub fn uniform(self, org: u64) -> f64 {
        self.word(org).uniform()
    }

    /// The same process when it draws for the `n`th time in an org's life, counted from 0: a long life of one org does not shift the
    /// draws of the next.
    #[inline]
    pub const fn nth(self, n: u64) -> Self {
        Self { key: mix(self.key.wrapping_add(n)) }
    }

    /// The org's standard normal draw.
    pub fn standard_normal(self, org: u64) -> f64 {
        StandardNormal.sample(&mut self.generator(org))
    }

    /// The org's draw from the exponential with mean 1.
    pub fn standard_exponential(self, org: u64) -> f64 {
        Exp1.sample(&mut self.generator(org))
    }

    /// A generator of the org's own, for methods that reject some of what they draw.
    fn generator(self, org: u64) -> SplitMix64 {
        SplitMix64::seed_from_u64(self.word(org).0)
    }

    /// Writes down the words of neighbouring orgs from `first` on. That costs less than one by one: states a step apart need no
    /// multiplication.
    #[inline(always)]
    pub fn fill(self, first: u64, words: &mut [Word]) {
        let state = self.state(first);
        // Each from the first, not from the one before: the compiler then sees that they are independent, and adds steps itself.
        for (i, word) in (0_u64..).zip(words) {
            *word = Word(wyrand(state.wrapping_add(i.wrapping_mul(WYRAND_STEP))));
        }
    }

    /// The org's random word, of which one number or two are made.
    #[inline(always)]
    pub const fn word(self, org: u64) -> Word {
        Word(wyrand(self.state(org)))
    }

    #[inline(always)]
    const fn state(self, org: u64) -> u64 {
        self.key.wrapping_add(org.wrapping_mul(WYRAND_STEP))
    }
}

/// 64 random bits: enough for two numbers, one of 53 bits and one of 32. The leading 32 bits of the first are independent of the
/// second; what follows overlaps it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Word(u64);

impl Word {
    /// Bits of the first number.
    pub const BITS: u32 = 53;
    /// Bits of the second.
    pub const SECOND_BITS: u32 = 32;

    #[cfg(test)]
    pub(crate) const fn new(bits: u64) -> Self {
        Self(bits)
    }

    /// All 64 bits, of which [`Word::bits`] are the upper ones.
    #[inline(always)]
    pub const fn whole(self) -> u64 {
        self.0
    }

    /// The first number: 53 bits, whose uniform is `(bits + 1) / 2⁵³`.
    #[inline(always)]
    pub const fn bits(self) -> u64 {
        self.0 >> (u64::BITS - Self::BITS)
    }

    /// The first number as a uniform draw in (0, 1].
    #[inline(always)]
    pub fn uniform(self) -> f64 {
        open_closed(self.0)
    }

    /// The second number: 32 bits, whose uniform is `(bits + 1) / 2³²`.
    #[inline(always)]
    pub const fn second_bits(self) -> u32 {
        self.0 as u32
    }

    /// The second number as a uniform draw in (0, 1].
    #[inline(always)]
    pub fn second_uniform(self) -> f64 {
        (f64::from(self.second_bits()) + 1.0) / (1_u64 << Self::SECOND_BITS) as f64
    }
}

/// The output of WyRand in a state.
#[inline(always)]
const fn wyrand(state: u64) -> u64 {
    let product = (state as u128).wrapping_mul((state ^ WYRAND_MASK) as u128);
    (product >> 64) as u64 ^ product as u64
}

/// The constants of WyRand, as of wyhash's final version 4.2.
const WYRAND_STEP: u64 = 0x2d35_8dcc_aa6c_78a5;
const WYRAND_MASK: u64 = 0x8bb8_4b93_962e_acc9;

/// The top 53 bits as a multiple of 2⁻⁵³ in (0, 1].
#[inline(always)]
fn open_closed(bits: u64) -> f64 {
    // By way of a signed number, for which processors have an instruction.
    ((bits >> (u64::BITS - Word::BITS)) + 1) as i64 as f64 * (1.0 / (1_u64 << Word::BITS) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_other_names_runs_and_seeds_differ_and_the_same_repeats() {
        let first =
            |seed, run, name| (Stream::new(seed, run, name).uniform(), CounterRng::new(seed, run, name).uniform(0));
        assert_eq!(first(1, 0, "age"), first(1, 0, "age"));
        assert_ne!(first(1, 0, "age"), first(1, 0, "interval"));
        assert_ne!(first(1, 0, "age"), first(1, 1, "age"));
        assert_ne!(first(1, 0, "age"), first(2, 0, "age"));
    }

    /// Pearson's chi-square over 100 cells, added up over 40 seeds: 3,960 degrees of freedom. By chance 4240.7 is exceeded once in
    /// 1,000 (SciPy 1.17.1, `chi2.isf(0.001, 3960)`); for a single seed 148.2 is, and one of these does, as one in 25 suites would.
    #[test]
    fn first_draws_over_runs_and_draws_within_an_org_are_uniform() {
        let chi_square = |draws: &dyn Fn(u64) -> Vec<f64>| {
            let of_one = |seed| {
                let (mut cells, draws) = ([0.0_f64; 100], draws(seed));
                draws.iter().for_each(|d| cells[((d * 100.0).ceil() as usize - 1).min(99)] += 1.0);
                let expected = draws.len() as f64 / 100.0;
                cells.iter().map(|c| (c - expected).powi(2) / expected).sum::<f64>()
            };
            (0..40).map(of_one).sum::<f64>()
        };
        let over_runs = chi_square(&|seed| (0..20_000).map(|run| Stream::new(seed, run, "age").uniform()).collect());
        assert!(over_runs < 4240.7, "over runs: {over_runs}");
        let over_runs =
            chi_square(&|seed| (0..20_000).map(|run| CounterRng::new(seed, run, "age").uniform(3)).collect());
        assert!(over_runs < 4240.7, "one org over runs: {over_runs}");
        let over_orgs =
            chi_square(&|seed| (0..50_000).map(|org| CounterRng::new(seed, 0, "age").uniform(org)).collect());
        assert!(over_orgs < 4240.7, "over orgs: {over_orgs}");
        let in_orgs = chi_square(&|seed| {
            let interval = CounterRng::new(seed, 0, "interval");
            (0..50_000).flat_map(|org| [interval.nth(0).uniform(org), interval.nth(1).uniform(org)]).collect()
        });
        assert!(in_orgs < 4240.7, "in orgs: {in_orgs}");
    }

    /// Neighbouring orgs, and one org in two processes: over 10 by 10 cells, 99 degrees of freedom again.
    #[test]
    fn draws_of_neighbours_and_of_two_processes_are_independent() {
        let chi_square = |pair: &dyn Fn(u64) -> [f64; 2]| {
            let mut cells = [0.0_f64; 100];
            for org in 0..100_000 {
                let [a, b] = pair(org).map(|u| ((u * 10.0).ceil() as usize - 1).min(9));
                cells[10 * a + b] += 1.0;
            }
            cells.iter().map(|c| (c - 1000.0) * (c - 1000.0) / 1000.0).sum::<f64>()
        };
        let (age, reconnect) = (CounterRng::new(9, 4, "age"), CounterRng::new(9, 4, "reconnect"));
        let neighbours = chi_square(&|org| [age.uniform(org), age.uniform(org + 1)]);
        assert!(neighbours < 148.2, "{neighbours}");
        let processes = chi_square(&|org| [age.uniform(org), reconnect.uniform(org)]);
        assert!(processes < 148.2, "{processes}");
        let runs = chi_square(&|org| [age.uniform(org), CounterRng::new(9, 5, "age").uniform(org)]);
        assert!(runs < 148.2, "{runs}");
    }

    /// Over 40 seeds, 10 by 10 cells of a word's two numbers, and 100 of the second alone: 3,960 degrees of freedom each.
    #[test]
    fn the_two_numbers_of_a_word_are_uniform_and_independent() {
        let cell = |u: f64, cells: f64| (u * cells).ceil() as usize - 1;
        let [mut both, mut second, mut next] = [0.0; 3];
        for seed in 0..40 {
            let rng = CounterRng::new(seed, 0, "age");
            let mut counts = [[0.0_f64; 100]; 3];
            for org in 0..50_000 {
                let (word, neighbour) = (rng.word(org), rng.word(org + 1));
                counts[0][10 * cell(word.uniform(), 10.0) + cell(word.second_uniform(), 10.0)] += 1.0;
                counts[1][cell(word.second_uniform(), 100.0)] += 1.0;
                counts[2][10 * cell(word.second_uniform(), 10.0) + cell(neighbour.uniform(), 10.0)] += 1.0;
            }
            let chi_square = |counts: &[f64; 100]| counts.iter().map(|c| (c - 500.0).powi(2) / 500.0).sum::<f64>();
            both += chi_square(&counts[0]);
            second += chi_square(&counts[1]);
            next += chi_square(&counts[2]);
        }
        for (what, value) in [("both", both), ("the second", second), ("with the neighbour's first", next)] {
            assert!(value < 4240.7, "{what}: {value}");
        }
        let ends = [Word::new(0), Word::new(u64::MAX)].map(|word| (word.uniform(), word.second_uniform()));
        assert_eq!(ends, [(2.0_f64.powi(-53), 2.0_f64.powi(-32)), (1.0, 1.0)]);
    }
}
