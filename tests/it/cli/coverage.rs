//! What of the contract is exercised, what is not, and why.

use serde_json::{Value, json};

use crate::cli::project::{Project, json};
use crate::world::binary::{RawServer, trueup};

const DOCUMENT: &str = "openapi: 3.0.3
info: { title: Pets, version: '1' }
paths:
  /pets:
    get:
      operationId: ListPet
      parameters:
        - { name: limit, in: query, schema: { type: integer, minimum: 1, maximum: 5 } }
        - { name: kind, in: query, schema: { type: string, enum: [cat, dog] } }
      responses:
        '200':
          description: all
          content:
            application/json:
              schema:
                type: object
                properties:
                  pets:
                    type: array
                    items: { $ref: '#/components/schemas/pet' }
        '400': { description: no }
    post:
      operationId: CreatePet
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties: { name: { type: string, maxLength: 3 } }
      responses:
        '201': { description: the new one }
components:
  schemas:
    pet:
      type: object
      properties:
        state: { type: string, enum: [awake, asleep] }
        mother: { $ref: '#/components/schemas/pet' }
";

const SCENARIOS: &str = "  - name: a
    steps:
      - { operation: ListPet, with: { limit: 5, kind: cat } }
      - { operation: ListPet, with: { limit: 6 }, expect: { status: 400 } }";

fn project(server: &RawServer) -> Project {
    let project = Project::new(SCENARIOS);
    project.write("openapi.yaml", DOCUMENT);
    let run = project.check(&server.url, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert!(
        run.out.contains("statuses         2 of     3   66 %"),
        "{run}"
    );
    project
}

fn server() -> RawServer {
    RawServer::start(|head| {
        if head.starts_with(b"GET /pets?limit=6") {
            json(400, &[], &json!({}))
        } else {
            json(
                200,
                &[],
                &json!({"pets": [{"state": "awake", "mother": {}}]}),
            )
        }
    })
}

/// What was exercised of an operation on an axis, or what was not.
fn names(report: &Value, operation: &str, axis: &str, exercised: bool) -> Vec<String> {
    let operations = report["coverage"]["operations"].as_array().unwrap();
    let operation = operations.iter().find(|o| o["operation"] == operation);
    operation.unwrap()[axis]
        .as_array()
        .unwrap()
        .iter()
        .filter(|covered| covered["exercised"] == exercised)
        .map(|covered| match covered["why"].as_str() {
            Some(why) => format!("{}: {why}", covered["name"].as_str().unwrap()),
            None => covered["name"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[test]
fn every_axis_says_what_was_exercised_and_why_the_rest_was_not() {
    let report = project(&server()).report();
    let list = |axis, exercised| names(&report, "ListPet", axis, exercised);
    assert_eq!(list("statuses", true), ["200", "400"]);
    assert_eq!(list("media-types", true), ["200 application/json"]);
    assert_eq!(list("parameters", true), ["query limit", "query kind"]);
    assert_eq!(
        list("bounds", true),
        ["query limit maximum 5 kept", "query limit maximum 5 broken"]
    );
    assert_eq!(
        list("bounds", false),
        [
            "query limit minimum 1 kept: no case sends it",
            "query limit minimum 1 broken: no case sends it"
        ]
    );
    assert_eq!(
        list("enum-values", true),
        ["query kind: \"cat\"", "200 /pets/*/state: \"awake\""]
    );
    assert_eq!(
        list("properties", true),
        ["200 /pets", "200 /pets/*/mother", "200 /pets/*/state"]
    );
    assert_eq!(
        names(&report, "CreatePet", "statuses", false),
        ["201: no case"]
    );
    assert_eq!(
        report["coverage"]["axes"]["statuses"],
        json!({"exercised": 2, "total": 3})
    );
}

#[test]
fn too_little_coverage_is_no_verdict() {
    let server = server();
    let project = project(&server);
    let enough = project.check(&server.url, &["--min-coverage", "statuses=66"]);
    assert_eq!(enough.code, 0, "{enough}");
    let run = project.check(
        &server.url,
        &[
            "--min-coverage",
            "statuses=67",
            "--min-coverage",
            "parameters=100",
        ],
    );
    assert_eq!(run.code, 2, "{run}");
    for words in [
        "2 of 3 statuses are exercised, which is 66.7 %; wanted are 67 %",
        "2 of 3 parameters",
    ] {
        assert!(run.err.contains(words), "{words}: {run}");
    }
    let wrong = trueup(".", &["check", "--min-coverage", "status=1"]);
    assert!(wrong.code == 2 && wrong.err.contains("statuses"), "{wrong}");
}
