//! The calendar that people of a segment work by: the weights of their week, their holidays, and the days that are worked
//! although the calendar says otherwise.

use chrono::{Datelike, NaiveDate};

use super::holidays::Country;
use super::week::WeekWeights;

/// A day off that the week does not give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holiday {
    /// The local day.
    pub date: NaiveDate,
    /// As its country calls it; `None` of a mere date.
    pub name: Option<&'static str>,
}

/// Which local days are worked, and how much gets done in each of their hours.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calendar {
    week: WeekWeights,
    country: Option<&'static Country>,
    /// Ascending, each date once.
    holidays: Vec<Holiday>,
    /// Ascending, none of them a holiday.
    working_days: Vec<NaiveDate>,
}

impl Calendar {
    /// The calendar of a country, if any, with further `holidays`, and without those that are `working_days`. A date that is
    /// in both is a holiday.
    pub fn new(
        week: WeekWeights,
        country: Option<&'static Country>,
        holidays: &[NaiveDate],
        working_days: &[NaiveDate],
    ) -> Self {
        let public = country.map(Country::all_holidays).unwrap_or_default();
        let kept = public.iter().filter(|(date, _)| holidays.contains(date) || !working_days.contains(date));
        let mut all: Vec<Holiday> = kept.map(|(date, name)| Holiday { date: *date, name: Some(name) }).collect();
        all.extend(holidays.iter().map(|date| Holiday { date: *date, name: None }));
        // Stable, so that a name comes before none.
        all.sort_by_key(|holiday| holiday.date);
        all.dedup_by_key(|holiday| holiday.date);
        let worked = country.map(Country::worked_weekends).unwrap_or_default();
        let mut working_days: Vec<NaiveDate> = worked.iter().chain(working_days).copied().collect();
        working_days.retain(|date| !holidays.contains(date));
        working_days.sort_unstable();
        working_days.dedup();
        Self { week, country, holidays: all, working_days }
    }

    /// The weights of its week.
    pub fn week(&self) -> &WeekWeights {
        &self.week
    }

    /// Whose public holidays it has.
    pub fn country(&self) -> Option<&'static Country> {
        self.country
    }

    /// The holidays, ascending, each date once.
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// Days that are worked even on a weekend, ascending.
    pub fn working_days(&self) -> &[NaiveDate] {
        &self.working_days
    }

    /// The holiday on a date.
    pub fn holiday(&self, date: NaiveDate) -> Option<&Holiday> {
        self.holidays.binary_search_by_key(&date, |holiday| holiday.date).ok().map(|i| &self.holidays[i])
    }

    /// Whether a date counts as a day of the weekend: it is one that is not worked, or a holiday.
    pub fn is_day_off(&self, date: NaiveDate) -> bool {
        let weekend = self.week.weekend_days.contains(date.weekday());
        (weekend && self.working_days.binary_search(&date).is_err()) || self.holiday(date).is_some()
    }

    /// The weight of a local hour (0-23) of a date.
    pub fn weight(&self, date: NaiveDate, hour: u32) -> f64 {
        let hours = if self.is_day_off(date) { &self.week.weekend } else { &self.week.weekday };
        hours[hour as usize % 24]
    }

    /// Whether every hour weighs the same by both, whatever the holidays are called.
    pub fn same_hours(&self, other: &Self) -> bool {
        let dates = |calendar: &Self| calendar.holidays.iter().map(|h| h.date).collect::<Vec<_>>();
        self.week == other.week && self.working_days == other.working_days && dates(self) == dates(other)
    }
}

#[cfg(test)]
mod tests {
    use super::super::holidays::country;
    use super::super::week::{OFFICE, WEEKEND_DAY};
    use super::*;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    #[test]
    fn a_countrys_holidays_are_days_off_but_for_those_struck_out() {
        let plain = Calendar::default();
        let british = |extra: &[NaiveDate], working: &[NaiveDate]| {
            Calendar::new(WeekWeights::default(), country("GB"), extra, working)
        };
        assert_eq!(plain.weight(day(5, 4), 10), OFFICE);
        assert_eq!(british(&[], &[]).weight(day(5, 4), 10), WEEKEND_DAY);
        assert_eq!(british(&[], &[day(5, 4)]).weight(day(5, 4), 10), OFFICE);
        assert_eq!(british(&[day(5, 5)], &[]).weight(day(5, 5), 10), WEEKEND_DAY);
        assert_eq!(british(&[day(5, 4)], &[day(5, 4)]).weight(day(5, 4), 10), WEEKEND_DAY);
        let both = british(&[day(5, 4), day(5, 5)], &[]);
        let names = [day(5, 4), day(5, 5), day(5, 6)].map(|d| both.holiday(d).map(|h| h.name));
        assert_eq!(names, [Some(Some("May Day")), Some(None), None]);
    }

    #[test]
    fn a_weekend_day_can_be_worked() {
        // China works on Saturday 9 May 2026 to make up for a day of the Labour Day break.
        let chinese = |extra: &[NaiveDate]| Calendar::new(WeekWeights::default(), country("CN"), extra, &[]);
        assert_eq!(chinese(&[]).weight(day(5, 9), 10), OFFICE);
        assert_eq!(chinese(&[day(5, 9)]).weight(day(5, 9), 10), WEEKEND_DAY);
        assert_eq!(chinese(&[]).weight(day(5, 16), 10), WEEKEND_DAY);
    }

    #[test]
    fn calendars_are_alike_when_their_hours_are() {
        let named = Calendar::new(WeekWeights::default(), country("GB-ENG"), &[], &[]);
        let dates: Vec<NaiveDate> = named.holidays().iter().map(|h| h.date).collect();
        let bare = Calendar::new(WeekWeights::default(), None, &dates, &[]);
        assert!(named.same_hours(&bare) && named != bare);
        assert!(!named.same_hours(&Calendar::default()));
    }
}
