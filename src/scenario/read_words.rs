//! From the tree to a draft: `[words]` and `locale`.

use super::finding::Finding;
use super::finding_code::FindingCode;
use super::keys;
use super::reader::Reader;
use super::tree::TomlTable;
use crate::plan::Wording;
use crate::plan::wording::Locale;

impl Reader<'_> {
    /// `[words]`; what it does not say is as usual.
    pub(super) fn wording(&mut self, root: &TomlTable) -> Wording {
        let usual = Wording::default();
        let locale = self.locale(root);
        let usual = Wording { locale, ..usual };
        let Some(node) = root.get("words") else { return usual };
        let Some(table) = self.table(node, "[words]\none = \"workspace\"\nmany = \"workspaces\"") else { return usual };
        self.only(table, &keys::WORDS);
        for together in [&["one", "many"][..], &["act", "acted", "acting"]] {
            let (given, absent): (Vec<&str>, Vec<&str>) = together.iter().partition(|key| table.get(key).is_some());
            if !given.is_empty() && !absent.is_empty() {
                let message = format!("{} says nothing without {}", keys::list(&given), keys::list(&absent));
                let finding = Finding::new(FindingCode::MissingKey, message, node.span.clone());
                self.report(finding.help(format!("a sentence needs all of {}", keys::list(together))));
            }
        }
        let mut word = |key: &str| table.get(key).and_then(|node| self.text(node)).map(|word| word.trim().to_owned());
        let (act, action, failed) = (word("act"), word("action"), word("failed"));
        Wording {
            one: word("one").unwrap_or(usual.one),
            many: word("many").unwrap_or(usual.many),
            // The usual name of the act is that of the usual act.
            action: if act.is_some() { action } else { action.or(usual.action) },
            act: act.unwrap_or(usual.act),
            acted: word("acted").unwrap_or(usual.acted),
            locale,
            acting: word("acting").unwrap_or(usual.acting),
            fail: failed.as_ref().map_or(usual.fail, |failed| format!("are {failed}")),
            fails: failed.as_ref().map_or(usual.fails, |failed| format!("is {failed}")),
            failed: failed.unwrap_or(usual.failed),
            down: word("down").unwrap_or(usual.down),
        }
    }

    /// `locale`; without one, that of the plan's country or time zone.
    fn locale(&mut self, root: &TomlTable) -> Locale {
        let usual = usual_locale(root);
        let Some(node) = root.get("locale") else { return usual };
        let known = Locale::ALL.map(|(key, _)| key);
        let named = node.text().and_then(|text| Locale::ALL.into_iter().find(|(key, _)| *key == text));
        named.map_or_else(
            || {
                let said = node.text().unwrap_or(node.value.kind());
                let finding =
                    Finding::new(FindingCode::UnknownChoice, format!("unknown locale `{said}`"), node.span.clone());
                self.report(finding.help(match keys::nearest(said, &known) {
                    Some(near) => format!("did you mean \"{near}\"?"),
                    None => format!("known here: {}", keys::list(&known)),
                }));
                usual
            },
            |(_, locale)| locale,
        )
    }
}

/// How numbers and times are written where a plan is made: by its country, without one by its time zone.
fn usual_locale(root: &TomlTable) -> Locale {
    let said = |key: &str| root.get(key).and_then(|node| node.text());
    if let Some(country) = said("country") {
        // The part of a country stands behind a hyphen: US-CA.
        return match country.split('-').next() {
            Some("US" | "CA") => Locale::EnUs,
            Some("GB" | "IE") => Locale::EnGb,
            _ => Locale::Iso,
        };
    }
    match said("time_zone") {
        Some("Europe/London" | "Europe/Dublin") => Locale::EnGb,
        Some("Pacific/Honolulu") => Locale::EnUs,
        Some(zone) if zone.starts_with("America/") || zone.starts_with("US/") => Locale::EnUs,
        _ => Locale::Iso,
    }
}
