//! A document of Word as a template: marked places are filled, and everything else stays as it is. A place is text, `{{cutover plan.toml
//! show=...}}`, or a content control whose tag or title begins with `cutover`.

mod archive;
mod parts;
mod places;
mod xml;

pub(crate) use archive::DocxTemplate;
