//! Folds the layers of flags, environment and file to [`Settings`].

use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use serde::Serialize;

use super::environment::Environment;
use super::error::ConfigError;
use super::options::Layer;
use super::origin::{Given, Origin};
use super::settings::{
    AllowedRefs, Borrowed, EmulatorOptions, RunOptions, Select, Settings, Snapshots, Source,
    TargetOptions,
};
use super::value::TargetChoice;
use super::{FILE_NAME, SHIPPED, file};
use crate::spec::Files;
use crate::target::ServerCommand;

const DEFAULT_JOBS: usize = 8;
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
const DEFAULT_MAX_BODY: usize = 16 * 1024 * 1024;
const DEFAULT_PATIENCE: Duration = Duration::from_secs(60);
const DEFAULT_BUILD_TIME: Duration = Duration::from_secs(1);

/// Settles every option: flags come first, then the environment, then the configuration file. The
/// names of files in flags and variables start in `folder`.
///
/// # Errors
/// What is wrong with the configuration, with the flag, variable or line at fault.
pub fn resolve(
    folder: &Path,
    flags: Layer,
    environment: &Environment,
) -> Result<Settings, ConfigError> {
    resolve_over(folder, flags, environment, Layer::default())
}

/// Like [`resolve`], with the defaults of a front end below the configuration file.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_over(
    folder: &Path,
    flags: Layer,
    environment: &Environment,
    defaults: Layer,
) -> Result<Settings, ConfigError> {
    let upper = flags.over(environment.layer.clone());
    let found = Found::read(folder, &upper)?;
    let upper = rebase(upper, folder, &found.files);
    let Found {
        files,
        layer: file,
        mut notes,
        ..
    } = found;
    let mut fit = Fit {
        file,
        borrowed: Borrowed::default(),
        notes: Vec::new(),
    };
    if found.kind == Kind::Nearest {
        fit.to(&upper);
    }
    notes.append(&mut fit.notes);
    let layer = upper.over(fit.file).over(defaults);
    settings(files, layer, fit.borrowed, environment, notes)
}

/// The options of a document that the program has built; `name` stands for its file in reports.
/// Neither the environment nor a configuration file is read.
///
/// # Errors
/// When the value cannot be written as JSON, or an option of the layer is wrong.
pub fn for_document(
    name: &str,
    value: &impl Serialize,
    options: Layer,
) -> Result<Settings, ConfigError> {
    let files = Files::of_value(name, value)?;
    let environment = Environment::default();
    let layer = options.spec(name);
    settings(files, layer, Borrowed::default(), &environment, Vec::new())
}

/// The configuration file that counts.
struct Found {
    files: Files,
    layer: Layer,
    kind: Kind,
    notes: Vec<String>,
}

#[derive(PartialEq, Eq)]
enum Kind {
    /// Named with `--config`: everything in it is meant.
    Named,
    /// In this folder, or the nearest above it.
    Nearest,
    /// The shipped one, or none.
    Shipped,
}

impl Found {
    fn read(folder: &Path, upper: &Layer) -> Result<Self, ConfigError> {
        let named = upper.config.as_ref();
        let named = named.map(|given| (folder.join(&given.value), Kind::Named));
        let nearest = || file::find(folder).map(|path| (path, Kind::Nearest));
        match named.or_else(nearest) {
            Some((path, kind)) => Self::on_disk(folder, &path, kind),
            None => Self::shipped(folder, upper),
        }
    }

    fn on_disk(folder: &Path, path: &Path, kind: Kind) -> Result<Self, ConfigError> {
        let root = path.parent().unwrap_or(folder);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let files = Files::Disk(root.to_owned());
        let text = files
            .read(&name)
            .map_err(|reason| ConfigError::Unreadable {
                file: path.display().to_string(),
                reason,
            })?;
        let is_above = kind == Kind::Nearest && root != folder;
        let note = is_above.then(|| format!("the configuration is {}", path.display()));
        Ok(Self {
            layer: file::parse(&name, &text)?,
            files,
            kind,
            notes: note.into_iter().collect(),
        })
    }

    /// The shipped contract. With a document of the user's, only its account counts: that of the
    /// emulator.
    fn shipped(folder: &Path, upper: &Layer) -> Result<Self, ConfigError> {
        let shipped = shipped_layer()?;
        let (files, layer) = if upper.spec.is_some() {
            let layer = Layer {
                user: shipped.user,
                ..Layer::default()
            };
            (Files::Disk(folder.to_owned()), layer)
        } else {
            let origins = [
                upper.overlay.as_ref().map(|given| &given.origin),
                upper.fixtures.as_ref().map(|given| &given.origin),
                upper.snapshots.as_ref().map(|given| &given.origin),
                upper.deviations.as_ref().map(|given| &given.origin),
            ];
            if let Some(origin) = origins.into_iter().flatten().next() {
                let origin = origin.clone();
                return Err(ConfigError::NeedsDocument { origin });
            }
            (SHIPPED, shipped)
        };
        Ok(Self {
            files,
            layer,
            kind: Kind::Shipped,
            notes: Vec::new(),
        })
    }
}

/// What the shipped configuration sets. It is nothing that the user has said.
fn shipped_layer() -> Result<Layer, ConfigError> {
    let text = SHIPPED
        .read(FILE_NAME)
        .map_err(|reason| ConfigError::Unreadable {
            file: FILE_NAME.to_owned(),
            reason,
        })?;
    let mut layer = file::parse(FILE_NAME, &text)?;
    if let Some(user) = &mut layer.user {
        user.origin = Origin::Program;
    }
    Ok(layer)
}

/// Names in flags and variables start in the current folder, those in the file beside it.
fn rebase(mut upper: Layer, folder: &Path, files: &Files) -> Layer {
    let Files::Disk(root) = files else {
        return upper;
    };
    if root == folder {
        return upper;
    }
    let rebased = |name: &str| {
        if is_url(name) {
            return name.to_owned();
        }
        let path = plain(&folder.join(name));
        let path = path.strip_prefix(plain(root)).unwrap_or(&path);
        path.to_string_lossy().into_owned()
    };
    let names = [
        &mut upper.spec,
        &mut upper.fixtures,
        &mut upper.snapshots,
        &mut upper.deviations,
    ];
    for given in names.into_iter().flatten() {
        given.value = rebased(&given.value);
    }
    for name in upper.overlay.iter_mut().flat_map(|given| &mut given.value) {
        *name = rebased(name);
    }
    upper
}

/// The path without `.`, and without `..` where a folder stands before it.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(plain.components().next_back(), Some(Component::Normal(_))) =>
            {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

fn is_url(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

/// The configuration file, as far as it is for the document that is tested.
struct Fit {
    file: Layer,
    borrowed: Borrowed,
    notes: Vec<String>,
}

impl Fit {
    /// Takes the values away that belong to the document of the file, if the upper layers name
    /// another one, and marks those that are used only if they fit.
    fn to(&mut self, upper: &Layer) {
        let (Some(own), Some(other)) = (&self.file.spec, &upper.spec) else {
            return;
        };
        let path = |name: &str| plain(Path::new(name));
        if path(&own.value) == path(&other.value) {
            return;
        }
        let why = format!(
            "is not used: it is for {}, and {} names another document",
            own.value, other.origin
        );
        let file = &mut self.file;
        let notes = &mut self.notes;
        let is_replaced = upper.overlay.is_some();
        drop_value(&mut file.overlay, is_replaced, &why, "--overlay", notes);
        let is_replaced = upper.deviations.is_some();
        drop_value(
            &mut file.deviations,
            is_replaced,
            &why,
            "--deviations",
            notes,
        );
        // Snapshots belong to fixtures.
        if upper.fixtures.is_some() {
            let is_replaced = upper.snapshots.is_some();
            drop_value(&mut file.snapshots, is_replaced, &why, "--snapshots", notes);
        }
        // What one document may read is not for others to read.
        for (value, upper, flag) in [
            (
                &mut file.allow_outside_refs,
                &upper.allow_outside_refs,
                "--allow-outside-refs",
            ),
            (
                &mut file.allow_remote_refs,
                &upper.allow_remote_refs,
                "--allow-remote-refs",
            ),
        ] {
            let is_replaced = upper.is_some() || value.as_ref().is_some_and(|given| !given.value);
            drop_value(value, is_replaced, &why, flag, notes);
        }
        self.borrowed = Borrowed {
            fixtures: borrowed(file.fixtures.as_ref(), upper.fixtures.as_ref()),
            lenience: borrowed(file.lenient.as_ref(), upper.lenient.as_ref()),
            credentials: borrowed(file.credential.as_ref(), None),
            resources: true,
        };
    }
}

fn drop_value<T>(
    value: &mut Option<Given<T>>,
    is_replaced: bool,
    why: &str,
    flag: &str,
    notes: &mut Vec<String>,
) {
    if let Some(given) = value.take()
        && !is_replaced
    {
        notes.push(format!("{} {why}; use {flag} if you want it", given.origin));
    }
}

/// Where the file has a value that counts.
fn borrowed<T>(file: Option<&Given<T>>, upper: Option<&Given<T>>) -> Option<String> {
    let given = file.filter(|_| upper.is_none());
    given.map(|given| given.origin.to_string())
}

fn settings(
    files: Files,
    layer: Layer,
    borrowed: Borrowed,
    environment: &Environment,
    notes: Vec<String>,
) -> Result<Settings, ConfigError> {
    let account = match shipped_layer()?.user {
        Some(given) => given.value,
        None => (String::new(), String::new()),
    };
    let command = layer.target_command.map(|given| {
        let mut command = ServerCommand::new(given.value);
        // A command of the file runs beside it.
        command.folder = match &files {
            Files::Disk(root) if given.origin.is_file() => Some(root.clone()),
            _ => None,
        };
        (command, given.origin)
    });
    let choice = match (layer.target, command) {
        (Some(target), Some((_, other))) => {
            let one = target.origin;
            return Err(ConfigError::TwoTargets { one, other });
        }
        (target, None) => or(target, TargetChoice::Emulator),
        (None, Some((mut command, _))) => {
            command.ready_path = or(layer.ready_path, command.ready_path);
            command.ready_within = or(layer.ready_seconds, command.ready_within);
            TargetChoice::Command(command)
        }
    };
    let user_origin = layer.user.as_ref().map(|given| &given.origin);
    let user_origin = user_origin.filter(|origin| **origin != Origin::Program);
    Ok(Settings {
        target: TargetOptions {
            choice,
            user_origin: user_origin.map(ToString::to_string),
            user: layer.user.map(|given| given.value),
            credentials: value(layer.credential),
            headers: value(layer.header),
            allow_changes: value(layer.allow_changes),
        },
        select: Select {
            generate: value(layer.generate),
            seed: layer
                .seed
                .map_or_else(|| fastrand::u64(..), |given| given.value),
            only: None,
            filter: layer.filter.map(|given| given.value),
            shard: layer.shard.map(|given| given.value),
        },
        run: RunOptions {
            jobs: or(layer.jobs, DEFAULT_JOBS),
            timeout: or(layer.timeout, DEFAULT_TIMEOUT),
            max_body: or(layer.max_body, DEFAULT_MAX_BODY),
            patience: or(layer.patience, DEFAULT_PATIENCE),
            strict: value(layer.strict),
            lenience: value(layer.lenient),
        },
        snapshots: Snapshots {
            folder: layer.snapshots.map(|given| given.value),
            mode: environment.snapshot_mode(),
        },
        emulator: EmulatorOptions {
            build_time: or(layer.build_seconds, DEFAULT_BUILD_TIME),
            account,
        },
        source: Source {
            files,
            spec: layer.spec.ok_or(ConfigError::NoDocument)?.value,
            overlays: value(layer.overlay),
            fixtures: layer.fixtures.map(|given| given.value),
            deviations: layer.deviations.map(|given| given.value),
            resources: value(layer.resources),
            allowed_refs: AllowedRefs {
                outside: value(layer.allow_outside_refs),
                remote: value(layer.allow_remote_refs),
            },
            borrowed,
        },
        notes,
    })
}

fn value<T: Default>(given: Option<Given<T>>) -> T {
    or(given, T::default())
}

fn or<T>(given: Option<Given<T>>, default: T) -> T {
    given.map_or(default, |given| given.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "spec = 'a.yaml'\noverlays = ['o.yaml']\nfixtures = 'f'\nsnapshots = 's'\n\
        deviations = 'd.yaml'\ntarget = 'http://127.0.0.1:1/'\nuser = 'u:file'\nlenient = true\n\
        allow-remote-refs = true\n[credentials]\na = 'file'\n[resources]\n'/x/{id}' = false\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), FILE).unwrap();
        folder
    }

    fn settled(folder: &Path, flags: Layer) -> Settings {
        resolve(folder, flags, &Environment::default()).unwrap()
    }

    fn flags(flags: &[(&str, &str)]) -> Layer {
        Layer::of_flags(flags.iter().copied()).unwrap()
    }

    #[test]
    fn flags_come_before_the_environment_and_the_file() {
        let folder = folder();
        let environment = Environment::of([
            ("TRUEUP_TARGET", "http://127.0.0.1:2"),
            ("TRUEUP_USER", "u:env"),
        ]);
        let layer = flags(&[("target", "emulator")]);
        let settings = resolve(folder.path(), layer, &environment.unwrap()).unwrap();
        assert_eq!(settings.target.choice, TargetChoice::Emulator);
        assert_eq!(settings.target.user, Some(("u".into(), "env".into())));
        assert_eq!(settings.source.spec, "a.yaml");
        let settings = settled(folder.path(), Layer::default());
        let url = "http://127.0.0.1:1".to_owned();
        assert_eq!(settings.target.choice, TargetChoice::Url(url));
    }

    #[test]
    fn another_document_replaces_only_what_belongs_to_the_own_one() {
        let folder = folder();
        let settings = settled(folder.path(), flags(&[("spec", "b.yaml")]));
        let Settings {
            source,
            run,
            target,
            ..
        } = &settings;
        assert_eq!(run.lenience, crate::outcome::Lenience::All);
        assert_eq!(target.credentials.of("a"), Some("file"));
        assert_eq!(source.resources.len(), 1);
        assert_eq!(source.fixtures.as_deref(), Some("f"));
        let borrowed = source.borrowed.fixtures.as_deref();
        assert_eq!(borrowed, Some("trueup.toml:3: `fixtures`"));
        assert!(source.overlays.is_empty() && source.deviations.is_none());
        assert!(!source.allowed_refs.remote);
        let why = "is not used: it is for a.yaml, and --spec names another document; use";
        assert_eq!(
            settings.notes,
            [
                format!("trueup.toml:2: `overlays` {why} --overlay if you want it"),
                format!("trueup.toml:5: `deviations` {why} --deviations if you want it"),
                format!(
                    "trueup.toml:9: `allow-remote-refs` {why} --allow-remote-refs if you want it"
                ),
            ]
        );
        let layer = flags(&[("spec", "b.yaml"), ("overlay", "p.yaml"), ("fixtures", "g")]);
        let settings = settled(folder.path(), layer);
        assert_eq!(settings.source.overlays, ["p.yaml"]);
        assert_eq!(settings.snapshots.folder, None);
        assert!(settings.source.borrowed.fixtures.is_none());
        assert!(
            settings
                .notes
                .iter()
                .any(|note| note.contains("`snapshots`"))
        );
        assert!(
            !settings
                .notes
                .iter()
                .any(|note| note.contains("`overlays`"))
        );
    }

    #[test]
    fn the_own_document_named_by_a_flag_changes_nothing() {
        let folder = folder();
        let settings = settled(folder.path(), flags(&[("spec", "./x/../a.yaml")]));
        assert_eq!(settings.source.overlays, ["o.yaml"]);
        assert_eq!(settings.source.borrowed, Borrowed::default());
        assert!(settings.notes.is_empty(), "{:?}", settings.notes);
    }

    #[test]
    fn a_file_above_counts_and_its_names_start_beside_it() {
        let folder = folder();
        let below = folder.path().join("sub");
        std::fs::create_dir(&below).unwrap();
        let settings = settled(&below, flags(&[("overlay", "p.yaml")]));
        assert_eq!(settings.source.spec, "a.yaml");
        assert_eq!(settings.source.overlays, ["sub/p.yaml"]);
        let path = folder.path().join(FILE_NAME);
        let note = format!("the configuration is {}", path.display());
        assert_eq!(settings.notes, [note]);
        let settings = settled(&below, flags(&[("spec", "../a.yaml")]));
        assert_eq!(settings.source.overlays, ["o.yaml"]);
    }

    #[test]
    fn without_a_file_the_shipped_contract_counts() {
        let empty = tempfile::tempdir().unwrap();
        let settings = settled(empty.path(), Layer::default());
        assert!(settings.source.spec.contains("twilio"));
        assert!(matches!(settings.source.files, Files::Bundle(_)));
        let layer = flags(&[("fixtures", "f")]);
        let error = resolve(empty.path(), layer, &Environment::default()).unwrap_err();
        assert!(error.report().starts_with("error: --fixtures needs --spec"));
        let settings = settled(empty.path(), flags(&[("spec", "a.yaml")]));
        assert!(settings.source.fixtures.is_none() && settings.notes.is_empty());
    }

    #[test]
    fn a_wrong_value_names_its_flag_and_what_is_right() {
        for (flag, text, words) in [
            ("target", "localhost:80", "http://"),
            ("target", "http://a:hunter2@c", "--user"),
            ("target", "http://a:hunter2@c:x", "--user"),
            ("user", "hunter2", "NAME:SECRET"),
            ("credential", "hunter2", "SCHEME=VALUE"),
            ("header", "hunter2", "'Name: value'"),
            ("header", "hunter2 b: c", "name of a header"),
            ("generate", "all", "`boundary`"),
            ("shard", "3/2", "I/N"),
            ("jobs", "0", "at least 1"),
            ("timeout", "0", "longer than 0"),
            ("patience", "x", "`x` is not a number of seconds"),
        ] {
            let error = Layer::of_flags([(flag, text)]).unwrap_err().report();
            assert!(error.starts_with(&format!("error: --{flag}: ")), "{error}");
            assert!(
                error.contains(words) && !error.contains("hunter2"),
                "{error}"
            );
        }
    }
}
