//! Single figures in words: no more precise than they are known, unless all digits are asked for.

use super::shows::{Aspect, EmbedFigure, EmbedForm, EmbedQuantity};
use crate::output::words;
use crate::plan::Plan;
use crate::plan::units::group_count;
use crate::results::{self, Mean, Measures, Projection, SegmentMeans};

/// What a figure is taken from.
pub(super) struct Figures<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its results.
    pub projection: &'a Projection,
    /// The place of the rate.
    pub rate: usize,
    /// The place of a segment, instead of all orgs.
    pub segment: Option<usize>,
    /// How it is written.
    pub form: EmbedForm,
}

impl Figures<'_> {
    /// A figure in words.
    ///
    /// # Errors
    /// Says why there is no such figure, and what there is instead.
    pub(super) fn write(&self, figure: EmbedFigure) -> Result<String, (String, String)> {
        let best = self.best();
        Ok(match figure {
            EmbedFigure::Count(quantity, aspect) => return self.count(quantity, aspect),
            EmbedFigure::ToCome => self.mean(self.to_come()?),
            EmbedFigure::ToComeShare => self.share(self.to_come()?.mean / self.orgs() as f64),
            EmbedFigure::WithinTolerance => {
                let why = || no("this scenario has no tolerance", "add `tolerance` to the scenario");
                self.whole_only("a chance")?;
                let chance = best.within_tolerance.ok_or_else(why)?;
                if self.form == EmbedForm::Full { format!("{chance}") } else { words::chance(chance) }
            }
            EmbedFigure::ByCause(cause) => {
                self.whole_only("a split by cause")?;
                self.mean(*best.cause(cause))
            }
            other => {
                self.whole_only("a figure of the plan")?;
                return self.of_plan(other);
            }
        })
    }

    fn of_plan(&self, figure: EmbedFigure) -> Result<String, (String, String)> {
        let plan = self.plan;
        let count = |n: u64| if self.form == EmbedForm::Full { n.to_string() } else { group_count(n) };
        Ok(match figure {
            EmbedFigure::ScenarioTitle => plan.title().to_owned(),
            EmbedFigure::Orgs => count(plan.orgs()),
            EmbedFigure::Deadline => words::deadline_full(plan),
            EmbedFigure::Horizon => words::moment(plan, plan.horizon()),
            EmbedFigure::Tolerance => {
                let why = || no("this scenario has no tolerance", "add `tolerance` to the scenario");
                count(plan.tolerance().ok_or_else(why)?)
            }
            EmbedFigure::Seed => self.projection.seed.to_string(),
            EmbedFigure::Runs => count(self.projection.runs),
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

    fn quantity(&self, which: EmbedQuantity) -> &results::Quantity {
        let best = self.best();
        match which {
            EmbedQuantity::FailedByDeadline => &best.failed_by_deadline,
            EmbedQuantity::DownAtDeadline => &best.down_at_deadline,
            EmbedQuantity::FailedByHorizon => &best.failed_by_horizon,
        }
    }

    fn mean_of(&self, which: EmbedQuantity) -> Mean {
        match (self.means(), which) {
            (Some(means), EmbedQuantity::FailedByDeadline) => means.failed_by_deadline,
            (Some(means), EmbedQuantity::DownAtDeadline) => means.down_at_deadline,
            (Some(means), EmbedQuantity::FailedByHorizon) => means.failed_by_horizon,
            (None, which) => Mean { mean: self.quantity(which).mean, se: self.quantity(which).se },
        }
    }

    fn to_come(&self) -> Result<Mean, (String, String)> {
        let (failed, all) =
            (self.mean_of(EmbedQuantity::FailedByDeadline), self.mean_of(EmbedQuantity::FailedByHorizon));
        Ok(Mean::difference((all.mean, all.se), (failed.mean, failed.se)))
    }

    fn count(&self, which: EmbedQuantity, aspect: Aspect) -> Result<String, (String, String)> {
        let mean = self.mean_of(which);
        let percentile = |p: f64| self.quantity(which).percentile(p);
        let count = |n: u64| if self.form == EmbedForm::Full { n.to_string() } else { group_count(n) };
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
            EmbedForm::Full => format!("{}", mean.mean),
            EmbedForm::Table => words::plain_mean(&mean),
            _ => words::about(mean.mean),
        }
    }

    fn share(&self, share: f64) -> String {
        if self.form == EmbedForm::Full { format!("{share}") } else { crate::plan::units::show_share(share) }
    }
}

fn no(why: &str, help: &str) -> (String, String) {
    (why.to_owned(), help.to_owned())
}
