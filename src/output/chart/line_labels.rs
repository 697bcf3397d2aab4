//! Labels beside lines inside a plot: each where it meets no line, no stem and no text, and where its line stands apart from
//! the others. Lines are made of level and upright pieces. It knows nothing of plans.

use super::canvas::{Area, Canvas, Style, text_area};
use super::frame::{HEADROOM, LABEL};
use super::labelled::LabelledPath;

/// Lines that come closer than this many pixels can't be told apart by a label beside them.
const APART: f64 = 4.0;

/// From one line of the list to the next.
const LINE: f64 = 18.0;

/// Length of the stroke before a label in the list.
const STROKE: f64 = 18.0;

/// Draws the lines, the first on top.
pub(super) fn draw(canvas: &mut Canvas, lines: &[LabelledPath], width: f64) {
    for line in lines.iter().rev() {
        canvas.path(line.of.clone(), line.ink, width);
    }
}

/// Writes the labels. Those that find no place beside their lines are listed in the emptiest corner, each with a stroke of
/// its line's colour; all are where no corner is empty.
pub(super) fn write(canvas: &mut Canvas, lines: &[LabelledPath], stems: &[f64], plot: &Area) {
    let mut trial = canvas.clone();
    let mut listed = Vec::new();
    for (own, line) in lines.iter().enumerate() {
        match place(&trial, lines, own, stems, plot) {
            Some(at) => trial.text(&line.text, at, Style::start(LABEL, canvas.theme.readable(line.ink))),
            None => listed.push(line),
        }
    }
    if listed.is_empty() || room(&trial, &listed, lines, stems, plot).is_some() {
        list(&mut trial, &listed, lines, stems, plot);
        *canvas = trial;
    } else {
        list(canvas, &lines.iter().collect::<Vec<_>>(), lines, stems, plot);
    }
}

fn place(canvas: &Canvas, lines: &[LabelledPath], own: usize, stems: &[f64], plot: &Area) -> Option<(f64, f64)> {
    let line = &lines[own];
    let (width, style) = (LABEL.width(&line.text), Style::start(LABEL, line.ink));
    let mut best: Option<(f64, (f64, f64))> = None;
    for i in 0..=60 {
        let left = plot.left + 6.0 + (plot.width() - width - 12.0) * f64::from(i) / 60.0;
        let reach = extent(&line.of, left, left + width);
        let alone =
            lines.iter().enumerate().all(|(j, other)| j == own || !comes_near(&other.of, left, left + width, reach));
        for baseline in [reach.0 - 7.0, reach.1 + 15.0] {
            let area = text_area(&line.text, (left, baseline), style);
            if !alone || !is_clear(canvas, lines, stems, plot, &area) {
                continue;
            }
            // A level stretch of a line that is up from the axis says best which line is meant.
            let on_axis = if reach.1 > plot.bottom - 3.0 { 200.0 } else { 0.0 };
            let score = reach.1 - reach.0 + on_axis + (left - plot.left) * 0.01;
            if best.is_none_or(|b| score < b.0) {
                best = Some((score, (left, baseline)));
            }
        }
    }
    best.map(|b| b.1)
}

/// Whether a text may stand here.
fn is_clear(canvas: &Canvas, lines: &[LabelledPath], stems: &[f64], plot: &Area, area: &Area) -> bool {
    let wide = Area { left: area.left - 12.0, right: area.right + 12.0, ..*area };
    area.top > plot.top + HEADROOM
        && area.bottom < plot.bottom - 2.0
        && lines.iter().all(|l| !crosses(&l.of, area))
        && stems.iter().all(|x| *x < area.left - 10.0 || *x > area.right + 10.0)
        && canvas.is_free(&wide)
}

fn list(canvas: &mut Canvas, listed: &[&LabelledPath], lines: &[LabelledPath], stems: &[f64], plot: &Area) {
    if listed.is_empty() {
        return;
    }
    let area = room(canvas, listed, lines, stems, plot).unwrap_or_else(|| {
        let (width, height) = size(listed);
        let (right, top) = (plot.right - 8.0, plot.top + HEADROOM);
        let area = Area { left: right - width, top, right, bottom: top + height };
        canvas.rect(area, canvas.theme.paper);
        area
    });
    for (i, line) in listed.iter().enumerate() {
        let y = area.top + LINE * (i as f64 + 0.5);
        canvas.line((area.left, y), (area.left + STROKE, y), line.ink, 2.25);
        let style = Style::start(LABEL, canvas.theme.readable(line.ink));
        canvas.centred(&line.text, (area.left + STROKE + 8.0, y), style);
    }
}

/// Width and height of a list.
fn size(listed: &[&LabelledPath]) -> (f64, f64) {
    let width = LABEL.widest(listed.iter().map(|line| &line.text)) + STROKE + 8.0;
    (width, LINE * listed.len() as f64)
}

/// Where a list meets nothing, as far up and to the right as can be.
fn room(canvas: &Canvas, listed: &[&LabelledPath], lines: &[LabelledPath], stems: &[f64], plot: &Area) -> Option<Area> {
    let (width, height) = size(listed);
    let corner = |left: f64, top: f64| Area { left, top, right: left + width, bottom: top + height };
    let rightmost = plot.right - width - 8.0;
    let tops = (0..12).map(|i| plot.top + HEADROOM + 2.0 + (plot.height() - HEADROOM - height) * f64::from(i) / 12.0);
    let lefts = || (0..=20).map(|i| rightmost - (rightmost - plot.left - 8.0) * f64::from(i) / 20.0);
    let places = tops.flat_map(|top| lefts().map(move |left| corner(left, top)));
    places.into_iter().find(|area| is_clear(canvas, lines, stems, plot, area))
}

/// The least and greatest pixel y of a path between two pixels x.
fn extent(path: &[(f64, f64)], from: f64, to: f64) -> (f64, f64) {
    let over = path.windows(2).filter(|w| w[0].0 < to && w[1].0 > from);
    over.flat_map(|w| [w[0].1, w[1].1]).fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), y| (a.min(y), b.max(y)))
}

fn comes_near(path: &[(f64, f64)], from: f64, to: f64, reach: (f64, f64)) -> bool {
    let other = extent(path, from, to);
    other.0 < reach.1 + APART && other.1 > reach.0 - APART
}

/// Whether a path of level and upright pieces enters an area, or comes within two pixels of it.
fn crosses(path: &[(f64, f64)], area: &Area) -> bool {
    path.windows(2).any(|w| {
        let (x, y) = ((w[0].0.min(w[1].0), w[0].0.max(w[1].0)), (w[0].1.min(w[1].1), w[0].1.max(w[1].1)));
        x.0 <= area.right + 2.0 && x.1 >= area.left - 2.0 && y.0 <= area.bottom + 2.0 && y.1 >= area.top - 2.0
    })
}
