//! Rounding to whole numbers by adding 2⁵². A conversion that minds every other number too takes several times as long, and is done
//! for one number at a time.

/// Adding it leaves the whole number nearest to one between 0 and 2³¹, the even one of two, in the lowest bits.
const SHIFT: f64 = (1_u64 << 52) as f64;

/// The whole number nearest to `x`, the even one of two.
#[inline(always)]
pub(crate) fn nearest(x: f64) -> f64 {
    shifted(x) - SHIFT
}

/// The first whole number at or after `x`.
#[inline(always)]
pub(crate) fn next_whole(x: f64) -> f64 {
    let near = nearest(x);
    near + if x > near { 1.0 } else { 0.0 }
}

/// [`nearest`] as an index.
#[inline(always)]
pub(crate) fn index_of(x: f64) -> u32 {
    index_at(shifted(x))
}

/// What [`index_at`] takes apart: the sum alone, for loops that add first and look up after.
#[inline(always)]
pub(crate) fn shifted(x: f64) -> f64 {
    x + SHIFT
}

/// [`index_of`] the number that was shifted.
#[inline(always)]
pub(crate) fn index_at(shifted: f64) -> u32 {
    shifted.to_bits() as u32
}

/// A whole number of up to 53 bits as a float.
#[inline(always)]
pub(crate) fn float_of(bits: u64) -> f64 {
    // Each half is put into the lowest bits of a power of two, which is then taken away: every step is exact.
    const HIGH: f64 = 4_294_967_296.0 * SHIFT;
    let low = f64::from_bits((bits & 0xffff_ffff) | SHIFT.to_bits());
    let high = f64::from_bits((bits >> 32) | HIGH.to_bits());
    (high - (HIGH + SHIFT)) + low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::stream::CounterRng;

    #[test]
    fn whole_numbers_are_found_as_the_standard_library_finds_them() {
        let rng = CounterRng::new(1, 0, "whole");
        for org in 0..100_000 {
            let x = rng.uniform(org) * 2000.0;
            assert_eq!((nearest(x), next_whole(x)), (x.round_ties_even(), x.ceil()));
            assert_eq!(index_of(x), x.round_ties_even() as u32);
            assert_eq!(float_of(rng.bits(org)), rng.bits(org) as f64);
        }
        for x in [0.0, 0.5, 1.0, 1.5, 2.5, 1399.5, 2_147_483_647.0] {
            assert_eq!(
                (nearest(x), next_whole(x), index_of(x)),
                (x.round_ties_even(), x.ceil(), x.round_ties_even() as u32)
            );
        }
        for bits in [0, 1, 0xffff_ffff, 1 << 32, (1 << 53) - 1] {
            assert_eq!(float_of(bits), bits as f64);
        }
    }
}
