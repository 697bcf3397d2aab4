//! A law's quantiles in a table of brackets: for most questions about a draw (is it longer than that? in which hour does it end?)
//! it is enough to know between which two values it lies, and only the rest need the law itself.

use super::Law;

/// Brackets in the table: leading bits of a draw's 53.
const TABLE_BITS: u32 = 14;

/// Bits of luck in a draw.
const BITS: u32 = 53;

/// Values of the inverse survival function of a law at `2¹⁴ + 1` evenly spaced probabilities.
#[derive(Debug, Clone)]
pub struct Brackets {
    law: Law,
    /// Descending, as the survival function rises from 0 to 1.
    nodes: Box<[f64; CELLS + 1]>,
}

/// Number of brackets.
const CELLS: usize = 1 << TABLE_BITS;

impl Brackets {
    /// The table of a law.
    pub fn new(law: &Law) -> Self {
        let mut nodes: Vec<f64> = (0..=CELLS).map(|i| law.isf(i as f64 / CELLS as f64)).collect();
        nodes[0] = law.support().1;
        // Inverses by iteration may be off in the last digit; brackets must not cross.
        for i in 1..nodes.len() {
            nodes[i] = nodes[i].min(nodes[i - 1]);
        }
        Self { law: law.clone(), nodes: nodes.try_into().expect("one node more than cells") }
    }

    /// Bounds of [`Brackets::value`]: at least the first, at most the second.
    #[inline(always)]
    pub fn around(&self, bits: u64) -> (f64, f64) {
        let cell = (bits >> (BITS - TABLE_BITS)) as usize % CELLS;
        (self.nodes[cell + 1], self.nodes[cell])
    }

    /// The draw of the law that belongs to 53 bits of luck: `isf((bits + 1) / 2⁵³)`.
    #[cold]
    pub fn value(&self, bits: u64) -> f64 {
        let (low, high) = self.around(bits);
        self.law.isf((bits + 1) as f64 / (1_u64 << BITS) as f64).clamp(low, high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::Draws;

    #[test]
    fn every_draw_lies_in_its_bracket() {
        let laws = [
            Ok(Law::Fixed(6.0)),
            Law::lognormal(6.0, 1.0),
            Law::weibull(90.0, 0.5),
            Law::beta(0.3, 2.0),
            Law::empirical(vec![1.0, 2.0, 2.0, 40.0]),
        ];
        for law in laws.map(|law| law.expect("proper")) {
            let table = Brackets::new(&law);
            let luck = Draws::new(5, 0, "recovery");
            for org in 0..5_000 {
                let (bits, (low, high)) = (luck.bits(org), table.around(luck.bits(org)));
                let value = law.isf(luck.uniform(org));
                assert!(low <= value * (1.0 + 1e-12) && value <= high * (1.0 + 1e-12), "{law:?}: {low} {value} {high}");
                assert!((table.value(bits) - value).abs() <= 1e-12 * value);
            }
        }
    }
}
