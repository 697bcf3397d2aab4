//! What a history of intervals says: the curve without a law, laws fitted to it in order, and whether the best one fits.

use crate::stats::fit::adequacy::Adequacy;
use crate::stats::fit::{Fit, LawFamily};
use crate::stats::groups::BetweenGroups;
use crate::stats::survival::{Durations, Gap, KaplanMeier};

/// From here on the chance of a gap is called no reason to doubt a law.
pub(crate) const PLAUSIBLE: f64 = 0.05;

/// A law that is wrong by no more than this share anywhere is called close.
pub(crate) const CLOSE: f64 = 0.03;

/// Where a history comes from, and what was read of it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistorySource {
    /// The file, as it was named.
    pub path: String,
    /// Fingerprint of its bytes, in hexadecimal.
    pub sha256: String,
    /// Where it lists refreshes: of how many orgs, and when observation ends (RFC 3339).
    pub refreshes: Option<(u64, String)>,
    /// What its reader should know, in sentences.
    pub notes: Vec<String>,
}

/// A fitted history.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryFit {
    /// Where it comes from.
    pub source: HistorySource,
    /// The intervals, in hours.
    pub durations: Durations,
    /// The Kaplan-Meier curve with its pointwise 95 % band.
    pub curve: KaplanMeier,
    /// The one length that all intervals have, in hours; then there are no laws.
    pub fixed: Option<f64>,
    /// Fitted laws, the likeliest for what it is charged first.
    pub laws: Vec<RankedLaw>,
    /// Laws without a fit, each with why.
    pub without: Vec<(LawFamily, String)>,
    /// How well the first law fits.
    pub adequacy: Option<Adequacy>,
    /// Equally likely values that stand for the curve, ascending, in hours.
    pub empirical: Vec<f64>,
    /// How much of the variance of the logarithm of ended intervals lies between orgs; where the history names orgs.
    pub between_orgs: Option<BetweenGroups>,
    /// The unit to which all intervals are rounded, in hours, where it is a day, an hour or a minute.
    pub grain: Option<f64>,
}

/// A fitted law beside the others.
#[derive(Debug, Clone, PartialEq)]
pub struct RankedLaw {
    /// The law with its parameters.
    pub fit: Fit,
    /// Akaike's criterion.
    pub aic: f64,
    /// The same, corrected for few data: by it laws are ranked.
    pub aicc: f64,
    /// How much above the least.
    pub delta: f64,
    /// Akaike weight, `exp(-delta / 2)` over their sum.
    pub weight: f64,
    /// Where it is furthest from the curve.
    pub gap: Gap,
}

/// Whether the best law may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FitVerdict {
    /// All intervals are equal: nothing is left to fit.
    Fixed,
    /// Nothing speaks against it.
    Fits,
    /// It is surely not the law, but nowhere far from it.
    Close,
    /// It does not fit.
    Misfit,
    /// No law has a fit.
    #[serde(rename = "no_law")]
    Nothing,
}

impl HistoryFit {
    /// Whether the best law may be used.
    pub fn verdict(&self) -> FitVerdict {
        match self.adequacy {
            _ if self.fixed.is_some() => FitVerdict::Fixed,
            None => FitVerdict::Nothing,
            Some(found) if found.p_value() >= PLAUSIBLE => FitVerdict::Fits,
            Some(found) if found.gap.size() <= CLOSE => FitVerdict::Close,
            Some(_) => FitVerdict::Misfit,
        }
    }
}
