//! A run as a document: the decision first, then charts, tables, assumptions and where it all comes from.

use super::{command, parts, tables};
use crate::output::document::{Block, Document, Figure, Sources};
use crate::output::orgs::{finding, overdue};
use crate::output::sensitivity::sentences::decision;
use crate::output::sentence::{Facts, ReportFindings};
use crate::output::words::deadline_full;
use crate::plan::Plan;
use crate::plan::units::{group_count, orgs, show_share};
use crate::plan::wording::{ACT, ACTED, FAILED, ORGS, capital};
use crate::results::{Assumption, Projection, Warning};
use crate::scenario::FindingCode;

/// Codes of warnings that the figures lack something.
const LEFT_OUT: [FindingCode; 2] = [FindingCode::RowsLeftOut, FindingCode::PlansLeftOut];

/// The document.
pub fn document(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Document {
    let findings = ReportFindings::of(plan, projection);
    let facts = Facts::of(plan, projection);
    let runs = match projection.runs {
        0 => "computed exactly".to_owned(),
        n => format!("{} simulated runs, seed {}", group_count(n), projection.seed),
    };
    Document::new(plan.title(), vec![plan.title().to_owned(), format!("{}; {runs}", orgs(plan.orgs()))])
        .with(warnings(projection))
        .with(Block::decision(&findings.decision))
        .with([figure("headline", &findings.headline), Block::Table(tables::timeline(plan)).on_screen()])
        .with([Block::Table(tables::outcomes(&facts))])
        .with(policies(&facts, &findings))
        .with(charts(&facts, &findings))
        .with([Block::Table(tables::causes(&facts, &ends(&facts))).on_page()])
        .with(segments(&facts, &findings))
        .with(calls(plan, projection))
        .with(tripwires(plan, projection))
        .with(assumed(projection, assumptions))
        .with(trust(projection, &findings))
        .with(advice(projection))
        .with([Block::Sources(sources(plan, projection)), repeat(projection)])
}

fn figure(name: &'static str, finding: &str) -> Block {
    Block::Figure(Figure { name, finding: finding.to_owned() })
}

fn heading(text: impl Into<String>) -> Block {
    Block::Heading(text.into())
}

fn paragraph(text: impl Into<String>) -> Block {
    Block::Paragraph(text.into()).on_page()
}

/// What is missing from the figures stands before them on a terminal; a page names all that is unwise.
fn warnings(projection: &Projection) -> Vec<Block> {
    let missing =
        projection.warnings.iter().filter(|warning| LEFT_OUT.iter().any(|code| code.as_str() == warning.code));
    let missing = missing.map(|warning| Block::Warning(format!("Warning: {}", warning.message)).on_screen());
    let all: Vec<String> =
        projection.warnings.iter().map(|w| format!("{} ({})", capital(&w.message), w.code)).collect();
    let many = if all.len() == 1 { "1 warning".to_owned() } else { format!("{} warnings", all.len()) };
    let about = format!("Read this before you rely on the figures ({many} about the plan):");
    let page = (!all.is_empty()).then(|| [Block::Warning(about).on_page(), Block::List(all)]);
    missing.chain(page.into_iter().flatten()).collect()
}

fn charts(facts: &Facts<'_>, findings: &ReportFindings) -> Vec<Block> {
    let exceedance = (facts.plan.orgs() > 1).then(|| figure("exceedance", &findings.exceedance));
    [heading("Up to the deadline"), figure("cumulative", &findings.cumulative)]
        .into_iter()
        .chain(exceedance)
        .chain([heading("Day by day"), figure("daily", &findings.daily)])
        .chain([heading("Timeline"), figure("timeline", &findings.timeline)])
        .collect()
}

/// What brownouts disrupt, what a guard saves, and the figures at checkpoints.
fn policies(facts: &Facts<'_>, findings: &ReportFindings) -> Vec<Block> {
    let said = tables::disruptions(facts).into_iter().chain(tables::guarded(facts)).map(Block::Paragraph);
    let tables = [tables::guard(facts), tables::checkpoints(facts)].into_iter().flatten().map(Block::Table);
    let chart = findings.guard.iter().map(|finding| figure("guard", finding));
    said.chain(tables).chain(chart).collect()
}

/// The lowest and the highest rate.
pub fn ends(facts: &Facts<'_>) -> Vec<usize> {
    if facts.low == facts.high { vec![facts.low] } else { vec![facts.low, facts.high] }
}

fn segments(facts: &Facts<'_>, findings: &ReportFindings) -> Vec<Block> {
    let charts =
        [("segments", &findings.segments), ("local-hours", &findings.local_hours), ("heatmap", &findings.heatmap)];
    let charts = charts.into_iter().filter_map(|(name, finding)| Some(figure(name, finding.as_ref()?)));
    let found = parts::tables(facts);
    let any = !found.is_empty();
    found.into_iter().map(Block::Table).chain(charts.filter(|_| any)).collect()
}

fn calls(plan: &Plan, projection: &Projection) -> Vec<Block> {
    let Some(calls) = &projection.detail.calls else { return Vec::new() };
    let table = tables::calls(plan, calls);
    let finding = finding(plan, calls);
    let rows = (!table.rows.is_empty()).then(|| Block::Table(table).on_page());
    [heading("Whom to call"), paragraph(format!("{finding}.")), figure("call-first", &finding)]
        .into_iter()
        .chain(rows)
        .chain(overdue(calls).map(paragraph))
        .collect()
}

fn tripwires(plan: &Plan, projection: &Projection) -> Vec<Block> {
    let Some(wires) = &projection.tripwires else { return Vec::new() };
    let tolerance = plan.tolerance().map(group_count).unwrap_or_default();
    let uptake = show_share((wires.uptake * 1e3).round() / 1e3);
    vec![
        heading("Tripwires"),
        paragraph(format!(
            "If fewer {ORGS} than this have {ACTED} by the hour shown, more than {tolerance} {FAILED} {ORGS} are more likely than not. For even odds, \
             {uptake} must {ACT} in the end."
        )),
        Block::Table(tables::tripwires(plan, wires)).on_page(),
        paragraph(
            "This assumes that people act at the hours that the plan says. A slow start then means that fewer will act, not that they act \
             late. See tripwires.csv for every hour.",
        ),
    ]
}

fn assumed(projection: &Projection, assumptions: &[Assumption]) -> Vec<Block> {
    if assumptions.is_empty() {
        return Vec::new();
    }
    let matters = match &projection.detail.sensitivity {
        Some(found) => vec![paragraph(decision(found).join(" ")), Block::Table(tables::matters(found)).on_page()],
        None => vec![paragraph("To see how much each of them matters, run cutover sensitivity.")],
    };
    let all = Block::Table(tables::assumptions(assumptions)).on_page();
    std::iter::once(heading("Assumptions")).chain(matters).chain([all]).collect()
}

fn trust(projection: &Projection, findings: &ReportFindings) -> Vec<Block> {
    let agreement = findings.agreement.as_ref().map(|text| {
        let holds = projection.agreement.as_ref().is_some_and(|a| a.holds() && !a.is_too_coarse());
        if holds { Block::Aside(text.clone()) } else { Block::Warning(text.clone()) }
    });
    let details = findings.agreement_details.iter().cloned().chain(error_bound(projection)).map(paragraph);
    Block::trust(agreement.into_iter().chain(details).chain(Block::notes(&projection.notes)))
}

/// How far exact means may be off, in a sentence; `None` without an exact engine's answer.
pub fn error_bound(projection: &Projection) -> Option<String> {
    let bounds = projection.uptakes.iter().filter_map(|o| o.exact.as_ref()?.error_bound);
    let millionths = (bounds.reduce(f64::max)? * 1e6).ceil().max(1.0);
    Some(format!(
        "As arithmetic, each exact mean is off by at most {} in a million. How good the assumptions are, that does not say.",
        orgs(millionths as u64)
    ))
}

/// What to do about the warnings.
fn advice(projection: &Projection) -> Vec<Block> {
    let of = |w: &Warning| {
        let said = std::iter::once(&w.message).chain(&w.notes).chain(&w.help);
        said.map(|text| format!("{}.", capital(text))).collect::<Vec<_>>().join(" ")
    };
    let all: Vec<String> = projection.warnings.iter().map(of).collect();
    if all.is_empty() { Vec::new() } else { vec![heading("Warnings about the plan"), Block::List(all)] }
}

fn sources(plan: &Plan, projection: &Projection) -> Sources {
    let facts = vec![
        ("seed", projection.seed.to_string()),
        ("simulated runs", group_count(projection.runs)),
        ("time zone", plan.time_zone().name().to_owned()),
        ("deadline", deadline_full(plan)),
    ];
    Sources { facts, ..Sources::scenario(&projection.provenance) }
}

fn repeat(projection: &Projection) -> Block {
    let text = command::command(projection);
    Block::Code { title: "To repeat it".to_owned(), language: "sh", short: text.clone(), text }.on_page()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::document::{assert_fits, page, text};
    use crate::output::safe;
    use crate::output::samples;
    use crate::output::terminal::Look;

    fn assumptions() -> Vec<Assumption> {
        let one = |key: &str, words: &str, given| Assumption { key: key.to_owned(), words: words.to_owned(), given };
        vec![
            one("refresh.interval", "time between refreshes: 1,400 h", true),
            one("event.pkce.reauthorization.required", "share that must reconnect | all: 100 %", false),
        ]
    }

    fn document_of(name: &str) -> Document {
        let sample = samples::named(name);
        document(&sample.plan, &sample.projection, &assumptions())
    }

    fn on_screen(name: &str, width: usize) -> String {
        text(&document_of(name), Look { width, colour: false })
    }

    #[test]
    fn no_line_is_wider_than_the_terminal_and_every_row_of_the_page_is_whole() {
        for sample in samples::all() {
            assert_fits(sample.name, &document_of(sample.name));
        }
    }

    #[test]
    fn a_simulated_mean_is_printed_no_more_precisely_than_its_error_allows() {
        // The sd of Binomial(2500, 0.0493) is 10.8, so the standard error over 10,000 runs is 0.11: whole orgs.
        let row = |name| on_screen(name, 80).lines().find(|l| l.starts_with("  0 % ")).expect("a row").to_owned();
        let words = |row: String| row.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(row("simulated"))[2], "123");
        assert_eq!(words(row("flagship"))[2], "123.3");
    }

    #[test]
    fn colour_is_an_overlay_that_changes_no_word() {
        let coloured = text(&document_of("flagship"), Look { width: 80, colour: true });
        let mut stripped = safe::terminal(&coloured).into_owned();
        for code in ["0", "1", "2", "31"] {
            stripped = stripped.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(stripped, on_screen("flagship", 80));
    }

    /// The tables of a plan with regions, as they stand in the summary.
    #[test]
    fn segments_are_laid_out_for_narrow_and_for_wide_terminals() {
        let tables = |width| {
            let text = on_screen("regions", width);
            let from = text.find("By segment").expect("the table");
            let to = text.find("Double-checked").expect("what follows");
            text[from..to].trim_end().to_owned()
        };
        insta::assert_snapshot!(tables(80), @r"
        By segment, if 50 % reconnect
          segment    orgs  failed   share  still broken  by the end  at 0 %  at 100 %
         ─────────────────────────────────────────────────────────────────────────────
          Americas  1,200    42.7  3.56 %          17.1       613.1  4.93 %    2.18 %
          EMEA        800    28.4  3.56 %          11.4       408.7  4.93 %    2.18 %
          India       200     7.1  3.56 %           2.8       102.2  4.93 %    2.18 %
          Japan       300    10.7  3.56 %           4.3       153.3  4.93 %    2.18 %
          Failed: by the deadline if 50 % reconnect. Still broken: not recovered by the
          deadline. By the end: failed by 30 June. The last columns: failed at other
          rates.
        ");
        insta::assert_snapshot!(tables(120), @r"
        By segment, if 50 % reconnect
          segment    orgs  failed   share  still broken  by the end  failed at 0 %  at 0 %  failed at 100 %  at 100 %
         ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
          Americas  1,200    42.7  3.56 %          17.1       613.1           59.2  4.93 %             26.2    2.18 %
          EMEA        800    28.4  3.56 %          11.4       408.7           39.5  4.93 %             17.4    2.18 %
          India       200     7.1  3.56 %           2.8       102.2            9.9  4.93 %              4.4    2.18 %
          Japan       300    10.7  3.56 %           4.3       153.3           14.8  4.93 %              6.5    2.18 %
          Failed: by the deadline if 50 % reconnect. Still broken: not recovered by the deadline. By the end: failed by 30 June.
          The last columns: failed at other rates.
        ");
    }

    #[test]
    fn a_report_begins_with_the_decision_and_shows_every_chart() {
        let text = page(&document_of("flagship"));
        let decision = text.find("about 123 of 2,500 orgs (1 in 20) fail").expect("the decision");
        let charts = ["headline", "cumulative", "daily", "timeline"].map(|n| text.find(&format!("](charts/{n}.svg)")));
        let charts: Vec<usize> = charts.into_iter().map(|c| c.expect("a chart")).collect();
        assert!(decision < charts[0] && charts.is_sorted(), "{text}");
        assert!(text.contains("![75 % must reconnect to stay within 100 failed orgs"), "{text}");
    }

    #[test]
    fn no_user_text_becomes_markup() {
        let text = page(&document_of("hostile-names"));
        assert!(!text.contains("<script>") && text.contains("&lt;script>"), "{text}");
    }
}
