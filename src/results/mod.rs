//! Plain results with provenance: what a run found, for every output to read. No engine, no file, no formula.

mod agreement;
pub(crate) mod comparison;
mod counted;
mod detail;
pub(crate) mod fit;
mod measures;
pub(crate) mod orgs;
mod percentiles;
pub(crate) mod plan_diff;
mod projection;
mod provenance;
mod quantity;
#[cfg(feature = "tables")]
pub(crate) mod score;
pub(crate) mod sensitivity;
pub(crate) mod solution;
mod texts;
#[cfg(feature = "tables")]
pub(crate) mod track;

pub use agreement::{Agreement, COARSE};
pub use counted::Counted;
pub use detail::{Checkpoints, Detail, Grid, GridCell};
pub use measures::{CheckpointMeasures, CurvePoint, GuardMeasures, HourMeans, Measures, SegmentMeans};
pub use percentiles::Percentiles;
pub use projection::{Outcome, Projection, Warning};
pub use provenance::{Assumption, Provenance};
pub use quantity::{Mean, Quantity, Split, Weight, Weights};
pub use texts::Texts;
