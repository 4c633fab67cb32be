//! References in schemas, with other keywords beside them and into other files: whoever reads a
//! schema follows them as the edition of the document says.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::world::binary::{Run, trueup};

/// Makes boxes of one kind.
fn boxes(version: &str, body: &str, schemas: &str) -> String {
    format!(
        "openapi: {version}\ninfo: {{ title: Boxes, version: '1' }}\npaths:\n  /boxes:\n    post:\n      \
         operationId: makeBox\n      requestBody:\n        required: true\n        content:\n          \
         application/json:\n            schema: {body}\n      responses:\n        \
         '201': {{ description: d }}\n        '400': {{ description: d }}\n\
         components: {{ schemas: {schemas} }}\n"
    )
}

/// Checks the embedded emulator of some files with generated cases.
fn check(files: &[(&str, &str)]) -> (Run, Value) {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let report = folder.path().join("report.json");
    let format = format!("json={}", report.display());
    let spec = files[0].0;
    let run = trueup(
        folder.path(),
        &[
            "check",
            "--spec",
            spec,
            "--generate",
            "full",
            "--report",
            &format,
        ],
    );
    let report = fs::read_to_string(report).unwrap();
    (run, serde_json::from_str(&report).unwrap())
}

/// The names of the cases with this verdict.
fn cases(report: &Value, verdict: &str) -> Vec<String> {
    let cases = report["cases"].as_array().unwrap().iter();
    cases
        .filter(|case| case["verdict"] == verdict)
        .map(|case| case["name"].as_str().unwrap().to_owned())
        .collect()
}

/// What of an axis there is to exercise.
fn promises(report: &Value, axis: &str) -> Vec<String> {
    let promises = report["coverage"]["operations"][0][axis].as_array();
    let names = promises.unwrap().iter();
    names
        .map(|p| p["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_emulator_applies_what_stands_beside_a_reference() {
    let document = boxes(
        "3.1.0",
        "{ type: object, required: [name], properties: { name: { $ref: '#/components/schemas/Name', minLength: 3 } } }",
        "{ Name: { type: string, maxLength: 9 } }",
    );
    let (run, report) = check(&[("a.yaml", &document)]);
    assert_eq!(run.code, 0, "{run}");
    let passed = cases(&report, "passed");
    for case in [
        "makeBox::name_of_2_characters",
        "makeBox::name_of_10_characters",
    ] {
        assert!(passed.iter().any(|name| name == case), "{passed:?}");
    }
}

#[test]
fn before_3_1_what_stands_beside_a_reference_is_ignored() {
    let document = boxes(
        "3.0.3",
        "{ type: object, required: [name], properties: { name: { $ref: '#/components/schemas/Name', minLength: 3 } } }",
        "{ Name: { type: string, maxLength: 9 } }",
    );
    let (run, report) = check(&[("a.yaml", &document)]);
    assert_eq!(run.code, 0, "{run}");
    let passed = cases(&report, "passed");
    let has = |case: &str| passed.iter().any(|name| name == case);
    assert!(has("makeBox::name_of_10_characters"), "{passed:?}");
    assert!(!has("makeBox::name_of_2_characters"), "{passed:?}");
}

#[test]
fn values_keep_what_stands_beside_a_reference() {
    let document = boxes(
        "3.1.0",
        "{ $ref: '#/components/schemas/New', required: [extra], properties: { extra: { type: integer } } }",
        "{ New: { type: object, required: [name], properties: { name: { type: string } } } }",
    );
    let (run, report) = check(&[("a.yaml", &document)]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(cases(&report, "skipped"), Vec::<String>::new(), "{run}");
    let passed = cases(&report, "passed");
    for case in ["makeBox::without_extra", "makeBox::without_name"] {
        assert!(passed.iter().any(|name| name == case), "{passed:?}");
    }
}

#[test]
fn enums_behind_references_into_other_files_are_promises() {
    let document = "openapi: 3.0.3
info: { title: Boxes, version: '1' }
paths:
  /boxes:
    get:
      operationId: listBoxes
      parameters:
      - { name: kind, in: query, schema: { type: array, items: { $ref: 'b.yaml#/Kind' } } }
      - { name: sort, in: query, schema: { type: array, items: { $ref: '#/components/schemas/Sort' } } }
      responses:
        '200': { description: d, content: { application/json: { schema: { type: array, items: {} } } } }
        '400': { description: d }
components: { schemas: { Sort: { type: string, enum: [up, down] } } }
";
    let (run, report) = check(&[
        ("a.yaml", document),
        (
            "b.yaml",
            "Kind: { type: string, enum: [cube, ball, cone] }\n",
        ),
    ]);
    assert_eq!(
        promises(&report, "enum-values"),
        [
            "query kind: \"cube\"",
            "query kind: \"ball\"",
            "query kind: \"cone\"",
            "query sort: \"up\"",
            "query sort: \"down\""
        ],
        "{run}"
    );
}
