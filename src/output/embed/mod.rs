//! Charts, tables and figures within a planning document. A marker says which scenario and what to show; what stands between it and
//! its closing marker is made anew, and no other byte of the document is touched. It reads and writes no files.

mod document;
mod figures;
mod markers;
mod render;
#[cfg(feature = "tables")]
mod seen;
mod shows;
mod tables;

#[cfg(test)]
mod tests;

pub(crate) use document::EmbedDocument;
pub(crate) use markers::Marker;
pub(crate) use render::{EmbedSource, Rendered, render};
#[cfg(feature = "tables")]
pub(crate) use seen::render_seen;
