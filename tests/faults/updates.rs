//! Creations and updates that keep something else than they were told, or that forget it.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};
use trueup::wire::Request;

use crate::matrix::{Row, row, run};
use crate::server::Reply;
use crate::stage::{
    ANY, Fault, Stage, after_success, before, body, edit_field, edit_form, field, field_of,
    instead, is_success, json_of, keep, last_of, only, parent_of, path_of, set, text, visit,
    with_json,
};

const KINDS: [&str; 3] = ["Service", "Asset", "Function"];

#[test]
fn updates() {
    let mut rows = Vec::new();
    for kind in KINDS {
        let update = keep(format!("Update{kind}"));
        let fetch = keep(format!("Fetch{kind}"));
        let old = |stage: &Stage, request: &Request| {
            let refused = stage.request("GET", path_of(request), &[]);
            let response = stage.answer(&Request {
                headers: request.headers.clone(),
                ..refused
            });
            // Only what would succeed is done wrongly.
            let long = field_of(request, "FriendlyName").is_none_or(|name| name.len() > 255);
            is_success(&response).then_some(response).filter(|_| !long)
        };
        let none = instead(only(update), move |stage, request| {
            old(stage, request).map(Reply::Whole)
        });
        rows.push(row(format!("{update} does nothing"), &["echo"], none).on(update));
        let claimed = instead(only(update), move |stage, request| {
            let mut item = json_of(&old(stage, request)?)?;
            item["friendly_name"] = Value::from(field_of(request, "FriendlyName")?);
            Some(Reply::Whole(with_json(200, &item)))
        });
        rows.push(row(format!("{update} keeps nothing"), &["expectation"], claimed).on(fetch));
        let late = instead(only(update), move |stage, request| {
            let old = old(stage, request)?;
            stage.answer(request);
            Some(Reply::Whole(old))
        });
        rows.push(row(format!("{update} shows what was"), &["echo"], late).on(update));
        let renumbered = text(only(update), "/sid", |sid| {
            format!("{}{}", &sid[..2], "0".repeat(32))
        });
        rows.push(row(format!("{update} changes the SID"), &["echo"], renumbered).on(update));
        let reborn = body(vec![update, fetch].leak(), |_, _, body| {
            body["date_created"] = body["date_updated"].clone();
        });
        rows.push(row(format!("{update} creates anew"), &["expectation"], reborn).on(update));
        let sibling = instead(only(update), |stage, request| {
            let response = stage.answer(request);
            let own = path_of(request);
            let collection = parent_of(own);
            if let (200, Some(page)) = (response.status, stage.get(collection)) {
                let key = page["meta"]["key"].as_str()?;
                let name = field_of(request, "FriendlyName")?;
                for item in page[key].as_array()? {
                    let path = format!("{collection}/{}", item["sid"].as_str()?);
                    if path != own {
                        let form = [("FriendlyName", name.as_str())];
                        stage.answer(&stage.request("POST", &path, &form));
                    }
                }
            }
            Some(Reply::Whole(response))
        });
        // An asset's sibling is seen in the list only.
        let (check, shows) = match kind {
            "Service" => ("expectation", fetch),
            kind => ("items", keep(format!("List{kind}"))),
        };
        rows.push(row(format!("{update} changes siblings"), &[check], sibling).on(shows));
        for (name, operations, shows, check) in [
            ("an item", only(fetch), fetch, "expectation"),
            (
                "a list",
                only(keep(format!("List{kind}"))),
                keep(format!("List{kind}")),
                "items",
            ),
        ] {
            let stale = stale(kind, operations);
            let name = format!("after {update}, {name} stays as it was");
            let row = row(name, &[check], stale).on(shows);
            rows.push(if shows == "ListService" {
                row.filter("Service::")
            } else {
                row
            });
        }
    }
    run(rows);
}

/// Shows items as they were created.
fn stale(kind: &'static str, operations: &'static [&'static str]) -> Fault {
    let create = only(keep(format!("Create{kind}")));
    let mut created: HashMap<String, Value> = HashMap::new();
    Box::new(move |stage, request| {
        let mut response = stage.answer(&request);
        let Some(mut body) = json_of(&response).filter(|_| is_success(&response)) else {
            return Reply::Whole(response);
        };
        let sid = body["sid"].as_str().map(str::to_owned);
        if let (Some(sid), true) = (sid, stage.is(&request, create)) {
            created.insert(sid, body);
        } else if stage.is(&request, operations) {
            let key = body["meta"]["key"].as_str().map(|key| format!("/{key}/*"));
            visit(&mut body, key.as_deref().unwrap_or_default(), &mut |item| {
                if let Some(old) = item["sid"].as_str().and_then(|sid| created.get(sid)) {
                    *item = old.clone();
                }
            });
            response.body = body.to_string().into_bytes();
        }
        Reply::Whole(response)
    })
}

/// Sends a field along with every update that does not have it.
fn reset(name: &'static str, value: &'static str) -> Fault {
    before(&["UpdateService"], move |_, request| {
        edit_form(request, |pairs| {
            if !pairs.iter().any(|(own, _)| own == name) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        });
        if request.headers.get("content-type").is_none() {
            request
                .headers
                .push("Content-Type", "application/x-www-form-urlencoded");
        }
    })
}

#[test]
fn of_services() {
    let unique = body(&["UpdateService"], |_, _, body| {
        body["unique_name"] = body["friendly_name"].clone();
        let short: String = body["unique_name"].to_string().chars().take(20).collect();
        body["unique_name"] = Value::from(short.replace(['"', ' '], "-"));
    });
    let domain = text(&["UpdateService"], "/domain_base", |domain| {
        let digit = if domain.ends_with('7') { '8' } else { '7' };
        format!("{}{digit}", &domain[..domain.len() - 1])
    });
    let other_domain = text(&["FetchService"], "/domain_base", |domain| {
        domain.replacen("trueup", "other", 1)
    });
    let by_name = body(&["FetchService"], |_, request, body| {
        let name = last_of(path_of(request)).to_owned();
        let sid = body["sid"].as_str().unwrap_or_default().to_owned();
        visit(body, "/url", &mut |url| {
            *url = json!(url.as_str().unwrap_or_default().replace(&sid, &name));
        });
    });
    run(vec![
        row(
            "an update changes the unique name",
            &["expectation"],
            unique,
        )
        .on("UpdateService"),
        row("an update changes the domain", &["expectation"], domain).on("UpdateService"),
        row(
            "a fetch shows another domain",
            &["expectation"],
            other_domain,
        )
        .on("FetchService"),
        row(
            "a fetch by name shows the name in addresses",
            &["url"],
            by_name,
        )
        .on("FetchService"),
    ]);
}

#[test]
fn switches() {
    let turned = |operation: &'static str, place: &'static str| {
        body(only(operation), move |_, _, body| {
            visit(body, place, &mut |flag| {
                *flag = json!(!flag.as_bool().unwrap_or_default());
            });
        })
    };
    let ignored = |name: &'static str| {
        before(&["CreateService", "UpdateService"], move |_, request| {
            edit_form(request, |pairs| pairs.retain(|(own, _)| own != name));
        })
    };
    run(vec![
        row(
            "an update resets the name",
            &["expectation"],
            reset("FriendlyName", "unnamed"),
        )
        .on("UpdateService"),
        row(
            "an update turns credentials on",
            &["expectation"],
            reset("IncludeCredentials", "true"),
        )
        .on("UpdateService"),
        row(
            "an update turns credentials off",
            &["expectation"],
            reset("IncludeCredentials", "false"),
        )
        .on("UpdateService"),
        row(
            "an update turns the editor on",
            &["expectation"],
            reset("UiEditable", "true"),
        )
        .on("UpdateService"),
        row(
            "an update turns the editor off",
            &["expectation"],
            reset("UiEditable", "false"),
        )
        .on("UpdateService"),
        row(
            "IncludeCredentials is ignored",
            &["echo"],
            ignored("IncludeCredentials"),
        )
        .on("CreateService"),
        row("UiEditable is ignored", &["echo"], ignored("UiEditable")).on("CreateService"),
        row(
            "credentials are shown turned",
            &["echo"],
            turned("CreateService", "/include_credentials"),
        )
        .on("CreateService"),
        row(
            "the editor is fetched turned",
            &["expectation"],
            turned("FetchService", "/ui_editable"),
        )
        .on("FetchService"),
        row(
            "the defaults are other",
            &["expectation"],
            before(&["CreateService"], |_, request| {
                edit_form(request, |pairs| {
                    if !pairs.iter().any(|(name, _)| name == "IncludeCredentials") {
                        pairs.push(("IncludeCredentials".to_owned(), "false".to_owned()));
                    }
                });
            }),
        )
        .on("CreateService"),
    ]);
}

/// Names that do not come back as they were sent.
#[test]
fn characters() {
    type Way = (&'static str, fn(&str) -> String);
    let mut rows = Vec::new();
    let ways: [Way; 9] = [
        ("blanks as +", |name| name.replace(' ', "+")),
        ("UTF-8 as Latin-1", |name| {
            name.bytes().map(char::from).collect()
        }),
        ("without marks", |name| name.replace('ü', "u")),
        ("only what 16 bits hold", |name| {
            let small = |c: char| if u32::from(c) > 0xffff { '?' } else { c };
            name.chars().map(small).collect()
        }),
        ("as HTML", |name| name.replace('&', "&amp;")),
        ("quotes escaped", |name| name.replace('"', "\\\"")),
        ("small", str::to_lowercase),
        ("up to the first &", |name| {
            name.split('&').next().unwrap_or_default().trim().to_owned()
        }),
        ("percent signs doubled", |name| name.replace('%', "%25")),
    ];
    for (index, (name, edit)) in ways.into_iter().enumerate() {
        let create = keep(format!("Create{}", KINDS[index % 3]));
        let kept = field(only(create), "FriendlyName", edit);
        rows.push(row(format!("{create} keeps names {name}"), &["echo"], kept).on(create));
        let fetch = keep(format!("Fetch{}", KINDS[(index + 1) % 3]));
        let shown = text(only(fetch), "/friendly_name", edit);
        rows.push(
            row(
                format!("{fetch} shows names {name}"),
                &["expectation"],
                shown,
            )
            .on(fetch),
        );
    }
    run(rows);
}

/// The content of a function version is not what was uploaded.
#[test]
fn contents() {
    let fetch = "FetchFunctionVersionContent";
    let shown = |name: &str, edit: fn(&str) -> String| {
        let fault = text(only(fetch), "/content", edit);
        row(format!("content {name}"), &["expectation"], fault)
    };
    let mut first: HashMap<String, Value> = HashMap::new();
    let oldest = body(only(fetch), move |_, request, body| {
        let function = parent_of(parent_of(path_of(request))).to_owned();
        let content = body["content"].clone();
        body["content"] = first.entry(function).or_insert(content).clone();
    });
    let rows: Vec<Row> = vec![
        shown("has another last byte", |text| {
            let mut text = text.to_owned();
            text.pop();
            text.push('!');
            text
        }),
        shown("lacks its end of line", |text| text.trim_end().to_owned()),
        shown("has other ends of line", |text| text.replace("\r\n", "\n")),
        shown("has blanks for tabs", |text| text.replace('\t', "    ")),
        shown("is Latin-1", |text| text.bytes().map(char::from).collect()),
        shown("is base64", |_| "ZXhwb3J0cw==".to_owned()),
        shown("is empty", |_| String::new()),
        shown("lacks empty lines", |text| text.replace("\n\n", "\n")),
        row(
            "content is that of another version",
            &["expectation"],
            oldest,
        ),
        row(
            "content is of another function",
            &["echo"],
            text(only(fetch), "/function_sid", |sid| {
                format!("{}{}", &sid[..2], "1".repeat(32))
            }),
        ),
    ];
    run(rows
        .into_iter()
        .map(|row| row.on(fetch).filter("FunctionVersion"))
        .collect());
}

/// Uploads that keep another path or visibility.
#[test]
fn uploads() {
    let mut rows = Vec::new();
    for kind in ["Asset", "Function"] {
        let create = keep(format!("Create{kind}Version"));
        let fetch = keep(format!("Fetch{kind}Version"));
        let list = keep(format!("List{kind}Version"));
        let items = keep(format!("/{}_versions/*", kind.to_lowercase()));
        let bare = text(only(create), "/path", |path| {
            path.trim_start_matches('/').to_owned()
        });
        rows.push(row(format!("{create}: no slash"), &["schema", "echo"], bare).on(create));
        let twice = field(only(create), "Path", |path| format!("/{path}"));
        rows.push(row(format!("{create}: two slashes"), &["echo"], twice).on(create));
        let flat = field(only(create), "Path", |path| format!("/{}", last_of(path)));
        rows.push(row(format!("{create}: no folders"), &["echo"], flat).on(create));
        let small = field(only(create), "Path", str::to_lowercase);
        rows.push(
            row(
                format!("{create}: paths in small letters"),
                &["echo"],
                small,
            )
            .on(create),
        );
        let open = field(only(create), "Visibility", |value| match value {
            "hidden" => value.to_owned(),
            _ => "public".to_owned(),
        });
        rows.push(row(format!("{create}: all is public"), &["echo"], open).on(create));
        for (operation, place) in [(fetch, ""), (list, items)] {
            let check = if operation == fetch {
                "expectation"
            } else {
                "items"
            };
            for (member, value) in [("visibility", "public"), ("path", "/same")] {
                let place = keep(format!("{place}/{member}"));
                let fault = set(only(operation), place, value);
                let name = format!("{operation}: always {value}");
                rows.push(row(name, &[check], fault).on(operation));
            }
        }
        let touched = text(only(fetch), "/date_created", |_| {
            "2018-11-10T20:00:00Z".to_owned()
        });
        rows.push(row(format!("{fetch}: another time"), &["expectation"], touched).on(fetch));
    }
    run(rows);
}

/// What was just created is fetched as something else.
#[test]
fn fetches() {
    let mut rows = Vec::new();
    for kind in ["Service", "Asset", "Function", "Build"] {
        let fetch = keep(format!("Fetch{kind}"));
        let moved = text(only(fetch), "/date_created", |time| {
            let day = if &time[8..10] == "01" { "02" } else { "01" };
            format!("2018-11-{day}{}", &time[10..])
        });
        rows.push(
            row(
                format!("{fetch} shows another time"),
                &["expectation"],
                moved,
            )
            .on(fetch),
        );
        let mut newest: Option<Value> = None;
        let any: Fault = Box::new(move |stage, request| {
            let mut response = stage.answer(&request);
            if is_success(&response) && stage.is(&request, only(fetch)) {
                let body = json_of(&response);
                let first = newest.get_or_insert_with(|| body.unwrap_or_default());
                response.body = first.to_string().into_bytes();
            }
            Reply::Whole(response)
        });
        rows.push(row(format!("{fetch} always shows one"), &["echo"], any).on(fetch));
    }
    let lost = after_success(&["CreateAsset"], |stage, request, response| {
        if let Some(sid) =
            json_of(response).and_then(|body| body["sid"].as_str().map(str::to_owned))
        {
            stage.ask("DELETE", &format!("{}/{sid}", path_of(request)));
        }
    });
    rows.push(row("a created asset is lost", &["status"], lost).on("FetchAsset"));
    run(rows);
}

/// Refusals of what is done all the same.
#[test]
fn refused_and_done() {
    let mut rows = Vec::new();
    for kind in KINDS {
        let update = keep(format!("Update{kind}"));
        let create = keep(format!("Create{kind}"));
        let cut = |stage: &Stage, request: &Request| {
            let response = stage.answer(request);
            if response.status == 400 {
                let mut short = request.clone();
                edit_field(&mut short, "FriendlyName", |name| {
                    name.chars().take(255).collect()
                });
                stage.answer(&short);
            }
            Some(Reply::Whole(response))
        };
        let fetch = keep(format!("Fetch{kind}"));
        let name = format!("{update} refuses a name and keeps it");
        rows.push(row(name, &["expectation"], instead(only(update), cut)).on(fetch));
        let (check, shows) = match kind {
            "Service" => ("status", fetch),
            kind => ("items", keep(format!("List{kind}"))),
        };
        let name = format!("{create} refuses a name and keeps it");
        rows.push(row(name, &[check], instead(only(create), cut)).on(shows));
    }
    run(rows);
}

/// Times that are in order, but not of this world.
#[test]
fn clocks() {
    static TIME: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").expect("the pattern is right")
    });
    let stopped = body(ANY, |_, _, body| {
        let text = body.to_string();
        let text = TIME.replace_all(&text, "1970-01-01T00:00:00Z");
        *body = serde_json::from_str(&text).unwrap_or_default();
    });
    run(vec![
        row("the clock stands still in 1970", &["clock"], stopped)
            .on("CreateAsset")
            .place("body /date_created"),
    ]);
}
