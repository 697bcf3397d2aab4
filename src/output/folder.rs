//! The one place that writes files. It checks that a folder can be written before anything is computed, and never leaves
//! half a file.

use crate::{Error, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// A file to be written: its name relative to the folder, with `/` between parts, and its bytes.
pub type File = (String, Vec<u8>);

fn cannot(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}

/// Makes the folder and tries it, so that a path that can't be written fails before a run, not after it.
///
/// # Errors
/// When the folder can't be made or written to.
pub fn prepare(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(cannot(folder))?;
    let trial = beside(&folder.join("trial"));
    fs::write(&trial, b"").map_err(cannot(folder))?;
    fs::remove_file(&trial).map_err(cannot(folder))
}

/// Writes all files. Each gets a temporary name in its folder first, and its own once it is whole.
///
/// # Errors
/// Names the first file that can't be written.
pub fn write(folder: &Path, files: &[File]) -> Result<()> {
    files.iter().try_for_each(|(name, bytes)| write_file(&folder.join(name), bytes))
}

/// Writes one file, as [`write`] does.
///
/// # Errors
/// When it can't be written; the file of that name is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(cannot(parent))?;
    }
    let temporary = beside(path);
    let written = fs::write(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What is left of it is of no use; that it can't be removed either is not the error to report.
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(cannot(path))
}

/// Writes over a file that is there: where it is a link, what it leads to, and with the same permissions.
///
/// # Errors
/// When it can't be written; it is then as it was.
pub fn write_over(path: &Path, bytes: &[u8]) -> Result<()> {
    let real = fs::canonicalize(path).map_err(cannot(path))?;
    let permissions = fs::metadata(&real).map_err(cannot(path))?.permissions();
    if permissions.readonly() {
        return Err(cannot(path)(std::io::ErrorKind::PermissionDenied.into()));
    }
    let temporary = beside(&real);
    let written = fs::write(&temporary, bytes)
        .and_then(|()| fs::set_permissions(&temporary, permissions))
        .and_then(|()| fs::rename(&temporary, &real));
    if written.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(cannot(path))
}

/// A hidden name in the same folder that no other process uses.
fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_arrive_whole_and_leave_nothing_beside_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("new/out");
        prepare(&out).expect("it can be written");
        write(&out, &[("a.txt".to_owned(), b"one".to_vec()), ("charts/b.txt".to_owned(), b"two".to_vec())])
            .expect("written");
        write(&out, &[("a.txt".to_owned(), b"three".to_vec())]).expect("written over");
        assert_eq!(fs::read(out.join("a.txt")).expect("read"), b"three");
        assert_eq!(fs::read(out.join("charts/b.txt")).expect("read"), b"two");
        assert_eq!(fs::read_dir(&out).expect("listed").count(), 2);
    }

    #[test]
    fn a_folder_that_is_a_file_fails_before_the_run_and_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("taken");
        fs::write(&file, b"").expect("written");
        let error = prepare(&file).expect_err("it is a file");
        assert!(error.to_string().contains("taken"), "{error}");
    }
}
