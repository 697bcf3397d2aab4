//! `cutover embed`: refreshes what planning documents embed, or says with `--check` that they are stale. Each scenario is projected
//! once, however many markers use it; nothing is written unless all of it can be.

use super::common::{Common, Format, Sampling, chosen_engine, load, provenance, refuse_disagreement};
use super::phases;
use super::progress::Progress;
use super::solve::answers_bar;
use super::stream;
use crate::decision::track::track;
use crate::decision::{self, Request};
use crate::output::embed::{DocxTemplate, EmbedDocument, EmbedSource, Marker, Rendered, Shown, render, render_seen};
use crate::output::{folder, json, safe};
use crate::population::inventory::Loaded;
use crate::population::seen::{Observations, SeenFrame};
use crate::results::track::TrackReport;
use crate::results::{Projection, Provenance};
use crate::scenario::tree::Span;
use crate::scenario::{Finding, input};
use crate::scenario::{FindingCode, Findings};
use crate::{Error, Result};
use clap::Args;
use serde::Serialize;
use similar::TextDiff;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, Args)]
pub(super) struct EmbedArgs {
    /// The documents: Markdown, or templates of Word (.docx), which are filled to .filled.docx beside them
    #[arg(required = true, value_name = "DOCUMENT")]
    documents: Vec<PathBuf>,
    /// Changes nothing; exits with 1 and a diff where a document is stale
    #[arg(long)]
    check: bool,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    sampling: Sampling,
}

/// A document that has been opened.
enum Opened {
    /// Of Markdown; it is refreshed itself.
    Markdown(EmbedDocument),
    /// Of Word; what it is filled to is written beside it.
    Word(Box<DocxTemplate>),
}

impl Opened {
    fn read(name: &str, bytes: Vec<u8>) -> Result<Self> {
        Ok(match is_word(Path::new(name)) {
            true => Self::Word(Box::new(DocxTemplate::read(name, bytes)?)),
            false => Self::Markdown(EmbedDocument::read(name, bytes)?),
        })
    }

    fn markers(&self) -> Vec<Marker> {
        match self {
            Self::Markdown(document) => document.markers().cloned().collect(),
            Self::Word(template) => template.markers().cloned().collect(),
        }
    }

    fn hidden(&self) -> usize {
        match self {
            Self::Markdown(document) => document.hidden(),
            Self::Word(_) => 0,
        }
    }

    fn findings(&self) -> &Findings {
        match self {
            Self::Markdown(document) => &document.findings,
            Self::Word(template) => &template.findings,
        }
    }

    fn findings_mut(&mut self) -> &mut Findings {
        match self {
            Self::Markdown(document) => &mut document.findings,
            Self::Word(template) => &mut template.findings,
        }
    }
}

/// Whether a document is one of Word.
fn is_word(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("docx"))
}

/// Where a document is written to: `plan.docx` is a template, and is filled to `plan.filled.docx`.
fn target_of(path: &Path) -> PathBuf {
    if is_word(path) { path.with_extension("filled.docx") } else { path.to_owned() }
}

/// A document with what becomes of it.
struct Work {
    path: PathBuf,
    /// Where it is written to.
    target: PathBuf,
    /// What is there now.
    before: Vec<u8>,
    document: Opened,
    /// Reports of scenarios with faults of their own.
    reports: Vec<String>,
    after: Vec<u8>,
    /// Charts that differ from what is there.
    charts: Vec<(PathBuf, Vec<u8>)>,
}

/// What markers use: the scenario's file, whatever the path to it, its changes, and the file of what was seen.
type UsedKey = (PathBuf, Vec<String>, Option<PathBuf>);

/// A scenario that markers use, and its results once they are there.
struct Used {
    key: UsedKey,
    loaded: std::result::Result<Loaded, Error>,
    /// What was seen of the rollout, where markers say so.
    seen: Option<std::result::Result<Observations, Error>>,
    results: Option<Results>,
}

/// What markers are filled from.
enum Results {
    /// Of a run.
    Projection(Box<Projection>),
    /// Of a rollout under way.
    Track(Box<TrackReport>),
}

pub(super) fn embed(args: &EmbedArgs) -> Result<ExitCode> {
    let mut works = read(args)?;
    let mut used: Vec<Used> = Vec::new();
    for work in &mut works {
        load_all(args, work, &mut used);
    }
    refuse_faults(&works)?;
    project_all(args, &mut used)?;
    for work in &mut works {
        refresh(args, work, &used)?;
    }
    refuse_faults(&works)?;
    let stale = works.iter().filter(|work| work.is_stale()).count();
    if !args.check {
        write(&works)?;
    }
    say(args, &works, stale, used.len())?;
    let is_hidden = works.iter().any(Work::is_all_hidden);
    Ok(if args.check && (stale > 0 || is_hidden) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// Reads each document once.
fn read(args: &EmbedArgs) -> Result<Vec<Work>> {
    let mut works: Vec<Work> = Vec::new();
    for path in &args.documents {
        let before = input::read(path).map_err(|source| Error::Read { path: path.clone(), source })?;
        if works.iter().any(|work| real(&work.path) == real(path)) {
            continue;
        }
        let document = Opened::read(&path.display().to_string(), before.clone())?;
        let (path, target) = (path.clone(), target_of(path));
        let before = if target == path { before } else { input::read(&target).unwrap_or_default() };
        works.push(Work { path, target, before, document, reports: Vec::new(), after: Vec::new(), charts: Vec::new() });
    }
    Ok(works)
}

fn real(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// The folder that a document's paths start from.
fn folder_of(document: &Path) -> PathBuf {
    document.parent().unwrap_or(Path::new("")).to_owned()
}

/// Which scenario a marker means: its file and all changes of it, and what was seen.
fn key_of(args: &EmbedArgs, document: &Path, marker: &Marker) -> UsedKey {
    let path = folder_of(document).join(&marker.scenario.value);
    let changes = marker.changes.iter().cloned().chain(args.sampling.changes(&args.common));
    let seen = marker.seen.as_ref().map(|seen| real(&folder_of(document).join(&seen.value)));
    (real(&path), changes.collect(), seen)
}

/// Loads the scenarios of a document that no other has loaded; faults stand at the marker.
fn load_all(args: &EmbedArgs, work: &mut Work, used: &mut Vec<Used>) {
    let markers = work.document.markers();
    for marker in markers {
        let key = key_of(args, &work.path, &marker);
        if !used.iter().any(|u| u.key == key) {
            let path = folder_of(&work.path).join(&marker.scenario.value);
            let loaded = load(&path, &key.1, &args.common);
            let seen = marker.seen.as_ref().zip(loaded.as_ref().ok()).map(|(seen, loaded)| {
                let frame = SeenFrame::of(loaded.scenario.family.centre());
                Observations::read(&folder_of(&work.path).join(&seen.value), &frame, false)
            });
            used.push(Used { key: key.clone(), loaded, seen, results: None });
        }
        let Some(used) = used.iter().find(|u| u.key == key) else { continue };
        let of_scenario = used.loaded.as_ref().err().map(|error| (error, "scenario", &marker.scenario));
        let of_seen = used.seen.as_ref().and_then(|seen| seen.as_ref().err()).zip(marker.seen.as_ref());
        let of_seen = of_seen.map(|(error, place)| (error, "file of what was seen", place));
        let Some((error, what, place)) = of_scenario.or(of_seen) else { continue };
        let (message, help) = match error {
            Error::BadInput { report, faults } => {
                let plural = if *faults == 1 { "fault" } else { "faults" };
                if !work.reports.contains(report) {
                    work.reports.push(report.clone());
                }
                (format!("this {what} has {faults} {plural}"), "mend it first: its report stands below".to_owned())
            }
            Error::Read { source, .. } => (
                format!("cannot read this {what}: {}", input::told(source)),
                "paths start from the document's own folder".to_owned(),
            ),
            error => (error.to_string(), format!("mend the {what} first")),
        };
        let span = Span { source: 0, range: place.range.clone() };
        work.document.findings_mut().push(Finding::new(FindingCode::NoScenario, message, span).help(help));
    }
}

/// Reports all faults of all documents at once.
fn refuse_faults(works: &[Work]) -> Result<()> {
    let faulty: Vec<&Work> = works.iter().filter(|work| !work.document.findings().is_empty()).collect();
    if faulty.is_empty() {
        return Ok(());
    }
    let faults = faulty.iter().map(|work| work.document.findings().len()).sum();
    let mut parts: Vec<String> = faulty.iter().map(|work| work.document.findings().render(false)).collect();
    for report in faulty.iter().flat_map(|work| &work.reports) {
        if !parts.contains(report) {
            parts.push(report.clone());
        }
    }
    Err(Error::BadInput { report: parts.join("\n\n"), faults })
}

fn project_all(args: &EmbedArgs, used: &mut [Used]) -> Result<()> {
    let request = Request { engine: chosen_engine(args.sampling.engine), until_precise: None };
    for one in used {
        let Ok(loaded) = &one.loaded else { continue };
        // Where the file lies on this machine is no part of what a document shows.
        let from = Provenance { path: file_name(&one.key.0), ..provenance(&loaded.scenario) };
        if let Some(seen) = &one.seen {
            let Ok(seen) = seen else { continue };
            let bar = answers_bar(1_024, args.common.quiet);
            let report = track(&loaded.scenario, seen, None, from, &|n| bar.inc(n));
            bar.finish_and_clear();
            one.results = Some(Results::Track(Box::new(report?)));
            continue;
        }
        let bar = Progress::new(phases::of_run(&loaded.scenario.family, request), args.common.quiet);
        let projection = decision::run(loaded, request, from, &|done| phases::told(&bar, done))?;
        bar.finish();
        refuse_disagreement(&projection)?;
        one.results = Some(Results::Projection(Box::new(projection)));
    }
    Ok(())
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Makes what the markers of a document show, and finds what of it differs from what is there.
fn refresh(args: &EmbedArgs, work: &mut Work, used: &[Used]) -> Result<()> {
    let markers = work.document.markers();
    let mut all: Vec<(Marker, Shown)> = Vec::new();
    for marker in markers {
        let key = key_of(args, &work.path, &marker);
        let found = used.iter().find(|u| u.key == key);
        let Some((Ok(Loaded { scenario, .. }), Some(results))) = found.map(|u| (&u.loaded, &u.results)) else {
            continue;
        };
        let (plan, assumptions) = (scenario.family.centre(), scenario.assumptions.as_slice());
        let shown = match results {
            Results::Projection(projection) => render(&marker, EmbedSource { plan, projection, assumptions }),
            Results::Track(report) => render_seen(&marker, report),
        };
        match shown {
            Err(finding) => work.document.findings_mut().push(*finding),
            Ok(shown) => {
                if let Opened::Word(template) = &mut work.document {
                    template.check(all.len(), &shown);
                }
                all.push((marker, shown));
            }
        }
    }
    if !work.document.findings().is_empty() {
        return Ok(());
    }
    match &mut work.document {
        Opened::Word(template) => {
            let shown: Vec<Shown> = all.into_iter().map(|(_, shown)| shown).collect();
            work.after = if shown.is_empty() { work.before.clone() } else { template.with(&shown)? };
        }
        Opened::Markdown(_) => lay_out(work, all)?,
    }
    Ok(())
}

/// A document of Markdown with what its markers show, and its charts.
fn lay_out(work: &mut Work, all: Vec<(Marker, Shown)>) -> Result<()> {
    let name = file_name(&work.path);
    let Opened::Markdown(document) = &mut work.document else { return Ok(()) };
    let mut texts = Vec::new();
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for (marker, shown) in all {
        match shown.in_markdown(&marker, &name) {
            Err(finding) => document.findings.push(*finding),
            Ok(Rendered { text, file }) => {
                texts.push(text);
                if let Some((name, bytes)) = file {
                    let home = folder_of(&work.path);
                    if leads_outside(&home, &home.join(&name)) {
                        let message = format!("{name} would be written outside the document's folder");
                        let span = Span { source: 0, range: marker.show.range.clone() };
                        let help = "a link leads there: write another folder, such as assets=images";
                        document.findings.push(Finding::new(FindingCode::Outside, message, span).help(help));
                        continue;
                    }
                    keep(&mut files, name, bytes)?;
                }
            }
        }
    }
    if !document.findings.is_empty() {
        return Ok(());
    }
    work.after = document.with(&texts);
    let files = files.into_iter().map(|(name, bytes)| (folder_of(&work.path).join(name), bytes));
    work.charts = files.filter(|(path, bytes)| input::read(path).ok().as_ref() != Some(bytes)).collect();
    Ok(())
}

/// Whether a file below a folder would stand elsewhere, whatever links lead there.
fn leads_outside(folder: &Path, file: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(home) = std::fs::canonicalize(folder) else { return true };
    // The nearest part of the path that is there says where the rest will be.
    let is_there = |part: &&Path| part.as_os_str().is_empty() || std::fs::symlink_metadata(part).is_ok();
    let there = file.ancestors().skip(1).find(is_there).filter(|part| !part.as_os_str().is_empty());
    std::fs::canonicalize(there.unwrap_or(Path::new("."))).map_or(true, |real| !real.starts_with(&home))
}

/// Keeps a chart once; two that differ can't have one name.
fn keep(files: &mut Vec<(String, Vec<u8>)>, name: String, bytes: Vec<u8>) -> Result<()> {
    match files.iter().find(|(known, _)| *known == name) {
        Some((_, same)) if *same == bytes => {}
        Some(_) => {
            return Err(Error::BadUsage(format!(
                "two scenarios would draw {name}; give the markers of one of them another folder, such as assets=images"
            )));
        }
        None => files.push((name, bytes)),
    }
    Ok(())
}

/// Charts first, so that no document ever links to one that is not there.
fn write(works: &[Work]) -> Result<()> {
    for (work, (path, bytes)) in works.iter().flat_map(|work| work.charts.iter().map(move |chart| (work, chart))) {
        // A link may have been made meanwhile.
        if leads_outside(&folder_of(&work.path), path) {
            return Err(Error::BadUsage(format!("{} leads outside the document's folder", path.display())));
        }
        folder::write_file(path, bytes)?;
    }
    let stale = |work: &&Work| work.after != work.before;
    works.iter().filter(stale).try_for_each(|work| match work.target == work.path {
        true => folder::write_over(&work.path, &work.after),
        false => folder::write_file(&work.target, &work.after),
    })
}

impl Work {
    /// Whether it has markers, and nobody fills any of them.
    fn is_all_hidden(&self) -> bool {
        self.document.markers().is_empty() && self.document.hidden() > 0
    }

    fn is_stale(&self) -> bool {
        self.after != self.before || !self.charts.is_empty()
    }

    /// What would change, as a unified diff.
    fn diff(&self) -> String {
        let name = self.target.display().to_string();
        if self.target != self.path {
            return if self.is_stale() { format!("{name} would change\n") } else { String::new() };
        }
        let (before, after) = (String::from_utf8_lossy(&self.before), String::from_utf8_lossy(&self.after));
        let diff = TextDiff::from_lines(before.as_ref(), after.as_ref());
        diff.unified_diff().header(&name, &name).to_string()
    }
}

fn say(args: &EmbedArgs, works: &[Work], stale: usize, projections: usize) -> Result<()> {
    match args.common.format {
        Format::Json => stream::print_json(&json::indented(&EmbedView::new(args, works, projections)))?,
        Format::Text if args.check => {
            let diffs: String = works.iter().map(Work::diff).collect();
            stream::print_exact(&diffs)?;
        }
        Format::Text => {}
    }
    if args.common.quiet {
        return Ok(());
    }
    for work in works {
        stream::say(&line(args, work));
    }
    if args.check && stale > 0 {
        let names: Vec<String> = works.iter().filter(|w| w.is_stale()).map(|w| w.path.display().to_string()).collect();
        stream::say(&format!("To refresh: cutover embed {}", names.join(" ")));
    }
    Ok(())
}

/// What became of a document, in a line.
fn line(args: &EmbedArgs, work: &Work) -> String {
    let name = safe::line(&work.path.display().to_string());
    let count = work.document.markers().len();
    let plural = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    let charts: Vec<String> = work.charts.iter().map(|(path, _)| path.display().to_string()).collect();
    match (count, work.is_stale(), args.check) {
        (0, ..) if work.is_all_hidden() => {
            let (markers, stand) = match work.document.hidden() {
                1 => ("its marker".to_owned(), "stands"),
                n => (format!("all {n} markers"), "stand"),
            };
            format!(
                "{name}: {markers} {stand} in code or in another comment, where nothing is filled. Move them out of it."
            )
        }
        (0, ..) if work.target != work.path => {
            format!("{name} has no markers. One looks so: {{{{cutover plan.toml show=headline-chart}}}}")
        }
        (0, ..) => format!(
            "{name} has no markers. One looks so: <!-- cutover: plan.toml show=headline-chart --><!-- /cutover -->"
        ),
        (_, false, _) if work.target != work.path => {
            format!("{} is up to date: {}.", work.target.display(), plural(count, "marker"))
        }
        (_, true, false) if work.target != work.path => {
            format!("Filled {name}: {}; wrote {}.", plural(count, "marker"), work.target.display())
        }
        (_, false, _) => format!("{name} is up to date: {}.", plural(count, "marker")),
        (_, true, true) if charts.is_empty() => format!("{name} is stale."),
        (_, true, true) => format!("{name} is stale; charts that differ: {}.", charts.join(", ")),
        (_, true, false) if charts.is_empty() => format!("Refreshed {name}: {}.", plural(count, "marker")),
        (_, true, false) => {
            format!("Refreshed {name}: {}; wrote {}.", plural(count, "marker"), charts.join(", "))
        }
    }
}

#[derive(Serialize)]
struct EmbedView {
    check: bool,
    projections: usize,
    documents: Vec<EmbeddedView>,
}

#[derive(Serialize)]
struct EmbeddedView {
    document: String,
    markers: usize,
    hidden: usize,
    stale: bool,
    charts: Vec<String>,
    /// What would change, where that was asked for.
    diff: Option<String>,
}

impl EmbedView {
    fn new(args: &EmbedArgs, works: &[Work], projections: usize) -> Self {
        let document = |work: &Work| EmbeddedView {
            document: work.path.display().to_string(),
            markers: work.document.markers().len(),
            hidden: work.document.hidden(),
            stale: work.is_stale(),
            charts: work.charts.iter().map(|(path, _)| path.display().to_string()).collect(),
            diff: args.check.then(|| work.diff()),
        };
        Self { check: args.check, projections, documents: works.iter().map(document).collect() }
    }
}
