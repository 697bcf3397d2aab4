//! The exact engine: every reported quantity without sampling. Orgs are independent given the plan, so one org's
//! probabilities, by segment, give the whole distribution of every count.
//!
//! One org is a renewal process with killing, solved on a lattice of time (`renewal`); an org that acts follows the same
//! process until its planned reconnect and begins anew there. A plan's uptake only weighs the two, so any number of rates
//! costs as much as one.

mod ages;
mod aim;
mod declined;
mod down;
mod grid;
mod headline;
mod hours;
mod kernel;
mod known;
mod lattice;
mod lattice_segment;
mod march;
mod mass;
mod measures;
mod mixture;
mod one_org;
mod orgs;
mod outcomes;
mod policy_segment;
mod renewal;
mod risk;
mod schedule;
mod segment;
mod segment_risk;
#[cfg(feature = "tables")]
mod signs;
mod solved;
mod timeout;
mod uses;

pub use aim::TOLERANCE;
pub use declined::Declined;
pub use grid::grid;
pub use headline::{Headline, Sweep, headline, means_of, to_the_deadline};
pub use measures::{measures, measures_watched, measures_without_curves, seconds};
pub use one_org::SolvedSegments;
pub use orgs::{is_cheap, org_risks};
pub(super) use outcomes::{PartOutcome, SegmentOutcomes, outcomes};
#[cfg(feature = "tables")]
pub(crate) use signs::FirstSigns;
