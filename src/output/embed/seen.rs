//! What a marker shows of a rollout under way: the same names as before it began, from what was seen, and some that only it has.

use super::markers::Marker;
use super::render::segment;
use super::shown::Shown;
use super::shows::{Aspect, EmbedFigure, EmbedForm, EmbedQuantity, EmbedTable, SeenShow, Sentence, Show};
use crate::output::chart::{self, Chart, Theme};
use crate::output::document::{Block, Table};
use crate::output::track;
use crate::output::words;
use crate::plan::units::{group_count, show_share};
use crate::results::track::{ForecastCount, TrackReport};
use crate::scenario::Finding;

/// What stands after a figure of a plan that does not fit: none stands without it.
const MISFIT: &str = " (the plan does not fit what was seen)";

/// Makes what a marker shows of a rollout under way.
///
/// # Errors
/// Says why there is nothing of the kind, at the word of the marker that asks for it.
pub(crate) fn render_seen(marker: &Marker, report: &TrackReport) -> Result<Shown, Box<Finding>> {
    let _words = report.plan.wording().enter();
    let no = |why: &str, help: &str| Box::new(marker.refuse(why).help(help));
    let place = segment(marker, &report.plan)?;
    let is_by_segment =
        matches!(marker.show.value, Show::Figure(EmbedFigure::Count(EmbedQuantity::FailedByDeadline, _)));
    if place.is_some() && !is_by_segment {
        return Err(no("this is not told of one segment", "leave `segment` out, or show failed_by_deadline"));
    }
    let table = |found: Option<Table>| found.map(|table| Shown::Table(Box::new(table)));
    let none = || no("nothing of this plan is unknown", "show forecast-table");
    Ok(match &marker.show.value {
        Show::Seen(SeenShow::Chart(name)) => Shown::Chart(Box::new(drawn(marker, report, name)?)),
        Show::Seen(SeenShow::Title(name)) => Shown::Text(drawn(marker, report, name)?.title),
        Show::Seen(SeenShow::ForecastTable) => table(table_of(report, "forecast")).ok_or_else(none)?,
        Show::Seen(SeenShow::LearnedTable) => table(table_of(report, "learned")).ok_or_else(none)?,
        Show::Seen(SeenShow::Brief) => Shown::Text(track::brief(report).trim_end().to_owned()),
        Show::Seen(figure) => Shown::Text(of_what_was_seen(report, *figure).map_err(|(why, help)| no(why, help))?),
        Show::Sentence(Sentence::Decision) => Shown::Text(track::told(report).swap_remove(0)),
        Show::Sentence(Sentence::Summary) => Shown::Text(track::told(report).join(" ")),
        Show::Sentence(Sentence::Source) => Shown::Text(source(marker, report)),
        Show::Figure(figure) => {
            let form = marker.form.unwrap_or(EmbedForm::About);
            Shown::Text(self::figure(report, *figure, place, form).map_err(|(why, help)| no(why, help))?)
        }
        Show::Table(EmbedTable::Timeline) => Shown::Table(Box::new(crate::output::run::tables::timeline(&report.plan))),
        Show::Table(_) | Show::Chart(_) | Show::Sentence(_) => {
            let help = "leave `seen` out, or show track-chart, on-track-chart, learned-chart, forecast-table, learned-table, summary or a figure";
            return Err(no("this is not told of a rollout under way", help));
        }
    })
}

fn drawn(marker: &Marker, report: &TrackReport, name: &str) -> Result<Chart, Box<Finding>> {
    let charts = chart::of_track(report, &Theme::LIGHT).map_err(|error| Box::new(marker.refuse(error.to_string())))?;
    charts.into_iter().find(|chart| chart.name == name).ok_or_else(|| {
        let why = match name {
            "learned" => "nothing of this plan is unknown",
            _ => "this rollout has no tolerance that somebody can still act for",
        };
        Box::new(marker.refuse(why).help("show track-chart"))
    })
}

/// A table of the verb's own document.
fn table_of(report: &TrackReport, name: &str) -> Option<Table> {
    track::document(report).blocks.into_iter().find_map(|block| match block {
        Block::Table(table) if table.name == name => Some(table),
        _ => None,
    })
}

fn source(marker: &Marker, report: &TrackReport) -> String {
    let short = |hash: &str| hash.get(..12).unwrap_or(hash).to_owned();
    let seen = marker.seen.as_ref().map(|seen| seen.value.clone()).unwrap_or_default();
    format!(
        "{} (sha256 {}), {seen} (sha256 {}), seed {}, cutover {}",
        marker.scenario.value,
        short(&report.provenance.sha256),
        short(&report.seen_sha256),
        report.plan.seed(),
        report.provenance.version
    )
}

/// Why there is no such figure, and what there is instead.
type NoFigure = (&'static str, &'static str);

fn of_what_was_seen(report: &TrackReport, which: SeenShow) -> Result<String, NoFigure> {
    let last = report.looks.last();
    let uncounted = ("nobody counted this", "write the count into the file of what was seen");
    let needed = |place: usize| {
        let none = ("this rollout has no tolerance that somebody can still act for", "show track-chart");
        let needed = report.on_track.as_ref().and_then(|on_track| on_track.needed.get(place)).ok_or(none)?;
        // A document is refreshed again and again, also when it has become too late.
        Ok(flagged(report, needed.more.map_or_else(|| "(too late)".to_owned(), group_count)))
    };
    match which {
        SeenShow::Reconnected => last.and_then(|look| look.reconnected).map(group_count).ok_or(uncounted),
        SeenShow::Failed => last.and_then(|look| look.failed).map(group_count).ok_or(uncounted),
        SeenShow::NeededForEvenOdds => needed(0),
        _ => needed(1),
    }
}

fn flagged(report: &TrackReport, text: String) -> String {
    if report.fits.misfit.is_some() { text + MISFIT } else { text }
}

fn figure(
    report: &TrackReport,
    which: EmbedFigure,
    segment: Option<usize>,
    form: EmbedForm,
) -> Result<String, NoFigure> {
    let plan = &report.plan;
    let full = form == EmbedForm::Full;
    let whole = |n: u64| if full { n.to_string() } else { group_count(n) };
    let without = ("this scenario has no tolerance", "add `tolerance` to the scenario");
    let text = match which {
        EmbedFigure::Count(quantity, aspect) => {
            let (count, orgs) = match segment {
                Some(place) => {
                    let none = ("this scenario has one segment", "leave `segment` out");
                    let found = report.segments.get(place).ok_or(none)?;
                    (&found.failed_by_deadline, plan.segments()[place].orgs)
                }
                None => (quantity_of(report, quantity), plan.orgs()),
            };
            count_in_words(count, orgs, aspect, form)?
        }
        EmbedFigure::ToCome | EmbedFigure::ToComeShare => {
            let [by_horizon, by_deadline] =
                [&report.forecast.failed_by_horizon, &report.forecast.failed_by_deadline].map(|count| count.mean);
            let mean = (by_horizon - by_deadline).max(0.0);
            match which {
                EmbedFigure::ToCome => mean_in_words(mean, form),
                _ => share_in_words(mean / plan.orgs().max(1) as f64, form),
            }
        }
        EmbedFigure::WithinTolerance => {
            let chance = report.forecast.within_tolerance.ok_or(without)?;
            if full { chance.to_string() } else { words::chance(chance) }
        }
        EmbedFigure::ByCause(_) => {
            return Err(("causes are not told of a rollout under way", "leave `seen` out"));
        }
        EmbedFigure::Runs => return Err(("nothing is simulated here", "leave `seen` out")),
        EmbedFigure::ScenarioTitle => return Ok(plan.title().to_owned()),
        EmbedFigure::Orgs => return Ok(whole(plan.orgs())),
        EmbedFigure::Deadline => return Ok(words::deadline_full(plan)),
        EmbedFigure::Horizon => return Ok(words::moment(plan, plan.horizon())),
        EmbedFigure::Tolerance => return plan.tolerance().map(whole).ok_or(without),
        EmbedFigure::Seed => return Ok(plan.seed().to_string()),
        EmbedFigure::Sha256 => return Ok(report.provenance.sha256.clone()),
    };
    Ok(flagged(report, text))
}

fn quantity_of(report: &TrackReport, quantity: EmbedQuantity) -> &ForecastCount {
    match quantity {
        EmbedQuantity::FailedByDeadline => &report.forecast.failed_by_deadline,
        EmbedQuantity::DownAtDeadline => &report.forecast.down_at_deadline,
        EmbedQuantity::FailedByHorizon => &report.forecast.failed_by_horizon,
    }
}

fn mean_in_words(mean: f64, form: EmbedForm) -> String {
    match form {
        EmbedForm::Full => mean.to_string(),
        EmbedForm::Table => words::table_mean(mean, None),
        _ => words::about(mean),
    }
}

fn share_in_words(share: f64, form: EmbedForm) -> String {
    if form == EmbedForm::Full { share.to_string() } else { show_share(share) }
}

fn count_in_words(count: &ForecastCount, orgs: u64, aspect: Aspect, form: EmbedForm) -> Result<String, NoFigure> {
    let share = count.mean / orgs.max(1) as f64;
    let whole = |n: u64| if form == EmbedForm::Full { n.to_string() } else { group_count(n) };
    let few = ("too few draws bear a range", "show the mean, and see the notes of cutover track");
    let [low, middle, high] = match aspect {
        Aspect::Percentile(_) | Aspect::Range => count.range().ok_or(few)?,
        _ => [0; 3],
    };
    Ok(match aspect {
        Aspect::Mean => mean_in_words(count.mean, form),
        Aspect::Share => share_in_words(share, form),
        Aspect::Frequency => words::natural_frequency(share),
        Aspect::Percentile(5) => whole(low),
        Aspect::Percentile(50) => whole(middle),
        Aspect::Percentile(_) => whole(high),
        Aspect::Range => format!("{} to {}", whole(low), whole(high)),
    })
}
