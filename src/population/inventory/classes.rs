//! Rows become classes of like orgs: of one segment and zone, alike in age and in whether they have reconnected. Where ages are too many to
//! pay for each, neighbouring ones are taken together at their mean.
//!
//! Events, deadlines and intervals fall on whole minutes or hours as a rule, and there lives part ways. So classes never reach across a
//! line of their grid, and ages on a line itself are a class of their own.

use super::Group;
use super::values::Rows;
use crate::plan::LikeOrgs;
use chrono_tz::Tz;
use rayon::prelude::*;

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

    /// The finest by which ages make at most `most` classes; else the coarsest.
    fn finest(groups: &[Ages], most: usize) -> Self {
        let all = GRIDS.map(|grid| Self { grid });
        let fits = |binning: &Self| groups.iter().map(|ages| ages.keys(*binning).count()).sum::<usize>() <= most;
        all.into_iter().find(fits).unwrap_or(all[all.len() - 1])
    }

    /// The finest by which classes make at most `most`.
    pub(super) fn of_classes(groups: &[&[LikeOrgs]], most: usize) -> Self {
        let ages = |classes: &&[LikeOrgs]| Ages::new(classes.iter().map(|c| (micros(c.age), c.reconnected)));
        Self::finest(&groups.iter().map(ages).collect::<Vec<_>>(), most)
    }

    /// Classes taken together, ascending by age.
    pub(super) fn together(self, classes: &[LikeOrgs]) -> Vec<LikeOrgs> {
        let mut keyed: Vec<(i64, LikeOrgs)> =
            classes.iter().map(|class| (self.key(micros(class.age), class.reconnected), *class)).collect();
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

/// The ages of a group in microseconds, ascending: of those that have not reconnected, and of those that have.
#[derive(Debug, Clone, Default)]
struct Ages([Vec<i64>; 2]);

impl Ages {
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

/// Classes as one: at their mean age.
fn mean_of(classes: impl Iterator<Item = LikeOrgs>) -> LikeOrgs {
    let mut classes = classes.peekable();
    let mut sum = LikeOrgs::new(0.0, classes.peek().is_some_and(|class| class.reconnected), 0, 0.0);
    let (mut youngest, mut oldest, mut ages) = (f64::INFINITY, 0.0_f64, 0.0);
    for class in classes {
        youngest = youngest.min(class.age);
        oldest = oldest.max(class.age);
        ages += class.age * class.orgs as f64;
        sum.orgs += class.orgs;
        sum.weights.iter_mut().zip(class.weights).for_each(|(sum, weight)| *sum += weight);
    }
    // One age stays exactly what it is.
    sum.age = if youngest == oldest { youngest } else { ages / sum.orgs as f64 };
    sum
}

/// The groups of an inventory, with at most about `most` classes, and for each row its group and its class in it.
pub(super) fn group(rows: &Rows, most: usize) -> (Vec<Group>, Vec<(u32, u32)>) {
    let zones = rows.zones.len() + 1;
    // By segment, orgs of none last; then by zone's name, as `zones` is ordered, none first.
    let code = |row: usize| usize::from(rows.segment[row].wrapping_sub(1)) * zones + usize::from(rows.zone[row]);
    let counted = |row: usize| rows.orgs.as_ref().is_none_or(|orgs| orgs[row] > 0);
    let mut codes: Vec<usize> = (0..rows.len()).filter(|row| counted(*row)).map(code).collect();
    codes.sort_unstable();
    codes.dedup();
    let group_of = |row: usize| codes.binary_search(&code(row)).unwrap_or(0);
    let mut ages: Vec<Vec<(i64, bool)>> = vec![Vec::new(); codes.len()];
    for row in (0..rows.len()).filter(|row| counted(*row)) {
        ages[group_of(row)].push((rows.age[row], rows.reconnected[row]));
    }
    let ages: Vec<Ages> = ages.into_iter().map(|ages| Ages::new(ages.into_iter())).collect();
    let binning = Binning::finest(&ages, most);
    let sorted = |ages: &Ages| {
        let mut keys: Vec<i64> = ages.keys(binning).collect();
        keys.sort_unstable();
        keys
    };
    let keys: Vec<Vec<i64>> = ages.par_iter().map(sorted).collect();
    let places: Vec<(u32, u32)> = (0..rows.len())
        .into_par_iter()
        .with_min_len(4096)
        .map(|row| {
            let group = group_of(row);
            let key = binning.key(rows.age[row], rows.reconnected[row]);
            (group as u32, keys[group].binary_search(&key).unwrap_or(0) as u32)
        })
        .collect();
    let mut sums: Vec<Vec<Sum>> = keys.iter().map(|keys| vec![Sum::default(); keys.len()]).collect();
    for (row, (group, class)) in places.iter().enumerate().filter(|(row, _)| counted(*row)) {
        sums[*group as usize][*class as usize].add(rows, row);
    }
    let groups = codes.iter().zip(sums).map(|(code, sums)| {
        let (segment, zone) = (code / zones, code % zones);
        Group {
            segment: (segment < usize::from(u16::MAX)).then_some(segment),
            time_zone: zone.checked_sub(1).map(|zone| -> Tz { rows.zones[zone] }),
            classes: sums.iter().map(Sum::class).collect(),
        }
    });
    (groups.collect(), places)
}

/// A class while its rows are added up.
#[derive(Debug, Clone, Default)]
struct Sum {
    orgs: u64,
    /// Microseconds times orgs.
    ages: i128,
    reconnected: bool,
    weights: [f64; 4],
}

impl Sum {
    fn add(&mut self, rows: &Rows, row: usize) {
        let orgs = rows.orgs.as_ref().map_or(1, |orgs| orgs[row]);
        // Of a group, the weight is that of all its orgs.
        let weight = rows
            .weight
            .as_ref()
            .map_or(1.0, |weight| weight[row] / if rows.orgs.is_some() { orgs as f64 } else { 1.0 });
        self.orgs += orgs;
        self.ages += i128::from(rows.age[row]) * i128::from(orgs);
        self.reconnected = rows.reconnected[row];
        let one = LikeOrgs::new(0.0, false, orgs, weight);
        self.weights.iter_mut().zip(one.weights).for_each(|(sum, weight)| *sum += weight);
    }

    fn class(&self) -> LikeOrgs {
        let orgs = i128::from(self.orgs.max(1));
        let age = if self.ages % orgs == 0 {
            hours((self.ages / orgs) as i64)
        } else {
            self.ages as f64 / orgs as f64 / 3.6e9
        };
        LikeOrgs { age, reconnected: self.reconnected, orgs: self.orgs, weights: self.weights }
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
