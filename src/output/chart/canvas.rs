//! A canvas in pixels with halves and quarters, over the SVG backend of plotters. It records where every text lies, so
//! that tests can hold all charts to it. It knows nothing of plans and results.

use super::text::{ASCENT, DESCENT, Font, clean};
use super::theme::{Ink, Theme};
use crate::{Error, Result};
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};

/// The backend rounds to whole units: a unit is this part of a pixel.
const UNITS: f64 = 8.0;

/// The embedded font first; the others are about as wide, for viewers that lack it.
const FAMILY: &str = "DejaVu Sans, Verdana, Geneva, sans-serif";

/// Nominal width of every chart, in pixels.
pub(super) const WIDTH: f64 = 800.0;

/// Which point of a text its x is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    /// Size and weight.
    pub font: Font,
    /// Colour.
    pub ink: Ink,
    /// Alignment.
    pub anchor: Anchor,
}

impl Style {
    /// Text that begins at its x.
    pub(super) const fn start(font: Font, ink: Ink) -> Self {
        Self { font, ink, anchor: Anchor::Start }
    }

    /// Text centred on its x.
    pub(super) const fn middle(font: Font, ink: Ink) -> Self {
        Self { font, ink, anchor: Anchor::Middle }
    }

    /// Text that ends at its x.
    pub(super) const fn end(font: Font, ink: Ink) -> Self {
        Self { font, ink, anchor: Anchor::End }
    }

    /// Text that stands `gap` pixels right of an x, or left of it; and where it begins or ends.
    pub(super) fn beside(x: f64, gap: f64, to_right: bool, font: Font, ink: Ink) -> (f64, Self) {
        if to_right { (x + gap, Self::start(font, ink)) } else { (x - gap, Self::end(font, ink)) }
    }
}

/// A rectangle in pixels, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Area {
    /// Whether the two share a point inside.
    pub fn meets(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Width.
    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    /// Height.
    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }
}

/// A text as it was placed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlacedText {
    /// What it says.
    pub text: String,
    /// Where it lies.
    pub area: Area,
    /// Its size in pixels.
    pub size: f64,
}

#[derive(Clone)]
enum SvgShape {
    Path { points: Vec<(f64, f64)>, ink: Ink, width: f64 },
    Fill { points: Vec<(f64, f64)>, ink: Ink },
    Rect { area: Area, ink: Ink },
    Dot { at: (f64, f64), radius: f64, ink: Ink },
    Text { text: String, at: (f64, f64), style: Style },
}

/// Shapes in the order in which they cover each other.
#[derive(Clone)]
pub(super) struct Canvas {
    /// The colours to draw with.
    pub theme: Theme,
    shapes: Vec<SvgShape>,
    texts: Vec<PlacedText>,
}

impl Canvas {
    /// An empty page.
    pub(super) fn new(theme: &Theme) -> Self {
        Self { theme: theme.clone(), shapes: Vec::new(), texts: Vec::new() }
    }

    /// A line.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        self.path(vec![from, to], ink, width);
    }

    /// A dashed line, level or upright.
    pub(super) fn dashed(&mut self, from: (f64, f64), to: (f64, f64), ink: Ink, width: f64) {
        const DASH: f64 = 5.0;
        const GAP: f64 = 4.0;
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |d: f64| {
            let share = d.min(length) / length;
            (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share)
        };
        let mut begin = 0.0;
        while begin < length {
            self.line(at(begin), at(begin + DASH), ink, width);
            begin += DASH + GAP;
        }
    }

    /// An open path.
    pub(super) fn path(&mut self, points: Vec<(f64, f64)>, ink: Ink, width: f64) {
        self.shapes.push(SvgShape::Path { points, ink, width });
    }

    /// A filled polygon.
    pub(super) fn fill(&mut self, points: Vec<(f64, f64)>, ink: Ink) {
        self.shapes.push(SvgShape::Fill { points, ink });
    }

    /// A filled rectangle.
    pub(super) fn rect(&mut self, area: Area, ink: Ink) {
        self.shapes.push(SvgShape::Rect { area, ink });
    }

    /// A filled circle.
    pub(super) fn dot(&mut self, at: (f64, f64), radius: f64, ink: Ink) {
        self.shapes.push(SvgShape::Dot { at, radius, ink });
    }

    /// One line of text with its baseline at `at.1`.
    pub(super) fn text(&mut self, text: &str, at: (f64, f64), style: Style) {
        let text = clean(text);
        if text.is_empty() {
            return;
        }
        let area = text_area(&text, at, style);
        self.texts.push(PlacedText { text: text.clone(), area, size: style.font.size });
        self.shapes.push(SvgShape::Text { text, at, style });
    }

    /// One line of text whose letters have their middle at `at.1`.
    pub(super) fn centred(&mut self, text: &str, at: (f64, f64), style: Style) {
        self.text(text, (at.0, at.1 + 0.36 * style.font.size), style);
    }

    /// Whether nothing has been written in the area.
    pub(super) fn is_free(&self, area: &Area) -> bool {
        self.texts.iter().all(|t| !t.area.meets(area))
    }

    /// The drawing as an SVG of the nominal width, with a title and a description for readers who can't see it.
    ///
    /// # Errors
    /// When the backend refuses a shape.
    pub(super) fn finish(self, height: f64, title: &str, description: &str) -> Result<(String, Vec<PlacedText>)> {
        let mut body = String::new();
        let size = (units(WIDTH) as u32, units(height) as u32);
        let mut backend = SVGBackend::with_string(&mut body, size);
        let page = Area { left: 0.0, top: 0.0, right: WIDTH, bottom: height };
        let all = std::iter::once(SvgShape::Rect { area: page, ink: self.theme.paper }).chain(self.shapes);
        let fail = |why: String| Error::Output { what: "a chart".to_owned(), why };
        for shape in all {
            draw(&mut backend, &shape).map_err(fail)?;
        }
        backend.present().map_err(|e| fail(e.to_string()))?;
        drop(backend);
        Ok((with_root(&body, height, title, description), self.texts))
    }
}

/// Where a text lies.
pub(super) fn text_area(text: &str, at: (f64, f64), style: Style) -> Area {
    let width = style.font.width(text);
    let left = match style.anchor {
        Anchor::Start => at.0,
        Anchor::Middle => at.0 - width / 2.0,
        Anchor::End => at.0 - width,
    };
    let size = style.font.size;
    Area { left, top: at.1 - ASCENT * size, right: left + width, bottom: at.1 + DESCENT * size }
}

/// Where a text may stand, and how it looks there.
pub(super) type TextPlace = ((f64, f64), Style);

/// The first of some places of a text whose area is free.
pub(super) fn first_free(
    text: &str,
    places: impl IntoIterator<Item = TextPlace>,
    is_free: impl Fn(&Area) -> bool,
) -> Option<TextPlace> {
    places.into_iter().find(|(at, style)| is_free(&text_area(text, *at, *style)))
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn unit_point(at: (f64, f64)) -> (i32, i32) {
    (units(at.0), units(at.1))
}

fn shape_style(ink: Ink, width: f64) -> ShapeStyle {
    let (r, g, b) = ink.rgb;
    ShapeStyle { color: RGBAColor(r, g, b, ink.alpha), filled: true, stroke_width: units(width) as u32 }
}

/// Draws one shape; the error is the backend's, in words.
fn draw(backend: &mut SVGBackend<'_>, shape: &SvgShape) -> std::result::Result<(), String> {
    let drawn = match shape {
        SvgShape::Path { points, ink, width } => {
            backend.draw_path(points.iter().map(|p| unit_point(*p)), &shape_style(*ink, *width))
        }
        SvgShape::Fill { points, ink } => {
            backend.fill_polygon(points.iter().map(|p| unit_point(*p)), &shape_style(*ink, 0.0))
        }
        SvgShape::Rect { area, ink } => {
            let corners = (unit_point((area.left, area.top)), unit_point((area.right, area.bottom)));
            backend.draw_rect(corners.0, corners.1, &shape_style(*ink, 0.0), true)
        }
        SvgShape::Dot { at, radius, ink } => {
            backend.draw_circle(unit_point(*at), units(*radius) as u32, &shape_style(*ink, 0.0), true)
        }
        SvgShape::Text { text, at, style } => return draw_text(backend, text, *at, *style),
    };
    drawn.map_err(|e| e.to_string())
}

fn draw_text(
    backend: &mut SVGBackend<'_>,
    text: &str,
    at: (f64, f64),
    style: Style,
) -> std::result::Result<(), String> {
    // The backend divides sizes by this. It also moves text down by a `dy` in em, which some programs ignore: what is handed over is the
    // baseline itself, and `with_root` takes `dy` out.
    const BACKEND_SHRINKS: f64 = 1.24;
    let weight = if style.font.bold { FontStyle::Bold } else { FontStyle::Normal };
    let size = style.font.size * UNITS * BACKEND_SHRINKS;
    let anchor = match style.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let (r, g, b) = style.ink.rgb;
    let color = RGBAColor(r, g, b, style.ink.alpha);
    let look = TextStyle::from(FontDesc::new(FontFamily::Name(FAMILY), size, weight))
        .color(&color)
        .pos(Pos::new(anchor, VPos::Top));
    backend.draw_text(text, &look, unit_point(at)).map_err(|e| e.to_string())
}

/// What the backend adds to every text whose place is its top. No text of a user's can hold it: its quotes would be escaped.
const BACKEND_TOP: &str = " dy=\"0.76em\"";

/// Replaces the backend's root element: nominal size in pixels, a view box in units, and words for screen readers.
fn with_root(body: &str, height: f64, title: &str, description: &str) -> String {
    let body = body.replace(BACKEND_TOP, "");
    let shapes = body.split_once('>').map_or(body.as_str(), |(_, rest)| rest.trim_start());
    let (width_units, height_units) = (units(WIDTH), units(height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"chart-title chart-desc\" width=\"{WIDTH}\" \
         height=\"{height}\" viewBox=\"0 0 {width_units} {height_units}\" stroke-linejoin=\"round\" \
         stroke-linecap=\"butt\">\n<title id=\"chart-title\">{}</title>\n<desc id=\"chart-desc\">{}</desc>\n{shapes}",
        escape(title),
        escape(description)
    )
}

/// Text as XML content.
fn escape(text: &str) -> String {
    clean(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
