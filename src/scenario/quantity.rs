//! Numbers and laws that may not be known: what a scenario says, before each unknown has taken a value. Given a quantile
//! for every unknown, they become plain numbers and [`Law`]s.

use super::base_rates::{self, Named, law};
use super::domain::{Domain, instant, since_epoch};
use super::placed::Placed;
use super::range::Range;
use super::tree::Span;
use crate::plan::family::OUTER_DRAWS;
use crate::plan::units::show_hours;
use crate::plan::zone::Tz;
use crate::plan::{UnknownUnit, UnknownValues, clock, units};
use crate::stats::{Law, LawError};

/// A quantile for every unknown, by slot.
#[derive(Debug, Clone, Copy)]
pub(crate) struct QuantileDraw<'a> {
    quantiles: Option<&'a [f64]>,
    /// Place of each slot among the family's unknowns.
    order: &'a [usize],
}

impl<'a> QuantileDraw<'a> {
    /// Every unknown at its median.
    pub(crate) const CENTRE: QuantileDraw<'static> = QuantileDraw { quantiles: None, order: &[] };

    /// Each slot takes the quantile at its place in `order`.
    pub(crate) fn new(quantiles: &'a [f64], order: &'a [usize]) -> Self {
        Self { quantiles: Some(quantiles), order }
    }

    /// Which of several readings holds, by the slot of the choice and their cumulative weights.
    pub(crate) fn reading(&self, slot: usize, cumulative: &[f64]) -> usize {
        choose(cumulative, self.quantile(slot)).0
    }

    fn quantile(&self, slot: usize) -> f64 {
        let place = self.order.get(slot);
        self.quantiles.and_then(|q| q.get(*place?)).map_or(0.5, |q| q.clamp(1e-12, 1.0 - 1e-12))
    }
}

/// A number that belongs to the plan.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Number {
    /// It is known.
    Known(f64),
    /// It is drawn from a law, once for all orgs.
    Drawn {
        /// Its slot among the unknowns.
        slot: usize,
        /// The law.
        law: Box<OpenLaw>,
    },
    /// It is known, and moved all the same, to see what it decides.
    Moved {
        /// Its slot among what is moved.
        slot: usize,
        /// From where to where.
        range: Range,
    },
    /// It follows from others.
    Derived(Box<Derived>),
}

/// A time that follows from others, so that it moves along with them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Derived {
    /// Where it stands.
    pub span: Span,
    /// How.
    pub from: DerivedFrom,
}

/// How a time follows from others.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum DerivedFrom {
    /// So much after an event, or before it.
    Event {
        /// The event's id.
        id: String,
        /// Its instant.
        anchor: Number,
        /// How far from it.
        shift: Shift,
        /// As it is written.
        text: String,
        /// Whether it is a time on each org's own clock.
        local: bool,
    },
    /// This part of the way from one to another.
    Between(Number, Number, f64),
}

/// How far a time is from an event.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Shift {
    /// Elapsed hours.
    Elapsed(f64),
    /// So many calendar days later in a zone, at this time of day.
    Days(i64, chrono::NaiveTime, Tz),
}

impl Derived {
    /// Its value in hours since the epoch.
    ///
    /// # Errors
    /// Where it is a local time that clocks skip or repeat.
    pub(crate) fn value(&self, draw: &QuantileDraw<'_>) -> Result<f64, Improper> {
        self.value_in(None, draw)
    }

    /// The same, calendar days read in another zone.
    ///
    /// # Errors
    /// As [`Derived::value`].
    pub(crate) fn value_in(&self, read_in: Option<Tz>, draw: &QuantileDraw<'_>) -> Result<f64, Improper> {
        match &self.from {
            DerivedFrom::Between(from, to, part) => {
                let (from, to) = (from.value(draw)?, to.value(draw)?);
                Ok(from + part * (to - from))
            }
            DerivedFrom::Event { anchor, shift, local, .. } => {
                let improper = |why: String| Improper { span: self.span.clone(), why };
                let anchor = anchor.value(draw)?;
                match *shift {
                    Shift::Elapsed(hours) if !local => Ok(anchor + hours),
                    Shift::Elapsed(hours) => {
                        let zone = read_in.unwrap_or(Tz::UTC);
                        Ok(since_epoch(instant(anchor + hours).with_timezone(&zone).naive_local().and_utc()))
                    }
                    Shift::Days(days, time, zone) => {
                        let zone = read_in.unwrap_or(zone);
                        let day = instant(anchor).with_timezone(&zone).date_naive();
                        let day = day.checked_add_signed(chrono::Duration::days(days));
                        let at = day.ok_or_else(|| improper("it is out of range".to_owned()))?.and_time(time);
                        if *local {
                            return Ok(since_epoch(at.and_utc()));
                        }
                        clock::to_utc(at, zone).map(since_epoch).map_err(|error| improper(error.to_string()))
                    }
                }
            }
        }
    }
}

impl Number {
    /// The value under a draw.
    ///
    /// # Errors
    /// When a law takes parameters that make it none, or values that make no sense.
    pub(crate) fn value(&self, draw: &QuantileDraw<'_>) -> Result<f64, Improper> {
        match self {
            Self::Known(value) => Ok(*value),
            Self::Drawn { slot, law } => law.quantile(draw.quantile(*slot), draw),
            Self::Moved { slot, range } => Ok(range.value(draw.quantile(*slot))),
            Self::Derived(derived) => derived.value(draw),
        }
    }

    /// The value under a draw; with every unknown at its median, the mean of what this one may be. For what shares are reported of: at a
    /// median they would be of one of the possible numbers, not of what a mixture of them has.
    ///
    /// # Errors
    /// As [`Number::value`].
    pub(crate) fn value_or_mean(&self, draw: &QuantileDraw<'_>) -> Result<f64, Improper> {
        match self {
            Self::Drawn { law, .. } if draw.quantiles.is_none() => {
                let at = |i: usize| law.quantile((i as f64 + 0.5) / OUTER_DRAWS as f64, draw);
                Ok((0..OUTER_DRAWS).map(at).sum::<Result<f64, _>>()? / OUTER_DRAWS as f64)
            }
            _ => self.value(draw),
        }
    }
}

/// A law as the scenario writes it: its parameters may not be known, and neither which of several laws it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct OpenLaw {
    /// Where it stands.
    pub span: Span,
    /// What its values mean.
    pub domain: Domain,
    /// Its form.
    pub form: Form,
}

/// The form of a [`OpenLaw`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    /// A law all of whose parameters are known.
    Known(Law),
    /// A law with a parameter that is not known.
    Open(Shape, Vec<Number>),
    /// It is not known which of these holds.
    OneOf {
        /// The slot of the choice; `None` where the quantile of the number that is drawn chooses.
        slot: Option<usize>,
        /// Cumulative weights, ending with 1.
        cumulative: Vec<f64>,
        /// The laws.
        branches: Vec<OpenLaw>,
    },
    /// What comparable campaigns say of the share that acts within the reconnect window.
    BaseRate(Box<WindowedRate>),
}

/// The laws that have parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as the laws are")]
pub(crate) enum Shape {
    Uniform,
    LogUniform,
    Triangular,
    Pert,
    Normal,
    LogNormal,
    Exponential,
    Weibull,
    Beta,
}

impl Shape {
    /// The names of its parameters, as the scenario writes them or as its list orders them.
    pub(crate) fn parameters(self) -> &'static [&'static str] {
        match self {
            Self::Uniform | Self::LogUniform => &["min", "max"],
            Self::Triangular | Self::Pert => &["min", "mode", "max"],
            Self::Normal => &["mean", "sd"],
            Self::LogNormal => &["median", "sigma"],
            Self::Exponential => &["mean"],
            Self::Weibull => &["scale", "shape"],
            Self::Beta => &["a", "b"],
        }
    }

    /// Whether its parameters stand in a table, by name; else in a list.
    pub(crate) fn is_by_name(self) -> bool {
        matches!(self, Self::Normal | Self::LogNormal | Self::Exponential | Self::Weibull)
    }

    /// Its name in a scenario.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Uniform => "uniform",
            Self::LogUniform => "log_uniform",
            Self::Triangular => "triangular",
            Self::Pert => "pert",
            Self::Normal => "normal",
            Self::LogNormal => "lognormal",
            Self::Exponential => "exponential",
            Self::Weibull => "weibull",
            Self::Beta => "beta",
        }
    }

    /// The shape and the parameters that make this law; `None` for single and listed values.
    pub(crate) fn of(law: &Law) -> Option<(Self, Vec<f64>)> {
        Some(match *law {
            Law::Uniform { min, max } => (Self::Uniform, vec![min, max]),
            Law::LogUniform { min, max } => (Self::LogUniform, vec![min, max]),
            Law::Triangular { min, mode, max } => (Self::Triangular, vec![min, mode, max]),
            // A PERT's shapes add up to 6.
            Law::ScaledBeta { min, max, a, b } if (a + b - 6.0).abs() < 1e-9 && (min, max) != (0.0, 1.0) => {
                (Self::Pert, vec![min, min + (a - 1.0) * (max - min) / 4.0, max])
            }
            Law::ScaledBeta { a, b, .. } => (Self::Beta, vec![a, b]),
            Law::TruncatedNormal { mean, sd, .. } => (Self::Normal, vec![mean, sd]),
            Law::LogNormal { median, sigma } => (Self::LogNormal, vec![median, sigma]),
            Law::Exponential { mean } => (Self::Exponential, vec![mean]),
            Law::Weibull { scale, shape } => (Self::Weibull, vec![scale, shape]),
            Law::Fixed(_) | Law::Empirical(_) => return None,
        })
    }

    /// The law with these parameters, on the values that make sense for `domain`.
    ///
    /// # Errors
    /// When they make none.
    pub(crate) fn law(self, p: &[f64], domain: Domain) -> Result<Law, LawError> {
        let (low, high) = domain.limits();
        match (self, p) {
            (Self::Uniform, [a, b]) => Law::uniform(*a, *b),
            (Self::LogUniform, [a, b]) => Law::log_uniform(*a, *b),
            (Self::Triangular, [a, b, c]) => Law::triangular(*a, *b, *c),
            (Self::Pert, [a, b, c]) => Law::pert(*a, *b, *c),
            (Self::Normal, [mean, sd]) => Law::normal(*mean, *sd, low, high),
            (Self::LogNormal, [median, sigma]) => Law::lognormal(*median, *sigma),
            (Self::Exponential, [mean]) => Law::exponential(*mean),
            (Self::Weibull, [scale, shape]) => Law::weibull(*scale, *shape),
            (Self::Beta, [a, b]) => Law::beta(*a, *b),
            _ => Err(LawError(format!("{} parameters are needed", self.parameters().len()))),
        }
    }
}

/// Why a law is none, or none that makes sense here, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Improper {
    /// Where the law stands.
    pub span: Span,
    /// Why.
    pub why: String,
}

impl OpenLaw {
    /// One value with certainty.
    pub(crate) fn fixed(value: f64, domain: Domain, span: Span) -> Self {
        Self { span, domain, form: Form::Known(Law::Fixed(value)) }
    }

    /// The law under a draw.
    ///
    /// # Errors
    /// When its parameters make no law, or one with values that make no sense.
    pub(crate) fn law(&self, draw: &QuantileDraw<'_>) -> Result<Law, Improper> {
        match &self.form {
            Form::Known(law) => Ok(law.clone()),
            Form::Open(shape, numbers) => {
                let values = numbers.iter().map(|n| n.value(draw)).collect::<Result<Vec<_>, _>>()?;
                let law = shape.law(&values, self.domain).map_err(|e| self.improper(e.0))?;
                self.check(&law).map(|()| law)
            }
            Form::OneOf { slot, cumulative, branches } => {
                let q = slot.map_or(0.5, |slot| draw.quantile(slot));
                branches[choose(cumulative, q).0].law(draw)
            }
            Form::BaseRate(rate) => rate.law(draw).map_err(|why| self.improper(why)),
        }
    }

    /// The value that the probability reaches `q` at. Of several laws it is not known which: `q` chooses one by its weight,
    /// and what is left of `q` within that weight is the quantile of the one chosen.
    pub(crate) fn quantile(&self, q: f64, draw: &QuantileDraw<'_>) -> Result<f64, Improper> {
        match &self.form {
            Form::OneOf { cumulative, branches, .. } => {
                let (branch, within) = choose(cumulative, q);
                branches[branch].quantile(within, draw)
            }
            Form::Known(law) => Ok(self.settled(law, law.quantile(q))),
            Form::Open(..) | Form::BaseRate(_) => self.law(draw).map(|law| self.settled(&law, law.quantile(q))),
        }
    }

    /// What a number drawn from it may be.
    pub(crate) fn values(&self) -> UnknownValues {
        /// Quantiles that are told.
        const PARTS: usize = 200;
        if let Form::OneOf { cumulative, branches, .. } = &self.form {
            let readings = branches.iter().map(OpenLaw::describe).zip(cumulative.iter().copied());
            return UnknownValues::Readings(readings.collect());
        }
        let at = |i: usize| self.quantile((i as f64 + 0.5) / PARTS as f64, &QuantileDraw::CENTRE).ok();
        let unit = match self.domain {
            Domain::Hours { .. } => UnknownUnit::Hours,
            Domain::Rate => UnknownUnit::Share,
            Domain::Instant(_) => UnknownUnit::Instant,
            Domain::LocalTime => UnknownUnit::LocalTime,
            Domain::Count(..) | Domain::Factor | Domain::Shape => UnknownUnit::Number,
        };
        let values = (0..PARTS).map(at).collect::<Option<Vec<f64>>>();
        values.map_or(UnknownValues::Unsaid, |at| UnknownValues::Numbers { at, unit })
    }

    /// A drawn value as the plan takes it: times drawn from a density fall on quarters of an hour. Nobody switches a policy on
    /// at a fraction of a second, and all of a plan's instants then lie on one lattice.
    fn settled(&self, law: &Law, value: f64) -> f64 {
        if self.domain.is_time() && law.atoms().is_none() { (value * 4.0).round() / 4.0 } else { value }
    }

    /// Every law that it may be, whichever holds.
    ///
    /// # Errors
    /// As [`OpenLaw::law`].
    pub(crate) fn branches(&self, draw: &QuantileDraw<'_>) -> Result<Vec<Law>, Improper> {
        match &self.form {
            Form::OneOf { branches, .. } => {
                let laws: Result<Vec<_>, _> = branches.iter().map(|b| b.branches(draw)).collect();
                Ok(laws?.concat())
            }
            _ => Ok(vec![self.law(draw)?]),
        }
    }

    /// The law of a number that is drawn, as one [`Law`]: exact where it is one, else by evenly spaced quantiles.
    ///
    /// # Errors
    /// As [`OpenLaw::law`].
    pub(crate) fn mixture(&self, draw: &QuantileDraw<'_>) -> Result<Law, Improper> {
        /// Enough that each printed percentile falls on one.
        const POINTS: usize = 200;
        if !matches!(self.form, Form::OneOf { .. }) {
            return self.law(draw);
        }
        let at = |i: usize| self.quantile((i as f64 + 0.5) / POINTS as f64, draw);
        let values = (0..POINTS).map(at).collect::<Result<Vec<_>, _>>()?;
        Law::empirical(values).map_err(|e| self.improper(e.0))
    }

    /// Whether all of the law's values make sense here.
    ///
    /// # Errors
    /// Says which do not.
    pub(crate) fn check(&self, law: &Law) -> Result<(), Improper> {
        let ((low, high), (least, greatest)) = (law.support(), self.domain.limits());
        if low < least {
            return Err(self.improper(format!(
                "it reaches down to {}, below {}",
                self.domain.show(low),
                self.domain.show(least)
            )));
        }
        if high > greatest {
            let high =
                if high.is_finite() { format!("up to {}", self.domain.show(high)) } else { "without limit".to_owned() };
            return Err(self.improper(format!("it reaches {high}, above {}", self.domain.show(greatest))));
        }
        let zero = law.atoms().is_some_and(|atoms| atoms.iter().any(|a| a.0 == 0.0));
        if zero && matches!(self.domain, Domain::Hours { above_zero: true }) {
            return Err(self.improper("it can be 0, and must be longer".to_owned()));
        }
        Ok(())
    }

    fn improper(&self, why: String) -> Improper {
        Improper { span: self.span.clone(), why }
    }

    /// The law in words; parameters that are not known are named with their own laws.
    pub(crate) fn describe(&self) -> String {
        match &self.form {
            Form::Known(law) => self.describe_law(law),
            Form::Open(shape, numbers) => {
                let law = self.law(&QuantileDraw::CENTRE).map_or_else(|e| e.why, |law| self.describe_law(&law));
                let unknown = shape.parameters().iter().zip(numbers).filter_map(|(name, number)| match number {
                    Number::Known(_) | Number::Moved { .. } | Number::Derived(_) => None,
                    Number::Drawn { law, .. } => Some(format!("{name} not known ({})", law.describe())),
                });
                format!("{law}; {}", unknown.collect::<Vec<_>>().join(", "))
            }
            Form::OneOf { cumulative, branches, .. } => {
                let even = 1.0 / branches.len() as f64;
                let mut last = 0.0;
                let parts = branches.iter().zip(cumulative).map(|(branch, to)| {
                    let weight = to - std::mem::replace(&mut last, *to);
                    let words = branch.describe();
                    if (weight - even).abs() < 1e-9 {
                        words
                    } else {
                        format!("{words} ({})", units::show_share(weight))
                    }
                });
                format!("one of: {}", parts.collect::<Vec<_>>().join("; or "))
            }
            Form::BaseRate(rate) => rate.describe(),
        }
    }

    fn describe_law(&self, law: &Law) -> String {
        match *law {
            Law::TruncatedNormal { mean, sd, .. } if self.domain.is_time() => {
                format!("normal, mean {}, sd {}", self.domain.show(mean), units::show_hours(sd))
            }
            _ => law.describe(|v| self.domain.show(v)),
        }
    }
}

/// The branch that `q` falls into, and where within it.
fn choose(cumulative: &[f64], q: f64) -> (usize, f64) {
    let branch = cumulative.partition_point(|c| *c <= q).min(cumulative.len() - 1);
    let from = if branch == 0 { 0.0 } else { cumulative[branch - 1] };
    let within = (q - from) / (cumulative[branch] - from);
    (branch, if within.is_finite() { within.clamp(1e-12, 1.0 - 1e-12) } else { 0.5 })
}

/// What is known of the reconnect window while a value is read.
#[derive(Debug, Clone)]
pub(super) enum UptakeWindow {
    /// The value is no uptake.
    Elsewhere,
    /// An end of the window is missing or faulty, and has been reported.
    Faulty,
    /// It opens and closes then.
    Known(WindowDraft),
}

/// A reconnect window; times in hours since the epoch.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct WindowDraft {
    opens: Number,
    closes: Number,
    as_of: f64,
}

impl UptakeWindow {
    /// The window between these, as far as they have been read.
    pub(super) fn read(
        opens: Option<&Placed<Number>>,
        closes: Option<&Placed<Number>>,
        as_of: Option<&Placed<f64>>,
    ) -> Self {
        match (opens, closes, as_of) {
            (Some(opens), Some(closes), Some(as_of)) => Self::Known(WindowDraft {
                opens: opens.value.clone(),
                closes: closes.value.clone(),
                as_of: as_of.value,
            }),
            _ => Self::Faulty,
        }
    }
}

impl WindowDraft {
    /// Its length in hours; people act in it from `as_of` on, if that is later than its opening.
    pub(super) fn hours(&self, draw: &QuantileDraw<'_>) -> Result<f64, String> {
        let (opens, closes) = (self.opens.value(draw), self.closes.value(draw));
        let opens = opens.map_err(|improper| improper.why)?;
        Ok(closes.map_err(|improper| improper.why)? - opens.max(self.as_of))
    }

    pub(super) fn is_certain(&self) -> bool {
        matches!((&self.opens, &self.closes), (Number::Known(_), Number::Known(_)))
    }
}

/// A base rate with the window that it is scaled to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct WindowedRate {
    pub(super) named: Named,
    pub(super) window: WindowDraft,
}

impl WindowedRate {
    /// What it is like, to go on a sentence with.
    pub(crate) fn like(&self) -> String {
        match self.named {
            Named::Set(set) => format!("{} campaigns", set.key),
            Named::Campaign(_) | Named::Judgement(_) => self.named.key().to_owned(),
        }
    }

    /// The law under a draw.
    ///
    /// # Errors
    /// When the window drawn is too short for one; says so.
    pub(crate) fn law(&self, draw: &QuantileDraw<'_>) -> Result<Law, String> {
        // A judgement is about the plan as it stands, not about each that it may become.
        let draw = if matches!(self.named, Named::Judgement(_)) { &QuantileDraw::CENTRE } else { draw };
        let hours = self.window.hours(draw)?;
        base_rates::scaled(self.named, hours).map(|scaled| scaled.law).map_err(|why| why.message)
    }

    /// Its name with its median and its 5th to 95th percentile, every unknown at its median.
    pub(crate) fn describe(&self) -> String {
        self.law(&QuantileDraw::CENTRE).map_or_else(|why| why, |known| law::label(self.named.key(), &known))
    }

    /// What it rests on, in sentences.
    pub(crate) fn note(&self) -> String {
        let (key, words) = (self.named.key(), self.named.words());
        let hours = show_hours(self.window.hours(&QuantileDraw::CENTRE).unwrap_or(0.0));
        let scaled = match (self.named, self.window.is_certain()) {
            (Named::Judgement(_), _) => return format!("{key} is {words}"),
            (_, true) => format!(" Scaled to the window's {hours} as docs/base-rates.md derives it."),
            (_, false) => {
                format!(
                    " Scaled to the window, which is not known: in each possible plan to its own, at the centre {hours}."
                )
            }
        };
        format!("{key} is a base rate, {words}{scaled}")
    }
}
