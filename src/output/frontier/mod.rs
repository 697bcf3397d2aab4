//! Bytes from a frontier: sentences, the terminal's text, JSON, CSV, the Markdown page; its chart is among the charts. It computes
//! no result.

#[cfg(feature = "charts")]
use super::report::{escape, provenance};
use super::solve::json::scenario;
use super::solve::sentences::{at_rate, capitalised, confidence, precise};
use super::terminal::{Look, NARROWEST, plain, table};
use crate::plan::units::{group_count, orgs};
use crate::results::solution::{Frontier, Setting, Tried};
use serde_json::{Value, json};

/// Columns of the line that a person reads.
const MOST: usize = 11;

/// The columns whose line has a value, each with it.
fn line(frontier: &Frontier) -> Vec<(&Setting, &Tried)> {
    frontier.x.iter().zip(&frontier.line).filter_map(|(x, tried)| tried.as_ref().map(|t| (x, t))).collect()
}

/// What was found, in a sentence: the title of the chart too.
pub fn finding(frontier: &Frontier) -> String {
    let [across, upwards] = &frontier.keys;
    let line = line(frontier);
    let at = at_rate(frontier.rate.as_ref());
    let (Some((x0, y0)), Some((x1, y1))) = (line.first(), line.last()) else {
        return format!("No {upwards} is enough{at} at any {across} shown");
    };
    // As long as the first value does, nothing happens; then it moves.
    let same = line.iter().take_while(|(_, y)| y.setting == y0.setting).count();
    let name = format!("{} {upwards}", capitalised(frontier.least));
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
fn goal(frontier: &Frontier) -> String {
    format!("So that {} {}.", frontier.asked.words, confidence(&frontier.asked))
}

/// Where the plan stands, in a sentence.
fn standing(frontier: &Frontier) -> Option<String> {
    let (x, y, chance) = frontier.now.as_ref()?;
    let [across, upwards] = &frontier.keys;
    let middle = if frontier.keys.iter().any(|key| key == "reconnect.uptake") && frontier.plan.uptakes().len() > 1 {
        " (the middle one of the scenario's rates)"
    } else {
        ""
    };
    Some(format!("With {across} {} and {upwards} {}{middle} the chance is {}.", x.words, y.words, precise(*chance)))
}

fn search(frontier: &Frontier) -> String {
    format!(
        "{} by {} values, {} exact solutions.",
        frontier.x.len(),
        frontier.y.len(),
        group_count(frontier.evaluations as u64)
    )
}

/// Some columns, evenly spaced, the first and the last among them.
fn shown(frontier: &Frontier) -> Vec<(&Setting, Option<&Tried>)> {
    let last = frontier.x.len().saturating_sub(1);
    let mut places: Vec<usize> = (0..MOST).map(|i| i * last / (MOST - 1)).collect();
    places.dedup();
    places.into_iter().map(|i| (&frontier.x[i], frontier.line[i].as_ref())).collect()
}

fn cells((x, found): (&Setting, Option<&Tried>)) -> Vec<String> {
    let (value, chance) = found
        .map_or_else(|| ("none is enough".to_owned(), String::new()), |t| (t.setting.words.clone(), precise(t.chance)));
    vec![x.words.clone(), value, chance]
}

fn header(frontier: &Frontier) -> Vec<String> {
    vec![frontier.keys[0].clone(), format!("{} {}", frontier.least, frontier.keys[1]), "chance".to_owned()]
}

/// The frontier as text for a terminal of a given width.
pub fn terminal(frontier: &Frontier, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let heading = format!("{}\n{}", plain(frontier.plan.title()), orgs(frontier.plan.orgs()));
    let finding: Vec<String> = look.wrapped(&format!("{}.", finding(frontier))).lines().map(|l| look.bold(l)).collect();
    let mut parts = vec![look.dim(&heading), finding.join("\n")];
    parts.push(look.wrapped(&format!("{} {}", goal(frontier), standing(frontier).unwrap_or_default())));
    let rows: Vec<Vec<String>> = shown(frontier).into_iter().map(cells).collect();
    parts.push(table(header(frontier), rows, 1, look));
    parts.push(look.dim(&look.wrapped(&search(frontier))));
    parts.extend(frontier.notes.iter().map(|note| look.wrapped(&format!("Note: {note}"))));
    parts.join("\n\n") + "\n"
}

/// The page as Markdown.
#[cfg(feature = "charts")]
pub fn report(frontier: &Frontier) -> String {
    let finding = finding(frontier);
    let mut parts = vec![
        format!("# {} against {}", escape(&frontier.keys[1]), escape(&frontier.keys[0])),
        format!("**{}.**", escape(&finding)),
    ];
    parts.push(escape(format!("{} {}", goal(frontier), standing(frontier).unwrap_or_default()).trim_end()));
    parts.push(format!("![{}](charts/frontier.svg)", escape(&finding)));
    let row = |cells: &[String]| format!("| {} |", cells.iter().map(|c| escape(c)).collect::<Vec<_>>().join(" | "));
    let mut lines = vec![row(&header(frontier)), "| --- | ---: | ---: |".to_owned()];
    lines.extend(shown(frontier).into_iter().map(|column| row(&cells(column))));
    parts.push(lines.join("\n"));
    parts.push(format!("## How far to trust this\n\n{}", escape(&search(frontier))));
    if !frontier.notes.is_empty() {
        parts.push(frontier.notes.iter().map(|n| format!("- {}", escape(n))).collect::<Vec<_>>().join("\n"));
    }
    parts.push(provenance(&frontier.provenance));
    parts.join("\n\n") + "\n"
}

/// The frontier as the text of a JSON file.
pub fn json_text(frontier: &Frontier) -> String {
    format!("{:#}\n", json(frontier))
}

/// The frontier as a JSON value; `chances` by column, then row.
pub fn json(frontier: &Frontier) -> Value {
    let line = frontier.x.iter().zip(&frontier.line).map(|(x, found)| {
        json!({ "x": x.json, "y": found.as_ref().map(|t| &t.setting.json), "chance": found.as_ref().map(|t| t.chance) })
    });
    let values = |settings: &[Setting]| settings.iter().map(|s| s.json.clone()).collect::<Vec<_>>();
    json!({
        "x": frontier.keys[0], "y": frontier.keys[1],
        "target": frontier.asked.target, "confidence": frontier.asked.confidence,
        "direction": frontier.least, "uptake": frontier.rate,
        "line": line.collect::<Vec<_>>(),
        "now": frontier.now.as_ref().map(|(x, y, chance)| json!({ "x": x.json, "y": y.json, "chance": chance })),
        "x_values": values(&frontier.x), "y_values": values(&frontier.y), "chances": frontier.chances,
        "evaluations": frontier.evaluations,
        "scenario": scenario(frontier.plan.title(), &frontier.provenance),
        "notes": frontier.notes, "version": frontier.provenance.version,
    })
}

/// The plane: a row for each pair of values. No value of a key holds a comma.
pub fn plane_csv(frontier: &Frontier) -> String {
    let mut out = format!("{},{},chance\n", frontier.keys[0], frontier.keys[1]);
    for (x, column) in frontier.x.iter().zip(&frontier.chances) {
        for (y, chance) in frontier.y.iter().zip(column) {
            out += &format!("{},{},{}\n", x.plain, y.plain, chance.map_or_else(String::new, |c| c.to_string()));
        }
    }
    out
}

/// The line: a row for each column, empty where no value is enough.
pub fn line_csv(frontier: &Frontier) -> String {
    let mut out = format!("{},{},chance\n", frontier.keys[0], frontier.keys[1]);
    for (x, found) in frontier.x.iter().zip(&frontier.line) {
        let found = found.as_ref().map_or_else(|| ",".to_owned(), |t| format!("{},{}", t.setting.plain, t.chance));
        out += &format!("{},{found}\n", x.plain);
    }
    out
}
