//! The figures: campaigns with their sources, the sets that pool them, and one judgement. `docs/base-rates.md` shows the same
//! rows, which a test holds equal. A month counts 730 hours.

use super::{BaseRate, Judgement, Pressure, RatePoint, Set, Share};

const DAY: f64 = 24.0;
const MONTH: f64 = 730.0;

const fn is(share: f64, hours: f64) -> RatePoint {
    RatePoint { share: Share::Is(share), hours: Some(hours) }
}

const fn below(share: f64, hours: f64) -> RatePoint {
    RatePoint { share: Share::Below(share), hours: Some(hours) }
}

/// Every campaign, by pressure from the least, as far as figures were found.
pub const ALL: &[BaseRate] = &[
    BaseRate {
        key: "heartbleed-reissue",
        campaign: "certificates reissued after Heartbleed",
        acted: "under 27 %",
        within: "21 days",
        points: &[below(0.27, 21.0 * DAY)],
        pressure: Pressure::Advice,
        source: "Zhang et al., IMC 2014 (securepki.org, CACM)",
        caveat: "A bound, not a share.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "heartbleed-revoke",
        campaign: "certificates revoked after Heartbleed",
        acted: "under 13 %",
        within: "21 days",
        points: &[below(0.13, 21.0 * DAY)],
        pressure: Pressure::Advice,
        source: "Zhang et al., IMC 2014 (securepki.org, CACM)",
        caveat: "A bound, not a share. A drastic dip at weekends, without a figure.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "heartbleed-patch",
        campaign: "servers patched against Heartbleed",
        acted: "48 %, 50 %",
        within: "1 month, over 2 months",
        points: &[is(1.0 - 318_239.0 / 615_268.0, MONTH), is(1.0 - 309_197.0 / 615_268.0, 2.0 * MONTH)],
        pressure: Pressure::Advice,
        source: "itsecurityguru.org",
        caveat: "Derived from 615,268 open servers at first, then 318,239 and 309,197. Uptake saturates.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "vulnerability-mail-2016",
        campaign: "sites fixed after an e-mail",
        acted: "25.5 % of all notified",
        within: "1 month",
        points: &[is(0.255, MONTH)],
        pressure: Pressure::Advice,
        source: "Stock et al., USENIX Security 2016",
        caveat: "E-mail alone. 74.5 % stayed unfixed; about 40 % of those who read it acted. Only 5.8 % of 35,832 were reached.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "mirai-mail-2019",
        campaign: "infected customers cleaned up after an e-mail",
        acted: "58-74 %",
        within: "14 days",
        points: &[RatePoint { share: Share::Between { from: 0.58, to: 0.74 }, hours: Some(14.0 * DAY) }],
        pressure: Pressure::Advice,
        source: "Cetin et al., NDSS 2019",
        caveat: "E-mail alone; n = 220. No better than the control group, so the figure is not what advice did, \
                 and advice-only leaves it out.",
        continues: None,
        pooled: false,
    },
    BaseRate {
        key: "password-after-breach",
        campaign: "passwords changed after a breach",
        acted: "13 %, 33 %",
        within: "3 months, ever",
        points: &[is(0.13, 3.0 * MONTH), is(0.33, f64::INFINITY)],
        pressure: Pressure::Advice,
        source: "CMU CyLab",
        caveat: "n = 63.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "proxylogon-2021",
        campaign: "Exchange servers patched",
        acted: "75 %, 80 %, 92 %",
        within: "8, 13, 21 days",
        points: &[is(0.75, 8.0 * DAY), is(0.80, 13.0 * DAY), is(0.92, 21.0 * DAY)],
        pressure: Pressure::ActiveExploitation,
        source: "securityaffairs.com 115896",
        caveat: "Derived from counts of about 400k, 100k, 82k and under 30k open servers.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "log4shell-cloud-2021",
        campaign: "vulnerable cloud resources patched",
        acted: "45 %",
        within: "10 days",
        points: &[is(0.45, 10.0 * DAY)],
        pressure: Pressure::ActiveExploitation,
        source: "wiz.io",
        caveat: "Over 200 enterprises; finance 50 %, manufacturing 34 %.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "log4shell-3-months",
        campaign: "vulnerable cloud resources patched, later on",
        acted: "70 %",
        within: "about 3 months",
        points: &[is(0.70, 3.0 * MONTH)],
        pressure: Pressure::ActiveExploitation,
        source: "techcrunch.com, 18 Mar 2022",
        caveat: "A later point of log4shell-cloud-2021, by another source, which does not name the pressure.",
        continues: Some("log4shell-cloud-2021"),
        pooled: true,
    },
    BaseRate {
        key: "lets-encrypt-caa-2020",
        campaign: "certificates reissued before forced revocation",
        acted: "56 % (1,706,505 of 3,048,289)",
        within: "about 31 hours",
        points: &[is(1_706_505.0 / 3_048_289.0, 31.0)],
        pressure: Pressure::AnnouncedRevocation,
        source: "community.letsencrypt.org thread 114864",
        caveat: "Subscribers were mailed on 3 March 2020, some 31 hours before the deadline of 5 March 03:00 UTC. The count also holds \
                 routine renewals since 29 February, and about 1 M duplicates. Much of it was automated. The share is derived from the counts.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "mirai-walled-garden-2019",
        campaign: "infected customers cleaned up, their connection quarantined",
        acted: "92 %",
        within: "14 days",
        points: &[is(0.92, 14.0 * DAY)],
        pressure: Pressure::ServiceBlocked,
        source: "Cetin et al., NDSS 2019",
        caveat: "The same study as mirai-mail-2019; n = 220.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "github-2fa",
        campaign: "two-factor sign-in switched on",
        acted: "about 95 %",
        within: "45 days of notice, 7 days of grace",
        points: &[is(0.95, 52.0 * DAY)],
        pressure: Pressure::ServiceBlocked,
        source: "itbrew.com",
        caveat: "Blocked after the notice and the grace, not during them.",
        continues: None,
        pooled: true,
    },
    BaseRate {
        key: "facebook-protect",
        campaign: "two-factor sign-in switched on by mandated accounts",
        acted: "about 90 %",
        within: "not given",
        points: &[RatePoint { share: Share::Is(0.9), hours: None }],
        pressure: Pressure::ServiceBlocked,
        source: "ijunkie.com",
        caveat: "Blocked after notice. Without a time no window can be compared: it makes no law.",
        continues: None,
        pooled: true,
    },
];

/// Campaigns taken together.
pub const SETS: &[Set] = &[
    Set { key: "advice-only", words: "campaigns by advice alone", pressures: &[Pressure::Advice] },
    Set {
        key: "active-exploitation",
        words: "campaigns while attackers used the hole",
        pressures: &[Pressure::ActiveExploitation],
    },
    Set {
        key: "enforced",
        words: "campaigns after which the old way stopped working",
        pressures: &[Pressure::AnnouncedRevocation, Pressure::ServiceBlocked],
    },
];

/// For 60 hours over a weekend: low 5-10 %, central 20-35 %, high 55 %. Beta(2.4, 6.1) has its 5th percentile, its median and
/// its 95th percentile there.
pub const JUDGEMENT: Judgement = Judgement {
    key: "weekend-judgement",
    words: "a planner's judgement for 60 hours over a weekend, not a measurement: low 5-10 %, central 20-35 %, high 55 %; above \
            75 % needs enforcement or a longer window",
    shapes: (2.4, 6.1),
    windows: (36.0, 84.0),
};

#[cfg(test)]
mod tests {
    use super::super::{Named, keys};
    use super::*;
    use crate::stats::Law;

    #[test]
    fn every_row_says_in_words_what_it_says_in_numbers() {
        for row in ALL {
            for point in row.points {
                let percents = match point.share {
                    Share::Is(share) => vec![share],
                    Share::Below(share) => {
                        assert!(row.acted.starts_with("under"), "{}", row.key);
                        vec![share]
                    }
                    Share::Between { from, to } => vec![from, to],
                };
                for share in percents {
                    assert!((0.0..1.0).contains(&share));
                    let (whole, tenths) = ((share * 100.0).round(), (share * 1000.0).round() / 10.0);
                    let said = row.acted.contains(&format!("{whole}")) || row.acted.contains(&format!("{tenths}"));
                    assert!(said, "{}: {share} is not in `{}`", row.key, row.acted);
                }
                match point.hours {
                    None => assert_eq!(row.within, "not given"),
                    Some(hours) if hours.is_infinite() => assert!(row.within.contains("ever")),
                    Some(hours) => {
                        let (days, months) = (hours / DAY, hours / MONTH);
                        // 45 days of notice and 7 of grace are 52.
                        let days = if days == 52.0 { 45.0 } else { days };
                        let said = [days, months, hours].iter().any(|n| row.within.contains(&n.to_string()));
                        assert!(said, "{}: {hours} h is not in `{}`", row.key, row.within);
                    }
                }
            }
            let hours: Vec<f64> = row.points.iter().filter_map(|p| p.hours).collect();
            assert!(hours.is_sorted() && !row.points.is_empty() && !row.source.is_empty() && !row.caveat.is_empty());
        }
    }

    #[test]
    fn a_name_names_one_thing() {
        let mut names = keys();
        for name in &names {
            assert_eq!(Named::find(name).map(Named::key), Some(*name));
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len() + SETS.len() + 1);
        assert_eq!(Named::find("heartbleed"), None);
    }

    #[test]
    fn a_set_holds_the_campaigns_of_its_pressures_once_each() {
        let members = SETS.iter().map(|set| set.members().iter().map(|row| row.key).collect::<Vec<_>>());
        let advice = [
            "heartbleed-reissue",
            "heartbleed-revoke",
            "heartbleed-patch",
            "vulnerability-mail-2016",
            "password-after-breach",
        ];
        let exploited = ["proxylogon-2021", "log4shell-cloud-2021"];
        let enforced = ["lets-encrypt-caa-2020", "mirai-walled-garden-2019", "github-2fa"];
        assert_eq!(members.collect::<Vec<_>>(), [&advice[..], &exploited, &enforced]);
    }

    /// "Low 5-10 %, central 20-35 %, high 55 %".
    #[test]
    fn the_judgement_is_low_central_and_high_where_it_says() {
        let law = Law::beta(JUDGEMENT.shapes.0, JUDGEMENT.shapes.1).expect("proper");
        let [low, central, high] = [0.05, 0.5, 0.95].map(|q| law.quantile(q));
        assert!((0.05..=0.10).contains(&low), "{low}");
        assert!((0.20..=0.35).contains(&central), "{central}");
        assert!((high - 0.55).abs() < 0.005, "{high}");
        assert!(law.cdf(0.75) > 0.99, "above 75 % is next to impossible");
    }
}
