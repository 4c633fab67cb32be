//! The real binary and documents of every kind: one contract from all versions, and clear errors
//! from what is no document.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::world::binary::{RawServer, Run, trueup};

const SWAGGER: &str = "swagger: '2.0'
info: {title: Pets, version: '1'}
host: example.com
basePath: /v1
schemes: [https]
produces: [application/json]
securityDefinitions:
  key: {type: apiKey, in: header, name: X-Key}
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
      - {name: tag, in: query, type: array, items: {type: string}, collectionFormat: multi}
      responses:
        200:
          description: d
          headers: {X-Next: {type: string}}
          schema: {type: array, items: {$ref: '#/definitions/Pet'}}
        default: {description: e}
    post:
      operationId: createPet
      parameters:
      - {name: pet, in: body, required: true, schema: {$ref: '#/definitions/Pet'}}
      responses:
        201: {description: d, schema: {$ref: '#/definitions/Pet'}}
  /pets/{petId}:
    parameters:
    - {name: petId, in: path, required: true, type: string}
    get:
      operationId: getPet
      responses:
        200: {description: d, schema: {$ref: '#/definitions/Pet'}}
definitions:
  Pet:
    type: object
    required: [id]
    properties:
      id: {type: string}
      tag: {type: string, x-nullable: true}
";

const PATHS: &str = "info: {title: Pets, version: '1'}
servers: [{url: 'https://example.com/v1'}]
security: [{key: []}]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
      - {name: tag, in: query, schema: {type: array, items: {type: string}}}
      responses:
        '200':
          description: d
          headers: {X-Next: {schema: {type: string}}}
          content:
            application/json:
              schema: {type: array, items: {$ref: 'more/pet.yaml#/Pet'}}
        default: {description: e}
    post:
      operationId: createPet
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: 'more/pet.yaml#/Pet'}}}
      responses: {'201': {$ref: 'more/answers.json#/one'}}
  /pets/{petId}: {$ref: 'more/item.yaml'}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Key}
";

const ITEM: &str = "parameters:
- {name: petId, in: path, required: true, schema: {type: string}}
get:
  operationId: getPet
  responses:
    '200': {$ref: 'answers.json#/one'}
";

const ANSWERS: &str = r#"{"one": {"description": "d", "content": {"application/json":
    {"schema": {"$ref": "pet.yaml#/Pet"}}}}}"#;

fn write(folder: &Path, name: &str, text: impl AsRef<[u8]>) {
    let file = folder.join(name);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn inspect(folder: &Path, name: &str) -> Run {
    trueup(folder, &["inspect", name, "--json"])
}

#[test]
fn all_versions_come_to_one_contract() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "2.0.yaml", SWAGGER);
    let pet = "Pet:\n  type: object\n  required: [id]\n  properties:\n    id: {type: string}\n";
    let null = |text: &str| format!("{pet}    tag: {text}\n");
    for (version, tag) in [
        ("3.0.3", "{type: string, nullable: true}"),
        ("3.1.0", "{type: [string, 'null']}"),
        ("3.2.0", "{type: [string, 'null']}"),
    ] {
        let root = format!("{version}.yaml");
        let below = format!("{version}/more");
        let text = format!("openapi: {version}\n{PATHS}").replace("more/", &format!("{below}/"));
        write(folder, &root, text);
        write(folder, &format!("{below}/pet.yaml"), null(tag));
        write(folder, &format!("{below}/item.yaml"), ITEM);
        write(folder, &format!("{below}/answers.json"), ANSWERS);
    }
    let contract = |name: &str| -> Value {
        let run = inspect(folder, name);
        assert_eq!(run.code, 0, "{name}: {run}");
        serde_json::from_str(&run.out).unwrap()
    };
    let first = contract("2.0.yaml");
    assert_eq!(first["census"]["operations"], 3, "{first:#}");
    assert_eq!(first["servers"], json!(["https://example.com/v1"]));
    assert_eq!(first["strength"]["response_properties"], 2);
    assert_eq!(first["strength"]["nullable_properties"], 1);
    assert_eq!(first["strength"]["accept_an_empty_object"], json!([]));
    assert_eq!(first["resources"][0]["id"], "id");
    for name in ["3.0.3.yaml", "3.1.0.yaml", "3.2.0.yaml"] {
        assert_eq!(contract(name), first, "{name}");
    }
}

#[test]
fn a_mistake_in_another_file_is_told_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "a.yaml", format!("openapi: 3.0.3\n{PATHS}"));
    write(
        folder,
        "more/pet.yaml",
        "Pet:\n  type: string\n  pattern: '('\n",
    );
    write(folder, "more/item.yaml", ITEM);
    write(folder, "more/answers.json", ANSWERS);
    let run = inspect(folder, "a.yaml");
    assert_eq!(run.code, 2, "{run}");
    let page: Value = serde_json::from_str(&run.out).unwrap();
    let place = &page["problems"][0]["place"];
    assert_eq!(place["file"], "more/pet.yaml", "{page:#}");
    assert_eq!(place["line"], 3);
}

#[test]
fn references_stay_in_the_folder_unless_somebody_allows_more() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text =
        "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: '../b.yaml'}\n";
    write(folder, "in/a.yaml", text);
    write(
        folder,
        "b.yaml",
        "get:\n  responses: {'200': {description: d}}\n",
    );
    let run = trueup(folder, &["inspect", "in/a.yaml"]);
    assert!(
        run.code == 2 && run.err.contains("--allow-outside-refs") && run.err.contains("a.yaml:4"),
        "{run}"
    );
    let run = trueup(folder, &["inspect", "in/a.yaml", "--allow-outside-refs"]);
    assert_eq!(run.code, 0, "{run}");
    write(
        folder,
        "c.yaml",
        text.replace("../b.yaml", "https://example.com/b.yaml"),
    );
    let run = trueup(folder, &["inspect", "c.yaml"]);
    assert!(
        run.code == 2 && run.err.contains("fetching is not allowed"),
        "{run}"
    );
}

/// A server of files; it redirects from `/old/` to the same name in `/new/`, and from `/round` to
/// itself.
fn host(files: &'static [(&'static str, &'static str)]) -> RawServer {
    RawServer::start(move |head| {
        let head = String::from_utf8_lossy(head);
        let path = head.split(' ').nth(1).unwrap();
        let answer = |status: &str, headers: &str, body: &str| {
            let length = body.len();
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\n\r\n{body}")
        };
        let answer = match (path.strip_prefix("/old/"), path) {
            (Some(name), _) => answer("302 Found", &format!("Location: /new/{name}\r\n"), ""),
            (None, "/round") => answer("302 Found", "Location: /round\r\n", ""),
            _ => match files.iter().find(|(name, _)| *name == path) {
                Some((_, text)) => answer("200 OK", "", text),
                None => answer("404 Not Found", "", "<html>"),
            },
        };
        answer.into_bytes()
    })
}

const ROOT: &str =
    "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: 'b.yaml'}\n";

#[test]
fn files_of_other_machines_are_fetched_where_somebody_allows_it() {
    let server = host(&[
        ("/new/a.yaml", ROOT),
        (
            "/new/b.yaml",
            "get:\n  responses: {'200': {$ref: 'c.json'}}\n",
        ),
        ("/new/c.json", r#"{"description": "d"}"#),
        ("/leak.yaml", "get: {$ref: 'file:///etc/hostname'}\n"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let refer = |path: &str| {
        let reference = format!("{}{path}", server.url);
        write(folder, "a.yaml", ROOT.replace("b.yaml", &reference));
    };
    let allowed = ["inspect", "a.yaml", "--allow-remote-refs"];

    refer("/old/b.yaml");
    let run = trueup(folder, &allowed[..2]);
    assert!(
        run.code == 2 && run.err.contains("--allow-remote-refs") && run.err.contains("a.yaml:4"),
        "{run}"
    );
    assert_eq!(server.requests(), 0);
    let run = trueup(folder, &allowed);
    assert!(run.code == 0 && run.out.contains("GET /a"), "{run}");
    // A redirect and the file, and the one beside it.
    assert_eq!(server.requests(), 3);
    write(
        folder,
        "trueup.toml",
        "spec = 'a.yaml'\nallow-remote-refs = true\n",
    );
    let run = trueup(folder, &["list"]);
    // A list of cases needs no response.
    assert_eq!(server.requests(), 5, "{run}");

    for (path, words) in [
        ("/gone.yaml", "127.0.0.1 answered 404"),
        ("/round", "redirected more than"),
        ("/leak.yaml", "outside of the document's folder"),
    ] {
        refer(path);
        let run = trueup(folder, &allowed);
        assert!(run.code == 2 && run.err.contains(words), "{path}: {run}");
    }
    write(
        folder,
        "a.yaml",
        ROOT.replace("b.yaml", "http://127.0.0.1:1/"),
    );
    let run = trueup(folder, &allowed);
    assert!(run.err.contains("no connection to 127.0.0.1"), "{run}");
}

#[test]
fn a_document_may_be_named_by_its_url() {
    let server = host(&[
        ("/new/a.yaml", ROOT),
        (
            "/new/b.yaml",
            "get:\n  responses: {'200': {description: d}}\n",
        ),
        (
            "/leak.yaml",
            "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a: {$ref: 'file:///etc/hostname'}\n",
        ),
        ("/page.yaml", "<html>"),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let inspect = |path: &str| {
        let name = format!("{}{path}", server.url);
        trueup(folder.path(), &["inspect", &name, "--allow-remote-refs"])
    };
    // The references of a file that was redirected start where it was found.
    let run = inspect("/old/a.yaml");
    assert!(run.code == 0 && run.out.contains("GET /a"), "{run}");
    for (path, words) in [
        ("/gone.yaml", "answered 404"),
        ("/leak.yaml", "where nothing may be read"),
        ("/page.yaml", "web page"),
    ] {
        let run = inspect(path);
        assert!(run.code == 2 && run.err.contains(words), "{path}: {run}");
        assert!(run.err.contains(path), "{path}: {run}");
    }
    let name = format!("{}/new/a.yaml", server.url);
    let run = trueup(folder.path(), &["inspect", &name]);
    assert!(run.err.contains("--allow-remote-refs"), "{run}");
}

/// A document with these schemas, of which the answer of its operation is the first.
fn with_schemas(schemas: &Value) -> String {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "t", "version": "1" },
        "paths": { "/a": { "get": { "responses": { "200": {
            "description": "d",
            "content": { "application/json": { "schema": { "$ref": "#/components/schemas/s0" } } },
        } } } } },
        "components": { "schemas": schemas },
    })
    .to_string()
}

/// Many schemas, each of which is made of the number of the next one.
fn many(count: usize, schema: impl Fn(Value) -> Value) -> String {
    let schemas = (0..count).map(|i| {
        let next = format!("#/components/schemas/s{}", (i + 1) % count);
        (format!("s{i}"), schema(json!({ "$ref": next })))
    });
    with_schemas(&Value::Object(schemas.collect()))
}

#[test]
fn what_would_take_for_ever_is_refused_or_done() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let bomb: String = (0..30)
        .map(|i| match i {
            0 => "a0: &a0 [x]\n".to_owned(),
            _ => format!(
                "a{i}: &a{i} [{}]\n",
                vec![format!("*a{}", i - 1); 9].join(",")
            ),
        })
        .collect();
    for (name, text, words) in [
        ("flow.yaml", "[".repeat(10_000), "recursion"),
        ("block.yaml", "- ".repeat(10_000), "nested deeper"),
        ("maps.yaml", "{a: ".repeat(10_000), "recursion"),
        ("bomb.yaml", bomb, "aliases expand"),
        ("round.json", many(3, |next| next), "refers back to itself"),
        (
            "chain.json",
            many(10_000, |next| next),
            "a chain of more than",
        ),
        (
            "wide.json",
            many(
                200,
                |next| json!({"allOf": vec![next; 9], "type": "object"}),
            ),
            "",
        ),
        ("deep.json", nested(10_000), "recursion"),
        (
            "regex.json",
            with_schemas(&json!({"s0": {"pattern": "(a{1000}){1000}"}})),
            "regex",
        ),
    ] {
        write(folder, name, text);
        let run = trueup(folder, &["inspect", name]);
        let told = format!("{}{}", run.out, run.err);
        assert!(told.contains(words) && told.contains(name), "{name}: {run}");
        assert!(run.code == 2 || words.is_empty(), "{name}: {run}");
        assert!(!told.contains("panicked"), "{name}: {run}");
    }
}

fn nested(levels: usize) -> String {
    let deep = format!("{}{{}}{}", "{\"items\":".repeat(levels), "}".repeat(levels));
    with_schemas(&json!({"s0": "deep"})).replace("\"deep\"", &deep)
}

#[test]
fn what_is_no_text_of_a_document_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let page = "<!DOCTYPE html><html><body>404</body></html>";
    for (name, bytes, words) in [
        ("page.json", page.as_bytes(), "web page"),
        ("page.yaml", page.as_bytes(), "web page"),
        (
            "latin.yaml",
            b"openapi: 3.0.3\ninfo: {title: caf\xe9}\n",
            "not UTF-8",
        ),
        ("latin.json", b"{\"openapi\": \"3.0.3\xff\"}", "not UTF-8"),
        ("wide.json", b"\xff\xfe{\x00}\x00", "not UTF-8"),
        ("empty.json", b"", "empty"),
        ("blank.yaml", b"\xef\xbb\xbf \n\n", "empty"),
        ("null.yaml", b"---\n", "not an object"),
        (
            "twice.yaml",
            b"openapi: 3.0.3\nopenapi: 3.0.3\n",
            "occurs twice",
        ),
        ("nul.json", b"{\"a\": \"\x00\"}", "not valid JSON"),
    ] {
        write(folder, name, bytes);
        let run = trueup(folder, &["inspect", name]);
        assert_eq!(run.code, 2, "{name}: {run}");
        assert!(
            run.err.contains(words) && run.err.contains(name),
            "{name}: {run}"
        );
        assert!(!run.err.contains("panicked"), "{name}: {run}");
    }
    let document = "\u{feff}openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {}\n";
    write(folder, "bom.yaml", document);
    assert_eq!(trueup(folder, &["inspect", "bom.yaml"]).code, 0);
}
