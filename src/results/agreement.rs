//! Whether the two engines agree.

/// Beyond this share of the orgs the exact engine's own bound says too little: its figures can't be checked, and don't lead.
pub const COARSE: f64 = 1e-3;

/// How well exact and simulated means agree, over all reported quantities.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Agreement {
    /// Number of figures compared.
    pub compared: usize,
    /// The largest difference, in standard errors.
    pub worst_z: f64,
    /// Where it is, in words.
    pub worst: String,
    /// The limit that a correct pair passes once in 1,000 runs of the program (Bonferroni over `compared`).
    pub limit_z: f64,
    /// How far exact means may be off by the exact engine's own account, as a share of the orgs.
    #[serde(skip)]
    pub bound: f64,
}

impl Agreement {
    /// Whether the exact engine's own bound leaves nothing to be checked.
    pub fn is_too_coarse(&self) -> bool {
        self.bound.is_nan() || self.bound > COARSE
    }

    /// Whether no difference is larger than sampling allows.
    pub fn holds(&self) -> bool {
        self.is_too_coarse() || self.worst_z <= self.limit_z
    }
}
