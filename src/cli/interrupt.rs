//! Ctrl-C, and being told to end: it says what was and what was not written, and leaves nothing half done.

use super::stream;
use crate::output::{folder, safe};

/// What a shell makes of a process that a signal ended: 128 and SIGINT's number.
const STOPPED: i32 = 130;

/// From here on Ctrl-C is answered.
pub(super) fn answer() {
    // Where it can't be, it ends the process as it always does.
    let _ = ctrlc::set_handler(|| {
        let written: Vec<String> = folder::stop().iter().map(|path| safe::line(&path.display().to_string())).collect();
        let told = match written.len() {
            0 => "Stopped. Nothing was written.".to_owned(),
            _ => format!("Stopped. Already written: {}. Nothing else was.", written.join(", ")),
        };
        // The line that the cursor is in holds a bar, or what the terminal shows of the keys.
        let break_line = if stream::is_watched() { "\n" } else { "" };
        stream::say(&format!("{break_line}{told}"));
        std::process::exit(STOPPED);
    });
}
