//! The templates of a step, read once: what a run fills, it neither searches nor reads again.

use std::collections::HashSet;

use serde_json::Value;

use super::template::{Expression, Template, TemplateError, is_template};
use super::{Body, Scenario, Step};
use crate::contract::Contract;
use crate::place::{Place, pointer};

/// The templates in a value, each with its place in it. Most values have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Templates(Vec<(String, Template)>);

impl Templates {
    /// Reads the templates in a value.
    ///
    /// # Errors
    /// Returns the first mistake in a template.
    pub fn read(value: &Value) -> Result<Self, TemplateError> {
        let mut templates = Vec::new();
        collect(value, &mut String::new(), &mut templates)?;
        Ok(Self(templates))
    }

    /// JSON pointers and templates, in the order of the value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Template)> {
        let templates = self.0.iter();
        templates.map(|(at, template)| (at.as_str(), template))
    }
}

fn collect(
    value: &Value,
    at: &mut String,
    templates: &mut Vec<(String, Template)>,
) -> Result<(), TemplateError> {
    let length = at.len();
    match value {
        Value::String(text) if is_template(text) => {
            templates.push((at.clone(), Template::parse(text)?));
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                pointer::push(at, &i.to_string());
                collect(item, at, templates)?;
                at.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer::push(at, name);
                collect(member, at, templates)?;
                at.truncate(length);
            }
        }
        _ => {}
    }
    Ok(())
}

/// The templates of a step, by what they are in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepTemplates {
    /// Of `with`, by the names of its members.
    pub with: Vec<(String, Templates)>,
    /// Of the parameters, by their numbers.
    pub parameters: Vec<(usize, Templates)>,
    /// Of the body.
    pub body: Templates,
    /// Of the URL to follow.
    pub follow: Templates,
    /// Of the expected part of a body.
    pub expected_body: Templates,
    /// Of the body that the response must agree with.
    pub same_as: Templates,
    /// Of the items that a list must have, alone or among others, and must not have.
    pub items: [Vec<(usize, Templates)>; 3],
}

impl StepTemplates {
    fn read(step: &Step) -> Result<Self, TemplateError> {
        let one =
            |value: Option<&Value>| value.map_or_else(|| Ok(Templates::default()), Templates::read);
        let mut with = Vec::new();
        for (name, value) in &step.with {
            let templates = Templates::read(value)?;
            if !templates.0.is_empty() {
                with.push((name.clone(), templates));
            }
        }
        let parameters = step.parameters.iter();
        let body = match &step.body {
            Some(Body::Value { value, .. }) => Some(value),
            _ => None,
        };
        let follow = step.follow.as_deref().map(Value::from);
        let expect = &step.expect;
        let items = expect.items.as_ref();
        Ok(Self {
            with,
            parameters: numbered(parameters.map(|argument| &argument.value))?,
            body: one(body)?,
            follow: one(follow.as_ref())?,
            expected_body: one(expect.body.as_ref())?,
            same_as: one(expect.same_as.as_ref().map(|same_as| &same_as.body))?,
            items: [
                numbered(
                    items
                        .iter()
                        .flat_map(|items| items.exactly.iter().flatten()),
                )?,
                numbered(items.iter().flat_map(|items| &items.include))?,
                numbered(items.iter().flat_map(|items| &items.exclude))?,
            ],
        })
    }

    fn all(&self) -> impl Iterator<Item = &Template> {
        let one = [&self.body, &self.follow, &self.expected_body, &self.same_as];
        let numbered = self.parameters.iter().chain(self.items.iter().flatten());
        self.with
            .iter()
            .map(|(_, templates)| templates)
            .chain(numbered.map(|(_, templates)| templates))
            .chain(one)
            .flat_map(|templates| templates.0.iter().map(|(_, template)| template))
    }
}

/// The templates of several values, by their numbers.
fn numbered<'v>(
    values: impl Iterator<Item = &'v Value>,
) -> Result<Vec<(usize, Templates)>, TemplateError> {
    let mut all = Vec::new();
    for (number, value) in values.enumerate() {
        let templates = Templates::read(value)?;
        if !templates.0.is_empty() {
            all.push((number, templates));
        }
    }
    Ok(all)
}

impl Scenario {
    /// Reads the templates of all steps. What cannot be filled in any run is a mistake here: a
    /// template that is not one, a capture that no step before saves, a resource that the contract
    /// does not have.
    ///
    /// # Errors
    /// The first mistake, and the place of its step.
    pub fn compile(&mut self, contract: &Contract) -> Result<(), (Place, TemplateError)> {
        let mut saved = HashSet::new();
        for step in self.setup.iter_mut().chain(&mut self.steps) {
            compile(step, contract, &mut saved)?;
        }
        Ok(())
    }
}

fn compile(
    step: &mut Step,
    contract: &Contract,
    saved: &mut HashSet<String>,
) -> Result<(), (Place, TemplateError)> {
    let templates = StepTemplates::read(step);
    let templates = templates.map_err(|error| (step.place.clone(), error))?;
    for expression in templates.all().flat_map(Template::gaps) {
        let error = match expression {
            Expression::Capture { name, .. } if !saved.contains(name) => {
                TemplateError::NothingSaved(name.clone())
            }
            Expression::Unknown(name) if contract.resource(name).is_none() => {
                TemplateError::NoResource(name.clone())
            }
            _ => continue,
        };
        return Err((step.place.clone(), error));
    }
    step.templates = templates;
    if let Some(control) = &mut step.control {
        compile(control, contract, &mut saved.clone())?;
    }
    for other in &mut step.instead {
        compile(other, contract, saved)?;
    }
    saved.extend(step.save.clone());
    Ok(())
}
