//! What an assumption is called in a sentence, from its key in the scenario.

use crate::plan::Plan;
use crate::results::Counted;

/// The assumption in words, within a sentence: `the refresh interval`.
pub fn name(key: &str, plan: &Plan) -> String {
    if let Some((id, rest)) = key.strip_prefix("segment.").and_then(|k| k.split_once('.')) {
        let segment = plan.segments().iter().find(|s| s.id == id).map_or(id, |s| s.name.as_str());
        return match rest {
            "uptake_factor" => format!("how much {segment} follows"),
            "share" => format!("the share of {segment}"),
            _ => format!("{} in {segment}", name(rest, plan)),
        };
    }
    if let Some((id, rest)) = key.strip_prefix("event.").and_then(|k| k.split_once('.')) {
        let event = plan.events().iter().find(|e| e.id == id).map_or(id, |e| e.name.as_str());
        return match rest {
            "at" => format!("the date of {event}"),
            "reauthorization.required" => format!("how often {event} requires a reconnect"),
            "static_ip.mismatch" => "how many call from another address".to_owned(),
            "token_rotation.lost_token" => "how often a rotated token is lost".to_owned(),
            "idle_timeout.after" => "the idle timeout".to_owned(),
            "idle_timeout.retroactive" => "whether unused time counts from before".to_owned(),
            _ => format!("{rest} of {event}"),
        };
    }
    let with_parameter = |name: &str, rest: &str| match rest.rsplit('.').next() {
        Some(parameter) if !rest.is_empty() => format!("{name} ({parameter})"),
        _ => name.to_owned(),
    };
    const NAMES: [(&str, &str); 14] = [
        ("reading", "which scenario holds"),
        ("deadline", "the deadline"),
        ("horizon", "the horizon"),
        ("population.orgs", "the number of orgs"),
        ("population.as_of", "when the ages are true"),
        ("population.last_refresh", "how old tokens are"),
        ("refresh.interval", "the refresh interval"),
        ("refresh.heartbeat.coverage", "how many the heartbeat reaches"),
        ("reconnect.opens", "when the window opens"),
        ("reconnect.closes", "when the window closes"),
        ("reconnect.uptake", "how many reconnect"),
        ("reconnect.timing", "how soon people reconnect"),
        ("recovery.after", "how long a recovery takes"),
        ("reconnect.correlation", "how much orgs act together"),
    ];
    let found = NAMES.iter().find_map(|(known, name)| {
        let rest = key.strip_prefix(known)?;
        (rest.is_empty() || rest.starts_with('.')).then_some((*name, rest))
    });
    match found {
        Some(("how soon people reconnect", _)) => "how soon people reconnect".to_owned(),
        Some((name, rest)) => with_parameter(name, rest),
        None => key.to_owned(),
    }
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
