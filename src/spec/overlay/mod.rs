//! `OpenAPI` Overlay 1.0 and 1.1: actions that update, copy or remove parts of a document.

mod merge;
mod path;
mod read;

use std::path::{Component, Path};

use serde_json::Value;

use super::problem::{Level, LoadError, Problem};
use super::provenance::Provenance;
use super::remote;
use super::source::Source;
use crate::place::pointer;
use merge::{From, Merge};
use read::{Change, Version, read};

/// The document that an overlay extends, as a path relative to the overlay. Returns `None` if the
/// value is not an overlay.
///
/// # Errors
/// Returns an error if it does not name a document, or names one that may not be fetched.
pub(super) fn extended(
    overlay: &Value,
    source: &Source,
    may_fetch: bool,
) -> Result<Option<String>, LoadError> {
    if overlay.get("overlay").is_none() || overlay.get("openapi").is_some() {
        return Ok(None);
    }
    let Some(target) = overlay.get("extends").and_then(Value::as_str) else {
        return Err(LoadError::new(
            source.place(""),
            "this is an overlay, and it does not name the document that it extends",
            "name the document with --spec and this file with --overlay, or add `extends:`",
        ));
    };
    // A scheme has two characters at least, so that a drive letter is none (RFC 3986 section 3.1).
    let has_scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let base = remote::url(&source.name);
    if has_scheme || base.is_some() {
        let url = match &base {
            Some(base) => base.join(target).ok().filter(remote::is_remote),
            None => remote::url(target),
        };
        return match url {
            Some(url) if may_fetch => Ok(Some(url.into())),
            _ => Err(LoadError::new(
                source.place("/extends"),
                format!("the document {target} is not fetched"),
                "allow it with --allow-remote-refs, or save it, and name the file with --spec and \
                 this one with --overlay",
            )),
        };
    }
    let path = percent_encoding::percent_decode_str(target).decode_utf8_lossy();
    let beside = Path::new(&source.name).parent().unwrap_or(Path::new(""));
    let mut found = std::path::PathBuf::new();
    for part in beside.join(path.as_ref()).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(found.components().next_back(), Some(Component::Normal(_))) =>
            {
                found.pop();
            }
            part => found.push(part),
        }
    }
    Ok(Some(found.to_string_lossy().into_owned()))
}

/// Applies an overlay to a document.
///
/// Returns the actions whose target selects nothing. This is not an error (Overlay 1.1.0, Action
/// Object), but worth a note to the user.
///
/// # Errors
/// Returns an error if the overlay is malformed or does not fit the document. The error lists all
/// mistakes of form at once.
pub(super) fn apply(
    root: &mut Value,
    overlay: &Value,
    source: &Source,
    layer: usize,
    provenance: &mut Provenance,
) -> Result<Vec<Problem>, LoadError> {
    let (version, actions) = read(overlay, source)?;
    let mut idle = Vec::new();
    for action in &actions {
        let targets = action.target.locations(root);
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
        let wrong = |place: &str, message: String, remedy: &str| {
            LoadError::new(source.place(place), message, remedy)
        };
        let target_place = pointer::join(&action.place, "target");
        let (value, mut from, from_place) = match &action.change {
            Change::Nothing => continue,
            Change::Remove => {
                if targets[0].is_empty() {
                    return Err(wrong(
                        &target_place,
                        "the document as a whole cannot be removed".to_owned(),
                        "target a part of it",
                    ));
                }
                // Later items first, so that the places of the others stay true.
                for target in targets.iter().rev() {
                    remove(root, target, provenance);
                }
                continue;
            }
            Change::Update(update) => (
                (*update).clone(),
                From::Overlay(layer),
                pointer::join(&action.place, "update"),
            ),
            Change::Copy(query) => {
                let found = query.locations(root);
                let [place] = found.as_slice() else {
                    return Err(wrong(
                        &pointer::join(&action.place, "copy"),
                        format!(
                            "an action copies exactly one node, and this selects {}",
                            found.len()
                        ),
                        "name the node exactly (Overlay 1.1.0, Action Object)",
                    ));
                };
                let value = root.pointer(place).cloned().unwrap_or_default();
                (value, From::Document(provenance.clone()), place.clone())
            }
        };
        if version == Version::V1_1 && !are_of_one_kind(root, &targets) {
            return Err(wrong(
                &target_place,
                "the target selects nodes of several kinds".to_owned(),
                "select only objects, only arrays or only plain values (Overlay 1.1.0, Action \
                 Object)",
            ));
        }
        for target in &targets {
            let Some(node) = root.pointer_mut(target) else {
                continue;
            };
            let mut merge = Merge {
                version,
                from,
                provenance: &mut *provenance,
            };
            let merged = merge.merge(node, &value, target, &from_place);
            from = merge.from;
            merged.map_err(|(place, message)| {
                let place = match action.change {
                    Change::Copy(_) => pointer::join(&action.place, "copy"),
                    _ => place,
                };
                wrong(
                    &place,
                    message,
                    "change the target or the value so that both are of one kind (Overlay \
                     1.1.0, Action Object)",
                )
            })?;
        }
    }
    Ok(idle)
}

fn are_of_one_kind(root: &Value, targets: &[String]) -> bool {
    let kind = |target: &String| {
        root.pointer(target)
            .map(|node| (node.is_object(), node.is_array()))
    };
    targets.windows(2).all(|two| kind(&two[0]) == kind(&two[1]))
}

fn remove(root: &mut Value, target: &str, provenance: &mut Provenance) {
    let Some((parent, token)) = pointer::split_last(target) else {
        return;
    };
    match root.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.shift_remove(&token);
            provenance.forget(target);
        }
        Some(Value::Array(items)) => {
            if let Ok(index) = token.parse::<usize>()
                && index < items.len()
            {
                provenance.forget_item(parent, index, items.len());
                items.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "overlay: 1.1.0\ninfo: {title: t, version: '1'}\nactions:\n";

    fn applied(base: &'static str, overlay: String) -> Result<Value, LoadError> {
        let (_, mut root) = Source::parse("base.yaml", base).unwrap();
        let (source, overlay) = Source::parse("overlay.yaml", overlay).unwrap();
        let mut provenance = Provenance::default();
        apply(&mut root, &overlay, &source, 0, &mut provenance)?;
        Ok(root)
    }

    /// What the actions make of a document.
    fn result(base: &'static str, actions: &str) -> Value {
        applied(base, format!("{HEAD}{actions}")).unwrap()
    }

    /// The error of the actions, which begin at line 4.
    fn error(base: &'static str, actions: &str) -> String {
        applied(base, format!("{HEAD}{actions}"))
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn updates_merge_and_arrays_grow() {
        let actions = "- {target: $.a, update: {b: {d: 2}, tags: [y], e: null}}\n\
                       - {target: $.a.tags, update: z}\n- {target: $.a.tags, update: [[v], w]}\n";
        let base = "a: {b: {c: 1}, tags: [x]}\n";
        let mut expected = serde_json::json!({
            "a": {"b": {"c": 1, "d": 2}, "tags": ["x", "y", "z", ["v"], "w"], "e": null}
        });
        assert_eq!(result(base, actions), expected);
        // Version 1.0 knows no concatenation of a target.
        expected["a"]["tags"] = serde_json::json!(["x", "y", "z", [["v"], "w"]]);
        let old = format!("{HEAD}{actions}").replace("1.1.0", "1.0.0");
        assert_eq!(applied(base, old).unwrap(), expected);
    }

    #[test]
    fn plain_values_are_replaced_since_1_1() {
        let action = "- {target: '$..a', update: 2}\n";
        let base = "a: 1\nb: {a: x}\n";
        assert_eq!(
            result(base, action),
            serde_json::json!({"a": 2, "b": {"a": 2}})
        );
        let old = format!("{HEAD}{action}").replace("1.1.0", "1.0.1");
        let error = applied(base, old).unwrap_err().to_string();
        assert!(error.contains("plain value"), "{error}");
    }

    #[test]
    fn one_node_is_copied_into_all_targets() {
        let root = result(
            "a: {x: 1, l: [1]}\nb: {y: 2}\nc: {l: [0]}\n",
            "- {target: \"$['b', 'c']\", copy: $.a}\n- {target: $.c.l, copy: $.a.l}\n\
             - {target: $.a, remove: true}\n",
        );
        assert_eq!(
            root,
            serde_json::json!({
                "b": {"y": 2, "x": 1, "l": [1]}, "c": {"l": [0, 1, 1], "x": 1}
            })
        );
    }

    #[test]
    fn removal_of_several_items_of_an_array() {
        let root = result(
            "a: [{k: 1}, {k: 2}, {k: 1}, {j: 0}]\nb: [x, y, z]\n",
            "- {target: '$.a[?@.k == 1]', remove: true}\n- {target: '$.b[2, 0]', remove: true}\n",
        );
        assert_eq!(
            root,
            serde_json::json!({"a": [{"k": 2}, {"j": 0}], "b": ["y"]})
        );
    }

    #[test]
    fn every_mistake_of_form_is_named() {
        let overlay = "overlay: 2.0.0\ninfo: {title: 1, x-a: 1}\nextend: a\nactions:\n\
                       - {target: 'a b'}\n- {updat: {}}\n- [1]\n- {target: $, remove: 1}\n\
                       - {target: $.a, copy: $.b, update: 1}\n- {target: $.a}\n- {target: $.a}\n";
        let error = applied("a: 1\n", overlay.to_owned())
            .unwrap_err()
            .to_string();
        for part in [
            "version 2.0.0",
            "overlay.yaml:1 /overlay",
            "`title` must be",
            "needs a `version`",
            "overlay.yaml:2 /info",
            "`extend` is not allowed",
            "overlay.yaml:3",
            "not a JSONPath",
            "overlay.yaml:5",
            "`updat` is not allowed",
            "overlay.yaml:6",
            "no target",
            "must be an object",
            "overlay.yaml:7",
            "`remove` must be",
            "overlay.yaml:8",
            "both update and copy",
            "overlay.yaml:9",
            "occurs twice",
            "overlay.yaml:11",
        ] {
            assert!(error.contains(part), "{part} in {error}");
        }
    }

    #[test]
    fn what_does_not_fit_names_its_line() {
        for (base, action, part) in [
            ("a: [1]\n", "- target: $\n  update:\n    a: {b: 1}\n", ":6"),
            (
                "a: [1]\nb: {}\n",
                "- {target: $.*, update: x}\n",
                "several kinds",
            ),
            ("a: {b: 1}\n", "- {target: $.a, update: x}\n", ":4"),
            ("a: 1\n", "- {target: $.a, update: {}}\n", ":4"),
            ("a: {}\nb: [1]\n", "- {target: $.a, copy: $.b}\n", ":4"),
            ("a: {}\n", "- {target: $.a, copy: $.b}\n", "selects 0"),
            (
                "a: {b: 1, c: 2}\n",
                "- {target: $.a, copy: $.a.*}\n",
                "selects 2",
            ),
            (
                "a: 1\n",
                "- {target: $, remove: true}\n",
                "cannot be removed",
            ),
        ] {
            let error = error(base, action);
            assert!(
                error.contains(part) && error.contains("overlay.yaml:"),
                "{part} in {error}"
            );
        }
    }

    #[test]
    fn documents_beside_an_overlay() {
        for (name, target, expected) in [
            ("o.yaml", "a.yaml", "a.yaml"),
            ("x/o.yaml", "./a%20b.yaml", "x/a b.yaml"),
            ("x/y/o.yaml", "../a.yaml", "x/a.yaml"),
            ("o.yaml", "../a.yaml", "../a.yaml"),
        ] {
            let text = format!("overlay: 1.1.0\nextends: '{target}'\n");
            let (source, value) = Source::parse(name, text).unwrap();
            let found = extended(&value, &source, false).unwrap();
            assert_eq!(found.as_deref(), Some(expected));
        }
        for text in [
            "overlay: 1.1.0\n",
            "overlay: 1.1.0\nextends: 'http://a/b'\n",
        ] {
            let (source, value) = Source::parse("o.yaml", text).unwrap();
            assert!(extended(&value, &source, false).is_err());
        }
        let (source, value) = Source::parse("a.yaml", "openapi: 3.0.0\n").unwrap();
        assert_eq!(extended(&value, &source, false).unwrap(), None);
    }
}
