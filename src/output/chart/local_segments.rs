//! Segments on their own clocks, as both charts of local hours draw them: which ones, and which of their hours are worked.

use super::scene::Scene;
use crate::output::sentence::working_part;
use crate::plan::Segment;
use crate::results::HourMeans;

/// An hour that is a working hour for at least so much of it is drawn as one.
const MOSTLY: f64 = 0.5;

/// A segment with its failures by local hour at the middle rate.
#[derive(Clone, Copy)]
pub(super) struct LocalSegment<'a> {
    /// Its clocks, its orgs, its deadline.
    pub segment: &'a Segment,
    /// Its place in the plan.
    pub index: usize,
    /// The hours of its clocks, in order.
    pub hours: &'a [HourMeans],
    /// Mean failures by the deadline.
    pub failed: f64,
}

/// At most so many segments with orgs that can be drawn, those with the most failures first; and how many there are.
pub(super) fn most_failing<'a>(
    scene: &Scene<'a>,
    most: usize,
    can_be_drawn: impl Fn(&LocalSegment<'a>) -> bool,
) -> (Vec<LocalSegment<'a>>, usize) {
    let measures = scene.facts.best(scene.facts.middle());
    let by_hour = measures.by_local_hour.as_deref().unwrap_or_default();
    let all = scene.plan.segments().iter().zip(by_hour).zip(&measures.by_segment).enumerate();
    let mut found: Vec<LocalSegment<'a>> = all
        .map(|(index, ((segment, hours), means))| LocalSegment {
            segment,
            index,
            hours,
            failed: means.failed_by_deadline.mean,
        })
        .filter(|found| found.segment.orgs > 0 && can_be_drawn(found))
        .collect();
    let all = found.len();
    found.sort_by(|a, b| b.failed.total_cmp(&a.failed));
    found.truncate(most);
    (found, all)
}

/// Whether an hour counts as a working hour of a segment.
pub(super) fn is_worked(segment: &Segment, hour: &HourMeans) -> bool {
    working_part(segment, &hour.hour) >= MOSTLY
}
