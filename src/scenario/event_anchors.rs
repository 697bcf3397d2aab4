//! The events of a scenario whose instants other times may hang on, each read once.

use super::changes::id_of;
use super::placed::Placed;
use super::quantity::Number;
use super::tree::{Node, TomlTable, Value};

/// The events of a scenario whose instants others may hang on.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    /// In the order of the file.
    pub(super) events: Vec<EventAnchor>,
    /// Places of those whose times are being read, each because the one before hangs on it.
    pub(super) reading: Vec<usize>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct EventAnchor {
    pub(super) id: String,
    pub(super) at: Option<Node>,
    pub(super) state: AnchorState,
}

/// How far its time has been read.
#[derive(Debug, Clone)]
pub(super) enum AnchorState {
    Unread,
    /// Its own time is being read.
    Reading,
    Read(Option<Placed<Number>>),
}

impl Anchors {
    /// The events of a scenario, not yet read.
    pub(super) fn of(root: &TomlTable) -> Self {
        let items = match root.get("event").map(|node| &node.value) {
            Some(Value::Array(items)) => items.as_slice(),
            _ => &[],
        };
        let anchor =
            |item: &Node| Some(EventAnchor { id: id_of(item)?, at: instant_of(item), state: AnchorState::Unread });
        Self { events: items.iter().filter_map(anchor).collect(), reading: Vec::new() }
    }

    /// The ids of those that hang on each other, from one that is being read on.
    pub(super) fn circle_from(&self, place: usize) -> Vec<&str> {
        let circle = self.reading.iter().skip_while(|reading| **reading != place);
        circle.map(|reading| self.events[*reading].id.as_str()).collect()
    }

    /// Their ids.
    pub(super) fn ids(&self) -> Vec<&str> {
        self.events.iter().map(|event| event.id.as_str()).collect()
    }
}

/// The node of an event's instant: `at`, or that of its first wave.
fn instant_of(event: &Node) -> Option<Node> {
    let table = event.table()?;
    let first = |waves: &Node| match &waves.value {
        Value::Array(items) => items.first()?.table()?.get("at").cloned(),
        Value::Table(even) => even.get("from").cloned(),
        _ => None,
    };
    table.get("at").cloned().or_else(|| table.get("waves").and_then(first))
}
