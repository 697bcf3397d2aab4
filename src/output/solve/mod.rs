//! Bytes from a solution: sentences, the terminal's text, JSON, the Markdown page; its chart is among the charts. It computes no
//! result.

pub mod json;
#[cfg(feature = "charts")]
mod report;
pub mod sentences;
pub mod terminal;

use crate::results::solution::Solution;

/// The files of a solution: `solve.md`, `solve.json`, and the chart as SVG and PNG, light and dark. Names are relative to the folder.
///
/// # Errors
/// When one of them can't be made.
#[cfg(feature = "charts")]
pub fn files(solution: &Solution) -> crate::Result<Vec<super::folder::File>> {
    let mut files = vec![
        ("solve.md".to_owned(), report::render(solution).into_bytes()),
        ("solve.json".to_owned(), json::text(solution).into_bytes()),
    ];
    files.extend(super::chart::in_both_themes("solve", |theme| super::chart::solve::draw(solution, theme))?);
    Ok(files)
}

/// At most so many of the values tried, the ends, the answer and its neighbour among them: what a person reads.
fn shown(solution: &Solution) -> Vec<&crate::results::solution::Tried> {
    const MOST: usize = 11;
    let kept = |number: f64| {
        let best = number == solution.best.setting.number;
        best || solution.next.as_ref().is_some_and(|n| n.setting.number == number)
    };
    let last = solution.tried.len().saturating_sub(1);
    let places = (0..MOST).map(|i| i * last / (MOST - 1)).collect::<Vec<_>>();
    let tried = solution.tried.iter().enumerate();
    tried.filter(|(i, t)| places.contains(i) || kept(t.setting.number)).map(|(_, t)| t).collect()
}
