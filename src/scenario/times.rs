//! The instants of a draft as a draw makes them.

use super::domain::instant;
use super::draft::Draft;
use super::quantity::{Number, QuantileDraw};
use super::reader::Placed;
use super::span::Span;
use crate::plan::clock;
use crate::plan::zone::Tz;
use chrono::{DateTime, Utc};

/// An instant under a draw, with its place.
type At = Option<(DateTime<Utc>, Span)>;

/// The instants of a draft under a draw; absent where they are faulty or not the same for all.
pub(super) struct Times {
    pub as_of: At,
    pub horizon: At,
    pub opens: At,
    pub closes: At,
    zone: Tz,
}

impl Times {
    pub(super) fn new(draft: &Draft, draw: &QuantileDraw<'_>) -> Self {
        let at = |placed: Option<&Placed<Number>>| {
            placed.and_then(|p| p.value.value(draw).ok().map(|v| (instant(v), p.span.clone())))
        };
        let reconnect = draft.reconnect.as_ref();
        Self {
            as_of: draft.as_of.as_ref().map(|p| (instant(p.value), p.span.clone())),
            horizon: at(draft.horizon.as_ref()),
            opens: at(reconnect.and_then(|r| r.opens.as_ref())),
            closes: at(reconnect.and_then(|r| r.closes.as_ref())),
            zone: draft.zone.unwrap_or(Tz::UTC),
        }
    }

    pub(super) fn show(&self, at: DateTime<Utc>) -> String {
        clock::show(at, self.zone, None)
    }
}
