//! The fast path of the simulation: many orgs side by side, column by column, without branches on what chance decides, all uptake rates in
//! one pass. It computes what the [plain rules](crate::engine::rules) say, and is held equal to them org for org.

mod batch;
mod columns;
mod counts;
mod fixed_interval;
mod hour_rows;
mod memoryless;
mod ranks;
mod recovery;
mod rounding;
mod segment;
mod step;

pub(super) use batch::{BLOCK, OrgBatch};
pub(super) use columns::BlockColumns;
pub(super) use counts::{Counter, HeadlineCounts, KINDS, KindRows, kind};
pub(super) use fixed_interval::FixedIntervalBlock;
pub(super) use hour_rows::{HourRows, Second};
pub(super) use ranks::Ranks;
pub(super) use recovery::RecoveryClock;
pub(super) use segment::FollowedSegment;
