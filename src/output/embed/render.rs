//! What a marker shows, made from the results of its scenario: text for the document, and for a chart the file that it links to.

use super::figures::Figures;
use super::markers::{Marker, fault};
use super::shows::{EmbedForm, Sentence, Show};
use super::tables;
use crate::output::chart::{self, Chart, Theme, rasterise};
use crate::output::markup::escape;
use crate::output::sentence::{Facts, ReportFindings};
use crate::plan::Plan;
use crate::plan::units::show_share;
use crate::plan::wording::ACTING;
use crate::results::{Assumption, Outcome, Projection};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::scenario::keys::{list, nearest, slug};
use sha2::{Digest, Sha256};

/// What a marker's figures are taken from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EmbedSource<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// What a run found.
    pub projection: &'a Projection,
    /// What it rests on.
    pub assumptions: &'a [Assumption],
}

/// What stands in the document, and the file beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// Text in Markdown.
    pub text: String,
    /// A chart: its path relative to the document's folder, with `/` between parts, and its bytes.
    pub file: Option<(String, Vec<u8>)>,
}

/// Makes what a marker shows. `document` is the document's file name, after which the folder of its charts is named.
///
/// # Errors
/// Says why the scenario has nothing of the kind, at the word of the marker that asks for it.
pub(crate) fn render(marker: &Marker, source: EmbedSource<'_>, document: &str) -> Result<Rendered, Box<Finding>> {
    let _words = source.plan.wording().enter();
    let places = places(marker, source.projection)?;
    let whole = |text: String| Ok(Rendered { text, file: None });
    if let Show::Figure(figure) = &marker.show.value {
        let rate = match places[..] {
            [one] => one,
            _ if !figure.has_rate() => 0,
            _ => return Err(which_rate(marker, source.projection)),
        };
        let segment = segment(marker, source.plan)?;
        let form = marker.form.unwrap_or(EmbedForm::About);
        let figures = Figures { plan: source.plan, projection: source.projection, rate, segment, form };
        let text = figures.write(*figure).map_err(|(why, help)| refuse(marker, why).help(help));
        return whole(written(&text.map_err(Box::new)?));
    }
    if let Some(segment) = &marker.segment {
        let help = "only single figures are told of one segment: leave `segment` out";
        return Err(Box::new(
            fault(FindingCode::BadOption, "this is not told of one segment", segment.range.clone()).help(help),
        ));
    }
    let (plan, projection) = narrowed(source, &places, marker)?;
    let facts = Facts::of(&plan, &projection);
    match &marker.show.value {
        Show::Chart(name) => chart(marker, name, &plan, &projection, document),
        Show::Table(table) => {
            let text = tables::write(*table, &facts, source.assumptions);
            whole(text.map_err(|why| Box::new(refuse(marker, why).help("show another table, or another scenario")))?)
        }
        Show::Sentence(sentence) => whole(written(&self::sentence(marker, sentence, &plan, &projection)?)),
        // Markers of this without `seen` are refused when they are read.
        Show::Figure(_) | Show::Seen(_) => whole(String::new()),
    }
}

pub(super) fn refuse(marker: &Marker, why: impl Into<String>) -> Finding {
    fault(FindingCode::NotShown, why, marker.show.range.clone())
}

/// Text as Markdown shows it, without characters that would turn what follows around.
pub(super) fn written(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    escape(&text.chars().filter(|c| !turns(*c)).collect::<String>())
}

/// The places of the rates that a marker asks for; all where it names none.
fn places(marker: &Marker, projection: &Projection) -> Result<Vec<usize>, Box<Finding>> {
    if marker.uptakes.is_empty() {
        return Ok((0..projection.uptakes.len()).collect());
    }
    let mut places = Vec::new();
    for wanted in &marker.uptakes {
        let near = |outcome: &Outcome| (outcome.uptake - wanted.value).abs() < 1e-9;
        match projection.uptakes.iter().position(near) {
            Some(place) if places.contains(&place) => {}
            Some(place) => places.push(place),
            None => {
                let message = format!("the scenario does not compare {}", show_share(wanted.value));
                let help = format!(
                    "it compares {}; add the rate to its `uptake`, or write set=\"reconnect.uptake=[{}]\"",
                    rates(projection),
                    wanted.value
                );
                return Err(Box::new(fault(FindingCode::UnknownRate, message, wanted.range.clone()).help(help)));
            }
        }
    }
    Ok(places)
}

fn rates(projection: &Projection) -> String {
    crate::output::words::list(&projection.uptakes.iter().map(|o| o.label.clone()).collect::<Vec<_>>())
}

fn which_rate(marker: &Marker, projection: &Projection) -> Box<Finding> {
    let message = format!("this figure differs with the rate of {ACTING}");
    let help = format!(
        "say at which, such as uptake={}: the scenario compares {}",
        projection.uptakes[0].uptake,
        rates(projection)
    );
    Box::new(fault(FindingCode::WhichRate, message, marker.show.range.clone()).help(help))
}

pub(super) fn segment(marker: &Marker, plan: &Plan) -> Result<Option<usize>, Box<Finding>> {
    let Some(wanted) = &marker.segment else { return Ok(None) };
    let ids: Vec<&str> = plan.segments().iter().map(|s| s.id.as_str()).collect();
    if let Some(place) = ids.iter().position(|id| *id == wanted.value) {
        return Ok(Some(place));
    }
    let help = match nearest(&wanted.value, &ids) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known ids: {}", list(&ids)),
    };
    let message = format!("no segment has the id `{}`", wanted.value);
    Err(Box::new(fault(FindingCode::UnknownId, message, wanted.range.clone()).help(help)))
}

/// The plan and its results at some of its rates.
fn narrowed(source: EmbedSource<'_>, places: &[usize], marker: &Marker) -> Result<(Plan, Projection), Box<Finding>> {
    let mut projection = source.projection.clone();
    projection.uptakes = places.iter().map(|place| source.projection.uptakes[*place].clone()).collect();
    let uptakes = source.plan.uptakes();
    let kept = places.iter().filter_map(|place| uptakes.get(*place).cloned()).collect();
    let plan = source.plan.with(|parts| parts.uptakes = kept);
    plan.map(|plan| (plan, projection)).map_err(|why| Box::new(refuse(marker, why).help("leave `uptake` out")))
}

fn sentence(marker: &Marker, which: &Sentence, plan: &Plan, projection: &Projection) -> Result<String, Box<Finding>> {
    let findings = ReportFindings::of(plan, projection);
    Ok(match which {
        Sentence::Decision => findings.decision.first().cloned().unwrap_or_default(),
        Sentence::Summary => findings.decision.join(" "),
        Sentence::Agreement => findings.agreement.ok_or_else(|| {
            Box::new(refuse(marker, "only one engine has answered").help("let both: `--engine both`"))
        })?,
        Sentence::Source => {
            let from = &projection.provenance;
            let hash = from.sha256.get(..12).unwrap_or(&from.sha256);
            format!("{} (sha256 {hash}), seed {}, cutover {}", marker.scenario.value, projection.seed, from.version)
        }
        Sentence::Title(name) => drawn(marker, name, plan, projection)?.title,
    })
}

/// Draws a chart; a scenario without segments has fewer of them.
fn drawn(marker: &Marker, name: &str, plan: &Plan, projection: &Projection) -> Result<Chart, Box<Finding>> {
    let charts = chart::of(plan, projection);
    let Some((_, draw)) = charts.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = charts.iter().map(|(known, _)| *known).collect();
        let finding = refuse(marker, format!("this scenario has no chart `{name}`"));
        return Err(Box::new(finding.help(format!("its charts are {}", list(&names)))));
    };
    chart::drawn(*draw, plan, projection, &Theme::LIGHT).map_err(|error| Box::new(refuse(marker, error.to_string())))
}

fn chart(
    marker: &Marker,
    name: &str,
    plan: &Plan,
    projection: &Projection,
    document: &str,
) -> Result<Rendered, Box<Finding>> {
    chart_beside(marker, drawn(marker, name, plan, projection)?, document)
}

/// A chart as a file beside the document, and the image that shows it.
pub(super) fn chart_beside(marker: &Marker, chart: Chart, document: &str) -> Result<Rendered, Box<Finding>> {
    let name = chart.name;
    let form = marker.form.unwrap_or(EmbedForm::Svg);
    let bytes = match form {
        EmbedForm::Png => rasterise(&chart.svg).map_err(|error| Box::new(refuse(marker, error.to_string())))?,
        _ => chart.svg.into_bytes(),
    };
    let folder = marker.assets.clone().unwrap_or_else(|| format!("{document}.assets"));
    let ending = if form == EmbedForm::Png { "png" } else { "svg" };
    let path = format!("{folder}/{}-{name}{}.{ending}", stem(marker), fingerprint(marker));
    let text = format!("![{}]({})", written(&chart.title), linked(&path));
    Ok(Rendered { text, file: Some((path, bytes)) })
}

/// The scenario's path as part of a file's name: `scenarios/pkce.toml` is `scenarios-pkce`.
fn stem(marker: &Marker) -> String {
    let path = &marker.scenario.value;
    slug(path.strip_suffix(".toml").unwrap_or(path))
}

/// What tells a chart from others of the same scenario: nothing, where nothing is changed and all rates are drawn.
fn fingerprint(marker: &Marker) -> String {
    let rates = marker.uptakes.iter().map(|u| u.value.to_string());
    let seen = marker.seen.iter().map(|seen| seen.value.clone());
    let said: Vec<String> = marker.changes.iter().cloned().chain(rates).chain(seen).collect();
    if said.is_empty() {
        return String::new();
    }
    let hash = Sha256::digest(said.join("\u{0}"));
    format!("-{}", hash.iter().take(3).map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// A path as a link.
fn linked(path: &str) -> String {
    let mut link = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => link.push(byte as char),
            other => link += &format!("%{other:02X}"),
        }
    }
    link
}
