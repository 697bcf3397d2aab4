//! `{ base_rate = "..." }`: an uptake from what comparable campaigns reached. It is a law that depends on the length of the
//! reconnect window; where the window is not known, each possible plan has the law of its own.

use super::base_rates::{self, Named};
use super::domain::Domain;
use super::draft::Draft;
use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys;
use super::quantity::{Form, Number, OpenLaw, QuantileDraw, UptakeWindow, WindowedRate};
use super::reader::Reader;
use super::tree::{Key, Node};

/// Names in a line of help.
const NAMES_A_LINE: usize = 5;

impl Reader<'_> {
    /// The law of a base rate.
    pub(super) fn base_rate(&mut self, name: &Key, body: &Node, domain: Domain) -> Option<Form> {
        let window = match (&self.uptake_window, domain) {
            (UptakeWindow::Known(window), Domain::Rate) => Some(window.clone()),
            (UptakeWindow::Faulty, Domain::Rate) => None,
            _ => {
                let message = "a base rate is the share that acts within the reconnect window, and this is no uptake";
                let help = "it stands for `reconnect.uptake` alone: write the value or another law here";
                self.report(Finding::new(FindingCode::BadLaw, message, name.span.clone()).help(help));
                return None;
            }
        };
        let (named, window) = (self.base_rate_name(body)?, window?);
        let hours = window.hours(&QuantileDraw::CENTRE).ok()?;
        match base_rates::scaled(named, hours) {
            Ok(_) => Some(Form::BaseRate(Box::new(WindowedRate { named, window }))),
            // A window that closes before it opens is a fault of its own.
            Err(_) if hours < 0.0 => None,
            Err(why) => {
                self.report(Finding::new(FindingCode::BadBaseRate, why.message, body.span.clone()).help(why.help));
                None
            }
        }
    }

    /// What the name of a base rate names.
    fn base_rate_name(&mut self, body: &Node) -> Option<Named> {
        let Some(key) = body.text() else {
            self.wrong_type(body, "the name of a base rate", format!("write one of them in quotes:\n{}", names()));
            return None;
        };
        let named = Named::find(key);
        if named.is_none() {
            let near = keys::nearest(key, &base_rates::keys()).map(|near| format!("did you mean \"{near}\"? "));
            let help = format!("{}The names are\n{}", near.unwrap_or_default(), names());
            let message = format!("unknown base rate `{key}`");
            self.report(Finding::new(FindingCode::UnknownBaseRate, message, body.span.clone()).help(help));
        }
        named
    }
}

/// All names, a few a line.
fn names() -> String {
    let quoted: Vec<String> = base_rates::keys().iter().map(|key| format!("`{key}`")).collect();
    let lines: Vec<String> = quoted.chunks(NAMES_A_LINE).map(|line| line.join(", ")).collect();
    format!("{}.\n`cutover base-rates` shows what each says", lines.join(",\n"))
}

/// What the author of a draft without faults should know of its base rates: what each rests on.
pub(super) fn notes(draft: &Draft) -> Vec<String> {
    let mut notes = Vec::new();
    for uptake in draft.reconnect.iter().flat_map(|reconnect| &reconnect.uptakes) {
        if let Number::Drawn { law, .. } = &uptake.number {
            collect(law, &mut notes);
        }
    }
    notes
}

fn collect(law: &OpenLaw, notes: &mut Vec<String>) {
    match &law.form {
        Form::BaseRate(rate) => {
            let note = rate.note();
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        Form::OneOf { branches, .. } => branches.iter().for_each(|branch| collect(branch, notes)),
        Form::Open(_, numbers) => {
            for number in numbers {
                if let Number::Drawn { law, .. } = number {
                    collect(law, notes);
                }
            }
        }
        Form::Known(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::base_rates::law;
    use super::super::tests::FULL;
    use super::super::{Scenario, base_rates, parse};
    use super::*;
    use crate::stats::Law;

    fn parsed(changes: &[&str]) -> Scenario {
        let changes: Vec<String> = changes.iter().map(|c| (*c).to_owned()).collect();
        parse("plan.toml", FULL, &changes, &|_| Err("no files".to_owned())).expect("a scenario")
    }

    fn law_of(key: &str, hours: f64) -> Law {
        base_rates::scaled(Named::find(key).expect("a name"), hours).expect("a law").law
    }

    #[test]
    fn an_uptake_may_be_a_base_rate_alone_in_the_list_and_among_others() {
        let scenario = parsed(&[r#"reconnect.uptake={ base_rate = "heartbleed-reissue" }"#]);
        let [uptake] = scenario.family.centre().uptakes() else { panic!("one rate") };
        // From Fri 1 May 13:00 to the end of Sun 3 May are 59 hours.
        let law = law_of("heartbleed-reissue", 59.0);
        assert_eq!(uptake.law.as_ref(), Some(&law));
        assert_eq!(uptake.value, law.quantile(0.5));
        assert_eq!(uptake.echo, serde_json::json!({ "base_rate": "heartbleed-reissue" }));
        assert_eq!(uptake.label, "like heartbleed-reissue: 0.15-23 %, median 4.5 %");
        assert_eq!((uptake.name.as_str(), law.quantile(0.05) > 0.001), ("0.15-23 %", true));
        assert_eq!(scenario.family.unknowns()[0].words, law::label("heartbleed-reissue", &law));
        let at = |q: f64| scenario.family.plan_at(&[q]).expect("a plan").uptakes()[0].value;
        assert_eq!((at(0.05), at(0.95)), (law.quantile(0.05), law.quantile(0.95)));

        let scenario =
            parsed(&[r#"reconnect.uptake=[0.0, { base_rate = "enforced" }, { base_rate = "advice-only" }]"#]);
        let keys: Vec<&str> = scenario.family.unknowns().iter().map(|u| u.key.as_str()).collect();
        assert_eq!(keys, ["reconnect.uptake.2", "reconnect.uptake.3"]);
        let given = scenario.assumptions.iter().find(|a| a.key == "reconnect.uptake").expect("told");
        assert!(
            given.words.contains("enforced (48 %, ") && given.words.contains("advice-only (5.1 %, "),
            "{}",
            given.words
        );

        let scenario =
            parsed(&[r#"reconnect.uptake={ one_of = [{ base_rate = "advice-only" }, 0.8], weights = [3, 1] }"#]);
        let at = |q: f64| scenario.family.plan_at(&[q]).expect("a plan").uptakes()[0].value;
        assert_eq!((at(0.375), at(0.9)), (law_of("advice-only", 59.0).quantile(0.5), 0.8));
    }

    #[test]
    fn a_window_that_is_not_known_gives_each_possible_plan_the_law_of_its_own() {
        let closes = r#"reconnect.closes={ empirical = ["2026-05-02 13:00", "2026-05-08 13:00"] }"#;
        let scenario = parsed(&[closes, r#"reconnect.uptake={ base_rate = "enforced" }"#]);
        let keys: Vec<&str> = scenario.family.unknowns().iter().map(|u| u.key.as_str()).collect();
        assert_eq!(keys, ["reconnect.closes", "reconnect.uptake"]);
        let median = |q: f64| scenario.family.plan_at(&[q, 0.5]).expect("a plan").uptakes()[0].value;
        assert_eq!(median(0.25), law_of("enforced", 24.0).quantile(0.5));
        assert_eq!(median(0.75), law_of("enforced", 168.0).quantile(0.5));
        assert!(
            scenario.notes.iter().any(|note| note.contains("in each possible plan to its own")),
            "{:?}",
            scenario.notes
        );
        // A judgement is about 60 hours, whichever window is drawn.
        let scenario = parsed(&[
            r#"reconnect.closes={ triangular = ["2026-05-02 13:00", "2026-05-04 00:00", "2026-05-06 13:00"] }"#,
            r#"reconnect.uptake={ base_rate = "weekend-judgement" }"#,
        ]);
        let median = |q: f64| scenario.family.plan_at(&[q, 0.5]).expect("a plan").uptakes()[0].value;
        assert_eq!(median(0.001), median(0.999));
    }

    #[test]
    fn a_window_that_opened_before_as_of_counts_from_as_of() {
        let scenario = parsed(&["reconnect.opens=2026-04-01 00:00", r#"reconnect.uptake={ base_rate = "enforced" }"#]);
        // From Fri 24 Apr 12:00 to the end of Sun 3 May are 228 hours.
        let law = law_of("enforced", 228.0);
        assert_eq!(scenario.family.centre().uptakes()[0].law.as_ref(), Some(&law));
    }

    #[test]
    fn notes_say_once_what_a_base_rate_rests_on() {
        let uptake = r#"reconnect.uptake=[{ base_rate = "heartbleed-reissue" }, { base_rate = "advice-only" },
            { base_rate = "advice-only" }, { base_rate = "weekend-judgement" }]"#;
        let notes = parsed(&[uptake]).notes;
        let about = |key: &str| notes.iter().filter(|n| n.starts_with(key)).collect::<Vec<_>>();
        let said = "heartbleed-reissue is a base rate, from certificates reissued after Heartbleed: under 27 % within 21 \
                    days; pressure: advice alone. A bound, not a share. Source: Zhang et al., IMC 2014 (securepki.org, CACM). \
                    Scaled to the window's 59 h as docs/base-rates.md derives it.";
        assert_eq!(about("heartbleed-reissue"), [said]);
        assert_eq!(about("advice-only").len(), 1);
        assert!(about("weekend-judgement")[0].contains("not a measurement"));
    }
}
