//! What a marker can show: charts, tables, sentences and single figures, by the names that documents use.

use crate::output::chart;
use crate::plan::Cause;

/// What is to stand in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Show {
    /// A chart of that name, as an image.
    Chart(String),
    /// A table.
    Table(EmbedTable),
    /// A sentence or a few.
    Sentence(Sentence),
    /// A figure within a sentence.
    Figure(EmbedFigure),
    /// What is told of a rollout under way alone: from what was seen of it.
    Seen(SeenShow),
}

/// What only a rollout under way has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SeenShow {
    /// A chart of that name.
    Chart(&'static str),
    /// The title of one.
    Title(&'static str),
    /// The figures before and now.
    ForecastTable,
    /// What was learned of each unknown.
    LearnedTable,
    /// Three lines for a chat.
    Brief,
    /// How many have acted so far.
    Reconnected,
    /// How many have failed so far.
    Failed,
    /// How many more must act for even odds of keeping the tolerance.
    NeededForEvenOdds,
    /// The same for nine in ten.
    NeededForNineInTen,
}

/// Tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbedTable {
    /// A row for each rate.
    Headline,
    /// A row for each segment.
    Segments,
    /// A row for each time zone.
    TimeZones,
    /// A row for each cause.
    Causes,
    /// A row for each moment.
    Timeline,
    /// A row for each assumption.
    Assumptions,
}

/// Sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Sentence {
    /// What a leader needs to know, in one sentence.
    Decision,
    /// The same with what follows from it.
    Summary,
    /// Whether the engines agree.
    Agreement,
    /// Where the figures come from.
    Source,
    /// The title of a chart.
    Title(String),
}

/// Counts of orgs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbedQuantity {
    /// Failed by the deadline.
    FailedByDeadline,
    /// Down at the deadline.
    DownAtDeadline,
    /// Failed by the horizon.
    FailedByHorizon,
}

/// What of a count is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aspect {
    /// Its mean.
    Mean,
    /// A percentile.
    Percentile(u8),
    /// From the 5th to the 95th percentile.
    Range,
    /// The mean as a share of the orgs.
    Share,
    /// The share as people meet it: 1 org in 28.
    Frequency,
}

/// Single figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbedFigure {
    /// A count of orgs.
    Count(EmbedQuantity, Aspect),
    /// Mean failures from the deadline to the horizon.
    ToCome,
    /// The same as a share of the orgs.
    ToComeShare,
    /// The chance to keep within the tolerance.
    WithinTolerance,
    /// Mean failures by the deadline from one cause.
    ByCause(Cause),
    /// The scenario's title.
    ScenarioTitle,
    /// How many orgs there are.
    Orgs,
    /// The deadline.
    Deadline,
    /// The horizon.
    Horizon,
    /// The tolerance.
    Tolerance,
    /// The seed.
    Seed,
    /// Simulated runs.
    Runs,
    /// The scenario's fingerprint.
    Sha256,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EmbedForm {
    /// A figure as a sentence says it: whole orgs from 10 on.
    About,
    /// A figure as a table writes it, no more precise than it is known.
    Table,
    /// A figure with all its digits.
    Full,
    /// A chart as SVG.
    Svg,
    /// A chart as PNG.
    Png,
}

impl EmbedForm {
    /// By name.
    pub(crate) const ALL: [(&str, EmbedForm); 5] =
        [("about", Self::About), ("table", Self::Table), ("full", Self::Full), ("svg", Self::Svg), ("png", Self::Png)];
}

impl EmbedFigure {
    /// Whether it is another at each rate of reconnecting.
    pub(crate) fn has_rate(self) -> bool {
        matches!(self, Self::Count(..) | Self::ToCome | Self::ToComeShare | Self::WithinTolerance | Self::ByCause(_))
    }
}

impl Show {
    /// What a name means.
    pub(crate) fn find(name: &str) -> Option<Self> {
        all().into_iter().find(|(known, _)| known == name).map(|(_, show)| show)
    }

    /// Every name, in the order of the documentation.
    pub(crate) fn names() -> Vec<String> {
        all().into_iter().map(|(name, _)| name).collect()
    }

    /// The forms that it may be written in, the usual one first.
    pub(crate) fn forms(&self) -> &'static [&'static str] {
        match self {
            Self::Chart(_) | Self::Seen(SeenShow::Chart(_)) => &["svg", "png"],
            Self::Figure(_) => &["about", "table", "full"],
            Self::Table(_) | Self::Sentence(_) | Self::Seen(_) => &[],
        }
    }
}

fn all() -> Vec<(String, Show)> {
    let charts = || chart::names().into_iter();
    let mut all: Vec<(String, Show)> =
        charts().map(|name| (format!("{name}-chart"), Show::Chart(name.to_owned()))).collect();
    let tables = [
        ("headline-table", EmbedTable::Headline),
        ("segments-table", EmbedTable::Segments),
        ("time-zones-table", EmbedTable::TimeZones),
        ("causes-table", EmbedTable::Causes),
        ("timeline-table", EmbedTable::Timeline),
        ("assumptions-table", EmbedTable::Assumptions),
    ];
    all.extend(tables.map(|(name, table)| (name.to_owned(), Show::Table(table))));
    let sentences = [
        ("decision", Sentence::Decision),
        ("summary", Sentence::Summary),
        ("agreement", Sentence::Agreement),
        ("source", Sentence::Source),
    ];
    all.extend(sentences.map(|(name, sentence)| (name.to_owned(), Show::Sentence(sentence))));
    all.extend(charts().map(|name| (format!("{name}-title"), Show::Sentence(Sentence::Title(name.to_owned())))));
    all.extend(figures().into_iter().map(|(name, figure)| (name, Show::Figure(figure))));
    all.extend(of_what_was_seen().into_iter().map(|(name, show)| (name, Show::Seen(show))));
    all
}

fn of_what_was_seen() -> Vec<(String, SeenShow)> {
    let charts = ["track", "on-track", "learned"];
    let drawn = charts.map(|name| (format!("{name}-chart"), SeenShow::Chart(name)));
    let titles = charts.map(|name| (format!("{name}-title"), SeenShow::Title(name)));
    let others = [
        ("forecast-table", SeenShow::ForecastTable),
        ("learned-table", SeenShow::LearnedTable),
        ("brief", SeenShow::Brief),
        ("seen.reconnected", SeenShow::Reconnected),
        ("seen.failed", SeenShow::Failed),
        ("needed.even_odds", SeenShow::NeededForEvenOdds),
        ("needed.nine_in_ten", SeenShow::NeededForNineInTen),
    ];
    drawn.into_iter().chain(titles).chain(others.map(|(name, show)| (name.to_owned(), show))).collect()
}

fn figures() -> Vec<(String, EmbedFigure)> {
    let quantities = [
        ("failed_by_deadline", EmbedQuantity::FailedByDeadline),
        ("down_at_deadline", EmbedQuantity::DownAtDeadline),
        ("failed_by_horizon", EmbedQuantity::FailedByHorizon),
    ];
    let aspects = [
        ("mean", Aspect::Mean),
        ("p5", Aspect::Percentile(5)),
        ("p50", Aspect::Percentile(50)),
        ("p95", Aspect::Percentile(95)),
        ("range", Aspect::Range),
        ("share", Aspect::Share),
        ("frequency", Aspect::Frequency),
    ];
    let mut all: Vec<(String, EmbedFigure)> = Vec::new();
    for (quantity, which) in quantities {
        all.extend(aspects.map(|(aspect, what)| (format!("{quantity}.{aspect}"), EmbedFigure::Count(which, what))));
    }
    let own = [
        ("to_come", EmbedFigure::ToCome),
        ("to_come.share", EmbedFigure::ToComeShare),
        ("within_tolerance", EmbedFigure::WithinTolerance),
    ];
    all.extend(own.map(|(name, figure)| (name.to_owned(), figure)));
    all.extend(Cause::ALL.map(|cause| (format!("by_cause.{}", cause.key()), EmbedFigure::ByCause(cause))));
    let plain = [
        ("title", EmbedFigure::ScenarioTitle),
        ("orgs", EmbedFigure::Orgs),
        ("deadline", EmbedFigure::Deadline),
        ("horizon", EmbedFigure::Horizon),
        ("tolerance", EmbedFigure::Tolerance),
        ("seed", EmbedFigure::Seed),
        ("runs", EmbedFigure::Runs),
        ("sha256", EmbedFigure::Sha256),
    ];
    all.extend(plain.map(|(name, figure)| (name.to_owned(), figure)));
    all
}
