//! How a history is to be read: its columns by other names, the zone and the format of its times.

use super::interval::COLUMNS;
use crate::scenario::instant::InstantForm;
use crate::scenario::moment;
use crate::{Error, Result};
use chrono::{DateTime, Utc};

/// How a history is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HowToRead {
    /// Names of [`COLUMNS`], each with the name that the file has for it.
    pub columns: Vec<(String, String)>,
    /// When observation ends; by default at the last refresh of the file.
    pub until: Option<DateTime<Utc>>,
    /// How the times of refreshes are written.
    pub instants: InstantForm,
    /// Whether rows that can't be read are left out instead of refused.
    pub skip_bad_rows: bool,
}

impl HowToRead {
    /// From options as they are typed: `interval=Hours`, and a time with an offset.
    ///
    /// # Errors
    /// Says what to write instead.
    pub fn from_options(columns: &[String], until: Option<&str>) -> Result<Self> {
        let columns = columns.iter().map(|text| mapping(text)).collect::<Result<_>>()?;
        Ok(Self { columns, until: until.map(instant).transpose()?, ..Self::default() })
    }

    /// With times that carry no offset, or are no RFC 3339.
    ///
    /// # Errors
    /// When the zone or the format is none.
    pub fn with_times(self, zone: Option<&str>, format: Option<&str>) -> Result<Self> {
        let zone = zone.map(|name| {
            name.parse()
                .map_err(|_| Error::BadUsage(format!("--zone {name}: it {}", crate::scenario::unknown_zone(name))))
        });
        let instants = InstantForm::new(zone.transpose()?, format)
            .map_err(|(message, help)| Error::BadUsage(format!("--time-format: {message}; {help}")))?;
        if instants.needs_a_zone() {
            return Err(Error::BadUsage("--time-format: it has no offset; add --zone America/New_York".to_owned()));
        }
        Ok(Self { instants, ..self })
    }

    /// What the file calls a column.
    pub(super) fn name<'a>(&'a self, ours: &'a str) -> &'a str {
        self.columns.iter().rfind(|(name, _)| name == ours).map_or(ours, |(_, theirs)| theirs)
    }

    pub(super) fn names(&self, ours: &str) -> bool {
        self.columns.iter().any(|(name, _)| name == ours)
    }
}

pub(super) fn mapping(text: &str) -> Result<(String, String)> {
    let known = || COLUMNS.map(|(name, what)| format!("{name} ({what})")).join(", ");
    let refuse = |why: String| Err(Error::BadUsage(format!("--column {text}: {why}")));
    let Some((ours, theirs)) = text.split_once('=') else {
        return refuse("write it as interval=Hours, our name first, then that of the file".to_owned());
    };
    let (ours, theirs) = (ours.trim(), theirs.trim());
    if !COLUMNS.iter().any(|(name, _)| *name == ours) {
        return refuse(format!("there is no column `{ours}`; the columns are {}", known()));
    }
    if theirs.is_empty() {
        return refuse(format!("which column of the file is `{ours}`? Write it behind the equals sign"));
    }
    Ok((ours.to_owned(), theirs.to_owned()))
}

pub(super) fn instant(text: &str) -> Result<DateTime<Utc>> {
    match moment::parse(text) {
        Ok(moment::Moment::Fixed(at)) => Ok(at),
        Ok(moment::Moment::Local(_)) => Err(Error::BadUsage(format!(
            "--until {text}: it has no offset; write \"{}Z\" or as in \"2026-05-04T09:00:00-07:00\"",
            text.trim()
        ))),
        Err(refusal) => Err(Error::BadUsage(format!("--until {text}: {}; {}", refusal.message, refusal.help))),
    }
}
