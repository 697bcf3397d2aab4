//! Charts, tables and figures within a planning document. A marker says which scenario and what to show; what stands between it and
//! its closing marker is made anew, and no other byte of the document is touched. It reads and writes no files.

mod document;
#[cfg(feature = "cli")]
mod docx;
mod figures;
mod markers;
mod render;
#[cfg(feature = "tables")]
mod seen;
mod shown;
mod shows;
mod tables;

#[cfg(test)]
mod tests;

pub(crate) use document::EmbedDocument;
#[cfg(feature = "cli")]
pub(crate) use docx::DocxTemplate;
pub(crate) use markers::Marker;
pub(crate) use render::{EmbedSource, render};
#[cfg(feature = "tables")]
pub(crate) use seen::render_seen;
pub(crate) use shown::{Rendered, Shown};
