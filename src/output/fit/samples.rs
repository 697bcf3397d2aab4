//! Fitted histories for tests of outputs: one of each verdict, a large one, and the smallest.

use crate::decision::fit::fit_history;
use crate::population::history::{History, HistoryInterval};
use crate::results::fit::{FitVerdict, HistoryFit, HistorySource};
use crate::stats::Law;
use crate::stats::stream::CounterRng;

/// So many intervals of a law, cut at times up to `cut`.
fn found(draw: impl Fn(f64) -> f64, n: u64, cut: f64) -> HistoryFit {
    let (lengths, cuts) = (CounterRng::new(6, 0, "length"), CounterRng::new(6, 0, "cut"));
    let intervals = (0..n).map(|i| {
        let (length, cut) = (draw(lengths.uniform(i)), cut * cuts.uniform(i));
        HistoryInterval { hours: length.min(cut), ended: length <= cut, org: (i % 7) as usize }
    });
    let source = HistorySource {
        path: "a/folder/history.csv".to_owned(),
        sha256: "ab".repeat(32),
        refreshes: Some((7, "2026-05-01T00:00:00Z".to_owned())),
        notes: vec!["2 refreshes after 2026-05-01T00:00:00Z are left out, since observation ends there.".to_owned()],
    };
    fit_history(&History { source, intervals: intervals.collect() }).expect("enough of them")
}

/// All samples, each with its verdict.
pub(crate) fn all() -> Vec<(FitVerdict, HistoryFit)> {
    let weibull = Law::weibull(90.0, 1.3).expect("proper");
    let uniform = Law::uniform(1.0, 1400.0).expect("proper");
    // A Weibull law whose longest fiftieth is cut to 30-34 h: a fault that a large history shows.
    let bent = |u: f64| if u < 0.02 { 30.0 + 200.0 * u } else { weibull.isf(u) };
    vec![
        (FitVerdict::Fits, found(|u| weibull.isf(u), 120, 200.0)),
        (FitVerdict::Fits, found(|u| uniform.isf(u), 300, 900.0)),
        (FitVerdict::Fits, found(|u| weibull.isf(u), 9, 1e9)),
        (FitVerdict::Close, found(bent, 20_000, 1e9)),
        (FitVerdict::Misfit, found(|u| if u < 0.5 { 24.0 + u } else { 168.0 + u }, 120, 1e9)),
        (FitVerdict::Fixed, found(|_| 24.0, 120, 1e9)),
    ]
}
