//! A plan that is known to be valid: instants as UTC, durations as hours, laws, zones, and each segment's values in full.
//! It knows nothing of TOML, files or the system clock. Its fields are private: holding one proves that it is valid.

pub(crate) mod calendar;
pub mod clock;
pub(crate) mod controls;
pub(crate) mod country_zones;
mod date_range;
pub(crate) mod dates;
mod event;
pub(crate) mod family;
pub mod holidays;
pub(crate) mod known;
pub(crate) mod local_hours;
pub(crate) mod movements;
mod policies;
mod rollout;
pub(crate) mod segment;
pub(crate) mod timing;
pub(crate) mod units;
pub(crate) mod uptake;
pub(crate) mod week;
pub mod wording;
pub(crate) mod work_clock;
pub mod zone;

#[cfg(test)]
pub(crate) mod sample;

pub use calendar::{Calendar, Holiday};
pub use controls::{Cause, Controls, IdleTimeout, Reauthorization, StaticIp, TokenRotation};
pub use date_range::{DateOf, DateRange};
pub use event::{Deadline, Event, Milestone, Window};
pub use family::{Family, OuterDraw, PossiblePlans, Unknown, UnknownUnit, UnknownValues};
pub use known::{KnownOrgs, LikeOrgs};
pub use local_hours::LocalHour;
pub use movements::{Movable, MoveKind, Movements, Stop};
pub use policies::{
    Checkpoint, Guard, GuardLimit, Policies, Policy, PolicyCheck, PolicyClock, Rotation, Wave, wave_ends,
};
pub use rollout::{Plan, PlanParts};
pub use segment::{OLDEST, Recovery, Segment, oldest};
pub use timing::{ReconnectTiming, TimingShape};
pub use uptake::{Uptake, aimed_for, middle_uptake};
pub use week::WeekWeights;
pub use wording::Wording;
pub use work_clock::WorkClock;
