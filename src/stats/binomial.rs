//! Draws from the binomial, for counts of many like orgs: by transformed rejection, whose set-up is a root and three divisions,
//! since hardly two draws of a run share their parameters.

use rand::Rng;
use rand_distr::{Binomial, Distribution};
use statrs::function::factorial::ln_factorial;

/// From this mean on, of the rarer of success and failure, the constants of [`Rejection`] hold.
const LEAST_MEAN: f64 = 10.0;

/// How many of `n` succeed, each with probability `p` (cut to 0-1). Exact but for the rounding of logarithms, 10⁻¹⁶ times `n`.
pub(super) fn draw(n: u64, p: f64, generator: &mut impl Rng) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if n as f64 * p.min(1.0 - p) < LEAST_MEAN {
        return Binomial::new(n, p).expect("a probability between 0 and 1").sample(generator);
    }
    if p <= 0.5 { Rejection::new(n, p).draw(generator) } else { n - Rejection::new(n, 1.0 - p).draw(generator) }
}

/// Algorithm BTRS of Hörmann, "The generation of binomial random variates" (Journal of Statistical Computation and Simulation 46,
/// 1993): `k = floor(G(u))` with `G(u) = (2 a / (1/2 - |u|) + b) u + c` is taken with probability `f(k) G'(u) / (f(mode) alpha)`.
#[derive(Debug, Clone, Copy)]
struct Rejection {
    n: f64,
    p: f64,
    a: f64,
    b: f64,
    c: f64,
    alpha: f64,
    /// In the middle of the range the probability to take is at least this.
    at_least: f64,
}

/// The middle of the range: `1/2 - |u|` is at least this.
const MIDDLE: f64 = 0.07;

impl Rejection {
    /// For `p` up to one half and `n p` of at least [`LEAST_MEAN`].
    fn new(n: u64, p: f64) -> Self {
        let n = n as f64;
        let sd = (n * p * (1.0 - p)).sqrt();
        let b = 1.15 + 2.53 * sd;
        Self {
            n,
            p,
            a: -0.0873 + 0.0248 * b + 0.01 * p,
            b,
            c: n * p + 0.5,
            alpha: (2.83 + 5.1 / b) * sd,
            at_least: 0.92 - 4.2 / b,
        }
    }

    fn draw(&self, generator: &mut impl Rng) -> u64 {
        let mut uniform = || (generator.next_u64() >> 11) as i64 as f64 * (1.0 / 9_007_199_254_740_992.0);
        loop {
            let u = uniform() - 0.5;
            let taken_below = uniform();
            let from_edge = 0.5 - u.abs();
            let k = ((2.0 * self.a / from_edge + self.b) * u + self.c).floor();
            if from_edge >= MIDDLE && taken_below < self.at_least {
                return k as u64;
            }
            // At the very edge `k` is infinite.
            if (0.0..=self.n).contains(&k) && taken_below < self.chance_to_take(k, from_edge) {
                return k as u64;
            }
        }
    }

    #[cold]
    fn chance_to_take(&self, k: f64, from_edge: f64) -> f64 {
        self.ln_relative_mass(k).exp() * (self.a / (from_edge * from_edge) + self.b) / self.alpha
    }

    /// `ln(f(k) / f(mode))`, by `ln k! = (k + 1/2) ln(k + 1) - (k + 1) + ln(2 π) / 2 + rest(k)`.
    fn ln_relative_mass(&self, k: f64) -> f64 {
        let (n, odds) = (self.n, self.p / (1.0 - self.p));
        let mode = ((n + 1.0) * self.p).floor();
        (mode + 0.5) * ((mode + 1.0) / (odds * (n - mode + 1.0))).ln()
            + (n + 1.0) * ((n - mode + 1.0) / (n - k + 1.0)).ln()
            + (k + 0.5) * (odds * (n - k + 1.0) / (k + 1.0)).ln()
            + (stirling_rest(mode) + stirling_rest(n - mode) - stirling_rest(k) - stirling_rest(n - k))
    }
}

/// What Stirling's formula for `ln k!` leaves out.
fn stirling_rest(k: f64) -> f64 {
    let x = k + 1.0;
    if k < 10.0 {
        return ln_factorial(k as u64) - (k + 0.5) * x.ln() + x - 0.5 * (2.0 * std::f64::consts::PI).ln();
    }
    let inverse_square = 1.0 / (x * x);
    (1.0 / 12.0 - (1.0 / 360.0 - inverse_square / 1260.0) * inverse_square) / x
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;
    use statrs::distribution::{Binomial as Reference, Discrete};

    /// Where the algorithm's constants are at their tightest, and far from it.
    const PARAMETERS: [(u64, f64); 10] = [
        (20, 0.5),
        (21, 0.48),
        (40, 0.25),
        (100, 0.1),
        (1_000, 0.010_1),
        (1_000, 0.5),
        (5_000, 0.03),
        (1_000_000, 0.000_01),
        (1_000_000, 0.3),
        (10_000_000, 0.02),
    ];

    #[test]
    fn relative_masses_are_those_of_the_reference() {
        for (n, p) in PARAMETERS {
            let (law, mode) = (Reference::new(p, n).expect("proper"), ((n + 1) as f64 * p).floor());
            let sd = (n as f64 * p * (1.0 - p)).sqrt();
            for step in -6..=6 {
                let k = (mode + f64::from(step) * sd).round().clamp(0.0, n as f64);
                let want = law.ln_pmf(k as u64) - law.ln_pmf(mode as u64);
                // The reference takes the difference of numbers as large as `n ln n`.
                let allowed = 1e-9 + 1e-15 * n as f64 * (n as f64).ln();
                let got = Rejection::new(n, p).ln_relative_mass(k);
                assert!((got - want).abs() < allowed, "{n} {p} {k}: {got} {want}");
            }
        }
    }

    /// Else draws would follow another law: a chance above 1 can't be taken, and the middle takes without asking.
    #[test]
    fn chances_to_take_are_at_most_1_and_in_the_middle_at_least_what_is_taken_unasked() {
        for (n, p) in PARAMETERS {
            let rejection = Rejection::new(n, p);
            for i in 1..200_000 {
                let u = f64::from(i) / 200_000.0 - 0.5;
                let from_edge = 0.5 - u.abs();
                let k = ((2.0 * rejection.a / from_edge + rejection.b) * u + rejection.c).floor();
                if !(0.0..=n as f64).contains(&k) {
                    assert!(from_edge < MIDDLE, "{n} {p} {u}: {k} out of range is taken unasked");
                    continue;
                }
                let chance = rejection.chance_to_take(k, from_edge);
                assert!(chance <= 1.0 + 1e-12, "{n} {p} {u}: {chance}");
                assert!(from_edge < MIDDLE || chance >= rejection.at_least, "{n} {p} {u}: {chance}");
            }
        }
    }

    /// Pearson's chi-square over counts that are each expected 5 times or more, the others lumped together at either end: compared with
    /// its mean and standard deviation, `cells - 1` and the root of twice that. By chance one of these 12 is 4.5 above once in
    /// some thousands of seeds.
    #[test]
    fn draws_follow_the_law() {
        let all = PARAMETERS.into_iter().filter(|(n, _)| *n <= 1_000_000).chain([(50, 0.02), (30, 0.7), (400, 0.95)]);
        for (n, p) in all {
            let (mut generator, draws) = (Xoshiro256PlusPlus::seed_from_u64(11), 200_000);
            let law = Reference::new(p, n).expect("proper");
            let (mean, sd) = (n as f64 * p, (n as f64 * p * (1.0 - p)).sqrt());
            let first = (mean - 8.0 * sd).max(0.0) as u64;
            let width = ((16.0 * sd) as u64 + 3).min(n - first + 1);
            let mut counts = vec![0_u64; width as usize];
            (0..draws).for_each(|_| counts[(draw(n, p, &mut generator) - first) as usize] += 1);
            let (mut chi_square, mut cells, mut lump) = (0.0, 0_u32, (0.0, 0.0));
            for (k, count) in (first..).zip(&counts) {
                lump = (lump.0 + law.pmf(k) * f64::from(draws), lump.1 + *count as f64);
                if lump.0 >= 5.0 {
                    chi_square += (lump.1 - lump.0).powi(2) / lump.0;
                    cells += 1;
                    lump = (0.0, 0.0);
                }
            }
            let freedom = f64::from(cells - 1);
            let z = (chi_square - freedom) / (2.0 * freedom).sqrt();
            assert!(z < 4.5, "{n} {p}: {chi_square} with {freedom} degrees of freedom");
        }
    }

    #[test]
    fn what_is_certain_is_not_drawn() {
        let mut generator = Xoshiro256PlusPlus::seed_from_u64(1);
        assert_eq!([(0, 0.5), (7, 0.0), (7, 1.0), (7, -0.1)].map(|(n, p)| draw(n, p, &mut generator)), [0, 0, 7, 0]);
        assert_eq!(generator, Xoshiro256PlusPlus::seed_from_u64(1));
    }
}
