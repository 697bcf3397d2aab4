//! Files that are read: each is a file. A pipe or a device has no end, and whoever opens one may wait for ever.

use std::fs::{self, File, FileType};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// Opens a file to be read.
///
/// # Errors
/// When it is none, or can't be opened.
pub(crate) fn open(path: &Path) -> Result<File> {
    // Looked at before it is opened: to open a pipe is to wait for whoever writes to it.
    refuse_others(fs::metadata(path)?.file_type())?;
    let file = File::open(path)?;
    // And once more: what was opened need not be what was looked at.
    refuse_others(file.metadata()?.file_type())?;
    Ok(file)
}

/// The bytes of a file.
///
/// # Errors
/// As [`open`], or when it can't be read.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// As [`read`], or when it is not UTF-8.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).map_err(|_| Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
}

fn refuse_others(kind: FileType) -> Result<()> {
    match kind {
        kind if kind.is_file() => Ok(()),
        kind if kind.is_dir() => Err(ErrorKind::IsADirectory.into()),
        _ => Err(Error::new(
            ErrorKind::InvalidInput,
            "it is a pipe or a device, not a file; save what it gives to a file first",
        )),
    }
}

/// What went wrong, in words of people: without the system's numbers.
pub(crate) use crate::error::plain_words as told;

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn only_files_are_read() {
        assert_eq!(
            told(&open(Path::new("/dev/zero")).expect_err("no file")),
            "it is a pipe or a device, not a file; save what it gives to a file first"
        );
        assert_eq!(told(&open(Path::new("/tmp")).expect_err("no file")), "it is a folder");
        assert_eq!(told(&read(Path::new("/nosuch")).expect_err("no file")), "there is no such file or folder");
    }
}
