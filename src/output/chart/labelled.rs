//! What a chart draws in one colour, under one label.

use super::theme::Ink;

/// Something that is drawn, with its label.
pub(super) struct Labelled<T> {
    /// What the label says.
    pub text: String,
    /// Colour of what is drawn.
    pub ink: Ink,
    /// What is drawn.
    pub of: T,
}

impl<T> Labelled<T> {
    /// The same label for what is made of it.
    pub(super) fn map<U>(self, made: impl Fn(T) -> U) -> Labelled<U> {
        Labelled { text: self.text, ink: self.ink, of: made(self.of) }
    }
}

/// A line through pixels.
pub(super) type LabelledPath = Labelled<Vec<(f64, f64)>>;
