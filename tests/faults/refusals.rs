//! Refusals that say the wrong thing, and requests that are let through or turned away wrongly.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::matrix::{CONTRACT, Row, row, run};
use crate::server::Reply;
use crate::stage::{
    ANY, Fault, after, before, edit_field, edit_form, empty, field, field_of, form_of, instead,
    keep, let_in, only, path_of, refusal, refused, set_header, with_json,
};

const FRIENDLY: &[&str] = &[
    "CreateService",
    "UpdateService",
    "CreateAsset",
    "UpdateAsset",
    "CreateFunction",
    "UpdateFunction",
];
const UPLOADS: [&str; 2] = ["CreateAssetVersion", "CreateFunctionVersion"];

/// Changes refusals with this status.
fn refusals(
    operation: &'static str,
    status: u16,
    edit: impl FnMut(&mut Value) + Send + 'static,
) -> Fault {
    refused(only(operation), status, edit)
}

#[test]
fn of_empty_builds() {
    let empty_build = |name: &str, check: &'static str, edit: fn(&mut Value)| {
        row(name, &[check], refusals("CreateBuild", 400, edit))
            .filter("CreateBuild::")
            .on("CreateBuild")
    };
    let accepting = after(&["CreateBuild"], |stage, request, response| {
        let fields = form_of(request);
        let named = fields.iter().any(|(name, _)| name.ends_with("Versions"));
        if response.status == 400 && !named {
            let path = path_of(request);
            let service = path.split('/').nth(3).unwrap_or_default();
            let sid = format!("ZB{}", "0".repeat(32));
            let url = format!("{}{path}/{sid}", stage.base);
            *response = with_json(
                201,
                &json!({
                    "sid": sid,
                    "account_sid": crate::stage::USER,
                    "service_sid": service,
                    "status": "building",
                    "asset_versions": [],
                    "function_versions": [],
                    "dependencies": [],
                    "runtime": "node22",
                    "date_created": "2018-11-10T20:00:00Z",
                    "date_updated": "2018-11-10T20:00:00Z",
                    "url": url,
                    "links": { "build_status": format!("{url}/Status") },
                }),
            );
        }
    });
    let conflict = after(&["CreateBuild"], |_, _, response| {
        if response.status == 400 {
            *response = refusal(409, 20001);
        }
    });
    run(vec![
        empty_build("20001 with code 20003", "error", |body| {
            body["code"] = json!(20003);
            body["more_info"] = json!("https://www.twilio.com/docs/errors/20003");
        }),
        empty_build("20001 as a text", "schema", |body| {
            body["code"] = json!("20001");
        }),
        empty_build("20001 as a fraction", "schema", |body| {
            body["code"] = json!(20001.5);
        }),
        empty_build("20001 with another message", "error", |body| {
            body["message"] = json!("Invalid parameter");
        }),
        empty_build("20001 with no message", "schema", |body| {
            body["message"] = json!("");
        }),
        empty_build("20001 with another page", "error", |body| {
            body["more_info"] = json!("https://www.twilio.com/docs/errors/20002");
        }),
        empty_build(
            "20001 with a page whose number is longer",
            "error",
            |body| {
                body["more_info"] = json!("https://www.twilio.com/docs/errors/120001");
            },
        ),
        empty_build("20001 with a page that is no address", "error", |body| {
            body["more_info"] = json!("see the manual");
        }),
        empty_build("20001 with status 500 in its body", "error", |body| {
            body["status"] = json!(500);
        }),
        row("an empty build is made", &["status"], accepting).on("CreateBuild"),
        row("20001 as a conflict", &["status"], conflict).on("CreateBuild"),
    ]);
}

#[test]
fn of_what_is_unknown() {
    let mut rows = Vec::new();
    for operation in CONTRACT.operations.iter() {
        if operation.error("20404").is_none() {
            continue;
        }
        let operation = keep(operation.id.as_str());
        // Another wrong answer for each operation.
        let index = rows.len();
        let (name, check, fault) = match index % 5 {
            0 => (
                "200 and nothing",
                "status",
                after(only(operation), |_, _, response| {
                    if response.status == 404 {
                        *response = with_json(200, &json!({}));
                    }
                }),
            ),
            1 => (
                "code 404",
                "error",
                refusals(operation, 404, |body| {
                    body["code"] = json!(404);
                }),
            ),
            2 => (
                "status 200 in its body",
                "error",
                refusals(operation, 404, |body| body["status"] = json!(200)),
            ),
            3 => (
                "400",
                "status",
                after(only(operation), |_, _, response| {
                    if response.status == 404 {
                        *response = refusal(400, 20404);
                    }
                }),
            ),
            _ => (
                "500",
                "status",
                after(only(operation), |_, _, response| {
                    if response.status == 404 {
                        *response = refusal(500, 20500);
                    }
                }),
            ),
        };
        rows.push(row(format!("{operation} 20404: {name}"), &[check], fault).on(operation));
    }
    run(rows);
}

#[test]
fn of_strangers() {
    let mut rows = Vec::new();
    for operation in CONTRACT.operations.iter() {
        let operation = keep(operation.id.as_str());
        let open = before(only(operation), |_, request| {
            if request.headers.get("authorization").is_none() {
                let_in(request);
            }
        });
        rows.push(row(format!("{operation} is open to all"), &["status"], open).on(operation));
        let careless = before(only(operation), |_, request| {
            if request.headers.get("authorization").is_some() {
                let_in(request);
            }
        });
        let name = format!("{operation} takes any password");
        rows.push(row(name, &["status"], careless).on(operation));
    }
    let hidden = after(&["FetchService"], |_, _, response| {
        if response.status == 401 {
            *response = refusal(404, 20404);
        }
    });
    rows.push(row("a stranger is told 404", &["status"], hidden).on("FetchService"));
    let other = refusals("ListBuild", 401, |body| {
        body["code"] = json!(20404);
        body["more_info"] = json!("https://www.twilio.com/docs/errors/20404");
    });
    rows.push(row("a stranger is told 20404", &["error"], other).on("ListBuild"));
    let mute = after(&["CreateAsset"], |_, _, response| {
        if response.status == 401 {
            *response = empty(401);
        }
    });
    rows.push(row("a stranger is told nothing", &["json"], mute).on("CreateAsset"));
    let forbidden = after(&["DeleteBuild"], |_, _, response| {
        if response.status == 401 {
            *response = refusal(403, 20003);
        }
    });
    rows.push(row("a stranger is told 403", &["status"], forbidden).on("DeleteBuild"));
    let does_it = instead(
        &["DeleteAsset", "UpdateAsset", "CreateAsset"],
        |stage, request| {
            let refusal = stage.answer(request);
            if refusal.status != 401 {
                return Some(Reply::Whole(refusal));
            }
            let mut known = request.clone();
            let_in(&mut known);
            stage.answer(&known);
            Some(Reply::Whole(refusal))
        },
    );
    rows.push(row(
        "a stranger is refused and obeyed",
        &["status", "items"],
        does_it,
    ));
    let nameless = before(ANY, |_, request| {
        let sent = request.headers.text("authorization").unwrap_or_default();
        let pair = sent
            .strip_prefix("Basic ")
            .and_then(|pair| STANDARD.decode(pair).ok());
        if pair.is_some_and(|pair| pair.ends_with(b":test-token")) {
            let_in(request);
        }
    });
    rows.push(row("any user name is taken", &["status"], nameless));
    run(rows
        .into_iter()
        .map(|row| row.filter("a_stranger"))
        .collect());
}

/// Lets through what has a field that is too long, or turns away what is just short enough.
fn limit(
    name: &'static str,
    operations: &'static [&'static str],
    field_name: &'static str,
    most: usize,
) -> [Row; 3] {
    let cut = field(operations, field_name, move |value| {
        value.chars().take(most).collect()
    });
    let strict = instead(operations, move |_, request| {
        let value = field_of(request, field_name)?;
        (value.chars().count() >= most).then(|| Reply::Whole(refusal(400, 20001)))
    });
    let shorter = field(operations, field_name, move |value| {
        value.chars().take(most - 10).collect()
    });
    [
        row(
            format!("{name} is cut after {most} characters"),
            &["status"],
            cut,
        )
        .on(operations[0]),
        row(
            format!("{name} of {most} characters is refused"),
            &["status"],
            strict,
        )
        .on(operations[0]),
        row(
            format!("{name} is cut after {} characters", most - 10),
            &["echo"],
            shorter,
        )
        .on(operations[0]),
    ]
}

#[test]
fn of_lengths() {
    let mut rows = Vec::new();
    for operation in FRIENDLY {
        rows.extend(limit(operation, only(operation), "FriendlyName", 255));
    }
    rows.extend(limit("a unique name", &["CreateService"], "UniqueName", 50));
    for operation in UPLOADS {
        let [cut, _, shorter] = limit(operation, only(operation), "Path", 255);
        let strict = instead(only(operation), |_, request| {
            let long = request
                .body
                .windows(254)
                .any(|part| part.iter().all(|byte| *byte == b'x'));
            long.then(|| Reply::Whole(refusal(400, 20001)))
        });
        let name = format!("{operation} refuses a path of 255 characters");
        rows.extend([cut, shorter, row(name, &["status"], strict).on(operation)]);
    }
    run(rows);
}

/// Adds a field to requests that do not have it.
fn filled(operation: &'static str, name: &'static str, value: &'static str) -> Fault {
    before(only(operation), move |_, request| {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        if let Some(boundary) = text
            .split("\r\n")
            .next()
            .filter(|line| line.starts_with("--"))
        {
            if !text.contains(&format!("name=\"{name}\"")) {
                let part = format!(
                    "{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                );
                request.body.splice(0..0, part.into_bytes());
            }
            return;
        }
        edit_form(request, |pairs| {
            if !pairs.iter().any(|(own, _)| own == name) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        });
        set_header(
            &mut request.headers,
            "Content-Type",
            "application/x-www-form-urlencoded",
        );
    })
}

#[test]
fn of_missing_fields() {
    let mut rows = Vec::new();
    for (operation, name, value) in [
        ("CreateService", "FriendlyName", "untitled"),
        ("CreateAsset", "FriendlyName", "untitled"),
        ("UpdateAsset", "FriendlyName", "untitled"),
        ("CreateFunction", "FriendlyName", "untitled"),
        ("UpdateFunction", "FriendlyName", "untitled"),
        ("CreateAssetVersion", "Path", "/index.html"),
        ("CreateAssetVersion", "Visibility", "public"),
        ("CreateAssetVersion", "Content", ""),
        ("CreateFunctionVersion", "Path", "/index"),
        ("CreateFunctionVersion", "Visibility", "public"),
        ("CreateFunctionVersion", "Content", ""),
        ("CreateService", "UniqueName", "untitled"),
    ] {
        let fault = filled(operation, name, value);
        let name = format!("{operation} takes a request without {name}");
        rows.push(row(name, &["status"], fault).on(operation));
    }
    for operation in UPLOADS {
        let fault = field(only(operation), "Visibility", |value| {
            match value {
                "public" | "protected" | "private" => value,
                _ => "public",
            }
            .to_owned()
        });
        let name = format!("{operation} takes any visibility");
        rows.push(row(name, &["status"], fault).on(operation));
    }
    for name in ["IncludeCredentials", "UiEditable"] {
        for operation in ["CreateService", "UpdateService"] {
            let fault = field(only(operation), name, |value| (value == "true").to_string());
            let name = format!("{operation} takes any {name}");
            rows.push(row(name, &["status"], fault).on(operation));
        }
    }
    run(rows);
}

#[test]
fn of_names_that_are_taken() {
    // Two services, one name: the second is made under another and shown under the one asked for.
    let fault: Fault = {
        let mut made = 0;
        Box::new(move |stage, request| {
            let response = stage.answer(&request);
            if response.status != 409 {
                return Reply::Whole(response);
            }
            made += 1;
            let mut other = request.clone();
            edit_field(&mut other, "UniqueName", |name| format!("{name}-{made}"));
            Reply::Whole(stage.answer(&other))
        })
    };
    run(vec![
        row("a unique name is taken twice", &["status"], fault).on("CreateService"),
    ]);
}
