//! `OpenAPI` Overlay 1.0.0: actions that update or remove parts of a document.

use serde_json::{Map, Value};
use serde_json_path::JsonPath;

use super::document::Provenance;
use super::problem::{Level, LoadError, Problem};
use super::source::Source;
use crate::wire::pointer;

/// One action of an overlay.
struct Action<'a> {
    target: JsonPath,
    update: Option<&'a Value>,
    remove: bool,
    /// Pointer of the action in the overlay.
    place: String,
}

/// Applies an overlay to a document.
///
/// Returns the actions whose target selects nothing: that is no error (Overlay 1.0.0, Action
/// Object), but somebody may want to know.
///
/// # Errors
/// When the overlay is malformed or does not fit the document. All mistakes of form are named at
/// once.
pub(super) fn apply(
    root: &mut Value,
    overlay: &Value,
    source: &Source,
    layer: usize,
    provenance: &mut Provenance,
) -> Result<Vec<Problem>, LoadError> {
    let actions = read(overlay, source)?;
    let mut idle = Vec::new();
    for action in &actions {
        let targets = locations(&action.target, root);
        if targets.is_empty() {
            idle.push(Problem {
                level: Level::Note,
                place: source.place(&action.place),
                message: "the target of this action selects nothing".to_owned(),
                remedy: "check the JSONPath, unless the overlay serves several documents"
                    .to_owned(),
            });
            continue;
        }
        if action.remove {
            // Later items first, so that the places of the others stay true.
            for target in targets.iter().rev() {
                remove(root, target);
                provenance.forget(target);
            }
            continue;
        }
        let Some(update) = action.update else {
            continue;
        };
        for target in &targets {
            let Some(node) = root.pointer_mut(target) else {
                continue;
            };
            let update_place = pointer::join(&action.place, "update");
            let mut merge = Merge {
                layer,
                provenance: &mut *provenance,
            };
            merge
                .merge(node, update, target, &update_place)
                .map_err(|(place, message)| {
                    LoadError::new(
                        source.place(&place),
                        message,
                        "change the target or the update so that both are of one kind \
                         (Overlay 1.0.0, Action Object)",
                    )
                })?;
        }
    }
    Ok(idle)
}

/// Reads the actions; every mistake of form is a problem.
fn read<'a>(overlay: &'a Value, source: &Source) -> Result<Vec<Action<'a>>, LoadError> {
    let mut problems = Vec::new();
    let mut wrong = |place: &str, message: String, remedy: &str| {
        problems.push(Problem {
            level: Level::Error,
            place: source.place(place),
            message,
            remedy: remedy.to_owned(),
        });
    };
    let mut actions = Vec::new();
    match overlay.get("overlay") {
        Some(Value::String(version)) if version.starts_with("1.0.") => {}
        Some(version) => wrong(
            "/overlay",
            format!("version {version} of the Overlay specification is not known"),
            "write the overlay by version 1.0.0",
        ),
        None => wrong(
            "",
            "this is no overlay: the member 'overlay' with its version is missing".to_owned(),
            "begin the file with `overlay: 1.0.0`",
        ),
    }
    match overlay.get("actions") {
        Some(Value::Array(items)) if !items.is_empty() => {
            for (i, item) in items.iter().enumerate() {
                let place = format!("/actions/{i}");
                let Some(members) = item.as_object() else {
                    wrong(
                        &place,
                        "an action must be an object".to_owned(),
                        "give it a target and an update",
                    );
                    continue;
                };
                for name in members.keys() {
                    if !matches!(
                        name.as_str(),
                        "target" | "description" | "update" | "remove"
                    ) && !name.starts_with("x-")
                    {
                        wrong(
                            &pointer::join(&place, name),
                            format!("an action has no member '{name}'"),
                            "its members are target, description, update and remove",
                        );
                    }
                }
                let remove = match members.get("remove") {
                    None | Some(Value::Bool(false)) => false,
                    Some(Value::Bool(true)) => true,
                    Some(_) => {
                        wrong(
                            &pointer::join(&place, "remove"),
                            "'remove' must be true or false".to_owned(),
                            "",
                        );
                        continue;
                    }
                };
                let Some(target) = members.get("target").and_then(Value::as_str) else {
                    wrong(
                        &place,
                        "the action has no target".to_owned(),
                        "add `target:` with a JSONPath (RFC 9535)",
                    );
                    continue;
                };
                match JsonPath::parse(target) {
                    Ok(target) => actions.push(Action {
                        target,
                        update: members.get("update"),
                        remove,
                        place,
                    }),
                    Err(e) => wrong(
                        &pointer::join(&place, "target"),
                        format!("not a JSONPath (RFC 9535): {e}"),
                        "names with other characters than letters, digits and _ stand in \
                         brackets: $.paths['/pets']",
                    ),
                }
            }
        }
        _ => wrong(
            "",
            "an overlay needs 'actions', a list with at least one action".to_owned(),
            "add `actions:`",
        ),
    }
    if problems.is_empty() {
        Ok(actions)
    } else {
        Err(LoadError { problems })
    }
}

/// JSON pointers of the selected nodes, in document order, each once.
fn locations(target: &JsonPath, root: &Value) -> Vec<String> {
    let located = target.query_located(root).dedup();
    located
        .locations()
        .map(serde_json_path::NormalizedPath::to_json_pointer)
        .collect()
}

fn remove(root: &mut Value, target: &str) {
    let Some((parent, token)) = pointer::split_last(target) else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&token);
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = token.parse::<usize>()
                && index < items.len()
            {
                items.remove(index);
            }
        }
        _ => {}
    }
}

struct Merge<'a> {
    layer: usize,
    provenance: &'a mut Provenance,
}

/// Place in the overlay and what does not fit there.
type Mismatch = (String, String);

impl Merge<'_> {
    fn merge(
        &mut self,
        node: &mut Value,
        update: &Value,
        at: &str,
        from: &str,
    ) -> Result<(), Mismatch> {
        match (node, update) {
            (Value::Object(members), Value::Object(update)) => {
                self.merge_object(members, update, at, from)
            }
            (Value::Array(items), update) => {
                self.append(items, update, at, from);
                Ok(())
            }
            (Value::Object(_), _) => Err((
                from.to_owned(),
                format!("the target {at} is an object, so the update must be one"),
            )),
            _ => Err((
                from.to_owned(),
                format!("the target {at} is neither an object nor an array"),
            )),
        }
    }

    fn append(&mut self, items: &mut Vec<Value>, item: &Value, at: &str, from: &str) {
        let place = pointer::join(at, &items.len().to_string());
        self.provenance.record(&place, self.layer, from);
        items.push(item.clone());
    }

    fn merge_object(
        &mut self,
        members: &mut Map<String, Value>,
        update: &Map<String, Value>,
        at: &str,
        from: &str,
    ) -> Result<(), Mismatch> {
        for (name, value) in update {
            let at = pointer::join(at, name);
            let from = pointer::join(from, name);
            match (members.get_mut(name), value) {
                (Some(Value::Object(members)), Value::Object(update)) => {
                    self.merge_object(members, update, &at, &from)?;
                }
                (Some(Value::Array(items)), Value::Array(more)) => {
                    for (i, item) in more.iter().enumerate() {
                        self.append(items, item, &at, &pointer::join(&from, &i.to_string()));
                    }
                }
                (Some(old), new) if is_collection(old) || is_collection(new) => {
                    return Err((
                        from,
                        format!("{at} is {}, and the update is {}", kind(old), kind(new)),
                    ));
                }
                (_, new) => {
                    self.provenance.record(&at, self.layer, &from);
                    members.insert(name.clone(), new.clone());
                }
            }
        }
        Ok(())
    }
}

fn is_collection(value: &Value) -> bool {
    value.is_object() || value.is_array()
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Object(_) => "an object",
        Value::Array(_) => "an array",
        _ => "a plain value",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(base: &'static str, overlay: &'static str) -> Result<Value, LoadError> {
        let (_, mut root) = Source::parse("base.yaml", base).unwrap();
        let (source, overlay) = Source::parse("overlay.yaml", overlay).unwrap();
        let mut provenance = Provenance::default();
        apply(&mut root, &overlay, &source, 0, &mut provenance)?;
        Ok(root)
    }

    #[test]
    fn updates_merge_and_arrays_grow() {
        let root = applied(
            "a: {b: {c: 1}, tags: [x]}\n",
            "overlay: 1.0.0\nactions:\n\
             - {target: $.a, update: {b: {d: 2}, tags: [y], e: null}}\n\
             - {target: $.a.tags, update: z}\n",
        )
        .unwrap();
        assert_eq!(
            root,
            serde_json::json!({"a": {"b": {"c": 1, "d": 2}, "tags": ["x", "y", "z"], "e": null}})
        );
    }

    #[test]
    fn removal_of_several_items_of_an_array() {
        let root = applied(
            "a: [{k: 1}, {k: 2}, {k: 1}, {j: 0}]\n",
            "overlay: 1.0.0\nactions:\n- {target: '$.a[?@.k == 1]', remove: true}\n",
        )
        .unwrap();
        assert_eq!(root, serde_json::json!({"a": [{"k": 2}, {"j": 0}]}));
    }

    #[test]
    fn every_mistake_of_form_is_named() {
        let error = applied(
            "a: 1\n",
            "overlay: 2.0.0\nactions:\n- {target: 'a b'}\n- {updat: {}}\n",
        )
        .unwrap_err()
        .to_string();
        for part in ["overlay.yaml:1", "overlay.yaml:3", "'updat'", "no target"] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn kinds_must_agree() {
        let overlay = "overlay: 1.0.0\nactions:\n- target: $\n  update:\n    a: {b: 1}\n";
        let error = applied("a: [1]\n", overlay).unwrap_err().to_string();
        assert!(error.contains("overlay.yaml:5"), "{error}");
    }
}
