//! The lints by code, and the `allow` that silences them. What each looks for stands in `decision::lint`, where figures can be
//! computed; two that need none stand with the keys they are about.

use super::finding::Finding;
use super::keys;
use super::reader::Reader;
use super::tree::{TomlTable, Value};

/// Every lint: its code, and what it warns of in a few words.
pub const LINTS: [(&str, &str); 19] = [
    ("window-off-hours", "the reconnect window holds less than a working day for some segment"),
    ("window-under-72-hours", "the reconnect window closes less than 72 hours after the policy is on"),
    ("window-before-policy", "reconnects are planned before the policy is on, and don't count"),
    ("window-after-deadline", "reconnects are planned after the deadline"),
    ("uptake-never-reached", "an uptake above what any comparable campaign reached in such a time"),
    ("policy-late-in-week", "the policy is switched on with no office hours left before days off"),
    ("deadline-after-business", "the deadline falls after business has started"),
    ("deadline-on-day-off", "the deadline falls on a holiday or a weekend"),
    ("more-after-deadline", "more orgs fail after the deadline than by it"),
    ("idle-timeout-before-refresh", "tokens go idle before they are refreshed, and no heartbeat keeps them in use"),
    ("control-without-effect", "a control is switched on that can change no figure"),
    ("heartbeat-and-interval", "a daily heartbeat and intervals of weeks contradict each other"),
    ("clock-change", "clocks are put forward or back within the plan"),
    ("event-before-as-of", "an event lies before the instant at which the ages are true"),
    ("plans-left-out", "some possible plans contradict themselves and are left out"),
    ("beyond-horizon", "an event or a milestone lies after the horizon"),
    ("country-and-zone", "a segment's country keeps another time than its time zone"),
    ("fixed-zone", "a time zone whose clocks stand still, or whose name is an abbreviation"),
    ("working-day-already", "a working day is struck out that is no day off"),
];

impl Reader<'_> {
    /// `allow`: the codes of lints that are silenced.
    pub fn allowed(&mut self, root: &TomlTable) -> Vec<&'static str> {
        let Some(node) = root.get("allow") else { return Vec::new() };
        let example = format!("write codes of lints, such as [\"{}\"]", LINTS[0].0);
        let Value::Array(items) = &node.value else {
            self.wrong_type(node, "a list of lints", example);
            return Vec::new();
        };
        let mut allowed = Vec::new();
        for item in items {
            let Some(code) = item.text() else {
                self.wrong_type(item, "the code of a lint", example.clone());
                continue;
            };
            match LINTS.iter().find(|lint| lint.0 == code) {
                Some((code, _)) => allowed.push(*code),
                None => {
                    let finding =
                        Finding::new("unknown-lint", format!("no lint is called `{code}`"), item.span.clone());
                    self.report(finding.help(remedy(code)));
                }
            }
        }
        allowed
    }
}

fn remedy(typed: &str) -> String {
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.0).collect();
    match keys::nearest(typed, &codes) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known lints: {}", keys::list(&codes)),
    }
}
