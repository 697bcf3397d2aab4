//! Bars of the timeline: a stretch of time, several stretches apart, or a share that rises in steps, each with its label. It knows
//! nothing of plans.

use super::canvas::{Area, Canvas, Style, WIDTH};
use super::frame::PLAIN;
use super::scale::Scale;
use super::theme::Ink;

/// Height of a bar, and of the row it stands in.
const BAR: f64 = 24.0;
pub(super) const BAR_ROW: f64 = 38.0;

/// What is shorter is drawn so wide, to be seen.
const LEAST: f64 = 2.0;

/// A stretch of time as a bar with its label. Times are hours on the scale's axis.
pub(super) struct Bar {
    pub from: f64,
    pub to: f64,
    pub text: String,
    pub fill: Ink,
    pub text_ink: Ink,
    pub shape: BarShape,
}

/// What is drawn between the ends of a bar.
pub(super) enum BarShape {
    /// All of it; a date that is not known has its median marked.
    Span(Option<f64>),
    /// Only these stretches.
    Apart(Vec<[f64; 2]>),
    /// A share, 0-1, from each instant on, as height; ascending.
    Steps(Vec<(f64, f64)>),
}

impl Bar {
    /// Draws the bar from `top` on, with its label inside where it fits, else beside it where no stem passes, else on paper of its own.
    pub(super) fn draw(&self, canvas: &mut Canvas, time: &Scale, stems: &[f64], top: f64) {
        let bar = self;
        let (left, right) = (time.px(bar.from), time.px(bar.to).max(time.px(bar.from) + LEAST));
        let area = Area { left, top, right, bottom: top + BAR };
        bar.draw_shape(canvas, time, area);
        let width = PLAIN.width(&bar.text);
        let y = top + BAR / 2.0;
        if width + 16.0 <= area.width() && !matches!(bar.shape, BarShape::Apart(_)) {
            return canvas.centred(&bar.text, ((left + right) / 2.0, y), Style::middle(PLAIN, bar.text_ink));
        }
        let ink = if bar.text_ink == canvas.theme.paper { canvas.theme.window_ink } else { bar.text_ink };
        let to_right = (right + 8.0, right + 8.0 + width);
        let to_left = (left - 8.0 - width, left - 8.0);
        let fits = |s: &(f64, f64)| s.0 > 4.0 && s.1 < WIDTH - 4.0;
        let free = |s: &(f64, f64)| fits(s) && !stems.iter().any(|x| s.0 - 4.0 < *x && *x < s.1 + 4.0);
        let sides = [to_right, to_left];
        let place = sides.iter().find(|s| free(s)).or_else(|| sides.iter().find(|s| fits(s))).unwrap_or(&to_right);
        if !free(place) {
            let behind = Area { left: place.0 - 3.0, top, right: place.1 + 3.0, bottom: top + BAR };
            canvas.rect(behind, canvas.theme.paper);
        }
        canvas.centred(&bar.text, (place.0, y), Style::start(PLAIN, canvas.theme.readable(ink)));
    }

    fn draw_shape(&self, canvas: &mut Canvas, time: &Scale, area: Area) {
        let ink = canvas.theme.ink;
        match &self.shape {
            BarShape::Span(median) => {
                canvas.rect(area, self.fill);
                for x in median.iter().map(|median| time.px(*median)) {
                    canvas.line((x, area.top), (x, area.bottom), ink, 1.5);
                }
            }
            BarShape::Apart(spans) => {
                for [from, to] in spans {
                    let left = time.px(*from);
                    canvas.rect(Area { left, right: time.px(*to).max(left + LEAST), ..area }, self.fill);
                }
            }
            BarShape::Steps(steps) => {
                canvas.rect(area, self.fill.faded(0.45));
                let ends = steps.iter().skip(1).map(|step| time.px(step.0)).chain([area.right]);
                for ((from, share), right) in steps.iter().zip(ends) {
                    let (left, top) = (time.px(*from), area.bottom - share * area.height());
                    canvas.rect(Area { left, right, top, bottom: area.bottom }, self.fill);
                }
            }
        }
    }
}
