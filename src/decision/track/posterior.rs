//! What is learned: the unknowns of a plan weighed by how likely they make what was seen.
//!
//! The rate of reconnecting is integrated by quadrature, since a plan's solution holds for every rate. All other unknowns are drawn in their unit
//! cube by adaptive importance sampling: first from the prior, then from normals around what has weighed most, each draw weighed by all
//! proposals together (Cornuet, Marin, Mira & Robert 2012, "Adaptive multiple importance sampling").

use super::model::{Lives, PlanChances};
use super::series::Series;
use crate::engine::exact::{Declined, FirstSigns};
use crate::plan::{Family, Plan};
use crate::stats::Law;
use crate::stats::cholesky::{cholesky, ln_determinant, solve_lower, times_lower};
use crate::stats::sequence::latin_sequence;
use crate::stats::stream::Stream;
use rayon::prelude::*;
use statrs::distribution::{ContinuousCDF, Normal};
use std::sync::Arc;

/// Draws of the first round, and of each further one.
const FIRST: usize = 512;
const FURTHER: usize = 512;
/// An effective number of draws that is enough; and most draws altogether.
const ENOUGH: f64 = 600.0;
const MOST: usize = 3584;
/// The part of each further round that comes from the prior.
const DEFENSIVE: f64 = 0.2;
/// How much wider proposals are than what has weighed most.
const WIDER: f64 = 1.5;
/// Rates of a grid, and how often it is narrowed.
const GRID: usize = 201;
const NARROWED: usize = 8;
/// Rates whose likelihood is below the highest by more are left out when a grid is narrowed.
const FAR: f64 = 25.0;

/// The prior of the rate of reconnecting.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum UptakePrior {
    /// It is known.
    Fixed(f64),
    /// A law.
    Law(Law),
    /// The scenario asks about several rates: each from 0 to 1 is as likely.
    Uniform,
}

impl UptakePrior {
    pub(super) fn of(plan: &Plan) -> Self {
        match (plan.window().is_some(), plan.uptakes()) {
            (false, _) | (true, []) => Self::Fixed(0.0),
            (true, [one]) => one.law.clone().map_or(Self::Fixed(one.value), Self::Law),
            (true, _) => Self::Uniform,
        }
    }

    fn cdf(&self, u: f64) -> f64 {
        match self {
            Self::Fixed(value) => f64::from(u8::from(u >= *value)),
            Self::Law(law) => law.cdf(u),
            Self::Uniform => u.clamp(0.0, 1.0),
        }
    }
}

/// Rates with their weights, which add up to 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rates {
    pub(super) rates: Vec<f64>,
    pub(super) weights: Vec<f64>,
}

/// One set of values of what is not known.
#[derive(Debug, Clone)]
pub(super) struct PosteriorDraw {
    /// Quantiles of the family's unknowns, in their order.
    pub(super) quantiles: Vec<f64>,
    /// By segment: the quantile of what befalls it as a whole.
    pub(super) shocks: Vec<f64>,
    pub(super) chances: Arc<PlanChances>,
    /// The rate of reconnecting, given all else.
    pub(super) rates: Rates,
    /// The best rate, with the logarithm of its likelihood.
    pub(super) best: (f64, f64),
    /// Its weight among all draws; they add up to 1.
    pub(super) weight: f64,
}

/// What is learned.
#[derive(Debug)]
pub(super) struct Posterior {
    pub(super) draws: Vec<PosteriorDraw>,
    /// `1 / Σ w²` of the draws; infinite where quadrature does it all.
    pub(super) effective: f64,
    /// How many plans were looked at.
    pub(super) evaluated: usize,
}

/// A proposal: a normal in the space of probits, mixed with the prior.
struct Proposal {
    mean: Vec<f64>,
    lower: Vec<f64>,
    draws: usize,
}

/// Something drawn, before it is weighed.
struct WeighedPoint {
    probits: Vec<f64>,
    draw: PosteriorDraw,
    ln_evidence: f64,
}

/// Where the dimensions of the cube lie: places among the family's unknowns, then segments that act as one.
struct UnknownCube {
    unknowns: Vec<usize>,
    shocked: Vec<usize>,
}

impl UnknownCube {
    fn of(family: &Family) -> Self {
        let unknowns =
            family.unknowns().iter().enumerate().filter(|(_, unknown)| !is_uptake(&unknown.key)).map(|(i, _)| i);
        let segments = family.centre().segments().iter().enumerate();
        let shocked = segments.filter(|(_, s)| s.correlation > 0.0 && s.orgs > 0).map(|(i, _)| i);
        Self { unknowns: unknowns.collect(), shocked: shocked.collect() }
    }

    fn dims(&self) -> usize {
        self.unknowns.len() + self.shocked.len()
    }

    /// Quantiles of the family's unknowns, and of each segment's shock; what is not in the cube stands at its middle.
    fn spread(&self, point: &[f64], family: &Family) -> (Vec<f64>, Vec<f64>) {
        let mut quantiles = vec![0.5; family.unknowns().len()];
        let mut shocks = vec![0.5; family.centre().segments().len()];
        self.unknowns.iter().zip(point).for_each(|(place, q)| quantiles[*place] = *q);
        self.shocked.iter().zip(&point[self.unknowns.len()..]).for_each(|(place, q)| shocks[*place] = *q);
        (quantiles, shocks)
    }
}

/// Whether an unknown is the rate of reconnecting, which has its own quadrature.
pub(super) fn is_uptake(key: &str) -> bool {
    key == "reconnect.uptake" || key.starts_with("reconnect.uptake.")
}

/// Weighs the unknowns of a family by what was seen; of nothing seen, the prior.
///
/// # Errors
/// [`Declined`] where the exact engine can't follow the plans, or all contradict themselves.
pub(super) fn posterior(
    family: &Family,
    series: &[Series],
    lives: &mut Lives,
    seed: u64,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Posterior, Declined> {
    let (cube, prior) = (UnknownCube::of(family), UptakePrior::of(family.centre()));
    let dims = cube.dims();
    if dims == 0 {
        let (quantiles, shocks) = cube.spread(&[], family);
        let make = |plan: &Plan, signs: &[Arc<FirstSigns>]| Arc::new(PlanChances::new(plan, signs, series));
        let chances = lives.solve([family.centre().clone()], &uncut(family), progress, make)?;
        let (draw, _) = weigh(Arc::clone(&chances[0]), quantiles, shocks, (series, &prior));
        return Ok(Posterior {
            draws: vec![PosteriorDraw { weight: 1.0, ..draw }],
            effective: f64::INFINITY,
            evaluated: 1,
        });
    }
    let standard = Normal::standard();
    let mut stream = Stream::new(seed, 0, "track");
    let mut proposals: Vec<Proposal> = Vec::new();
    let mut points: Vec<WeighedPoint> = Vec::new();
    let mut evaluated = 0;
    loop {
        let probits: Vec<Vec<f64>> = match proposals.last() {
            None => latin_sequence(FIRST, dims)
                .into_iter()
                .map(|point| point.into_iter().map(|q| standard.inverse_cdf(q)).collect())
                .collect(),
            Some(proposal) => (0..proposal.draws).map(|_| proposal.draw(&mut stream, dims)).collect(),
        };
        evaluated += probits.len();
        points.extend(evaluate(family, &cube, (series, &prior), lives, probits, progress)?);
        if points.is_empty() {
            return Err(Declined(
                "the values that are not known contradict each other however they are drawn".to_owned(),
            ));
        }
        let ln_weights: Vec<f64> = points.iter().map(|point| ln_weight(point, &proposals)).collect();
        let weights = normalized(&ln_weights, 1.0);
        let effective = effective(&weights);
        let is_prior = series.iter().all(|one| one.gaps.is_empty());
        if effective >= ENOUGH.min(0.9 * points.len() as f64) || evaluated >= MOST || is_prior {
            let draws = points.into_iter().zip(weights).map(|(point, weight)| PosteriorDraw { weight, ..point.draw });
            return Ok(Posterior { draws: draws.filter(|draw| draw.weight > 0.0).collect(), effective, evaluated });
        }
        proposals.push(Proposal::around(&points, &ln_weights, dims));
    }
}

fn evaluate(
    family: &Family,
    cube: &UnknownCube,
    (series, prior): (&[Series], &UptakePrior),
    lives: &mut Lives,
    probits: Vec<Vec<f64>>,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Vec<WeighedPoint>, Declined> {
    let standard = Normal::standard();
    let (mut plans, mut kept) = (Vec::new(), Vec::new());
    for probits in probits {
        let point: Vec<f64> = probits.iter().map(|z| standard.cdf(*z).clamp(1e-9, 1.0 - 1e-9)).collect();
        let (quantiles, shocks) = cube.spread(&point, family);
        // Values that contradict each other make no plan, and weigh nothing.
        if let Ok(plan) = family.plan_at(&quantiles) {
            plans.push(plan);
            kept.push((probits, quantiles, shocks));
        }
    }
    let make = |plan: &Plan, signs: &[Arc<FirstSigns>]| Arc::new(PlanChances::new(plan, signs, series));
    let solved = lives.solve(plans, &uncut(family), progress, make)?;
    let points = solved.into_par_iter().zip(kept).map(|(chances, (probits, quantiles, shocks))| {
        let (draw, ln_evidence) = weigh(chances, quantiles, shocks, (series, prior));
        WeighedPoint { probits, draw, ln_evidence }
    });
    Ok(points.collect())
}

/// Early reconnects need not be told from later ones for what was seen.
fn uncut(family: &Family) -> Vec<f64> {
    vec![-1.0; family.centre().segments().len()]
}

/// The rates of reconnecting given all else, and the logarithm of the likelihood of what was seen over all of them.
fn weigh(
    chances: Arc<PlanChances>,
    quantiles: Vec<f64>,
    shocks: Vec<f64>,
    (series, prior): (&[Series], &UptakePrior),
) -> (PosteriorDraw, f64) {
    let ln_likelihood = |u: f64| chances.ln_likelihood(series, &chances.acting(u, &shocks));
    let (rates, best, ln_evidence) = match prior {
        UptakePrior::Fixed(u) => {
            let ln = ln_likelihood(*u);
            (Rates { rates: vec![*u], weights: vec![1.0] }, (*u, ln), ln)
        }
        _ => quadrature(prior, &ln_likelihood),
    };
    (PosteriorDraw { quantiles, shocks, chances, rates, best, weight: 0.0 }, ln_evidence)
}

/// The midpoint rule over the rate of reconnecting, on a grid that is narrowed to where the likelihood is.
fn quadrature(prior: &UptakePrior, ln_likelihood: &dyn Fn(f64) -> f64) -> (Rates, (f64, f64), f64) {
    let (mut low, mut high) = (0.0, 1.0);
    loop_over(NARROWED, |last| {
        let width = (high - low) / GRID as f64;
        let rates: Vec<f64> = (0..GRID).map(|i| low + (i as f64 + 0.5) * width).collect();
        let ln: Vec<f64> = rates.iter().map(|u| ln_likelihood(*u)).collect();
        let mass = |u: f64| (prior.cdf(u + 0.5 * width) - prior.cdf(u - 0.5 * width)).max(0.0);
        let masses: Vec<f64> = rates.iter().map(|u| mass(*u)).collect();
        let top = ln.iter().zip(&masses).filter(|(_, m)| **m > 0.0).map(|(l, _)| *l).fold(f64::NEG_INFINITY, f64::max);
        let near = |i: &usize| ln[*i] > top - FAR && masses[*i] > 0.0;
        let (first, end) = ((0..GRID).find(near).unwrap_or(0), (0..GRID).rev().find(near).unwrap_or(GRID - 1));
        if !last && (end - first) < GRID / 4 {
            (low, high) = ((rates[first] - width).max(0.0), (rates[end] + width).min(1.0));
            return None;
        }
        let weights: Vec<f64> =
            ln.iter().zip(&masses).map(|(l, m)| if *m > 0.0 { (l - top).exp() * m } else { 0.0 }).collect();
        let sum: f64 = weights.iter().sum();
        let best = (0..GRID).max_by(|a, b| weights[*a].total_cmp(&weights[*b])).unwrap_or(0);
        let best = (rates[best], ln[best]);
        let weights = weights.into_iter().map(|w| w / sum).collect();
        Some((Rates { rates, weights }, best, top + sum.ln()))
    })
}

/// Tries again until there is an answer; the last time is told.
fn loop_over<T>(most: usize, mut attempt: impl FnMut(bool) -> Option<T>) -> T {
    let mut tries = 0;
    loop {
        tries += 1;
        if let Some(found) = attempt(tries > most) {
            return found;
        }
    }
}

fn ln_normal(z: &[f64]) -> f64 {
    z.iter().map(|z| -0.5 * z * z).sum()
}

/// The logarithm of prior times likelihood over the mixture of all proposals.
fn ln_weight(point: &WeighedPoint, proposals: &[Proposal]) -> f64 {
    let ln_prior = ln_normal(&point.probits);
    let all = FIRST + proposals.iter().map(|p| p.draws).sum::<usize>();
    let of_prior = FIRST as f64 + DEFENSIVE * (all - FIRST) as f64;
    // Relative to the prior, so that nothing underflows that counts.
    let others: f64 = proposals
        .iter()
        .map(|proposal| {
            (1.0 - DEFENSIVE) * proposal.draws as f64 * (proposal.ln_density(&point.probits) - ln_prior).exp()
        })
        .sum();
    point.ln_evidence - ((of_prior + others) / all as f64).ln()
}

fn normalized(ln_weights: &[f64], power: f64) -> Vec<f64> {
    let top = ln_weights.iter().copied().filter(|w| w.is_finite()).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> =
        ln_weights.iter().map(|w| if w.is_finite() { (power * (w - top)).exp() } else { 0.0 }).collect();
    let sum: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / sum).collect()
}

fn effective(weights: &[f64]) -> f64 {
    1.0 / weights.iter().map(|w| w * w).sum::<f64>()
}

impl Proposal {
    /// A normal like what has weighed most so far. Where few draws bear all the weight, weights are evened out first.
    fn around(points: &[WeighedPoint], ln_weights: &[f64], dims: usize) -> Self {
        let enough = (4.0 * dims as f64 + 10.0).min(0.5 * points.len() as f64);
        let mut power = 1.0;
        let mut weights = normalized(ln_weights, power);
        while effective(&weights) < enough && power > 1e-6 {
            power *= 0.7;
            weights = normalized(ln_weights, power);
        }
        let mut mean = vec![0.0; dims];
        for (point, w) in points.iter().zip(&weights) {
            mean.iter_mut().zip(&point.probits).for_each(|(m, z)| *m += w * z);
        }
        let mut covariance = vec![0.0; dims * dims];
        for (point, w) in points.iter().zip(&weights) {
            let apart: Vec<f64> = point.probits.iter().zip(&mean).map(|(z, m)| z - m).collect();
            for i in 0..dims {
                for j in 0..dims {
                    covariance[i * dims + j] += WIDER * w * apart[i] * apart[j];
                }
            }
        }
        (0..dims).for_each(|i| covariance[i * dims + i] += 1e-4);
        let lower = cholesky(&covariance, dims).unwrap_or_else(|| {
            (0..dims * dims).map(|at| if at % (dims + 1) == 0 { covariance[at].sqrt() } else { 0.0 }).collect()
        });
        Self { mean, lower, draws: FURTHER }
    }

    fn draw(&self, stream: &mut Stream, dims: usize) -> Vec<f64> {
        let standard = Normal::standard();
        let from_prior = stream.uniform() <= DEFENSIVE;
        let z: Vec<f64> = (0..dims).map(|_| standard.inverse_cdf(stream.uniform().clamp(1e-12, 1.0 - 1e-12))).collect();
        if from_prior {
            return z;
        }
        times_lower(&self.lower, &z).into_iter().zip(&self.mean).map(|(x, m)| x + m).collect()
    }

    fn ln_density(&self, z: &[f64]) -> f64 {
        let apart: Vec<f64> = z.iter().zip(&self.mean).map(|(z, m)| z - m).collect();
        let scaled = solve_lower(&self.lower, &apart);
        ln_normal(&scaled) - 0.5 * ln_determinant(&self.lower, z.len())
    }
}

impl Posterior {
    /// So many draws alike in weight, each with a rate: systematic over the draws, stratified over each one's rates.
    pub(super) fn sampled(&self, number: usize, seed: u64) -> Vec<(usize, f64)> {
        let mut stream = Stream::new(seed, 0, "track: rates");
        let start = stream.uniform();
        let mut chosen: Vec<usize> = Vec::with_capacity(number);
        let (mut place, mut upto) = (0, self.draws[0].weight);
        for i in 0..number {
            let at = (i as f64 + start) / number as f64;
            while at > upto && place + 1 < self.draws.len() {
                place += 1;
                upto += self.draws[place].weight;
            }
            chosen.push(place);
        }
        // Those of one draw take strata of its rates.
        let mut counts = vec![0_usize; self.draws.len()];
        chosen.iter().for_each(|place| counts[*place] += 1);
        let mut taken = vec![0_usize; self.draws.len()];
        let rate = |place: usize| {
            let q = (taken[place] as f64 + stream.uniform()) / counts[place] as f64;
            taken[place] += 1;
            (place, self.draws[place].rates.quantile(q))
        };
        chosen.into_iter().map(rate).collect()
    }
}

impl Rates {
    /// The rate that the probability reaches `q` at, straight within a cell of the grid.
    pub(super) fn quantile(&self, q: f64) -> f64 {
        if self.rates.len() < 2 {
            return self.rates[0];
        }
        let width = self.rates[1] - self.rates[0];
        let mut sum = 0.0;
        for (rate, weight) in self.rates.iter().zip(&self.weights) {
            if sum + weight >= q && *weight > 0.0 {
                return (rate + ((q - sum) / weight - 0.5) * width).clamp(0.0, 1.0);
            }
            sum += weight;
        }
        self.rates[self.rates.len() - 1]
    }
}
