//! Base rates: what share acted in comparable campaigns, over what time, with the source of each (`table`), the curve that
//! each followed (`curve`), and the law that they make of an uptake within a window (`law`). `docs/base-rates.md` derives it.

pub mod curve;
pub mod law;
pub mod table;

pub use law::{NoLaw, Scaled, most_reached, scaled};
pub use table::{ALL, JUDGEMENT, SETS};

/// What a campaign's people were under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Share {
    /// This share.
    Is(f64),
    /// A bound: some share below this.
    Below(f64),
    /// A range.
    Between(f64, f64),
}

/// What share had acted after what time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The share of all who should have acted.
    pub share: Share,
    /// Hours since the campaign began; infinite where the source says "ever", `None` where it gives no time.
    pub hours: Option<f64>,
}

/// A campaign, and the share that acted in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BaseRate {
    /// Its name in scenarios.
    pub key: &'static str,
    /// What people were to do.
    pub campaign: &'static str,
    /// The share that did, in words.
    pub acted: &'static str,
    /// In what time, in words.
    pub within: &'static str,
    /// The same as numbers, in the order of time.
    pub points: &'static [Point],
    /// What they were under.
    pub pressure: Pressure,
    /// Who says so.
    pub source: &'static str,
    /// What must be known with the figure.
    pub caveat: &'static str,
    /// The key of the row that this one is a later point of.
    pub continues: Option<&'static str>,
    /// Whether it counts in its set; the caveat says why not.
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

impl Set {
    /// Its campaigns: those of its pressures that count and whose source gives a time, each once.
    pub fn members(&self) -> Vec<&'static BaseRate> {
        let belongs = |row: &&BaseRate| {
            self.pressures.contains(&row.pressure) && row.pooled && row.continues.is_none() && row.is_timed()
        };
        ALL.iter().filter(belongs).collect()
    }
}

/// A planner's judgement: no campaign was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// Its name in scenarios.
    pub key: &'static str,
    /// What it says.
    pub words: &'static str,
    /// Shapes of its beta law.
    pub shapes: (f64, f64),
    /// The lengths of window, in hours, that it is about.
    pub windows: (f64, f64),
}

/// What a scenario may name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Named {
    /// One campaign.
    Campaign(&'static BaseRate),
    /// Several.
    Set(&'static Set),
    /// None.
    Judgement(&'static Judgement),
}

impl Named {
    /// What `key` names.
    pub fn find(key: &str) -> Option<Self> {
        let row = ALL.iter().find(|row| row.key == key).map(Self::Campaign);
        let set = || SETS.iter().find(|set| set.key == key).map(Self::Set);
        row.or_else(set).or_else(|| (JUDGEMENT.key == key).then_some(Self::Judgement(&JUDGEMENT)))
    }

    /// Its name in scenarios.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Campaign(row) => row.key,
            Self::Set(set) => set.key,
            Self::Judgement(judgement) => judgement.key,
        }
    }

    /// What it rests on, to go on a sentence with.
    pub fn words(self) -> String {
        match self {
            Self::Campaign(row) => format!(
                "from {}: {} within {}; pressure: {}. {} Source: {}.",
                row.campaign,
                row.acted,
                row.within,
                row.pressure.words(),
                row.caveat,
                row.source
            ),
            Self::Set(set) => {
                let keys: Vec<&str> = set.members().iter().map(|row| row.key).collect();
                format!("from {} {}: {}.", keys.len(), set.words, keys.join(", "))
            }
            Self::Judgement(judgement) => format!("{}.", judgement.words),
        }
    }
}

/// Every name that a scenario may use: campaigns, sets, the judgement.
pub fn keys() -> Vec<&'static str> {
    let rows = ALL.iter().map(|row| row.key);
    rows.chain(SETS.iter().map(|set| set.key)).chain([JUDGEMENT.key]).collect()
}

/// The length of a window as the command line gives it, in hours, written as durations in a scenario are.
///
/// # Errors
/// When it is no duration; says what to write instead.
pub fn window_hours(text: &str) -> Result<f64, String> {
    super::duration::parse(text).map_err(|refusal| format!("{}: {}", refusal.message, refusal.help))
}

impl BaseRate {
    /// Whether a time is known for its share.
    pub fn is_timed(&self) -> bool {
        self.points.iter().any(|point| point.hours.is_some())
    }

    /// The campaign's first row: itself, or the one that it continues.
    pub fn campaign_row(&'static self) -> &'static Self {
        self.continues.and_then(|key| ALL.iter().find(|row| row.key == key)).unwrap_or(self)
    }
}
