//! Bytes from the table of base rates: a document and JSON. What share acted in comparable campaigns, with sources and caveats; for a
//! window of a given length the law that each makes.

mod document;
pub(crate) mod json;

pub(crate) use document::document;
