//! A made inventory, to try the product with: orgs on three continents, with weights and contacts. The same number of orgs gives the same
//! text.

use crate::plan::clock;
use crate::plan::zone::Tz;
use crate::stats::stream::Stream;
use chrono::{DateTime, SubsecRound, TimeZone, Utc};
use std::fmt::Write;

/// Zones by segment, each with its share of all orgs.
const PLACES: [(&str, Tz, f64); 9] = [
    ("amer", Tz::America__New_York, 0.22),
    ("amer", Tz::America__Chicago, 0.12),
    ("amer", Tz::America__Los_Angeles, 0.16),
    ("emea", Tz::Europe__London, 0.14),
    ("emea", Tz::Europe__Berlin, 0.10),
    ("emea", Tz::Europe__Paris, 0.06),
    ("apac", Tz::Asia__Kolkata, 0.08),
    ("apac", Tz::Asia__Tokyo, 0.07),
    ("apac", Tz::Australia__Sydney, 0.05),
];

/// Minutes from an org's last refresh to `as_of`: from an hour to 1,400 of them.
const AGES: (f64, f64) = (60.0, 84_000.0);

/// Share of the orgs that took part in a pilot, and reconnected.
const PILOT: f64 = 0.03;

/// Median weight, and how far weights spread: revenue a year.
const REVENUE: (f64, f64) = (12_000.0, 1.1);

/// When the ages are true: the flagship's.
fn as_of() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 4, 24, 19, 0, 0).single().unwrap_or_default()
}

/// The CSV text of an inventory of so many orgs.
pub fn inventory(orgs: u64) -> String {
    let mut rng = Stream::new(20_260_424, orgs, "made inventory");
    let mut text = String::from("org_id,last_refresh_at,time_zone,segment,weight,reconnected_at,contact\n");
    for org in 1..=orgs {
        let at = rng.uniform();
        let mut below = 0.0;
        let place = PLACES.iter().find(|place| {
            below += place.2;
            at <= below
        });
        let (segment, zone, _) = place.unwrap_or(&PLACES[0]);
        let minutes = (AGES.0 + rng.uniform() * (AGES.1 - AGES.0)).floor();
        let refreshed = clock::after(as_of(), -minutes / 60.0).trunc_subsecs(0);
        // The sum of twelve uniforms less six is nearly normal (Irwin-Hall), which is near enough for made figures.
        let normal: f64 = (0..12).map(|_| rng.uniform()).sum::<f64>() - 6.0;
        let weight = ((REVENUE.0 * (REVENUE.1 * normal).exp()) / 100.0).round() * 100.0;
        let pilot = rng.uniform() <= PILOT;
        let reconnected = if pilot { rfc3339(refreshed) } else { String::new() };
        let contact = (rng.uniform() * 12.0).ceil();
        let _ = writeln!(
            text,
            "00D{org:06},{},{},{segment},{weight},{reconnected},csm-{contact}@example.com",
            rfc3339(refreshed),
            zone.name(),
        );
    }
    text
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
