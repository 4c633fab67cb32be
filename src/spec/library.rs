//! Where the further files of a document come from, and which of them may be read.

use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use super::files::Files;
use super::problem::LoadError;
use super::remote::{self, Fetch, Remote};
use super::source::Source;
use super::tree::Tree;
use crate::place::Place;

/// The files that references may read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reach {
    /// Whether they may read files outside of the document's folder.
    pub outside: bool,
    /// Whether they may fetch files from other machines.
    pub remote: bool,
    /// Fetches files from other machines. Without it, no file is fetched.
    pub fetch: Option<Fetch>,
}

/// Reads files by their names, some of which are URLs.
#[derive(Debug)]
pub(super) struct Shelf {
    files: Files,
    pub(super) reach: Reach,
    remote: Remote,
}

impl Shelf {
    pub(super) fn new(files: &Files, reach: Reach) -> Self {
        Self {
            files: files.clone(),
            reach,
            remote: Remote::default(),
        }
    }

    /// Reads a file that the user named.
    pub(super) fn read(&self, name: &str) -> Result<(Source, Value), LoadError> {
        match remote::url(name) {
            Some(url) => Source::parse(&remote::name(&url), self.fetch_named(&url)?),
            None => Source::read(&self.files, name),
        }
    }

    /// The same, for a file whose parts are parsed on demand.
    pub(super) fn open(&self, name: &str) -> Result<(Source, Tree), LoadError> {
        match remote::url(name) {
            Some(url) => Source::divide(&remote::name(&url), self.fetch_named(&url)?.into()),
            None => Source::open(&self.files, name),
        }
    }

    fn fetch_named(&self, url: &Url) -> Result<String, LoadError> {
        self.fetch(url).map_err(|why| {
            let place = Place {
                file: remote::name(url),
                line: None,
                pointer: String::new(),
            };
            LoadError::new(
                place,
                format!("cannot fetch the file: {why}"),
                "correct the URL, or save the file and name that",
            )
        })
    }

    fn fetch(&self, url: &Url) -> Result<String, String> {
        match self.reach.fetch {
            Some(fetch) => self.remote.read(fetch, url),
            None => Err("this document may not fetch files".to_owned()),
        }
    }
}

/// The files that belong to one document.
#[derive(Debug)]
pub(super) struct Library {
    shelf: Shelf,
    /// Folder of the document on the disk, and as the user named it.
    folder: Option<(PathBuf, PathBuf)>,
    /// The URL of the document.
    pub(super) root: Url,
}

impl Library {
    /// The library of the document in this file.
    pub(super) fn new(shelf: Shelf, document: &str) -> Option<Self> {
        let parent = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
        let (root, folder) = match (remote::url(document), shelf.files.path(document)) {
            (Some(url), _) => (shelf.remote.found(&url), None),
            (None, Some(path)) => {
                let path = std::path::absolute(path).ok()?;
                let folder = (parent(&path), parent(Path::new(document)));
                (Url::from_file_path(&path).ok()?, Some(folder))
            }
            (None, None) => (Url::parse("bundle:///").ok()?.join(document).ok()?, None),
        };
        Some(Self {
            shelf,
            folder,
            root,
        })
    }

    /// The URL at which the file of this URL was found.
    pub(super) fn found(&self, url: &Url) -> Url {
        self.shelf.remote.found(url)
    }

    /// Reads the file at a URL, which is the target of the reference at `from`.
    pub(super) fn read(&self, url: &Url, from: Place) -> Result<(Source, Value), LoadError> {
        if remote::is_remote(url) {
            return self.read_remote(url, from);
        }
        let name = match &self.folder {
            None if url.scheme() == "bundle" && self.root.scheme() == "bundle" => {
                url.path().trim_start_matches('/').to_owned()
            }
            Some(folder) if url.scheme() == "file" => match self.name(url, folder) {
                Ok(name) => name,
                Err((message, remedy)) => return Err(LoadError::new(from, message, remedy)),
            },
            _ => {
                return Err(LoadError::new(
                    from,
                    format!(
                        "the reference points to {url}, where nothing may be read for this document"
                    ),
                    "put that file beside the document and refer to it by its name",
                ));
            }
        };
        Source::read(&self.shelf.files, &name).map_err(|error| {
            // A file that is not there is the reference's mistake.
            match error.problems.first() {
                Some(problem) if problem.place.line.is_none() => LoadError::new(
                    from,
                    format!("the reference points to {name}: {}", problem.message),
                    "correct the reference, or put the file there",
                ),
                _ => error,
            }
        })
    }

    fn read_remote(&self, url: &Url, from: Place) -> Result<(Source, Value), LoadError> {
        let name = remote::name(url);
        if !self.shelf.reach.remote || self.shelf.reach.fetch.is_none() {
            return Err(LoadError::new(
                from,
                format!("the reference points to {name}, and fetching is not allowed"),
                "allow it with --allow-remote-refs, or save that file beside the document and \
                 refer to it by its name",
            ));
        }
        match self.shelf.fetch(url) {
            Ok(text) => Source::parse(&name, text),
            Err(why) => Err(LoadError::new(
                from,
                format!("the reference points to {name}, which was not fetched: {why}"),
                "correct the reference, or save that file beside the document and refer to it by \
                 its name",
            )),
        }
    }

    /// The name of a file, as the user would write it.
    fn name(
        &self,
        url: &Url,
        (folder, named): &(PathBuf, PathBuf),
    ) -> Result<String, (String, &'static str)> {
        let outside = |path: &Path| {
            let message = format!(
                "the reference points to {}, outside of the document's folder",
                path.display()
            );
            (
                message,
                "put the file into the folder, or allow it with --allow-outside-refs",
            )
        };
        let Ok(path) = url.to_file_path() else {
            return Err((format!("{url} is not a file"), "correct the reference"));
        };
        if self.shelf.reach.outside {
            let name = path.strip_prefix(folder).map(|below| named.join(below));
            return Ok(name.unwrap_or(path).to_string_lossy().into_owned());
        }
        let below = path.strip_prefix(folder).map_err(|_| outside(&path))?;
        // The target of a symbolic link may be outside of the folder.
        if let (Ok(real), Ok(real_folder)) = (path.canonicalize(), folder.canonicalize())
            && !real.starts_with(real_folder)
        {
            return Err(outside(&real));
        }
        Ok(named.join(below).to_string_lossy().into_owned())
    }
}
