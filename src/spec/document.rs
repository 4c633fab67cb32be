//! A document with its overlays, every part of which knows where it stands.

use serde_json::Value;

use super::files::Files;
use super::overlay;
use super::problem::{Level, LoadError, Problem};
use super::provenance::{Origin, Provenance};
use super::source::Source;
use crate::outcome::Place;
use crate::wire::pointer;

/// An `OpenAPI` description as loaded: references kept, overlays applied.
#[derive(Debug)]
pub struct Document {
    root: Value,
    base: Source,
    overlays: Vec<Source>,
    provenance: Provenance,
    /// What was noticed while loading and does no harm.
    pub notes: Vec<Problem>,
}

/// Loads a document and applies overlays to it in order. In place of the document an overlay may
/// stand that says which one it extends; it is applied before the others.
///
/// # Errors
/// When a file cannot be read or parsed, or an overlay does not fit.
pub fn load(files: &Files, spec: &str, overlays: &[String]) -> Result<Document, LoadError> {
    let (mut base, mut root) = Source::read(files, spec)?;
    let mut layers = Vec::new();
    if let Some(extended) = overlay::extended(&root, &base)? {
        let (source, document) = Source::read(files, &extended)?;
        layers.push((
            std::mem::replace(&mut base, source),
            std::mem::replace(&mut root, document),
        ));
    }
    for name in overlays {
        layers.push(Source::read(files, name)?);
    }
    let mut provenance = Provenance::default();
    let mut sources = Vec::new();
    let mut notes = Vec::new();
    for (layer, (source, overlay)) in layers.into_iter().enumerate() {
        notes.extend(overlay::apply(
            &mut root,
            &overlay,
            &source,
            layer,
            &mut provenance,
        )?);
        sources.push(source);
    }
    Ok(Document {
        root,
        base,
        overlays: sources,
        provenance,
        notes,
    })
}

impl Document {
    /// The whole document.
    pub fn root(&self) -> &Value {
        &self.root
    }

    /// The part that a JSON pointer names.
    pub fn get(&self, pointer: &str) -> Option<&Value> {
        self.root.pointer(pointer)
    }

    /// The file and line of a part: of the overlay that wrote it, or of the document itself.
    pub fn place(&self, pointer: &str) -> Place {
        let (origin, from) = self.provenance.find(pointer);
        match origin {
            Origin::Document => self.base.place(&from),
            Origin::Overlay(layer) => self.overlays[layer].place(&from),
        }
    }

    /// Follows the chain of `$ref`s that begins at a place, and returns the place it ends at.
    ///
    /// # Errors
    /// When a reference leads nowhere, round in a circle, or out of the document.
    pub fn resolve(&self, place: &str) -> Result<String, LoadError> {
        let mut at = place.to_owned();
        let mut seen = Vec::new();
        while let Some(reference) = self
            .get(&at)
            .and_then(|node| node.get("$ref"))
            .and_then(Value::as_str)
        {
            let next = self.reference(&at, reference)?;
            if seen.contains(&next) {
                return Err(LoadError::new(
                    self.place(&pointer::join(&at, "$ref")),
                    format!("the reference '{reference}' leads back to itself"),
                    "let one of the references name the part itself",
                ));
            }
            seen.push(next.clone());
            at = next;
        }
        Ok(at)
    }

    /// The JSON pointer that a `$ref` names, percent-decoded (RFC 6901 section 6).
    fn reference(&self, at: &str, reference: &str) -> Result<String, LoadError> {
        let wrong = |message: String, remedy: &str| {
            LoadError::new(self.place(&pointer::join(at, "$ref")), message, remedy)
        };
        let Some(fragment) = reference.strip_prefix('#') else {
            return Err(wrong(
                format!("the reference '{reference}' leads to another file"),
                "bundle the document into one file",
            ));
        };
        let target = percent_encoding::percent_decode_str(fragment)
            .decode_utf8_lossy()
            .into_owned();
        if self.get(&target).is_none() || !(target.is_empty() || target.starts_with('/')) {
            let name = pointer::split_last(&target).map_or(String::new(), |(_, name)| name);
            return Err(wrong(
                format!("the reference '{reference}' leads nowhere"),
                &format!("define '{name}' there, or correct the reference"),
            ));
        }
        Ok(target)
    }

    /// All references that cannot be followed.
    pub fn broken_references(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        self.walk_references(&self.root, &mut String::new(), false, &mut problems);
        problems
    }

    fn walk_references(
        &self,
        node: &Value,
        at: &mut String,
        names: bool,
        problems: &mut Vec<Problem>,
    ) {
        let length = at.len();
        match node {
            Value::Object(members) => {
                if !names
                    && members.get("$ref").is_some_and(Value::is_string)
                    && let Err(error) = self.resolve(at)
                {
                    problems.extend(error.problems);
                }
                for (name, value) in members {
                    // What stands under these names is data, not description.
                    if !names
                        && (matches!(
                            name.as_str(),
                            "example" | "examples" | "enum" | "default" | "const"
                        ) || name.starts_with("x-"))
                    {
                        continue;
                    }
                    pointer::push(at, name);
                    let names = !names && name == "properties";
                    self.walk_references(value, at, names, problems);
                    at.truncate(length);
                }
            }
            Value::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    pointer::push(at, &i.to_string());
                    self.walk_references(item, at, false, problems);
                    at.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// A problem at a place of the document.
    pub fn problem(
        &self,
        level: Level,
        pointer: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            level,
            place: self.place(pointer),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: Files = Files::Bundle(&[
        (
            "base.yaml",
            "a:\n  b: 1\n  c:\n    d: 2\nr: {$ref: '#/a/c'}\nbad: {$ref: '#/x'}\n",
        ),
        (
            "over.yaml",
            "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: base.yaml\nactions:\n- target: $.a\n  \
             update:\n    e: 3\n    c:\n      f: 4\n",
        ),
    ]);

    fn document() -> Document {
        load(&FILES, "base.yaml", &["over.yaml".to_owned()]).unwrap()
    }

    #[test]
    fn every_part_knows_its_file() {
        let document = document();
        assert_eq!(document.place("/a/b").to_string(), "base.yaml:2 /a/b");
        assert_eq!(document.place("/a/c/d").to_string(), "base.yaml:4 /a/c/d");
        assert_eq!(
            document.place("/a/c/f").to_string(),
            "over.yaml:9 /actions/0/update/c/f"
        );
    }

    #[test]
    fn an_overlay_may_stand_in_place_of_its_document() {
        let document = load(&FILES, "over.yaml", &[]).unwrap();
        assert_eq!(document.root(), self::document().root());
        assert_eq!(document.place("/a/b").to_string(), "base.yaml:2 /a/b");
        assert_eq!(document.place("/a/e").line, Some(7));
    }

    #[test]
    fn references_resolve_or_are_reported() {
        let document = document();
        assert_eq!(document.resolve("/r").unwrap(), "/a/c");
        let broken = document.broken_references();
        assert_eq!(broken.len(), 1);
        assert!(broken[0].to_string().contains("base.yaml:6"));
    }
}
