//! The environment variables that count.

use super::error::ConfigError;
use super::options::{CREDENTIAL_PREFIX, Layer, OPTIONS, OptionSpec, Raw, VARIABLE_PREFIX};
use super::origin::Origin;
use crate::snapshot::Mode;
use crate::spec::nearest;

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    pub(super) layer: Layer,
    /// `CI`.
    ci: bool,
    /// `INSTA_UPDATE`.
    insta_update: Option<String>,
}

impl Environment {
    /// Reads the variables of this process. An empty one counts as not set.
    ///
    /// # Errors
    /// When a variable begins with `TRUEUP_` and is not an option, or has a wrong value. All
    /// mistakes are reported, and no value is repeated that may be a secret.
    #[expect(clippy::disallowed_methods, reason = "this is the room that owns them")]
    pub fn read() -> Result<Self, ConfigError> {
        Self::of(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .map(|(name, value)| (name, value.to_string_lossy().into_owned())),
        )
    }

    /// The environment of these variables.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn of<N: Into<String>, V: Into<String>>(
        variables: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, ConfigError> {
        let mut environment = Self::default();
        let mut mistakes = Vec::new();
        let variables = variables.into_iter().map(|(n, v)| (n.into(), v.into()));
        let mut variables: Vec<(String, String)> =
            variables.filter(|(_, value)| !value.is_empty()).collect();
        variables.sort();
        for (name, value) in variables {
            match name.as_str() {
                "CI" => environment.ci = !matches!(value.as_str(), "0" | "false" | "no"),
                "INSTA_UPDATE" => environment.insta_update = Some(value),
                _ if name.starts_with(VARIABLE_PREFIX) => {
                    mistakes.extend(environment.set(&name, &value).err());
                }
                _ => {}
            }
        }
        ConfigError::check(mistakes)?;
        Ok(environment)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        if let Some(scheme) = name.strip_prefix(CREDENTIAL_PREFIX) {
            self.layer.add_credential(name, scheme, value);
            return Ok(());
        }
        let is_meant = |variable: Option<String>| variable.is_some_and(|known| known == name);
        let option = OPTIONS.iter().find(|option| is_meant(option.variable()));
        let Some(option) = option else {
            let known: Vec<String> = OPTIONS.iter().filter_map(OptionSpec::variable).collect();
            let known = known.iter().map(String::as_str);
            return Err(ConfigError::UnknownVariable {
                name: name.to_owned(),
                remedy: nearest(name, known),
            });
        };
        let origin = Origin::Variable(name.to_owned());
        self.layer.set_raw(option, &Raw::Variable(value), origin)
    }

    /// What may be written of snapshots: nothing in CI; otherwise as `INSTA_UPDATE` says, and
    /// pending files if it says nothing.
    pub fn snapshot_mode(&self) -> Mode {
        match self.insta_update.as_deref() {
            _ if self.ci => Mode::Compare,
            Some("always" | "1") => Mode::Accept,
            Some("no") => Mode::Compare,
            _ => Mode::Pending,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_ci_nothing_is_written() {
        for (variables, mode) in [
            (
                &[("CI", "true"), ("INSTA_UPDATE", "always")][..],
                Mode::Compare,
            ),
            (&[("CI", "0"), ("INSTA_UPDATE", "always")], Mode::Accept),
            (&[("CI", ""), ("INSTA_UPDATE", "")], Mode::Pending),
            (&[("INSTA_UPDATE", "no")], Mode::Compare),
        ] {
            let environment = Environment::of(variables.iter().copied()).unwrap();
            assert_eq!(environment.snapshot_mode(), mode, "{variables:?}");
        }
    }

    #[test]
    fn an_unknown_variable_is_an_error_with_the_nearest_name() {
        let variables = [
            ("TRUEUP_TAGRET", "hunter2"),
            ("PATH", "x"),
            ("TRUEUP_JOBS", "0"),
        ];
        let message = Environment::of(variables).unwrap_err().report();
        let lines: Vec<&str> = message.lines().collect();
        assert!(
            lines[0].starts_with("error: TRUEUP_JOBS: `0` "),
            "{message}"
        );
        assert!(lines[1].contains("TRUEUP_TAGRET"), "{message}");
        assert!(
            lines[1].contains("did you mean 'TRUEUP_TARGET'?"),
            "{message}"
        );
        assert!(!message.contains("hunter2"), "{message}");
    }

    #[test]
    fn a_secret_in_a_variable_is_not_repeated() {
        for name in ["TRUEUP_USER", "TRUEUP_HEADER"] {
            let error = Environment::of([(name, "hunter2")]).unwrap_err();
            let message = error.report();
            assert!(
                message.contains(name) && !message.contains("hunter2"),
                "{message}"
            );
        }
    }
}
