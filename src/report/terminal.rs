//! The report that a person reads.

use std::collections::BTreeMap;
use std::io::Write;

use super::model::{CaseText, CauseText, FindingText, Masked};
use super::progress::Progress;
use crate::outcome::{
    Axis, CaseOutcome, Causes, Coverage, Event, Finding, FindingKind, Repeat, Seen, Share, Sink,
    Summary, Verdict,
};
use crate::wire::Secrets;

/// What stands above the cases.
#[derive(Debug, Clone)]
pub struct Heading {
    /// Name and version of the API.
    pub contract: String,
    /// What the target is, beside its URL.
    pub target_kind: &'static str,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// What was found and how often, and where.
fn in_two_lines(cause: &CauseText) -> [String; 2] {
    let finding = &cause.finding;
    [
        format!(
            "{:>5}  {}: {} at {}: {}",
            cause.cases.len(),
            in_short(&cause.operations),
            finding.check,
            cause.place,
            finding.message
        ),
        format!("       in {}", in_short(&cause.cases)),
    ]
}

/// The first name, and how many more there are.
fn in_short(names: &[String]) -> String {
    match names {
        [only] => only.clone(),
        [first, others @ ..] => format!("{first} and {} more", others.len()),
        [] => String::new(),
    }
}

/// Writes cases as they end, and a summary.
pub struct Terminal<W: Write> {
    out: W,
    heading: Heading,
    secrets: Secrets,
    progress: Progress,
    causes: Causes,
    warnings: Causes,
    /// Number of cases that were not run, by the reason.
    skipped: BTreeMap<String, usize>,
    /// Cases that fail as somebody has written down.
    deviations: Vec<String>,
    covered: Option<Coverage>,
    /// Whether nothing but snapshots was found so far.
    only_snapshots: bool,
}

impl<W: Write> Terminal<W> {
    /// A report. With `progress`, a bar is drawn on standard error, if that is a terminal.
    pub fn new(out: W, heading: Heading, secrets: Secrets, progress: bool) -> Self {
        Self {
            out,
            heading,
            secrets,
            progress: Progress::new(progress),
            causes: Causes::default(),
            warnings: Causes::default(),
            skipped: BTreeMap::new(),
            deviations: Vec::new(),
            covered: None,
            only_snapshots: true,
        }
    }

    /// Writes a line. A reader that has gone away is no reason to stop.
    fn line(&mut self, text: &str) {
        let out = &mut self.out;
        self.progress.suspend(|| {
            let _ = writeln!(out, "{text}");
        });
    }

    fn heading(&mut self, target: &str, cases: usize, seed: u64) {
        let masked = Masked(&self.secrets);
        let contract = masked.text(&self.heading.contract);
        let kind = self.heading.target_kind;
        let target = format!(
            "target {}{kind}, {cases} cases, seed {seed}",
            masked.text(target)
        );
        let notes = self.heading.notes.iter();
        let notes: Vec<String> = notes
            .map(|note| format!("note: {}", masked.text(note)))
            .collect();
        self.line(&contract);
        self.line(&target);
        for note in notes {
            self.line(&note);
        }
    }

    fn case(&mut self, case: &CaseOutcome) {
        self.progress.case(&case.name);
        for warning in &case.warnings {
            self.warnings.add(&case.name, warning);
        }
        if case.verdict == Verdict::Passed && case.leftovers.is_empty() {
            return;
        }
        let is_known = |finding: &Finding| self.causes.knows(finding);
        // A known failure only counts, and the counts come at the end.
        let is_counted = case.verdict == Verdict::Failed
            && case.leftovers.is_empty()
            && case.findings.iter().all(is_known);
        if is_counted {
            for finding in &case.findings {
                self.causes.add(&case.name, finding);
            }
            return;
        }
        let text = Masked(&self.secrets).case(case);
        match case.verdict {
            Verdict::Skipped if case.leftovers.is_empty() => {
                for reason in text.reasons {
                    *self.skipped.entry(reason).or_default() += 1;
                }
            }
            Verdict::KnownDeviation if case.leftovers.is_empty() => {
                let reasons = text.reasons.join("; ");
                self.deviations.push(format!("  {}: {reasons}", text.name));
            }
            _ => self.case_in_full(case, &text),
        }
    }

    fn case_in_full(&mut self, case: &CaseOutcome, text: &CaseText) {
        self.line("");
        let verdict = text.verdict.to_string().to_uppercase();
        self.line(&format!("{verdict} {}", text.name));
        self.line(&format!("  {}", text.origin));
        for (finding, text) in case.findings.iter().zip(&text.findings) {
            self.finding(case, finding, text);
        }
        if let Some(repeat) = &text.repeat {
            self.repeat(repeat);
        }
        for reason in &text.reasons {
            self.line(&format!("  {reason}"));
        }
        for leftover in &text.leftovers {
            self.line(&format!("  left on the target: {leftover}"));
        }
    }

    fn finding(&mut self, case: &CaseOutcome, finding: &Finding, text: &FindingText) {
        let head = format!("  {}", text.in_short());
        self.only_snapshots &= matches!(finding.kind, FindingKind::Snapshot { .. });
        match self.causes.add(&case.name, finding) {
            Seen::New => self.line(&head),
            Seen::InAnotherCase(known) => {
                let first = Masked(&self.secrets).text(known.first_case());
                self.line(&head);
                self.line(&format!("    as in {first}"));
                return;
            }
            Seen::Again => return,
        }
        for (label, text) in text.fields() {
            self.field(label, &text);
        }
    }

    /// How to see a case fail that needs more than one request.
    fn repeat(&mut self, repeat: &Repeat) {
        if repeat.curl.len() < 2 {
            return;
        }
        self.line("  the whole sequence:");
        for command in &repeat.curl {
            self.line(&format!("    {command}"));
        }
        if let Some(fixture) = &repeat.fixture {
            self.line("  as a fixture:");
            for line in fixture.lines() {
                self.line(&format!("    {line}"));
            }
        }
    }

    fn field(&mut self, name: &str, text: &str) {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        self.line(&format!("    {name:<14} {first}"));
        for line in lines {
            self.line(&format!("                   {line}"));
        }
    }

    /// Broken promises over all cases, the most frequent first, unless what was told says it all.
    fn causes(&mut self) {
        let causes = Masked(&self.secrets).causes(&self.causes);
        if causes.iter().any(|cause| cause.cases.len() > 1) {
            let lines: Vec<String> = causes.iter().flat_map(in_two_lines).collect();
            self.list(
                "Broken promises, each with the number of its cases:",
                &lines,
            );
        }
    }

    fn warnings(&mut self) {
        let causes = Masked(&self.secrets).causes(&self.warnings);
        let lines: Vec<String> = causes.iter().flat_map(in_two_lines).collect();
        if !lines.is_empty() {
            self.list(
                "Warnings, which fail nothing, each with the number of its cases:",
                &lines,
            );
        }
    }

    fn skipped(&mut self) {
        let lines: Vec<String> = std::mem::take(&mut self.skipped)
            .into_iter()
            .map(|(reason, cases)| format!("{cases:>5}  {reason}"))
            .collect();
        if !lines.is_empty() {
            self.list("Skipped, each reason with the number of its cases:", &lines);
        }
    }

    /// How much of the contract was exercised, axis by axis.
    fn coverage(&mut self) {
        let Some(coverage) = self.covered.take() else {
            return;
        };
        let lines: Vec<String> = Axis::ALL
            .into_iter()
            .map(|axis| (axis, coverage.share(axis)))
            .filter(|(_, share)| share.total > 0)
            .map(|(axis, share)| {
                let Share { exercised, total } = share;
                let percent = share.percent().floor();
                format!("  {axis:<12} {exercised:>5} of {total:>5} {percent:>4} %")
            })
            .collect();
        self.list("Of the contract, exercised were:", &lines);
    }

    fn list(&mut self, heading: &str, lines: &[String]) {
        self.line("");
        self.line(heading);
        for line in lines {
            self.line(line);
        }
    }

    fn summary(&mut self, summary: &Summary) {
        self.progress.end();
        self.skipped();
        let deviations = std::mem::take(&mut self.deviations);
        if !deviations.is_empty() {
            self.list("Known deviations:", &deviations);
        }
        self.warnings();
        if summary.cases() > 0 {
            self.coverage();
        }
        self.causes();
        self.line("");
        let known = match summary.known_deviations {
            0 => String::new(),
            1 => ", 1 known deviation".to_owned(),
            count => format!(", {count} known deviations"),
        };
        self.line(&format!(
            "{} passed, {} failed, {} errored, {} skipped{known}; {} requests in {:.2} s",
            summary.passed,
            summary.failed,
            summary.errored,
            summary.skipped,
            summary.requests,
            summary.seconds
        ));
        let verdict = match summary.verdict() {
            Verdict::Passed => "The target keeps its contract, as far as these cases ask.",
            Verdict::Failed if self.only_snapshots => {
                "The target keeps its contract, but its answers differ from their snapshots."
            }
            Verdict::Failed => "The target breaks its contract.",
            _ if summary.cases() == 0 => {
                "There was nothing to judge: no case is selected. `trueup list` names the cases."
            }
            _ => "There is no verdict: not every case could be judged.",
        };
        self.line(verdict);
        let _ = self.out.flush();
    }
}

impl<W: Write> Sink for Terminal<W> {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::RunStarted {
                target,
                cases,
                seed,
            } => {
                self.heading(target, cases, seed);
                self.progress.begin(cases);
            }
            Event::CaseEnded(case) => self.case(case),
            Event::Covered(coverage) => self.covered = Some(coverage.clone()),
            Event::RunEnded(summary) => self.summary(summary),
            Event::CaseStarted { .. }
            | Event::Exchange { .. }
            | Event::Created { .. }
            | Event::Removed { .. } => {}
        }
    }
}
