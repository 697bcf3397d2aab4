//! A plan that is known to be valid: instants as UTC, durations as hours, laws, zones, and each segment's values in full.
//! It knows nothing of TOML, files or the system clock. Its fields are private: holding one proves that it is valid.

pub mod calendar;
pub mod clock;
pub mod controls;
pub mod country_zones;
mod date_range;
pub mod dates;
mod event;
pub mod family;
pub mod holidays;
pub mod known;
pub mod local_hours;
pub mod movements;
mod rollout;
pub mod segment;
pub mod timing;
pub mod units;
pub mod uptake;
pub mod week;
pub mod work_clock;
pub mod zone;

#[cfg(test)]
pub(crate) mod sample;

pub use calendar::{Calendar, Holiday};
pub use controls::{Cause, Controls, IdleTimeout, Reauthorization, StaticIp, TokenRotation};
pub use date_range::{DateOf, DateRange};
pub use event::{Deadline, Event, Milestone, Window};
pub use family::{Family, OuterDraw, PossiblePlans, Unknown};
pub use known::{KnownOrgs, LikeOrgs};
pub use local_hours::LocalHour;
pub use movements::{Movable, MoveKind, Movements, Stop};
pub use rollout::{Plan, PlanParts};
pub use segment::{OLDEST, Recovery, Segment, oldest};
pub use timing::{ReconnectTiming, TimingShape};
pub use uptake::{Uptake, aimed_for, middle_uptake};
pub use week::WeekWeights;
pub use work_clock::WorkClock;
