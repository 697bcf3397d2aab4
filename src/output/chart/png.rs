//! SVG to PNG, with the embedded font alone: the same bytes on every machine.

use crate::{Error, Result};
use resvg::{tiny_skia, usvg};
use std::sync::{Arc, OnceLock};

/// Pixels of the PNG for each pixel of the SVG.
const ZOOM: f32 = 2.0;

/// Draws an SVG at twice its size.
///
/// # Errors
/// When the text is no SVG.
pub fn rasterise(svg: &str) -> Result<Vec<u8>> {
    let fail = |why: String| Error::Output { what: "a PNG".to_owned(), why };
    let options = usvg::Options { fontdb: fonts(), font_family: "DejaVu Sans".to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|e| fail(e.to_string()))?;
    let size = tree.size();
    let (width, height) = ((size.width() * ZOOM).round() as u32, (size.height() * ZOOM).round() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(|| fail("the chart has no size".to_owned()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(ZOOM, ZOOM), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| fail(e.to_string()))
}

/// The embedded fonts, parsed once.
fn fonts() -> Arc<usvg::fontdb::Database> {
    static FONTS: OnceLock<Arc<usvg::fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = usvg::fontdb::Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}
