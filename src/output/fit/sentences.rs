//! What a fitted history says, in plain words: the finding, how far to trust it, what else might hold.

use super::law::{self, phrase};
use crate::output::words;
use crate::plan::units::{group_count, group_number, show_share};
use crate::plan::wording::{ORG, ORGS, PERCENT, capital};
use crate::results::fit::{FitVerdict, HistoryFit, RankedLaw};
use crate::stats::fit::adequacy::Adequacy;

/// A law with at least this weight is worth naming beside the best.
const WORTH_NAMING: f64 = 0.1;

/// With fewer intervals that ended, a law that fits is no great praise.
const FEW: u64 = 30;

/// Variance between orgs is worth a word from here on.
const UNLIKE: f64 = 0.1;

/// Hours with three digits.
pub(crate) fn hours(value: f64) -> String {
    if value <= 0.0 {
        return "0 h".to_owned();
    }
    let unit = 10_f64.powi(value.log10().floor() as i32 - 2);
    let decimals = usize::try_from(2 - value.log10().floor() as i64).unwrap_or(0);
    let rounded: f64 = format!("{:.decimals$}", (value / unit).round() * unit).parse().unwrap_or(value);
    format!("{} h", group_number(rounded))
}

/// `9.1 points`.
fn points(share: f64) -> String {
    format!("{:.1} points", 100.0 * share)
}

fn intervals(count: u64) -> String {
    if count == 1 { "1 interval".to_owned() } else { format!("{} intervals", group_count(count)) }
}

/// The finding: the title of the chart.
pub(crate) fn finding(found: &HistoryFit) -> String {
    let n = intervals(found.durations.events() + found.durations.censored());
    let best = found.laws.first();
    match (found.verdict(), best) {
        (FitVerdict::Fixed, _) => {
            format!(
                "All {} that ended lasted {}",
                intervals(found.durations.events()),
                hours(found.fixed.unwrap_or(0.0))
            )
        }
        (FitVerdict::Fits, Some(best)) => {
            let half = found.curve.isf(0.5).map_or_else(
                || format!("{} outlast all that ended", show_share(found.curve.rest())),
                |median| format!("half last longer than {}", hours(median)),
            );
            format!("{} fits the {n}; {half}", capital(&phrase(best.fit.family)))
        }
        (FitVerdict::Close, Some(best)) => format!(
            "{} comes within {} of the {n}, but is not quite their law",
            capital(&phrase(best.fit.family)),
            points(best.gap.size())
        ),
        (FitVerdict::Misfit, Some(best)) => {
            let (gap, at) = (points(best.gap.size()), hours(best.gap.time));
            format!("The likeliest of {} laws does not fit the {n}: it is off by {gap} at {at}", found.laws.len())
        }
        _ => format!("No law can be fitted to the {n}"),
    }
}

/// How many intervals there are and how many ended.
pub(crate) fn counts(found: &HistoryFit) -> String {
    let (ended, running) = (found.durations.events(), found.durations.censored());
    let of = match &found.source.refreshes {
        Some((1, _)) => format!(" of 1 {ORG}"),
        Some((orgs, _)) => format!(" of {} {ORGS}", group_count(*orgs)),
        None => String::new(),
    };
    let until = found.source.refreshes.as_ref().map_or(String::new(), |(_, until)| format!(" on {until}"));
    let running = match running {
        0 => "all ended".to_owned(),
        n => format!("{} ended, {} still ran when observation ended{until}", group_count(ended), group_count(n)),
    };
    format!("{}{of}: {running}", intervals(ended + found.durations.censored()))
}

/// Whether the best law fits, and what to take.
pub(crate) fn verdict(found: &HistoryFit) -> Vec<String> {
    let mut out = Vec::new();
    if let (Some(best), Some(adequacy)) = (found.laws.first(), &found.adequacy) {
        out.push(distance(adequacy));
        out.push(judgement(found, adequacy));
        if found.verdict() != FitVerdict::Misfit {
            out.extend(ends(best));
            out.extend(rival(found).map(|second| nearly(best, second)));
        }
    }
    if found.verdict() == FitVerdict::Nothing {
        out.push("Use the intervals themselves.".to_owned());
    }
    out.extend(beyond(found));
    out
}

fn distance(adequacy: &Adequacy) -> String {
    let gap = &adequacy.gap;
    format!(
        "Data and law are furthest apart at {}, by {}. In the data {} last longer, by the law {}.",
        hours(gap.time),
        points(gap.size()),
        show_share(gap.curve),
        show_share(gap.law)
    )
}

fn judgement(found: &HistoryFit, adequacy: &Adequacy) -> String {
    let far = match adequacy.as_far {
        0 => format!("of {} histories drawn from the law, none is so far off", adequacy.drawn),
        n => format!("of {} histories drawn from the law, {n} are at least as far off", adequacy.drawn),
    };
    let chance = coarse(found)
        .map_or_else(|| "chance explains".to_owned(), |unit| format!("chance and rounding to {unit} explain"));
    match found.verdict() {
        FitVerdict::Fits => {
            let events = found.durations.events();
            let few = if events < FEW {
                format!(", but {} that ended would show only a gross misfit", group_count(events))
            } else {
                String::new()
            };
            format!("That is no more than {chance}: {far}. Nothing speaks against the law{few}.")
        }
        FitVerdict::Close => format!(
            "That is more than {chance}, but small: {far}. For planning, the law will do. To be exact, use \
             {{ empirical = \"intervals.csv\" }}."
        ),
        _ => format!(
            "That is more than {chance}: {far}. Use the intervals themselves, {{ empirical = \"intervals.csv\" }}."
        ),
    }
}

/// Whole days, hours or minutes, where the intervals are rounded to them so that it matters.
fn coarse(found: &HistoryFit) -> Option<&'static str> {
    let median = found.curve.isf(0.5).unwrap_or(found.curve.until);
    let grain = found.grain.filter(|grain| found.fixed.is_none() && *grain >= 0.1 * median)?;
    Some(match grain {
        days if days >= 24.0 => "whole days",
        hours if hours >= 1.0 => "whole hours",
        _ => "whole minutes",
    })
}

/// What the ends of a range rest on.
fn ends(best: &RankedLaw) -> Option<String> {
    let [min, max] = best.fit.parameters.as_slice() else { return None };
    best.fit.family.has_ends().then(|| {
        format!(
            "Its ends rest on the shortest and the longest intervals. The true ends may be {} and {} (95{PERCENT} confidence each).",
            hours(min.interval[0]),
            hours(max.interval[1])
        )
    })
}

/// The second law, where it is nearly as likely as one that may be used.
fn rival(found: &HistoryFit) -> Option<&RankedLaw> {
    let usable = matches!(found.verdict(), FitVerdict::Fits | FitVerdict::Close);
    found.laws.get(1).filter(|law| usable && law.weight >= WORTH_NAMING)
}

fn nearly(best: &RankedLaw, second: &RankedLaw) -> String {
    format!(
        "{} is nearly as likely ({} of the weight, against {}).",
        capital(&phrase(second.fit.family)),
        words::chance(second.weight),
        words::chance(best.weight)
    )
}

/// What to write behind `interval =` to leave open which of two laws holds.
pub(crate) fn either(found: &HistoryFit) -> Option<String> {
    let (best, second) = (found.laws.first()?, rival(found)?);
    Some(format!("{{ one_of = [{}, {}] }}", law::text(&best.fit), law::text(&second.fit)))
}

/// What lies beyond the data.
fn beyond(found: &HistoryFit) -> Option<String> {
    let (rest, last) = (found.curve.rest(), found.curve.steps.last()?.time);
    (rest > 0.0 && found.fixed.is_none()).then(|| {
        format!(
            "{} of the intervals outlast {}, the longest that ended. Beyond it, a law rests on its shape, not on data. intervals.csv puts \
             them at {}, where observation ended.",
            show_share(rest),
            hours(last),
            hours(found.curve.until)
        )
    })
}

/// What else a reader should know.
pub(crate) fn notes(found: &HistoryFit) -> Vec<String> {
    let mut notes = found.source.notes.clone();
    if let Some(between) = found.between_orgs.filter(|b| b.p_value < 0.01 && b.share >= UNLIKE) {
        notes.push(format!(
            "{ORGS:#} differ: about {} of the variance of their intervals (of the logarithm) lies between {ORGS}. One law for all mixes \
             them, and those that refresh often weigh more. Fit groups of similar {ORGS} separately, and make them segments.",
            words::chance(between.share)
        ));
    }
    if let Some(unit) = coarse(found) {
        notes.push(format!("Intervals are {unit}, which is coarse beside their median. The laws take them as exact."));
    }
    for (family, why) in &found.without {
        notes.push(format!("{} has no fit here: {why}.", capital(&phrase(*family))));
    }
    notes
}

/// What to write behind `interval =`.
pub(crate) fn advised(found: &HistoryFit) -> String {
    match (found.verdict(), found.laws.first(), found.fixed) {
        (_, _, Some(fixed)) => law::duration(fixed),
        (FitVerdict::Fits | FitVerdict::Close, Some(best), _) => law::text(&best.fit),
        _ => "{ empirical = \"intervals.csv\" }".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_have_three_digits() {
        assert_eq!(
            [61.234, 1394.6, 0.012_34, 0.0, 6.0, 100.04].map(hours),
            ["61.2 h", "1,390 h", "0.0123 h", "0 h", "6 h", "100 h"]
        );
        assert_eq!(points(0.0912), "9.1 points");
    }
}
