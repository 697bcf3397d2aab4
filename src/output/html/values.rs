//! What the page says, for its template.

use crate::output::document::{self, Caption, FigureFormat, Table};
use crate::output::orgs::{finding, overdue};
use crate::output::run::{command, ends, error_bound, parts, tables};
use crate::output::sensitivity::sentences::decision;
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::words::{deadline_full, moment};
use crate::plan::Plan;
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACTED, ORGS};
use crate::results::orgs::OrgTable;
use crate::results::solution::Tripwires;
use crate::results::{Assumption, Projection, Warning};
use minijinja::{Value, context};

/// What is legal in the plan but unwise.
fn warnings(projection: &Projection) -> Vec<Value> {
    let of = |w: &Warning| context! { code => &w.code, message => &w.message, notes => &w.notes, help => &w.help };
    projection.warnings.iter().map(of).collect()
}

/// What the page says, under the names that its template uses. User text is as it is; tables are HTML.
pub(super) fn values(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Value {
    let findings = ReportFindings::of(plan, projection);
    let facts = Facts::of(plan, projection);
    let from = &projection.provenance;
    let assumptions: Vec<Value> = assumptions
        .iter()
        .map(|a| context! { key => &a.key, words => &a.words, source => if a.given { "given" } else { "default" } })
        .collect();
    context! {
        title => plan.title(),
        decision => findings.decision,
        orgs => orgs(plan.orgs()),
        engine => if projection.is_exact() { "exact" } else { "simulated" },
        deadline => deadline_full(plan),
        zone => plan.time_zone().name(),
        tolerance => plan.tolerance().map(group_count),
        outcomes => outcomes(&facts),
        causes => html(&tables::causes(&facts, &ends(&facts)), "", None),
        part_tables => parts::tables(&facts).iter().map(part).collect::<Vec<_>>(),
        calls => projection.detail.calls.as_ref().map(|calls| calls_of(plan, calls)),
        tripwires => projection.tripwires.as_ref().map(|wires| tripwires_of(plan, wires)),
        assumptions => assumptions,
        matters => projection.detail.sensitivity.as_ref().map(|found| decision(found).join(" ")),
        agreement => findings.agreement,
        agreement_details => findings.agreement_details,
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
    }
}

/// The outcomes, without columns that a sheet of paper has no room for. What the others mean is said above the table.
fn outcomes(facts: &Facts<'_>) -> Value {
    let table = tables::outcomes(facts).without(&[tables::MEDIAN, tables::SIMULATED]);
    let until = moment(facts.plan, facts.plan.horizon());
    let caption = format!("{}, of {}; to come: from then to {until}.", table.title, orgs(facts.orgs()));
    html(&table, "", Some(Caption::Shown(&caption)))
}

/// A table as HTML; its caption is its title and key where none is given.
fn html(table: &Table, class: &str, caption: Option<Caption<'_>>) -> Value {
    let own = [table.title.as_str(), &table.key].join(". ");
    let own = format!("{}.", own.trim_matches([' ', '.']));
    let caption = caption.unwrap_or(Caption::Shown(&own));
    Value::from_safe_string(document::html(table, &FigureFormat::default(), class, caption))
}

fn part(table: &Table) -> Value {
    context! { title => &table.title, html => html(table, "parts", None), rows => table.rows.len() }
}

/// Whom to call: the first orgs.
fn calls_of(plan: &Plan, calls: &OrgTable) -> Value {
    let table = tables::calls(plan, calls);
    let rows = !table.rows.is_empty();
    context! {
        finding => finding(plan, calls),
        overdue => overdue(calls),
        table => rows.then(|| html(&table, "calls", None)),
    }
}

fn tripwires_of(plan: &Plan, wires: &Tripwires) -> Value {
    let caption = format!("{ORGS:#} {ACTED} at even odds, by the hour");
    context! {
        uptake => show_share((wires.uptake * 1e3).round() / 1e3),
        table => html(&tables::tripwires(plan, wires), "wires", Some(Caption::Heard(&caption))),
    }
}
