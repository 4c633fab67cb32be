//! What a request needs to reach the code behind its ids: parents, and items that it refers to,
//! each created through the contract's own operations.

use serde_json::{Map, Value};

use super::number;
use super::own_key;
use super::request::{Draft, DraftBody, is_writable};
use super::setup::Setup;
use super::value::{Extent, Maker};
use crate::contract::ExpectedStatus;
use crate::contract::{
    Contract, Location, Operation, Parameter, Property, Resource, Response, counts_pages, is_named,
    is_opaque_token,
};
use crate::place::Place;
use crate::scenario::{Argument, Expect, Recipes, Step, Until, captures, template_of};

/// Headers that parameters cannot set (`OpenAPI` 3.0.3, Parameter Object).
const RESERVED: [&str; 3] = ["accept", "content-type", "authorization"];

/// Makes requests, and the steps that create what they need.
#[derive(Debug, Clone, Copy)]
pub struct Provider<'a> {
    maker: &'a Maker<'a>,
    recipes: &'a Recipes,
}

impl<'a> Provider<'a> {
    /// A provider that follows these recipes where there is one.
    pub fn new(maker: &'a Maker<'a>, recipes: &'a Recipes) -> Self {
        Self { maker, recipes }
    }

    /// What makes the values.
    pub fn maker(&self) -> &'a Maker<'a> {
        self.maker
    }

    fn contract(&self) -> &'a Contract {
        self.maker.contract()
    }

    /// A valid request of an operation. What it needs is added to the setup, unless it is there.
    ///
    /// # Errors
    /// Why there is none, and what a user could give.
    pub fn request(
        &self,
        operation: &'a Operation,
        extent: Extent,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<Draft<'a>, String> {
        if let Some(obstacle) = self.contract().operations.obstacle(&operation.id) {
            return Err(obstacle);
        }
        let mut arguments = Vec::new();
        let named = operation.path.parameters().map(|name| {
            let item = self.contract().resource_index_of(operation, name);
            (name, item.filter(|index| !self.chooses(*index, operation)))
        });
        // What creates the items says what else stands in their paths.
        let (items, others): (Vec<_>, Vec<_>) = named.partition(|(_, item)| item.is_some());
        for (name, item) in items.into_iter().chain(others) {
            let value = match item {
                Some(index) => Value::from(self.provide(index, setup, random)?),
                None => self.segment(operation, name, setup, random)?,
            };
            arguments.push(Argument {
                location: Location::Path,
                name: name.to_owned(),
                value,
            });
        }
        for parameter in &operation.parameters {
            let wanted = parameter.required || extent == Extent::Everything;
            if parameter.location == Location::Path || !wanted || is_reserved(parameter) {
                continue;
            }
            if !parameter.required
                && (self.is_opaque(parameter) || self.needs_token(operation, parameter))
            {
                continue;
            }
            let made = match self.maker.names().referred(operation, &parameter.name) {
                Some(index) => self.provide(index, setup, random).map(Value::from),
                None => self.value(parameter, random),
            };
            match made {
                Ok(value) => arguments.push(Argument {
                    location: parameter.location,
                    name: parameter.name.clone(),
                    value,
                }),
                Err(reason) if parameter.required => return Err(reason),
                Err(_) => {}
            }
        }
        let mut draft = Draft {
            operation,
            arguments,
            body: self.body(operation, extent, setup, random)?,
            keys: own_key::of_operation(self.contract(), operation),
        };
        own_key::agree(self.maker, &mut draft);
        Ok(draft)
    }

    /// A value of a path parameter that names no item: the one that the case has there already, as
    /// items are found only where they were created.
    fn segment(
        &self,
        operation: &Operation,
        name: &str,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<Value, String> {
        let parameter = operation
            .parameter(Location::Path, name)
            .ok_or_else(|| format!("the path parameter '{name}' is not described"))?;
        let is_chosen = self.contract().resource_index_of(operation, name).is_some();
        let Some(path) = operation.path.up_to(name).filter(|_| !is_chosen) else {
            return self.value(parameter, random);
        };
        let fits = |value: &Value| {
            let mut schema = parameter.schema.iter();
            schema.all(|schema| self.maker.is_valid(schema, value))
        };
        let mut known = setup.present.segments.iter();
        let known = known.find(|(at, value)| at.same_shape(&path) && fits(value));
        if let Some((_, value)) = known {
            return Ok(value.clone());
        }
        let value = self.value(parameter, random)?;
        setup.present.segments.push((path, value.clone()));
        Ok(value)
    }

    /// Whether an operation creates an item under an id that it chooses.
    fn chooses(&self, index: usize, operation: &Operation) -> bool {
        let resource = &self.contract().resources[index];
        resource.has_client_assigned_id() && resource.create.as_ref() == Some(&operation.id)
    }

    /// Whether only the server knows values of a parameter: a text that says where a page begins,
    /// of which the schema says nothing else.
    pub(super) fn is_opaque(&self, parameter: &Parameter) -> bool {
        let node = parameter
            .schema
            .as_deref()
            .and_then(|schema| self.maker.schemas().at(schema));
        is_opaque_token(&parameter.name)
            && node.is_some_and(|node| {
                let merged = self.maker.schemas().merge(&node, 0);
                merged.examples.is_empty() && merged.choices.is_none() && merged.format.is_none()
            })
    }

    /// Whether a parameter counts the pages of a list that are found by their tokens.
    fn needs_token(&self, operation: &Operation, parameter: &Parameter) -> bool {
        is_named(&parameter.name, "page")
            && operation
                .parameters
                .iter()
                .any(|other| self.is_opaque(other))
    }

    /// The first page, if a parameter counts the pages of a list: no other need be there.
    fn first_page(&self, parameter: &Parameter, schema: &str) -> Option<Value> {
        let counts = counts_pages(&parameter.name);
        let node = self.maker.schemas().at(schema).filter(|_| counts)?;
        let merged = self.maker.schemas().merge(&node, 0);
        if !merged.examples.is_empty() {
            return None;
        }
        let first = number::smallest(&merged, true).unwrap_or_else(|| Value::from(1));
        self.maker.is_valid(schema, &first).then_some(first)
    }

    fn value(&self, parameter: &Parameter, random: &mut fastrand::Rng) -> Result<Value, String> {
        let schema = parameter.schema.as_deref().ok_or_else(|| {
            format!(
                "the parameter '{}' has no schema to make values of",
                parameter.name
            )
        })?;
        if let Some(first) = self.first_page(parameter, schema) {
            return Ok(first);
        }
        self.maker
            .value(schema, &parameter.name, Extent::Everything, random)
    }

    fn body(
        &self,
        operation: &'a Operation,
        extent: Extent,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<Option<DraftBody<'a>>, String> {
        let Some(body) = &operation.body else {
            return Ok(None);
        };
        let Some(media) = body.media.iter().find(|media| is_writable(media)) else {
            let names: Vec<&str> = body.media.iter().map(|m| m.name.as_str()).collect();
            return if body.required {
                Err(format!("no body can be written as {}", names.join(" or ")))
            } else {
                Ok(None)
            };
        };
        let Some(schema) = &media.schema else {
            let value = media
                .example(&self.contract().document)
                .cloned()
                .unwrap_or_else(|| Value::Object(Map::new()));
            return Ok(Some(DraftBody {
                media,
                value,
                references: Vec::new(),
            }));
        };
        let value = self.maker.value(schema, "body", extent, random)?;
        self.draft_body(operation, media, value, setup, random)
            .map(Some)
    }

    /// A body of this value, whose references lead to real items where these can be created.
    ///
    /// # Errors
    /// When the value refers to what cannot be created.
    pub fn draft_body(
        &self,
        operation: &Operation,
        media: &'a crate::contract::MediaType,
        value: Value,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<DraftBody<'a>, String> {
        let mut references = Vec::new();
        for (place, index) in self.maker.names().in_body(operation, &value) {
            references.push((place, self.provide_ready(index, setup, random)?));
        }
        Ok(DraftBody {
            media,
            value,
            references,
        })
    }

    /// The template of an item's id, after the steps that create it.
    ///
    /// # Errors
    /// Why it cannot be created.
    pub fn provide(
        &self,
        index: usize,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<String, String> {
        let resource = &self.contract().resources[index];
        let mut captured = setup.present.captured.iter();
        if let Some((_, capture)) = captured.find(|(known, _)| *known == index) {
            return Ok(self.template(index, capture));
        }
        let capture = resource.snake_name();
        let Some(mut random) = setup.chance(index) else {
            return self.create(index, capture, setup, random);
        };
        if let Some(template) = setup.repeat(index) {
            return Ok(template);
        }
        let before = (setup.present.clone(), setup.steps.len());
        let template = self.create(index, capture, setup, &mut random)?;
        setup.keep(index, before, &template);
        Ok(template)
    }

    /// The template of the id of an item that others can refer to, after the steps that create it
    /// and wait for it.
    fn provide_ready(
        &self,
        index: usize,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<String, String> {
        let template = self.provide(index, setup, random)?;
        let contract = self.contract();
        let resource = &contract.resources[index];
        let fetch = resource
            .fetch
            .as_ref()
            .and_then(|id| contract.operation(id));
        let (Some(body), Some(fetch)) = (&resource.ready, fetch) else {
            return Ok(template);
        };
        if setup.present.ready.contains(&index) {
            return Ok(template);
        }
        let mut with = Map::new();
        for name in fetch.path.parameters() {
            let id = match contract.resource_index_of(fetch, name) {
                Some(item) => self.provide(item, setup, random)?,
                None => continue,
            };
            with.insert(name.to_owned(), Value::from(id));
        }
        setup.present.ready.push(index);
        setup.steps.push(Step {
            name: format!("ready_{}", resource.snake_name()),
            with,
            until: Some(Until::ready(body.clone())),
            ..Step::new(fetch.id.clone(), self.place(fetch))
        });
        Ok(template)
    }

    /// The template of the id of one more item, captured under this name.
    ///
    /// # Errors
    /// Why it cannot be created.
    pub fn create(
        &self,
        index: usize,
        capture: String,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<String, String> {
        let contract = self.contract();
        let resource = &contract.resources[index];
        let name = resource.snake_name();
        let recipe = self.recipes.0.get(&name);
        let Some(operation) = resource
            .create
            .as_ref()
            .and_then(|id| contract.operation(id))
        else {
            // Who cannot create one may name one.
            let given = recipe.and_then(|recipe| recipe.get(&resource.id));
            return given.and_then(plain).ok_or_else(|| {
                format!(
                    "no operation of the contract creates a {name}; name one in a fixture file: \
                     `resources: {{ {name}: {{ {}: ... }} }}`",
                    resource.id
                )
            });
        };
        if setup.present.open.contains(&index) {
            return Err(format!("a {name} is needed to create a {name}"));
        }
        setup.present.open.push(index);
        let step = match recipe {
            Some(recipe) => self.by_recipe(operation, recipe, setup, random),
            None => self.simplest(resource, operation, &capture, setup, random),
        };
        setup.present.open.pop();
        let step = step.map_err(|reason| format!("no {name} can be created: {reason}"))?;
        Ok(self.given(index, capture, step, setup))
    }

    /// The template of the id of an item that this step creates, captured under this name.
    pub(super) fn given(
        &self,
        index: usize,
        capture: String,
        step: Step,
        setup: &mut Setup,
    ) -> String {
        setup.steps.push(creating(step, &capture));
        let template = self.template(index, &capture);
        setup.present.captured.push((index, capture));
        template
    }

    /// The simplest request that creates an item. In its place one with all fields is sent, should the
    /// target refuse it for what no schema knows.
    fn simplest(
        &self,
        resource: &Resource,
        operation: &'a Operation,
        capture: &str,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<Step, String> {
        let simplest = self.request(operation, Extent::Required, setup, random)?;
        let step = |draft: Draft<'a>, random: &mut fastrand::Rng| {
            let draft = self.with_own_id(resource, draft, random);
            draft.step(String::new(), self.place(operation))
        };
        let mut instead = Vec::new();
        if let Some(mut own) = setup.instead(operation) {
            let random = &mut random.fork();
            let fullest = self.request(operation, Extent::Everything, &mut own, random);
            if let Some(fullest) = fullest.ok().filter(|f| f.size() > simplest.size()) {
                instead = own.steps;
                instead.push(creating(step(fullest, random), capture));
            }
        }
        Ok(Step {
            instead,
            ..step(simplest, random)
        })
    }

    /// A request that creates an item and says its id, where no answer tells it.
    fn with_own_id(
        &self,
        resource: &Resource,
        mut draft: Draft<'a>,
        random: &mut fastrand::Rng,
    ) -> Draft<'a> {
        let is_told = |answer: &Response| !answer.media.is_empty() || !answer.headers.is_empty();
        if resource.has_client_assigned_id() || draft.operation.successes().any(is_told) {
            return draft;
        }
        let body = draft.operation.body.as_ref();
        let is_own = |property: &Property| property.name == resource.id && !property.is_read_only;
        let is_there = body.is_some_and(|body| body.properties.iter().any(is_own));
        if let Some(DraftBody { media, value, .. }) = draft.body.as_mut().filter(|_| is_there)
            && let Value::Object(members) = value
            && !members.contains_key(&resource.id)
            && let Some(schema) = &media.schema
            && let Some(id) = self.maker.id(schema, &resource.id, random)
        {
            members.insert(resource.id.clone(), id);
        }
        draft
    }

    /// The request that a person has written down.
    fn by_recipe(
        &self,
        operation: &'a Operation,
        recipe: &Map<String, Value>,
        setup: &mut Setup,
        random: &mut fastrand::Rng,
    ) -> Result<Step, String> {
        let contract = self.contract();
        let mut names = Vec::new();
        recipe
            .values()
            .for_each(|value| captures(value, &mut names));
        for name in names {
            if let Some(index) = contract
                .resources
                .iter()
                .position(|r| r.snake_name() == name)
            {
                self.provide_ready(index, setup, random)?;
            }
        }
        let mut with = recipe.clone();
        for name in operation.path.parameters() {
            let resource = contract.resource_index_of(operation, name);
            if let (false, Some(index)) = (with.contains_key(name), resource) {
                let template = self.provide(index, setup, random)?;
                with.insert(name.to_owned(), Value::from(template));
            }
        }
        Ok(Step {
            with,
            ..Step::new(operation.id.clone(), self.place(operation))
        })
    }

    /// Where an operation stands; its line is looked up when somebody asks.
    pub fn place(&self, operation: &Operation) -> Place {
        Place {
            file: String::new(),
            line: None,
            pointer: operation.pointer.clone(),
        }
    }

    fn template(&self, index: usize, capture: &str) -> String {
        template_of(capture, [self.maker.names().id_path(index)])
    }
}

/// A step that creates an item and keeps what is answered.
fn creating(step: Step, capture: &str) -> Step {
    Step {
        name: format!("given_{capture}"),
        expect: Expect {
            status: ExpectedStatus::SuccessOrSkip,
            ..Expect::default()
        },
        save: Some(capture.to_owned()),
        ..step
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_reserved(parameter: &Parameter) -> bool {
    parameter.location == Location::Header
        && RESERVED.contains(&parameter.name.to_ascii_lowercase().as_str())
}
