//! What several of the tests need: where the project is, the command, and files that are mangled at random.

use assert_cmd::Command;
use std::path::Path;
use std::process::Output;

/// The project's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The command, on 1 May 2026: years are left out of dates of that year.
pub(crate) fn command() -> Command {
    let mut command = Command::cargo_bin("cutover").expect("the binary");
    command.env("SOURCE_DATE_EPOCH", "1777593600");
    command
}

/// The command, run in a folder.
pub(crate) fn cutover_in(folder: &Path, args: &[&str]) -> Output {
    command().current_dir(folder).args(args).output().expect("it starts")
}

/// The command, run in the project's root.
pub(crate) fn cutover(args: &[&str]) -> Output {
    cutover_in(root(), args)
}

/// Bytes as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// An example with `cut` bytes at each place replaced by one of `bits`: each edit is a place, how many bytes are cut, and which bit.
pub(crate) fn mangled(example: &str, edits: &[(usize, usize, usize)], bits: &[&str]) -> String {
    let mut text = example.to_owned();
    for (at, cut, bit) in edits {
        let boundary = |mut i: usize, text: &str| {
            i %= text.len() + 1;
            while !text.is_char_boundary(i) {
                i -= 1;
            }
            i
        };
        let from = boundary(*at, &text);
        let to = boundary((from + cut).min(text.len()), &text).max(from);
        text.replace_range(from..to, bits[bit % bits.len()]);
    }
    text
}
