//! What a scenario may name: a campaign, several of like pressure, a judgement.

use super::base_rate::{BaseRate, Judgement, Set};
use super::table::{ALL, JUDGEMENT, SETS};

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

impl BaseRate {
    /// The campaign's first row: itself, or the one that it continues.
    pub fn campaign_row(&'static self) -> &'static Self {
        self.continues.and_then(|key| ALL.iter().find(|row| row.key == key)).unwrap_or(self)
    }
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
