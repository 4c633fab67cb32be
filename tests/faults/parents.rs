//! What is found where it does not belong: below another parent, under another kind, after it or
//! its parent was deleted.

use std::collections::HashMap;

use serde_json::Value;
use trueup::wire::{Request, Response};

use crate::matrix::{row, run};
use crate::places::{by_id_alone, ghosts, of_either_kind};
use crate::server::Reply;
use crate::stage::{
    Fault, empty, instead, is_success, keep, last_of, only, parent_of, path_of, readdress,
    with_json,
};

#[test]
fn another_parent() {
    let rows = [
        "FetchAsset",
        "UpdateAsset",
        "DeleteAsset",
        "FetchFunction",
        "UpdateFunction",
        "DeleteFunction",
        "FetchBuild",
        "FetchBuildStatus",
        "DeleteBuild",
        "CreateAssetVersion",
        "FetchAssetVersion",
        "ListAssetVersion",
        "CreateFunctionVersion",
        "FetchFunctionVersion",
        "ListFunctionVersion",
        "FetchFunctionVersionContent",
        "FetchEnvironment",
        "DeleteEnvironment",
        "FetchDeployment",
        "ListDeployment",
        "CreateVariable",
        "FetchVariable",
        "UpdateVariable",
        "DeleteVariable",
        "ListVariable",
        "ListLog",
    ]
    .map(|operation| {
        let name = format!("{operation} ignores the parent");
        let row = row(name, &["status"], by_id_alone(operation)).on(operation);
        if operation == "FetchBuildStatus" {
            // Together with the build.
            return row.filter("FetchBuild");
        }
        row
    });
    run(rows.into());
}

#[test]
fn another_kind() {
    let rows = [
        "FetchAsset",
        "UpdateAsset",
        "DeleteAsset",
        "ListAssetVersion",
        "FetchAssetVersion",
        "CreateAssetVersion",
        "FetchFunction",
        "UpdateFunction",
        "DeleteFunction",
        "ListFunctionVersion",
        "FetchFunctionVersion",
        "CreateFunctionVersion",
    ]
    .map(|operation| {
        let name = format!("{operation} takes either kind");
        row(name, &["status"], of_either_kind(operation)).on(operation)
    });
    run(rows.into());
}

#[test]
fn an_unknown_parent() {
    let rows = [
        ("ListAsset", "/assets"),
        ("ListFunction", "/functions"),
        ("ListBuild", "/builds"),
        ("ListAssetVersion", "/asset_versions"),
        ("ListFunctionVersion", "/function_versions"),
        ("ListEnvironment", "/environments"),
        ("ListDeployment", "/deployments"),
        ("ListVariable", "/variables"),
        ("ListLog", "/logs"),
    ]
    .map(|(operation, items)| {
        let fault = instead(only(operation), move |stage, request| {
            if stage.answer(request).status != 404 {
                return None;
            }
            let url = format!("{}{}?PageSize=50&Page=0", stage.base, path_of(request));
            let mut page = serde_json::json!({
                "meta": {
                    "first_page_url": url,
                    "key": &items[1..],
                    "next_page_url": null,
                    "page": 0,
                    "page_size": 50,
                    "previous_page_url": null,
                    "url": url,
                },
            });
            page[&items[1..]] = Value::Array(Vec::new());
            Some(Reply::Whole(with_json(200, &page)))
        });
        row(
            format!("{operation} of nothing is empty"),
            &["status"],
            fault,
        )
        .on(operation)
    });
    run(rows.into());
}

#[test]
fn below_what_was_deleted() {
    let mut rows = Vec::new();
    for (delete, filter, operations) in [
        (
            "DeleteService",
            "DeleteService::",
            &[
                "FetchAsset",
                "ListAsset",
                "UpdateAsset",
                "DeleteAsset",
                "FetchAssetVersion",
                "ListAssetVersion",
                "CreateAssetVersion",
                "FetchFunction",
                "ListFunction",
                "UpdateFunction",
                "DeleteFunction",
                "FetchFunctionVersion",
                "ListFunctionVersion",
                "CreateFunctionVersion",
                "FetchFunctionVersionContent",
                "FetchBuild",
                "ListBuild",
                "FetchBuildStatus",
                "DeleteBuild",
                "CreateAsset",
                "CreateFunction",
                "CreateBuild",
                "FetchEnvironment",
                "ListEnvironment",
                "FetchVariable",
                "ListDeployment",
            ][..],
        ),
        (
            "DeleteAsset",
            "DeleteAsset::",
            &[
                "FetchAssetVersion",
                "ListAssetVersion",
                "CreateAssetVersion",
            ],
        ),
        (
            "DeleteFunction",
            "DeleteFunction::",
            &[
                "FetchFunctionVersion",
                "ListFunctionVersion",
                "CreateFunctionVersion",
                "FetchFunctionVersionContent",
            ],
        ),
        ("DeleteBuild", "DeleteBuild::", &["FetchBuildStatus"]),
        (
            "DeleteEnvironment",
            "DeleteEnvironment::",
            &["FetchVariable", "ListVariable", "ListDeployment", "ListLog"],
        ),
    ] {
        for operation in operations {
            let name = format!("after {delete}, {operation} goes on");
            rows.push(
                row(name, &["status"], ghosts(delete, operation))
                    .filter(filter)
                    .on(operation),
            );
        }
    }
    run(rows);
}

#[test]
fn deleted() {
    let mut rows = Vec::new();
    for (kind, filter) in [
        ("Service", "DeleteService::"),
        ("Asset", "DeleteAsset::"),
        ("Function", "DeleteFunction::"),
        ("Build", "DeleteBuild::"),
        ("Environment", "DeleteEnvironment::"),
        ("Variable", "DeleteVariable::"),
    ] {
        let delete = keep(format!("Delete{kind}"));
        let fetch = keep(format!("Fetch{kind}"));
        // Says so, and does nothing.
        let lazy = instead(only(delete), |stage, request| {
            let known = stage.get(path_of(request)).is_some();
            let let_in = request.headers.get("authorization").is_some()
                && stage.answer(&as_get(request)).status == 200;
            (known && let_in).then(|| Reply::Whole(empty(204)))
        });
        rows.push((
            format!("{delete} does nothing"),
            "status",
            fetch,
            lazy,
            filter,
        ));
        let sibling = instead(only(delete), |stage, request| {
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
        });
        rows.push((
            format!("{delete} takes a sibling along"),
            "status",
            // The service may be that of another case, which misses it wherever it is.
            if kind == "Service" { "" } else { fetch },
            sibling,
            filter,
        ));
        let mut gone: Vec<String> = Vec::new();
        let again = instead(only(delete), move |stage, request| {
            let response = stage.answer(request);
            if response.status == 204 {
                gone.push(path_of(request).to_owned());
            }
            let repeated =
                response.status == 404 && gone.iter().any(|path| path == path_of(request));
            Some(Reply::Whole(if repeated { empty(204) } else { response }))
        });
        rows.push((
            format!("{delete} succeeds again"),
            "status",
            delete,
            again,
            filter,
        ));
        let mut known: HashMap<String, Response> = HashMap::new();
        let fetchable: Fault = Box::new(move |stage, request| {
            let path = path_of(&request).to_owned();
            if stage.is(&request, only(delete)) {
                let answer = stage.ask("GET", &path);
                known.insert(path.clone(), answer);
            }
            let response = stage.answer(&request);
            let ghost = known.get(&path).filter(|ghost| {
                response.status == 404 && is_success(ghost) && stage.is(&request, only(fetch))
            });
            Reply::Whole(ghost.cloned().unwrap_or(response))
        });
        rows.push((
            format!("{fetch} finds what was deleted"),
            "status",
            fetch,
            fetchable,
            filter,
        ));
    }
    let name = "DeleteAsset though it is in a build".to_owned();
    rows.push((
        name,
        "status",
        "DeleteAsset",
        with_builds("DeleteAsset"),
        "DeleteAsset::",
    ));
    let rows = rows
        .into_iter()
        .map(|(name, check, operation, fault, filter)| {
            let row = row(name, &[check], fault).filter(filter);
            if operation.is_empty() {
                row
            } else {
                row.on(operation)
            }
        });
    run(rows.collect());
}

/// Deletes the builds of a service when they stand in the way of a deletion.
pub(crate) fn with_builds(delete: &'static str) -> Fault {
    instead(only(delete), |stage, request| {
        let response = stage.answer(request);
        if response.status != 400 {
            return Some(Reply::Whole(response));
        }
        let service = parent_of(parent_of(path_of(request)));
        let builds = format!("{service}/Builds");
        let page = stage.get(&builds)?;
        for build in page["builds"].as_array()? {
            stage.ask("DELETE", &format!("{builds}/{}", build["sid"].as_str()?));
        }
        Some(Reply::Whole(stage.answer(request)))
    })
}

fn as_get(request: &Request) -> Request {
    Request {
        method: "GET".to_owned(),
        body: Vec::new(),
        ..request.clone()
    }
}

/// A unique name stands for an id, in the path of a service.
#[test]
fn unique_names() {
    let mut rows = Vec::new();
    for operation in ["FetchService", "UpdateService", "DeleteService"] {
        let ids_only = instead(only(operation), |stage, request| {
            let name = last_of(path_of(request));
            let unknown = format!("/v1/Services/ZS{}", "0".repeat(32));
            (!name.starts_with("ZS")).then(|| {
                let mut other = request.clone();
                readdress(&mut other, &unknown);
                Reply::Whole(stage.answer(&other))
            })
        });
        rows.push(row(format!("{operation} takes ids only"), &["status"], ids_only).on(operation));
    }
    let first = instead(&["FetchService"], |stage, request| {
        let name = last_of(path_of(request));
        if name.starts_with("ZS") || stage.answer(request).status != 200 {
            return None;
        }
        let page = stage.get("/v1/Services")?;
        let services = page["services"].as_array()?;
        let other = services
            .iter()
            .find(|service| service["unique_name"] != name)?;
        Some(Reply::Whole(with_json(200, other)))
    });
    rows.push(row("another service answers to a name", &["expectation"], first).on("FetchService"));
    run(rows);
}
