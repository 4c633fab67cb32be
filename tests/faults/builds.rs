//! Builds that pack something else than they were told, or whose status goes astray.

use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use trueup::wire::{Request, Response};

use crate::matrix::{row, run};
use crate::server::Reply;
use crate::stage::{
    Fault, Stage, at, before, body, edit_form, form_of, instead, is_success, json_of, keep, only,
    path_of, readdress, set, text,
};

const CREATE: &[&str] = &["CreateBuild"];

/// What was uploaded: id to path.
#[derive(Default)]
struct Uploads(HashMap<String, String>);

impl Uploads {
    fn learn(&mut self, stage: &Stage, request: &Request, response: &Response) {
        if stage.is(request, &["CreateAssetVersion", "CreateFunctionVersion"])
            && is_success(response)
            && let Some(body) = json_of(response)
            && let (Some(sid), Some(url)) = (body["sid"].as_str(), body["url"].as_str())
        {
            self.0.insert(sid.to_owned(), stage.path(url).to_owned());
        }
    }
}

/// Changes what is asked of a build, knowing all uploads.
fn packed(mut edit: impl FnMut(&HashMap<String, String>, &mut Request) + Send + 'static) -> Fault {
    let mut uploads = Uploads::default();
    Box::new(move |stage, mut request| {
        if stage.is(&request, CREATE) {
            edit(&uploads.0, &mut request);
        }
        let response = stage.answer(&request);
        uploads.learn(stage, &request, &response);
        Reply::Whole(response)
    })
}

fn pairs(edit: fn(&mut Vec<(String, String)>)) -> Fault {
    before(CREATE, move |_, request| edit_form(request, edit))
}

/// Leaves out values of a field that do not belong there.
fn lenient(belongs: fn(&HashMap<String, String>, &str, &str) -> bool) -> Fault {
    packed(move |uploads, request| {
        let sent = form_of(request);
        edit_form(request, |pairs| {
            pairs.retain(|(name, value)| {
                !name.ends_with("Versions") || belongs(uploads, name, value)
            });
            if pairs.is_empty() {
                pairs.clone_from(&sent);
            }
        });
    })
}

#[test]
fn versions() {
    let drop_last = |items: &mut Value| {
        if let Some(items) = items.as_array_mut().filter(|items| items.len() > 1) {
            items.pop();
        }
    };
    let mut rows = Vec::new();
    for (field, place) in [
        ("AssetVersions", "/asset_versions"),
        ("FunctionVersions", "/function_versions"),
    ] {
        let one = before(CREATE, move |_, request| {
            edit_form(request, |pairs| {
                let last = pairs.iter().rposition(|(name, _)| name == field);
                let first = pairs.iter().position(|(name, _)| name == field);
                if last != first {
                    last.map(|index| pairs.remove(index));
                }
            });
        });
        rows.push(row(format!("the last of {field} counts not"), &["echo"], one).on("CreateBuild"));
        let none = before(CREATE, move |_, request| {
            edit_form(request, |pairs| {
                if pairs
                    .iter()
                    .any(|(name, _)| name != field && name.ends_with("Versions"))
                {
                    pairs.retain(|(name, _)| name != field);
                }
            });
        });
        rows.push(
            row(format!("{field} count not beside others"), &["echo"], none).on("CreateBuild"),
        );
        let shown = at(CREATE, place, drop_last);
        rows.push(
            row(format!("created: one of {place} too few"), &["echo"], shown).on("CreateBuild"),
        );
        let fetched = at(&["FetchBuild"], place, drop_last);
        let name = format!("fetched: one of {place} too few");
        rows.push(row(name, &["expectation"], fetched).on("FetchBuild"));
        let empty = at(&["FetchBuild"], place, |items| *items = json!([]));
        rows.push(row(format!("fetched: no {place}"), &["expectation"], empty).on("FetchBuild"));
        let listed = at(&["ListBuild"], keep(format!("/builds/*{place}")), |items| {
            *items = json!([]);
        });
        // Functions are listed in a build only once.
        rows.push(
            row(format!("listed: no {place}"), &["items"], listed)
                .on("ListBuild")
                .filter("Build"),
        );
        let twice = at(CREATE, place, |items| {
            if let Some(items) = items.as_array_mut() {
                items.extend(items.first().cloned());
            }
        });
        rows.push(row(format!("one of {place} twice"), &["echo"], twice).on("CreateBuild"));
        let same = at(&["FetchBuild"], place, |items| {
            if let Some(items) = items.as_array_mut() {
                let first = items.first().cloned();
                for item in items {
                    *item = first.clone().unwrap_or_default();
                }
            }
        });
        rows.push(
            row(
                format!("all of {place} are the first"),
                &["expectation"],
                same,
            )
            .on("FetchBuild"),
        );
        for (member, value) in [("visibility", "PUBLIC"), ("path", "/same")] {
            let place = keep(format!("{place}/*/{member}"));
            let created = set(CREATE, place, value);
            let name = format!("created: {place} is always {value}");
            rows.push(
                row(name, &["snapshot"], created)
                    .on("CreateBuild")
                    .filter("several"),
            );
            let fetched = set(&["FetchBuild"], place, value);
            let name = format!("fetched: {place} is always {value}");
            rows.push(row(name, &["expectation"], fetched).on("FetchBuild"));
        }
    }
    let mut earlier: HashMap<String, Vec<Value>> = HashMap::new();
    let inherits = body(CREATE, move |_, request, build| {
        let known = earlier.entry(path_of(request).to_owned()).or_default();
        if let Some(items) = build["asset_versions"].as_array_mut() {
            let own = items.clone();
            items.extend(known.iter().filter(|item| !own.contains(item)).cloned());
            known.extend(own);
        }
    });
    rows.push(row("earlier versions are packed too", &["echo"], inherits).on("CreateBuild"));
    let joined = pairs(|pairs| {
        let sids: Vec<String> = pairs
            .iter()
            .filter(|(name, _)| name == "AssetVersions")
            .map(|(_, value)| value.clone())
            .collect();
        if sids.len() > 1 {
            pairs.retain(|(name, _)| name != "AssetVersions");
            pairs.push(("AssetVersions".to_owned(), sids.join(",")));
        }
    });
    rows.push(row("repeated keys are joined", &["status"], joined).on("CreateBuild"));
    let brackets = pairs(|pairs| pairs.retain(|(name, _)| name != "AssetVersions"));
    rows.push(row("only bracketed keys count", &["status"], brackets).on("CreateBuild"));
    run(rows);
}

#[test]
fn strays() {
    let mut rows = Vec::new();
    let mut add = |name: &str, fault: Fault| {
        rows.push(
            row(name, &["status"], fault)
                .on("CreateBuild")
                .filter("CreateBuild::"),
        );
    };
    let either = packed(|uploads, request| {
        edit_form(request, |pairs| {
            for (name, value) in pairs {
                let path = uploads.get(value.as_str()).map_or("", String::as_str);
                if path.contains("/Assets/") && name == "FunctionVersions" {
                    "AssetVersions".clone_into(name);
                } else if path.contains("/Functions/") && name == "AssetVersions" {
                    "FunctionVersions".clone_into(name);
                }
            }
        });
    });
    add("a version of the other kind is taken", either);
    let foreign = packed(|uploads, request| {
        let own = form_of(request)
            .iter()
            .find_map(|(_, value)| uploads.get(value))
            .and_then(|path| path.split('/').nth(3).map(str::to_owned));
        if let Some(service) = own {
            readdress(request, &format!("/v1/Services/{service}/Builds"));
        }
    });
    add("a version of another service is taken", foreign);
    add(
        "a malformed version is left out",
        lenient(|_, _, sid| sid.len() == 34 && sid[2..].bytes().all(|b| b.is_ascii_hexdigit())),
    );
    add(
        "an unknown version is left out",
        lenient(|uploads, _, sid| uploads.contains_key(sid)),
    );
    let newest = packed(|uploads, request| {
        let asset = |sid: &str| {
            uploads
                .get(sid)
                .and_then(|path| path.split('/').nth(5))
                .map(str::to_owned)
        };
        edit_form(request, |pairs| {
            let mut seen = Vec::new();
            pairs.retain(|(_, value)| {
                let asset = asset(value);
                let first = asset.is_none() || !seen.contains(&asset);
                seen.push(asset);
                first
            });
        });
    });
    add("two versions of one asset are taken", newest);
    let mut known: HashMap<String, Request> = HashMap::new();
    let undead: Fault = Box::new(move |stage, request| {
        let path = path_of(&request).to_owned();
        if stage.is(&request, &["DeleteAsset"]) && known.insert(path, request.clone()).is_none() {
            return Reply::Whole(crate::stage::empty(204));
        }
        Reply::Whole(stage.answer(&request))
    });
    let undead = row("a version of a deleted asset is taken", &["status"], undead)
        .on("CreateBuild")
        .filter("the_version_of_a_deleted_asset");
    let runtime = pairs(|pairs| {
        for (name, value) in pairs {
            if name == "Runtime" && value == "trueup-no-such-runtime" {
                "node22".clone_into(value);
            }
        }
    });
    add("any runtime is taken", runtime);
    let refusing = instead(CREATE, |_, request| {
        let functions = form_of(request)
            .iter()
            .any(|(name, _)| name == "FunctionVersions");
        functions.then(|| Reply::Whole(crate::stage::refusal(400, 20001)))
    });
    add("function versions are refused", refusing);
    rows.push(undead);
    run(rows);
}

#[test]
fn runtimes_and_dependencies() {
    let without = |field: &'static str| {
        before(CREATE, move |_, request| {
            edit_form(request, |pairs| pairs.retain(|(name, _)| name != field));
        })
    };
    let listed: fn(&mut Value) = |dependencies| {
        if let Some(items) = dependencies.as_array_mut() {
            items.truncate(1);
        }
    };
    run(vec![
        row("the runtime is ignored", &["echo"], without("Runtime")).on("CreateBuild"),
        row(
            "the runtime is always node18",
            &["echo"],
            set(CREATE, "/runtime", "node18"),
        )
        .on("CreateBuild"),
        row(
            "fetched: the runtime is always node18",
            &["expectation"],
            set(&["FetchBuild"], "/runtime", "node18"),
        )
        .on("FetchBuild"),
        row(
            "listed: the runtime is always node22",
            &["items"],
            set(&["ListBuild"], "/builds/*/runtime", "node22"),
        )
        .on("ListBuild"),
        row(
            "dependencies are dropped",
            &["echo"],
            without("Dependencies"),
        )
        .on("CreateBuild"),
        row(
            "one dependency counts",
            &["echo"],
            at(CREATE, "/dependencies", listed),
        )
        .on("CreateBuild"),
        row(
            "versions of dependencies are resolved",
            &["echo"],
            text(CREATE, "/dependencies/*/version", |version| {
                format!("^{version}")
            }),
        )
        .on("CreateBuild"),
        row(
            "names of dependencies lose their scope",
            &["echo"],
            text(CREATE, "/dependencies/*/name", |name| {
                name.rsplit('/').next().unwrap_or_default().to_owned()
            }),
        )
        .on("CreateBuild"),
        row(
            "dependencies are forgotten",
            &["expectation"],
            set(&["FetchBuild"], "/dependencies", json!([])),
        )
        .on("FetchBuild"),
        row(
            "fetched: dependencies have other versions",
            &["expectation"],
            set(&["FetchBuild"], "/dependencies/*/version", "0.0.1"),
        )
        .on("FetchBuild"),
        row(
            "blanks between dependencies matter",
            &["status"],
            instead(CREATE, |_, request| {
                let blank = form_of(request)
                    .iter()
                    .any(|(_, value)| value.contains("[ {"));
                blank.then(|| Reply::Whole(crate::stage::refusal(400, 20001)))
            }),
        )
        .on("CreateBuild"),
        row(
            "dependencies without a version of a function are refused",
            &["status"],
            instead(CREATE, |_, request| {
                let some = form_of(request)
                    .iter()
                    .any(|(name, _)| name == "Dependencies");
                let empty = form_of(request)
                    .iter()
                    .all(|(name, _)| name == "Dependencies");
                (some && !empty).then(|| Reply::Whole(crate::stage::refusal(400, 20001)))
            }),
        )
        .on("CreateBuild"),
    ]);
}

#[test]
fn statuses() {
    const COMPLETES: &str = "a_build_completes";
    let relapse = |operation: &'static str| {
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
    };
    run(vec![
        row(
            "a new build is complete",
            &["expectation"],
            set(CREATE, "/status", "completed"),
        )
        .on("CreateBuild"),
        row(
            "a new build has failed",
            &["expectation"],
            set(CREATE, "/status", "failed"),
        )
        .on("CreateBuild"),
        row(
            "the status goes back",
            &["state"],
            relapse("FetchBuildStatus"),
        )
        .on("FetchBuildStatus")
        .filter(COMPLETES),
        row(
            "the build goes back",
            &["expectation", "state"],
            relapse("FetchBuild"),
        )
        .on("FetchBuild")
        .filter(COMPLETES),
        row(
            "the build knows not that it is complete",
            &["expectation"],
            set(&["FetchBuild"], "/status", "building"),
        )
        .on("FetchBuild")
        .filter(COMPLETES),
        row(
            "the build fails afterwards",
            &["expectation"],
            set(&["FetchBuild"], "/status", "failed"),
        )
        .on("FetchBuild")
        .filter(COMPLETES),
        row(
            "the list knows not that it is complete",
            &["items"],
            set(&["ListBuild"], "/builds/*/status", "building"),
        )
        .on("ListBuild")
        .filter(COMPLETES),
        row(
            "the status is of another build",
            &["echo"],
            text(&["FetchBuildStatus"], "/sid", |sid| {
                format!("{}{}", &sid[..2], "0".repeat(32))
            }),
        )
        .on("FetchBuildStatus"),
    ]);
}

/// What never comes is found in the end. The shipped fixtures wait a minute, these a moment.
#[test]
fn never_complete() {
    let folder = tempfile::tempdir().expect("there is a folder for fixtures");
    std::fs::write(
        folder.path().join("builds.yaml"),
        "resources:\n\
         \x20 service: { UniqueName: 'trueup-{{unique}}', FriendlyName: trueup service }\n\
         \x20 asset: { FriendlyName: trueup asset }\n\
         \x20 asset_version: { Path: /a.txt, Visibility: public, Content: a }\n\
         scenarios:\n\
         \x20 - name: a build completes\n\
         \x20   given: [asset_version]\n\
         \x20   steps:\n\
         \x20     - operation: CreateBuild\n\
         \x20       with: { AssetVersions: ['{{asset_version.sid}}'] }\n\
         \x20       save: build\n\
         \x20     - operation: FetchBuildStatus\n\
         \x20       until: { body: { status: completed } }\n\
         \x20       every: 100ms\n\
         \x20       within: 500ms\n",
    )
    .expect("fixtures can be written");
    let fixtures = folder.path().to_string_lossy().into_owned();
    let status = |name: &str, status: &'static str| {
        row(
            name,
            &["until"],
            set(&["FetchBuildStatus"], "/status", status),
        )
        .filter("a_build_completes")
        .on("FetchBuildStatus")
        .setup(|setup| setup.fixtures = Some(fixtures.clone()))
    };
    run(vec![
        status("a build is never complete", "building"),
        status("a build fails", "failed"),
        // Who goes on asking sees a state that goes back, and not that the wait is over.
        row("a build has failed, for a moment", &["until"], {
            let mut has_failed = false;
            body(only("FetchBuildStatus"), move |_, _, body| {
                let state = if has_failed { "completed" } else { "failed" };
                body["status"] = json!(state);
                has_failed = true;
            })
        })
        .filter("a_build_completes")
        .on("FetchBuildStatus")
        .setup(|setup| setup.fixtures = Some(fixtures.clone())),
        row(
            "a build completes",
            &[],
            set(&["FetchBuild"], "/status", "completed"),
        )
        .filter("a_build_completes")
        .build_time(Duration::from_millis(150))
        .setup(|setup| setup.fixtures = Some(fixtures.clone())),
    ]);
}
