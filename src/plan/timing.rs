//! When those who reconnect do so: a density over the window, from the steps of the working week and a half-life.

use super::week::WorkClock;

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
    /// Where decay is counted from: the first hour that has weight, so that the mass of a late one can't vanish.
    decay_from: f64,
    /// Total unnormalised mass.
    total: f64,
}

impl ReconnectTiming {
    /// The law over `opens..closes` (hours since `as_of`, `opens <= closes`); a single instant when they are equal. `None`
    /// when it follows the working week and nobody works in the window.
    pub fn new(opens: f64, closes: f64, shape: TimingShape, clock: &WorkClock) -> Option<Self> {
        let (mut edges, mut weights) = (vec![opens], Vec::new());
        if opens == closes {
            let edges = vec![opens, closes];
            let (weights, cumulative) = (vec![1.0], vec![0.0, 1.0]);
            return Some(Self { edges, weights, cumulative, decay: 0.0, decay_from: opens, total: 1.0 });
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
        let decay = shape.half_life_hours.map_or(0.0, |h| std::f64::consts::LN_2 / h);
        let decay_from = edges[weights.iter().position(|w| *w > 0.0)?];
        let mut timing = Self { cumulative: vec![0.0; edges.len()], edges, weights, decay, decay_from, total: 1.0 };
        let mut sum = 0.0;
        for i in 0..timing.weights.len() {
            sum += timing.mass(i, timing.edges[i + 1]);
            timing.cumulative[i + 1] = sum;
        }
        timing.cumulative.iter_mut().for_each(|c| *c /= sum);
        timing.total = sum;
        Some(timing)
    }

    /// When the window opens (or `as_of`, if that is later).
    pub fn opens(&self) -> f64 {
        self.edges[0]
    }

    /// When it closes.
    pub fn closes(&self) -> f64 {
        self.edges[self.edges.len() - 1]
    }

    /// Unnormalised mass of step `i` up to `to`: `w ∫ 2^(-(t - decay_from) / half-life) dt`.
    fn mass(&self, i: usize, to: f64) -> f64 {
        if self.weights[i] == 0.0 {
            return 0.0;
        }
        let width = to - self.edges[i];
        if self.decay == 0.0 {
            return self.weights[i] * width;
        }
        let level = self.level(i);
        -self.weights[i] * level * (-self.decay * width).exp_m1() / self.decay
    }

    /// How far density has decayed when step `i` begins.
    fn level(&self, i: usize) -> f64 {
        (-self.decay * (self.edges[i] - self.decay_from)).exp()
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

    /// The time that the cdf reaches `q` at, for `q` in (0, 1].
    pub fn quantile(&self, q: f64) -> f64 {
        if let Some(at) = self.instant() {
            return at;
        }
        let i = self.cumulative.partition_point(|c| *c < q).clamp(1, self.weights.len()) - 1;
        if self.weights[i] == 0.0 {
            // Only before the first hour that has weight, for a quantile of 0.
            return self.edges[i];
        }
        let rest = (q - self.cumulative[i]) * self.total / self.weights[i];
        let width =
            if self.decay == 0.0 { rest } else { -(-rest * self.decay / self.level(i)).max(-1.0).ln_1p() / self.decay };
        (self.edges[i] + width).min(self.edges[i + 1])
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
        let zone = chrono_tz::Tz::America__Los_Angeles;
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
