//! Where results come from.

/// Where results come from, so that a chart in a document can be traced.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Provenance {
    /// The scenario file as the user named it.
    pub path: String,
    /// SHA-256 of the scenario with all `--set` changes, hexadecimal.
    pub sha256: String,
    /// The product's version; JSON gives it once for the whole result.
    #[serde(skip)]
    pub version: String,
    /// `--set` changes, as typed.
    pub changes: Vec<String>,
}

/// A number or law that a projection rests on, in words, as tables of assumptions show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// The dotted key in the scenario.
    pub key: String,
    /// Its value in words.
    pub words: String,
    /// Whether the scenario gives it; else it is the product's default.
    pub given: bool,
}
