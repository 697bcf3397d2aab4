//! `frontier.json` and `solve --frontier --format json`.

use crate::output::solve::json::scenario;
use crate::results::solution::{Frontier, Setting};
use serde_json::{Value, json};

/// The frontier as the text of a JSON file.
pub fn text(frontier: &Frontier) -> String {
    format!("{:#}\n", value(frontier))
}

/// The frontier as a JSON value; `chances` by column, then row.
pub fn value(frontier: &Frontier) -> Value {
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
