//! The clock of a zone's working week: how much work gets done between two instants.

use super::calendar::Calendar;
use super::clock;
use super::zone::Tz;
use chrono::{DateTime, Duration, Timelike, Utc};

/// A zone's human hours from `as_of` on, as a step function of elapsed hours with its integral.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let scenario = cutover::scenario::load("scenarios/pkce-may-2026.toml".as_ref(), &[])?;
/// let segment = &scenario.family.centre().segments()[0];
/// // From Friday 24 April 12:00 the office works until 17:00, and at a quarter of the pace until 21:00.
/// assert!((segment.work_clock.work_until(5.0) - 5.0).abs() < 1e-9);
/// assert!((segment.work_clock.when_done(0.0, 6.0) - 9.0).abs() < 1e-6);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct WorkClock {
    /// Elapsed hours at which each step begins, ascending from 0; the last entry is where the clock ends.
    edges: Vec<f64>,
    /// Weight in each step; one fewer than edges.
    weights: Vec<f64>,
    /// Work done from 0 to each edge, in office hours.
    done: Vec<f64>,
    /// For each whole elapsed hour, the step it falls in.
    step_at_hour: Vec<u32>,
}

/// Offsets of zones in use are multiples of a quarter of an hour, so a local hour begins on one.
const STEP_MINUTES: i64 = 15;

impl WorkClock {
    /// The clock of people who live in `zone` by `calendar`, from `as_of` over `hours` elapsed hours.
    pub fn new(as_of: DateTime<Utc>, hours: f64, zone: Tz, calendar: &Calendar) -> Self {
        let mut clock = Self { edges: vec![0.0], weights: Vec::new(), done: vec![0.0], step_at_hour: Vec::new() };
        let end = clock::after(as_of, hours);
        let step = STEP_MINUTES * 60;
        let mut from = as_of;
        while from < end {
            let quarter_ends = from.timestamp().div_euclid(step) * step + step;
            let to = (from + Duration::seconds(quarter_ends - from.timestamp())
                - Duration::nanoseconds(i64::from(from.timestamp_subsec_nanos())))
            .min(end);
            let local = from.with_timezone(&zone);
            let weight = calendar.weight(local.date_naive(), local.hour());
            clock.push(clock::hours_between(as_of, to), weight);
            from = to;
        }
        clock.index();
        clock
    }

    /// Makes the index, so that reading the clock takes a few steps and no search.
    fn index(&mut self) {
        let hours = self.edges[self.edges.len() - 1];
        let step_at = |hour: usize| self.edges.partition_point(|e| *e <= hour as f64).max(1) - 1;
        self.step_at_hour = (0..=hours as usize).map(|h| step_at(h) as u32).collect();
    }

    fn push(&mut self, to: f64, weight: f64) {
        let last = self.edges.len() - 1;
        let work = self.done[last] + (to - self.edges[last]) * weight;
        if self.weights.last() == Some(&weight) {
            self.edges[last] = to;
            // From the step's own beginning, so that merging steps adds no rounding.
            self.done[last] = self.done[last - 1] + (to - self.edges[last - 1]) * weight;
        } else {
            self.weights.push(weight);
            self.edges.push(to);
            self.done.push(work);
        }
    }

    /// The steps: beginning and end in elapsed hours, and weight.
    pub fn steps(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        self.weights.iter().enumerate().map(|(i, w)| (self.edges[i], self.edges[i + 1], *w))
    }

    /// Work done from 0 to `at`, in office hours: the integral of the weight. Beyond the clock's end it stands still.
    pub fn work_until(&self, at: f64) -> f64 {
        let Some(mut i) = self.step_at_hour.get(at.max(0.0) as usize).map(|i| *i as usize) else {
            return self.done[self.done.len() - 1];
        };
        while i < self.weights.len() && self.edges[i + 1] <= at {
            i += 1;
        }
        if i == self.weights.len() {
            return self.done[i];
        }
        self.done[i] + (at.max(0.0) - self.edges[i]) * self.weights[i]
    }

    /// The elapsed hour at which `work` office hours have been done since `from`; infinite when the clock ends before.
    pub fn when_done(&self, from: f64, work: f64) -> f64 {
        let target = self.work_until(from) + work;
        let i = self.done.partition_point(|done| *done < target);
        if i == self.done.len() {
            return f64::INFINITY;
        }
        if i == 0 {
            return from;
        }
        let at = self.edges[i - 1] + (target - self.done[i - 1]) / self.weights[i - 1];
        at.max(from)
    }
}

#[cfg(test)]
mod tests {
    use super::super::week::{OFFICE, WeekWeights};
    use super::*;
    use chrono::{NaiveDate, TimeZone};

    fn at(zone: Tz, day: u32, hour: u32) -> DateTime<Utc> {
        zone.with_ymd_and_hms(2026, 5, day, hour, 0, 0).single().expect("a time").with_timezone(&Utc)
    }

    #[test]
    fn the_recommended_window_holds_four_office_hours_in_san_francisco_one_in_new_york_none_in_europe() {
        let la = Tz::America__Los_Angeles;
        let (opens, hours) = (at(la, 1, 13), 59.0);
        let office_hours = |zone: Tz| {
            let clock = WorkClock::new(opens, hours, zone, &Calendar::default());
            clock.steps().filter(|s| s.2 == OFFICE).map(|s| s.1 - s.0).sum::<f64>()
        };
        assert_eq!(office_hours(la), 4.0);
        assert_eq!(office_hours(Tz::America__New_York), 1.0);
        assert_eq!(office_hours(Tz::Europe__London), 0.0);
        assert!(office_hours(Tz::Australia__Sydney) > 0.0, "Sydney's Monday has begun before the window closes");
    }

    #[test]
    fn two_hours_from_friday_night_run_slowly_into_saturday() {
        // Friday 22:00: 10 h at 0.02 are 0.2; then 0.1 an hour from Saturday 08:00: 12 h make 1.2; 12 h of night 0.24;
        // so 1.64 by Sunday 08:00, and the last 0.36 take 3.6 h.
        let zone = Tz::Europe__London;
        let clock = WorkClock::new(at(zone, 1, 22), 200.0, zone, &Calendar::default());
        assert!((clock.when_done(0.0, 2.0) - (34.0 + 3.6)).abs() < 1e-9);
        assert!((clock.work_until(37.6) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn work_and_its_inverse_agree_and_match_minutes_by_brute_force() {
        let zone = Tz::Asia__Kathmandu;
        let holiday = NaiveDate::from_ymd_opt(2026, 5, 4).expect("a date");
        let origin = at(zone, 1, 13) + Duration::minutes(7);
        let calendar = Calendar::new(WeekWeights::default(), None, &[holiday], &[]);
        let clock = WorkClock::new(origin, 120.0, zone, &calendar);
        let mut work = 0.0;
        for minute in 0..(120 * 60) {
            let local = (origin + Duration::minutes(minute)).with_timezone(&zone);
            work += calendar.weight(local.date_naive(), local.hour()) / 60.0;
            let now = (minute + 1) as f64 / 60.0;
            assert!((clock.work_until(now) - work).abs() < 1e-9, "after {now} h");
            assert!((clock.when_done(0.0, clock.work_until(now)) - now).abs() < 1e-6);
        }
        assert_eq!(clock.when_done(0.0, work + 1.0), f64::INFINITY);
    }

    #[test]
    fn hours_without_weight_are_waited_out_and_a_week_without_any_never_ends() {
        let zone = Tz::Europe__London;
        let hours = |from: usize, to: usize| std::array::from_fn(|h| if (from..to).contains(&h) { 1.0 } else { 0.0 });
        let week = WeekWeights { weekday: hours(9, 17), weekend: [0.0; 24], ..WeekWeights::default() };
        assert!(week.has_idle_hours() && !week.is_idle());
        let calendar = Calendar::new(week.clone(), None, &[], &[]);
        let clock = WorkClock::new(at(zone, 1, 16), 200.0, zone, &calendar);
        // Friday 16:00: an hour until 17:00, the next one on Monday 09:00, 65 hours after the start.
        assert_eq!((clock.when_done(0.0, 1.0), clock.when_done(0.0, 1.5)), (1.0, 65.5));
        assert_eq!(
            (clock.work_until(40.0), clock.when_done(40.0, 0.0), clock.when_done(40.0, 0.25)),
            (1.0, 40.0, 65.25)
        );
        let idle = WeekWeights { weekday: [0.0; 24], ..week };
        assert!(idle.is_idle());
        let clock = WorkClock::new(at(zone, 1, 16), 200.0, zone, &Calendar::new(idle, None, &[], &[]));
        assert_eq!((clock.work_until(150.0), clock.when_done(3.0, 0.0)), (0.0, 3.0));
        assert_eq!((clock.when_done(3.0, 1e-9), clock.when_done(3.0, 9.0)), (f64::INFINITY, f64::INFINITY));
    }
}
