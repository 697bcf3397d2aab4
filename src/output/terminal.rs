//! The summary of a run as text for a terminal of a given width, with or without colour.

use super::moments::{Kind, Moment, moments};
use super::parts::{self, PartTable, Room};
use super::safe;
use super::sentence::{Facts, Findings};
use super::words::{self, deadline_full, moment, rate, shown_mean};
use crate::plan::Plan;
use crate::plan::units::{group_count, orgs};
use crate::results::{Outcome, Projection};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};
use textwrap::core::display_width;

/// How the text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns of the terminal.
    pub width: usize,
    /// Whether to colour with ANSI sequences.
    pub colour: bool,
}

/// Codes of warnings that the figures lack something.
const LEFT_OUT: [&str; 2] = ["rows-left-out", "plans-left-out"];

/// Narrower than this nothing can be laid out.
pub(super) const NARROWEST: usize = 60;

/// From this width on, the tables have room for columns that are good to have.
pub(super) const WIDE: usize = 110;

/// No frames: space between columns, and a line under the header.
pub(super) const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('\u{2500}'));

impl Look {
    pub(super) fn bold(self, text: &str) -> String {
        if self.colour { safe::styled("1", text) } else { text.to_owned() }
    }

    pub(super) fn warning(self, text: &str) -> String {
        if self.colour { safe::styled("31", text) } else { text.to_owned() }
    }

    pub(super) fn dim(self, text: &str) -> String {
        if self.colour { safe::styled("2", text) } else { text.to_owned() }
    }

    /// Wrapped, but never between a number and its percent sign.
    pub(super) fn wrapped(self, text: &str) -> String {
        textwrap::fill(&plain(text).replace(" %", "\u{a0}%"), self.width).replace('\u{a0}', " ")
    }
}

/// The summary.
pub fn summary(plan: &Plan, projection: &Projection, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let findings = Findings::of(plan, projection);
    let mut blocks = vec![heading(plan, projection, look)];
    // What is missing from the figures stands before them; the other warnings are for `check`.
    let missing = projection.warnings.iter().filter(|warning| LEFT_OUT.contains(&warning.code.as_str()));
    blocks.extend(missing.map(|warning| look.warning(&look.wrapped(&format!("Warning: {}", warning.message)))));
    blocks.extend([look.wrapped(&findings.decision.join(" ")), timeline(plan, look)]);
    blocks.push(outcomes(plan, projection, look));
    blocks.extend(segments(plan, projection, look));
    if let Some(agreement) = &findings.agreement {
        let text = look.wrapped(agreement);
        let holds = projection.agreement.as_ref().is_some_and(|a| a.holds() && !a.is_too_coarse());
        blocks.push(if holds { look.dim(&text) } else { look.warning(&text) });
    }
    blocks.extend(projection.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    blocks.join("\n\n") + "\n"
}

/// Text without line breaks and control characters, so that no title can write elsewhere on the terminal.
pub(super) fn plain(text: &str) -> String {
    safe::line(text)
}

pub(super) fn elided(text: &str, width: usize) -> String {
    let text = plain(text);
    if display_width(&text) <= width {
        return text;
    }
    let mut short = String::new();
    for c in text.chars() {
        if display_width(&short) + 2 > width {
            break;
        }
        short.push(c);
    }
    short + "\u{2026}"
}

fn heading(plan: &Plan, projection: &Projection, look: Look) -> String {
    let title = plain(plan.title());
    let title = textwrap::wrap(&title, look.width).iter().map(|l| look.bold(l)).collect::<Vec<_>>().join("\n");
    let runs = match projection.runs {
        0 => "computed exactly".to_owned(),
        n => format!("{} simulated runs, seed {}", group_count(n), projection.seed),
    };
    format!("{title}\n{}", look.dim(&format!("{}; {runs}", orgs(plan.orgs()))))
}

/// All moments of the plan, in order, with hours from the main event.
fn timeline(plan: &Plan, look: Look) -> String {
    let rows = moments(plan);
    let moments: Vec<(String, String)> = rows.iter().map(|r| (r.when(plan), r.offset(plan))).collect();
    if rows.iter().any(|row| row.range.is_some()) {
        return format!("{}\n{}", timeline_head(plan, look), not_known_timeline(plan, &rows, look));
    }
    let first = moments.iter().map(|m| display_width(&m.0)).max().unwrap_or(0);
    let second = moments.iter().map(|m| display_width(&m.1)).max().unwrap_or(0);
    let lines = rows.iter().zip(&moments).map(|(row, (at, offset))| {
        let name = elided(&row.name, look.width.saturating_sub(first + second + 6));
        let pad = second - display_width(offset);
        let line = format!("  {at:<first$}  {offset}{:pad$}  {name}", "");
        if row.kind == Kind::Deadline { look.warning(&line) } else { line }
    });
    let lines: Vec<String> = lines.collect();
    format!("{}\n{}", timeline_head(plan, look), lines.join("\n"))
}

fn timeline_head(plan: &Plan, look: Look) -> String {
    let name = elided(&plan.main_event().name, look.width - 26 - plan.time_zone().name().len());
    look.bold(&format!("When ({}; offsets from {name})", plan.time_zone()))
}

/// The same where dates are not known: two lines a moment, since a range has no room beside a name.
fn not_known_timeline(plan: &Plan, rows: &[Moment], look: Look) -> String {
    let lines = rows.iter().map(|row| {
        let line = format!("  {}", elided(&row.name_and_median(plan), look.width - 2));
        let line = if row.kind == Kind::Deadline { look.warning(&line) } else { line };
        format!("{line}\n    {}, {}", row.when(plan), row.offset(plan))
    });
    let note = "  Where a date is not known: 5th to 95th percentile of the possible plans.";
    lines.chain([look.dim(note)]).collect::<Vec<_>>().join("\n")
}

/// A table without frames, right-aligned but for its first columns, indented by two.
pub(super) fn table(header: Vec<String>, rows: Vec<Vec<String>>, first: usize, look: Look) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width - 1).unwrap_or(u16::MAX));
    table.set_header(header);
    table.add_rows(rows);
    for column in table.column_iter_mut().skip(first) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let lines: Vec<String> = table.lines().map(|l| format!(" {}", l.trim_end())).collect();
    lines.join("\n")
}

fn outcomes(plan: &Plan, projection: &Projection, look: Look) -> String {
    let wide = look.width >= WIDE;
    let both =
        wide && projection.is_exact() && projection.uptakes.iter().all(|o| o.exact.is_some() && o.simulated.is_some());
    let mut header = vec!["reconnect", "mean", "90 % range", "share", "down", "to come"];
    if wide {
        header.insert(2, "median");
    }
    if both {
        header.push("simulated mean");
    }
    let mut header: Vec<String> = header.into_iter().map(str::to_owned).collect();
    if let Some(tolerance) = plan.tolerance() {
        header.push(format!("within {}", words::compact(tolerance as f64)));
    }
    let order = Facts::of(plan, projection).ascending();
    let rows = order.into_iter().map(|i| outcome_row(plan, i, &projection.uptakes[i], wide, both));
    let engine = if projection.is_exact() { "exact" } else { "simulated" };
    let head = look.bold(&format!("Orgs failed by {} ({engine})", deadline_full(plan)));
    let until = moment(plan, plan.horizon());
    let key = format!(
        "90 % range: 5th to 95th percentile. Down: not yet recovered at the deadline. To come: failures after it, to {until}."
    );
    // What stands behind a rate that is not known: the table has no room for it.
    let unknown = projection.uptakes.iter().enumerate().filter(|(i, _)| words::is_unknown(plan, *i));
    let unknown = unknown.map(|(_, outcome)| format!("Not a single rate: {}.", plain(&outcome.label)));
    let keys = [key].into_iter().chain(unknown);
    let keys = keys.map(|key| look.dim(&textwrap::indent(&textwrap::fill(&key, look.width - 2), "  ")));
    format!("{head}\n{}\n{}", table(header, rows.collect(), 1, look), keys.collect::<Vec<_>>().join("\n"))
}

fn outcome_row(plan: &Plan, index: usize, outcome: &Outcome, wide: bool, both: bool) -> Vec<String> {
    let best = outcome.best();
    let failed = &best.failed_by_deadline;
    let later = best.to_come();
    let mut row = vec![
        rate(plan, index, outcome),
        shown_mean(failed.mean, failed.se),
        range(failed.percentile(5.0), failed.percentile(95.0)),
        words::share(failed.mean, plan.orgs()),
        shown_mean(best.down_at_deadline.mean, best.down_at_deadline.se),
        shown_mean(later.mean, later.se),
    ];
    if wide {
        row.insert(2, shown_count(failed.percentile(50.0)));
    }
    if both {
        let simulated = outcome.simulated.as_ref().map(|m| &m.failed_by_deadline);
        row.push(
            simulated.map_or_else(String::new, |q| format!("{} \u{b1} {}", shown_mean(q.mean, q.se), se_words(q.se))),
        );
    }
    if let Some(chance) = best.within_tolerance {
        row.push(words::chance(chance));
    }
    row
}

fn shown_count(count: u64) -> String {
    if count as f64 >= words::LONG { words::four_digits(count as f64) } else { group_count(count) }
}

/// `106 to 141`; the unit of long numbers stands once.
fn range(low: u64, high: u64) -> String {
    let (a, b) = (shown_count(low), shown_count(high));
    match (a.split_once(' '), b.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {b}"),
        _ => format!("{a} to {b}"),
    }
}

/// A standard error, rounded up to one digit.
fn se_words(se: Option<f64>) -> String {
    match se {
        Some(se) if se > 0.0 => {
            let unit = 10_f64.powf(se.log10().floor());
            let up = (se / unit - 1e-9).ceil() * unit;
            if up >= 1.0 { group_count(up.round() as u64) } else { format!("{up:.*}", (-up.log10().floor()) as usize) }
        }
        _ => "0".to_owned(),
    }
}

/// A row for each segment; and for each time zone, where several segments share one.
fn segments(plan: &Plan, projection: &Projection, look: Look) -> Vec<String> {
    let facts = Facts::of(plan, projection);
    let room = if look.width >= WIDE { Room::Wide } else { Room::Narrow };
    let found = parts::tables(&facts, room);
    let last = found.len().saturating_sub(1);
    let key = |i: usize| {
        (i == last).then(|| look.dim(&textwrap::indent(&textwrap::fill(&parts::key(&facts), look.width - 2), "  ")))
    };
    let text = |(i, table): (usize, PartTable)| {
        let at = table.rate.as_ref().map_or_else(String::new, |rate| format!(", at {rate} reconnecting"));
        let head = look.bold(&format!("By {}{at}", table.kind));
        let lines = [Some(head), Some(part_table(table, look)), key(i)];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    };
    found.into_iter().enumerate().map(text).collect()
}

/// Names get what the other columns leave.
fn part_table(table: PartTable, look: Look) -> String {
    let widest = |column: usize| {
        let cells = table.rows.iter().filter_map(|r| r.1.get(column)).chain(table.header.get(column));
        cells.map(|c| display_width(c)).max().unwrap_or(0) + 2
    };
    let room = look.width.saturating_sub((0..table.header.len()).map(widest).sum::<usize>() + 4).max(12);
    let row = |(name, cells): (String, Vec<String>)| std::iter::once(elided(&name, room)).chain(cells).collect();
    let header = std::iter::once(table.kind.to_owned()).chain(table.header.iter().cloned()).collect();
    let names = 1 + table.header.iter().take_while(|h| *h == "time zone").count();
    self::table(header, table.rows.iter().cloned().map(row).collect(), names, look)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    fn text(name: &str, width: usize) -> String {
        let sample = samples::named(name);
        summary(&sample.plan, &sample.projection, Look { width, colour: false })
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for sample in samples::all() {
            for width in [80, 100, 120] {
                for line in text(sample.name, width).lines() {
                    assert!(display_width(line) <= width, "{} at {width}: `{line}`", sample.name);
                }
            }
        }
    }

    #[test]
    fn a_simulated_mean_is_printed_no_more_precisely_than_its_error_allows() {
        // The sd of Binomial(2500, 0.0493) is 10.8, so the standard error over 10,000 runs is 0.11: whole orgs.
        let row = |name| text(name, 80).lines().find(|l| l.starts_with("  0 % ")).expect("a row").to_owned();
        let words = |row: String| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(row("simulated"))[2], "123");
        assert_eq!(words(row("flagship"))[2], "123.3");
    }

    /// The tables of a plan with regions, as they stand in the summary.
    #[test]
    fn segments_are_laid_out_for_narrow_and_for_wide_terminals() {
        let tables = |width| {
            let text = text("regions", width);
            let from = text.find("By segment").expect("the table");
            let to = text.find("Both engines").expect("what follows");
            text[from..to].trim_end().to_owned()
        };
        insta::assert_snapshot!(tables(80), @r"
        By segment, at 50 % reconnecting
          segment    orgs  failed   share  down  by the end  at 0 %  at 100 %
         ─────────────────────────────────────────────────────────────────────
          Americas  1,200    42.7  3.56 %  17.1       613.1  4.93 %    2.18 %
          EMEA        800    28.4  3.56 %  11.4       408.7  4.93 %    2.18 %
          India       200     7.1  3.56 %   2.8       102.2  4.93 %    2.18 %
          Japan       300    10.7  3.56 %   4.3       153.3  4.93 %    2.18 %
          Failed: by the deadline at 50 % reconnecting. Down: not yet recovered at the
          deadline. By the end: failed by Tue 30 Jun 00:00; the last columns: failed at
          other rates.
        ");
        insta::assert_snapshot!(tables(120), @r"
        By segment, at 50 % reconnecting
          segment   time zone          orgs  failed   share  down  by the end  at 0 %   share  at 100 %   share
         ───────────────────────────────────────────────────────────────────────────────────────────────────────
          Americas  America/New_York  1,200    42.7  3.56 %  17.1       613.1    59.2  4.93 %      26.2  2.18 %
          EMEA      Europe/London       800    28.4  3.56 %  11.4       408.7    39.5  4.93 %      17.4  2.18 %
          India     Asia/Kolkata        200     7.1  3.56 %   2.8       102.2     9.9  4.93 %       4.4  2.18 %
          Japan     Asia/Tokyo          300    10.7  3.56 %   4.3       153.3    14.8  4.93 %       6.5  2.18 %
          Failed: by the deadline at 50 % reconnecting. Down: not yet recovered at the deadline. By the end: failed by Tue 30
          Jun 00:00; the last columns: failed at other rates.
        ");
    }

    #[test]
    fn colour_is_an_overlay_that_changes_no_word() {
        let sample = samples::flagship();
        let coloured = summary(&sample.plan, &sample.projection, Look { width: 80, colour: true });
        let mut stripped = safe::terminal(&coloured).into_owned();
        for code in ["0", "1", "2", "31"] {
            stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(stripped, text("flagship", 80));
    }

    #[test]
    fn a_title_cannot_write_elsewhere_on_the_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\nc"), "a [2Jb c");
    }
}
