//! Rows become classes of like orgs: of one segment and zone, alike in age and in whether they have reconnected. Where ages are too many to
//! pay for each, neighbouring ones are taken together at their mean.
//!
//! Events, deadlines and intervals fall on whole minutes or hours as a rule, and there lives part ways. So classes never reach across a
//! line of their grid, and ages on a line itself are a class of their own.

use super::distinct::Distinct;
use super::group::OrgGroupRows;
use super::rows::{ConnectionDetails, InventoryRows};
use crate::plan::LikeOrgs;
use crate::plan::zone::Tz;
use rayon::prelude::*;
use std::collections::HashSet;

/// Microseconds.
const MINUTE: i64 = 60_000_000;

/// Grids to try, from none to the coarsest; each divides the next.
const GRIDS: [i64; 7] = [1, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 360 * MINUTE, 1440 * MINUTE];

/// How ages are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Binning {
    grid: i64,
}

impl Binning {
    /// What orgs of one class share.
    fn key(self, age: i64, reconnected: bool) -> i64 {
        let (line, off) = (age.div_euclid(self.grid), age.rem_euclid(self.grid) != 0);
        4 * line + 2 * i64::from(off) + i64::from(reconnected)
    }

    /// What orgs of one class share where their connections' details are looked at too.
    fn detailed_key(self, age: i64, reconnected: bool, details: ConnectionDetails) -> DetailedKey {
        let binned = |ago: Option<i64>| ago.map(|ago| self.key(ago, false));
        let (reconnected_at, connected) = (binned(details.reconnected_at), binned(details.connected));
        (self.key(age, reconnected), ConnectionDetails { reconnected_at, connected, ..details })
    }

    /// The key of a class.
    fn key_of(self, class: &LikeOrgs) -> (DetailedKey, Option<u64>) {
        let ago = |hours: Option<f64>| hours.map(micros);
        let details = ConnectionDetails {
            reconnected_at: ago(class.reconnected_at),
            connected: ago(class.connected),
            piece: None,
        };
        (self.detailed_key(micros(class.age), class.reconnected, details), class.place.map(f64::to_bits))
    }

    /// The finest by which ages make at most `most` classes; else the coarsest.
    fn finest(groups: &[AgesByClass], most: usize) -> Self {
        let all = GRIDS.map(|grid| Self { grid });
        let fits = |binning: &Self| groups.iter().map(|ages| ages.keys(*binning).count()).sum::<usize>() <= most;
        all.into_iter().find(fits).unwrap_or(all[all.len() - 1])
    }

    /// The finest by which classes make at most `most`.
    pub(super) fn of_classes(groups: &[&[LikeOrgs]], most: usize) -> Self {
        if groups.iter().any(|classes| classes.iter().any(LikeOrgs::has_details)) {
            let distinct = |binning: &Self, classes: &[LikeOrgs]| {
                classes.iter().map(|class| binning.key_of(class)).collect::<HashSet<_>>().len()
            };
            let fits = |binning: &Self| groups.iter().map(|classes| distinct(binning, classes)).sum::<usize>() <= most;
            let all = GRIDS.map(|grid| Self { grid });
            return all.into_iter().find(fits).unwrap_or(all[all.len() - 1]);
        }
        let ages = |classes: &&[LikeOrgs]| AgesByClass::new(classes.iter().map(|c| (micros(c.age), c.reconnected)));
        Self::finest(&groups.iter().map(ages).collect::<Vec<_>>(), most)
    }

    /// Classes taken together, ascending by age.
    pub(super) fn together(self, classes: &[LikeOrgs]) -> Vec<LikeOrgs> {
        let mut keyed: Vec<_> = classes.iter().map(|class| (self.key_of(class), *class)).collect();
        keyed.sort_by_key(|(key, _)| *key);
        keyed.chunk_by(|a, b| a.0 == b.0).map(|chunk| mean_of(chunk.iter().map(|(_, class)| *class))).collect()
    }

    /// What the reader of a report must know; `None` where every age is its own.
    pub(super) fn note(self) -> Option<String> {
        (self.grid > 1).then(|| {
            let step = crate::plan::units::show_hours(hours(self.grid));
            format!(
                "Orgs whose ages lie between the same steps of {step} are projected as one kind, at their mean age."
            )
        })
    }
}

/// What orgs of one class share: their age, and of their connections what policies look at.
type DetailedKey = (i64, ConnectionDetails);

/// The ages of a group in microseconds, ascending: of those that have not reconnected, and of those that have.
#[derive(Debug, Clone, Default)]
struct AgesByClass([Vec<i64>; 2]);

impl AgesByClass {
    fn new(ages: impl Iterator<Item = (i64, bool)>) -> Self {
        let mut new = Self::default();
        ages.for_each(|(age, reconnected)| new.0[usize::from(reconnected)].push(age));
        new.0.iter_mut().for_each(|ages| ages.par_sort_unstable());
        new
    }

    /// Each key once. Among orgs that have all reconnected, or none, keys ascend with age.
    fn keys(&self, binning: Binning) -> impl Iterator<Item = i64> + '_ {
        [false, true].into_iter().zip(&self.0).flat_map(move |(reconnected, ages)| {
            let mut last = None;
            ages.iter()
                .map(move |age| binning.key(*age, reconnected))
                .filter(move |key| last.replace(*key) != Some(*key))
        })
    }
}

fn hours(micros: i64) -> f64 {
    micros as f64 / 3.6e9
}

fn micros(hours: f64) -> i64 {
    (hours * 3.6e9).round() as i64
}

/// Classes as one: at their mean age, and their mean times of connecting. All are of one key.
fn mean_of(classes: impl Iterator<Item = LikeOrgs> + Clone) -> LikeOrgs {
    let first = classes.clone().next();
    let mut sum = LikeOrgs::new(0.0, first.is_some_and(|class| class.reconnected), 0, 0.0);
    sum.place = first.and_then(|class| class.place);
    for class in classes.clone() {
        sum.orgs += class.orgs;
        sum.weights.iter_mut().zip(class.weights).for_each(|(sum, weight)| *sum += weight);
    }
    let mean = |of: &dyn Fn(&LikeOrgs) -> Option<f64>| {
        let one = first.as_ref().and_then(of)?;
        // What all have stays exactly what it is.
        if classes.clone().all(|class| of(&class) == Some(one)) {
            return Some(one);
        }
        let all: f64 = classes.clone().filter_map(|class| Some(of(&class)? * class.orgs as f64)).sum();
        Some(all / sum.orgs as f64)
    };
    let (age, reconnected_at, connected) =
        (mean(&|class| Some(class.age)), mean(&|class| class.reconnected_at), mean(&|class| class.connected));
    LikeOrgs { age: age.unwrap_or(0.0), reconnected_at, connected, ..sum }
}

/// The groups of an inventory, with at most about `most` classes, and for each row the place of its class among those of all groups.
pub(super) fn group(rows: &InventoryRows, most: usize) -> (Vec<OrgGroupRows>, Vec<u32>) {
    let zones = rows.zones.len() + 1;
    let segments = rows.segment.iter().max().map_or(0, |most| usize::from(*most));
    // By segment, orgs of none last; then by zone's name, as `zones` is ordered, none first; then exempt ones last.
    let code = |row: usize| {
        let segment = usize::from(rows.segment[row]).checked_sub(1).unwrap_or(segments);
        let exempt = rows.exempt.as_ref().is_some_and(|exempt| exempt[row]);
        2 * (segment * zones + usize::from(rows.zone[row])) + usize::from(exempt)
    };
    let counted = |row: usize| rows.orgs.as_ref().is_none_or(|orgs| orgs[row] > 0);
    let mut has_rows = vec![false; 2 * (segments + 1) * zones];
    (0..rows.len()).filter(|row| counted(*row)).for_each(|row| has_rows[code(row)] = true);
    let codes: Vec<usize> = (0..has_rows.len()).filter(|code| has_rows[*code]).collect();
    let mut group_of = vec![0; has_rows.len()];
    codes.iter().enumerate().for_each(|(group, code)| group_of[*code] = group);

    let in_group = |row: usize| group_of[code(row)];
    let all_rows = || (0..rows.len()).into_par_iter().with_min_len(4096);
    // For each row its class; and where the classes of each group begin, and those of the last end.
    let (classes, starts): (Vec<u32>, Vec<usize>) = match &rows.details {
        None => {
            let (binning, distinct) = finest(rows, &|row| counted(row).then(|| in_group(row)), codes.len(), most);
            let class =
                |row: usize| distinct.rank(in_group(row), binning.key(rows.age[row], rows.reconnected[row])) as u32;
            (all_rows().map(class).collect(), (0..=codes.len()).map(|group| distinct.rank(group, 0)).collect())
        }
        Some(details) => {
            let key = |binning: Binning, row: usize| {
                (in_group(row), binning.detailed_key(rows.age[row], rows.reconnected[row], details[row]))
            };
            let by = |grid: i64| {
                let binning = Binning { grid };
                let mut keys: Vec<_> = all_rows().filter(|row| counted(*row)).map(|row| key(binning, row)).collect();
                keys.par_sort_unstable();
                keys.dedup();
                (binning, keys)
            };
            let (mut binning, mut keys) = by(GRIDS[0]);
            for grid in GRIDS.into_iter().skip(1) {
                if keys.len() > most {
                    (binning, keys) = by(grid);
                }
            }
            let class = |row: usize| keys.partition_point(|other| *other < key(binning, row)) as u32;
            let start = |group: usize| keys.partition_point(|key| key.0 < group);
            (all_rows().map(class).collect(), (0..=codes.len()).map(start).collect())
        }
    };

    let mut sums = vec![WeightSum::default(); starts[codes.len()]];
    for (row, class) in classes.iter().enumerate().filter(|(row, _)| counted(*row)) {
        sums[*class as usize].add(rows, row);
    }
    let groups = codes.iter().enumerate().map(|(group, code)| {
        let (segment, zone) = (code / 2 / zones, code / 2 % zones);
        let sums = &sums[starts[group]..starts[group + 1]];
        OrgGroupRows {
            segment: (segment < segments).then_some(segment),
            time_zone: zone.checked_sub(1).map(|zone| -> Tz { rows.zones[zone] }),
            exempt: code % 2 == 1,
            classes: sums.iter().map(|sum| sum.class(&rows.pieces)).collect(),
        }
    });
    (groups.collect(), classes)
}

/// The finest binning by which the rows of `groups` groups make at most `most` classes, else the coarsest; and the classes. `group` is
/// `None` for rows that count for nothing.
fn finest(
    rows: &InventoryRows,
    group: &dyn Fn(usize) -> Option<usize>,
    groups: usize,
    most: usize,
) -> (Binning, Distinct) {
    let oldest = rows.age.iter().max().copied().unwrap_or(0);
    let by = |grid: i64, most: usize| {
        let binning = Binning { grid };
        let key = |row: usize| group(row).map(|group| (group, binning.key(rows.age[row], rows.reconnected[row])));
        let largest = binning.key(oldest, true) + 2;
        let keys = (0..rows.len()).filter_map(key);
        (binning, Distinct::of(keys, rows.len(), (groups, largest), most))
    };
    let mut found = by(GRIDS[0], most);
    for (grid, is_last) in GRIDS.into_iter().zip(1..).map(|(grid, n)| (grid, n == GRIDS.len())).skip(1) {
        if found.1.len() <= most {
            break;
        }
        found = by(grid, if is_last { usize::MAX } else { most });
    }
    found
}

/// A class while its rows are added up.
#[derive(Debug, Clone, Default)]
struct WeightSum {
    orgs: u64,
    /// Microseconds times orgs.
    ages: i128,
    reconnected: bool,
    /// As `ages`, of the reconnects and of the connections; all rows of a class have them, or none.
    reconnects: Option<i128>,
    connections: Option<i128>,
    piece: Option<u32>,
    weights: [f64; 4],
}

impl WeightSum {
    fn add(&mut self, rows: &InventoryRows, row: usize) {
        let orgs = rows.orgs.as_ref().map_or(1, |orgs| orgs[row]);
        // Of a group, the weight is that of all its orgs.
        let weight = rows
            .weight
            .as_ref()
            .map_or(1.0, |weight| weight[row] / if rows.orgs.is_some() { orgs as f64 } else { 1.0 });
        self.orgs += orgs;
        self.ages += i128::from(rows.age[row]) * i128::from(orgs);
        self.reconnected = rows.reconnected[row];
        if let Some(details) = rows.details.as_ref().map(|details| details[row]) {
            let sum = |sum: &mut Option<i128>, ago: Option<i64>| {
                *sum = ago.map(|ago| sum.unwrap_or(0) + i128::from(ago) * i128::from(orgs));
            };
            sum(&mut self.reconnects, details.reconnected_at);
            sum(&mut self.connections, details.connected);
            self.piece = details.piece;
        }
        let one = LikeOrgs::new(0.0, false, orgs, weight);
        self.weights.iter_mut().zip(one.weights).for_each(|(sum, weight)| *sum += weight);
    }

    /// `pieces`: the middle of each piece of the line of all orgs.
    fn class(&self, pieces: &[f64]) -> LikeOrgs {
        let orgs = i128::from(self.orgs.max(1));
        let mean = |sum: i128| {
            if sum % orgs == 0 { hours((sum / orgs) as i64) } else { sum as f64 / orgs as f64 / 3.6e9 }
        };
        LikeOrgs {
            age: mean(self.ages),
            reconnected: self.reconnected,
            reconnected_at: self.reconnects.map(mean),
            connected: self.connections.map(mean),
            place: self.piece.map(|piece| pieces[piece as usize]),
            orgs: self.orgs,
            weights: self.weights,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn orgs(minutes: impl Iterator<Item = f64>) -> Vec<LikeOrgs> {
        minutes.map(|minutes| LikeOrgs::new(minutes / 60.0, false, 1, 2.0)).collect()
    }

    #[test]
    fn few_ages_stay_as_they_are() {
        let classes = orgs([1.5, 2.0, 2.25].into_iter());
        let binning = Binning::of_classes(&[&classes], 3);
        assert_eq!(binning.grid, 1);
        assert_eq!((binning.together(&classes), binning.note()), (classes, None));
    }

    /// Lives part ways on the lines of the grid: what is on a line stands alone, and what is between two lines never mixes with others.
    #[test]
    fn many_ages_are_taken_together_between_the_lines_of_a_grid_at_their_mean() {
        let classes = orgs([0.5, 1.0, 1.25, 1.75, 2.0, 2.5].into_iter());
        let binning = Binning::of_classes(&[&classes], 5);
        assert_eq!(binning.grid, MINUTE);
        let together = binning.together(&classes);
        let ages: Vec<f64> = together.iter().map(|c| (c.age * 6000.0).round() / 100.0).collect();
        assert_eq!(ages, [0.5, 1.0, 1.5, 2.0, 2.5]);
        assert_eq!((together[2].orgs, together[2].weights[0]), (2, 4.0));
        assert!(binning.note().is_some_and(|note| note.contains("1 min")));
    }

    #[test]
    fn orgs_that_have_reconnected_never_mix_with_others() {
        let mut classes = orgs((1..=200).map(|i| f64::from(i) * 0.2));
        classes.iter_mut().step_by(2).for_each(|class| class.reconnected = true);
        let together = Binning::of_classes(&[&classes], 60).together(&classes);
        assert!(together.len() <= 60, "{}", together.len());
        assert_eq!(together.iter().filter(|c| c.reconnected).map(|c| c.orgs).sum::<u64>(), 100);
    }
}
