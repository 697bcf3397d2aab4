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
    #[error("cannot read {}: {}", path.display(), plain_words(source))]
    Read {
        /// The file as it was named.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },

    /// A file or folder could not be written.
    #[error("cannot write {}: {}", path.display(), plain_words(source))]
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

/// What went wrong, in words of people: without the system's numbers.
pub fn plain_words(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        ErrorKind::PermissionDenied => "permission is denied".to_owned(),
        ErrorKind::IsADirectory => "it is a folder".to_owned(),
        ErrorKind::NotADirectory => "a part of its path is a file, not a folder".to_owned(),
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "the disk is full".to_owned(),
        ErrorKind::ReadOnlyFilesystem => "the disk can only be read".to_owned(),
        _ => {
            let text = error.to_string();
            text.find(" (os error ").map_or(text.clone(), |at| text[..at].to_owned())
        }
    }
}
