//! The mean of a law's survival function between two points: of those whose age is even over a span, the share that has lasted so long.

use super::law::Law;

/// Nodes and weights of the four-point Gauss-Legendre rule on 0-1 (Abramowitz & Stegun 25.4.29).
const GAUSS: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_93),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_07),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_07),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_93),
];

/// Where survival changes by less than this part of itself from the first to the last node, and its slope by less than the other, the rule is
/// good to the last digits.
const FLAT: f64 = 0.05;
const STRAIGHT: f64 = 0.2;

/// What halving may still change, as a part of the integral over the whole span: somewhat more than survival functions are right to.
const ACCURATE: f64 = 1e-12;

/// How many last digits of a point may be wrong.
const ROUNDED: f64 = 16.0;

/// Halvings of a span.
const DEEPEST: u32 = 40;

/// Logarithm of a survival that is as good as none.
const LN_NONE: f64 = -650.0;

/// Below this numbers lose their digits.
const NONE: f64 = 1e-285;

/// A law, ready to say the mean of its survival function between two points.
#[derive(Debug, Clone)]
pub(crate) struct MeanSurvival {
    law: Law,
    /// Below this all but one in 10¹⁵ last, and from the other point on none.
    low: f64,
    high: f64,
}

impl MeanSurvival {
    pub(crate) fn new(law: &Law) -> Self {
        let (least, most) = law.support();
        let low = if law.atoms().is_some() { least } else { law.isf(1.0 - 1e-15).max(least) };
        let high = if most.is_finite() { most } else { law.isf_ln(LN_NONE) };
        Self { law: law.clone(), low, high }
    }

    /// Below the first of these all but one in 10¹⁵ last, from the other on none.
    pub(crate) fn span(&self) -> [f64; 2] {
        [self.low, self.high]
    }

    /// The survival function itself.
    pub(crate) fn sf(&self, x: f64) -> f64 {
        if x < self.low {
            1.0
        } else if x >= self.high {
            0.0
        } else {
            self.law.sf(x)
        }
    }

    /// `∫ sf / (to - from)` between two points, `from <= to`; the survival function where they are one. Right to 12 digits also where the
    /// law is much narrower than the span.
    pub(crate) fn mean(&self, from: f64, to: f64) -> f64 {
        let width = to - from;
        if width <= 0.0 {
            return self.sf(from);
        }
        if to <= self.low {
            return 1.0;
        }
        if from >= self.high {
            return 0.0;
        }
        let (a, b) = (from.max(self.low), to.min(self.high));
        // Whole where nothing is cut off.
        let part = |from: f64, to: f64| if to - from == width { 1.0 } else { (to - from) / width };
        part(from, a.max(from)) * f64::from(u8::from(a > from)) + part(a, b) * self.within(a, b)
    }

    /// The same between two points within which the law has all it has.
    fn within(&self, from: f64, to: f64) -> f64 {
        match &self.law {
            Law::Fixed(_) => 1.0,
            Law::Empirical(values) => {
                let (first, last) = (values.partition_point(|v| *v <= from), values.partition_point(|v| *v < to));
                let part: f64 = values[first..last].iter().map(|v| (v - from) / (to - from)).sum();
                (part + (values.len() - last) as f64) / values.len() as f64
            }
            Law::Uniform { min, max } => (max - 0.5 * (from + to)) / (max - min),
            Law::Exponential { mean } => {
                let spans = (to - from) / mean;
                (-from / mean).exp() * -(-spans).exp_m1() / spans
            }
            // The rule is exact on either side of the corner, and may not see it.
            Law::Triangular { mode, .. } if (from..to).contains(mode) && *mode > from => {
                let part = (mode - from) / (to - from);
                part * self.within(from, *mode) + (1.0 - part) * self.within(*mode, to)
            }
            law => {
                let values = GAUSS.map(|(node, _)| law.sf(from + node * (to - from)));
                let rule = values.iter().zip(GAUSS).map(|(value, (_, weight))| weight * value).sum::<f64>();
                // As many hours lie between the first two nodes as between the last two.
                let [first, last] = [values[0] - values[1], values[2] - values[3]];
                let straight = (first - last).abs() <= STRAIGHT * first.max(last) + f64::EPSILON * values[0];
                if straight && values[0] - values[3] <= FLAT * values[0] {
                    return rule;
                }
                halved(law, [from, to], rule, ACCURATE * rule, DEEPEST)
            }
        }
    }
}

fn gauss(law: &Law, from: f64, to: f64) -> f64 {
    GAUSS.iter().map(|(node, weight)| weight * law.sf(from + node * (to - from))).sum()
}

/// The mean by halves, each by halves again, until that changes it by next to nothing, by no more than `most`, or by what rounding makes; of a half
/// of the span twice as much may change.
fn halved(law: &Law, [from, to]: [f64; 2], whole: f64, most: f64, depth: u32) -> f64 {
    let middle = 0.5 * (from + to);
    let [left, right] = [gauss(law, from, middle), gauss(law, middle, to)];
    let halves = 0.5 * (left + right);
    let change = (halves - whole).abs();
    // Points are rounded, which matters where survival falls steeply.
    let rounding = ROUNDED * f64::EPSILON * to * (left - right).abs() / (to - from);
    if depth == 0 || change <= most.max(ACCURATE * halves).max(rounding).max(NONE) {
        return halves;
    }
    let again = |span, rule| halved(law, span, rule, 2.0 * most, depth - 1);
    0.5 * (again([from, middle], left) + again([middle, to], right))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(law: &Law, from: f64, to: f64) -> f64 {
        MeanSurvival::new(law).mean(from, to)
    }

    /// `E min(X, x) = ∫ sf` over 0-x; all of it is the mean.
    #[test]
    fn over_all_of_the_law_it_is_the_laws_mean_however_narrow_or_steep() {
        for law in [
            Law::uniform(1.0, 90.0),
            Law::exponential(20.0),
            Law::log_uniform(1.0, 1400.0),
            Law::triangular(3.0, 4.0, 50.0),
            Law::pert(100.0, 100.01, 100.02),
            Law::normal(100.0, 1e-3, 0.0, f64::INFINITY),
            Law::normal(30.0, 20.0, 0.0, f64::INFINITY),
            Law::weibull(24.0, 200.0),
            Law::weibull(9.0, 0.6),
            Law::lognormal(6.0, 1.0),
            Law::empirical(vec![3.0, 3.1, 3.2, 7.75]),
            Ok(Law::Fixed(9.0)),
        ] {
            let law = law.expect("proper");
            let end = 20_000.0;
            let by_hours: f64 = (0..20_000).map(|i| mean(&law, f64::from(i), f64::from(i + 1))).sum();
            for got in [end * mean(&law, 0.0, end), by_hours] {
                assert!((got / law.mean() - 1.0).abs() < 1e-9, "{law:?}: {got} {}", law.mean());
            }
        }
    }

    #[test]
    fn between_two_points_it_is_the_integral_over_them() {
        let law = Law::exponential(6.0).expect("proper");
        let want = |a: f64, b: f64| 6.0 * ((-a / 6.0).exp() - (-b / 6.0).exp()) / (b - a);
        for (a, b) in [(0.0, 1.0), (2.0, 3.0), (0.0, 40.0), (300.0, 301.0)] {
            assert!((mean(&law, a, b) / want(a, b) - 1.0).abs() < 1e-12);
        }
        // Far out, where the survival itself is 1e-131.
        let law = Law::weibull(1.0, 1.0).expect("proper");
        assert!((mean(&law, 300.0, 301.0) / ((-300.0_f64).exp() * (1.0 - (-1.0_f64).exp())) - 1.0).abs() < 1e-11);
        let listed = Law::empirical(vec![0.5, 1.0, 3.0, 9.0]).expect("proper");
        assert!((mean(&listed, 0.0, 2.0) - (0.25 + 0.5 + 1.0 + 1.0) / 4.0).abs() < 1e-15);
        assert_eq!((mean(&Law::Fixed(3.0), 2.0, 4.0), mean(&Law::Fixed(3.0), 3.0, 4.0)), (0.5, 0.0));
        assert_eq!((mean(&Law::Fixed(3.0), 1.0, 1.0), mean(&Law::Fixed(3.0), 1.0, 2.0)), (1.0, 1.0));
    }
}
