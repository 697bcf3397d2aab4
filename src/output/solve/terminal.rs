//! A solution as text for a terminal of a given width.

use super::sentences;
use super::shown::shown;
use crate::output::terminal::{Look, NARROWEST, plain, table};
use crate::plan::units::orgs;
use crate::results::solution::Solution;

/// The solution.
pub fn summary(solution: &Solution, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let heading = format!("{}\n{}", plain(solution.plan.title()), orgs(solution.plan.orgs()));
    let finding: Vec<String> =
        look.wrapped(&format!("{}.", sentences::finding(solution))).lines().map(|l| look.bold(l)).collect();
    let mut parts = vec![look.dim(&heading), finding.join("\n"), look.wrapped(&sentences::figures(solution).join(" "))];
    parts.push(look.wrapped(&sentences::search(solution)));
    if let Some(text) = sentences::check(solution) {
        let text = look.wrapped(&text);
        let holds = solution.check.as_ref().is_some_and(crate::results::solution::Check::holds);
        parts.push(if holds { look.dim(&text) } else { look.warning(&text) });
    }
    parts.push(chances(solution, look));
    parts.extend(solution.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

fn chances(solution: &Solution, look: Look) -> String {
    let row = |tried: &crate::results::solution::Tried| {
        let mark =
            if solution.reachable && tried.setting.number == solution.best.setting.number { "the answer" } else { "" };
        vec![tried.setting.words.clone(), sentences::precise(tried.chance), mark.to_owned()]
    };
    let rows: Vec<Vec<String>> = shown(solution).into_iter().map(row).collect();
    let head = look.bold(&look.wrapped(&format!("Chance that {}", solution.asked.words)));
    format!("{head}\n{}", table(vec![solution.key.clone(), "chance".to_owned(), String::new()], rows, 1, look))
}
