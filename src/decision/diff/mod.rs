//! How each changed line of a scenario contributes to the change of the answer: Shapley values over the changes. Lines that only
//! make a scenario together count as one change.

mod combinations;
#[cfg(test)]
mod tests;

use crate::engine::exact::SolvedSegments;
use crate::plan::{Family, Plan};
use crate::results::plan_diff::{ChangedKey, Part, PlanDiff, Side};
use crate::results::{Counted, Provenance};
use crate::stats::shapley::{order_pairs, shapley_from_orders, shapley_values};
use crate::{Error, Result};
use combinations::{Combinations, MOST_CHANGES, Mask, WithChanges};

/// Up to so many changes every order of them is taken.
const MOST_EXACT: usize = 12;

/// Pairs of orders that are sampled beyond.
const ORDER_PAIRS: u64 = 64;

/// Possible plans of a scenario that leaves something open are evaluated one by one as long as there are no more than this.
const MOST_PLANS: usize = 100_000;

/// What is asked.
pub(crate) struct DiffRequest<'a> {
    /// The figure that is the answer.
    pub counted: Counted,
    /// The changed lines.
    pub changes: Vec<ChangedKey>,
    /// The scenario with any of them.
    pub with: &'a WithChanges<'a>,
    /// The two plans as their scenarios give them.
    pub plans: [Plan; 2],
    /// Where the two scenarios come from.
    pub provenance: [Provenance; 2],
}

/// Shares the difference of two scenarios' answers among the changes. `progress` is told how many combinations are done.
///
/// # Errors
/// When one of the two scenarios can't be made, or there are more changes than can be told apart.
pub(crate) fn diff(request: &DiffRequest<'_>, progress: &(dyn Fn(u64) + Sync)) -> Result<PlanDiff> {
    let count = request.changes.len();
    if count > MOST_CHANGES {
        return Err(Error::BadUsage(format!(
            "{count} changed lines are more than the {MOST_CHANGES} that can be told apart"
        )));
    }
    let ends = [false, true].map(|made| (request.with)(&vec![made; count]));
    let [first, second] = ends.map(|family| family.map_err(Error::Engine));
    let families = [first?, second?];
    let (mut notes, draws) = what_is_open(&families, count);
    let answer = |family: &Family| mean_of(family, request.counted, draws);
    let mut combinations = Combinations::new(count, request.with, &answer, progress);
    let (groups, table) = groups_that_can_move(&mut combinations, count, &mut notes, &request.changes)?;
    let parts = parts(request, &combinations, &groups, table);
    let side = |i: usize, mask: Mask| {
        let plan = request.plans[i].clone();
        let rate = plan.uptakes()[0].name.clone();
        Ok::<_, Error>(Side {
            provenance: request.provenance[i].clone(),
            rate,
            answer: combinations.value(mask)?,
            plan,
        })
    };
    let sides = [side(0, 0)?, side(1, combinations.all())?];
    let sampled = (!table).then_some(ORDER_PAIRS as usize);
    Ok(PlanDiff { sides, counted: request.counted, parts, sampled, evaluations: combinations.evaluated(), notes })
}

/// Where something is not known: whether every possible plan is evaluated, or the median alone.
fn what_is_open(families: &[Family; 2], changes: usize) -> (Vec<String>, bool) {
    if families.iter().all(Family::is_certain) {
        return (Vec::new(), false);
    }
    let combinations = if changes <= MOST_EXACT { 1 << changes } else { 2 * ORDER_PAIRS as usize * changes };
    let draws = combinations * crate::plan::family::OUTER_DRAWS <= MOST_PLANS;
    let note = if draws {
        "Answers are means over what is not known."
    } else {
        "What is not known is at its median in every combination: there are too many changes to mix all possible plans. The \
         answers differ from those of `run` by that."
    };
    (vec![note.to_owned()], draws)
}

fn mean_of(family: &Family, counted: Counted, draws: bool) -> std::result::Result<f64, String> {
    let mut lives = SolvedSegments::new(counted);
    if !draws || family.is_certain() {
        return lives.mean(family.centre()).map_err(|declined| declined.0);
    }
    let possible = family.possible_plans(0)?;
    let means = possible.plans.iter().map(|plan| lives.mean(plan).map_err(|declined| declined.0));
    let means = means.collect::<std::result::Result<Vec<f64>, String>>()?;
    Ok(means.iter().sum::<f64>() / means.len().max(1) as f64)
}

/// Groups of changes, as small as can be, of which every combination that is needed is a scenario; and whether all were taken.
fn groups_that_can_move(
    combinations: &mut Combinations<'_>,
    count: usize,
    notes: &mut Vec<String>,
    changes: &[ChangedKey],
) -> Result<(Vec<Mask>, bool)> {
    let mut groups: Vec<Mask> = (0..count).map(|i| 1 << i).collect();
    loop {
        let table = groups.len() <= MOST_EXACT;
        let needed = if table { all_of(&groups) } else { along_orders(&groups) };
        combinations.evaluate(&needed);
        let Some((invalid, why)) = combinations.invalid(&needed) else { return Ok((groups, table)) };
        if groups.len() < 2 {
            return Err(Error::Engine(why));
        }
        let (i, j) = pair_to_join(&groups, &invalid);
        let joined = groups.remove(j);
        groups[i] |= joined;
        let keys = keys_of(groups[i], changes);
        // A larger group takes the place of what was said of its parts.
        notes.retain(|n| !keys.iter().any(|k| n.starts_with(&format!("`{k}`"))));
        let keys: Vec<String> = keys.iter().map(|k| format!("`{k}`")).collect();
        notes.push(format!("{} change together: one by one they make no valid plan ({why}).", keys.join(", ")));
    }
}

fn keys_of(group: Mask, changes: &[ChangedKey]) -> Vec<&str> {
    changes.iter().enumerate().filter(|(i, _)| group >> i & 1 == 1).map(|(_, c)| c.key.as_str()).collect()
}

/// The pair of groups of which most invalid combinations have one without the other; the first of several.
fn pair_to_join(groups: &[Mask], invalid: &[Mask]) -> (usize, usize) {
    let has = |mask: Mask, group: usize| mask & groups[group] == groups[group];
    let splits = |i: usize, j: usize| invalid.iter().filter(|m| has(**m, i) != has(**m, j)).count();
    let pairs = (0..groups.len()).flat_map(|i| (i + 1..groups.len()).map(move |j| (i, j)));
    let mut best = (0, 1);
    for (i, j) in pairs {
        if splits(i, j) > splits(best.0, best.1) {
            best = (i, j);
        }
    }
    best
}

/// Every combination of the groups.
fn all_of(groups: &[Mask]) -> Vec<Mask> {
    let union = |choice: usize| {
        groups.iter().enumerate().filter(|(i, _)| choice >> i & 1 == 1).fold(0, |mask, (_, group)| mask | group)
    };
    (0..1_usize << groups.len()).map(union).collect()
}

fn grown(groups: &[Mask], order: &[usize]) -> Vec<Mask> {
    let grow = order.iter().scan(0, |mask: &mut Mask, group| {
        *mask |= groups[*group];
        Some(*mask)
    });
    std::iter::once(0).chain(grow).collect()
}

fn along_orders(groups: &[Mask]) -> Vec<Mask> {
    // Each change alone is shown too.
    let pairs = order_pairs(groups.len(), ORDER_PAIRS, SEED);
    groups.iter().copied().chain(pairs.iter().flatten().flat_map(|order| grown(groups, order))).collect()
}

/// Seed of the sampled orders.
const SEED: u64 = 1;

fn parts(request: &DiffRequest<'_>, combinations: &Combinations<'_>, groups: &[Mask], table: bool) -> Vec<Part> {
    let value = |mask: Mask| combinations.value(mask).unwrap_or(f64::NAN);
    let shares: Vec<(f64, Option<f64>)> = if table {
        let values: Vec<f64> = all_of(groups).into_iter().map(value).collect();
        shapley_values(&values).into_iter().map(|v| (v, None)).collect()
    } else {
        let along = |order: &[usize]| grown(groups, order).into_iter().map(value).collect::<Vec<f64>>();
        let pairs = order_pairs(groups.len(), ORDER_PAIRS, SEED);
        shapley_from_orders(groups.len(), &pairs, &along).into_iter().map(|e| (e.value, Some(e.se))).collect()
    };
    let part = |(group, (contribution, se)): (&Mask, (f64, Option<f64>))| Part {
        changes: (request.changes.iter().enumerate())
            .filter(|(i, _)| group >> i & 1 == 1)
            .map(|(_, change)| change.clone())
            .collect(),
        contribution,
        se,
        alone: combinations.value(*group).ok().map(|v| v - value(0)),
    };
    let mut parts: Vec<Part> = groups.iter().zip(shares).map(part).collect();
    parts.sort_by(|a, b| {
        b.contribution.abs().total_cmp(&a.contribution.abs()).then_with(|| a.changes[0].key.cmp(&b.changes[0].key))
    });
    parts
}
