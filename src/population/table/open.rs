//! What a path leads to: told by the first bytes, never by the name. Tables, gzip and folders of parts are read; what a person would take
//! for a table and is none is refused with what to do about it.

use super::limit::{memory_limit, too_large};
use super::{FileTable, WantedColumns, delimited, fault, guard, parquet};
use crate::plan::units::counted;
use crate::scenario::FindingCode;
use crate::scenario::inventory::InventoryFault;
use crate::scenario::safe;
use flate2::read::MultiGzDecoder;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The name of a file as messages have it.
fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl FileTable {
    /// Reads the file or folder at `path`.
    ///
    /// # Errors
    /// When it can't be opened, is no table, or lacks columns.
    pub(crate) fn read(path: &Path, wanted: &WantedColumns<'_>) -> Result<Self, InventoryFault> {
        read(path, wanted)
    }
}

/// Reads a file or a folder.
pub(super) fn read(path: &Path, wanted: &WantedColumns<'_>) -> Result<FileTable, InventoryFault> {
    guard::guarded(|| if path.is_dir() { read_folder(path, wanted) } else { read_file(path, wanted) })
        .unwrap_or_else(|| Err(damaged(&name_of(path))))
}

/// A file whose parts contradict each other.
pub(crate) fn damaged(name: &str) -> InventoryFault {
    let help = "write or copy it again; CSV is easier to mend than Parquet";
    fault(FindingCode::DamagedFile, format!("{name} is damaged: its parts don't fit together"), help)
}

/// Refuses what is there and is no file: a pipe or a device may never end.
///
/// # Errors
/// What it is, and what to do.
fn refuse_special(path: &Path) -> Result<(), (String, String)> {
    let is_special = fs::metadata(path).is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    if is_special {
        let message = format!("{} is a pipe or a device, not a file", path.display());
        return Err((message, "save what it gives as a file, and name that".to_owned()));
    }
    Ok(())
}

fn read_file(path: &Path, wanted: &WantedColumns<'_>) -> Result<FileTable, InventoryFault> {
    let cannot = |error: std::io::Error| {
        let shown = safe::line(&path.display().to_string());
        if error.kind() == std::io::ErrorKind::NotFound {
            return fault(FindingCode::UnreadableFile, format!("there is no file {shown}"), meant_by(path));
        }
        let why = format!("{shown} can't be read: {}", crate::error::plain_words(&error));
        fault(FindingCode::UnreadableFile, why, "the path is relative to the scenario's folder")
    };
    refuse_special(path).map_err(|(message, help)| fault(FindingCode::NotAFile, message, help))?;
    let mut file = File::open(path).map_err(cannot)?;
    let mut begin = Vec::new();
    file.by_ref().take(4).read_to_end(&mut begin).map_err(cannot)?;
    if begin == parquet::MARK || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("parquet")) {
        return parquet::read(file, &name_of(path), wanted);
    }
    if file.metadata().is_ok_and(|meta| meta.len() > memory_limit()) {
        return Err(too_large(&name_of(path), "is larger"));
    }
    let mut bytes = begin;
    file.read_to_end(&mut bytes).map_err(cannot)?;
    read_bytes(&name_of(path), bytes, wanted)
}

/// What a path that leads nowhere may have been meant for.
fn meant_by(path: &Path) -> String {
    let shown = path.to_string_lossy();
    if shown.chars().any(char::is_control) {
        return "within double quotes a backslash begins an escape (`\\n` is a line break): write `/`, or single quotes".to_owned();
    }
    if shown.contains(":/") && shown.contains("http") {
        return "an address is not fetched: save the file beside the scenario, and name that".to_owned();
    }
    if path.components().any(|part| part.as_os_str() == "~") {
        return "`~` stands for your home folder in a shell alone: write the whole path".to_owned();
    }
    if shown.contains('\\') && !cfg!(windows) {
        return format!("a backslash parts folders on Windows alone: write {}", shown.replace('\\', "/"));
    }
    let near = crate::scenario::nearest_file(path).map_or_else(String::new, |near| format!("did you mean {near}? "));
    format!("{near}the path is relative to the scenario's folder")
}

fn read_bytes(name: &str, bytes: Vec<u8>, wanted: &WantedColumns<'_>) -> Result<FileTable, InventoryFault> {
    const ZIP: &[u8] = b"PK\x03\x04";
    const OLD_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0";
    match bytes {
        bytes if bytes.starts_with(parquet::MARK) => parquet::read(std::io::Cursor::new(bytes), name, wanted),
        bytes if bytes.starts_with(&[0x1f, 0x8b]) => read_bytes(name, unpacked(name, &bytes)?, wanted),
        bytes if bytes.starts_with(ZIP) => {
            // A workbook is a zip whose parts say so in their names, which are not packed.
            let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
            Err(if has(b"xl/workbook") || has(b"xl/worksheets") || has(b"content.xml") {
                workbook(name)
            } else {
                fault(FindingCode::NotATable, format!("{name} is a zip archive"), "unpack it, and name the file in it")
            })
        }
        bytes if bytes.starts_with(OLD_OFFICE) => Err(workbook(name)),
        bytes => delimited::read(name, bytes, wanted),
    }
}

fn workbook(name: &str) -> InventoryFault {
    let help = "save the sheet as CSV (in Excel: File, Save As, CSV UTF-8), and name that file";
    fault(FindingCode::NotATable, format!("{name} is a workbook"), help)
}

fn unpacked(name: &str, bytes: &[u8]) -> Result<Vec<u8>, InventoryFault> {
    let (mut unpacked, limit) = (Vec::new(), memory_limit());
    let read = MultiGzDecoder::new(bytes).take(limit + 1).read_to_end(&mut unpacked);
    if let Err(error) = read {
        let message = format!("{name} is compressed by gzip and can't be unpacked: {error}");
        return Err(fault(FindingCode::NotATable, message, "is it whole? Copy it again, or unpack it yourself"));
    }
    if unpacked.len() as u64 > limit {
        return Err(too_large(name, "unpacks to more"));
    }
    Ok(unpacked)
}

/// The parts of a folder, in the order of their names. What begins with a dot or an underscore is a tool's own.
fn parts_of(path: &Path) -> Result<(Vec<PathBuf>, Vec<String>), InventoryFault> {
    let name = name_of(path);
    let cannot = |error: std::io::Error| {
        fault(
            FindingCode::UnreadableFile,
            format!("the folder {name} can't be read: {}", crate::error::plain_words(&error)),
            "may you read it?",
        )
    };
    let (mut parts, mut skipped) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(path).map_err(cannot)? {
        let part = entry.map_err(cannot)?.path();
        if name_of(&part).starts_with(['.', '_']) {
            skipped.push(name_of(&part));
            continue;
        }
        if part.is_dir() {
            let message = format!("the folder {name} holds another folder, {}", name_of(&part));
            return Err(fault(FindingCode::FolderInFolder, message, "name that folder, or put all parts into one"));
        }
        parts.push(part);
    }
    parts.sort();
    skipped.sort();
    if parts.is_empty() {
        return Err(fault(
            FindingCode::NoOrgs,
            format!("the folder {name} holds no files"),
            "name a file, or a folder of part files",
        ));
    }
    Ok((parts, skipped))
}

fn read_folder(path: &Path, wanted: &WantedColumns<'_>) -> Result<FileTable, InventoryFault> {
    let mut all = FileTable::default();
    let mut first: Option<(String, Vec<&'static str>)> = None;
    let (parts, skipped) = parts_of(path)?;
    for part in &parts {
        let name = name_of(part);
        if fs::metadata(part).is_ok_and(|meta| meta.len() == 0) {
            all.notes.push(format!("{name} is empty."));
            continue;
        }
        let table = read_file(part, wanted)?;
        let columns: Vec<&'static str> = table.columns.iter().map(|column| column.ours).collect();
        match &first {
            None => first = Some((name.clone(), columns)),
            Some((before, known)) if *known != columns => {
                let message = format!("{name} has other columns than {before}");
                let mut found = fault(FindingCode::PartsDiffer, message, "all parts of a folder have the same columns");
                found.notes =
                    vec![format!("{before}: {}", known.join(", ")), format!("{name}: {}", columns.join(", "))];
                return Err(found);
            }
            Some(_) => {}
        }
        let notes = std::mem::take(&mut all.notes);
        all.append(table).map_err(|_| {
            let help = "all parts of a folder are CSV, or all are Parquet with the same types";
            fault(FindingCode::PartsDiffer, format!("{name} is of another kind than the parts before it"), help)
        })?;
        all.notes.splice(0..0, notes);
    }
    all.notes.push(format!("{} was read as {}.", name_of(path), counted(parts.len() as u64, "part", "parts")));
    if !skipped.is_empty() {
        let (files, are) =
            (counted(skipped.len() as u64, "file", "files"), if skipped.len() == 1 { "is" } else { "are" });
        let named: Vec<&str> = skipped.iter().take(5).map(String::as_str).collect();
        let more = if skipped.len() > named.len() { ", ..." } else { "" };
        all.notes.push(format!(
            "{files} in it {are} not read, since names that begin with a dot or an underscore are a tool's own: {}{more}.",
            named.join(", ")
        ));
    }
    Ok(all)
}
