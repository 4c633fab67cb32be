//! A document with its files and overlays, and the file and line of every part.
//!
//! A place in the document is a text: a JSON pointer for the document itself, and a JSON pointer
//! behind `N#` for the file of that number. Steps are added to both in the same way.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use serde_json::Value;
use url::Url;

use super::library::Library;
use super::names::Names;
use super::problem::{Level, LoadError, Problem};
use super::provenance::{Origin, Provenance};
use super::remote;
use super::source::Source;
use super::swagger::{self, Skeleton};
use super::tree::Tree;
use crate::keyword::{Keyword, Version, is_lone_reference};
use crate::place::Place;
use crate::place::pointer;

/// The greatest number of references in one chain.
const LONGEST_CHAIN: usize = 100;

/// An `OpenAPI` description as loaded: references kept, overlays applied.
#[derive(Debug)]
pub struct Document {
    /// The files that were read so far; the first is the document itself.
    files: boxcar::Vec<File>,
    /// Numbers of the files by URL.
    numbers: Mutex<HashMap<Url, usize>>,
    library: Library,
    version: Option<Version>,
    /// The Swagger 2.0 document, translated to `OpenAPI` 3.
    skeleton: Option<Skeleton>,
    overlays: Vec<Source>,
    provenance: Provenance,
    /// The schemas among the components that add to another one with `allOf`, by that one.
    heirs: OnceLock<HashMap<String, Vec<String>>>,
    /// What was noticed while loading.
    pub notes: Vec<Problem>,
}

/// One file of a document.
#[derive(Debug)]
struct File {
    source: Source,
    tree: Tree,
    url: Url,
    names: OnceLock<Names>,
}

/// What overlays have written into a document.
#[derive(Debug, Default)]
pub(super) struct Layers {
    pub(super) sources: Vec<Source>,
    pub(super) provenance: Provenance,
    /// What was noticed while they were applied.
    pub(super) notes: Vec<Problem>,
}

impl Document {
    /// The document at the root of a library.
    pub(super) fn new(library: Library, source: Source, tree: Tree, layers: Layers) -> Self {
        let url = library.root.clone();
        let member = |name: &str| tree.get(source.as_text(), &pointer::join("", name));
        let version = Version::read(member("swagger"), member("openapi"));
        let mut document = Self {
            files: boxcar::Vec::new(),
            numbers: Mutex::new(HashMap::from([(url.clone(), 0)])),
            library,
            version,
            skeleton: None,
            overlays: layers.sources,
            provenance: layers.provenance,
            heirs: OnceLock::new(),
            notes: layers.notes,
        };
        document.files.push(File {
            source,
            tree,
            url,
            names: OnceLock::new(),
        });
        if version == Some(Version::V2_0) {
            let (skeleton, problems) = swagger::read(&document);
            document.skeleton = Some(skeleton);
            document.notes.extend(problems);
        }
        document
    }

    /// The version of the specification, if it is one that is read.
    pub fn version(&self) -> Option<Version> {
        self.version
    }

    /// The whole document. This parses all of it, so prefer a single part where one is enough.
    pub fn root(&self) -> &Value {
        static NOTHING: Value = Value::Null;
        self.get("").unwrap_or(&NOTHING)
    }

    /// The part at a place.
    pub fn get(&self, place: &str) -> Option<&Value> {
        match self.part(place) {
            Part::Skeleton(skeleton, at) => pointer::get(&skeleton.root, at),
            Part::File(file, at) => file.tree.get(file.source.as_text(), at),
            Part::Nowhere => None,
        }
    }

    /// The names of the members of an object, which are not read for that.
    pub fn names(&self, place: &str) -> Option<Vec<&str>> {
        match self.part(place) {
            Part::Skeleton(skeleton, at) => {
                let members = pointer::get(&skeleton.root, at)?.as_object()?;
                Some(members.keys().map(String::as_str).collect())
            }
            Part::File(file, at) => file.tree.names(file.source.as_text(), at),
            Part::Nowhere => None,
        }
    }

    fn part<'a, 'p>(&'a self, place: &'p str) -> Part<'a, 'p> {
        let (number, at) = split(place);
        match (number, &self.skeleton) {
            (None, Some(skeleton)) => Part::Skeleton(skeleton, at),
            (number, _) => match self.files.get(number.unwrap_or(0)) {
                Some(file) => Part::File(file, at),
                None => Part::Nowhere,
            },
        }
    }

    /// The file and line of a part: of the overlay that wrote it, or of the document itself.
    pub fn place(&self, place: &str) -> Place {
        let (number, at) = split(place);
        if number.is_none()
            && let Some(skeleton) = &self.skeleton
        {
            return self.place(&skeleton.origin(at));
        }
        if number.unwrap_or(0) == 0 {
            let (origin, from) = self.provenance.find(at);
            return match origin {
                Origin::Document => self.files[0].source.place(&from),
                Origin::Overlay(layer) => self.overlays[layer].place(&from),
            };
        }
        match self.files.get(number.unwrap_or(0)) {
            Some(file) => file.source.place(at),
            None => Place {
                file: String::new(),
                line: None,
                pointer: at.to_owned(),
            },
        }
    }

    /// Follows the chain of `$ref`s that begins at a place, and returns the place it ends at.
    ///
    /// # Errors
    /// Returns an error if a target does not exist, is part of a cycle, or may not be read.
    pub fn resolve(&self, place: &str) -> Result<String, LoadError> {
        self.follow(place, |_| true)
    }

    /// Like [`Document::resolve`], for a schema: a `$ref` with other keywords beside it is a
    /// schema of its own if the version defines it so (JSON Schema 2020-12 section 8.2.3.1).
    ///
    /// # Errors
    /// Returns an error if a target does not exist, is part of a cycle, or may not be read.
    pub fn resolve_schema(&self, place: &str) -> Result<String, LoadError> {
        let version = self.version.unwrap_or(Version::V3_0);
        self.follow(place, |schema| {
            let members = schema.as_object();
            members.is_none_or(|members| is_lone_reference(members, version))
        })
    }

    fn follow(&self, place: &str, passes: impl Fn(&Value) -> bool) -> Result<String, LoadError> {
        let mut at = place.to_owned();
        let mut seen = Vec::new();
        while let Some(reference) = self.reference_at(&at)
            && self.get(&at).is_some_and(&passes)
        {
            let next = self.reference(&at, reference)?;
            if seen.contains(&next) {
                return Err(LoadError::new(
                    self.place(&pointer::join(&at, Keyword::Ref.name())),
                    format!("the reference `{reference}` refers back to itself"),
                    "point one of the references at the part itself",
                ));
            }
            if seen.len() >= LONGEST_CHAIN {
                return Err(LoadError::new(
                    self.place(&pointer::join(&at, Keyword::Ref.name())),
                    format!(
                        "this reference belongs to a chain of more than {LONGEST_CHAIN} references"
                    ),
                    "point the references at the part itself",
                ));
            }
            seen.push(next.clone());
            at = next;
        }
        Ok(at)
    }

    /// The reference at a place, if the place has one.
    fn reference_at(&self, place: &str) -> Option<&str> {
        match self.part(place) {
            Part::Skeleton(skeleton, at) => {
                let node = pointer::get(&skeleton.root, at)?;
                node.get(Keyword::Ref.name())?.as_str()
            }
            Part::File(file, at) => file.tree.reference(file.source.as_text(), at),
            Part::Nowhere => None,
        }
    }

    /// The place that a `$ref` names; `at` is the place of the object that holds it.
    ///
    /// # Errors
    /// Returns an error if the target does not exist or may not be read.
    pub fn reference(&self, at: &str, reference: &str) -> Result<String, LoadError> {
        let (number, pointer_in_file) = split(at);
        if number.is_none() && self.skeleton.is_some() {
            return Ok(reference.to_owned());
        }
        let number = number.unwrap_or(0);
        let from = || self.place(&pointer::join(at, Keyword::Ref.name()));
        let Some(file) = self.files.get(number) else {
            return Err(LoadError::new(
                from(),
                "this part does not belong to a file",
                "",
            ));
        };
        let (uri, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let fragment = percent_encoding::percent_decode_str(fragment).decode_utf8_lossy();
        let (resource, base) = self.file_names(file).resource(pointer_in_file);
        let (number, resource) = if uri.is_empty() {
            (number, resource.to_owned())
        } else {
            let base = base.unwrap_or(&file.url);
            self.resource(base, &file.url, uri, from)?
        };
        let candidates = self.candidates(number, &resource, &fragment);
        for place in candidates {
            if self.has(&place) {
                return Ok(place);
            }
        }
        if let Some(fault) = self.faults().into_iter().next() {
            return Err(LoadError {
                problems: vec![fault],
            });
        }
        let name = pointer::split_last(&fragment).map_or(fragment.to_string(), |(_, name)| name);
        Err(LoadError::new(
            from(),
            format!("the target of the reference `{reference}` does not exist"),
            format!("define `{name}` there, or correct the reference"),
        ))
    }

    /// The places that a fragment can mean, the most exact first.
    fn candidates(&self, number: usize, resource: &str, fragment: &str) -> Vec<String> {
        let place = |at: &str| format!("{}{at}", self.prefix(number));
        if fragment.is_empty() || fragment.starts_with('/') {
            let mut candidates = vec![place(&format!("{resource}{fragment}"))];
            // Authors who name a schema with `$id` seldom mean to move the document's root.
            if !resource.is_empty() && !fragment.is_empty() {
                candidates.push(place(fragment));
            }
            return candidates;
        }
        let anchor = self.files.get(number).and_then(|file| {
            let names = self.file_names(file);
            names.anchor(resource, fragment).map(place)
        });
        anchor.into_iter().collect()
    }

    /// The file and the schema resource in it that a URI names.
    fn resource(
        &self,
        base: &Url,
        file: &Url,
        uri: &str,
        from: impl Fn() -> Place,
    ) -> Result<(usize, String), LoadError> {
        let Ok(url) = base.join(uri) else {
            return Err(LoadError::new(
                from(),
                format!("`{uri}` is not a URI"),
                "correct the reference",
            ));
        };
        if self.version.is_some_and(Version::has_json_schema) {
            for (number, file) in &self.files {
                if let Some(resource) = self.file_names(file).find(&url) {
                    return Ok((number, resource.to_owned()));
                }
            }
        }
        // An absolute `$id` does not keep its schema from naming the files around it, and what is
        // there need not be fetched.
        let number = match file.join(uri) {
            Ok(beside) if remote::is_remote(&url) && !remote::is_remote(&beside) => {
                let opened = self.open(&beside, &from);
                opened.or_else(|_| self.open(&url, &from))
            }
            Ok(beside) if beside != url => {
                let opened = self.open(&url, &from);
                opened.or_else(|error| self.open(&beside, &from).map_err(|_| error))
            }
            _ => self.open(&url, &from),
        };
        number.map(|number| (number, String::new()))
    }

    /// The number of the file at a URL, which is read if it was not yet.
    fn open(&self, url: &Url, from: &impl Fn() -> Place) -> Result<usize, LoadError> {
        let Ok(mut numbers) = self.numbers.lock() else {
            return Err(LoadError::new(from(), "the files cannot be read", ""));
        };
        if let Some(number) = numbers.get(url) {
            return Ok(*number);
        }
        let (source, value) = self.library.read(url, from())?;
        let number = self.files.push(File {
            source,
            tree: Tree::Value(value),
            url: self.library.found(url),
            names: OnceLock::new(),
        });
        numbers.insert(url.clone(), number);
        Ok(number)
    }

    fn file_names<'a>(&self, file: &'a File) -> &'a Names {
        file.names.get_or_init(|| {
            let mut names = Names::none(&file.url);
            let text = file.source.as_text();
            if self.version.is_some_and(Version::has_json_schema) && Names::may_stand_in(text) {
                if let Some(uri) = file.tree.get(text, "/$self").and_then(Value::as_str) {
                    names.name_file(uri);
                }
                file.tree
                    .parts(text, &mut String::new(), false, &mut |at, part, named| {
                        names.add(at, part, named);
                    });
            }
            names
        })
    }

    /// What a place in the file of this number begins with.
    fn prefix(&self, number: usize) -> String {
        // Places without a number are those of the skeleton, where there is one.
        if number == 0 && self.version != Some(Version::V2_0) {
            String::new()
        } else {
            format!("{number}#")
        }
    }

    fn has(&self, place: &str) -> bool {
        self.get(place).is_some()
    }

    /// The schemas among the components that add to the one at a place with `allOf`.
    pub fn heirs(&self, place: &str) -> &[String] {
        let heirs = self.heirs.get_or_init(|| {
            let mut heirs: HashMap<String, Vec<String>> = HashMap::new();
            let base = match &self.skeleton {
                Some(_) => "0#/definitions",
                None => "/components/schemas",
            };
            for name in self.names(base).unwrap_or_default() {
                let heir = pointer::join(base, name);
                let schema = self.get(&heir);
                let list = schema.and_then(|schema| schema.get(Keyword::AllOf.name())?.as_array());
                for branch in list.into_iter().flatten() {
                    if let Some(reference) = branch.get(Keyword::Ref.name()).and_then(Value::as_str)
                        && let Ok(parent) = self.reference(&heir, reference)
                    {
                        heirs.entry(parent).or_default().push(heir.clone());
                    }
                }
            }
            heirs
        });
        heirs.get(place).map_or(&[], Vec::as_slice)
    }

    /// The schema resource with an `$id` of its own that a place belongs to.
    pub fn schema_resource(&self, place: &str) -> Option<String> {
        let (number, at) = split(place);
        let file = self.files.get(number.unwrap_or(0))?;
        let (resource, _) = self.file_names(file).resource(at);
        let prefix = &place[..place.len() - at.len()];
        (!resource.is_empty()).then(|| format!("{prefix}{resource}"))
    }

    /// Visits all parts that describe something, of all files that were read so far. Files that
    /// are read while it visits are visited too. With each part comes whether its members are
    /// named by the author of the document.
    pub fn visit(&self, visit: &mut dyn FnMut(&mut String, &Value, bool)) {
        let mut number = 0;
        while let Some(file) = self.files.get(number) {
            let mut at = self.prefix(number);
            file.tree
                .parts(file.source.as_text(), &mut at, false, visit);
            number += 1;
        }
    }

    /// Whether the document, or a part that an overlay wrote, contains a text.
    pub fn mentions(&self, text: &str) -> bool {
        let finder = memchr::memmem::Finder::new(text);
        let files = self.files.iter().map(|(_, file)| &file.source);
        let mut sources = files.chain(&self.overlays);
        sources.any(|source| finder.find(source.as_text().as_bytes()).is_some())
    }

    /// What is wrong with the parts that were read so far.
    pub fn faults(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (_, file) in &self.files {
            let mut found = Vec::new();
            file.tree.faults(&mut String::new(), &mut found);
            for (part, fault) in found {
                problems.extend(file.source.part_error(&part, fault).problems);
            }
        }
        problems
    }

    /// A problem at a place of the document.
    pub fn problem(
        &self,
        level: Level,
        place: &str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Problem {
        Problem {
            level,
            place: self.place(place),
            message: message.into(),
            remedy: remedy.into(),
        }
    }
}

/// The part that a place refers to.
enum Part<'a, 'p> {
    Skeleton(&'a Skeleton, &'p str),
    File(&'a File, &'p str),
    Nowhere,
}

/// The number of the file that a place names, and the JSON pointer in it.
fn split(place: &str) -> (Option<usize>, &str) {
    if place.is_empty() || place.starts_with('/') {
        return (None, place);
    }
    match place.split_once('#') {
        Some((number, at)) => (number.parse().ok(), at),
        None => (None, place),
    }
}

#[cfg(test)]
mod tests {
    use crate::spec::{Files, load};

    const FILES: Files = Files::Bundle(&[
        (
            "base.yaml",
            "a:\n  b: 1\n  c:\n    d: 2\nr: {$ref: '#/a/c'}\nbad: {$ref: '#/x'}\n",
        ),
        (
            "deep/er/three.yaml",
            "x: {$ref: '../two.yaml#/y'}\nhere: {$ref: '#/x'}\n",
        ),
        ("deep/two.yaml", "y: {$ref: 'er/three.yaml#/z'}\nok: 1\n"),
        (
            "ids.yaml",
            "openapi: 3.1.0\na:\n  $id: https://example.com/a\n  $defs:\n    b: {$anchor: bee}\n\
             c: {$ref: 'https://example.com/a#bee'}\nd: {$ref: 'a#bee'}\n\
             e:\n  $id: https://example.com/e\n  f: {$ref: 'a#/$defs/b'}\n  g: {$ref: '#/a'}\n",
        ),
        (
            "many.yaml",
            "p: {$ref: 'deep/er/three.yaml#/here'}\nq: {$ref: 'deep/two.yaml#/ok'}\n\
             gone: {$ref: 'gone.yaml'}\nfar: {$ref: 'https://example.com/x.yaml'}\n",
        ),
        (
            "over.yaml",
            "overlay: 1.0.0\ninfo: {title: t, version: '1'}\nextends: base.yaml\nactions:\n- target: $.a\n  \
             update:\n    e: 3\n    c:\n      f: 4\n",
        ),
    ]);

    #[test]
    fn every_part_knows_its_file() {
        let document = load(&FILES, "base.yaml", &["over.yaml".to_owned()]).unwrap();
        assert_eq!(document.place("/a/b").to_string(), "base.yaml:2 /a/b");
        assert_eq!(document.place("/a/c/d").to_string(), "base.yaml:4 /a/c/d");
        assert_eq!(
            document.place("/a/c/f").to_string(),
            "over.yaml:9 /actions/0/update/c/f"
        );
    }

    #[test]
    fn references_lead_somewhere_or_are_errors() {
        let document = load(&FILES, "base.yaml", &[]).unwrap();
        assert_eq!(document.resolve("/r").unwrap(), "/a/c");
        let error = document.resolve("/bad").unwrap_err().to_string();
        assert!(error.contains("base.yaml:6"), "{error}");
    }

    #[test]
    fn references_lead_through_folders() {
        let document = load(&FILES, "many.yaml", &[]).unwrap();
        let error = |place: &str| document.resolve(place).unwrap_err().to_string();
        assert!(error("/p").contains("deep/two.yaml:1"), "{}", error("/p"));
        let ok = document.resolve("/q").unwrap();
        assert_eq!(document.place(&ok).to_string(), "deep/two.yaml:2 /ok");
        assert!(error("/gone").contains("many.yaml:3"), "{}", error("/gone"));
        assert!(
            error("/far").contains("fetching is not allowed"),
            "{}",
            error("/far")
        );
    }

    #[test]
    fn ids_and_anchors_name_places() {
        let document = load(&FILES, "ids.yaml", &[]).unwrap();
        for (place, target) in [("/c", "/a/$defs/b"), ("/e/f", "/a/$defs/b"), ("/e/g", "/a")] {
            assert_eq!(document.resolve(place).unwrap(), target, "{place}");
        }
        assert!(document.resolve("/d").is_err());
        assert_eq!(
            document.schema_resource("/a/$defs/b"),
            Some("/a".to_owned())
        );
        assert_eq!(document.schema_resource("/c"), None);
    }
}
