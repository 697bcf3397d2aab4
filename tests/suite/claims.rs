//! What a report says in words is computed again from its figures: every title and sentence, on every scenario of the tests and on 200
//! random plans. A sentence that none of the patterns here reads fails the test, so that no new one goes unchecked.

use cutover::decision::{EngineChoice, Request, project};
use cutover::output::sentence::{Facts, ReportFindings};
use cutover::output::words;
use cutover::plan::{Cause, Plan};
use cutover::results::{Projection, Provenance, SegmentMeans};
use cutover::scenario::{self, Scenario};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use regex::{Captures, Regex};
use std::path::Path;

const PLANS: u64 = 200;

/// A rate's row of the report's table.
struct Row {
    name: String,
    is_law: bool,
    /// Mean and percentiles of those failed by the deadline.
    failed: f64,
    p5: u64,
    p95: u64,
    to_come: f64,
    /// Of the failed, those that a refresh made fail: by a reauthorization or another address.
    at_refresh: f64,
    /// Share of the variance that is not knowing; `None` where all is known.
    not_knowing: Option<f64>,
    within: Option<f64>,
    segments: Vec<SegmentMeans>,
}

/// The figures of a report, and what is wrong with what it says of them.
struct Report<'a> {
    plan: &'a Plan,
    rows: Vec<Row>,
    faults: Vec<String>,
}

impl<'a> Report<'a> {
    fn of(plan: &'a Plan, projection: &Projection) -> Self {
        let row = |i: usize| {
            let best = projection.uptakes[i].best();
            Row {
                name: words::rate(plan, i, &projection.uptakes[i]),
                is_law: words::is_unknown(plan, i),
                failed: best.failed_by_deadline.mean,
                p5: best.failed_by_deadline.percentile(5.0),
                p95: best.failed_by_deadline.percentile(95.0),
                to_come: (best.failed_by_horizon.mean - best.failed_by_deadline.mean).max(0.0),
                at_refresh: best.cause(Cause::Reauthorization).mean + best.cause(Cause::StaticIp).mean,
                not_knowing: best.failed_by_deadline.split.as_ref().map(|split| split.not_knowing),
                within: best.within_tolerance,
                segments: best.by_segment.iter().filter(|s| s.orgs > 0).cloned().collect(),
            }
        };
        Self { plan, rows: (0..projection.uptakes.len()).map(row).collect(), faults: Vec::new() }
    }

    fn must(&mut self, holds: bool, said: &str, why: &str) {
        if !holds {
            self.faults.push(format!("{said}\n    {why}"));
        }
    }

    fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|row| row.name == name)
    }

    fn all(&self, holds: impl Fn(&Row) -> bool) -> bool {
        self.rows.iter().all(holds)
    }

    /// The rates that somebody can aim for.
    fn choices(&self) -> Vec<&Row> {
        let known: Vec<&Row> = self.rows.iter().filter(|row| !row.is_law).collect();
        if known.len() < 2 { self.rows.iter().collect() } else { known }
    }

    fn orgs(&self) -> f64 {
        self.plan.orgs() as f64
    }
}

/// A figure as it is written, and half a unit of its last digit: `2,377`, `1.23 M`, `0.25`, `<0.001`.
fn read(text: &str) -> Option<(f64, f64)> {
    let text = text.trim();
    let text = text.strip_prefix("about ").unwrap_or(text);
    if let Some(limit) = text.strip_prefix('<') {
        return read(limit).map(|(limit, _)| (limit / 2.0, limit / 2.0));
    }
    if let Some(percent) = text.strip_suffix('%') {
        if percent.trim() == ">99.99" {
            return Some((0.999_95, 0.000_05));
        }
        return read(percent).map(|(value, half)| (value / 100.0, half / 100.0));
    }
    let (number, scale) = match (text.strip_suffix(" M"), text.strip_suffix(" bn")) {
        (Some(number), _) => (number, 1e6),
        (_, Some(number)) => (number, 1e9),
        _ => (text, 1.0),
    };
    let number = number.replace(',', "");
    let decimals = number.split_once('.').map_or(0, |(_, after)| after.len() as i32);
    // Trailing noughts are not written.
    let unit = if scale > 1.0 { 0.01_f64.max(10.0_f64.powi(-decimals)) } else { 10.0_f64.powi(-decimals) };
    number.parse::<f64>().ok().map(|value| (value * scale, unit * scale / 2.0))
}

/// Whether a text is what a figure is written as.
fn tells(text: &str, figure: f64) -> bool {
    let slack = 1e-9 * figure.abs().max(1.0);
    read(text).is_some_and(|(value, half)| (value - figure).abs() <= half + slack)
}

/// The same of a chance: `89.9 %`, `<1 %`, `>99 %`. Never more than it is near 90 %.
fn tells_chance(text: &str, p: f64) -> bool {
    match text.replace(' ', "").as_str() {
        "<1%" => p < 0.01,
        ">99%" => p > 0.99,
        text => text
            .strip_suffix('%')
            .and_then(|percent| percent.parse::<f64>().ok())
            .is_some_and(|percent| (percent - 100.0 * p).abs() <= 0.5 + 1e-9 && (percent < 90.0) == (p < 0.9)),
    }
}

type Check = fn(&mut Report<'_>, &Captures<'_>);

/// A condition, as a group: `If 50 % reconnect`, `if nobody reconnects`, `at a rate of 50 %`.
const IF: &str = r"([Ii]f (?:nobody|everyone) reconnects|[Ii]f [\d.<>-]+ ?% reconnect|[Aa]t a rate of [\d.<>-]+ ?%)";

/// The row of the rate that a condition supposes.
fn given<'r>(report: &'r Report<'_>, condition: &str) -> Option<&'r Row> {
    let condition = condition.to_lowercase();
    if condition == "if nobody reconnects" {
        return if report.plan.window().is_none() {
            Some(lowest(report))
        } else {
            report.row("0 %").or_else(|| report.row("0%"))
        };
    }
    if condition == "if everyone reconnects" {
        return report.row("100 %").or_else(|| report.row("100%"));
    }
    let rate = condition.strip_prefix("at a rate of ");
    report.row(rate.or_else(|| condition.strip_prefix("if ")?.strip_suffix(" reconnect"))?)
}

/// What the row of a condition holds; no number where there is none.
fn of(report: &Report<'_>, condition: &str, figure: impl Fn(&Row) -> f64) -> f64 {
    given(report, condition).map_or(f64::NAN, figure)
}

/// What a sentence may be, and what must then hold. `{if}` stands for a condition, `{p}` for a percent sign.
fn claims() -> Vec<(Regex, Check)> {
    let claims: Vec<(&str, Check)> = vec![
        // --- nobody, everybody ---
        (r"^No org fails (?:before the deadline, |by ).+?(, whatever share reconnects)?$", |r, c| {
            let holds = r.all(|row| row.failed < 0.0005);
            r.must(holds, &c[0], "some fail");
        }),
        (r"^(?:Every|Nearly every) org fails by .+$", |r, c| {
            let (n, all) = (r.orgs(), c[0].starts_with("Every"));
            let holds = r.all(|row| row.failed >= if all { (n - 0.51).max(0.999 * n) } else { 0.999 * n });
            r.must(holds, &c[0], "not every org fails");
        }),
        // --- the tolerance ---
        (r"^Staying within ([\d,]+) failed orgs? by .+ (is likely|is not assured): the chance is (.+)$", |r, c| {
            let p = r.rows[0].within.unwrap_or(f64::NAN);
            r.must(tells(&c[1], r.plan.tolerance().unwrap_or(0) as f64), &c[0], "another tolerance");
            r.must(
                (p >= 0.9) == (&c[2] == "is likely") && tells_chance(&c[3], p),
                &c[0],
                &format!("the chance is {p}"),
            );
        }),
        (r"^Every rate compared stays within [\d,]+ failed orgs? by .+: the chance is (?:at least )?(.+)$", |r, c| {
            let least = r.choices().iter().filter_map(|row| row.within).fold(1.0, f64::min);
            let of_all = r.rows.iter().filter_map(|row| row.within).fold(1.0, f64::min);
            r.must(
                least >= 0.9 && tells_chance(&c[1], of_all),
                &c[0],
                &format!("{least} of those aimed for, {of_all} of all"),
            );
        }),
        (r"^Every rate compared stays within ([\d,]+) with 90{p} confidence\.$", |r, c| {
            let holds = r.choices().iter().all(|row| row.within.is_some_and(|p| p >= 0.9));
            r.must(holds, &c[0], "not every rate does");
        }),
        (
            r"^No rate compared stays within [\d,]+(?: failed orgs?)?(?: by .+: even| with 90{p} confidence\. Even) {if}, the chance is (.+?)\.?$",
            |r, c| {
                let best = r.rows.iter().filter_map(|row| row.within).fold(0.0, f64::max);
                let p = of(r, &c[1], |row| row.within.unwrap_or(f64::NAN));
                r.must(best < 0.9 && tells_chance(&c[2], p), &c[0], &format!("the best chance is {best}, there {p}"));
                r.must(p >= best - 0.005, &c[0], &format!("the best chance is {best}, there {p}"));
            },
        ),
        (
            r"^(?:(Everyone)|It takes a rate of (.+?)|(.+?)) (?:must reconnect )?to stay within ([\d,]+) failed orgs? by .+; {if}, the chance is (.+)$",
            |r, c| {
                let least = match (c.get(1), c.get(2).or(c.get(3))) {
                    (None, Some(name)) => r.row(name.as_str()),
                    _ => given(r, "if everyone reconnects"),
                };
                let least = least.and_then(|row| row.within).unwrap_or(f64::NAN);
                let below = of(r, &c[5], |row| row.within.unwrap_or(f64::NAN));
                r.must(tells(&c[4], r.plan.tolerance().unwrap_or(0) as f64), &c[0], "another tolerance");
                r.must(
                    least >= 0.9 && below < 0.9 && tells_chance(&c[6], below),
                    &c[0],
                    &format!("{least} and {below}"),
                );
            },
        ),
        (r"^Staying within [\d,]+ failed orgs? by .+ is likely at (.+), not at (.+)$", |r, c| {
            let yes: Vec<f64> =
                r.rows.iter().filter(|row| names(&c[1]).contains(&row.name)).filter_map(|row| row.within).collect();
            let no: Vec<f64> =
                r.rows.iter().filter(|row| names(&c[2]).contains(&row.name)).filter_map(|row| row.within).collect();
            let holds =
                yes.iter().all(|p| *p >= 0.9) && no.iter().all(|p| *p < 0.9) && !yes.is_empty() && !no.is_empty();
            r.must(holds, &c[0], &format!("{yes:?} and {no:?}"));
        }),
        (
            r"^To stay within ([\d,]+) with 90{p} confidence, (.+) must reconnect \(of the rates compared\)\.$",
            |r, c| {
                r.must(tells(&c[1], r.plan.tolerance().unwrap_or(0) as f64), &c[0], "another tolerance");
                let order = ascending(r);
                let is_it = |row: &&Row| row.name == c[2] || &c[2] == "everyone" && row.name.starts_with("100");
                let place = order.iter().position(is_it);
                let keeps = |row: &&Row| row.within.is_some_and(|p| p >= 0.9);
                let holds = place.is_some_and(|place| {
                    order[place..].iter().all(keeps) && place.checked_sub(1).is_some_and(|below| !keeps(&order[below]))
                });
                r.must(holds, &c[0], "it is not the lowest from which on all do");
            },
        ),
        (r"^The chance that ([\d,]+) or fewer fail is (.+)\.$", |r, c| {
            let p = r.rows[0].within.unwrap_or(f64::NAN);
            r.must(tells(&c[1], r.plan.tolerance().unwrap_or(0) as f64), &c[0], "another tolerance");
            r.must(tells_chance(&c[2], p), &c[0], &format!("the chance is {p}"));
        }),
        // --- failed by the deadline ---
        (r"^(?:{if}, the|The) org fails by .+ with a chance of (.+?)(?:; {if}, (.+))?\.?$", |r, c| {
            let low = c.get(1).map_or(lowest(r).failed, |when| of(r, when.as_str(), |row| row.failed));
            r.must(tells(&c[2], low), &c[0], &format!("the chance is {low}"));
            if let Some(when) = c.get(3) {
                let other = of(r, when.as_str(), |row| row.failed);
                r.must(tells(&c[4], other), &c[0], &format!("there it is {other}"));
            }
        }),
        (r"^About (.+) of ([\d,]+) orgs fail by .+: (.+)$", |r, c| {
            let failed = lowest(r).failed;
            r.must(tells(&c[1], failed) && tells(&c[2], r.orgs()), &c[0], &format!("{failed} fail"));
            let said = &c[3];
            r.must(tells_frequency(said, failed / r.orgs()), &c[0], "another frequency");
        }),
        (r"^Reconnecting hardly changes the failures by .+: about (.+?) orgs? at any rate$", |r, c| {
            let about = read(&c[1]).map_or(f64::NAN, |number| number.0);
            let holds = r.choices().iter().all(|row| (row.failed - about).abs() <= 0.03 * about + 0.51);
            r.must(holds, &c[0], "at some rate it is another number");
        }),
        (r"^{if}, (.+?) orgs? fails? by .+ instead of (.+)$", |r, c| {
            let (high, low) = (of(r, &c[1], |row| row.failed), lowest(r).failed);
            r.must(tells(&c[2], high) && tells(&c[3], low), &c[0], &format!("{high} and {low}"));
        }),
        (r"^{if}, (?:no org fails by .+|none fails\.)$", |r, c| {
            let failed = of(r, &c[1], |row| row.failed);
            r.must(failed < 0.0005, &c[0], &format!("{failed} fail"));
        }),
        (r"^{if}, all ([\d,]+) orgs fail by .+\.$", |r, c| {
            let failed = of(r, &c[1], |row| row.failed);
            r.must(failed > r.orgs() - 0.05 && tells(&c[2], r.orgs()), &c[0], &format!("{failed} fail"));
        }),
        (r"^{if}, about (.+?) of ([\d,]+) orgs \((.+)\) fail by .+\.$", |r, c| {
            let failed = of(r, &c[1], |row| row.failed);
            r.must(tells(&c[2], failed) && tells(&c[3], r.orgs()), &c[0], &format!("{failed} fail"));
            r.must(tells_frequency(&c[4], failed / r.orgs()), &c[0], "another frequency");
        }),
        (r"^{if}, the chance is (.+)\.$", |r, c| {
            let failed = of(r, &c[1], |row| row.failed);
            r.must(tells(&c[2], failed), &c[0], &format!("it is {failed}"));
        }),
        (r"^Outreach changes that little\. {if}, it is still about (.+)\.$", |r, c| {
            let (failed, low) = (of(r, &c[1], |row| row.failed), lowest(r).failed);
            r.must(tells(&c[2], failed) && (failed - low).abs() <= 0.0201 * low, &c[0], &format!("{failed} and {low}"));
        }),
        (r"^{if}, it is more: about (.+)\.$", |r, c| {
            let (failed, low) = (of(r, &c[1], |row| row.failed), lowest(r).failed);
            r.must(tells(&c[2], failed) && failed > low, &c[0], &format!("{failed} and {low}"));
        }),
        (
            r"^{if}, (.+?) still fails?(: they refresh before they reconnect)?\. (Outreach prevents at most|That prevents) (.+) by .+\.$",
            |r, c| {
                let (failed, low) = (of(r, &c[1], |row| row.failed), lowest(r).failed);
                r.must(tells(&c[2], failed), &c[0], &format!("{failed} fail"));
                let all = &c[1] == "If everyone reconnects";
                let at_refresh = of(r, &c[1], |row| row.at_refresh);
                let is_why = all && at_refresh >= 0.99 * failed - 1e-9;
                r.must(c.get(3).is_none() || is_why, &c[0], &format!("{at_refresh} of {failed} fail at a refresh"));
                r.must(all || &c[4] == "That prevents" || c[1].starts_with("At a rate"), &c[0], "more may act");
                // The difference of the two figures as they are shown.
                let shown = |mean: f64| read(&words::about(mean)).map_or(f64::NAN, |number| number.0);
                let half = read(&c[5]).map_or(0.0, |number| number.1);
                let avoided = shown(low) - shown(failed);
                r.must(
                    read(&c[5]).is_some_and(|n| (n.0 - avoided).abs() <= half + 1e-9 * low),
                    &c[0],
                    &format!("{avoided} are avoided"),
                );
            },
        ),
        // --- after the deadline, in the decision ---
        (r"^Nothing more fails after the deadline, up to .+\.$", |r, c| {
            let none = r.all(|row| row.to_come < 0.0005);
            r.must(none, &c[0], "something does");
        }),
        (
            r"^(?:[A-Z][a-z]+|The deadline) is not the end: (another .+?|the org fails .+?)(?: {if})?\.(?: {if}, (.+)\.)?$",
            |r, c| {
                let low = c.get(2).map_or(lowest(r).to_come, |when| of(r, when.as_str(), |row| row.to_come));
                r.must(tells_more(&c[1], low), &c[0], &format!("{low} are to come"));
                if let Some(when) = c.get(3) {
                    let high = of(r, when.as_str(), |row| row.to_come);
                    r.must(tells_more(&c[4], high), &c[0], &format!("{high} are to come"));
                }
            },
        ),
        (r"^{if}, (none fails after the deadline|there is no further risk)\. {if}, (.+)\.$", |r, c| {
            let [low, high] = [&c[1], &c[3]].map(|when| of(r, when, |row| row.to_come));
            r.must(tells_more(&c[2], low) && tells_more(&c[4], high), &c[0], &format!("{low} and {high}"));
        }),
        // --- the curve up to the deadline ---
        (r"^By .+?, the org fails with a chance of (.+)$", |r, c| {
            let failed = lowest(r).failed;
            r.must(tells(&c[1], failed), &c[0], &format!("it is {failed}"));
        }),
        (r"^By .+, nearly all ([\d,]+) orgs fail(?:: half of them by .+)?$", |r, c| {
            let holds = r.all(|row| row.failed >= 0.999 * r.orgs());
            r.must(holds, &c[0], "not all have");
        }),
        (r"^By .+?, ([\d.,<]+(?: M| bn)?) orgs? fails?(?:: half of them by .+)?$", |r, c| {
            let failed = lowest(r).failed;
            r.must(tells(&c[1], failed), &c[0], &format!("{failed} have"));
        }),
        (r"^Reconnecting adds to (?:the failures|the risk) by .+: (.+?)(?: orgs?)? instead of (.+)$", |r, c| {
            let (low, high) = (lowest(r).failed, highest(r).failed);
            r.must(high > low && tells(&c[1], high) && tells(&c[2], low), &c[0], &format!("{high} and {low}"));
        }),
        (r"^Reconnecting hardly changes (?:the failures|the risk) by .+$", |r, c| {
            let (low, high) = (lowest(r).failed, highest(r).failed);
            r.must((high - low).abs() <= 0.03 * low + 0.51, &c[0], &format!("{high} and {low}"));
        }),
        (
            r"^Reconnecting (halves|more than halves|avoids (\d+){p} of) (?:the failures|the risk) by .+, but (?:(.+?) orgs? fails? even {if}|{if} it is still (.+))$",
            |r, c| {
                let (low, high) = (lowest(r).failed, highest(r).failed);
                let ratio = high / low;
                let holds = match &c[1] {
                    "halves" => (0.45..0.55).contains(&ratio),
                    "more than halves" => (0.39..0.47).contains(&ratio),
                    _ => c[2]
                        .parse::<f64>()
                        .is_ok_and(|percent| ((1.0 - ratio) * 100.0 - percent).abs() <= 2.0 + 50.0 / low.max(1.0)),
                };
                r.must(holds, &c[0], &format!("{high} and {low}"));
                let when = c.get(4).or(c.get(5)).map_or("", |when| when.as_str());
                let failed = of(r, when, |row| row.failed);
                let told = c.get(3).or(c.get(6)).map_or("", |told| told.as_str());
                r.must(tells(told, failed), &c[0], "the rest is another");
            },
        ),
        // --- chances of more ---
        (
            r"^The chance of more than ([\d,]+) failed orgs? by .+? is ([<>\d.]+{p})(?: {if})?(?: and ([<>\d.]+{p}) {if})?$",
            |r, c| {
                r.must(tells(&c[1], r.plan.tolerance().unwrap_or(0) as f64), &c[0], "another tolerance");
                for (told, when) in [(c.get(2), c.get(3)), (c.get(4), c.get(5))] {
                    let Some(told) = told else { continue };
                    let row = when.map_or(Some(lowest(r)), |when| given(r, when.as_str()));
                    let p = 1.0 - row.and_then(|row| row.within).unwrap_or(f64::NAN);
                    r.must(tells_chance(told.as_str(), p), &c[0], &format!("the chance is {p}"));
                }
            },
        ),
        (r"^(?:{if}, )?[Mm]ore than (.+) failed orgs? by .+ has at most 1 chance in 20$", |r, c| {
            let row = c.get(1).map_or(Some(lowest(r)), |when| given(r, when.as_str()));
            let p95 = row.map_or(f64::NAN, |row| row.p95 as f64);
            r.must(tells(&c[2], p95), &c[0], &format!("the 95th percentile is {p95}"));
        }),
        // --- after the deadline ---
        (r"^No org fails up to .+$", |r, c| {
            let holds = r.all(|row| row.failed + row.to_come < 0.0005);
            r.must(holds, &c[0], "some fail");
        }),
        (
            r"^(?:It is all over by .+|All failures come before the deadline: .+|Nearly all failures come before .+)$",
            |r, c| {
                let holds = r.all(|row| row.to_come <= 0.00501 * (row.failed + row.to_come) + 0.0005);
                r.must(holds, &c[0], "some come after it");
            },
        ),
        (
            r"^(Over )?(\d+){p} of (?:failures come|the risk comes) after .+?(?:: (.+?) orgs?)?(?: {if})?(?:; {if}, it is all over by then)?$",
            |r, c| {
                let row = c.get(4).map_or(Some(lowest(r)), |when| given(r, when.as_str()));
                let (failed, later) = row.map_or((f64::NAN, f64::NAN), |row| (row.failed, row.to_come));
                let percent = c[2].parse::<f64>().unwrap_or(f64::NAN);
                let part = later / (failed + later) * 100.0;
                let holds = if c.get(1).is_some() { part > percent } else { (part - percent).abs() <= 0.5 + 1e-9 };
                r.must(holds, &c[0], &format!("{part} % do"));
                if let Some(number) = c.get(3) {
                    r.must(tells(number.as_str(), later), &c[0], &format!("{later} do"));
                }
                if let Some(when) = c.get(5) {
                    let other = given(r, when.as_str());
                    let over =
                        other.is_some_and(|other| other.to_come <= 0.00501 * (other.failed + other.to_come) + 0.0005);
                    r.must(over, &c[0], "there some come after it");
                }
            },
        ),
        (
            r"^(?:.+ is not the end: (?:failures go on|the risk for the org lasts) (?:beyond|until) .+|Failures go on until .+, just after the deadline)$",
            |r, c| {
                let some = !r.all(|row| row.to_come < 0.0005);
                r.must(some, &c[0], "nothing fails after it");
            },
        ),
        // --- segments ---
        (
            r"^(?:{if}, )?(.+) (?:is|are) worst off(?:: |\. There, )(.+?{p}) of (?:(?:its|their) )?orgs fail by .+?, against (.+?{p}) (?:in (?:.+?)|elsewhere)(?:\. (?:It also has the most failures: about (.+) of (.+)|The most failures are in (.+): about (.+) of (.+))\.)?$",
            |r, c| {
                worst_off(r, c);
            },
        ),
        (r"^No org of any segment fails by .+?(?: {if})?$", |r, c| {
            let holds = match c.get(1).map(|when| of(r, when.as_str(), |row| row.failed)) {
                Some(failed) => failed < 0.0005 * r.rows[0].segments.len() as f64,
                None => r.all(|row| row.failed < 0.001),
            };
            r.must(holds, &c[0], "some fail");
        }),
        (r"^Only (.+) is hit: (.+?{p}) of its orgs fail by .+$", |r, c| {
            let share = r.rows.iter().any(|row| {
                let hit: Vec<&SegmentMeans> = row.segments.iter().filter(|s| s.failed_by_deadline.mean >= 0.0005).collect();
                matches!(hit[..], [only] if only.name == c[1] && tells(&c[2], only.failed_by_deadline.mean / only.orgs as f64))
            });
            r.must(share, &c[0], "others are, too");
        }),
        (r"^No segment is much worse off than the others: (.+?{p})(?: to (.+?{p}))? of orgs fail by .+$", |r, c| {
            let high = c.get(2).map_or(&c[1], |m| m.as_str());
            let holds = r.rows.iter().any(|row| {
                let shares = row.segments.iter().map(|s| s.failed_by_deadline.mean / s.orgs as f64);
                let most = shares.fold(0.0, f64::max);
                // Those that are tied are told by what they share.
                read(high).is_some_and(|(value, half)| (value - most).abs() <= half + 0.006 * most)
            });
            r.must(holds, &c[0], "the highest share is another");
        }),
        (
            r"^(?:{if}, )?(?:(?:[\d,]+{p} of|[Aa]ll) failures .+ come (?:outside|in) working hours.*|[Tt]he busiest hour is .+|[Nn]o org fails in the days before .+|No org fails in any hour up to .+)$",
            |_, _| {
                // By the hour of each zone: `local-hours.csv` holds them, and `output::sentence` tests the sums.
            },
        ),
        // --- not knowing ---
        (
            r"^{if}, it can be anything from ([\d,]+) to ([\d,]+) \(90{p} range\)\. (Nearly all|Most) of this range (comes from what|is luck)",
            |r, c| holds_of_a_range(r, &c[0], &c[1], [&c[2], &c[3]], (&c[4], &c[5])),
        ),
        (
            r"^It can be anything from ([\d,]+) to ([\d,]+) \(90{p} range, {if}\)\. (Nearly all|Most) of this range (comes from what|is luck)",
            |r, c| holds_of_a_range(r, &c[0], &c[3], [&c[1], &c[2]], (&c[4], &c[5])),
        ),
    ];
    let regex = |pattern: &str| Regex::new(&pattern.replace("{if}", IF).replace("{p}", " ?%")).expect("a pattern");
    claims.into_iter().map(|(pattern, check)| (regex(pattern), check)).collect()
}

/// Whether a rate's range is the one told, and comes as far as is told from not knowing.
fn holds_of_a_range(r: &mut Report<'_>, all: &str, when: &str, told: [&str; 2], (much, from): (&str, &str)) {
    let row = given(r, when);
    let (p5, p95) = row.map_or((f64::NAN, f64::NAN), |row| (row.p5 as f64, row.p95 as f64));
    let part = row.and_then(|row| row.not_knowing).unwrap_or(f64::NAN);
    r.must(tells(told[0], p5) && tells(told[1], p95), all, &format!("the range is {p5} to {p95}"));
    let holds = match (much, from) {
        ("Nearly all", "is luck") => part <= 0.1,
        ("Most", "is luck") => (0.1..=0.5).contains(&part),
        ("Most", _) => (0.5..=0.9).contains(&part),
        _ => part >= 0.9,
    };
    r.must(holds, all, &format!("{part} of the variance is not knowing"));
}

/// Whether `another 2,377 fail by 30 June` and the like tell a figure.
fn tells_more(text: &str, later: f64) -> bool {
    let said = Regex::new(r"^(?:another (.+?) fails? by .+|the org fails after it with a chance of (.+))$")
        .expect("a pattern");
    match said.captures(text) {
        Some(said) => tells(said.get(1).or(said.get(2)).map_or("", |said| said.as_str()), later),
        None => matches!(text, "none fails after the deadline" | "there is no further risk") && later < 0.0005,
    }
}

/// The items of `a, b and c`.
fn names(list: &str) -> Vec<String> {
    list.split([',', ';']).flat_map(|part| part.split(" and ")).map(|part| part.trim().to_owned()).collect()
}

/// The lowest of the rates that somebody can aim for.
fn lowest<'r>(report: &'r Report<'_>) -> &'r Row {
    let order = ascending(report);
    order[0]
}

fn highest<'r>(report: &'r Report<'_>) -> &'r Row {
    let order = ascending(report);
    order[order.len() - 1]
}

/// Rates that somebody can aim for, or all, by the number that they begin with or stand for.
fn ascending<'r>(report: &'r Report<'_>) -> Vec<&'r Row> {
    let known: Vec<usize> = (0..report.rows.len()).filter(|i| !report.rows[*i].is_law).collect();
    let mut order = if known.len() < 2 { (0..report.rows.len()).collect() } else { known };
    order.sort_by(|a, b| report.plan.uptakes()[*a].value.total_cmp(&report.plan.uptakes()[*b].value));
    order.into_iter().map(|i| &report.rows[i]).collect()
}

/// `1 org in 28`, `2 orgs in 3`, `nearly every org`: within the fifth part of what it says.
fn tells_frequency(text: &str, share: f64) -> bool {
    match text {
        "no org" => share <= 0.0,
        "every org" => share >= 1.0 - 1e-9,
        "nearly every org" => share > 0.97,
        _ => {
            let parts: Vec<f64> = text.split(' ').filter_map(|word| word.replace(',', "").parse().ok()).collect();
            let said = match parts[..] {
                [k, n] => k / n,
                _ => return false,
            };
            (said - share).abs() <= (0.06_f64).min(0.2 * share)
        }
    }
}

fn worst_off(report: &mut Report<'_>, c: &Captures<'_>) {
    let listed = names(&c[2]);
    let row = c.get(1).map_or(Some(lowest(report)), |when| given(report, when.as_str()));
    let Some(row) = row else { return report.must(false, &c[0], "no rate is so") };
    let is_listed = |s: &&SegmentMeans| listed.contains(&s.name) || c[2] == s.name;
    let share = |segments: &[&SegmentMeans]| {
        segments.iter().map(|s| s.failed_by_deadline.mean).sum::<f64>()
            / segments.iter().map(|s| s.orgs).sum::<u64>().max(1) as f64
    };
    let worst: Vec<&SegmentMeans> = row.segments.iter().filter(is_listed).collect();
    let hit: Vec<&SegmentMeans> =
        row.segments.iter().filter(|s| s.failed_by_deadline.mean >= 0.0005 && !is_listed(s)).collect();
    let (theirs, others) = (share(&worst), share(&hit));
    let most_of_others = hit.iter().map(|s| s.failed_by_deadline.mean / s.orgs as f64).fold(0.0, f64::max);
    let holds = !worst.is_empty()
        && theirs > others
        && theirs >= most_of_others
        && tells(&c[3], theirs)
        && tells(&c[4], others);
    let most = row.segments.iter().map(|s| s.failed_by_deadline.mean).fold(0.0, f64::max);
    let all: f64 = row.segments.iter().map(|s| s.failed_by_deadline.mean).sum();
    let pairs = [(5, 6), (8, 9)].into_iter().filter_map(|(a, b)| Some((c.get(a)?, c.get(b)?)));
    let sums = pairs.into_iter().all(|(a, b)| tells(a.as_str(), most) && tells(b.as_str(), all));
    let named = c.get(7).is_none_or(|name| {
        row.segments.iter().any(|s| s.name == name.as_str() && s.failed_by_deadline.mean >= most - 1e-9)
    });
    report.must(
        holds && sums && named,
        &c[0],
        &format!("{theirs} of theirs, {others} of the others; at most {most} of {all}"),
    );
}

/// What no two sentences of one report may say together.
fn contradictions(report: &mut Report<'_>, findings: &ReportFindings) {
    let decision = findings.decision.join(" ");
    let is_over = |text: &str| text.starts_with("It is all over by") || text.contains("come before the deadline");
    let daily_over = is_over(&findings.daily);
    let timeline_over = is_over(&findings.timeline);
    report.must(daily_over == timeline_over, &findings.daily, &findings.timeline);
    let even = Regex::new(r"[Ee]ven (.+?), the chance is").expect("a pattern");
    let best = |text: &str| even.captures(text).map(|c| c[1].to_owned());
    if let (Some(title), Some(sentence)) = (best(&findings.headline), best(&decision)) {
        report.must(title == sentence, &findings.headline, &decision);
    }
    let nothing_keeps = |text: &str| text.contains("No rate compared stays");
    let some_keeps = |text: &str| text.contains("must reconnect") || text.contains("Every rate compared stays");
    for (no, yes) in [(&findings.headline, &decision), (&decision, &findings.headline)] {
        report.must(!(nothing_keeps(no) && some_keeps(yes)), no, yes);
    }
    // The same number of orgs, whatever the sentence.
    if report.plan.orgs() > 1 && decision.contains("Nothing more fails") {
        let says_more = findings.timeline.contains("is not the end");
        report.must(!says_more, &findings.timeline, &decision);
    }
}

fn check(scenario: &Scenario) -> Vec<String> {
    let none = Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    let request = Request { engine: EngineChoice::Exact, until_precise: None };
    let plan = scenario.family.centre();
    // What the exact engine declines is told by figures of the simulation; those are checked on the others.
    let Ok(projection) = project(&scenario.family, none, request, &|_| ()) else { return Vec::new() };
    let findings = ReportFindings::of(plan, &projection);
    assert_eq!(Facts::of(plan, &projection).orgs(), plan.orgs());
    let mut report = Report::of(plan, &projection);
    let titles = [&findings.headline, &findings.cumulative, &findings.exceedance, &findings.daily, &findings.timeline];
    let others = [&findings.segments, &findings.local_hours, &findings.heatmap];
    let all = titles.into_iter().chain(others.into_iter().flatten()).chain(&findings.decision);
    let claims = claims();
    for said in all {
        match claims.iter().find_map(|(pattern, check)| Some((pattern.captures(said)?, check))) {
            Some((captures, check)) => check(&mut report, &captures),
            None => report.faults.push(format!("{said}\n    no pattern reads it")),
        }
    }
    contradictions(&mut report, &findings);
    report.faults
}

/// A scenario without words of its own: the patterns know the usual ones.
fn in_the_usual_words(path: &Path) -> Option<Scenario> {
    let text = std::fs::read_to_string(path).expect("text");
    let Some(words) = text.find("\n[words]\n") else { return scenario::load(path, &[]).ok() };
    let rest = &text[words + 1..];
    let end = rest[1..].find("\n[").map_or(rest.len(), |end| end + 2);
    let usual = format!("{}{}", &text[..=words], &rest[end..]);
    let folder = path.parent().expect("a folder");
    let read = |file: &Path| std::fs::read_to_string(folder.join(file)).map_err(|error| error.to_string());
    scenario::parse(&path.display().to_string(), &usual, &[], &read).ok()
}

fn no_faults(faults: &[(String, Vec<String>)]) {
    let told: Vec<String> = faults
        .iter()
        .filter(|(_, faults)| !faults.is_empty())
        .map(|(name, faults)| format!("{name}\n  {}", faults.join("\n  ")))
        .collect();
    assert!(told.is_empty(), "{} of {} reports:\n{}", told.len(), faults.len(), told.join("\n"));
}

#[test]
fn every_title_and_sentence_of_every_scenario_follows_from_its_figures() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["scenarios", "scenarios/plans", "tests/scenarios", "tests/reference", "tests/lints"];
    let mut paths = Vec::new();
    for folder in folders {
        let entries = std::fs::read_dir(root.join(folder)).expect("a folder").map(|e| e.expect("an entry").path());
        paths.extend(entries.filter(|path| path.extension().is_some_and(|e| e == "toml")));
    }
    paths.sort();
    let faults: Vec<(String, Vec<String>)> = paths
        .par_iter()
        .filter_map(|path| Some((path.display().to_string(), check(&in_the_usual_words(path)?))))
        .collect();
    assert!(faults.len() > 40, "only {} scenarios were read", faults.len());
    no_faults(&faults);
}

#[test]
fn every_title_and_sentence_of_two_hundred_random_plans_follows_from_its_figures() {
    let faults: Vec<(String, Vec<String>)> = (0..PLANS)
        .into_par_iter()
        .map(|seed| {
            let text = random_plan(seed);
            let none = |_: &Path| Err("no files here".to_owned());
            let scenario = scenario::parse("random.toml", &text, &[], &none);
            let scenario = scenario.unwrap_or_else(|faults| panic!("{}\n{text}", faults.render(false)));
            (text, check(&scenario))
        })
        .collect();
    no_faults(&faults);
}

/// A scenario of any shape that the model knows, as its text.
fn random_plan(seed: u64) -> String {
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut pick = |choices: &[&str]| choices[rng.random_range(0..choices.len())].to_owned();
    let orgs = pick(&["1", "7", "2_500", "2_500", "40_000", "1_200_000"]);
    let policy = pick(&["2026-04-24 13:00", "2026-05-01 12:00", "2026-05-01 12:00", "2026-04-20 12:00"]);
    let deadline = pick(&["2026-05-04 09:00", "2026-05-04 09:00", "2026-04-26 00:00", "2026-06-12 17:00"]);
    let deadline = match pick(&["absolute", "absolute", "absolute", "local"]).as_str() {
        "local" => format!("{{ at = \"{deadline}\", clock = \"org-local\" }}"),
        _ => format!("\"{deadline}\""),
    };
    let horizon = pick(&["2026-06-14 00:00", "2026-06-20 00:00", "2026-08-01 00:00"]);
    let mut text = format!(
        "title = \"A plan\"\ntime_zone = \"America/Los_Angeles\"\ndeadline = {deadline}\nhorizon = \"{horizon}\"\n"
    );
    text += &pick(&["", "", "tolerance = 0\n", "tolerance = 1\n", "tolerance = 100\n", "tolerance = 1_000\n"]);
    let ages = pick(&[
        "{ uniform = [\"1h\", \"1400h\"] }",
        "{ uniform = [\"0h\", \"24h\"] }",
        "{ exponential = { mean = \"5d\" } }",
    ]);
    text += &format!("\n[population]\norgs = {orgs}\nas_of = \"2026-04-24 12:00\"\nlast_refresh = {ages}\n");
    let interval = pick(&[
        "\"1400h\"",
        "\"24h\"",
        "{ uniform = [\"1h\", \"1400h\"] }",
        "{ log_uniform = [\"1h\", \"1400h\"] }",
        "{ exponential = { mean = \"5d\" } }",
        "{ lognormal = { median = \"100h\", sigma = 1.0 } }",
    ]);
    let heartbeat = pick(&["", "heartbeat = { coverage = 0.0 }\n", "heartbeat = { coverage = 0.8 }\n"]);
    text += &format!("\n[refresh]\ninterval = {interval}\n{heartbeat}");
    let control = pick(&[
        "reauthorization = { required = 1.0 }",
        "reauthorization = { required = 1.0 }",
        "reauthorization = { required = 0.4 }",
        "static_ip = { mismatch = 0.2 }",
        "token_rotation = { lost_token = 0.05 }",
        "idle_timeout = { after = \"10d\", retroactive = true }",
        "reauthorization = { required = 0.0 }",
    ]);
    text += &format!("\n[[event]]\nid = \"policy\"\nat = \"{policy}\"\n{control}\n");
    let uptake = pick(&[
        "[0.0, 0.25, 0.5, 0.75, 1.0]",
        "[0.0, 0.5, 1.0]",
        "[0.3]",
        "[0.9, 0.1]",
        "[{ base_rate = \"enforced\" }]",
        "[0.0, { base_rate = \"github-2fa\" }, 0.95]",
        "[0.0, { uniform = [0.2, 0.6] }, 0.4, 0.8]",
        "[0.4, { base_rate = \"enforced\" }]",
        "[1.0]",
    ]);
    let window = pick(&[
        "",
        "opens = \"2026-05-01 13:00\"\ncloses = \"2026-05-04 00:00\"\n",
        "opens = \"2026-05-01 13:00\"\ncloses = \"2026-05-04 00:00\"\ntiming = \"office-hours\"\n",
        "opens = \"2026-04-25 00:00\"\ncloses = \"2026-06-01 00:00\"\ntiming = { half_life = \"3d\" }\n",
    ]);
    if !window.is_empty() {
        text += &format!("\n[reconnect]\n{window}uptake = {uptake}\n");
    }
    text +=
        &pick(&["", "\n[recovery]\nafter = { lognormal = { median = \"6h\", sigma = 1.0 } }\noffice_hours = true\n"]);
    let segments: &[(&str, &str, &str)] = match pick(&["none", "none", "two", "spared", "four"]).as_str() {
        "two" => &[("East", "America/New_York", ""), ("Far east", "Asia/Tokyo", "uptake_factor = 0.5\n")],
        "spared" => {
            &[("Core", "Europe/London", ""), ("Spared", "Asia/Kolkata", "refresh = { interval = \"4000h\" }\n")]
        }
        "four" => &[
            ("A", "America/New_York", ""),
            ("B", "Europe/Berlin", "uptake_factor = 0.5\n"),
            ("C", "Asia/Kolkata", "refresh = { interval = \"200h\" }\n"),
            ("D", "Australia/Sydney", ""),
        ],
        _ => &[],
    };
    for (place, (name, zone, own)) in segments.iter().enumerate() {
        let share = if place == 0 { 1.0 - 0.2 * (segments.len() as f64 - 1.0) } else { 0.2 };
        text += &format!(
            "\n[[segment]]\nid = \"s{place}\"\nname = \"{name}\"\nshare = {share:.1}\ntime_zone = \"{zone}\"\n{own}"
        );
    }
    text
}
