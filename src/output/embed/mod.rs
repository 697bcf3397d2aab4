//! Charts, tables and figures within a planning document. A marker says which scenario and what to show; what stands between it and
//! its closing marker is made anew, and no other byte of the document is touched. It reads and writes no files.

mod document;
mod figures;
mod markers;
mod render;
mod shows;
mod tables;

#[cfg(test)]
mod tests;

pub use document::EmbedDocument;
pub use markers::{Marker, MarkerPlace};
pub use render::{EmbedSource, Rendered, render};
pub use shows::{EmbedForm, Show};
