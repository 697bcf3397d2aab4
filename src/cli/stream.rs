//! Standard output and standard error: results to the one, words to the other. A reader that closes its pipe early is no error.

use crate::output::safe;
use crate::output::terminal::Look;
use crate::{Error, Result};
use std::io::{ErrorKind, IsTerminal, Write};
use std::path::PathBuf;

/// Prints results to standard output, with colours only where they are wanted. Nothing in them steers the terminal.
pub(super) fn print(text: &str) -> Result<()> {
    put(&safe::terminal(text))
}

/// Prints JSON to standard output.
pub(super) fn print_json(text: &str) -> Result<()> {
    put(&safe::json(text))
}

/// Prints what another program is to read as it is: a patch, a script. A person at a terminal gets it harmless.
pub(super) fn print_exact(text: &str) -> Result<()> {
    if std::io::stdout().is_terminal() { print(text) } else { put(text) }
}

fn put(text: &str) -> Result<()> {
    let mut out = anstream::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::Write { path: PathBuf::from("standard output"), source: error })
        }
        _ => Ok(()),
    }
}

/// Says something on standard error; there is nobody to tell where that fails.
pub(super) fn say(text: &str) {
    let mut err = anstream::stderr().lock();
    let _ = writeln!(err, "{}", safe::terminal(text));
}

/// How to lay out text on standard output: for the terminal's width, within reason, or 100 columns where there is none.
/// Colours are written always; the stream takes them out where they are not wanted.
pub(super) fn look() -> Look {
    let width = terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).clamp(60, 120);
    Look { width, colour: true }
}

/// Whether a person watches standard error.
pub(super) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}
