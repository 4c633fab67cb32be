//! Any bytes as an overlay: they are refused, or what they make of a document is judged as usual.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use trueup::contract::{audit, build};
use trueup::spec::{Files, load};

const DOCUMENT: &str = "openapi: 3.1.0
info: {title: t, version: '1'}
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      tags: [a, b]
      responses:
        '200':
          description: d
          content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}
components:
  schemas:
    pet: {type: object, required: [kind], properties: {kind: {type: string, enum: [c, d]}}}
";

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), DOCUMENT).unwrap();
    folder
});

fuzz_target!(|bytes: &[u8]| {
    fs::write(FOLDER.path().join("o.yaml"), bytes).unwrap();
    let files = Files::Disk(FOLDER.path().to_owned());
    if let Ok(contract) = load(&files, "a.yaml", &["o.yaml".to_owned()]).and_then(build) {
        let _ = audit(&contract);
    }
});
