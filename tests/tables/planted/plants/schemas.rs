//! Bodies that their schemas forbid, one keyword after the other.

use serde_json::{Value, json};

use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{at, body, only, remove, set, text, visit};

pub(super) fn all() -> Vec<Plant> {
    let mut all = types();
    all.extend(ids());
    all.extend(texts());
    all.extend(addresses());
    all.extend(members());
    all
}

fn planted(
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> crate::stage::Fault + Send + Sync + 'static,
) -> Plant {
    plant(Class::Schema, operation, name, fault)
}

/// Another value stands at a place.
fn other(operation: &'static str, name: &str, place: &'static str, value: Value) -> Plant {
    planted(operation, name, move || {
        set(only(operation), place, value.clone())
    })
}

/// Another text stands at a place.
fn spoilt(
    operation: &'static str,
    name: &str,
    place: &'static str,
    edit: fn(&str) -> String,
) -> Plant {
    planted(operation, name, move || text(only(operation), place, edit))
}

fn types() -> Vec<Plant> {
    vec![
        other(
            "FetchAsset",
            "has a number for a name",
            "/friendly_name",
            json!(5),
        )
        .quick(),
        other(
            "FetchService",
            "has a text for a boolean",
            "/include_credentials",
            json!("true"),
        ),
        other(
            "ListService",
            "has a number for a boolean",
            "/services/*/ui_editable",
            json!(0),
        ),
        other(
            "ListAsset",
            "has a text for a page number",
            "/meta/page",
            json!("0"),
        ),
        other(
            "ListFunction",
            "has a fraction for a size",
            "/meta/page_size",
            json!(50.5),
        ),
        other(
            "ListFunction",
            "has an object for a list",
            "/functions",
            json!({}),
        ),
        other("ListAsset", "has a list for an object", "/meta", json!([])),
        other("FetchFunction", "has a list for links", "/links", json!([])),
        other(
            "CreateBuild",
            "shows versions as ids",
            "/asset_versions/*",
            json!("ZN00000000000000000000000000000000"),
        ),
        other(
            "FetchBuild",
            "has an object for versions",
            "/function_versions",
            json!({}),
        ),
        other(
            "CreateBuild",
            "has numbers for versions",
            "/dependencies/*/version",
            json!(4.17),
        ),
        other(
            "CreateAsset",
            "has a number for a time",
            "/date_created",
            json!(1_541_880_000),
        ),
        other("FetchFunction", "has null for its id", "/sid", Value::Null),
        other(
            "UpdateService",
            "has null for a time",
            "/date_updated",
            Value::Null,
        ),
        other(
            "ListBuild",
            "has null for its items",
            "/builds/*",
            Value::Null,
        ),
    ]
}

fn ids() -> Vec<Plant> {
    vec![
        spoilt("FetchAsset", "has an id that is too short", "/sid", |id| {
            id[..33].to_owned()
        })
        .quick(),
        spoilt(
            "CreateFunction",
            "has an id that is too long",
            "/sid",
            |id| format!("{id}0"),
        ),
        spoilt(
            "FetchBuild",
            "has an id that is not hexadecimal",
            "/sid",
            |id| format!("{}g", &id[..33]),
        ),
        spoilt(
            "ListAsset",
            "has ids of another kind",
            "/assets/*/sid",
            |id| format!("ZB{}", &id[2..]),
        )
        .quick(),
        spoilt(
            "CreateService",
            "has an account of another kind",
            "/account_sid",
            |id| format!("ZS{}", &id[2..]),
        ),
        spoilt(
            "ListVariable",
            "has a small prefix",
            "/variables/*/sid",
            str::to_lowercase,
        ),
        spoilt(
            "FetchFunctionVersion",
            "has a blank behind an id",
            "/function_sid",
            |id| format!("{id} "),
        ),
        spoilt(
            "FetchEnvironment",
            "has an empty id",
            "/service_sid",
            |_| String::new(),
        ),
    ]
}

fn texts() -> Vec<Plant> {
    vec![
        spoilt(
            "FetchAssetVersion",
            "has an unlisted visibility",
            "/visibility",
            |_| "secret".to_owned(),
        ),
        spoilt(
            "FetchBuildStatus",
            "has an unlisted status",
            "/status",
            |_| "queued".to_owned(),
        ),
        spoilt("CreateBuild", "has an unlisted status", "/status", |_| {
            "Building".to_owned()
        }),
        spoilt(
            "FetchService",
            "has a name that is too long",
            "/friendly_name",
            |_| "x".repeat(256),
        ),
        spoilt(
            "FetchService",
            "has a domain that is none",
            "/domain_base",
            |_| "no thing".to_owned(),
        ),
        spoilt(
            "FetchAsset",
            "has times with an offset",
            "/date_created",
            |time| time.replace('Z', "+00:00"),
        ),
        spoilt(
            "CreateFunction",
            "has times with milliseconds",
            "/date_created",
            |time| time.replace('Z', ".000Z"),
        ),
        spoilt(
            "UpdateAsset",
            "has times with a blank",
            "/date_updated",
            |time| time.replace('T', " "),
        )
        .quick(),
        spoilt(
            "ListFunction",
            "has times without a zone",
            "/functions/*/date_created",
            |time| time.replace('Z', ""),
        ),
        spoilt(
            "FetchBuild",
            "has an impossible day",
            "/date_created",
            |time| format!("{}-02-30{}", &time[..4], &time[10..]),
        ),
        spoilt(
            "FetchVariable",
            "has times as in a mail",
            "/date_updated",
            |_| "Sat, 10 Nov 2018 20:00:00 GMT".to_owned(),
        ),
        spoilt(
            "FetchFunctionVersion",
            "has a path without a slash",
            "/path",
            |path| path.trim_start_matches('/').to_owned(),
        ),
        other(
            "ListAsset",
            "has a page below zero",
            "/meta/page",
            json!(-1),
        ),
        other(
            "ListBuild",
            "has a size of zero",
            "/meta/page_size",
            json!(0),
        ),
        spoilt(
            "ListBuild",
            "has the key of another list",
            "/meta/key",
            |_| "assets".to_owned(),
        ),
    ]
}

fn addresses() -> Vec<Plant> {
    vec![
        spoilt("FetchAsset", "has a relative address", "/url", |url| {
            url.find("/v1")
                .map_or_else(String::new, |at| url[at..].to_owned())
        })
        .quick(),
        spoilt(
            "CreateService",
            "has an address on another host",
            "/url",
            |url| url.replace("127.0.0.1", "serverless.example.com"),
        ),
        spoilt(
            "FetchFunction",
            "has an address with another scheme",
            "/url",
            |url| url.replace("http://", "https://"),
        ),
        spoilt(
            "FetchBuild",
            "has an address with a slash behind it",
            "/url",
            |url| format!("{url}/"),
        ),
        spoilt(
            "FetchFunction",
            "has a link elsewhere",
            "/links/function_versions",
            |url| url.replace("/Services/", "/Accounts/"),
        ),
        spoilt("UpdateAsset", "has the address of another", "/url", |url| {
            format!("{}{}", &url[..url.len() - 32], "0".repeat(32))
        })
        .quick(),
        planted("FetchService", "has two links swapped", || {
            body(&["FetchService"], |_, _, body| {
                let links = &mut body["links"];
                let (assets, functions) = (links["assets"].clone(), links["functions"].clone());
                links["assets"] = functions;
                links["functions"] = assets;
            })
        }),
    ]
}

/// A documented member is missing.
fn lacks(operation: &'static str, place: &'static str) -> Plant {
    planted(operation, &format!("lacks {place}"), move || {
        body(only(operation), move |_, _, body| remove(body, place))
    })
}

/// A member that is not documented is there.
fn adds(operation: &'static str, object: &'static str) -> Plant {
    planted(operation, &format!("adds to '{object}'"), move || {
        body(only(operation), move |_, _, body| {
            visit(body, object, &mut |value| {
                if let Some(members) = value.as_object_mut() {
                    members.insert("e_tag".to_owned(), json!("W/1"));
                }
            });
        })
    })
}

fn members() -> Vec<Plant> {
    vec![
        lacks("FetchAsset", "/date_created").quick(),
        lacks("CreateService", "/unique_name"),
        lacks("FetchFunction", "/links"),
        lacks("FetchService", "/links/builds"),
        lacks("ListAsset", "/meta/key").quick(),
        lacks("ListVariable", "/variables/*/value"),
        lacks("CreateBuild", "/runtime"),
        lacks("FetchDeployment", "/build_sid"),
        lacks("FetchFunctionVersionContent", "/content"),
        adds("FetchAsset", "").quick(),
        adds("FetchFunction", "/links"),
        adds("ListBuild", "/meta"),
        adds("ListService", "/services/*"),
        planted("CreateBuild", "has a version twice", || {
            at(&["CreateBuild"], "/asset_versions", |items| {
                if let Some(items) = items.as_array_mut() {
                    items.extend(items.first().cloned());
                }
            })
        }),
    ]
}
