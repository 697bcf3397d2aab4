//! One page for a leader: the finding, the headline figures, a chart, the dates, what to watch, what it rests on and what is not known. Built
//! once; `one-page.docx` and the report's page lay it out.

mod build;
#[cfg(feature = "cli")]
mod docx;
mod html;
mod page;
#[cfg(feature = "cli")]
mod room;
#[cfg(feature = "cli")]
mod sheet;
mod watch;

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests;

pub(super) use build::one_page;
#[cfg(feature = "cli")]
pub(super) use docx::docx;
pub(super) use html::html;
