//! The list of whom to call as text for a terminal.

use super::phrases::expected;
use super::{figure, finding, overdue, unit};
use crate::output::terminal::{Look, NARROWEST, WIDE, elided, plain, table as laid_out};
use crate::output::words;
use crate::plan::Plan;
use crate::plan::units::{group_count, group_number, show_share};
use crate::results::orgs::OrgTable;

/// Rows that a terminal shows unless more are asked for.
pub const ROWS: usize = 20;

/// The finding, the first rows, and how many there are.
pub fn text(plan: &Plan, table: &OrgTable, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let mut blocks = vec![look.bold(&plain(plan.title())), look.wrapped(&format!("{}.", finding(plan, table)))];
    if table.is_empty() {
        blocks.push(look.wrapped("No org is left by these filters."));
    } else {
        blocks.push(rows(plan, table, look));
        blocks.push(look.dim(&look.wrapped(&legend(plan, table))));
    }
    blocks.extend(overdue(table).map(|note| look.wrapped(&format!("Note: {note}"))));
    blocks.join("\n\n") + "\n"
}

fn rows(plan: &Plan, table: &OrgTable, look: Look) -> String {
    let wide = look.width >= WIDE;
    let mut header = vec!["org", "segment", "fails", "avoided"];
    if table.weights.is_some() {
        header.push("weight");
    }
    header.push("expected to fail");
    if wide && table.contacts.is_some() {
        header.push("contact");
    }
    let room = if wide { 24 } else { 18 };
    let row = |row: usize| {
        let (risk, part) = (table.risk(row), table.part(row));
        let mut cells = vec![
            elided(table.org_id(row), room),
            elided(&part.name, room - 4),
            show_share(risk.failed_by_deadline),
            show_share(risk.avoided_by_reconnect.max(0.0)),
        ];
        if table.weights.is_some() {
            cells.push(group_number(crate::plan::units::round_to(table.weight(row), 2)));
        }
        let time = risk.failure_time.as_ref();
        let short =
            |time| if wide { expected(plan, part.time_zone, time) } else { words_of_mean(plan, part.time_zone, time) };
        cells.push(time.map_or_else(|| "never".to_owned(), short));
        if let (true, Some(contact)) = (wide, table.contact(row)) {
            cells.push(elided(contact, room));
        }
        cells
    };
    laid_out(header.into_iter().map(str::to_owned).collect(), (0..table.len()).map(row).collect(), 2, look)
}

/// The expected time alone, where there is no room for its range.
fn words_of_mean(plan: &Plan, zone: crate::plan::zone::Tz, time: &crate::results::orgs::FailureTime) -> String {
    crate::plan::clock::show(plan.instant(time.mean), zone, Some(words::home_year(plan)))
}

fn legend(plan: &Plan, table: &OrgTable) -> String {
    let shown = format!("{} of {} orgs.", group_count(table.len() as u64), group_count(table.all as u64));
    let share = table.avoidable / table.at_risk.max(f64::MIN_POSITIVE);
    let (risk, share_shown) = (format!("{} {}", figure(table.at_risk), unit(table)), show_share(share));
    let calls = match table.at_risk > 0.0 {
        true if share > 0.9995 => format!(" Calls can avoid all of the {risk} at risk."),
        true => format!(
            " Calls can avoid {share_shown} of the {risk} at risk; the rest fails before anybody can reconnect."
        ),
        false => String::new(),
    };
    format!(
        "{shown} Fails: chance to fail by {}, when {} of the orgs reconnect. Avoided: by how much a reconnect as soon as the window opens \
         lowers it. Times are on the org\u{2019}s own clock, given that it fails.{calls}",
        words::deadline_full(plan),
        show_share(table.uptake)
    )
}
