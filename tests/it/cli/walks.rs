//! Lists that are cut into pages by parameters with the usual names, and by nothing else.

use serde_json::{Value, json};

use crate::cli::project::{Project, json};
use crate::world::binary::RawServer;

/// The number that a request names in its query.
fn number(head: &[u8], name: &str) -> Option<usize> {
    let head = String::from_utf8_lossy(head);
    let (_, query) = head.split_once('?')?;
    let query = query.split(' ').next()?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(own, _)| *own == name)?.1.parse().ok()
}

/// Things with ids from 1 to 5, so many of them and from there on.
fn things(from: usize, count: usize) -> Vec<u8> {
    let ids = (1..=5).skip(from).take(count);
    let things: Vec<Value> = ids.map(|id| json!({ "id": id.to_string() })).collect();
    json(200, &["X-Trace: 1"], &Value::from(things))
}

/// A project whose list has these parameters, and is walked.
fn project(parameters: &str, with: &str) -> Project {
    let step = format!(
        "{{ operation: ListThing, with: {{ {with} }}, walk: true, \
         expect: {{ items: {{ exactly: ['1', '2', '3', '4', '5'] }} }} }}"
    );
    let project = Project::new(&format!("  - {{ name: all, steps: [{step}] }}"));
    let parameters: Vec<String> = parameters
        .split(", ")
        .map(|parameter| {
            let (name, first) = parameter.split_once(' ').unwrap_or((parameter, "0"));
            format!("{{name: {name}, in: query, schema: {{type: integer, minimum: {first}}}}}")
        })
        .collect();
    let document = project.read("openapi.yaml");
    let list = "operationId: ListThing\n";
    let described = format!("{list}      parameters: [{}]\n", parameters.join(", "));
    project.write("openapi.yaml", &document.replace(list, &described));
    project
}

#[test]
fn pages_are_counted_by_items_or_by_numbers() {
    let by_items = RawServer::start(|head| {
        let from = number(head, "offset").unwrap_or(0);
        things(from, number(head, "limit").unwrap_or(2))
    });
    let run = project("limit 1, offset", "limit: 2").check(&by_items.url, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(by_items.requests(), 3);
    let by_numbers = RawServer::start(|head| {
        let page = number(head, "page").unwrap_or(1);
        match number(head, "per_page").unwrap_or(1) {
            // Five pages of one thing, and what is beyond them is not found.
            1 if page > 5 => json(404, &[], &json!({})),
            size => things((page - 1) * size, size),
        }
    });
    let run = project("per_page 1, page 1", "page: 1").check(&by_numbers.url, &[]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(by_numbers.requests(), 6);
}

#[test]
fn a_list_without_pages_cannot_be_walked() {
    let server = RawServer::start(|_| things(0, 5));
    for parameters in ["limit 1", "limit 1, page 7", "limit 1, offset, cursor"] {
        let run = project(parameters, "limit: 2").check(&server.url, &[]);
        assert_eq!(run.code, 2, "{parameters}: {run}");
        assert!(run.err.contains("does not return pages"), "{run}");
    }
}
