//! Which segment is worst off, and at which of their own hours orgs fail: the sentences and titles that compare segments.

use super::facts::Facts;
use crate::output::words::{about, list};
use crate::plan::units::{group_count, show_share};
use crate::plan::wording::{FAIL, FAILS, ORG, ORGS, PERCENT, Term, capital, date_pattern, spoken};
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

/// Shares that differ by less than this part of the highest are tied.
const TIED: f64 = 0.005;

/// Mean failures below this are none.
const NONE: f64 = 0.0005;

/// The segments with the highest share of their orgs failed by the deadline, at a rate.
struct WorstOff<'a> {
    rate: usize,
    /// Those with the highest share, in the plan's order: several where they are tied.
    worst: Vec<&'a SegmentMeans>,
    /// The others in which some fail.
    rest: Vec<&'a SegmentMeans>,
    /// Those in which none fails by the deadline.
    spared: Vec<&'a SegmentMeans>,
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

/// Share of all their orgs that fail by the deadline.
fn share_of_all(segments: &[&SegmentMeans]) -> f64 {
    let orgs: u64 = segments.iter().map(|s| s.orgs).sum();
    segments.iter().map(|s| s.failed_by_deadline.mean).sum::<f64>() / orgs.max(1) as f64
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
    if segments.len() < 2 {
        return None;
    }
    let noise = segments.iter().filter_map(|s| Some(s.failed_by_deadline.se? / s.orgs as f64)).fold(0.0, f64::hypot);
    let (hit, spared): (Vec<&SegmentMeans>, Vec<&SegmentMeans>) =
        segments.into_iter().partition(|s| s.failed_by_deadline.mean >= NONE);
    let highest = hit.iter().map(|s| failed_share(s)).fold(0.0, f64::max);
    let least = highest * (1.0 - TIED) - CERTAIN_SE * noise;
    let (worst, rest): (Vec<&SegmentMeans>, Vec<&SegmentMeans>) =
        hit.into_iter().partition(|s| failed_share(s) >= least);
    let (theirs, others) = (share_of_all(&worst), share_of_all(&rest));
    let orgs: u64 = worst.iter().map(|s| s.orgs).sum();
    let stands_out = !rest.is_empty()
        && worst.len() <= MOST_NAMED
        && theirs >= WORTH_NAMING * others
        && (theirs - others) * orgs as f64 >= 0.5
        && theirs - others > CERTAIN_SE * noise;
    Some(WorstOff { rate, worst, rest, spared, stands_out })
}

/// More segments than this that are tied are not told as being worst off.
const MOST_NAMED: usize = 3;

fn names(segments: &[&SegmentMeans]) -> String {
    list(&segments.iter().map(|s| s.name.clone()).collect::<Vec<_>>())
}

/// Names the segments that are worst off, and the one with most failures; `None` where no difference is worth a sentence.
pub(super) fn who_is_worst_off(facts: &Facts<'_>) -> Option<String> {
    let off = worst_off(facts).filter(|w| w.stands_out)?;
    let segments = compared(facts, off.rate);
    let most = segments.iter().rev().max_by(|a, b| a.failed_by_deadline.mean.total_cmp(&b.failed_by_deadline.mean))?;
    let total: f64 = segments.iter().map(|s| s.failed_by_deadline.mean).sum();
    let of_all = format!("{} of {}", about(most.failed_by_deadline.mean), about(total));
    let also = match off.worst[..] {
        [only] if only.id == most.id => format!("It also has the most failures: about {of_all}."),
        _ => format!("The most failures are in {}: about {of_all}.", most.name),
    };
    let are = if off.worst.len() == 1 { "is" } else { "are" };
    Some(format!(
        "{}, {} {are} worst off. There, {} of {ORGS} {FAIL} by the deadline, against {}. {also}",
        facts.when(off.rate),
        names(&off.worst),
        show_share(share_of_all(&off.worst)),
        against(&off)
    ))
}

/// `2.4 % elsewhere`, or of the only other one by its name.
fn against(off: &WorstOff<'_>) -> String {
    let others = show_share(share_of_all(&off.rest));
    match off.rest[..] {
        [only] => format!("{others} in {}", only.name),
        _ => format!("{others} elsewhere"),
    }
}

/// `; none in Enterprise` where nothing hits some segments.
fn and_spared(off: &WorstOff<'_>) -> String {
    match off.spared.len() {
        0 => String::new(),
        n if n > MOST_NAMED => format!("; none in {n} segments"),
        _ => format!("; none in {}", names(&off.spared)),
    }
}

/// Title of the chart by segment; `None` with fewer than two segments.
pub(super) fn by_segment(facts: &Facts<'_>) -> Option<String> {
    let off = worst_off(facts)?;
    if facts.none_fail() || off.worst.is_empty() {
        return Some(format!(
            "No {ORG} of any segment {FAILS} by {}{}",
            facts.by,
            if facts.none_fail() { String::new() } else { facts.on_condition(off.rate) }
        ));
    }
    let highest = show_share(share_of_all(&off.worst));
    if off.stands_out {
        let (are, their) = if off.worst.len() == 1 { ("is", "its") } else { ("are", "their") };
        return Some(format!(
            "{}{} {are} worst off: {highest} of {their} {ORGS} {FAIL} by {}, against {}",
            facts.supposing(off.rate),
            names(&off.worst),
            facts.by,
            against(&off)
        ));
    }
    if let ([only], []) = (&off.worst[..], &off.rest[..]) {
        return Some(format!(
            "Only {} is hit: {highest} of its {ORGS} {FAIL} by {}{}{}",
            only.name,
            facts.by,
            facts.on_condition(off.rate),
            and_spared(&off)
        ));
    }
    let hit = off.worst.iter().chain(&off.rest);
    let low = show_share(hit.map(|s| failed_share(s)).fold(f64::INFINITY, f64::min));
    let range = if low == highest { highest } else { format!("{low} to {highest}") };
    Some(format!(
        "No segment is much worse off than the others: {range} of {ORGS} {FAIL} by {}{}{}",
        facts.by,
        facts.on_condition(off.rate),
        and_spared(&off)
    ))
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
pub(super) fn busiest_hour(facts: &Facts<'_>) -> Option<String> {
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
        return Some(format!("No {ORG} {FAILS} in any hour up to {}", facts.by));
    };
    let orgs = Term::failing(&about(hour.failed));
    let when = spoken(&hour.hour.local.format(&date_pattern("%a %H:%M")).to_string());
    let busiest = format!("the busiest hour is {when} in {}: {orgs} in it", segment.name);
    Some(capital(&format!("{}{busiest}", facts.supposing(facts.middle()))))
}

/// Title of the chart by local hour; `None` with fewer than two segments, or without exact figures.
pub(super) fn by_local_hour(facts: &Facts<'_>) -> Option<String> {
    let hours = facts.best(facts.middle()).by_local_hour.as_ref().filter(|h| h.len() > 1)?;
    let parts: Vec<(&Segment, (f64, f64))> =
        facts.plan.segments().iter().zip(hours).map(|(s, h)| (s, by_deadline(s, h))).collect();
    let (work, all) = parts.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.1.0, sum.1 + p.1.1));
    let when = facts.supposing(facts.middle());
    // Hours long before the deadline are not followed.
    let some = all < facts.failed(facts.middle()) * 0.99;
    let by = if some { format!("in the days before {}", facts.by) } else { format!("by {}", facts.by) };
    if all < 0.0005 {
        return Some(capital(&format!("{when}no {ORG} {FAILS} {by}")));
    }
    let percent = ((1.0 - work / all) * 100.0).round();
    if percent >= 100.0 {
        return Some(capital(&format!("{when}all failures {by} come outside working hours")));
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
        format!("{when}{}{PERCENT} of failures {by} come outside working hours{rest}", group_count(percent as u64))
    } else {
        let rest = if where_.is_empty() { where_ } else { format!(", nearly all{where_}") };
        format!("{when}{}{PERCENT} of failures {by} come in working hours{rest}", group_count(100 - percent as u64))
    })
}
