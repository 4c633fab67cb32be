//! Lists that lack items or have too many, and pages that do not lead from one to the next.

use std::collections::HashMap;

use serde_json::{Value, json};
use trueup::wire::Request;

use crate::faults;
use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{Fault, before, body, edit_query, instead, only, path_and_query, path_of, text};
use crate::world::server::Reply;

pub(super) fn all() -> Vec<Plant> {
    let mut all = contents();
    all.extend(meta_objects());
    all.extend(addresses());
    all.extend(walks());
    all
}

fn planted(
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> Fault + Send + Sync + 'static,
) -> Plant {
    plant(Class::Paging, operation, name, fault)
}

/// The items of a list are changed.
fn items(
    list: &'static str,
    key: &'static str,
    name: &str,
    edit: fn(&Request, &mut Vec<Value>),
) -> Plant {
    planted(list, name, move || {
        body(only(list), move |_, request, page| {
            if let Some(items) = page[key].as_array_mut() {
                edit(request, items);
            }
        })
    })
}

/// A page other than the first.
fn is_later(request: &Request) -> bool {
    path_and_query(request).1.contains("PageToken=")
}

fn contents() -> Vec<Plant> {
    vec![
        items("ListAsset", "assets", "lacks the newest", |_, items| {
            items.drain(..1.min(items.len()));
        })
        .quick(),
        items("ListService", "services", "lacks the oldest", |_, items| {
            items.pop();
        }),
        items("ListVariable", "variables", "is empty", |_, items| {
            items.clear();
        }),
        items(
            "ListFunction",
            "functions",
            "has an item twice",
            |_, items| {
                items.extend(items.first().cloned());
            },
        ),
        items("ListBuild", "builds", "has the oldest first", |_, items| {
            items.reverse();
        }),
        items(
            "ListFunctionVersion",
            "function_versions",
            "has the oldest first",
            |_, items| {
                items.reverse();
            },
        ),
        planted("ListFunction", "keeps what is deleted", || {
            faults::list_keeps_what_is_deleted("ListFunction", "functions")
        }),
    ]
}

/// The meta object of a list is changed.
fn meta(list: &'static str, name: &str, edit: fn(&Request, &mut Value)) -> Plant {
    planted(list, name, move || {
        body(only(list), move |_, request, page| {
            edit(request, &mut page["meta"]);
        })
    })
}

fn meta_objects() -> Vec<Plant> {
    vec![
        meta("ListAsset", "tells another size", |_, meta| {
            meta["page_size"] = json!(20);
        })
        .quick(),
        meta("ListBuild", "counts pages from 1", |_, meta| {
            meta["page"] = json!(meta["page"].as_u64().unwrap_or_default() + 1);
        }),
        meta("ListAsset", "ends too early", |_, meta| {
            meta["next_page_url"] = Value::Null;
        }),
        meta("ListFunction", "ends after two pages", |request, meta| {
            if is_later(request) {
                meta["next_page_url"] = Value::Null;
            }
        }),
        meta("ListFunction", "has no way back", |_, meta| {
            meta["previous_page_url"] = Value::Null;
        }),
        meta(
            "ListAsset",
            "has a way back before the first page",
            |_, meta| {
                if meta["previous_page_url"].is_null() {
                    meta["previous_page_url"] = meta["url"].clone();
                }
            },
        ),
        meta("ListVariable", "has a page behind the last", |_, meta| {
            if meta["next_page_url"].is_null() {
                let url = meta["url"].as_str().unwrap_or_default();
                meta["next_page_url"] = json!(url.replace("Page=0", "Page=1"));
            }
        }),
        meta("ListAssetVersion", "leads to itself", |_, meta| {
            if !meta["next_page_url"].is_null() {
                meta["next_page_url"] = meta["url"].clone();
            }
        }),
    ]
}

/// A URL of a page is changed.
fn url(list: &'static str, name: &str, place: &'static str, edit: fn(&str) -> String) -> Plant {
    planted(list, name, move || text(only(list), place, edit))
}

fn addresses() -> Vec<Plant> {
    let next = "/meta/next_page_url";
    vec![
        url("ListAsset", "leads away from the target", next, |url| {
            url.replace("127.0.0.1", "serverless.example.com")
        }),
        url("ListAsset", "leads to another list", next, |url| {
            url.replace("/Assets", "/Functions")
        })
        .quick(),
        url("ListFunction", "leads to a relative address", next, |url| {
            url.find("/v1")
                .map_or_else(String::new, |at| url[at..].to_owned())
        }),
        url("ListVariable", "skips a page", next, |url| {
            url.replace("Page=1", "Page=2")
        }),
        url(
            "ListFunction",
            "has the URL of the page before",
            "/meta/url",
            |url| url.replace("Page=1", "Page=0"),
        ),
        url(
            "ListBuild",
            "has the second page for the first",
            "/meta/first_page_url",
            |url| url.replace("Page=0", "Page=1"),
        ),
        url(
            "ListAsset",
            "leads back to itself",
            "/meta/previous_page_url",
            |url| url.replace("Page=0", "Page=1"),
        ),
    ]
}

fn walks() -> Vec<Plant> {
    vec![
        items(
            "ListFunction",
            "functions",
            "skips an item",
            |request, items| {
                if is_later(request) {
                    items.drain(..1.min(items.len()));
                }
            },
        ),
        planted("ListAsset", "repeats an item", || {
            let mut last: HashMap<String, Value> = HashMap::new();
            body(&["ListAsset"], move |_, request, page| {
                let Some(items) = page["assets"].as_array_mut() else {
                    return;
                };
                let path = path_of(request).to_owned();
                if let Some(item) = last.remove(&path).filter(|_| is_later(request)) {
                    let size = items.len();
                    items.insert(0, item);
                    items.truncate(size);
                }
                last.extend(items.last().map(|item| (path, item.clone())));
            })
        })
        .quick(),
        planted("ListVariable", "begins anew on each page", || {
            before(&["ListVariable"], |_, request| {
                edit_query(request, |pairs| {
                    pairs.retain(|(name, _)| name != "PageToken" && name != "Page");
                });
            })
        }),
        planted("ListService", "ignores the size", || {
            faults::ignores_the_size("ListService")
        }),
        planted("ListAsset", "holds 20 unless told", || {
            faults::holds_20_by_default("ListAsset")
        })
        .quick(),
        planted("ListFunction", "shows one too many", || {
            instead(&["ListFunction"], |stage, request| {
                let (_, query) = path_and_query(request);
                let asked = query
                    .split('&')
                    .find_map(|pair| pair.strip_prefix("PageSize="));
                let size: usize = asked?.parse().ok().filter(|size| (1..100).contains(size))?;
                let mut other = request.clone();
                let (old, new) = (format!("PageSize={size}"), format!("PageSize={}", size + 1));
                other.url = other.url.replace(&old, &new);
                let mut response = stage.answer(&other);
                let text = String::from_utf8_lossy(&response.body).replace(&new, &old);
                let told = |size| format!("\"page_size\":{size}");
                response.body = text.replace(&told(size + 1), &told(size)).into_bytes();
                Some(Reply::Whole(response))
            })
        }),
    ]
}
