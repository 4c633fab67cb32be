//! Where the further files of a document come from, and which of them may be read.

use std::path::{Path, PathBuf};

use serde_json::Value;
use url::Url;

use super::files::Files;
use super::problem::LoadError;
use super::source::Source;
use crate::outcome::Place;

/// How far references may lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// Whether they may lead out of the folder of the document.
    pub outside: bool,
}

/// The files that belong to one document.
#[derive(Debug)]
pub(super) struct Library {
    files: Files,
    /// Folder of the document on the disk, and as the user named it.
    folder: Option<(PathBuf, PathBuf)>,
    /// The URL of the document.
    pub(super) root: Url,
    reach: Reach,
}

impl Library {
    /// The library of the document in this file.
    pub(super) fn new(files: Files, document: &str, reach: Reach) -> Option<Self> {
        let parent = |path: &Path| path.parent().unwrap_or(Path::new("")).to_owned();
        let (root, folder) = match files.path(document) {
            Some(path) => {
                let path = std::path::absolute(path).ok()?;
                let folder = (parent(&path), parent(Path::new(document)));
                (Url::from_file_path(&path).ok()?, Some(folder))
            }
            None => (Url::parse("bundle:///").ok()?.join(document).ok()?, None),
        };
        Some(Self {
            files,
            folder,
            root,
            reach,
        })
    }

    /// Reads the file at a URL, to which the reference at `from` leads.
    pub(super) fn read(&self, url: &Url, from: Place) -> Result<(Source, Value), LoadError> {
        let name = match &self.folder {
            None if url.scheme() == "bundle" => url.path().trim_start_matches('/').to_owned(),
            Some(folder) if url.scheme() == "file" => match self.name(url, folder) {
                Ok(name) => name,
                Err((message, remedy)) => return Err(LoadError::new(from, message, remedy)),
            },
            _ => {
                return Err(LoadError::new(
                    from,
                    format!("the reference leads to {url}, and nothing is fetched from elsewhere"),
                    "save that file beside the document and refer to it by its name",
                ));
            }
        };
        Source::read(&self.files, &name).map_err(|error| {
            // A file that is not there is the reference's mistake.
            match error.problems.first() {
                Some(problem) if problem.place.line.is_none() => LoadError::new(
                    from,
                    format!("the reference leads to {name}: {}", problem.message),
                    "correct the reference, or put the file there",
                ),
                _ => error,
            }
        })
    }

    /// The name of a file, as the user would write it.
    fn name(
        &self,
        url: &Url,
        (folder, named): &(PathBuf, PathBuf),
    ) -> Result<String, (String, &'static str)> {
        let outside = |path: &Path| {
            let message = format!(
                "the reference leads to {}, outside of the document's folder",
                path.display()
            );
            (
                message,
                "put the file into the folder, or allow it with --allow-outside-refs",
            )
        };
        let Ok(path) = url.to_file_path() else {
            return Err((format!("{url} is no file"), "correct the reference"));
        };
        if self.reach.outside {
            let name = path.strip_prefix(folder).map(|below| named.join(below));
            return Ok(name.unwrap_or(path).to_string_lossy().into_owned());
        }
        let below = path.strip_prefix(folder).map_err(|_| outside(&path))?;
        // A symbolic link may lead out of the folder.
        if let (Ok(real), Ok(real_folder)) = (path.canonicalize(), folder.canonicalize())
            && !real.starts_with(real_folder)
        {
            return Err(outside(&real));
        }
        Ok(named.join(below).to_string_lossy().into_owned())
    }
}
