//! A list of values from a CSV file: its column `value`, or its only one.

use super::duration::Refusal;
use super::finding_code::FindingCode;

/// Reads one cell.
type ReadCell<'a> = &'a dyn Fn(&str) -> Result<f64, Refusal>;

/// The values of the column `value`, or of the only column, whose header is optional if its first cell is a value.
///
/// # Errors
/// Names the first row that holds no value, or says which column is missing.
pub(super) fn values(text: &str, read: ReadCell<'_>) -> Result<Vec<f64>, Refusal> {
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).peekable();
    let Some((_, header)) = rows.peek() else {
        return Err(Refusal::new(
            FindingCode::BadCsv,
            "the file is empty",
            "list one value a row, below the header `value`",
        ));
    };
    let header = cells(header);
    let named = header.iter().position(|c| c.eq_ignore_ascii_case("value"));
    let column = match (named, header.len()) {
        (Some(column), _) => column,
        (None, 1) => 0,
        (None, _) => {
            let message = format!("it has several columns and none is called `value`: {}", header.join(", "));
            return Err(Refusal::new(FindingCode::BadCsv, message, "call the column that holds the values `value`"));
        }
    };
    if named.is_some() || read(&header[column]).is_err() {
        rows.next();
    }
    let mut values = Vec::new();
    for (row, line) in rows {
        let cells = cells(line);
        let cell = cells.get(column).map_or("", String::as_str);
        let value = read(cell)
            .map_err(|r| Refusal::new(FindingCode::BadCsv, format!("line {}: {}", row + 1, r.message), r.help))?;
        values.push(value);
    }
    if values.is_empty() {
        return Err(Refusal::new(FindingCode::BadCsv, "it has no row below its header", "list one value a row"));
    }
    Ok(values)
}

/// The cells of a line; quotes may enclose a cell, and a doubled quote within them is one.
pub fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                cell.push('"');
                chars.next();
            }
            '"' => quoted = !quoted,
            ',' | ';' | '\t' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            _ => cell.push(c),
        }
    }
    cells.push(cell.trim().to_owned());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::duration;

    #[test]
    fn the_column_value_or_the_only_column_is_read() {
        for text in [
            "value\n3h\n5h\n",
            "3h\n5h\n",
            "delay\r\n3h\r\n\r\n5h\r\n",
            "id,value\na,3h\nb,\"5h\"\n",
            "\u{feff}Value;x\n3h;1\n5h;2",
        ] {
            assert_eq!(values(text, &duration::parse), Ok(vec![3.0, 5.0]), "{text:?}");
        }
    }

    #[test]
    fn a_row_without_a_value_is_named_by_its_line() {
        let message = |text: &str| values(text, &duration::parse).expect_err(text).message;
        assert!(message("value\n3h\nsoon\n").starts_with("line 3:"));
        assert!(message("a,b\n1h,2h\n").contains("none is called `value`"));
        assert!(message("value\n").contains("no row"));
        assert!(message("").contains("empty"));
    }
}
