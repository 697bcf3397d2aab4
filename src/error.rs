//! The one error type of the library. It knows nothing of the other rooms; whoever reports bad input renders it first.

use std::path::PathBuf;

/// A `Result` with the library's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What can go wrong, sorted by whose move it is: the user's input, the machine, or the program itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The input has faults. `report` is the rendered diagnostics, ready to print; `faults` says how many there are.
    #[error("{report}")]
    BadInput {
        /// Rendered diagnostics, one paragraph a fault.
        report: String,
        /// Number of faults in the report.
        faults: usize,
    },

    /// The command line asks for something that can't be.
    #[error("{0}")]
    BadUsage(String),

    /// A file could not be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file as it was named.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A file or folder could not be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file as it was named.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// An output could not be made (a chart, a table, a template).
    #[error("cannot make {what}: {why}")]
    Output {
        /// Which output.
        what: String,
        /// Why.
        why: String,
    },

    /// An engine can't answer.
    #[error("{0}")]
    Engine(String),
}
