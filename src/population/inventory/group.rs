//! The orgs of one segment in one zone.

use crate::plan::LikeOrgs;
use crate::plan::zone::Tz;

/// The orgs of one segment in one zone.
#[derive(Debug)]
pub struct OrgGroupRows {
    /// Place of the segment among the scenario's; `None` where the inventory names none.
    pub segment: Option<usize>,
    /// Their zone, where the inventory names it.
    pub time_zone: Option<Tz>,
    /// Whether no event ever comes into force for them.
    pub exempt: bool,
    /// Classes of orgs alike to the minute at least, ascending by age.
    pub classes: Vec<LikeOrgs>,
}
