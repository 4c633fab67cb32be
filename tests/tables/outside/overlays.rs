//! The sets of the OpenAPI Initiative: document, overlay, and what comes of both.

use std::path::Path;

use libtest_mimic::Trial;
use trueup::spec::{Files, Source, load};

use super::{shared, trial};

const SETS: &str = "corpus/overlay-compliant-sets";

fn gives_its_output(set: &Path) -> Result<(), String> {
    let files = Files::Disk(set.to_owned());
    let document = load(&files, "openapi.yaml", &["overlay.yaml".to_owned()]).unwrap();
    let (_, output) = Source::read(&files, "output.yaml").unwrap();
    if *document.root() != output {
        return Err("the document differs from output.yaml".to_owned());
    }
    let idle: Vec<String> = document.notes.iter().map(ToString::to_string).collect();
    if idle.is_empty() {
        Ok(())
    } else {
        Err(idle.join("\n"))
    }
}

/// A test for each set.
pub(crate) fn trials() -> Vec<Trial> {
    let Ok(folder) = shared(SETS) else {
        let name = "overlays::the_compliant_sets_give_their_output";
        return vec![trial(name, || shared(SETS), |_| Ok(()))];
    };
    let entries = std::fs::read_dir(folder).unwrap();
    let sets = entries.map(|entry| entry.unwrap().path());
    let mut sets: Vec<_> = sets.filter(|path| path.is_dir()).collect();
    sets.sort();
    let count = sets.len();
    let mut trials: Vec<Trial> = sets
        .into_iter()
        .map(|set| {
            let name = set.file_name().unwrap().to_string_lossy().into_owned();
            let name = format!("overlays::gives_its_output::{name}");
            trial(name, move || Ok(set), |set| gives_its_output(&set))
        })
        .collect();
    trials.push(trial(
        "overlays::all_sets_are_there",
        move || Ok(count),
        |count| match count {
            8.. => Ok(()),
            _ => Err(format!("{count} sets")),
        },
    ));
    trials
}
