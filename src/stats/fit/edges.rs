//! The uniform and the log-uniform law: their ends are parameters, so that their likelihood is no hill but a cliff.

use super::minimise::edge;
use super::{Fit, LawFamily, Measure, Parameter, ln_likelihood};
use crate::stats::law::Law;
use crate::stats::survival::Durations;

/// How far `ln L` falls to the limit of a 95 % interval at a cliff: the true end is exponentially far away, on the scale of `ln L`.
const CLIFF: f64 = 2.995_732_273_553_991; // ln 20

/// The same on a hill: half the 95th percentile of chi-squared with one degree of freedom.
const HILL: f64 = 1.920_729_410_347_062;

/// From one scale to another.
type Map = fn(f64) -> f64;

/// Fits a law with two ends. The likelihood only grows as the lower end rises to the shortest duration that ended. The upper end
/// is at the longest, or further where durations that were cut short speak for more: there
/// `(d + m) / (b - a) = Σ 1 / (b - c)` over the `m` cut short within, which has one solution.
///
/// `None` where no two durations differ.
pub(super) fn fit(family: LawFamily, durations: &Durations) -> Option<Fit> {
    let (first, last) = durations.observed_range()?;
    // On the scale on which the law is uniform.
    let (there, back): (Map, Map) = if family == LawFamily::LogUniform { (f64::ln, f64::exp) } else { (|t| t, |t| t) };
    let law = |a: f64, b: f64| match family {
        LawFamily::LogUniform => Law::log_uniform(a, b),
        _ => Law::uniform(a, b),
    };
    let cut: Vec<(f64, f64)> = (durations.tallies().iter())
        .filter(|t| t.censored > 0 && t.time > first)
        .map(|t| (there(t.time), t.censored as f64))
        .collect();
    let end = upper_end(there(first), there(last), durations.events() as f64, &cut)?;
    let at_last = end <= there(last);
    // Taken there and back it must not fall short of the duration that it came from.
    let end = if at_last { last } else { back(end) };
    let fitted = law(first, end).ok().filter(|law| !matches!(law, Law::Fixed(_)))?;
    let best = ln_likelihood(&fitted, durations);
    let holds = |a: f64, b: f64, fall: f64| law(a, b).is_ok_and(|l| ln_likelihood(&l, durations) >= best - fall);
    let lowest = if family == LawFamily::LogUniform { f64::MIN_POSITIVE } else { 0.0 };
    let low = edge(first, lowest, |a| holds(a, end, CLIFF));
    let fall = if at_last { CLIFF } else { HILL };
    let high = edge(end, end * 1e6, |b| holds(first, b, fall));
    let least = if at_last { end } else { edge(end, last, |b| holds(first, b, fall)) };
    let parameter = |name, value, se, interval| Parameter { name, measure: Measure::Duration, value, se, interval };
    let se = (!at_last).then(|| {
        let events = durations.events() as f64;
        let error = hill_error(there(first), there(end), events, &cut);
        if family == LawFamily::LogUniform { end * error } else { error }
    });
    let parameters = vec![parameter("min", first, None, [low, first]), parameter("max", end, se, [least, high])];
    let charged = if at_last { 4 } else { 3 };
    Some(Fit { family, law: fitted, parameters, ln_likelihood: best, charged })
}

/// Where the likelihood of the upper end is greatest, given the lower; `cut` are the durations cut short, with how many of each.
fn upper_end(first: f64, last: f64, events: f64, cut: &[(f64, f64)]) -> Option<f64> {
    let all = events + cut.iter().map(|c| c.1).sum::<f64>();
    let floor = cut.iter().map(|c| c.0).fold(last, f64::max);
    if floor <= first {
        return None;
    }
    // Above 0 while a further end is likelier; it falls all the way.
    let pull = |end: f64| cut.iter().map(|c| c.1 * (end - first) / (end - c.0)).sum::<f64>() - all;
    let mut far = floor + (floor - first);
    while pull(far) > 0.0 {
        far = first + 2.0 * (far - first);
        if !far.is_finite() {
            return None;
        }
    }
    let within = cut.iter().all(|c| c.0 < floor);
    if within && pull(floor) <= 0.0 {
        Some(floor)
    } else {
        Some(edge(floor, far, |end| end == floor || pull(end) > 0.0))
    }
}

/// Standard error of an upper end that lies beyond all that was seen, where the likelihood rounds off: the square root of the inverse
/// of `-l''(b) = Σ 1 / (b - c)² - (d + m) / (b - a)²`.
fn hill_error(first: f64, end: f64, events: f64, cut: &[(f64, f64)]) -> f64 {
    let all = events + cut.iter().map(|c| c.1).sum::<f64>();
    let bend = cut.iter().map(|c| c.1 / (end - c.0).powi(2)).sum::<f64>() - all / (end - first).powi(2);
    1.0 / bend.sqrt()
}
