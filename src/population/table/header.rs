//! Where a text's header stands and what divides its cells: found by the names that are wanted, since exports put titles above it.

use super::lines::{Rows, TextRow};
use super::{WantedColumns, fault};
use crate::plan::units::group_count;
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;

/// Rows among which the header is looked for.
const FIRST: usize = 20;

/// What may divide cells; the first where nothing tells.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// A header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// What divides the cells.
    pub separator: u8,
    /// The names of the columns, without blanks around them.
    pub names: Vec<String>,
    /// The byte at which the first row below begins.
    pub end: usize,
    /// Its number among the rows of the file, from 1 on, as a spreadsheet counts.
    pub number: usize,
    /// Rows above it that hold something and are not read.
    pub above: usize,
}

/// The header of a text, of which something is left out when it is no such row: the caller has to look whether all that is needed is there.
/// `None` for a text without a row.
pub(super) fn find(text: &str, wanted: &WantedColumns<'_>) -> Option<Header> {
    let (declared, begin) = declared_separator(text);
    let candidates: &[u8] = declared.as_ref().map_or(&SEPARATORS, std::slice::from_ref);
    let mut best: Option<((bool, usize, usize), Header)> = None;
    for separator in candidates {
        let mut rows = Rows::new(&text[begin..], *separator);
        let (mut number, mut above, mut seen) = (usize::from(begin > 0), 0, 0);
        while let Some(row) = rows.next().filter(|_| seen < FIRST) {
            number += 1;
            let TextRow::Cells(cells) = row else { continue };
            seen += 1;
            let mut names: Vec<String> = (0..cells).map(|i| rows.cell(i).to_owned()).collect();
            if names.iter().all(String::is_empty) {
                continue;
            }
            if let Some(first) = names.first_mut()
                && let Some(plain) = first.strip_prefix('#')
            {
                *first = plain.trim_start().to_owned();
            }
            let knows = |column: &&super::WantedColumn| !places(&names, column).is_empty();
            let known = wanted.columns.iter().filter(knows).count();
            let has = |ours: &&str| wanted.columns.iter().filter(knows).any(|column| column.ours == *ours);
            let asked = wanted.columns.iter().filter(|column| column.theirs.is_some()).all(|column| knows(&column));
            let is_whole = asked && wanted.any_of.iter().any(|set| set.iter().all(&has));
            // The first row that has all that is needed: one further down begins another table. Of rows that lack some, that which knows most
            // names; of those that know none, the first one, cut into most cells.
            let score = (is_whole, known, if above == 0 { names.len() } else { 0 });
            let is_later = best.as_ref().is_some_and(|(b, header)| b.0 && header.separator == *separator);
            if !is_later && best.as_ref().is_none_or(|(b, _)| score > *b) {
                let header = Header { separator: *separator, names, end: begin + rows.at(), number, above };
                best = Some((score, header));
            }
            above += 1;
        }
    }
    best.map(|(_, header)| header)
}

/// `sep=;` on the first line, as Excel writes and reads it; and where the text begins after it.
fn declared_separator(text: &str) -> (Option<u8>, usize) {
    let line = text.lines().next().unwrap_or_default();
    let plain = line.trim().trim_matches('"').to_ascii_lowercase();
    let declared = plain.strip_prefix("sep=").map(str::as_bytes);
    // A tab is trimmed away with the blanks around the line.
    let separator = match declared {
        Some([]) if line.contains('\t') => b'\t',
        Some([separator]) => *separator,
        _ => return (None, 0),
    };
    let ends = text[line.len()..].chars().take_while(|c| matches!(c, '\r' | '\n')).count().min(2);
    let ends = if text[line.len()..].starts_with("\r\n") { 2 } else { ends.min(1) };
    (Some(separator), line.len() + ends)
}

/// A name as it is compared: without regard to case and to blanks around it; `_`, `-` and blanks are alike.
fn plain(name: &str) -> String {
    let words = name.trim().trim_start_matches('\u{feff}').to_lowercase();
    words.split(['_', '-', ' ', '\u{a0}']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Where a column stands: as it is spelt, if the caller gave a name and one column has just that; else all that are alike.
fn places(names: &[String], column: &super::WantedColumn) -> Vec<usize> {
    let of = |same: &dyn Fn(&str) -> bool| -> Vec<usize> { (0..names.len()).filter(|i| same(&names[*i])).collect() };
    if column.theirs.is_some() {
        let exact = of(&|name| name == column.name());
        if exact.len() == 1 {
            return exact;
        }
    }
    let asked = plain(column.name());
    of(&|name| plain(name) == asked)
}

/// The places of the wanted columns among `names`, by our names.
///
/// # Errors
/// When a needed column is missing, or two claim to be one.
pub(super) fn columns(
    names: &[String],
    file: &str,
    wanted: &WantedColumns<'_>,
) -> Result<Vec<(&'static str, usize)>, InventoryFault> {
    let mut found: Vec<(&'static str, usize)> = Vec::new();
    let mut missing: Vec<&super::WantedColumn> = Vec::new();
    for column in &wanted.columns {
        match places(names, column)[..] {
            [] if column.theirs.is_some() => missing.push(column),
            [] => {}
            [place] => found.push((column.ours, place)),
            [first, second, ..] => {
                let (first, second) = (&names[first], &names[second]);
                let message = if first == second {
                    format!("{file} has two columns `{first}`")
                } else {
                    format!("{file} has two columns that may be `{}`: `{first}` and `{second}`", column.name())
                };
                let help = format!(
                    "leave one of them out, or say which one is meant: {}",
                    (wanted.mapping)(column.ours, if first == second { "OTHER NAME" } else { first })
                );
                return Err(fault(FindingCode::DoubleColumn, message, help));
            }
        }
    }
    let has = |ours: &str| found.iter().any(|(name, _)| *name == ours);
    let asked = |ours: &str| wanted.columns.iter().find(|column| column.ours == ours);
    if missing.is_empty() && !wanted.any_of.iter().any(|set| set.iter().all(|ours| has(ours))) {
        // Of the set that lacks least.
        let lacks = |set: &&&[&'static str]| set.iter().filter(|ours| !has(ours)).count();
        let nearest = wanted.any_of.iter().min_by_key(lacks);
        let lacking = nearest.into_iter().flat_map(|set| set.iter()).filter(|ours| !has(ours));
        missing.extend(lacking.filter_map(|ours| asked(ours)));
    }
    if let Some((first, second)) = wanted.not_both.filter(|(first, second)| has(first) && has(second)) {
        let name = |ours| found.iter().find(|(n, _)| *n == ours).map_or(ours, |(_, place)| names[*place].as_str());
        let message = format!("{file} has both `{}` and `{}`", name(first), name(second));
        return Err(fault(
            FindingCode::DoubleColumn,
            message,
            "a row is one org, or a group of like ones: leave one column out",
        ));
    }
    if missing.is_empty() { Ok(found) } else { Err(missing_columns(names, file, &missing, found.is_empty(), wanted)) }
}

/// What a file may call a column.
fn example(ours: &str) -> &'static str {
    match ours {
        "org_id" => "Account Id",
        "orgs" => "Number of Orgs",
        "interval" => "Hours",
        _ => "LastUsedDate",
    }
}

fn missing_columns(
    names: &[String],
    file: &str,
    missing: &[&super::WantedColumn],
    none_known: bool,
    wanted: &WantedColumns<'_>,
) -> InventoryFault {
    let listed: Vec<&str> = missing.iter().map(|column| column.name()).collect();
    let lacks = format!("{file} has no column `{}`", listed.join("` and no `"));
    let message = if none_known { format!("row 1 is not the header: {lacks}") } else { lacks };
    let named: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let first = missing.first();
    let near = first.and_then(|column| crate::scenario::nearest(column.name(), &named));
    let help = match (first, near) {
        (Some(column), Some(near)) => format!("did you mean `{near}`? Map it: {}", (wanted.mapping)(column.ours, near)),
        (Some(column), None) => {
            format!("map the file's own names: {}", (wanted.mapping)(column.ours, example(column.ours)))
        }
        (None, _) => String::new(),
    };
    let mut fault = fault(FindingCode::MissingColumn, message, help);
    let more = named.len().saturating_sub(20);
    let more = if more > 0 { format!(" and {} more", group_count(more as u64)) } else { String::new() };
    let shown: Vec<String> = named.iter().take(20).map(|name| super::shortened(name)).collect();
    fault.notes.push(if named.is_empty() {
        "it has: no columns".to_owned()
    } else {
        format!("it has: {}{more}", shown.join(", "))
    });
    if none_known && !names.is_empty() {
        fault.notes.push(format!("the first {FIRST} rows hold no row with these names"));
    }
    fault
}

/// Columns that are nearly one of those wanted, and are not it: a note each.
pub(super) fn near_misses(
    names: &[String],
    found: &[(&'static str, usize)],
    wanted: &WantedColumns<'_>,
) -> Vec<String> {
    let squeezed = |name: &str| plain(name).replace('_', "");
    let mut notes = Vec::new();
    for (place, name) in names.iter().enumerate() {
        if name.is_empty() || found.iter().any(|(_, used)| *used == place) {
            continue;
        }
        let is_near = |column: &&super::WantedColumn| {
            let (theirs, ours) = (squeezed(name), squeezed(column.ours));
            let is_plural = theirs.strip_suffix('s') == Some(ours.as_str());
            let distance = strsim::damerau_levenshtein(&theirs, &ours);
            theirs == ours || is_plural || (ours.len() >= 7 && distance <= 2)
        };
        let free = |column: &&super::WantedColumn| !found.iter().any(|(ours, _)| *ours == column.ours);
        if let Some(column) = wanted.columns.iter().filter(free).find(is_near) {
            notes.push(format!(
                "The column `{}` is not used. If it is `{}`, write {}.",
                super::shortened(name),
                column.ours,
                (wanted.mapping)(column.ours, name)
            ));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::super::{WantedColumn, WantedColumns};
    use super::*;

    fn wanted(mapped: &[(&'static str, &str)]) -> WantedColumns<'static> {
        let column = |ours: &'static str| WantedColumn {
            ours,
            theirs: mapped.iter().find(|(name, _)| *name == ours).map(|(_, theirs)| (*theirs).to_owned()),
        };
        WantedColumns {
            columns: ["org_id", "last_refresh_at", "time_zone", "weight", "reconnected_at"].map(column).into(),
            any_of: &[&["org_id", "last_refresh_at"]],
            not_both: None,
            mapping: |ours, theirs| format!("columns = {{ {ours} = \"{theirs}\" }}"),
            skip_bad_rows: false,
        }
    }

    #[test]
    fn the_header_is_found_by_its_names_below_titles_and_whatever_divides_it() {
        for (text, separator, number) in [
            ("org_id,last_refresh_at\na,b\n", b',', 1),
            ("\"Report\",,\n\"As of, today\",,\n,,\nORG-ID, Last Refresh At ,x\n", b',', 4),
            ("# exported 1;2;3;4\norg_id;last_refresh_at\n", b';', 2),
            ("org_id;last_refresh_at;\"Umsatz, EUR, netto, brutto\"\n", b';', 1),
            ("sep=;\r\norg_id;last_refresh_at\r\n", b';', 2),
            ("\"sep=|\"\norg_id|last_refresh_at\n", b'|', 2),
            ("sep=\t\norg_id\tlast_refresh_at\n", b'\t', 2),
            (" org_id | last_refresh_at \n---+---\n", b'|', 1),
            ("#org_id\tlast_refresh_at\n", b'\t', 1),
        ] {
            let header = find(text, &wanted(&[])).expect("a header");
            assert_eq!((header.separator, header.number), (separator, number), "{text:?}");
            assert!(columns(&header.names, "f", &wanted(&[])).is_ok(), "{text:?}: {:?}", header.names);
        }
        assert_eq!(find(" \n\n", &wanted(&[])), None);
        // Blank rows above it are no rows that are searched.
        let blank = "\n".repeat(30) + "org_id,last_refresh_at\na,b\n";
        assert_eq!(find(&blank, &wanted(&[])).map(|header| header.number), Some(31));
    }

    /// The orgs of the first table are not to be taken for titles above the second.
    #[test]
    fn of_two_headers_that_both_have_all_that_is_needed_the_first_is_it() {
        let text =
            "org_id,last_refresh_at\nb,2026-03-04T12:05:00Z\norg_id,last_refresh_at,weight\na,2026-04-20T12:05:00Z,5\n";
        assert_eq!(find(text, &wanted(&[])).map(|header| (header.number, header.above)), Some((1, 0)));
        let lacking = "org_id,contact\nx,y\norg_id,last_refresh_at\na,b\n";
        assert_eq!(find(lacking, &wanted(&[])).map(|header| header.number), Some(3), "the first lacks a column");
    }

    #[test]
    fn names_are_alike_and_two_of_a_kind_are_a_fault() {
        let of = |names: &[&str], mapped: &[(&'static str, &str)]| {
            let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            columns(&names, "f.csv", &wanted(mapped)).map_err(|fault| fault.message)
        };
        assert_eq!(of(&["LAST REFRESH AT", "Org-Id"], &[]), Ok(vec![("org_id", 1), ("last_refresh_at", 0)]));
        let mapped = [("org_id", "User Id"), ("last_refresh_at", "LastUsed")];
        assert_eq!(of(&["lastused", "USER ID", "user_id"], &[mapped[1]]).map_err(|e| e.contains("org_id")), Err(true));
        // The name that was given, if one column has just that.
        assert_eq!(of(&["LastUsed", "User Id", "user_id"], &mapped), Ok(vec![("org_id", 1), ("last_refresh_at", 0)]));
        assert!(of(&["org_id", "OrgId", "Org ID", "last_refresh_at"], &[]).is_err_and(|m| m.contains("`Org ID`")));
        assert!(of(&["x", "y"], &[]).is_err_and(|m| m.starts_with("row 1 is not the header")));
    }

    #[test]
    fn a_column_that_is_nearly_one_of_ours_is_named_with_what_to_write() {
        let names = ["org_id", "last_refresh_at", "timezone", "weights", "reconnectedAt", "plan"].map(str::to_owned);
        let found = columns(&names, "f", &wanted(&[])).expect("all that is needed");
        let notes = near_misses(&names, &found, &wanted(&[]));
        assert_eq!(notes.len(), 3, "{notes:?}");
        assert!(notes[0].contains("`timezone`") && notes[0].contains("columns = { time_zone = \"timezone\" }"));
        assert!(notes[1].contains("`weights`") && notes[2].contains("`reconnectedAt`"));
    }
}
