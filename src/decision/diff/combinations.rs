//! The answers of scenarios with a choice of changes, each evaluated once.

use crate::plan::Family;
use crate::{Error, Result};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The scenario with a choice of the changes made; says why it is none.
pub(super) type WithChanges<'a> = dyn Fn(&[bool]) -> std::result::Result<Family, String> + Sync + 'a;

/// A choice of changes: bit `1 << i` for change `i`.
pub(super) type Mask = u128;

/// Most changes.
pub(super) const MOST_CHANGES: usize = 100;

/// An answer, or why there is none.
type CombinationAnswer = std::result::Result<f64, String>;

pub(super) struct Combinations<'a> {
    count: usize,
    with: &'a WithChanges<'a>,
    answer: &'a (dyn Fn(&Family) -> CombinationAnswer + Sync),
    progress: &'a (dyn Fn(u64) + Sync),
    known: BTreeMap<Mask, CombinationAnswer>,
}

impl<'a> Combinations<'a> {
    pub(super) fn new(
        count: usize,
        with: &'a WithChanges<'a>,
        answer: &'a (dyn Fn(&Family) -> CombinationAnswer + Sync),
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        Self { count, with, answer, progress, known: BTreeMap::new() }
    }

    /// All changes.
    pub(super) fn all(&self) -> Mask {
        (1 << self.count) - 1
    }

    /// How many have been evaluated.
    pub(super) fn evaluated(&self) -> usize {
        self.known.len()
    }

    pub(super) fn evaluate(&mut self, masks: &[Mask]) {
        let mut missing: Vec<Mask> = masks.iter().copied().filter(|m| !self.known.contains_key(m)).collect();
        missing.sort_unstable();
        missing.dedup();
        let answer = |mask: &Mask| {
            let chosen: Vec<bool> = (0..self.count).map(|i| mask >> i & 1 == 1).collect();
            let found = (self.with)(&chosen).and_then(|family| (self.answer)(&family));
            (self.progress)(1);
            (*mask, found)
        };
        let found: Vec<(Mask, CombinationAnswer)> = missing.par_iter().map(answer).collect();
        self.known.extend(found);
    }

    /// Those of `masks` that are no scenario, and why the first is not.
    pub(super) fn invalid(&self, masks: &[Mask]) -> Option<(Vec<Mask>, String)> {
        let faulty = |m: &Mask| self.known.get(m).and_then(|a| a.as_ref().err());
        let invalid: Vec<Mask> = masks.iter().copied().filter(|m| faulty(m).is_some()).collect();
        let why = invalid.first().and_then(faulty)?.clone();
        Some((invalid, why))
    }

    /// The answer of a combination that has been evaluated.
    pub(super) fn value(&self, mask: Mask) -> Result<f64> {
        match self.known.get(&mask) {
            Some(answer) => answer.clone().map_err(Error::Engine),
            None => Err(Error::Engine("this combination of changes was not evaluated".to_owned())),
        }
    }
}
