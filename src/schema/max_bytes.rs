//! `x-trueup-max-bytes`: JSON Schema counts the characters of a text, never its bytes.

use jsonschema::{Keyword, ValidationError};
use serde_json::Value;

/// The longest text, in bytes of UTF-8.
pub(super) struct MaxBytes(u64);

impl MaxBytes {
    /// The limit that a schema gives; one that is no number is reported elsewhere.
    pub(super) fn new(limit: &Value) -> Self {
        Self(limit.as_u64().unwrap_or(u64::MAX))
    }
}

impl<'i> Keyword<'i> for MaxBytes {
    fn validate(&self, instance: &'i Value) -> Result<(), ValidationError<'i>> {
        if self.is_valid(instance) {
            return Ok(());
        }
        Err(ValidationError::custom(format!("at most {} bytes", self.0)))
    }

    fn is_valid(&self, instance: &'i Value) -> bool {
        instance
            .as_str()
            .is_none_or(|text| text.len() as u64 <= self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn bytes_are_counted_and_not_characters() {
        let limit = MaxBytes::new(&json!(4));
        for fits in [json!("abcd"), json!("éé"), json!("🎈"), json!(12345)] {
            assert!(limit.is_valid(&fits) && limit.validate(&fits).is_ok());
        }
        for long in [json!("abcde"), json!("ééé"), json!("🎈a")] {
            assert!(!limit.is_valid(&long) && limit.validate(&long).is_err());
        }
    }
}
