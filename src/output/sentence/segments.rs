//! Which segment is worst off, and at which of their own hours orgs fail: the sentences and titles that compare segments.

use super::decision::at_rate;
use super::facts::Facts;
use crate::output::words::{about, list, share};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::{LocalHour, Segment};
use crate::results::{HourMeans, SegmentMeans};

/// A segment is worse off than the others when its share is at least so many times theirs.
const WORTH_NAMING: f64 = 1.15;

/// A difference of simulated shares is worth naming from so many standard errors on.
const CERTAIN_SE: f64 = 3.0;

/// An hour in which people do at least so much as in an office hour is a working hour.
const WORKING: f64 = 0.5;

/// Of the failures in working hours, a segment that has so many has as good as all.
const NEARLY_ALL: f64 = 0.9;

/// The segment with the highest share of its orgs failed by the deadline, at a rate.
struct WorstOff<'a> {
    rate: usize,
    means: &'a SegmentMeans,
    /// Share of all other orgs.
    others: f64,
    /// Whether the difference is worth naming.
    stands_out: bool,
}

/// Segments with orgs.
fn compared<'a>(facts: &Facts<'a>, rate: usize) -> Vec<&'a SegmentMeans> {
    facts.best(rate).by_segment.iter().filter(|s| s.orgs > 0).collect()
}

fn failed_share(means: &SegmentMeans) -> f64 {
    means.share(&means.failed_by_deadline)
}

/// At the middle rate; where none stands out there, at the highest, which outreach aims for, or at the lowest. The middle one
/// again where none stands out at all; `None` with fewer than two segments.
fn worst_off<'a>(facts: &Facts<'a>) -> Option<WorstOff<'a>> {
    let rates = [facts.middle(), facts.high, facts.low];
    let found = rates.into_iter().filter_map(|rate| worst_off_at(facts, rate)).find(|w| w.stands_out);
    found.or_else(|| worst_off_at(facts, facts.middle()))
}

/// The rate at which segments are compared.
pub fn compared_at(facts: &Facts<'_>) -> usize {
    worst_off(facts).map_or(facts.middle(), |w| w.rate)
}

fn worst_off_at<'a>(facts: &Facts<'a>, rate: usize) -> Option<WorstOff<'a>> {
    let segments = compared(facts, rate);
    let means = *segments.iter().rev().max_by(|a, b| failed_share(a).total_cmp(&failed_share(b)))?;
    let rest = || segments.iter().filter(|s| s.id != means.id);
    let n = rest().map(|s| s.orgs).sum::<u64>() as f64;
    if n == 0.0 {
        return None;
    }
    let others = rest().map(|s| s.failed_by_deadline.mean).sum::<f64>() / n;
    let more = failed_share(means) - others;
    let noise = segments.iter().filter_map(|s| Some(s.failed_by_deadline.se? / s.orgs as f64)).fold(0.0, f64::hypot);
    let stands_out =
        failed_share(means) >= WORTH_NAMING * others && more * means.orgs as f64 >= 0.5 && more > CERTAIN_SE * noise;
    Some(WorstOff { rate, means, others, stands_out })
}

/// Names the segment that is worst off, and the one with most failures; `None` where no difference is worth a sentence.
pub fn who_is_worst_off(facts: &Facts<'_>) -> Option<String> {
    let worst = worst_off(facts).filter(|w| w.stands_out)?;
    let segments = compared(facts, worst.rate);
    let most = segments.iter().max_by(|a, b| a.failed_by_deadline.mean.total_cmp(&b.failed_by_deadline.mean))?;
    let total: f64 = segments.iter().map(|s| s.failed_by_deadline.mean).sum();
    let of_all = format!("about {} of {}", about(most.failed_by_deadline.mean), about(total));
    let also = if most.id == worst.means.id {
        format!(", and it has the most failures: {of_all}")
    } else {
        format!(". The most failures are in {}: {of_all}", most.name)
    };
    Some(format!(
        "{} {} is worst off: {} of its {} fail by the deadline, {}{also}.",
        at_rate(facts, worst.rate),
        worst.means.name,
        share(worst.means.failed_by_deadline.mean, worst.means.orgs),
        orgs(worst.means.orgs),
        against(&worst, &segments)
    ))
}

/// `2.4 % of the others`, or of the only other one by its name.
fn against(worst: &WorstOff<'_>, segments: &[&SegmentMeans]) -> String {
    let mut rest = segments.iter().filter(|s| s.id != worst.means.id);
    match (rest.next(), rest.next()) {
        (Some(other), None) => format!("{} in {}", show_share(worst.others), other.name),
        _ => format!("{} of the others", show_share(worst.others)),
    }
}

/// Title of the chart by segment; `None` with fewer than two segments.
pub fn by_segment(facts: &Facts<'_>) -> Option<String> {
    let worst = worst_off(facts)?;
    let segments = compared(facts, worst.rate);
    if facts.none_fail() {
        return Some(format!("No org of any segment fails by {}", facts.by));
    }
    if worst.stands_out {
        let of = show_share(failed_share(worst.means));
        let (name, than) = (&worst.means.name, against(&worst, &segments));
        let when = facts.plan.window().map_or_else(String::new, |_| format!("{} ", at_rate(facts, worst.rate)));
        return Some(format!("{when}{name} is worst off: {of} of its orgs fail by {}, {than}", facts.by));
    }
    let low = segments.iter().map(|s| failed_share(s)).fold(f64::INFINITY, f64::min);
    let (low, high) = (show_share(low), show_share(failed_share(worst.means)));
    let range = if low == high { high } else { format!("{low} to {high}") };
    Some(format!(
        "No segment is much worse off than the others: {range} of orgs fail by {}{}",
        facts.by,
        in_title(facts, worst.rate)
    ))
}

/// ` at 50 % reconnecting`; nothing where there is no window.
fn in_title(facts: &Facts<'_>, rate: usize) -> String {
    match facts.plan.window() {
        None => String::new(),
        Some(_) => format!(" at {} reconnecting", facts.rate(rate)),
    }
}

/// How much of a calendar hour is a working hour of the segment, 0-1.
pub fn working_part(segment: &Segment, hour: &LocalHour) -> f64 {
    let length = hour.to - hour.from;
    let steps = segment.work_clock.steps().filter(|s| s.2 >= WORKING && s.0 < hour.to && s.1 > hour.from);
    let work: f64 = steps.map(|s| s.1.min(hour.to) - s.0.max(hour.from)).sum();
    if length > 0.0 { (work / length).min(1.0) } else { 0.0 }
}

/// Failures by a segment's own deadline: in its working hours, and in all hours shown.
fn by_deadline(segment: &Segment, hours: &[HourMeans]) -> (f64, f64) {
    hours.iter().fold((0.0, 0.0), |(work, all), h| {
        let length = (h.hour.to - h.hour.from).max(f64::MIN_POSITIVE);
        let failed = h.failed * ((segment.deadline - h.hour.from) / length).clamp(0.0, 1.0);
        (work + failed * working_part(segment, &h.hour), all + failed)
    })
}

/// Title of the map of zones and hours: the hour in which most orgs fail, and whose it is. `None` with fewer than two zones, or
/// without exact figures.
pub fn busiest_hour(facts: &Facts<'_>) -> Option<String> {
    let (plan, best) = (facts.plan, facts.best(facts.middle()));
    if best.by_time_zone(plan).iter().filter(|z| z.1.orgs > 0).count() < 2 {
        return None;
    }
    let mut busiest: Option<(&Segment, &HourMeans)> = None;
    for (segment, hours) in plan.segments().iter().zip(best.by_local_hour.as_ref()?) {
        for hour in hours.iter().filter(|h| h.hour.from < segment.deadline) {
            // By more than rounding: of hours alike, the first.
            if busiest.is_none_or(|b| hour.failed > b.1.failed * (1.0 + 1e-6)) {
                busiest = Some((segment, hour));
            }
        }
    }
    let (segment, hour) = busiest.filter(|b| b.1.failed >= 0.0005).unzip();
    let Some((segment, hour)) = segment.zip(hour) else {
        return Some(format!("No org fails in any hour up to {}", facts.by));
    };
    let number = about(hour.failed);
    let orgs = if number == "1" { "1 org fails".to_owned() } else { format!("{number} orgs fail") };
    let when = hour.hour.local.format("%a %H:%M");
    let at = super::decision::at_rate(facts, facts.middle());
    Some(format!("{at}, no hour is busier than {when} in {}: {orgs} in it", segment.name))
}

/// Title of the chart by local hour; `None` with fewer than two segments, or without exact figures.
pub fn by_local_hour(facts: &Facts<'_>) -> Option<String> {
    let hours = facts.best(facts.middle()).by_local_hour.as_ref().filter(|h| h.len() > 1)?;
    let parts: Vec<(&Segment, (f64, f64))> =
        facts.plan.segments().iter().zip(hours).map(|(s, h)| (s, by_deadline(s, h))).collect();
    let (work, all) = parts.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.1.0, sum.1 + p.1.1));
    let when = match facts.plan.window() {
        None => String::new(),
        Some(_) => format!("At {} reconnecting, ", facts.rate(facts.middle())),
    };
    if all < 0.0005 {
        return Some(format!("{when}{} connection fails by {}", if when.is_empty() { "No" } else { "no" }, facts.by));
    }
    // Hours long before the deadline are not followed.
    let some = all < facts.failed(facts.middle()) * 0.99;
    let by = if some { format!("in the days before {}", facts.by) } else { format!("by {}", facts.by) };
    let percent = ((1.0 - work / all) * 100.0).round();
    if percent >= 100.0 {
        let all = if when.is_empty() { "All" } else { "all" };
        return Some(format!("{when}{all} failures {by} come outside working hours"));
    }
    let mut ranked = parts;
    ranked.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
    let mut named: Vec<String> = Vec::new();
    let mut held = 0.0;
    for (segment, (inside, _)) in &ranked {
        named.push(segment.name.clone());
        held += inside;
        if held >= NEARLY_ALL * work {
            break;
        }
    }
    let where_ =
        if named.len() <= 2 && named.len() < ranked.len() { format!(" in {}", list(&named)) } else { String::new() };
    Some(if percent >= 50.0 {
        let rest = if where_.is_empty() { where_ } else { format!("; the rest{where_}") };
        format!("{when}{} % of failures {by} come outside working hours{rest}", group_count(percent as u64))
    } else {
        let rest = if where_.is_empty() { where_ } else { format!(", nearly all{where_}") };
        format!("{when}{} % of failures {by} come in working hours{rest}", group_count(100 - percent as u64))
    })
}
