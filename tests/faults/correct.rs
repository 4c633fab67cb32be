//! Servers that differ from the emulator and are right all the same: every case passes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;
use serde_json::{Map, Value, json};
use trueup::wire::{Header, Headers};

use crate::matrix::{correct, run};
use crate::parents::with_builds;
use crate::server::{Reply, bytes_of};
use crate::stage::{
    ANY, Fault, after, after_success, before, body, edit_form, field_of, instead, is_success,
    json_of, path_of, readdress, refusal, refused, set_header, text, visit,
};

/// Changes the bytes of every JSON body.
fn rewritten(mut edit: impl FnMut(&Value) -> String + Send + 'static) -> Fault {
    after(ANY, move |_, _, response| {
        if let Some(body) = json_of(response) {
            response.body = edit(&body).into_bytes();
        }
    })
}

/// A value with the members of its objects in the opposite order.
fn turned(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().rev();
            let members: Map<String, Value> = members
                .map(|(name, value)| (name.clone(), turned(value)))
                .collect();
            Value::Object(members)
        }
        Value::Array(items) => items.iter().map(turned).collect(),
        other => other.clone(),
    }
}

#[test]
fn bytes() {
    let ascii = |body: &Value| {
        let mut text = String::new();
        for c in body.to_string().chars() {
            if c.is_ascii() {
                text.push(c);
            } else {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04X}");
                }
            }
        }
        text.replace('/', "\\/")
    };
    let zipped = after(ANY, |_, _, response| {
        if !response.body.is_empty() {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            let _ = encoder.write_all(&response.body);
            response.body = encoder.finish().unwrap_or_default();
            response.headers.push("Content-Encoding", "gzip");
        }
    });
    let chunked: Fault = Box::new(|stage, request| {
        let mut response = stage.answer(&request);
        if response.body.is_empty() {
            return Reply::Whole(response);
        }
        let mut body = Vec::new();
        for chunk in response.body.chunks(100) {
            body.extend_from_slice(format!("{:X}\r\n", chunk.len()).as_bytes());
            body.extend_from_slice(chunk);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"0\r\n\r\n");
        response.body = body;
        response.headers.push("Transfer-Encoding", "chunked");
        Reply::Whole(response)
    });
    let closing: Fault = Box::new(|stage, request| {
        let mut response = stage.answer(&request);
        response.headers.push("Connection", "close");
        Reply::Bytes(bytes_of(&response, false))
    });
    run(vec![
        correct(
            "members in another order",
            rewritten(|body| turned(body).to_string()),
        ),
        correct("in ASCII", rewritten(ascii)).filter("Function::"),
        correct(
            "indented, with an end of line",
            rewritten(|body| format!("\r\n{body:#}\n")),
        )
        .filter("Asset::"),
        correct("zipped", zipped).filter("Build::"),
        correct("in chunks", chunked).filter("FunctionVersion"),
        correct("one request for each connection", closing).filter("Service::"),
    ]);
}

#[test]
fn headers() {
    let more = after(ANY, |_, _, response| {
        for (name, value) in [
            ("Twilio-Request-Id", "RQ0123456789abcdef0123456789abcdef"),
            ("Twilio-Request-Duration", "0.039"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("X-Powered-By", "AT-5000"),
            ("Date", "Sat, 10 Nov 2018 20:00:00 GMT"),
            ("Strict-Transport-Security", "max-age=31536000"),
            ("Vary", ""),
        ] {
            response.headers.push(name, value);
        }
    });
    let shouting = after(ANY, |_, _, response| {
        for header in &mut response.headers.0 {
            header.name.make_ascii_uppercase();
        }
    });
    let charset = after_success(ANY, |_, _, response| {
        if !response.body.is_empty() {
            let kind = "Application/JSON; Charset=UTF-8;charset=utf-8";
            set_header(&mut response.headers, "Content-Type", kind);
        }
    });
    let plain = after(ANY, |_, _, response| {
        if !response.body.is_empty() {
            set_header(&mut response.headers, "Content-Type", "application/json");
        }
    });
    let zero = after(ANY, |_, _, response| {
        if response.status == 204 {
            response.headers.push("Content-Length", "0");
        }
    });
    let other_values = after_success(ANY, |_, _, response| {
        if !response.body.is_empty() {
            for (name, value) in [
                ("Origin", "https://www.example.com"),
                ("Methods", "POST, OPTIONS"),
                ("Headers", "Content-Type, Authorization"),
                ("Credentials", "false"),
            ] {
                let name = format!("Access-Control-Allow-{name}");
                set_header(&mut response.headers, &name, value);
            }
        }
    });
    let bare = after(ANY, |_, _, response| {
        if !is_success(response) {
            let is_type = |header: &Header| header.name.eq_ignore_ascii_case("content-type");
            response.headers = Headers(
                response
                    .headers
                    .0
                    .iter()
                    .filter(|h| is_type(h))
                    .cloned()
                    .collect(),
            );
        }
    });
    let announced = after(ANY, |_, _, response| {
        if response.status == 204 {
            response.headers.push("Content-Type", "application/json");
        }
    });
    run(vec![
        correct("more headers", more).filter("Asset::"),
        correct("names of headers in capitals", shouting).filter("Function::"),
        correct("another way to write the media type", charset).filter("Build::"),
        correct("no charset", plain).filter("Service::"),
        correct("a 204 of length 0", zero).filter("DeleteAsset::"),
        correct("a 204 with a media type", announced).filter("DeleteBuild::"),
        correct("other values of the Access-Control headers", other_values)
            .filter("AssetVersion::"),
        correct("errors without Access-Control headers", bare).filter("a_stranger"),
    ]);
}

#[test]
fn load() {
    let mut requests = 0;
    let busy: Fault = Box::new(move |stage, request| {
        requests += 1;
        if requests % 5 > 0 {
            return Reply::Whole(stage.answer(&request));
        }
        let mut response = refusal(429, 20429);
        response.headers.push("Retry-After", "0");
        Reply::Whole(response)
    });
    run(vec![
        correct("asks for less at times", busy).filter("Function::"),
    ]);
}

#[test]
fn refusals() {
    let worded = refused(ANY, 404, |body| {
        body["message"] = json!("Nicht gefunden: \u{1F614}");
    });
    let strangers = refused(ANY, 401, |body| {
        body["message"] = json!("Authentication Error - invalid username");
        body["more_info"] = json!("https://www.twilio.com/docs/api/errors/20003");
    });
    // Statuses and codes that nobody has witnessed may be others.
    let open = |status: u16, code: u32| {
        after(ANY, move |stage, request, response| {
            let empty = stage.is(request, &["CreateBuild"])
                && json_of(response).is_some_and(|body| {
                    body["message"]
                        .as_str()
                        .unwrap_or_default()
                        .starts_with("At least one")
                });
            let taken = response.status == 409
                && stage.is(request, &["CreateEnvironment", "CreateDeployment"]);
            if matches!(response.status, 400 | 409) && !empty && !taken {
                *response = refusal(status, code);
            }
        })
    };
    let malformed = after(ANY, |_, request, response| {
        let hex = |segment: &str| {
            segment.len() == 34 && segment[2..].bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let path = path_of(request);
        let is_id = |segment: &&str| segment.starts_with('Z');
        let segments: Vec<&str> = path.split('/').filter(is_id).collect();
        let kinds = |segment: &&str| {
            hex(segment)
                && !path.contains("/Assets/ZN")
                && !path.contains("/Builds/ZN")
                && !path.contains("/Functions/ZN")
                && !path.contains("/Versions/ZH")
        };
        if response.status == 404 && !segments.iter().all(kinds) {
            *response = refusal(400, 20001);
        }
    });
    let mut count = 0;
    let never_the_same = after(ANY, move |_, _, response| {
        if response.status == 400
            && let Some(mut body) = json_of(response)
            && !body["message"]
                .as_str()
                .unwrap_or_default()
                .starts_with("At least one")
        {
            count += 1;
            body["message"] = json!(format!("refused for the {count}th time"));
            response.body = body.to_string().into_bytes();
        }
    });
    run(vec![
        correct("other words for what is unknown", worded).filter("Function::"),
        correct("other words for strangers", strangers).filter("a_stranger"),
        correct("all is a conflict", open(409, 20409)),
        correct("all is unprocessable", open(422, 20422)).filter("CreateBuild::"),
        correct("all is a bad request", open(400, 20001)).filter("Service::"),
        correct("all is forbidden", open(403, 70051)).filter("Asset::"),
        correct("what is malformed is a bad request", malformed).filter("malformed"),
        correct("no two messages are the same", never_the_same).filter("CreateBuild::"),
    ]);
}

#[test]
fn lists() {
    let reversed = body(
        &["ListService", "ListAsset", "ListFunction"],
        |_, _, page| {
            let key = page["meta"]["key"].as_str().unwrap_or_default().to_owned();
            if let Some(items) = page[key.as_str()].as_array_mut() {
                items.reverse();
            }
        },
    );
    // Equal times stand in any order.
    let by_sid = body(
        &["ListBuild", "ListAssetVersion", "ListFunctionVersion"],
        |_, _, page| {
            let key = page["meta"]["key"].as_str().unwrap_or_default().to_owned();
            if let Some(items) = page[key.as_str()].as_array_mut() {
                items.sort_by_key(|item| item["sid"].to_string());
                items.sort_by_key(|item| std::cmp::Reverse(item["date_created"].to_string()));
            }
        },
    );
    let opaque: Fault = Box::new(|stage, mut request| {
        request.url = request.url.replace("Cursor=", "PageToken=");
        let mut response = stage.answer(&request);
        let text = String::from_utf8_lossy(&response.body);
        response.body = text.replace("PageToken=", "Cursor=").into_bytes();
        Reply::Whole(response)
    });
    let turned_query = body(ANY, |_, _, page| {
        for name in ["first", "next", "previous"] {
            visit(page, &format!("/meta/{name}_page_url"), &mut turn_query);
        }
        if page["meta"].is_object() {
            visit(page, "/meta/url", &mut turn_query);
        }
    });
    let short = text(ANY, "/meta/first_page_url", |url| {
        url.split('?').next().unwrap_or_default().to_owned()
    });
    run(vec![
        correct("items in another order", reversed).filter("Asset::"),
        correct("items of one second in another order", by_sid).filter("AssetVersion::"),
        correct("another name for tokens", opaque).filter("List"),
        correct("queries in another order", turned_query).filter("List"),
        correct("the first page without a query", short).filter("Function::"),
        correct("services of others", with_others()).filter("ListService::"),
    ]);
}

fn turn_query(url: &mut Value) {
    if let Some((path, query)) = url.as_str().and_then(|url| url.split_once('?')) {
        let pairs: Vec<&str> = query.split('&').rev().collect();
        *url = json!(format!("{path}?{}", pairs.join("&")));
    }
}

/// The account has services that no case has made.
fn with_others() -> Fault {
    let mut made = false;
    Box::new(move |stage, request| {
        if !made {
            made = true;
            for name in ["first", "second", "third"] {
                let form = [("UniqueName", name), ("FriendlyName", name)];
                stage.answer(&stage.request("POST", "/v1/Services", &form));
            }
        }
        Reply::Whole(stage.answer(&request))
    })
}

#[test]
fn items() {
    static SID: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("Z[SHNB][0-9a-fA-F]{32}").expect("the pattern is right"));
    let capital: Fault = Box::new(|stage, mut request| {
        let small = |text: &str| {
            let small = |found: &regex::Captures<'_>| {
                format!("{}{}", &found[0][..2], found[0][2..].to_lowercase())
            };
            SID.replace_all(text, small).into_owned()
        };
        request.url = small(&request.url);
        if let Ok(text) = std::str::from_utf8(&request.body) {
            request.body = small(text).into_bytes();
        }
        let mut response = stage.answer(&request);
        let text = String::from_utf8_lossy(&response.body).into_owned();
        let capital = |found: &regex::Captures<'_>| found[0].to_uppercase();
        response.body = SID.replace_all(&text, capital).into_owned().into_bytes();
        Reply::Whole(response)
    });
    let unmoved = body(ANY, |_, _, body| {
        let key = body["meta"]["key"].as_str().map(|key| format!("/{key}/*"));
        visit(body, key.as_deref().unwrap_or_default(), &mut |item| {
            if item.get("date_updated").is_some() {
                item["date_updated"] = item["date_created"].clone();
            }
        });
    });
    let ids_only = instead(ANY, |stage, request| {
        let path = path_of(request);
        let service = path.split('/').nth(3)?;
        if service.starts_with("ZS") || path.split('/').count() < 5 {
            return None;
        }
        let mut other = request.clone();
        let unknown = format!("/v1/Services/ZS{}", "0".repeat(32));
        readdress(
            &mut other,
            &path.replace(&format!("/v1/Services/{service}"), &unknown),
        );
        Some(Reply::Whole(stage.answer(&other)))
    });
    let mut numbers: HashMap<String, String> = HashMap::new();
    let other_domain = body(ANY, move |_, _, body| {
        let key = body["meta"]["key"].as_str().map(|key| format!("/{key}/*"));
        visit(body, key.as_deref().unwrap_or_default(), &mut |item| {
            if let (Some(sid), Some(domain)) = (item["sid"].as_str(), item["domain_base"].as_str())
            {
                let name = domain.rsplit_once('-').map_or("", |(name, _)| name);
                let count = numbers.len();
                let other = numbers.entry(sid.to_owned());
                let other = other
                    .or_insert_with(|| format!("{name}-{count:04}"))
                    .clone();
                item["domain_base"] = json!(other);
            }
        });
    });
    run(vec![
        correct("SIDs in capitals", capital),
        correct("an update does not move date_updated", unmoved).filter("Update"),
        correct("a unique name stands for no id deep in a path", ids_only).filter("Service::"),
        correct("other domains", other_domain).filter("Service::"),
    ]);
}

#[test]
fn builds() {
    const BUILDS: &[&str] = &["CreateBuild", "FetchBuild", "ListBuild"];
    fn each(edit: fn(&mut Value)) -> Fault {
        body(BUILDS, move |_, _, body| {
            let place = if body["builds"].is_array() {
                "/builds/*"
            } else {
                ""
            };
            visit(body, place, &mut |build| edit(build));
        })
    }
    let small = each(|build| {
        for kind in ["asset", "function"] {
            visit(
                build,
                &format!("/{kind}_versions/*/visibility"),
                &mut |word| {
                    *word = json!(word.as_str().unwrap_or_default().to_lowercase());
                },
            );
        }
    });
    let shuffled = each(|build| {
        for kind in ["asset_versions", "function_versions", "dependencies"] {
            if let Some(items) = build[kind].as_array_mut() {
                items.reverse();
            }
        }
    });
    let more = each(|build| {
        if let Some(items) = build["dependencies"].as_array_mut() {
            for name in [
                "twilio",
                "fs",
                "lodash",
                "util",
                "xmldom",
                "@twilio/runtime-handler",
            ] {
                if !items.iter().any(|item| item["name"] == name) {
                    items.push(json!({ "name": name, "version": "1.0.0" }));
                }
            }
        }
    });
    let runtime = before(&["CreateBuild"], |_, request| {
        if field_of(request, "Runtime").is_none() && field_of(request, "AssetVersions").is_some() {
            edit_form(request, |pairs| {
                pairs.push(("Runtime".to_owned(), "node18".to_owned()));
            });
        }
    });
    let untouched = each(|build| build["date_updated"] = build["date_created"].clone());
    run(vec![
        correct("visibilities in small letters", small).filter("Build::"),
        correct("versions in another order", shuffled).filter("Build::"),
        correct("more dependencies", more).filter("Build::"),
        correct("another default runtime", runtime).filter("Build::"),
        correct("completion does not move date_updated", untouched).filter("Build::"),
        correct("a build is complete at the second look", honest())
            .filter("Build::")
            .build_time(Duration::ZERO),
        correct("a build takes its time", honest())
            .filter("Build::")
            .build_time(Duration::from_millis(1500)),
        correct(
            "a function in a build is deleted",
            with_builds("DeleteFunction"),
        )
        .filter("Function::"),
    ]);
}

/// Nothing is wrong at all.
fn honest() -> Fault {
    Box::new(|stage, request| Reply::Whole(stage.answer(&request)))
}

#[test]
fn the_emulator() {
    run(vec![correct("the emulator", honest())]);
}
