//! The report that a person reads.

use std::io::Write;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::outcome::{CaseOutcome, Event, Finding, Sink, Summary, Verdict};
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

/// A broken promise, and the cases that it was seen in.
struct Cause {
    finding: Finding,
    first_case: String,
    last_case: String,
    cases: usize,
}

/// Whether what was told needs no summary.
fn summary_is_short(causes: &[Cause]) -> bool {
    causes.iter().all(|cause| cause.cases == 1)
}

/// Writes cases as they end, and a summary.
pub struct Terminal<W: Write> {
    out: W,
    heading: Heading,
    secrets: Secrets,
    bar: ProgressBar,
    causes: Vec<Cause>,
    /// Whether nothing but snapshots was found so far.
    only_snapshots: bool,
}

impl<W: Write> Terminal<W> {
    /// A report. With `progress`, a bar is drawn on standard error, if that is a terminal.
    pub fn new(out: W, heading: Heading, secrets: Secrets, progress: bool) -> Self {
        let target = if progress {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        Self {
            out,
            heading,
            secrets,
            bar: ProgressBar::with_draw_target(None, target),
            causes: Vec::new(),
            only_snapshots: true,
        }
    }

    /// A reader that has gone away is no reason to stop.
    fn line(&mut self, text: &str) {
        let text = self.secrets.mask(text);
        let out = &mut self.out;
        self.bar.suspend(|| {
            let _ = writeln!(out, "{text}");
        });
    }

    fn case(&mut self, case: &CaseOutcome) {
        self.bar.inc(1);
        self.bar.set_message(case.name.clone());
        if case.verdict == Verdict::Passed && case.leftovers.is_empty() {
            return;
        }
        self.line("");
        let verdict = case.verdict.to_string().to_uppercase();
        self.line(&format!("{verdict} {}", case.name));
        self.line(&format!("  {}", case.origin));
        for finding in &case.findings {
            self.finding(case, finding);
        }
        for reason in &case.reasons {
            self.line(&format!("  {reason}"));
        }
        for leftover in &case.leftovers {
            self.line(&format!("  left on the target: {leftover}"));
        }
    }

    fn finding(&mut self, case: &CaseOutcome, finding: &Finding) {
        let head = format!(
            "  {}: {} at {}: {}",
            finding.operation, finding.check, finding.place, finding.message
        );
        self.only_snapshots &= finding.check == "snapshot";
        let known = self
            .causes
            .iter_mut()
            .find(|cause| cause.finding.same_cause(finding));
        if let Some(cause) = known {
            // Once a case is enough.
            if cause.last_case != case.name {
                cause.cases += 1;
                cause.last_case.clone_from(&case.name);
                let first = format!("    as in {}", cause.first_case);
                self.line(&head);
                self.line(&first);
            }
            return;
        }
        self.line(&head);
        self.causes.push(Cause {
            finding: finding.clone(),
            first_case: case.name.clone(),
            last_case: case.name.clone(),
            cases: 1,
        });
        self.field("promised", &finding.expected);
        self.field("seen", &finding.actual);
        if let Some(place) = &finding.promise {
            self.field("where", &place.to_string());
        }
        self.field("again", &finding.curl);
    }

    fn field(&mut self, name: &str, text: &str) {
        let mut lines = text.lines();
        let first = lines.next().unwrap_or_default();
        self.line(&format!("    {name:<9} {first}"));
        for line in lines {
            self.line(&format!("              {line}"));
        }
    }

    /// Broken promises over all cases, the most frequent first.
    fn causes(&mut self) {
        if summary_is_short(&self.causes) {
            return;
        }
        self.line("");
        self.line("Broken promises, each with the number of its cases:");
        let mut causes = std::mem::take(&mut self.causes);
        causes.sort_by_key(|cause| std::cmp::Reverse(cause.cases));
        for Cause { finding, cases, .. } in &causes {
            self.line(&format!(
                "{cases:>5}  {}: {} at {}: {}",
                finding.operation, finding.check, finding.place, finding.message
            ));
        }
    }

    fn summary(&mut self, summary: &Summary) {
        self.bar.finish_and_clear();
        self.causes();
        self.line("");
        self.line(&format!(
            "{} passed, {} failed, {} errored, {} skipped; {} requests in {:.2} s",
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
            Event::Started {
                target,
                cases,
                seed,
            } => {
                self.line(&self.heading.contract.clone());
                let kind = self.heading.target_kind;
                self.line(&format!(
                    "target {target}{kind}, {cases} cases, seed {seed}"
                ));
                for note in self.heading.notes.clone() {
                    self.line(&format!("note: {note}"));
                }
                self.bar.set_length(cases as u64);
                if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
                    self.bar.set_style(style);
                }
            }
            Event::Case(case) => self.case(case),
            Event::Finished(summary) => self.summary(summary),
        }
    }
}
