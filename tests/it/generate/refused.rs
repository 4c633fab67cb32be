//! What is refused in its simplest form, though its document allows that.

use serde_json::json;
use trueup::emulator::Engine;
use trueup::outcome::{CaseOutcome, Verdict};
use trueup::wire::Request;

use super::{Reply, answer, is, json_of, outcomes, right, troubles};

/// Lends no book without saying until when.
fn strict(engine: &Engine, request: &Request) -> Reply {
    let is_endless = json_of(&request.body).get("until").is_none();
    if is(request, "POST", 3) && is_endless {
        return answer(400, &json!({"message": "until when?"}));
    }
    right(engine, request)
}

fn case<'a>(outcomes: &'a [CaseOutcome], name: &str) -> &'a CaseOutcome {
    outcomes.iter().find(|case| case.name == name).unwrap()
}

#[test]
fn a_fuller_request_is_tried() {
    let outcomes = outcomes(|engine, request| strict(engine, &request));
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    for (name, verdict) in [
        ("lendBook::required_fields_only", Verdict::Skipped),
        ("lendBook::all_fields", Verdict::Passed),
        ("getLoan::required_fields_only", Verdict::Passed),
        ("getLoan::unknown_loan_id", Verdict::Passed),
    ] {
        assert_eq!(case(&outcomes, name).verdict, verdict, "{name}");
    }
}

#[test]
fn what_is_told_of_a_failure_are_the_requests_that_were_taken() {
    let outcomes = outcomes(|engine, request| {
        if is(&request, "GET", 4) {
            return answer(500, &json!({"message": "oh"}));
        }
        strict(engine, &request)
    });
    let case = case(&outcomes, "getLoan::required_fields_only");
    assert_eq!(case.verdict, Verdict::Failed);
    let repeat = case.repeat.as_ref().unwrap();
    assert_eq!(repeat.curl.len(), 3, "{:#?}", repeat.curl);
    assert!(repeat.curl[1].contains("until"), "{:#?}", repeat.curl);
}
