//! Human hours: how much of an hour of work gets done in each hour of a zone's local week.

use chrono::{Weekday, WeekdaySet};

/// Default weights of the local week: how likely people act in an hour, relative to an office hour.
pub(crate) const OFFICE: f64 = 1.0;
/// Weekdays 07-09 and 17-21.
pub(crate) const EDGE_OF_DAY: f64 = 0.25;
/// Weekends and holidays, 08-20.
pub(crate) const WEEKEND_DAY: f64 = 0.1;
/// Every other hour.
pub(crate) const NIGHT: f64 = 0.02;

/// How much gets done in each hour of a local week, relative to an office hour: 0 to 1.
#[derive(Debug, Clone, PartialEq)]
pub struct WeekWeights {
    /// The hours of a working day.
    pub weekday: [f64; 24],
    /// The hours of a day of the weekend, and of a holiday.
    pub weekend: [f64; 24],
    /// Which days are the weekend.
    pub weekend_days: WeekdaySet,
}

impl WeekWeights {
    /// Saturday and Sunday.
    pub const WEEKEND: WeekdaySet = WeekdaySet::from_array([Weekday::Sat, Weekday::Sun]);
    /// The default of a working day.
    pub const WEEKDAY_HOURS: [f64; 24] = day_of(&[(7..21, EDGE_OF_DAY), (9..17, OFFICE)], NIGHT);
    /// The default of a day of the weekend.
    pub const WEEKEND_HOURS: [f64; 24] = day_of(&[(8..20, WEEKEND_DAY)], NIGHT);

    /// Whether nobody ever works in such a week.
    pub fn is_idle(&self) -> bool {
        let idle = |hours: &[f64; 24]| hours.iter().all(|w| *w == 0.0);
        let (all, none) = (self.weekend_days.len() == 7, self.weekend_days.is_empty());
        (all || idle(&self.weekday)) && (none || idle(&self.weekend))
    }

    /// Whether nobody works in some of its hours.
    pub fn has_idle_hours(&self) -> bool {
        self.weekday.iter().chain(&self.weekend).any(|w| *w == 0.0)
    }
}

impl Default for WeekWeights {
    fn default() -> Self {
        Self { weekday: Self::WEEKDAY_HOURS, weekend: Self::WEEKEND_HOURS, weekend_days: Self::WEEKEND }
    }
}

/// The hours of a day: a later range has the last word, and every hour in none weighs `otherwise`.
const fn day_of(ranges: &[(std::ops::Range<usize>, f64)], otherwise: f64) -> [f64; 24] {
    let mut hours = [otherwise; 24];
    let mut i = 0;
    while i < ranges.len() {
        let mut hour = ranges[i].0.start;
        while hour < ranges[i].0.end {
            hours[hour] = ranges[i].1;
            hour += 1;
        }
        i += 1;
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_week_is_the_models() {
        // By hand: 8 h of office, 6 h at its edges and 10 h of night; at the weekend 12 h of day and 12 h of night.
        let week = WeekWeights::default();
        assert!((week.weekday.iter().sum::<f64>() - (8.0 + 1.5 + 0.2)).abs() < 1e-12);
        assert!((week.weekend.iter().sum::<f64>() - (1.2 + 0.24)).abs() < 1e-12);
        assert_eq!((week.weekday[8], week.weekday[9], week.weekday[16], week.weekday[17]), (0.25, 1.0, 1.0, 0.25));
        assert_eq!((week.weekend[7], week.weekend[8], week.weekend[19], week.weekend[20]), (0.02, 0.1, 0.1, 0.02));
    }

    #[test]
    fn a_week_is_idle_by_the_days_that_it_has() {
        let all: WeekdaySet = (0..7).filter_map(|d| Weekday::try_from(d).ok()).collect();
        let week = WeekWeights { weekend: [0.0; 24], ..WeekWeights::default() };
        assert!(!week.is_idle());
        assert!(WeekWeights { weekend_days: all, ..week }.is_idle(), "no weekday is left");
        let week = WeekWeights { weekday: [0.0; 24], ..WeekWeights::default() };
        assert!(!week.is_idle());
        assert!(WeekWeights { weekend_days: WeekdaySet::EMPTY, ..week }.is_idle(), "no weekend is left");
    }
}
