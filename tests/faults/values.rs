//! Wrong values of documented properties: ids, times, addresses, listed words. The rows are made
//! of the contract, and each kind of wrongness visits many properties.

use serde_json::{Value, json};
use trueup::contract::Shape;
use trueup::place::pointer;

use crate::fields::{Shown, spread};
use crate::matrix::{CONTRACT, Row, cases_of, row, run};
use crate::stage::{at, body, keep, only, text, visit};

/// A way to spoil a text, and the check that finds it.
type Spoilt = (&'static str, &'static str, Spoil);
type Spoil = fn(&str) -> String;

const IDS: [Spoilt; 7] = [
    ("of another kind", "identifier", |id| {
        let other = if id.starts_with("ZB") { "ZE" } else { "ZB" };
        format!("{other}{}", &id[2..])
    }),
    ("too short", "identifier", |id| id[..33].to_owned()),
    ("too long", "identifier", |id| format!("{id}0")),
    ("not hexadecimal", "identifier", |id| {
        format!("{}g", &id[..33])
    }),
    ("with a small prefix", "identifier", |id| id.to_lowercase()),
    ("with a blank behind it", "identifier", |id| {
        format!("{id} ")
    }),
    ("empty", "identifier", |_| String::new()),
];

const TIMES: [Spoilt; 7] = [
    ("with an offset", "schema", |time| {
        time.replace('Z', "+00:00")
    }),
    ("with milliseconds", "schema", |time| {
        time.replace('Z', ".000Z")
    }),
    ("with a blank", "schema", |time| time.replace('T', " ")),
    ("without a zone", "schema", |time| time.replace('Z', "")),
    ("as a date", "schema", |time| time[..10].to_owned()),
    ("on an impossible day", "schema", |time| {
        format!("{}-02-30{}", &time[..4], &time[10..])
    }),
    ("as in a mail", "schema", |_| {
        "Sat, 10 Nov 2018 20:00:00 GMT".to_owned()
    }),
];

const URLS: [Spoilt; 7] = [
    ("relative", "url", |url| {
        url.find("/v1")
            .map_or_else(String::new, |at| url[at..].to_owned())
    }),
    ("of another host", "url", |url| {
        url.replace("127.0.0.1", "serverless.example.com")
    }),
    ("with another scheme", "url", |url| {
        url.replace("http://", "https://")
    }),
    ("with a slash behind it", "url", |url| format!("{url}/")),
    ("with a query", "url", |url| format!("{url}?a=1")),
    ("of another version", "url", |url| {
        url.replace("/v1/", "/v2/")
    }),
    ("without its last part", "url", |url| {
        url.rsplit_once('/')
            .map_or_else(String::new, |(parent, _)| parent.to_owned())
    }),
];

fn spoil(shown: &Shown, (what, check, edit): Spoilt) -> Row {
    let fault = text(only(shown.operation), shown.place, edit);
    let mut row = row(shown.name(what), &[check], fault);
    // Only what is deployed shows a build there.
    if shown.operation.ends_with("Environment") && shown.place.ends_with("/build_sid") {
        row = row.filter("CreateDeployment");
    }
    row.on(shown.operation)
        .place(format!("body {}", shown.place))
}

fn is_time(shape: &Shape) -> bool {
    shape.format.as_deref() == Some("date-time")
}

/// Two ways for each property, and all ways for those of an asset and a build.
fn spoilt(is: fn(&Shape) -> bool, ways: &[Spoilt]) -> Vec<Row> {
    let mut rows = Vec::new();
    // The emulator never updates a deployment.
    let is_null = |shown: &Shown| {
        shown.operation.ends_with("Deployment") && shown.place.ends_with("/date_updated")
    };
    let told = spread(0).filter(|shown| is(&shown.shape) && !is_null(shown));
    for (index, shown) in told.enumerate() {
        let own = shown.shape.pointer.contains("service.asset/properties")
            || shown.shape.pointer.contains("service.build/properties");
        let many = if own { ways.len() } else { 2 };
        rows.extend((0..many).map(|i| spoil(&shown, ways[(index * 2 + i) % ways.len()])));
    }
    rows
}

#[test]
fn ids() {
    let is_id = |shape: &Shape| shape.identifier.is_some() && shape.pattern.is_some();
    run(spoilt(is_id, &IDS));
}

#[test]
fn times() {
    let mut rows = spoilt(is_time, &TIMES);
    let updated = |operation: &'static str, place: &'static str| {
        let fault = text(only(operation), place, |time| format!("2001{}", &time[4..]));
        row(
            format!("{operation} {place} before creation"),
            &["order"],
            fault,
        )
        .on(operation)
        .place(format!("body {place}"))
    };
    rows.push(updated("CreateAsset", "/date_updated"));
    rows.push(updated("FetchBuild", "/date_updated"));
    rows.push(updated("UpdateService", "/date_updated"));
    rows.push(updated("ListFunction", "/functions/*/date_updated"));
    for operation in ["FetchAsset", "CreateBuild"] {
        let fault = at(only(operation), "/date_created", |time| {
            *time = json!(1_541_880_000);
        });
        rows.push(
            row(format!("{operation} time as a number"), &["schema"], fault)
                .on(operation)
                .place("body /date_created"),
        );
    }
    run(rows);
}

#[test]
fn urls() {
    let mut rows = spoilt(|shape| shape.url.is_some(), &URLS);
    // Right in shape, wrong in what they lead to.
    for (index, shown) in spread(1)
        .filter(|shown| shown.shape.url.is_some())
        .enumerate()
    {
        let what = if index % 2 == 0 {
            "leads elsewhere"
        } else {
            "leads to another item"
        };
        let edit: fn(&str) -> String = if index % 2 == 0 {
            |url| url.replace("/Services/", "/Accounts/")
        } else {
            |url| match url.rfind("/Z") {
                Some(at) => format!("{}{}{}", &url[..at + 3], "0".repeat(32), &url[at + 35..]),
                None => String::new(),
            }
        };
        rows.push(spoil(&shown, (what, "url", edit)));
    }
    let swapped = body(&["FetchService"], |_, _, body| {
        let links = &mut body["links"];
        let (assets, functions) = (links["assets"].clone(), links["functions"].clone());
        links["assets"] = functions;
        links["functions"] = assets;
    });
    rows.push(row("links of a service swapped", &["url"], swapped).on("FetchService"));
    run(rows);
}

#[test]
fn listed_words() {
    let listed = |shape: &Shape| {
        let schema = CONTRACT.document.get(&shape.pointer);
        schema.is_some_and(|schema| schema.get("enum").is_some())
    };
    let mut rows = Vec::new();
    for shown in spread(1).filter(|shown| listed(&shown.shape)) {
        rows.push(spoil(
            &shown,
            ("not listed", "enum", |_| "queued".to_owned()),
        ));
        let capital: Spoilt = ("with a capital", "enum", |word| {
            format!("{}{}", word[..1].to_uppercase(), word[1..].to_lowercase())
        });
        rows.push(spoil(&shown, capital));
    }
    run(rows);
}

/// Ids of the right shape that belong to somebody else.
#[test]
fn of_somebody_else() {
    let other = |id: &str| format!("{}{}", &id[..2], "b".repeat(32));
    let mut rows = Vec::new();
    for shown in spread(0) {
        let Some((object, name)) = pointer::split_last(shown.place) else {
            continue;
        };
        if !matches!(
            name.as_str(),
            "account_sid" | "service_sid" | "asset_sid" | "function_sid"
        ) {
            continue;
        }
        // What a build shows of versions is compared with earlier answers and snapshots.
        let embedded = object.contains("_versions/*")
            && object != "/asset_versions/*"
            && object != "/function_versions/*"
            || shown.operation.ends_with("Build") && !object.is_empty() && object != "/builds/*";
        if embedded {
            continue;
        }
        rows.push(spoil(&shown, ("of somebody else", "echo", other)));
    }
    run(rows);
}

/// Ids in the versions that a build shows, always the same wrong ones, or wrong in one answer.
#[test]
fn of_somebody_else_in_builds() {
    let other = |value: &mut Value| {
        if let Some(id) = value.as_str() {
            *value = Value::from(format!("{}{}", &id[..2], "b".repeat(32)));
        }
    };
    let mut rows = Vec::new();
    for kind in ["asset", "function"] {
        for member in ["account_sid", "service_sid", "sid", "own"] {
            let member = match member {
                "own" => format!("{kind}_sid"),
                member => member.to_owned(),
            };
            let one = keep(format!("/{kind}_versions/*/{member}"));
            let listed = keep(format!("/builds/*{one}"));
            let always = body(
                &["CreateBuild", "FetchBuild", "ListBuild"],
                move |_, _, body| {
                    visit(body, one, &mut |value| other(value));
                    visit(body, listed, &mut |value| other(value));
                },
            );
            let finds: &[&str] = match member.as_str() {
                "account_sid" => &["snapshot"],
                "sid" => &["echo"],
                _ => &["expectation"],
            };
            rows.push(
                row(format!("always: {one} of somebody else"), finds, always)
                    .filter(cases_of("FetchBuild")),
            );
            let fetched = at(&["FetchBuild"], one, other);
            let name = format!("fetched: {one} of somebody else");
            rows.push(row(name, &["expectation"], fetched).on("FetchBuild"));
        }
    }
    run(rows);
}

#[test]
fn other_types() {
    let mut rows = Vec::new();
    let mut add =
        |operation: &'static str, place: &'static str, new: Value, check: &'static str| {
            let fault = at(only(operation), place, move |value| *value = new.clone());
            rows.push(
                row(
                    format!("{operation} {place} of another type"),
                    &[check],
                    fault,
                )
                .on(operation)
                .place(format!("body {place}")),
            );
        };
    add("ListAsset", "/meta/page", json!("0"), "schema");
    add("ListAsset", "/meta/page_size", json!(50.5), "schema");
    add("ListAsset", "/meta/page", json!(-1), "schema");
    add("ListAsset", "/assets", json!({}), "schema");
    add("ListAsset", "/meta/next_page_url", json!(""), "schema");
    add("ListAsset", "/meta", json!([]), "schema");
    add("ListService", "/services/*/ui_editable", json!(0), "schema");
    add(
        "FetchService",
        "/include_credentials",
        json!("true"),
        "schema",
    );
    add("FetchService", "/domain_base", json!("nothing"), "schema");
    add(
        "FetchService",
        "/friendly_name",
        json!("x".repeat(256)),
        "schema",
    );
    add("FetchService", "/links", json!([]), "schema");
    add(
        "CreateBuild",
        "/asset_versions/*",
        json!("ZN00000000000000000000000000000000"),
        "schema",
    );
    add("FetchBuild", "/function_versions", json!({}), "schema");
    add("FetchBuild", "/status", json!(1), "schema");
    add("CreateBuild", "/dependencies", json!("[]"), "schema");
    add(
        "CreateBuild",
        "/dependencies/*/version",
        json!(4.17),
        "schema",
    );
    run(rows);
}
