//! What a verb says, once, for every medium: a document of findings, paragraphs, tables and figures. A verb builds it; the terminal, Markdown,
//! HTML and CSV lay it out. How a number is written is asked of one place, [`FigureFormat`].

mod block;
mod cell;
#[cfg(test)]
mod checks;
mod csv;
mod figure_format;
#[cfg(feature = "charts")]
mod html;
mod markdown;
mod table;
mod terminal;

pub use block::{Block, Document, Figure, Sources};
pub use cell::Cell;
pub use csv::table as csv;
pub use figure_format::{FigureFormat, MINUS};
#[cfg(feature = "charts")]
pub use html::{Caption, block as html_block, table as html};
pub use markdown::{page, table as markdown};
pub use table::{Column, Row, Table, range_labels};
pub use terminal::{laid_out, text};

#[cfg(test)]
pub(super) use checks::assert_fits;
