//! The curve that a campaign followed, from the few points that are known of it: `F(t) = level (1 - exp(-(t / scale)^shape))`.
//! What the points leave open is left open: a campaign has several readings, alike in weight.

use std::sync::LazyLock;

use super::{ALL, BaseRate, Share};

/// Shapes that a campaign may have: people act at a constant rate (1), or early rather than late (1/2). No row of the table
/// has points enough to tell which.
pub const SHAPES: [f64; 2] = [1.0, 0.5];

/// A bound or a range stands for so many shares, alike in weight.
const PARTS: usize = 16;

/// Scales that a fit looks among, in hours.
const SCALES: (f64, f64) = (1.0, 1e5);
/// Steps of the search over the logarithm of the scale.
const STEPS: usize = 240;

/// A saturating curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// The share that ever acts, 0-1.
    pub level: f64,
    /// Hours in which `1 - 1/e` of that share has acted.
    pub scale_hours: f64,
    /// One of [`SHAPES`].
    pub shape: f64,
    /// The time of the campaign's last point, in hours; the curve is held from there on, for nothing says that it went on.
    pub last_hours: f64,
}

impl Curve {
    /// The share that has acted after so many hours.
    pub fn share(&self, hours: f64) -> f64 {
        self.level * risen(hours.min(self.last_hours), self.scale_hours, self.shape)
    }

    /// The curve through `share` at `hours`, with this scale; where it would have to rise above 1 for that, the slowest that
    /// need not.
    fn through(share: f64, hours: f64, scale_hours: f64, shape: f64) -> Self {
        let level = share / risen(hours, scale_hours, shape);
        if level <= 1.0 {
            return Self { level, scale_hours, shape, last_hours: hours };
        }
        // 1 - exp(-(hours / scale)^shape) = share.
        let scale_hours = hours / (-(-share).ln_1p()).powf(1.0 / shape);
        Self { level: 1.0, scale_hours, shape, last_hours: hours }
    }

    /// The curve nearest to the points, by least squares of the shares. Two points it meets, if a level of at most 1 can.
    fn fitted(points: &[(f64, f64)], shape: f64) -> Self {
        let (from, to) = (SCALES.0.ln(), SCALES.1.ln());
        let step = (to - from) / STEPS as f64;
        let miss = |ln_scale: f64| misfit(points, level_of(points, ln_scale.exp(), shape), ln_scale.exp(), shape);
        let grid = (0..=STEPS).map(|i| from + step * i as f64);
        let coarse = grid.min_by(|a, b| miss(*a).total_cmp(&miss(*b))).unwrap_or(from);
        let scale_hours = least(miss, coarse - step, coarse + step).exp();
        // Through the last point: at its own length a campaign is what was counted.
        let (share, last_hours) = points.last().copied().unwrap_or((0.0, 0.0));
        Self::through(share, last_hours, scale_hours, shape)
    }
}

/// `1 - exp(-(hours / scale)^shape)`: the part of the level that is reached.
fn risen(hours: f64, scale: f64, shape: f64) -> f64 {
    -(-(hours / scale).powf(shape)).exp_m1()
}

/// The best level for a scale, at most 1: `Σ p g / Σ g²` over the points, where `g` is the part risen.
fn level_of(points: &[(f64, f64)], scale: f64, shape: f64) -> f64 {
    let part = |hours: f64| risen(hours, scale, shape);
    let above: f64 = points.iter().map(|(share, hours)| share * part(*hours)).sum();
    let below: f64 = points.iter().map(|(_, hours)| part(*hours).powi(2)).sum();
    (above / below).min(1.0)
}

fn misfit(points: &[(f64, f64)], level: f64, scale: f64, shape: f64) -> f64 {
    points.iter().map(|(share, hours)| (share - level * risen(*hours, scale, shape)).powi(2)).sum()
}

/// Where a function with one valley between `low` and `high` is least, by golden section.
fn least(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    for _ in 0..80 {
        let (a, b) = (high - GOLDEN * (high - low), low + GOLDEN * (high - low));
        if f(a) <= f(b) { high = b } else { low = a }
    }
    (low + high) / 2.0
}

/// A campaign with the curves that it may have followed.
#[derive(Debug, Clone, PartialEq)]
pub struct Readings {
    /// Its first row.
    pub row: &'static BaseRate,
    /// Alike in weight.
    pub curves: Vec<Curve>,
}

/// Every campaign whose time is known, with its readings.
pub static READINGS: LazyLock<Vec<Readings>> = LazyLock::new(|| {
    let first = ALL.iter().filter(|row| row.continues.is_none() && row.is_timed());
    first.map(|row| Readings { row, curves: curves_of(row) }).collect()
});

/// The readings of a campaign, given any of its rows.
pub fn readings(row: &'static BaseRate) -> Option<&'static Readings> {
    let first = row.campaign_row();
    READINGS.iter().find(|readings| readings.row.key == first.key)
}

/// All points of a campaign, with those of the rows that continue it, by time.
pub fn points_of(row: &BaseRate) -> Vec<(Share, f64)> {
    let rows = ALL.iter().filter(|other| other.key == row.key || other.continues == Some(row.key));
    let points = rows.flat_map(|row| row.points.iter().filter_map(|p| p.hours.map(|hours| (p.share, hours))));
    let mut points: Vec<(Share, f64)> = points.collect();
    points.sort_by(|a, b| a.1.total_cmp(&b.1));
    points
}

/// The shares of a campaign with several points; `None` where it has one, or gives bounds.
fn several(row: &BaseRate) -> Option<Vec<(f64, f64)>> {
    let known = |(share, hours): (Share, f64)| if let Share::Is(share) = share { Some((share, hours)) } else { None };
    let points: Vec<(f64, f64)> = points_of(row).into_iter().map(known).collect::<Option<_>>()?;
    (points.len() > 1).then_some(points)
}

/// Of a campaign with several points the curve nearest to them, for each shape. Of one with a single point the curve through
/// it, for each shape, each scale that another campaign had, and each share that the point may stand for.
fn curves_of(row: &BaseRate) -> Vec<Curve> {
    if let Some(points) = several(row) {
        return SHAPES.map(|shape| Curve::fitted(&points, shape)).to_vec();
    }
    let mut curves = Vec::new();
    for shape in SHAPES {
        for scale in scales(shape, row) {
            for (point, hours) in points_of(row) {
                curves.extend(shares(point).into_iter().map(|share| Curve::through(share, hours, scale, shape)));
            }
        }
    }
    curves
}

/// The scales of the other campaigns that have several points, in hours.
fn scales(shape: f64, but: &BaseRate) -> Vec<f64> {
    let others = ALL.iter().filter(|row| row.continues.is_none() && row.key != but.key);
    others.filter_map(several).map(|points| Curve::fitted(&points, shape).scale_hours).collect()
}

/// The shares that a point may stand for, alike in weight. Below a bound the density rises in a straight line to it: a source
/// that had seen far less would have named a lower bound. Within a range it is even.
fn shares(share: Share) -> Vec<f64> {
    let part = |i: usize| (i as f64 + 0.5) / PARTS as f64;
    match share {
        Share::Is(share) => vec![share],
        Share::Below(bound) => (0..PARTS).map(|i| bound * part(i).sqrt()).collect(),
        Share::Between { from, to } => (0..PARTS).map(|i| from + (to - from) * part(i)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(key: &str) -> &'static BaseRate {
        ALL.iter().find(|row| row.key == key).expect("a row")
    }

    fn curves(key: &str) -> &'static [Curve] {
        &readings(row(key)).expect("it has a time").curves
    }

    /// With `q = exp(-T / scale)` the shares at T and 2 T are `level (1 - q)` and `level (1 - q²)`, so `q = p2 / p1 - 1`.
    #[test]
    fn two_points_at_a_constant_rate_are_met_by_the_curve_of_their_closed_form() {
        let (p1, p2) = (297_029.0 / 615_268.0, 306_071.0 / 615_268.0);
        let q: f64 = p2 / p1 - 1.0;
        let curve = curves("heartbleed-patch")[0];
        assert!((curve.level - p1 / (1.0 - q)).abs() < 1e-6, "{curve:?}");
        assert!((curve.scale_hours + 730.0 / q.ln()).abs() < 1e-3, "{curve:?}");
        // "Ever" is the level itself: 1 - exp(-2190 / scale) = 13 / 33.
        let curve = curves("password-after-breach")[0];
        assert!((curve.level - 0.33).abs() < 1e-6, "{curve:?}");
        assert!((curve.scale_hours + 2190.0 / (20.0_f64 / 33.0).ln()).abs() < 0.01, "{curve:?}");
    }

    #[test]
    fn a_curve_meets_the_points_that_it_is_made_from() {
        for readings in READINGS.iter() {
            let points = points_of(readings.row);
            // Of three points the curve with two or three numbers of its own misses some: proxylogon-2021 by up to 5 in 100.
            let slack = if points.len() > 2 { 0.07 } else { 1e-6 };
            for curve in &readings.curves {
                assert!((0.0..=1.0).contains(&curve.level) && curve.scale_hours > 0.0, "{curve:?}");
                for (share, hours) in &points {
                    let at = curve.share(*hours);
                    let (low, high) = match *share {
                        Share::Is(share) => (share, share),
                        Share::Below(bound) => (0.0, bound),
                        Share::Between { from, to } => (from, to),
                    };
                    let met = (low - slack..=high + slack).contains(&at);
                    assert!(met, "{}: {at} at {hours} h; {curve:?}", readings.row.key);
                }
            }
        }
    }

    /// Levels and scales in days by SciPy 1.17 (`minimize_scalar` over the logarithm of the scale, bounded).
    #[test]
    fn fits_agree_with_another_tool() {
        for (key, shape, level, days) in [
            ("proxylogon-2021", 0, 0.933, 4.95),
            ("proxylogon-2021", 1, 1.0, 3.29),
            ("log4shell-cloud-2021", 0, 0.700, 9.7),
            ("log4shell-cloud-2021", 1, 0.746, 11.7),
            ("heartbleed-patch", 0, 0.498, 8.7),
            ("heartbleed-patch", 1, 0.503, 2.9),
            ("password-after-breach", 0, 0.330, 182.2),
            ("password-after-breach", 1, 0.330, 363.9),
        ] {
            let curve = curves(key)[shape];
            assert_eq!(curve.shape, SHAPES[shape]);
            let got = (curve.level, curve.scale_hours / 24.0);
            assert!((got.0 - level).abs() < 0.001 && (got.1 - days).abs() < 0.06, "{key}: {got:?}");
        }
    }

    /// Less than in a straight line from nothing would be a campaign that speeds up; more than all of it at once can't be.
    #[test]
    fn a_figure_is_never_scaled_down_below_a_straight_line_nor_up_beyond_its_last_point() {
        for readings in READINGS.iter() {
            for curve in &readings.curves {
                let last = if curve.last_hours.is_finite() { curve.last_hours } else { 1e7 };
                let reached = curve.share(last);
                for part in [0.001, 0.05, 0.3, 0.9] {
                    let share = curve.share(last * part);
                    assert!(share >= reached * part - 1e-12 && share <= reached, "{}: {curve:?}", readings.row.key);
                }
                assert!((curve.share(last * 50.0) - reached).abs() < 1e-9, "held: {curve:?}");
            }
        }
    }

    #[test]
    fn a_bound_stands_for_shares_below_it_and_on_average_for_two_thirds_of_it() {
        let shares = shares(Share::Below(0.27));
        assert!(shares.iter().all(|s| *s > 0.0 && *s < 0.27));
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        // The mean of a density that rises from 0 to b in a straight line is 2 b / 3.
        assert!((mean - 0.18).abs() < 0.001, "{mean}");
    }

    /// What the method would have said of the first point of a campaign from its last alone, as if that were all that is known.
    #[test]
    fn the_first_point_of_a_campaign_lies_where_its_last_point_alone_would_have_put_it() {
        for (key, share, hours, first, counted) in [
            ("log4shell-cloud-2021", 0.70, 2190.0, 240.0, 0.45),
            ("proxylogon-2021", 0.92, 504.0, 192.0, 0.75),
            ("heartbleed-patch", 0.497, 1460.0, 730.0, 0.483),
        ] {
            let readings = SHAPES.map(|shape| {
                let scales = scales(shape, row(key));
                scales.into_iter().map(move |scale| Curve::through(share, hours, scale, shape).share(first))
            });
            let said: Vec<f64> = readings.into_iter().flatten().collect();
            let (low, high) = said.iter().fold((1.0_f64, 0.0_f64), |(low, high), s| (low.min(*s), high.max(*s)));
            let mean = said.iter().sum::<f64>() / said.len() as f64;
            assert!((low..=high).contains(&counted), "{key}: {counted} is not within {low} to {high}");
            assert!((mean - counted).abs() < 0.06, "{key}: {mean} for {counted}");
        }
    }
}
