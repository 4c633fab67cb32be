//! Refusals that say the wrong thing.

use serde_json::{Value, json};
use trueup::wire::Response;

use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{after, empty, only, refusal, refused, remove, set_header};

/// What refusals with a status say is changed.
fn says(operation: &'static str, status: u16, name: &str, edit: fn(&mut Value)) -> Plant {
    plant(Class::Errors, operation, name, move || {
        refused(only(operation), status, edit)
    })
}

/// Refusals with a status become something else.
fn becomes(operation: &'static str, status: u16, name: &str, edit: fn(&mut Response)) -> Plant {
    plant(Class::Errors, operation, name, move || {
        after(only(operation), move |_, _, response| {
            if response.status == status {
                edit(response);
            }
        })
    })
}

pub(super) fn all() -> Vec<Plant> {
    let mut all = bodies();
    all.extend(others());
    all
}

/// Refusals with another body.
fn bodies() -> Vec<Plant> {
    vec![
        says("FetchAsset", 404, "tells 404 for a code", |body| {
            body["code"] = json!(404);
        })
        .quick(),
        says("FetchFunction", 404, "has a text for a code", |body| {
            body["code"] = json!("20404");
        }),
        says("DeleteBuild", 404, "has no message", |body| {
            remove(body, "/message");
        }),
        says("UpdateAsset", 404, "has null for a message", |body| {
            body["message"] = Value::Null;
        })
        .quick(),
        says("FetchBuild", 404, "has an empty message", |body| {
            body["message"] = json!("");
        }),
        says("ListBuild", 404, "leads to another page", |body| {
            body["more_info"] = json!("https://www.twilio.com/docs/errors/20002");
        }),
        says("FetchVariable", 404, "leads to no page", |body| {
            body["more_info"] = json!("see the manual");
        }),
        says("DeleteAsset", 404, "says 200 in its body", |body| {
            body["status"] = json!(200);
        })
        .quick(),
        says("FetchEnvironment", 404, "tells more", |body| {
            body["detail"] = json!("none");
        }),
        says(
            "CreateBuild",
            400,
            "tells another code of an empty build",
            |body| {
                body["code"] = json!(20003);
                body["more_info"] = json!("https://www.twilio.com/docs/errors/20003");
            },
        ),
        says(
            "CreateBuild",
            400,
            "tells something else of an empty build",
            |body| {
                body["message"] = json!("Invalid parameter");
            },
        ),
        says(
            "CreateEnvironment",
            409,
            "tells another code of a taken name",
            |body| {
                body["code"] = json!(20001);
                body["more_info"] = json!("https://www.twilio.com/docs/errors/20001");
            },
        ),
        says("ListService", 401, "tells a stranger 20404", |body| {
            body["code"] = json!(20404);
            body["more_info"] = json!("https://www.twilio.com/docs/errors/20404");
        }),
    ]
}

/// Refusals that are others.
fn others() -> Vec<Plant> {
    vec![
        becomes("CreateAsset", 401, "tells a stranger nothing", |response| {
            *response = empty(401);
        })
        .quick(),
        becomes("DeleteService", 401, "tells a stranger 403", |response| {
            *response = refusal(403, 20003);
        }),
        becomes("FetchService", 401, "tells a stranger 404", |response| {
            *response = refusal(404, 20404);
        }),
        becomes(
            "FetchFunctionVersion",
            404,
            "breaks over what is unknown",
            |response| {
                *response = refusal(500, 20500);
            },
        ),
        becomes(
            "DeleteFunction",
            404,
            "tells 400 of what is unknown",
            |response| {
                *response = refusal(400, 20404);
            },
        ),
        becomes(
            "ListVariable",
            404,
            "finds nothing, with success",
            |response| {
                *response = refusal(200, 20404);
            },
        ),
        becomes(
            "FetchFunction",
            404,
            "shows a page for what is unknown",
            |response| {
                set_header(&mut response.headers, "Content-Type", "text/html");
                response.body = b"<!doctype html><h1>Not found</h1>".to_vec();
            },
        ),
        becomes(
            "CreateService",
            409,
            "tells 400 of a taken name",
            |response| {
                *response = refusal(400, 20001);
            },
        ),
        becomes(
            "CreateDeployment",
            409,
            "tells 400 of a repetition",
            |response| {
                *response = refusal(400, 20409);
            },
        ),
        becomes(
            "CreateAsset",
            400,
            "tells 422 of a bad request",
            |response| {
                *response = refusal(422, 20001);
            },
        )
        .quick(),
        becomes(
            "UpdateFunction",
            400,
            "breaks over a bad request",
            |response| {
                *response = refusal(500, 20500);
            },
        ),
    ]
}
