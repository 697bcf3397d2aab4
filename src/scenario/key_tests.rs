//! The tables of keys against the reader: every key is read, its example is valid, and its default is what holds without it.

use super::Vary;
use super::finding_code::FindingCode;
use super::keys::{CONTROLS, Entry, Holds, KeyId, KeyParts, Moves, OWN_CONTROLS, ROOT, Scope, Section};
use super::loaded::Scenario;
use super::{Findings, parse};
use crate::plan::Cause;

/// A plan in which every table may stand, and no key has a value that is no default.
const BARE: &str = r#"
title = "Bare"
time_zone = "America/Los_Angeles"
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
[population]
orgs = 1_000
as_of = "2026-04-24 12:00"
[[event]]
id = "pkce"
at = "2026-05-01 12:00"
reauthorization = {}
static_ip = {}
token_rotation = {}
idle_timeout = { after = "60d" }
[[milestone]]
name = "Then"
at = "2026-05-11 00:00"
[reconnect]
opens = "2026-05-01 13:00"
closes = "2026-05-03 24:00"
uptake = [0.0, 1.0]
[recovery]
after = "6h"
[[segment]]
id = "all"
share = 1.0
"#;

fn with(changes: &[String]) -> Result<Scenario, Findings> {
    parse("bare.toml", BARE, changes, &|_| Err("no files".to_owned()))
}

/// Every key by its dotted path, as `--set` names it.
fn all() -> Vec<(String, &'static Entry)> {
    let mut found = Vec::new();
    collect(&ROOT, "", &mut found);
    found
}

fn collect(section: &'static Section, prefix: &str, found: &mut Vec<(String, &'static Entry)>) {
    for entry in section.keys {
        let path = format!("{prefix}{}", entry.name);
        collect_held(entry.holds, &path, found);
        found.push((path, entry));
    }
}

fn collect_held(holds: Holds, path: &str, found: &mut Vec<(String, &'static Entry)>) {
    match holds {
        Holds::Table(section) | Holds::Own(section) => collect(section, &format!("{path}."), found),
        Holds::Tables(section) => {
            let id = match path {
                "event" => "pkce",
                "milestone" => "then",
                _ => "all",
            };
            collect(section, &format!("{path}.{id}."), found);
        }
        Holds::ByEvent(section) => collect(section, &format!("{path}.pkce."), found),
        Holds::Either(both) => both.iter().for_each(|one| collect_held(*one, path, found)),
        _ => {}
    }
}

/// A key that the reader passes over would swallow anything: a date within a list is right for none of them.
#[test]
fn every_key_of_the_tables_is_read() {
    let all = all();
    assert!(all.len() > 70, "{} keys", all.len());
    for (path, _) in all {
        // Only the table of a deadline or a timing has these keys.
        let findings = match with(&[format!("{path}=[[1979-05-27]]")]) {
            Ok(_) => panic!("{path} is not read"),
            Err(findings) => findings,
        };
        let told = findings.sorted().into_iter().any(|f| f.span.source == 1 && f.code != FindingCode::UnknownKey);
        assert!(told, "{path}: {}", findings.render(false));
    }
}

#[test]
fn every_example_is_valid() {
    for (path, entry) in all() {
        // An inventory needs a file, a share further segments, and these the other keys of their table.
        let not_alone = [
            "population.inventory",
            "population.columns.",
            "population.duplicates",
            "share",
            "deadline.clock",
            "timing.office_hours",
            "words.",
            // These stand in tables that need other keys, or beside some.
            "event.pkce.waves",
            "event.pkce.brownouts",
            "event.pkce.nudge",
            "event.pkce.reauthorization.required.",
            "reauthorization.warned",
            "lifetime.retroactive",
            "checkpoint.",
            "guard",
            "timing.steady",
            "timing.curve",
            "timing.reminders",
            "timing.weights",
            "segment.all.orgs",
            "segment.all.event.pkce.lifetime",
            "segment.all.event.pkce.reauthorization.counts_from",
            "segment.all.event.pkce.reauthorization.bites",
            "segment.all.event.pkce.reauthorization.repeat",
        ];
        let alone = !not_alone.iter().any(|key| path.ends_with(key) || path.starts_with(key) || path.contains(key));
        if entry.example.is_empty() || !alone {
            continue;
        }
        if let Err(findings) = with(&[format!("{path}={}", entry.example)]) {
            panic!("{path} = {}: {}", entry.example, findings.render(false));
        }
    }
}

#[test]
fn a_default_that_is_written_changes_nothing() {
    let told = |changes: &[String]| -> Vec<(String, String)> {
        let scenario = with(changes).unwrap_or_else(|f| panic!("{changes:?}: {}", f.render(false)));
        let plan = scenario.family.centre();
        assert_eq!((plan.seed(), plan.runs()), (1, 10_000), "{changes:?}");
        scenario.assumptions.into_iter().map(|a| (a.key, a.words)).collect()
    };
    let mut compared = 0;
    for (path, entry) in all() {
        let not_alone = [
            "deadline.clock",
            "timing.office_hours",
            "timing.steady",
            "lifetime.retroactive",
            "reminders.all.weight",
            "guard.delay",
            "guard.then",
            "checkpoint.all.clock",
        ];
        // Told where they are written.
        let told_if_given =
            ["race", "warned", "nudge", "heals", "bites", "repeat", "counts_from"].iter().any(|k| path.ends_with(k));
        let alone = !not_alone.iter().any(|k| path.ends_with(k)) && !told_if_given;
        // What a segment says itself is listed as its own, be it the default or not.
        let of_segment = path.starts_with("segment.all.") && path.matches('.').count() > 2;
        if entry.default.is_empty() || entry.default.starts_with('(') || !alone || of_segment {
            continue;
        }
        // The hours of a week are told where something goes by them.
        let hours = path.contains("human_hours").then(|| "recovery.office_hours=true".to_owned());
        let bare: Vec<String> = hours.into_iter().collect();
        let written = [bare.clone(), vec![format!("{path}={}", entry.default)]].concat();
        assert_eq!(told(&written), told(&bare), "{path} = {}", entry.default);
        compared += 1;
    }
    assert!(compared > 12, "{compared}");
}

#[test]
fn the_controls_of_the_tables_are_those_of_the_plan() {
    let mut own = OWN_CONTROLS.names();
    own.retain(|key| !["at", "nudge"].contains(key));
    own.sort_unstable();
    let mut causes = Cause::ALL.map(Cause::key);
    causes.sort_unstable();
    assert_eq!(own, causes);
    for cause in Cause::ALL {
        assert!(CONTROLS[cause.index()].header.starts_with(cause.key()), "{}", cause.key());
    }
}

/// A key that one of the lists forgets would be silent there.
#[test]
fn every_number_is_told_among_the_assumptions_and_moves_as_its_key_says() {
    const POLICIES: [KeyId; 10] = [
        KeyId::Race,
        KeyId::LifetimeAfter,
        KeyId::LifetimeRetroactive,
        KeyId::Grace,
        KeyId::Warned,
        KeyId::Nudge,
        KeyId::Until,
        KeyId::Connected,
        KeyId::OwnUptake,
        KeyId::SegmentOrgs,
    ];
    let plain = ["reconnect.uptake=0.5", "reconnect.timing={ half_life = \"10h\" }"];
    let with_policies = [
        "event.pkce.token_rotation.race=0.01",
        "event.pkce.lifetime={ after = \"90d\" }",
        "event.pkce.reauthorization={ grace = \"24h\", warned = 0.5 }",
        "event.pkce.nudge=0.2",
        "event.pkce.until=2026-06-01 00:00",
        "population.connected=\"30d\"",
        "segment.all={ orgs = 1_000, uptake = 0.5 }",
    ];
    for (changes, ids) in [
        (&plain[..], KeyId::ALL.into_iter().filter(|id| !POLICIES.contains(id)).collect::<Vec<_>>()),
        (&with_policies[..], POLICIES.to_vec()),
    ] {
        told_and_moved(changes, &ids);
    }
}

fn told_and_moved(changes: &[&str], ids: &[KeyId]) {
    let changes: Vec<String> = changes.iter().map(|change| (*change).to_owned()).collect();
    let scenario = with(&changes).unwrap_or_else(|f| panic!("{}", f.render(false)));
    let moved = |vary: &[Vary]| -> Result<Vec<String>, String> {
        Ok(scenario.movements(vary)?.assumptions().iter().map(|a| a.key.clone()).collect())
    };
    let by_itself = moved(&[]).expect("moves");
    for id in ids.iter().copied() {
        let facts = id.facts();
        let key = match facts.scope {
            Scope::Plan | Scope::PlanOrSegment => id.below(""),
            Scope::Segment => id.below("segment.all"),
            Scope::Event | Scope::EventOrSegment => id.below("event.pkce"),
        };
        // A half-life is told in the line of the timing.
        let line = if id == KeyId::HalfLife { KeyId::Timing.below("") } else { key.clone() };
        assert!(scenario.assumptions.iter().any(|a| a.key == line), "{line} is not told");
        let is_it = |moved: &String| KeyParts::of(moved).is_some_and(|parts| parts.id == id);
        let has = |keys: &[String]| keys.iter().any(is_it);
        // Those that stand there with another value than that of rest move by themselves, too.
        let moves =
            facts.moves == Moves::ByItself || matches!(facts.moves, Moves::ByItselfUnless(value) if value == 0.0);
        assert_eq!(has(&by_itself), moves, "{key} moves by itself");
        let asked = moved(&[Vary { key: key.clone(), range: None }]);
        let offered = matches!(facts.moves, Moves::OnRequest | Moves::ByItselfUnless(_));
        // The ages are a law here, whose parameters are what moves.
        let is_law = id == KeyId::LastRefresh;
        assert_eq!(asked.is_ok_and(|keys| has(&keys)), offered || facts.moves == Moves::ByItself && !is_law, "{key}");
    }
}
