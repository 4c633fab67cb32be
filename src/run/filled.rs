//! A step whose templates are filled.

use serde_json::Value;

use super::encode::{Encoded, Message, encode, follow};
use super::error::StepError;
use super::fill::{self, Memory};
use super::runner::Runner;
use crate::check::ExpectedList;
use crate::contract::{ExpectedStatus, Operation, PromisedError};
use crate::scenario::{Body, Step, Templates};

/// A step whose templates are filled.
pub(super) struct Filled<'a> {
    pub(super) step: &'a Step,
    pub(super) operation: &'a Operation,
    pub(super) body: Option<Value>,
    pub(super) same_as: Option<Value>,
    pub(super) items: Option<ExpectedList>,
    pub(super) promised: Option<&'a PromisedError>,
}

impl<'a> Filled<'a> {
    /// Fills what the step expects.
    ///
    /// # Errors
    /// When the contract has no such operation, or a template cannot be filled.
    pub(super) fn new(
        runner: &Runner<'a>,
        memory: &mut Memory,
        step: &'a Step,
    ) -> Result<Self, StepError> {
        let contract = runner.contract;
        let operation = contract
            .operation(&step.operation)
            .ok_or_else(|| StepError::UnknownOperation(step.operation.clone()))?;
        let templates = &step.templates;
        let mut optional = |value: Option<&Value>, templates| {
            value
                .map(|value| fill::value(contract, memory, value, templates))
                .transpose()
        };
        let body = optional(step.expect.body.as_ref(), &templates.expected_body)?;
        let same_as = step.expect.same_as.as_ref().map(|sample| &sample.body);
        let same_as = optional(same_as, &templates.same_as)?;
        let items = match &step.expect.items {
            None => None,
            Some(items) => {
                let [exactly, include, exclude] = &templates.items;
                let mut all = |values: &[Value], templates: &[(usize, Templates)]| {
                    let mut filled = values.to_vec();
                    for (number, templates) in templates {
                        if let Some(value) = filled.get_mut(*number) {
                            *value = fill::value(contract, memory, value, templates)?;
                        }
                    }
                    Ok::<_, StepError>(filled)
                };
                let whole = items.exactly.as_deref();
                Some(ExpectedList {
                    exactly: whole.map(|values| all(values, exactly)).transpose()?,
                    include: all(&items.include, include)?,
                    exclude: all(&items.exclude, exclude)?,
                    most: items.most,
                    except: items.except.clone(),
                })
            }
        };
        let promised = match &step.expect.status {
            ExpectedStatus::Error(name) => operation.error(name),
            _ => None,
        };
        Ok(Self {
            step,
            operation,
            body,
            same_as,
            items,
            promised,
        })
    }

    /// The request of the step.
    ///
    /// # Errors
    /// When a template cannot be filled, or the request cannot be written.
    pub(super) fn encode(
        &self,
        runner: &Runner<'a>,
        memory: &mut Memory,
    ) -> Result<Encoded<'a>, StepError> {
        let (contract, target) = (runner.contract, runner.target);
        let (step, operation) = (self.step, self.operation);
        let templates = &step.templates;
        if let Some(url) = &step.follow {
            let url = Value::from(url.as_str());
            let url = fill::value(contract, memory, &url, &templates.follow)?;
            let Some(url) = url.as_str() else {
                return Err(StepError::NoUrl(url));
            };
            return follow(contract, target, operation, url, step.credentials)
                .map_err(StepError::from);
        }
        let mut arguments = step.parameters.clone();
        for (number, templates) in &templates.parameters {
            if let Some(argument) = arguments.get_mut(*number) {
                argument.value = fill::value(contract, memory, &argument.value, templates)?;
            }
        }
        let body = match &step.body {
            Some(Body::Value { media, value }) => Some(Body::Value {
                media: media.clone(),
                value: fill::value(contract, memory, value, &templates.body)?,
            }),
            other => other.clone(),
        };
        let mut values = step.with.clone();
        for (name, templates) in &templates.with {
            if let Some(value) = values.get_mut(name) {
                *value = fill::value(contract, memory, value, templates)?;
            }
        }
        let message = Message {
            values,
            arguments,
            body,
            method: step.method.as_deref(),
            credentials: step.credentials,
        };
        encode(contract, target, operation, message).map_err(StepError::from)
    }
}
