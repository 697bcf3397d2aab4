//! A base rate: what is known of how many act in so many hours, and what was judged from it.

use serde::Serialize;

/// What a campaign's people were under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pressure {
    /// They were told, and nothing else happened to those who did nothing.
    Advice,
    /// The hole was being used by attackers.
    ActiveExploitation,
    /// What they had was going to be revoked, on a day that they knew.
    AnnouncedRevocation,
    /// The service stopped for those who had not acted, at once or after notice.
    ServiceBlocked,
}

impl Pressure {
    /// All of them, from the least.
    pub const ALL: [Self; 4] =
        [Self::Advice, Self::ActiveExploitation, Self::AnnouncedRevocation, Self::ServiceBlocked];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Advice => "advice alone",
            Self::ActiveExploitation => "active exploitation",
            Self::AnnouncedRevocation => "announced revocation",
            Self::ServiceBlocked => "service blocked",
        }
    }
}

/// A share that acted, as a source gives it; 0-1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub enum Share {
    /// This share.
    #[serde(rename = "share")]
    Is(f64),
    /// A bound: some share below this.
    #[serde(rename = "below")]
    Below(f64),
    /// A range.
    #[serde(untagged)]
    Between {
        /// Its lower end.
        from: f64,
        /// Its upper end.
        to: f64,
    },
}

/// What share had acted after what time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RatePoint {
    /// The share of all who should have acted.
    #[serde(flatten)]
    pub share: Share,
    /// Hours since the campaign began; infinite where the source says "ever", which JSON writes as null; `None` where it gives no time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<f64>,
}

/// A campaign, and the share that acted in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BaseRate {
    /// Its name in scenarios.
    pub key: &'static str,
    /// What people were to do.
    pub campaign: &'static str,
    /// The share that did, in words.
    pub acted: &'static str,
    /// In what time, in words.
    pub within: &'static str,
    /// Who says so.
    pub source: &'static str,
    /// What must be known with the figure.
    pub caveat: &'static str,
    /// What they were under.
    pub pressure: Pressure,
    /// `acted` and `within` as numbers, in the order of time.
    pub points: &'static [RatePoint],
    /// The key of the row that this one is a later point of.
    #[serde(skip)]
    pub continues: Option<&'static str>,
    /// Whether it counts in its set; the caveat says why not.
    #[serde(skip)]
    pub pooled: bool,
}

/// Several campaigns under like pressure, taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// Its name in scenarios.
    pub key: &'static str,
    /// What it holds, in words.
    pub words: &'static str,
    /// The pressures that belong to it.
    pub pressures: &'static [Pressure],
}

/// A planner's judgement: no campaign was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Judgement {
    /// Its name in scenarios.
    pub key: &'static str,
    /// What it says.
    pub words: &'static str,
    /// Shapes of its beta law.
    #[serde(skip)]
    pub shapes: (f64, f64),
    /// The lengths of window, in hours, that it is about.
    #[serde(skip)]
    pub windows: (f64, f64),
}

impl BaseRate {
    /// Whether a time is known for its share.
    pub fn is_timed(&self) -> bool {
        self.points.iter().any(|point| point.hours.is_some())
    }
}
