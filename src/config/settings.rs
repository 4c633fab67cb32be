//! Settled values.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::file::{ConfigFile, Lenient};
use super::{Credentials, Environment, FILE_NAME, SHIPPED};
use crate::contract::ResourceOverride;
use crate::generate::Size;
use crate::run::{self, Lenience, Limits};
use crate::snapshot::Mode;
use crate::spec::{Files, Reach};
use crate::wire::Headers;

/// How long a build of the emulator takes, unless somebody says otherwise.
const BUILD_TIME: Duration = Duration::from_secs(1);
/// Cases in flight, unless somebody says otherwise.
const JOBS: usize = 8;

/// Stands for all operations.
pub const ANY: &str = "*";

/// What the user said on the command line; nothing means the default.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`.
    pub config: Option<PathBuf>,
    /// `--spec`.
    pub spec: Option<String>,
    /// `--overlay`.
    pub overlays: Vec<String>,
    /// `--fixtures`.
    pub fixtures: Option<String>,
    /// `--snapshots`.
    pub snapshots: Option<String>,
    /// `--deviations`.
    pub deviations: Option<String>,
    /// `--target`.
    pub target: Option<String>,
    /// `--user`.
    pub user: Option<String>,
    /// `--credential`.
    pub credentials: Vec<String>,
    /// `--header`.
    pub headers: Vec<String>,
    /// `--filter`.
    pub filter: Option<String>,
    /// `--jobs`.
    pub jobs: Option<usize>,
    /// `--shard`.
    pub shard: Option<String>,
    /// `--generate`.
    pub generate: Option<String>,
    /// The size of what is made from the contract where nobody names one; front ends differ.
    pub usual_generate: Option<Size>,
    /// `--seed`.
    pub seed: Option<u64>,
    /// `--strict`.
    pub strict: bool,
    /// `--lenient`: operations, or [`ANY`].
    pub lenient: Vec<String>,
    /// `--timeout`, in seconds.
    pub timeout: Option<f64>,
    /// `--max-body`, in bytes.
    pub max_body: Option<usize>,
    /// `--patience`, in seconds.
    pub patience: Option<f64>,
    /// `--build-seconds`.
    pub build_seconds: Option<f64>,
    /// `--allow-changes`.
    pub allow_changes: bool,
    /// How far references may lead.
    pub allowed_refs: AllowedRefs,
}

/// What somebody allows the references of a document.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AllowedRefs {
    /// `--allow-outside-refs`: they may lead out of the folder of the document.
    pub outside: bool,
    /// `--allow-remote-refs`: they may lead to other machines.
    pub remote: bool,
}

/// How far references may lead. A document that is named by its URL is fetched in any case.
pub fn reach(allowed: AllowedRefs) -> Reach {
    Reach {
        outside: allowed.outside,
        remote: allowed.remote,
        fetch: Some(run::fetch),
    }
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetChoice {
    /// The embedded emulator.
    Emulator,
    /// A server.
    Url(String),
}

/// Settled values.
#[derive(Clone)]
pub struct Settings {
    /// Where the files are.
    pub files: Files,
    /// The `OpenAPI` document.
    pub spec: String,
    /// Overlays, applied in order.
    pub overlays: Vec<String>,
    /// Folder of the fixtures.
    pub fixtures: Option<String>,
    /// Folder of the snapshots.
    pub snapshots: Option<String>,
    /// File of the known deviations.
    pub deviations: Option<String>,
    /// Whether fixtures and snapshots were named for another document, and are used only if they
    /// fit this one.
    pub borrowed_fixtures: bool,
    /// Where requests go.
    pub target: TargetChoice,
    /// User name and secret.
    pub user: Option<(String, String)>,
    /// Credentials by security scheme.
    pub credentials: Credentials,
    /// Headers sent with every request.
    pub headers: Headers,
    /// The one case that is wanted; mistakes in other fixtures do not matter then.
    pub only: Option<String>,
    /// Text that the names of the cases must contain.
    pub filter: Option<String>,
    /// This part of so many: `(1, 3)` is the first of three.
    pub shard: Option<(usize, usize)>,
    /// Cases in flight.
    pub jobs: usize,
    /// How many cases are made from the contract; none if none are.
    pub generate: Option<Size>,
    /// Seed of everything that is drawn by chance.
    pub seed: u64,
    /// Whether undocumented properties are findings everywhere.
    pub strict: bool,
    /// What the target may take though its contract forbids it.
    pub lenience: Lenience,
    /// What the user says of resources where a guess is wrong.
    pub corrections: Vec<ResourceOverride>,
    /// Limits of one request.
    pub limits: Limits,
    /// What may be written of snapshots.
    pub snapshot_mode: Mode,
    /// How long a build of the emulator takes.
    pub build_time: Duration,
    /// Whether a target that is not on this machine may be changed.
    pub allow_changes: bool,
    /// How far the references of the document may lead.
    pub reach: Reach,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("spec", &self.spec)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

/// Settles every value: flags come first, then the environment, then the file.
///
/// # Errors
/// What is wrong with a value, and what to do.
pub fn resolve(
    folder: &Path,
    overrides: Overrides,
    environment: &Environment,
) -> Result<Settings, String> {
    let (files, file, shipped) = config_file(folder, &overrides)?;
    let foreign_spec = overrides.spec.is_some() && overrides.config.is_none();
    if shipped && overrides.spec.is_none() {
        refuse_flags_for_no_document(&overrides)?;
    }
    let limits = limits(&overrides, &file)?;
    // Names on the command line start in the current folder, those in the file beside it.
    let (files, beside) = match files {
        _ if shipped && overrides.spec.is_some() => (Files::Disk(folder.to_owned()), None),
        Files::Disk(root) if root != folder => (Files::Disk(root), Some(folder)),
        other => (other, None),
    };
    let from_flag = |name: String| match beside {
        Some(folder) if !is_url(&name) => folder.join(name).to_string_lossy().into_owned(),
        _ => name,
    };
    let spec = overrides
        .spec
        .map(&from_flag)
        .or(file.spec)
        .ok_or_else(|| {
            format!("no document: name one with --spec, or with `spec` in {FILE_NAME}")
        })?;
    let overlays = if foreign_spec || !overrides.overlays.is_empty() {
        overrides.overlays.into_iter().map(&from_flag).collect()
    } else {
        file.overlays
    };
    let borrowed_fixtures = foreign_spec && overrides.fixtures.is_none();
    let file_folders = (!shipped || !foreign_spec).then_some((file.fixtures, file.snapshots));
    let (file_fixtures, file_snapshots) = file_folders.unwrap_or_default();
    // Snapshots belong to fixtures.
    let snapshots = match (&overrides.fixtures, overrides.snapshots) {
        (_, Some(name)) => Some(from_flag(name)),
        (Some(_), None) if foreign_spec => None,
        (_, None) => file_snapshots,
    };
    let deviations = match overrides.deviations {
        Some(name) => Some(from_flag(name)),
        None => file.deviations.filter(|_| !foreign_spec),
    };
    let target = overrides
        .target
        .or_else(|| environment.target.clone())
        .or(file.target)
        .unwrap_or_else(|| "emulator".to_owned());
    let user = overrides
        .user
        .or_else(|| environment.user.clone())
        .or(file.user);
    // Those of the file are for the schemes of its document.
    let file_credentials = (!foreign_spec).then_some(file.credentials);
    let credentials = Credentials::new(
        &overrides.credentials,
        environment.credentials.clone(),
        file_credentials.unwrap_or_default(),
    )?;
    let allowed = |said: Option<bool>| said.unwrap_or(false) && !foreign_spec;
    Ok(Settings {
        files,
        spec,
        overlays,
        fixtures: overrides.fixtures.map(&from_flag).or(file_fixtures),
        snapshots,
        deviations,
        borrowed_fixtures,
        target: parse_target(&target)?,
        user: user.as_deref().map(parse_user).transpose()?,
        credentials,
        headers: parse_headers(&overrides.headers)?,
        only: None,
        filter: overrides.filter,
        shard: overrides.shard.as_deref().map(parse_shard).transpose()?,
        jobs: at_least_one("--jobs", overrides.jobs.or(file.jobs).unwrap_or(JOBS))?,
        generate: match overrides
            .generate
            .or_else(|| environment.generate.clone())
            .or(file.generate)
        {
            Some(size) => parse_size(&size)?,
            None => overrides.usual_generate,
        },
        seed: overrides.seed.unwrap_or_else(|| fastrand::u64(..)),
        strict: overrides.strict || file.strict.unwrap_or(false),
        corrections: if foreign_spec {
            Vec::new()
        } else {
            file.written
        },
        lenience: lenience(overrides.lenient, file.lenient.filter(|_| !foreign_spec)),
        limits,
        snapshot_mode: environment.snapshot_mode(),
        build_time: match overrides.build_seconds.or(file.build_seconds) {
            Some(seconds) => parse_seconds("--build-seconds", seconds)?,
            None => BUILD_TIME,
        },
        allow_changes: overrides.allow_changes || environment.allow_changes,
        reach: reach(AllowedRefs {
            outside: overrides.allowed_refs.outside || allowed(file.allow_outside_refs),
            remote: overrides.allowed_refs.remote || allowed(file.allow_remote_refs),
        }),
    })
}

fn is_url(name: &str) -> bool {
    name.starts_with("http://") || name.starts_with("https://")
}

/// Flags that change a configuration say nothing where there is none.
fn refuse_flags_for_no_document(overrides: &Overrides) -> Result<(), String> {
    for (flag, given) in [
        ("--overlay", !overrides.overlays.is_empty()),
        ("--fixtures", overrides.fixtures.is_some()),
        ("--snapshots", overrides.snapshots.is_some()),
        ("--deviations", overrides.deviations.is_some()),
    ] {
        if given {
            return Err(format!(
                "{flag} needs --spec, or a {FILE_NAME} in this folder"
            ));
        }
    }
    Ok(())
}

/// The flags, or the file if there are none.
fn lenience(flags: Vec<String>, file: Option<Lenient>) -> Lenience {
    match file {
        _ if flags.iter().any(|flag| flag == ANY) => Lenience::All,
        _ if !flags.is_empty() => Lenience::Of(flags),
        Some(Lenient::Everywhere(true)) => Lenience::All,
        Some(Lenient::Of(operations)) => Lenience::Of(operations),
        Some(Lenient::Everywhere(false)) | None => Lenience::Nothing,
    }
}

fn limits(overrides: &Overrides, file: &ConfigFile) -> Result<Limits, String> {
    let usual = Limits::default();
    let seconds = |flag: &str, named: Option<f64>, usual: Duration| {
        named.map_or(Ok(usual), |seconds| parse_seconds(flag, seconds))
    };
    let max_body = overrides.max_body.or(file.max_body);
    Ok(Limits {
        timeout: seconds(
            "--timeout",
            overrides.timeout.or(file.timeout),
            usual.timeout,
        )?,
        max_body: at_least_one("--max-body", max_body.unwrap_or(usual.max_body))?,
        patience: seconds(
            "--patience",
            overrides.patience.or(file.patience),
            usual.patience,
        )?,
    })
}

/// The configuration that counts: the named one, the one in this folder, or the shipped one. The
/// last value says whether it is the shipped one.
fn config_file(folder: &Path, overrides: &Overrides) -> Result<(Files, ConfigFile, bool), String> {
    let (root, name) = match &overrides.config {
        Some(path) => {
            let path = folder.join(path);
            let root = path.parent().unwrap_or(folder).to_owned();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            (root, name)
        }
        None if folder.join(FILE_NAME).exists() => (folder.to_owned(), FILE_NAME.to_owned()),
        None => {
            let text = SHIPPED.read(FILE_NAME).map_err(|e| e.to_string())?;
            return Ok((SHIPPED, ConfigFile::parse(FILE_NAME, &text)?, true));
        }
    };
    let files = Files::Disk(root);
    let text = files
        .read(&name)
        .map_err(|e| format!("cannot read {name}: {e}"))?;
    let mut file = ConfigFile::parse(&name, &text)?;
    file.written = file.corrections(&name, &text);
    Ok((files, file, false))
}

fn parse_target(text: &str) -> Result<TargetChoice, String> {
    if text == "emulator" {
        return Ok(TargetChoice::Emulator);
    }
    let wrong = |why: String| {
        format!("the target '{text}' is no URL ({why}); write emulator or http://HOST:PORT")
    };
    let url = url::Url::parse(text).map_err(|e| wrong(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong("it must begin with http:// or https://".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("it must end before ? and #".to_owned()));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "credentials do not belong in the target's URL: use --user NAME:SECRET, \
                    or TRUEUP_USER"
                .to_owned(),
        );
    }
    Ok(TargetChoice::Url(
        url.as_str().trim_end_matches('/').to_owned(),
    ))
}

fn parse_size(text: &str) -> Result<Option<Size>, String> {
    Ok(Some(match text {
        "off" => return Ok(None),
        "examples" => Size::Examples,
        "boundary" => Size::Boundary,
        "full" => Size::Full,
        other => {
            return Err(format!(
                "'{other}' is no size of generated cases; there are off, examples, boundary and full"
            ));
        }
    }))
}

fn parse_user(text: &str) -> Result<(String, String), String> {
    text.split_once(':')
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, secret)| (name.to_owned(), secret.to_owned()))
        .ok_or_else(|| "the user must be written NAME:SECRET".to_owned())
}

fn parse_headers(texts: &[String]) -> Result<Headers, String> {
    let mut headers = Headers::default();
    for text in texts {
        let (name, value) = text
            .split_once(':')
            .ok_or("a header must be written 'Name: value'")?;
        let name = name.trim();
        // RFC 9110 section 5.1: a field name is a token.
        let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        if name.is_empty() || !name.bytes().all(token) {
            return Err(format!("'{name}' is no name of a header"));
        }
        if value.bytes().any(|b| b < b' ' && b != b'\t') {
            return Err(format!(
                "the value of the header '{name}' has a control character"
            ));
        }
        headers.push(name, value.trim());
    }
    Ok(headers)
}

fn parse_shard(text: &str) -> Result<(usize, usize), String> {
    text.split_once('/')
        .and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)))
        .filter(|(index, count)| (1..=*count).contains(index))
        .ok_or_else(|| format!("the shard '{text}' must be written I/N, from 1/N to N/N"))
}

fn parse_seconds(flag: &str, seconds: f64) -> Result<Duration, String> {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|duration| flag != "--timeout" || !duration.is_zero())
        .ok_or_else(|| format!("{flag} {seconds} is no number of seconds"))
}

fn at_least_one(flag: &str, number: usize) -> Result<usize, String> {
    if number == 0 {
        return Err(format!("{flag} must be at least 1"));
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(
            folder.path().join(FILE_NAME),
            "spec = 'a.yaml'\noverlays = ['o.yaml']\nfixtures = 'f'\nsnapshots = 's'\n\
             target = 'http://127.0.0.1:1/'\nuser = 'u:file'\n",
        )
        .unwrap();
        folder
    }

    #[test]
    fn flags_before_environment_before_file() {
        let folder = folder();
        let environment = Environment {
            target: Some("http://127.0.0.1:2".to_owned()),
            user: Some("u:env".to_owned()),
            ..Environment::default()
        };
        let overrides = Overrides {
            target: Some("emulator".to_owned()),
            ..Overrides::default()
        };
        let settings = resolve(folder.path(), overrides, &environment).unwrap();
        assert_eq!(settings.target, TargetChoice::Emulator);
        assert_eq!(settings.user, Some(("u".into(), "env".into())));
        assert_eq!(settings.spec, "a.yaml");
        let settings =
            resolve(folder.path(), Overrides::default(), &Environment::default()).unwrap();
        assert_eq!(
            settings.target,
            TargetChoice::Url("http://127.0.0.1:1".into())
        );
    }

    #[test]
    fn another_document_leaves_the_overlays_of_the_file() {
        let overrides = Overrides {
            spec: Some("b.yaml".to_owned()),
            ..Overrides::default()
        };
        let settings = resolve(folder().path(), overrides, &Environment::default()).unwrap();
        assert!(settings.overlays.is_empty());
        assert!(settings.borrowed_fixtures);
    }

    #[test]
    fn without_a_file_the_shipped_contract_counts() {
        let empty = tempfile::tempdir().unwrap();
        let settings =
            resolve(empty.path(), Overrides::default(), &Environment::default()).unwrap();
        assert!(settings.spec.contains("twilio"));
        assert!(matches!(settings.files, Files::Bundle(_)));
    }

    #[test]
    fn wrong_values_say_what_is_right() {
        let wrong = |overrides: Overrides| {
            resolve(folder().path(), overrides, &Environment::default()).unwrap_err()
        };
        let with = |change: fn(&mut Overrides)| {
            let mut overrides = Overrides::default();
            change(&mut overrides);
            wrong(overrides)
        };
        assert!(with(|o| o.target = Some("localhost:80".into())).contains("http://"));
        assert!(with(|o| o.target = Some("http://a:b@c".into())).contains("--user"));
        assert!(with(|o| o.user = Some("name".into())).contains("NAME:SECRET"));
        assert!(with(|o| o.generate = Some("all".into())).contains("boundary"));
        assert!(with(|o| o.shard = Some("3/2".into())).contains("I/N"));
        assert!(with(|o| o.jobs = Some(0)).contains("at least 1"));
        assert!(with(|o| o.headers = vec!["a b: c".into()]).contains("no name"));
    }
}
