//! Bytes from results: the terminal summary, JSON, charts, the report, curves as tables; and one place that writes files.
//! It takes a plan and its projection, and computes neither.

pub(crate) mod assumption_names;
pub(crate) mod base_rates;
#[cfg(feature = "cli")]
pub(crate) mod calendar;
#[cfg(feature = "charts")]
pub mod chart;
pub(crate) mod compare;
pub(crate) mod diff;
pub mod document;
#[cfg(feature = "charts")]
pub(crate) mod embed;
#[cfg(all(feature = "charts", feature = "tables"))]
pub(crate) mod files;
pub(crate) mod fit;
pub mod folder;
pub(crate) mod frontier;
#[cfg(feature = "charts")]
pub(crate) mod html;
pub(crate) mod json;
mod markup;
pub mod moments;
#[cfg(feature = "charts")]
mod one_page;
pub(crate) mod orgs;
#[cfg(feature = "charts")]
mod paper;
pub mod run;
pub mod safe;
pub mod scenario_keys;
#[cfg(feature = "tables")]
pub(crate) mod score;
pub(crate) mod sensitivity;
pub mod sentence;
pub(crate) mod solve;
#[cfg(feature = "tables")]
pub(crate) mod tables;
pub mod terminal;
#[cfg(feature = "tables")]
pub(crate) mod track;
pub mod words;
#[cfg(feature = "tables")]
pub(crate) mod workbook;

#[cfg(test)]
mod samples;

#[cfg(feature = "charts")]
#[cfg(feature = "charts")]
use crate::plan::wording::{carried, carried_all};
use crate::{Result, plan::Plan, results::Projection};

/// Every file of an output folder: `report.md`, `report.html`, `summary.json`, `curve.csv`, `curve.parquet`, `outcomes.csv`, `report.xlsx`,
/// `one-page.docx`, `timeline.ics`, `segments.csv` and `local-hours.csv` where there are segments, `tripwires.csv` where there are such, `orgs.csv` and
/// `orgs.parquet` where an inventory names the orgs, and each chart as SVG and PNG in `charts/`, its dark twin in `charts/dark/`. Names are relative to the folder, in a fixed order.
///
/// `calendar_before` is the `timeline.ics` that is to be replaced, whose entries the new ones follow on.
///
/// # Errors
/// When one of them can't be made.
#[cfg(feature = "cli")]
pub fn render_all(
    plan: &Plan,
    projection: &Projection,
    assumptions: &[crate::results::Assumption],
    calendar_before: Option<&str>,
) -> Result<Vec<folder::File>> {
    let _words = plan.wording().enter();
    // First what takes its memory for itself; then those that take longest, side by side.
    let curves = [tables::curve_csv(plan, projection)?, tables::curve_parquet(plan, projection)?];
    let ((page, book), charts) = rayon::join(
        carried(|| (html::render(plan, projection, assumptions), workbook::xlsx(plan, projection, assumptions))),
        carried(|| both_themes(plan, projection)),
    );
    let mut files = vec![
        ("report.md".to_owned(), document::page(&run::document(plan, projection, assumptions)).into_bytes()),
        ("report.html".to_owned(), page?.into_bytes()),
        ("summary.json".to_owned(), json::summary_text(plan, projection).into_bytes()),
    ];
    files.extend(["curve.csv", "curve.parquet"].map(str::to_owned).into_iter().zip(curves));
    let outcomes = run::tables::outcomes(&sentence::Facts::of(plan, projection));
    files.push(("outcomes.csv".to_owned(), document::csv(&outcomes).into_bytes()));
    files.push(("report.xlsx".to_owned(), book?));
    let sheet = one_page::one_page(plan, projection, assumptions);
    files.push(("one-page.docx".to_owned(), one_page::docx(&sheet, plan, projection)?));
    files.push(("timeline.ics".to_owned(), calendar::ics(plan, projection, calendar_before)));
    if plan.segments().len() > 1 {
        files.push(("segments.csv".to_owned(), tables::segments_csv(plan, projection)?));
        let hours = tables::local_hours_csv(plan, projection)?;
        files.extend(hours.map(|bytes| ("local-hours.csv".to_owned(), bytes)));
    }
    files.extend(
        projection.tripwires.as_ref().map(|w| ("tripwires.csv".to_owned(), tripwires_csv(plan, w).into_bytes())),
    );
    if let Some(calls) = &projection.detail.calls {
        files.extend(files::of_orgs(plan, calls)?);
    }
    files.extend(charts?);
    Ok(files)
}

/// Every name that [`render_all`] can give a file, whatever the plan: what of it a run does not write is an earlier plan's.
#[cfg(feature = "cli")]
pub fn names() -> Vec<String> {
    // Not the lists of orgs: in a folder of somebody's own, one of that name may be an inventory.
    let tables = [
        "report.md",
        "report.html",
        "summary.json",
        "curve.csv",
        "curve.parquet",
        "outcomes.csv",
        "report.xlsx",
        "one-page.docx",
        "timeline.ics",
        "segments.csv",
        "local-hours.csv",
        "tripwires.csv",
    ];
    let charts = chart::names().into_iter().chain(["call-first"]);
    let charts = charts.flat_map(|name| {
        let both = ["charts", "charts/dark"].into_iter();
        both.flat_map(move |folder| ["svg", "png"].map(|end| format!("{folder}/{name}.{end}")))
    });
    tables.map(str::to_owned).into_iter().chain(charts).collect()
}

/// Every chart in both themes; the dark ones in `charts/dark/`.
///
/// # Errors
/// When one of them can't be drawn.
#[cfg(feature = "charts")]
pub fn both_themes(plan: &Plan, projection: &Projection) -> Result<Vec<folder::File>> {
    let (light, dark) = rayon::join(
        carried(|| chart_files(plan, projection, &chart::Theme::LIGHT)),
        carried(|| chart_files(plan, projection, &chart::Theme::DARK)),
    );
    let mut files = light?;
    files.extend(dark?.into_iter().map(|(name, bytes)| (name.replacen("charts/", "charts/dark/", 1), bytes)));
    Ok(files)
}

/// `tripwires.csv`: a row for each hour of the window. No value holds a comma.
#[cfg(feature = "charts")]
fn tripwires_csv(plan: &Plan, wires: &crate::results::solution::Tripwires) -> String {
    let mut out = "at,hours,share_reconnected,orgs_reconnected\n".to_owned();
    for wire in &wires.hours {
        let at = crate::plan::clock::rfc3339(plan.instant(wire.hour), plan.time_zone());
        out += &format!("{at},{},{},{}\n", wire.hour, wire.reconnected, wire.orgs);
    }
    out
}

/// Each chart as SVG and PNG, drawn in parallel and listed in a fixed order.
///
/// # Errors
/// When one of them can't be drawn.
#[cfg(feature = "charts")]
pub fn chart_files(plan: &Plan, projection: &Projection, theme: &chart::Theme) -> Result<Vec<folder::File>> {
    use rayon::prelude::*;
    let drawn: Result<Vec<[folder::File; 2]>> = chart::of(plan, projection)
        .par_iter()
        .map(carried_all(|(name, draw): &(&'static str, chart::Draw)| {
            let svg = chart::drawn(*draw, plan, projection, theme)?.svg;
            let png = chart::rasterise(&svg)?;
            Ok([(format!("charts/{name}.svg"), svg.into_bytes()), (format!("charts/{name}.png"), png)])
        }))
        .collect();
    Ok(drawn?.into_iter().flatten().collect())
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use super::*;

    #[test]
    fn an_output_folder_has_all_its_files_with_the_same_bytes_twice() {
        let sample = samples::flagship();
        let render = || render_all(&sample.plan, &sample.projection, &[], None).expect("rendered");
        let files = render();
        let names: Vec<&str> = files.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(names[..5], ["report.md", "report.html", "summary.json", "curve.csv", "curve.parquet"]);
        assert_eq!(names.len(), 9 + 4 * (chart::ALL.len() + 1));
        assert_eq!(files, render());
    }

    #[test]
    fn segments_add_their_tables_and_charts() {
        let sample = samples::named("regions");
        let files = render_all(&sample.plan, &sample.projection, &[], None).expect("rendered");
        for name in ["segments.csv", "local-hours.csv", "charts/segments.svg", "charts/dark/local-hours.png"] {
            assert!(files.iter().any(|f| f.0 == name), "{name}");
        }
    }
}
