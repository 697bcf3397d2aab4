//! What the plans have in common and what not: the uptake rates at which they can be compared, and the assumptions in which they
//! differ.

use super::Contender;
use crate::plan::{Plan, Segment, Uptake};
use crate::results::comparison::Differing;
use crate::{Error, Result};

/// A rate that all plans have: its place in each.
pub(super) type SharedRate = Vec<usize>;

/// Keys whose values are no part of what is compared: every plan is run with the same.
const NOT_COMPARED: [&str; 3] = ["seed", "runs", "reconnect.uptake"];

/// Titles up to this length serve as labels.
const SHORT_TITLE: usize = 28;

/// Whether two plans write the same rate. What comparable campaigns reached is another law in each plan's own window, and the same rate.
fn same_rate(a: &Uptake, b: &Uptake) -> bool {
    match (&a.law, &b.law) {
        (None, None) => (a.value - b.value).abs() < 1e-9,
        (Some(one), Some(other)) => one == other || a.echo == b.echo,
        _ => false,
    }
}

/// The rates that all plans share, ascending.
///
/// # Errors
/// Where there is none.
pub(super) fn shared_rates(contenders: &[Contender], plans: &[&Plan]) -> Result<Vec<SharedRate>> {
    let place = |plan: &Plan, rate: &Uptake| plan.uptakes().iter().position(|u| same_rate(u, rate));
    let first = plans[0].uptakes();
    let distinct = first.iter().enumerate().filter(|(i, rate)| place(plans[0], rate) == Some(*i));
    let mut shared: Vec<SharedRate> =
        distinct.filter_map(|(_, rate)| plans.iter().map(|plan| place(plan, rate)).collect()).collect();
    shared.sort_by(|a, b| first[a[0]].value.total_cmp(&first[b[0]].value));
    if shared.is_empty() {
        let rates = |plan: &Plan| plan.uptakes().iter().map(|u| u.label.clone()).collect::<Vec<_>>().join(", ");
        let each = contenders.iter().zip(plans).map(|(c, p)| format!("{} has {}", c.provenance.path, rates(p)));
        return Err(Error::BadUsage(format!(
            "the scenarios have no uptake rate in common to compare them at: {}. Name the rates: --uptake 0,0.5,1",
            each.collect::<Vec<_>>().join("; ")
        )));
    }
    Ok(shared)
}

/// What the plans are called: their titles where all are short and unlike, else their files' names; numbered where these are alike.
pub(super) fn labels(contenders: &[Contender]) -> Vec<String> {
    let titles: Vec<&str> = contenders.iter().map(|c| c.family.centre().title()).collect();
    let unlike = |names: &[&str]| (1..names.len()).all(|i| !names[..i].contains(&names[i]));
    if unlike(&titles) && titles.iter().all(|t| t.chars().count() <= SHORT_TITLE) {
        return titles.into_iter().map(str::to_owned).collect();
    }
    let stems: Vec<&str> = contenders.iter().map(|c| stem(&c.provenance.path)).collect();
    if unlike(&stems) {
        return stems.into_iter().map(str::to_owned).collect();
    }
    stems.iter().enumerate().map(|(i, stem)| format!("{} {stem}", i + 1)).collect()
}

/// A file's name without folder and ending.
pub(super) fn stem(path: &str) -> &str {
    std::path::Path::new(path).file_stem().and_then(|s| s.to_str()).unwrap_or(path)
}

/// For each plan what differs: all of it for the baseline, and for the others where they depart from it. Keys stand in the order of
/// the baseline's scenario, then of the others'.
pub(super) fn differing(contenders: &[Contender], baseline: usize) -> Vec<Vec<Differing>> {
    let words = |k: usize, key: &str| contenders[k].assumptions.iter().find(|a| a.key == key).map(|a| a.words.as_str());
    let mut keys: Vec<&str> = Vec::new();
    for contender in std::iter::once(&contenders[baseline]).chain(contenders) {
        for assumption in contender.assumptions {
            let key = assumption.key.as_str();
            if !keys.contains(&key) && !NOT_COMPARED.contains(&key) {
                keys.push(key);
            }
        }
    }
    keys.retain(|key| (0..contenders.len()).any(|k| words(k, key) != words(baseline, key)));
    let of = |k: usize| {
        let own = keys.iter().filter(|key| k == baseline || words(k, key) != words(baseline, key));
        own.map(|key| Differing { key: (*key).to_owned(), words: words(k, key).map(str::to_owned) }).collect()
    };
    (0..contenders.len()).map(of).collect()
}

/// Windows whose working hours differ by more than this factor are not alike.
const UNLIKE_WINDOWS: f64 = 1.25;

/// The working hours that the windows hold for an org on average, by plan, where they are not alike: a reader must not take it for
/// given that as many reconnect in each.
pub(super) fn unlike_windows(plans: &[&Plan]) -> Option<Vec<f64>> {
    let hours: Vec<f64> = plans.iter().map(|plan| office_hours(plan)).collect::<Option<_>>()?;
    let (least, most) = hours.iter().fold((f64::INFINITY, 0.0_f64), |(a, b), h| (a.min(*h), b.max(*h)));
    (most > least * UNLIKE_WINDOWS).then_some(hours)
}

/// Office hours within the window, the mean over orgs; `None` where nobody reconnects.
fn office_hours(plan: &Plan) -> Option<f64> {
    let of = |s: &Segment| {
        let timing = s.timing.as_ref()?;
        let done = s.work_clock.work_until(timing.closes()) - s.work_clock.work_until(timing.opens());
        Some(s.orgs as f64 * done)
    };
    let total: f64 = plan.segments().iter().map(of).sum::<Option<f64>>()?;
    Some(total / plan.orgs() as f64)
}
