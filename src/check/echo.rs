//! What the request determines comes back: ids of the path, the user's name, the fields sent.

use serde_json::{Map, Value};

use super::view::{View, instant, same_number};
use crate::contract::{Echo, Property, Shape, Varies, is_named, snake_case};
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind};
use crate::place::{InstancePath, pointer};
use crate::schema::Direction;

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    if !view.is_success() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let named = path_names(view);
    for (at, item, shape) in view.item_objects() {
        let Some(shape) = shape else { continue };
        path_values(view, &named, &at, item, shape, &mut findings);
        user(view, &at, item, shape, &mut findings);
    }
    if matches!(
        view.exchange.request.method.as_str(),
        "POST" | "PUT" | "PATCH"
    ) {
        fields(view, &mut findings);
    }
    findings
}

/// A path parameter that names an item.
struct Named<'a> {
    parameter: &'a str,
    words: String,
    sent: &'a str,
}

fn path_names<'a>(view: &View<'a>) -> Vec<Named<'a>> {
    let operation = view.call.operation;
    if view.contract.resource_served_by(operation).is_none() {
        return Vec::new();
    }
    let path = view.call.path.iter();
    path.filter(|(name, _)| view.contract.resource_of(operation, name).is_some())
        .map(|(parameter, sent)| Named {
            words: snake_case(parameter),
            parameter,
            sent,
        })
        .collect()
}

/// Ids of the path, in properties of the same name.
fn path_values(
    view: &View<'_>,
    named: &[Named<'_>],
    at: &InstancePath,
    item: &Map<String, Value>,
    shape: &Shape,
    findings: &mut Vec<Finding>,
) {
    for Named {
        parameter,
        words,
        sent,
    } in named
    {
        let Some((property, actual)) = item.iter().find(|(n, _)| is_named(n, words)) else {
            continue;
        };
        let Some(known) = view.checker.shapes().member(shape, property) else {
            continue;
        };
        // Another name of the item, such as a unique name in place of an id, does not come back.
        if !view.fits(known, sent) {
            continue;
        }
        let same = match actual {
            Value::String(text) => text == sent,
            Value::Number(number) => number.to_string() == *sent,
            _ => true,
        };
        if !same {
            let mut parameters = view.call.operation.parameters.iter();
            let promise = parameters
                .find(|p| p.name == *parameter)
                .map_or("", |p| p.pointer.as_str());
            findings.push(view.finding(
                CheckId::Echo,
                at.join(property).into(),
                promise,
                FindingKind::EchoOfPath {
                    property: property.clone(),
                    parameter: (*parameter).to_owned(),
                    expected: (*sent).to_owned(),
                    actual: Excerpt::of(actual),
                },
            ));
        }
    }
}

/// The user name of the credentials.
fn user(
    view: &View<'_>,
    at: &InstancePath,
    item: &Map<String, Value>,
    shape: &Shape,
    findings: &mut Vec<Finding>,
) {
    let Some(user) = view.call.user else { return };
    for scheme in view.call.operation.security.iter().flatten() {
        let scheme = &view.contract.schemes[*scheme];
        let Some(property) = &scheme.user_property else {
            continue;
        };
        let (Some(actual), Some(known)) = (
            item.get(property),
            view.checker.shapes().member(shape, property),
        ) else {
            continue;
        };
        if view.fits(known, user) && actual.as_str().is_some_and(|actual| actual != user) {
            findings.push(view.finding(
                CheckId::Echo,
                at.join(property).into(),
                &pointer::join(&scheme.pointer, "x-trueup-user"),
                FindingKind::EchoOfUser {
                    property: property.clone(),
                    expected: user.to_owned(),
                    actual: Excerpt::of(actual),
                },
            ));
            return;
        }
    }
}

/// Properties of the request body.
fn fields(view: &View<'_>, findings: &mut Vec<Finding>) {
    let (Some(body), Some(shape), Some(request)) =
        (view.body, view.shape, &view.call.operation.body)
    else {
        return;
    };
    for property in &request.properties {
        let Some(sent) = view.call.fields.get(&property.name) else {
            continue;
        };
        let broken = match &property.echo {
            Echo::Never => None,
            Echo::ByName => by_name(view, body, shape, property, sent),
            Echo::At {
                to,
                each,
                prefix,
                parse_json,
                contains,
            } => pointer::get(body, to).and_then(|actual| {
                let expected = expected(sent, prefix.as_deref(), *parse_json)?;
                let same = match each {
                    Some(member) => same_members(&expected, actual, member),
                    None if *contains => contains_all(&expected, actual),
                    None => {
                        let known = view.checker.shapes().below(shape, to);
                        equal(&expected, actual) || means_the_same(known, &expected, actual)
                    }
                };
                (!same).then(|| (to.clone(), expected))
            }),
        };
        if let Some((to, expected)) = broken {
            let place = InstancePath::new(to);
            let actual = Excerpt::of_optional(view.value_at(&place));
            findings.push(view.finding(
                CheckId::Echo,
                place.into(),
                &property.schema,
                FindingKind::EchoOfField {
                    field: property.name.clone(),
                    expected: Excerpt::of(&expected),
                    actual,
                },
            ));
        }
    }
}

/// The place and the expected value, if a value does not come back under its own name.
fn by_name(
    view: &View<'_>,
    body: &Value,
    shape: &Shape,
    property: &Property,
    sent: &Value,
) -> Option<(String, Value)> {
    let name = snake_case(&property.name);
    let (member, actual) = body
        .as_object()?
        .iter()
        .find(|(member, _)| is_named(member, &name))?;
    let known = view.checker.shapes().member(shape, member)?;
    if known.kind != property.kind {
        return None;
    }
    let same = equal(sent, actual) || means_the_same(Some(known), sent, actual);
    // What the response must not show cannot come back in it.
    let is_allowed = || {
        let is_valid = |body: &Value| {
            let validators = view.checker.validators();
            validators.is_valid(&shape.pointer, Direction::Response, body)
        };
        let mut with_sent = body.clone();
        with_sent[member.as_str()] = sent.clone();
        is_valid(&with_sent) || !is_valid(body)
    };
    (!same && is_allowed()).then(|| (pointer::join("", member), sent.clone()))
}

/// What must come back for a value; none if that cannot be told.
fn expected(sent: &Value, prefix: Option<&str>, parse_json: bool) -> Option<Value> {
    if parse_json {
        return serde_json::from_str(sent.as_str()?).ok();
    }
    match (sent, prefix) {
        (Value::String(text), Some(prefix)) if !text.starts_with(prefix) => {
            Some(Value::String(format!("{prefix}{text}")))
        }
        _ => Some(sent.clone()),
    }
}

/// Equal values; texts of forms may stand for numbers and booleans, times for the same instant.
/// Objects may have more members than were sent.
fn equal(sent: &Value, actual: &Value) -> bool {
    match (sent, actual) {
        (Value::String(text), Value::Bool(flag)) => text.eq_ignore_ascii_case(&flag.to_string()),
        (Value::String(text), Value::Number(number)) => *text == number.to_string(),
        (Value::Number(a), Value::Number(b)) => same_number(a, b),
        (Value::String(a), Value::String(b)) => {
            a == b
                || matches!(
                    (instant(sent), instant(actual)),
                    (Some(a), Some(b)) if a == b
                )
        }
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Object(a), Value::Object(b)) => a
            .iter()
            .all(|(name, a)| b.get(name).is_some_and(|b| equal(a, b))),
        (a, b) => a == b,
    }
}

/// Whether texts differ in their capitals alone, where these mean the same as small letters.
fn means_the_same(known: Option<&Shape>, sent: &Value, actual: &Value) -> bool {
    let varies = known.is_some_and(|known| known.varies.contains(&Varies::Case));
    let texts = sent.as_str().zip(actual.as_str());
    varies && texts.is_some_and(|(a, b)| a.to_lowercase() == b.to_lowercase())
}

/// Whether the members of the items are just the values sent, in any order.
fn same_members(sent: &Value, actual: &Value, member: &str) -> bool {
    let one = std::slice::from_ref(sent);
    let sent = sent.as_array().map_or(one, Vec::as_slice);
    let Some(items) = actual.as_array() else {
        return false;
    };
    let mut left: Vec<&Value> = items.iter().filter_map(|item| item.get(member)).collect();
    sent.len() == items.len()
        && sent.iter().all(|wanted| {
            left.iter()
                .position(|value| *value == wanted)
                .map(|index| left.swap_remove(index))
                .is_some()
        })
}

fn contains_all(sent: &Value, actual: &Value) -> bool {
    match (sent, actual) {
        (Value::Array(sent), Value::Array(actual)) => sent
            .iter()
            .all(|wanted| actual.iter().any(|value| equal(wanted, value))),
        _ => equal(sent, actual),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_are_a_set() {
        let actual = json!([{"sid": "b"}, {"sid": "a"}]);
        assert!(same_members(&json!(["a", "b"]), &actual, "sid"));
        assert!(!same_members(&json!(["a"]), &actual, "sid"));
        assert!(!same_members(&json!(["a", "a"]), &actual, "sid"));
        assert!(same_members(&json!("a"), &json!([{"sid": "a"}]), "sid"));
    }

    #[test]
    fn forms_send_texts() {
        assert!(equal(&json!("true"), &json!(true)));
        assert!(!equal(&json!("true"), &json!(false)));
        assert!(equal(&json!("3"), &json!(3)));
        assert!(!equal(&json!("a"), &json!("A")));
    }

    #[test]
    fn capitals_may_mean_the_same() {
        let varied = Shape {
            varies: vec![Varies::Case],
            ..Shape::default()
        };
        let same = |known, actual| means_the_same(Some(known), &json!("ÆB"), &json!(actual));
        assert!(same(&varied, "æb") && !same(&varied, "æc"));
        assert!(!same(&Shape::default(), "æb"));
    }

    #[test]
    fn more_may_come_back_where_allowed() {
        let sent = expected(&json!("[{\"name\": \"x\"}]"), None, true).unwrap();
        assert!(contains_all(&sent, &json!([{"name": "y"}, {"name": "x"}])));
        assert!(!contains_all(&sent, &json!([{"name": "y"}])));
        assert_eq!(expected(&json!("a"), Some("/"), false), Some(json!("/a")));
    }
}
