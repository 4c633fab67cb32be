//! What `trueup.toml` says of resources counts where a guess is wrong.

use crate::world::binary::trueup;

/// Words that are no resource by their schemas, and reports that are one by their path only.
const DOCUMENT: &str = "openapi: 3.0.3
info: { title: Words, version: '1' }
paths:
  /words:
    post:
      operationId: AddWord
      responses:
        '201': { description: d, content: { application/json: { schema: &word { type: object, properties: { text: { type: string }, code: { type: string } } } } } }
  /words/{word}:
    parameters: [{ name: word, in: path, required: true, schema: { type: string } }]
    get:
      operationId: GetWord
      responses:
        '200': { description: d, content: { application/json: { schema: *word } } }
    delete:
      operationId: HideWord
      responses: { '204': { description: d } }
  /words/{word}/removal:
    parameters: [{ name: word, in: path, required: true, schema: { type: string } }]
    post:
      operationId: RemoveWord
      responses: { '204': { description: d } }
  /reports:
    post:
      operationId: AddReport
      responses:
        '201': { description: d, content: { application/json: { schema: { type: object, properties: { year: { type: string } } } } } }
  /reports/{year}:
    parameters: [{ name: year, in: path, required: true, schema: { type: string } }]
    get:
      operationId: GetReport
      responses:
        '200': { description: d, content: { application/json: { schema: { type: object, properties: { year: { type: string } } } } } }
";

/// Exit code, output and errors of `list` under these lines.
fn list(lines: &str) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("openapi.yaml"), DOCUMENT).unwrap();
    let file = format!("spec = 'openapi.yaml'\n{lines}\n");
    std::fs::write(folder.path().join("trueup.toml"), file).unwrap();
    let run = trueup(folder.path(), &["list", "--generate", "full"]);
    (run.code, run.out, run.err)
}

#[test]
fn resources_are_what_the_user_says() {
    let (code, guessed, err) = list("");
    assert_eq!(code, 0, "{err}");
    assert!(
        guessed.contains("GetReport::is_fetched_as_created"),
        "{guessed}"
    );
    assert!(
        !guessed.contains("GetWord::is_fetched_as_created"),
        "{guessed}"
    );
    let (code, said, err) = list(
        "[resources]\n'/reports/{year}' = false\n\
         '/words/{word}' = { id = 'code', delete = 'RemoveWord' }",
    );
    assert_eq!(code, 0, "{err}");
    assert!(!said.contains("GetReport::is_fetched_as_created"), "{said}");
    assert!(said.contains("GetWord::is_fetched_as_created"), "{said}");
    assert!(said.contains("RemoveWord::is_final"), "{said}");
    assert!(!said.contains("HideWord::is_final"), "{said}");
    let (_, none, _) = list("[resources.'/words/{word}']\nid = 'code'\ndelete = false");
    assert!(none.contains("GetWord::is_fetched_as_created"), "{none}");
    assert!(!none.contains("is_final"), "{none}");
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (line, words) in [
        ("'/word/{word}' = false", "did you mean '/words/{word}'?"),
        ("'/words/{word}' = true", "write `false`, or a table"),
        ("'/words/{word}' = {}", "name in `id` the property"),
        (
            "'/words/{word}' = { id = 'kode' }",
            "with the property `kode`",
        ),
        (
            "'/words/{word}' = { id = 'code', delet = false }",
            "did you mean 'delete'?",
        ),
        (
            "'/words/{word}' = { id = 'code', delete = 'RemoveWort' }",
            "did you mean 'RemoveWord'?",
        ),
        (
            "'/words/{word}' = { id = 'code', delete = 'AddWord' }",
            "cannot delete items",
        ),
        ("'/words/{word}' = { id = 7 }", "`id` must be a string"),
        (
            "'/words/{word}' = { list = true }",
            "`list` must be an operationId, or false",
        ),
    ] {
        let (code, _, err) = list(&format!("[resources]\n{line}"));
        assert_eq!(code, 2, "{line}: {err}");
        assert!(err.contains("trueup.toml:3"), "{line}: {err}");
        assert!(err.contains(words), "{line}: {err}");
    }
}
