//! The paper that a plan's readers print on.

use crate::plan::Plan;
use crate::plan::country_zones::country_of;
use crate::plan::wording::Locale;

/// Countries that print on Letter (CLDR, `paperSize` US-Letter).
const LETTER: [&str; 14] = ["BZ", "CA", "CL", "CO", "CR", "GT", "MX", "NI", "PA", "PH", "PR", "SV", "US", "VE"];

/// A size of paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paper {
    /// 8.5 by 11 inches.
    Letter,
    /// 210 by 297 mm.
    A4,
}

impl Paper {
    /// The paper of the plan's locale; where it has none, of its country: that of most orgs, else that of its time zone.
    pub(super) fn of(plan: &Plan) -> Self {
        let largest = plan.segments().iter().filter(|s| s.calendar.country().is_some()).max_by_key(|s| s.orgs);
        let named = largest.and_then(|s| s.calendar.country()).map(|c| c.whole().unwrap_or(c).code());
        let code = named.or_else(|| country_of(plan.time_zone()));
        match plan.wording().locale {
            Locale::EnUs => Self::Letter,
            Locale::EnGb => Self::A4,
            Locale::Iso if code.is_some_and(|code| LETTER.contains(&code)) => Self::Letter,
            Locale::Iso => Self::A4,
        }
    }

    /// What style sheets call it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Letter => "Letter",
            Self::A4 => "A4",
        }
    }

    /// Width and height in points.
    #[cfg(feature = "cli")]
    pub(super) const fn points(self) -> (f64, f64) {
        match self {
            Self::Letter => (612.0, 792.0),
            Self::A4 => (595.28, 841.89),
        }
    }
}
