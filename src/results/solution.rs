//! What `solve` and `frontier` found: the least demanding value of a key that meets a target, and the line along which two keys
//! just meet it.

use super::{Provenance, Quantity};
use crate::plan::Plan;
use serde::Serialize;
use serde_json::Value;

/// A target with its confidence.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Asked {
    /// As it was typed: `failed_by_deadline <= 25`.
    pub target: String,
    /// In words: `at most 25 fail by the deadline`.
    #[serde(skip)]
    pub words: String,
    /// The chance with which it is to be met.
    pub confidence: f64,
}

/// A value of a key; in JSON [`Setting::json`] alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub(crate) struct Setting {
    /// As a number for an axis: a share, a factor, orgs, hours, or hours since `as_of`.
    #[serde(skip)]
    pub number: f64,
    /// For programs.
    pub json: Value,
    /// For people.
    #[serde(skip)]
    pub words: String,
    /// As a scenario writes it.
    #[serde(skip)]
    pub plain: String,
}

/// How an axis of values is to be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Axis {
    /// Shares, 0-1.
    Share,
    /// Points in time, in hours since `as_of`.
    Time,
    /// Any number.
    Number,
    /// Durations in hours.
    Hours,
}

/// The chance of meeting the target at a value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Tried {
    /// The value.
    #[serde(rename = "value")]
    pub setting: Setting,
    /// Chance of meeting the target: exact, or simulated where the exact engine declines.
    pub chance: f64,
}

/// Mean and range of the figure that the target is about.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(crate) struct SettingRange {
    /// Of how many orgs.
    pub orgs: u64,
    /// Mean number of orgs.
    pub mean: f64,
    /// 5th percentile.
    pub p5: u64,
    /// Median.
    pub p50: u64,
    /// 95th percentile.
    pub p95: u64,
}

impl SettingRange {
    /// Of a figure of so many orgs.
    pub(crate) fn of(quantity: &Quantity, orgs: u64) -> Self {
        let [p5, p50, p95] = [5.0, 50.0, 95.0].map(|p| quantity.percentile(p));
        Self { orgs, mean: quantity.mean, p5, p50, p95 }
    }
}

/// What `solve` found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Solution {
    /// Where it comes from.
    pub provenance: Provenance,
    /// The plan as the scenario has it, everything that is not known at its median.
    pub plan: Plan,
    /// What was asked.
    pub asked: Asked,
    /// The key that was solved for.
    pub key: String,
    /// How its values are drawn.
    pub axis: Axis,
    /// `the smallest`, `the latest`: what the least demanding value is called.
    pub least: &'static str,
    /// Why that asks least.
    pub why: &'static str,
    /// The rate of reconnecting that it holds at; `None` where the rate itself was solved for.
    pub rate: Option<String>,
    /// Between which values it was looked for.
    pub range: [Setting; 2],
    /// What the scenario itself says, where that is one number, with its chance.
    pub now: Option<Tried>,
    /// The least demanding value that meets the target with the confidence asked for; else the one that comes nearest.
    pub best: Tried,
    /// Whether [`Solution::best`] meets it.
    pub reachable: bool,
    /// The figure there.
    pub figure: SettingRange,
    /// The next less demanding value, which does not meet it; `None` at the end of the range.
    pub next: Option<Tried>,
    /// Whether the chance falls all the way from the most to the least demanding value, as far as was looked.
    pub monotone: bool,
    /// Every value that was tried, ascending.
    pub tried: Vec<Tried>,
    /// How often the exact engine was asked.
    pub evaluations: usize,
    /// The same by simulation; `None` where it was not asked for.
    pub check: Option<Check>,
    /// What the reader must know.
    pub notes: Vec<String>,
}

/// Exact chances held against simulated ones.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Check {
    /// Runs.
    pub runs: u64,
    /// Seed.
    pub seed: u64,
    /// Share of the runs that meet the target at the best value.
    pub chance: f64,
    /// The same at the next less demanding one.
    pub next: Option<f64>,
    /// The largest difference from the exact chance, in standard errors.
    pub worst_z: f64,
    /// What a correct pair passes once in 1,000 times.
    pub limit_z: f64,
}

impl Check {
    /// Whether both engines agree.
    pub(crate) fn holds(&self) -> bool {
        self.worst_z <= self.limit_z
    }
}

/// The line along which two keys just meet a target, and the chance over the plane.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frontier {
    /// Where it comes from.
    pub provenance: Provenance,
    /// The plan as the scenario has it.
    pub plan: Plan,
    /// What was asked.
    pub asked: Asked,
    /// The key across, and the key upwards.
    pub keys: [String; 2],
    /// How their values are drawn.
    pub axes: [Axis; 2],
    /// What the least demanding value upwards is called.
    pub least: &'static str,
    /// Whether a larger value upwards is easier to meet the target with.
    pub up_helps: bool,
    /// The rate of reconnecting that it holds at; `None` where that is one of the keys.
    pub rate: Option<String>,
    /// The values across, ascending, and the values upwards.
    pub x: Vec<Setting>,
    /// See [`Frontier::x`].
    pub y: Vec<Setting>,
    /// The chance, by column and then row; `None` where the scenario would not be valid.
    pub chances: Vec<Vec<Option<f64>>>,
    /// For each column, the least demanding value upwards that meets the target, with its chance; `None` where none does.
    pub line: Vec<Option<Tried>>,
    /// Where the plan stands now, where both keys are one number in it.
    pub now: Option<(Setting, Setting, f64)>,
    /// How often the exact engine was asked.
    pub evaluations: usize,
    /// What the reader must know.
    pub notes: Vec<String>,
}

/// What the share reconnected so far says, hour by hour.
#[derive(Debug, Clone, PartialEq)]
pub struct Tripwires {
    /// The tolerance that is meant to be kept.
    pub tolerance: u64,
    /// The final rate of reconnecting at which it is kept with a chance of one half.
    pub uptake: f64,
    /// The hours of the window, ascending.
    pub hours: Vec<Tripwire>,
}

/// One hour of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tripwire {
    /// Hours since `as_of`.
    pub hour: f64,
    /// Share of all orgs that have reconnected by then, where one more or one fewer decides which way the chance goes.
    pub reconnected: f64,
    /// The same as a number of orgs.
    pub orgs: f64,
}
