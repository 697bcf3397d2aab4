//! Orgs of one kind under policies, marched over the lattice slot by slot.
//!
//! Orgs that can't be told apart by what is to come are a *group*: those that have not reconnected, and those that did within one span of time, between
//! two instants at which it would matter. Within a group the mass lies by the slot of the last use, as in a plain renewal. What befalls all of a group
//! alike, whenever its orgs were last used, only scales that mass: a check at once, a lifetime, a reconnect that a disruption led to. What leaves a group by a
//! reconnect enters another one at that instant; what is put on notice ends in a failure or a reconnect that can be told at once, since nothing else happens
//! to it meanwhile.
//!
//! Within a cell the order of events is not followed: what leaves by one way meets half of what the other ways leave. The error falls with the square of
//! the cell's width.

mod disruptions;
mod flows;
mod group;
mod notices;
mod reconnects;
mod refreshes;
mod steps;
mod world;

pub(super) use flows::Flows;
pub(super) use steps::March;
pub(super) use world::{OrgsOfAges, Remaining, Until, World};
