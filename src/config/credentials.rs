//! Credentials by the name of the security scheme that they are for.

use std::fmt;

use super::error::ValueError;

/// A token, a key, or `NAME:SECRET`, by security scheme.
#[derive(Clone, Default)]
pub struct Credentials {
    /// The first one that fits a scheme counts.
    entries: Vec<(Scheme, String)>,
}

/// How a credential names its scheme.
#[derive(Clone, PartialEq, Eq)]
enum Scheme {
    /// In a flag.
    Flag(String),
    /// By the end of a variable: `PETSTORE_AUTH` is for `petstore_auth` and `petstore-auth`.
    Variable(String),
    /// In the configuration file.
    File(String),
}

impl Scheme {
    fn is(&self, scheme: &str) -> bool {
        match self {
            Self::Flag(name) | Self::File(name) => name == scheme,
            Self::Variable(end) => *end == variable(scheme),
        }
    }
}

/// The credentials that are for none of the security schemes of a contract.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct UnusedCredentials<'a> {
    /// The names of schemes in flags.
    pub flags: Vec<&'a str>,
    /// The ends of the names of variables.
    pub variables: Vec<&'a str>,
    /// The names of schemes in the configuration file.
    pub file: Vec<&'a str>,
}

impl Credentials {
    /// Reads flags (`SCHEME=VALUE`); the last one for a scheme counts.
    ///
    /// # Errors
    /// When a flag is written wrongly. The error does not repeat it, since it may be a secret.
    pub(super) fn from_flags(flags: &[String]) -> Result<Self, ValueError> {
        let entries = flags.iter().rev().map(|flag| {
            flag.split_once('=')
                .filter(|(scheme, value)| !scheme.is_empty() && !value.is_empty())
                .map(|(scheme, value)| (Scheme::Flag(scheme.to_owned()), value.to_owned()))
                .ok_or(ValueError::Credential)
        });
        let entries = entries.collect::<Result<_, _>>()?;
        Ok(Self { entries })
    }

    /// The credential of a variable, by the end of its name.
    pub(super) fn from_variable(end: &str, value: &str) -> Self {
        Self {
            entries: vec![(Scheme::Variable(end.to_owned()), value.to_owned())],
        }
    }

    /// Credentials of the configuration file, by the names of schemes.
    pub(super) fn from_file(entries: Vec<(String, String)>) -> Self {
        let entries = entries.into_iter();
        Self {
            entries: entries
                .map(|(scheme, value)| (Scheme::File(scheme), value))
                .collect(),
        }
    }

    /// These credentials, and where they have none for a scheme, the lower ones.
    pub(super) fn over(mut self, lower: Self) -> Self {
        self.entries.extend(lower.entries);
        self
    }

    /// The credential for a scheme: flags come first, then the environment, then the file.
    pub fn of(&self, scheme: &str) -> Option<&str> {
        let entry = self.entries.iter().find(|(known, _)| known.is(scheme));
        entry.map(|(_, value)| value.as_str())
    }

    /// The credentials that are for none of these schemes.
    pub fn unused(&self, schemes: &[&str]) -> UnusedCredentials<'_> {
        let mut unused = UnusedCredentials::default();
        for (known, _) in &self.entries {
            if schemes.iter().any(|scheme| known.is(scheme)) {
                continue;
            }
            match known {
                Scheme::Flag(name) => unused.flags.push(name),
                Scheme::Variable(end) => unused.variables.push(end),
                Scheme::File(name) => unused.file.push(name),
            }
        }
        unused
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.entries.len())
    }
}

/// The end of the variable's name for a scheme: `petstore_auth` is `PETSTORE_AUTH`.
fn variable(scheme: &str) -> String {
    scheme
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_uppercase(),
            _ => '_',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_before_the_environment_and_the_file() {
        let file = ["a", "b-c", "d"].map(|name| (name.to_owned(), "3".to_owned()));
        let variables = ["A", "B_C", "F"].map(|end| Credentials::from_variable(end, "2"));
        let flags = Credentials::from_flags(&["a=0".to_owned(), "a=1=x".to_owned()]).unwrap();
        let credentials = variables.into_iter().fold(flags, Credentials::over);
        let credentials = credentials.over(Credentials::from_file(file.to_vec()));
        let found = ["a", "b-c", "d", "e"].map(|scheme| credentials.of(scheme));
        assert_eq!(found, [Some("1=x"), Some("2"), Some("3"), None]);
        let unused = credentials.unused(&["b-c"]);
        assert_eq!(unused.flags, ["a", "a"]);
        assert_eq!(unused.variables, ["A", "F"]);
        assert_eq!(unused.file, ["a", "d"]);
        assert_eq!(format!("{credentials:?}"), "Credentials(8)");
    }

    #[test]
    fn a_wrong_flag_is_not_repeated() {
        let error = Credentials::from_flags(&["hunter2".to_owned()]).unwrap_err();
        let message = error.to_string();
        assert!(message.contains("SCHEME=VALUE") && !message.contains("hunter2"));
    }
}
