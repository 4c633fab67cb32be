//! Answers whose status, headers or bytes are wrong, whatever they say.

use std::io::Write as _;
use std::time::Duration;

use serde_json::json;
use trueup::contract::Operation;
use trueup::wire::Response;

use crate::matrix::{CONTRACT, Row, row, run};
use crate::server::{Reply, bytes_of};
use crate::stage::{
    Fault, after, after_success, empty, instead, is_success, keep, only, remove_header, set_header,
    with_json,
};

/// All operations, with their names.
fn operations() -> impl Iterator<Item = (&'static str, &'static Operation)> {
    let operations = CONTRACT.operations.iter();
    operations.map(|operation| (keep(operation.id.as_str()), operation))
}

fn status(operation: &'static str, new: u16) -> Fault {
    after_success(only(operation), move |_, _, response| response.status = new)
}

#[test]
fn statuses() {
    let mut rows = Vec::new();
    // Nothing creates a log, so none is ever fetched.
    for (index, (operation, _)) in operations().filter(|(o, _)| *o != "FetchLog").enumerate() {
        let broken = after_success(only(operation), |_, _, response| {
            *response = with_json(500, &json!({"message": "oops"}));
        });
        rows.push((format!("{operation} 500"), broken, operation));
        let others: &[u16] = match operation {
            _ if operation.starts_with("Create") => &[200, 202],
            _ if operation.starts_with("Delete") => &[200, 202, 404],
            _ => &[201, 202, 206, 304],
        };
        let other = others[index % others.len()];
        let fault = status(operation, other);
        rows.push((format!("{operation} {other}"), fault, operation));
    }
    let redirect = after_success(&["FetchAsset"], |_, _, response| {
        *response = empty(302);
        response.headers.push("Location", "/elsewhere");
    });
    rows.push(("FetchAsset 302".to_owned(), redirect, "FetchAsset"));
    for operation in [
        "DeleteAsset",
        "DeleteBuild",
        "DeleteFunction",
        "DeleteService",
    ] {
        let talks = after_success(only(operation), |_, _, response| {
            *response = with_json(200, &json!({"deleted": true}));
        });
        rows.push((format!("{operation} tells of it"), talks, operation));
    }
    let rows = rows.into_iter().map(|(name, fault, operation)| {
        row(name, &["status"], fault).on(operation).place("status")
    });
    run(rows.collect());
}

#[test]
fn headers() {
    let mut rows = Vec::new();
    for (index, (operation, contract)) in operations().filter(|(o, _)| *o != "FetchLog").enumerate()
    {
        let required: Vec<&'static str> = contract
            .successes()
            .flat_map(|response| &response.headers)
            .filter(|header| header.required)
            .map(|header| keep(header.name.as_str()))
            .collect();
        for (i, name) in required.iter().copied().enumerate() {
            // All of them on two operations, one of them on each other.
            if matches!(operation, "FetchAsset" | "CreateBuild") || i == index % required.len() {
                let fault = after_success(only(operation), move |_, _, response| {
                    remove_header(&mut response.headers, name);
                });
                rows.push(
                    row(format!("{operation} without {name}"), &["header"], fault)
                        .on(operation)
                        .place(format!("header {name}"))
                        .warns(),
                );
            }
        }
    }
    for value in ["yes", "1", "", "null", "true, true"] {
        let fault = after_success(&["FetchAsset"], move |_, _, response| {
            set_header(
                &mut response.headers,
                "Access-Control-Allow-Credentials",
                value,
            );
        });
        let row = row(format!("credentials are {value:?}"), &["header"], fault);
        rows.push(row.on("FetchAsset").warns());
    }
    run(rows);
}

/// A row in which the bytes of successful answers of one operation are others.
fn bytes(
    name: &str,
    checks: &[&'static str],
    operation: &'static str,
    mut edit: impl FnMut(&mut Response) + Send + 'static,
) -> Row {
    let fault = after_success(only(operation), move |_, _, response| edit(response));
    row(format!("{operation} {name}"), checks, fault).on(operation)
}

#[test]
fn media_types() {
    let mut rows = Vec::new();
    for (operation, media) in [
        ("FetchAsset", "text/plain"),
        ("CreateBuild", "text/html; charset=utf-8"),
        ("ListAsset", "application/problem+json"),
        ("CreateAsset", "application/jsonp"),
        ("FetchFunctionVersionContent", "application/javascript"),
        ("FetchBuild", "json"),
    ] {
        rows.push(bytes(
            media,
            &["content-type"],
            operation,
            move |response| {
                set_header(&mut response.headers, "Content-Type", media);
            },
        ));
    }
    rows.push(bytes(
        "no type",
        &["content-type"],
        "FetchAsset",
        |response| {
            remove_header(&mut response.headers, "Content-Type");
        },
    ));
    let page = after(&["FetchAsset"], |_, _, response| {
        if response.status == 404 {
            set_header(&mut response.headers, "Content-Type", "text/html");
            response.body = b"<!doctype html><h1>Not found</h1>".to_vec();
        }
    });
    rows.push(row("404 as a page", &["content-type", "json"], page).on("FetchAsset"));
    let mute = after(&["FetchBuild"], |_, _, response| {
        if response.status == 404 {
            *response = empty(404);
        }
    });
    rows.push(row("404 without a body", &["json"], mute).on("FetchBuild"));
    run(rows);
}

#[test]
fn json_texts() {
    run(vec![
        bytes("with a tail", &["json"], "FetchAsset", |response| {
            response.body.extend_from_slice(b" {}");
        }),
        bytes("with a comma", &["json"], "ListAsset", |response| {
            response.body.push(b',');
        }),
        bytes("with a member twice", &["json"], "FetchAsset", |response| {
            response.body.pop();
            response
                .body
                .extend_from_slice(b",\"friendly_name\":\"x\"}");
        }),
        bytes("with a link twice", &["json"], "FetchBuild", |response| {
            let text = String::from_utf8_lossy(&response.body);
            let twice = text.replacen("\"links\":{", "\"links\":{\"build_status\":\"\",", 1);
            response.body = twice.into_bytes();
        }),
        bytes("in Latin-1", &["json"], "CreateAsset", |response| {
            let text = String::from_utf8_lossy(&response.body);
            let letters = text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok());
            response.body = letters.collect();
        }),
        bytes(
            "with a mark in front",
            &["json"],
            "CreateBuild",
            |response| {
                response.body.splice(0..0, *b"\xef\xbb\xbf");
            },
        ),
        bytes("cut off", &["json"], "FetchAsset", |response| {
            response.body.truncate(response.body.len() / 2);
        }),
        bytes("empty", &["json"], "FetchAsset", |response| {
            response.body.clear();
        }),
        bytes("of blanks", &["json"], "ListAsset", |response| {
            response.body = b"  \n".to_vec();
        }),
        bytes("with single quotes", &["json"], "FetchBuild", |response| {
            let text = String::from_utf8_lossy(&response.body).replace('"', "'");
            response.body = text.into_bytes();
        }),
        bytes("with NaN", &["json"], "ListAsset", |response| {
            let text =
                String::from_utf8_lossy(&response.body).replace("\"page\":0", "\"page\":NaN");
            response.body = text.into_bytes();
        }),
        bytes(
            "with a bare tab",
            &["json"],
            "FetchFunctionVersionContent",
            |response| {
                let text = String::from_utf8_lossy(&response.body).replace("\\n", "\n");
                response.body = text.into_bytes();
            },
        ),
        bytes("an array", &["schema"], "FetchAsset", |response| {
            response.body.insert(0, b'[');
            response.body.push(b']');
        }),
        bytes("null", &["schema"], "FetchBuild", |response| {
            response.body = b"null".to_vec();
        }),
    ]);
}

#[test]
fn no_content() {
    let promising = |response: &mut Response| response.headers.push("Content-Length", "2");
    let with_zero = |response: &mut Response| {
        response.headers.push("Transfer-Encoding", "chunked");
        response.body = b"0\r\n\r\n".to_vec();
    };
    run(vec![
        bytes(
            "announces a body",
            &["no-content"],
            "DeleteAsset",
            promising,
        ),
        bytes(
            "announces chunks",
            &["no-content"],
            "DeleteBuild",
            with_zero,
        ),
    ]);
}

/// A row in which one operation does not answer to the end.
fn broken(
    name: &str,
    operation: &'static str,
    mut answer: impl FnMut(Response) -> Reply + Send + 'static,
) -> Row {
    let fault = instead(only(operation), move |stage, request| {
        let response = stage.answer(request);
        is_success(&response).then(|| answer(response))
    });
    row(format!("{operation} {name}"), &["transport"], fault).on(operation)
}

#[test]
fn transport() {
    let closed = |part: fn(&[u8]) -> usize| {
        move |response: Response| {
            let mut bytes = bytes_of(&response, false);
            bytes.truncate(part(&bytes));
            Reply::Bytes(bytes)
        }
    };
    let chunked = |response: Response| {
        let mut response = response;
        let length = response.body.len();
        response.headers.push("Transfer-Encoding", "chunked");
        let begin = format!("{length:x}\r\n");
        response.body.splice(0..0, begin.into_bytes());
        Reply::Bytes(bytes_of(&response, false))
    };
    let not_gzip = |mut response: Response| {
        response.headers.push("Content-Encoding", "gzip");
        Reply::Whole(response)
    };
    let other_coding = |mut response: Response| {
        response.headers.push("Content-Encoding", "br");
        Reply::Whole(response)
    };
    let half_gzip = |mut response: Response| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        let _ = encoder.write_all(&response.body);
        response.body = encoder.finish().unwrap_or_default();
        response.body.truncate(response.body.len() - 8);
        response.headers.push("Content-Encoding", "gzip");
        Reply::Whole(response)
    };
    let bomb = |mut response: Response| {
        response.body.splice(0..0, vec![b' '; 20_000]);
        Reply::Whole(response)
    };
    run(vec![
        broken(
            "ends in the body",
            "FetchAsset",
            closed(|bytes| bytes.len() - 1),
        ),
        broken(
            "ends before the body",
            "CreateAsset",
            closed(|bytes| {
                bytes
                    .windows(4)
                    .position(|end| end == b"\r\n\r\n")
                    .map_or(0, |at| at + 4)
            }),
        ),
        broken("ends in the headers", "FetchAsset", closed(|_| 40)),
        broken("ends at once", "FetchAsset", closed(|_| 0)),
        broken("ends at once", "DeleteAsset", closed(|_| 0)),
        broken("ends in the chunks", "ListAsset", chunked),
        broken("is no gzip", "FetchAsset", not_gzip),
        broken("is half a gzip", "ListAsset", half_gzip),
        broken(
            "has a coding that nobody asked for",
            "FetchAsset",
            other_coding,
        ),
        broken("is no HTTP", "FetchAsset", |_| {
            Reply::Bytes(b"220 smtp ready\r\n".to_vec())
        }),
        broken("is too long", "ListAsset", bomb).setup(|setup| setup.max_body = Some(10_000)),
        broken("never comes", "FetchAsset", |_| Reply::Silence)
            .setup(|setup| setup.timeout = Some(Duration::from_secs(2))),
    ]);
}
