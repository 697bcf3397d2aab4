//! Base rates as text for a terminal and as JSON: what share acted in comparable campaigns, with sources and caveats; for a
//! window of a given length the law that each makes.

use super::terminal::{Look, NARROWEST, STYLE, table};
use crate::plan::units::show_hours;
use crate::scenario::base_rates::law::percent;
use crate::scenario::base_rates::{
    self, ALL, BaseRate, JUDGEMENT, Named, NoLaw, RatePoint, SETS, Scaled, Share, scaled,
};
use comfy_table::{ColumnConstraint, ContentArrangement, Table};
use serde_json::{Map, Value, json};
use textwrap::WordSplitter;

/// The rows, their sources and caveats, the sets; with a window (in hours) the laws.
pub fn text(window: Option<f64>, look: Look) -> String {
    let look = Look { width: look.width.max(NARROWEST), ..look };
    let mut parts = vec![figures(look), sources(look), sets(look)];
    match window {
        Some(hours) => parts.push(laws(hours, look)),
        None => {
            let hint = "For the law of the share that acts within a window: cutover base-rates --window 59h. In a scenario: \
                        uptake = { base_rate = \"advice-only\" }.";
            parts.push(look.dim(&look.wrapped(hint)));
        }
    }
    parts.join("\n\n") + "\n"
}

fn figures(look: Look) -> String {
    let mut table = Table::new();
    table.load_style(STYLE);
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_width(u16::try_from(look.width - 1).unwrap_or(u16::MAX));
    table.set_header(["name", "acted", "within", "pressure"]);
    table.add_rows(ALL.iter().map(|row| [row.key, row.acted, row.within, row.pressure.words()]));
    // A name is to be copied: it stays on one line.
    table.column_iter_mut().take(1).for_each(|names| {
        names.set_constraint(ColumnConstraint::ContentWidth);
    });
    let lines: Vec<String> = table.lines().map(|line| format!(" {}", line.trim_end())).collect();
    format!("{}\n{}", look.bold("What share acted in comparable campaigns"), lines.join("\n"))
}

fn sources(look: Look) -> String {
    let entry =
        |row: &BaseRate| entry(row.key, &format!("{}. {} {}.", capital(row.campaign), row.caveat, row.source), look);
    let entries: Vec<String> = ALL.iter().map(entry).collect();
    format!("{}\n{}", look.bold("What, with its caveat and source"), entries.join("\n"))
}

fn sets(look: Look) -> String {
    let mut entries: Vec<String> =
        SETS.iter().map(|set| entry(set.key, &capital(&Named::Set(set).words()), look)).collect();
    entries.push(entry(JUDGEMENT.key, &capital(&Named::Judgement(&JUDGEMENT).words()), look));
    format!("{}\n{}", look.bold("Taken together"), entries.join("\n"))
}

/// A name, and words that hang beside it.
fn entry(name: &str, words: &str, look: Look) -> String {
    let width = base_rates::keys().iter().map(|key| key.len()).max().unwrap_or(0);
    let first = format!("  {name:<width$}  ");
    let rest = " ".repeat(width + 4);
    let options = textwrap::Options::new(look.width)
        .initial_indent(&first)
        .subsequent_indent(&rest)
        .word_splitter(WordSplitter::NoHyphenation);
    textwrap::fill(&words.replace(" %", "\u{a0}%"), options).replace('\u{a0}', " ")
}

fn laws(hours: f64, look: Look) -> String {
    let header = ["name", "mean", "median", "90 % range", "as vague as"].map(str::to_owned).to_vec();
    let (mut rows, mut none) = (Vec::new(), Vec::new());
    for (key, law) in all_laws(hours) {
        match law {
            Ok(law) => {
                let [low, middle, high] = law.percentiles().map(percent);
                let share = |text: String| format!("{text} %");
                let answers = format!("{:.0} answers", law.precision);
                rows.push(vec![
                    key.to_owned(),
                    share(percent(law.mean)),
                    share(middle),
                    format!("{low}-{high} %"),
                    answers,
                ]);
            }
            Err(why) => none.push(why),
        }
    }
    let window = show_hours(hours);
    let mut parts = vec![look.bold(&format!("What each says of the share that acts within {window}"))];
    if !rows.is_empty() {
        parts.push(table(header, rows, &[true, false, false, false, false], look));
        let (row, share) = base_rates::most_reached(hours);
        let key = format!(
            "90 % range: 5th to 95th percentile. As vague as if so many orgs had been asked. Within {window} no campaign \
             had reached more than {} % by the same scaling ({}: {} in {}). None allows for a weekend, on which administrators do much less. docs/base-rates.md \
             derives them.",
            percent(share),
            row.key,
            row.acted,
            row.within
        );
        parts.push(look.dim(&look.wrapped(&key)));
    }
    let mut reasons: Vec<String> = none.into_iter().map(|why| format!("{}.", why.message)).collect();
    reasons.dedup();
    parts.extend(reasons.iter().map(|reason| look.wrapped(&capital(&reason.replace('`', "")))));
    parts.join("\n")
}

/// Every name with its law for a window.
fn all_laws(hours: f64) -> Vec<(&'static str, Result<Scaled, NoLaw>)> {
    let named = base_rates::keys().into_iter().filter_map(Named::find);
    named.map(|named| (named.key(), scaled(named, hours))).collect()
}

fn capital(text: &str) -> String {
    let keeps = base_rates::keys().iter().any(|key| text.starts_with(key));
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !keeps => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

/// The same as JSON. Shares are 0-1, times in hours (`null` where a source says "ever"); a law is null where there is none, and
/// `no_law` says why.
pub fn json(window: Option<f64>) -> Value {
    let campaigns = ALL.iter().map(|row| {
        let mut out = Map::new();
        for (key, words) in [
            ("key", row.key),
            ("campaign", row.campaign),
            ("acted", row.acted),
            ("within", row.within),
            ("source", row.source),
            ("caveat", row.caveat),
        ] {
            out.insert(key.to_owned(), json!(words));
        }
        out.insert("pressure".to_owned(), json!(row.pressure));
        out.insert("points".to_owned(), row.points.iter().map(point).collect());
        put_law(&mut out, Named::Campaign(row), window);
        Value::Object(out)
    });
    let sets = SETS.iter().map(|set| {
        let members: Vec<&str> = set.members().iter().map(|row| row.key).collect();
        let mut out = Map::new();
        out.insert("key".to_owned(), json!(set.key));
        out.insert("campaigns".to_owned(), json!(members));
        put_law(&mut out, Named::Set(set), window);
        Value::Object(out)
    });
    let mut judgement = Map::new();
    judgement.insert("key".to_owned(), json!(JUDGEMENT.key));
    judgement.insert("words".to_owned(), json!(JUDGEMENT.words));
    put_law(&mut judgement, Named::Judgement(&JUDGEMENT), window);
    let mut root = Map::new();
    root.insert("window_hours".to_owned(), json!(window));
    root.insert("campaigns".to_owned(), campaigns.collect());
    root.insert("sets".to_owned(), sets.collect());
    root.insert("judgements".to_owned(), json!([judgement]));
    Value::Object(root)
}

fn point(point: &RatePoint) -> Value {
    let mut out = match point.share {
        Share::Is(share) => json!({ "share": share }),
        Share::Below(bound) => json!({ "below": bound }),
        Share::Between(low, high) => json!({ "from": low, "to": high }),
    };
    if let Some(hours) = point.hours {
        // Infinity is no number of JSON.
        out["hours"] = json!(hours.is_finite().then_some(hours));
    }
    out
}

fn put_law(out: &mut Map<String, Value>, named: Named, window: Option<f64>) {
    let Some(hours) = window else { return };
    match scaled(named, hours) {
        Ok(law) => {
            let [p5, p50, p95] = law.percentiles();
            let beta = [law.mean * law.precision, (1.0 - law.mean) * law.precision];
            out.insert("law".to_owned(), json!({ "mean": law.mean, "p5": p5, "p50": p50, "p95": p95, "beta": beta }));
        }
        Err(why) => {
            out.insert("law".to_owned(), Value::Null);
            out.insert("no_law".to_owned(), json!(why.message));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use textwrap::core::display_width;

    fn shown(window: Option<f64>, width: usize) -> String {
        text(window, Look { width, colour: false })
    }

    #[test]
    fn everything_is_shown_at_any_width_and_no_line_is_wider() {
        for width in [60, 80, 100, 120] {
            for window in [None, Some(59.0), Some(0.5), Some(336.0)] {
                let text = shown(window, width);
                for line in text.lines() {
                    assert!(display_width(line) <= width, "at {width}: `{line}`");
                }
                let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
                for row in ALL {
                    let last = |words: &'static str| words.split_whitespace().next_back().expect("a word");
                    assert!(
                        flat.contains(row.key) && flat.contains(last(row.caveat)) && flat.contains(last(row.source))
                    );
                }
            }
        }
    }

    #[test]
    fn a_window_adds_the_law_of_each_name_or_why_it_has_none() {
        let text = shown(Some(59.0), 80);
        let row = text.lines().rfind(|line| line.trim_start().starts_with("advice-only")).expect("a row");
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells, ["advice-only", "8.6", "%", "5.1", "%", "0.11-29", "%", "7", "answers"]);
        assert!(text.contains("facebook-protect makes no law") && text.contains("more than 56 %"));
        let text = shown(Some(0.0), 80);
        assert!(text.contains("The reconnect window has no length") && !text.contains("answers"));
        assert!(shown(Some(336.0), 80).contains("weekend-judgement is about 60 hours"));
    }

    #[test]
    fn json_has_the_figures_and_the_laws() {
        let found = json(Some(59.0));
        let campaigns = found["campaigns"].as_array().expect("a list");
        assert_eq!(campaigns.len(), ALL.len());
        let by_key = |key: &str| campaigns.iter().find(|c| c["key"] == key).expect("a campaign");
        assert_eq!(by_key("heartbleed-reissue")["points"], json!([{ "below": 0.27, "hours": 504.0 }]));
        assert_eq!(by_key("password-after-breach")["points"][1], json!({ "share": 0.33, "hours": null }));
        assert_eq!(by_key("facebook-protect")["points"], json!([{ "share": 0.9 }]));
        assert!(by_key("facebook-protect")["law"].is_null() && by_key("facebook-protect")["no_law"].is_string());
        assert_eq!(by_key("github-2fa")["pressure"], "service_blocked");
        let law = &by_key("proxylogon-2021")["law"];
        let [a, b] = [0, 1].map(|i| law["beta"][i].as_f64().expect("a shape"));
        assert!((a / (a + b) - law["mean"].as_f64().expect("a mean")).abs() < 1e-12);
        assert!(json(None)["sets"][0].get("law").is_none() && json(None)["window_hours"].is_null());
    }
}
