//! A guard around code that gives up on some damaged files, by a panic, where it should refuse them.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::{Mutex, PoisonError};

/// Who may silence panics: one at a time, so that each puts back the hook that it found.
static SILENCE: Mutex<()> = Mutex::new(());

thread_local! {
    /// Whether this thread stands in guarded code already.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; `None` where it panics, without a word on standard error.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    if INSIDE.get() {
        return Some(work());
    }
    let _silence = SILENCE.lock().unwrap_or_else(PoisonError::into_inner);
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    INSIDE.set(true);
    let done = catch_unwind(AssertUnwindSafe(work)).ok();
    INSIDE.set(false);
    set_hook(hook);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_no_answer_and_what_is_done_is_kept() {
        assert_eq!(guarded(|| 7), Some(7));
        assert_eq!(guarded(|| -> u32 { panic!("a damaged file") }), None);
        assert_eq!(guarded(|| guarded(|| 8)), Some(Some(8)));
        assert_eq!(guarded(|| guarded(|| -> u32 { panic!("a damaged file") })), None);
        assert_eq!(guarded(|| 9), Some(9));
    }
}
