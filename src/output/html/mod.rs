//! `report.html`: the report as one page that needs nothing but itself. Its text stands in `report.html.j2`, its look in
//! `style.css`, its controls in `script.js`; here it gets its values. Without scripts it is the same page without controls. `track.html` is its
//! like for a rollout under way.

mod data;
mod hero;
mod inline;
mod template;
#[cfg(feature = "tables")]
mod track;
mod values;

use super::chart::{self, Chart, Theme};
use super::moments::{self, Kind, MomentShown};
use super::one_page::{html as one_page_html, one_page};
use super::sentence::{Facts, ReportFindings};
use super::words::{deadline_full, moment};
use crate::Result;
use crate::plan::wording::{ACT, ACTED, ACTING, ACTS, FAILED, ORG, ORGS, WINDOW, carried_all};
use crate::plan::zone;
use crate::plan::{Deadline, Plan};
use crate::results::{Assumption, Projection};
use inline::Palette;
use minijinja::{Value, context};
use rayon::prelude::*;
use std::collections::BTreeMap;
use template::{Template, WhatIfWords};

#[cfg(feature = "tables")]
pub(crate) use track::render as render_track;

/// The page. All text of the scenario is escaped by the template engine; drawings escape their own.
///
/// # Errors
/// When a chart can't be drawn, or the template can't be filled.
pub(crate) fn render(plan: &Plan, projection: &Projection, assumptions: &[Assumption]) -> Result<String> {
    let mut palette = Palette::default();
    let facts = Facts::of(plan, projection);
    let rows = hero::rows(&facts, &mut palette);
    let drawings = drawings(plan, projection, &mut palette)?;
    let page = context! {
        // A number and its sign stay on one line, also on a phone.
        lead => ReportFindings::of(plan, projection).headline.replace(" %", "\u{a0}%"),
        number => hero::number(&facts),
        rows => rows,
        caption => hero::caption(&facts),
        by => deadline_full(plan),
        words => context! {
            one => ORG.to_string(), many => ORGS.to_string(), many_at_start => format!("{ORGS:#}"),
            act => ACT.to_string(), acts => ACTS.to_string(), acted => ACTED.to_string(), acting => ACTING.to_string(),
            failed => FAILED.to_string(), failed_at_start => format!("{FAILED:#}"),
        },
        moments => moments(plan),
        zones => zones(plan),
        drawings => drawings,
        what_if => projection.detail.grid.is_some().then(|| WhatIfWords {
            title: "What if?".to_owned(),
            rate: format!("Share that {ACTS}"),
            curve: format!("{ORGS:#} {FAILED} so far at the chosen share."),
        }),
        data => data::json(plan, projection),
        zone_rules => zone::version(),
        one_page => Value::from_safe_string(one_page_html(&one_page(plan, projection, assumptions))),
        script => format!("{}{}", template::ONE_PAGE_SCRIPT, template::SCRIPT),
        ..values::values(plan, projection, assumptions)
    };
    Template::Report.fill(plan, &palette, page)
}

/// Every chart of the plan but the headline, which the page has as a table: by name, with its description.
fn drawings(plan: &Plan, projection: &Projection, palette: &mut Palette) -> Result<BTreeMap<String, Value>> {
    let charts = chart::of(plan, projection);
    let drawn: Result<Vec<_>> = charts
        .par_iter()
        .filter(|(name, _)| *name != "headline")
        .map(carried_all(|(_, draw): &(&str, chart::Draw)| {
            light_and_dark(|theme| chart::drawn(*draw, plan, projection, theme))
        }))
        .collect();
    let mut drawn = drawn?;
    if let Some(calls) = &projection.detail.calls {
        drawn.push(light_and_dark(|theme| chart::call_first::draw(plan, calls, theme))?);
    }
    if let Some(found) = &projection.detail.sensitivity {
        drawn.push(light_and_dark(|theme| chart::tornado::draw(found, theme))?);
    }
    let mut all = BTreeMap::new();
    for (light, dark) in drawn {
        let svg = inline::one_of_two(&light, &dark, palette);
        let value = context! { name => light.name, svg => Value::from_safe_string(svg), about => light.description };
        all.insert(light.name.replace('-', "_"), value);
    }
    Ok(all)
}

fn light_and_dark(draw: impl Fn(&Theme) -> Result<Chart>) -> Result<(Chart, Chart)> {
    Ok((draw(&Theme::LIGHT)?, draw(&Theme::DARK)?))
}

/// All that has a moment, in order: its name, kind, and when it is, in the plan's zone and in seconds since 1970.
fn moments(plan: &Plan) -> Vec<Value> {
    let row = |m: MomentShown| {
        let kind = match m.kind {
            Kind::Event => "event",
            Kind::Opens | Kind::Closes => "window",
            Kind::Deadline => "deadline",
            Kind::Milestone | Kind::Horizon => "milestone",
        };
        let name = match m.kind {
            // How long it is stands in the chart.
            Kind::Closes => format!("the {WINDOW} closes"),
            Kind::Deadline => "Deadline".to_owned(),
            _ => m.name.clone(),
        };
        if let Some(range) = m.open_range() {
            let name = format!("{name} (date not known; median {})", moment(plan, range.at[1]));
            return context! { name, kind, when => m.when(plan) };
        }
        if m.kind == Kind::Deadline && matches!(plan.deadline(), Deadline::OrgLocal(_)) {
            return context! { name, kind, when => deadline_full(plan) };
        }
        context! { name, kind, seconds => m.at.timestamp(), when => moment(plan, m.at) }
    };
    moments::moments(plan).into_iter().map(row).collect()
}

/// Zones that a reader may choose: the scenario's, those of segments, UTC.
fn zones(plan: &Plan) -> Vec<&'static str> {
    let mut names = vec![plan.time_zone().name()];
    names.extend(plan.segments().iter().filter(|s| s.orgs > 0).map(|s| s.time_zone.name()));
    names.push("UTC");
    let mut found: Vec<&str> = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;

    fn page(name: &str) -> String {
        let sample = samples::named(name);
        let one = |key: &str, words: &str| Assumption { key: key.to_owned(), words: words.to_owned(), given: true };
        let assumptions = [one("refresh.interval", "1,400 h"), one("title", "<b>\"bold\"</b>")];
        render(&sample.plan, &sample.projection, &assumptions).expect("rendered")
    }

    #[test]
    fn the_page_opens_with_the_decision_and_a_number_that_people_can_picture() {
        let page = page("flagship");
        let lead =
            page.find("75\u{a0}% must reconnect to stay within 100 failed orgs by Monday 09:00").expect("the lead");
        let number = page.find("about 1 org in 28").expect("the number");
        let range = page.find("In 9 of 10 outcomes it is 74 to 104: 1 org in 34 to 1 org in 24.").expect("its range");
        let chart = page.find("class=\"dots\"").expect("the chart");
        assert!(lead < number && number < range && range < chart);
    }

    #[test]
    fn the_page_says_how_much_each_assumption_matters_where_that_was_asked() {
        let sample = samples::flagship();
        let one = Assumption { key: "refresh.interval".to_owned(), words: "1,400 h".to_owned(), given: true };
        let plain = render(&sample.plan, &sample.projection, std::slice::from_ref(&one)).expect("rendered");
        assert!(!plain.contains("figure-sensitivity\">") && plain.contains("<code>cutover sensitivity</code>"));
        let (_, found) = crate::output::sensitivity::samples::all().remove(0);
        let mut asked = sample.projection.clone();
        asked.detail.sensitivity = Some(found);
        let page = render(&sample.plan, &asked, &[one]).expect("rendered");
        let assumptions = page.split_once("id=\"assumptions\"").expect("a section").1;
        let lead = assumptions.find("<p>Which scenario holds matters more than all else").expect("the finding");
        let chart = assumptions.find("figure-sensitivity\">").expect("the chart");
        assert!(lead < chart && chart < assumptions.find("refresh.interval</code>").expect("the list"));
    }

    #[test]
    fn the_page_asks_nothing_of_a_network_and_is_small() {
        for sample in samples::all() {
            let page = page(sample.name);
            let addresses = page.matches("http://").count() + page.matches("https://").count();
            // The name of SVG's language is no address that anyone visits.
            let names = page.matches("\"http://www.w3.org/2000/svg\"").count();
            assert_eq!(addresses, names, "{}", sample.name);
            assert!(
                !page.contains("<img") && page.matches("<link").count() == 1 && !page.contains("@import"),
                "{}",
                sample.name
            );
            assert!(page.len() < 1_000_000, "{}: {} bytes", sample.name, page.len());
        }
    }

    /// Every tag of the page's body is closed in order, and no text of a scenario is one.
    #[test]
    fn no_user_text_becomes_markup() {
        for sample in samples::all() {
            let page = page(sample.name);
            assert_eq!(page.matches("<script").count(), 2, "{}: the data and the controls", sample.name);
            assert!(!page.contains("<b>") && !page.contains("alert('"), "{}", sample.name);
            let body = page.split_once("<body>").expect("a body").1;
            let body = body.split_once("<script").expect("scripts come last").0;
            let wrapped = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{body}</svg>");
            let wrapped = wrapped.replace("<br>", "<br/>").replace(" hidden>", " hidden=\"\">");
            let parsed = resvg::usvg::roxmltree::Document::parse(&wrapped);
            assert!(parsed.is_ok(), "{}: {:?}", sample.name, parsed.err());
        }
    }

    #[test]
    fn every_id_is_the_only_one() {
        for sample in samples::all() {
            let page = page(sample.name);
            let ids: Vec<&str> =
                page.split(" id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect();
            let unlike: std::collections::BTreeSet<&&str> = ids.iter().collect();
            assert_eq!(ids.len(), unlike.len(), "{}: {ids:?}", sample.name);
        }
    }
}
