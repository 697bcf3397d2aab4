//! What a reader of tables wants: which columns, by which names, and what to do with bad rows.

/// A column that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedColumn {
    /// Our name for it.
    pub ours: &'static str,
    /// The file's name for it, where the caller gave one; else it goes by ours.
    pub theirs: Option<String>,
}

impl WantedColumn {
    /// What the file is asked for.
    pub(crate) fn name(&self) -> &str {
        self.theirs.as_deref().unwrap_or(self.ours)
    }
}

/// What a table is asked for.
#[derive(Debug, Clone)]
pub(crate) struct WantedColumns<'a> {
    /// All columns that are read where they are there.
    pub columns: Vec<WantedColumn>,
    /// Sets of columns, by our names, of which one must be there.
    pub any_of: &'a [&'a [&'static str]],
    /// Two columns of which a file has one.
    pub not_both: Option<(&'static str, &'static str)>,
    /// How a name is mapped, to be shown: `columns = { {ours} = "{theirs}" }`.
    pub mapping: fn(ours: &str, theirs: &str) -> String,
    /// Whether rows that are no text are left out, instead of refusing the file.
    pub skip_bad_rows: bool,
}
