//! An API that documents no success of what creates and deletes, and an object in the query.

use trueup::outcome::{CaseOutcome, Verdict};
use trueup::wire::{Response, Status};

use super::{Fault, Reply, check, planted, troubles};

const SPEC: &str = "silent.yaml";

fn outcomes(fault: Fault) -> Vec<CaseOutcome> {
    check(SPEC, planted(SPEC, fault))
}

/// Names of the cases that were skipped, and why.
fn skipped(outcomes: &[CaseOutcome]) -> Vec<(&str, &str)> {
    let skipped = outcomes
        .iter()
        .filter(|case| case.verdict == Verdict::Skipped);
    skipped
        .map(|case| (case.name.as_str(), case.reasons[0].as_str()))
        .collect()
}

#[test]
fn a_right_server_passes() {
    let outcomes = outcomes(|engine, request| Reply::Whole(engine.answer(&request)));
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    assert_eq!(skipped(&outcomes), []);
    for name in [
        "deleteUser::required_fields_only",
        "getNote::lines_first_of_0",
    ] {
        assert!(outcomes.iter().any(|case| case.name == name), "{name}");
    }
    // As sent, it is no value of that parameter.
    assert!(
        !outcomes
            .iter()
            .any(|case| case.name == "getNote::lines_of_another_type")
    );
}

/// The id of a user is one that was sent; that of a note nobody can know.
#[test]
fn an_id_that_nobody_tells() {
    let outcomes = outcomes(|engine, request| {
        let answer = engine.answer(&request);
        Reply::Whole(if request.method == "POST" {
            Response {
                headers: trueup::wire::Headers::default(),
                body: Vec::new(),
                ..answer
            }
        } else {
            answer
        })
    });
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    let skipped = skipped(&outcomes);
    assert!(!skipped.is_empty());
    for (name, reason) in skipped {
        assert!(name.starts_with("getNote::"), "{name}: {reason}");
        assert_eq!(
            reason,
            "no answer of createNote tells the id of what it creates"
        );
    }
}

#[test]
fn a_success_that_is_none() {
    let outcomes = outcomes(|engine, request| {
        let mut answer = engine.answer(&request);
        if request.method == "DELETE" && answer.status.is_success() {
            answer.status = Status(500);
        }
        Reply::Whole(answer)
    });
    let troubles = troubles(&outcomes);
    assert!(!troubles.is_empty());
    for trouble in troubles {
        let told = "the status is 500, expected is a success";
        assert!(
            trouble.starts_with("deleteUser::") && trouble.contains(told),
            "{trouble}"
        );
    }
}

#[test]
fn members_of_an_object_in_the_query() {
    let outcomes = outcomes(|engine, mut request| {
        if let Some((path, _)) = request.url.split_once('?') {
            request.url = path.to_owned();
        }
        Reply::Whole(engine.answer(&request))
    });
    let troubles = troubles(&outcomes);
    let names = troubles
        .iter()
        .map(|trouble| trouble.split(' ').next().unwrap());
    let names: Vec<&str> = names.collect();
    assert_eq!(
        names,
        [
            "getNote::lines_first_of_0",
            "getNote::without_lines_first",
            "getNote::lines_first_of_another_type",
            "getNote::lines_first_with_a_fraction",
            "getNote::lines_wrap_of_another_type",
        ]
    );
}
