//! `report.md`: the decision first, then charts, tables, assumptions and where it all comes from. The text stands in
//! `report.md.j2`; here it gets its values, with user text escaped.

use super::assumption_names::{at_start, name};
use super::orgs::{finding, listed, overdue};
use super::parts::{self, PartTable, Room};
use super::sensitivity::{self, answers, has_effect, range};
use super::sentence::{Facts, Findings};
use super::words::{self, deadline_full, moment, plain_mean, quantity_mean, rate};
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::{Cause, Plan};
use crate::results::orgs::OrgTable;
use crate::results::sensitivity::Sensitivity;
use crate::results::solution::{Tripwire, Tripwires};
use crate::results::{Assumption, Projection, Warning};
use crate::{Error, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Value, context};

const TEMPLATE: &str = include_str!("report.md.j2");

/// The report as Markdown. Charts are expected in `charts/`, relative to it.
///
/// # Errors
/// When the template can't be filled.
pub fn render(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Result<String> {
    let failed = |e: minijinja::Error| Error::Output { what: "report.md".to_owned(), why: format!("{e:#}") };
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    // A line that holds only a block leaves no line.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(failed)?);
    environment.add_filter("md", |text: String| escape(&text));
    environment.add_template("report.md", TEMPLATE).map_err(failed)?;
    let template = environment.get_template("report.md").map_err(failed)?;
    template.render(values(plan, projection, assumptions)).map_err(failed)
}

/// Assumptions that a report lists by how much they matter.
const MOST_MATTERS: usize = 12;

/// How much each assumption matters: sentences, and a row for each that does.
fn matters(found: &Sensitivity) -> Value {
    let rows = found.assumptions.iter().filter(|a| has_effect(found, a)).take(MOST_MATTERS).map(|a| {
        let name = at_start(&name(&a.key, &found.plan));
        context! { name, key => &a.key, over => range(found, a), answers => answers(a) }
    });
    context! { sentences => sensitivity::sentences::decision(found), rows => rows.collect::<Vec<_>>() }
}

/// What is legal in the plan but unwise, for both reports.
fn warnings(projection: &Projection) -> Vec<Value> {
    let of = |w: &Warning| context! { code => &w.code, message => &w.message, notes => &w.notes, help => &w.help };
    projection.warnings.iter().map(of).collect()
}

/// What both reports say, under the names that their templates use. User text is as it is.
pub(super) fn values(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Value {
    let findings = Findings::of(plan, projection);
    let facts = Facts::of(plan, projection);
    let from = &projection.provenance;
    let exact = projection.is_exact();
    let assumptions: Vec<Value> = assumptions
        .iter()
        .map(|a| context! { key => &a.key, words => &a.words, source => if a.given { "given" } else { "default" } })
        .collect();
    context! {
        title => plan.title(),
        decision => findings.decision,
        charts => context! {
            headline => findings.headline,
            cumulative => findings.cumulative,
            exceedance => (plan.orgs() > 1).then_some(findings.exceedance),
            heatmap => findings.heatmap,
            daily => findings.daily,
            timeline => findings.timeline,
            segments => findings.segments,
            local_hours => findings.local_hours,
        },
        engine => if exact { "exact" } else { "simulated" },
        orgs => orgs(plan.orgs()),
        deadline => deadline_full(plan),
        horizon => moment(plan, plan.horizon()),
        zone => plan.time_zone().name(),
        tolerance => plan.tolerance().map(group_count),
        rates => rates(&facts),
        causes => causes(&facts),
        part_tables => part_tables(&facts),
        part_key => parts::key(&facts),
        calls => projection.detail.calls.as_ref().map(|calls| calls_of(plan, calls)),
        tripwires => projection.tripwires.as_ref().map(|wires| tripwires(plan, wires)),
        ends => ends(&facts).iter().map(|i| rate(plan, *i, facts.outcome(*i))).collect::<Vec<_>>(),
        assumptions => assumptions,
        matters => projection.detail.sensitivity.as_ref().map(matters),
        agreement => findings.agreement,
        bound => error_bound(projection),
        notes => &projection.notes,
        warnings => warnings(projection),
        seed => projection.seed,
        runs => group_count(projection.runs),
        version => &from.version,
        zone_rules => crate::plan::zone::version(),
        sha256 => &from.sha256,
        path => &from.path,
        changes => &from.changes,
        command => command(projection),
        fence => fence(&command(projection)),
    }
}

/// Whom to call: the finding, and the first orgs.
fn calls_of(plan: &Plan, calls: &OrgTable) -> Value {
    let listed = listed(plan, calls);
    context! {
        finding => finding(plan, calls),
        overdue => overdue(calls),
        header => listed.header,
        rows => listed.rows.iter().map(|(id, cells)| context! { id, cells }).collect::<Vec<_>>(),
        all => listed.all,
    }
}

/// How far exact means may be off, in a sentence; `None` without an exact engine's answer.
fn error_bound(projection: &Projection) -> Option<String> {
    let bounds = projection.uptakes.iter().filter_map(|o| o.exact.as_ref()?.error_bound);
    let millionths = (bounds.reduce(f64::max)? * 1e6).ceil().max(1.0);
    Some(format!("Exact means are off by at most {} in a million.", orgs(millionths as u64)))
}

fn rates(facts: &Facts<'_>) -> Vec<Value> {
    let row = |i: usize| {
        let best = facts.best(i);
        let failed = &best.failed_by_deadline;
        context! {
            rate => facts.rate(i),
            label => &facts.outcome(i).label,
            unknown => words::is_unknown(facts.plan, i),
            mean => quantity_mean(failed),
            range => format!("{} to {}", group_count(failed.percentile(5.0)), group_count(failed.percentile(95.0))),
            share => words::share(failed.mean, facts.orgs()),
            frequency => words::natural_frequency(failed.mean / facts.orgs() as f64),
            down => quantity_mean(&best.down_at_deadline),
            later => words::plain_mean(&best.to_come()),
            within => best.within_tolerance.map(words::chance),
        }
    };
    facts.ascending().into_iter().map(row).collect()
}

/// Every few hours of the window, and its last.
fn tripwires(plan: &Plan, wires: &Tripwires) -> Value {
    const ROWS: usize = 12;
    let step = wires.hours.len().div_ceil(ROWS).max(1);
    let row = |wire: &Tripwire| {
        context! {
            at => moment(plan, plan.instant(wire.hour)),
            share => show_share((wire.reconnected * 1e3).round() / 1e3),
            orgs => group_count(wire.orgs.ceil() as u64),
        }
    };
    let places = (0..wires.hours.len()).filter(|i| (i + 1) % step == 0 || i + 1 == wires.hours.len());
    let rows: Vec<Value> = places.map(|i| row(&wires.hours[i])).collect();
    context! { uptake => show_share((wires.uptake * 1e3).round() / 1e3), rows => rows }
}

/// The lowest and the highest rate.
fn ends(facts: &Facts<'_>) -> Vec<usize> {
    if facts.low == facts.high { vec![facts.low] } else { vec![facts.low, facts.high] }
}

fn causes(facts: &Facts<'_>) -> Vec<Value> {
    let mean = |cause: Cause| ends(facts).iter().map(|i| plain_mean(facts.best(*i).cause(cause))).collect::<Vec<_>>();
    Cause::ALL.into_iter().map(|cause| context! { name => cause.words(), means => mean(cause) }).collect()
}

/// By segment, and by time zone where several segments share one; none when there is only one segment.
fn part_tables(facts: &Facts<'_>) -> Vec<Value> {
    let rows = |table: &PartTable| -> Vec<Value> {
        table.rows.iter().map(|(name, cells)| context! { name => name, cells => cells }).collect()
    };
    let table = |t: PartTable| {
        // Names of time zones stand left, numbers right.
        let left: Vec<bool> = t.header.iter().map(|h| h == "time zone").collect();
        context! { kind => t.kind, header => &t.header, left => left, rows => rows(&t) }
    };
    parts::tables(facts, Room::Wide).into_iter().map(table).collect()
}

/// The command that repeats the run.
pub fn command(projection: &Projection) -> String {
    let from = &projection.provenance;
    let mut words = vec!["cutover".to_owned(), "run".to_owned(), quoted(&from.path)];
    for change in &from.changes {
        words.extend(["--set".to_owned(), quoted(change)]);
    }
    words.extend(["--seed".to_owned(), projection.seed.to_string()]);
    if projection.runs > 0 {
        words.extend(["--runs".to_owned(), projection.runs.to_string()]);
    } else {
        words.extend(["--engine".to_owned(), "exact".to_owned()]);
    }
    words.join(" ")
}

/// One word of a POSIX shell.
fn quoted(word: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(safe) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Where a page beside the report comes from, as its last section.
pub(super) fn provenance(from: &crate::results::Provenance) -> String {
    let mut lines =
        vec!["## Where this comes from".to_owned(), String::new(), "| | |".to_owned(), "| --- | --- |".to_owned()];
    lines.push(format!("| scenario | {} |", escape(&from.path)));
    lines.push(format!("| sha256 of the scenario | {} |", escape(&from.sha256)));
    lines.extend(from.changes.iter().map(|change| format!("| changed by `--set` | {} |", escape(change))));
    lines.push(format!("| cutover | {} |", escape(&from.version)));
    lines.push(format!("| time zones | IANA database {} |", crate::plan::zone::version()));
    lines.join("\n")
}

/// A fence longer than any run of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

/// User text within a line of Markdown: nothing in it is markup, a table cell or a new line.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '#' | '|' | '~' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    fn assumptions() -> Vec<Assumption> {
        let one = |key: &str, words: &str, given| Assumption { key: key.to_owned(), words: words.to_owned(), given };
        vec![
            one("refresh.interval", "time between refreshes: 1,400 h", true),
            one("event.pkce.reauthorization.required", "share that must reconnect | all: 100 %", false),
        ]
    }

    fn report(name: &str) -> String {
        let sample = samples::named(name);
        render(&sample.plan, &sample.projection, &assumptions()).expect("rendered")
    }

    #[test]
    fn a_report_begins_with_the_decision_and_shows_every_chart() {
        let text = report("flagship");
        let decision = text.find("about 123 of 2,500 orgs fail").expect("the decision");
        let charts = ["headline", "cumulative", "daily", "timeline"].map(|n| text.find(&format!("](charts/{n}.svg)")));
        let charts: Vec<usize> = charts.into_iter().map(|c| c.expect("a chart")).collect();
        assert!(decision < charts[0] && charts.is_sorted(), "{text}");
        assert!(text.contains("![Keeping within 100 failed orgs"), "{text}");
    }

    #[test]
    fn no_user_text_breaks_a_table_or_becomes_markup() {
        let text = report("hostile-names");
        assert!(!text.contains("<script>") && text.contains("&lt;script>"), "{text}");
        let columns = |line: &str| line.replace("\\|", "").matches('|').count();
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(next) = lines.peek().filter(|n| line.starts_with('|') && n.starts_with('|')) {
                assert_eq!(columns(line), columns(next), "{line}\n{next}");
            }
        }
        assert_eq!(text.lines().filter(|l| l.starts_with("# ")).count(), 1);
    }

    #[test]
    fn the_command_repeats_the_run_in_any_shell() {
        let mut projection = samples::flagship().projection.clone();
        projection.provenance.changes = vec!["title=it's `mine`".to_owned()];
        assert_eq!(
            command(&projection),
            r"cutover run scenarios/pkce.toml --set 'title=it'\''s `mine`' --seed 20260501 --runs 10000"
        );
        assert_eq!(fence("a ``` b"), "````");
    }
}
