//! Loads a document with its overlays.

use serde::Serialize;

use super::document::{Document, Layers};
use super::files::Files;
use super::library::{Library, Reach, Shelf};
use super::overlay;
use super::problem::LoadError;
use super::tree::Tree;
use crate::place::Place;
use crate::place::pointer;

/// Loads a document and applies overlays to it in order. `document` may also name an overlay that
/// names the document it extends; this overlay is applied before the others. References may not
/// read files outside of the document's folder, and no file is fetched.
///
/// # Errors
/// Returns an error if a file cannot be read or parsed, or an overlay does not fit.
pub fn load(files: &Files, spec: &str, overlays: &[String]) -> Result<Document, LoadError> {
    load_within(files, spec, overlays, Reach::default())
}

/// Like [`load`], with references that may read the files that the caller allows.
///
/// # Errors
/// Returns an error if a file cannot be read or parsed, or an overlay does not fit.
pub fn load_within(
    files: &Files,
    spec: &str,
    overlays: &[String],
    reach: Reach,
) -> Result<Document, LoadError> {
    let shelf = Shelf::new(files, reach);
    let (mut source, mut tree) = shelf.open(spec)?;
    let mut layers = Vec::new();
    let has = |name: &str| {
        tree.get(source.as_text(), &pointer::join("", name))
            .is_some()
    };
    let spec = if has("overlay") && !has("openapi") {
        let (layer, overlay) = shelf.read(spec)?;
        let extended = overlay::extended(&overlay, &layer, reach.remote)?;
        let extended = extended.unwrap_or_else(|| spec.to_owned());
        layers.push((layer, overlay));
        (source, tree) = shelf.open(&extended)?;
        extended
    } else {
        spec.to_owned()
    };
    for name in overlays {
        layers.push(shelf.read(name)?);
    }
    let mut written = Layers::default();
    if !layers.is_empty() {
        let mut root = source.whole()?;
        for (layer, (source, overlay)) in layers.into_iter().enumerate() {
            let provenance = &mut written.provenance;
            let notes = overlay::apply(&mut root, &overlay, &source, layer, provenance)?;
            written.notes.extend(notes);
            written.sources.push(source);
        }
        tree = Tree::Value(root);
    }
    match Library::new(shelf, &spec) {
        Some(library) => Ok(Document::new(library, source, tree, written)),
        None => Err(unnamed(&spec)),
    }
}

fn unnamed(spec: &str) -> LoadError {
    let place = Place {
        file: spec.to_owned(),
        line: None,
        pointer: String::new(),
    };
    LoadError::new(
        place,
        "this is not the name of a file",
        "give the path of a file",
    )
}

impl Document {
    /// The document that a value describes, such as one that a program has built. Reports use
    /// `name` as the name of its file; lines are those of the value written as indented JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    ///
    /// ```
    /// use trueup::spec::Document;
    ///
    /// let api = serde_json::json!({
    ///     "openapi": "3.1.0",
    ///     "info": { "title": "Pets", "version": "1" },
    ///     "paths": { "/pets": { "get": { "responses": { "200": { "description": "all" } } } } },
    /// });
    /// let document = Document::from_value("pets.json", &api)?;
    /// assert_eq!(document.place("/paths/~1pets").to_string(), "pets.json:8 /paths/~1pets");
    /// # Ok::<(), trueup::spec::LoadError>(())
    /// ```
    pub fn from_value(name: &str, value: &impl Serialize) -> Result<Self, LoadError> {
        load(&Files::of_value(name, value)?, name, &[])
    }
}

impl Files {
    /// One file that holds a value as indented JSON.
    ///
    /// # Errors
    /// When the value cannot be written as JSON.
    pub fn of_value(name: &str, value: &impl Serialize) -> Result<Self, LoadError> {
        match serde_json::to_string_pretty(value) {
            Ok(text) => Ok(Self::memory(name, text)),
            Err(error) => {
                let place = Place {
                    file: name.to_owned(),
                    line: None,
                    pointer: String::new(),
                };
                let message = format!("the value cannot be written as JSON: {error}");
                Err(LoadError::new(
                    place,
                    message,
                    "use string keys and finite numbers",
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: Files = Files::Bundle(&[
        ("base.yaml", "a:\n  b: 1\n  c:\n    d: 2\n"),
        (
            "over.yaml",
            "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: base.yaml\nactions:\n- target: $.a\n  \
             update:\n    e: 3\n    c:\n      f: 4\n",
        ),
    ]);

    #[test]
    fn an_overlay_can_replace_its_document_in_the_arguments() {
        let over = load(&FILES, "base.yaml", &["over.yaml".to_owned()]).unwrap();
        let document = load(&FILES, "over.yaml", &[]).unwrap();
        assert_eq!(document.root(), over.root());
        assert_eq!(document.place("/a/b").to_string(), "base.yaml:2 /a/b");
        assert_eq!(document.place("/a/e").line, Some(7));
    }
}
