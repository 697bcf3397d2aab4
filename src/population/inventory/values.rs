//! Cells become values: instants, zones, segments, weights, counts; each that can't is a fault with its row and column.

use super::duplicates;
use super::faults::{Fault, InventoryFaults};
use super::rows::{ConnectionDetails, InventoryRows, SinceAsOf};
use crate::plan::units::group_count;
use crate::plan::zone::{self, Tz};
use crate::population::table::{self, Cells, FileTable};
use crate::results::Texts;
use crate::scenario::FindingCode;
use crate::scenario::instant::{self, InstantForm, parse_instant};
use crate::scenario::inventory::{Duplicates, InventoryFault, InventoryRequest};
use chrono::{DateTime, Utc};
use polars::prelude::{DataType, StringChunked, TimeUnit};
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Weights may add up to this: whole numbers up to it are told exactly.
const MOST_WEIGHT: f64 = 1e15;

/// Reads all columns, of an inventory as exported at `now`, or else at `as_of`; faults go to `faults`, with some value in the row's place.
pub(super) fn read(
    table: &FileTable,
    request: &InventoryRequest,
    now: Option<DateTime<Utc>>,
    faults: &mut InventoryFaults<'_>,
) -> Result<InventoryRows, InventoryFault> {
    let column = |ours: &'static str| {
        let found = table.get(ours);
        let name = found.map_or_else(|| request.name_of(ours), |column| &column.theirs);
        InventoryColumn { cells: found.map(|column| &column.cells), name, rows: table.rows }
    };
    let as_of = request.as_of.timestamp_micros();
    let form = |ours: &str| request.form_of(ours).map(|form| form.instants.clone()).unwrap_or_default();
    let by_as_of = LatestInstant { at: as_of, name: "`as_of`" };
    let by_now = now.map_or(by_as_of, |now| LatestInstant { at: now.timestamp_micros(), name: "--now" });
    let refreshed = column("last_refresh_at").instants(true, by_as_of, &form("last_refresh_at"), faults)?;
    let mut reconnected_at = column("reconnected_at").instants(false, by_now, &form("reconnected_at"), faults)?;
    let failed_at = match now {
        Some(_) => column("failed_at").instants(false, by_now, &form("failed_at"), faults)?,
        None => Vec::new(),
    };
    let since = now.is_some().then(|| {
        let after = |at: Option<&i64>| at.copied().filter(|at| *at > as_of);
        let of =
            |row: usize| SinceAsOf { reconnected: after(reconnected_at.get(row)), failed: after(failed_at.get(row)) };
        (0..table.rows).map(of).collect()
    });
    let early = failed_at.iter().enumerate().filter(|(_, at)| **at != NEVER && **at <= as_of);
    let early: Vec<Fault> =
        early.map(|(row, _)| column("failed_at").fault(row, None, "is not after `as_of`")).collect();
    faults.extend(early);
    // The plan is of those who had not acted by `as_of`.
    reconnected_at.iter_mut().filter(|at| **at > as_of).for_each(|at| *at = NEVER);
    // Columns that this plan does not look at are none of its faults.
    let connected_at = match request.connections {
        true => column("connected_at").instants(false, by_as_of, &form("connected_at"), faults)?,
        false => Vec::new(),
    };
    let piece = column("place").pieces(&request.wave_ends, request.waves, faults)?;
    let cuts: Vec<f64> = [0.0].into_iter().chain(request.wave_ends.iter().copied()).chain([1.0]).collect();
    let pieces = cuts.windows(2).map(|piece| f64::midpoint(piece[0], piece[1])).collect();
    let exempt = column("exempt").truths(faults)?.filter(|exempt| exempt.contains(&true));
    let ago = |at: Option<&i64>| at.filter(|at| **at != NEVER).map(|at| as_of.saturating_sub(*at).clamp(0, OLDEST));
    let details = |row: usize| {
        let (reconnected_at, made) = (ago(reconnected_at.get(row)), ago(connected_at.get(row)));
        // A reconnect makes the connection anew.
        let connected = made.into_iter().chain(reconnected_at).min();
        ConnectionDetails { reconnected_at, connected, piece: piece.as_ref().and_then(|piece| piece[row]) }
    };
    let details = (request.connections).then(|| (0..table.rows).map(details).collect());
    let mut age = Vec::with_capacity(table.rows);
    let mut reconnected = Vec::with_capacity(table.rows);
    for (row, refreshed) in refreshed.iter().enumerate() {
        let reconnect = reconnected_at.get(row).copied().unwrap_or(NEVER);
        age.push(as_of.saturating_sub(*refreshed.max(&reconnect)).clamp(0, OLDEST));
        reconnected.push(reconnect != NEVER);
    }
    let segment = column("segment").segments(&request.segments, faults)?;
    let (zone, zones) = column("time_zone").zones(faults)?;
    let org_id = column("org_id").texts(true, faults)?;
    if let Some(ids) = org_id.as_ref().filter(|_| request.duplicates == Duplicates::Refuse) {
        let again = repeated(ids, &column("org_id"), faults);
        faults.extend(again);
    }
    let weight = column("weight").weights(faults)?;
    let orgs = column("orgs").counts(faults)?;
    let contact = column("contact").texts(false, faults)?;
    let (org_id, contact) = (org_id.map(Arc::new), contact.map(Arc::new));
    Ok(InventoryRows {
        age,
        reconnected,
        segment,
        zone,
        zones,
        org_id,
        orgs,
        weight,
        contact,
        exempt,
        since,
        details,
        pieces,
    })
}

/// Ages beyond this many microseconds, 36,500 years, are told as this one: room for arithmetic.
const OLDEST: i64 = i64::MAX / 8;

/// An instant that never was.
const NEVER: i64 = i64::MIN;

/// After which no instant of a column may lie.
#[derive(Debug, Clone, Copy)]
struct LatestInstant {
    /// In microseconds since 1970.
    at: i64,
    /// As people know it.
    name: &'static str,
}

/// One column, or the lack of it.
struct InventoryColumn<'a> {
    cells: Option<&'a Cells>,
    name: &'a str,
    rows: usize,
}

impl InventoryColumn<'_> {
    fn fault(&self, row: usize, cell: Option<&str>, why: impl Into<String>) -> Fault {
        let (column, cell) = (Some(self.name.to_owned()), cell.map(str::to_owned));
        Fault { row, column, cell, why: why.into(), is_duplicate: false }
    }

    /// A column whose type can't be what it should.
    fn wrong_type(&self, what: &str) -> InventoryFault {
        let kind = self.cells.map_or_else(String::new, Cells::kind);
        InventoryFault {
            code: FindingCode::WrongType,
            message: format!("the column `{}` holds {kind}, not {what}", self.name),
            notes: Vec::new(),
            help: "write it as text, or map another column by `population.columns`".to_owned(),
        }
    }

    /// Calls `read` for each cell as text, without blanks around it; rows in parallel, faults in their order.
    fn each<T: Send + Default>(
        &self,
        what: &str,
        faults: &mut InventoryFaults<'_>,
        read: impl Fn(Option<&str>) -> Result<T, String> + Sync,
    ) -> Result<Option<Vec<T>>, InventoryFault> {
        self.cells(what, faults, || &read)
    }

    /// As [`InventoryColumn::each`], where most cells say again what one above said: what was made of it then is remembered.
    fn each_of_few<T: Send + Default + Copy>(
        &self,
        what: &str,
        faults: &mut InventoryFaults<'_>,
        read: impl Fn(Option<&str>) -> Result<T, String> + Sync,
    ) -> Result<Option<Vec<T>>, InventoryFault> {
        let remembering = || {
            let mut known: HashMap<String, T> = HashMap::new();
            let read = &read;
            move |cell: Option<&str>| match cell.and_then(|cell| known.get(cell)) {
                Some(value) => Ok(*value),
                None => {
                    let value = read(cell)?;
                    known.extend(cell.map(|cell| (cell.to_owned(), value)));
                    Ok(value)
                }
            }
        };
        self.cells(what, faults, remembering)
    }

    /// Reads the cells in pieces, each by a reader of its own from `reader`.
    fn cells<T: Send + Default, R: FnMut(Option<&str>) -> Result<T, String>>(
        &self,
        what: &str,
        faults: &mut InventoryFaults<'_>,
        reader: impl Fn() -> R + Sync,
    ) -> Result<Option<Vec<T>>, InventoryFault> {
        let Some(text) = self.text(what)? else { return Ok(None) };
        let cell = |row: usize| text.get(row);
        Ok(Some(self.rows_in_pieces(faults, |rows, values, found| {
            let mut read = reader();
            for row in rows {
                values.push(read(cell(row)).unwrap_or_else(|why| {
                    found.push(self.fault(row, cell(row), why));
                    T::default()
                }));
            }
        })))
    }

    /// The cells as text. Typed ones are spelt out.
    fn text(&self, what: &str) -> Result<Option<TextCells<'_>>, InventoryFault> {
        Ok(match self.cells {
            None => None,
            Some(Cells::Text(texts)) => Some(TextCells::Text(texts)),
            Some(cells) if cells.is_null() => Some(TextCells::Null),
            Some(Cells::Typed(series)) => {
                let text = series.cast(&DataType::String).map_err(|_| self.wrong_type(what))?;
                Some(TextCells::Typed(text.str().map_err(|_| self.wrong_type(what))?.clone()))
            }
        })
    }

    /// A value for each row, pieces of them side by side; faults in the order of the rows.
    fn rows_in_pieces<T: Send>(
        &self,
        faults: &mut InventoryFaults<'_>,
        read: impl Fn(Range<usize>, &mut Vec<T>, &mut Vec<Fault>) + Sync,
    ) -> Vec<T> {
        const AT_A_TIME: usize = 65_536;
        let piece = |i: usize| {
            let rows = i * AT_A_TIME..self.rows.min((i + 1) * AT_A_TIME);
            let (mut values, mut found) = (Vec::with_capacity(rows.len()), Vec::new());
            read(rows, &mut values, &mut found);
            (values, found)
        };
        let pieces: Vec<_> = (0..self.rows.div_ceil(AT_A_TIME)).into_par_iter().map(piece).collect();
        let mut all = Vec::with_capacity(self.rows);
        for (mut values, found) in pieces {
            all.append(&mut values);
            faults.extend(found);
        }
        all
    }

    /// Instants in microseconds since the epoch, at or before `as_of`; [`NEVER`] for an empty cell where it may be empty. Empty where there
    /// is no such column.
    fn instants(
        &self,
        needed: bool,
        latest: LatestInstant,
        form: &InstantForm,
        faults: &mut InventoryFaults<'_>,
    ) -> Result<Vec<i64>, InventoryFault> {
        if self.cells.is_none() {
            return Ok(Vec::new());
        }
        let check = |at: i64| if at > latest.at { Err(format!("is after {}", latest.name)) } else { Ok(at) };
        let empty = || if needed { Err("is missing".to_owned()) } else { Ok(NEVER) };
        if let Some(Cells::Typed(series)) = self.cells
            && let DataType::Datetime(unit, zone) = series.dtype()
        {
            let unit = *unit;
            // Without a zone of its own a column is in the one that the scenario names, or else UTC.
            let zone = form.zone.filter(|_| zone.is_none());
            let localised = |at: i64| match zone {
                Some(zone) => {
                    let local = DateTime::from_timestamp_micros(at).ok_or("is no instant")?;
                    instant::as_local(local.naive_utc(), zone).map(|at| at.timestamp_micros())
                }
                None => Ok(at),
            };
            let physical = series.to_physical_repr();
            let values = physical.i64().map_err(|_| self.wrong_type("instants"))?;
            return Ok(self.rows_in_pieces(faults, |rows, read, found| {
                for row in rows {
                    let at = values.get(row).map(|value| to_micros(value, unit));
                    let checked = at.map_or_else(empty, |at| localised(at).and_then(check));
                    read.push(checked.unwrap_or_else(|why| {
                        let cell = at.and_then(DateTime::from_timestamp_micros).map(|at| at.to_rfc3339());
                        found.push(self.fault(row, cell.as_deref(), why));
                        latest.at
                    }));
                }
            }));
        }
        let parse = |cell: Option<&str>| match cell {
            None => empty(),
            Some(cell) => parse_instant(cell, form).and_then(|at| check(at.timestamp_micros())),
        };
        Ok(self.each("instants", faults, parse)?.unwrap_or_default())
    }

    fn segments(&self, ids: &[String], faults: &mut InventoryFaults<'_>) -> Result<Vec<u16>, InventoryFault> {
        let known: Vec<&str> = ids.iter().map(String::as_str).collect();
        let place = |cell: Option<&str>| {
            let Some(cell) = cell else { return Ok(0) };
            known.iter().position(|id| *id == cell).map(|place| place as u16 + 1).ok_or_else(|| {
                match (crate::scenario::nearest(cell, &known), known.is_empty()) {
                    (Some(near), _) => format!("is no segment of the scenario; did you mean `{near}`?"),
                    (None, true) => "is no segment of the scenario, which has none".to_owned(),
                    (None, false) => format!("is no segment of the scenario, which has {}", known.join(", ")),
                }
            })
        };
        // A scenario without segments does not ask.
        let found = if ids.is_empty() { None } else { self.each_of_few("ids of segments", faults, place)? };
        Ok(found.unwrap_or_else(|| vec![0; self.rows]))
    }

    fn zones(&self, faults: &mut InventoryFaults<'_>) -> Result<(Vec<u16>, Vec<Tz>), InventoryFault> {
        let zone = |cell: Option<&str>| match cell {
            None => Ok(0),
            Some(cell) => match cell.parse::<Tz>() {
                Ok(zone) => Ok(zone.place() as u16 + 1),
                Err(_) => Err(crate::scenario::unknown_zone(cell)),
            },
        };
        let all = self.each_of_few("time zones", faults, zone)?.unwrap_or_else(|| vec![0; self.rows]);
        let mut is_used = vec![false; zone::all().len() + 1];
        all.iter().for_each(|zone| is_used[usize::from(*zone)] = true);
        let used: Vec<usize> = (1..is_used.len()).filter(|zone| is_used[*zone]).collect();
        let mut place = vec![0; is_used.len()];
        used.iter().zip(1..).for_each(|(zone, new)| place[*zone] = new);
        let all_zones: Vec<Tz> = zone::all().collect();
        let zones = used.iter().map(|place| all_zones[place - 1]).collect();
        Ok((all.into_iter().map(|zone| place[usize::from(zone)]).collect(), zones))
    }

    fn texts(&self, needed: bool, faults: &mut InventoryFaults<'_>) -> Result<Option<Texts>, InventoryFault> {
        let Some(text) = self.text("text")? else { return Ok(None) };
        let texts = Texts::by_place(self.rows, |row| text.get(row).unwrap_or(""));
        let is_missing = |row: &usize| needed && texts.get(*row).is_empty();
        faults.extend((0..self.rows).filter(is_missing).map(|row| self.fault(row, None, "is missing")));
        Ok(Some(texts))
    }

    fn weights(&self, faults: &mut InventoryFaults<'_>) -> Result<Option<Vec<f64>>, InventoryFault> {
        let weights = self.weights_of_rows(faults)?;
        let sum: f64 = weights.iter().flatten().sum();
        if sum > MOST_WEIGHT {
            let message = "the weights add up to more than 1,000,000,000,000,000, the most that is told exactly";
            let help = "write them in a larger unit, such as thousands";
            return Err(super::super::table::fault(FindingCode::WeightsTooLarge, message, help));
        }
        Ok(weights)
    }

    fn weights_of_rows(&self, faults: &mut InventoryFaults<'_>) -> Result<Option<Vec<f64>>, InventoryFault> {
        // A column without one value says as much as none; one with gaps leaves the reader to guess what they mean.
        if self.is_all_empty()? {
            return Ok(None);
        }
        let check = |weight: Option<f64>| match weight {
            Some(weight) if weight >= 0.0 && weight.is_finite() => Ok(weight),
            Some(weight) if weight < 0.0 => Err("is below 0".to_owned()),
            _ => Err("is no number".to_owned()),
        };
        // Numbers need no detour through text, unless there is a cell to be shown to somebody.
        if let Some(Cells::Typed(series)) = self.cells
            && series.dtype().is_primitive_numeric()
        {
            let series = series.cast(&DataType::Float64).map_err(|_| self.wrong_type("numbers"))?;
            let numbers = series.f64().map_err(|_| self.wrong_type("numbers"))?;
            let all = (0..self.rows).into_par_iter().with_min_len(4096).map(|row| numbers.get(row));
            let good: Option<Vec<f64>> = all.map(|weight| check(weight).ok()).collect();
            if good.is_some() {
                return Ok(good);
            }
        }
        self.each("numbers", faults, |cell| match cell {
            None => Err("is missing".to_owned()),
            Some(cell) => check(cell.parse().ok()),
        })
    }

    /// Places in line as pieces of the line between `ends`; `None` for an empty cell. Waves may be named, where there are `waves`.
    fn pieces(
        &self,
        ends: &[f64],
        waves: usize,
        faults: &mut InventoryFaults<'_>,
    ) -> Result<Option<Vec<Option<u32>>>, InventoryFault> {
        if ends.is_empty() {
            return Ok(None);
        }
        self.each_of_few("places in line", faults, |cell| {
            let Some(cell) = cell else { return Ok(None) };
            let named = cell.to_ascii_lowercase().strip_prefix("wave").and_then(|number| number.trim().parse().ok());
            if let Some(wave) = named.filter(|wave: &usize| (1..=waves).contains(wave)) {
                return Ok(Some(wave as u32 - 1));
            }
            let Some(place) = cell.parse().ok().filter(|place| (0.0..=1.0).contains(place)) else {
                return Err(match waves {
                    0 => "is no place in line, a number from 0 to 1".to_owned(),
                    _ => format!(
                        "is neither a place in line, a number from 0 to 1, nor one of `wave 1` to `wave {waves}`"
                    ),
                });
            };
            // The end of the line belongs to the last wave, if waves reach it.
            Ok(Some(ends.partition_point(|end| *end <= place && *end < 1.0) as u32))
        })
    }

    /// Yes or no, in the words that exports have for it; an empty cell is a no.
    fn truths(&self, faults: &mut InventoryFaults<'_>) -> Result<Option<Vec<bool>>, InventoryFault> {
        self.each_of_few("true or false", faults, |cell| match cell.map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "no" | "0" | "n" | "f") => Ok(false),
            Some("true" | "yes" | "1" | "y" | "t") => Ok(true),
            Some(_) => Err("is neither true nor false".to_owned()),
        })
    }

    /// Whether the column is there and holds nothing.
    fn is_all_empty(&self) -> Result<bool, InventoryFault> {
        let text = match self.cells {
            Some(Cells::Typed(series)) => return Ok(series.null_count() == series.len()),
            _ => self.text("numbers")?,
        };
        Ok(text.is_some_and(|text| (0..self.rows).all(|row| text.get(row).is_none())))
    }

    fn counts(&self, faults: &mut InventoryFaults<'_>) -> Result<Option<Vec<u64>>, InventoryFault> {
        self.each("whole numbers", faults, |cell| {
            let cell = cell.ok_or("is missing")?;
            let whole = cell.parse::<f64>().ok().filter(|n| n.fract() == 0.0).ok_or("is no whole number")?;
            match whole {
                n if n < 0.0 => Err("is below 0".to_owned()),
                n if n > 1e9 => Err(format!("is more than {}", group_count(1_000_000_000))),
                n => Ok(n as u64),
            }
        })
    }
}

fn to_micros(value: i64, unit: TimeUnit) -> i64 {
    match unit {
        TimeUnit::Nanoseconds => value.div_euclid(1000),
        TimeUnit::Microseconds => value,
        TimeUnit::Milliseconds => value.saturating_mul(1000),
    }
}

/// The cells of a column as text.
enum TextCells<'a> {
    Text(&'a table::CellTexts),
    Typed(StringChunked),
    Null,
}

impl TextCells<'_> {
    /// Without blanks around it; `None` for an empty one.
    fn get(&self, row: usize) -> Option<&str> {
        let cell = match self {
            Self::Text(texts) => texts.get(row),
            Self::Typed(text) => text.get(row).unwrap_or("").trim(),
            Self::Null => "",
        };
        (!table::is_empty(cell)).then_some(cell)
    }
}

/// Ids of orgs that stand in an earlier row already.
fn repeated(ids: &Texts, column: &InventoryColumn<'_>, faults: &InventoryFaults<'_>) -> Vec<Fault> {
    let mut found = Vec::new();
    for group in duplicates::find(ids, &[]) {
        for row in &group[1..] {
            let (id, first) = (ids.get(*row), ids.get(group[0]));
            let other = if id == first { String::new() } else { format!(", as `{first}`") };
            let why = format!("stands in {} already{other}", faults.number(group[0]));
            found.push(Fault { is_duplicate: true, ..column.fault(*row, Some(id), why) });
        }
    }
    found
}
