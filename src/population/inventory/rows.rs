//! The rows of an inventory as columns of values.

use crate::plan::zone::Tz;
use crate::results::Texts;
use std::sync::Arc;

/// The rows of an inventory, column by column.
#[derive(Debug)]
pub(super) struct InventoryRows {
    /// Microseconds from the last refresh or reconnect to `as_of`; not below 0.
    pub(super) age: Vec<i64>,
    /// Whether that last use was a reconnect.
    pub(super) reconnected: Vec<bool>,
    /// Place of the row's segment and zone among `segments` and `zones`, from 1 on; 0 for none.
    pub(super) segment: Vec<u16>,
    pub(super) zone: Vec<u16>,
    pub(super) zones: Vec<Tz>,
    pub(super) org_id: Option<Arc<Texts>>,
    /// How many orgs each row stands for; `None` for one.
    pub(super) orgs: Option<Vec<u64>>,
    pub(super) weight: Option<Vec<f64>>,
    pub(super) contact: Option<Arc<Texts>>,
    /// Where no event ever comes into force; `None` for nowhere.
    pub(super) exempt: Option<Vec<bool>>,
    /// What has befallen them since `as_of`; `None` where that is not asked.
    pub(super) since: Option<Vec<SinceAsOf>>,
    /// What only policies look at; `None` where the plan has none.
    pub(super) details: Option<Vec<ConnectionDetails>>,
    /// The middle of each piece of the line of all orgs.
    pub(super) pieces: Vec<f64>,
}

/// What has befallen a row's orgs since `as_of`, in microseconds since 1970.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SinceAsOf {
    pub(super) reconnected: Option<i64>,
    pub(super) failed: Option<i64>,
}

/// What only policies look at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ConnectionDetails {
    /// Microseconds from the reconnect to `as_of`.
    pub(super) reconnected_at: Option<i64>,
    /// Microseconds from when the connection was made, or made anew, to `as_of`.
    pub(super) connected: Option<i64>,
    /// Which piece of the line of all orgs it stands in, as the ends of waves cut it.
    pub(super) piece: Option<u32>,
}

impl InventoryRows {
    pub(super) fn len(&self) -> usize {
        self.age.len()
    }

    /// Leaves rows out, given ascending.
    pub(super) fn leave_out(&mut self, bad: &[usize]) {
        let mut keep = vec![true; self.len()];
        bad.iter().for_each(|row| keep[*row] = false);
        fn retain<T: Copy>(column: &mut Vec<T>, keep: &[bool]) {
            let mut row = 0;
            column.retain(|_| {
                row += 1;
                keep[row - 1]
            });
        }
        retain(&mut self.age, &keep);
        retain(&mut self.reconnected, &keep);
        retain(&mut self.segment, &keep);
        retain(&mut self.zone, &keep);
        self.exempt.iter_mut().for_each(|exempt| retain(exempt, &keep));
        self.since.iter_mut().for_each(|since| retain(since, &keep));
        self.details.iter_mut().for_each(|details| retain(details, &keep));
        self.orgs.iter_mut().for_each(|orgs| retain(orgs, &keep));
        self.weight.iter_mut().for_each(|weight| retain(weight, &keep));
        for texts in [&mut self.org_id, &mut self.contact].into_iter().flatten() {
            *texts = Arc::new(Texts::of((0..keep.len()).filter(|row| keep[*row]).map(|row| texts.get(row))));
        }
    }
}
