//! SVG to PNG, with the embedded font; letters that it lacks from the fonts of the machine, where it has any.

use crate::{Error, Result};
use resvg::{tiny_skia, usvg};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use usvg::FontResolver;
use usvg::fontdb::{Database, FaceInfo, ID, Source, Style};

/// Pixels of the PNG for each pixel of the SVG.
const ZOOM: f32 = 2.0;

/// Letters that no font of this machine has, so far.
static MISSING: Mutex<BTreeSet<char>> = Mutex::new(BTreeSet::new());

/// Draws an SVG at twice its size.
///
/// # Errors
/// When the text is no SVG.
pub fn rasterise(svg: &str) -> Result<Vec<u8>> {
    let fail = |why: String| Error::Output { what: "a PNG".to_owned(), why };
    let resolver = FontResolver { select_fallback: Box::new(fallback), ..FontResolver::default() };
    let options = usvg::Options {
        fontdb: fonts(),
        font_family: "DejaVu Sans".to_owned(),
        font_resolver: resolver,
        ..usvg::Options::default()
    };
    let tree = usvg::Tree::from_str(&simple(svg), &options).map_err(|e| fail(e.to_string()))?;
    let size = tree.size();
    let (width, height) = ((size.width() * ZOOM).round() as u32, (size.height() * ZOOM).round() as u32);
    let mut pixels = tiny_skia::Pixmap::new(width, height).ok_or_else(|| fail("the chart has no size".to_owned()))?;
    resvg::render(&tree, tiny_skia::Transform::from_scale(ZOOM, ZOOM), &mut pixels.as_mut());
    pixels.encode_png().map_err(|e| fail(e.to_string()))
}

/// The same with each letter by itself: the renderer can't fall back on another font where letters join.
fn simple(svg: &str) -> std::borrow::Cow<'_, str> {
    let joins = |c: char| matches!(c, '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}');
    let is_flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    if !svg.contains(|c| joins(c) || is_flag(c)) {
        return svg.into();
    }
    // A flag is two letters of a country: DE.
    let letter = |c: char| if is_flag(c) { char::from(b'A' + (u32::from(c) - 0x1f1e6) as u8) } else { c };
    svg.chars().filter(|c| !joins(*c)).map(letter).collect::<String>().into()
}

/// Letters that PNGs show as boxes, for want of a font.
pub fn missing_letters() -> String {
    MISSING.lock().unwrap_or_else(PoisonError::into_inner).iter().collect()
}

/// The embedded fonts, parsed once. Alone in the database that names are looked up in: an installed DejaVu of another version draws nothing.
fn fonts() -> Arc<Database> {
    static FONTS: OnceLock<Arc<Database>> = OnceLock::new();
    let load = || {
        let mut fonts = Database::new();
        fonts.load_font_data(dejavu::sans::regular().to_vec());
        fonts.load_font_data(dejavu::sans::bold().to_vec());
        fonts.set_sans_serif_family("DejaVu Sans");
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}

/// The fonts of this machine, looked for when a letter first needs one: their order is by name, whatever that of the folders.
fn installed() -> &'static (Database, Vec<ID>) {
    static INSTALLED: OnceLock<(Database, Vec<ID>)> = OnceLock::new();
    INSTALLED.get_or_init(|| {
        let mut fonts = Database::new();
        fonts.load_system_fonts();
        let mut order: Vec<&FaceInfo> = fonts.faces().filter(|face| face.style == Style::Normal).collect();
        // Sans before serif and monospaced ones, as the rest of the chart is.
        let rank = |face: &FaceInfo| {
            let name = face.post_script_name.as_str();
            (!name.contains("Sans"), face.monospaced || name.contains("Mono"), name.contains("Serif"))
        };
        order.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.post_script_name.cmp(&b.post_script_name)));
        let order = order.into_iter().map(|face| face.id).collect();
        (fonts, order)
    })
}

/// Whether a face has a letter.
fn has(fonts: &Database, face: ID, letter: char) -> bool {
    let found =
        |data: &[u8], index| ttf_parser::Face::parse(data, index).is_ok_and(|face| face.glyph_index(letter).is_some());
    fonts.with_face_data(face, found).unwrap_or(false)
}

/// A face that has the letter and has not been tried: an embedded or already loaded one, else one of the machine's, of the nearest weight.
fn fallback(letter: char, tried: &[ID], fonts: &mut Arc<Database>) -> Option<ID> {
    let weight = tried.first().and_then(|id| fonts.face(*id)).map_or(400, |face| face.weight.0);
    let far = |face: &FaceInfo| face.weight.0.abs_diff(weight);
    let loaded = fonts
        .faces()
        .filter(|face| !tried.contains(&face.id) && has(fonts, face.id, letter))
        .min_by_key(|face| far(face));
    let loaded = loaded.map(|face| (face.id, far(face)));
    let (machine, order) = installed();
    let is_loaded = |face: &FaceInfo| fonts.faces().any(|known| known.post_script_name == face.post_script_name);
    let fits = |face: &&FaceInfo| !is_loaded(face) && has(machine, face.id, letter);
    let candidates = order.iter().filter_map(|id| machine.face(*id));
    let nearer = |face: &&FaceInfo| loaded.is_none_or(|(_, known)| far(face) < known);
    let found = if loaded.is_some_and(|(_, known)| known == 0) {
        None
    } else {
        candidates.filter(nearer).filter(fits).min_by_key(|face| far(face))
    };
    let Some(face) = found else {
        if loaded.is_none() {
            MISSING.lock().unwrap_or_else(PoisonError::into_inner).insert(letter);
        }
        return loaded.map(|(id, _)| id);
    };
    let (source, index): (Source, u32) = (face.source.clone(), face.index);
    let ids = Arc::make_mut(fonts).load_font_source(source);
    ids.iter().copied().find(|id| fonts.face(*id).is_some_and(|face| face.index == index))
}
