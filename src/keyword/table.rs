//! The table of keywords.

use super::Applies::{InPlace, Nowhere, ToChild};
use super::Editions::{All, Never, Only, Since, Until};
use super::Takes::{
    self, Any, Bound, Count, Discriminator, Flag, Names, NamesMap, Number, Object, Pattern,
    PositiveNumber, Reference, Schema, SchemaMap, SchemaOrFlag, Schemas, Text, Type, Values,
};
use super::Version::{V3_0, V3_1};
use super::{Applies, Editions};

macro_rules! keywords {
    ($($variant:ident $name:literal $takes:expr, $applies:expr, $editions:expr;)*) => {
        /// A keyword of schemas, in one edition of `OpenAPI` or in all of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Keyword {
            $(#[doc = concat!("`", $name, "`")] $variant,)*
        }

        impl Keyword {
            /// All keywords, in the order of the table.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$variant),*];

            /// The keyword with this name.
            pub fn of(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$variant,)*
                    _ => return None,
                })
            }

            /// Its name in a document.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            /// The value that it takes.
            pub const fn takes(self) -> Takes {
                match self {
                    $(Self::$variant => $takes,)*
                }
            }

            /// What the schemas in it apply to.
            pub const fn applies(self) -> Applies {
                match self {
                    $(Self::$variant => $applies,)*
                }
            }

            /// The editions that have it.
            pub const fn editions(self) -> Editions {
                match self {
                    $(Self::$variant => $editions,)*
                }
            }
        }
    };
}

keywords! {
    // References and names (JSON Schema 2020-12, section 8).
    Ref "$ref" Reference, InPlace, All;
    DynamicRef "$dynamicRef" Reference, InPlace, Since(V3_1);
    Id "$id" Text, Nowhere, Since(V3_1);
    Anchor "$anchor" Text, Nowhere, Since(V3_1);
    DynamicAnchor "$dynamicAnchor" Text, Nowhere, Since(V3_1);
    Dialect "$schema" Text, Nowhere, Since(V3_1);
    Vocabulary "$vocabulary" Object, Nowhere, Since(V3_1);
    Comment "$comment" Text, Nowhere, Since(V3_1);
    Defs "$defs" SchemaMap, Nowhere, Since(V3_1);

    // What applies to the same value (section 10.2).
    AllOf "allOf" Schemas, InPlace, All;
    AnyOf "anyOf" Schemas, InPlace, Since(V3_0);
    OneOf "oneOf" Schemas, InPlace, Since(V3_0);
    Not "not" Schema, InPlace, Since(V3_0);
    If "if" Schema, InPlace, Since(V3_1);
    Then "then" Schema, InPlace, Since(V3_1);
    Else "else" Schema, InPlace, Since(V3_1);
    DependentSchemas "dependentSchemas" SchemaMap, InPlace, Since(V3_1);

    // What applies to a part of it (sections 10.3 and 11).
    Properties "properties" SchemaMap, ToChild, All;
    PatternProperties "patternProperties" SchemaMap, ToChild, Since(V3_1);
    AdditionalProperties "additionalProperties" SchemaOrFlag, ToChild, All;
    PropertyNames "propertyNames" Schema, ToChild, Since(V3_1);
    UnevaluatedProperties "unevaluatedProperties" Schema, ToChild, Since(V3_1);
    Items "items" Schema, ToChild, All;
    PrefixItems "prefixItems" Schemas, ToChild, Since(V3_1);
    Contains "contains" Schema, ToChild, Since(V3_1);
    UnevaluatedItems "unevaluatedItems" Schema, ToChild, Since(V3_1);

    // What is asserted of a value (JSON Schema 2020-12 Validation, section 6).
    Type "type" Type, Nowhere, All;
    Enum "enum" Values, Nowhere, All;
    Const "const" Any, Nowhere, Since(V3_1);
    MultipleOf "multipleOf" PositiveNumber, Nowhere, All;
    Minimum "minimum" Number, Nowhere, All;
    Maximum "maximum" Number, Nowhere, All;
    ExclusiveMinimum "exclusiveMinimum" Bound, Nowhere, All;
    ExclusiveMaximum "exclusiveMaximum" Bound, Nowhere, All;
    MinLength "minLength" Count, Nowhere, All;
    MaxLength "maxLength" Count, Nowhere, All;
    MaxBytes "x-trueup-max-bytes" Count, Nowhere, All;
    Pattern "pattern" Pattern, Nowhere, All;
    Format "format" Text, Nowhere, All;
    MinItems "minItems" Count, Nowhere, All;
    MaxItems "maxItems" Count, Nowhere, All;
    UniqueItems "uniqueItems" Flag, Nowhere, All;
    MinContains "minContains" Count, Nowhere, Since(V3_1);
    MaxContains "maxContains" Count, Nowhere, Since(V3_1);
    MinProperties "minProperties" Count, Nowhere, All;
    MaxProperties "maxProperties" Count, Nowhere, All;
    Required "required" Names, Nowhere, All;
    DependentRequired "dependentRequired" NamesMap, Nowhere, Since(V3_1);
    ContentEncoding "contentEncoding" Text, Nowhere, Since(V3_1);
    ContentMediaType "contentMediaType" Text, Nowhere, Since(V3_1);
    ContentSchema "contentSchema" Schema, Nowhere, Since(V3_1);

    // What is said beside that (section 9, and the Schema Object of each edition).
    Title "title" Text, Nowhere, All;
    Description "description" Text, Nowhere, All;
    Default "default" Any, Nowhere, All;
    Deprecated "deprecated" Flag, Nowhere, Since(V3_0);
    ReadOnly "readOnly" Flag, Nowhere, All;
    WriteOnly "writeOnly" Flag, Nowhere, Since(V3_0);
    Example "example" Any, Nowhere, All;
    Examples "examples" Values, Nowhere, Since(V3_1);
    Nullable "nullable" Flag, Nowhere, Only(V3_0);
    XNullable "x-nullable" Flag, Nowhere, Until(V3_0);
    Discriminator "discriminator" Discriminator, Nowhere, All;
    Xml "xml" Object, Nowhere, All;
    ExternalDocs "externalDocs" Object, Nowhere, All;

    // Keywords of other versions of JSON Schema, which no edition has.
    Definitions "definitions" SchemaMap, Nowhere, Never;
    Dependencies "dependencies" Object, Nowhere, Never;
    AdditionalItems "additionalItems" SchemaOrFlag, Nowhere, Never;
    RecursiveRef "$recursiveRef" Text, Nowhere, Never;
    RecursiveAnchor "$recursiveAnchor" Flag, Nowhere, Never;
}
