//! What an assumption is called in a sentence, from its key in the scenario.

use crate::decision::sensitivity::READING;
use crate::plan::Plan;
use crate::plan::wording::{ACT, AN_ACTION, ORGS};
use crate::scenario::keys::{KeyId, KeyParts};

/// The assumption in words, within a sentence: `the refresh interval`.
pub(crate) fn name(key: &str, plan: &Plan) -> String {
    if key == READING {
        return "which scenario holds".to_owned();
    }
    let Some(parts) = KeyParts::of(key) else { return key.to_owned() };
    let segment = parts.segment.map(|id| plan.segments().iter().find(|s| s.id == id).map_or(id, |s| s.name.as_str()));
    let event = parts.event.map(|id| plan.events().iter().find(|e| e.id == id).map_or(id, |e| e.name.as_str()));
    let pattern = parts.id.facts().name;
    let words = [("{orgs}", ORGS), ("{act}", ACT), ("{action}", AN_ACTION)];
    let name = words.iter().fold(pattern.to_owned(), |name, (place, word)| name.replace(place, &word.to_string()));
    let name = name.replace("{segment}", segment.unwrap_or("all")).replace("{event}", event.unwrap_or_default());
    // Of several rates, and of the parameters of a law, which.
    let parameter = parts.rest.rsplit('.').next().filter(|parameter| !parameter.is_empty());
    let name = match parameter {
        Some(parameter) if parts.id != KeyId::Timing => format!("{name} ({parameter})"),
        _ => name,
    };
    match segment {
        Some(segment) if !pattern.contains("{segment}") => format!("{name} in {segment}"),
        _ => name,
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
