//! Plans for unit tests: the flagship, to be changed by the test.

use super::work_clock::WorkClock;
use super::zone::Tz;
use super::*;
use crate::stats::Law;
use chrono::{DateTime, TimeZone, Utc};

/// The flagship, `as_of` 24 Apr 2026 12:00 Pacific: PKCE at hour 168, window 169-228, deadline 237, horizon 1596.
pub(crate) struct Sample {
    pub(crate) orgs: u64,
    pub(crate) uptakes: Vec<f64>,
    pub(crate) horizon: f64,
    pub(crate) segment: Segment,
    pub(crate) window: Option<(f64, f64, TimingShape)>,
}

impl Sample {
    pub(crate) fn flagship() -> Self {
        let controls =
            Controls { reauthorization: vec![Reauthorization { at: 168.0, required: 1.0 }], ..Controls::default() };
        let segment = Segment {
            id: "all".to_owned(),
            name: "all".to_owned(),
            orgs: 2500,
            time_zone: Tz::America__Los_Angeles,
            calendar: Calendar::default(),
            uptake_factor: 1.0,
            own_uptake: None,
            policies: None,
            checkpoints: Vec::new(),
            last_refresh: Law::uniform(1.0, 1400.0).expect("proper"),
            known: None,
            interval: Law::Fixed(1400.0),
            heartbeat_coverage: 1.0,
            controls,
            deadline: 237.0,
            timing: None,
            correlation: 0.0,
            recovery: None,
            work_clock: WorkClock::new(Self::as_of(), 1600.0, Tz::America__Los_Angeles, &Calendar::default()),
        };
        let shape = TimingShape { half_life_hours: None, office_hours: false };
        Self { orgs: 2500, uptakes: vec![0.0, 0.5, 1.0], horizon: 1596.0, segment, window: Some((169.0, 228.0, shape)) }
    }

    pub(crate) fn as_of() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 4, 24, 19, 0, 0).single().expect("a time")
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn plan(mut self) -> Plan {
        self.segment.orgs = self.orgs;
        self.segment.timing = self
            .window
            .and_then(|(opens, closes, shape)| ReconnectTiming::new(opens, closes, shape, &self.segment.work_clock));
        let uptake = |value: f64| Uptake {
            value,
            law: None,
            echo: serde_json::json!(value),
            label: units::show_share(value),
            name: units::show_share(value),
        };
        let at = |hours: f64| clock::after(Self::as_of(), hours);
        Plan::new(PlanParts {
            title: "Sample".to_owned(),
            time_zone: self.segment.time_zone,
            seed: 1,
            runs: 100,
            as_of: Self::as_of(),
            deadline: Deadline::Absolute(at(self.segment.deadline)),
            horizon: at(self.horizon),
            tolerance: Some(100),
            events: vec![Event {
                id: "pkce".to_owned(),
                name: "PKCE".to_owned(),
                at: at(168.0),
                controls: vec![Cause::Reauthorization],
            }],
            milestones: Vec::new(),
            checkpoints: Vec::new(),
            guard: None,
            window: self.window.map(|(opens, closes, shape)| Window { opens: at(opens), closes: at(closes), shape }),
            uptakes: self.uptakes.iter().map(|u| uptake(*u)).collect(),
            segments: vec![self.segment],
            dates: Vec::new(),
            wording: crate::plan::Wording::default(),
        })
        .expect("the sample is valid")
    }
}
