//! A law's quantiles in a table of brackets: for most questions about a draw (is it longer than that? in which hour does it end?)
//! it is enough to know between which two values it lies. Of the rest most are settled by a line between those two, and next to none
//! need the law itself.

use super::Law;

/// QuantileTable in the table: leading bits of a draw's 53.
const TABLE_BITS: u32 = 14;

/// Random bits of a draw.
const BITS: u32 = super::stream::Word::BITS;

/// Values of the inverse survival function of a law at `2¹⁴ + 1` evenly spaced probabilities.
#[derive(Debug, Clone)]
pub struct QuantileTable {
    law: Law,
    /// Whether the law has a density, so that its quantiles bend but do not jump.
    bends: bool,
    /// Descending, as the survival function rises from 0 to 1.
    nodes: Box<[f64; CELLS + 1]>,
}

/// Number of brackets.
const CELLS: usize = 1 << TABLE_BITS;

impl QuantileTable {
    /// The table of a law.
    pub fn new(law: &Law) -> Self {
        let mut nodes: Vec<f64> = (0..=CELLS).map(|i| law.isf(i as f64 / CELLS as f64)).collect();
        nodes[0] = law.support().1;
        // Inverses by iteration may be off in the last digit; brackets must not cross.
        for i in 1..nodes.len() {
            nodes[i] = nodes[i].min(nodes[i - 1]);
        }
        Self {
            law: law.clone(),
            bends: law.atoms().is_none(),
            nodes: nodes.try_into().expect("one node more than cells"),
        }
    }

    /// Bounds of [`QuantileTable::value`]: at least the first, at most the second.
    #[inline(always)]
    pub fn around(&self, bits: u64) -> (f64, f64) {
        let cell = (bits >> (BITS - TABLE_BITS)) as usize % CELLS;
        (self.nodes[cell + 1], self.nodes[cell])
    }

    /// Closer bounds, in more time: the line between the two, give or take how far the quantiles may bend away from it.
    ///
    /// A curve leaves its chord by at most `max |f''| h² / 8` (the error of linear interpolation); `|f''| h²` is taken from the second
    /// differences at both ends, and doubled for what it may vary between them. Densities of durations bend most at their ends, where the
    /// brackets stay; one that peaks within a cell (a beta with both shapes near 0, cut in two in the middle) would need more.
    #[inline(never)]
    pub fn closely_around(&self, bits: u64) -> (f64, f64) {
        let cell = (bits >> (BITS - TABLE_BITS)) as usize % CELLS;
        let Some([before, from, to, after]) = self.nodes.get(cell.wrapping_sub(1)..cell + 3).filter(|_| self.bends)
        else {
            return self.around(bits);
        };
        let part = ((bits % (1 << (BITS - TABLE_BITS))) + 1) as f64 / (1_u64 << (BITS - TABLE_BITS)) as f64;
        let line = from + part * (to - from);
        let bend = (before - 2.0 * from + to).abs().max((from - 2.0 * to + after).abs());
        // Inverses by iteration are good to 1e-12 or so.
        let off = 0.25 * bend + 1e-9 * line.abs();
        if off.is_finite() { (to.max(line - off), from.min(line + off)) } else { (*to, *from) }
    }

    /// The draw of the law that belongs to 53 random bits: `isf((bits + 1) / 2⁵³)`.
    #[cold]
    pub fn value(&self, bits: u64) -> f64 {
        let (low, high) = self.around(bits);
        self.law.isf((bits + 1) as f64 / (1_u64 << BITS) as f64).clamp(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    #[test]
    fn every_draw_lies_in_its_bracket() {
        let laws = [
            Ok(Law::Fixed(6.0)),
            Law::lognormal(6.0, 1.0),
            Law::weibull(90.0, 0.5),
            Law::beta(0.3, 2.0),
            Law::triangular(1.0, 2.0, 9.0),
            Law::normal(5.0, 4.0, 0.0, f64::INFINITY),
            Law::log_uniform(0.1, 90.0),
            Law::exponential(3.0),
            Law::empirical(vec![1.0, 2.0, 2.0, 40.0]),
        ];
        for law in laws.map(|law| law.expect("proper")) {
            let table = QuantileTable::new(&law);
            let rng = CounterRng::new(5, 0, "recovery");
            for org in 0..200_000 {
                let (bits, (low, high)) = (rng.bits(org), table.around(rng.bits(org)));
                let (closer_low, closer_high) = table.closely_around(bits);
                assert!(low <= closer_low && closer_high <= high, "{law:?}");
                let value = law.isf(rng.uniform(org));
                let within = closer_low <= value * (1.0 + 1e-12) && value <= closer_high * (1.0 + 1e-12);
                assert!(within, "{law:?}: {closer_low} {value} {closer_high}");
                assert!(low <= value * (1.0 + 1e-12) && value <= high * (1.0 + 1e-12), "{law:?}: {low} {value} {high}");
                assert!((table.value(bits) - value).abs() <= 1e-12 * value);
            }
        }
    }
}
