//! `{{...}}` in texts.

use std::fmt;

use serde_json::Value;

/// Why a text is not a template, or cannot be filled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemplateError {
    /// A gap has no end.
    #[error("`{0}` has no closing }}}}")]
    Unclosed(String),
    /// The number of repetitions is not a number.
    #[error("`{0}` is not a number of repetitions")]
    Repetitions(String),
    /// A gap contains unknown words.
    #[error("`{{{{{0}}}}}` is not a known template")]
    NotUnderstood(String),
    /// No earlier step saves a response under this name.
    #[error("no earlier step saves a response as `{0}`")]
    NothingSaved(String),
    /// The contract has no such resource.
    #[error("the contract has no resource `{0}`")]
    NoResource(String),
}

/// Whether a text has a gap. Every text with `{{` counts as a template, so that a mistake in one is
/// not sent to the target.
pub fn is_template(text: &str) -> bool {
    text.contains("{{")
}

/// Whether a value has a text with a gap.
pub fn has_template(value: &Value) -> bool {
    match value {
        Value::String(text) => is_template(text),
        Value::Array(items) => items.iter().any(has_template),
        Value::Object(members) => members.values().any(has_template),
        _ => false,
    }
}

/// The text of a template that is a captured body, or the part of it that these tokens select.
pub fn template_of<'t>(capture: &str, tokens: impl IntoIterator<Item = &'t str>) -> String {
    let mut text = format!("{{{{{capture}");
    for token in tokens {
        text.push('.');
        text.push_str(token);
    }
    text + "}}"
}

/// A text with gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(pub Vec<Segment>);

/// A piece of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Text as it is.
    Text(String),
    /// A gap.
    Gap(Expression),
}

/// What fills a gap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// `{{asset.links.asset_versions}}`: a captured body, or a part of it.
    Capture {
        /// Name of the capture.
        name: String,
        /// Members and indexes on the way.
        path: Vec<String>,
    },
    /// `{{unique}}`: a text that no other run uses, another one each time.
    Unique,
    /// `{{repeat x 255}}`: a text over and over.
    Repeat(String, usize),
    /// `{{unknown asset}}`: an id of the right shape that does not exist.
    Unknown(String),
}

impl Template {
    /// Reads a text.
    ///
    /// # Errors
    /// Returns the first mistake in a gap.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut segments = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find("{{") {
            let close = rest[open..]
                .find("}}")
                .ok_or_else(|| TemplateError::Unclosed(rest[open..].to_owned()))?;
            if open > 0 {
                segments.push(Segment::Text(rest[..open].to_owned()));
            }
            segments.push(Segment::Gap(Expression::parse(
                &rest[open + 2..open + close],
            )?));
            rest = &rest[open + close + 2..];
        }
        if !rest.is_empty() || segments.is_empty() {
            segments.push(Segment::Text(rest.to_owned()));
        }
        Ok(Self(segments))
    }

    /// The gaps.
    pub fn gaps(&self) -> impl Iterator<Item = &Expression> {
        self.0.iter().filter_map(|segment| match segment {
            Segment::Gap(expression) => Some(expression),
            Segment::Text(_) => None,
        })
    }
}

impl Expression {
    fn parse(text: &str) -> Result<Self, TemplateError> {
        let words: Vec<&str> = text.split_whitespace().collect();
        match words.as_slice() {
            ["unique"] => Ok(Self::Unique),
            ["repeat", text, count] => count
                .parse()
                .map(|count| Self::Repeat((*text).to_owned(), count))
                .map_err(|_| TemplateError::Repetitions((*count).to_owned())),
            ["unknown", resource] => Ok(Self::Unknown((*resource).to_owned())),
            [capture] => {
                let mut path = capture.split('.').map(str::to_owned);
                let name = path.next().unwrap_or_default();
                Ok(Self::Capture {
                    name,
                    path: path.collect(),
                })
            }
            _ => Err(TemplateError::NotUnderstood(text.to_owned())),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capture { name, path } => {
                f.write_str(name)?;
                path.iter().try_for_each(|step| write!(f, ".{step}"))
            }
            Self::Unique => f.write_str("unique"),
            Self::Repeat(text, count) => write!(f, "repeat {text} {count}"),
            Self::Unknown(resource) => write!(f, "unknown {resource}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_is_written_as_it_is_read() {
        let text = template_of("pet", ["links", "0"]);
        assert_eq!(text, "{{pet.links.0}}");
        let template = Template::parse(&text).unwrap();
        let gaps: Vec<String> = template.gaps().map(ToString::to_string).collect();
        assert_eq!(gaps, ["pet.links.0"]);
    }

    #[test]
    fn gaps_and_text() {
        let template = Template::parse("a-{{ asset.links.0 }}-{{unique}}").unwrap();
        assert_eq!(template.0.len(), 4);
        let gaps: Vec<String> = template.gaps().map(ToString::to_string).collect();
        assert_eq!(gaps, ["asset.links.0", "unique"]);
        assert!(Template::parse("{{a b c}}").is_err());
        assert!(Template::parse("{{a").is_err());
        assert!(Template::parse("{{repeat x many}}").is_err());
    }
}
