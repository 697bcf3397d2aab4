//! Which day it is.

use chrono::{DateTime, Utc};

/// Today, or the day of `SOURCE_DATE_EPOCH`, by which builds repeat each other.
pub(super) fn today() -> DateTime<Utc> {
    let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    fixed.and_then(|seconds| DateTime::from_timestamp(seconds, 0)).unwrap_or_else(Utc::now)
}
