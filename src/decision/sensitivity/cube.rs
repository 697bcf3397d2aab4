//! The cube of all assumptions of all readings: an axis for each key, and one for which reading holds.

use super::reading::Reading;
use crate::plan::{Movable, MoveKind, Plan, Stop};

/// The key of the axis of readings.
pub(crate) const READING: &str = "reading";

/// One assumption.
pub(super) struct CubeAxis {
    pub(super) movable: Movable,
    /// The first reading that has it; it moves there when it moves alone.
    pub(super) home: usize,
}

pub(super) struct Cube<'a> {
    pub(super) readings: &'a [Reading],
    /// Ascending by key, so that the order of a scenario's keys changes no sample; the axis of readings last.
    pub(super) axes: Vec<CubeAxis>,
    /// For each reading, the axis of each of its assumptions.
    places: Vec<Vec<usize>>,
}

impl<'a> Cube<'a> {
    pub(super) fn new(readings: &'a [Reading]) -> Self {
        let mut axes: Vec<CubeAxis> = Vec::new();
        for (home, reading) in readings.iter().enumerate() {
            for movable in reading.movements.assumptions() {
                if !axes.iter().any(|a| a.movable.key == movable.key) {
                    axes.push(CubeAxis { movable: movable.clone(), home });
                }
            }
        }
        axes.sort_by(|a, b| a.movable.key.cmp(&b.movable.key));
        let place = |key: &str| axes.iter().position(|a| a.movable.key == key).unwrap_or(usize::MAX);
        let places: Vec<Vec<usize>> =
            readings.iter().map(|r| r.movements.assumptions().iter().map(|m| place(&m.key)).collect()).collect();
        if readings.len() > 1 {
            axes.push(CubeAxis { movable: of_readings(readings), home: 0 });
        }
        Self { readings, axes, places }
    }

    /// The plan at a point of the cube.
    pub(super) fn plan_at(&self, point: &[f64]) -> Result<Plan, String> {
        let reading = match self.readings.len() {
            1 => 0,
            n => ((point[self.axes.len() - 1] * n as f64) as usize).min(n - 1),
        };
        let own: Vec<f64> = self.places[reading].iter().map(|axis| point[*axis]).collect();
        self.readings[reading].movements.plan_at(&own)
    }

    /// The plan as a reading gives it.
    pub(super) fn given_plan(&self, reading: usize) -> Result<Plan, String> {
        let movements = &self.readings[reading].movements;
        let given: Vec<f64> = movements.assumptions().iter().map(|m| m.at).collect();
        movements.plan_at(&given)
    }

    /// The plan of an axis's home with that assumption alone moved; of the axis of readings, the reading there as it stands.
    pub(super) fn moved_alone(&self, axis: usize, at: f64) -> Result<Plan, String> {
        let n = self.readings.len();
        if n > 1 && axis + 1 == self.axes.len() {
            return self.given_plan(((at * n as f64) as usize).min(n - 1));
        }
        let home = self.axes[axis].home;
        let movements = &self.readings[home].movements;
        let moved = |(m, place): (&Movable, &usize)| if *place == axis { at } else { m.at };
        let point: Vec<f64> = movements.assumptions().iter().zip(&self.places[home]).map(moved).collect();
        movements.plan_at(&point)
    }
}

fn of_readings(readings: &[Reading]) -> Movable {
    let n = readings.len() as f64;
    let stop = |(i, reading): (usize, &Reading)| Stop { at: (i as f64 + 0.5) / n, words: reading.name.clone() };
    Movable {
        key: READING.to_owned(),
        given: readings[0].name.clone(),
        at: 0.5 / n,
        kind: MoveKind::Reading,
        stops: readings.iter().enumerate().map(stop).collect(),
    }
}
