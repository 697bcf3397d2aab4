//! Shapley values: a difference that several changes make together, shared out among them. Each change gets what it adds on
//! average over all orders in which the changes can be made.

use super::stream::Stream;

/// The Shapley value of each player of a game, exactly. `values` holds what every coalition comes to: that of the players `i`
/// whose bit `1 << i` is set in its place.
///
/// `φ_i = Σ_S |S|! (n - |S| - 1)! / n! (v(S ∪ i) - v(S))` over coalitions `S` without `i` (Shapley 1953). They add up to the
/// value of all players less that of none; a player that changes nothing gets exactly 0.
///
/// # Panics
/// Unless there are `2^n` values, with `n` at most 30.
pub(crate) fn shapley_values(values: &[f64]) -> Vec<f64> {
    let n = values.len().trailing_zeros() as usize;
    assert!(values.len() == 1 << n && n <= 30, "a value for every coalition");
    // 1 / (n C(n - 1, s)) is |S|! (n - |S| - 1)! / n! without large numbers.
    let mut weights = vec![1.0 / n.max(1) as f64; n];
    for size in 1..n {
        weights[size] = weights[size - 1] * size as f64 / (n - size) as f64;
    }
    let of = |player: usize| {
        let without = (0..values.len()).filter(|s| s & (1 << player) == 0);
        without.map(|s| weights[s.count_ones() as usize] * (values[s | (1 << player)] - values[s])).sum()
    };
    (0..n).map(of).collect()
}

/// A Shapley value from sampled orders.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ShapleyEstimate {
    /// The estimate.
    pub value: f64,
    /// Its standard error.
    pub se: f64,
}

/// Random orders of `players`, in pairs: each is followed by its reverse, which lowers the error since a player that came early
/// then comes late.
pub(crate) fn order_pairs(players: usize, pairs: u64, seed: u64) -> Vec<[Vec<usize>; 2]> {
    let pair = |k: u64| {
        let mut stream = Stream::new(seed, k, "order");
        let mut order: Vec<usize> = (0..players).collect();
        // Fisher & Yates, from the end.
        for last in (1..players).rev() {
            let place = ((stream.uniform() * (last + 1) as f64).ceil() as usize).clamp(1, last + 1) - 1;
            order.swap(last, place);
        }
        let reverse = order.iter().rev().copied().collect();
        [order, reverse]
    };
    (0..pairs).map(pair).collect()
}

/// Shapley values from orders: the mean of what each player adds when it comes (Castro, Gómez & Tejada 2009). `along` gives the
/// values of the coalitions of an order as they grow, from none to all. The estimates add up exactly, as each order does; the
/// standard errors are those of the means over pairs.
pub(crate) fn shapley_from_orders(
    players: usize,
    pairs: &[[Vec<usize>; 2]],
    along: &dyn Fn(&[usize]) -> Vec<f64>,
) -> Vec<ShapleyEstimate> {
    let mut of_pairs: Vec<Vec<f64>> = vec![Vec::with_capacity(pairs.len()); players];
    for pair in pairs {
        let mut added = vec![0.0; players];
        for order in pair {
            let values = along(order);
            for (step, player) in order.iter().enumerate() {
                added[*player] += 0.5 * (values[step + 1] - values[step]);
            }
        }
        of_pairs.iter_mut().zip(added).for_each(|(all, one)| all.push(one));
    }
    let estimate = |pairs: Vec<f64>| {
        let n = pairs.len() as f64;
        let value = pairs.iter().sum::<f64>() / n;
        let squares: f64 = pairs.iter().map(|p| (p - value).powi(2)).sum();
        ShapleyEstimate { value, se: (squares / (n - 1.0).max(1.0) / n).sqrt() }
    };
    of_pairs.into_iter().map(estimate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A game of four: 10 x₀ + 4 x₁ x₂ + 2 x₁ x₂ x₃ - 1. By hand each product is shared out evenly among its players.
    fn game(coalition: usize) -> f64 {
        let x = |i: usize| (coalition >> i & 1) as f64;
        10.0 * x(0) + 4.0 * x(1) * x(2) + 2.0 * x(1) * x(2) * x(3) - 1.0
    }

    fn table(n: usize, of: impl Fn(usize) -> f64) -> Vec<f64> {
        (0..1 << n).map(of).collect()
    }

    #[test]
    fn products_are_shared_evenly_among_their_players() {
        let want = [10.0, 2.0 + 2.0 / 3.0, 2.0 + 2.0 / 3.0, 2.0 / 3.0];
        let got = shapley_values(&table(4, game));
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?}");
    }

    #[test]
    fn values_add_up_are_zero_for_a_player_that_changes_nothing_and_equal_for_two_alike() {
        // Six players; 4 changes nothing, 2 and 3 are alike; the rest is as odd as can be.
        let of = |s: usize| {
            let x = |i: usize| (s >> i & 1) as f64;
            (x(0) + 0.3 * x(1)).exp() * (1.0 + x(2) + x(3)).sqrt() - x(5) * (x(2) + x(3)).sin()
        };
        let values = table(6, of);
        let got = shapley_values(&values);
        assert!((got.iter().sum::<f64>() - (values[63] - values[0])).abs() < 1e-12);
        assert_eq!(got[4], 0.0);
        assert!((got[2] - got[3]).abs() < 1e-14);
        assert_eq!(shapley_values(&[1.0]), Vec::<f64>::new());
        assert_eq!(shapley_values(&[1.0, 4.5]), [3.5]);
    }

    /// 4 standard errors over 4 players: a false alarm once in 4,000 changes of the generator, and in no rerun.
    #[test]
    fn sampled_orders_come_within_their_errors_and_add_up() {
        let along = |order: &[usize]| {
            let mut coalition = 0;
            let grow = order.iter().map(|p| {
                coalition |= 1 << p;
                game(coalition)
            });
            std::iter::once(game(0)).chain(grow.collect::<Vec<_>>()).collect()
        };
        let got = shapley_from_orders(4, &order_pairs(4, 300, 7), &along);
        let want = shapley_values(&table(4, game));
        for (got, want) in got.iter().zip(&want) {
            assert!((got.value - want).abs() <= 4.0 * got.se + 1e-12, "{got:?}, not {want}");
        }
        assert!((got.iter().map(|g| g.value).sum::<f64>() - 16.0).abs() < 1e-9);
        assert!(got[0].se < 1e-12 && got[1].se > 0.0);
    }
}
