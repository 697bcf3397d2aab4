//! `one-page.docx`: the page for Word, and for programs that import its files. No clock and no chance: its parts bear no time.

use super::page::OnePage;
use super::room::{ABOVE, Sizes};
use super::sheet::{MUTED, Sheet, WordPart, bare, fonts, half_points, spacing, twips, words};
use crate::output::chart::{self, Chart, Theme};
use crate::output::document::Block;
use crate::output::markup::escape_html;
use crate::output::safe;
use crate::plan::Plan;
use crate::results::Projection;
use crate::{Error, Result};
use docx_rs as word;
use std::io::Cursor;

/// Room at the edges of the paper, and between its two columns.
const EDGE: f64 = 43.0;
const BETWEEN: f64 = 16.0;

/// The left column's share of the width.
const LEFT: f64 = 0.63;

/// What is left free at the foot: other fonts have other widths.
const SPARE: f64 = 4.0;

/// Letters are made smaller before the chart takes less than this share of its column; where they are small already, it gives way.
const FULL: f64 = 0.97;

/// The least width of the chart that can be read.
const LEAST: f64 = 200.0;

/// The file's bytes.
///
/// # Errors
/// When the chart can't be drawn, or the file not be made.
pub(in crate::output) fn docx(page: &OnePage, plan: &Plan, projection: &Projection) -> Result<Vec<u8>> {
    let (wide, high) = page.paper.points();
    let room = wide - 2.0 * EDGE;
    let (left, right) = ((room - BETWEEN) * LEFT, (room - BETWEEN) * (1.0 - LEFT));
    let picture = Picture::of(page, plan, projection)?;
    let head = &page.head;
    let free = |sizes: &Sizes| {
        let foot = Sizes::text(&page.foot, sizes.small, false, room) + ABOVE;
        let over = sizes.masthead(head, room) + sizes.height(&head.blocks, &head.format, sizes.over, room);
        high - 2.0 * EDGE - SPARE - over - foot
    };
    let scale = |sizes: &Sizes| {
        let beside = sizes.height(&page.left, &head.format, sizes.column, left);
        (left / picture.size.0).min((free(sizes) - beside) / picture.size.1)
    };
    let fits = |sizes: &Sizes| {
        let has_room = free(sizes) >= sizes.height(&page.right, &head.format, sizes.column, right);
        has_room && scale(sizes) * picture.size.0 >= left * FULL
    };
    let smallest = Sizes::all().last().expect("there are some");
    let sizes = Sizes::all().find(fits).unwrap_or(smallest);
    let scale = scale(&sizes).max(LEAST / picture.size.0);
    let chart = (picture.size.0 * scale, picture.size.1 * scale);
    let sheet = Sheet { format: &head.format, png: &picture.png, chart, sizes };

    let mut document = word::Docx::new()
        .page_size(twips(wide), twips(high))
        .page_margin(margins())
        .default_fonts(fonts())
        .default_size(half_points(sizes.column));
    for piece in sheet.masthead(page).into_iter().chain(sheet.pieces(&head.blocks, room, sizes.over)) {
        document = match piece {
            WordPart::Words(paragraph) => document.add_paragraph(*paragraph),
            WordPart::Rows(table) => document.add_table(*table),
        };
    }
    let columns =
        word::TableRow::new(vec![sheet.column(&page.left, left, BETWEEN), sheet.column(&page.right, right, 0.0)]);
    let widths = vec![twips(left + BETWEEN) as usize, twips(right) as usize];
    let foot = words(&page.foot, sizes.small, MUTED).line_spacing(spacing(ABOVE, 0.0));
    let document = document.add_table(bare(vec![columns], widths)).add_paragraph(foot);
    packed(document, &picture.alt)
}

/// Writes the parts with the picture's words, for which the library has no place.
fn packed(document: word::Docx, alt: &str) -> Result<Vec<u8>> {
    let fail = |why: String| Error::Output { what: "one-page.docx".to_owned(), why };
    let mut parts = document.build();
    let text = String::from_utf8(parts.document).map_err(|error| fail(error.to_string()))?;
    let named = "<wp:docPr id=\"1\" name=\"Figure\"";
    if text.matches(named).count() != 1 {
        return Err(fail("the chart has no place for its words".to_owned()));
    }
    let described = format!("{named} descr=\"{}\"", escape_html(alt));
    parts.document = text.replacen(named, &described, 1).into_bytes();
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(|error| fail(error.to_string()))?;
    Ok(bytes.into_inner())
}

/// The chart as pixels, with words for those who can't see it.
struct Picture {
    png: Vec<u8>,
    /// Width and height, in pixels of the drawing.
    size: (f64, f64),
    alt: String,
}

/// Width of every chart, in its pixels.
const CHART_WIDTH: f64 = 800.0;

impl Picture {
    fn of(page: &OnePage, plan: &Plan, projection: &Projection) -> Result<Self> {
        let name = page.left.iter().find_map(|block| match block {
            Block::Figure(figure) => Some(figure.name),
            _ => None,
        });
        let charts = chart::of(plan, projection);
        let draw = charts.iter().find(|(known, _)| Some(*known) == name).expect("every plan has the page's chart").1;
        let Chart { title, description, svg, height, .. } = chart::drawn(draw, plan, projection, &Theme::LIGHT)?;
        let alt = safe::line(&format!("{title}. {description}"));
        Ok(Self { png: chart::rasterise(&svg)?, size: (CHART_WIDTH, height), alt })
    }
}

fn margins() -> word::PageMargin {
    let edge = twips(EDGE) as i32;
    word::PageMargin::new().top(edge).bottom(edge).left(edge).right(edge).header(0).footer(0).gutter(0)
}
