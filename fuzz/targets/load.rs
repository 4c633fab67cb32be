//! Any bytes as a document: they are refused or read whole, and nothing panics.

#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use trueup::contract::{Strength, audit, build};
use trueup::spec::{Files, load};

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

fuzz_target!(|bytes: &[u8]| {
    // The name decides which reader is asked first.
    let name = match bytes.first() {
        Some(b'{') => "a.json",
        _ => "a.yaml",
    };
    fs::write(FOLDER.path().join(name), bytes).unwrap();
    let files = Files::Disk(FOLDER.path().to_owned());
    if let Ok(contract) = load(&files, name, &[]).and_then(build) {
        let _ = (audit(&contract), Strength::of(&contract));
    }
});
