//! Failures by the deadline over a grid of rates and deadlines. One solution of each segment serves all cells: rates only
//! weigh its two curves, deadlines only read them elsewhere.

use super::declined::Declined;
use super::mixture::{Mixture, Rate};
use super::solved::{SolvedClass, Wanted, aim, solve};
use crate::plan::{Family, Plan, Segment};
use crate::results::{CurvePoint, Grid, GridCell};
use rayon::prelude::*;

/// The grid of a family at these rates, and at deadlines so many hours later than the plan's; earlier where negative. A deadline
/// before `as_of` or after the horizon is taken as that.
///
/// # Errors
/// [`Declined`] when the unknowns contradict each other however they are drawn.
pub fn grid(family: &Family, uptakes: Vec<f64>, shifts: Vec<f64>) -> Result<Grid, Declined> {
    let centre = family.centre();
    let solve = |plan: &Plan, segment: &Segment, distinct: usize| {
        let moved = |shift: &f64| (segment.deadline + shift).clamp(0.0, plan.horizon_hours());
        let hours: Vec<f64> = shifts.iter().map(moved).collect();
        solve(plan, segment, Wanted { hours: &hours, ..Wanted::default() }, aim(segment, centre, distinct))
    };
    let mixture = Mixture::new(family, solve)?;
    let row = |uptake: &f64| row(&mixture.rate_at(*uptake), &shifts, centre.tolerance());
    let cells = uptakes.par_iter().map(row).collect();
    Ok(Grid { uptakes, shifts, cells })
}

/// A rate's cells. The plan's own deadline has the whole distribution, as its measures have; the others are within one org of it.
fn row(rate: &Rate, shifts: &[f64], tolerance: Option<u64>) -> Vec<GridCell> {
    let mut last: Option<CurvePoint> = None;
    let cells = shifts.iter().enumerate().map(|(i, shift)| {
        let pick = |s: &SolvedClass| s.failed_curve.as_ref().map(|c| c[i]);
        if *shift == 0.0 {
            let law = rate.distribution(&pick);
            return GridCell {
                mean: rate.mean(&pick, None),
                percentiles: [0.05, 0.5, 0.95].map(|q| law.quantile(q)),
                within_tolerance: tolerance.map(|t| law.cdf(t)),
            };
        }
        let point = rate.curve_point(&pick, last.as_ref());
        last = Some(point);
        GridCell {
            mean: point.mean,
            percentiles: [point.p5, point.p50, point.p95].map(|p| p.unwrap_or(0)),
            within_tolerance: tolerance.map(|t| rate.cdf(&pick, t)),
        }
    });
    cells.collect()
}

#[cfg(test)]
mod tests {
    use super::super::aim::TOLERANCE;
    use super::*;
    use crate::engine::exact::measures;
    use crate::plan::sample::Sample;

    /// `p = (1 - u) t / 1399 + u c(t) / 1399`, with `c` the mean of `min(t, T)` for a reconnect `T` uniform over 1-60 h.
    #[test]
    fn the_flagships_grid_is_its_closed_form() {
        let plan = Sample::flagship().plan();
        let found =
            grid(&Family::certain(plan), vec![0.0, 0.3, 1.0], vec![-45.0, -9.0, 0.0, 24.0]).expect("it answers");
        for (u, row) in found.uptakes.iter().zip(&found.cells) {
            for (t, cell) in [24.0_f64, 60.0, 69.0, 93.0].into_iter().zip(row) {
                let c = t.min(60.0);
                let exposed = 1.0 + ((c * c - 1.0) / 2.0 + c * (60.0 - c) - 59.0) / 59.0;
                let want = 2500.0 * ((1.0 - u) * t + u * exposed) / 1399.0;
                // The stated error, of 2,500 orgs.
                assert!((cell.mean - want).abs() < 2500.0 * TOLERANCE, "{u}, {t}: {} is not {want}", cell.mean);
                assert!(cell.percentiles.is_sorted());
            }
        }
    }

    #[test]
    fn at_the_plans_own_rates_and_deadline_the_grid_says_what_the_measures_say() {
        for plan in [
            Sample::flagship().with(|s| s.uptakes = vec![0.0, 0.5, 0.9]).plan(),
            Sample::flagship()
                .with(|s| (s.uptakes, s.segment.correlation, s.horizon) = (vec![0.2, 1.0], 0.2, 270.0))
                .plan(),
        ] {
            let uptakes = plan.uptakes().iter().map(|u| u.value).collect();
            let family = Family::certain(plan);
            let found = grid(&family, uptakes, vec![-10.0, 0.0, 30.0]).expect("it answers");
            assert_eq!(found.own_deadline(), 1);
            for (row, measures) in found.cells.iter().zip(measures(&family).expect("it answers")) {
                let (cell, failed) = (&row[1], &measures.failed_by_deadline);
                assert!((cell.mean - failed.mean).abs() < 1e-9, "{} and {}", cell.mean, failed.mean);
                assert_eq!(cell.percentiles, [5.0, 50.0, 95.0].map(|p| failed.percentile(p)));
                assert_eq!(cell.within_tolerance, measures.within_tolerance);
            }
        }
    }
}
