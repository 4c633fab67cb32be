//! Versions of `OpenAPI`, and the schema dialects that go with them.

use serde_json::Value;

/// A version of the specification that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Swagger 2.0.
    V2_0,
    /// 3.0.x.
    V3_0,
    /// 3.1.x.
    V3_1,
    /// 3.2.x.
    V3_2,
}

impl Version {
    /// Reads the text of the member `swagger` or `openapi`.
    pub fn read(swagger: Option<&Value>, openapi: Option<&Value>) -> Option<Self> {
        if let Some(Value::String(text)) = openapi {
            let mut numbers = text.split('.');
            let (major, minor) = (numbers.next()?, numbers.next()?);
            return match (major, minor) {
                ("3", "0") => Some(Self::V3_0),
                ("3", "1") => Some(Self::V3_1),
                ("3", "2") => Some(Self::V3_2),
                _ => None,
            };
        }
        (swagger == Some(&Value::from("2.0"))).then_some(Self::V2_0)
    }

    /// Whether schemas are those of JSON Schema 2020-12; before, they were a dialect of their own.
    pub fn has_json_schema(self) -> bool {
        self >= Self::V3_1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let openapi = |text: &str| Version::read(None, Some(&Value::from(text)));
        assert_eq!(openapi("3.0.3"), Some(Version::V3_0));
        assert_eq!(openapi("3.1.0"), Some(Version::V3_1));
        assert_eq!(openapi("3.2.0"), Some(Version::V3_2));
        assert_eq!(openapi("4.0.0"), None);
        assert_eq!(openapi("3"), None);
        let swagger = Value::from("2.0");
        assert_eq!(Version::read(Some(&swagger), None), Some(Version::V2_0));
        assert_eq!(Version::read(Some(&Value::from(2.0)), None), None);
        assert!(Version::V3_1.has_json_schema() && !Version::V3_0.has_json_schema());
    }
}
