//! The tables of `docs/base-rates.md` are those of the program. Where they differ, run with `CUTOVER_WRITE_DOCS=1` and read
//! the text around them again: it quotes some of their figures.

use cutover::scenario::base_rates::curve::{READINGS, SHAPES};
use cutover::scenario::base_rates::law::{dispersion, percent, share_at};
use cutover::scenario::base_rates::{ALL, Named, SETS, keys, scaled};
use std::fmt::Write;
use std::path::Path;

/// The flagship's window: Fri 1 May 13:00 to the end of Sun 3 May 2026.
const WINDOW: f64 = 59.0;

fn figures() -> String {
    let mut text = "| name | of | acted | within | pressure | caveat | source |\n".to_owned();
    text += "| --- | --- | --- | --- | --- | --- | --- |\n";
    for row in ALL {
        let cells = [row.campaign, row.acted, row.within, row.pressure.words(), row.caveat, row.source];
        writeln!(text, "| `{}` | {} |", row.key, cells.join(" | ")).expect("a text");
    }
    text
}

/// The campaigns with several points: level and scale for each shape.
fn curves() -> String {
    let mut text = "| campaign | *k* = 1: level, scale | *k* = ½: level, scale |\n| --- | --- | --- |\n".to_owned();
    for readings in READINGS.iter().filter(|readings| readings.curves.len() == SHAPES.len()) {
        let curve = |i: usize| {
            let curve = readings.curves[i];
            format!("{} %, {:.1} days", percent(curve.level), curve.scale_hours / 24.0)
        };
        writeln!(text, "| `{}` | {} | {} |", readings.row.key, curve(0), curve(1)).expect("a text");
    }
    text
}

/// Each campaign scaled to the window: with either shape, and on average.
fn shares() -> String {
    let mut text =
        "| set | campaign | *k* = 1 | *k* = ½ | scaled share | left open |\n| --- | --- | ---: | ---: | ---: | ---: |\n"
            .to_owned();
    for set in SETS {
        for row in set.members() {
            let readings = READINGS.iter().find(|r| r.row.key == row.key).expect("it has a time");
            let with = |shape: f64| {
                let shares: Vec<f64> =
                    readings.curves.iter().filter(|c| c.shape == shape).map(|c| c.share(WINDOW)).collect();
                percent(shares.iter().sum::<f64>() / shares.len() as f64)
            };
            let (mean, variance) = share_at(row, WINDOW);
            let [k1, k2, mean, sd] = [with(SHAPES[0]), with(SHAPES[1]), percent(mean), percent(variance.sqrt())];
            writeln!(text, "| `{}` | `{}` | {k1} % | {k2} % | {mean} % | ±{sd} % |", set.key, row.key).expect("a text");
        }
    }
    text
}

fn laws() -> String {
    let mut text = "| name | mean | 5th percentile | median | 95th percentile | shapes |\n".to_owned();
    text += "| --- | ---: | ---: | ---: | ---: | ---: |\n";
    for key in keys() {
        let Ok(law) = scaled(Named::find(key).expect("a name"), WINDOW) else { continue };
        let [low, middle, high] = law.percentiles().map(percent);
        let (a, b) = (law.mean * law.precision, (1.0 - law.mean) * law.precision);
        let mean = percent(law.mean);
        writeln!(text, "| `{key}` | {mean} % | {low} % | {middle} % | {high} % | {a:.2}, {b:.2} |").expect("a text");
    }
    text
}

#[test]
fn the_tables_of_the_page_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/base-rates.md");
    let page = std::fs::read_to_string(&path).expect("the page").replace("\r\n", "\n");
    let mut fresh = page.clone();
    for (name, table) in [("figures", figures()), ("curves", curves()), ("shares", shares()), ("laws", laws())] {
        let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = fresh.find(&begin).expect("its begin is marked") + begin.len();
        let to = fresh.find(&end).expect("its end is marked");
        fresh.replace_range(from..to, &table);
    }
    if std::env::var("CUTOVER_WRITE_DOCS").is_ok() {
        std::fs::write(&path, &fresh).expect("written");
    }
    assert!(page == fresh, "docs/base-rates.md is stale: CUTOVER_WRITE_DOCS=1 writes its tables");
}

/// Pearson's statistic of each set, and the dispersion, as the page quotes them.
#[test]
fn the_page_quotes_the_dispersion_that_the_program_finds() {
    let page = include_str!("../../docs/base-rates.md");
    let mut statistics = Vec::new();
    for set in SETS {
        let shares: Vec<f64> = set.members().iter().map(|row| share_at(row, WINDOW).0).collect();
        let mean = shares.iter().sum::<f64>() / shares.len() as f64;
        let squares: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
        statistics.push((squares / (mean * (1.0 - mean)), shares.len() - 1));
    }
    let sum: f64 = statistics.iter().map(|s| s.0).sum();
    let free: usize = statistics.iter().map(|s| s.1).sum();
    assert!((dispersion(WINDOW) - sum / free as f64).abs() < 1e-12);
    let parts: Vec<String> = statistics.iter().map(|s| format!("{:.3}", s.0)).collect();
    let quoted = format!("({}) / {free} = {:.3}", parts.join(" + "), sum / free as f64);
    assert!(page.contains(&quoted), "the page should say {quoted}");
    let by_freedom = statistics.iter().map(|s| s.0 / s.1 as f64);
    let [a, b, c] = by_freedom.map(|s| format!("{s:.2}")).collect::<Vec<_>>().try_into().expect("three sets");
    let quoted = format!("the sets have {a}, {b} and {c}");
    assert!(page.contains(&quoted), "the page should say {quoted}");
    let log_odds = SETS.iter().map(|set| {
        let odds: Vec<f64> =
            set.members().iter().map(|row| share_at(row, WINDOW).0).map(|s| (s / (1.0 - s)).ln()).collect();
        let mean = odds.iter().sum::<f64>() / odds.len() as f64;
        odds.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (odds.len() - 1) as f64
    });
    let log_odds: Vec<f64> = log_odds.collect();
    let near = |got: f64, quoted: f64| (got - quoted).abs() < 0.05 * quoted.max(0.1) + 0.04;
    assert!(near(log_odds[0], 1.2) && near(log_odds[1], 0.7) && near(log_odds[2], 0.14), "{log_odds:?}");
}
