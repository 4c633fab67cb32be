//! Answers whose status, headers, bytes or way is wrong, whatever they say.

use std::io::Write as _;

use serde_json::json;
use trueup::wire::{Response, Status};

use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{
    ANY, after, after_success, empty, instead, is_success, only, remove_header, set_header,
    with_json,
};
use crate::world::server::{Reply, bytes_of};

pub(super) fn all() -> Vec<Plant> {
    let mut all = statuses();
    all.extend(headers());
    all.extend(json_texts());
    all.extend(transport());
    all
}

/// Successful answers of an operation are changed.
fn edited(class: Class, operation: &'static str, name: &str, edit: fn(&mut Response)) -> Plant {
    plant(class, operation, name, move || {
        after_success(only(operation), move |_, _, response| edit(response))
    })
}

fn statuses() -> Vec<Plant> {
    let status = |operation, name, edit| edited(Class::Status, operation, name, edit);
    vec![
        status("FetchAsset", "breaks with 500", |response| {
            *response = with_json(500, &json!({ "message": "oops" }));
        })
        .quick(),
        status("ListService", "is not available", |response| {
            *response = empty(503);
        }),
        status("CreateService", "answers 200", |response| {
            response.status = Status(200);
        }),
        status("CreateAsset", "answers 202", |response| {
            response.status = Status(202);
        })
        .quick(),
        status("CreateBuild", "answers 202", |response| {
            response.status = Status(202);
        }),
        status("CreateEnvironment", "answers 200", |response| {
            response.status = Status(200);
        }),
        status("CreateFunctionVersion", "answers 200", |response| {
            response.status = Status(200);
        }),
        status("DeleteFunction", "answers 200", |response| {
            response.status = Status(200);
        }),
        status("DeleteAsset", "tells of it", |response| {
            *response = with_json(200, &json!({ "deleted": true }));
        })
        .quick(),
        status("ListBuild", "answers 206", |response| {
            response.status = Status(206);
        }),
        status("UpdateAsset", "answers 201", |response| {
            response.status = Status(201);
        })
        .quick(),
        status("FetchVariable", "answers 304", |response| {
            response.status = Status(304);
        }),
        status("FetchFunction", "leads elsewhere", |response| {
            *response = empty(302);
            response.headers.push("Location", "/elsewhere");
        }),
        status("FetchBuildStatus", "answers 202", |response| {
            response.status = Status(202);
        }),
    ]
}

fn headers() -> Vec<Plant> {
    let header = |operation, name, edit| edited(Class::Headers, operation, name, edit);
    vec![
        header("FetchAsset", "lets no origin in", |response| {
            remove_header(&mut response.headers, "Access-Control-Allow-Origin");
        })
        .quick(),
        header("CreateBuild", "exposes no headers", |response| {
            remove_header(&mut response.headers, "Access-Control-Expose-Headers");
        }),
        header(
            "FetchService",
            "has no boolean for credentials",
            |response| {
                set_header(
                    &mut response.headers,
                    "Access-Control-Allow-Credentials",
                    "yes",
                );
            },
        ),
        header("FetchFunction", "is plain text", |response| {
            set_header(&mut response.headers, "Content-Type", "text/plain");
        }),
        header("CreateAsset", "is a page", |response| {
            set_header(
                &mut response.headers,
                "Content-Type",
                "text/html; charset=utf-8",
            );
        }),
        header("ListAsset", "is a problem", |response| {
            set_header(
                &mut response.headers,
                "Content-Type",
                "application/problem+json",
            );
        }),
        header("FetchBuild", "has a type that is none", |response| {
            set_header(&mut response.headers, "Content-Type", "json");
        }),
        header("UpdateService", "has no type", |response| {
            remove_header(&mut response.headers, "Content-Type");
        }),
        plant(
            Class::Headers,
            "FetchService",
            "has no type where it refuses",
            || {
                after(ANY, |_, _, response| {
                    if !is_success(response) {
                        remove_header(&mut response.headers, "Content-Type");
                    }
                })
            },
        ),
        header("DeleteAsset", "announces a body", |response| {
            response.headers.push("Content-Length", "2");
        }),
    ]
}

fn json_texts() -> Vec<Plant> {
    let text = |operation, name, edit| edited(Class::Json, operation, name, edit);
    vec![
        text("FetchAsset", "has a tail", |response| {
            response.body.extend_from_slice(b" {}");
        }),
        text("ListFunction", "has a comma behind it", |response| {
            response.body.push(b',');
        }),
        text("FetchService", "has a member twice", |response| {
            response.body.pop();
            response
                .body
                .extend_from_slice(b",\"friendly_name\":\"x\"}");
        }),
        text("CreateService", "is in Latin-1", |response| {
            let text = String::from_utf8_lossy(&response.body);
            let letters = text.chars().filter_map(|c| u8::try_from(u32::from(c)).ok());
            response.body = letters.collect();
        }),
        text("CreateBuild", "has a mark in front", |response| {
            response.body.splice(0..0, *b"\xef\xbb\xbf");
        }),
        text("FetchFunction", "is cut off", |response| {
            response.body.truncate(response.body.len() / 2);
        }),
        text("UpdateAsset", "is empty", |response| response.body.clear()).quick(),
        text("FetchBuild", "has single quotes", |response| {
            let text = String::from_utf8_lossy(&response.body).replace('"', "'");
            response.body = text.into_bytes();
        }),
        text("ListAsset", "counts with NaN", |response| {
            let text = String::from_utf8_lossy(&response.body);
            response.body = text.replace("\"page\":0", "\"page\":NaN").into_bytes();
        })
        .quick(),
        text("FetchAssetVersion", "is in an array", |response| {
            response.body.insert(0, b'[');
            response.body.push(b']');
        }),
    ]
}

/// Successful answers of an operation do not come to their end.
fn broken(operation: &'static str, name: &str, answer: fn(Response) -> Reply) -> Plant {
    plant(Class::Transport, operation, name, move || {
        instead(only(operation), move |stage, request| {
            let response = stage.answer(request);
            is_success(&response).then(|| answer(response))
        })
    })
}

fn cut(response: &Response, end: impl FnOnce(&[u8]) -> usize) -> Reply {
    let mut bytes = bytes_of(response, false);
    bytes.truncate(end(&bytes));
    Reply::Bytes(bytes)
}

fn coded(mut response: Response, coding: &str) -> Reply {
    response.headers.push("Content-Encoding", coding);
    Reply::Whole(response)
}

fn transport() -> Vec<Plant> {
    vec![
        broken("FetchAsset", "ends in the body", |response| {
            cut(&response, |bytes| bytes.len() - 1)
        })
        .quick(),
        broken("CreateFunction", "ends before the body", |response| {
            cut(&response, |bytes| {
                let end = bytes.windows(4).position(|end| end == b"\r\n\r\n");
                end.map_or(0, |at| at + 4)
            })
        }),
        broken("FetchFunction", "ends in the headers", |response| {
            cut(&response, |_| 40)
        }),
        broken("DeleteService", "ends at once", |response| {
            cut(&response, |_| 0)
        }),
        broken("ListAsset", "ends in the chunks", |mut response| {
            let begin = format!("{:x}\r\n", response.body.len());
            response.headers.push("Transfer-Encoding", "chunked");
            response.body.splice(0..0, begin.into_bytes());
            Reply::Bytes(bytes_of(&response, false))
        })
        .quick(),
        broken("FetchService", "says gzip and is none", |response| {
            coded(response, "gzip")
        }),
        broken("ListFunction", "is half a gzip", |mut response| {
            let level = flate2::Compression::default();
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            let _ = encoder.write_all(&response.body);
            response.body = encoder.finish().unwrap_or_default();
            response.body.truncate(response.body.len() - 8);
            coded(response, "gzip")
        }),
        broken(
            "FetchBuild",
            "has a coding that nobody asked for",
            |response| coded(response, "br"),
        ),
        broken("UpdateFunction", "is no HTTP", |_| {
            Reply::Bytes(b"220 smtp ready\r\n".to_vec())
        }),
        broken("FetchVariable", "never comes", |_| Reply::Open(Vec::new())),
        plant(
            Class::Transport,
            "FetchAsset",
            "hangs where it should refuse",
            || {
                instead(&["FetchAsset"], |stage, request| {
                    (stage.answer(request).status == 404).then_some(Reply::Open(Vec::new()))
                })
            },
        ),
        plant(
            Class::Transport,
            "DeleteFunction",
            "is mute where it should refuse",
            || {
                after(&["DeleteFunction"], |_, _, response| {
                    if response.status == 404 {
                        response.headers.push("Content-Length", "100");
                        response.body.clear();
                    }
                })
            },
        ),
    ]
}
