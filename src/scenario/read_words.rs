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
        let (act, action) = (word("act"), word("action"));
        Wording {
            one: word("one").unwrap_or(usual.one),
            many: word("many").unwrap_or(usual.many),
            // The usual name of the act is that of the usual act.
            action: if act.is_some() { action } else { action.or(usual.action) },
            act: act.unwrap_or(usual.act),
            acted: word("acted").unwrap_or(usual.acted),
            locale,
            acting: word("acting").unwrap_or(usual.acting),
        }
    }

    /// `locale`; without one numbers and times are written as ISO has them.
    fn locale(&mut self, root: &TomlTable) -> Locale {
        let Some(node) = root.get("locale") else { return Locale::Iso };
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
                Locale::Iso
            },
            |(_, locale)| locale,
        )
    }
}
