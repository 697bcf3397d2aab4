//! Slips that planners make when they write a value, and what was meant: what a word processor, a spreadsheet or another country's habits do
//! to quotes, numbers, lists and paths. It knows no keys.

use std::ops::Range;

/// A slip: what is wrong, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Slip {
    pub message: String,
    pub help: String,
}

fn slip(message: impl Into<String>, help: impl Into<String>) -> Option<Slip> {
    Some(Slip { message: message.into(), help: help.into() })
}

/// The whole value on the line of `at`: from after the first `=` to a comment or the end.
pub(super) fn value_at(text: &str, at: usize) -> Option<Range<usize>> {
    let at = (0..=at.min(text.len())).rev().find(|i| text.is_char_boundary(*i))?;
    let line_start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line_end = text[at..].find(['\n', '\r']).map_or(text.len(), |i| at + i);
    let line = &text[line_start..line_end];
    let from = line.find('=')? + 1;
    let mut quote = None;
    let ends = line[from..].char_indices().find(|(_, c)| match quote {
        Some(open) if open == *c => {
            quote = None;
            false
        }
        Some(_) => false,
        None => {
            quote = matches!(c, '"' | '\'').then_some(*c);
            *c == '#'
        }
    });
    let value = &line[from..ends.map_or(line.len(), |(i, _)| from + i)];
    let start = line_start + from + (value.len() - value.trim_start().len());
    let value = value.trim();
    (!value.is_empty() && at >= line_start + from).then(|| start..start + value.len())
}

/// What is wrong with a value that is not TOML, where it is a slip that is known.
pub(super) fn in_value(value: &str) -> Option<Slip> {
    typographic(value)
        .or_else(|| windows_path(value))
        .or_else(|| percent(value))
        .or_else(|| numbers(value))
        .or_else(|| range(value))
}

fn reads(value: &str) -> bool {
    toml::de::DeValue::parse(value).is_ok()
}

const DOUBLE: [char; 7] = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{ab}', '\u{bb}', '\u{ff02}'];
const SINGLE: [char; 6] = ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{2039}', '\u{203a}'];

/// Quotes as word processors make them.
pub(super) fn typographic(value: &str) -> Option<Slip> {
    if !value.contains(DOUBLE) && !value.contains(SINGLE) {
        return None;
    }
    let straight = value.replace(DOUBLE, "\"").replace(SINGLE, "'");
    let help = if reads(&straight) {
        format!("write straight ones: {straight}")
    } else {
        "write straight ones: \" or '".to_owned()
    };
    slip("these are typographic quotes, which TOML does not read", help)
}

/// A path of Windows in double quotes, where a backslash begins an escape.
pub(super) fn windows_path(value: &str) -> Option<Slip> {
    let inner = value.strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('\\') || inner.contains('"') {
        return None;
    }
    let (forward, literal) = (inner.replace("\\\\", "\\").replace('\\', "/"), inner.replace("\\\\", "\\"));
    let literal = if literal.contains('\'') { String::new() } else { format!(", or in single quotes '{literal}'") };
    slip("within double quotes a backslash begins an escape", format!("write a path with `/`: \"{forward}\"{literal}"))
}

/// `25%`, alone or in a list.
pub(super) fn percent(value: &str) -> Option<Slip> {
    if !value.contains('%') || value.contains(['"', '\'', '{']) {
        return None;
    }
    let (open, inner, close) = match value.strip_prefix('[').and_then(|v| v.strip_suffix(']')) {
        Some(inner) => ("[", inner, "]"),
        None if value.contains(',') => ("[", value, "]"),
        None => ("", value, ""),
    };
    let share = |part: &str| {
        let part = part.trim();
        match part.strip_suffix('%') {
            Some(number) => number.trim().parse::<f64>().ok().map(|p| shown(p / 100.0)),
            None => part.parse::<f64>().ok().map(|_| part.to_owned()),
        }
    };
    let shares: Vec<String> = inner.split(',').map(share).collect::<Option<_>>()?;
    slip("a share is written as a number from 0 to 1", format!("write {open}{}{close}", shares.join(", ")))
}

fn shown(share: f64) -> String {
    let rounded = (share * 1e9).round() / 1e9;
    format!("{rounded:?}")
}

/// Digits in groups, a decimal comma, a list without its brackets.
pub(super) fn numbers(value: &str) -> Option<Slip> {
    if let Some(grouped) = grouped(value) {
        return slip("digits are not grouped so here", format!("group digits with `_`: write {grouped}"));
    }
    let parts: Vec<&str> = value.split([',', ';']).map(str::trim).collect();
    if parts.len() < 2 || parts.iter().any(|p| !reads(p)) {
        return None;
    }
    let list = format!("[{}]", parts.join(", "));
    match parts[..] {
        [whole, part]
            if !value.contains([' ', '.']) && [whole, part].iter().all(|p| p.bytes().all(|b| b.is_ascii_digit())) =>
        {
            slip(
                "a number has a point, not a comma",
                format!("write {whole}.{part} with a point; or, if it is a list, {list}"),
            )
        }
        _ => slip("a list stands in brackets", format!("write {list}")),
    }
}

/// A whole number whose digits stand in groups of three, as TOML groups them: `11,300` is `11_300`.
pub(super) fn grouped(text: &str) -> Option<String> {
    let marks = [',', '.', '\'', '\u{2019}', ' ', '\u{a0}', '\u{202f}'];
    let mark = text.chars().find(|c| marks.contains(c))?;
    let groups: Vec<&str> = text.split(mark).collect();
    let digits = |g: &&str| !g.is_empty() && g.bytes().all(|b| b.is_ascii_digit());
    let first = *groups.first()?;
    let fits = groups.iter().all(digits)
        && groups[1..].iter().all(|g| g.len() == 3)
        && first.len() <= 3
        && !first.starts_with('0');
    fits.then(|| groups.join("_"))
}

/// Durations or shares from one to another: `24h to 14d`.
pub(super) fn range(value: &str) -> Option<Slip> {
    let bare = value.trim_matches(['"', '\'']).trim();
    let bare = bare.strip_prefix("between ").or_else(|| bare.strip_prefix("from ")).unwrap_or(bare);
    let ends =
        ["..", " to ", " and ", " - ", "\u{2013}", "\u{2014}", "-"].iter().find_map(|mark| bare.split_once(mark))?;
    let (low, high) = (ends.0.trim(), ends.1.trim());
    let is_length = |t: &str| {
        t.starts_with(|c: char| c.is_ascii_digit()) && t.ends_with(['s', 'm', 'h', 'd', 'w', 'n']) && !t.contains('-')
    };
    (is_length(low) && is_length(high)).then_some(())?;
    slip(
        "this is a range, not one duration",
        format!("write it as a law, such as {{ uniform = [\"{low}\", \"{high}\"] }}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn what_was_meant_is_offered() {
        for (line, help) in [
            ("title = “Case”", "write straight ones: \"Case\""),
            ("title = „Case“ # c", "write straight ones: \"Case\""),
            ("title = «Case»", "write straight ones: \"Case\""),
            ("timing = ‘uniform’", "write straight ones: 'uniform'"),
            ("orgs = 11,300", "group digits with `_`: write 11_300"),
            ("orgs = 1,000,000", "group digits with `_`: write 1_000_000"),
            ("orgs = 11 300", "group digits with `_`: write 11_300"),
            ("orgs = 11'300", "group digits with `_`: write 11_300"),
            ("uptake = 25%", "write 0.25"),
            ("uptake = [0%, 25%, 0.5]", "write [0.0, 0.25, 0.5]"),
            ("uptake = 0%,25 %", "write [0.0, 0.25]"),
            ("uptake = 0,0.25,0.5", "write [0, 0.25, 0.5]"),
            ("uptake = 0,5", "write 0.5 with a point; or, if it is a list, [0, 5]"),
            (
                "inventory = \"C:\\Users\\me\\orgs.csv\"",
                "write a path with `/`: \"C:/Users/me/orgs.csv\", or in single quotes 'C:\\Users\\me\\orgs.csv'",
            ),
            ("interval = 24h to 14d", "write it as a law, such as { uniform = [\"24h\", \"14d\"] }"),
            ("interval = \"24h–14d\"", "write it as a law, such as { uniform = [\"24h\", \"14d\"] }"),
            ("interval = \"between 24h and 14d\"", "write it as a law, such as { uniform = [\"24h\", \"14d\"] }"),
        ] {
            let equals = line.find('=').expect("a key");
            let value = value_at(line, equals + 2).map(|r| &line[r]).expect("a value");
            assert_eq!(in_value(value).map(|s| s.help).as_deref(), Some(help), "{line}");
        }
        for fine in ["2026-05-04 09:00", "abc", "0.5", "1 2", "", "0,250x"] {
            assert_eq!(in_value(fine), None, "{fine}");
        }
        assert_eq!(grouped("11.300").as_deref(), Some("11_300"));
        assert_eq!(grouped("0.300"), None);
    }
}
