//! How far a number that a scenario gives may be moved: a range that follows from what the number means, or the one asked for.
//! `docs/decide-sensitivity.md` derives the usual ones.

use super::domain::Domain;
use super::{duration, moment};
use crate::plan::clock;

/// A number moved over a range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Range {
    /// What the scenario gives.
    pub given: f64,
    /// Where it is 0 and where it is 1.
    pub ends: [f64; 2],
    scale: RangeScale,
    /// Values lie so far from each other; 0 for any. Instants and durations on whole hours keep all that matters on one lattice.
    grid: f64,
}

/// On which scale equal steps are equally far.
#[derive(Debug, Clone, Copy, PartialEq)]
enum RangeScale {
    Linear,
    Log,
    Logit,
}

impl RangeScale {
    fn to(self, x: f64) -> f64 {
        match self {
            Self::Linear => x,
            Self::Log => x.ln(),
            Self::Logit => (x / (1.0 - x)).ln(),
        }
    }

    fn from(self, y: f64) -> f64 {
        match self {
            Self::Linear => y,
            Self::Log => y.exp(),
            Self::Logit => 1.0 / (1.0 + (-y).exp()),
        }
    }
}

/// What a rate of 0 or 1 leaves open: none in sixty cases, by the rule of three (`3 / 60`).
const NONE_IN_SIXTY: f64 = 0.05;
/// How far rates move, in logits.
const LOGITS: f64 = 1.0;
/// Durations are doubled and halved.
const DOUBLE: f64 = 2.0;
/// Factors and shapes of laws move by half.
const HALF_AS_MUCH: f64 = 1.5;
/// Instants move by a day.
const DAY: f64 = 24.0;
/// Numbers of orgs move by a tenth.
const TENTH: f64 = 1.1;
/// Nearer to the given value than this, as a part of the range, it is the given value.
const NO_DISTANCE: f64 = 1e-9;

impl Range {
    /// The usual range around a value; `None` for one that has none, such as a duration of 0. `room` is how far the value may go
    /// at most: down and up, a factor for durations and a number of hours for instants.
    pub(crate) fn usual(given: f64, domain: Domain, room: f64) -> Option<Self> {
        let times = |factor: f64, grid: f64| {
            let factor = factor.min(room);
            let ends = [given / factor, given * factor].map(|end| snap(end, given, grid));
            (given > 0.0).then_some(Self { given, ends, scale: RangeScale::Log, grid })
        };
        let range = match domain {
            Domain::Rate if given <= 0.0 => Self::linear(given, [0.0, NONE_IN_SIXTY], 0.0),
            Domain::Rate if given >= 1.0 => Self::linear(given, [1.0 - NONE_IN_SIXTY, 1.0], 0.0),
            Domain::Rate => {
                let at = RangeScale::Logit.to(given);
                let ends = [at - LOGITS, at + LOGITS].map(|y| RangeScale::Logit.from(y));
                Some(Self { given, ends, scale: RangeScale::Logit, grid: 0.0 })
            }
            Domain::Hours { .. } => times(DOUBLE, grid_of(given)),
            Domain::Factor | Domain::Shape => times(HALF_AS_MUCH, 0.0),
            Domain::Count(..) => times(TENTH, 1.0),
            Domain::Instant(_) | Domain::LocalTime => {
                let by = DAY.min(room).floor();
                Self::linear(given, [given - by, given + by], 1.0)
            }
        };
        range.filter(|r| r.ends[0] < r.ends[1])
    }

    fn linear(given: f64, ends: [f64; 2], grid: f64) -> Option<Self> {
        Some(Self { given, ends, scale: RangeScale::Linear, grid })
    }

    /// The range that `a..b` spells.
    ///
    /// # Errors
    /// When it is none, or does not hold the given value.
    pub(crate) fn asked(text: &str, given: f64, domain: Domain) -> Result<Self, String> {
        let (low, high) = text.split_once("..").ok_or("write a range as a..b")?;
        let ends = [value_of(low, domain)?, value_of(high, domain)?];
        let (least, greatest) = domain.limits();
        if ends[0] >= ends[1] || ends[0] < least || ends[1] > greatest {
            return Err(format!("{text} is no range from low to high within the values that make sense here"));
        }
        if !(ends[0]..=ends[1]).contains(&given) {
            return Err(format!("the range must hold what the scenario says, {}", domain.show(given)));
        }
        let is_size = matches!(domain, Domain::Hours { .. } | Domain::Factor | Domain::Shape | Domain::Count(..));
        let scale = if is_size && ends[0] > 0.0 { RangeScale::Log } else { RangeScale::Linear };
        let grid = match domain {
            Domain::Hours { .. } => grid_of(ends[1]),
            Domain::Instant(_) | Domain::LocalTime | Domain::Count(..) => 1.0,
            _ => 0.0,
        };
        Ok(Self { given, ends, scale, grid })
    }

    /// Where between 0 and 1 the given value lies.
    pub(crate) fn given_at(&self) -> f64 {
        let [low, high] = self.ends.map(|end| self.scale.to(end));
        ((self.scale.to(self.given) - low) / (high - low)).clamp(0.0, 1.0)
    }

    /// The value there; exactly the given one where that is.
    pub(crate) fn value(&self, at: f64) -> f64 {
        if (at - self.given_at()).abs() < NO_DISTANCE {
            return self.given;
        }
        let [low, high] = self.ends.map(|end| self.scale.to(end));
        snap(self.scale.from(low + at * (high - low)), self.given, self.grid).clamp(self.ends[0], self.ends[1])
    }
}

/// The grid of a duration: whole hours from four hours on, half hours from one hour on, minutes from ten minutes on, seconds from ten seconds
/// on; none below.
fn grid_of(hours: f64) -> f64 {
    match hours {
        h if h >= 4.0 => 1.0,
        h if h >= 1.0 => 0.5,
        h if h >= 1.0 / 6.0 => 1.0 / 60.0,
        h if h >= 1.0 / 360.0 => 1.0 / 3600.0,
        _ => 0.0,
    }
}

/// The nearest value that is a whole number of grid steps from the given one.
fn snap(value: f64, given: f64, grid: f64) -> f64 {
    if grid == 0.0 { value } else { given + ((value - given) / grid).round() * grid }
}

/// One end of a range.
fn value_of(text: &str, domain: Domain) -> Result<f64, String> {
    let text = text.trim().trim_matches('"');
    let number = |text: &str| text.replace('_', "").parse::<f64>().map_err(|_| format!("`{text}` is no number"));
    match domain {
        Domain::Hours { .. } => duration::parse(text).map_err(|refusal| refusal.message),
        Domain::Instant(zone) => match moment::parse(text).map_err(|refusal| refusal.message)? {
            moment::Moment::Fixed(at) => Ok(super::domain::since_epoch(at)),
            moment::Moment::Local(local) => {
                clock::to_utc(local, zone).map(super::domain::since_epoch).map_err(|e| e.to_string())
            }
        },
        Domain::LocalTime => match moment::parse(text).map_err(|refusal| refusal.message)? {
            moment::Moment::Local(local) => Ok(super::domain::since_epoch(local.and_utc())),
            moment::Moment::Fixed(_) => Err("write a local time, without an offset".to_owned()),
        },
        Domain::Rate => match text.strip_suffix('%') {
            Some(percent) => number(percent.trim()).map(|p| p / 100.0),
            None => number(text),
        },
        Domain::Count(..) | Domain::Factor | Domain::Shape => number(text),
    }
}

#[cfg(test)]
mod tests {
    use super::super::domain::LENGTH;
    use super::*;

    #[test]
    fn usual_ranges_are_those_of_the_docs() {
        let ends = |given, domain| Range::usual(given, domain, f64::INFINITY).map(|r| r.ends);
        // logistic(-1) = 0.268941, logistic(1) = 0.731059.
        let [low, high] = ends(0.5, Domain::Rate).expect("a range");
        assert!((low - 0.268_941).abs() < 1e-6 && (high - 0.731_059).abs() < 1e-6);
        assert_eq!(ends(0.0, Domain::Rate), Some([0.0, 0.05]));
        assert_eq!(ends(1.0, Domain::Rate), Some([0.95, 1.0]));
        assert_eq!(ends(1400.0, LENGTH), Some([700.0, 2800.0]));
        assert_eq!(ends(0.0, LENGTH), None);
        let [low, high] = ends(1.0 / 60.0, LENGTH).expect("a range");
        assert!((low - 0.5 / 60.0).abs() < 1e-12 && (high - 2.0 / 60.0).abs() < 1e-12, "half a minute to two");
        assert_eq!(Range::usual(1.0 / 60.0, LENGTH, f64::INFINITY).map(|range| range.value(0.5)), Some(1.0 / 60.0));
        assert_eq!(ends(1000.0, Domain::LocalTime), Some([976.0, 1024.0]));
        assert_eq!(Range::usual(1000.0, Domain::LocalTime, 5.5).map(|r| r.ends), Some([995.0, 1005.0]));
    }

    #[test]
    fn the_given_value_comes_back_to_the_last_digit_and_ends_are_reached() {
        for (given, domain) in [(0.35, Domain::Rate), (1.0, Domain::Rate), (1399.75, LENGTH), (0.8, Domain::Factor)] {
            let range = Range::usual(given, domain, f64::INFINITY).expect("a range");
            assert_eq!(range.value(range.given_at()), given);
            let [low, high] = [0.0, 1.0].map(|at| range.value(at));
            assert!((low - range.ends[0]).abs() < 1e-12 && (high - range.ends[1]).abs() < 1e-12, "{range:?}");
        }
    }

    #[test]
    fn a_range_that_is_asked_for_is_read_as_the_scenario_reads_values() {
        let asked = |text, given, domain| Range::asked(text, given, domain).map(|r| r.ends);
        assert_eq!(asked("24h..60d", 1400.0, LENGTH), Ok([24.0, 1440.0]));
        assert_eq!(asked("0..100 %", 1.0, Domain::Rate), Ok([0.0, 1.0]));
        assert!(asked("0..0.5", 1.0, Domain::Rate).is_err_and(|why| why.contains("must hold")));
        assert!(asked("1..0", 1.0, Domain::Rate).is_err());
        assert!(asked("7", 1.0, Domain::Rate).is_err());
    }
}
