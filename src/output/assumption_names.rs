//! What an assumption is called in a sentence, from its key in the scenario.

use crate::plan::Plan;
use crate::results::Counted;
use crate::scenario::keys::{KeyId, KeyParts};

/// The assumption in words, within a sentence: `the refresh interval`.
pub fn name(key: &str, plan: &Plan) -> String {
    let Some(parts) = KeyParts::of(key) else { return key.to_owned() };
    let segment = parts.segment.map(|id| plan.segments().iter().find(|s| s.id == id).map_or(id, |s| s.name.as_str()));
    let event = parts.event.map(|id| plan.events().iter().find(|e| e.id == id).map_or(id, |e| e.name.as_str()));
    let (segment_or_all, event) = (segment.unwrap_or("all"), event.unwrap_or_default());
    let name = match parts.id {
        KeyId::UptakeFactor => return format!("how much {segment_or_all} follows"),
        KeyId::Share => return format!("the share of {segment_or_all}"),
        KeyId::Reading => "which scenario holds".to_owned(),
        KeyId::Deadline => "the deadline".to_owned(),
        KeyId::Horizon => "the horizon".to_owned(),
        KeyId::Orgs => "the number of orgs".to_owned(),
        KeyId::AsOf => "when the ages are true".to_owned(),
        KeyId::LastRefresh => "how old tokens are".to_owned(),
        KeyId::Interval => "the refresh interval".to_owned(),
        KeyId::HeartbeatCoverage => "how many the heartbeat reaches".to_owned(),
        KeyId::Opens => "when the window opens".to_owned(),
        KeyId::Closes => "when the window closes".to_owned(),
        KeyId::Uptake => "how many reconnect".to_owned(),
        KeyId::HalfLife | KeyId::Timing => "how soon people reconnect".to_owned(),
        KeyId::Correlation => "how much orgs act together".to_owned(),
        KeyId::RecoveryAfter => "how long a recovery takes".to_owned(),
        KeyId::EventAt => format!("the date of {event}"),
        KeyId::Required => format!("how often {event} requires a reconnect"),
        KeyId::Mismatch => "how many call from another address".to_owned(),
        KeyId::LostToken => "how often a rotated token is lost".to_owned(),
        KeyId::IdleAfter => "the idle timeout".to_owned(),
        KeyId::IdleRetroactive => "whether unused time counts from before".to_owned(),
    };
    // Of several rates, and of the parameters of a law, which.
    let parameter = parts.rest.rsplit('.').next().filter(|parameter| !parameter.is_empty());
    let name = match parameter {
        Some(parameter) if parts.id != KeyId::Timing => format!("{name} ({parameter})"),
        _ => name,
    };
    segment.map_or_else(|| name.clone(), |segment| format!("{name} in {segment}"))
}

/// The name at the beginning of a sentence.
pub fn at_start(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is counted, after a number of orgs: `fail by the deadline`.
pub const fn verb(counted: Counted) -> &'static str {
    match counted {
        Counted::FailedByDeadline => "fail by the deadline",
        Counted::DownAtDeadline => "are down at the deadline",
        Counted::FailedByHorizon => "fail by the horizon",
    }
}

/// What is counted, as a heading: `failed by the deadline`.
pub const fn noun(counted: Counted) -> &'static str {
    match counted {
        Counted::FailedByDeadline => "failed by the deadline",
        Counted::DownAtDeadline => "down at the deadline",
        Counted::FailedByHorizon => "failed by the horizon",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::sample::Sample;

    #[test]
    fn keys_become_words_and_those_unknown_stay() {
        let plan = Sample::flagship().plan();
        let cases = [
            ("refresh.interval", "the refresh interval"),
            ("refresh.interval.uniform.max", "the refresh interval (max)"),
            ("event.pkce.reauthorization.required", "how often PKCE requires a reconnect"),
            ("segment.all.uptake_factor", "how much all follows"),
            ("segment.all.refresh.interval", "the refresh interval in all"),
            ("human_hours", "human_hours"),
        ];
        for (key, want) in cases {
            assert_eq!(name(key, &plan), want);
        }
    }
}
