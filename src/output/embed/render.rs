//! What a marker shows, made from the results of its scenario: text for the document, and for a chart the file that it links to.

use super::figures::Figures;
use super::markers::{Marker, fault};
use super::shown::Shown;
use super::shows::{EmbedForm, Sentence, Show};
use super::tables;
use crate::output::chart::{self, Chart, Theme};
use crate::output::sentence::{Facts, ReportFindings};
use crate::plan::Plan;
use crate::plan::units::show_share;
use crate::plan::wording::ACTING;
use crate::results::{Assumption, Outcome, Projection};
use crate::scenario::Finding;
use crate::scenario::FindingCode;
use crate::scenario::keys::{list, nearest};

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

/// Makes what a marker shows.
///
/// # Errors
/// Says why the scenario has nothing of the kind, at the word of the marker that asks for it.
pub(crate) fn render(marker: &Marker, source: EmbedSource<'_>) -> Result<Shown, Box<Finding>> {
    let _words = source.plan.wording().enter();
    let places = places(marker, source.projection)?;
    if let Show::Figure(figure) = &marker.show.value {
        let rate = match places[..] {
            [one] => one,
            _ if !figure.has_rate() => 0,
            _ => return Err(which_rate(marker, source.projection)),
        };
        let segment = segment(marker, source.plan)?;
        let form = marker.form.unwrap_or(EmbedForm::About);
        let figures = Figures { plan: source.plan, projection: source.projection, rate, segment, form };
        let text = figures.write(*figure).map_err(|(why, help)| marker.refuse(why).help(help));
        return Ok(Shown::Text(text.map_err(Box::new)?));
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
        Show::Chart(name) => Ok(Shown::Chart(Box::new(drawn(marker, name, &plan, &projection)?))),
        Show::Table(table) => {
            let table = tables::of(*table, &facts, source.assumptions);
            let refused = |why| Box::new(marker.refuse(why).help("show another table, or another scenario"));
            Ok(Shown::Table(Box::new(table.map_err(refused)?)))
        }
        Show::Sentence(sentence) => Ok(Shown::Text(self::sentence(marker, sentence, &plan, &projection)?)),
        // Markers of this without `seen` are refused when they are read.
        Show::Figure(_) | Show::Seen(_) => Ok(Shown::Text(String::new())),
    }
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
    plan.map(|plan| (plan, projection)).map_err(|why| Box::new(marker.refuse(why).help("leave `uptake` out")))
}

fn sentence(marker: &Marker, which: &Sentence, plan: &Plan, projection: &Projection) -> Result<String, Box<Finding>> {
    let findings = ReportFindings::of(plan, projection);
    Ok(match which {
        Sentence::Decision => findings.decision.first().cloned().unwrap_or_default(),
        Sentence::Summary => findings.decision.join(" "),
        Sentence::Agreement => findings
            .agreement
            .ok_or_else(|| Box::new(marker.refuse("only one engine has answered").help("let both: `--engine both`")))?,
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
        let finding = marker.refuse(format!("this scenario has no chart `{name}`"));
        return Err(Box::new(finding.help(format!("its charts are {}", list(&names)))));
    };
    chart::drawn(*draw, plan, projection, &Theme::LIGHT).map_err(|error| Box::new(marker.refuse(error.to_string())))
}
