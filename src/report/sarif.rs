//! The report that code scanning reads: SARIF 2.1.0.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Value, json};

use super::model::{CauseText, Report};

/// Writes the report of a run: one result for each cause.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let mut results = Vec::new();
    let mut rules = BTreeSet::new();
    for (level, causes) in [("error", &report.causes), ("warning", &report.warnings)] {
        for cause in causes {
            rules.insert(cause.finding.check.as_str());
            results.push(result(level, cause));
        }
    }
    let rules: Vec<Value> = rules.iter().map(|id| json!({ "id": id })).collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "trueup",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &report)?;
    writeln!(out)
}

fn result(level: &str, cause: &CauseText) -> Value {
    let finding = &cause.finding;
    let mut result = json!({
        "ruleId": finding.check,
        "level": level,
        "message": { "text": finding.in_full() },
        "occurrenceCount": cause.cases.len(),
        // What a person would call the same problem in the next run.
        "partialFingerprints": { "trueup/v1": finding.in_short() },
        "properties": { "operations": cause.operations, "cases": cause.cases },
    });
    if let Some(place) = &finding.promise {
        let mut physical = json!({ "artifactLocation": { "uri": uri(&place.file) } });
        if let Some(line) = place.line {
            physical["region"] = json!({ "startLine": line });
        }
        result["locations"] = json!([{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": place.pointer }],
        }]);
    }
    result
}

/// A file as a URI reference.
fn uri(file: &str) -> String {
    let file = file.replace('\\', "/");
    file.split('/')
        .map(|step| {
            percent_encoding::utf8_percent_encode(step, percent_encoding::NON_ALPHANUMERIC)
                .to_string()
                .replace("%2E", ".")
                .replace("%2D", "-")
                .replace("%5F", "_")
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_uris() {
        assert_eq!(uri("specs/my api-v1_2.yaml"), "specs/my%20api-v1_2.yaml");
    }
}
