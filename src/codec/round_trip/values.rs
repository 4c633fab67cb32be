//! Generated values, and contracts of them.

use serde_json::{Map, Value, json};

use crate::contract::{Contract, sample};

/// Values for each row of a table.
pub(super) const VALUES: usize = 60;

/// A contract of one operation with these parameters and this content of its request body.
pub(super) fn contract(parameters: &[Value], content: &Value) -> Contract {
    let mut path = String::from("/a");
    for parameter in parameters {
        if parameter["in"] == "path" {
            path += &format!("/{{{}}}", parameter["name"].as_str().unwrap());
        }
    }
    let mut operation = json!({
        "operationId": "a",
        "parameters": parameters,
        "responses": {"200": {"description": "d"}},
    });
    if content.is_object() {
        operation["requestBody"] = json!({"content": content});
    }
    let document = json!({
        "openapi": "3.2.0",
        "info": {"title": "t", "version": "1"},
        "paths": {path: {"post": operation}},
    });
    sample(&document.to_string())
}

/// A value that comes back as it is.
pub(super) fn keep(value: Value) -> Value {
    value
}

/// Which texts are generated.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    alphabet: Vec<char>,
    shortest: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            alphabet: "abZ09-._~ ,;:=&+%#?/@!$'()*[]{}|\\\"<>^`\t\r\näÿß€😀"
                .chars()
                .collect(),
            shortest: 0,
        }
    }
}

impl Texts {
    pub(super) fn without(mut self, characters: &str) -> Self {
        self.alphabet.retain(|c| !characters.contains(*c));
        self
    }

    pub(super) fn not_empty(mut self) -> Self {
        self.shortest = 1;
        self
    }

    /// Characters of ISO 8859-1 only.
    pub(super) fn latin(mut self) -> Self {
        self.alphabet.retain(|c| u32::from(*c) < 256);
        self
    }

    /// Characters of ASCII only.
    pub(super) fn ascii(mut self) -> Self {
        self.alphabet.retain(char::is_ascii);
        self
    }
}

pub(super) struct Random(fastrand::Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(fastrand::Rng::with_seed(seed))
    }

    pub(super) fn text(&mut self, texts: &Texts) -> String {
        let length = self.0.usize(texts.shortest..7);
        (0..length)
            .map(|_| texts.alphabet[self.0.usize(..texts.alphabet.len())])
            .collect()
    }

    /// A value of a schema. Arrays have an item at least, and objects a member.
    pub(super) fn value(&mut self, schema: &Value, texts: &Texts) -> Value {
        let kind = match &schema["type"] {
            Value::Array(kinds) => &kinds[self.0.usize(..kinds.len())],
            kind => kind,
        };
        match kind.as_str().unwrap_or("string") {
            "null" => Value::Null,
            "boolean" => Value::from(self.0.bool()),
            "integer" if schema["minimum"] == 0 => Value::from(self.0.u32(..)),
            "integer" => Value::from(self.0.i64(..)),
            // These have a short and exact decimal form.
            "number" => Value::from(f64::from(self.0.i32(..)) / 8.0),
            "array" => {
                let length = self.0.usize(1..4);
                (0..length)
                    .map(|_| self.value(&schema["items"], texts))
                    .collect()
            }
            "object" => self.object(schema, texts),
            _ if schema.get("contentMediaType").is_some() => self.file(texts),
            _ => Value::from(self.text(texts)),
        }
    }

    fn object(&mut self, schema: &Value, texts: &Texts) -> Value {
        let mut members = Map::new();
        let required = schema["required"].as_array();
        while members.is_empty() {
            for (name, schema) in schema["properties"].as_object().into_iter().flatten() {
                let is_required = required.is_some_and(|all| all.iter().any(|one| one == name));
                if is_required || self.0.u8(..3) > 0 {
                    members.insert(name.clone(), self.value(schema, texts));
                }
            }
            if let Some(additional @ Value::Object(_)) = schema.get("additionalProperties") {
                for _ in 0..self.0.usize(1..3) {
                    let name = format!("x{}", self.0.u8(..));
                    members.insert(name, self.value(additional, texts));
                }
            }
        }
        Value::Object(members)
    }

    /// A file with a text or with bytes.
    fn file(&mut self, texts: &Texts) -> Value {
        use base64::Engine as _;
        let mut file = Map::new();
        let length = self.0.usize(..20);
        let bytes: Vec<u8> = (0..length)
            .map(|_| self.0.choice(*b"\r\n-\x00\xff\xe4ab").unwrap_or_default())
            .collect();
        if self.0.bool() {
            return Value::from(self.text(texts));
        }
        let coded = base64::engine::general_purpose::STANDARD.encode(bytes);
        file.insert("base64".into(), coded.into());
        file.insert("filename".into(), self.text(texts).into());
        Value::Object(file)
    }
}
