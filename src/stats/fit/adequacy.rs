//! Whether a fitted law fits at all: the largest distance from the Kaplan-Meier curve, against the distances of histories that
//! are drawn from the law and fitted in the same way (parametric bootstrap).

use super::Fit;
use super::maximum_likelihood::refit;
use crate::stats::stream::Stream;
use crate::stats::survival::{Durations, Gap, KaplanMeier};
use rayon::prelude::*;

/// Histories drawn.
pub(crate) const DRAWN: u64 = 199;

/// Durations of a history drawn, at most. Distances shrink with the square root of the number of durations, so that those of
/// smaller histories tell what those of a larger one would be.
const MOST: u64 = 1_000;

/// How well a law fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adequacy {
    /// Where curve and law are furthest apart.
    pub gap: Gap,
    /// Histories drawn from the law that could be fitted.
    pub drawn: u64,
    /// How many of them lie at least as far from their own fit, for their size.
    pub as_far: u64,
}

impl Adequacy {
    /// The chance of a gap at least as large if the law holds, `(1 + as_far) / (1 + drawn)`.
    pub fn p_value(&self) -> f64 {
        (1 + self.as_far) as f64 / (1 + self.drawn) as f64
    }
}

/// Compares a fit with its durations. Histories are drawn with cuts after the Kaplan-Meier curve of the time to a cut, and with
/// lengths rounded as those of the data are; by named streams, so that they are the same every time.
pub(crate) fn adequacy(fit: &Fit, durations: &Durations) -> Adequacy {
    let gap = KaplanMeier::new(durations, 0.95).distance(|t| fit.law.sf(t));
    let n = durations.events() + durations.censored();
    let size = n.min(MOST);
    let grain = grain(durations);
    let cuts = KaplanMeier::new(&durations.reversed(), 0.95);
    let bar = gap.size() * (n as f64 / size as f64).sqrt();
    let distances: Vec<Option<f64>> = (0..DRAWN)
        .into_par_iter()
        .map(|run| {
            let history = draw(fit, &cuts, size, grain, run);
            let law = refit(fit, &history)?;
            Some(KaplanMeier::new(&history, 0.95).distance(|t| law.sf(t)).size())
        })
        .collect();
    let found = || distances.iter().flatten();
    Adequacy { gap, drawn: found().count() as u64, as_far: found().filter(|d| **d >= bar).count() as u64 }
}

fn draw(fit: &Fit, cuts: &KaplanMeier, size: u64, grain: Option<f64>, run: u64) -> Durations {
    let mut rng = Stream::new(0, run, "fit.history");
    let rounded = |length: f64| grain.map_or(length, |g| (length / g).round().max(1.0) * g);
    Durations::new((0..size).map(|_| {
        let length = rounded(fit.law.isf(rng.uniform()));
        // Beyond the last cut nothing is cut.
        let cut = cuts.isf(rng.uniform()).unwrap_or(f64::INFINITY);
        if length <= cut { (length, true) } else { (cut, false) }
    }))
}

/// The unit of which all lengths are whole multiples: a day, an hour or a minute; `None` where they are finer.
pub(crate) fn grain(durations: &Durations) -> Option<f64> {
    let is_whole = |t: f64, unit: f64| ((t / unit).round() - t / unit).abs() < 1e-6;
    let ended = || durations.tallies().iter().filter(|t| t.events > 0);
    [24.0, 1.0, 1.0 / 60.0].into_iter().find(|unit| ended().all(|t| is_whole(t.time, *unit)))
}
