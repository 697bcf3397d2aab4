//! Texts of strangers where others meet them: nothing in them steers a terminal, and nothing is run by a spreadsheet.

use std::borrow::Cow;

/// Stands for the escape character in the program's own styles, since no text that the program is given may bring one: see [`terminal`].
/// It is one of the code points that Unicode keeps for a program's own use and that no text is made of.
pub const OWN_ESCAPE: char = '\u{fdd0}';

/// Whether a character steers what shows it rather than being shown: control characters, C1 among them, and those that turn a line around.
pub fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as a terminal may have it: line breaks and tabs stay, the program's own styles become what a terminal reads, all else that steers
/// is shown as what can't be shown. The one gate to standard output and standard error.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == OWN_ESCAPE || (steers(c) && !matches!(c, '\n' | '\t'))) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        match c {
            OWN_ESCAPE if is_style(&text[at + c.len_utf8()..]) => out.push('\u{1b}'),
            OWN_ESCAPE => {}
            '\n' | '\t' => out.push(c),
            // The end of a line of Windows.
            '\r' if text[at + 1..].starts_with('\n') => {}
            c if steers(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a text goes on with the rest of a style: `[1m`.
fn is_style(rest: &str) -> bool {
    let Some(rest) = rest.strip_prefix('[') else { return false };
    rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
}

/// JSON as a terminal may have it, with the same meaning: what steers stands as its number. (JSON has none outside its texts but line breaks.)
pub fn json(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| steers(c) && c != '\n') {
        return Cow::Borrowed(text);
    }
    let escaped = |c: char| match c {
        '\n' => "\n".to_owned(),
        c if steers(c) => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    Cow::Owned(text.chars().map(escaped).collect())
}

/// A style of the program's own around a text.
pub fn styled(code: &str, text: &str) -> String {
    format!("{OWN_ESCAPE}[{code}m{text}{OWN_ESCAPE}[0m")
}

/// A text with its escape sequences, all of which are the program's own, as [`terminal`] takes them.
pub fn own(text: &str) -> String {
    text.replace('\u{1b}', &OWN_ESCAPE.to_string())
}

/// A text of as many bytes, and as many characters, without what steers: places in it stay what they are. Line breaks and tabs stay.
pub fn in_place(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c == OWN_ESCAPE || (steers(c) && !matches!(c, '\n' | '\t' | '\r'))) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| match c {
        '\n' | '\t' | '\r' => c,
        c if c == OWN_ESCAPE || steers(c) => match c.len_utf8() {
            1 => '?',
            2 => '\u{b7}',
            _ => '\u{fffd}',
        },
        c => c,
    };
    Cow::Owned(text.chars().map(shown).collect())
}

/// Text of one line: blanks for line breaks and control characters, and nothing that turns it around.
pub fn line(text: &str) -> String {
    let gap = |c: char| c == OWN_ESCAPE || steers(c) || c.is_whitespace();
    text.split(gap).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a program that opens or edits a cell would take its text for a formula: by its first letter, whatever blanks stand before it,
/// also by the wide forms that some spreadsheets of East Asia take for the same.
pub fn looks_like_a_formula(text: &str) -> bool {
    let begins = ['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'];
    text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(begins)
}

/// The text as a cell of a spreadsheet: on one line, without control characters, and one that would be run as a formula gets an apostrophe
/// before it, which says that it is text.
pub fn spreadsheet_cell(text: &str) -> Cow<'_, str> {
    let is_formula = looks_like_a_formula(text);
    if !is_formula && !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let plain: String =
        text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }).filter(|c| !steers(*c)).collect();
    Cow::Owned(if is_formula || looks_like_a_formula(&plain) { format!("'{plain}") } else { plain })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_a_terminal_but_the_programs_own_styles() {
        for (text, shown) in [
            (
                "a\u{1b}[2Jb\u{7}\r\u{9b}31m\u{202e}\u{0}\u{7f}",
                "a\u{fffd}[2Jb\u{fffd}\u{fffd}\u{fffd}31m\u{fffd}\u{fffd}\u{fffd}",
            ),
            ("a\r\nb\tc\n", "a\nb\tc\n"),
            ("\u{fdd0}[1mx\u{fdd0}[0m", "\u{1b}[1mx\u{1b}[0m"),
            ("\u{fdd0}[2J\u{fdd0}]8;;u\u{fdd0}", "[2J]8;;u"),
            ("日本 é 👩‍👩‍👧 ع", "日本 é 👩‍👩‍👧 ع"),
        ] {
            assert_eq!(terminal(text), shown);
        }
        assert_eq!(json("{\"a\": \"\u{9b}\u{202e}\\u001b\"}\n"), "{\"a\": \"\\u009b\\u202e\\u001b\"}\n");
        for text in ["a\u{1b}\u{9b}\u{202e}é日", "x\r\ny\tz"] {
            assert_eq!(in_place(text).len(), text.len());
            assert_eq!(in_place(text).chars().count(), text.chars().count());
            assert!(in_place(text).chars().all(|c| !steers(c) || c.is_whitespace()));
        }
        assert_eq!(line("a\u{1b}[2Jb\nc\u{202e}"), "a [2Jb c");
    }

    #[test]
    fn what_a_spreadsheet_would_run_is_defused_and_all_else_stays() {
        for (text, cell) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM", "'@SUM"),
            ("\t=1", "' =1"),
            ("\r=1", "' =1"),
            (" =1", "' =1"),
            ("\u{0}=1", "'=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            ("a\u{1b}[2J\u{0}b\nc", "a[2Jb c"),
            ("Acme = Co", "Acme = Co"),
            ("", ""),
        ] {
            assert_eq!(spreadsheet_cell(text), cell, "{text:?}");
        }
    }
}
