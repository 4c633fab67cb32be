//! Values in findings.

use serde_json::Value;

/// The longest JSON text of a value that a finding keeps whole, in characters.
const MAX_CHARACTERS: usize = 300;

/// A value that a finding shows. A long one is cut, so that a thousand findings about one large
/// body stay small.
#[derive(Debug, Clone, PartialEq)]
pub enum Excerpt {
    /// There is no value.
    Nothing,
    /// The whole value.
    Whole(Value),
    /// The beginning of the JSON text of a long value.
    Cut {
        /// The first characters.
        text: String,
        /// Length of the whole text, in characters.
        characters: usize,
    },
}

impl Excerpt {
    /// A value, if there is one.
    pub fn of_optional(value: Option<&Value>) -> Self {
        value.map_or(Self::Nothing, Self::of)
    }

    /// A value.
    pub fn of(value: &Value) -> Self {
        match value {
            Value::String(_) | Value::Array(_) | Value::Object(_) => {}
            _ => return Self::Whole(value.clone()),
        }
        let text = value.to_string();
        // A text has no more characters than bytes.
        if text.len() <= MAX_CHARACTERS {
            return Self::Whole(value.clone());
        }
        let characters = text.chars().count();
        if characters <= MAX_CHARACTERS {
            return Self::Whole(value.clone());
        }
        Self::Cut {
            text: text.chars().take(MAX_CHARACTERS).collect(),
            characters,
        }
    }

    /// A text as a value.
    pub fn of_text(text: &str) -> Self {
        Self::of(&Value::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut() {
        let short = Value::from("ä".repeat(298));
        assert_eq!(Excerpt::of(&short), Excerpt::Whole(short));
        let long = Value::from("ä".repeat(299));
        let Excerpt::Cut { text, characters } = Excerpt::of(&long) else {
            panic!("the value is whole");
        };
        assert_eq!((text.chars().count(), characters), (300, 301));
        assert_eq!(Excerpt::of_optional(None), Excerpt::Nothing);
    }
}
