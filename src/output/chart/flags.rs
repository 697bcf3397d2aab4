//! Flags: labels on upright stems, as events and deadlines have them on a time axis. Labels are laid in tiers above each
//! other so that no label meets another nor a stem. It knows nothing of plans and results.

use super::canvas::{Area, Canvas, Style};
use super::text::{Font, clean};
use super::theme::Ink;

/// A label on a stem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Flag {
    /// Pixel of the stem.
    pub x: f64,
    /// What it marks; shortened where it would be too long.
    pub name: String,
    /// What is said after the name, and never shortened: when it is.
    pub when: String,
    /// Colour of both.
    pub ink: Ink,
    /// Bold or regular.
    pub bold: bool,
}

/// Height of a tier.
pub(super) const TIER: f64 = 20.0;

/// Longest label, in pixels; the next is tried where labels so long find no places.
const LONGEST: [f64; 4] = [430.0, 340.0, 270.0, 210.0];

/// A name is cut to no fewer pixels: what is left says nothing.
const LEAST_NAME: f64 = 150.0;

/// From the stem to its label.
const BESIDE: f64 = 6.0;

/// Room kept between a label and what is next to it.
const MARGIN: f64 = 6.0;

const SIZE: f64 = 13.0;

/// Up to so many flags, every choice of sides is tried.
const TRY_ALL: usize = 12;

/// Where labels go: for each flag its tier (0 is lowest) and whether the label is left of its stem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FlagLayout {
    places: Vec<FlagPlace>,
    /// What the labels say.
    texts: Vec<String>,
    /// Whether a label may lie over a stem, which it then interrupts.
    over_stems: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct FlagPlace {
    tier: usize,
    left: bool,
}

impl FlagLayout {
    /// Number of tiers.
    pub(super) fn tiers(&self) -> usize {
        self.places.iter().map(|p| p.tier + 1).max().unwrap_or(0)
    }

    /// Height of all tiers.
    pub(super) fn height(&self) -> f64 {
        self.tiers() as f64 * TIER
    }
}

fn font(flag: &Flag) -> Font {
    Font { size: SIZE, bold: flag.bold }
}

fn shown(flag: &Flag, longest: f64) -> String {
    let (font, when) = (font(flag), format!(", {}", clean(&flag.when)));
    font.elide(&flag.name, (longest - font.width(&when)).max(LEAST_NAME)) + &when
}

/// Finds places for the flags' labels between two pixels.
pub(super) fn lay_out(flags: &[Flag], from: f64, to: f64) -> FlagLayout {
    let said = |longest: f64| flags.iter().map(|f| shown(f, longest)).collect::<Vec<String>>();
    for texts in LONGEST.map(said) {
        if let Some(places) = best_places(flags, &texts, (from, to)) {
            return FlagLayout { places, texts, over_stems: false };
        }
    }
    let texts = said(LONGEST[0]);
    FlagLayout { places: one_a_tier(flags, &widths(flags, &texts), to), texts, over_stems: true }
}

fn widths(flags: &[Flag], texts: &[String]) -> Vec<f64> {
    flags.iter().zip(texts).map(|(f, t)| font(f).width(t)).collect()
}

/// The flattest of all places; `None` where no choice of sides has any.
fn best_places(flags: &[Flag], texts: &[String], room: (f64, f64)) -> Option<Vec<FlagPlace>> {
    let widths = widths(flags, texts);
    let choices = side_choices(flags.len());
    choices.iter().filter_map(|left| place(flags, &widths, left, room)).min_by_key(|places| {
        let tiers = places.iter().map(|p| p.tier).max().unwrap_or(0);
        let sum: usize = places.iter().map(|p| p.tier).sum();
        (tiers, sum, places.iter().filter(|p| p.left).count())
    })
}

/// All choices of sides for few flags; for many only "right up to one, left from there on".
fn side_choices(count: usize) -> Vec<Vec<bool>> {
    if count <= TRY_ALL {
        (0..1_usize << count).map(|mask| (0..count).map(|i| mask >> i & 1 == 1).collect()).collect()
    } else {
        (0..=count).map(|split| (0..count).map(|i| i >= split).collect()).collect()
    }
}

/// The lowest tiers for these sides; `None` where they can't be had or a label would leave the page.
fn place(flags: &[Flag], widths: &[f64], left: &[bool], (from, to): (f64, f64)) -> Option<Vec<FlagPlace>> {
    let spans: Vec<(f64, f64)> = (0..flags.len()).map(|i| span(flags[i].x, widths[i], left[i])).collect();
    if spans.iter().any(|s| s.0 < from || s.1 > to) {
        return None;
    }
    // A stem rises to its own tier, so a label must be above every stem that it covers.
    let covers = |i: usize, j: usize| {
        i != j && flags[j].x != flags[i].x && spans[i].0 - MARGIN < flags[j].x && flags[j].x < spans[i].1 + MARGIN
    };
    let mut tiers: Vec<Option<usize>> = vec![None; flags.len()];
    for _ in 0..flags.len() {
        let ready = |i: &usize| tiers[*i].is_none() && (0..flags.len()).all(|j| !covers(*i, j) || tiers[j].is_some());
        // Rightmost first: then later ones stack upwards to the left, as a staircase.
        let next = (0..flags.len()).rev().find(ready)?;
        let above = (0..flags.len()).filter(|j| covers(next, *j)).filter_map(|j| tiers[j]).map(|t| t + 1).max();
        let meets = |tier: usize| {
            (0..flags.len()).any(|j| {
                tiers[j] == Some(tier) && spans[j].0 < spans[next].1 + MARGIN && spans[next].0 < spans[j].1 + MARGIN
            })
        };
        tiers[next] = (above.unwrap_or(0)..).find(|t| !meets(*t));
    }
    Some(tiers.into_iter().zip(left).map(|(tier, left)| FlagPlace { tier: tier.unwrap_or(0), left: *left }).collect())
}

/// Each label on a tier of its own, the leftmost on top, on whichever side it fits.
fn one_a_tier(flags: &[Flag], widths: &[f64], to: f64) -> Vec<FlagPlace> {
    let rank = |i: usize| flags.iter().enumerate().filter(|(j, f)| (f.x, *j) > (flags[i].x, i)).count();
    (0..flags.len()).map(|i| FlagPlace { tier: rank(i), left: flags[i].x + BESIDE + widths[i] > to }).collect()
}

fn span(x: f64, width: f64, left: bool) -> (f64, f64) {
    if left { (x - BESIDE - width, x - BESIDE) } else { (x + BESIDE, x + BESIDE + width) }
}

/// Draws stems from their labels down to `foot`, with labels in the tiers that end at `base`.
pub(super) fn draw(canvas: &mut Canvas, flags: &[Flag], layout: &FlagLayout, base: f64, foot: f64) {
    let middle = |place: &FlagPlace| base - (place.tier as f64 + 0.5) * TIER;
    for (flag, place) in flags.iter().zip(&layout.places) {
        canvas.line((flag.x, middle(place)), (flag.x, foot), flag.ink, 1.5);
        canvas.dot((flag.x, middle(place)), 3.0, flag.ink);
    }
    for ((flag, place), text) in flags.iter().zip(&layout.places).zip(&layout.texts) {
        let y = middle(place);
        let span = span(flag.x, font(flag).width(text), place.left);
        if layout.over_stems {
            let behind = Area { left: span.0 - 2.0, top: y - 8.0, right: span.1 + 2.0, bottom: y + 8.0 };
            canvas.rect(behind, canvas.theme.paper);
        }
        canvas.text(text, (span.0, y + 0.35 * SIZE), Style::start(font(flag), canvas.theme.readable(flag.ink)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::chart::Theme;

    fn flags(xs: &[f64], text: &str) -> Vec<Flag> {
        xs.iter()
            .map(|x| Flag {
                x: *x,
                name: text.to_owned(),
                when: "Mon 12:00".to_owned(),
                ink: Theme::LIGHT.ink,
                bold: false,
            })
            .collect()
    }

    #[test]
    fn crowded_flags_make_a_staircase_that_no_stem_crosses() {
        let flags = flags(&[100.0, 104.0, 110.0, 110.0, 300.0], "a label of some length");
        let layout = lay_out(&flags, 10.0, 790.0);
        assert!(!layout.over_stems);
        let tiers: Vec<usize> = layout.places.iter().map(|p| p.tier).collect();
        assert_eq!(tiers.iter().collect::<std::collections::BTreeSet<_>>().len(), 5, "{tiers:?}");
    }

    #[test]
    fn flags_at_the_right_edge_turn_left() {
        let layout = lay_out(&flags(&[100.0, 780.0], "a label of some length"), 10.0, 790.0);
        assert_eq!(layout.places, [FlagPlace { tier: 0, left: false }, FlagPlace { tier: 0, left: true }]);
    }

    #[test]
    fn flags_that_cannot_avoid_all_stems_get_a_tier_each() {
        let xs: Vec<f64> = (0..14).map(|i| 20.0 + 58.0 * f64::from(i)).collect();
        let layout = lay_out(&flags(&xs, "a label that is far longer than the room it has"), 10.0, 790.0);
        assert!(layout.over_stems);
        assert_eq!(layout.tiers(), 14);
    }
}
