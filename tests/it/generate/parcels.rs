//! Bodies in parts, and an object in the query that must have one member and may have no others.

use serde_json::json;
use trueup::wire::Request;

use super::{Fault, Reply, answer, check, planted, right, troubles};

const SPEC: &str = "parcels.yaml";

/// A request with a part of its query or body in place of another.
fn with(mut request: Request, part: &str, other: &str) -> Request {
    let body = String::from_utf8_lossy(&request.body).replace(part, other);
    request.body = body.into_bytes();
    request.url = request.url.replace(part, other);
    request
}

/// A fault, and the beginning of what must be told of it.
const FAULTS: [(&str, Fault, &str); 8] = [
    (
        "the order needs no name",
        |engine, mut request| {
            if request.method == "GET" && !request.url.contains("by") {
                request.url = request.url.replace('?', "?sort%5Bby%5D=name&");
            }
            right(engine, &request)
        },
        "listParcels::without_sort_by [\"status",
    ),
    (
        "an order has members that nobody knows",
        |engine, mut request| {
            let pairs: Vec<&str> = request.url.split('&').collect();
            let known = pairs.iter().filter(|pair| !pair.contains("trueup_unknown"));
            request.url = known.copied().collect::<Vec<_>>().join("&");
            right(engine, &request)
        },
        "listParcels::sort_with_an_unknown_member [\"status",
    ),
    (
        "a part without end breaks the server",
        |engine, request| {
            let refused = engine.answer(&request);
            if request.body.ends_with(b"name=\"trueup") {
                return answer(500, &json!({}));
            }
            Reply::Whole(refused)
        },
        "createParcel::malformed_body [\"status",
    ),
    (
        "a required part may be missing",
        |engine, request| {
            let body = String::from_utf8_lossy(&request.body);
            let is_nameless = request.method == "POST" && !body.contains("name=\"name\"");
            if is_nameless && body.contains("name=\"size\"") {
                let name = "\"name\"\r\n\r\nx\r\n--trueup-0f6d1c9a5b7e4832\r\n\
                            Content-Disposition: form-data; name=\"size\"";
                return right(engine, &with(request, "\"size\"", name));
            }
            right(engine, &request)
        },
        "createParcel::without_name [\"status",
    ),
    (
        "a size in JSON needs no width",
        |engine, request| right(engine, &with(request, "{}", "{\"width\":1}")),
        "createParcel::without_size_width [\"status",
    ),
    (
        "a width is any text",
        |engine, request| right(engine, &with(request, ":\"trueup\"", ":1")),
        "createParcel::size_width_of_another_type [\"status",
    ),
    (
        "a label of any type is taken",
        |engine, request| {
            let label = "\"label\":\"trueup\"";
            right(engine, &with(request, label, "\"label\":true"))
        },
        "createParcel::size_label_of_another_type [\"status",
    ),
    (
        "an unknown unit is taken",
        |engine, request| right(engine, &with(request, "trueup-no-such-value", "mm")),
        "createParcel::size_unit_off_enum [\"status",
    ),
];

#[test]
fn a_right_server_passes() {
    let outcomes = check(
        SPEC,
        planted(SPEC, |engine, request| right(engine, &request)),
    );
    assert!(troubles(&outcomes).is_empty(), "{:#?}", troubles(&outcomes));
    // Any text is a note, one in JSON too.
    let is_named = |name: &str| outcomes.iter().any(|case| case.name == name);
    assert!(!is_named("createParcel::note_of_another_type"));
}

#[test]
fn wrong_servers_are_found() {
    for (name, fault, told) in FAULTS {
        let troubles = troubles(&check(SPEC, planted(SPEC, fault)));
        let is_told = |trouble: &String| trouble.starts_with(told);
        assert!(troubles.iter().any(is_told), "{name}: {troubles:#?}");
    }
}
