//! Documents with a few bytes changed: whatever comes of it, nothing panics and nothing hangs.

use trueup::contract::{Strength, audit, build};
use trueup::spec::{Files, load};

const ROUNDS: usize = 1500;

const YAML: &str = "openapi: 3.1.0
info: {title: t, version: '1'}
servers: [{url: 'http://{h}/v1', variables: {h: {default: a, enum: [a]}}}]
paths:
  /pets/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer, format: int32}}]
    get:
      security: [{key: []}]
      responses:
        '200': {$ref: '#/components/responses/pet'}
        4XX: {description: e}
components:
  securitySchemes: {key: {type: apiKey, in: query, name: k}}
  responses:
    pet:
      description: d
      headers: {X-A: {schema: {type: string, pattern: '^(a+)+$'}}}
      content: {application/json: {schema: {$ref: '#/components/schemas/pet'}}}
  schemas:
    pet: &pet
      $id: pet
      type: [object, 'null']
      required: [kind]
      discriminator: {propertyName: kind, mapping: {c: cat}}
      properties: {kind: {type: string, enum: [c]}, friend: {$ref: '#/components/schemas/pet'}}
      unevaluatedProperties: false
    cat: {allOf: [{$ref: '#/components/schemas/pet'}, *pet], not: {minProperties: 9}}
";

const SWAGGER: &str = r##"{"swagger": "2.0", "info": {"title": "t", "version": "1"},
 "host": "a", "basePath": "/v1", "schemes": ["http"], "consumes": ["application/json"],
 "parameters": {"q": {"name": "q", "in": "query", "type": "array", "items": {"type": "string"},
  "collectionFormat": "pipes"}},
 "paths": {"/a/{id}": {"parameters": [{"$ref": "#/parameters/q"}],
  "post": {"parameters": [{"name": "id", "in": "path", "required": true, "type": "string"},
   {"name": "b", "in": "body", "schema": {"$ref": "#/definitions/A"}}],
   "responses": {"200": {"description": "d", "schema": {"$ref": "#/definitions/A"},
    "headers": {"X-A": {"type": "integer", "minimum": 1, "exclusiveMinimum": true}}}}},
  "put": {"parameters": [{"name": "f", "in": "formData", "type": "file"}], "responses": {}}}},
 "definitions": {"A": {"type": "object", "discriminator": "k", "required": ["k"],
  "properties": {"k": {"type": "string", "x-nullable": true}, "a": {"$ref": "#/definitions/A"}}},
  "B": {"allOf": [{"$ref": "#/definitions/A"}]}}}"##;

/// Changes a text in a few places: bytes go, come, are doubled or are exchanged for others of it.
fn mangle(text: &str, random: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..random.usize(1..4) {
        let from = random.usize(..bytes.len());
        let length = random.usize(1..20).min(bytes.len() - from);
        let piece = bytes[from..from + length].to_vec();
        let to = random.usize(..=bytes.len() - length);
        match random.u8(..4) {
            0 => drop(bytes.drain(from..from + length)),
            1 => drop(bytes.splice(to..to, piece)),
            2 => bytes[to..to + length].copy_from_slice(&piece),
            _ => bytes[from] = random.u8(..),
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

#[test]
fn nothing_panics() {
    let folder = tempfile::tempdir().unwrap();
    let files = Files::Disk(folder.path().to_owned());
    let mut usable = 0;
    for (name, text) in [("a.yaml", YAML), ("a.json", SWAGGER)] {
        let mut random = fastrand::Rng::with_seed(17);
        for _ in 0..ROUNDS {
            std::fs::write(folder.path().join(name), mangle(text, &mut random)).unwrap();
            if let Ok(contract) = load(&files, name, &[]).and_then(build) {
                let _ = (audit(&contract), Strength::of(&contract));
                usable += 1;
            }
        }
    }
    assert!(usable > 0, "every document was broken beyond use");
}
