//! What is found where it does not belong: below another parent, of another kind, of somebody else,
//! or after its parent is gone.

use std::collections::HashMap;

use serde_json::Value;

use crate::faults;
use crate::places::{by_id_alone, ghosts, of_either_kind};
use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{
    Fault, body, field_of, instead, let_in, only, parent_of, path_of, refusal, text,
};
use crate::world::server::Reply;

pub(super) fn all() -> Vec<Plant> {
    let mut all = parents();
    all.extend(lists());
    all.extend(owners());
    all
}

fn planted(
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> Fault + Send + Sync + 'static,
) -> Plant {
    plant(Class::Isolation, operation, name, fault)
}

fn parents() -> Vec<Plant> {
    let ignores = |operation: &'static str| {
        planted(operation, "ignores the parent", move || {
            by_id_alone(operation)
        })
    };
    let either = |operation: &'static str| {
        planted(operation, "takes either kind", move || {
            of_either_kind(operation)
        })
    };
    let goes_on = |operation: &'static str, delete: &'static str| {
        planted(operation, &format!("goes on after {delete}"), move || {
            ghosts(delete, operation)
        })
    };
    vec![
        ignores("FetchAsset").quick(),
        ignores("UpdateFunction"),
        ignores("DeleteAsset"),
        ignores("FetchBuildStatus"),
        ignores("ListAssetVersion"),
        ignores("FetchFunctionVersion"),
        ignores("CreateVariable"),
        ignores("FetchVariable"),
        either("FetchAsset"),
        either("DeleteFunction"),
        either("ListFunctionVersion"),
        goes_on("FetchAsset", "DeleteService").quick(),
        goes_on("ListFunction", "DeleteService"),
        goes_on("FetchBuildStatus", "DeleteBuild"),
        goes_on("FetchFunctionVersion", "DeleteFunction"),
        goes_on("CreateAssetVersion", "DeleteAsset"),
        goes_on("FetchVariable", "DeleteEnvironment"),
    ]
}

fn lists() -> Vec<Plant> {
    let empty = |operation: &'static str, key: &'static str| {
        planted(operation, "is empty below what is unknown", move || {
            faults::is_empty_below_what_is_unknown(operation, key)
        })
    };
    let strays = |operation: &'static str, key: &'static str| {
        planted(operation, "has an item of another parent", move || {
            let mut foreign: HashMap<String, Value> = HashMap::new();
            body(only(operation), move |_, request, page| {
                let Some(items) = page[key].as_array_mut() else {
                    return;
                };
                let own = path_of(request).to_owned();
                let mut others = foreign.iter().filter(|(path, _)| **path != own);
                let stray = others.next().map(|(_, item)| item.clone());
                foreign.extend(items.first().map(|item| (own, item.clone())));
                items.extend(stray);
            })
        })
    };
    vec![
        empty("ListAsset", "assets").quick(),
        empty("ListFunctionVersion", "function_versions"),
        empty("ListVariable", "variables"),
        strays("ListAsset", "assets"),
        strays("ListBuild", "builds"),
    ]
}

fn owners() -> Vec<Plant> {
    let other = |operation: &'static str, place: &'static str| {
        planted(
            operation,
            &format!("shows {place} of somebody else"),
            move || {
                text(only(operation), place, |id| {
                    format!("{}{}", &id[..2], "b".repeat(32))
                })
            },
        )
    };
    vec![
        other("FetchAsset", "/service_sid").quick(),
        other("CreateFunction", "/account_sid"),
        other("FetchAssetVersion", "/asset_sid"),
        other("FetchVariable", "/environment_sid"),
        other("ListBuild", "/builds/*/service_sid"),
        planted("DeleteAsset", "refuses a stranger and obeys", || {
            instead(&["DeleteAsset", "UpdateAsset"], |stage, request| {
                let refused = stage.answer(request);
                if refused.status == 401 {
                    let mut known = request.clone();
                    let_in(&mut known);
                    stage.answer(&known);
                }
                Some(Reply::Whole(refused))
            })
        })
        .quick(),
        planted("FetchEnvironment", "shows what runs elsewhere", || {
            body(&["FetchEnvironment"], |stage, request, body| {
                let page = stage.get(parent_of(path_of(request))).unwrap_or_default();
                let all = page["environments"].as_array().into_iter().flatten();
                let running = all
                    .map(|one| &one["build_sid"])
                    .find(|build| build.is_string());
                if let Some(build) = running {
                    body["build_sid"] = build.clone();
                }
            })
        }),
        planted(
            "CreateEnvironment",
            "keeps names apart in all services together",
            || {
                let mut taken: HashMap<String, String> = HashMap::new();
                instead(&["CreateEnvironment"], move |_, request| {
                    let name = field_of(request, "UniqueName")?;
                    let own = path_of(request).to_owned();
                    let first = taken.entry(name).or_insert_with(|| own.clone());
                    (*first != own).then(|| Reply::Whole(refusal(409, 20409)))
                })
            },
        ),
        planted("UpdateVariable", "changes those of its siblings", || {
            faults::update_changes_other_variables()
        }),
    ]
}
