//! `base-rates --format json`. Shares are 0-1, times in hours (`null` where a source says "ever").

use crate::output::json::indented;
use crate::results::Percentiles;
use crate::scenario::base_rates::{ALL, BaseRate, JUDGEMENT, Judgement, Named, SETS, Scaled, Set, scaled};
use serde::Serialize;

/// Campaigns, sets and judgements as text; with a window (in hours) the law that each makes of it.
pub(crate) fn text(window: Option<f64>) -> String {
    indented(&BaseRatesView::new(window))
}

#[derive(Serialize)]
struct BaseRatesView {
    window_hours: Option<f64>,
    campaigns: Vec<CampaignView>,
    sets: Vec<SetView>,
    judgements: [JudgementView; 1],
}

impl BaseRatesView {
    fn new(window: Option<f64>) -> Self {
        let law = |named| window.map(|hours| WindowLaw::new(named, hours));
        let campaign = |row| CampaignView { row, law: law(Named::Campaign(row)) };
        let set = |set: &'static Set| SetView {
            key: set.key,
            campaigns: set.members().iter().map(|row| row.key).collect(),
            law: law(Named::Set(set)),
        };
        Self {
            window_hours: window,
            campaigns: ALL.iter().map(campaign).collect(),
            sets: SETS.iter().map(set).collect(),
            judgements: [JudgementView { judgement: &JUDGEMENT, law: law(Named::Judgement(&JUDGEMENT)) }],
        }
    }
}

#[derive(Serialize)]
struct CampaignView {
    #[serde(flatten)]
    row: &'static BaseRate,
    #[serde(flatten)]
    law: Option<WindowLaw>,
}

#[derive(Serialize)]
struct SetView {
    key: &'static str,
    campaigns: Vec<&'static str>,
    #[serde(flatten)]
    law: Option<WindowLaw>,
}

#[derive(Serialize)]
struct JudgementView {
    #[serde(flatten)]
    judgement: &'static Judgement,
    #[serde(flatten)]
    law: Option<WindowLaw>,
}

/// The law of a window; null where there is none, and `no_law` says why.
#[derive(Serialize)]
struct WindowLaw {
    law: Option<BetaView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    no_law: Option<String>,
}

impl WindowLaw {
    fn new(named: Named, hours: f64) -> Self {
        match scaled(named, hours) {
            Ok(law) => Self { law: Some(BetaView::new(&law)), no_law: None },
            Err(why) => Self { law: None, no_law: Some(why.message) },
        }
    }
}

#[derive(Serialize)]
struct BetaView {
    mean: f64,
    #[serde(flatten)]
    percentiles: Percentiles<f64>,
    beta: [f64; 2],
}

impl BetaView {
    fn new(law: &Scaled) -> Self {
        let beta = [law.mean * law.precision, (1.0 - law.mean) * law.precision];
        Self { mean: law.mean, percentiles: law.percentiles().into(), beta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn json_has_the_figures_and_the_laws() {
        let read = |window| serde_json::from_str::<Value>(&text(window)).expect("JSON");
        let found = read(Some(59.0));
        let campaigns = found["campaigns"].as_array().expect("a list");
        assert_eq!(campaigns.len(), ALL.len());
        let by_key = |key: &str| campaigns.iter().find(|c| c["key"] == key).expect("a campaign");
        assert_eq!(by_key("heartbleed-reissue")["points"], json!([{ "below": 0.27, "hours": 504.0 }]));
        assert_eq!(by_key("mirai-mail-2019")["points"], json!([{ "from": 0.58, "to": 0.74, "hours": 336.0 }]));
        assert_eq!(by_key("password-after-breach")["points"][1], json!({ "share": 0.33, "hours": null }));
        assert_eq!(by_key("facebook-protect")["points"], json!([{ "share": 0.9 }]));
        assert!(by_key("facebook-protect")["law"].is_null() && by_key("facebook-protect")["no_law"].is_string());
        assert_eq!(by_key("github-2fa")["pressure"], "service_blocked");
        let law = &by_key("proxylogon-2021")["law"];
        let [a, b] = [0, 1].map(|i| law["beta"][i].as_f64().expect("a shape"));
        assert!((a / (a + b) - law["mean"].as_f64().expect("a mean")).abs() < 1e-12);
        assert!(read(None)["sets"][0].get("law").is_none() && read(None)["window_hours"].is_null());
    }
}
