//! The form of an overlay: every mistake is a problem with its place.

use serde_json::{Map, Value};

use super::path::Query;
use crate::place::pointer;
use crate::spec::problem::{Level, LoadError, Problem};
use crate::spec::source::Source;

/// The feature sets of the Overlay specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// Targets are objects and arrays.
    V1_0,
    /// Plain values can be targets, and parts can be copied.
    V1_1,
}

/// One action of an overlay.
pub(super) struct Action<'a> {
    pub(super) target: Query,
    pub(super) change: Change<'a>,
    /// Pointer of the action in the overlay.
    pub(super) place: String,
}

/// What an action does to the nodes that it selects.
pub(super) enum Change<'a> {
    /// Nothing.
    Nothing,
    /// Merges this into them.
    Update(&'a Value),
    /// Merges a node of the document into them.
    Copy(Query),
    /// Removes them.
    Remove,
}

/// Reads version and actions.
///
/// # Errors
/// All mistakes of form.
pub(super) fn read<'a>(
    overlay: &'a Value,
    source: &Source,
) -> Result<(Version, Vec<Action<'a>>), LoadError> {
    let mut form = Form {
        source,
        problems: Vec::new(),
    };
    let version = form.version(overlay);
    form.head(overlay);
    let actions = form.actions(overlay, version);
    if form.problems.is_empty() {
        Ok((version, actions))
    } else {
        Err(LoadError {
            problems: form.problems,
        })
    }
}

struct Form<'a> {
    source: &'a Source,
    problems: Vec<Problem>,
}

impl Form<'_> {
    fn wrong(&mut self, place: &str, message: impl Into<String>, remedy: &str) {
        self.problems.push(Problem {
            level: Level::Error,
            place: self.source.place(place),
            message: message.into(),
            remedy: remedy.to_owned(),
        });
    }

    /// The patch version does not matter (Overlay 1.1.0, Versions).
    fn version(&mut self, overlay: &Value) -> Version {
        let known = |version: &str| {
            let (minor, patch) = version.rsplit_once('.')?;
            patch.parse::<u32>().ok()?;
            match minor {
                "1.0" => Some(Version::V1_0),
                "1.1" => Some(Version::V1_1),
                _ => None,
            }
        };
        match overlay.get("overlay") {
            Some(Value::String(text)) => match known(text) {
                Some(version) => return version,
                None => self.wrong(
                    "/overlay",
                    format!("version {text} of the Overlay specification is not supported"),
                    "write the overlay in version 1.0.0 or 1.1.0",
                ),
            },
            Some(other) => self.wrong(
                "/overlay",
                format!("{other} is not a version of the Overlay specification"),
                "write `overlay: 1.1.0`; YAML reads 1.1 as a number",
            ),
            None => self.wrong(
                "",
                "this is not an overlay: the member `overlay` with the version is missing",
                "begin the file with `overlay: 1.1.0`",
            ),
        }
        Version::V1_1
    }

    /// Everything around the actions.
    fn head(&mut self, overlay: &Value) {
        if let Value::Object(members) = overlay {
            self.members("", members, &["overlay", "info", "extends", "actions"]);
        }
        self.text(overlay, "", "extends");
        match overlay.get("info") {
            Some(Value::Object(info)) => {
                self.members("/info", info, &["title", "version", "description"]);
                for name in ["title", "version", "description"] {
                    self.text(&overlay["info"], "/info", name);
                    if name != "description" && !info.contains_key(name) {
                        self.wrong(
                            "/info",
                            format!("`info` needs a `{name}`"),
                            &format!("add `{name}:`"),
                        );
                    }
                }
            }
            _ => self.wrong(
                if overlay.get("info").is_some() {
                    "/info"
                } else {
                    ""
                },
                "an overlay needs `info`, an object with a title and a version",
                "add `info: { title: what it is for, version: 1.0.0 }`",
            ),
        }
    }

    fn actions<'a>(&mut self, overlay: &'a Value, version: Version) -> Vec<Action<'a>> {
        let Some(items) = overlay
            .get("actions")
            .and_then(Value::as_array)
            .filter(|items| !items.is_empty())
        else {
            self.wrong(
                if overlay.get("actions").is_some() {
                    "/actions"
                } else {
                    ""
                },
                "an overlay needs `actions`, a list with at least one action",
                "add `actions:`",
            );
            return Vec::new();
        };
        let mut actions = Vec::new();
        for (i, item) in items.iter().enumerate() {
            let place = format!("/actions/{i}");
            if items[..i].contains(item) {
                self.wrong(
                    &place,
                    "the same action occurs twice",
                    "remove one of the two",
                );
            }
            match item {
                Value::Object(members) => {
                    actions.extend(self.action(members, item, place, version));
                }
                _ => self.wrong(
                    &place,
                    "an action must be an object",
                    "give it a target and an update",
                ),
            }
        }
        actions
    }

    fn action<'a>(
        &mut self,
        members: &'a Map<String, Value>,
        item: &'a Value,
        place: String,
        version: Version,
    ) -> Option<Action<'a>> {
        let known: &[&str] = match version {
            Version::V1_0 => &["target", "description", "update", "remove"],
            Version::V1_1 => &["target", "description", "update", "copy", "remove"],
        };
        self.members(&place, members, known);
        self.text(item, &place, "description");
        let remove = match members.get("remove") {
            None => false,
            Some(Value::Bool(remove)) => *remove,
            Some(_) => {
                self.wrong(
                    &pointer::join(&place, "remove"),
                    "`remove` must be true or false",
                    "",
                );
                false
            }
        };
        let copy = match version {
            Version::V1_0 => None,
            Version::V1_1 => self.query(item, &place, "copy"),
        };
        let change = match (remove, members.get("update"), copy) {
            (true, ..) => Change::Remove,
            (false, None, None) => Change::Nothing,
            (false, Some(update), None) => Change::Update(update),
            (false, None, Some(copy)) => Change::Copy(copy),
            (false, Some(_), Some(_)) => {
                self.wrong(
                    &pointer::join(&place, "copy"),
                    "an action cannot both update and copy",
                    "write two actions (Overlay 1.1.0, Action Object)",
                );
                return None;
            }
        };
        if !members.contains_key("target") {
            self.wrong(
                &place,
                "the action has no target",
                "add `target:` with a JSONPath (RFC 9535)",
            );
        }
        Some(Action {
            target: self.query(item, &place, "target")?,
            change,
            place,
        })
    }

    fn query(&mut self, item: &Value, place: &str, name: &str) -> Option<Query> {
        let text = self.text(item, place, name)?;
        match Query::parse(text) {
            Ok(query) => Some(query),
            Err(e) => {
                self.wrong(
                    &pointer::join(place, name),
                    format!("this is not a JSONPath (RFC 9535): {e}"),
                    "names with other characters than letters, digits and _ stand in \
                     brackets: $.paths['/pets']",
                );
                None
            }
        }
    }

    /// The text under a name; anything else there is a mistake.
    fn text<'a>(&mut self, object: &'a Value, place: &str, name: &str) -> Option<&'a str> {
        let value = object.get(name)?;
        if !value.is_string() {
            self.wrong(
                &pointer::join(place, name),
                format!("`{name}` must be a string"),
                "",
            );
        }
        value.as_str()
    }

    /// Names that are none of these and no extensions.
    fn members(&mut self, place: &str, members: &Map<String, Value>, known: &[&str]) {
        for name in members.keys() {
            if !known.contains(&name.as_str()) && !name.starts_with("x-") {
                let remedy = format!("the members allowed here are {}", known.join(", "));
                self.wrong(
                    &pointer::join(place, name),
                    format!("`{name}` is not allowed here"),
                    &remedy,
                );
            }
        }
    }
}
