//! Number axes: round ticks and how they are written. It draws nothing.

use super::text::Font;
use crate::output::words::short_unit;
use crate::plan::units::group_count;

/// A stretch of numbers on a stretch of pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    /// The number at `from_px`.
    pub from: f64,
    /// The number at `to_px`; not that at `from_px`.
    pub to: f64,
    /// Pixel of `from`.
    pub from_px: f64,
    /// Pixel of `to`; may be the lesser of the two.
    pub to_px: f64,
}

impl Scale {
    /// Numbers from one to another on the pixels between two, with `inset` of them free at both ends.
    pub(crate) fn within((from, to): (f64, f64), (left, right): (f64, f64), inset: f64) -> Self {
        Self { from, to, from_px: left + inset, to_px: right - inset }
    }

    /// The pixel of a number.
    pub(crate) fn px(&self, value: f64) -> f64 {
        self.from_px + (value - self.from) / (self.to - self.from) * (self.to_px - self.from_px)
    }

    /// Pixels a unit, as a positive number.
    pub(crate) fn px_per_unit(&self) -> f64 {
        ((self.to_px - self.from_px) / (self.to - self.from)).abs()
    }

    /// The most ticks whose labels keep `gap` pixels apart, of those `made` for about `most` numbers down to two. `None` where even two
    /// have no room.
    pub(crate) fn fitting(
        &self,
        most: usize,
        gap: f64,
        font: Font,
        made: impl Fn(usize) -> Vec<LabelledTick>,
    ) -> Option<Vec<LabelledTick>> {
        let apart = |pair: &[LabelledTick]| {
            let half = (font.width(&pair[0].1) + font.width(&pair[1].1)) / 2.0;
            self.px(pair[1].0) - self.px(pair[0].0) > half + gap
        };
        (2..=most).rev().map(made).find(|ticks| ticks.windows(2).all(apart))
    }
}

/// A number on an axis, and how it is written there.
pub(super) type LabelledTick = (f64, String);

/// The least and the greatest of some numbers; infinite where there are none.
pub(super) fn ends(numbers: impl IntoIterator<Item = f64>) -> (f64, f64) {
    numbers.into_iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), n| (low.min(n), high.max(n)))
}

/// The smallest of 1, 2, 5 times a power of ten that is at least `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let magnitude = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * magnitude);
    // Rounding may leave `least` a hair above the step it equals.
    step.into_iter().find(|s| *s >= least * (1.0 - 1e-9)).unwrap_or(10.0 * magnitude)
}

/// Round numbers from `from` to `to`, about `count` of them; whole ones when `whole`.
pub(super) fn ticks(from: f64, to: f64, count: usize, whole: bool) -> Vec<f64> {
    let mut step = round_step((to - from) / count.max(1) as f64);
    if whole {
        step = step.max(1.0);
    }
    let first = (from / step - 1e-9).ceil() as i64;
    let last = (to / step + 1e-9).floor() as i64;
    (first..=last).map(|i| i as f64 * step).collect()
}

/// Writes the ticks of one axis alike: with thousands separators, in millions or billions, or with the decimals they need.
pub(super) fn tick_labels(ticks: &[f64]) -> Vec<String> {
    alike(ticks, step_of(ticks))
}

/// The least step between ticks; 1 where there is none.
pub(super) fn step_of(ticks: &[f64]) -> f64 {
    let step = ticks.windows(2).map(|w| w[1] - w[0]).fold(f64::INFINITY, f64::min);
    if step.is_finite() { step } else { 1.0 }
}

/// Ticks with their labels.
pub(super) fn labelled(ticks: Vec<f64>) -> Vec<LabelledTick> {
    let labels = tick_labels(&ticks);
    ticks.into_iter().zip(labels).collect()
}

/// Writes numbers alike, with the decimals that tell steps of this size apart.
pub(super) fn alike(values: &[f64], step: f64) -> Vec<String> {
    let largest = values.iter().fold(0.0_f64, |a, t| a.max(t.abs()));
    let (unit, suffix) = short_unit(largest);
    let decimals = (-(step / unit * (1.0 + 1e-9)).log10().floor()).clamp(0.0, 9.0) as usize;
    values
        .iter()
        .map(|t| if *t == 0.0 { "0".to_owned() } else { format!("{}{suffix}", plain(t / unit, decimals)) })
        .collect()
}

fn plain(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    match text.split_once('.') {
        Some((whole, rest)) => format!("{}.{rest}", grouped(whole)),
        None => grouped(&text),
    }
}

fn grouped(whole: &str) -> String {
    whole.parse::<u64>().map_or_else(|_| whole.to_owned(), group_count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_whole_where_orgs_are_counted() {
        assert_eq!(ticks(35.0, 155.0, 6, true), [40.0, 60.0, 80.0, 100.0, 120.0, 140.0]);
        assert_eq!(ticks(0.0, 1.0, 6, true), [0.0, 1.0]);
        assert_eq!(ticks(0.0, 0.35, 4, false).len(), 4);
    }

    #[test]
    fn large_numbers_are_written_short_and_alike() {
        assert_eq!(tick_labels(&[0.0, 500_000.0, 1_000_000.0]), ["0", "0.5 M", "1.0 M"]);
        assert_eq!(tick_labels(&[10_000.0, 20_000.0]), ["10,000", "20,000"]);
        assert_eq!(tick_labels(&[0.0, 0.02, 0.04]), ["0", "0.02", "0.04"]);
    }
}
