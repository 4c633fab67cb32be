//! From a document to a contract. Everything that cannot be used is a problem with its place.

use std::sync::Arc;

use serde_json::Value;

use super::api::Contract;
use super::extension;
use super::operation::{Common, Operations};
use super::reader::Reader;
use super::resource::{ResourceOverride, Resources, read_overrides};
use crate::spec::{Document, LoadError};

/// Builds the contract of a document.
///
/// # Errors
/// When the document is malformed; all mistakes are named.
pub fn build(document: Document) -> Result<Contract, LoadError> {
    let contract = outlined(document, &[]);
    contract.read()?;
    Ok(contract)
}

/// Begins the contract of a document: its operations are read on demand, and [`Contract::usable`]
/// reports their problems then. The corrections replace resources that would be recognised wrongly.
///
/// # Errors
/// Returns an error if a definition for all operations is malformed, or a correction is wrong.
pub fn outline(
    document: Document,
    corrections: &[ResourceOverride],
) -> Result<Contract, LoadError> {
    let contract = outlined(document, corrections);
    contract.usable()?;
    if !corrections.is_empty() {
        contract.resources.verify()?;
    }
    Ok(contract)
}

fn outlined(document: Document, corrections: &[ResourceOverride]) -> Contract {
    let document = Arc::new(document);
    let mut reader = Reader::new(&document);
    reader.problems = extension::mistakes(&document);
    reader.version();
    let servers = reader.servers("");
    let mut schemes = reader.schemes();
    let common = Common {
        servers: servers.clone(),
        security: reader.security("", &mut schemes).unwrap_or_default(),
    };
    let outlines = reader.outlines(&mut schemes);
    let text = |place: &str| {
        let text = document.get(place).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (title, version) = (text("/info/title"), text("/info/version"));
    let mut problems = reader.problems;
    problems.extend(document.notes.iter().cloned());
    let operations = Arc::new(Operations::new(Arc::clone(&document), common, outlines));
    let corrections = read_overrides(corrections, &operations, &mut problems);
    let ground = (Arc::clone(&operations), Arc::clone(&document));
    Contract {
        title,
        version,
        servers,
        resources: Resources::found_in(ground, corrections),
        operations,
        schemes,
        problems,
        emulator_profile: extension::emulator_profile(&document),
        document,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, Problem, load};

    fn errors(text: &'static str) -> String {
        let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
        build(load(&Files::Bundle(files), "a.yaml", &[]).unwrap())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn every_mistake_has_its_line() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a/{b}:\n    get:\n\
                    \x20     responses:\n        '20': {description: d}\n  c:\n    get: {}\n  /d:\n\
                    \x20   get:\n      parameters:\n      - {name: q, in: qurey}\n      responses: {}\n";
        let error = errors(text);
        for part in [
            "`20` is not a status code",
            "a.yaml:7",
            "`b` is not defined",
            "a.yaml:5",
            "does not begin with a slash",
            "a.yaml:8",
            "qurey",
            "a.yaml:13",
            "does not document a response",
        ] {
            assert!(error.contains(part), "{part} is not in\n{error}");
        }
    }

    #[test]
    fn an_operation_without_success_is_reported() {
        let text = |responses: &str| {
            format!(
                "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      \
                 responses: {responses}\n"
            )
        };
        for (responses, told) in [
            ("{'404': {description: d}, 5XX: {description: d}}", 1),
            ("{default: {description: d}}", 0),
            ("{'302': {description: d}}", 0),
        ] {
            let files = [("a.yaml", &*Box::leak(text(responses).into_boxed_str()))];
            let files = Files::Bundle(Box::leak(Box::new(files)));
            let contract = build(load(&files, "a.yaml", &[]).unwrap()).unwrap();
            let problems = contract.problems();
            let told_of =
                |problem: &&Problem| problem.message.contains("does not document a success");
            assert_eq!(problems.iter().filter(told_of).count(), told, "{responses}");
        }
    }

    #[test]
    fn no_extension_is_passed_over_in_silence() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\ncomponents:\n  \
                    schemas:\n    a:\n      x-trueup-vary: value\n    b:\n      \
                    x-trueup-varies: vlaue\n    c:\n      $ref: '#/components/schemas/a'\n      \
                    x-trueup-url: /a\n  headers:\n    d:\n      x-trueup-level: wraning\n    e:\n      \
                    schema:\n        x-trueup-level: warning\n";
        let error = errors(text);
        for line in [
            "a.yaml:7",
            "a.yaml:9",
            "a.yaml:12",
            "a.yaml:15",
            "a.yaml:18",
        ] {
            assert!(error.contains(line), "{line} is not in\n{error}");
        }
    }

    #[test]
    fn other_versions_are_named() {
        assert!(errors("swagger: '1.2'\npaths: {}\n").contains("1.2"));
        assert!(errors("openapi: 4.0.0\npaths: {}\n").contains("4.0.0"));
        assert!(errors("a: 1\n").contains("`openapi`"));
        assert!(errors("[]\n").contains("not an object"));
    }
}
