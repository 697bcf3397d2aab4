//! Plans to start from, for each kind of cutover: commented text, with made values marked as such. What belongs to one kind is taken for no other.

use crate::plan::country_zones::zones_of;
use crate::plan::holidays::country as country_of_code;
use crate::plan::zone::Tz;
use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// What is rolled out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StarterKind {
    /// Old connections of an OAuth app must be made anew.
    OauthReconnect,
    /// Old tokens stop working.
    TokenRevocation,
    /// Old certificates stop working.
    Certificate,
    /// Passwords stop working.
    PasswordRemoval,
    /// Sign-in asks for a second factor.
    TwoFactor,
    /// Old consents end.
    ConsentRenewal,
}

/// What a kind says in its plan.
struct KindFacts {
    key: &'static str,
    question: &'static str,
    event: &'static str,
    /// `[words]`; empty where the usual ones do.
    words: &'static str,
    /// What is checked, and when.
    check: &'static str,
    /// The interval where nobody knows better: a law, its longest duration, and why.
    interval: (&'static str, &'static str, &'static str),
    /// Whether acting before the date counts.
    early_counts: bool,
}

impl StarterKind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::OauthReconnect,
        Self::TokenRevocation,
        Self::Certificate,
        Self::PasswordRemoval,
        Self::TwoFactor,
        Self::ConsentRenewal,
    ];

    /// Its name on the command line.
    pub fn key(self) -> &'static str {
        self.facts().key
    }

    /// What it is, in a line.
    pub fn question(self) -> &'static str {
        self.facts().question
    }

    const fn facts(self) -> KindFacts {
        match self {
            Self::OauthReconnect => KindFacts {
                key: "oauth-reconnect",
                question: "connections of an OAuth app must be made anew",
                event: "The new rule",
                words: "",
                check: "a connection made before the date fails at its next token refresh",
                interval: (
                    r#"{ log_uniform = ["1h", "1400h"] }"#,
                    "1400h",
                    "not known: hourly to every two months. Ask the vendor",
                ),
                early_counts: false,
            },
            Self::TokenRevocation => KindFacts {
                key: "token-revocation",
                question: "old tokens or keys stop working",
                event: "Old tokens are revoked",
                words: r#"[words]
one    = "integration"
many   = "integrations"
act    = "rotate the token"
acted  = "rotated the token"
acting = "rotating the token"
"#,
                check: "an old token fails the next time it is used",
                interval: (
                    r#"{ log_uniform = ["1h", "168h"] }"#,
                    "168h",
                    "not known: hourly to weekly. Look into your logs",
                ),
                early_counts: true,
            },
            Self::Certificate => KindFacts {
                key: "certificate",
                question: "old certificates expire or are revoked",
                event: "Old certificates are revoked",
                words: r#"[words]
one    = "server"
many   = "servers"
act    = "replace the certificate"
acted  = "replaced the certificate"
acting = "replacing the certificate"
"#,
                check: "an old certificate fails at the next new connection",
                interval: (r#""1h""#, "1h", "software opens a new connection about every hour"),
                early_counts: true,
            },
            Self::PasswordRemoval => KindFacts {
                key: "password-removal",
                question: "sign-in with a password ends",
                event: "Passwords stop working",
                words: r#"[words]
one    = "user"
many   = "users"
act    = "switch"
acted  = "switched"
acting = "switching"
failed = "locked out"
down   = "still locked out"
"#,
                check: "a user who has not switched is locked out at the next sign-in",
                interval: (
                    r#"{ uniform = ["24h", "336h"] }"#,
                    "336h",
                    "people sign in every 1 to 14 days. Look into your logs",
                ),
                early_counts: true,
            },
            Self::TwoFactor => KindFacts {
                key: "two-factor",
                question: "sign-in asks for a second factor",
                event: "A second factor is required",
                words: r#"[words]
one    = "account"
many   = "accounts"
act    = "enroll"
acted  = "enrolled"
acting = "enrolling"
failed = "locked out"
down   = "still locked out"
"#,
                check: "an account without a second factor is locked out at the next sign-in",
                interval: (
                    r#"{ uniform = ["24h", "336h"] }"#,
                    "336h",
                    "people sign in every 1 to 14 days. Look into your logs",
                ),
                early_counts: true,
            },
            Self::ConsentRenewal => KindFacts {
                key: "consent-renewal",
                question: "consents or permissions must be renewed",
                event: "Old consents end",
                words: r#"[words]
one    = "customer"
many   = "customers"
act    = "renew the consent"
acted  = "renewed the consent"
acting = "renewing the consent"
failed = "cut off"
down   = "still cut off"
"#,
                check: "an old consent fails the next time that data is fetched",
                interval: (r#""24h""#, "24h", "data is fetched once a day"),
                early_counts: true,
            },
        }
    }
}

/// What a starter is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Starter {
    /// What is rolled out.
    pub kind: StarterKind,
    /// How many customers there are.
    pub customers: u64,
    /// When it is switched on, local time.
    pub at: NaiveDateTime,
    /// How often each comes to the check, as a scenario writes a duration; `None` where that is not known.
    pub interval: Option<String>,
    /// Where they are.
    pub zone: Tz,
    /// The country whose holidays they keep.
    pub country: Option<String>,
}

/// Where most people of a country live that has several zones.
const MAIN_ZONES: [(&str, &str); 12] = [
    ("US", "America/New_York"),
    ("CA", "America/Toronto"),
    ("AU", "Australia/Sydney"),
    ("BR", "America/Sao_Paulo"),
    ("CN", "Asia/Shanghai"),
    ("ES", "Europe/Madrid"),
    ("ID", "Asia/Jakarta"),
    ("MX", "America/Mexico_City"),
    ("NZ", "Pacific/Auckland"),
    ("PT", "Europe/Lisbon"),
    ("RU", "Europe/Moscow"),
    ("FR", "Europe/Paris"),
];

/// A country by its code, with its zone, or a zone alone: `US`, `GB-ENG`, `Europe/Berlin`; `None` where it is neither.
pub fn place(said: &str) -> Option<(Tz, Option<String>)> {
    if said.contains('/') {
        return said.parse().ok().map(|zone| (zone, None));
    }
    let code = said.to_uppercase();
    let country = country_of_code(&code)?;
    let whole = code.split('-').next().unwrap_or_default();
    let main = MAIN_ZONES.iter().find(|(known, _)| *known == whole).and_then(|(_, zone)| zone.parse().ok());
    let zone = main.or_else(|| zones_of(country).first().copied())?;
    Some((zone, Some(code)))
}

impl Starter {
    /// One with made values: a Tuesday morning some six weeks from `today`.
    pub fn example(kind: StarterKind, today: NaiveDate) -> Self {
        let mut day = today + Duration::days(42);
        while day.weekday() != Weekday::Tue {
            day += Duration::days(1);
        }
        Self {
            kind,
            customers: 1_000,
            at: day.and_time(NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default()),
            interval: None,
            zone: Tz::America__New_York,
            country: Some("US".to_owned()),
        }
    }

    /// The plan as text. Its time begins `today`, or two weeks before the switch-on where that is past.
    pub fn text(&self, today: NaiveDate) -> String {
        let facts = self.kind.facts();
        let moment = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M").to_string();
        let hour = |day: NaiveDate, hour: u32| day.and_hms_opt(hour, 0, 0).unwrap_or_default();
        let begins = if self.at.date() > today { today } else { self.at.date() - Duration::days(14) };
        let deadline = hour(next_working_day(self.at.date()), 9);
        let horizon = hour(deadline.date() + Duration::days(60), 0);
        let (law, longest, why) = facts.interval;
        let (interval, longest, why) = match &self.interval {
            Some(known) => (format!("\"{known}\""), known.as_str(), "how often each comes to the check"),
            None => (law.to_owned(), longest, why),
        };
        let (control, opens, closes, acting) = if facts.early_counts {
            let says = "reauthorization = { counts_from = \"always\" }   # whoever has not acted by then fails at the next check; acting before counts";
            (says, hour(begins, 9), self.at, "it counts from the first day on")
        } else {
            let says = "reauthorization = {}             # whoever was connected before it must act after it";
            (says, self.at + Duration::hours(1), deadline, "it counts only after the date")
        };
        let country = match &self.country {
            Some(code) => format!(
                "country   = \"{code}\"{:pad$}# its public holidays are days off\n",
                "",
                pad = 20_usize.saturating_sub(code.len())
            ),
            None => String::new(),
        };
        let words = if facts.words.is_empty() { String::new() } else { format!("\n{}", facts.words) };
        format!(
            r##"# {event}: {check}.
# A plan to start from. Change what is not so with you; docs/scenario-keys.md has every key.
title     = "{event}"
time_zone = "{zone}"   # of every time below
{country}deadline  = "{deadline}"      # by when it must work
horizon   = "{horizon}"      # the projection ends
# tolerance = 10                   # how many failures you can bear
{words}
[population]
orgs         = {customers}
as_of        = "{as_of}"   # the plan begins
last_refresh = {{ uniform = ["0h", "{longest}"] }}   # how long ago each last came to the check

[refresh]
interval = {interval}   # {why}

[[event]]
id   = "switch"
name = "{event}"
at   = "{at}"
{control}

[reconnect]                        # who acts, and when: {acting}
opens  = "{opens}"
closes = "{closes}"
uptake = [0.0, 0.25, 0.5, 0.75, 1.0]   # shares to compare; `cutover base-rates` lists what others reached
timing = "office-hours"

[recovery]                         # how long one that failed stays down
after        = {{ lognormal = {{ median = "6h", sigma = 1.0 }} }}
office_hours = true
"##,
            event = facts.event,
            check = facts.check,
            zone = self.zone,
            deadline = moment(deadline),
            horizon = moment(horizon),
            customers = self.customers,
            as_of = moment(hour(begins, 0)),
            at = moment(self.at),
            opens = moment(opens),
            closes = moment(closes),
        )
    }
}

/// The first day after one that is neither Saturday nor Sunday.
fn next_working_day(day: NaiveDate) -> NaiveDate {
    let mut next = day + Duration::days(1);
    while matches!(next.weekday(), Weekday::Sat | Weekday::Sun) {
        next += Duration::days(1);
    }
    next
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a day")
    }

    #[test]
    fn every_starter_is_a_plan_in_words_of_its_kind_and_takes_no_others_defaults() {
        for kind in StarterKind::ALL {
            let today = day(2027, 2, 1);
            let text = Starter::example(kind, today).text(today);
            let scenario = parse("plan.toml", &text, &[], &|_| Err("no files".to_owned()));
            let scenario = scenario.unwrap_or_else(|found| panic!("{}: {}\n{text}", kind.key(), found.render(false)));
            let plan = scenario.family.centre();
            assert_eq!((plan.orgs(), plan.uptakes().len()), (1_000, 5), "{}", kind.key());
            assert_eq!(text.contains("1400h"), kind == StarterKind::OauthReconnect, "{}", kind.key());
            let own = kind != StarterKind::OauthReconnect;
            assert_eq!(plan.wording().one != "org", own, "{}", kind.key());
            assert!(scenario.assumptions.iter().any(|a| a.key == "refresh.interval" && a.given));
        }
    }

    #[test]
    fn answers_become_the_plan() {
        let at = day(2026, 12, 24).and_hms_opt(18, 30, 0).expect("a time");
        let (zone, country) = place("de").expect("a country");
        let starter = Starter {
            customers: 4_000,
            at,
            interval: Some("7d".to_owned()),
            zone,
            country,
            ..Starter::example(StarterKind::TwoFactor, at.date())
        };
        // The date is past: the plan begins two weeks before it.
        let text = starter.text(day(2027, 1, 10));
        let scenario = parse("plan.toml", &text, &[], &|_| Err("no files".to_owned())).expect("a plan");
        let plan = scenario.family.centre();
        assert_eq!((plan.orgs(), plan.time_zone()), (4_000, Tz::Europe__Berlin));
        assert!(text.contains("interval = \"7d\"") && text.contains("as_of        = \"2026-12-10 00:00\""), "{text}");
        // 25 December 2026 is a Friday.
        assert!(text.contains("deadline  = \"2026-12-25 09:00\""), "{text}");
        assert_eq!(place("Asia/Tokyo"), Some((Tz::Asia__Tokyo, None)));
        assert_eq!(place("us"), Some((Tz::America__New_York, Some("US".to_owned()))));
        assert_eq!((place("nowhere"), place("Mars/Base")), (None, None));
    }
}
