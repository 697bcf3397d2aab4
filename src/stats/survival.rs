//! Durations of which some were cut short, and what they say without any law: the Kaplan-Meier curve with its confidence band.
//! What the durations are of, the caller knows.

use super::special::norm_isf;

/// How many durations ended at a time, and how many were cut short (right-censored) then.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DurationTally {
    /// The duration, at least 0.
    pub time: f64,
    /// Durations of just this length.
    pub events: u64,
    /// Durations that are longer, by an amount that is not known.
    pub censored: u64,
}

/// Durations by length, ascending, each length once.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Durations {
    tallies: Vec<DurationTally>,
}

impl Durations {
    /// From lengths, each with whether its end was observed. Order does not matter; lengths are finite and at least 0.
    pub fn new(lengths: impl IntoIterator<Item = (f64, bool)>) -> Self {
        let mut all: Vec<(f64, bool)> = lengths.into_iter().collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut tallies: Vec<DurationTally> = Vec::new();
        for (time, observed) in all {
            let (events, censored) = (u64::from(observed), u64::from(!observed));
            match tallies.last_mut() {
                Some(last) if last.time == time => {
                    last.events += events;
                    last.censored += censored;
                }
                _ => tallies.push(DurationTally { time, events, censored }),
            }
        }
        Self { tallies }
    }

    /// The lengths, ascending, with how often each came up.
    pub fn tallies(&self) -> &[DurationTally] {
        &self.tallies
    }

    /// Number of durations whose end was observed.
    pub fn events(&self) -> u64 {
        self.tallies.iter().map(|t| t.events).sum()
    }

    /// Number of durations that were cut short.
    pub fn censored(&self) -> u64 {
        self.tallies.iter().map(|t| t.censored).sum()
    }

    /// Sum of all lengths, cut short or not: the time at risk.
    pub fn total(&self) -> f64 {
        self.tallies.iter().map(|t| t.time * (t.events + t.censored) as f64).sum()
    }

    /// The shortest and the longest length whose end was observed; `None` where none was.
    pub fn observed_range(&self) -> Option<(f64, f64)> {
        let mut ended = self.tallies.iter().filter(|t| t.events > 0).map(|t| t.time);
        let first = ended.next()?;
        Some((first, ended.next_back().unwrap_or(first)))
    }

    /// The same durations with ends and cuts exchanged: what they say of the time to a cut.
    pub fn reversed(&self) -> Self {
        let exchange = |t: &DurationTally| DurationTally { time: t.time, events: t.censored, censored: t.events };
        Self { tallies: self.tallies.iter().map(exchange).collect() }
    }
}

/// A step of the curve, at a length that was observed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurveStep {
    /// The length.
    pub time: f64,
    /// Durations that lasted at least that long and were not cut short before.
    pub at_risk: u64,
    /// How many of them ended then.
    pub events: u64,
    /// Share that lasts longer, `S(t) = Π (1 - d / n)` (Kaplan & Meier 1958).
    pub sf: f64,
    /// Standard error of `sf`, `S sqrt(Σ d / (n (n - d)))` (Greenwood 1926); `None` where all that were left ended.
    pub se: Option<f64>,
    /// The pointwise band at the curve's level, `S^exp(± z sqrt(Σ d / (n (n - d))) / ln S)`: Greenwood's variance on the
    /// scale of `ln(-ln S)`, which keeps it within 0-1 (Kalbfleisch & Prentice 1980); `None` where `S` is 0.
    pub band: Option<[f64; 2]>,
}

/// The Kaplan-Meier curve.
#[derive(Debug, Clone, PartialEq)]
pub struct KaplanMeier {
    /// Its steps, ascending.
    pub steps: Vec<CurveStep>,
    /// The longest duration, whether it ended or was cut short; 0 without any.
    pub until: f64,
}

impl KaplanMeier {
    /// The curve, with a pointwise confidence band of the given level, such as 0.95. A duration that is cut short at a length
    /// at which others end is counted among those at risk then.
    pub fn new(durations: &Durations, level: f64) -> Self {
        let z = norm_isf(0.5 * (1.0 - level));
        let mut left: u64 = durations.events() + durations.censored();
        let (mut sf, mut greenwood, mut steps) = (1.0, 0.0, Vec::new());
        for tally in durations.tallies() {
            if tally.events > 0 {
                let (n, d) = (left as f64, tally.events as f64);
                sf *= (n - d) / n;
                greenwood += d / (n * (n - d));
                let band = (sf > 0.0).then(|| log_log_band(sf, greenwood, z));
                let se = (sf > 0.0).then(|| sf * f64::sqrt(greenwood));
                steps.push(CurveStep { time: tally.time, at_risk: left, events: tally.events, sf, se, band });
            }
            left -= tally.events + tally.censored;
        }
        Self { steps, until: durations.tallies().last().map_or(0.0, |t| t.time) }
    }

    /// Share that lasts longer than `time`.
    pub fn sf(&self, time: f64) -> f64 {
        match self.steps.partition_point(|s| s.time <= time) {
            0 => 1.0,
            n => self.steps[n - 1].sf,
        }
    }

    /// The smallest length at which at most a share of `s` lasts longer; `None` where the curve stays above.
    pub fn isf(&self, s: f64) -> Option<f64> {
        // A product of fractions may miss a share that it equals by a rounding.
        self.steps.iter().find(|step| step.sf <= s + 1e-12).map(|step| step.time)
    }

    /// Share that lasts longer than any duration that ended.
    pub fn rest(&self) -> f64 {
        self.steps.last().map_or(1.0, |s| s.sf)
    }

    /// The largest distance between the curve and a continuous survival function, and the length at which it is, over all
    /// lengths at which some ended. Just before a step the curve still stands where it stood.
    pub fn distance(&self, sf: impl Fn(f64) -> f64) -> Gap {
        let (mut before, mut gap) = (1.0, Gap { time: 0.0, curve: 1.0, law: 1.0 });
        for step in &self.steps {
            let law = sf(step.time);
            for curve in [before, step.sf] {
                let here = Gap { time: step.time, curve, law };
                if here.size() > gap.size() {
                    gap = here;
                }
            }
            before = step.sf;
        }
        gap
    }
}

/// Where a curve and a law are furthest apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gap {
    /// At which length.
    pub time: f64,
    /// Share that lasts longer by the curve.
    pub curve: f64,
    /// Share that lasts longer by the law.
    pub law: f64,
}

impl Gap {
    /// How far apart, 0-1.
    pub fn size(&self) -> f64 {
        (self.curve - self.law).abs()
    }
}

fn log_log_band(sf: f64, greenwood: f64, z: f64) -> [f64; 2] {
    let half = z * greenwood.sqrt() / sf.ln();
    // `ln S` is below 0, so that the lower end has the larger power.
    [sf.powf((-half).exp()), sf.powf(half.exp())]
}

/// How many weeks 21 children with leukemia stayed in remission on 6-MP (Freireich et al. 1963, in many textbooks since), with
/// whether the remission's end was observed: for tests.
#[cfg(test)]
pub(crate) fn remissions() -> Durations {
    let ended = [6.0, 6.0, 6.0, 7.0, 10.0, 13.0, 16.0, 22.0, 23.0];
    let cut = [6.0, 9.0, 10.0, 11.0, 17.0, 19.0, 20.0, 25.0, 32.0, 32.0, 34.0, 35.0];
    Durations::new(ended.map(|t| (t, true)).into_iter().chain(cut.map(|t| (t, false))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_is_counted_once_in_order() {
        let durations = Durations::new([(3.0, true), (1.0, false), (3.0, false), (3.0, true)]);
        let want =
            [DurationTally { time: 1.0, events: 0, censored: 1 }, DurationTally { time: 3.0, events: 2, censored: 1 }];
        assert_eq!(durations.tallies(), want);
        assert_eq!((durations.events(), durations.censored(), durations.total()), (2, 2, 10.0));
        assert_eq!(durations.observed_range(), Some((3.0, 3.0)));
        assert_eq!(Durations::default().observed_range(), None);
    }

    /// lifelines 0.30.3, `KaplanMeierFitter` on the same data; the shares are those of the textbooks too (Kleinbaum & Klein,
    /// "Survival Analysis", table of group 1).
    #[test]
    fn the_curve_and_band_of_the_remissions_match_lifelines() {
        let want = [
            (6.0, 21, 0.857_143, 0.619_718, 0.951_552),
            (7.0, 17, 0.806_723, 0.563_147, 0.922_809),
            (10.0, 15, 0.752_941, 0.503_200, 0.889_362),
            (13.0, 12, 0.690_196, 0.431_610, 0.849_066),
            (16.0, 11, 0.627_451, 0.367_511, 0.804_912),
            (22.0, 7, 0.537_815, 0.267_779, 0.746_791),
            (23.0, 6, 0.448_179, 0.188_052, 0.680_143),
        ];
        let curve = KaplanMeier::new(&remissions(), 0.95);
        assert_eq!(curve.steps.len(), want.len());
        for (step, (time, at_risk, sf, low, high)) in curve.steps.iter().zip(want) {
            let [l, h] = step.band.expect("a band");
            assert_eq!((step.time, step.at_risk), (time, at_risk));
            for (got, want) in [(step.sf, sf), (l, low), (h, high)] {
                assert!((got - want).abs() < 1e-6, "at {time}: {got} is not {want}");
            }
        }
        // Greenwood at 23 weeks, as textbooks print it: 0.1346.
        assert!((curve.steps[6].se.expect("an error") - 0.1346).abs() < 5e-5);
        assert_eq!((curve.until, curve.isf(0.5)), (35.0, Some(23.0)));
    }

    #[test]
    fn without_cuts_the_curve_is_that_of_the_list() {
        let curve = KaplanMeier::new(&Durations::new([4.0, 2.0, 8.0, 6.0].map(|t| (t, true))), 0.95);
        let steps: Vec<f64> = curve.steps.iter().map(|s| s.sf).collect();
        assert_eq!(steps, [0.75, 0.5, 0.25, 0.0]);
        assert_eq!((curve.sf(1.9), curve.sf(2.0), curve.sf(7.0), curve.sf(9.0)), (1.0, 0.75, 0.25, 0.0));
        assert_eq!((curve.isf(0.5), curve.rest(), curve.steps[3].band), (Some(4.0), 0.0, None));
    }

    #[test]
    fn the_furthest_point_may_be_just_before_a_step() {
        let curve = KaplanMeier::new(&Durations::new([(10.0, true), (20.0, true)]), 0.95);
        let gap = curve.distance(|t| 1.0 - t / 100.0);
        assert_eq!((gap.time, gap.curve, gap.law), (20.0, 0.0, 0.8));
        let gap = curve.distance(|_| 0.1);
        assert_eq!((gap.time, gap.curve), (10.0, 1.0));
    }

    #[test]
    fn nothing_that_ended_makes_no_steps() {
        let curve = KaplanMeier::new(&Durations::new([(5.0, false)]), 0.95);
        assert!(curve.steps.is_empty());
        assert_eq!((curve.until, curve.rest(), curve.isf(0.5)), (5.0, 1.0, None));
    }
}
