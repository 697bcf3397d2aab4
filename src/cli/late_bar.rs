//! A progress bar that shows itself only once something has taken more than a second.

use super::stream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::Once;
use std::time::{Duration, Instant};

/// What is quicker needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct LateBar {
    bar: ProgressBar,
    since: Instant,
    wanted: bool,
    shown: Once,
}

impl LateBar {
    /// For so many of `things`; never shown where that is not wanted or nobody watches.
    pub(super) fn new(count: u64, things: &'static str, quiet: bool) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len} {msg}, {eta} left");
        let bar = ProgressBar::with_draw_target(Some(count), ProgressDrawTarget::hidden())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
            .with_message(things);
        Self { bar, since: Instant::now(), wanted: !quiet && stream::is_watched(), shown: Once::new() }
    }

    /// So many more are done.
    pub(super) fn inc(&self, done: u64) {
        self.bar.inc(done);
        if self.wanted && self.since.elapsed() > PATIENCE {
            self.shown.call_once(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }

    /// Takes it away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
