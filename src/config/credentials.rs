//! Credentials by the name of the security scheme that they are for.

use std::collections::BTreeMap;
use std::fmt;

/// A token, a key, or `NAME:SECRET`, by security scheme.
#[derive(Clone, Default)]
pub struct Credentials {
    flags: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    file: BTreeMap<String, String>,
}

impl Credentials {
    /// Takes them from flags (`SCHEME=VALUE`), variables and the file.
    ///
    /// # Errors
    /// When a flag is written wrongly. The error does not repeat it, since it may be a secret.
    pub(super) fn new(
        flags: &[String],
        variables: Vec<(String, String)>,
        file: BTreeMap<String, String>,
    ) -> Result<Self, String> {
        let flags = flags
            .iter()
            .map(|flag| {
                flag.split_once('=')
                    .filter(|(scheme, value)| !scheme.is_empty() && !value.is_empty())
                    .map(|(scheme, value)| (scheme.to_owned(), value.to_owned()))
                    .ok_or("a credential must be written SCHEME=VALUE")
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            flags,
            variables,
            file,
        })
    }

    /// The credential for a scheme: flags come first, then the environment, then the file.
    pub fn of(&self, scheme: &str) -> Option<&str> {
        let find = |list: &'_ [(String, String)], name: &str| {
            list.iter().rposition(|(other, _)| other == name)
        };
        if let Some(i) = find(&self.flags, scheme) {
            return Some(&self.flags[i].1);
        }
        if let Some(i) = find(&self.variables, &variable(scheme)) {
            return Some(&self.variables[i].1);
        }
        self.file.get(scheme).map(String::as_str)
    }

    /// Names in flags and file that are no scheme's.
    pub fn strangers<'a>(&'a self, schemes: &[&str]) -> Vec<&'a str> {
        self.flags
            .iter()
            .map(|(name, _)| name)
            .chain(self.file.keys())
            .map(String::as_str)
            .filter(|name| !schemes.contains(name))
            .collect()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.flags.len() + self.variables.len() + self.file.len();
        write!(f, "Credentials({count})")
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
    fn flags_before_environment_before_file() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let credentials = Credentials::new(
            &["a=1=x".to_owned()],
            vec![pair("A", "2"), pair("B_C", "2")],
            BTreeMap::from([pair("a", "3"), pair("b-c", "3"), pair("d", "3")]),
        )
        .unwrap();
        let found = ["a", "b-c", "d", "e"].map(|scheme| credentials.of(scheme));
        assert_eq!(found, [Some("1=x"), Some("2"), Some("3"), None]);
        assert_eq!(credentials.strangers(&["a", "d"]), ["b-c"]);
        assert_eq!(format!("{credentials:?}"), "Credentials(6)");
    }

    #[test]
    fn a_wrong_flag_is_not_repeated() {
        let wrong = ["hunter2".to_owned()];
        let error = Credentials::new(&wrong, Vec::new(), BTreeMap::new()).unwrap_err();
        assert!(error.contains("SCHEME=VALUE") && !error.contains("hunter2"));
    }
}
