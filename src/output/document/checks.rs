//! What every document must hold, whatever it says.

use super::block::{Block, Document};
use super::{page, text};
use crate::output::terminal::Look;
use textwrap::core::display_width;

/// No line is wider than the terminal but those that are to be copied; no text breaks a table of the page; each of its rows is whole.
pub(in crate::output) fn assert_fits(name: &str, document: &Document) {
    let copied: Vec<&str> = (document.blocks.iter())
        .filter_map(|block| match block {
            Block::Code { short, .. } => Some(short.as_str()),
            _ => None,
        })
        .collect();
    for width in [60, 80, 100, 120] {
        for line in text(document, Look { width, colour: false }).lines() {
            let is_copied = copied.iter().any(|text| line.contains(text));
            assert!(is_copied || display_width(line) <= width, "{name} at {width}: `{line}`");
        }
    }
    let page = page(document);
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    for (line, next) in page.lines().zip(page.lines().skip(1)) {
        if line.starts_with('|') && next.starts_with('|') {
            assert_eq!(columns(line), columns(next), "{name}: {line}\n{next}");
        }
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("# ")).count(), 1, "{name}: {page}");
}
