//! What has befallen the orgs of an inventory since `as_of`, counted: how many have reconnected first, and how many have failed first.

use super::rows::SinceAsOf;
use crate::plan::clock;
use crate::population::seen::SeenRow;
use chrono::{DateTime, Utc};

/// Most instants at which is counted: each org says its own, but a look every so often tells nearly as much.
const LOOKS: i64 = 24;

/// Microseconds between two of them at least. Failures are written down some time after they happen, and where the ages are known to the minute a
/// plan would not bring them so late.
const APART: i64 = 6 * 3_600_000_000;

/// Counts by group, at instants from the first sign to now; `None` where no row says anything.
pub(super) fn counts(
    since: &[SinceAsOf],
    groups: &[usize],
    orgs: Option<&[u64]>,
    [as_of, now]: [DateTime<Utc>; 2],
) -> Option<Vec<SeenRow>> {
    let signs = || since.iter().flat_map(|row| [row.reconnected, row.failed]).flatten();
    let (first, last) = (signs().min()?, now.timestamp_micros());
    let has = |of: fn(&SinceAsOf) -> Option<i64>| since.iter().any(|row| of(row).is_some());
    let (has_reconnects, has_failures) = (has(|row| row.reconnected), has(|row| row.failed));
    let looks = ((last - first) / APART).clamp(1, LOOKS);
    let step = (last - first) / looks;
    let instants: Vec<i64> = (1..=looks).map(|look| if look == looks { last } else { first + look * step }).collect();
    let all = groups.iter().max()? + 1;
    let mut rows = Vec::new();
    for group in 0..all {
        for at in &instants {
            let mut counted = [0_u64; 2];
            for (row, sign) in since.iter().enumerate().filter(|(row, _)| groups[*row] == group) {
                let first = [sign.reconnected, sign.failed].map(|at| at.unwrap_or(i64::MAX));
                // At one instant a reconnect comes too late for the failure that it answers.
                let which = usize::from(first[1] <= first[0]);
                if first[which] <= *at {
                    counted[which] += orgs.map_or(1, |orgs| orgs[row]);
                }
            }
            let hours = clock::hours_between(as_of, DateTime::from_timestamp_micros(*at)?);
            rows.push(SeenRow {
                at: hours,
                segment: (all > 1).then_some(group),
                reconnected: has_reconnects.then_some(counted[0]),
                failed: has_failures.then_some(counted[1]),
                tickets: None,
                row: "the inventory".to_owned(),
            });
        }
    }
    Some(rows)
}
