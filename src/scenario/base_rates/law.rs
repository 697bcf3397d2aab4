//! From curves to a law: what share acts within a window, if ours is a campaign like those named. A beta law with the mean of
//! the scaled shares, and as vague as the table's campaigns differ from each other.

use super::curve::{READINGS, points_of, readings};
use super::{BaseRate, Named, SETS, Set};
use crate::plan::units::show_hours;
use crate::plan::wording::PERCENT;
use crate::stats::Law;

/// No figure is scaled to a shorter window than this, in hours.
pub const SHORTEST_HOURS: f64 = 1.0;

/// No law of a campaign is more precise than if so many orgs had been asked: the small studies asked 63 and 220.
pub const MOST_PRECISE: f64 = 60.0;

/// The law that base rates make for a window.
#[derive(Debug, Clone, PartialEq)]
pub struct Scaled {
    /// A beta law of the share that acts.
    pub law: Law,
    /// Its mean: the share scaled to the window.
    pub mean: f64,
    /// The sum of its shapes: it is as vague as if so many orgs had been asked.
    pub precision: f64,
}

impl Scaled {
    /// The beta law with this mean and this sum of its shapes.
    fn beta(mean: f64, precision: f64) -> Self {
        let law =
            Law::beta(mean * precision, (1.0 - mean) * precision).expect("means lie within 0-1, precisions above 0");
        Self { law, mean, precision }
    }

    /// The law's 5th percentile, median and 95th percentile.
    pub fn percentiles(&self) -> [f64; 3] {
        [0.05, 0.5, 0.95].map(|q| self.law.quantile(q))
    }
}

/// Why a base rate makes no law.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoLaw {
    /// What is in the way.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

/// The law of the share that acts within a window of so many hours.
///
/// With `m` the mean of the scaled shares, `w` the mean of what each of them leaves open (the variance of its readings), `d` the
/// [`dispersion`] between campaigns and `n` their number: a beta law with mean `m` and variance `w + d m (1 - m) (1 + 1/n)`. One
/// campaign that is named alone: `w + d r m (1 - m)`, with `r` the [`distance`] of the window from the campaign's own length, since what it
/// leaves open is how its figure scales to another.
///
/// # Errors
/// When its source gives no time, or the window is none that it can be compared with.
pub fn scaled(named: Named, hours: f64) -> Result<Scaled, NoLaw> {
    if hours < SHORTEST_HOURS {
        return Err(too_short(hours));
    }
    let (rows, spread) = match named {
        Named::Judgement(judgement) => {
            let (from, to) = judgement.windows;
            return if (from..=to).contains(&hours) {
                let (a, b) = judgement.shapes;
                Ok(Scaled::beta(a / (a + b), a + b))
            } else {
                Err(off_weekend(judgement.key, hours, (from, to)))
            };
        }
        Named::Campaign(row) if !row.is_timed() => return Err(no_time(row)),
        Named::Campaign(row) => (vec![row], distance(row, hours)),
        Named::Set(set) => {
            let members = set.members();
            let spread = 1.0 + 1.0 / members.len() as f64;
            (members, spread)
        }
    };
    let (mean, own) = average(&rows, hours);
    let chance = mean * (1.0 - mean);
    let variance = own + dispersion(hours) * chance * spread;
    Ok(Scaled::beta(mean, (chance / variance - 1.0).min(MOST_PRECISE)))
}

/// How far a window is from the lengths at which a campaign was counted, 0-1: nothing at one of them.
pub fn distance(row: &'static BaseRate, hours: f64) -> f64 {
    let counted = points_of(row.campaign_row()).into_iter().map(|point| point.1).filter(|length| length.is_finite());
    counted.map(|length| 1.0 - (hours / length).min(length / hours)).fold(1.0, f64::min)
}

fn too_short(hours: f64) -> NoLaw {
    let message = if hours > 0.0 {
        format!("the reconnect window lasts {}: too short to scale a base rate to", show_hours(hours))
    } else {
        "the reconnect window has no length: a base rate is the share that acts within it".to_owned()
    };
    let help = format!("let it last {} or more, or write the rate itself", show_hours(SHORTEST_HOURS));
    NoLaw { message, help }
}

fn no_time(row: &BaseRate) -> NoLaw {
    let message = format!("`{}` makes no law: its source gives no time in which {} acted", row.key, row.acted);
    let set = SETS.iter().find(|set| set.pressures.contains(&row.pressure)).map_or("", |set| set.key);
    NoLaw {
        message,
        help: format!(
            "no window can be compared with it; `{{ base_rate = \"{set}\" }}` is of campaigns under like pressure"
        ),
    }
}

fn off_weekend(key: &str, hours: f64, (from, to): (f64, f64)) -> NoLaw {
    NoLaw {
        message: format!("`{key}` is about 60 hours over a weekend, and the window lasts {}", show_hours(hours)),
        help: format!(
            "it stands for windows of {} to {}; for another, write your own judgement: `{{ pert = [0.1, 0.3, 0.6] }}`",
            show_hours(from),
            show_hours(to)
        ),
    }
}

/// Mean and variance of a campaign's share after so many hours, over its readings.
pub fn share_at(row: &'static BaseRate, hours: f64) -> (f64, f64) {
    let curves = readings(row).map_or(&[][..], |r| &r.curves);
    let count = curves.len().max(1) as f64;
    let mean = curves.iter().map(|c| c.share(hours)).sum::<f64>() / count;
    (mean, curves.iter().map(|c| (c.share(hours) - mean).powi(2)).sum::<f64>() / count)
}

/// The mean of the campaigns' shares, and of their variances.
fn average(rows: &[&'static BaseRate], hours: f64) -> (f64, f64) {
    let moments: Vec<(f64, f64)> = rows.iter().map(|row| share_at(row, hours)).collect();
    let count = moments.len().max(1) as f64;
    (moments.iter().map(|m| m.0).sum::<f64>() / count, moments.iter().map(|m| m.1).sum::<f64>() / count)
}

/// How much campaigns under like pressure differ, as a part of the most that shares of their mean can: with `y` the scaled shares
/// and `m` the mean of their set, `Σ (y - m)² / (m (1 - m))` over all campaigns of all sets, divided by their number less the
/// number of sets. (Pearson's statistic by its degrees of freedom, as for overdispersed proportions: Williams 1982.)
pub fn dispersion(hours: f64) -> f64 {
    let (mut sum, mut free) = (0.0, 0.0);
    for members in SETS.iter().map(Set::members) {
        let (mean, _) = average(&members, hours);
        sum += members.iter().map(|row| (share_at(row, hours).0 - mean).powi(2)).sum::<f64>() / (mean * (1.0 - mean));
        free += members.len() as f64 - 1.0;
    }
    sum / free
}

/// The campaign that had reached the highest share after so many hours, by the same scaling, and that share. Nothing is added
/// to what a campaign was last seen at.
pub fn most_reached(hours: f64) -> (&'static BaseRate, f64) {
    let reached = READINGS.iter().map(|readings| (readings.row, share_at(readings.row, hours).0));
    reached.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((&super::ALL[0], 0.0))
}

/// A named law in short: `heartbleed-reissue (4.5 %, 0.14-23 %)`, its median and its 5th to 95th percentile.
pub fn label(key: &str, law: &Law) -> String {
    let [low, middle, high] = [0.05, 0.5, 0.95].map(|q| percent(law.quantile(q)));
    format!("{key} ({middle}{PERCENT}, {low}-{high}{PERCENT})")
}

/// A share in percent, with two digits: `44`, `7.1`, `0.14`.
pub fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let decimals = match percent {
        p if p >= 9.95 => 0,
        p if p >= 0.995 => 1,
        p if p >= 0.005 => 2,
        _ => return "<0.01".to_owned(),
    };
    let text = format!("{percent:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::{ALL, JUDGEMENT, Share, keys};
    use super::*;

    fn law_at(key: &str, hours: f64) -> Scaled {
        scaled(Named::find(key).expect("a name"), hours).expect("a law")
    }

    fn row(key: &str) -> &'static BaseRate {
        ALL.iter().find(|row| row.key == key).expect("a row")
    }

    /// The variance of a beta law with mean m and shapes that add up to v is m (1 - m) / (1 + v).
    fn variance(scaled: &Scaled) -> f64 {
        scaled.mean * (1.0 - scaled.mean) / (1.0 + scaled.precision)
    }

    #[test]
    fn a_law_has_the_mean_and_the_variance_that_its_campaigns_give_it() {
        let d = dispersion(59.0);
        let (mean, own) = share_at(row("heartbleed-reissue"), 59.0);
        let law = law_at("heartbleed-reissue", 59.0);
        assert!((law.law.mean() - mean).abs() < 1e-9);
        let apart = distance(row("heartbleed-reissue"), 59.0);
        assert!((apart - (1.0 - 59.0 / 504.0)).abs() < 1e-12, "three weeks are 504 h");
        assert!((variance(&law) - own - d * apart * mean * (1.0 - mean)).abs() < 1e-12);
        let two = ["proxylogon-2021", "log4shell-cloud-2021"].map(|key| share_at(row(key), 59.0));
        let (mean, own) = ((two[0].0 + two[1].0) / 2.0, (two[0].1 + two[1].1) / 2.0);
        let law = law_at("active-exploitation", 59.0);
        assert!((law.mean - mean).abs() < 1e-12);
        assert!((variance(&law) - own - 1.5 * d * mean * (1.0 - mean)).abs() < 1e-12, "two campaigns: 1 + 1/2");
    }

    /// The same from a plain script in Python 3.11 by another hand: means of the readings at 59 h, and Pearson's statistic of the three sets
    /// 0.3042, 0.1459 and 0.0679 with 4, 1 and 2 degrees of freedom.
    #[test]
    fn shares_and_their_dispersion_agree_with_another_tool() {
        for (key, mean) in [
            ("lets-encrypt-caa-2020", 0.5598),
            ("proxylogon-2021", 0.4720),
            ("log4shell-cloud-2021", 0.2154),
            ("log4shell-3-months", 0.2154),
            ("heartbleed-reissue", 0.0719),
            ("heartbleed-revoke", 0.0345),
            ("heartbleed-patch", 0.2122),
            ("vulnerability-mail-2016", 0.0950),
            ("mirai-walled-garden-2019", 0.5087),
            ("password-after-breach", 0.0152),
            ("github-2fa", 0.3810),
        ] {
            let got = share_at(row(key), 59.0).0;
            assert!((got - mean).abs() < 3e-4, "{key}: {got}");
        }
        assert!((dispersion(59.0) - (0.3042 + 0.1459 + 0.0679) / 7.0).abs() < 3e-4, "{}", dispersion(59.0));
    }

    #[test]
    fn every_name_makes_a_sane_law_for_every_window_from_an_hour_on() {
        for key in keys().into_iter().filter(|key| *key != JUDGEMENT.key && *key != "facebook-protect") {
            let mut last = 0.0;
            for hours in [1.0, 2.5, 6.0, 24.0, 59.0, 72.0, 168.0, 504.0, 1400.0, 2190.0, 1e4, 1e6] {
                let law = law_at(key, hours);
                assert!(law.mean >= last && law.mean < 1.0 && law.precision > 1.0, "{key} at {hours}: {law:?}");
                last = law.mean;
                let [low, middle, high] = law.percentiles();
                assert!(0.0 <= low && low < middle && middle < high && high <= 1.0, "{key} at {hours}: {law:?}");
            }
        }
    }

    #[test]
    fn naming_a_set_is_vaguer_than_its_centre_alone_and_the_groups_keep_their_order() {
        let means = ["advice-only", "active-exploitation", "enforced"].map(|key| law_at(key, 59.0).mean);
        assert!(means.is_sorted(), "{means:?}");
        // Leaving the cleaned-up infections in advice-only would raise its mean from 9 % to 12 %.
        let with = (5.0 * means[0] + share_at(row("mirai-mail-2019"), 59.0).0) / 6.0;
        assert!((means[0] - 0.085).abs() < 0.001 && (with - 0.122).abs() < 0.001, "{means:?}, {with}");
    }

    #[test]
    fn at_a_campaigns_own_length_mean_and_median_are_its_figure() {
        for row in ALL.iter().filter(|row| row.is_timed()) {
            let mut points = row.points.iter().filter_map(|p| p.hours.map(|hours| (p.share, hours)));
            let Some((Share::Is(share), hours)) = points.rfind(|p| p.1.is_finite()) else { continue };
            let is_last = points_of(row.campaign_row()).iter().all(|point| point.1 <= hours || point.1.is_infinite());
            if is_last {
                let law = law_at(row.key, hours);
                let close = (law.mean - share).abs() < 0.005 && (law.percentiles()[1] - share).abs() < 0.006;
                assert!(close, "{}: {law:?}", row.key);
            }
        }
        let [low, middle, high] = law_at("github-2fa", 52.0 * 24.0).percentiles().map(|share| (share * 100.0).round());
        assert_eq!((low, middle, high), (90.0, 95.0, 99.0));
    }

    #[test]
    fn no_campaign_had_reached_90_percent_in_a_weekend() {
        let (row, share) = most_reached(59.0);
        assert_eq!(row.key, "lets-encrypt-caa-2020");
        assert!((share - 0.560).abs() < 0.001, "{share}");
        let (row, share) = most_reached(1e6);
        assert_eq!((row.key, (share * 1e6).round()), ("github-2fa", 950_000.0), "nothing is added to the last figure");
    }

    #[test]
    fn what_cannot_be_compared_with_a_window_makes_no_law_and_says_why() {
        let why = |key: &str, hours: f64| scaled(Named::find(key).expect("a name"), hours).expect_err("no law");
        assert!(why("facebook-protect", 59.0).message.contains("gives no time in which about 90 % acted"));
        assert!(why("facebook-protect", 59.0).help.contains("enforced"));
        assert!(why("advice-only", 0.0).message.contains("has no length"));
        assert!(why("advice-only", 0.5).message.contains("lasts 30 min"));
        assert!(why("weekend-judgement", 240.0).message.contains("the window lasts 10 days"));
        assert_eq!(law_at("weekend-judgement", 59.0).law, law_at("weekend-judgement", 71.0).law);
    }

    #[test]
    fn a_label_gives_the_median_and_the_range_with_two_digits() {
        assert_eq!(
            [0.4444, 0.0712, 0.005, 0.0014, 0.00003, 0.2].map(percent),
            ["44", "7.1", "0.5", "0.14", "<0.01", "20"]
        );
        assert_eq!(label("x", &Law::uniform(0.0, 1.0).expect("proper")), "x (50 %, 5-95 %)");
    }
}
