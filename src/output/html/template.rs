//! The templates of pages, with what all pages share: their look, their colours, their controls.

use super::inline::Palette;
use crate::output::chart::Theme;
use crate::output::paper::Paper;
use crate::plan::Plan;
use crate::plan::wording::capital;
use crate::{Error, Result};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

/// The controls of a page: of its sliders, and of zones.
pub(super) const SCRIPT: &str = include_str!("script.js");

/// The controls of the one page that a report can be.
pub(super) const ONE_PAGE_SCRIPT: &str = include_str!("one_page.js");

const STYLE: &str = include_str!("style.css");

/// What several pages include, by the names that they use.
const PARTS: [(&str, &str); 2] =
    [("head.html", include_str!("head.html.j2")), ("what-if.html", include_str!("what-if.html.j2"))];

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// The report of a run.
    Report,
    /// A rollout under way.
    #[cfg(feature = "tables")]
    Track,
}

/// What stands around the sliders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WhatIfWords {
    /// The heading.
    pub(super) title: String,
    /// What the slider of rates moves.
    pub(super) rate: String,
    /// What the curve shows.
    pub(super) curve: String,
}

impl From<WhatIfWords> for Value {
    fn from(words: WhatIfWords) -> Self {
        context! { title => words.title, rate => words.rate, curve => words.curve }
    }
}

impl Template {
    fn source(self) -> (&'static str, &'static str) {
        match self {
            Self::Report => ("report.html", include_str!("report.html.j2")),
            #[cfg(feature = "tables")]
            Self::Track => ("track.html", include_str!("track.html.j2")),
        }
    }

    /// Fills the page with its own values and those of every page. All text of the scenario is escaped by the template engine; drawings escape
    /// their own.
    ///
    /// # Errors
    /// When the template can't be filled.
    pub(super) fn fill(self, plan: &Plan, palette: &Palette, values: Value) -> Result<String> {
        let (name, source) = self.source();
        let failed = |e: minijinja::Error| Error::Output { what: name.to_owned(), why: format!("{e:#}") };
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        // A name that the template has wrong is an error, not a gap in the page.
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
        environment.set_syntax(syntax.map_err(failed)?);
        environment.add_filter("upper_first", |text: String| capital(&text));
        for (name, source) in PARTS.into_iter().chain([(name, source)]) {
            environment.add_template(name, source).map_err(failed)?;
        }
        let [light, dark] = colours(palette);
        let values = context! {
            light => light,
            dark => dark,
            style => STYLE,
            paper => Paper::of(plan).name(),
            ..values
        };
        let page = environment.get_template(name).and_then(|template| template.render(values)).map_err(failed)?;
        // Names of a file may hold what no page shows, and some programs obey.
        Ok(page.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "\u{fffd}"))
    }
}

/// The page's own colours by name, and those of its drawings.
fn colours(palette: &Palette) -> [String; 2] {
    let mut named = palette.declarations();
    for (theme, declarations) in [Theme::LIGHT, Theme::DARK].iter().zip(&mut named) {
        let inks = [
            ("paper", theme.paper),
            ("ink", theme.ink),
            ("muted", theme.muted),
            ("grid", theme.grid),
            ("axis", theme.axis),
            ("shade", theme.window),
            ("accent", theme.window_ink),
            ("warning", theme.warning),
        ];
        for (name, ink) in inks {
            let (r, g, b) = ink.rgb;
            declarations.push_str(&format!("--{name}:#{r:02X}{g:02X}{b:02X};"));
        }
    }
    named
}
