//! Path templates (`OpenAPI` 3.0.3, Path Templating).

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Characters of a path segment that are sent as they are (RFC 3986 section 3.3, without the
/// sub-delimiters, which some servers treat specially).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A path with named gaps, such as `/v1/Services/{ServiceSid}/Assets`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PathTemplate {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Part {
    Literal(String),
    Parameter(String),
}

impl PathTemplate {
    /// Reads a template. An unclosed brace is literal text.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}') else {
                break;
            };
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            parts.push(Part::Parameter(rest[open + 1..open + close].to_owned()));
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Self { parts }
    }

    /// Names of the parameters, in order.
    pub fn parameters(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Parameter(name) => Some(name.as_str()),
            Part::Literal(_) => None,
        })
    }

    /// The path with the gaps filled, values percent-encoded.
    ///
    /// # Errors
    /// The name of the first parameter that has no value.
    pub fn expand<'a>(
        &self,
        mut value: impl FnMut(&str) -> Option<std::borrow::Cow<'a, str>>,
    ) -> Result<String, String> {
        self.filled(|name, path| {
            path.extend(utf8_percent_encode(&value(name)?, SEGMENT));
            Some(())
        })
    }

    /// The path with the gaps filled by texts that are percent-encoded already.
    ///
    /// # Errors
    /// The name of the first parameter that has no value.
    pub fn fill<'a>(
        &self,
        mut value: impl FnMut(&str) -> Option<&'a str>,
    ) -> Result<String, String> {
        self.filled(|name, path| {
            path.push_str(value(name)?);
            Some(())
        })
    }

    fn filled(
        &self,
        mut push: impl FnMut(&str, &mut String) -> Option<()>,
    ) -> Result<String, String> {
        let mut path = String::with_capacity(128);
        for part in &self.parts {
            match part {
                Part::Literal(text) => path.push_str(text),
                Part::Parameter(name) => push(name, &mut path).ok_or_else(|| name.clone())?,
            }
        }
        Ok(path)
    }

    /// The values of the parameters, if the path fits. A value never contains a slash and is
    /// never empty.
    pub fn matches(&self, path: &str) -> Option<Vec<(String, String)>> {
        let mut values = Vec::new();
        let mut rest = path;
        for (i, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Parameter(name) => {
                    let segment = rest.find('/').unwrap_or(rest.len());
                    let end = match self.parts.get(i + 1) {
                        Some(Part::Literal(next)) if !next.starts_with('/') => {
                            let until = next.split('/').next().unwrap_or(next);
                            rest[..segment].rfind(until)?
                        }
                        _ => segment,
                    };
                    if end == 0 {
                        return None;
                    }
                    let value = percent_decode_str(&rest[..end]).decode_utf8().ok()?;
                    values.push((name.clone(), value.into_owned()));
                    rest = &rest[end..];
                }
            }
        }
        rest.is_empty().then_some(values)
    }

    /// Whether both templates are the same but for the names of their parameters and a slash at
    /// the end.
    pub fn same_shape(&self, other: &Self) -> bool {
        let (first, first_end) = self.without_slash();
        let (second, second_end) = other.without_slash();
        first_end == second_end
            && first.len() == second.len()
            && first.iter().zip(second).all(|pair| match pair {
                (Part::Literal(a), Part::Literal(b)) => a == b,
                (Part::Parameter(_), Part::Parameter(_)) => true,
                _ => false,
            })
    }

    /// What templates of the same shape have in common, as a text.
    pub(in crate::contract) fn shape(&self) -> String {
        let (before, end) = self.without_slash();
        let mut shape = String::new();
        for part in before {
            match part {
                Part::Literal(text) => shape.push_str(text),
                Part::Parameter(_) => shape.push_str("{}"),
            }
        }
        shape.push_str(end);
        shape
    }

    /// The parts before a literal end, and that end without a slash: what is called the same with
    /// and without one is the same.
    fn without_slash(&self) -> (&[Part], &str) {
        match self.parts.split_last() {
            Some((Part::Literal(text), before)) => (before, text.strip_suffix('/').unwrap_or(text)),
            _ => (&self.parts, ""),
        }
    }

    /// The beginning of the template up to and with this parameter.
    pub fn up_to(&self, parameter: &str) -> Option<Self> {
        let end = self
            .parts
            .iter()
            .position(|part| matches!(part, Part::Parameter(name) if name == parameter))?;
        Some(Self {
            parts: self.parts[..=end].to_vec(),
        })
    }

    /// The collection and the name of the item's parameter, for a template whose last segment is
    /// one parameter.
    pub fn split_item(&self) -> Option<(Self, &str)> {
        let parts = match self.without_slash() {
            (before, "") => before,
            _ => &self.parts,
        };
        let (Part::Parameter(name), before) = parts.split_last()? else {
            return None;
        };
        let (Part::Literal(text), first) = before.split_last()? else {
            return None;
        };
        let collection = text.strip_suffix('/')?;
        let mut parts = first.to_vec();
        if !collection.is_empty() {
            parts.push(Part::Literal(collection.to_owned()));
        }
        Some((Self { parts }, name))
    }

    /// What follows, if this template begins with the other one, parameter names aside.
    pub fn below(&self, other: &Self) -> Option<Self> {
        let (before, end) = other.without_slash();
        let (shared, rest) = self.parts.split_at_checked(before.len())?;
        let same = shared.iter().zip(before).all(|pair| match pair {
            (Part::Literal(a), Part::Literal(b)) => a == b,
            (Part::Parameter(_), Part::Parameter(_)) => true,
            _ => false,
        });
        if !same {
            return None;
        }
        let mut parts = Vec::new();
        let mut rest = rest.iter();
        if !end.is_empty() {
            let Some(Part::Literal(text)) = rest.next() else {
                return None;
            };
            let left = text.strip_prefix(end)?;
            if !left.is_empty() {
                parts.push(Part::Literal(left.to_owned()));
            }
        }
        parts.extend(rest.cloned());
        match parts.first() {
            Some(Part::Literal(text)) if text.starts_with('/') => Some(Self { parts }),
            None => Some(Self { parts }),
            Some(_) => None,
        }
    }

    /// The last literal segment, such as `Versions`.
    pub fn last_word(&self) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Literal(text) => text.rsplit('/').find(|word| !word.is_empty()),
            Part::Parameter(_) => None,
        })
    }
}

impl fmt::Display for PathTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.parts {
            match part {
                Part::Literal(text) => f.write_str(text)?,
                Part::Parameter(name) => write!(f, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_and_matches() {
        let template = PathTemplate::parse("/a/{b}/c/{d}.{e}");
        let path = template
            .expand(|name| Some(format!("{name} /x").into()))
            .unwrap();
        assert_eq!(path, "/a/b%20%2Fx/c/d%20%2Fx.e%20%2Fx");
        let values = template.matches(&path).unwrap();
        assert_eq!(values[0], ("b".into(), "b /x".into()));
        assert_eq!(values[2], ("e".into(), "e /x".into()));
        assert!(template.matches("/a//c/d.e").is_none());
        assert!(template.matches("/a/b/c/d.e/f").is_none());
        assert_eq!(template.to_string(), "/a/{b}/c/{d}.{e}");
    }

    #[test]
    fn a_slash_at_the_end_makes_no_other_path() {
        let template = PathTemplate::parse;
        assert!(template("/a/").same_shape(&template("/a")));
        assert!(template("/a/{b}/").same_shape(&template("/a/{c}")));
        assert_eq!(template("/a/{b}/").shape(), template("/a/{c}").shape());
        assert!(!template("/a/{b}/").same_shape(&template("/a")));
        let (collection, name) = template("/a/{b}/")
            .split_item()
            .map(|(c, n)| (c, n.to_owned()))
            .unwrap();
        assert_eq!(
            (collection.to_string().as_str(), name.as_str()),
            ("/a", "b")
        );
        let below = template("/a/{b}/c/").below(&template("/a/{b}/")).unwrap();
        assert_eq!(below.to_string(), "/c/");
    }

    #[test]
    fn items_and_what_is_below() {
        let item = PathTemplate::parse("/v1/Services/{Sid}");
        let (collection, parameter) = item.split_item().unwrap();
        assert_eq!(
            (collection.to_string().as_str(), parameter),
            ("/v1/Services", "Sid")
        );
        let below = PathTemplate::parse("/v1/Services/{ServiceSid}/Builds/{Sid}")
            .below(&item)
            .unwrap();
        assert_eq!(below.to_string(), "/Builds/{Sid}");
        assert!(
            PathTemplate::parse("/v1/ServicesX")
                .below(&collection)
                .is_none()
        );
        assert!(PathTemplate::parse("/v1/Services/x").split_item().is_none());
    }
}
