//! Single figures in words: no more precise than they are known, unless all digits are asked for.

use super::shows::{Aspect, Figure, Form, Quantity};
use crate::output::words;
use crate::plan::Plan;
use crate::plan::units::group_count;
use crate::results::{self, Mean, Measures, Projection, SegmentMeans};

/// What a figure is taken from.
pub struct Figures<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its results.
    pub projection: &'a Projection,
    /// The place of the rate.
    pub rate: usize,
    /// The place of a segment, instead of all orgs.
    pub segment: Option<usize>,
    /// How it is written.
    pub form: Form,
}

impl Figures<'_> {
    /// A figure in words.
    ///
    /// # Errors
    /// Says why there is no such figure, and what there is instead.
    pub fn write(&self, figure: Figure) -> Result<String, (String, String)> {
        let best = self.best();
        Ok(match figure {
            Figure::Count(quantity, aspect) => return self.count(quantity, aspect),
            Figure::ToCome => self.mean(self.to_come()?),
            Figure::ToComeShare => self.share(self.to_come()?.mean / self.orgs() as f64),
            Figure::WithinTolerance => {
                let why = || no("this scenario has no tolerance", "add `tolerance` to the scenario");
                self.whole_only("a chance")?;
                let chance = best.within_tolerance.ok_or_else(why)?;
                if self.form == Form::Full { format!("{chance}") } else { words::chance(chance) }
            }
            Figure::ByCause(cause) => {
                self.whole_only("a split by cause")?;
                self.mean(*best.cause(cause))
            }
            other => {
                self.whole_only("a figure of the plan")?;
                return self.of_plan(other);
            }
        })
    }

    fn of_plan(&self, figure: Figure) -> Result<String, (String, String)> {
        let plan = self.plan;
        let count = |n: u64| if self.form == Form::Full { n.to_string() } else { group_count(n) };
        Ok(match figure {
            Figure::ScenarioTitle => plan.title().to_owned(),
            Figure::Orgs => count(plan.orgs()),
            Figure::Deadline => words::deadline_full(plan),
            Figure::Horizon => words::moment(plan, plan.horizon()),
            Figure::Tolerance => {
                let why = || no("this scenario has no tolerance", "add `tolerance` to the scenario");
                count(plan.tolerance().ok_or_else(why)?)
            }
            Figure::Seed => self.projection.seed.to_string(),
            Figure::Runs => count(self.projection.runs),
            _ => self.projection.provenance.sha256.clone(),
        })
    }

    fn best(&self) -> &Measures {
        self.projection.uptakes[self.rate].best()
    }

    fn means(&self) -> Option<&SegmentMeans> {
        self.segment.and_then(|place| self.best().by_segment.get(place))
    }

    fn orgs(&self) -> u64 {
        self.means().map_or(self.plan.orgs(), |means| means.orgs).max(1)
    }

    /// Refuses a segment where only all orgs have such a figure.
    fn whole_only(&self, what: &str) -> Result<(), (String, String)> {
        match self.segment {
            None => Ok(()),
            Some(_) => Err(no(
                &format!("{what} is not known of a segment alone"),
                "leave `segment` out, or show a `.mean`, a `.share` or a `.frequency`",
            )),
        }
    }

    fn quantity(&self, which: Quantity) -> &results::Quantity {
        let best = self.best();
        match which {
            Quantity::FailedByDeadline => &best.failed_by_deadline,
            Quantity::DownAtDeadline => &best.down_at_deadline,
            Quantity::FailedByHorizon => &best.failed_by_horizon,
        }
    }

    fn mean_of(&self, which: Quantity) -> Mean {
        match (self.means(), which) {
            (Some(means), Quantity::FailedByDeadline) => means.failed_by_deadline,
            (Some(means), Quantity::DownAtDeadline) => means.down_at_deadline,
            (Some(means), Quantity::FailedByHorizon) => means.failed_by_horizon,
            (None, which) => Mean { mean: self.quantity(which).mean, se: self.quantity(which).se },
        }
    }

    fn to_come(&self) -> Result<Mean, (String, String)> {
        let (failed, all) = (self.mean_of(Quantity::FailedByDeadline), self.mean_of(Quantity::FailedByHorizon));
        Ok(Mean::difference((all.mean, all.se), (failed.mean, failed.se)))
    }

    fn count(&self, which: Quantity, aspect: Aspect) -> Result<String, (String, String)> {
        let mean = self.mean_of(which);
        let percentile = |p: f64| self.quantity(which).percentile(p);
        let count = |n: u64| if self.form == Form::Full { n.to_string() } else { group_count(n) };
        Ok(match aspect {
            Aspect::Mean => self.mean(mean),
            Aspect::Share => self.share(mean.mean / self.orgs() as f64),
            Aspect::Frequency => words::natural_frequency(mean.mean / self.orgs() as f64),
            Aspect::Percentile(p) => {
                self.whole_only("a percentile")?;
                count(percentile(f64::from(p)))
            }
            Aspect::Range => {
                self.whole_only("a range")?;
                format!("{} to {}", count(percentile(5.0)), count(percentile(95.0)))
            }
        })
    }

    fn mean(&self, mean: Mean) -> String {
        match self.form {
            Form::Full => format!("{}", mean.mean),
            Form::Table => words::plain_mean(&mean),
            _ => words::about(mean.mean),
        }
    }

    fn share(&self, share: f64) -> String {
        if self.form == Form::Full { format!("{share}") } else { crate::plan::units::show_share(share) }
    }
}

fn no(why: &str, help: &str) -> (String, String) {
    (why.to_owned(), help.to_owned())
}
