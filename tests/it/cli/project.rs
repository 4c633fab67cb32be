//! A small project of a user: a document, fixtures, and servers that answer as they are told.

use std::fs;

use serde_json::Value;
use tempfile::TempDir;

use crate::world::binary::{Run, trueup};

/// Things that are listed, created and changed.
const DOCUMENT: &str = "openapi: 3.0.3
info: { title: Things, version: '1' }
paths:
  /things:
    get:
      operationId: ListThing
      responses:
        '200':
          description: all
          headers:
            X-Trace: { required: true, schema: { type: integer } }
          content:
            application/json:
              schema: { type: array, items: { $ref: '#/components/schemas/thing' } }
    post:
      operationId: CreateThing
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { name: { type: string } } }
      responses:
        '201':
          description: the new one
          headers:
            X-Trace: { required: true, schema: { type: integer } }
          content:
            application/json:
              schema: { $ref: '#/components/schemas/thing' }
  /things/{id}:
    put:
      operationId: ChangeThing
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      requestBody:
        content:
          application/json:
            schema: { type: object, properties: { name: { type: string } } }
      responses:
        '200':
          description: the changed one
          content:
            application/json:
              schema: { $ref: '#/components/schemas/thing' }
components:
  schemas:
    thing:
      type: object
      required: [id]
      properties: { id: { type: string }, name: { type: string } }
";

/// A folder with the document, one overlay and fixtures.
pub(crate) struct Project {
    folder: TempDir,
}

impl Project {
    /// A project whose fixture file has these scenarios.
    pub(crate) fn new(scenarios: &str) -> Self {
        let project = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        project.write("openapi.yaml", DOCUMENT);
        project.write(
            "trueup.toml",
            "spec = 'openapi.yaml'\nfixtures = 'fixtures'\n",
        );
        project.write(
            "fixtures/things.yaml",
            &format!("scenarios:\n{scenarios}\n"),
        );
        project
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Checks a server; what follows are more arguments.
    pub(crate) fn check(&self, url: &str, arguments: &[&str]) -> Run {
        let fixed = ["check", "--report", "terminal", "--report", "json=r.json"];
        let target = ["--target", url];
        trueup(
            self.folder.path(),
            &[&fixed[..], &target, arguments].concat(),
        )
    }

    /// The JSON report of the last check, which must keep its schema.
    pub(crate) fn report(&self) -> Value {
        let report = serde_json::from_str(&self.read("r.json")).unwrap();
        assert_report_keeps_its_schema(&report);
        report
    }
}

/// A JSON answer with these header lines.
pub(crate) fn json(status: u16, headers: &[&str], body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = format!("Content-Length: {}", body.len());
    let head = format!("HTTP/1.1 {status} Planted");
    let fixed = [
        head.as_str(),
        "Content-Type: application/json",
        "Connection: close",
        &length,
    ];
    let lines = [&fixed[..], headers, &["", &body]].concat();
    lines.join("\r\n").into_bytes()
}

pub(crate) fn assert_report_keeps_its_schema(report: &Value) {
    let schema: Value = serde_json::from_str(trueup::report::SCHEMA).unwrap();
    let problems: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(report)
        .map(|e| e.to_string())
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
}
