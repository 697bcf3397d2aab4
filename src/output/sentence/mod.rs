//! The findings in words: titles of charts, the decision, the agreement of the engines. Computed here once, from results
//! alone, so that every output says the same. It knows nothing of formats.

mod decision;
mod facts;
mod titles;

pub use facts::{Facts, Span, curve_at};

use crate::plan::Plan;
use crate::results::Projection;

/// What a run found, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings {
    /// What a leader needs to know, in a few sentences.
    pub decision: Vec<String>,
    /// Title of the chart of outcomes by the deadline.
    pub headline: String,
    /// Title of the curve up to the deadline.
    pub cumulative: String,
    /// Title of the failures by day.
    pub daily: String,
    /// Title of the timeline.
    pub timeline: String,
    /// Whether the two engines agree; `None` unless both ran.
    pub agreement: Option<String>,
}

impl Findings {
    /// The findings of a projection.
    pub fn of(plan: &Plan, projection: &Projection) -> Self {
        let facts = Facts::of(plan, projection);
        Self {
            decision: decision::sentences(&facts),
            headline: titles::headline(&facts),
            cumulative: titles::cumulative(&facts),
            daily: titles::daily(&facts),
            timeline: titles::timeline(&facts),
            agreement: decision::agreement(projection),
        }
    }
}
