//! Scenarios at one rate of reconnecting, for questions that have one answer; and which figure that is.

use super::common::Common;
use crate::plan::{Plan, Uptake, middle_uptake};
use crate::results::Counted;
use crate::scenario::Scenario;
use crate::{Error, Result};
use std::path::Path;

/// Which figure is the answer, as it is typed.
pub(super) fn counted(text: &str) -> std::result::Result<Counted, String> {
    let plain = text.replace('-', "_");
    let keys = || Counted::ALL.map(Counted::key).join(", ");
    Counted::ALL.into_iter().find(|c| c.key() == plain).ok_or_else(|| format!("write one of {}", keys()))
}

/// Loads a scenario at `rate`, or else at the middle one of its rates.
pub(super) fn load(path: &Path, common: &Common, rate: Option<f64>) -> Result<Scenario> {
    let scenario = super::common::load_scenario(path, &common.changes, common)?;
    let plan = scenario.family.centre();
    match (plan.window(), rate) {
        (None, None | Some(0.0)) => Ok(scenario),
        (None, Some(_)) => Err(no_window(path)),
        (Some(_), Some(rate)) => at(path, common, &format!("{rate:?}")),
        (Some(_), None) if plan.uptakes().len() == 1 => Ok(scenario),
        (Some(_), None) => at(path, common, &toml(&middle(plan.uptakes()).echo)),
    }
}

fn no_window(path: &Path) -> Error {
    Error::BadUsage(format!(
        "{}: nobody reconnects in this scenario, so there is no rate to set; leave --uptake out, or add [reconnect]",
        path.display()
    ))
}

/// Loads two scenarios at `rate`, or else at the middle one of the rates that both have. Where each has one, they stay.
pub(super) fn load_both(paths: [&Path; 2], common: &Common, rate: Option<f64>) -> Result<[Scenario; 2]> {
    let [first, second] = paths.map(|path| super::common::load_scenario(path, &common.changes, common));
    let both = [first?, second?];
    let plans = both.each_ref().map(|s| s.family.centre());
    let reconnects = plans.map(|p| p.window().is_some());
    if rate.is_some() && reconnects == [false, false] {
        return Err(no_window(paths[0]));
    }
    let wanted = match (rate, reconnects) {
        (Some(rate), _) => Some(format!("{rate:?}")),
        (None, [true, true]) if plans.iter().all(|p| p.uptakes().len() == 1) => None,
        (None, [true, true]) => Some(shared(plans)?),
        (None, [true, false]) => Some(toml(&middle(plans[0].uptakes()).echo)),
        (None, [false, true]) => Some(toml(&middle(plans[1].uptakes()).echo)),
        (None, [false, false]) => None,
    };
    let Some(wanted) = wanted else { return Ok(both) };
    let reload = |i: usize| {
        if reconnects[i] {
            at(paths[i], common, &wanted)
        } else {
            super::common::load_scenario(paths[i], &common.changes, common)
        }
    };
    Ok([reload(0)?, reload(1)?])
}

/// The middle of the rates that both plans have, as the first writes it.
fn shared(plans: [&Plan; 2]) -> Result<String> {
    let in_second = |u: &&Uptake| plans[1].uptakes().iter().any(|v| v.echo == u.echo);
    let both: Vec<Uptake> = plans[0].uptakes().iter().filter(in_second).cloned().collect();
    if both.is_empty() {
        let message = "the two scenarios have no rate of reconnecting in common; name one, such as --uptake 50%";
        return Err(Error::BadUsage(message.to_owned()));
    }
    Ok(toml(&middle(&both).echo))
}

/// The middle one.
fn middle(uptakes: &[Uptake]) -> &Uptake {
    &uptakes[middle_uptake(uptakes).unwrap_or(0)]
}

fn at(path: &Path, common: &Common, rate: &str) -> Result<Scenario> {
    let mut changes = common.changes.clone();
    changes.push(format!("reconnect.uptake=[{rate}]"));
    super::common::load_scenario(path, &changes, common)
}

/// A rate or a law as a scenario writes it.
fn toml(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(entries) => {
            let each: Vec<String> = entries.iter().map(|(key, value)| format!("{key} = {}", toml(value))).collect();
            format!("{{ {} }}", each.join(", "))
        }
        serde_json::Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
