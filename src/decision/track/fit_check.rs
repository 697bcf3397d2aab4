//! Does the plan still fit what was seen? Two p-values under the plan that fits best: of all looks together, by their deviance, and of the
//! newest gap alone, by exact binomials. Both are cautious, since the best plan is chosen by what is tested.

use super::model::PlanChances;
use super::posterior::Posterior;
use super::series::{SeenGap, Series, Sign};
use crate::plan::wording::{ACTED, FAILED, ORGS};
use crate::plan::{Plan, clock};
use crate::results::track::Fits;
use crate::stats::CountDistribution;
use crate::stats::cholesky::{cholesky, solve_lower};
use crate::stats::count::Group;
use crate::stats::count_quantiles::quantiles_of_mixture;
use crate::stats::stream::Stream;

/// Rollouts drawn from the best plan.
const DRAWN: u64 = 1999;

/// Below this a plan does not fit: at most 1 in 100 false alarms.
const MISFIT: f64 = 0.01;

/// A series under one plan.
struct Tested<'a> {
    series: &'a Series,
    solved: &'a PlanChances,
    /// By segment: chances of the gaps, and of none.
    chances: Vec<Vec<f64>>,
}

impl Tested<'_> {
    fn is_multinomial(&self) -> bool {
        self.chances.len() == 1
    }

    /// How far counts are from what is expected: the deviance of a multinomial, else the squared distance of Mahalanobis.
    fn distance(&self, counts: &[u64]) -> f64 {
        if self.is_multinomial() {
            let rest = self.series.orgs.saturating_sub(counts.iter().sum());
            let orgs = self.series.orgs as f64;
            let all = counts.iter().copied().chain([rest]).zip(&self.chances[0]);
            let of = |(n, p): (u64, &f64)| if n == 0 { 0.0 } else { 2.0 * n as f64 * (n as f64 / (orgs * p)).ln() };
            return all.map(of).sum();
        }
        let (mean, covariance) = self.solved.moments(self.series, &self.chances);
        let Some(lower) = cholesky(&covariance, mean.len()) else { return f64::INFINITY };
        let apart: Vec<f64> = counts.iter().zip(&mean).map(|(n, mean)| *n as f64 - mean).collect();
        solve_lower(&lower, &apart).iter().map(|x| x * x).sum()
    }

    fn drawn(&self, stream: &mut Stream) -> Vec<u64> {
        let mut counts = vec![0; self.series.gaps.len()];
        for (segment, chances) in self.series.segments.iter().zip(&self.chances) {
            let (mut left, mut rest) = (self.solved.actors[*segment].orgs, 1.0);
            for (count, p) in counts.iter_mut().zip(chances) {
                let n = stream.binomial(left, (p / rest).clamp(0.0, 1.0));
                *count += n;
                left -= n;
                rest -= p;
            }
        }
        counts
    }

    /// All that showed a sign by the end of one of its gaps.
    fn counted(&self, (sign, upto): (Sign, f64)) -> u64 {
        let gaps = self.series.gaps.iter().filter(|gap| gap.sign == sign && gap.span[1] <= upto);
        gaps.map(|gap| gap.count).sum()
    }

    /// Mean and 90 % range of the same.
    fn expected(&self, (sign, upto): (Sign, f64)) -> (f64, u64, u64) {
        let of = |chances: &Vec<f64>| -> f64 {
            let gaps = self.series.gaps.iter().zip(chances);
            gaps.filter(|(gap, _)| gap.sign == sign && gap.span[1] <= upto).map(|(_, p)| p).sum()
        };
        let groups =
            self.series.segments.iter().zip(&self.chances).map(|(segment, chances)| Group {
                n: self.solved.actors[*segment].orgs,
                p: of(chances).clamp(0.0, 1.0),
            });
        let groups: Vec<Group> = groups.collect();
        let found = quantiles_of_mixture(std::slice::from_ref(&groups), &[0.05, 0.95], None);
        (groups.iter().map(|group| group.n as f64 * group.p).sum(), found[0], found[1])
    }

    /// The smaller tail of a gap's count given all that showed no other sign before, twice.
    fn tails(&self, place: usize) -> f64 {
        let gap = self.series.gaps[place];
        let before = |other: &SeenGap| other.span[1] < gap.span[1];
        let counted: u64 = self.series.gaps.iter().filter(|other| before(other)).map(|other| other.count).sum();
        let at_risk = self.series.orgs.saturating_sub(counted);
        let orgs: Vec<f64> = self.series.segments.iter().map(|s| self.solved.actors[*s].orgs as f64).collect();
        let all: f64 = orgs.iter().sum();
        let share = |of: &dyn Fn(&Vec<f64>) -> f64| -> f64 {
            orgs.iter().zip(&self.chances).map(|(n, chances)| n / all * of(chances)).sum()
        };
        let earlier = share(&|chances| {
            self.series.gaps.iter().zip(chances).filter(|(other, _)| before(other)).map(|(_, p)| *p).sum()
        });
        let p = (share(&|chances| chances[place]) / (1.0 - earlier).max(1e-12)).clamp(0.0, 1.0);
        let law = CountDistribution::binomial(at_risk, p);
        let n = gap.count.min(at_risk);
        let (low, high) = (law.cdf(n), 1.0 - if n == 0 { 0.0 } else { law.cdf(n - 1) });
        (2.0 * low.min(high)).min(1.0)
    }
}

/// Whether the plan still fits.
pub(super) fn fits(posterior: &Posterior, series: &[Series], plan: &Plan, seed: u64) -> Fits {
    let Some(best) = posterior.draws.iter().max_by(|a, b| a.best.1.total_cmp(&b.best.1)) else {
        return Fits { p: 1.0, worst: String::new(), misfit: None };
    };
    let acting = best.chances.acting(best.best.0, &best.shocks);
    let tested: Vec<Tested<'_>> = series
        .iter()
        .enumerate()
        .filter(|(_, one)| !one.gaps.is_empty())
        .map(|(place, series)| Tested {
            series,
            solved: &best.chances,
            chances: best.chances.chances(place, series, &acting),
        })
        .collect();
    let seen: f64 = tested.iter().map(|one| one.distance(&counts(one.series))).sum();
    let further = (0..DRAWN).filter(|run| {
        let mut stream = Stream::new(seed, *run, "track: fit");
        tested.iter().map(|one| one.distance(&one.drawn(&mut stream))).sum::<f64>() >= seen - 1e-9
    });
    let all = (1.0 + further.count() as f64) / (DRAWN as f64 + 1.0);
    // The newest gap of each count, corrected for how many there are.
    let newest = tested.iter().flat_map(|one| {
        [Sign::Reconnected, Sign::Failed].into_iter().filter_map(move |sign| {
            let place = one.series.gaps.iter().rposition(|gap| gap.sign == sign)?;
            Some((one, place, one.tails(place)))
        })
    });
    let newest: Vec<(&Tested<'_>, usize, f64)> = newest.collect();
    let least = newest.iter().min_by(|a, b| a.2.total_cmp(&b.2));
    let gap = least.map_or(1.0, |(_, _, p)| (p * newest.len() as f64).min(1.0));
    let p = all.min(gap);
    let Some((worst, look)) = worst(&tested) else { return Fits { p, worst: String::new(), misfit: None } };
    let (count, (sign, at)) = (worst.counted(look), look);
    let when = clock::show(plan.instant(at), plan.time_zone(), plan.unsaid_year());
    let (mean, low, high) = worst.expected(look);
    let what = if sign == Sign::Failed { FAILED.to_string() } else { ACTED.to_string() };
    let misfit = (p < MISFIT).then(|| {
        let why = match (sign, (count as f64) < mean) {
            (Sign::Failed, true) => format!("connections live longer than assumed, or some {ORGS} are not in use"),
            (Sign::Failed, false) => {
                "connections are used more often than assumed, or something else breaks them, too".to_owned()
            }
            (Sign::Reconnected, true) => "people act later than assumed".to_owned(),
            (Sign::Reconnected, false) => "people act sooner than assumed".to_owned(),
        };
        let count = crate::plan::units::group_count(count);
        let [low, high] = [low, high].map(crate::plan::units::group_count);
        format!(
            "{count} {ORGS} {what} by {when}, where the plan at its closest expects {low} to {high}. Perhaps {why}."
        )
    });
    Fits { p, worst: format!("{what}, {when}"), misfit }
}

fn counts(series: &Series) -> Vec<u64> {
    series.gaps.iter().map(|gap| gap.count).collect()
}

/// The count so far that is furthest from what is expected, in standard deviations: its sign, and when.
fn worst<'t, 'a>(tested: &'t [Tested<'a>]) -> Option<(&'t Tested<'a>, (Sign, f64))> {
    let all = tested.iter().flat_map(|one| one.series.gaps.iter().map(move |gap| (one, (gap.sign, gap.span[1]))));
    let apart = |(one, look): &(&Tested<'_>, (Sign, f64))| {
        let (mean, low, high) = one.expected(*look);
        // A 90 % range is 3.29 standard deviations wide.
        let spread = ((high - low) as f64 / 3.29).max(0.5);
        (one.counted(*look) as f64 - mean).abs() / spread
    };
    all.max_by(|a, b| apart(a).total_cmp(&apart(b)))
}
