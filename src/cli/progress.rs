//! The progress bar: of a whole question, all its parts counted, shown only once it has taken more than a second.

use super::stream;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is quicker needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a bar that is shown moves.
const TICK: Duration = Duration::from_millis(200);

/// Length of the bar, in parts.
const PARTS: f64 = 1000.0;

/// A part of what is done, and about how many seconds it takes. Only their proportions matter: how long things take here is measured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) seconds: f64,
}

/// Where it stands.
#[derive(Debug, Clone)]
struct State {
    phases: Vec<Phase>,
    /// The phase that is at work.
    current: usize,
    /// How much of it is done, 0-1; 0 where it does not say.
    share: f64,
    /// Seconds that the phases before it took.
    spent: f64,
}

impl State {
    /// How much of everything is done, 0-1, and about how many seconds are left, `elapsed` seconds into the current phase.
    fn estimate(&self, elapsed: f64) -> (f64, f64) {
        let seconds = |phases: &[Phase]| phases.iter().map(|phase| phase.seconds).sum::<f64>();
        let before = seconds(&self.phases[..self.current]);
        let own = self.phases.get(self.current).map_or(0.0, |phase| phase.seconds);
        let after = self.phases.get(self.current + 1..).map_or(0.0, seconds);
        // How much slower than was thought: by the phases before, or by what is done of this one.
        let so_far = if self.share > 0.02 && before < own {
            elapsed / (self.share * own).max(1e-9)
        } else if before > 0.0 {
            self.spent / before
        } else {
            1.0
        };
        let slower = so_far.clamp(0.05, 1000.0);
        let of_own = if self.share > 0.02 {
            elapsed * (1.0 - self.share) / self.share
        } else {
            // A phase that takes longer than was thought is nearly done for as long as that lasts.
            (own * slower - elapsed).max(0.1 * own * slower)
        };
        let left = of_own + after * slower;
        let gone = self.spent + elapsed;
        (if gone + left > 0.0 { gone / (gone + left) } else { 0.0 }, left)
    }
}

/// See the module.
pub(super) struct Progress {
    shared: Arc<Shared>,
}

struct Shared {
    bar: ProgressBar,
    state: Mutex<(State, Instant)>,
    is_over: AtomicBool,
}

impl Progress {
    /// Of these phases, one after the other; never shown where that is not wanted or nobody watches.
    pub(super) fn new(phases: Vec<Phase>, quiet: bool) -> Self {
        let style = ProgressStyle::with_template("{bar:40} {percent:>3} %  {msg}");
        let bar = ProgressBar::with_draw_target(Some(PARTS as u64), ProgressDrawTarget::hidden())
            .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        let state = State { phases, current: 0, share: 0.0, spent: 0.0 };
        let shared = Shared { bar, state: Mutex::new((state, Instant::now())), is_over: AtomicBool::new(false) };
        let shared = Arc::new(shared);
        if !quiet && stream::is_watched() {
            let watched = Arc::clone(&shared);
            std::thread::spawn(move || watched.show());
        }
        Self { shared }
    }

    /// The phase of this place begins; those before it are done.
    pub(super) fn begin(&self, phase: usize) {
        self.shared.change(|state, since| {
            if phase > state.current {
                state.spent += since.elapsed().as_secs_f64();
                (state.current, state.share, *since) = (phase, 0.0, Instant::now());
            }
        });
    }

    /// So much of the current phase is done, 0-1.
    pub(super) fn share(&self, share: f64) {
        self.shared.change(|state, _| state.share = state.share.max(share.clamp(0.0, 1.0)));
    }

    /// Takes it away.
    pub(super) fn finish(&self) {
        self.shared.is_over.store(true, Ordering::Relaxed);
        self.shared.bar.finish_and_clear();
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// Of things alike that can be counted.
pub(super) struct CountedProgress {
    progress: Progress,
    done: AtomicU64,
    of: u64,
}

impl CountedProgress {
    pub(super) fn new(name: &'static str, of: u64, quiet: bool) -> Self {
        Self { progress: Progress::new(vec![Phase { name, seconds: 1.0 }], quiet), done: AtomicU64::new(0), of }
    }

    /// So many more are done.
    pub(super) fn inc(&self, more: u64) {
        let done = self.done.fetch_add(more, Ordering::Relaxed) + more;
        self.progress.share(done as f64 / self.of.max(1) as f64);
    }

    pub(super) fn finish(&self) {
        self.progress.finish();
    }
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut State, &mut Instant)) {
        let mut held = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, since) = &mut *held;
        change(state, since);
    }

    fn show(&self) {
        std::thread::sleep(PATIENCE);
        if !self.is_over.load(Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        while !self.is_over.load(Ordering::Relaxed) {
            self.change(|state, since| {
                let (share, left) = state.estimate(since.elapsed().as_secs_f64());
                let name = state.phases.get(state.current).map_or("", |phase| phase.name);
                self.bar.set_position((share * PARTS) as u64);
                self.bar.set_message(format!("{name}, about {} left", seconds(left)));
            });
            std::thread::sleep(TICK);
        }
        self.bar.finish_and_clear();
    }
}

/// `3 s`, `2 min`, `1 h`.
fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 90.0 => format!("{} s", s.ceil()),
        s if s < 5400.0 => format!("{} min", (s / 60.0).round()),
        s => format!("{} h", (s / 3600.0).round()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(current: usize, share: f64, spent: f64) -> State {
        let phases = [2.0, 6.0, 2.0].map(|seconds| Phase { name: "", seconds }).to_vec();
        State { phases, current, share, spent }
    }

    #[test]
    fn what_is_left_counts_every_phase_at_the_speed_that_is_measured() {
        let near = |(share, left): (f64, f64), want: (f64, f64)| {
            assert!((share - want.0).abs() < 1e-9 && (left - want.1).abs() < 1e-9, "{share} {left}");
        };
        // As was thought: 2 of 10 seconds.
        near(state(1, 0.0, 2.0).estimate(0.0), (0.2, 8.0));
        // Twice as slow: the first took 4 seconds, 16 are left.
        near(state(1, 0.0, 4.0).estimate(0.0), (0.2, 16.0));
        // Half of the longest phase took 6 seconds: 6 more, and the last one's 2 twice as slow.
        near(state(1, 0.5, 4.0).estimate(6.0), (0.5, 10.0));
        // One that says nothing and takes too long is nearly done.
        near(state(2, 0.0, 8.0).estimate(100.0), (108.0 / 108.2, 0.2));
    }

    #[test]
    fn a_bar_never_falls_back_and_never_says_that_nothing_is_left() {
        let mut last = 0.0;
        for tenth in 0..100 {
            let (share, left) = state(1, f64::from(tenth) / 100.0, 2.0).estimate(f64::from(tenth) * 0.06);
            assert!(share >= last - 0.02 && left > 0.0, "{share} after {last}");
            last = share;
        }
        assert_eq!([0.4, 89.0, 600.0, 7200.0].map(seconds), ["1 s", "89 s", "10 min", "2 h"]);
    }
}
