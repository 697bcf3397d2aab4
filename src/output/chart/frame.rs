//! What all charts share: the finding as the title, what is drawn as the subtitle, grid lines, time ticks, labels where
//! lines end. It knows nothing of plans and results.

use super::canvas::{Area, Canvas, Style, WIDTH};
use super::labelled::Labelled;
use super::scale::{LabelledTick, Scale, labelled, ticks};
use super::text::{Font, clean};
use super::theme::Theme;
use super::time_axis::Tick;

/// Room left free at the sides of every chart.
pub(super) const MARGIN: f64 = 20.0;

/// Room above the lines of a plot, for labels.
pub(super) const HEADROOM: f64 = 22.0;

/// Size of tick labels.
pub(super) const TICK: Font = Font::regular(12.5);

/// Size of labels in the chart.
pub(super) const LABEL: Font = Font::bold(13.0);

/// Size of names and figures in the chart.
pub(super) const PLAIN: Font = Font::regular(13.0);

/// Size of the subtitle.
pub(super) const SUBTITLE: Font = Font::regular(13.5);

/// Height of a line of labels.
const LINE: f64 = 17.0;

/// A canvas with title and subtitle, and where the chart may begin.
pub(super) fn header(theme: &Theme, title: &str, subtitle: &str) -> (Canvas, f64) {
    let mut canvas = Canvas::new(theme);
    let room = WIDTH - 2.0 * MARGIN;
    let title = clean(title);
    // One line as large as it can be, else two lines, smaller only if they must.
    let one = [19.0, 18.0, 17.0].map(Font::bold).into_iter().find(|f| f.width(&title) <= room);
    let two = || [18.0, 17.0, 16.0].map(Font::bold).into_iter().find(|f| f.wrap(&title, room).len() <= 2);
    let font = one.or_else(two).unwrap_or(Font::bold(16.0));
    let mut y = 10.0;
    for line in balanced(&title, font, room) {
        y += font.size * 1.25;
        canvas.text(&line, (MARGIN, y), Style::start(font, theme.ink));
    }
    y += 3.0;
    for line in without_orphan(&clean(subtitle), SUBTITLE, room, 3) {
        y += SUBTITLE.size * 1.35;
        canvas.text(&line, (MARGIN, y), Style::start(SUBTITLE, theme.muted));
    }
    (canvas, y + 14.0)
}

/// The lines of a title, about equally long.
fn balanced(text: &str, font: Font, room: f64) -> Vec<String> {
    let lines = font.wrap(text, room);
    let narrower = (40..100).map(|percent| font.wrap(text, room * f64::from(percent) / 100.0));
    let fits = |l: &Vec<String>| l.len() == lines.len() && !l.iter().any(|l| l.ends_with('\u{2026}'));
    if lines.len() < 2 { lines } else { narrower.into_iter().find(fits).unwrap_or(lines) }
}

/// The lines of a subtitle, as wide as can be without a short last one.
fn without_orphan(text: &str, font: Font, room: f64, most: usize) -> Vec<String> {
    let lines = font.wrap_in(text, room, most);
    let good = |l: &Vec<String>| l.len() == lines.len() && l.last().is_some_and(|last| font.width(last) > room * 0.35);
    if lines.len() < 2 || good(&lines) {
        return lines;
    }
    let narrower = (60..100).rev().map(|percent| font.wrap_in(text, room * f64::from(percent) / 100.0, most));
    narrower.into_iter().find(good).unwrap_or(lines)
}

/// Level grid lines with their numbers left of the plot.
pub(super) fn level_grid(canvas: &mut Canvas, plot: &Area, scale: &Scale, ticks: &[LabelledTick]) {
    for (tick, label) in ticks {
        let y = scale.px(*tick);
        let (ink, width) = if *tick == 0.0 { (canvas.theme.axis, 1.25) } else { (canvas.theme.grid, 1.0) };
        canvas.line((plot.left, y), (plot.right, y), ink, width);
        canvas.centred(label, (plot.left - 8.0, y), Style::end(TICK, canvas.theme.muted));
    }
}

/// Whole numbers as close as their labels allow; the lowest alone where not even two have room.
pub(super) fn whole_numbers(scale: &Scale) -> Vec<LabelledTick> {
    let made = |count| labelled(ticks(scale.from, scale.to, count, true));
    scale.fitting(8, 14.0, TICK, made).unwrap_or_else(|| labelled(vec![scale.from.ceil()]))
}

/// The ticks of an axis at `y`, and its name in the middle between two pixels; returns the height of the chart.
pub(super) fn number_axis(
    canvas: &mut Canvas,
    scale: &Scale,
    ticks: &[LabelledTick],
    (name, sides): (&str, (f64, f64)),
    (y, drop): (f64, f64),
) -> f64 {
    number_ticks(canvas, scale, ticks, (y, drop));
    axis_name(canvas, name, sides, y + drop + 19.0);
    y + 50.0
}

/// Ticks of numbers as short strokes down from `y`, with their labels `drop` pixels below it.
pub(super) fn number_ticks(canvas: &mut Canvas, scale: &Scale, ticks: &[LabelledTick], (y, drop): (f64, f64)) {
    for (tick, label) in ticks {
        draw_tick(canvas, (scale.px(*tick), y), &[(label, drop)]);
    }
}

/// A short stroke down from an axis, and labels so far below it.
fn draw_tick(canvas: &mut Canvas, (x, y): (f64, f64), labels: &[(&str, f64)]) {
    canvas.line((x, y), (x, y + 4.0), canvas.theme.axis, 1.0);
    for (label, drop) in labels {
        // A label at the very edge is moved in, so that it is not cut.
        let half = TICK.width(label) / 2.0;
        let inside = x.clamp(half + 2.0, (WIDTH - half - 2.0).max(half + 2.0));
        canvas.text(label, (inside, y + drop), Style::middle(TICK, canvas.theme.muted));
    }
}

/// The name of an axis across, with its baseline at `y`: in the middle between two pixels, as far as the page allows.
pub(super) fn axis_name(canvas: &mut Canvas, name: &str, (left, right): (f64, f64), y: f64) {
    let half = TICK.width(name) / 2.0;
    let middle = ((left + right) / 2.0).clamp(MARGIN + half, (WIDTH - MARGIN - half).max(MARGIN + half));
    canvas.text(name, (middle, y), Style::middle(TICK, canvas.theme.muted));
}

/// A name at the left margin with its baseline at `y`, and a smaller line `lead` pixels below; each is shortened to the room.
pub(super) fn two_lines(
    canvas: &mut Canvas,
    (name, font): (&str, Font),
    (below, small): (&str, Font),
    room: f64,
    (y, lead): (f64, f64),
) {
    canvas.text(&font.elide(name, room), (MARGIN, y), Style::start(font, canvas.theme.ink));
    canvas.text(&small.elide(below, room), (MARGIN, y + lead), Style::start(small, canvas.theme.muted));
}

/// Ticks of time below the plot; returns where their labels end.
pub(super) fn time_ticks(canvas: &mut Canvas, y: f64, ticks: &[Tick], px: impl Fn(&Tick) -> f64) -> f64 {
    for tick in ticks {
        draw_tick(canvas, (px(tick), y), &[(&tick.label, LINE + 2.0), (&tick.second, 2.0 * LINE + 2.0)]);
    }
    let lines = if ticks.iter().any(|t| !t.second.is_empty()) { 2.0 } else { 1.0 };
    y + lines * LINE + 6.0
}

/// Writes labels right of the plot beside the pixels at which lines end, spread where they would meet, and tied to their lines where
/// they had to move.
pub(super) fn end_labels(canvas: &mut Canvas, plot: &Area, labels: &[Labelled<f64>]) {
    let places = spread(&labels.iter().map(|l| l.of).collect::<Vec<_>>(), LINE, plot.top + 6.0, plot.bottom);
    for (label, y) in labels.iter().zip(places) {
        let ink = canvas.theme.readable(label.ink);
        if (y - label.of).abs() > 2.0 {
            let points = vec![(plot.right + 1.0, label.of), (plot.right + 6.0, y), (plot.right + 8.0, y)];
            canvas.path(points, label.ink.faded(0.7), 1.0);
        }
        canvas.centred(&label.text, (plot.right + 11.0, y), Style::start(LABEL, ink));
    }
}

/// Room that [`end_labels`] need right of the plot.
pub(super) fn end_label_room(texts: impl IntoIterator<Item = impl AsRef<str>>) -> f64 {
    11.0 + LABEL.widest(texts)
}

/// Moves values apart until none is closer than `gap` to the next, keeping their order, as near to where they were as that
/// allows, between `low` and `high`.
pub(super) fn spread(values: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    // Pool neighbours that are too close into blocks, each centred on the mean of its members' wishes.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for i in &order {
        blocks.push((values[*i].clamp(low, high.max(low)), 1));
        while let [.., (a, m), (b, n)] = blocks[..] {
            if b - a >= gap * (m + n) as f64 / 2.0 {
                break;
            }
            blocks.truncate(blocks.len() - 2);
            let centre = (a * m as f64 + b * n as f64) / (m + n) as f64;
            let half = gap * (m + n - 1) as f64 / 2.0;
            blocks.push((centre.clamp(low + half, (high - half).max(low + half)), m + n));
        }
    }
    let laid =
        blocks.iter().flat_map(|(centre, n)| (0..*n).map(move |k| centre + gap * (k as f64 - (*n as f64 - 1.0) / 2.0)));
    let mut out = vec![0.0; values.len()];
    for (i, y) in order.iter().zip(laid) {
        out[*i] = y;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_meet_are_moved_apart_and_stay_in_order() {
        for values in [vec![0.0; 6], vec![10.0, 12.0, 50.0, 51.0, 95.0, 99.0], vec![99.0, 98.0, 97.0, 2.0]] {
            let out = spread(&values, 15.0, 0.0, 100.0);
            for (i, j) in (0..values.len()).flat_map(|i| (0..values.len()).map(move |j| (i, j))) {
                if i != j {
                    assert!((out[i] - out[j]).abs() >= 15.0 - 1e-9, "{values:?}: {out:?}");
                    assert!(values[i] >= values[j] || out[i] < out[j], "{values:?}: {out:?}");
                }
            }
            assert!(out.iter().all(|y| (0.0..=100.0).contains(y)), "{values:?}: {out:?}");
        }
        assert_eq!(spread(&[10.0, 60.0], 15.0, 0.0, 100.0), [10.0, 60.0]);
    }

    #[test]
    fn a_long_title_takes_two_balanced_lines() {
        let title =
            "Within 100 failed orgs by Monday 09:00 takes 75 % reconnecting; at 50 % the chance is 89 %, as it is";
        let (canvas, _) = header(&Theme::LIGHT, title, "what is drawn");
        let (_, texts) = canvas.finish(100.0, "t", "d").expect("drawn");
        assert_eq!(texts.len(), 3);
        let ratio = texts[0].area.width() / texts[1].area.width();
        assert!((0.7..1.5).contains(&ratio), "{ratio}");
    }
}
