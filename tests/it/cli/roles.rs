//! The embedded emulator, the cases and `inspect` read one model of resources.

use crate::world::binary::trueup;

const PUT_CREATED: &str = "openapi: 3.0.3
info: { title: Things, version: '1' }
paths:
  /things:
    get:
      operationId: listThings
      responses:
        '200': { description: d, content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Thing' } } } } }
  /things/{code}:
    parameters: [{ name: code, in: path, required: true, schema: { type: string, pattern: '^[a-z]{8}$' } }]
    get:
      operationId: getThing
      responses:
        '200': &thing { description: d, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
        '404': { description: d }
    put:
      operationId: putThing
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
      responses:
        '200': *thing
        '201': *thing
        '400': { description: d }
    delete:
      operationId: dropThing
      responses: { '204': { description: d }, '404': { description: d } }
components:
  schemas:
    Thing:
      type: object
      additionalProperties: false
      required: [code, name]
      properties:
        code: { type: string, pattern: '^[a-z]{8}$' }
        name: { type: string, minLength: 1, maxLength: 20 }
";

/// Output and exit code of a program run in a folder with these files.
fn run(files: &[(&str, &str)], arguments: &[&str]) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let run = trueup(folder.path(), arguments);
    (run.code, run.out + &run.err)
}

#[test]
fn items_that_put_creates_are_kept_by_the_embedded_emulator() {
    let files = [("put.yaml", PUT_CREATED)];
    let (code, out) = run(
        &files,
        &["check", "--spec", "put.yaml", "--generate", "full"],
    );
    assert_eq!(code, 0, "{out}");
    assert!(out.contains(" 0 skipped"), "{out}");
    assert!(out.contains("laws             9 of     9"), "{out}");
}

#[test]
fn the_embedded_emulator_follows_resources_of_the_file() {
    let document = PUT_CREATED
        .replace("    put:\n      operationId: putThing", "    x-none:\n      operationId: putThing")
        .replace(
            "paths:\n",
            "paths:
  /thing-factory:
    post:
      operationId: makeThing
      requestBody: { required: true, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
      responses:
        '201': { description: d, content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } } }
        '400': { description: d }
        '409': { description: d }
",
        );
    let file = "spec = 'made.yaml'\n[resources]\n'/things/{code}' = { create = 'makeThing' }\n";
    let files = [("made.yaml", document.as_str()), ("trueup.toml", file)];
    let (code, out) = run(&files, &["check", "--generate", "full"]);
    assert_eq!(code, 0, "{out}");
    let (_, list) = run(&files, &["list", "--generate", "full"]);
    assert!(list.contains("getThing::is_fetched_as_created"), "{list}");
}

#[test]
fn inspect_shows_the_role_of_each_operation() {
    let files = [("put.yaml", PUT_CREATED)];
    let (code, text) = run(&files, &["inspect", "put.yaml"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Thing: {code} is 'code' from path"), "{text}");
    let line = |operation: &str| {
        let mut lines = text.lines().skip_while(|line| *line != "Resources");
        lines.find(|line| line.trim_start().starts_with(operation))
    };
    assert!(
        line("putThing").unwrap().ends_with("create, replace"),
        "{text}"
    );
    let (_, json) = run(&files, &["inspect", "put.yaml", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["resources"][0]["id_from"], "path");
    assert_eq!(json["resources"][0]["roles"]["delete"][0], "dropThing");
    let operations = json["operations"].as_array().unwrap();
    let put = operations.iter().find(|one| one["id"] == "putThing");
    assert_eq!(
        put.unwrap()["roles"],
        serde_json::json!(["create", "replace"])
    );
}

#[test]
fn roles_and_ids_can_be_corrected() {
    let document = PUT_CREATED.replace(
        "paths:\n",
        "paths:\n  /things/{code}/burn:\n    parameters: [{ name: code, in: path, required: true, schema: { type: string } }]\n    \
         post: { operationId: burnThing, responses: { '204': { description: d } } }\n",
    );
    for (line, words) in [
        (
            "id-from = 'header'",
            "`id-from` must be one of body, location",
        ),
        ("envelope = 'data'", "`envelope` must be a JSON pointer"),
        ("action = ['burnThink']", "did you mean 'burnThing'?"),
        (
            "action = 7",
            "`action` must be an operationId, a list of them, or false",
        ),
        ("actoin = false", "did you mean 'action'?"),
    ] {
        let file = format!("spec = 'a.yaml'\n[resources]\n'/things/{{code}}' = {{ {line} }}\n");
        let files = [("a.yaml", document.as_str()), ("trueup.toml", &file)];
        let (code, out) = run(&files, &["list"]);
        assert_eq!(code, 2, "{line}: {out}");
        assert!(out.contains(words), "{line}: {out}");
    }
}
