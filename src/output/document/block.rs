//! A document and what it is made of.

use super::figure_format::FigureFormat;
use super::table::Table;
use crate::results::Provenance;

/// What a verb says.
///
/// ```
/// use cutover::output::document::{Block, Cell, Column, Document, Table, page, text};
/// use cutover::output::terminal::Look;
///
/// let columns = vec![Column::text("rate"), Column::number("failed")];
/// let table = Table::new("outcomes", "Outcomes", columns, vec![vec![Cell::text("50 %"), Cell::mean(88.9, None)]]);
/// let document = Document::new("Plan", vec![]).with([Block::Finding("89 fail.".to_owned()), Block::Table(table)]);
/// assert!(page(&document).contains("| 50 % | 88.9 |"));
/// assert!(text(&document, Look { width: 80, colour: false }).starts_with("89 fail."));
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The heading of a page. A terminal does without: its reader typed the command.
    pub title: String,
    /// What it is about, in lines: the plan's title, how the figures were found.
    pub about: Vec<String>,
    /// What it says, in order.
    pub blocks: Vec<Block>,
    /// How its figures are written.
    pub format: FigureFormat,
}

/// One part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The answer, a sentence.
    Finding(String),
    /// Sentences.
    Paragraph(String),
    /// Sentences that few readers need: how something was found, a check that holds.
    Aside(String),
    /// Sentences that say why not to rely on what stands around.
    Warning(String),
    /// The heading of a part of a page; a terminal does without.
    Heading(String),
    /// Items with a name each, and lines about it.
    Items {
        /// The heading.
        title: String,
        /// Names, and what is said of each.
        items: Vec<(String, String)>,
    },
    /// A table.
    Table(Table),
    /// A picture; a terminal shows none.
    Figure(Figure),
    /// Text to be copied as it stands, below words that say what for.
    Code {
        /// What it is for.
        title: String,
        /// Its language, for pages.
        language: &'static str,
        /// The lines, as a page shows them.
        text: String,
        /// The lines that a terminal shows: those that matter.
        short: String,
    },
    /// Sentences one below the other; a terminal does without.
    List(Vec<String>),
    /// What must be known with the figures, a sentence each.
    Notes(Vec<String>),
    /// What stands on a terminal alone.
    OnScreen(Box<Block>),
    /// What stands on a page alone.
    OnPage(Box<Block>),
    /// Where it comes from; a terminal does without.
    Sources(Sources),
}

/// A chart of a page, in `charts/` beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// Its file's name without ending.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub finding: String,
}

/// Where a document comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Scenarios or other files, each with a name: a role, or a plan's title.
    pub files: Vec<(String, Provenance)>,
    /// Further facts, each with its name: the seed, the number of runs.
    pub facts: Vec<(&'static str, String)>,
}

impl Document {
    /// A document of no blocks yet.
    pub fn new(title: impl Into<String>, about: Vec<String>) -> Self {
        Self { title: title.into(), about, blocks: Vec::new(), format: FigureFormat::default() }
    }

    /// Adds blocks.
    pub fn with(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }
}

impl Block {
    /// The sentences of a decision: the first is the finding.
    pub fn decision(sentences: &[String]) -> Vec<Self> {
        let Some((first, rest)) = sentences.split_first() else { return Vec::new() };
        let rest = (!rest.is_empty()).then(|| Self::Paragraph(rest.join(" ")));
        std::iter::once(Self::Finding(first.clone())).chain(rest).collect()
    }

    /// Notes, where there are any.
    pub fn notes(notes: &[String]) -> Option<Self> {
        (!notes.is_empty()).then(|| Self::Notes(notes.to_vec()))
    }

    /// The same on a page alone.
    pub fn on_page(self) -> Self {
        Self::OnPage(Box::new(self))
    }

    /// The same on a terminal alone.
    pub fn on_screen(self) -> Self {
        Self::OnScreen(Box::new(self))
    }

    /// What tells how far to trust the figures, below a heading of its own.
    pub fn trust(blocks: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let blocks: Vec<Self> = blocks.into_iter().collect();
        let heading = (!blocks.is_empty()).then(|| Self::Heading("How far to trust this".to_owned()));
        heading.into_iter().chain(blocks).collect()
    }
}

impl Sources {
    /// One scenario.
    pub fn scenario(from: &Provenance) -> Self {
        Self { files: vec![("scenario".to_owned(), from.clone())], facts: Vec::new() }
    }
}
