//! Servers that keep something else than they were told, or forget it.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::faults;
use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{
    Fault, after_success, at, before, body, edit_form, empty, field, instead, is_success, json_of,
    keep, last_of, only, path_of, set, text,
};
use crate::world::server::Reply;

pub(super) fn all() -> Vec<Plant> {
    let mut all = creations();
    all.extend(lost_and_mixed_up());
    all.extend(updates());
    all.extend(deletions());
    all.extend(uploads());
    all.extend(builds());
    all.extend(environments());
    all
}

fn planted(
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> Fault + Send + Sync + 'static,
) -> Plant {
    plant(Class::State, operation, name, fault)
}

/// Keeps another value of a field.
fn keeps(
    operation: &'static str,
    name: &str,
    sent: &'static str,
    edit: fn(&str) -> String,
) -> Plant {
    planted(operation, name, move || field(only(operation), sent, edit))
}

/// Shows another text.
fn shows(
    operation: &'static str,
    name: &str,
    place: &'static str,
    edit: fn(&str) -> String,
) -> Plant {
    planted(operation, name, move || text(only(operation), place, edit))
}

fn creations() -> Vec<Plant> {
    vec![
        keeps(
            "CreateAsset",
            "keeps small letters",
            "FriendlyName",
            str::to_lowercase,
        )
        .quick(),
        keeps(
            "CreateFunction",
            "keeps blanks as +",
            "FriendlyName",
            |name| name.replace(' ', "+"),
        ),
        keeps(
            "CreateService",
            "keeps UTF-8 as Latin-1",
            "FriendlyName",
            |name| name.bytes().map(char::from).collect(),
        ),
        keeps("CreateVariable", "keeps & as HTML", "Value", |value| {
            value.replace('&', "&amp;")
        }),
        keeps("CreateAsset", "keeps short names", "FriendlyName", |name| {
            name.chars().take(200).collect()
        })
        .quick(),
        shows(
            "FetchFunction",
            "shows another name",
            "/friendly_name",
            |name| format!("{name}!"),
        ),
        shows(
            "FetchAsset",
            "shows another time",
            "/date_created",
            |time| {
                let day = if &time[8..10] == "01" { "02" } else { "01" };
                format!("2018-11-{day}{}", &time[10..])
            },
        )
        .quick(),
        shows(
            "CreateAsset",
            "stands still in 1970",
            "/date_created",
            |_| "1970-01-01T00:00:00Z".to_owned(),
        ),
        shows(
            "UpdateAsset",
            "is updated before it is created",
            "/date_updated",
            |time| format!("2001{}", &time[4..]),
        )
        .quick(),
    ]
}

fn lost_and_mixed_up() -> Vec<Plant> {
    vec![
        planted("CreateAsset", "loses what it creates", || {
            after_success(&["CreateAsset"], |stage, request, response| {
                let body = json_of(response).unwrap_or_default();
                let sid = body["sid"].as_str().unwrap_or_default();
                stage.ask("DELETE", &format!("{}/{sid}", path_of(request)));
            })
        })
        .quick(),
        planted("FetchFunction", "always shows one", || {
            let mut first: Option<Value> = None;
            body(&["FetchFunction"], move |_, _, body| {
                *body = first.get_or_insert_with(|| body.clone()).clone();
            })
        }),
        planted("CreateFunction", "answers with the item before", || {
            let mut before: Option<Value> = None;
            body(&["CreateFunction"], move |_, _, body| {
                let last = before.replace(body.clone());
                *body = last.unwrap_or_else(|| body.clone());
            })
        }),
        planted("CreateService", "takes a unique name twice", || {
            faults::takes_a_unique_name_twice()
        }),
        planted("CreateAsset", "refuses and does it", || {
            faults::refuses_and_does_it("CreateAsset")
        }),
        planted("CreateService", "ignores UiEditable", || {
            faults::ignores(&["CreateService"], "UiEditable")
        }),
        planted("FetchFunction", "changes what it shows", || {
            let mut shown: HashMap<String, usize> = HashMap::new();
            body(&["FetchFunction"], move |_, request, body| {
                let times = shown.entry(path_of(request).to_owned()).or_default();
                *times += 1;
                if *times > 1 {
                    body["date_updated"] = json!("2037-01-01T00:00:00Z");
                }
            })
        }),
    ]
}

fn updates() -> Vec<Plant> {
    vec![
        planted("UpdateAsset", "does nothing", || {
            faults::update_does_nothing("UpdateAsset")
        })
        .quick(),
        planted("UpdateFunction", "keeps nothing", || {
            faults::update_keeps_nothing("UpdateFunction")
        }),
        planted("UpdateService", "shows what was", || {
            faults::update_shows_what_was("UpdateService")
        }),
        planted("UpdateFunction", "changes the id", || {
            faults::shows_another_id("UpdateFunction")
        }),
        shows(
            "UpdateAsset",
            "moves its creation",
            "/date_created",
            |time| format!("2001{}", &time[4..]),
        ),
        planted("UpdateService", "resets the name", || {
            faults::update_resets("FriendlyName", "unnamed")
        }),
        planted("UpdateService", "changes the domain", || {
            faults::update_changes_the_domain()
        }),
        planted("UpdateFunction", "changes siblings", || {
            faults::update_changes_siblings("UpdateFunction")
        }),
        planted("FetchAsset", "shows what was created", || {
            faults::stale("Asset", &["FetchAsset"])
        }),
        planted("ListAsset", "shows what was created", || {
            faults::stale("Asset", &["ListAsset"])
        })
        .quick(),
        planted("UpdateVariable", "forgets the time", || {
            let mut times: HashMap<String, Value> = HashMap::new();
            body(
                &["CreateVariable", "UpdateVariable", "FetchVariable"],
                move |_, _, body| {
                    let sid = body["sid"].as_str().unwrap_or_default().to_owned();
                    let time = body["date_updated"].clone();
                    body["date_updated"] = times.entry(sid).or_insert(time).clone();
                },
            )
        }),
    ]
}

fn deletions() -> Vec<Plant> {
    let lazy = |operation: &'static str| {
        planted(operation, "does nothing", move || {
            faults::deletion_does_nothing(operation)
        })
    };
    let again = |operation: &'static str| {
        planted(operation, "succeeds again", move || {
            faults::deletion_succeeds_again(operation)
        })
    };
    vec![
        lazy("DeleteAsset").quick(),
        lazy("DeleteService"),
        lazy("DeleteBuild"),
        again("DeleteFunction"),
        again("DeleteVariable"),
        planted("DeleteFunction", "takes a sibling along", || {
            faults::deletion_takes_a_sibling_along("DeleteFunction")
        }),
        planted("FetchVariable", "finds what was deleted", || {
            let mut known: HashMap<String, trueup::wire::Response> = HashMap::new();
            Box::new(move |stage, request| {
                let path = path_of(&request).to_owned();
                if stage.is(&request, &["DeleteVariable"]) {
                    known.insert(path.clone(), stage.ask("GET", &path));
                }
                let response = stage.answer(&request);
                let ghost = known.get(&path).filter(|ghost| {
                    let gone = response.status == 404 && is_success(ghost);
                    gone && stage.is(&request, &["FetchVariable"])
                });
                Reply::Whole(ghost.cloned().unwrap_or(response))
            })
        }),
    ]
}

fn uploads() -> Vec<Plant> {
    vec![
        keeps("CreateAssetVersion", "has two slashes", "Path", |path| {
            format!("/{path}")
        }),
        keeps("CreateFunctionVersion", "has no folders", "Path", |path| {
            format!("/{}", last_of(path))
        }),
        keeps(
            "CreateAssetVersion",
            "makes all public",
            "Visibility",
            |value| match value {
                "protected" | "private" => "public".to_owned(),
                other => other.to_owned(),
            },
        ),
        shows(
            "FetchAssetVersion",
            "shows all as public",
            "/visibility",
            |_| "public".to_owned(),
        ),
        shows(
            "FetchFunctionVersionContent",
            "has another last byte",
            "/content",
            |text| format!("{text}!"),
        ),
        planted(
            "FetchFunctionVersionContent",
            "is that of another version",
            || {
                let mut first: Option<Value> = None;
                body(&["FetchFunctionVersionContent"], move |_, _, body| {
                    let content = body["content"].clone();
                    body["content"] = first.get_or_insert(content).clone();
                })
            },
        ),
    ]
}

fn builds() -> Vec<Plant> {
    let relapse = |operation: &'static str| {
        planted(operation, "goes back", move || faults::goes_back(operation))
    };
    let fewer = |operation: &'static str, place: &'static str| {
        planted(operation, &format!("shows too few {place}"), move || {
            at(only(operation), place, |items| {
                if let Some(items) = items.as_array_mut() {
                    items.pop();
                }
            })
        })
    };
    vec![
        planted("CreateBuild", "ignores the runtime", || {
            before(&["CreateBuild"], |_, request| {
                edit_form(request, |pairs| pairs.retain(|(name, _)| name != "Runtime"));
            })
        }),
        planted("CreateBuild", "drops dependencies", || {
            before(&["CreateBuild"], |_, request| {
                edit_form(request, |pairs| {
                    pairs.retain(|(name, _)| name != "Dependencies");
                });
            })
        }),
        fewer("CreateBuild", "/asset_versions"),
        fewer("FetchBuild", "/function_versions"),
        planted("CreateBuild", "is complete at once", || {
            set(&["CreateBuild"], "/status", "completed")
        }),
        relapse("FetchBuildStatus"),
        relapse("FetchBuild"),
        planted("FetchBuildStatus", "is never complete", || {
            set(&["FetchBuildStatus", "FetchBuild"], "/status", "building")
        }),
        planted("FetchBuildStatus", "is that of another build", || {
            text(&["FetchBuildStatus"], "/sid", |sid| {
                format!("{}{}", &sid[..2], "0".repeat(32))
            })
        }),
    ]
}

fn environments() -> Vec<Plant> {
    vec![
        planted("FetchEnvironment", "never shows a build", || {
            set(&["FetchEnvironment"], "/build_sid", Value::Null)
        }),
        planted("CreateDeployment", "is of another build", || {
            text(&["CreateDeployment"], "/build_sid", |_| {
                format!("ZB{}", "0".repeat(32))
            })
        }),
        planted("CreateEnvironment", "forgets the suffix", || {
            set(&["CreateEnvironment"], "/domain_suffix", Value::Null)
        }),
        planted(
            "CreateEnvironment",
            "leaves the suffix out of the domain",
            || faults::leaves_the_suffix_out_of_the_domain(),
        ),
        planted("DeleteBuild", "takes a live one", || {
            instead(&["DeleteBuild"], |stage, request| {
                (stage.answer(request).status == 400).then(|| Reply::Whole(empty(204)))
            })
        }),
        planted("ListDeployment", "forgets the past", || {
            at(&["ListDeployment"], keep("/deployments"), |all| {
                if let Some(all) = all.as_array_mut() {
                    all.truncate(1);
                }
            })
        }),
    ]
}
