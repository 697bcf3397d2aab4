//! Scenarios at one rate of reconnecting, for questions that have one answer; and which figure that is.

use super::common::Common;
use crate::plan::{Plan, Uptake, middle_uptake};
use crate::results::Counted;
use crate::scenario::{Change, Scenario};
use crate::{Error, Result};
use serde_json::Value;
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
        (Some(_), Some(rate)) => at(&scenario, &Value::from(rate)),
        (Some(_), None) if plan.uptakes().len() == 1 => Ok(scenario),
        (Some(_), None) => at(&scenario, &middle(plan.uptakes()).echo),
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
    both[0].family.centre().wording().speak();
    let plans = both.each_ref().map(|s| s.family.centre());
    let reconnects = plans.map(|p| p.window().is_some());
    if rate.is_some() && reconnects == [false, false] {
        return Err(no_window(paths[0]));
    }
    let wanted = match (rate, reconnects) {
        (Some(rate), _) => Some(Value::from(rate)),
        (None, [true, true]) if plans.iter().all(|p| p.uptakes().len() == 1) => None,
        (None, [true, true]) => Some(shared(plans)?),
        (None, [true, false]) => Some(middle(plans[0].uptakes()).echo.clone()),
        (None, [false, true]) => Some(middle(plans[1].uptakes()).echo.clone()),
        (None, [false, false]) => None,
    };
    let Some(wanted) = wanted else { return Ok(both) };
    let [first, second] = both;
    let with = |scenario: Scenario, reconnects: bool| if reconnects { at(&scenario, &wanted) } else { Ok(scenario) };
    Ok([with(first, reconnects[0])?, with(second, reconnects[1])?])
}

/// The middle of the rates that both plans have, as the first writes it.
fn shared(plans: [&Plan; 2]) -> Result<Value> {
    let in_second = |u: &&Uptake| plans[1].uptakes().iter().any(|v| v.echo == u.echo);
    let both: Vec<Uptake> = plans[0].uptakes().iter().filter(in_second).cloned().collect();
    if both.is_empty() {
        let message = "the two scenarios have no rate of reconnecting in common; name one, such as --uptake 50%";
        return Err(Error::BadUsage(message.to_owned()));
    }
    Ok(middle(&both).echo.clone())
}

/// The middle one.
fn middle(uptakes: &[Uptake]) -> &Uptake {
    &uptakes[middle_uptake(uptakes).unwrap_or(0)]
}

/// The same scenario at one rate, a number or a law.
fn at(scenario: &Scenario, rate: &Value) -> Result<Scenario> {
    Ok(scenario.changed(&[Change::set("reconnect.uptake", vec![rate.clone()])])?)
}
