//! A pair that both engines work with: of an org that does not reconnect by itself, and of one that does.

/// Whether an org reconnects by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// It does not.
    Without,
    /// It does, as planned.
    With,
}

impl Action {
    /// Both.
    pub(crate) const ALL: [Self; 2] = [Self::Without, Self::With];

    /// By number, for tables that are chosen when compiled: 0 without, else with.
    pub(crate) const fn new(number: usize) -> Self {
        if number == 0 { Self::Without } else { Self::With }
    }
}

/// Something without and with a proactive reconnect.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ByAction<T> {
    /// Of an org that does not reconnect by itself.
    pub(crate) without: T,
    /// Of one that does.
    pub(crate) with: T,
}

impl<T> ByAction<T> {
    /// Both, each made by itself.
    pub(crate) fn from_fn(mut make: impl FnMut(Action) -> T) -> Self {
        Self { without: make(Action::Without), with: make(Action::With) }
    }

    /// The same of both.
    pub(crate) fn map<U>(self, mut change: impl FnMut(T) -> U) -> ByAction<U> {
        ByAction { without: change(self.without), with: change(self.with) }
    }

    pub(crate) const fn as_ref(&self) -> ByAction<&T> {
        ByAction { without: &self.without, with: &self.with }
    }

    pub(crate) const fn of(&self, action: Action) -> &T {
        match action {
            Action::Without => &self.without,
            Action::With => &self.with,
        }
    }

    pub(crate) const fn of_mut(&mut self, action: Action) -> &mut T {
        match action {
            Action::Without => &mut self.without,
            Action::With => &mut self.with,
        }
    }
}

impl ByAction<f64> {
    /// The mean over orgs of which this share acts.
    #[inline(always)]
    pub(crate) fn mean(self, acts: f64) -> f64 {
        (1.0 - acts) * self.without + acts * self.with
    }
}
