//! The native charts of the workbook: the outcomes at each rate, and the curve up to the deadline. Their titles are the findings,
//! taken from cells, so that no name in one can be a reference.

use super::cells::serial;
use super::contents::{CURVE_AT, CURVE_EACH, CURVE_LEFT, Contents, OUTCOMES_AT};
use crate::output::document::range_labels;
use crate::output::run::tables::{MEAN, range_label};
use crate::output::words::{self, deadline_hours};
use crate::plan::wording::{ACTS, FAILED, Locale, ORGS, locale};
use rust_xlsxwriter::{
    Chart, ChartFont, ChartFormat, ChartLegendPosition, ChartLine, ChartLineDashType, ChartMarker, ChartMarkerType,
    ChartSolidFill, ChartType, Worksheet, XlsxError,
};

/// Lines of the curve's chart.
const MOST_LINES: usize = 8;
/// The colours of lines, the lowest rate first; they stay apart for colour-blind readers.
const INKS: [&str; MOST_LINES] =
    ["#1B3A5C", "#2F6B9A", "#3C8DAD", "#4FA39A", "#7CA66B", "#A8A04B", "#B98A3E", "#7A6A8A"];
/// Rows of a sheet that a chart covers, and one between.
const ROWS_A_CHART: u32 = 23;
/// The column of the tolerance, where there is one.
pub(super) const TOLERANCE: &str = "tolerance";
/// The colour of the tolerance and the deadline.
const WARNING: &str = "#C0392B";

fn line(colour: &str, width: f64) -> ChartLine {
    let mut line = ChartLine::new();
    line.set_color(colour).set_width(width);
    line
}

fn titled(kind: ChartType, sheet: &str, row: u32, alt: &str) -> Chart {
    let mut chart = Chart::new(kind);
    chart.title().set_name((sheet, row, 0)).set_font(ChartFont::new().set_size(11));
    chart.legend().set_position(ChartLegendPosition::Bottom);
    chart.set_width(960).set_height(420).set_alt_text(alt.chars().take(250).collect::<String>());
    chart
}

/// Mean and range of the failures by the deadline at each rate, with the tolerance; `header` names the columns of their table.
pub(super) fn headline(c: &Contents<'_>, header: &[String], sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let rates = c.projection.uptakes.len() as u32;
    let (first, last) = (OUTCOMES_AT + 1, OUTCOMES_AT + rates);
    // Only numbers can stand on an axis; rates that are not known are text.
    let known = (0..c.projection.uptakes.len()).all(|i| !words::is_unknown(c.plan, i)) && rates > 1;
    let kind = if known { ChartType::ScatterStraight } else { ChartType::Line };
    let mut chart = titled(kind, "Summary", 2, &c.findings.headline);
    let mut dashed = line(WARNING, 1.5);
    dashed.set_dash_type(ChartLineDashType::Dash);
    let [low, high] = range_labels(&range_label());
    let lines =
        [(MEAN, line(INKS[0], 2.5)), (&low, line(INKS[2], 1.0)), (&high, line(INKS[2], 1.0)), (TOLERANCE, dashed)];
    let place = |label: &str| header.iter().position(|name| name == label).map(|column| column as u16);
    for (column, line) in lines.into_iter().filter_map(|(label, line)| Some((place(label)?, line))) {
        let series = chart.add_series();
        series.set_name(("Summary", OUTCOMES_AT, column)).set_categories(("Summary", first, 0, last, 0));
        series.set_values(("Summary", first, column, last, column)).set_format(ChartFormat::new().set_line(&line));
    }
    let axis = chart.x_axis().set_name(&format!("share that {ACTS}")).set_num_format("0%");
    if known {
        axis.set_min(0).set_max(1).set_major_unit(0.25);
    }
    upright(&mut chart, &format!("{ORGS} {FAILED} by the deadline"));
    sheet.insert_chart(last + 2, 0, &chart).map(|_| ())
}

/// Mean failures so far at up to eight rates, from the main event to a day after the deadline; the figures stand in another sheet.
pub(super) fn cumulative(c: &Contents<'_>, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    let hours = c.hours();
    if hours.len() < 2 {
        return Ok(());
    }
    let zone = c.plan.time_zone();
    let (from, to) = (c.plan.hours(c.plan.main_event().at).max(0.0), deadline_hours(c.plan).1 + 24.0);
    let at = |place: &usize| c.projection.curve_hours[*place];
    let first = hours.iter().position(|h| at(h) >= from).unwrap_or(0);
    let last = hours.iter().position(|h| at(h) >= to).unwrap_or(hours.len() - 1).max(first + 1).min(hours.len() - 1);
    let rows = (CURVE_AT + 1 + first.min(last - 1) as u32, CURVE_AT + 1 + last as u32);
    let mut chart = titled(ChartType::ScatterStraight, "Curve", 0, &c.findings.cumulative);
    let lines = c.facts.ascending().into_iter().filter(|rate| *rate < c.curves());
    for (rate, ink) in lines.take(MOST_LINES).zip(INKS) {
        let column = (CURVE_LEFT + CURVE_EACH * rate) as u16;
        let series = chart.add_series();
        series.set_name(("Curve", CURVE_AT, column)).set_categories(("Curve", rows.0, 0, rows.1, 0));
        series.set_values(("Curve", rows.0, column, rows.1, column));
        series.set_format(ChartFormat::new().set_line(&line(ink, 1.75)));
    }
    let day = |hours: f64| serial(c.plan.instant(hours), zone);
    let (start, end) = (day(at(&hours[first.min(last - 1)])).floor(), day(at(&hours[last])).ceil());
    // A tick a day reads well for two weeks; beyond, about ten.
    let unit = ((end - start) / 10.0).ceil().max(1.0);
    let axis = chart
        .x_axis()
        .set_num_format(if locale() == Locale::EnUs { "ddd, mmm d" } else { "ddd d mmm" })
        .set_min(start)
        .set_max(end);
    axis.set_major_unit(if end - start <= 14.0 { 1.0 } else { unit });
    upright(&mut chart, &format!("{ORGS} {FAILED} so far"));
    let below = OUTCOMES_AT + c.projection.uptakes.len() as u32 + 2 + ROWS_A_CHART;
    sheet.insert_chart(below, 0, &chart).map(|_| ())
}

/// Mean and range over the whole sweep of rates, and the rate that is typed; beside the sweep's table, whose header and number of rows are given.
/// `name` is that of the sheet, `typed` the row of the rate.
pub(super) fn sweep(
    sheet: &mut Worksheet,
    (name, typed): (&str, u32),
    (header, rows): (u32, u32),
    alt: &str,
) -> Result<(), XlsxError> {
    let (first, last) = (header + 1, header + rows);
    let mut chart = titled(ChartType::ScatterStraight, name, 0, alt);
    for (column, line) in [(1, line(INKS[0], 2.5)), (2, line(INKS[2], 1.0)), (4, line(INKS[2], 1.0))] {
        let series = chart.add_series();
        series.set_name((name, header, column)).set_categories((name, first, 0, last, 0));
        series.set_values((name, first, column, last, column)).set_format(ChartFormat::new().set_line(&line));
    }
    let mut dot = ChartMarker::new();
    dot.set_type(ChartMarkerType::Circle)
        .set_size(9)
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(WARNING)));
    let series = chart.add_series();
    series.set_name((name, typed, 0)).set_categories((name, typed, 1, typed, 1));
    series.set_values((name, typed + 1, 1, typed + 1, 1)).set_marker(&dot);
    chart.x_axis().set_num_format("0%").set_min(0).set_max(1).set_major_unit(0.25);
    upright(&mut chart, &format!("{ORGS} {FAILED} by the deadline"));
    chart.set_width(760);
    sheet.insert_chart(2, 7, &chart).map(|_| ())
}

/// The axis of orgs, with lines that data stand out from.
fn upright(chart: &mut Chart, name: &str) {
    let axis = chart.y_axis().set_name(name).set_num_format("#,##0").set_min(0);
    axis.set_major_gridlines_line(&line("#E3E3E3", 0.75));
}
