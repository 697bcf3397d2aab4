//! A column of many short texts: ids of millions of orgs in few pieces of memory.

use rayon::prelude::*;

/// Texts in a piece of memory, which one core fills.
const IN_A_PIECE: usize = 65_536;

/// Many short texts, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Texts {
    /// All but the last hold [`IN_A_PIECE`] texts.
    pieces: Vec<TemplatePiece>,
    len: usize,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct TemplatePiece {
    all: String,
    ends: Vec<usize>,
}

impl Texts {
    /// In their order.
    pub fn of<'a>(texts: impl Iterator<Item = &'a str>) -> Self {
        let mut new = Self::default();
        for text in texts {
            if new.len.is_multiple_of(IN_A_PIECE) {
                new.pieces.push(TemplatePiece::default());
            }
            new.len += 1;
            new.pieces.iter_mut().last().into_iter().for_each(|piece| piece.push(text));
        }
        new
    }

    /// Those that `text` has for each place below `count`, copied by all cores.
    pub fn by_place<'a>(count: usize, text: impl Fn(usize) -> &'a str + Sync) -> Self {
        let piece = |first: usize| {
            let places = first..count.min(first + IN_A_PIECE);
            let mut piece = TemplatePiece { all: String::new(), ends: Vec::with_capacity(places.len()) };
            places.for_each(|place| piece.push(text(place)));
            piece
        };
        let pieces = (0..count.div_ceil(IN_A_PIECE)).into_par_iter().map(|i| piece(i * IN_A_PIECE)).collect();
        Self { pieces, len: count }
    }

    /// The text at a place.
    ///
    /// # Panics
    /// When there are not so many.
    pub fn get(&self, place: usize) -> &str {
        self.pieces[place / IN_A_PIECE].get(place % IN_A_PIECE)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl TemplatePiece {
    fn push(&mut self, text: &str) {
        self.all.push_str(text);
        self.ends.push(self.all.len());
    }

    fn get(&self, place: usize) -> &str {
        let begin = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.all[begin..self.ends[place]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_by_place_are_those_in_order_across_the_pieces() {
        let all: Vec<String> = (0..2 * IN_A_PIECE + 3).map(|i| "é".repeat(i % 4) + &i.to_string()).collect();
        let texts = Texts::by_place(all.len(), |place| &all[place]);
        assert_eq!(texts, Texts::of(all.iter().map(String::as_str)));
        assert!((0..all.len()).all(|place| texts.get(place) == all[place]));
        assert_eq!((texts.len(), Texts::by_place(0, |_| "")), (all.len(), Texts::default()));
    }
}
