//! What one schema, its references and compositions say of one value, merged.

use serde_json::Value;

use super::cursor::{Cursor, MAX_SCHEMA_DEPTH};
use super::pattern::regex;
use crate::keyword::Keyword;

/// A limit of a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limit {
    /// The limit.
    pub value: f64,
    /// Whether the limit itself is out of bounds.
    pub exclusive: bool,
}

/// What one schema, its references and compositions say of one value.
#[derive(Debug, Default)]
pub struct View<'a> {
    /// All schemas that were merged, in the order in which they count.
    pub parts: Vec<Cursor<'a>>,
    /// The types that all of them allow.
    pub types: Option<Vec<&'a str>>,
    /// The values of `enum` and `const` that all of them allow.
    pub choices: Option<Vec<&'a Value>>,
    /// `minLength`.
    pub min_length: usize,
    /// `maxLength`.
    pub max_length: Option<usize>,
    /// Most bytes of a text in UTF-8.
    pub max_bytes: Option<usize>,
    /// Each `pattern`.
    pub patterns: Vec<&'a str>,
    /// The first `format`.
    pub format: Option<&'a str>,
    /// What the text stands for: an encoding of bytes, or their media type.
    pub content: Option<&'a str>,
    /// The lower limit.
    pub minimum: Option<Limit>,
    /// The upper limit.
    pub maximum: Option<Limit>,
    /// The first `multipleOf`.
    pub multiple_of: Option<f64>,
    /// `minItems`.
    pub min_items: usize,
    /// `maxItems`.
    pub max_items: Option<usize>,
    /// Whether some part says that no item occurs twice.
    pub unique_items: bool,
    /// The schemas of the first items.
    pub prefix_items: Vec<Cursor<'a>>,
    /// The schema of the other items.
    pub items: Option<Cursor<'a>>,
    /// The schema that some item must have.
    pub contains: Option<Cursor<'a>>,
    /// The schemas of properties.
    pub properties: Vec<(&'a str, Cursor<'a>)>,
    /// The schemas of members whose names fit a pattern.
    pub by_pattern: Vec<(&'a str, Cursor<'a>)>,
    /// The names of members that must be there.
    pub required: Vec<&'a str>,
    /// The schema of other members.
    pub additional: Option<Cursor<'a>>,
    /// `minProperties`.
    pub min_properties: usize,
    /// `maxProperties`.
    pub max_properties: Option<usize>,
}

impl<'a> View<'a> {
    /// What a schema says with all that applies to the same value. Where there are alternatives,
    /// `choice` decides which one counts.
    pub fn of(schema: &Cursor<'a>, choice: usize) -> Self {
        let mut view = Self::default();
        view.add(schema, choice, 0);
        view
    }

    /// What a schema says of every value: what it says itself, what it refers to and its `allOf`, each
    /// place once.
    pub fn of_every_value(schema: &Cursor<'a>) -> Self {
        let mut view = Self::default();
        for part in schema.parts() {
            view.own(&part);
        }
        view
    }

    fn add(&mut self, schema: &Cursor<'a>, choice: usize, depth: usize) {
        if schema.members().is_none() {
            if schema.value() == &Value::Bool(false) {
                self.choices = Some(Vec::new());
            }
            return;
        }
        if depth > MAX_SCHEMA_DEPTH {
            return;
        }
        let applied = schema.in_place();
        let of = |wanted: Keyword| {
            let applied = applied.iter();
            applied.filter_map(move |(keyword, branch)| (*keyword == wanted).then_some(branch))
        };
        for target in of(Keyword::Ref) {
            self.add(target, choice, depth + 1);
        }
        self.own(schema);
        for branch in of(Keyword::AllOf) {
            self.add(branch, choice, depth + 1);
        }
        for list in [Keyword::AnyOf, Keyword::OneOf] {
            let count = of(list).count();
            if let Some(branch) = of(list).nth(choice.checked_rem(count).unwrap_or(0)) {
                self.add(branch, choice, depth + 1);
            }
        }
        if of(Keyword::If).next().is_none() {
            return;
        }
        let branches: &[Keyword] = if choice.is_multiple_of(2) {
            &[Keyword::If, Keyword::Then]
        } else {
            &[Keyword::Else]
        };
        for keyword in branches {
            for branch in of(*keyword) {
                self.add(branch, choice, depth + 1);
            }
        }
    }

    /// Adds what a schema says itself.
    fn own(&mut self, schema: &Cursor<'a>) {
        use Keyword::{ContentEncoding, ContentMediaType};
        if let Some(kinds) = schema.types() {
            self.types = Some(match self.types.take() {
                None => kinds,
                Some(known) => common_types(&known, &kinds),
            });
        }
        if let Some(choices) = schema.choices() {
            self.choices = Some(match self.choices.take() {
                None => choices,
                Some(known) => known.into_iter().filter(|c| choices.contains(c)).collect(),
            });
        }
        self.sizes(schema);
        self.patterns.extend(schema.text(Keyword::Pattern));
        self.format = self.format.or(schema.text(Keyword::Format));
        let mut content = [ContentEncoding, ContentMediaType].into_iter();
        self.content = self
            .content
            .or_else(|| content.find_map(|keyword| schema.text(keyword)));
        self.unique_items |= schema.flag(Keyword::UniqueItems);
        self.bounds(schema);
        let first = |known: &mut Option<Cursor<'a>>, keyword: Keyword| {
            *known = known.take().or_else(|| schema.below(keyword));
        };
        first(&mut self.items, Keyword::Items);
        first(&mut self.contains, Keyword::Contains);
        first(&mut self.additional, Keyword::AdditionalProperties);
        if self.prefix_items.is_empty() {
            self.prefix_items = schema.each(Keyword::PrefixItems).collect();
        }
        self.properties
            .extend(schema.each_named(Keyword::Properties));
        self.by_pattern
            .extend(schema.each_named(Keyword::PatternProperties));
        for name in schema.names(Keyword::Required) {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        self.parts.push(schema.clone());
    }

    fn sizes(&mut self, schema: &Cursor<'a>) {
        let size = |keyword: Keyword| usize::try_from(schema.count(keyword)?).ok();
        let least = |known: &mut usize, keyword: Keyword| {
            *known = (*known).max(size(keyword).unwrap_or(0));
        };
        let most = |known: &mut Option<usize>, keyword: Keyword| {
            *known = known.iter().copied().chain(size(keyword)).min();
        };
        least(&mut self.min_length, Keyword::MinLength);
        most(&mut self.max_length, Keyword::MaxLength);
        most(&mut self.max_bytes, Keyword::MaxBytes);
        least(&mut self.min_items, Keyword::MinItems);
        most(&mut self.max_items, Keyword::MaxItems);
        least(&mut self.min_properties, Keyword::MinProperties);
        most(&mut self.max_properties, Keyword::MaxProperties);
    }

    fn bounds(&mut self, schema: &Cursor<'a>) {
        for limit in schema.lower_limits() {
            if self.minimum.is_none_or(|known| known.value <= limit.value) {
                self.minimum = Some(limit);
            }
        }
        for limit in schema.upper_limits() {
            if self.maximum.is_none_or(|known| known.value >= limit.value) {
                self.maximum = Some(limit);
            }
        }
        self.multiple_of = self.multiple_of.or(schema.number(Keyword::MultipleOf));
    }

    /// The type of values to make; none if any will do.
    pub fn kind(&self) -> Option<&'a str> {
        if let Some(types) = &self.types {
            let mut types = types.iter().copied();
            return types
                .clone()
                .find(|kind| *kind != "null")
                .or_else(|| types.next());
        }
        let has_members = !self.properties.is_empty() || !self.by_pattern.is_empty();
        if has_members || !self.required.is_empty() || self.additional.is_some() {
            return Some("object");
        }
        if self.items.is_some() || self.min_items > 0 || !self.prefix_items.is_empty() {
            return Some("array");
        }
        if self.minimum.is_some() || self.maximum.is_some() || self.multiple_of.is_some() {
            return Some("number");
        }
        let is_text = !self.patterns.is_empty()
            || self.format.is_some()
            || self.max_length.is_some()
            || self.min_length > 0;
        is_text.then_some("string")
    }

    /// The schema of a property.
    pub fn property(&self, name: &str) -> Option<&Cursor<'a>> {
        let named = self.properties.iter().find(|(other, _)| *other == name);
        let fits = |pattern: &str| regex(pattern).is_some_and(|regex| regex.is_match(name));
        let mut by_pattern = self.by_pattern.iter();
        let (_, schema) = named.or_else(|| by_pattern.find(|(pattern, _)| fits(pattern)))?;
        Some(schema)
    }
}

impl Cursor<'_> {
    /// The lower limits that the schema says itself.
    fn lower_limits(&self) -> Vec<Limit> {
        self.limits(Keyword::Minimum, Keyword::ExclusiveMinimum)
    }

    /// The upper limits that the schema says itself.
    fn upper_limits(&self) -> Vec<Limit> {
        self.limits(Keyword::Maximum, Keyword::ExclusiveMaximum)
    }

    /// Until 3.0 a flag makes a limit exclusive, since 3.1 an exclusive limit is a number of its own.
    fn limits(&self, inclusive: Keyword, exclusive: Keyword) -> Vec<Limit> {
        let is_flagged = !self.version().has_json_schema() && self.flag(exclusive);
        let limit = |value, exclusive| Limit { value, exclusive };
        let inclusive = self.number(inclusive);
        let inclusive = inclusive.map(|value| limit(value, is_flagged));
        let exclusive = self.number(exclusive).map(|value| limit(value, true));
        inclusive.into_iter().chain(exclusive).collect()
    }
}

/// The types that both lists name; an integer is a number.
fn common_types<'a>(known: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    let mut common: Vec<&str> = known
        .iter()
        .filter(|kind| more.contains(kind))
        .copied()
        .collect();
    for (a, b) in [(known, more), (more, known)] {
        if a.contains(&"integer") && b.contains(&"number") && !common.contains(&"integer") {
            common.push("integer");
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::{Files, load};

    /// What two versions say of the schema `a` in a document.
    fn views(schemas: &'static str, check: impl Fn(&str, &View<'_>)) {
        for version in ["3.0.3", "3.1.0"] {
            let text = format!("openapi: {version}\ncomponents: {{ schemas: {{ {schemas} }} }}\n");
            let text: &'static str = Box::leak(text.into_boxed_str());
            let files: &'static [(&str, &str)] = Box::leak(Box::new([("a.yaml", text)]));
            let document = load(&Files::Bundle(files), "a.yaml", &[]).unwrap();
            let schema = Cursor::resolved_at(&document, "/components/schemas/a").unwrap();
            check(version, &View::of(&schema, 0));
        }
    }

    #[test]
    fn siblings_of_a_reference_count_since_3_1() {
        let schemas = "a: { $ref: '#/components/schemas/b', minLength: 3 }, b: { type: string, maxLength: 9 }";
        views(schemas, |version, view| {
            assert_eq!(view.max_length, Some(9));
            assert_eq!(view.min_length, if version == "3.0.3" { 0 } else { 3 });
        });
    }

    #[test]
    fn the_stricter_limit_counts_in_both_dialects() {
        let schemas =
            "a: { minimum: 1, exclusiveMinimum: true, allOf: [{ minimum: 5 }, { maximum: 7 }] }";
        views(schemas, |_, view| {
            let limit = |value| {
                Some(Limit {
                    value,
                    exclusive: false,
                })
            };
            assert_eq!((view.minimum, view.maximum), (limit(5.0), limit(7.0)));
        });
        let schemas = "a: { minimum: 1, exclusiveMinimum: true }";
        views(schemas, |version, view| {
            let exclusive = version == "3.0.3";
            assert_eq!(
                view.minimum,
                Some(Limit {
                    value: 1.0,
                    exclusive
                })
            );
        });
    }

    #[test]
    fn keywords_of_other_versions_do_not_count() {
        let schemas =
            "a: { type: string, nullable: true, const: x, if: {}, then: { minLength: 3 } }";
        views(schemas, |version, view| {
            let is_old = version == "3.0.3";
            assert_eq!(view.choices.is_none(), is_old);
            assert_eq!(view.min_length, if is_old { 0 } else { 3 });
            let types = if is_old {
                vec!["string", "null"]
            } else {
                vec!["string"]
            };
            assert_eq!(view.types, Some(types));
        });
    }
}
