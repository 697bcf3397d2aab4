//! The one place that writes files. It checks that a folder can be written before anything is computed, never leaves half a file, and
//! replaces the files of a folder together: they are all written aside first, and then only renamed.

use crate::{Error, Result};
use std::collections::hash_map::RandomState;
use std::fs::{self, File as Handle};
use std::hash::{BuildHasher, Hasher};
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A file to be written: its name relative to the folder, with `/` between parts, and its bytes.
pub type File = (String, Vec<u8>);

/// How what is not finished yet is called: hidden, ours, and unlike any other's.
const BEGIN: &str = ".cutover-";
const END: &str = ".tmp";

/// In a stage, what says that all its files are whole; it lists those that go.
const WHOLE: &str = "whole";

/// What this process has written, and what it is about to.
struct Writes {
    /// Folders and files that have their new content.
    written: Vec<PathBuf>,
    /// Where files are made before they take their places.
    stages: Vec<PathBuf>,
    /// Folders that were made and may be empty still, the outermost first.
    made: Vec<PathBuf>,
}

/// Held while files take their places, so that whoever stops the process waits for that.
static WRITES: Mutex<Writes> = Mutex::new(Writes { written: Vec::new(), stages: Vec::new(), made: Vec::new() });

fn writes() -> MutexGuard<'static, Writes> {
    // A list of paths is whole whatever happened to a thread that held it.
    WRITES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends all writing of this process, for good: files that take their places still do, what is not finished is removed. Returns the folders and
/// files that have been written. To be called before the process ends, since a later write would wait for ever.
pub fn stop() -> Vec<PathBuf> {
    let mut held = writes();
    let written = std::mem::take(&mut held.written);
    held.stages.iter().for_each(|stage| drop(fs::remove_dir_all(stage)));
    remove_empty(&held.made);
    std::mem::forget(held);
    written
}

/// Removes what has been made of folders, and nothing was written to.
pub fn forget_empty() {
    remove_empty(&writes().made);
}

fn remove_empty(made: &[PathBuf]) {
    // A folder that holds something stays.
    made.iter().rev().for_each(|folder| drop(fs::remove_dir(folder)));
}

/// Makes a folder, and remembers what of the way to it was made.
fn make(folder: &Path) -> std::io::Result<()> {
    let missing: Vec<PathBuf> = folder
        .ancestors()
        .take_while(|part| !part.as_os_str().is_empty() && !part.exists())
        .map(Path::to_owned)
        .collect();
    fs::create_dir_all(folder)?;
    writes().made.extend(missing.into_iter().rev());
    Ok(())
}

fn cannot(path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Write { path, source }
}

/// Makes the folder and tries it, so that a path that can't be written fails before a run, not after it.
///
/// # Errors
/// When the folder can't be made or written to.
pub fn prepare(folder: &Path) -> Result<()> {
    make(folder).map_err(cannot(folder))?;
    clear(folder);
    Stage::new(folder).map(drop)
}

/// Writes all files, or none.
///
/// # Errors
/// Names the first file that can't be written; the folder is then as it was.
pub fn write(folder: &Path, files: &[File]) -> Result<()> {
    replace(folder, files, &[])
}

/// Writes all files, or none, and removes those of `before` that are not among them: what an earlier run has written and this one has not.
///
/// # Errors
/// Names the first file that can't be written; the folder is then as it was.
pub fn replace(folder: &Path, files: &[File], before: &[String]) -> Result<()> {
    fs::create_dir_all(folder).map_err(cannot(folder))?;
    clear(folder);
    let stage = Stage::new(folder)?;
    files.iter().try_for_each(|(name, bytes)| stage.put(name, bytes))?;
    let goes = |name: &&String| !files.iter().any(|file| file.0 == **name);
    let gone: Vec<&str> = before.iter().filter(goes).map(String::as_str).collect();
    let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
    stage.settle(&names, &gone)
}

/// Writes one file: it gets a name of its own first, and its real one once it is whole.
///
/// # Errors
/// When it can't be written; the file of that name is then as it was.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(cannot(parent))?;
    }
    write_by(path, bytes, |_| Ok(()))
}

/// Writes over a file that is there: where it is a link, what it leads to, and with the same permissions.
///
/// # Errors
/// When it can't be written; it is then as it was.
pub fn write_over(path: &Path, bytes: &[u8]) -> Result<()> {
    let real = fs::canonicalize(path).map_err(cannot(path))?;
    let permissions = fs::metadata(&real).map_err(cannot(path))?.permissions();
    if permissions.readonly() {
        return Err(cannot(path)(ErrorKind::PermissionDenied.into()));
    }
    write_by(&real, bytes, |aside| fs::set_permissions(aside, permissions))
}

/// Writes a file aside, readies it, and gives it its place at one stroke.
fn write_by(path: &Path, bytes: &[u8], ready: impl FnOnce(&Path) -> std::io::Result<()>) -> Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    clear(folder);
    let stage = Stage::new(folder)?;
    let aside = stage.path.join("file");
    fs::write(&aside, bytes).and_then(|()| ready(&aside)).map_err(cannot(path))?;
    let mut writes = writes();
    fs::rename(&aside, path).map_err(cannot(path))?;
    writes.written.push(path.to_owned());
    Ok(())
}

/// A name that no other process on no other machine takes: 64 bits of the system's randomness.
fn unlike() -> String {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    format!("{BEGIN}{:016x}{END}", hasher.finish())
}

/// Where the files of a folder are made before they take their places. It goes when it is dropped.
struct Stage {
    folder: PathBuf,
    path: PathBuf,
    /// Held as long as somebody is at work here.
    _lock: Handle,
}

impl Stage {
    fn new(folder: &Path) -> Result<Self> {
        let path = loop {
            let path = folder.join(unlike());
            match fs::create_dir(&path) {
                Ok(()) => break path,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(cannot(folder)(error)),
            }
        };
        // It gets its name once it is held: nobody may take what has just begun for what was left. (On file systems without locks age tells.)
        let hold = || {
            let lock = Handle::create_new(path.join("hold"))?;
            let _ = lock.lock();
            fs::rename(path.join("hold"), path.join("lock")).map(|()| lock)
        };
        let lock = hold().map_err(cannot(folder))?;
        writes().stages.push(path.clone());
        Ok(Self { folder: folder.to_owned(), path, _lock: lock })
    }

    fn new_one(&self, name: &str) -> PathBuf {
        self.path.join("new").join(name)
    }

    fn old_one(&self, name: &str) -> PathBuf {
        self.path.join("old").join(name)
    }

    /// Writes a file aside.
    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let (aside, place) = (self.new_one(name), self.folder.join(name));
        let written = make_folder_of(&aside).and_then(|()| fs::write(aside, bytes));
        written.map_err(cannot(&place))
    }

    /// Gives every file its place. Nothing is written any more, only renamed; where that fails, all is put back.
    fn settle(self, names: &[&str], gone: &[&str]) -> Result<()> {
        for name in names.iter().chain(gone) {
            let place = self.folder.join(name);
            if fs::symlink_metadata(&place).is_ok_and(|found| found.is_dir()) {
                return Err(cannot(&place)(ErrorKind::IsADirectory.into()));
            }
        }
        fs::write(self.path.join(WHOLE), gone.join("\n")).map_err(cannot(&self.folder))?;
        let mut done: Vec<&str> = Vec::new();
        let mut writes = writes();
        for name in gone.iter().chain(names) {
            done.push(name);
            if let Err(error) = self.exchange(name) {
                done.into_iter().rev().for_each(|name| self.put_back(name));
                let _ = fs::remove_file(self.path.join(WHOLE));
                return Err(cannot(&self.folder.join(name))(error));
            }
        }
        writes.written.push(self.folder.clone());
        Ok(())
    }

    /// The new file takes its place at one stroke, the old one is kept aside; one that has no successor goes there.
    fn exchange(&self, name: &str) -> std::io::Result<()> {
        let (place, old, new) = (self.folder.join(name), self.old_one(name), self.new_one(name));
        let succeeds = fs::symlink_metadata(&new).is_ok();
        if fs::symlink_metadata(&place).is_ok() {
            make_folder_of(&old)?;
            let linked = succeeds && fs::hard_link(&place, &old).is_ok();
            if !linked {
                fs::rename(&place, &old)?;
            }
        }
        if succeeds {
            make_folder_of(&place)?;
            fs::rename(&new, &place)?;
        }
        Ok(())
    }

    fn put_back(&self, name: &str) {
        let (place, old, new) = (self.folder.join(name), self.old_one(name), self.new_one(name));
        if fs::symlink_metadata(&old).is_ok() {
            let _ = fs::rename(old, place);
        } else if fs::symlink_metadata(&new).is_err() {
            let _ = fs::remove_file(place);
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
        writes().stages.retain(|stage| *stage != self.path);
    }
}

fn make_folder_of(file: &Path) -> std::io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)
}

/// Removes what runs that were killed have left in a folder; an exchange that had begun is ended first. What somebody is at work on stays.
fn clear(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let ours = |name: &str| {
        let middle = name.strip_prefix(BEGIN).and_then(|rest| rest.strip_suffix(END));
        middle.is_some_and(|m| m.len() == 16 && m.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(ours)) {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) && is_left(&path.join("lock")) {
            end_exchange(folder, &path);
            let _ = fs::remove_dir_all(&path);
        }
    }
}

/// Whether nobody holds this file any more; one that can't be asked is left after a day.
fn is_left(lock: &Path) -> bool {
    let is_old = |path: &Path| {
        let changed = fs::symlink_metadata(path).and_then(|found| found.modified()).ok();
        changed.and_then(|at| at.elapsed().ok()).is_some_and(|age| age.as_secs() > 86_400)
    };
    match Handle::open(lock).map(|file| file.try_lock()) {
        Ok(Ok(())) => true,
        Ok(Err(fs::TryLockError::WouldBlock)) => false,
        Ok(Err(fs::TryLockError::Error(_))) => is_old(lock),
        // Its owner has just begun, or was killed just then.
        Err(_) => lock.parent().is_some_and(is_old),
    }
}

/// Ends an exchange that a killed run had begun: every file was whole by then.
fn end_exchange(folder: &Path, stage: &Path) {
    let Ok(gone) = fs::read_to_string(stage.join(WHOLE)) else { return };
    for name in gone.lines().filter(|name| is_inside(name)) {
        let _ = fs::remove_file(folder.join(name));
    }
    let mut names = Vec::new();
    files_in(&stage.join("new"), Path::new(""), &mut names);
    for name in names {
        let place = folder.join(&name);
        let _ = make_folder_of(&place).and_then(|()| fs::rename(stage.join("new").join(&name), &place));
    }
}

fn is_inside(name: &str) -> bool {
    !name.is_empty() && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn files_in(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = below.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_in(&entry.path(), &name, found),
            Ok(kind) if kind.is_file() => found.push(name),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        (name.to_owned(), text.as_bytes().to_vec())
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        files_in(folder, Path::new(""), &mut found);
        let mut names: Vec<String> = found.iter().map(|p| p.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn text(path: PathBuf) -> String {
        fs::read_to_string(path).expect("read")
    }

    #[test]
    fn files_arrive_whole_and_leave_nothing_beside_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("new/out");
        prepare(&out).expect("it can be written");
        write(&out, &[file("a.txt", "one"), file("charts/b.txt", "two")]).expect("written");
        write(&out, &[file("a.txt", "three")]).expect("written over");
        assert_eq!((text(out.join("a.txt")), text(out.join("charts/b.txt"))), ("three".to_owned(), "two".to_owned()));
        assert_eq!(fs::read_dir(&out).expect("listed").count(), 2);
    }

    #[test]
    fn one_file_is_written_whole_and_over_what_a_link_leads_to() {
        let out = tempfile::tempdir().expect("a folder");
        write_file(&out.path().join("a"), b"one").expect("written");
        write_file(&out.path().join("a"), b"two").expect("written over");
        write_over(&out.path().join("a"), b"three").expect("written over");
        assert_eq!((names(out.path()), text(out.path().join("a"))), (vec!["a".to_owned()], "three".to_owned()));
        assert!(write_over(&out.path().join("none"), b"x").is_err());
    }

    #[test]
    fn a_folder_that_is_a_file_fails_before_the_run_and_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let taken = folder.path().join("taken");
        fs::write(&taken, b"").expect("written");
        let error = prepare(&taken).expect_err("it is a file");
        assert!(error.to_string().contains("taken"), "{error}");
    }

    #[test]
    fn what_an_earlier_run_wrote_and_this_one_does_not_goes_and_what_others_wrote_stays() {
        let out = tempfile::tempdir().expect("a folder");
        fs::write(out.path().join("mine.txt"), "x").expect("written");
        let before = ["a", "charts/b", "c"].map(str::to_owned);
        replace(out.path(), &[file("a", "1"), file("charts/b", "1")], &before).expect("written");
        replace(out.path(), &[file("a", "2"), file("c", "2")], &before).expect("written");
        assert_eq!(names(out.path()), ["a", "c", "mine.txt"]);
    }

    /// The last of the files can't take its place: a folder of that name is in the way.
    #[test]
    fn a_run_that_fails_leaves_the_old_files_and_nothing_else() {
        let out = tempfile::tempdir().expect("a folder");
        write(out.path(), &[file("a", "old"), file("b", "old")]).expect("written");
        fs::create_dir(out.path().join("c")).expect("made");
        for last in ["c", "a/b"] {
            let error =
                write(out.path(), &[file("a", "new"), file("d", "new"), file(last, "new")]).expect_err("in the way");
            assert!(error.to_string().contains(last), "{error}");
            assert_eq!(names(out.path()), ["a", "b"]);
            assert_eq!(text(out.path().join("a")), "old");
        }
    }

    #[test]
    fn an_exchange_that_fails_half_way_is_undone() {
        let out = tempfile::tempdir().expect("a folder");
        write(out.path(), &[file("a", "old")]).expect("written");
        let stage = Stage::new(out.path()).expect("made");
        stage.put("a", b"new").expect("put");
        stage.put("b", b"new").expect("put");
        // Where a folder should be made, a file is.
        fs::write(out.path().join("x"), "old").expect("written");
        stage.put("x/y", b"new").expect("put");
        stage.settle(&["a", "b", "x/y"], &[]).expect_err("a file is in the way");
        assert_eq!(names(out.path()), ["a", "x"]);
        assert_eq!(text(out.path().join("a")), "old");
    }

    #[test]
    fn what_killed_runs_left_goes_with_the_next_and_a_running_one_is_let_be() {
        let out = tempfile::tempdir().expect("a folder");
        write(out.path(), &[file("a", "old"), file("b", "old"), file("c", "old")]).expect("written");
        // One was killed while it wrote, one after its first file had taken its place.
        for (whole, name) in [(false, "a"), (true, "b")] {
            let mut stage = Stage::new(out.path()).expect("made");
            stage.put(name, b"new").expect("put");
            if whole {
                fs::write(stage.path.join(WHOLE), "c\n../outside\n/etc/passwd").expect("written");
            }
            stage._lock = Handle::open(out.path().join("a")).expect("another handle: the lock is free");
            std::mem::forget(stage);
        }
        let running = Stage::new(out.path()).expect("made");
        prepare(out.path()).expect("it can be written");
        assert_eq!((text(out.path().join("a")), text(out.path().join("b"))), ("old".to_owned(), "new".to_owned()));
        assert!(!out.path().join("c").exists() && running.path.exists());
        drop(running);
        assert_eq!(names(out.path()), ["a", "b"]);
    }
}
