//! A frontier in sentences: what was found, what was asked, where the plan stands.

use crate::output::solve::sentences::{at_rate, confidence, precise};
use crate::plan::units::group_count;
use crate::plan::wording::capital;
use crate::results::solution::{Frontier, Setting, Tried};

/// The columns whose line has a value, each with it.
fn line(frontier: &Frontier) -> Vec<(&Setting, &Tried)> {
    frontier.x.iter().zip(&frontier.line).filter_map(|(x, tried)| tried.as_ref().map(|t| (x, t))).collect()
}

/// What was found, in a sentence: the title of the chart too.
pub(crate) fn finding(frontier: &Frontier) -> String {
    let [across, upwards] = &frontier.keys;
    let line = line(frontier);
    let at = at_rate(&frontier.plan, frontier.rate.as_ref());
    let (Some((x0, y0)), Some((x1, y1))) = (line.first(), line.last()) else {
        return format!("No {upwards} is enough{at} at any {across} shown");
    };
    // As long as the first value does, nothing happens; then it moves.
    let same = line.iter().take_while(|(_, y)| y.setting == y0.setting).count();
    let name = format!("{} {upwards}", capital(frontier.least));
    let said = match same {
        n if n == line.len() => format!("{name} is {} at every {across}", y0.setting.words),
        1 => format!("{name} goes from {} at {} to {} at {}", y0.setting.words, x0.words, y1.setting.words, x1.words),
        n => format!(
            "{name} is {} up to {}, and {} at {}",
            y0.setting.words,
            line[n - 1].0.words,
            y1.setting.words,
            x1.words
        ),
    };
    let none = |at: Option<&Setting>, word: &str| {
        at.map_or_else(String::new, |x| format!("; {word} {} none is enough", x.words))
    };
    let first_missing = frontier.line.iter().rposition(Option::is_some).and_then(|last| frontier.x.get(last + 1));
    let before = frontier
        .line
        .iter()
        .position(Option::is_some)
        .and_then(|first| first.checked_sub(1))
        .and_then(|i| frontier.x.get(i));
    format!("{said}{at}{}{}", none(before, "up to"), none(first_missing, "from"))
}

/// What is asked, in a sentence.
pub(super) fn goal(frontier: &Frontier) -> String {
    format!("The goal: {} {}.", frontier.asked.words, confidence(&frontier.asked))
}

/// Where the plan stands, in a sentence.
pub(super) fn standing(frontier: &Frontier) -> Option<String> {
    let (x, y, chance) = frontier.now.as_ref()?;
    let [across, upwards] = &frontier.keys;
    let middle = if frontier.keys.iter().any(|key| key == "reconnect.uptake") && frontier.plan.uptakes().len() > 1 {
        " (the middle of its rates)"
    } else {
        ""
    };
    Some(format!(
        "The plan has {across} {} and {upwards} {}{middle}. Its chance is {}.",
        x.words,
        y.words,
        precise(*chance)
    ))
}

pub(super) fn search(frontier: &Frontier) -> String {
    format!(
        "{} by {} values, {} exact solutions.",
        frontier.x.len(),
        frontier.y.len(),
        group_count(frontier.evaluations as u64)
    )
}
