//! The lints by code, and the `allow` that silences them. What each looks for stands in `decision::lint`, where figures can be
//! computed; two that need none stand with the keys they are about.

use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys;
use super::reader::Reader;
use super::tree::{TomlTable, Value};

/// Every lint: its code, and what it warns of in a few words.
pub const LINTS: [(FindingCode, &str); 24] = [
    (FindingCode::WindowOffHours, "the reconnect window holds less than a working day for some segment"),
    (FindingCode::WindowUnder72Hours, "the reconnect window closes less than 72 hours after the policy is on"),
    (FindingCode::WindowBeforePolicy, "reconnects are planned before the policy is on, and don't count"),
    (FindingCode::WindowAfterDeadline, "reconnects are planned after the deadline"),
    (FindingCode::UptakeNeverReached, "an uptake above what any comparable campaign reached in such a time"),
    (FindingCode::PolicyLateInWeek, "the policy is switched on with no office hours left before days off"),
    (FindingCode::DeadlineAfterBusiness, "the deadline falls after business has started"),
    (FindingCode::DeadlineOnDayOff, "the deadline falls on a holiday or a weekend"),
    (FindingCode::MoreAfterDeadline, "more orgs fail after the deadline than before it"),
    (
        FindingCode::IdleTimeoutBeforeRefresh,
        "tokens go idle before they are refreshed, and no heartbeat keeps them in use",
    ),
    (FindingCode::ControlWithoutEffect, "a control is switched on that can change no figure"),
    (FindingCode::WavesBelowAll, "the waves of an event add up to less than all orgs"),
    (FindingCode::StepsBelowAll, "a check that grows stricter step by step never refuses everybody"),
    (FindingCode::BrownoutAtNight, "a brownout falls outside the office hours of most orgs"),
    (
        FindingCode::GracePastDeadline,
        "a notice runs longer than the way to the deadline, so nobody on it fails by then",
    ),
    (FindingCode::GuardTooLate, "a guard looks so late that stopping spares nobody"),
    (FindingCode::HeartbeatAndInterval, "a daily heartbeat and intervals of weeks contradict each other"),
    (FindingCode::ClockChange, "clocks are put forward or back within the plan"),
    (FindingCode::EventBeforeAsOf, "an event lies before the instant at which the ages are true"),
    (FindingCode::PlansLeftOut, "some possible plans contradict themselves and are left out"),
    (FindingCode::BeyondHorizon, "an event or a milestone lies after the horizon"),
    (FindingCode::CountryAndZone, "a segment's country keeps another time than its time zone"),
    (FindingCode::FixedZone, "a time zone whose clocks stand still, or whose name is an abbreviation"),
    (FindingCode::WorkingDayAlready, "a working day is struck out that is no day off"),
];

impl Reader<'_> {
    /// `allow`: the codes of lints that are silenced.
    pub(super) fn allowed(&mut self, root: &TomlTable) -> Vec<FindingCode> {
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
            match LINTS.iter().find(|lint| lint.0.as_str() == code) {
                Some((code, _)) => allowed.push(*code),
                None => {
                    let finding = Finding::new(
                        FindingCode::UnknownLint,
                        format!("no lint is called `{code}`"),
                        item.span.clone(),
                    );
                    self.report(finding.help(remedy(code)));
                }
            }
        }
        allowed
    }
}

fn remedy(typed: &str) -> String {
    let codes: Vec<&str> = LINTS.iter().map(|lint| lint.0.as_str()).collect();
    match keys::nearest(typed, &codes) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None => format!("known lints: {}", keys::list(&codes)),
    }
}
