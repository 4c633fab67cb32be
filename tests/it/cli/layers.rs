//! Flags, variables and `trueup.toml`: what each replaces, and the mistakes in them.

use std::fs;

use crate::world::binary::{trueup, trueup_with};

/// Invitations whose id is their `secret`, which no guess finds.
const DOCUMENT: &str = "openapi: 3.0.3
info: { title: Invites, version: '1' }
paths:
  /invites:
    post:
      operationId: AddInvite
      responses:
        '201': { description: d, content: { application/json: { schema: &invite { type: object, properties: { secret: { type: string }, code: { type: string } } } } } }
  /invites/{token}:
    parameters: [{ name: token, in: path, required: true, schema: { type: string } }]
    get:
      operationId: GetInvite
      responses:
        '200': { description: d, content: { application/json: { schema: *invite } } }
";
const CONFIGURATION: &str = "spec = 'own.yaml'
overlays = ['own.overlay.yaml']
deviations = 'own.deviations.yaml'
lenient = ['GetInvite', 'GetOther']
[credentials]
own = 'hunter2'
[resources]
'/invites/{token}' = { id = 'secret' }
'/others/{id}' = false
";
/// A case that there is only if the id is known.
const CASE: &str = "GetInvite::is_fetched_as_created";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("other.yaml"), DOCUMENT).unwrap();
    fs::write(folder.path().join("trueup.toml"), CONFIGURATION).unwrap();
    fs::create_dir(folder.path().join("below")).unwrap();
    folder
}

#[test]
fn spec_leaves_what_fits_the_document_in_force_and_notes_the_rest() {
    let folder = project();
    let arguments = ["list", "--spec", "other.yaml", "--generate", "boundary"];
    let run = trueup(folder.path(), &arguments);
    assert!(run.code == 0 && run.out.contains(CASE), "{run}");
    for note in [
        "trueup.toml:2: `overlays` is not used: it is for own.yaml",
        "trueup.toml:3: `deviations` is not used: it is for own.yaml",
        "trueup.toml:4: `lenient`: GetOther is not used",
        "trueup.toml:5: `credentials`: the one for 'own' is not used",
        "trueup.toml:9 /resources/~1others~1{id} is not used",
    ] {
        assert!(run.err.contains(&format!("note: {note}")), "{note}: {run}");
    }
    assert_eq!(run.err.lines().count(), 5, "{run}");
    assert!(!run.err.contains("hunter2"), "{run}");
}

#[test]
fn the_configuration_is_looked_for_in_the_folders_above() {
    let folder = project();
    let arguments = ["list", "--spec", "../other.yaml", "--generate", "boundary"];
    let run = trueup(folder.path().join("below"), &arguments);
    assert!(run.code == 0 && run.out.contains(CASE), "{run}");
    assert!(run.err.contains("note: the configuration is "), "{run}");
}

#[test]
fn inspect_shows_the_resources_as_the_configuration_corrects_them() {
    let folder = project();
    let run = trueup(folder.path(), &["inspect", "other.yaml"]);
    assert!(run.out.contains("is 'secret'"), "{run}");
    fs::remove_file(folder.path().join("trueup.toml")).unwrap();
    let run = trueup(folder.path(), &["inspect", "other.yaml"]);
    assert!(!run.out.contains("is 'secret'"), "{run}");
}

#[test]
fn an_unknown_variable_ends_the_program_with_exit_code_2() {
    let folder = project();
    let variables = [("TRUEUP_TAGRET", "http://me:hunter2@127.0.0.1:1")];
    let run = trueup_with(folder.path(), &["list", "--spec", "other.yaml"], &variables);
    assert_eq!(run.code, 2, "{run}");
    let remedy = "did you mean 'TRUEUP_TARGET'?";
    assert!(
        run.err.contains("TRUEUP_TAGRET") && run.err.contains(remedy),
        "{run}"
    );
    assert!(!run.err.contains("hunter2"), "{run}");
}

#[test]
fn a_wrong_value_names_the_flag_the_variable_or_the_line() {
    let folder = project();
    let file = folder.path().join("trueup.toml");
    let list = ["list", "--spec", "other.yaml"];
    let run = trueup(folder.path(), &[&list[..], &["--patience", "x"]].concat());
    assert!(
        run.err.contains("error: --patience: `x` is not a number"),
        "{run}"
    );
    let run = trueup_with(folder.path(), &list, &[("TRUEUP_JOBS", "0")]);
    assert!(run.err.contains("error: TRUEUP_JOBS: `0` "), "{run}");
    fs::write(
        &file,
        "spec = 'other.yaml'\nuser = 'hunter2'\nusr = 'hunter2'\n",
    )
    .unwrap();
    let run = trueup(folder.path(), &["list"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.err.contains("error: trueup.toml:2: `user`: "), "{run}");
    assert!(
        run.err.contains("trueup.toml:3: `usr` is not a key"),
        "{run}"
    );
    assert!(run.err.contains("did you mean 'user'?"), "{run}");
    assert!(!run.err.contains("hunter2"), "{run}");
}
