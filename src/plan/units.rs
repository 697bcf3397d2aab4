//! Durations and counts in words: how the product writes hours, shares and numbers of orgs everywhere.

use super::wording::{Locale, PERCENT, Term, locale};

/// Hours as a person writes them: `5 s`, `90 min`, `36 h`, `30 days`; whole days from 72 h on when they are whole. What is longer than nothing is
/// never written as nothing.
pub(crate) fn show_hours(hours: f64) -> String {
    let minutes = hours * 60.0;
    if hours.is_infinite() {
        "never".to_owned()
    } else if hours != 0.0
        && hours.abs() < 2.0
        && (minutes.round() - minutes).abs() < 1e-6
        && minutes.round() % 60.0 != 0.0
    {
        format!("{} min", minutes.round())
    } else if hours != 0.0 && minutes.abs() < 0.3 {
        match round_to(hours * 3600.0, 3) {
            0.0 => "<0.001 s".to_owned(),
            seconds => format!("{} s", group_number(seconds)),
        }
    } else if hours.abs() >= 72.0 && hours.abs() < 1000.0 && hours % 24.0 == 0.0 {
        format!("{} days", hours / 24.0)
    } else {
        let number = group_number(round_to(hours, 2));
        match locale() {
            Locale::Iso => format!("{number} h"),
            _ if number == "1" => "1 hour".to_owned(),
            _ => format!("{number} hours"),
        }
    }
}

/// What parts the items of a list: a comma, or where an item has one of its own, a semicolon.
pub(crate) fn between(items: &[String]) -> &'static str {
    if items.iter().any(|item| item.contains(", ")) { "; " } else { ", " }
}

/// `+2 d 21 h`, `-7 d`, `0 h`: hours relative to an event, to the minute.
pub(crate) fn show_offset(hours: f64) -> String {
    let minutes = (hours.abs() * 60.0).round() as u64;
    let (days, hour, minute) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    let mut parts = Vec::new();
    if days > 0 {
        parts.push(format!("{days} d"));
    }
    if hour > 0 {
        parts.push(format!("{hour} h"));
    }
    if minute > 0 {
        parts.push(format!("{minute} min"));
    }
    match (parts.is_empty(), hours < 0.0) {
        (true, _) => "0 h".to_owned(),
        (_, true) => format!("\u{2212}{}", parts.join(" ")),
        (_, false) => format!("+{}", parts.join(" ")),
    }
}

/// A share as a percentage with no more digits than it needs: `50 %`, `4.93 %`, `0.5 %`, `<0.01 %`.
pub(crate) fn show_share(share: f64) -> String {
    let percent = share * 100.0;
    if percent > 0.0 && percent < 0.005 {
        return format!("<0.01{PERCENT}");
    }
    if percent < 100.0 && percent > 99.995 {
        return format!(">99.99{PERCENT}");
    }
    let decimals = if percent >= 10.0 { 1 } else { 2 };
    format!("{}{PERCENT}", trim_zeros(&format!("{percent:.decimals$}")))
}

/// A whole number with thousands separated by commas.
pub(crate) fn group_count(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with thousands separated by commas; decimals as the number has them.
pub(crate) fn group_number(value: f64) -> String {
    let text = format!("{}", value.abs());
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), None), |(w, r)| (w, Some(r)));
    let whole = whole.parse::<u64>().map_or_else(|_| whole.to_owned(), group_count);
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    rest.map_or_else(|| format!("{sign}{whole}"), |r| format!("{sign}{whole}.{r}"))
}

/// `1 org`, `2 orgs`, `2,500 orgs`.
pub(crate) fn orgs(count: u64) -> String {
    format!("{} {}", group_count(count), Term::of(count == 1))
}

/// `1 row`, `2 rows`, `2,500 rows`: a count with the noun that fits it.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{} {many}", group_count(count)) }
}

/// Rounds to `decimals` places.
pub(crate) fn round_to(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

fn trim_zeros(text: &str) -> &str {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_shares_and_counts_read_as_a_person_writes_them() {
        assert_eq!(
            [1.5, 36.0, 720.0, 1400.0, 1.0, 0.0].map(show_hours),
            ["90 min", "36 h", "30 days", "1,400 h", "1 h", "0 h"]
        );
        assert_eq!([1.0 / 3600.0, 1e-9, 1.0 / 60.0].map(show_hours), ["1 s", "<0.001 s", "1 min"]);
        assert_eq!([69.0, -168.0, 0.0, 1.25].map(show_offset), ["+2 d 21 h", "−7 d", "0 h", "+1 h 15 min"]);
        assert_eq!(
            [0.5, 0.049_321, 0.005, 0.0, 1.0, 0.999_999].map(show_share),
            ["50 %", "4.93 %", "0.5 %", "0 %", "100 %", ">99.99 %"]
        );
        assert_eq!(group_count(1_000_000), "1,000,000");
        assert_eq!(group_number(1234.5), "1,234.5");
    }
}
