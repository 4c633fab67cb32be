//! The environment variables that count.

use crate::snapshot::Mode;

/// What the environment says.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// `TRUEUP_TARGET`.
    pub target: Option<String>,
    /// `TRUEUP_USER`.
    pub user: Option<String>,
    /// `TRUEUP_CREDENTIAL_...`, by the end of the name.
    pub credentials: Vec<(String, String)>,
    /// `TRUEUP_GENERATE`.
    pub generate: Option<String>,
    /// `TRUEUP_ALLOW_CHANGES`.
    pub allow_changes: bool,
    /// `CI`.
    pub ci: bool,
    /// `INSTA_UPDATE`.
    pub insta_update: Option<String>,
}

impl Environment {
    /// Reads the variables of this process. An empty one counts as not set.
    #[expect(clippy::disallowed_methods, reason = "this is the room that owns them")]
    pub fn read() -> Self {
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let flag = |name: &str| {
            text(name).is_some_and(|value| !matches!(value.as_str(), "0" | "false" | "no"))
        };
        Self {
            target: text("TRUEUP_TARGET"),
            user: text("TRUEUP_USER"),
            credentials: std::env::vars_os()
                .filter_map(|(name, value)| {
                    let scheme = name.to_str()?.strip_prefix("TRUEUP_CREDENTIAL_")?;
                    let value = value.into_string().ok().filter(|value| !value.is_empty())?;
                    Some((scheme.to_owned(), value))
                })
                .collect(),
            generate: text("TRUEUP_GENERATE"),
            allow_changes: flag("TRUEUP_ALLOW_CHANGES"),
            ci: flag("CI"),
            insta_update: text("INSTA_UPDATE"),
        }
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
        let environment = |ci, update: Option<&str>| Environment {
            ci,
            insta_update: update.map(str::to_owned),
            ..Environment::default()
        };
        assert_eq!(
            environment(true, Some("always")).snapshot_mode(),
            Mode::Compare
        );
        assert_eq!(
            environment(false, Some("always")).snapshot_mode(),
            Mode::Accept
        );
        assert_eq!(environment(false, None).snapshot_mode(), Mode::Pending);
        assert_eq!(
            environment(false, Some("no")).snapshot_mode(),
            Mode::Compare
        );
    }
}
