//! Tests that need something that is not part of the project: documents in a folder beside it, and
//! the interpreters and packages of other people's services. Where these are absent the tests are
//! ignored, and say what is missing.

mod census;
mod corpus;
mod house;
mod overlays;
mod pets;
mod published;
mod strangers;

use std::path::{Path, PathBuf};

use libtest_mimic::{Completion, Trial};

/// A file or folder in the folder `shared` beside the project; where it is absent, the reason to
/// ignore a test.
fn shared(name: &str) -> Result<PathBuf, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let path = folder.join(name);
    if path.exists() {
        Ok(path)
    } else {
        Err(format!("needs ../shared/{name}, which is absent"))
    }
}

/// A test that is ignored unless what it needs is there.
fn trial<T>(
    name: impl Into<String>,
    needs: impl FnOnce() -> Result<T, String> + Send + 'static,
    test: impl FnOnce(T) -> Result<(), String> + Send + 'static,
) -> Trial {
    Trial::ignorable_test(format!("outside::{}", name.into()), || match needs() {
        Ok(found) => {
            test(found)?;
            Ok(Completion::Completed)
        }
        Err(reason) => Ok(Completion::ignored_with(reason)),
    })
}

/// A test for each row.
pub(crate) fn trials() -> Vec<Trial> {
    [
        census::trials(),
        corpus::trials(),
        house::trials(),
        overlays::trials(),
        pets::trials(),
        published::trials(),
        strangers::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
