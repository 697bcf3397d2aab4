//! `track.html`: a rollout under way as one page that needs nothing but itself. Its blocks are those of the verb's document; the sliders tell
//! what would change from now on.

use super::data::{self, PageRate};
use super::inline::{self, Palette};
use super::template::{self, Template, WhatIfWords};
use crate::Result;
use crate::output::chart::{self, Chart, Theme};
use crate::output::document::{Block, html_block};
use crate::output::track::document;
use crate::output::words::{about, moment};
use crate::plan::wording::{ACT, ACTING, ACTS, FAILED, ORG, ORGS};
use crate::plan::{Plan, zone};
use crate::results::track::{TrackGrid, TrackReport};
use minijinja::{Value, context};

/// The page.
///
/// # Errors
/// When a chart can't be drawn, or the template can't be filled.
pub(crate) fn render(report: &TrackReport) -> Result<String> {
    let (plan, found) = (&report.plan, document(report));
    let mut palette = Palette::default();
    let charts = chart::of_track(report, &Theme::LIGHT)?;
    let dark = chart::of_track(report, &Theme::DARK)?;
    let drawings: Vec<(&Chart, String)> =
        charts.iter().zip(&dark).map(|(light, dark)| (light, inline::one_of_two(light, dark, &mut palette))).collect();
    let drawing = |name: &str| drawings.iter().find(|(chart, _)| chart.name == name).map(figure);
    let blocks: Vec<(&Block, Value)> = found
        .blocks
        .iter()
        .filter_map(|block| Some((block, Value::from_safe_string(html_block(block, &found.format, &drawing)?))))
        .collect();
    // The sliders stand below the chart of then and now.
    let cut = blocks.iter().position(|(block, _)| matches!(block, Block::Figure(figure) if figure.name == "track"));
    let (before, after) = blocks.split_at(cut.map_or(blocks.len(), |place| place + 1));
    let html = |blocks: &[(&Block, Value)]| blocks.iter().map(|(_, html)| html.clone()).collect::<Vec<_>>();
    let page = context! {
        title => plan.title(),
        facts => found.about.get(1),
        version => &report.provenance.version,
        sha256 => &report.provenance.sha256,
        seed => plan.seed(),
        before => html(before),
        after => html(after),
        zones => [plan.time_zone().name(), "UTC"],
        words => context! { many_at_start => format!("{ORGS:#}"), failed => FAILED.to_string() },
        what_if => report.what_if.as_ref().map(|_| WhatIfWords {
            title: "What if, from now on?".to_owned(),
            rate: format!("How many more {ACT}"),
            curve: format!("{ORGS:#} {FAILED} so far, from now on."),
        }),
        data => data::track_json(plan, report.what_if.as_ref(), rates(plan, report.what_if.as_ref())),
        zone_rules => zone::version(),
        script => template::SCRIPT,
    };
    Template::Track.fill(plan, &palette, page)
}

/// A chart within the page, with its description for those who hear the page: its own title and subtitle tell the rest to others.
fn figure((chart, svg): &(&Chart, String)) -> String {
    let about = crate::output::markup::escape_html(&chart.description);
    format!(
        "<figure id=\"figure-{0}\">\n<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{0}-title\">{svg}</div>\n\
         <figcaption class=\"sr\" dir=\"auto\">{about}</figcaption>\n</figure>",
        chart.name
    )
}

/// How many more act, in words: `about 380 more`.
fn rates(plan: &Plan, found: Option<&TrackGrid>) -> Vec<PageRate> {
    let Some(TrackGrid { more, until, expected, .. }) = found else { return Vec::new() };
    let by = until.map(|until| format!(" by {}", moment(plan, plan.instant(until)))).unwrap_or_default();
    let one = |(place, more): (usize, &f64)| {
        let as_expected = if place == *expected { ", as expected" } else { "" };
        match about(*more).as_str() {
            "0" => PageRate { label: format!("nobody{as_expected}"), at: format!("if nobody more {ACTS}{by}") },
            "1" => PageRate { label: format!("1{as_expected}"), at: format!("if 1 more {ORG} {ACTS}{by}") },
            number => PageRate {
                label: format!("about {number}{as_expected}"),
                at: format!("if about {number} more {ACT}{by}"),
            },
        }
    };
    match until {
        Some(_) => more.iter().enumerate().map(one).collect(),
        None => vec![PageRate { label: String::new(), at: format!("as no {ACTING} helps any more") }],
    }
}
