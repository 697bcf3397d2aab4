//! What else a reader may ask of a plan: other rates, other deadlines, and what single courses of events look like.

use super::EngineChoice;
use crate::Result;
use crate::engine::exact;
use crate::engine::simulate::{self, Curves, cost};
use crate::plan::{Family, Plan};
use crate::results::{Detail, Grid};

/// Steps between a rate of 0 and one of 1: where there is one sum to work out for a cell, and where there are hundreds.
const RATES: (u32, u32) = (100, 20);

/// Unlike orgs up to which a cell takes next to no time.
const MOST_CLASSES: usize = 1000;

/// Hours looked at before and after the deadline.
const BEFORE: f64 = 7.0 * 24.0;
const AFTER: f64 = 3.0 * 24.0;

/// At most about so many deadlines.
const MOST_DEADLINES: f64 = 170.0;

/// Runs whose courses are drawn.
const COURSES: u64 = 8;

/// How much of what a person waits for that is worth.
const PART_OF_A_WAIT: f64 = 0.2;

/// Outcomes over a grid of rates and deadlines by the exact engine, and the courses of the first few runs by simulation, where
/// these engines are asked for.
///
/// # Errors
/// When unknowns contradict each other however they are drawn.
pub fn detail(family: &Family, engine: EngineChoice) -> Result<Detail> {
    let grid = || if engine == EngineChoice::Simulate { None } else { grid(family) };
    let courses = || if engine == EngineChoice::Exact { Ok(Vec::new()) } else { courses(family) };
    let (grid, paths) = rayon::join(grid, courses);
    Ok(Detail { grid, paths: paths?, ..Detail::default() })
}

fn grid(family: &Family) -> Option<Grid> {
    let plan = family.centre();
    let classes: usize = plan.segments().iter().map(|s| s.class_sizes().count()).sum();
    let quick = family.is_certain() && classes <= MOST_CLASSES && plan.segments().iter().all(|s| s.correlation == 0.0);
    let steps = if quick { RATES.0 } else { RATES.1 };
    let uptakes = match plan.window() {
        Some(_) => (0..=steps).map(|i| f64::from(i) / f64::from(steps)).collect(),
        None => vec![0.0],
    };
    // Where the engine declines, the projection's notes say why.
    exact::grid(family, uptakes, shifts(plan)).ok()
}

/// Whole numbers of steps around the deadline, from the main event (or a week before the deadline) to three days after it.
fn shifts(plan: &Plan) -> Vec<f64> {
    let deadlines = || plan.segments().iter().filter(|s| s.orgs > 0).map(|s| s.deadline);
    let (first, last) = deadlines().fold((f64::INFINITY, 0.0_f64), |(a, b), d| (a.min(d), b.max(d)));
    if !first.is_finite() {
        return vec![0.0];
    }
    let main = plan.hours(plan.main_event().at);
    let before = (first - main.clamp(0.0, first)).min(BEFORE);
    // A main event after the deadline, or at it: what comes before matters all the same.
    let before = if before < 1.0 { first.min(24.0) } else { before };
    let after = (plan.horizon_hours() - last).clamp(0.0, AFTER);
    let steps = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0];
    let step = steps.into_iter().find(|s| (before + after) / s <= MOST_DEADLINES).unwrap_or(24.0);
    let (back, on) = ((before / step).floor() as i32, (after / step).floor() as i32);
    (-back..=on).map(|i| f64::from(i) * step).collect()
}

/// The courses of the first runs of the plan's own simulation, by rate; fewer or none where orgs are many.
fn courses(family: &Family) -> Result<Vec<Vec<Vec<u32>>>> {
    let plan = family.centre();
    let affordable = PART_OF_A_WAIT * cost::STEPS_OF_A_WAIT / cost::steps_of_run(family, simulate::MOST_FOLLOWED);
    let runs = COURSES.min(plan.runs()).min(affordable as u64);
    if runs == 0 || plan.orgs() > u64::from(u32::MAX) {
        return Ok(Vec::new());
    }
    let tally = simulate::simulate(family, plan.seed(), 0..runs, Curves::Percentiles, &|_| ())?;
    let of = |rate: usize| tally.failed_paths(rate).map(<[u32]>::to_vec).collect();
    Ok((0..plan.uptakes().len()).map(of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    #[test]
    fn the_grid_reaches_from_the_main_event_to_three_days_after_the_deadline() {
        let detail = detail(&Family::certain(Sample::flagship().plan()), EngineChoice::Exact).expect("it answers");
        let grid = detail.grid.expect("it answers");
        assert_eq!((grid.uptakes.len(), grid.shifts.len()), (101, 69 + 1 + 72));
        assert_eq!((grid.shifts[0], grid.shifts[grid.own_deadline()]), (-69.0, 0.0));
        // Nothing has failed when it is switched on; more fail the later the deadline, and the fewer reconnect.
        assert!(grid.cells.iter().all(|row| row[0].mean == 0.0 && row.windows(2).all(|w| w[0].mean <= w[1].mean)));
        assert!(grid.cells.windows(2).all(|w| w[0][100].mean > w[1][100].mean));
        assert!(detail.paths.is_empty());
    }

    #[test]
    fn courses_are_those_of_the_first_runs_and_never_fall() {
        let plan = Sample::flagship().with(|s| s.uptakes = vec![0.0, 1.0]).plan();
        let hours = plan.curve_hours().len();
        let detail = detail(&Family::certain(plan), EngineChoice::Simulate).expect("it answers");
        assert!(detail.grid.is_none());
        assert_eq!(detail.paths.len(), 2);
        for course in detail.paths.iter().flatten() {
            assert!(course.len() == hours && course.is_sorted());
        }
        // Of 2,500 orgs at a chance of 4.93 % within 6 standard errors of 10.8, by Monday 09:00, 237 h after `as_of`.
        assert!(detail.paths[0].iter().all(|c| (58..190).contains(&c[237])), "{:?}", detail.paths[0][0][237]);
    }
}
