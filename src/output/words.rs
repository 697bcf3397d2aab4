//! How outputs write what a result holds: means no more precisely than they are known, natural frequencies, chances, rates
//! and deadlines. It knows nothing of formats.

use crate::plan::clock::{abbreviation, show};
use crate::plan::units::{between, group_count, show_share};
use crate::plan::wording::{ACT, ACTS, ORG, PERCENT, Term, date_pattern, spoken};
use crate::plan::{DateOf, Deadline, Plan};
use crate::results::{Mean, Outcome, Quantity};
use chrono::{DateTime, Datelike, Duration, NaiveDateTime, Utc};

/// From here on a plan is said to keep within its tolerance.
pub const LIKELY: f64 = 0.9;

/// The unit of the last digit that [`about`] writes.
fn about_unit(mean: f64) -> f64 {
    match mean.abs() {
        m if m >= 999_999.5 => {
            let (unit, _) = short_unit(m);
            unit * 10_f64.powi(-((2 - (m / unit).log10().floor() as i32).clamp(0, 2)))
        }
        m if m >= 9.95 => 1.0,
        m => natural_unit(m),
    }
}

/// The number that [`about`] writes.
pub fn shown(mean: f64) -> f64 {
    let unit = about_unit(mean);
    (mean / unit).round() * unit
}

/// The difference of two figures as [`about`] writes them, so that a reader who subtracts them gets it: 123 and 55 differ by 68.
pub fn difference(larger: f64, smaller: f64) -> String {
    let apart = (shown(larger) - shown(smaller)).max(0.0);
    if apart >= 999_999.5 {
        return compact(apart);
    }
    written(apart, about_unit(larger).min(about_unit(smaller)).min(1.0), true)
}

/// A mean for a sentence: whole orgs from 10 on, else with one decimal or as many as it needs; short from a million on.
pub fn about(mean: f64) -> String {
    if mean >= 999_999.5 {
        return compact(mean);
    }
    written(mean, if mean >= 9.95 { 1.0 } else { natural_unit(mean) }, true)
}

/// A mean for a table: no more precise than its standard error allows, one decimal below 1,000.
pub fn table_mean(mean: f64, se: Option<f64>) -> String {
    let unit = if mean >= 999.5 { 1.0 } else { natural_unit(mean) };
    written(mean, known_unit(unit, se), false)
}

/// From here on a table has no room for all digits.
pub const LONG: f64 = 1e7;

/// As [`table_mean`], with four digits and a unit where a table has no room for all.
pub fn shown_mean(mean: f64, se: Option<f64>) -> String {
    if mean >= LONG { four_digits(mean) } else { table_mean(mean, se) }
}

/// `49.32 M`.
pub fn four_digits(value: f64) -> String {
    let (unit, suffix) = short_unit(value);
    let decimals = (3 - (value / unit).log10().floor() as i64).clamp(0, 3) as usize;
    format!("{:.decimals$}{suffix}", value / unit)
}

/// As [`table_mean`], of a quantity.
pub fn quantity_mean(quantity: &Quantity) -> String {
    table_mean(quantity.mean, quantity.se)
}

/// As [`table_mean`], of a mean.
pub fn plain_mean(mean: &Mean) -> String {
    table_mean(mean.mean, mean.se)
}

/// A count written short: with thousands separators up to a million, from there on with three digits and a unit.
pub fn compact(count: f64) -> String {
    let (unit, suffix) = short_unit(count);
    let value = count / unit;
    if unit == 1.0 {
        return group_count(value.round().max(0.0) as u64);
    }
    let decimals = (2 - value.log10().floor() as i64).clamp(0, 2) as usize;
    let text = format!("{value:.decimals$}");
    let short = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("{short}{suffix}")
}

/// From a million on, numbers are written in millions, then in billions: the unit, and what is written after the number.
pub fn short_unit(largest: f64) -> (f64, &'static str) {
    match largest {
        x if x >= 1e9 => (1e9, " bn"),
        x if x >= 1e6 => (1e6, " M"),
        _ => (1.0, ""),
    }
}

/// The unit of the last digit worth printing: 0.1, finer for small means.
fn natural_unit(mean: f64) -> f64 {
    match mean.abs() {
        x if x >= 0.995 => 0.1,
        x if x >= 0.0995 => 0.01,
        _ => 0.001,
    }
}

/// Never finer than the power of ten above the standard error.
fn known_unit(unit: f64, se: Option<f64>) -> f64 {
    match se {
        Some(se) if se > 0.0 => unit.max(10_f64.powf((se * (1.0 - 1e-9)).log10().ceil())),
        _ => unit,
    }
}

fn written(value: f64, unit: f64, trim: bool) -> String {
    if value > 0.0 && value < 0.0005 && unit <= 0.001 {
        return "<0.001".to_owned();
    }
    if unit >= 1.0 || value == 0.0 {
        return group_count(((value / unit.max(1.0)).round() * unit.max(1.0)).max(0.0) as u64);
    }
    let decimals = (-unit.log10()).round() as usize;
    let text = format!("{value:.decimals$}");
    if trim { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A share as people meet it: `1 org in 28`, `3 orgs in 4`, `every org`, `no org`.
pub fn natural_frequency(share: f64) -> String {
    match share {
        s if s <= 0.0 => format!("no {ORG}"),
        s if s >= 1.0 => format!("every {ORG}"),
        s if s > 0.97 => format!("nearly every {ORG}"),
        s if s < 0.18 => {
            let each = 1.0 / s;
            // Two leading digits are all that a reader can use.
            let scale = 10_f64.powf((each.log10().floor() - 1.0).max(0.0));
            format!("1 {ORG} in {}", group_count(((each / scale).round() * scale) as u64))
        }
        s => {
            let miss = |(k, n): &(u32, u32)| (f64::from(*k) / f64::from(*n) - s).abs();
            let simple = [(1, 2), (1, 3), (2, 3), (1, 4), (3, 4), (1, 5), (2, 5), (3, 5), (4, 5)];
            let tenths = (1..10).map(|k| (k, 10)).chain([(19, 20)]);
            let plain = simple.into_iter().find(|f| miss(f) < 0.013);
            let all = simple.into_iter().chain(tenths);
            let (k, n) = plain.or_else(|| all.min_by(|a, b| miss(a).total_cmp(&miss(b)))).unwrap_or((1, 2));
            format!("{k} {} in {n}", Term::of(k == 1))
        }
    }
}

/// A chance in whole percent; never rounded up to [`LIKELY`], nor to 0 or 100: tails too thin to be kept are still tails.
pub fn chance(p: f64) -> String {
    let percent = p * 100.0;
    match p {
        _ if percent < 1.0 => format!("<1{PERCENT}"),
        _ if percent > 99.0 => format!(">99{PERCENT}"),
        p if p < LIKELY && percent.round() >= LIKELY * 100.0 => {
            format!("{:.1}{PERCENT}", (percent * 10.0).floor() / 10.0)
        }
        _ => format!("{}{PERCENT}", percent.round()),
    }
}

/// A mean as a share of the orgs.
pub fn share(mean: f64, orgs: u64) -> String {
    show_share(mean / orgs as f64)
}

/// A rate in a sentence: `50 %`, or `32-99 %` where it is a law, since no single rate makes its figures.
pub fn rate(plan: &Plan, index: usize, outcome: &Outcome) -> String {
    plan.uptakes().get(index).map_or_else(|| outcome.label.clone(), |uptake| uptake.name.clone())
}

/// Whether the rate is a law.
pub fn is_unknown(plan: &Plan, index: usize) -> bool {
    plan.uptakes().get(index).is_some_and(|u| u.law.is_some())
}

/// What a rate is called beside its line or row: `50 % reconnect`, `nobody reconnects`.
pub fn row_label(plan: &Plan, index: usize, outcome: &Outcome) -> String {
    if plan.window().is_none() && outcome.uptake == 0.0 {
        format!("nobody {ACTS}")
    } else {
        format!("{} {ACT}", rate(plan, index, outcome))
    }
}

/// A text of a plan without the year that goes without saying.
pub fn without_year(text: &str, plan: &Plan) -> String {
    match plan.unsaid_year() {
        Some(year) => text.replace(&format!(", {year}"), "").replace(&format!(" {year}"), ""),
        None => text.to_owned(),
    }
}

/// A year behind a date, where it needs one.
fn year_of(plan: &Plan, year: i32) -> &'static str {
    if plan.unsaid_year() == Some(year) { "" } else { " %Y" }
}

/// An instant in the plan's zone: `Mon 4 May 09:00`.
pub fn moment(plan: &Plan, at: DateTime<Utc>) -> String {
    show(at, plan.time_zone(), plan.unsaid_year())
}

/// The day of an instant in the plan's zone: `Mon 4 May`.
pub fn day(plan: &Plan, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&plan.time_zone());
    local.format(&date_pattern(&format!("%a %-d %b{}", year_of(plan, local.year())))).to_string()
}

/// The date of an instant in the plan's zone, in a sentence: `30 June`, or `June 30`.
pub fn date_spoken(plan: &Plan, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&plan.time_zone());
    local.format(&date_pattern(&format!("%-d %B{}", year_of(plan, local.year())))).to_string()
}

/// The deadline in a sentence: `Monday 4 May 09:00 PDT`, or `Monday, May 4, 9 AM PDT`.
pub fn deadline_spoken(plan: &Plan) -> String {
    if plan.open_date(&DateOf::Deadline).is_some() {
        return deadline_full(plan);
    }
    let shown = |local: NaiveDateTime| {
        let pattern = date_pattern(&format!("%A %-d %B{} %H:%M", year_of(plan, local.year())));
        spoken(&local.format(&pattern).to_string())
    };
    match plan.deadline() {
        Deadline::Absolute(at) => {
            let local = at.with_timezone(&plan.time_zone()).naive_local();
            format!("{} {}", shown(local), abbreviation(at, plan.time_zone()))
        }
        Deadline::OrgLocal(local) => format!("{} in each {ORG}\u{2019}s own time zone", shown(local)),
    }
}

/// What is not the end, where more is to come: `Monday` within a week of the main event, else `the deadline`.
pub fn deadline_day(plan: &Plan) -> String {
    let near = |after: Duration| (Duration::zero()..Duration::days(6)).contains(&after);
    let main = plan.main_event().at;
    match plan.deadline() {
        _ if plan.open_date(&DateOf::Deadline).is_some() => "the deadline".to_owned(),
        Deadline::Absolute(at) if near(at - main) => at.with_timezone(&plan.time_zone()).format("%A").to_string(),
        Deadline::OrgLocal(local) if near(local.and_utc() - main) => local.format("%A").to_string(),
        _ => "the deadline".to_owned(),
    }
}

/// The deadline for a title: `Monday 09:00` within a week of the main event, else with its date; `the deadline` where that is not known.
pub fn deadline_short(plan: &Plan) -> String {
    if plan.open_date(&DateOf::Deadline).is_some() {
        return "the deadline".to_owned();
    }
    let main = plan.main_event().at;
    match plan.deadline() {
        Deadline::Absolute(at) if (Duration::zero()..Duration::days(6)).contains(&(at - main)) => {
            spoken(&at.with_timezone(&plan.time_zone()).format(&date_pattern("%A %H:%M")).to_string())
        }
        Deadline::Absolute(at) => moment(plan, at),
        Deadline::OrgLocal(local) => {
            let after = local.and_utc() - main;
            let near = (Duration::zero()..Duration::days(6)).contains(&after);
            let shown = local.format(&date_pattern(if near { "%A %H:%M" } else { "%a %-d %b %H:%M" })).to_string();
            format!("{} local time", spoken(&shown))
        }
    }
}

/// The deadline in full: `Mon 4 May 09:00 PDT`, or in each org's own time zone.
pub fn deadline_full(plan: &Plan) -> String {
    if let Some(range) = plan.open_date(&DateOf::Deadline) {
        let [low, _, high] = range.at.map(|at| moment(plan, at));
        return format!("the deadline (not known: {low} to {high})");
    }
    match plan.deadline() {
        Deadline::Absolute(at) => format!("{} {}", moment(plan, at), abbreviation(at, plan.time_zone())),
        Deadline::OrgLocal(local) => {
            let year = year_of(plan, local.year());
            format!("{} in each {ORG}'s own time zone", local.format(&date_pattern(&format!("%a %-d %b{year} %H:%M"))))
        }
    }
}

/// A time that may be read on each org's own clock: `Mon 4 May 09:00`, or `Mon 4 May 09:00 local time`.
pub fn clocked(plan: &Plan, at: Deadline) -> String {
    match at {
        Deadline::Absolute(at) => moment(plan, at),
        Deadline::OrgLocal(local) => {
            let year = year_of(plan, local.year());
            format!("{} local time", local.format(&date_pattern(&format!("%a %-d %b{year} %H:%M"))))
        }
    }
}

/// Hours since `as_of` of the earliest and the latest deadline of any segment with orgs.
pub fn deadline_hours(plan: &Plan) -> (f64, f64) {
    let hours = plan.segments().iter().filter(|s| s.orgs > 0).map(|s| s.deadline);
    hours.fold((f64::INFINITY, 0.0), |(low, high), h| (low.min(h), high.max(h)))
}

/// What is measured against what: `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(between(items))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_printed_no_more_precisely_than_they_are_known() {
        let cases = [
            (88.899, None, "88.9"),
            (88.899, Some(0.09), "88.9"),
            (88.899, Some(0.3), "89"),
            (1234.5, Some(2.0), "1,230"),
            (49_321.6, Some(2.17), "49,320"),
            (0.0493, None, "0.049"),
            (0.0, None, "0"),
            (0.0, Some(0.0), "0"),
            (0.0001, None, "<0.001"),
            (123_302.4, None, "123,302"),
        ];
        for (mean, se, want) in cases {
            assert_eq!(table_mean(mean, se), want, "{mean} with standard error {se:?}");
        }
        let counts = [999.0, 12_345.0, 1_234_567.0, 40_000_000.0, 49_321_658.0];
        assert_eq!(counts.map(compact), ["999", "12,345", "1.23 M", "40 M", "49.3 M"]);
        assert_eq!([123.3, 9.97, 2.0, 0.25].map(about), ["123", "10", "2", "0.25"]);
    }

    #[test]
    fn shares_become_natural_frequencies() {
        let cases = [
            (0.035_561, "1 org in 28"),
            (0.049_321, "1 org in 20"),
            (0.333, "1 org in 3"),
            (0.655, "2 orgs in 3"),
            (0.5, "1 org in 2"),
            (0.9, "9 orgs in 10"),
            (0.99, "nearly every org"),
            (1.0, "every org"),
            (0.0, "no org"),
            (0.000_123, "1 org in 8,100"),
        ];
        for (share, want) in cases {
            assert_eq!(natural_frequency(share), want);
        }
    }

    #[test]
    fn a_chance_is_never_rounded_up_to_a_promise() {
        assert_eq!(
            [0.8953, 0.8999, 0.9, 0.0, 0.004, 0.9999, 1.0].map(chance),
            ["89.5 %", "89.9 %", "90 %", "<1 %", "<1 %", ">99 %", ">99 %"]
        );
    }
}
