//! What a plan calls its customers and what each of them must do, and how it writes shares and times. Every sentence, table and chart asks here,
//! so that a plan about workspaces or certificates speaks of them.
//!
//! The words in force belong to the thread: [`Wording::speak`] sets them for a command, and [`carried`] takes them along into other threads.
//! They are formatted like values: `format!("{ORGS} failed")`, with a capital letter as `{ORGS:#}`.

use std::cell::RefCell;
use std::fmt;
use std::marker::PhantomData;
use std::sync::{Arc, OnceLock};

thread_local! {
    static IN_FORCE: RefCell<Arc<Wording>> = RefCell::new(Arc::new(Wording::default()));
}

/// How numbers and times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Locale {
    /// `4.9 %`, `Mon 4 May 09:00`.
    #[default]
    Iso,
    /// `4.9%`, `Mon, May 4, 9:00 AM`.
    EnUs,
    /// `4.9%`, `Mon 4 May 09:00`.
    EnGb,
}

impl Locale {
    /// All of them, by the key of a scenario.
    pub const ALL: [(&str, Self); 3] = [("iso", Self::Iso), ("en-US", Self::EnUs), ("en-GB", Self::EnGb)];

    /// Its key in a scenario.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Iso => "iso",
            Self::EnUs => "en-US",
            Self::EnGb => "en-GB",
        }
    }

    /// What stands behind a number of hundredths.
    pub const fn percent(self) -> &'static str {
        match self {
            Self::Iso => " %",
            Self::EnUs | Self::EnGb => "%",
        }
    }
}

/// The locale in force.
pub(crate) fn locale() -> Locale {
    in_force().locale
}

/// The percent sign behind a number, as the locale in force has it: `format!("{number}{PERCENT}")`.
pub const PERCENT: PercentSign = PercentSign;

/// See [`PERCENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PercentSign;

impl fmt::Display for PercentSign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(in_force().locale.percent())
    }
}

/// A pattern of strftime in the order and with the clock of the locale in force: `%a %-d %b %H:%M` is that of [`Locale::Iso`].
pub fn date_pattern(iso: &str) -> String {
    if in_force().locale != Locale::EnUs {
        return iso.to_owned();
    }
    let mut pattern = iso.replace("%H:%M", "%-I:%M %p");
    for month in ["%b", "%B"] {
        pattern = pattern.replace(&format!("%-d {month} %Y"), &format!("{month} %-d, %Y"));
        pattern = pattern.replace(&format!("%-d {month}"), &format!("{month} %-d"));
        pattern = pattern.replace(&format!("%a {month}"), &format!("%a, {month}"));
        pattern = pattern.replace(&format!("%A {month}"), &format!("%A, {month}"));
    }
    // A date that names its month is parted from the time of day.
    if pattern.contains("%b") || pattern.contains("%B") { pattern.replace(" %-I", ", %-I") } else { pattern }
}

/// A time of day as a sentence says it: of a full hour Americans leave out the minutes.
pub fn spoken(formatted: &str) -> String {
    formatted.replace(":00 AM", " AM").replace(":00 PM", " PM")
}

/// The year of today, once the command says it: years are left out of dates of it. A library has no clock.
static THIS_YEAR: OnceLock<i32> = OnceLock::new();

/// Says which year today is of, once for the process; from then on dates of plans of other years are written with their year.
pub fn set_this_year(year: i32) {
    let _set_before = THIS_YEAR.set(year);
}

/// The year of today; `None` until somebody says it.
pub fn this_year() -> Option<i32> {
    THIS_YEAR.get().copied()
}

/// The words of a plan.
///
/// ```
/// use cutover::plan::wording::{ACTING, AN_ORG, ORGS, Wording};
///
/// assert_eq!(format!("{ORGS:#} {ACTING}"), "Orgs reconnecting");
/// let words = Wording { one: "workspace".into(), many: "workspaces".into(), ..Wording::default() };
/// assert_eq!(words.within(|| format!("{AN_ORG} of 20 {ORGS}")), "a workspace of 20 workspaces");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// One customer: `org`.
    pub one: String,
    /// Several: `orgs`.
    pub many: String,
    /// What each must do, after "must": `reconnect`.
    pub act: String,
    /// What is done, after "has": `reconnected`.
    pub acted: String,
    /// Doing it, after "while": `reconnecting`.
    pub acting: String,
    /// What happens to those who don't, of several, after "100 orgs": `fail`, or `are locked out`.
    pub fail: String,
    /// The same of one: `fails`.
    pub fails: String,
    /// What they are then, before a noun and in a column: `failed`.
    pub failed: String,
    /// What those are who have not yet recovered, after "they are": `still broken`.
    pub down: String,
    /// How its numbers and times are written.
    pub locale: Locale,
    /// One time of doing it, with its article: `a reconnect`; where it has no name, `acting` serves.
    pub action: Option<String>,
}

impl Default for Wording {
    fn default() -> Self {
        let [one, many, act, acted, acting] =
            ["org", "orgs", "reconnect", "reconnected", "reconnecting"].map(str::to_owned);
        let [fail, fails, failed, down] = ["fail", "fails", "failed", "still broken"].map(str::to_owned);
        let action = Some("a reconnect".to_owned());
        Self { one, many, act, acted, acting, fail, fails, failed, down, locale: Locale::Iso, action }
    }
}

impl Wording {
    /// Puts these words in force for the rest of this thread.
    pub fn speak(&self) {
        put(Arc::new(self.clone()));
    }

    /// Puts these words in force in this thread until the answer is dropped.
    pub fn enter(&self) -> Entered {
        Entered::new(Arc::new(self.clone()))
    }

    /// Runs `f` with these words in force, and those of before after it.
    pub fn within<T>(&self, f: impl FnOnce() -> T) -> T {
        let _words = self.enter();
        f()
    }
}

/// Words that are in force in a thread; when it is dropped, those of before are again.
#[must_use = "the words are in force until it is dropped"]
#[derive(Debug)]
pub struct Entered {
    before: Arc<Wording>,
    /// It belongs to its thread.
    _of_its_thread: PhantomData<*const ()>,
}

impl Entered {
    fn new(words: Arc<Wording>) -> Self {
        Self { before: put(words), _of_its_thread: PhantomData }
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        put(Arc::clone(&self.before));
    }
}

/// Puts words in force in this thread; returns those of before.
fn put(words: Arc<Wording>) -> Arc<Wording> {
    IN_FORCE.with(|now| now.replace(words))
}

/// `f` for another thread, with the words that are in force in this one.
pub fn carried<T>(f: impl FnOnce() -> T) -> impl FnOnce() -> T {
    let words = in_force();
    move || {
        let _words = Entered::new(words);
        f()
    }
}

/// As [`carried`], for a function that is called several times.
pub fn carried_all<A, T>(f: impl Fn(A) -> T) -> impl Fn(A) -> T {
    let words = in_force();
    move |argument| {
        let _words = Entered::new(Arc::clone(&words));
        f(argument)
    }
}

/// The words that are in force in this thread.
pub(crate) fn in_force() -> Arc<Wording> {
    IN_FORCE.with(|words| Arc::clone(&words.borrow()))
}

/// A word of the plan's, to be formatted. With `#` it begins a sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// One customer.
    One,
    /// One customer, with its indefinite article.
    AnOrg,
    /// Customers.
    Many,
    /// What each must do.
    Act,
    /// What one customer does: the third person of [`Term::Act`].
    Acts,
    /// What is done.
    Acted,
    /// Doing it.
    Acting,
    /// One time of doing it.
    Action,
    /// What happens to several who don't.
    Fail,
    /// What happens to one who doesn't.
    Fails,
    /// What they are then.
    Failed,
    /// What those are who have not recovered.
    Down,
    /// The time in which to do it.
    Window,
}

/// One customer: `org`.
pub const ORG: Term = Term::One;
/// One customer, with its article: `an org`.
pub const AN_ORG: Term = Term::AnOrg;
/// Customers: `orgs`.
pub const ORGS: Term = Term::Many;
/// What each must do: `reconnect`.
pub const ACT: Term = Term::Act;
/// What one does: `reconnects`.
pub const ACTS: Term = Term::Acts;
/// What is done: `reconnected`.
pub const ACTED: Term = Term::Acted;
/// Doing it: `reconnecting`.
pub const ACTING: Term = Term::Acting;
/// One time of doing it: `a reconnect`.
pub const AN_ACTION: Term = Term::Action;
/// What happens to several who don't: `fail`.
pub const FAIL: Term = Term::Fail;
/// What happens to one who doesn't: `fails`.
pub const FAILS: Term = Term::Fails;
/// What they are then: `failed`.
pub const FAILED: Term = Term::Failed;
/// What those are who have not recovered: `still broken`.
pub const DOWN: Term = Term::Down;
/// The time in which to act: `reconnect window`, `window to replace the certificate`.
pub const WINDOW: Term = Term::Window;

impl Term {
    /// `1 org` or `5 orgs`, of a number that is written already.
    pub fn counted(number: &str) -> String {
        format!("{number} {}", Self::of(number == "1"))
    }

    /// The word for one, or for several.
    pub const fn of(is_one: bool) -> Self {
        if is_one { Self::One } else { Self::Many }
    }

    /// What happens to one, or to several.
    pub const fn fail(is_one: bool) -> Self {
        if is_one { Self::Fails } else { Self::Fail }
    }

    /// `1 org fails` or `5 orgs fail`, of a number that is written already.
    pub fn failing(number: &str) -> String {
        format!("{} {}", Self::counted(number), Self::fail(number == "1"))
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = in_force();
        let text = match self {
            Self::One => words.one.clone(),
            Self::AnOrg => format!("{} {}", article(&words.one), words.one),
            Self::Many => words.many.clone(),
            Self::Act => words.act.clone(),
            Self::Acts => third_person(&words.act),
            Self::Acted => words.acted.clone(),
            Self::Acting => words.acting.clone(),
            Self::Action => words.action.clone().unwrap_or_else(|| words.acting.clone()),
            Self::Fail => words.fail.clone(),
            Self::Fails => words.fails.clone(),
            Self::Failed => words.failed.clone(),
            Self::Down => words.down.clone(),
            Self::Window if words.act.contains(' ') => format!("window to {}", words.act),
            Self::Window => format!("{} window", words.act),
        };
        f.write_str(&if f.alternate() { capital(&text) } else { text })
    }
}

/// The article by sound, as far as letters tell it: a unit, a user, an hour.
fn article(noun: &str) -> &'static str {
    let lower = noun.to_lowercase();
    let begins = |all: &[&str]| all.iter().any(|start| lower.starts_with(start));
    let like_you = begins(&["uni", "use", "usa", "eu", "one", "once"]);
    if begins(&["hour", "honest", "heir"]) || begins(&["a", "e", "i", "o", "u"]) && !like_you { "an" } else { "a" }
}

/// `reconnects`, `signs in again`, `re-certifies`.
fn third_person(act: &str) -> String {
    let (verb, rest) = act.split_once(' ').map_or((act, String::new()), |(verb, rest)| (verb, format!(" {rest}")));
    let before = verb.chars().rev().nth(1).unwrap_or('a');
    let ended = match verb.strip_suffix('y') {
        Some(stem) if !"aeiou".contains(before) => format!("{stem}ies"),
        _ if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| verb.ends_with(end)) => format!("{verb}es"),
        _ => format!("{verb}s"),
    };
    ended + &rest
}

/// A text that begins a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_the_forms_that_a_sentence_needs() {
        for (act, acts) in [
            ("reconnect", "reconnects"),
            ("sign in again", "signs in again"),
            ("re-certify", "re-certifies"),
            ("switch", "switches"),
        ] {
            assert_eq!(third_person(act), acts);
        }
        for (noun, article_of) in
            [("org", "an"), ("workspace", "a"), ("user", "a"), ("hourly plan", "an"), ("unit", "a")]
        {
            assert_eq!(article(noun), article_of, "{noun}");
        }
        assert_eq!((Term::counted("1"), Term::counted("2,500")), ("1 org".to_owned(), "2,500 orgs".to_owned()));
        let words = Wording { act: "sign in again".to_owned(), ..Wording::default() };
        assert_eq!(
            words.within(|| format!("{WINDOW}, {WINDOW:#}")),
            "window to sign in again, Window to sign in again"
        );
        assert_eq!(format!("{WINDOW}"), "reconnect window");
    }

    #[test]
    fn dates_and_shares_follow_the_locale() {
        let us = Wording { locale: Locale::EnUs, ..Wording::default() };
        for (iso, want) in [
            ("%a %-d %b %H:%M", "%a, %b %-d, %-I:%M %p"),
            ("%a %-d %b %Y %H:%M", "%a, %b %-d, %Y, %-I:%M %p"),
            ("%a %-d %b", "%a, %b %-d"),
            ("%A %H:%M", "%A %-I:%M %p"),
            ("%-d %b", "%b %-d"),
            ("%Y", "%Y"),
            ("%A %-d %B %H:%M", "%A, %B %-d, %-I:%M %p"),
            ("%-d %B", "%B %-d"),
        ] {
            assert_eq!(us.within(|| date_pattern(iso)), want);
            assert_eq!(date_pattern(iso), iso);
        }
        assert_eq!(us.within(|| format!("4.9{PERCENT}")), "4.9%");
        assert_eq!(format!("4.9{PERCENT}"), "4.9 %");
        assert_eq!(
            ["Monday 9:00 AM", "Monday 9:30 AM", "09:00"].map(spoken),
            ["Monday 9 AM", "Monday 9:30 AM", "09:00"]
        );
    }

    #[test]
    fn words_are_put_back_and_go_along_into_other_threads() {
        let words = Wording { many: "tenants".to_owned(), ..Wording::default() };
        let there = words.within(|| std::thread::scope(|scope| scope.spawn(carried(|| ORGS.to_string())).join()));
        assert_eq!(there.ok().as_deref(), Some("tenants"));
        assert!(std::panic::catch_unwind(|| words.within(|| panic!("within"))).is_err());
        assert_eq!(ORGS.to_string(), "orgs");
    }
}
