//! When those who reconnect do so: a density over the window, from the steps of the working week and a half-life.

use super::work_clock::WorkClock;

/// The shape of `reconnect.timing`, as the scenario says it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TimingShape {
    /// Density halves in this many hours from the opening on; `None` for no decay.
    pub half_life_hours: Option<f64>,
    /// Density is proportional to the weight of the local hour.
    pub office_hours: bool,
}

/// The law of the planned reconnect of an org that acts, over the window in its zone. Hours since `as_of`.
#[derive(Debug, Clone, PartialEq)]
pub struct ReconnectTiming {
    /// Ascending step edges, from the opening to the close.
    edges: Vec<f64>,
    /// Weight of each step; one fewer than edges.
    weights: Vec<f64>,
    /// Probability to have reconnected by each edge; 0 first, 1 last.
    cumulative: Vec<f64>,
    /// Rate of decay per hour, `ln 2 / half-life`; 0 for none.
    decay: f64,
    /// `-1 / decay`.
    minus_life: f64,
    /// Total unnormalised mass.
    total: f64,
    /// Density at the beginning of each step, relative to its weight: 1 without decay.
    levels: Vec<f64>,
    /// What a probability within each step is multiplied by: `total / weight`, and `decay / level` where there is decay.
    scales: Vec<f64>,
    /// For each of [`GUIDES`] equal parts of probability, the step in which it begins.
    guide: Vec<u32>,
    /// The quantiles in each of those parts, where it lies within one step.
    parts: Vec<TimingPiece>,
}

/// Length of the guide table (Chen & Asau 1974), by which the step of a probability is found in next to no comparisons.
const GUIDES: usize = 1024;

/// The quantiles of a small part of probability around its middle.
#[derive(Debug, Clone, Copy, PartialEq)]
struct TimingPiece {
    /// The quantile in the middle.
    at: f64,
    /// Without decay: hours for a part. With it: what a part is of the mass that is left of the step, its decay going on for ever.
    /// Infinite where the part lies in two steps, or is too large a share of what is left.
    slope: f64,
}

/// The largest share of the mass that is left for which [`ln_near_1`] is as good as the logarithm.
const SMALL: f64 = 1.0 / 16.0;

/// `ln(1 + t)` for `|t|` up to [`SMALL`]: twice the series of the inverse hyperbolic tangent of `s = t / (2 + t)`, whose first term
/// left out, `s¹¹ / 11`, is below 1e-17. A tenth of a logarithm's time.
#[inline(always)]
fn ln_near_1(t: f64) -> f64 {
    let s = t / (2.0 + t);
    let square = s * s;
    let series = square * (1.0 / 3.0 + square * (1.0 / 5.0 + square * (1.0 / 7.0 + square * (1.0 / 9.0))));
    2.0 * (s + s * series)
}

impl ReconnectTiming {
    /// The law over `opens..closes` (hours since `as_of`, `opens <= closes`); a single instant when they are equal. `None`
    /// when it follows the working week and nobody works in the window.
    pub fn new(opens: f64, closes: f64, shape: TimingShape, clock: &WorkClock) -> Option<Self> {
        let (mut edges, mut weights) = (vec![opens], Vec::new());
        if opens == closes {
            let edges = vec![opens, closes];
            let (cumulative, levels, guide) = (vec![0.0, 1.0], vec![1.0], vec![0; GUIDES + 1]);
            let (weights, scales) = (vec![1.0], vec![0.0]);
            let (decay, minus_life, total) = (0.0, 0.0, 1.0);
            let parts = Vec::new();
            return Some(Self { edges, weights, cumulative, decay, minus_life, total, levels, scales, guide, parts });
        }
        if shape.office_hours {
            for (from, to, weight) in clock.steps() {
                if to > opens && from < closes {
                    weights.push(weight);
                    edges.push(to.min(closes));
                }
            }
        } else {
            weights.push(1.0);
            edges.push(closes);
        }
        Self::of_steps(edges, weights, shape.half_life_hours.map_or(0.0, |h| std::f64::consts::LN_2 / h))
    }

    /// A density in steps of these weights, times a decay per hour.
    fn of_steps(edges: Vec<f64>, weights: Vec<f64>, decay: f64) -> Option<Self> {
        // Decay is counted from the first hour that has weight, so that the mass of a late one can't vanish.
        let decay_from = edges[weights.iter().position(|w| *w > 0.0)?];
        let levels = edges.iter().map(|e| (-decay * (e - decay_from)).exp()).collect();
        let cumulative = vec![0.0; edges.len()];
        let mut timing = Self {
            cumulative,
            edges,
            weights,
            decay,
            minus_life: -1.0 / decay,
            total: 1.0,
            levels,
            scales: Vec::new(),
            guide: Vec::new(),
            parts: Vec::new(),
        };
        let mut sum = 0.0;
        for i in 0..timing.weights.len() {
            sum += timing.mass(i, timing.edges[i + 1]);
            timing.cumulative[i + 1] = sum;
        }
        timing.cumulative.iter_mut().for_each(|c| *c /= sum);
        timing.total = sum;
        let of_decay = |level: f64| if decay == 0.0 { 1.0 } else { decay / level };
        // 0 where nobody works: a quantile of 0 falls there, and on its beginning.
        let scale = |weight: f64, level| if weight == 0.0 { 0.0 } else { sum / weight * of_decay(level) };
        timing.scales = timing.weights.iter().zip(&timing.levels).map(|(w, level)| scale(*w, *level)).collect();
        timing.guide = (0..=GUIDES).map(|i| timing.step_of(i as f64 / GUIDES as f64, 0) as u32).collect();
        timing.parts = (0..GUIDES).map(|i| timing.part(i)).collect();
        Some(timing)
    }

    /// The law over the hours from 0 on, given a curve of those who have acted by ascending times: straight between them, from 0 to its last value.
    /// `None` where all have acted before.
    pub fn of_curve(points: &[(f64, f64)]) -> Option<Self> {
        let (mut edges, mut weights) = (Vec::with_capacity(points.len()), Vec::with_capacity(points.len()));
        for pair in points.windows(2) {
            let [(from, low), (to, high)] = [pair[0], pair[1]];
            if to <= 0.0 || to <= from {
                continue;
            }
            if edges.is_empty() {
                edges.push(from.max(0.0));
            }
            edges.push(to);
            weights.push((high - low) / (to - from));
        }
        Self::of_steps(edges, weights, 0.0)
    }

    /// The law over `opens..closes` of people who act after reminders: each, with its instant and weight, makes a density that halves every
    /// `half_life` hours; `steady` is the weight of an even one over the `window` as it is written. `clock` where they act as they work.
    ///
    /// The density is taken as even within a 128th of a half-life, which moves no probability by more than 1e-5.
    pub fn of_reminders(
        [opens, closes]: [f64; 2],
        window: f64,
        reminders: &[(f64, f64)],
        half_life: f64,
        steady: f64,
        clock: Option<&WorkClock>,
    ) -> Option<Self> {
        let finest = (half_life / 128.0).max((closes - opens) / 32_768.0);
        let mut edges: Vec<f64> = vec![opens, closes];
        edges.extend(reminders.iter().map(|reminder| reminder.0).filter(|at| (opens..closes).contains(at)));
        let steps: Vec<(f64, f64, f64)> = clock.map_or_else(Vec::new, |clock| clock.steps().collect());
        edges.extend(steps.iter().map(|step| step.0).filter(|at| (opens..closes).contains(at)));
        edges.sort_by(f64::total_cmp);
        edges.dedup();
        let mut fine = Vec::new();
        for pair in edges.windows(2) {
            let parts = ((pair[1] - pair[0]) / finest).ceil().max(1.0);
            fine.extend((0..parts as usize).map(|i| pair[0] + i as f64 / parts * (pair[1] - pair[0])));
        }
        fine.push(closes);
        let weight_at = |at: f64| match clock {
            None => 1.0,
            Some(_) => {
                let step = steps.partition_point(|step| step.1 <= at);
                steps.get(step).map_or(0.0, |step| step.2)
            }
        };
        let left = |at: f64, since: f64| (-(std::f64::consts::LN_2 / half_life) * (at - since)).exp();
        let mean = |from: f64, to: f64| {
            let mass = |(since, weight): &(f64, f64)| match *since < to {
                true => weight * (left(from.max(*since), *since) - left(to, *since)),
                false => 0.0,
            };
            let spikes: f64 = reminders.iter().map(mass).sum();
            (steady / window + spikes / (to - from)) * weight_at(0.5 * (from + to))
        };
        let weights: Vec<f64> = fine.windows(2).map(|pair| mean(pair[0], pair[1])).collect();
        Self::of_steps(fine, weights, 0.0)
    }

    /// The law of those who plan to reconnect by `at`, with their share; `None` where nobody does.
    pub fn until(&self, at: f64) -> Option<(f64, Self)> {
        let share = self.cdf(at);
        if share <= 0.0 {
            return None;
        }
        if share >= 1.0 {
            return Some((1.0, self.clone()));
        }
        let last = self.edges.partition_point(|edge| *edge < at).max(1);
        let mut edges = self.edges[..last].to_vec();
        edges.push(at);
        let weights = self.weights[..last].to_vec();
        Some((share, Self::of_steps(edges, weights, self.decay)?))
    }

    /// When the window opens (or `as_of`, if that is later).
    pub fn opens(&self) -> f64 {
        self.edges[0]
    }

    /// When it closes.
    pub fn closes(&self) -> f64 {
        self.edges[self.edges.len() - 1]
    }

    /// Unnormalised mass of step `i` up to `to`: `w ∫ 2^(-(t - from) / half-life) dt`, from the first hour that has weight.
    fn mass(&self, i: usize, to: f64) -> f64 {
        if self.weights[i] == 0.0 {
            return 0.0;
        }
        let width = to - self.edges[i];
        if self.decay == 0.0 {
            return self.weights[i] * width;
        }
        -self.weights[i] * self.levels[i] * (-self.decay * width).exp_m1() / self.decay
    }

    /// Probability that the planned reconnect is at or before `at`.
    pub fn cdf(&self, at: f64) -> f64 {
        if at < self.opens() {
            return 0.0;
        }
        if at >= self.closes() {
            return 1.0;
        }
        let i = self.edges.partition_point(|e| *e <= at) - 1;
        (self.cumulative[i] + self.mass(i, at) / self.total).min(1.0)
    }

    /// The instant at which all reconnect, when the window is one.
    pub fn instant(&self) -> Option<f64> {
        (self.opens() == self.closes()).then(|| self.opens())
    }

    /// The step in which the cdf reaches `q`, looked for from one that is not after it.
    fn step_of(&self, q: f64, from: usize) -> usize {
        let mut i = from;
        while i + 1 < self.weights.len() && self.cumulative[i + 1] < q {
            i += 1;
        }
        i
    }

    /// The quantiles of one of [`GUIDES`] parts of probability.
    fn part(&self, i: usize) -> TimingPiece {
        let q = |part: f64| (i as f64 + part) / GUIDES as f64;
        let step = self.step_of(q(0.0), self.guide[i] as usize);
        let within = self.cumulative[step] <= q(0.0) && q(1.0) <= self.cumulative[step + 1];
        let left = if self.decay == 0.0 { 1.0 } else { 1.0 - (q(0.5) - self.cumulative[step]) * self.scales[step] };
        let slope = self.scales[step] / left / GUIDES as f64;
        let small = self.decay == 0.0 || 0.5 * slope <= SMALL;
        TimingPiece { at: self.quantile_in(step, q(0.5)), slope: if within && small { slope } else { f64::INFINITY } }
    }

    /// The time that the cdf reaches `q` at, for `q` in (0, 1].
    #[inline]
    pub fn quantile(&self, q: f64) -> f64 {
        let place = q * GUIDES as f64;
        let whole = place as u32;
        let Some(TimingPiece { at, slope }) = self.parts.get(whole as usize).filter(|part| part.slope < f64::INFINITY)
        else {
            return self.quantile_of(q);
        };
        let further = (place - (f64::from(whole) + 0.5)) * slope;
        let at = at + if self.decay == 0.0 { further } else { ln_near_1(-further) * self.minus_life };
        at.min(self.closes())
    }

    /// [`ReconnectTiming::quantile`] by the formula.
    #[inline(never)]
    fn quantile_of(&self, q: f64) -> f64 {
        if let Some(at) = self.instant() {
            return at;
        }
        self.quantile_in(self.step_of(q, self.guide[(q * GUIDES as f64) as usize] as usize), q)
    }

    /// The same within a step that `q` falls in.
    fn quantile_in(&self, step: usize, q: f64) -> f64 {
        let rest = (q - self.cumulative[step]) * self.scales[step];
        let width = if self.decay == 0.0 { rest } else { (-rest).max(-1.0).ln_1p() * self.minus_life };
        (self.edges[step] + width).min(self.edges[step + 1])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Calendar, WeekWeights};
    use super::*;
    use chrono::TimeZone;

    fn clock() -> WorkClock {
        clock_by(WeekWeights::default())
    }

    /// From Friday 1 May 2026, 12:00 in Los Angeles.
    fn clock_by(week: WeekWeights) -> WorkClock {
        let zone = crate::plan::zone::Tz::America__Los_Angeles;
        let origin = zone.with_ymd_and_hms(2026, 5, 1, 12, 0, 0).single().expect("a time");
        WorkClock::new(origin.with_timezone(&chrono::Utc), 200.0, zone, &Calendar::new(week, None, &[], &[]))
    }

    fn law(opens: f64, closes: f64, shape: TimingShape, clock: &WorkClock) -> ReconnectTiming {
        ReconnectTiming::new(opens, closes, shape, clock).expect("somebody works")
    }

    #[test]
    fn every_shape_is_a_law_whose_quantile_undoes_its_cdf() {
        for half_life_hours in [None, Some(10.0), Some(0.5)] {
            for office_hours in [false, true] {
                let timing = law(1.0, 60.0, TimingShape { half_life_hours, office_hours }, &clock());
                assert_eq!((timing.cdf(1.0), timing.cdf(60.0)), (0.0, 1.0));
                for i in 1..=100 {
                    let q = f64::from(i) / 100.0;
                    let at = timing.quantile(q);
                    assert!((1.0..=60.0).contains(&at));
                    assert!((timing.cdf(at) - q).abs() < 1e-9, "{half_life_hours:?} {office_hours}: q {q} at {at}");
                }
            }
        }
    }

    /// The formula is off by a rounding of its logarithm, 1e-16 of at most 4 half-lives; so is the series.
    #[test]
    fn the_table_of_quantiles_says_what_the_formula_does() {
        for half_life_hours in [None, Some(10.0), Some(3.0)] {
            for office_hours in [false, true] {
                let timing = law(1.0, 60.0, TimingShape { half_life_hours, office_hours }, &clock());
                let from_table = timing.parts.iter().filter(|part| part.slope.is_finite()).count();
                assert!(from_table > 900, "{from_table} of {GUIDES}");
                for i in 1..=50_000 {
                    let q = f64::from(i) / 50_000.0;
                    let (table, formula) = (timing.quantile(q), timing.quantile_of(q));
                    assert!((table - formula).abs() < 1e-11, "{half_life_hours:?} {office_hours}: {table} {formula}");
                }
            }
        }
    }

    #[test]
    fn density_halves_every_half_life() {
        let shape = TimingShape { half_life_hours: Some(10.0), office_hours: false };
        let timing = law(1.0, 61.0, shape, &clock());
        // By hand: mass of the first of six half-lives is (1 - 1/2) / (1 - 1/64).
        assert!((timing.cdf(11.0) - 32.0 / 63.0).abs() < 1e-12);
    }

    #[test]
    fn office_hours_concentrate_on_friday_afternoon() {
        let shape = TimingShape { half_life_hours: None, office_hours: true };
        let timing = law(1.0, 60.0, shape, &clock());
        // Friday 13-17 weighs 4; 17-21 1; 21-08 0.22; Sat 08-20 1.2; 20-08 0.24; Sun 08-20 1.2; 20-24 0.08: 7.94 in all.
        assert!((timing.cdf(5.0) - 4.0 / 7.94).abs() < 1e-12);
    }

    #[test]
    fn a_window_in_which_nobody_works_has_no_law_and_one_with_a_late_hour_has_all_in_it() {
        let weekday = std::array::from_fn(|h| f64::from(u8::from((9..17).contains(&h))));
        let clock = clock_by(WeekWeights { weekday, weekend: [0.0; 24], ..WeekWeights::default() });
        // Friday 12:00 + 5 h is 17:00; Monday 09:00 is hour 69. A half-life of a minute leaves 2^-3840 by then: no float.
        for half_life_hours in [None, Some(1.0 / 60.0)] {
            let shape = TimingShape { half_life_hours, office_hours: true };
            assert_eq!(ReconnectTiming::new(5.0, 69.0, shape, &clock), None);
            let timing = law(5.0, 70.0, shape, &clock);
            assert_eq!((timing.opens(), timing.cdf(69.0), timing.cdf(70.0)), (5.0, 0.0, 1.0));
            assert!((69.0..=70.0).contains(&timing.quantile(1e-9)) && timing.quantile(0.0).is_finite());
            assert!((timing.cdf(timing.quantile(0.5)) - 0.5).abs() < 1e-9);
        }
        let uniform = TimingShape { half_life_hours: None, office_hours: false };
        assert!(ReconnectTiming::new(5.0, 69.0, uniform, &clock).is_some());
    }
}
