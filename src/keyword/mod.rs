//! The keywords of schemas in all editions of `OpenAPI`, as one table: the value that each takes,
//! what the schemas in it apply to, and which editions have it.
//!
//! The names of keywords are written here and in `schema` alone. Everything else asks `schema` what
//! a schema says, or names a keyword by its variant.

mod table;
mod version;

pub use table::Keyword;
pub use version::Version;

use serde_json::{Map, Value};

/// The value that a keyword takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// One schema; since 3.1 that may be `true` or `false`.
    Schema,
    /// One schema, or `true` or `false` in every edition.
    SchemaOrFlag,
    /// A list of schemas.
    Schemas,
    /// Schemas by names that the author of the document chose.
    SchemaMap,
    /// The text of a reference.
    Reference,
    /// `true` or `false`.
    Flag,
    /// A number.
    Number,
    /// A number above zero.
    PositiveNumber,
    /// An exclusive bound: a flag until 3.0, a number since 3.1.
    Bound,
    /// A whole number that is not negative.
    Count,
    /// A text.
    Text,
    /// A text that is a regular expression.
    Pattern,
    /// The name of a type; since 3.1 that may be a list of names.
    Type,
    /// A list of texts.
    Names,
    /// Lists of texts by names that the author of the document chose.
    NamesMap,
    /// A list of any values.
    Values,
    /// Any value.
    Any,
    /// An object that `OpenAPI` describes.
    Object,
    /// A Discriminator Object; the name of a property in Swagger 2.0.
    Discriminator,
}

/// What the schemas that a keyword holds apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applies {
    /// To the same value as the schema around them.
    InPlace,
    /// To a part of the value: a member, an item, the name of a member.
    ToChild,
    /// To nothing by themselves, or the keyword holds no schema.
    Nowhere,
}

/// The editions of the specification that have a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Editions {
    /// All that are read.
    All,
    /// This one and those that follow it.
    Since(Version),
    /// This one and those before it.
    Until(Version),
    /// This one alone.
    Only(Version),
    /// None of them: it is a keyword of another version of JSON Schema.
    Never,
}

impl Editions {
    /// Whether a version is one of them.
    pub fn have(self, version: Version) -> bool {
        match self {
            Self::All => true,
            Self::Since(first) => version >= first,
            Self::Until(last) => version <= last,
            Self::Only(only) => version == only,
            Self::Never => false,
        }
    }
}

/// Whether a schema is a reference and nothing else. Until 3.0 that is every schema with a `$ref`
/// (`OpenAPI` 3.0.3, Reference Object); since 3.1 other keywords beside it count (JSON Schema
/// 2020-12, section 8.2.3.1).
pub fn is_lone_reference(schema: &Map<String, Value>, version: Version) -> bool {
    use Keyword::{Comment, Description, Ref, Title};
    let adds_nothing = |name: &String| {
        let known = Keyword::of(name);
        name == "summary" || matches!(known, Some(Ref | Title | Description | Comment))
    };
    let has_reference = schema.get(Ref.name()).is_some_and(Value::is_string);
    has_reference && (!version.has_json_schema() || schema.keys().all(adds_nothing))
}

impl Keyword {
    /// Whether the members of its value are named by the author of the document, so that their names
    /// are no keywords.
    pub fn holds_names(self) -> bool {
        matches!(self.takes(), Takes::SchemaMap)
    }

    /// Whether its value is data: references and keywords in it mean nothing.
    pub fn holds_data(self) -> bool {
        matches!(self.takes(), Takes::Values | Takes::Any)
    }

    /// Whether schemas of a version are read with it. Swagger 2.0 has the dialect of 3.0: `oneOf` in
    /// it is a mistake, but there is no doubt what it means.
    pub fn is_read_in(self, version: Version) -> bool {
        self.editions().have(version.max(Version::V3_0))
    }

    /// Whether it demands something of a value by itself, without other schemas.
    pub fn asserts(self) -> bool {
        use Keyword::{
            Const, DependentRequired, Enum, ExclusiveMaximum, ExclusiveMinimum, MaxBytes,
            MaxContains, MaxItems, MaxLength, MaxProperties, Maximum, MinContains, MinItems,
            MinLength, MinProperties, Minimum, MultipleOf, Pattern, Required, Type, UniqueItems,
        };
        matches!(
            self,
            Type | Enum
                | Const
                | Required
                | DependentRequired
                | Pattern
                | UniqueItems
                | MultipleOf
                | Minimum
                | Maximum
                | ExclusiveMinimum
                | ExclusiveMaximum
                | MinLength
                | MaxLength
                | MaxBytes
                | MinItems
                | MaxItems
                | MinContains
                | MaxContains
                | MinProperties
                | MaxProperties
        )
    }

    /// Whether it holds schemas.
    pub fn holds_schemas(self) -> bool {
        matches!(
            self.takes(),
            Takes::Schema | Takes::SchemaOrFlag | Takes::Schemas | Takes::SchemaMap
        )
    }
}

impl std::fmt::Display for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_name_leads_back_to_its_keyword() {
        for keyword in Keyword::ALL {
            assert_eq!(Keyword::of(keyword.name()), Some(keyword));
        }
        assert_eq!(Keyword::of("maxlength"), None);
    }

    #[test]
    fn a_reference_with_more_beside_it_is_a_schema_of_its_own_since_3_1() {
        let alone =
            |schema: &Value, version| is_lone_reference(schema.as_object().unwrap(), version);
        let described = json!({"$ref": "#/a", "description": "d", "summary": "s"});
        let limited = json!({"$ref": "#/a", "minLength": 3});
        assert!(alone(&described, Version::V3_1) && !alone(&limited, Version::V3_1));
        assert!(alone(&limited, Version::V3_0));
        assert!(!alone(&json!({"type": "string"}), Version::V3_0));
    }

    #[test]
    fn only_keywords_with_schemas_apply_them() {
        for keyword in Keyword::ALL {
            let refers = keyword.takes() == Takes::Reference;
            let applies = keyword.applies() != Applies::Nowhere;
            assert!(!applies || refers || keyword.holds_schemas(), "{keyword}");
        }
    }

    #[test]
    fn editions_have_keywords_of_their_own() {
        let have = |keyword: Keyword| {
            [Version::V2_0, Version::V3_0, Version::V3_1, Version::V3_2]
                .map(|version| keyword.editions().have(version))
        };
        assert_eq!(have(Keyword::AllOf), [true; 4]);
        assert_eq!(have(Keyword::OneOf), [false, true, true, true]);
        assert_eq!(have(Keyword::Const), [false, false, true, true]);
        assert_eq!(have(Keyword::Nullable), [false, true, false, false]);
        assert_eq!(have(Keyword::Dependencies), [false; 4]);
    }
}
