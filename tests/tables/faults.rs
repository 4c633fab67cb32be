//! Faults that more than one table plants, by the operation that is wrong.

use std::collections::HashMap;

use serde_json::{Value, json};
use trueup::wire::{Request, Response};

use crate::stage::{
    Fault, Stage, USER, after, before, body, edit_field, edit_form, edit_query, empty, field_of,
    form_of, instead, is_success, json_of, only, parent_of, path_of, set_header, text, visit,
    with_json,
};
use crate::world::server::Reply;

const FORM: &str = "application/x-www-form-urlencoded";

// ---- creations -------------------------------------------------------------------------------------

/// Two services have one unique name: the second is made under another, and shown under this one.
pub(crate) fn takes_a_unique_name_twice() -> Fault {
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
}

/// Refuses a name that is too long, and keeps it cut off.
pub(crate) fn refuses_and_does_it(operation: &'static str) -> Fault {
    instead(only(operation), |stage, request| {
        let response = stage.answer(request);
        if response.status == 400 {
            let mut short = request.clone();
            edit_field(&mut short, "FriendlyName", |name| {
                name.chars().take(255).collect()
            });
            stage.answer(&short);
        }
        Some(Reply::Whole(response))
    })
}

/// Adds a field to requests that lack it.
pub(crate) fn filled(operation: &'static str, name: &'static str, value: &'static str) -> Fault {
    before(only(operation), move |_, request| {
        let text = String::from_utf8_lossy(&request.body).into_owned();
        let first = text.split("\r\n").next();
        if let Some(boundary) = first.filter(|line| line.starts_with("--")) {
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
        set_header(&mut request.headers, "Content-Type", FORM);
    })
}

/// Accepts a build of nothing.
pub(crate) fn makes_an_empty_build() -> Fault {
    after(&["CreateBuild"], |stage, request, response| {
        let fields = form_of(request);
        let named = fields.iter().any(|(name, _)| name.ends_with("Versions"));
        if response.status == 400 && !named {
            let path = path_of(request);
            let sid = format!("ZB{}", "0".repeat(32));
            let url = format!("{}{path}/{sid}", stage.base);
            *response = with_json(
                201,
                &json!({
                    "sid": sid,
                    "account_sid": USER,
                    "service_sid": path.split('/').nth(3),
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
    })
}

/// A build that was completed is building again.
pub(crate) fn goes_back(operation: &'static str) -> Fault {
    let mut done: HashMap<String, usize> = HashMap::new();
    body(only(operation), move |_, request, body| {
        if body["status"] == "completed" {
            let times = done.entry(path_of(request).to_owned()).or_default();
            *times += 1;
            if *times > 1 {
                body["status"] = json!("building");
            }
        }
    })
}

/// The domain of an environment lacks its suffix.
pub(crate) fn leaves_the_suffix_out_of_the_domain() -> Fault {
    body(&["CreateEnvironment"], |_, _, body| {
        if let Some(suffix) = body["domain_suffix"].as_str() {
            let domain = body["domain_name"].as_str().unwrap_or_default();
            body["domain_name"] = json!(domain.replace(&format!("-{suffix}."), "."));
        }
    })
}

// ---- updates ---------------------------------------------------------------------------------------

/// The item before an update that would succeed: only what would succeed is done wrongly.
fn before_update(stage: &Stage, request: &Request) -> Option<Response> {
    let long = field_of(request, "FriendlyName").is_none_or(|name| name.len() > 255);
    let get = stage.request("GET", path_of(request), &[]);
    let response = stage.answer(&Request {
        headers: request.headers.clone(),
        ..get
    });
    (is_success(&response) && !long).then_some(response)
}

/// Shows the item as it was, and changes nothing.
pub(crate) fn update_does_nothing(update: &'static str) -> Fault {
    instead(only(update), |stage, request| {
        before_update(stage, request).map(Reply::Whole)
    })
}

/// Shows the new name, and keeps the old one.
pub(crate) fn update_keeps_nothing(update: &'static str) -> Fault {
    instead(only(update), |stage, request| {
        let mut item = json_of(&before_update(stage, request)?)?;
        item["friendly_name"] = Value::from(field_of(request, "FriendlyName")?);
        Some(Reply::Whole(with_json(200, &item)))
    })
}

/// Keeps the new name, and shows the item as it was.
pub(crate) fn update_shows_what_was(update: &'static str) -> Fault {
    instead(only(update), |stage, request| {
        let old = before_update(stage, request)?;
        stage.answer(request);
        Some(Reply::Whole(old))
    })
}

/// Shows another id.
pub(crate) fn shows_another_id(operation: &'static str) -> Fault {
    text(only(operation), "/sid", |sid| {
        format!("{}{}", &sid[..2], "0".repeat(32))
    })
}

/// Gives the new name to all items of the collection.
pub(crate) fn update_changes_siblings(update: &'static str) -> Fault {
    instead(only(update), |stage, request| {
        let response = stage.answer(request);
        let own = path_of(request);
        let collection = parent_of(own);
        let page = stage.get(collection).filter(|_| is_success(&response));
        if let Some(page) = page {
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
    })
}

/// Gives another value to all variables of the environment but the one that is updated.
pub(crate) fn update_changes_other_variables() -> Fault {
    before(&["UpdateVariable"], |stage, request| {
        let page = stage.get(parent_of(path_of(request))).unwrap_or_default();
        for other in page["variables"].as_array().into_iter().flatten() {
            let path = stage.path(other["url"].as_str().unwrap_or_default());
            if path != path_of(request) {
                stage.answer(&stage.request("POST", path, &[("Value", "spoilt")]));
            }
        }
    })
}

/// Sends a field along with every update of a service that does not have it.
pub(crate) fn update_resets(name: &'static str, value: &'static str) -> Fault {
    before(&["UpdateService"], move |_, request| {
        edit_form(request, |pairs| {
            if !pairs.iter().any(|(own, _)| own == name) {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        });
        if request.headers.get("content-type").is_none() {
            request.headers.push("Content-Type", FORM);
        }
    })
}

/// Shows another domain.
pub(crate) fn update_changes_the_domain() -> Fault {
    text(&["UpdateService"], "/domain_base", |domain| {
        let digit = if domain.ends_with('7') { '8' } else { '7' };
        format!("{}{digit}", &domain[..domain.len() - 1])
    })
}

/// Passes over a field.
pub(crate) fn ignores(operations: &'static [&'static str], field: &'static str) -> Fault {
    before(operations, move |_, request| {
        edit_form(request, |pairs| pairs.retain(|(own, _)| own != field));
    })
}

/// Shows items as they were created.
pub(crate) fn stale(kind: &str, operations: &'static [&'static str]) -> Fault {
    let create = only(&format!("Create{kind}"));
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

// ---- deletions -------------------------------------------------------------------------------------

/// Reports success, and deletes nothing.
pub(crate) fn deletion_does_nothing(delete: &'static str) -> Fault {
    instead(only(delete), |stage, request| {
        let get = Request {
            method: "GET".to_owned(),
            ..request.clone()
        };
        (stage.answer(&get).status == 200).then(|| Reply::Whole(empty(204)))
    })
}

/// Deletes another item of the collection too.
pub(crate) fn deletion_takes_a_sibling_along(delete: &'static str) -> Fault {
    instead(only(delete), |stage, request| {
        let response = stage.answer(request);
        let collection = parent_of(path_of(request));
        if response.status == 204
            && let Some(page) = stage.get(collection)
        {
            let key = page["meta"]["key"].as_str().unwrap_or_default();
            let sid = page[key][0]["sid"].as_str().unwrap_or_default();
            stage.ask("DELETE", &format!("{collection}/{sid}"));
        }
        Some(Reply::Whole(response))
    })
}

/// A second deletion succeeds like the first.
pub(crate) fn deletion_succeeds_again(delete: &'static str) -> Fault {
    let mut gone: Vec<String> = Vec::new();
    instead(only(delete), move |stage, request| {
        let response = stage.answer(request);
        let path = path_of(request);
        if response.status == 204 {
            gone.push(path.to_owned());
        }
        let repeated = response.status == 404 && gone.iter().any(|own| own == path);
        Some(Reply::Whole(if repeated { empty(204) } else { response }))
    })
}

// ---- lists -----------------------------------------------------------------------------------------

/// Shows deleted items at the end of the last page.
pub(crate) fn list_keeps_what_is_deleted(list: &'static str, key: &'static str) -> Fault {
    let mut all: Vec<Value> = Vec::new();
    Box::new(move |stage, request| {
        let path = path_of(&request);
        if request.method == "DELETE" {
            all.extend(stage.get(path));
        }
        let mut response = stage.answer(&request);
        if stage.is(&request, only(list))
            && response.status == 200
            && let Some(mut page) = json_of(&response)
            && page["meta"]["next_page_url"].is_null()
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
    })
}

/// Returns an empty page of a collection that is not there.
pub(crate) fn is_empty_below_what_is_unknown(list: &'static str, key: &'static str) -> Fault {
    instead(only(list), move |stage, request| {
        if stage.answer(request).status != 404 {
            return None;
        }
        let url = format!("{}{}?PageSize=50&Page=0", stage.base, path_of(request));
        let mut page = json!({
            "meta": {
                "first_page_url": url,
                "key": key,
                "next_page_url": null,
                "page": 0,
                "page_size": 50,
                "previous_page_url": null,
                "url": url,
            },
        });
        page[key] = json!([]);
        Some(Reply::Whole(with_json(200, &page)))
    })
}

/// Passes over the size of a page.
pub(crate) fn ignores_the_size(list: &'static str) -> Fault {
    before(only(list), |_, request| {
        edit_query(request, |pairs| {
            pairs.retain(|(name, _)| name != "PageSize");
        });
    })
}

/// Has pages of 20 where no size is sent.
pub(crate) fn holds_20_by_default(list: &'static str) -> Fault {
    before(only(list), |_, request| {
        edit_query(request, |pairs| {
            if !pairs.iter().any(|(name, _)| name == "PageSize") {
                pairs.push(("PageSize".to_owned(), "20".to_owned()));
            }
        });
    })
}

/// Takes a size of a page for another.
pub(crate) fn takes_a_size(list: &'static str, sent: &'static str, taken: &'static str) -> Fault {
    before(only(list), move |_, request| {
        edit_query(request, |pairs| {
            for (name, value) in pairs {
                if name == "PageSize" && value == sent {
                    taken.clone_into(value);
                }
            }
        });
    })
}
