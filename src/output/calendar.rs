//! `timeline.ics`: the moments of a plan for a calendar: events, milestones, the reconnect window, the deadline. No clock and no
//! chance: stamps count from `as_of`. An entry keeps its id when its date moves, and its number rises, so that importing again moves it.

use super::moments::{Kind, MomentShown, moments};
use super::terminal::plain;
use super::words::moment;
use crate::plan::clock::{abbreviation, show};
use crate::plan::wording::WINDOW;
use crate::plan::{DateOf, Deadline, Plan};
use crate::results::Projection;
use chrono::{DateTime, Duration, Utc};
use icalendar::{Alarm, Calendar, Component, Event, EventLike, Property};
use sha2::{Digest, Sha256};

/// The calendar as the bytes of a file. `before` is the one that it replaces: an entry that has changed since gets a higher number, so that a
/// program that has imported the earlier one takes the change.
pub(crate) fn ics(plan: &Plan, projection: &Projection, before: Option<&str>) -> Vec<u8> {
    let mut calendar = Calendar::empty();
    let title = plain(plan.title());
    for (key, value) in [
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//cutover//timeline//EN".to_owned()),
        ("CALSCALE", "GREGORIAN".to_owned()),
        ("METHOD", "PUBLISH".to_owned()),
        ("X-WR-CALNAME", title.clone()),
        ("X-WR-TIMEZONE", plan.time_zone().name().to_owned()),
        ("X-CUTOVER-SCENARIO", projection.provenance.sha256.clone()),
    ] {
        calendar.append_property(Property::new(key, value));
    }
    let mut ids = Ids::of(plan);
    let known = before.map_or_else(Vec::new, known);
    for entry in entries(plan) {
        let uid = ids.next(entry.kind, &entry.id);
        calendar.push(made(&entry, &uid, &title, plan.as_of(), &known));
    }
    folded(&without_stamps_of_alarms(&unfolded(&calendar.to_string()))).into_bytes()
}

/// Octets of a line, without its end (RFC 5545, section 3.1).
const LINE: usize = 75;

fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "")
}

/// Lines of at most [`LINE`] octets, divided between characters. The library counts a line that goes on one octet short.
fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for line in text.split_terminator("\r\n") {
        let mut room = LINE;
        for letter in line.chars() {
            if letter.len_utf8() > room {
                out.push_str("\r\n ");
                room = LINE - 1;
            }
            room -= letter.len_utf8();
            out.push(letter);
        }
        out.push_str("\r\n");
    }
    out
}

/// How long a moment is drawn: a calendar shows what has no length as a hair, or not at all.
const LENGTH: Duration = Duration::minutes(30);

/// What tells whether an entry says what it said before; no program shows it.
const SAYS: &str = "X-CUTOVER-SAYS";

/// An entry of an earlier calendar.
struct Known {
    uid: String,
    sequence: u32,
    says: String,
}

/// The entries of a calendar that this program has written.
fn known(text: &str) -> Vec<Known> {
    let unfolded = unfolded(text);
    let entry = |event: &str| {
        let event = event.split("BEGIN:VALARM").next().unwrap_or_default();
        let find = |key: &str| event.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        let value = |key: &str| find(key).unwrap_or_default().trim();
        Known {
            uid: value("UID").to_owned(),
            sequence: value("SEQUENCE").parse().unwrap_or(0),
            says: value(SAYS).to_owned(),
        }
    };
    unfolded.split("BEGIN:VEVENT").skip(1).map(entry).collect()
}

/// Where the numbers of a plan begin: minutes from 2020 to `as_of`, so that a plan of later date has higher ones.
fn first_number(as_of: DateTime<Utc>) -> u32 {
    const YEAR_2020: i64 = 1_577_836_800;
    u32::try_from((as_of.timestamp() - YEAR_2020) / 60).unwrap_or(0)
}

fn made(entry: &CalendarEntry, uid: &str, title: &str, as_of: DateTime<Utc>, known: &[Known]) -> Event {
    let to = entry.to.unwrap_or(entry.from + LENGTH);
    let said = format!("{} {} {} {}", entry.from.timestamp(), to.timestamp(), entry.summary, entry.when);
    let says: String = Sha256::digest(said).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let first = first_number(as_of);
    let before = known.iter().find(|known| known.uid == uid);
    let sequence = before.map_or(first, |k| k.sequence.saturating_add(u32::from(k.says != says)).max(first));
    // No clock: so many seconds after `as_of` as the number has risen above its first.
    let changed = as_of + Duration::seconds(i64::from(sequence - first));
    let mut event = Event::new();
    event.uid(uid).timestamp(changed).last_modified(changed).sequence(sequence).summary(&entry.summary);
    event.description(&format!("{}\n{title}", entry.when)).starts(entry.from).ends(to);
    // Nothing here keeps anybody busy.
    event.add_property("TRANSP", "TRANSPARENT").add_property(SAYS, &says);
    if let Some(minutes) = reminder_minutes(entry.kind).filter(|_| !entry.is_open) {
        let mut alarm = Alarm::display(&entry.summary, -Duration::minutes(minutes));
        alarm.add_property("TRIGGER", format!("-PT{minutes}M"));
        // Else the library writes its own, of the clock and of chance.
        alarm.uid(&format!("alarm-{uid}")).timestamp(changed);
        event.alarm(alarm);
    }
    event.done()
}

/// How long before it a calendar reminds of an entry at which somebody acts.
fn reminder_minutes(kind: Kind) -> Option<i64> {
    match kind {
        Kind::Event | Kind::Opens => Some(60),
        Kind::Deadline => Some(24 * 60),
        _ => None,
    }
}

/// RFC 5545 knows no stamp of an alarm.
fn without_stamps_of_alarms(text: &str) -> String {
    let mut within = false;
    let keep = |line: &&str| {
        within = match line.trim_end() {
            "BEGIN:VALARM" => true,
            "END:VALARM" => false,
            _ => within,
        };
        !(within && line.starts_with("DTSTAMP:"))
    };
    text.split_inclusive('\n').filter(keep).collect()
}

/// An entry, before it has the calendar's form.
struct CalendarEntry {
    kind: Kind,
    id: String,
    summary: String,
    when: String,
    from: DateTime<Utc>,
    /// The end of what lasts; a moment has none.
    to: Option<DateTime<Utc>>,
    /// Whether its date is not known.
    is_open: bool,
}

fn entries(plan: &Plan) -> Vec<CalendarEntry> {
    let mut entries = Vec::new();
    let mut events = plan.events().iter();
    for m in moments(plan) {
        match (m.kind, plan.outermost_window()) {
            (Kind::Opens, Some(([from, to], is_open))) => entries.push(called(
                &format!("{WINDOW:#}"),
                CalendarEntry {
                    when: format!("{} to {}", told(plan, from), told(plan, to)),
                    from,
                    to: (to > from).then_some(to),
                    is_open,
                    ..entry(plan, &m, "window")
                },
            )),
            (Kind::Closes, _) => {}
            (Kind::Deadline, _) if matches!(plan.deadline(), Deadline::OrgLocal(_)) && m.open_range().is_none() => {}
            (Kind::Deadline, _) => {
                entries.push(called("Deadline", entry(plan, &m, "deadline")));
            }
            (Kind::Horizon, _) => {
                entries.push(called("The projection ends", entry(plan, &m, "horizon")));
            }
            (Kind::Event, _) => {
                let id = events.next().map_or_else(String::new, |e| e.id.clone());
                entries.push(entry(plan, &m, &id));
            }
            _ => entries.push(entry(plan, &m, &m.name)),
        }
    }
    entries.extend(local_deadlines(plan));
    entries.sort_by_key(|e| e.from);
    entries
}

/// What an entry's name ends on whose date is not known.
const NOT_KNOWN: &str = " (date not known)";

/// The same entry under another name.
fn called(name: &str, entry: CalendarEntry) -> CalendarEntry {
    let open = if entry.is_open { NOT_KNOWN } else { "" };
    CalendarEntry { summary: format!("{name}{open}"), ..entry }
}

/// A date that is not known lasts from its 5th to its 95th percentile.
fn entry(plan: &Plan, m: &MomentShown, id: &str) -> CalendarEntry {
    let main = plain(&plan.main_event().name);
    let (from, to, when) = match m.open_range() {
        Some(range) => {
            let [low, median, high] = range.at.map(|at| told(plan, at));
            let when = format!(
                "Not known: {low} to {high} in 9 of 10 plans, median {median} ({} from {main})",
                m.offset(plan)
            );
            (range.at[0], Some(range.at[2]), when)
        }
        None => (m.at, None, format!("{} ({} from {main})", told(plan, m.at), m.offset(plan))),
    };
    let entry = CalendarEntry {
        kind: m.kind,
        id: id.to_owned(),
        summary: String::new(),
        when,
        from,
        to,
        is_open: to.is_some(),
    };
    called(&plain(&m.name), entry)
}

/// An org-local deadline is another instant in each zone: an entry for each.
fn local_deadlines(plan: &Plan) -> Vec<CalendarEntry> {
    // One that is not known stands among the moments, with its range.
    if !matches!(plan.deadline(), Deadline::OrgLocal(_)) || plan.open_date(&DateOf::Deadline).is_some() {
        return Vec::new();
    }
    let mut zones: Vec<CalendarEntry> = Vec::new();
    for segment in plan.segments().iter().filter(|s| s.orgs > 0) {
        let (zone, at) = (segment.time_zone, plan.instant(segment.deadline));
        if zones.iter().any(|z| z.id == zone.name()) {
            continue;
        }
        zones.push(CalendarEntry {
            kind: Kind::Deadline,
            id: zone.name().to_owned(),
            summary: format!("Deadline in {}", zone.name()),
            when: format!("{} {}", show(at, zone, None), abbreviation(at, zone)),
            from: at,
            to: None,
            is_open: false,
        });
    }
    zones
}

/// `Mon 4 May 09:00 PDT`.
fn told(plan: &Plan, at: DateTime<Utc>) -> String {
    format!("{} {}", moment(plan, at), abbreviation(at, plan.time_zone()))
}

/// Ids of entries, from the plan's title and what each entry is: never from its date.
struct Ids {
    title: String,
    taken: Vec<String>,
}

impl Ids {
    fn of(plan: &Plan) -> Self {
        Self { title: plan.title().to_owned(), taken: Vec::new() }
    }

    fn next(&mut self, kind: Kind, id: &str) -> String {
        let name = format!("{} {id}", kind.words());
        let before = self.taken.iter().filter(|taken| **taken == name).count();
        let hash = Sha256::digest(format!("{}\u{0}{name}\u{0}{before}", self.title));
        self.taken.push(name);
        let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        format!("{hex}@cutover")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::samples;
    use icalendar::DatePerhapsTime;

    fn text(name: &str) -> String {
        let sample = samples::named(name);
        String::from_utf8(ics(&sample.plan, &sample.projection, None)).expect("text")
    }

    fn read(text: &str) -> Calendar {
        text.parse().expect("a calendar")
    }

    fn start(event: &Event) -> DateTime<Utc> {
        match event.get_start() {
            Some(DatePerhapsTime::DateTime(icalendar::CalendarDateTime::Utc(at))) => at,
            other => panic!("no instant: {other:?}"),
        }
    }

    #[test]
    fn the_flagship_comes_back_with_all_its_moments() {
        let calendar = read(&text("flagship"));
        let told: Vec<(String, &str)> = calendar
            .events()
            .map(|e| (start(e).format("%Y-%m-%dT%H:%M").to_string(), e.get_summary().expect("a summary")))
            .collect();
        // Pacific Daylight Time is UTC-7.
        let want = [
            ("2026-04-24T19:00", "Refresh token rotation and related controls"),
            ("2026-05-01T19:00", "PKCE"),
            ("2026-05-01T20:00", "Reconnect window"),
            ("2026-05-04T16:00", "Deadline"),
            ("2026-05-11T07:00", "Salesforce's deadline"),
            ("2026-06-30T07:00", "The projection ends"),
        ];
        assert_eq!(told, want.map(|(at, name)| (at.to_owned(), name)));
        let window = calendar.events().nth(2).expect("the window");
        let end = DatePerhapsTime::from("2026-05-04T07:00:00Z".parse::<DateTime<Utc>>().expect("a time"));
        assert_eq!(window.get_end(), Some(end));
        assert_eq!(calendar.get_name(), Some("PKCE enablement, May 2026"));
        let stamps = calendar.events().map(|e| e.get_timestamp());
        assert!(stamps.into_iter().all(|at| at == Some(samples::flagship().plan.as_of())), "no clock");
    }

    /// RFC 5545, section 3.1: lines end with CRLF and hold at most 75 octets before it.
    #[test]
    fn every_line_of_every_calendar_is_folded_and_ends_as_it_should() {
        for sample in samples::all() {
            let text = text(sample.name);
            assert!(text.ends_with("END:VCALENDAR\r\n"), "{}", sample.name);
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count(), "{}", sample.name);
            for line in text.split("\r\n") {
                assert!(line.len() <= 75, "{}: {line}", sample.name);
            }
            let unfolded = text.replace("\r\n ", "");
            for line in unfolded.trim_end().split("\r\n") {
                let name = line.split([':', ';']).next().unwrap_or_default();
                assert!(!name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '-'), "{line}");
            }
            let moments = moments(&sample.plan).len();
            assert!(read(&text).events().count() + 2 >= moments, "{}", sample.name);
        }
    }

    #[test]
    fn names_with_commas_semicolons_line_breaks_and_emoji_come_back_as_they_are() {
        let calendar = read(&text("hostile-names"));
        let names: Vec<&str> = calendar.events().filter_map(|e| e.get_summary()).collect();
        assert!(names.contains(&"PKCE | `reauthorization` *now* # for all"), "{names:?}");
        assert!(names.contains(&"東京 の 締め切り \u{1F5FC}"), "{names:?}");
        let plan = samples::flagship().plan.with(|parts| parts.milestones[0].name = "a, b; c\\n d: \"e\"".to_owned());
        let bytes = ics(&plan.expect("a plan"), &samples::flagship().projection, None);
        let calendar = read(&String::from_utf8(bytes).expect("text"));
        assert!(calendar.events().any(|e| e.get_summary() == Some("a, b; c\\n d: \"e\"")));
    }

    #[test]
    fn an_entry_keeps_its_id_when_its_date_moves_and_no_two_share_one() {
        let ids = |text: &str| -> Vec<String> {
            read(text).events().map(|e| e.get_uid().expect("an id").to_owned()).collect()
        };
        for sample in samples::all() {
            let mut all = ids(&text(sample.name));
            let count = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), count, "{}", sample.name);
        }
        let sample = samples::flagship();
        let hour = chrono::Duration::hours(1);
        let later = sample.plan.with(|parts| parts.events.iter_mut().for_each(|e| e.at += hour)).expect("a plan");
        let later = String::from_utf8(ics(&later, &sample.projection, None)).expect("text");
        assert_eq!(ids(&text("flagship")), ids(&later));
    }

    #[test]
    fn the_number_of_an_entry_rises_when_it_changes_and_stays_when_it_does_not() {
        let sample = samples::flagship();
        let first = text("flagship");
        let again = String::from_utf8(ics(&sample.plan, &sample.projection, Some(&first))).expect("text");
        assert_eq!(first, again, "the same folder and plan: the same bytes");
        let hour = Duration::hours(1);
        let later = sample.plan.with(|parts| parts.milestones[0].at += hour).expect("a plan");
        let later = String::from_utf8(ics(&later, &sample.projection, Some(&first))).expect("text");
        let numbers = |text: &str| -> Vec<(u32, String)> {
            known(text).into_iter().map(|entry| (entry.sequence, entry.uid)).collect()
        };
        let (before, after) = (numbers(&first), numbers(&later));
        let moved: Vec<usize> = (0..before.len()).filter(|i| after[*i].0 != before[*i].0).collect();
        assert_eq!(moved.len(), 1);
        assert_eq!(after[moved[0]], (before[moved[0]].0 + 1, before[moved[0]].1.clone()));
        assert!(later.matches("LAST-MODIFIED:").count() == before.len() && later.contains("TRIGGER:-PT60M"));
        let alarms = later.split("BEGIN:VALARM").skip(1).map(|alarm| alarm.split("END:VALARM").next().unwrap_or(""));
        assert!(alarms.into_iter().all(|alarm| !alarm.contains("DTSTAMP")));
        let shown = later.replace("\r\n ", "");
        let words = shown.lines().filter(|line| line.starts_with("DESCRIPTION") || line.starts_with("SUMMARY"));
        assert!(words.into_iter().all(|line| !line.contains("sha256")));
    }

    #[test]
    fn a_deadline_on_each_orgs_own_clock_is_an_entry_for_each_zone() {
        let calendar = read(&text("org-local"));
        let deadlines = calendar.events().filter(|e| e.get_summary().is_some_and(|s| s.starts_with("Deadline in")));
        let deadlines: Vec<String> =
            deadlines.map(|e| format!("{} {}", start(e), e.get_summary().expect("one"))).collect();
        assert_eq!(deadlines.len(), 4);
        // 09:00 in Sydney, UTC+10.
        assert_eq!(deadlines[0], "2026-05-03 23:00:00 UTC Deadline in Australia/Sydney");
    }

    /// Another date that is not known says nothing of the window's own.
    #[test]
    fn a_known_window_is_not_called_unknown_for_the_sake_of_another_date() {
        use crate::plan::DateRange;
        let sample = samples::flagship();
        let at = sample.plan.deadline_instant().expect("an instant");
        let later = |days| at + Duration::days(days);
        let range = |of| DateRange { of, at: [at, later(1), later(2)], from_main_event: [69.0, 93.0, 117.0] };
        let summaries = |of: DateOf| {
            let plan = sample.plan.with(|parts| parts.dates = vec![range(of)]).expect("a plan");
            let text = String::from_utf8(ics(&plan, &sample.projection, None)).expect("text");
            (text.contains("Reconnect window (date not known)"), text.contains("Deadline (date not known)"))
        };
        assert_eq!(summaries(DateOf::Deadline), (false, true));
        assert_eq!(summaries(DateOf::Closes), (true, false));
    }
}
