//! A column of many short texts: ids of millions of orgs in one piece of memory.

/// Many short texts, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// In their order.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut new = Self::default();
        for text in texts {
            new.all.push_str(text);
            new.ends.push(new.all.len());
        }
        new
    }

    /// The text at a place.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, place: usize) -> &str {
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.all[begin..self.ends[place]]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}
