//! Charts inside the page: one drawing, whose colours are variables of the style sheet, so that it follows the reader's light
//! or dark setting and prints light.

use crate::output::chart::{Chart, Ink, Theme};

/// The colours of a page: each a pair of what it is in the light and in the dark.
#[derive(Debug, Default)]
pub(super) struct Palette {
    pairs: Vec<[String; 2]>,
}

impl Palette {
    /// The variable of a pair of colours such as `#102F57`: `var(--k3)`.
    pub(super) fn variable(&mut self, light: &str, dark: &str) -> String {
        let known = self.pairs.iter().position(|[l, d]| l == light && d == dark);
        let place = known.unwrap_or_else(|| {
            self.pairs.push([light.to_owned(), dark.to_owned()]);
            self.pairs.len() - 1
        });
        format!("var(--k{place})")
    }

    /// The variable of what one ink is in the two themes.
    pub(super) fn ink(&mut self, of: impl Fn(&Theme) -> Ink) -> String {
        let hex = |ink: Ink| format!("#{:02X}{:02X}{:02X}", ink.rgb.0, ink.rgb.1, ink.rgb.2);
        self.variable(&hex(of(&Theme::LIGHT)), &hex(of(&Theme::DARK)))
    }

    /// The variables' values in the light and in the dark, as declarations of CSS.
    pub(super) fn declarations(&self) -> [String; 2] {
        [0, 1].map(|theme| {
            let of = |(i, pair): (usize, &[String; 2])| format!("--k{i}:{};", pair[theme]);
            self.pairs.iter().enumerate().map(of).collect()
        })
    }
}

/// One drawing of two that differ in colours alone, for a page: colours as variables, as wide as there is room, named by its
/// title. Its description stands beside it in the page. `None` where the two are not the same drawing.
fn themed(name: &str, light: &str, dark: &str, palette: &mut Palette) -> Option<String> {
    let (light, dark) = (without_description(light), without_description(dark));
    let (mut lights, mut darks) = (colours(&light), colours(&dark));
    let mut out = String::with_capacity(light.len() + 4096);
    let mut from = (0, 0);
    loop {
        match (lights.next(), darks.next()) {
            (Some(l), Some(d)) if light[from.0..l.at] == dark[from.1..d.at] && l.attribute == d.attribute => {
                out.push_str(&light[from.0..l.at]);
                let colour = palette.variable(l.value, d.value);
                out.push_str(&format!("style=\"{}:{colour}\"", l.attribute));
                from = (l.end, d.end);
            }
            (None, None) if light[from.0..] == dark[from.1..] => {
                out.push_str(&light[from.0..]);
                return Some(named(name, &out));
            }
            _ => return None,
        }
    }
}

/// A chart that has been drawn light and dark, as one drawing for a page.
pub(super) fn one_of_two(light: &Chart, dark: &Chart, palette: &mut Palette) -> String {
    // Were the two not the same drawing, the light one would still be right on its own paper.
    themed(light.name, &light.svg, &dark.svg, palette).unwrap_or_else(|| light.svg.clone())
}

/// An attribute that holds a colour.
struct Colour<'a> {
    at: usize,
    end: usize,
    attribute: &'a str,
    value: &'a str,
}

/// The attributes `fill="#RRGGBB"` and `stroke="#RRGGBB"` of a drawing.
fn colours(svg: &str) -> impl Iterator<Item = Colour<'_>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let next = |open: &&str| svg[from..].find(*open).map(|at| (from + at, open.len()));
            let (at, length) = ["fill=\"#", "stroke=\"#"].iter().filter_map(next).min()?;
            let end = at + length + 7;
            from = at + length;
            // A text that looks like an attribute is left alone as soon as it holds no colour.
            let value = svg.get(at + length - 1..end - 1).filter(|v| v[1..].bytes().all(|b| b.is_ascii_hexdigit()));
            if let Some(value) = value.filter(|_| svg.as_bytes().get(end - 1) == Some(&b'"')) {
                return Some(Colour { at, end, attribute: &svg[at..at + length - 3], value });
            }
        }
    })
}

fn without_description(svg: &str) -> String {
    match (svg.find("<desc"), svg.find("</metadata>")) {
        (Some(from), Some(to)) => format!("{}{}", &svg[..from], &svg[to + "</metadata>".len()..]),
        _ => svg.to_owned(),
    }
}

/// Ids that are the page's only ones, and no size of its own.
fn named(name: &str, svg: &str) -> String {
    let sized = svg.find(" width=\"").zip(svg.find(" viewBox="));
    let bare = match sized {
        Some((from, to)) if from < to => format!("{}{}", &svg[..from], &svg[to..]),
        _ => svg.to_owned(),
    };
    bare.replacen("\"chart-title chart-desc\"", &format!("\"{name}-title\""), 1).replacen(
        "id=\"chart-title\"",
        &format!("id=\"{name}-title\""),
        1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_become_variables_and_everything_else_stays() {
        let drawing = |a: &str, b: &str| {
            format!(
                "<svg role=\"img\" aria-labelledby=\"chart-title chart-desc\" width=\"8\" height=\"9\" viewBox=\"0 0 8 9\">\
                 <title id=\"chart-title\">fill is the word</title><desc id=\"chart-desc\">d</desc><metadata>m</metadata>\
                 <rect fill=\"{a}\" stroke=\"none\"/><path fill=\"none\" stroke=\"{b}\"/><text fill=\"{a}\">\"#</text></svg>"
            )
        };
        let mut palette = Palette::default();
        let made = themed("daily", &drawing("#102F57", "#FFFFFF"), &drawing("#C3DAF7", "#14181D"), &mut palette);
        assert_eq!(
            made.expect("the same drawing"),
            "<svg role=\"img\" aria-labelledby=\"daily-title\" viewBox=\"0 0 8 9\"><title id=\"daily-title\">fill is the word\
             </title><rect style=\"fill:var(--k0)\" stroke=\"none\"/><path fill=\"none\" style=\"stroke:var(--k1)\"/>\
             <text style=\"fill:var(--k0)\">\"#</text></svg>"
        );
        assert_eq!(palette.declarations(), ["--k0:#102F57;--k1:#FFFFFF;", "--k0:#C3DAF7;--k1:#14181D;"]);
        assert_eq!(themed("x", "<rect fill=\"#000000\"/>", "<line fill=\"#000000\"/>", &mut palette), None);
    }
}
