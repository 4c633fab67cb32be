//! Lists the shipped contract, fixtures and snapshots, so that the program carries them.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = cargo_path("CARGO_MANIFEST_DIR");
    let mut names = vec!["trueup.toml".to_owned()];
    for folder in ["specs", "fixtures", "snapshots"] {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root, Path::new(folder), &mut names)?;
    }
    names.retain(|name| {
        [".toml", ".yaml", ".snap"]
            .iter()
            .any(|ending| name.ends_with(ending))
    });
    names.sort();
    let mut code = String::from("&[\n");
    for name in names {
        let path = root.join(&name).to_string_lossy().into_owned();
        let _ = writeln!(code, "({name:?}, include_str!({path:?})),");
    }
    code.push(']');
    fs::write(cargo_path("OUT_DIR").join("bundle.rs"), code)
}

#[expect(
    clippy::disallowed_methods,
    reason = "cargo talks to build scripts through the environment"
)]
fn cargo_path(name: &str) -> PathBuf {
    PathBuf::from(env::var_os(name).unwrap_or_default())
}

fn collect(root: &Path, folder: &Path, names: &mut Vec<String>) -> io::Result<()> {
    let path = root.join(folder);
    if !path.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        let name = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(root, &name, names)?;
        } else {
            names.push(name.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}
