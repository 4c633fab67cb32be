//! Requests that are let through or turned away wrongly.

use crate::faults;
use crate::planted::plant::{Class, Plant, plant};
use crate::stage::{
    Fault, before, edit_form, edit_query, empty, field, field_of, form_of, instead, is_success,
    json_of, let_in, only, path_and_query, refusal, set_header, with_json,
};
use crate::world::server::Reply;

pub(super) fn all() -> Vec<Plant> {
    let mut all = fields();
    all.extend(lengths());
    all.extend(queries());
    all.extend(builds());
    all.extend(strangers());
    all.extend(manners());
    all
}

fn planted(
    operation: &'static str,
    name: &str,
    fault: impl Fn() -> Fault + Send + Sync + 'static,
) -> Plant {
    plant(Class::Requests, operation, name, fault)
}

/// Does without a required field.
fn without(operation: &'static str, name: &'static str, value: &'static str) -> Plant {
    planted(operation, &format!("does without {name}"), move || {
        faults::filled(operation, name, value)
    })
}

/// Takes any value of a field for this one, unless it is one of these.
fn any(
    operation: &'static str,
    name: &'static str,
    good: &'static [&'static str],
    value: &'static str,
) -> Plant {
    planted(operation, &format!("takes any {name}"), move || {
        field(only(operation), name, move |sent| {
            if good.contains(&sent) { sent } else { value }.to_owned()
        })
    })
}

fn fields() -> Vec<Plant> {
    vec![
        without("CreateAsset", "FriendlyName", "untitled").quick(),
        without("CreateService", "UniqueName", "untitled"),
        without("UpdateFunction", "FriendlyName", "untitled"),
        without("CreateAssetVersion", "Path", "/index.html"),
        without("CreateFunctionVersion", "Visibility", "public"),
        without("CreateFunctionVersion", "Content", ""),
        without("CreateVariable", "Value", ""),
        any(
            "CreateAssetVersion",
            "Visibility",
            &["public", "protected", "private"],
            "public",
        ),
        any(
            "CreateService",
            "IncludeCredentials",
            &["true", "false"],
            "false",
        ),
        any("UpdateService", "UiEditable", &["true", "false"], "true"),
        planted("CreateDeployment", "takes an unknown build", || {
            instead(&["CreateDeployment"], |stage, request| {
                field_of(request, "BuildSid")?;
                if stage.answer(request).status != 400 {
                    return None;
                }
                let mut changed = request.clone();
                edit_form(&mut changed, |pairs| {
                    pairs.retain(|(name, _)| name != "BuildSid");
                });
                Some(Reply::Whole(stage.answer(&changed)))
            })
        }),
    ]
}

/// Takes what is too long, and cuts it.
fn cuts(operation: &'static str, name: &'static str, most: usize) -> Plant {
    planted(operation, &format!("cuts {name}"), move || {
        field(only(operation), name, move |value| {
            value.chars().take(most).collect()
        })
    })
}

/// Refuses what is just short enough.
fn refuses(operation: &'static str, name: &'static str, most: usize) -> Plant {
    planted(
        operation,
        &format!("refuses {most} characters of {name}"),
        move || {
            instead(only(operation), move |_, request| {
                let value = field_of(request, name)?;
                (value.chars().count() == most).then(|| Reply::Whole(refusal(400, 20001)))
            })
        },
    )
}

fn lengths() -> Vec<Plant> {
    vec![
        cuts("CreateAsset", "FriendlyName", 255).quick(),
        cuts("UpdateService", "FriendlyName", 255),
        cuts("CreateService", "UniqueName", 50),
        cuts("CreateFunctionVersion", "Path", 255),
        cuts("CreateEnvironment", "DomainSuffix", 16),
        cuts("CreateVariable", "Key", 128),
        cuts("CreateVariable", "Value", 450),
        refuses("UpdateAsset", "FriendlyName", 255).quick(),
        refuses("CreateService", "UniqueName", 50),
        refuses("CreateEnvironment", "DomainSuffix", 16),
        refuses("CreateVariable", "Value", 450),
    ]
}

/// Takes a page size for another.
fn lenient(operation: &'static str, asked: &'static str, given: &'static str) -> Plant {
    planted(operation, &format!("takes a size of {asked}"), move || {
        faults::takes_a_size(operation, asked, given)
    })
}

fn queries() -> Vec<Plant> {
    vec![
        lenient("ListAsset", "1001", "1000").quick(),
        lenient("ListFunction", "0", "1"),
        planted("ListBuild", "refuses a size of 1000", || {
            instead(&["ListBuild"], |_, request| {
                let (_, query) = path_and_query(request);
                let asked = query.split('&').any(|pair| pair == "PageSize=1000");
                asked.then(|| Reply::Whole(refusal(400, 20007)))
            })
        }),
        planted("ListAsset", "takes any page", || {
            before(&["ListAsset"], |_, request| {
                edit_query(request, |pairs| {
                    pairs.retain(|(name, value)| name != "Page" || value.parse::<u32>().is_ok());
                });
            })
        }),
        planted("ListLog", "takes any time", || {
            before(&["ListLog"], |_, request| {
                edit_query(request, |pairs| {
                    pairs.retain(|(name, _)| !name.ends_with("Date"));
                });
            })
        }),
        planted("ListLog", "takes any function", || {
            before(&["ListLog"], |_, request| {
                edit_query(request, |pairs| {
                    pairs.retain(|(name, _)| name != "FunctionSid");
                });
            })
        }),
    ]
}

fn builds() -> Vec<Plant> {
    vec![
        planted("CreateBuild", "makes an empty build", || {
            faults::makes_an_empty_build()
        }),
        planted("CreateBuild", "leaves out malformed versions", || {
            before(&["CreateBuild"], |_, request| {
                edit_form(request, |pairs| {
                    pairs.retain(|(name, value)| {
                        let hex = |byte: u8| byte.is_ascii_hexdigit();
                        let is_id = value.len() == 34 && value[2..].bytes().all(hex);
                        !name.ends_with("Versions") || is_id
                    });
                });
            })
        }),
        planted("CreateBuild", "takes only one version", || {
            instead(&["CreateBuild"], |_, request| {
                let fields = form_of(request);
                let versions = fields.iter().filter(|(name, _)| name.ends_with("Versions"));
                (versions.count() > 1).then(|| Reply::Whole(refusal(400, 20001)))
            })
        }),
        planted("CreateBuild", "takes any runtime", || {
            field(&["CreateBuild"], "Runtime", |name| {
                if name.starts_with("node") {
                    name
                } else {
                    "node22"
                }
                .to_owned()
            })
        }),
        planted("CreateBuild", "refuses dependencies", || {
            instead(&["CreateBuild"], |_, request| {
                let named = field_of(request, "Dependencies").is_some();
                named.then(|| Reply::Whole(refusal(400, 20001)))
            })
        }),
    ]
}

fn strangers() -> Vec<Plant> {
    let open = |operation: &'static str| {
        planted(operation, "is open to all", move || {
            before(only(operation), |_, request| {
                if request.headers.get("authorization").is_none() {
                    let_in(request);
                }
            })
        })
    };
    let careless = |operation: &'static str| {
        planted(operation, "takes any password", move || {
            before(only(operation), |_, request| {
                if request.headers.get("authorization").is_some() {
                    let_in(request);
                }
            })
        })
    };
    vec![
        open("FetchAsset").quick(),
        open("DeleteFunction"),
        open("ListService"),
        careless("UpdateAsset").quick(),
        careless("CreateBuild"),
        careless("FetchVariable"),
    ]
}

fn manners() -> Vec<Plant> {
    vec![
        planted("CreateAsset", "breaks over letters beyond ASCII", || {
            instead(&["CreateAsset"], |_, request| {
                let name = field_of(request, "FriendlyName")?;
                (!name.is_ascii()).then(|| Reply::Whole(refusal(500, 20500)))
            })
        }),
        planted("CreateFunction", "breaks over long names", || {
            instead(&["CreateFunction"], |_, request| {
                let name = field_of(request, "FriendlyName")?;
                (name.len() > 255).then(|| Reply::Whole(refusal(500, 20500)))
            })
        }),
        planted("FetchAsset", "breaks over ids of the wrong shape", || {
            instead(&["FetchAsset"], |_, request| {
                let (path, _) = path_and_query(request);
                let id = path.rsplit('/').next()?;
                (id.len() != 34).then(|| Reply::Whole(refusal(500, 20500)))
            })
        }),
        planted("UpdateAsset", "takes any type of body", || {
            before(&["UpdateAsset"], |_, request| {
                let form = "application/x-www-form-urlencoded";
                if request.headers.text("content-type").as_deref() != Some(form) {
                    set_header(&mut request.headers, "Content-Type", form);
                    request.body = b"FriendlyName=untitled".to_vec();
                }
            })
        })
        .quick(),
        planted(
            "FetchService",
            "answers methods that nobody described",
            || {
                Box::new(|stage, request| {
                    let response = stage.answer(&request);
                    let item = (request.method == "PUT" && response.status == 405)
                        .then(|| stage.get(path_and_query(&request).0))
                        .flatten();
                    let item = item.map(|item| with_json(200, &item));
                    Reply::Whole(item.unwrap_or(response))
                })
            },
        ),
        planted("ListAsset", "can be deleted", || {
            Box::new(|stage, request| {
                let (path, _) = path_and_query(&request);
                if request.method == "DELETE" && path.ends_with("/Assets") {
                    return Reply::Whole(empty(204));
                }
                Reply::Whole(stage.answer(&request))
            })
        })
        .quick(),
        planted("CreateService", "refuses a name in capitals", || {
            instead(&["CreateService"], |stage, request| {
                let name = field_of(request, "UniqueName")?;
                let response = stage.answer(request);
                let capital = name.bytes().any(|byte| byte.is_ascii_uppercase());
                let refused = capital && is_success(&response) && json_of(&response).is_some();
                Some(Reply::Whole(if refused {
                    refusal(400, 20001)
                } else {
                    response
                }))
            })
        }),
    ]
}
