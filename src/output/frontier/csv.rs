//! A frontier as CSV: the plane, and the line.

use crate::results::solution::Frontier;

/// The plane: a row for each pair of values. No value of a key holds a comma.
pub(crate) fn plane_csv(frontier: &Frontier) -> String {
    let mut out = format!("{},{},chance\n", frontier.keys[0], frontier.keys[1]);
    for (x, column) in frontier.x.iter().zip(&frontier.chances) {
        for (y, chance) in frontier.y.iter().zip(column) {
            out += &format!("{},{},{}\n", x.plain, y.plain, chance.map_or_else(String::new, |c| c.to_string()));
        }
    }
    out
}

/// The line: a row for each column, empty where no value is enough.
pub(crate) fn line_csv(frontier: &Frontier) -> String {
    let mut out = format!("{},{},chance\n", frontier.keys[0], frontier.keys[1]);
    for (x, found) in frontier.x.iter().zip(&frontier.line) {
        let found = found.as_ref().map_or_else(|| ",".to_owned(), |t| format!("{},{}", t.setting.plain, t.chance));
        out += &format!("{},{found}\n", x.plain);
    }
    out
}
