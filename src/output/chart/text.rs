//! Text before it is drawn: cleaned, measured with the font that charts embed, wrapped and shortened. It draws nothing.

use crate::plan::wording::ORGS;
use std::sync::OnceLock;
use ttf_parser::Face;

/// Size in pixels of a chart 800 pixels wide, and weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Font {
    /// Em size.
    pub size: f64,
    /// Bold or regular.
    pub bold: bool,
}

impl Font {
    /// Regular weight.
    pub(crate) const fn regular(size: f64) -> Self {
        Self { size, bold: false }
    }

    /// Bold weight.
    pub(crate) const fn bold(size: f64) -> Self {
        Self { size, bold: true }
    }

    /// Width of a line of text, in pixels.
    pub(crate) fn width(self, text: &str) -> f64 {
        let face = face(self.bold);
        let units = f64::from(face.units_per_em());
        let advance = |c: char| match face.glyph_index(c).and_then(|g| face.glyph_hor_advance(g)) {
            Some(advance) => f64::from(advance) / units,
            None => foreign_em(c),
        };
        text.chars().map(advance).sum::<f64>() * self.size
    }

    /// Width of the widest of some texts as they are drawn.
    pub(crate) fn widest(self, texts: impl IntoIterator<Item = impl AsRef<str>>) -> f64 {
        texts.into_iter().map(|text| self.width(&clean(text.as_ref()))).fold(0.0, f64::max)
    }

    /// The text as it is drawn, shortened with an ellipsis to fit.
    pub(crate) fn elide(self, text: &str, max_width: f64) -> String {
        let text = clean(text);
        if self.width(&text) <= max_width {
            return text;
        }
        let mut kept: Vec<char> = text.chars().collect();
        while !kept.is_empty() {
            kept.pop();
            // What stands above the last letter goes with it.
            while kept.last().is_some_and(|c| textwrap::core::display_width(c.encode_utf8(&mut [0; 4])) == 0) {
                kept.pop();
            }
            let short: String =
                kept.iter().collect::<String>().trim_end_matches([' ', ',', ';']).to_owned() + "\u{2026}";
            if self.width(&short) <= max_width {
                return short;
            }
        }
        "\u{2026}".to_owned()
    }

    /// Lines no wider than `max_width`, broken at spaces; words that are wider still are shortened.
    pub(crate) fn wrap(self, text: &str, max_width: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in bound_words(text) {
            let word = word.as_str();
            let longer = lines.last().map(|line| format!("{line} {word}"));
            match (lines.last_mut(), longer) {
                (Some(line), Some(longer)) if self.width(&longer) <= max_width => *line = longer,
                _ => lines.push(self.elide(word, max_width)),
            }
        }
        lines
    }

    /// As [`Font::wrap`], in at most `count` lines; what does not fit is cut with an ellipsis.
    pub(crate) fn wrap_in(self, text: &str, max_width: f64, count: usize) -> Vec<String> {
        let mut lines = self.wrap(text, max_width);
        if lines.len() > count {
            let rest = lines.split_off(count - 1).join(" ");
            lines.push(self.elide(&rest, max_width));
        }
        lines
    }
}

/// The words of a text. A number and its unit, a day and its month, a date and its hour are one.
fn bound_words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|w| !w.is_empty()) {
        let bare = word.trim_end_matches([',', '.', ';', ':', '?']);
        match words.last_mut() {
            Some(before) if belongs(before, bare) => {
                before.push(' ');
                before.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

fn belongs(before: &str, word: &str) -> bool {
    let is_half_of_day = matches!(word, "AM" | "PM");
    let after_digit = before.ends_with(|c: char| c.is_ascii_digit());
    let is_hour = word.len() == 5 && word.as_bytes()[2] == b':' && word.starts_with(|c: char| c.is_ascii_digit());
    const UNITS: [&str; 16] =
        ["%", "M", "bn", "h", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let after_day = DAYS.iter().any(|d| before.ends_with(d)) && word.bytes().all(|b| b.is_ascii_digit());
    (after_digit && (UNITS.contains(&word) || word == ORGS.to_string())) || is_hour || after_day || is_half_of_day
}

/// Width of a letter of another font, in em: of East Asian ones a square, of pictographs a little more; a mark above another has none.
fn foreign_em(c: char) -> f64 {
    match textwrap::core::display_width(c.encode_utf8(&mut [0; 4])) {
        _ if is_pictograph(c) => 1.3,
        0 => 0.0,
        1 => 0.75,
        _ => 1.0,
    }
}

/// Height of a line's box above its baseline, in em: DejaVu Sans' ascenders.
pub(super) const ASCENT: f64 = 0.77;

/// Depth of a line's box below its baseline, in em: DejaVu Sans' descenders.
pub(super) const DESCENT: f64 = 0.24;

/// The text as one line that an SVG can hold: no control characters, nothing that turns it around.
pub(super) fn clean(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }).collect();
    let kept: String = spaced.chars().filter(|c| !is_invisible(*c)).collect();
    kept.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_pictograph(c: char) -> bool {
    matches!(c as u32, 0x2190..=0x2BFF | 0x1F000..=0x1FAFF | 0xE0000..=0xE007F)
}

/// Directional overrides and what XML forbids. What binds a pictograph together stays.
fn is_invisible(c: char) -> bool {
    matches!(c as u32, 0x200B | 0x200C | 0x200E | 0x200F | 0x061C | 0x2028..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0D | 0xFEFF
        | 0xFDD0..=0xFDEF | 0xFFFE | 0xFFFF)
}

/// The embedded font's face.
fn face(bold: bool) -> &'static Face<'static> {
    static FACES: OnceLock<[Face<'static>; 2]> = OnceLock::new();
    let faces = FACES.get_or_init(|| {
        [dejavu::sans::regular(), dejavu::sans::bold()]
            .map(|data| Face::parse(data, 0).expect("the embedded font is a well-formed TrueType font"))
    });
    &faces[usize::from(bold)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Advances of DejaVu Sans 2.37 in 2048ths: `0` 1303, `i` 569, `W` 2025; bold `0` 1425 (their `hmtx` tables).
    #[test]
    fn widths_are_those_of_the_embedded_font() {
        let font = Font::regular(2048.0);
        assert_eq!(["0", "i", "W", "0i"].map(|t| font.width(t)), [1303.0, 569.0, 2025.0, 1872.0]);
        assert_eq!(Font::bold(2048.0).width("0"), 1425.0);
    }

    #[test]
    fn long_text_is_wrapped_and_then_cut_with_an_ellipsis() {
        let font = Font::regular(14.0);
        let lines = font.wrap_in("one two three four five six seven eight nine ten eleven twelve", 120.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('\u{2026}'));
        assert!(lines.iter().all(|l| font.width(l) <= 120.0));
        assert!(font.elide("Donaudampfschifffahrtsgesellschaft", 60.0).ends_with('\u{2026}'));
    }

    #[test]
    fn what_cannot_be_drawn_is_left_out() {
        assert_eq!(clean("PKCE \u{1F680}\u{202E} on\n\tnow\u{0}"), "PKCE \u{1F680} on now");
        assert_eq!(clean("Zürich → 東京"), "Zürich → 東京");
    }
}
