//! Which law do the intervals of a history follow, how sure is it, and does it fit at all? Asked of statistics, not of engines.

use crate::population::history::{History, HistoryInterval};
use crate::results::fit::{HistoryFit, RankedLaw};
use crate::stats::Law;
use crate::stats::fit::adequacy::{adequacy, grain};
use crate::stats::fit::{FEWEST, Fit, LawFamily, fit};
use crate::stats::groups::{BetweenGroups, between};
use crate::stats::survival::{Durations, KaplanMeier};
use crate::{Error, Result};
use rayon::prelude::*;

/// Level of the curve's band.
const LEVEL: f64 = 0.95;

/// Values that stand for a curve, at most.
const MOST_VALUES: u64 = 1_000;

/// Fits every law to a history and ranks them.
///
/// # Errors
/// When no interval ended, or too few did.
pub fn fit_history(history: &History) -> Result<HistoryFit> {
    let durations = Durations::new(history.intervals.iter().map(|i| (i.hours, i.ended)));
    check(history, &durations)?;
    let curve = KaplanMeier::new(&durations, LEVEL);
    let fixed = only_length(&durations);
    let (laws, without) = if fixed.is_some() { (Vec::new(), Vec::new()) } else { ranked(&durations, &curve) };
    let adequacy = laws.first().map(|best| adequacy(&best.fit, &durations));
    Ok(HistoryFit {
        source: history.source.clone(),
        empirical: stand_ins(&durations, &curve),
        between_orgs: history.source.refreshes.as_ref().and_then(|_| between_orgs(&history.intervals)),
        grain: grain(&durations),
        durations,
        curve,
        fixed,
        laws,
        without,
        adequacy,
    })
}

fn check(history: &History, durations: &Durations) -> Result<()> {
    let (ended, running) = (durations.events(), durations.censored());
    let refuse = |message: String, help: &str| {
        let path = &history.source.path;
        let report = format!("error[too-little-history]: {path}: {message}\n  = help: {help}\n\n1 fault in {path}");
        Err(Error::BadInput { report, faults: 1 })
    };
    match (ended, running) {
        (0, 0) => {
            refuse("it holds no interval".to_owned(), "an interval needs two refreshes of an org, or a later end")
        }
        (0, n) => refuse(
            format!("none of its {n} intervals ended, so that nothing says how long they are"),
            "watch for longer, until some have ended; in a file of intervals, `observed` is false for those that still run",
        ),
        (n, _) if n < FEWEST => refuse(
            format!("only {n} of its intervals ended; a law needs at least {FEWEST}"),
            "watch more orgs, or for longer; until then write what you think it is, such as { uniform = [\"1h\", \"1400h\"] }",
        ),
        _ => Ok(()),
    }
}

/// The length of all intervals that ended, where they are equal and none that still runs has lasted longer.
fn only_length(durations: &Durations) -> Option<f64> {
    let (first, last) = durations.observed_range()?;
    let longest = durations.tallies().last()?.time;
    (last - first <= 1e-9 * last && longest <= last).then_some(last)
}

fn ranked(durations: &Durations, curve: &KaplanMeier) -> (Vec<RankedLaw>, Vec<(LawFamily, String)>) {
    let fits: Vec<(LawFamily, std::result::Result<Fit, String>)> =
        LawFamily::ALL.par_iter().map(|family| (*family, usable(*family, durations))).collect();
    let (mut laws, mut without) = (Vec::new(), Vec::new());
    for (family, fit) in fits {
        match fit {
            Ok(fit) => laws.push(fit),
            Err(why) => without.push((family, why)),
        }
    }
    let events = durations.events();
    let least = laws.iter().map(|fit| fit.aicc(events)).fold(f64::INFINITY, f64::min);
    let all: f64 = laws.iter().map(|fit| (-0.5 * (fit.aicc(events) - least)).exp()).sum();
    let mut ranked: Vec<RankedLaw> = laws
        .into_iter()
        .map(|fit| {
            let (aic, aicc, gap) = (fit.aic(), fit.aicc(events), curve.distance(|t| fit.law.sf(t)));
            let delta = aicc - least;
            RankedLaw { aic, aicc, delta, weight: (-0.5 * delta).exp() / all, gap, fit }
        })
        .collect();
    ranked.sort_by(|a, b| a.delta.total_cmp(&b.delta));
    (ranked, without)
}

/// A fit that a scenario can write.
fn usable(family: LawFamily, durations: &Durations) -> std::result::Result<Fit, String> {
    let fit = fit(family, durations).map_err(|why| why.to_string())?;
    match fit.law {
        Law::TruncatedNormal { mean, .. } if mean < 0.0 => Err("its mean would be below 0".to_owned()),
        _ => Ok(fit),
    }
}

/// Equally likely values that follow the curve: its quantiles at `(i + 1/2) / n`. What lasts longer than all that ended is put at
/// the longest interval of all, ended or not.
fn stand_ins(durations: &Durations, curve: &KaplanMeier) -> Vec<f64> {
    let n = (durations.events() + durations.censored()).min(MOST_VALUES);
    let left = |i: u64| 1.0 - (i as f64 + 0.5) / n as f64;
    (0..n).map(|i| curve.isf(left(i)).unwrap_or(curve.until)).collect()
}

fn between_orgs(intervals: &[HistoryInterval]) -> Option<BetweenGroups> {
    let ended = intervals.iter().filter(|i| i.ended);
    between(&ended.map(|i| (i.org, i.hours.ln())).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::fit::{FitVerdict, HistorySource};
    use crate::stats::stream::CounterRng;

    fn history(intervals: Vec<HistoryInterval>) -> History {
        let source = HistorySource {
            path: "history.csv".to_owned(),
            sha256: String::new(),
            refreshes: Some((2, "2026-05-01T00:00:00Z".to_owned())),
            notes: Vec::new(),
        };
        History { source, intervals }
    }

    fn ended(hours: impl IntoIterator<Item = f64>) -> Vec<HistoryInterval> {
        hours.into_iter().map(|hours| HistoryInterval { hours, ended: true, org: 0 }).collect()
    }

    fn drawn(law: &Law, n: u64) -> History {
        let rng = CounterRng::new(2, 0, "intervals");
        history(ended((0..n).map(|i| law.draw(rng, i))))
    }

    /// With 400 intervals the wrong law is preferred to the right one next to never: the deltas below are above 10.
    #[test]
    fn the_law_that_a_history_was_drawn_from_comes_first_and_fits() {
        for (law, family) in [
            (Law::weibull(90.0, 2.5), LawFamily::Weibull),
            (Law::lognormal(60.0, 1.0), LawFamily::LogNormal),
            (Law::uniform(1.0, 1400.0), LawFamily::Uniform),
            (Law::log_uniform(1.0, 1400.0), LawFamily::LogUniform),
        ] {
            let found = fit_history(&drawn(&law.expect("proper"), 400)).expect("a fit");
            assert_eq!(found.laws[0].fit.family, family);
            assert!((found.laws.iter().map(|l| l.weight).sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(found.laws.windows(2).all(|w| w[0].delta <= w[1].delta) && found.laws[0].delta == 0.0);
            assert_ne!(found.verdict(), FitVerdict::Nothing);
        }
    }

    #[test]
    fn equal_intervals_are_one_fixed_value() {
        let mut intervals = ended([24.0; 9]);
        intervals.push(HistoryInterval { hours: 10.0, ended: false, org: 0 });
        let found = fit_history(&history(intervals.clone())).expect("a fit");
        assert_eq!((found.fixed, found.verdict(), found.laws.len()), (Some(24.0), FitVerdict::Fixed, 0));
        // One that has lasted longer already rules it out.
        intervals.push(HistoryInterval { hours: 30.0, ended: false, org: 0 });
        let found = fit_history(&history(intervals)).expect("a fit");
        assert_eq!(found.fixed, None);
    }

    #[test]
    fn too_little_history_is_refused_with_what_to_do() {
        let refused = |intervals| fit_history(&history(intervals)).expect_err("too little").to_string();
        assert!(refused(Vec::new()).contains("no interval"));
        assert!(refused(vec![HistoryInterval { hours: 5.0, ended: false, org: 0 }]).contains("none of its 1"));
        assert!(refused(ended([5.0, 6.0])).contains("only 2"));
    }

    #[test]
    fn stand_ins_are_the_list_itself_where_nothing_was_cut_short() {
        let hours: Vec<f64> = (1..=40).map(|i| f64::from(i * i)).collect();
        assert_eq!(fit_history(&history(ended(hours.clone()))).expect("a fit").empirical, hours);
        let mut cut = ended(hours);
        cut.extend((0..10).map(|_| HistoryInterval { hours: 2000.0, ended: false, org: 1 }));
        let found = fit_history(&history(cut)).expect("a fit");
        assert_eq!(found.empirical.len(), 50);
        assert_eq!(found.empirical.iter().filter(|v| **v == 2000.0).count(), 10, "a fifth outlasts all that ended");
    }

    #[test]
    fn orgs_of_their_own_pace_are_noticed() {
        let rng = CounterRng::new(4, 0, "paces");
        let of = |i: u64| HistoryInterval {
            hours: if i.is_multiple_of(2) { 20.0 } else { 200.0 } * (1.0 + rng.uniform(i)),
            ended: true,
            org: (i % 2) as usize,
        };
        let found = fit_history(&history((0..60).map(of).collect())).expect("a fit");
        let between = found.between_orgs.expect("two orgs");
        assert!(between.share > 0.8 && between.p_value < 1e-6, "{between:?}");
        assert_eq!(found.verdict(), FitVerdict::Misfit);
    }
}
