//! The validator.

use serde_json::{Map, Number, Value};

use super::evaluated::Evaluated;
use super::fault::Fault;
use super::number::{compare, is_integer, same};
use super::{format, number};
use crate::emulator::schema::{Id, Node, Schema, Schemas, Types};
use crate::place::pointer;
use crate::schema::Direction;

/// How many schemas may lead to each other at one value.
const MAX_DEPTH_IN_PLACE: usize = 48;
/// How many schemas may lead to each other in all.
const MAX_DEPTH: usize = 400;

/// All that is wrong with a value of a request.
pub(in crate::emulator) fn validate(
    schemas: &Schemas,
    schema: &Schema,
    value: &Value,
) -> Vec<Fault> {
    let mut judge = Judge::new(schemas, Direction::Request);
    judge.check(schema.id, value, "");
    judge.faults
}

/// All that is wrong with a value of a response whose URLs are not written yet.
pub(in crate::emulator) fn validate_answer(
    schemas: &Schemas,
    ids: &[Id],
    value: &Value,
) -> Vec<Fault> {
    let mut judge = Judge::new(schemas, Direction::Response);
    for id in ids {
        judge.check(*id, value, "");
    }
    judge.faults
}

/// Judges one value.
struct Judge<'a> {
    schemas: &'a Schemas,
    direction: Direction,
    faults: Vec<Fault>,
}

/// Where the judge is.
#[derive(Debug, Clone, Copy)]
struct Position<'a> {
    /// JSON pointer of the value.
    at: &'a str,
    /// How many schemas led here, at this value and in all.
    in_place: usize,
    depth: usize,
    /// Whether the schema is only what another one adds to.
    as_base: bool,
}

impl Position<'_> {
    /// At the same value, with another schema.
    fn beside(self) -> Self {
        Self {
            in_place: self.in_place + 1,
            depth: self.depth + 1,
            as_base: false,
            ..self
        }
    }
}

impl<'a> Judge<'a> {
    fn new(schemas: &'a Schemas, direction: Direction) -> Self {
        Self {
            schemas,
            direction,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, at: &str, message: impl Into<String>) {
        self.faults.push(Fault {
            at: at.to_owned(),
            message: message.into(),
            error: None,
        });
    }

    fn check(&mut self, id: Id, value: &Value, at: &str) {
        let position = Position {
            at,
            in_place: 0,
            depth: 0,
            as_base: false,
        };
        self.judge(id, value, position);
    }

    /// Judges a value that stands below another one.
    fn below(&mut self, id: Id, value: &Value, token: &str, position: Position<'_>) {
        let at = pointer::join(position.at, token);
        let position = Position {
            at: &at,
            in_place: 0,
            depth: position.depth + 1,
            as_base: false,
        };
        self.judge(id, value, position);
    }

    fn judge(&mut self, id: Id, value: &Value, position: Position<'_>) -> Evaluated {
        let mut evaluated = Evaluated::new(self.schemas.has_unevaluated());
        if position.in_place > MAX_DEPTH_IN_PLACE || position.depth > MAX_DEPTH {
            return evaluated;
        }
        let schemas = self.schemas;
        let node = schemas.node(id);
        let first = self.faults.len();
        if node.never {
            self.fault(position.at, "is not allowed");
            return evaluated;
        }
        if has_type(node, value) {
            self.choices(node, value, position.at);
            match value {
                Value::String(text) => self.text(node, text, position.at),
                Value::Number(number) => self.number(node, number, position.at),
                Value::Array(items) => self.array(node, items, position, &mut evaluated),
                Value::Object(members) => self.object(node, members, position, &mut evaluated),
                Value::Null | Value::Bool(_) => {}
            }
        } else {
            self.fault(position.at, format!("must be {}", type_words(node)));
        }
        self.compositions(node, value, position, &mut evaluated);
        self.unevaluated(node, value, position, &mut evaluated);
        if let Some(name) = &node.error {
            for fault in &mut self.faults[first..] {
                fault.error.get_or_insert_with(|| name.clone());
            }
        }
        evaluated
    }

    /// Whether a value keeps a schema, and what that evaluates if it does.
    fn keeps(&self, id: Id, value: &Value, position: Position<'_>) -> Option<Evaluated> {
        let mut judge = Judge::new(self.schemas, self.direction);
        let evaluated = judge.judge(id, value, position);
        judge.faults.is_empty().then_some(evaluated)
    }

    fn choices(&mut self, node: &Node, value: &Value, at: &str) {
        let constant = node.constant.as_ref().map(std::slice::from_ref);
        for choices in constant.into_iter().chain(node.choices.as_deref()) {
            if !choices.iter().any(|choice| same(choice, value)) {
                let words: Vec<String> = choices.iter().map(Value::to_string).collect();
                self.fault(at, format!("must be one of {}", words.join(", ")));
            }
        }
    }

    fn text(&mut self, node: &Node, text: &str, at: &str) {
        // Of a file that was sent, only its presence is judged.
        if self.direction == Direction::Request && node.format.as_deref() == Some("binary") {
            return;
        }
        let length = text.chars().count() as u64;
        if let Some(least) = node.min_length.filter(|least| length < *least) {
            self.fault(at, format!("must have at least {least} characters"));
        }
        if let Some(most) = node.max_length.filter(|most| length > *most) {
            self.fault(at, format!("must have at most {most} characters"));
        }
        if let Some(most) = node.max_bytes.filter(|most| text.len() as u64 > *most) {
            self.fault(at, format!("must have at most {most} bytes"));
        }
        if let Some(pattern) = &node.pattern
            && !pattern.is_match(text)
        {
            self.fault(at, format!("must match {}", pattern.as_str()));
        }
        let is_numeric = node.types.is_some_and(|types| types.has(Types::NUMBER));
        if let Some(format) = node.format.as_deref().filter(|_| !is_numeric)
            && !format::holds(format, text)
        {
            self.fault(at, format!("must have the format {format}"));
        }
    }

    fn number(&mut self, node: &Node, number: &Number, at: &str) {
        let order = |bound: &Number| compare(number, bound);
        if let Some(least) = node.minimum.as_ref().filter(|bound| order(bound).is_lt()) {
            self.fault(at, format!("must be at least {least}"));
        }
        if let Some(bound) = node.above.as_ref().filter(|bound| order(bound).is_le()) {
            self.fault(at, format!("must be more than {bound}"));
        }
        if let Some(most) = node.maximum.as_ref().filter(|bound| order(bound).is_gt()) {
            self.fault(at, format!("must be at most {most}"));
        }
        if let Some(bound) = node.below.as_ref().filter(|bound| order(bound).is_ge()) {
            self.fault(at, format!("must be less than {bound}"));
        }
        if let Some(of) = &node.multiple_of
            && !number::is_multiple(number, of)
        {
            self.fault(at, format!("must be a multiple of {of}"));
        }
        let is_numeric = node.types.is_some_and(|types| types.has(Types::NUMBER));
        if let Some(format) = node.format.as_deref().filter(|_| is_numeric)
            && !number::in_range(format, number)
        {
            self.fault(at, format!("must be in the range of {format}"));
        }
    }

    fn array(
        &mut self,
        node: &Node,
        items: &[Value],
        position: Position<'_>,
        evaluated: &mut Evaluated,
    ) {
        let at = position.at;
        let length = items.len() as u64;
        if let Some(least) = node.min_items.filter(|least| length < *least) {
            self.fault(at, format!("must have at least {least} items"));
        }
        if let Some(most) = node.max_items.filter(|most| length > *most) {
            self.fault(at, format!("must have at most {most} items"));
        }
        let repeated = |(i, item): (usize, &Value)| items[..i].iter().any(|one| same(one, item));
        if node.unique && items.iter().enumerate().any(repeated) {
            self.fault(at, "must not have an item twice");
        }
        for (i, item) in items.iter().enumerate() {
            if let Some(id) = node.prefix.get(i).copied().or(node.items) {
                self.below(id, item, &i.to_string(), position);
                evaluated.item(i);
            }
        }
        let Some(contains) = &node.contains else {
            return;
        };
        let mut count = 0;
        for (i, item) in items.iter().enumerate() {
            let inside = Position {
                at: "",
                in_place: 0,
                depth: position.depth + 1,
                as_base: false,
            };
            if self.keeps(contains.id, item, inside).is_some() {
                count += 1;
                evaluated.item(i);
            }
        }
        if count < contains.least {
            let least = contains.least;
            self.fault(
                at,
                format!("must contain at least {least} of certain items"),
            );
        }
        if let Some(most) = contains.most.filter(|most| count > *most) {
            self.fault(at, format!("must contain at most {most} of certain items"));
        }
    }

    fn object(
        &mut self,
        node: &Node,
        members: &Map<String, Value>,
        position: Position<'_>,
        evaluated: &mut Evaluated,
    ) {
        let at = position.at;
        let count = members.len() as u64;
        if let Some(least) = node.min_properties.filter(|least| count < *least) {
            self.fault(at, format!("must have at least {least} members"));
        }
        if let Some(most) = node.max_properties.filter(|most| count > *most) {
            self.fault(at, format!("must have at most {most} members"));
        }
        for required in &node.required {
            let is_foreign = match self.direction {
                Direction::Request => required.read_only,
                Direction::Response => required.write_only,
            };
            // The URLs of a response are written when it is shown.
            let is_pending = || {
                self.direction == Direction::Response
                    && node
                        .property(&required.name)
                        .is_some_and(|id| self.schemas.get(id).url.is_some())
            };
            if !is_foreign && !members.contains_key(&required.name) && !is_pending() {
                self.fault(&pointer::join(at, &required.name), "is required");
            }
        }
        for (name, needed) in &node.dependent_required {
            for needed in needed.iter().filter(|_| members.contains_key(name)) {
                if !members.contains_key(needed) {
                    let message = format!("is required where there is {name}");
                    self.fault(&pointer::join(at, needed), message);
                }
            }
        }
        for (name, value) in members {
            if let Some(id) = node.names {
                let inside = Position {
                    at: "",
                    ..position.beside()
                };
                if self
                    .keeps(id, &Value::from(name.as_str()), inside)
                    .is_none()
                {
                    self.fault(&pointer::join(at, name), "has a name that is not allowed");
                }
            }
            let known = node.of_member(name);
            if !known.is_empty() {
                evaluated.name(name);
            }
            for id in known {
                if self.schemas.node(id).never {
                    self.fault(&pointer::join(at, name), "is not known here");
                } else {
                    self.below(id, value, name, position);
                }
            }
        }
    }

    fn compositions(
        &mut self,
        node: &Node,
        value: &Value,
        position: Position<'_>,
        evaluated: &mut Evaluated,
    ) {
        for id in &node.references {
            let beside = Position {
                as_base: position.as_base,
                ..position.beside()
            };
            evaluated.extend(self.judge(*id, value, beside));
        }
        for branch in &node.all_of {
            let beside = Position {
                as_base: branch.as_base,
                ..position.beside()
            };
            evaluated.extend(self.judge(branch.id, value, beside));
        }
        let beside = position.beside();
        let is_chosen = self.discriminate(node, value, position, evaluated);
        if !is_chosen {
            self.alternatives(node, value, beside, evaluated);
        }
        if let Some(id) = node.not
            && self.keeps(id, value, beside).is_some()
        {
            self.fault(position.at, "is something that it must not be");
        }
        if let Some(condition) = &node.condition {
            let branch = match self.keeps(condition.test, value, beside) {
                Some(tested) => {
                    evaluated.extend(tested);
                    condition.then
                }
                None => condition.otherwise,
            };
            if let Some(id) = branch {
                evaluated.extend(self.judge(id, value, beside));
            }
        }
        if let Value::Object(members) = value {
            for (name, id) in &node.dependent_schemas {
                if members.contains_key(name) {
                    evaluated.extend(self.judge(*id, value, beside));
                }
            }
        }
    }

    /// `anyOf` and `oneOf`.
    fn alternatives(
        &mut self,
        node: &Node,
        value: &Value,
        beside: Position<'_>,
        evaluated: &mut Evaluated,
    ) {
        for (branches, is_one) in [(&node.any_of, false), (&node.one_of, true)] {
            if branches.is_empty() {
                continue;
            }
            let mut count = 0;
            for id in branches {
                if let Some(kept) = self.keeps(*id, value, beside) {
                    count += 1;
                    evaluated.extend(kept);
                    // Without notes one is as good as many, and a third adds nothing to two.
                    let is_enough = if is_one {
                        count > 1
                    } else {
                        !self.schemas.has_unevaluated()
                    };
                    if is_enough {
                        break;
                    }
                }
            }
            if count == 0 {
                self.fault(beside.at, "is none of the things that it may be");
            } else if is_one && count > 1 {
                self.fault(
                    beside.at,
                    "must be exactly one of the things that it may be",
                );
            }
        }
    }

    /// Lets the value of the discriminating property choose a schema. Returns whether `anyOf` and
    /// `oneOf` have nothing more to say then.
    fn discriminate(
        &mut self,
        node: &Node,
        value: &Value,
        position: Position<'_>,
        evaluated: &mut Evaluated,
    ) -> bool {
        let Some(discriminator) = &node.discriminator else {
            return false;
        };
        if position.as_base {
            return discriminator.has_list;
        }
        if discriminator.choices.is_empty() {
            return false;
        }
        let name = value.get(&discriminator.property).and_then(Value::as_str);
        let choices = discriminator.choices.iter();
        let chosen: Vec<Id> = choices
            .filter(|(own, _)| Some(own.as_str()) == name)
            .map(|(_, id)| *id)
            .collect();
        for id in &chosen {
            evaluated.extend(self.judge(*id, value, position.beside()));
        }
        if chosen.is_empty() && discriminator.has_list {
            // Any branch will do where no name chooses one.
            let branches = node.one_of.iter().chain(&node.any_of);
            let kept: Vec<Evaluated> = branches
                .filter_map(|id| self.keeps(*id, value, position.beside()))
                .collect();
            if kept.is_empty() {
                self.fault(position.at, "is none of the things that it may be");
            }
            for one in kept {
                evaluated.extend(one);
            }
        }
        discriminator.has_list
    }

    /// `unevaluatedItems` and `unevaluatedProperties`.
    fn unevaluated(
        &mut self,
        node: &Node,
        value: &Value,
        position: Position<'_>,
        evaluated: &mut Evaluated,
    ) {
        match value {
            Value::Object(members) => {
                let Some(id) = node.unevaluated else { return };
                let rest = members.iter().filter(|(name, _)| !evaluated.has_name(name));
                let rest: Vec<(&String, &Value)> = rest.collect();
                for (name, value) in rest {
                    if self.schemas.node(id).never {
                        self.fault(&pointer::join(position.at, name), "is not known here");
                    } else {
                        self.below(id, value, name, position);
                    }
                    evaluated.name(name);
                }
            }
            Value::Array(items) => {
                let Some(id) = node.unevaluated_items else {
                    return;
                };
                for (i, item) in items.iter().enumerate() {
                    if !evaluated.has_item(i) {
                        self.below(id, item, &i.to_string(), position);
                        evaluated.item(i);
                    }
                }
            }
            _ => {}
        }
    }
}

fn has_type(node: &Node, value: &Value) -> bool {
    let Some(types) = node.types else {
        return true;
    };
    types.has(Types::of(value))
        && match value {
            Value::Number(number) => !node.integers || is_integer(number),
            _ => true,
        }
}

/// The types that a schema allows, in words.
fn type_words(node: &Node) -> String {
    let number = if node.integers {
        "an integer"
    } else {
        "a number"
    };
    let words = [
        (Types::STRING, "a text"),
        (Types::NUMBER, number),
        (Types::BOOLEAN, "true or false"),
        (Types::ARRAY, "a list"),
        (Types::OBJECT, "an object"),
        (Types::NULL, "null"),
    ];
    let types = node.types.unwrap_or(Types::ALL);
    let words = words.iter().filter(|(kind, _)| types.has(*kind));
    words
        .map(|(_, words)| *words)
        .collect::<Vec<_>>()
        .join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::build;
    use crate::spec::{Files, load};
    use serde_json::json;

    /// The faults of a value, as `place: message`, under one schema in YAML.
    fn faults(schema: &str, value: &Value) -> Vec<String> {
        faults_in("3.0.3", schema, value)
    }

    fn faults_in(version: &str, schema: &str, value: &Value) -> Vec<String> {
        let text = format!(
            "openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    post:\n      \
             requestBody: {{content: {{application/json: {{schema: {schema}}}}}}}\n      \
             responses: {{'204': {{description: d}}}}\n"
        );
        let files: &'static [(&str, &str)] =
            Box::leak(Box::new([("a.yaml", &*Box::leak(text.into_boxed_str()))]));
        let contract = build(load(&Files::Bundle(files), "a.yaml", &[]).unwrap()).unwrap();
        let schemas = Schemas::compile(&contract);
        let body = contract.operations[0].body.as_ref().unwrap();
        let schema = schemas.at(body.media[0].schema.as_ref().unwrap()).unwrap();
        validate(&schemas, schema, value)
            .into_iter()
            .map(|fault| match &fault.error {
                Some(error) => format!("{}: {} ({error})", fault.place(""), fault.message),
                None => format!("{}: {}", fault.place(""), fault.message),
            })
            .collect()
    }

    /// What the rules say of values: a schema in YAML, one that fits, one that does not, and a part
    /// of what is said of that.
    type Row = (&'static str, Value, Value, &'static str);

    fn hold(rows: impl IntoIterator<Item = Row>) {
        hold_in("3.0.3", rows);
    }

    fn hold_in(version: &str, rows: impl IntoIterator<Item = Row>) {
        for (schema, good, bad, message) in rows {
            let found = faults_in(version, schema, &good);
            assert_eq!(found, Vec::<String>::new(), "{schema}");
            let found = faults_in(version, schema, &bad);
            assert_eq!(found.len(), 1, "{schema}: {found:?}");
            assert!(found[0].contains(message), "{schema}: {found:?}");
        }
    }

    #[test]
    fn every_rule_refuses_and_accepts() {
        hold([
            ("{type: string}", json!("a"), json!(1), "a text"),
            ("{type: integer}", json!(-3), json!(1.5), "an integer"),
            ("{type: number}", json!(1.5), json!("1"), "a number"),
            ("{type: boolean}", json!(true), json!("yes"), "true or"),
            (
                "{type: string, enum: [a, b]}",
                json!("b"),
                json!("c"),
                "one of \"a\", \"b\"",
            ),
            (
                "{type: string, minLength: 2}",
                json!("äö"),
                json!("ä"),
                "at least 2",
            ),
            (
                "{type: string, maxLength: 2}",
                json!("äö"),
                json!("äöü"),
                "at most 2",
            ),
        ]);
    }

    #[test]
    fn rules_of_many_values_refuse_and_accept() {
        hold([
            (
                "{type: string, pattern: '^a+$'}",
                json!("aa"),
                json!("ab"),
                "match ^a+$",
            ),
            (
                "{type: integer, minimum: 1}",
                json!(1),
                json!(0),
                "at least 1",
            ),
            (
                "{type: number, maximum: 2, exclusiveMaximum: true}",
                json!(1.9),
                json!(2),
                "less than 2",
            ),
            (
                "{type: array, minItems: 1}",
                json!([1]),
                json!([]),
                "at least 1",
            ),
            (
                "{type: array, items: {type: string}}",
                json!(["a"]),
                json!(["a", 2]),
                "[1]: must be",
            ),
            (
                "{type: array, uniqueItems: true}",
                json!([1, 2]),
                json!([1, 1]),
                "twice",
            ),
            (
                "{required: [a]}",
                json!({"a": 1}),
                json!({"b": 1}),
                "a: is required",
            ),
            (
                "{properties: {a: {properties: {b: {type: string}}}}}",
                json!({"a": {"b": "", "c": 1}}),
                json!({"a": {"b": 1}}),
                "a.b: must be",
            ),
            (
                "{additionalProperties: false, properties: {a: {}}}",
                json!({"a": 1}),
                json!({"a": 1, "b": 1}),
                "b: is not known",
            ),
            (
                "{type: string, nullable: true}",
                Value::Null,
                json!(false),
                "a text",
            ),
            (
                "{type: [string, 'null']}",
                Value::Null,
                json!(false),
                "a text",
            ),
            ("{type: string}", json!("x"), Value::Null, "a text"),
            (
                "{type: string, format: date-time}",
                json!("2018-11-10T20:00:00Z"),
                json!("x"),
                "date",
            ),
            (
                "{oneOf: [{type: string}, {maxLength: 1}]}",
                json!("ab"),
                json!("a"),
                "exactly one",
            ),
        ]);
    }

    #[test]
    fn rules_of_3_1_refuse_and_accept() {
        hold_in(
            "3.1.0",
            [
                (
                    "{type: integer, exclusiveMinimum: 1}",
                    json!(2),
                    json!(1),
                    "more than 1",
                ),
                (
                    "{type: integer, maximum: 9, exclusiveMaximum: 3}",
                    json!(2),
                    json!(3),
                    "less than 3",
                ),
                (
                    "{type: number, multipleOf: 0.1}",
                    json!(0.3),
                    json!(0.35),
                    "multiple of 0.1",
                ),
                ("{const: a}", json!("a"), json!("b"), "one of \"a\""),
                (
                    "{patternProperties: {'^x': {type: integer}}}",
                    json!({"x": 1, "y": "a"}),
                    json!({"xx": "a"}),
                    "xx: must be",
                ),
                (
                    "{additionalProperties: false, patternProperties: {'^x': {}}, properties: {a: {}}}",
                    json!({"x": 1, "a": 1}),
                    json!({"y": 1}),
                    "y: is not known",
                ),
                (
                    "{additionalProperties: {type: integer}, properties: {a: {}}}",
                    json!({"a": "x", "b": 1}),
                    json!({"b": "x"}),
                    "b: must be",
                ),
                (
                    "{allOf: [{properties: {a: {}}}], anyOf: [{properties: {b: {}}}], \
                 unevaluatedProperties: false}",
                    json!({"a": 1, "b": 1}),
                    json!({"a": 1, "c": 1}),
                    "c: is not known",
                ),
            ],
        );
        let open = "{allOf: [{additionalProperties: true}], unevaluatedProperties: false}";
        assert!(faults_in("3.1.0", open, &json!({"a": 1})).is_empty());
        let unknown = "{type: integer, exclusiveMinimum: 1, const: 5}";
        assert!(faults(unknown, &json!(1)).is_empty(), "3.0 has neither");
    }

    #[test]
    fn rules_of_json_schema_refuse_and_accept() {
        hold_in(
            "3.1.0",
            [
                (
                    "{contains: {type: string}}",
                    json!([1, "a"]),
                    json!([1]),
                    "at least 1",
                ),
                (
                    "{contains: {type: string}, minContains: 0, maxContains: 1}",
                    json!([1]),
                    json!(["a", "b"]),
                    "at most 1",
                ),
                (
                    "{prefixItems: [{type: string}], items: {type: integer}}",
                    json!(["a", 1]),
                    json!(["a", "b"]),
                    "[1]: must be an integer",
                ),
                ("{not: {type: string}}", json!(1), json!("a"), "must not be"),
                (
                    "{if: {required: [a]}, then: {required: [b]}, else: {required: [c]}}",
                    json!({"c": 1}),
                    json!({"a": 1}),
                    "b: is required",
                ),
                (
                    "{propertyNames: {pattern: '^x'}}",
                    json!({"xa": 1}),
                    json!({"a": 1}),
                    "a: has a name",
                ),
                (
                    "{dependentRequired: {a: [b]}}",
                    json!({"b": 1}),
                    json!({"a": 1}),
                    "b: is required where there is a",
                ),
                (
                    "{dependentSchemas: {a: {required: [b]}}}",
                    json!({"a": 1, "b": 1}),
                    json!({"a": 1}),
                    "b: is required",
                ),
                (
                    "{prefixItems: [{}], unevaluatedItems: {type: integer}}",
                    json!(["a", 1]),
                    json!(["a", "b"]),
                    "[1]: must be an integer",
                ),
                (
                    "{if: {required: [a], properties: {a: {}}}, unevaluatedProperties: false}",
                    json!({"a": 1}),
                    json!({"b": 1}),
                    "b: is not known",
                ),
                (
                    "{enum: [1, {a: 1}]}",
                    json!({"a": 1.0}),
                    json!({"a": 2}),
                    "one of",
                ),
                (
                    "{type: array, uniqueItems: true}",
                    json!([1, "1"]),
                    json!([1, 1.0]),
                    "twice",
                ),
                (
                    "{properties: {a: false}}",
                    json!({}),
                    json!({"a": 1}),
                    "a: is not known",
                ),
                (
                    "{type: [integer, string]}",
                    json!(1),
                    json!(1.5),
                    "a text or an integer",
                ),
                (
                    "{type: integer, format: uint8}",
                    json!(255),
                    json!(256),
                    "range of uint8",
                ),
            ],
        );
    }

    #[test]
    fn members_are_counted() {
        let schema = "{type: object, minProperties: 1, maxProperties: 2}";
        assert!(faults(schema, &json!({"a": 1})).is_empty());
        assert!(faults(schema, &json!({}))[0].contains("at least 1"));
        let three = json!({"a": 1, "b": 1, "c": 1});
        assert!(faults(schema, &three)[0].contains("at most 2"));
    }

    #[test]
    fn a_constraint_names_its_error() {
        let schema = "{allOf: [{x-trueup-error: '7', anyOf: [{required: [a], properties: {a: \
                      {minItems: 1}}}, {required: [b]}]}], properties: {a: {type: array}}}";
        assert!(faults(schema, &json!({"a": [1]})).is_empty());
        assert!(faults(schema, &json!({"b": 1})).is_empty());
        for wrong in [json!({}), json!({"a": []})] {
            let found = faults(schema, &wrong);
            assert!(found.len() == 1 && found[0].ends_with("(7)"), "{found:?}");
        }
    }
}
