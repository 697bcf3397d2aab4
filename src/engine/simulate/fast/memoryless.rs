//! Refreshes before anything is in force, taken in one go where intervals are exponential. Such a law has no memory: at any instant the hours
//! until the next refresh, and those since the last one, are exponential too, and independent (a Poisson process; Ross, "Stochastic
//! Processes", 2nd edition, section 2.1).

use super::step::{OrgState, later};
use crate::stats::Law;

/// Until when refreshes change nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Memoryless {
    /// Hours since `as_of`: nothing is in force before.
    until: f64,
    /// Mean interval, hours.
    mean: f64,
}

impl Memoryless {
    /// For orgs whose refreshes before `until` change nothing; `None` where their law is no exponential.
    pub(crate) fn new(interval: &Law, until: f64) -> Option<Self> {
        match interval {
            Law::Exponential { mean } if until > 0.0 && until.is_finite() => Some(Self { until, mean: *mean }),
            _ => None,
        }
    }

    /// The connection as it is when the first control comes into force, if it is refreshed before; `since` and `next` are uniform in (0, 1].
    #[inline(always)]
    pub(crate) fn advanced(&self, state: &OrgState, since: f64, next: f64) -> OrgState {
        if state.next_refresh >= self.until {
            return *state;
        }
        let last_use = later(state.next_refresh, self.until + self.mean * since.ln());
        OrgState { last_use, next_refresh: self.until - self.mean * next.ln(), ..*state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    fn org(next_refresh: f64) -> OrgState {
        OrgState { last_use: -10.0, next_refresh, stale: false, address: 0.5, timeout_offset: 0.0 }
    }

    /// The largest difference of two empirical distribution functions.
    fn kolmogorov_smirnov(mut a: Vec<f64>, mut b: Vec<f64>) -> f64 {
        a.sort_by(f64::total_cmp);
        b.sort_by(f64::total_cmp);
        let share = |of: &[f64], x: f64| of.partition_point(|v| *v <= x) as f64 / of.len() as f64;
        a.iter().chain(&b).map(|x| (share(&a, *x) - share(&b, *x)).abs()).fold(0.0, f64::max)
    }

    /// Against refreshes drawn one after the other, by two-sample Kolmogorov-Smirnov tests with a false-alarm rate of one in 1,000 each
    /// (1.949 √(2 / n), Smirnov 1948), and a correlation within 3.3 of its standard errors.
    #[test]
    fn refreshes_taken_in_one_go_leave_what_refreshes_one_by_one_do() {
        let (n, until, law) = (20_000, 50.0, Law::Exponential { mean: 30.0 });
        let rng = |name| CounterRng::new(11, 0, name);
        let [mut since, mut next] = [[Vec::new(), Vec::new()], [Vec::new(), Vec::new()]];
        let memoryless = Memoryless::new(&law, until).expect("no memory");
        for number in 0..n {
            let first = 20.0 * rng("first").uniform(number);
            let state = OrgState { last_use: -1.0, ..org(first) };
            let [at_once, last] = ["since", "next"].map(|name| rng(name).uniform(number));
            let taken = memoryless.advanced(&state, at_once, last);
            let mut plain = state;
            let mut refreshes = 0;
            while plain.next_refresh < until {
                let interval = law.draw(rng("interval").nth(refreshes), number);
                plain = OrgState { last_use: plain.next_refresh, next_refresh: plain.next_refresh + interval, ..plain };
                refreshes += 1;
            }
            for (i, state) in [taken, plain].iter().enumerate() {
                since[i].push(until - state.last_use);
                next[i].push(state.next_refresh - until);
            }
        }
        let means = [&since[0], &next[0]].map(|values| values.iter().sum::<f64>() / n as f64);
        let moment =
            |a: &[f64], b: &[f64], [m, k]: [f64; 2]| a.iter().zip(b).map(|(x, y)| (x - m) * (y - k)).sum::<f64>();
        let own = |values: &[f64], mean: f64| moment(values, values, [mean, mean]).sqrt();
        let correlation = moment(&since[0], &next[0], means) / own(&since[0], means[0]) / own(&next[0], means[1]);
        assert!(correlation.abs() < 3.3 / (n as f64).sqrt(), "{correlation}");
        let limit = 1.949 * (2.0 / n as f64).sqrt();
        for pair in [since, next] {
            let [taken, plain] = pair;
            let apart = kolmogorov_smirnov(taken, plain);
            assert!(apart < limit, "{apart} of {limit}");
        }
        assert_eq!(
            memoryless.advanced(&org(until), 0.5, 0.5),
            org(until),
            "a refresh at the very instant meets what comes into force"
        );
        assert!(Memoryless::new(&Law::Fixed(3.0), until).is_none() && Memoryless::new(&law, -1.0).is_none());
    }
}
