//! Environments whose names, domains and live builds go wrong, deployments and variables that are
//! taken or turned away wrongly.

use serde_json::{Value, json};

use crate::matrix::{Row, row, run};
use crate::server::Reply;
use crate::stage::{
    Fault, after, before, body, edit_form, empty, field_of, form_of, instead, is_success, json_of,
    only, parent_of, path_of, readdress, refusal, refused, set, text, with_json,
};

fn on(operation: &'static str, name: &str, check: &'static str, fault: Fault) -> Row {
    row(format!("{operation} {name}"), &[check], fault).on(operation)
}

/// Takes a request that the emulator refuses: with another value in its place, which the answer
/// does not show.
fn takes(
    operation: &'static str,
    status: u16,
    name: &'static str,
    property: &'static str,
    other: &'static str,
) -> Fault {
    instead(only(operation), move |stage, request| {
        let asked = field_of(request, name)?;
        if stage.answer(request).status != status {
            return None;
        }
        let mut changed = request.clone();
        edit_form(&mut changed, |pairs| {
            for (_, value) in pairs.iter_mut().filter(|(own, _)| own == name) {
                other.clone_into(value);
            }
        });
        let mut response = stage.answer(&changed);
        if let Some(mut body) = json_of(&response).filter(|_| is_success(&response)) {
            body[property] = json!(asked);
            response.body = body.to_string().into_bytes();
        }
        Some(Reply::Whole(response))
    })
}

#[test]
fn domains() {
    run(vec![
        on(
            "CreateEnvironment",
            "leaves the suffix out of the domain",
            "expectation",
            body(&["CreateEnvironment"], |_, _, body| {
                if let Some(suffix) = body["domain_suffix"].as_str() {
                    let domain = body["domain_name"].as_str().unwrap_or_default();
                    body["domain_name"] = json!(domain.replace(&format!("-{suffix}."), "."));
                }
            }),
        ),
        on(
            "CreateEnvironment",
            "makes a domain without the service's",
            "schema",
            text(&["CreateEnvironment"], "/domain_name", |_| {
                "x.twil.io".into()
            }),
        ),
        on(
            "CreateEnvironment",
            "forgets the suffix",
            "echo",
            set(&["CreateEnvironment"], "/domain_suffix", Value::Null),
        ),
        on(
            "CreateEnvironment",
            "shows an empty suffix for none",
            "expectation",
            body(&["CreateEnvironment"], |_, _, body| {
                if body["domain_suffix"].is_null() {
                    body["domain_suffix"] = json!("");
                }
            }),
        ),
    ]);
}

#[test]
fn names() {
    run(vec![
        on(
            "CreateEnvironment",
            "takes a name twice",
            "status",
            takes(
                "CreateEnvironment",
                409,
                "UniqueName",
                "unique_name",
                "second",
            ),
        ),
        on(
            "CreateEnvironment",
            "takes a suffix twice",
            "status",
            takes(
                "CreateEnvironment",
                409,
                "DomainSuffix",
                "domain_suffix",
                "second",
            ),
        ),
        on(
            "CreateEnvironment",
            "takes a name that is too long",
            "status",
            takes(
                "CreateEnvironment",
                400,
                "UniqueName",
                "unique_name",
                "short",
            ),
        ),
        on(
            "CreateEnvironment",
            "takes a suffix that is too long",
            "status",
            takes(
                "CreateEnvironment",
                400,
                "DomainSuffix",
                "domain_suffix",
                "short",
            ),
        ),
        on(
            "CreateEnvironment",
            "refuses a taken name as malformed",
            "status",
            after(&["CreateEnvironment"], |_, _, response| {
                if response.status == 409 {
                    *response = refusal(400, 20001);
                }
            }),
        ),
        on(
            "CreateEnvironment",
            "refuses a suffix of 16 characters",
            "status",
            instead(&["CreateEnvironment"], |_, request| {
                let suffix = field_of(request, "DomainSuffix")?;
                (suffix.len() == 16).then(|| Reply::Whole(refusal(400, 20001)))
            }),
        ),
        on(
            "CreateEnvironment",
            "keeps names apart in all services together",
            "status",
            instead(&["CreateEnvironment"], |stage, request| {
                let name = field_of(request, "UniqueName")?;
                let services = stage.get("/v1/Services?PageSize=1000")?;
                let taken = services["services"].as_array()?.iter().any(|service| {
                    let list = service["links"]["environments"]
                        .as_str()
                        .unwrap_or_default();
                    let page = stage.get(stage.path(list)).unwrap_or_default();
                    let all = page["environments"].as_array().cloned().unwrap_or_default();
                    all.iter().any(|own| own["unique_name"] == name.as_str())
                });
                (taken && name == "stage").then(|| Reply::Whole(refusal(409, 20409)))
            }),
        ),
    ]);
}

#[test]
fn live_builds() {
    run(vec![
        on(
            "FetchEnvironment",
            "never shows a build",
            "expectation",
            set(&["FetchEnvironment"], "/build_sid", Value::Null),
        )
        .filter("CreateDeployment"),
        on(
            "CreateDeployment",
            "is another build",
            "echo",
            text(&["CreateDeployment"], "/build_sid", |_| {
                format!("ZB{}", "0".repeat(32))
            }),
        ),
        on(
            "CreateDeployment",
            "shows no build",
            "echo",
            set(&["CreateDeployment"], "/build_sid", Value::Null),
        ),
        on(
            "CreateDeployment",
            "takes what is live again",
            "status",
            after(&["CreateDeployment"], |stage, request, response| {
                if response.status == 409 && !form_of(request).is_empty() {
                    let page = stage.get(path_of(request)).unwrap_or_default();
                    *response = with_json(201, &page["deployments"][0]);
                }
            }),
        ),
        on(
            "CreateDeployment",
            "empties an empty environment",
            "status",
            after(&["CreateDeployment"], |stage, request, response| {
                if response.status == 409 && form_of(request).is_empty() {
                    let (path, base) = (path_of(request), &stage.base);
                    let sid = format!("ZD{}", "1".repeat(32));
                    let ids: Vec<&str> = path.split('/').collect();
                    let deployment = json!({
                        "sid": sid,
                        "account_sid": crate::stage::USER,
                        "service_sid": ids[3],
                        "environment_sid": ids[5],
                        "build_sid": null,
                        "date_created": "2018-11-10T20:00:00Z",
                        "date_updated": null,
                        "url": format!("{base}{path}/{sid}"),
                    });
                    *response = with_json(201, &deployment);
                }
            }),
        ),
    ]);
}

#[test]
fn deployments() {
    run(vec![
        on(
            "CreateDeployment",
            "tells a repetition with another code",
            "error",
            refused(&["CreateDeployment"], 409, |body| {
                body["code"] = json!(20001);
                body["more_info"] = json!("https://www.twilio.com/docs/errors/20001");
            }),
        ),
        on(
            "CreateDeployment",
            "tells a repetition with another status",
            "status",
            after(&["CreateDeployment"], |_, _, response| {
                if response.status == 409 {
                    *response = refusal(400, 20409);
                }
            }),
        ),
        on(
            "CreateDeployment",
            "is fixed by a later update",
            "schema",
            set(&["CreateDeployment"], "/date_updated", "today"),
        ),
        on(
            "CreateDeployment",
            "tells whether it is a plugin",
            "undocumented",
            body(&["CreateDeployment"], |_, _, body| {
                body["is_plugin"] = json!(false);
            }),
        ),
        on(
            "CreateDeployment",
            "takes an unknown build",
            "status",
            takes("CreateDeployment", 400, "BuildSid", "build_sid", ""),
        ),
        on(
            "CreateDeployment",
            "ignores its build",
            "status",
            before(&["CreateDeployment"], |_, request| {
                edit_form(request, |pairs| {
                    pairs.retain(|(name, _)| name != "BuildSid");
                });
            }),
        ),
        on(
            "DeleteBuild",
            "takes a live one",
            "status",
            instead(&["DeleteBuild"], |stage, request| {
                let refused = stage.answer(request).status == 400;
                refused.then(|| Reply::Whole(empty(204)))
            }),
        )
        .filter("CreateDeployment"),
        on(
            "DeleteEnvironment",
            "refuses while a build is live in it",
            "status",
            instead(&["DeleteEnvironment"], |stage, request| {
                let environment = stage.get(path_of(request))?;
                let live = environment["build_sid"].is_string();
                live.then(|| Reply::Whole(refusal(400, 20001)))
            }),
        )
        .filter("CreateDeployment"),
    ]);
}

#[test]
fn lists_of_deployments() {
    let mut rows = Vec::new();
    for (name, edit) in [
        (
            "forgets the past",
            (|all| all.truncate(1)) as fn(&mut Vec<Value>),
        ),
        ("stands the other way round", |all| all.reverse()),
        ("repeats the newest", |all| all.extend(all.first().cloned())),
        ("is empty", Vec::clear),
    ] {
        let fault = body(&["ListDeployment"], move |_, _, page| {
            if let Some(all) = page["deployments"].as_array_mut() {
                edit(all);
            }
        });
        let check = if name.contains("round") {
            "order"
        } else {
            "items"
        };
        rows.push(on("ListDeployment", name, check, fault).filter("CreateDeployment"));
    }
    run(rows);
}

#[test]
fn what_an_environment_runs() {
    // Emptied, but not for the one who asks.
    let mut live = Value::Null;
    let stale: Fault = Box::new(move |stage, request| {
        let response = stage.answer(&request);
        if stage.is(&request, &["CreateDeployment"]) && is_success(&response) {
            let build = json_of(&response).unwrap_or_default()["build_sid"].clone();
            if build.is_string() {
                live = build;
            }
        }
        if stage.is(&request, &["FetchEnvironment"]) && is_success(&response) {
            let mut body = json_of(&response).unwrap_or_default();
            if body["build_sid"].is_null() {
                body["build_sid"] = live.clone();
            }
            return Reply::Whole(with_json(200, &body));
        }
        Reply::Whole(response)
    });
    // One environment shows what another runs.
    let everywhere = body(&["FetchEnvironment"], |stage, request, body| {
        let page = stage.get(parent_of(path_of(request))).unwrap_or_default();
        let all = page["environments"].as_array().cloned().unwrap_or_default();
        let running = all.iter().find(|other| other["build_sid"].is_string());
        if let Some(other) = running {
            body["build_sid"] = other["build_sid"].clone();
        }
    });
    // A build that is live elsewhere is taken away.
    let elsewhere = instead(&["DeleteBuild"], |stage, request| {
        let refused = stage.answer(request).status == 400;
        let service = parent_of(parent_of(path_of(request)));
        let page = stage.get(&format!("{service}/Environments"))?;
        let all = page["environments"].as_array()?;
        let some_empty = all.iter().any(|one| one["build_sid"].is_null());
        (refused && some_empty).then(|| Reply::Whole(empty(204)))
    });
    run(vec![
        on(
            "FetchEnvironment",
            "shows what was live",
            "expectation",
            stale,
        )
        .filter("CreateDeployment"),
        on(
            "FetchEnvironment",
            "shows what runs elsewhere",
            "expectation",
            everywhere,
        )
        .filter("CreateDeployment"),
        on(
            "DeleteBuild",
            "looks at one environment only",
            "status",
            elsewhere,
        )
        .filter("CreateDeployment"),
    ]);
}

#[test]
fn variables() {
    let counted_in_characters = |operation| takes(operation, 400, "Value", "value", "short");
    run(vec![
        on(
            "CreateVariable",
            "counts characters",
            "status",
            counted_in_characters("CreateVariable"),
        ),
        on(
            "UpdateVariable",
            "counts characters",
            "status",
            counted_in_characters("UpdateVariable"),
        ),
        on(
            "CreateVariable",
            "takes a key that is too long",
            "status",
            takes("CreateVariable", 400, "Key", "key", "SHORT"),
        ),
        on(
            "CreateVariable",
            "refuses 450 bytes",
            "status",
            instead(&["CreateVariable"], |_, request| {
                let value = field_of(request, "Value")?;
                (value.len() == 450).then(|| Reply::Whole(refusal(400, 20001)))
            }),
        ),
        on(
            "UpdateVariable",
            "needs a value",
            "status",
            instead(&["UpdateVariable"], |_, request| {
                let without = field_of(request, "Value").is_none();
                let key = field_of(request, "Key").is_some_and(|key| key.len() < 129);
                (without && key).then(|| Reply::Whole(refusal(400, 20001)))
            }),
        ),
        on(
            "CreateVariable",
            "needs no value",
            "status",
            before(&["CreateVariable"], |_, request| {
                edit_form(request, |pairs| {
                    if !pairs.iter().any(|(name, _)| name == "Value") {
                        pairs.push(("Value".to_owned(), String::new()));
                    }
                });
            }),
        ),
        on(
            "FetchVariable",
            "shows what an update of another changed",
            "expectation",
            before(&["UpdateVariable"], |stage, request| {
                let page = stage.get(parent_of(path_of(request))).unwrap_or_default();
                for other in page["variables"].as_array().into_iter().flatten() {
                    let path = stage.path(other["url"].as_str().unwrap_or_default());
                    if path != path_of(request) {
                        stage.answer(&stage.request("POST", path, &[("Value", "spoilt")]));
                    }
                }
            }),
        )
        .filter("UpdateVariable"),
        on(
            "FetchVariable",
            "does not find what a deletion of another took",
            "status",
            before(&["DeleteVariable"], |stage, request| {
                let collection = parent_of(path_of(request)).to_owned();
                let page = stage.get(&collection).unwrap_or_default();
                if let Some(sid) = page["variables"][0]["sid"].as_str() {
                    let path = format!("{collection}/{sid}");
                    readdress(request, &path);
                }
            }),
        )
        .filter("DeleteVariable"),
    ]);
}

#[test]
fn values_of_variables() {
    let mut rows = Vec::new();
    for (name, edit) in [
        ("in capitals", str::to_uppercase as fn(&str) -> String),
        ("trimmed", |value| value.trim_end_matches('b').to_owned()),
        ("with blanks for plus signs", |value| {
            value.replace('+', " ")
        }),
        ("as ASCII", |value| {
            value.replace(|c: char| !c.is_ascii(), "?")
        }),
    ] {
        let fault = text(&["CreateVariable"], "/value", edit);
        rows.push(on(
            "CreateVariable",
            &format!("tells the value {name}"),
            "echo",
            fault,
        ));
    }
    let operations = &[
        "CreateVariable",
        "FetchVariable",
        "UpdateVariable",
        "ListVariable",
    ];
    let number = body(operations, |_, _, body| {
        if let Some(number) = body["value"].as_str().and_then(|v| v.parse::<u32>().ok()) {
            body["value"] = json!(number);
        }
    });
    rows.push(on(
        "CreateVariable",
        "makes a number of digits",
        "schema",
        number,
    ));
    run(rows);
}

#[test]
fn addresses_of_logs() {
    let unfiltered = text(&["ListLog"], "/meta/first_page_url", |url| {
        let kept = |pair: &&str| !pair.contains("Sid=") && !pair.contains("Date=");
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let query: Vec<&str> = query.split('&').filter(kept).collect();
        format!("{path}?{}", query.join("&"))
    });
    run(vec![on(
        "ListLog",
        "forgets its filters",
        "paging",
        unfiltered,
    )]);
}
