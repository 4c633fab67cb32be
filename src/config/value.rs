//! The types of options: how their values are read from flags, variables and the file.

use std::time::Duration;

use serde::Deserialize as _;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeInteger, DeValue};

use super::credentials::Credentials;
use super::error::ValueError;
use crate::contract::ResourceOverride;
use crate::generate::Size;
use crate::outcome::Lenience;
use crate::place::{Place, pointer};
use crate::target::{Program, ServerCommand};
use crate::wire::Headers;

/// Stands for all operations.
pub const ANY: &str = "*";

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetChoice {
    /// The embedded emulator.
    Emulator,
    /// A server.
    Url(String),
    /// A server that is started for the run.
    Command(ServerCommand),
}

/// How often a flag may be given, and whether it has a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// Once, with a value.
    One,
    /// Several times, each with a value.
    Many,
    /// Several times, each with a value or without one, which stands for [`ANY`].
    Optional,
    /// Once, without a value.
    Switch,
}

/// A value of the configuration file, with the text that its line is found in.
pub struct FileValue<'f> {
    pub(super) file: &'f str,
    pub(super) text: &'f str,
    pub(super) value: &'f Spanned<DeValue<'f>>,
}

impl FileValue<'_> {
    fn get(&self) -> &DeValue<'_> {
        self.value.get_ref()
    }
}

/// The line, counted from 1, of a byte of a text.
pub(super) fn line_at(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or(text);
    before.matches('\n').count() + 1
}

/// The type of an option.
pub trait OptionType {
    /// What the program works with.
    type Value;
    /// How the flag is given.
    const ARITY: Arity = Arity::One;

    /// Reads the text of a flag or a variable.
    fn parse(text: &str) -> Result<Self::Value, ValueError>;

    /// Reads all texts of a flag, in their order. There is at least one.
    fn parse_all(texts: &[String]) -> Result<Self::Value, ValueError> {
        Self::parse(texts.last().map_or("", String::as_str))
    }

    /// Reads a value of the configuration file.
    fn from_file(value: &FileValue<'_>) -> Result<Self::Value, ValueError>;

    /// The value of the upper layer, completed by that of the lower one where the type says so.
    fn over(upper: Self::Value, _lower: Self::Value) -> Self::Value {
        upper
    }
}

/// A text.
pub enum Text {}

impl OptionType for Text {
    type Value = String;

    fn parse(text: &str) -> Result<String, ValueError> {
        Ok(text.to_owned())
    }

    fn from_file(value: &FileValue<'_>) -> Result<String, ValueError> {
        let text = value.get().as_str();
        text.map(str::to_owned).ok_or(ValueError::Type("a text"))
    }
}

/// A list of texts.
pub enum Texts {}

impl OptionType for Texts {
    type Value = Vec<String>;
    const ARITY: Arity = Arity::Many;

    fn parse(text: &str) -> Result<Vec<String>, ValueError> {
        Ok(vec![text.to_owned()])
    }

    fn parse_all(texts: &[String]) -> Result<Vec<String>, ValueError> {
        Ok(texts.to_vec())
    }

    fn from_file(value: &FileValue<'_>) -> Result<Vec<String>, ValueError> {
        texts(value).ok_or(ValueError::Type("a list of texts"))
    }
}

fn texts(value: &FileValue<'_>) -> Option<Vec<String>> {
    let items = value.get().as_array()?.iter();
    items
        .map(|item| item.get_ref().as_str().map(str::to_owned))
        .collect()
}

/// A duration in seconds.
pub enum Seconds {}

impl OptionType for Seconds {
    type Value = Duration;

    fn parse(text: &str) -> Result<Duration, ValueError> {
        let seconds = text.parse().ok();
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .ok_or_else(|| ValueError::Seconds(text.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<Duration, ValueError> {
        match value.get() {
            DeValue::Float(float) => Self::parse(float.as_str()),
            DeValue::Integer(integer) => Self::parse(&decimal(integer)),
            _ => Err(ValueError::Type("a number of seconds")),
        }
    }
}

/// A duration in seconds that is longer than zero.
pub enum PositiveSeconds {}

impl OptionType for PositiveSeconds {
    type Value = Duration;

    fn parse(text: &str) -> Result<Duration, ValueError> {
        positive(Seconds::parse(text)?)
    }

    fn from_file(value: &FileValue<'_>) -> Result<Duration, ValueError> {
        positive(Seconds::from_file(value)?)
    }
}

fn positive(duration: Duration) -> Result<Duration, ValueError> {
    if duration.is_zero() {
        return Err(ValueError::NoTime);
    }
    Ok(duration)
}

/// A number of things, at least one.
pub enum Count {}

impl OptionType for Count {
    type Value = usize;

    fn parse(text: &str) -> Result<usize, ValueError> {
        let count = text.parse().ok().filter(|count| *count > 0);
        count.ok_or_else(|| ValueError::Count(text.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<usize, ValueError> {
        match value.get() {
            DeValue::Integer(integer) => Self::parse(&decimal(integer)),
            _ => Err(ValueError::Type("a whole number")),
        }
    }
}

/// A seed of a random number generator.
pub enum Seed {}

impl OptionType for Seed {
    type Value = u64;

    fn parse(text: &str) -> Result<u64, ValueError> {
        text.parse().map_err(|_| ValueError::Seed(text.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<u64, ValueError> {
        match value.get() {
            DeValue::Integer(integer) => Self::parse(&decimal(integer)),
            _ => Err(ValueError::Type("a whole number")),
        }
    }
}

/// An integer of TOML, which may be written with another radix, in decimal.
fn decimal(integer: &DeInteger<'_>) -> String {
    let number = i64::from_str_radix(integer.as_str(), integer.radix());
    number.map_or_else(|_| integer.to_string(), |number| number.to_string())
}

/// Yes or no. The flag alone means yes.
pub enum Switch {}

impl OptionType for Switch {
    type Value = bool;
    const ARITY: Arity = Arity::Switch;

    fn parse(text: &str) -> Result<bool, ValueError> {
        match text {
            "1" | "true" | "yes" => Ok(true),
            "0" | "false" | "no" => Ok(false),
            _ => Err(ValueError::Type("`1` or `0`")),
        }
    }

    fn parse_all(_: &[String]) -> Result<bool, ValueError> {
        Ok(true)
    }

    fn from_file(value: &FileValue<'_>) -> Result<bool, ValueError> {
        let value = value.get().as_bool();
        value.ok_or(ValueError::Type("`true` or `false`"))
    }
}

/// How many cases are generated; none if the value is `None`.
pub enum Generate {}

impl OptionType for Generate {
    type Value = Option<Size>;

    fn parse(text: &str) -> Result<Option<Size>, ValueError> {
        Ok(Some(match text {
            "off" => return Ok(None),
            "examples" => Size::Examples,
            "boundary" => Size::Boundary,
            "full" => Size::Full,
            other => return Err(ValueError::Size(other.to_owned())),
        }))
    }

    fn from_file(value: &FileValue<'_>) -> Result<Option<Size>, ValueError> {
        Self::parse(&Text::from_file(value)?)
    }
}

/// A part of all cases: its number, and the number of parts.
pub enum Shard {}

impl OptionType for Shard {
    type Value = (usize, usize);

    fn parse(text: &str) -> Result<(usize, usize), ValueError> {
        text.split_once('/')
            .and_then(|(index, count)| Some((index.parse().ok()?, count.parse().ok()?)))
            .filter(|(index, count)| (1..=*count).contains(index))
            .ok_or_else(|| ValueError::Shard(text.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<(usize, usize), ValueError> {
        Self::parse(&Text::from_file(value)?)
    }
}

/// A URL, or the embedded emulator.
pub enum Target {}

impl OptionType for Target {
    type Value = TargetChoice;

    fn parse(text: &str) -> Result<TargetChoice, ValueError> {
        if text == "emulator" {
            return Ok(TargetChoice::Emulator);
        }
        let wrong = |reason: String| {
            // What cannot be parsed may hold credentials all the same.
            if text.contains('@') {
                return ValueError::TargetCredentials;
            }
            ValueError::Target {
                text: text.to_owned(),
                reason,
            }
        };
        let url = url::Url::parse(text).map_err(|e| wrong(e.to_string()))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(ValueError::TargetCredentials);
        }
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(wrong("it must begin with http:// or https://".to_owned()));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must end before ? and #".to_owned()));
        }
        let base = url.as_str().trim_end_matches('/');
        Ok(TargetChoice::Url(base.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<TargetChoice, ValueError> {
        Self::parse(&Text::from_file(value)?)
    }
}

/// A command: a line for the shell, or a list of a program and its arguments.
pub enum Command {}

impl OptionType for Command {
    type Value = Program;

    fn parse(text: &str) -> Result<Program, ValueError> {
        if text.trim().is_empty() {
            return Err(ValueError::Command);
        }
        Ok(Program::Shell(text.to_owned()))
    }

    fn from_file(value: &FileValue<'_>) -> Result<Program, ValueError> {
        match texts(value) {
            Some(words) if words.is_empty() => Err(ValueError::Command),
            Some(words) => Ok(Program::Arguments(words)),
            None => match value.get().as_str() {
                Some(line) => Self::parse(line),
                None => Err(ValueError::Type("a text or a list of texts")),
            },
        }
    }
}

/// The path of a URL.
pub enum UrlPath {}

impl OptionType for UrlPath {
    type Value = String;

    fn parse(text: &str) -> Result<String, ValueError> {
        if text.starts_with('/') {
            Ok(text.to_owned())
        } else {
            Err(ValueError::Path(text.to_owned()))
        }
    }

    fn from_file(value: &FileValue<'_>) -> Result<String, ValueError> {
        Self::parse(&Text::from_file(value)?)
    }
}

/// A user name and a secret.
pub enum Account {}

impl OptionType for Account {
    type Value = (String, String);

    fn parse(text: &str) -> Result<(String, String), ValueError> {
        text.split_once(':')
            .filter(|(name, _)| !name.is_empty())
            .map(|(name, secret)| (name.to_owned(), secret.to_owned()))
            .ok_or(ValueError::Account)
    }

    fn from_file(value: &FileValue<'_>) -> Result<(String, String), ValueError> {
        Self::parse(&Text::from_file(value)?)
    }
}

/// Headers that are sent with every request.
pub enum HeaderLines {}

impl OptionType for HeaderLines {
    type Value = Headers;
    const ARITY: Arity = Arity::Many;

    fn parse(text: &str) -> Result<Headers, ValueError> {
        Self::parse_all(&[text.to_owned()])
    }

    fn parse_all(texts: &[String]) -> Result<Headers, ValueError> {
        let mut headers = Headers::default();
        for text in texts {
            let (name, value) = text.split_once(':').ok_or(ValueError::Header)?;
            let name = name.trim();
            // RFC 9110 section 5.1: a field name is a token.
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if name.is_empty() || !name.bytes().all(token) {
                return Err(ValueError::HeaderName);
            }
            if value.bytes().any(|b| b < b' ' && b != b'\t') {
                return Err(ValueError::HeaderValue);
            }
            headers.push(name, value.trim());
        }
        Ok(headers)
    }

    fn from_file(value: &FileValue<'_>) -> Result<Headers, ValueError> {
        Self::parse_all(&Texts::from_file(value)?)
    }
}

/// Credentials by security scheme. Each layer completes the one below.
pub enum SchemeCredentials {}

impl OptionType for SchemeCredentials {
    type Value = Credentials;
    const ARITY: Arity = Arity::Many;

    fn parse(text: &str) -> Result<Credentials, ValueError> {
        Self::parse_all(&[text.to_owned()])
    }

    fn parse_all(texts: &[String]) -> Result<Credentials, ValueError> {
        Credentials::from_flags(texts)
    }

    fn from_file(value: &FileValue<'_>) -> Result<Credentials, ValueError> {
        const WRONG: ValueError = ValueError::Type("a table of texts");
        let DeValue::Table(table) = value.get() else {
            return Err(WRONG);
        };
        let entries = table.iter().map(|(scheme, secret)| {
            let secret = secret.get_ref().as_str().ok_or(WRONG)?;
            Ok((scheme.get_ref().to_string(), secret.to_owned()))
        });
        Ok(Credentials::from_file(entries.collect::<Result<_, _>>()?))
    }

    fn over(upper: Credentials, lower: Credentials) -> Credentials {
        upper.over(lower)
    }
}

/// The operations whose acceptance of invalid requests is only worth a warning.
pub enum LenientOperations {}

impl OptionType for LenientOperations {
    type Value = Lenience;
    const ARITY: Arity = Arity::Optional;

    fn parse(text: &str) -> Result<Lenience, ValueError> {
        Self::parse_all(&[text.to_owned()])
    }

    fn parse_all(texts: &[String]) -> Result<Lenience, ValueError> {
        Ok(if texts.iter().any(|text| text == ANY) {
            Lenience::All
        } else {
            Lenience::Of(texts.to_vec())
        })
    }

    fn from_file(value: &FileValue<'_>) -> Result<Lenience, ValueError> {
        match value.get().as_bool() {
            Some(true) => Ok(Lenience::All),
            Some(false) => Ok(Lenience::Nothing),
            None => texts(value)
                .map(Lenience::Of)
                .ok_or(ValueError::Type("true, false or a list of operations")),
        }
    }
}

/// What the user says of resources, by the path of an item.
pub enum Resources {}

impl OptionType for Resources {
    type Value = Vec<ResourceOverride>;

    fn parse(_: &str) -> Result<Vec<ResourceOverride>, ValueError> {
        Err(ValueError::Type("a table of the configuration file"))
    }

    fn from_file(value: &FileValue<'_>) -> Result<Vec<ResourceOverride>, ValueError> {
        const WRONG: ValueError = ValueError::Type("a table of paths");
        let DeValue::Table(table) = value.get() else {
            return Err(WRONG);
        };
        let entries = table.iter().map(|(path, said)| {
            use serde::de::IntoDeserializer as _;
            let path_text = path.get_ref().to_string();
            Ok(ResourceOverride {
                place: Place {
                    file: value.file.to_owned(),
                    line: Some(line_at(value.text, path.span().start)),
                    pointer: pointer::join("/resources", &path_text),
                },
                path: path_text,
                value: Value::deserialize(said.clone().into_deserializer()).map_err(|_| WRONG)?,
            })
        });
        entries.collect()
    }
}
