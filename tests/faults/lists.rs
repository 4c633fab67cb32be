//! Lists that lack items, have too many, or have them in the wrong order, and pages that do not
//! lead from one to the next.

use std::collections::HashMap;

use serde_json::{Value, json};
use trueup::wire::Request;

use crate::matrix::{Row, row, run};
use crate::server::Reply;
use crate::stage::{
    Fault, Stage, before, body, edit_query, instead, only, parent_of, path_and_query, path_of,
    refusal, text,
};

const LISTS: [(&str, &str); 8] = [
    ("ListService", "services"),
    ("ListAsset", "assets"),
    ("ListFunction", "functions"),
    ("ListBuild", "builds"),
    ("ListEnvironment", "environments"),
    ("ListVariable", "variables"),
    ("ListAssetVersion", "asset_versions"),
    ("ListFunctionVersion", "function_versions"),
];

/// Changes the items of a list.
fn items(
    list: &'static str,
    key: &'static str,
    mut edit: impl FnMut(&Stage, &Request, &mut Vec<Value>) + Send + 'static,
) -> Fault {
    body(only(list), move |stage, request, page| {
        if let Some(items) = page[key].as_array_mut() {
            edit(stage, request, items);
        }
    })
}

#[test]
fn contents() {
    let mut rows = Vec::new();
    for (list, key) in LISTS {
        let mut add = |name: &str, check: &'static str, fault: Fault| {
            rows.push(row(format!("{list} {name}"), &[check], fault).on(list));
        };
        add(
            "lacks the newest",
            "items",
            items(list, key, |_, _, items| {
                items.drain(..1.min(items.len()));
            }),
        );
        add(
            "lacks the oldest",
            "items",
            items(list, key, |_, _, items| {
                items.pop();
            }),
        );
        add(
            "is empty",
            "items",
            items(list, key, |_, _, items| items.clear()),
        );
        add(
            "has an item twice",
            "items",
            items(list, key, |_, _, items| {
                items.extend(items.first().cloned());
            }),
        );
        if list != "ListService" {
            // With its parents rewritten, as a careless query would show it.
            let mut foreign: HashMap<String, Value> = HashMap::new();
            add(
                "has an item of another parent",
                "items",
                items(list, key, move |_, request, items| {
                    let own = path_of(request).to_owned();
                    let others = foreign.iter().filter(|(path, _)| **path != own);
                    let stray = others.map(|(_, item)| item.clone()).next();
                    if let Some(item) = items.first() {
                        foreign.insert(own, item.clone());
                    }
                    items.extend(stray);
                }),
            );
        }
        if key.ends_with("_versions") {
            // Versions cannot be deleted.
            continue;
        }
        let mut all: Vec<Value> = Vec::new();
        add(
            "keeps what is deleted",
            "items",
            Box::new(move |stage, request| {
                let path = path_of(&request);
                if request.method == "DELETE" {
                    all.extend(stage.get(path));
                }
                let mut response = stage.answer(&request);
                if let (true, Ok(mut page)) = (
                    stage.is(&request, only(list)) && response.status == 200,
                    serde_json::from_slice::<Value>(&response.body),
                ) && page["meta"]["next_page_url"].is_null()
                    && let Some(items) = page[key].as_array_mut()
                {
                    let is_own = |item: &&Value| {
                        let url = item["url"].as_str().unwrap_or_default();
                        parent_of(stage.path(url)) == path
                    };
                    items.extend(all.iter().filter(is_own).cloned());
                    response.body = page.to_string().into_bytes();
                }
                Reply::Whole(response)
            }),
        );
    }
    run(rows);
}

#[test]
fn order() {
    let mut rows = Vec::new();
    let in_order = |list: &str| list == "ListBuild" || list.ends_with("Version");
    for (list, key) in LISTS.into_iter().filter(|(list, _)| in_order(list)) {
        let fault = items(list, key, |_, _, items| items.reverse());
        rows.push(row(format!("{list} with the oldest first"), &["order"], fault).on(list));
    }
    run(rows);
}

/// Changes the meta object of pages.
fn meta(
    name: &str,
    list: &'static str,
    check: &'static str,
    mut edit: impl FnMut(&Stage, &Request, &mut Value) + Send + 'static,
) -> Row {
    let fault = body(only(list), move |stage, request, page| {
        edit(stage, request, &mut page["meta"]);
    });
    row(format!("{list} {name}"), &[check], fault).on(list)
}

/// Changes a URL of a page, where there is one.
fn url(name: &str, list: &'static str, place: &'static str, edit: fn(&str) -> String) -> Row {
    let fault = text(only(list), place, edit);
    row(format!("{list} {place} {name}"), &["paging"], fault).on(list)
}

/// A page other than the first.
fn is_later(request: &Request) -> bool {
    let (_, query) = path_and_query(request);
    query.contains("PageToken=")
}

#[test]
fn meta_objects() {
    run(vec![
        meta("tells another size", "ListAsset", "paging", |_, _, meta| {
            meta["page_size"] = json!(20);
        }),
        meta(
            "tells another page",
            "ListFunction",
            "paging",
            |_, _, meta| {
                meta["page"] = json!(1);
            },
        ),
        meta(
            "counts pages from 1",
            "ListBuild",
            "paging",
            |_, _, meta| {
                meta["page"] = json!(meta["page"].as_u64().unwrap_or_default() + 1);
            },
        ),
        meta(
            "has the key of another",
            "ListBuild",
            "enum",
            |_, _, meta| {
                meta["key"] = json!("assets");
            },
        ),
        meta("ends too early", "ListAsset", "items", |_, _, meta| {
            meta["next_page_url"] = Value::Null;
        }),
        meta(
            "ends after two pages",
            "ListAsset",
            "items",
            |_, request, meta| {
                if is_later(request) {
                    meta["next_page_url"] = Value::Null;
                }
            },
        ),
        meta("ends too early", "ListService", "items", |_, _, meta| {
            meta["next_page_url"] = Value::Null;
        }),
        meta("has no way back", "ListAsset", "paging", |_, _, meta| {
            meta["previous_page_url"] = Value::Null;
        }),
        meta(
            "has a way back before the first page",
            "ListAsset",
            "paging",
            |_, _, meta| {
                if meta["previous_page_url"].is_null() {
                    meta["previous_page_url"] = meta["url"].clone();
                }
            },
        ),
        meta(
            "has a page behind the last",
            "ListFunction",
            "expectation",
            |_, _, meta| {
                if meta["next_page_url"].is_null() {
                    let url = meta["url"].as_str().unwrap_or_default();
                    meta["next_page_url"] = json!(url.replace("Page=0", "Page=1"));
                }
            },
        ),
        meta("leads to itself", "ListAsset", "paging", |_, _, meta| {
            if !meta["next_page_url"].is_null() {
                meta["next_page_url"] = meta["url"].clone();
            }
        }),
    ]);
}

#[test]
fn addresses() {
    run(vec![
        url(
            "away from the target",
            "ListAsset",
            "/meta/next_page_url",
            |url| url.replace("127.0.0.1", "serverless.example.com"),
        ),
        url(
            "to another list",
            "ListAsset",
            "/meta/next_page_url",
            |url| url.replace("/Assets", "/Functions"),
        ),
        url("is relative", "ListAsset", "/meta/next_page_url", |url| {
            url.find("/v1")
                .map_or_else(String::new, |at| url[at..].to_owned())
        }),
        url(
            "with another size",
            "ListAsset",
            "/meta/next_page_url",
            |url| url.replace("PageSize=2", "PageSize=3"),
        ),
        url(
            "skips a page",
            "ListFunction",
            "/meta/next_page_url",
            |url| url.replace("Page=1", "Page=2"),
        ),
        url("of the page before", "ListFunction", "/meta/url", |url| {
            url.replace("Page=1", "Page=0")
        }),
        url(
            "of the second",
            "ListBuild",
            "/meta/first_page_url",
            |url| url.replace("Page=0", "Page=1"),
        ),
        url(
            "of another service",
            "ListBuild",
            "/meta/first_page_url",
            |url| {
                let at = url.find("/ZS").map_or(0, |at| at + 3);
                format!("{}{}{}", &url[..at], "0".repeat(32), &url[at + 32..])
            },
        ),
        url("with https", "ListService", "/meta/url", |url| {
            url.replace("http:", "https:")
        }),
        url(
            "back to itself",
            "ListAsset",
            "/meta/previous_page_url",
            |url| url.replace("Page=0", "Page=1"),
        ),
    ]);
}

#[test]
fn walks() {
    let mut rows = Vec::new();
    for (list, key) in LISTS {
        let repeating = items(list, key, {
            let mut last: HashMap<String, Value> = HashMap::new();
            move |_, request, items| {
                let path = path_of(request).to_owned();
                if let Some(item) = last.remove(&path).filter(|_| is_later(request)) {
                    items.insert(0, item);
                    items.truncate(2);
                }
                if let Some(item) = items.last() {
                    last.insert(path, item.clone());
                }
            }
        });
        rows.push(row(format!("{list} repeats an item"), &["items"], repeating).on(list));
        let skipping = items(list, key, |_, request, items| {
            if is_later(request) {
                items.drain(..1.min(items.len()));
            }
        });
        rows.push(row(format!("{list} skips an item"), &["items"], skipping).on(list));
        let first_again = before(only(list), |_, request| {
            edit_query(request, |pairs| {
                pairs.retain(|(name, _)| name != "PageToken" && name != "Page");
            });
        });
        if list == "ListAsset" {
            // Slow: the engine follows a thousand pages before it gives up.
            rows.push(row(format!("{list} ignores tokens"), &["paging"], first_again).on(list));
        }
    }
    run(rows);
}

#[test]
fn sizes() {
    let mut rows = Vec::new();
    for (list, _) in LISTS {
        let unlimited = before(only(list), |_, request| {
            edit_query(request, |pairs| {
                pairs.retain(|(name, _)| name != "PageSize");
            });
        });
        rows.push(row(format!("{list} ignores the size"), &["paging"], unlimited).on(list));
        let larger = instead(only(list), move |stage, request| {
            let mut other = request.clone();
            edit_query(&mut other, |pairs| {
                for (name, value) in pairs {
                    if name == "PageSize" && value == "2" {
                        *value = "3".to_owned();
                    }
                }
            });
            if other.url == request.url {
                return None;
            }
            let mut response = stage.answer(&other);
            let text = String::from_utf8_lossy(&response.body);
            let text = text.replace("PageSize=3", "PageSize=2");
            response.body = text
                .replace("\"page_size\":3", "\"page_size\":2")
                .into_bytes();
            Some(Reply::Whole(response))
        });
        rows.push(row(format!("{list} shows one too many"), &["paging"], larger).on(list));
        let small = before(only(list), |_, request| {
            edit_query(request, |pairs| {
                if !pairs.iter().any(|(name, _)| name == "PageSize") {
                    pairs.push(("PageSize".to_owned(), "20".to_owned()));
                }
            });
        });
        rows.push(row(format!("{list} holds 20 unless told"), &["paging"], small).on(list));
        for (name, asked, given) in [("1001", "1001", "1000"), ("0", "0", "1")] {
            let lenient = before(only(list), move |_, request| {
                edit_query(request, |pairs| {
                    for (name, value) in pairs {
                        if name == "PageSize" && value == asked {
                            *value = given.to_owned();
                        }
                    }
                });
            });
            let name = format!("{list} takes a page of {name}");
            rows.push(row(name, &["status"], lenient).on(list));
        }
        let strict = instead(only(list), |_, request| {
            let (_, query) = path_and_query(request);
            query
                .contains("PageSize=1000")
                .then(|| Reply::Whole(refusal(400, 20007)))
                .filter(|_| !query.contains("PageSize=10001"))
        });
        rows.push(
            row(
                format!("{list} refuses a page of 1000"),
                &["status"],
                strict,
            )
            .on(list),
        );
    }
    run(rows);
}
