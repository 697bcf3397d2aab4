//! Inventories as a user has them: real orgs in CSV and Parquet, their risks, what is wrong with them; by the library and by the command.

use cutover::decision::{EngineChoice, Request, project};
use cutover::population::inventory::{BadRows, Loaded, load};
use cutover::results::{Projection, Provenance};
use polars::prelude::{Column, DataFrame, IntoColumn, NamedFrom, ParquetWriter, Series, TimeUnit, TimeZone};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// The flagship with an inventory beside it; its columns are mapped where `columns` says so.
fn plan(columns: &str) -> String {
    format!(
        r#"
title = "Known orgs"
time_zone = "America/Los_Angeles"
runs = 2_000
deadline = "2026-05-04 09:00"
horizon = "2026-06-30 00:00"
tolerance = 3
[population]
inventory = "orgs.csv"
as_of = "2026-04-24 12:00"
{columns}
[[event]]
id = "pkce"
at = "2026-05-01 12:00"
reauthorization = {{}}
[reconnect]
opens = "2026-05-01 13:00"
closes = "2026-05-03 24:00"
uptake = [0.0, 0.5, 1.0]
"#
    )
}

fn folder(scenario: &str, inventory: impl AsRef<[u8]>) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("plan.toml"), scenario).expect("written");
    fs::write(folder.path().join("orgs.csv"), inventory).expect("written");
    folder
}

fn load_in(folder: &Path, bad_rows: BadRows) -> cutover::Result<Loaded> {
    load(&folder.join("plan.toml"), &[], bad_rows)
}

fn projected(loaded: &Loaded) -> Projection {
    let provenance =
        Provenance { path: String::new(), sha256: String::new(), version: String::new(), changes: Vec::new() };
    let request = Request { engine: EngineChoice::Both, until_precise: None };
    project(&loaded.scenario.family, provenance, request, &|_| ()).expect("projected")
}

/// The report of what is wrong, without the folder's name.
fn faults(folder: &Path) -> String {
    let error = load_in(folder, BadRows::Refuse).err().map_or_else(|| "nothing is wrong".to_owned(), |e| e.to_string());
    let plain = strip_colours(&error);
    plain.replace(&format!("{}/", folder.display()), "")
}

fn strip_colours(text: &str) -> String {
    let mut plain = String::new();
    let mut coloured = false;
    for c in text.chars() {
        match c {
            '\u{1b}' => coloured = true,
            'm' if coloured => coloured = false,
            _ if !coloured => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// PKCE is 168 h after `as_of`, the window 169-228 h, the deadline 237 h; orgs refresh every 1,400 h.
const FIVE: &str = "\
org_id,last_refresh_at,weight,contact
at-pkce,2026-03-04T11:00:00Z,10,=1+1
half-past,2026-03-05T18:30:00Z,20,ann@example.com
deadline,2026-03-07T08:00:00Z,30,bob@example.com
later,2026-03-07T09:00:00Z,40,
passed,2026-03-04T10:00:00Z,50,
";

fn cutover(folder: &TempDir, args: &[&str]) -> assert_cmd::assert::Assert {
    super::support::command().current_dir(folder.path()).args(args).assert()
}

fn stdout(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
}

/// The risks of these orgs, as the command lists them.
fn failed_by_horizon<const N: usize>(folder: &TempDir, ids: [&str; N]) -> [f64; N] {
    let out = cutover(folder, &["orgs", "plan.toml", "--format", "json", "--quiet"]).success();
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    ids.map(|id| {
        let org = json["orgs"].as_array().expect("a list").iter().find(|o| o["org_id"] == id).cloned();
        org.expect("listed")["failed_by_horizon"].as_f64().expect("a number")
    })
}

#[test]
fn five_orgs_have_the_risks_worked_out_by_hand() {
    let folder = folder(&plan(""), FIVE);
    let out = cutover(&folder, &["orgs", "plan.toml", "--uptake", "0.5", "--format", "json", "--quiet"]).success();
    let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
    assert_eq!(json["uptake"], 0.5);
    assert_eq!(json["deadline"]["at"], "2026-05-04T09:00:00-07:00");
    let of = |id: &str| -> serde_json::Value {
        let orgs = json["orgs"].as_array().expect("a list");
        orgs.iter().find(|org| org["org_id"] == id).expect("listed").clone()
    };
    let close = |value: &serde_json::Value, want: f64| {
        assert!((value.as_f64().expect("a number") - want).abs() < 1e-9, "{value} {want}");
    };
    // Their first refreshes are at 168, 199.5, 237, 238 and 167 h. One that acts has reconnected by 199.5 h with (199.5 - 169) / 59.
    let by_then = 30.5 / 59.0;
    for (id, failed, horizon, avoided) in [
        ("at-pkce", 1.0, 1.0, 0.0),
        ("half-past", 1.0 - 0.5 * by_then, 1.0 - 0.5 * by_then, 1.0 - 0.5 * by_then),
        ("deadline", 0.5, 0.5, 0.5),
        ("later", 0.0, 0.5, 0.0),
        ("passed", 0.0, 0.5, 0.0),
    ] {
        let org = of(id);
        close(&org["failed_by_deadline"], failed);
        close(&org["failed_by_horizon"], horizon);
        close(&org["avoided_by_reconnect"], avoided);
    }
    close(&of("half-past")["weight"], 20.0);
    let order: Vec<&str> =
        json["orgs"].as_array().expect("a list").iter().filter_map(|o| o["org_id"].as_str()).collect();
    assert_eq!(order, ["half-past", "deadline", "passed", "later", "at-pkce"], "by what a call avoids, then by weight");
    close(&json["at_risk"], 10.0 + 20.0 * (1.0 - 0.5 * by_then) + 15.0);
    let csv = fs::read_to_string(folder.path().join("output/plan/orgs.csv")).expect("written");
    assert!(csv.contains("'=1+1"), "no cell that a spreadsheet would run: {csv}");
    assert!(csv.contains("2026-05-02T19:30:00-07:00"), "when half-past fails, on its own clock: {csv}");
}

#[test]
fn risks_of_the_orgs_add_up_to_the_mean_of_the_projection() {
    let folder = folder(&plan(""), cutover::population::example::inventory(700));
    for uptake in ["0", "0.5", "1"] {
        let loaded = load_in(folder.path(), BadRows::Refuse).expect("read");
        let out = cutover(&folder, &["orgs", "plan.toml", "--uptake", uptake, "--format", "json", "--quiet"]).success();
        let json: serde_json::Value = serde_json::from_str(&stdout(&out)).expect("JSON");
        let orgs = json["orgs"].as_array().expect("a list");
        let sum = |key: &str| orgs.iter().filter_map(|org| org[key].as_f64()).sum::<f64>();
        let projection = projected(&loaded);
        let at =
            projection.uptakes.iter().find(|o| o.echo.to_string().trim_end_matches(".0") == uptake).expect("a rate");
        let exact = at.exact.as_ref().expect("exact");
        assert!((sum("failed_by_deadline") - exact.failed_by_deadline.mean).abs() < 1e-6, "{uptake}");
        assert!((sum("down_at_deadline") - exact.down_at_deadline.mean).abs() < 1e-6, "{uptake}");
        assert!((sum("failed_by_horizon") - exact.failed_by_horizon.mean).abs() < 1e-6, "{uptake}");
        assert!(projection.agreement.is_some_and(|agreement| agreement.holds()), "both engines agree");
    }
}

#[test]
fn an_aggregate_projects_to_what_its_rows_do() {
    let rows = cutover::population::example::inventory(900);
    let mut counts: std::collections::BTreeMap<String, u64> = std::collections::BTreeMap::new();
    for row in rows.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        *counts.entry([cells[1], cells[2], cells[5]].join(",")).or_default() += 1;
    }
    let mut aggregate = String::from("last_refresh_at,time_zone,reconnected_at,orgs\n");
    for (group, orgs) in counts.into_iter().rev() {
        aggregate += &format!("{group},{orgs}\n");
    }
    let of = |text: &str| {
        let folder = folder(&plan(""), text);
        let mut uptakes = projected(&load_in(folder.path(), BadRows::Refuse).expect("read")).uptakes;
        // The aggregate has no column of weights.
        uptakes.iter_mut().filter_map(|outcome| outcome.exact.as_mut()).for_each(|exact| exact.weight = None);
        uptakes
    };
    assert!(of(&rows) == of(&aggregate), "every figure at every rate and hour");
    let folder = folder(&plan(""), aggregate);
    let told = cutover(&folder, &["orgs", "plan.toml"]).failure().code(2);
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    assert!(told.contains("aggregated"), "{told}");
}

/// The rows of a CSV text as Parquet, with instants as instants.
fn as_parquet(text: &str) -> Vec<u8> {
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|row| row.split(',').collect()).collect();
    let ids: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    let micros = |cell: &str| chrono::DateTime::parse_from_rfc3339(cell).ok().map(|at| at.timestamp_micros());
    let at: Vec<Option<i64>> = rows.iter().map(|row| micros(row[1])).collect();
    let zone = TimeZone::opt_try_new(Some("UTC")).expect("a zone");
    let weights: Vec<f64> = rows.iter().map(|row| row[4].parse().expect("a number")).collect();
    let columns = vec![
        Series::new("org_id".into(), ids).into_column(),
        Series::new("last_refresh_at".into(), at).into_datetime(TimeUnit::Microseconds, zone).into_column(),
        Series::new("time_zone".into(), rows.iter().map(|row| row[2]).collect::<Vec<_>>()).into_column(),
        Series::new("weight".into(), weights).into_column(),
        // What is not asked for is not looked at.
        Series::new("plan".into(), rows.iter().map(|_| 7_i32).collect::<Vec<_>>()).into_column(),
    ];
    parquet_of(columns)
}

fn parquet_of(columns: Vec<Column>) -> Vec<u8> {
    let mut frame = DataFrame::new_infer_height(columns).expect("a table");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes).finish(&mut frame).expect("written");
    bytes
}

#[test]
fn parquet_says_what_csv_says() {
    let text = cutover::population::example::inventory(60);
    let [of_csv, of_parquet] = [text.clone().into_bytes(), as_parquet(&text)].map(|bytes| {
        let folder = folder(&plan(""), bytes);
        projected(&load_in(folder.path(), BadRows::Refuse).expect("read")).uptakes
    });
    // The pilot's reconnects are as old as the refreshes, and there is no static IP: the same lives.
    let means = |outcomes: &[cutover::results::Outcome]| -> Vec<f64> {
        outcomes.iter().map(|o| o.exact.as_ref().expect("exact").failed_by_deadline.mean).collect()
    };
    assert_eq!(means(&of_csv), means(&of_parquet));
}

/// What Parquet holds as instants and numbers is checked as text is: what is missing, negative, no number, or older than anything.
#[test]
fn typed_cells_that_make_no_sense_are_named_and_ancient_orgs_are_overdue() {
    let zone = || TimeZone::opt_try_new(Some("UTC")).expect("a zone");
    let parquet = |at: Vec<Option<i64>>, weights: Vec<Option<f64>>| {
        let ids: Vec<String> = (0..at.len()).map(|i| format!("o{i}")).collect();
        parquet_of(vec![
            Series::new("org_id".into(), ids).into_column(),
            Series::new("last_refresh_at".into(), at).into_datetime(TimeUnit::Milliseconds, zone()).into_column(),
            Series::new("weight".into(), weights).into_column(),
        ])
    };
    let good = chrono::DateTime::parse_from_rfc3339("2026-04-20T00:00:00Z").expect("an instant").timestamp_millis();
    let at = vec![Some(good), None, Some(good), Some(good), Some(good), Some(good * 2)];
    let folder =
        folder(&plan(""), parquet(at, vec![Some(1.0), Some(1.0), None, Some(-1.0), Some(f64::NAN), Some(1.0)]));
    let told = cutover(&folder, &["orgs", "plan.toml"]).failure().code(2);
    let told = String::from_utf8_lossy(&told.get_output().stderr).into_owned();
    for named in [
        "5 of 6 rows",
        "row 2, column `last_refresh_at`: is missing",
        "row 3, column `weight`: is missing",
        "row 4, column `weight`: `-1.0` is below 0",
        "row 5, column `weight`: is missing",
        "is after `as_of`",
    ] {
        assert!(told.contains(named), "{named}: {told}");
    }
    let loaded = load_in(folder.path(), BadRows::Skip).expect("read");
    assert_eq!(loaded.scenario.family.centre().orgs(), 1);

    let ancient = [i64::MIN, i64::MIN / 1000, i64::MIN / 2000, 0].map(Some);
    let at = std::iter::once(Some(good)).chain(ancient).collect();
    let folder = self::folder(&plan(""), parquet(at, vec![Some(1.0); 5]));
    let loaded = load_in(folder.path(), BadRows::Refuse).expect("read");
    assert_eq!(loaded.scenario.family.centre().orgs(), 1);
    assert!(
        loaded.scenario.notes.iter().any(|n| n.contains("4 of the inventory’s 5 orgs")),
        "{:?}",
        loaded.scenario.notes
    );
}

#[test]
fn columns_are_mapped_and_orgs_that_reconnected_after_a_past_reauthorization_are_settled() {
    let columns =
        r#"columns = { org_id = "Account Id", last_refresh_at = "LastUsedDate", reconnected_at = "Reconnected" }"#;
    let scenario = plan(columns).replace("at = \"2026-05-01 12:00\"", "at = \"2026-04-20 12:00\"");
    let orgs = "LastUsedDate;Account Id;Reconnected\n2026-03-01T00:00:00.000+0000;a;\n2026-03-01 00:00:00Z;b;2026-04-20T19:00:00Z\n\
                2026-03-01T00:00:00Z;c;2026-04-20T18:59:59Z\n2026-04-21T00:00:00Z;d;\n";
    let folder = folder(&scenario, orgs);
    // a refreshes on 28 April and fails; b reconnected as PKCE came, c a second before; d refreshed after and has passed.
    assert_eq!(failed_by_horizon(&folder, ["a", "b", "c", "d"]), [1.0, 0.0, 1.0, 0.0]);
}

/// A refresh since does not bring the mismatch back.
#[test]
fn a_reconnect_clears_an_address_for_good() {
    let scenario = plan("orgs = 7").replace("reauthorization = {}", "static_ip = { mismatch = 1.0 }");
    let orgs = "org_id,last_refresh_at,reconnected_at\nnever,2026-04-10T00:00:00Z,\n\
                before,2026-04-10T00:00:00Z,2026-03-01T00:00:00Z\nafter,2026-04-10T00:00:00Z,2026-04-12T00:00:00Z\n";
    let folder = folder(&scenario, orgs);
    assert_eq!(failed_by_horizon(&folder, ["never", "before", "after"]), [1.0, 0.0, 0.0]);
    let loaded = load_in(folder.path(), BadRows::Refuse).expect("read");
    let simulated = &projected(&loaded).uptakes[0].simulated;
    assert_eq!(simulated.as_ref().expect("simulated").failed_by_horizon.mean, 1.0);
    // A number of orgs beside a list of them is not used, and that is told.
    let told = loaded.scenario.notes.iter().any(|note| note.contains("population.orgs is not used"));
    assert!(told && loaded.scenario.family.centre().orgs() == 3, "{:?}", loaded.scenario.notes);
}

/// Failures that the simulation counts where nobody reconnects, in every run the same.
fn simulated(folder: &TempDir) -> f64 {
    let loaded = load_in(folder.path(), BadRows::Refuse).expect("read");
    projected(&loaded).uptakes[0].simulated.as_ref().expect("simulated").failed_by_horizon.mean
}

/// What has been refreshed since a reconnect does not move it. Each refreshes next on 9 June.
#[test]
fn a_reconnect_counts_by_its_own_time_whatever_was_refreshed_since() {
    let scenario = plan("").replace("reauthorization = {}", "reauthorization = { counts_from = \"2026-04-10 12:00\" }");
    let orgs = "org_id,last_refresh_at,reconnected_at\nbefore,2026-04-12T00:00:00Z,2026-04-10T18:59:59Z\n\
                at,2026-04-12T00:00:00Z,2026-04-10T19:00:00Z\nnever,2026-04-12T00:00:00Z,\n";
    let folder = folder(&scenario, orgs);
    assert_eq!(failed_by_horizon(&folder, ["before", "at", "never"]), [1.0, 0.0, 1.0]);
    assert_eq!(simulated(&folder), 2.0);
}

/// Connections last 75 days and end on 3 June, 4 July, 4 July and 3 June.
#[test]
fn lifetimes_count_from_when_a_connection_was_made_or_made_anew() {
    let scenario = plan("").replace("reauthorization = {}", "lifetime = { after = \"75d\", retroactive = true }");
    let orgs = "org_id,last_refresh_at,connected_at,reconnected_at\n\
                old,2026-04-22T00:00:00Z,2026-03-20T19:00:00Z,\nnew,2026-04-22T00:00:00Z,2026-04-20T19:00:00Z,\n\
                anew,2026-04-22T00:00:00Z,2026-03-20T19:00:00Z,2026-04-20T19:00:00Z\n\
                long-ago,2026-04-22T00:00:00Z,,2026-03-20T19:00:00Z\n";
    let lives = folder(&scenario, orgs);
    assert_eq!(failed_by_horizon(&lives, ["old", "new", "anew", "long-ago"]), [1.0, 0.0, 0.0, 1.0]);
    assert_eq!(simulated(&lives), 2.0);
    // An org of which it is not known needs a law.
    let unknown = folder(&scenario, format!("{orgs}unknown,2026-04-22T00:00:00Z,,\n"));
    assert!(faults(unknown.path()).contains("counts from when connections were made"), "{}", faults(unknown.path()));
}

/// The first half meets the event on 1 May, the second after the horizon. Each refreshes on 9 June.
#[test]
fn places_in_line_and_exemptions_are_read_from_the_file() {
    let waves = "waves = [{ at = \"2026-05-01 12:00\", share = 0.5 }, { at = \"2026-07-15 12:00\", share = 0.5 }]";
    let scenario = plan("").replace("at = \"2026-05-01 12:00\"", waves);
    let orgs = "org_id,last_refresh_at,place,exempt\nfirst,2026-04-12T00:00:00Z,0.499,no\n\
                second,2026-04-12T00:00:00Z,0.5,\nlast,2026-04-12T00:00:00Z,1,false\n\
                spared,2026-04-12T00:00:00Z,0.1,Yes\n";
    let known = folder(&scenario, orgs);
    assert_eq!(failed_by_horizon(&known, ["first", "second", "last", "spared"]), [1.0, 0.0, 0.0, 0.0]);
    assert_eq!(simulated(&known), 1.0);
    // The wave may be named.
    let named = folder(&scenario, orgs.replace("0.499", "Wave 1").replace("0.5,", "wave 2,"));
    assert_eq!(failed_by_horizon(&named, ["first", "second", "last", "spared"]), [1.0, 0.0, 0.0, 0.0]);
    // Whose place is not known may be in either half.
    let unknown = folder(&scenario, format!("{orgs}anywhere,2026-04-12T00:00:00Z,,\n"));
    let [chance] = failed_by_horizon(&unknown, ["anywhere"]);
    assert!((chance - 0.5).abs() < 1e-9, "{chance}");
    // An exemption needs no waves; a place does, and without them nobody reads it.
    let plain = folder(&plan(""), orgs.replace("0.499", "Ohio"));
    assert_eq!(failed_by_horizon(&plain, ["first", "second", "last", "spared"]), [1.0, 1.0, 1.0, 0.0]);
    let notes = load_in(plain.path(), BadRows::Refuse).expect("read").scenario.notes;
    assert!(notes.iter().any(|note| note.contains("`place` is not used")), "{notes:?}");
    let wrong = folder(&scenario, orgs.replace("0.499", "Ohio").replace("Yes", "maybe"));
    let told = faults(wrong.path());
    assert!(told.contains("nor one of `wave 1` to `wave 2`") && told.contains("is neither true nor false"), "{told}");
}

#[test]
fn orgs_older_than_any_interval_are_left_out_and_named() {
    let orgs = format!("{FIVE}dead,2026-01-01T00:00:00Z,60,\n");
    let folder = folder(&plan(""), orgs);
    let loaded = load_in(folder.path(), BadRows::Refuse).expect("read");
    assert_eq!(loaded.scenario.family.centre().orgs(), 5);
    assert!(
        loaded.scenario.notes.iter().any(|n| n.contains("1 of the inventory’s 6 orgs")),
        "{:?}",
        loaded.scenario.notes
    );
    let out = cutover(&folder, &["orgs", "plan.toml"]).success();
    assert!(stdout(&out).contains("dead"), "{}", stdout(&out));
}

/// Each file with what is said of it.
#[test]
fn what_is_wrong_with_a_file_is_said_with_row_and_column() {
    let long = format!("org_id,last_refresh_at\n{},2026-04-01T00:00:00Z\nb,soon\n", "x".repeat(1_500_000));
    let mut parquet = as_parquet(&cutover::population::example::inventory(20));
    parquet.truncate(parquet.len() / 2);
    let many: String = (0..14).map(|i| format!("o{i},never\n")).collect();
    let cases: [(&str, Vec<u8>); 19] = [
        ("missing_column", b"id,last_refresh_at\na,2026-04-01T00:00:00Z\n".to_vec()),
        ("near_column", b"org_id,last_refreshed_at\na,2026-04-01T00:00:00Z\n".to_vec()),
        ("double_column", b"org_id,last_refresh_at,org_id\na,2026-04-01T00:00:00Z,b\n".to_vec()),
        ("ids_and_counts", b"org_id,orgs,last_refresh_at\na,3,2026-04-01T00:00:00Z\n".to_vec()),
        ("empty", Vec::new()),
        ("header_alone", b"org_id,last_refresh_at\n".to_vec()),
        ("bad_dates", b"org_id,last_refresh_at\na,2026-04-01\nb,2026-13-01T00:00:00Z\nc,\nd,2026-04-01T00:00:00Z\n".to_vec()),
        ("duplicate_ids", b"org_id,last_refresh_at\na,2026-04-01T00:00:00Z\nb,2026-04-01T00:00:00Z\na,2026-04-02T00:00:00Z\n".to_vec()),
        ("missing_id", b"org_id,last_refresh_at\n,2026-04-01T00:00:00Z\n".to_vec()),
        ("after_as_of", b"org_id,last_refresh_at,reconnected_at\na,2026-04-25T00:00:00Z,\nb,2026-04-01T00:00:00Z,2026-05-01T00:00:00Z\n".to_vec()),
        ("unknown_zone", b"org_id,last_refresh_at,time_zone\na,2026-04-01T00:00:00Z,Europe/Londn\nb,2026-04-01T00:00:00Z,Mars/Olympus\n".to_vec()),
        ("bad_weights", b"org_id,last_refresh_at,weight\na,2026-04-01T00:00:00Z,-1\nb,2026-04-01T00:00:00Z,much\nc,2026-04-01T00:00:00Z,NaN\n".to_vec()),
        ("bad_counts", b"orgs,last_refresh_at\n-3,2026-04-01T00:00:00Z\n1.5,2026-04-01T00:00:00Z\n2e9,2026-04-01T00:00:00Z\n".to_vec()),
        ("more_than_ten", format!("org_id,last_refresh_at\n{many}").into_bytes()),
        ("long_row", long.into_bytes()),
        ("not_utf8", b"org_id,last_refresh_at\na,2026-04-01T00:00:00Z\nb\xff,2026-04-01T00:00:00Z\n".to_vec()),
        ("parquet_cut_off", parquet),
        ("ragged", b"org_id,last_refresh_at\na,2026-04-01T00:00:00Z,x,y\n".to_vec()),
        ("too_old", b"org_id,last_refresh_at\na,2025-04-01T00:00:00Z\n".to_vec()),
    ];
    for (name, bytes) in cases {
        let folder = folder(&plan(""), bytes);
        insta::assert_snapshot!(format!("inventory_{name}"), faults(folder.path()));
    }
    let alone = tempfile::tempdir().expect("a folder");
    fs::write(alone.path().join("plan.toml"), plan("")).expect("written");
    insta::assert_snapshot!("inventory_no_file", faults(alone.path()));
}

#[test]
fn bad_rows_can_be_left_out_and_the_report_says_so() {
    let orgs = format!("{FIVE}bad,soon,60,\n");
    let folder = folder(&plan(""), orgs);
    let told = cutover(&folder, &["run", "plan.toml"]).failure().code(2);
    assert!(String::from_utf8_lossy(&told.get_output().stderr).contains("row 7, column `last_refresh_at`"));
    let out = cutover(&folder, &["run", "plan.toml", "--skip-bad-rows", "--quiet"]).success();
    assert!(stdout(&out).contains("1 of 6 rows of orgs.csv was left out"), "{}", stdout(&out));
    let report = fs::read_to_string(folder.path().join("output/plan/report.md")).expect("written");
    assert!(report.contains("1 of 6 rows of orgs.csv was left out"));
    for file in ["orgs.csv", "orgs.parquet", "charts/call-first.svg", "charts/call-first.png"] {
        assert!(folder.path().join("output/plan").join(file).exists(), "{file}");
    }
}

#[test]
fn a_million_rows_with_three_bad_dates_name_those_three() {
    let mut text = String::from("org_id,last_refresh_at\n");
    for row in 2..=1_000_001 {
        let bad = [5, 500_000, 1_000_001].contains(&row);
        text += &format!("o{row},{}\n", if bad { "31/12/2025" } else { "2026-04-01T00:00:00Z" });
    }
    let folder = folder(&plan(""), text);
    let told = faults(folder.path());
    assert!(told.contains("3 of 1,000,000 rows"), "{told}");
    for row in ["row 5,", "row 500,000,", "row 1,000,001,"] {
        assert!(told.contains(row), "{row} {told}");
    }
    let loaded = load_in(folder.path(), BadRows::Skip).expect("read");
    assert_eq!(loaded.scenario.family.centre().orgs(), 999_997);
}

#[test]
fn the_example_is_what_new_writes() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/inventory-example");
    let folder = tempfile::tempdir().expect("a folder");
    cutover(&folder, &["new", "pkce.toml", "--inventory", "500"]).success();
    for file in ["pkce.toml", "orgs.csv"] {
        let [ours, new] = [root.join(file), folder.path().join(file)].map(|path| fs::read(path).expect("a file"));
        assert!(ours == new, "{file}");
    }
    cutover(&folder, &["new", "other.toml", "--inventory", "500"]).failure().code(2);
    assert!(!folder.path().join("other.toml").exists(), "nothing is written where the inventory is in the way");
}

#[test]
fn filters_keep_what_they_say() {
    let folder = folder(&plan(""), cutover::population::example::inventory(300));
    let json = |args: &[&str]| -> serde_json::Value {
        let all = [&["orgs", "plan.toml", "--format", "json", "--quiet"], args].concat();
        serde_json::from_str(&stdout(&cutover(&folder, &all).success())).expect("JSON")
    };
    let number = |value: &serde_json::Value| value["orgs"].as_array().expect("a list").len();
    assert_eq!(number(&json(&[])), 300);
    assert_eq!(number(&json(&["--top", "7"])), 7);
    let risky = json(&["--min-risk", "50%"]);
    assert!(risky["orgs"].as_array().expect("a list").iter().all(|o| o["failed_by_deadline"].as_f64() >= Some(0.5)));
    let segment = json(&["--segment", "all-europe-london"]);
    assert!(segment["orgs"].as_array().expect("a list").iter().all(|o| o["time_zone"] == "Europe/London"));
    assert!(number(&segment) > 0 && number(&segment) < 300);
    assert_eq!(number(&json(&["--segment", "all"])), 300, "all zones of a segment");
    cutover(&folder, &["orgs", "plan.toml", "--segment", "mars"]).failure().code(2);
}

/// Mangled files: bytes cut, changed and put in, at fixed places. None may panic; each is read or refused with words.
#[test]
fn no_mangled_file_panics() {
    let csv = cutover::population::example::inventory(12).into_bytes();
    let parquet = as_parquet(&cutover::population::example::inventory(12));
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let folder = folder(&plan(""), "");
    let file = folder.path().join("orgs.csv");
    for round in 0..600 {
        let mut bytes = if round % 3 == 0 { parquet.clone() } else { csv.clone() };
        for _ in 0..=next(4) {
            let at = next(bytes.len());
            match next(5) {
                0 => bytes.truncate(at),
                1 => bytes[at] = next(256) as u8,
                2 => bytes.insert(at, [b'"', b',', b'\n', 0, 0xff, b'='][next(6)]),
                3 => drop(bytes.drain(at..(at + next(40)).min(bytes.len()))),
                _ => bytes.extend_from_within(at..(at + next(200)).min(bytes.len())),
            }
            if bytes.is_empty() {
                break;
            }
        }
        fs::write(&file, &bytes).expect("written");
        for bad_rows in [BadRows::Refuse, BadRows::Skip] {
            let read = std::panic::catch_unwind(|| load_in(folder.path(), bad_rows).map(|_| ()));
            match read {
                Ok(Err(error)) => assert!(error.to_string().len() > 20, "round {round}: {error}"),
                Ok(Ok(())) => {}
                Err(_) => panic!("round {round} panicked on {} bytes", bytes.len()),
            }
        }
    }
}
