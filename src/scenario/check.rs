//! What ties the values of a scenario together: the order of its instants, its shares, its ages and intervals. Each check
//! speaks only when all that it compares is there, so that one fault does not cause another.

use super::finding_code::FindingCode;
use crate::plan::zone::Tz;
use crate::plan::{OLDEST, oldest};
use chrono::{DateTime, Duration, Utc};

use super::domain::{instant, local_time};
use super::draft::{Draft, SegmentDraft};
use super::finding::Finding;
use super::instant::DATE_ALONE;
use super::quantity::{Number, OpenLaw, QuantileDraw};
use super::reader::Placed;
use super::times::Times;
use super::tree::Span;
use super::{check_hours, check_policies};
use crate::plan::wording::{ACTS, WINDOW};
use crate::plan::{clock, units};
use crate::stats::Law;

/// Shares may miss 1 by this much; they are scaled then.
const SHARE_SLACK: f64 = 0.002;
/// Longest projection.
const LONGEST_YEARS: i64 = 20;

/// All faults of a draft under a draw that no single value has alone.
pub(super) fn check(draft: &Draft, draw: &QuantileDraw<'_>) -> Vec<Finding> {
    let mut faults = Vec::new();
    let mut times = Times::new(draft, draw);
    if let Some(fault) = horizon_fault(&times) {
        faults.push(fault);
        // A horizon that is wrong says nothing about a deadline.
        times.horizon = None;
    }
    faults.extend(window_fault(draft, &times));
    faults.extend(deadline_faults(draft, draw, &times));
    if draft.inventory.is_none() {
        faults.extend(share_fault(&draft.segments));
        faults.extend(orgs_fault(draft));
    }
    faults.extend(age_faults(draft, draw));
    faults.extend(check_hours::faults(draft, &times));
    faults.extend(check_policies::faults(draft, draw, &times));
    faults
}

fn horizon_fault(times: &Times) -> Option<Finding> {
    let ((as_of, as_of_span), (horizon, span)) = (times.as_of.clone()?, times.horizon.clone()?);
    let fault = |message: &str| {
        Finding::new(FindingCode::HorizonOrder, message, span.clone()).related(as_of_span.clone(), "as_of")
    };
    if horizon <= as_of {
        let help = "let the curve end after `as_of`, best when the last connection has refreshed";
        return Some(fault("the horizon is not after `as_of`").label(times.show(horizon)).help(help));
    }
    let far = horizon - as_of > Duration::days(LONGEST_YEARS * 366);
    far.then(|| {
        let message = format!("the horizon is more than {LONGEST_YEARS} years after `as_of`");
        fault(&message).help("is the year meant? Two months are usually enough")
    })
}

fn window_fault(draft: &Draft, times: &Times) -> Option<Finding> {
    let (closes, span) = times.closes.clone()?;
    let fault = |message: &str, help: &str| {
        Finding::new(FindingCode::WindowOrder, message, span.clone()).label(times.show(closes)).help(help)
    };
    if let Some((opens, opens_span)) = times.opens.clone()
        && closes < opens
    {
        return Some(
            fault("the window closes before it opens", "let `closes` be after `opens`")
                .related(opens_span, format!("opens {}", times.show(opens))),
        );
    }
    let (as_of, as_of_span) = times.as_of.clone()?;
    // Of a campaign whose curve is known and over nobody acts any more, which is told.
    let is_over = draft.reconnect.as_ref().is_some_and(|reconnect| reconnect.timing.curve.is_some());
    if closes < as_of && !is_over {
        let help = "nothing before `as_of` is simulated: let the window close later, or leave [reconnect] out";
        return Some(fault("the window is over by `as_of`", help).related(as_of_span, times.show(as_of)));
    }
    (closes - as_of > Duration::days(LONGEST_YEARS * 366)).then(|| {
        fault(&format!("the window closes more than {LONGEST_YEARS} years after `as_of`"), "is the year meant?")
    })
}

fn deadline_faults(draft: &Draft, draw: &QuantileDraw<'_>, times: &Times) -> Vec<Finding> {
    let Some(deadline) = &draft.deadline else { return Vec::new() };
    let Ok(value) = deadline.at.value.value(draw) else { return Vec::new() };
    let span = &deadline.at.span;
    if !deadline.org_local {
        return deadline_fault(instant(value), span, "", times).into_iter().collect();
    }
    let mut by_zone: Vec<(Tz, Vec<String>)> = Vec::new();
    for segment in draft.segments() {
        let Some(zone) = segment.zone else { continue };
        let name = segment.id.unwrap_or_default();
        match by_zone.iter_mut().find(|(z, _)| *z == zone) {
            Some((_, names)) => names.push(name),
            None => by_zone.push((zone, vec![name])),
        }
    }
    let mut faults = Vec::new();
    for (zone, names) in by_zone {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let whose = match (draft.segments.is_empty(), names.len()) {
            (true, _) => String::new(),
            (_, 1) => format!(" (segment {})", super::keys::list(&names)),
            _ => format!(" (segments {})", super::keys::list(&names)),
        };
        let local = match &deadline.at.value {
            Number::Derived(derived) => derived.value_in(Some(zone), draw).unwrap_or(value),
            _ => value,
        };
        match clock::to_utc(local_time(local), zone) {
            Ok(at) => faults.extend(deadline_fault(at, span, &format!(" in {zone}{whose}"), times)),
            Err(error) => {
                let help =
                    "choose a local time that exists once in every segment's zone, or an instant: clock = \"absolute\"";
                faults.push(Finding::new(FindingCode::LocalTime, format!("{error}{whose}"), span.clone()).help(help));
            }
        }
    }
    faults
}

fn deadline_fault(at: DateTime<Utc>, span: &Span, place: &str, times: &Times) -> Option<Finding> {
    let fault = |message: String| Finding::new(FindingCode::DeadlineOrder, message, span.clone()).label(times.show(at));
    if let Some((as_of, as_of_span)) = &times.as_of
        && at < *as_of
    {
        let fault = fault(format!("the deadline{place} is before `as_of`"));
        return Some(fault.related(as_of_span.clone(), times.show(*as_of)).help("let it be later, or `as_of` earlier"));
    }
    let (horizon, horizon_span) = times.horizon.as_ref()?;
    (at > *horizon).then(|| {
        let fault = fault(format!("the deadline{place} is after the horizon"));
        fault
            .related(horizon_span.clone(), times.show(*horizon))
            .help("let the horizon be later: the curve must reach the deadline")
    })
}

fn share_fault(segments: &[SegmentDraft]) -> Option<Finding> {
    let shares: Vec<&Placed<f64>> = segments.iter().map(|s| s.share.as_ref()).collect::<Option<_>>()?;
    let (last, others) = shares.split_last()?;
    let sum: f64 = shares.iter().map(|s| s.value).sum();
    if (sum - 1.0).abs() <= SHARE_SLACK + 1e-12 {
        return None;
    }
    let sum = units::round_to(sum, 6);
    let rest = units::round_to(1.0 - (sum - last.value), 6);
    let help = if rest > 0.0 {
        format!("let them add up to 1: {rest} here would do, or a further segment for the rest of the orgs")
    } else {
        "let them add up to 1".to_owned()
    };
    let help = if sum > 1.0 { help.replace(", or a further segment for the rest of the orgs", "") } else { help };
    let finding =
        Finding::new(FindingCode::ShareSum, format!("the segments' shares add up to {sum}, not 1"), last.span.clone());
    Some(others.iter().fold(finding.help(help), |f, share| f.related(share.span.clone(), "")))
}

/// Segments of which some say how many orgs they hold, or which hold others than the scenario has.
fn orgs_fault(draft: &Draft) -> Option<Finding> {
    let (with, without): (Vec<_>, Vec<_>) = draft.segments.iter().partition(|segment| segment.orgs.is_some());
    let first = with.first()?.orgs.as_ref()?;
    if let Some(share) = without.iter().find_map(|segment| segment.share.as_ref()) {
        let message = "some segments say `orgs`, others `share`";
        let finding = Finding::new(FindingCode::OrgsAndShares, message, share.span.clone());
        return Some(finding.related(first.span.clone(), "").help("let all say `orgs`, or none"));
    }
    let sum: f64 = with.iter().filter_map(|segment| segment.orgs.as_ref()).map(|orgs| orgs.value).sum();
    let all = if let Some(Number::Known(orgs)) = draft.orgs { orgs } else { sum };
    let told = |orgs: f64| units::group_count(orgs as u64);
    if sum < 1.0 {
        let finding = Finding::new(FindingCode::NoOrgs, "the segments hold nobody", first.span.clone());
        return Some(finding.help("let at least one hold somebody"));
    }
    (sum != all).then(|| {
        let message = format!("the segments hold {}, not the {} of `population.orgs`", told(sum), told(all));
        let finding = Finding::new(FindingCode::OrgsAndShares, message, first.span.clone());
        finding.help(format!("leave `population.orgs` out, or let it be {}", told(sum).replace(',', "_")))
    })
}

/// Least share of a segment's ages that its interval can reach, whichever of its laws hold.
fn reachable(ages: &OpenLaw, interval: &OpenLaw, draw: &QuantileDraw<'_>) -> Option<f64> {
    let (ages, intervals) = (ages.branches(draw).ok()?, interval.branches(draw).ok()?);
    let share = |ages: &Law, longest: f64| match ages.atoms() {
        // Strictly below: an age equal to the longest interval is left out.
        Some(atoms) => atoms.iter().filter(|a| a.0 < longest).map(|a| a.1).sum(),
        None => ages.cdf(longest),
    };
    let pairs = ages.iter().flat_map(|a| intervals.iter().map(move |i| share(a, oldest(i))));
    Some(pairs.fold(1.0, f64::min))
}

/// Each pair of ages and interval that some segment has, once, with that segment.
fn pairs(draft: &Draft) -> Vec<(SegmentDraft, OpenLaw, OpenLaw)> {
    let mut pairs: Vec<(SegmentDraft, OpenLaw, OpenLaw)> = Vec::new();
    for segment in draft.segments() {
        if let (Some(ages), Some(interval)) = (segment.values.last_refresh.clone(), segment.values.interval.clone())
            && !pairs.iter().any(|(_, a, i)| *a == ages && *i == interval)
        {
            pairs.push((segment, ages, interval));
        }
    }
    pairs
}

fn age_faults(draft: &Draft, draw: &QuantileDraw<'_>) -> Vec<Finding> {
    let mut faults = Vec::new();
    for (_, ages, interval) in pairs(draft) {
        if reachable(&ages, &interval, draw) != Some(0.0) {
            continue;
        }
        // A default has no place in the file.
        let (at, other) = if interval.span == Span::file_start() { (&ages, &interval) } else { (&interval, &ages) };
        let finding =
            Finding::new(FindingCode::UnreachableAges, "no org's age can be reached by this interval", at.span.clone());
        let mut finding = finding.label(at.describe()).help(
            "an org whose age is beyond its longest interval would have refreshed already: \
             let `refresh.interval` be longer or `population.last_refresh` shorter",
        );
        if other.span == Span::file_start() {
            finding.message += &format!(" (the other is the default: {})", other.describe());
        } else {
            finding = finding.related(other.span.clone(), other.describe());
        }
        faults.push(finding);
    }
    faults
}

/// What the user should know of a scenario without faults.
pub(super) fn notes(draft: &Draft) -> Vec<String> {
    let mut notes = check_hours::notes(draft, &Times::new(draft, &QuantileDraw::CENTRE));
    notes.extend(overdue(draft));
    let times = Times::new(draft, &QuantileDraw::CENTRE);
    if let (Some((closes, _)), Some((as_of, _))) = (&times.closes, &times.as_of)
        && closes < as_of
    {
        notes.push(format!("The {WINDOW} closed before the plan begins, so nobody {ACTS}."));
    }
    notes.extend(dates_alone(draft));
    for (segment, ages, interval) in pairs(draft).into_iter().filter(|(segment, ..)| segment.known.is_none()) {
        let share = reachable(&ages, &interval, &QuantileDraw::CENTRE).unwrap_or(1.0);
        // What no interval is to blame for is told where the ages are drawn.
        let laws = interval.branches(&QuantileDraw::CENTRE).unwrap_or_default();
        let is_cut = laws.iter().all(|law| law.support().1 > OLDEST);
        if share > 0.0 && share < 1.0 - 1e-12 && !is_cut {
            let whose = if draft.segments.is_empty() { String::new() } else { format!(" of segment {}", segment.name) };
            notes.push(format!(
                "The token ages{whose} ({}) include ages that the refresh interval rules out ({}). That is {} of them; only possible ones \
                 are used. To fix it, write ages up to the longest interval, or a longer interval.",
                ages.describe(),
                interval.describe(),
                units::show_share(1.0 - share)
            ));
        }
    }
    notes
}

/// Columns whose instants are written as dates alone.
fn dates_alone(draft: &Draft) -> Vec<String> {
    let columns = draft.inventory.iter().flat_map(|inventory| &inventory.columns);
    let alone = columns.filter(|(_, form)| form.value.instants.is_date_alone());
    alone.map(|(column, _)| format!("{column}: {DATE_ALONE}")).collect()
}

/// Known orgs that no interval reaches.
fn overdue(draft: &Draft) -> Option<String> {
    let (mut overdue, mut all, mut longest) = (0, 0, 0.0_f64);
    for segment in &draft.segments {
        let (Some(known), Some(interval)) = (&segment.known, &segment.values.interval) else { continue };
        let ends = interval.branches(&QuantileDraw::CENTRE).ok()?.iter().map(oldest).fold(0.0, f64::max);
        let within = known.younger_than(ends).orgs();
        all += known.orgs();
        if within < known.orgs() {
            overdue += known.orgs() - within;
            longest = longest.max(ends);
        }
    }
    (overdue > 0).then(|| {
        format!(
            "{} of the inventory\u{2019}s {} last refreshed longer ago than the longest interval ({}), and are left out. Either the interval is \
             longer, or these connections are dead.",
            units::group_count(overdue),
            units::orgs(all),
            units::show_hours(longest)
        )
    })
}
