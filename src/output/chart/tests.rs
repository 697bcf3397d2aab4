//! Every chart of every sample is held to the same rules: texts never meet nor leave the page, the SVG is one, the bytes are
//! the same twice.

use super::{Chart, Theme, drawn, of, rasterise, tornado, waterfall};
use crate::output::samples::{self, ReportSample};
use crate::output::{compare, diff, fit, sensitivity};
use rayon::prelude::*;

/// Least size of text in a chart 800 pixels wide.
const SMALLEST: f64 = 12.0;

/// Texts keep apart, on the page, and large enough to be read.
fn check_texts(name: &str, chart: &Chart) {
    for (i, a) in chart.texts.iter().enumerate() {
        let inside = a.area.left >= 0.0 && a.area.right <= 800.0 && a.area.top >= 0.0 && a.area.bottom <= chart.height;
        assert!(inside && a.size >= SMALLEST, "{name}: `{}` at {:?}", a.text, a.area);
        for b in &chart.texts[i + 1..] {
            assert!(!a.area.meets(&b.area), "{name}: `{}` meets `{}`", a.text, b.text);
        }
    }
}

/// Holds a chart that is not of a plan and its projection to the same rules.
fn check(name: &str, chart: &Chart) {
    check_texts(name, chart);
    resvg::usvg::Tree::from_str(&chart.svg, &resvg::usvg::Options::default()).expect("an SVG");
    assert!(chart.svg.contains("<title id=") && chart.description.contains("sha256"), "{name}");
}

fn charts(sample: &ReportSample) -> Vec<Chart> {
    charts_in(&Theme::LIGHT, sample)
}

fn charts_in(theme: &Theme, sample: &ReportSample) -> Vec<Chart> {
    let draw = |(_, draw): &(&str, super::Draw)| drawn(*draw, &sample.plan, &sample.projection, theme).expect("drawn");
    of(&sample.plan, &sample.projection).iter().map(draw).collect()
}

fn each_chart(check: impl Fn(&ReportSample, &Chart) + Sync) {
    samples::all().par_iter().for_each(|sample| charts(sample).iter().for_each(|chart| check(sample, chart)));
}

#[test]
fn texts_never_meet_and_never_leave_the_page() {
    each_chart(|sample, chart| check_texts(&format!("{} of {}", chart.name, sample.name), chart));
}

#[test]
fn texts_of_the_charts_of_other_verbs_keep_apart_and_on_the_page() {
    let theme = &Theme::LIGHT;
    for (name, found) in sensitivity::samples::all() {
        check(name, &tornado::draw(&found, theme).expect("drawn"));
    }
    for (name, found) in diff::samples::all() {
        check(name, &waterfall::draw(&found, theme).expect("drawn"));
    }
    for (name, comparison) in compare::samples::all() {
        check(name, &super::compare::draw(&comparison, theme).expect("drawn"));
    }
    for (verdict, found) in fit::samples::all() {
        check(&format!("{verdict:?}"), &super::fit::draw(&found, theme).expect("drawn"));
    }
}

#[test]
fn every_svg_is_well_formed_and_says_what_it_shows() {
    each_chart(|sample, chart| {
        let tree = resvg::usvg::Tree::from_str(&chart.svg, &resvg::usvg::Options::default()).expect("an SVG");
        assert_eq!(tree.size().width(), 800.0);
        let text = &chart.svg;
        assert!(text.contains("role=\"img\"") && text.contains("<title id=\"chart-title\">"), "{}", sample.name);
        let metadata = text.split_once("<metadata>").expect("what it takes to trace it").1;
        let hash = &sample.projection.provenance.sha256;
        assert!(metadata.contains(hash.as_str()) && metadata.contains("seed 20260501"), "{}", sample.name);
        assert!(!chart.description.is_empty() && text.contains("aria-labelledby"), "{}", sample.name);
        assert!(!text.contains("<script>"), "{}", sample.name);
    });
}

#[test]
fn the_same_results_give_the_same_bytes() {
    let sample = samples::flagship();
    let (once, again) = (charts(sample), charts(sample));
    for (a, b) in once.iter().zip(&again) {
        assert_eq!(a, b);
        assert_eq!(rasterise(&a.svg).expect("a PNG"), rasterise(&b.svg).expect("a PNG"));
    }
}

/// So that a page may hold one drawing with two sets of colours.
#[test]
fn both_themes_draw_the_same_shapes() {
    let bare = |svg: &str| svg.split('#').map(|part| part.get(6..).unwrap_or_default().to_owned()).collect::<Vec<_>>();
    for sample in samples::all() {
        for (light, dark) in charts(sample).iter().zip(charts_in(&Theme::DARK, sample)) {
            assert!(light.svg != dark.svg, "{} of {}", light.name, sample.name);
            assert!(bare(&light.svg)[1..] == bare(&dark.svg)[1..], "{} of {}", light.name, sample.name);
        }
    }
}

#[test]
fn a_png_is_1600_pixels_wide() {
    let png = rasterise(&charts(samples::flagship())[0].svg).expect("a PNG");
    // The IHDR chunk begins at byte 12; width is its first field.
    assert_eq!(png[16..20], 1600_u32.to_be_bytes());
}
