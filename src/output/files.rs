//! The files of each verb's folder but `run`'s: a page, the same as JSON, tables, and its chart in both themes.

use super::chart::{self, Theme, in_both_themes, rasterise};
use super::document::page;
use super::folder::File;
use super::{compare, diff, fit, frontier, html, json, orgs, score, sensitivity, solve, track};
use crate::Result;
use crate::plan::Plan;
use crate::results::comparison::Comparison;
use crate::results::fit::HistoryFit;
use crate::results::orgs::OrgTable;
use crate::results::plan_diff::PlanDiff;
use crate::results::score::Scores;
use crate::results::sensitivity::Sensitivity;
use crate::results::solution::{Frontier, Solution};
use crate::results::track::TrackReport;

/// Every file of a comparison's folder: `compare.md`, `compare.json`, and the chart as SVG and PNG, light and dark. Names are relative to it.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_comparison(comparison: &Comparison) -> Result<Vec<File>> {
    let mut files = vec![
        ("compare.md".to_owned(), page(&compare::document(comparison)).into_bytes()),
        ("compare.json".to_owned(), compare::json::text(comparison).into_bytes()),
    ];
    files.extend(in_both_themes("compare", |theme| chart::compare::draw(comparison, theme))?);
    Ok(files)
}

/// Every file of a rollout under way: `track.md`, `track.html`, `track.json`, and its charts as SVG and PNG, light and dark. Names are relative to
/// the folder.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_track(report: &TrackReport) -> Result<Vec<File>> {
    let mut files = vec![
        ("track.md".to_owned(), page(&track::document(report)).into_bytes()),
        ("track.html".to_owned(), html::render_track(report)?.into_bytes()),
        ("track.json".to_owned(), track::json::text(report).into_bytes()),
    ];
    for (folder, theme) in [("charts", Theme::LIGHT), ("charts/dark", Theme::DARK)] {
        for chart in chart::of_track(report, &theme)? {
            files.push((format!("{folder}/{}.png", chart.name), rasterise(&chart.svg)?));
            files.push((format!("{folder}/{}.svg", chart.name), chart.svg.into_bytes()));
        }
    }
    Ok(files)
}

/// Every file of scores, called `score` or `replay`: a page, JSON, and the chart as SVG and PNG, light and dark. Names are relative to the folder.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_scores(scores: &Scores, title: &str, name: &str) -> Result<Vec<File>> {
    let mut files = vec![
        (format!("{name}.md"), page(&score::document(scores, title)).into_bytes()),
        (format!("{name}.json"), json::indented(scores).into_bytes()),
    ];
    files.extend(in_both_themes("score", |theme| chart::score::draw(scores, theme))?);
    Ok(files)
}

/// Every file of the folder: `diff.md`, `diff.json`, and the chart as SVG and PNG, light and dark. Names are relative to it.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_diff(diff: &PlanDiff) -> Result<Vec<File>> {
    let mut files = vec![
        ("diff.md".to_owned(), page(&diff::document(diff)).into_bytes()),
        ("diff.json".to_owned(), diff::json::text(diff).into_bytes()),
    ];
    files.extend(in_both_themes("diff", |theme| chart::waterfall::draw(diff, theme))?);
    Ok(files)
}

/// Every file of a fit's folder: `fit.md`, `fit.json`, `survival.csv`, `intervals.csv`, and the chart as SVG and PNG, light and dark.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_fit(found: &HistoryFit) -> Result<Vec<File>> {
    let mut files = vec![
        ("fit.md".to_owned(), page(&fit::document(found)).into_bytes()),
        ("fit.json".to_owned(), fit::json::text(found).into_bytes()),
        ("survival.csv".to_owned(), fit::survival_csv(found).into_bytes()),
        ("intervals.csv".to_owned(), fit::intervals_csv(found).into_bytes()),
    ];
    files.extend(in_both_themes("fit", |theme| chart::fit::draw(found, theme))?);
    Ok(files)
}

/// The files of a frontier: `frontier.md`, `frontier.json`, `frontier.csv` with the plane, `frontier-line.csv`, and the chart, light and dark.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_frontier(frontier: &Frontier) -> Result<Vec<File>> {
    let mut files = vec![
        ("frontier.md".to_owned(), page(&frontier::document(frontier)).into_bytes()),
        ("frontier.json".to_owned(), frontier::json::text(frontier).into_bytes()),
        ("frontier.csv".to_owned(), frontier::plane_csv(frontier).into_bytes()),
        ("frontier-line.csv".to_owned(), frontier::line_csv(frontier).into_bytes()),
    ];
    files.extend(in_both_themes("frontier", |theme| chart::frontier::draw(frontier, theme))?);
    Ok(files)
}

/// Every file of the list: `orgs.parquet`, `orgs.csv` where a spreadsheet can hold it, and the chart as SVG and PNG in `charts/` and `charts/dark/`. Names are relative to
/// the output folder.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_orgs(plan: &Plan, table: &OrgTable) -> Result<Vec<File>> {
    // Rows that a spreadsheet holds; a list with more is written as Parquet alone.
    const MOST_IN_SHEET: usize = 1_000_000;
    let in_sheet = table.len() <= MOST_IN_SHEET;
    let csv = || in_sheet.then(|| orgs::tables::csv(plan, table)).transpose();
    let (csv, parquet) = rayon::join(csv, || orgs::tables::parquet(plan, table));
    let mut files = vec![("orgs.parquet".to_owned(), parquet?)];
    files.extend(csv?.map(|bytes| ("orgs.csv".to_owned(), bytes)));
    files.extend(in_both_themes("call-first", |theme| chart::call_first::draw(plan, table, theme))?);
    Ok(files)
}

/// Every file of the folder: `sensitivity.md`, `sensitivity.json`, and the chart as SVG and PNG, light and dark. Names are relative to it.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_sensitivity(found: &Sensitivity) -> Result<Vec<File>> {
    let mut files = vec![
        ("sensitivity.md".to_owned(), page(&sensitivity::document(found)).into_bytes()),
        ("sensitivity.json".to_owned(), sensitivity::json::text(found).into_bytes()),
    ];
    files.extend(in_both_themes("sensitivity", |theme| chart::tornado::draw(found, theme))?);
    Ok(files)
}

/// The files of a solution: `solve.md`, `solve.json`, and the chart as SVG and PNG, light and dark. Names are relative to the folder.
///
/// # Errors
/// When one of them can't be made.
pub(crate) fn of_solution(solution: &Solution) -> Result<Vec<File>> {
    let mut files = vec![
        ("solve.md".to_owned(), page(&solve::document(solution)).into_bytes()),
        ("solve.json".to_owned(), solve::json::text(solution).into_bytes()),
    ];
    files.extend(in_both_themes("solve", |theme| chart::solve::draw(solution, theme))?);
    Ok(files)
}
