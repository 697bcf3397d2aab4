//! Orgs that are known one by one: when each last refreshed is a fact, not drawn. Like orgs are held together, so that the engines
//! pay for what is unlike. It knows nothing of files, names or segments.

use crate::stats::Law;

/// Orgs of one segment that are alike in all that the engines look at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LikeOrgs {
    /// Hours from their last refresh or reconnect to `as_of`; at least 0.
    pub age: f64,
    /// Whether they have reconnected: their calls then come from the address they connected from.
    pub reconnected: bool,
    /// Hours from their reconnect to `as_of`, where it is known and a plan's policies may count it.
    pub reconnected_at: Option<f64>,
    /// Hours from when their connection was made to `as_of`, where that is known.
    pub connected: Option<f64>,
    /// Their place in line, where it is known.
    pub place: Option<f64>,
    /// How many they are; at least 1.
    pub orgs: u64,
    /// Sums of their weights (revenue, users) to the first, second, third and fourth power: what the cumulants of a weighted count
    /// are made of. All are `orgs` where orgs carry no weight.
    pub weights: [f64; 4],
}

impl LikeOrgs {
    /// `orgs` orgs of this weight each.
    pub fn new(age: f64, reconnected: bool, orgs: u64, weight: f64) -> Self {
        let sum = |power: i32| orgs as f64 * weight.powi(power);
        let weights = [sum(1), sum(2), sum(3), sum(4)];
        Self { age, reconnected, reconnected_at: None, connected: None, place: None, orgs, weights }
    }

    /// Whether anything is known of them that only policies look at.
    pub fn has_details(&self) -> bool {
        self.reconnected_at.is_some() || self.connected.is_some() || self.place.is_some()
    }

    fn is_like(&self, other: &Self) -> bool {
        self.age == other.age
            && self.reconnected == other.reconnected
            && self.reconnected_at == other.reconnected_at
            && self.connected == other.connected
            && self.place == other.place
    }
}

/// The known orgs of one segment, like ones together.
#[derive(Debug, Clone, PartialEq)]
pub struct KnownOrgs {
    /// Ascending by age; of one age those that reconnected last.
    classes: Vec<LikeOrgs>,
    /// For each class, how many orgs come before it; and the number of all.
    starts: Vec<u64>,
}

/// Values of the law that [`KnownOrgs::ages`] makes, where there are more orgs.
const MOST_VALUES: u64 = 1000;

impl KnownOrgs {
    /// Puts like orgs together.
    pub fn new(mut orgs: Vec<LikeOrgs>) -> Self {
        let hours = |a: Option<f64>, b: Option<f64>| a.unwrap_or(-1.0).total_cmp(&b.unwrap_or(-1.0));
        orgs.sort_by(|a, b| {
            (a.age.total_cmp(&b.age).then(a.reconnected.cmp(&b.reconnected)))
                .then_with(|| hours(a.reconnected_at, b.reconnected_at))
                .then_with(|| hours(a.connected, b.connected))
                .then_with(|| hours(a.place, b.place))
        });
        let mut classes: Vec<LikeOrgs> = Vec::new();
        for org in orgs {
            match classes.last_mut() {
                Some(last) if last.is_like(&org) => {
                    last.orgs += org.orgs;
                    last.weights.iter_mut().zip(org.weights).for_each(|(sum, weight)| *sum += weight);
                }
                _ => classes.push(org),
            }
        }
        let mut starts = vec![0];
        for class in &classes {
            starts.push(starts[starts.len() - 1] + class.orgs);
        }
        Self { classes, starts }
    }

    /// The classes of like orgs, ascending by age.
    pub fn classes(&self) -> &[LikeOrgs] {
        &self.classes
    }

    /// Number of orgs.
    pub fn orgs(&self) -> u64 {
        self.starts[self.classes.len()]
    }

    /// The class of the `place`th org, counted from 0 through the classes.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn class_of(&self, place: u64) -> &LikeOrgs {
        &self.classes[self.starts.partition_point(|start| *start <= place) - 1]
    }

    /// Whether it is known of each when its connection was made.
    pub fn are_connections_known(&self) -> bool {
        self.classes.iter().all(|class| class.connected.is_some())
    }

    /// What all of them weigh; `None` where every org weighs 1.
    pub fn weight(&self) -> Option<f64> {
        let weighed = self.classes.iter().any(|class| class.weights != [class.orgs as f64; 4]);
        weighed.then(|| self.classes.iter().map(|class| class.weights[0]).sum())
    }

    /// Those whose age an interval of at most `longest` hours can reach: younger than it. An older one would have refreshed already.
    pub fn younger_than(&self, longest: f64) -> Self {
        Self::new(self.classes.iter().copied().filter(|class| class.age < longest).collect())
    }

    /// The law of the age of an org picked at random: of all of them, or of a thousand quantiles. `None` where there is no org.
    pub fn ages(&self) -> Option<Law> {
        let values = self.orgs().min(MOST_VALUES);
        let place = |i: u64| (u128::from(2 * i + 1) * u128::from(self.orgs()) / u128::from(2 * values)) as u64;
        Law::empirical((0..values).map(|i| self.class_of(place(i)).age).collect()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_orgs_are_held_together_and_none_is_lost() {
        let orgs = vec![
            LikeOrgs::new(30.0, false, 1, 2.0),
            LikeOrgs::new(5.0, false, 2, 1.0),
            LikeOrgs::new(30.0, true, 1, 1.0),
            LikeOrgs::new(30.0, false, 3, 4.0),
        ];
        let known = KnownOrgs::new(orgs);
        assert_eq!(known.orgs(), 7);
        let classes: Vec<(f64, bool, u64)> = known.classes().iter().map(|c| (c.age, c.reconnected, c.orgs)).collect();
        assert_eq!(classes, [(5.0, false, 2), (30.0, false, 4), (30.0, true, 1)]);
        // One of weight 2, three of weight 4: 14, and 4 + 3 * 16 = 52.
        assert_eq!(known.classes()[1].weights[..2], [14.0, 52.0]);
        let ages: Vec<f64> = (0..7).map(|place| known.class_of(place).age).collect();
        assert_eq!(ages, [5.0, 5.0, 30.0, 30.0, 30.0, 30.0, 30.0]);
    }

    #[test]
    fn ages_at_or_beyond_the_longest_interval_are_out_of_reach() {
        let known = KnownOrgs::new([1.0, 24.0, 25.0].map(|age| LikeOrgs::new(age, false, 1, 1.0)).to_vec());
        assert_eq!(known.younger_than(24.0).orgs(), 1);
        assert_eq!(known.younger_than(24.1).orgs(), 2);
        assert_eq!(known.younger_than(0.5).ages(), None);
    }

    #[test]
    fn the_law_of_ages_is_that_of_an_org_picked_at_random() {
        let known = KnownOrgs::new(vec![LikeOrgs::new(2.0, false, 3, 1.0), LikeOrgs::new(9.0, false, 1, 1.0)]);
        assert_eq!(known.ages().map(|law| law.cdf(2.0)), Some(0.75));
        let many = KnownOrgs::new((0..50_000).map(|i| LikeOrgs::new(f64::from(i), false, 1, 1.0)).collect());
        let law = many.ages().expect("a law");
        assert!((law.cdf(12_500.0) - 0.25).abs() < 1e-3);
    }
}
