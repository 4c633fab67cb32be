//! The schemas of requests, and what they say of one value beyond what is checked: defaults, examples,
//! how it comes back.

use std::cell::{OnceCell, RefCell};
use std::ops::Deref;
use std::rc::Rc;

use foldhash::HashMap;
use serde_json::Value;

use super::echo::{Echoes, Returned};
use crate::contract::{Contract, Operation};
use crate::schema::{Cursor, Direction, Keyword, Sampler, Validators, View};
use crate::spec::LoadError;

/// What is known of the requests of some operations.
#[derive(Debug)]
pub struct Requests {
    pub(super) validators: Validators,
    echoes: Echoes,
}

impl Requests {
    /// Compiles the schemas of the requests of some operations. Those of an operation that cannot
    /// be used are left out.
    ///
    /// # Errors
    /// When the schemas cannot be compiled and no single one is at fault.
    pub fn compile<'a>(
        contract: &Contract,
        operations: impl IntoIterator<Item = &'a Operation> + Clone,
    ) -> Result<Self, LoadError> {
        let mut schemas = Vec::new();
        for operation in operations.clone() {
            let parameters = operation.parameters.iter().filter_map(|p| p.schema.clone());
            let media = operation.body.iter().flat_map(|body| &body.media);
            let bodies = media.filter_map(|media| media.schema.clone());
            schemas.extend(parameters.chain(bodies).map(|place| (operation, place)));
        }
        Ok(Self {
            validators: contract.compile(&schemas, Direction::Request)?,
            echoes: Echoes::new(contract, operations),
        })
    }
}

/// The schemas of requests. What was found out about one is remembered.
#[derive(Debug)]
pub(super) struct Schemas<'a> {
    pub(super) contract: &'a Contract,
    pub(super) requests: &'a Requests,
    found: RefCell<HashMap<String, Option<Cursor<'a>>>>,
    /// By the schema, and by which of its alternatives count.
    merged: RefCell<HashMap<(*const Value, usize), Rc<Merged<'a>>>>,
    errors: RefCell<HashMap<String, Option<&'a str>>>,
}

/// What one schema, its references and compositions say of one value, and what the document says
/// beside that.
#[derive(Debug)]
pub(super) struct Merged<'a> {
    view: View<'a>,
    /// The default.
    pub(super) default: Option<&'a Value>,
    /// Examples that the document gives.
    pub(super) examples: Vec<&'a Value>,
    sampler: OnceCell<Option<Sampler>>,
    /// Whether some part belongs to responses only.
    pub(super) read_only: bool,
    /// How the value comes back.
    pub(super) returned: Option<&'a Returned>,
    /// Whether only what comes back has these choices, not what is sent.
    pub(super) only_returned: bool,
}

impl<'a> Deref for Merged<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &View<'a> {
        &self.view
    }
}

impl<'a> Schemas<'a> {
    pub(super) fn new(contract: &'a Contract, requests: &'a Requests) -> Self {
        Self {
            contract,
            requests,
            found: RefCell::default(),
            merged: RefCell::default(),
            errors: RefCell::default(),
        }
    }

    /// The schema at a place of the document.
    pub(super) fn at(&self, place: &str) -> Option<Cursor<'a>> {
        if let Some(known) = self.found.borrow().get(place) {
            return known.clone();
        }
        let schema = self.find(place);
        self.found
            .borrow_mut()
            .insert(place.to_owned(), schema.clone());
        schema
    }

    fn find(&self, place: &str) -> Option<Cursor<'a>> {
        let schema = Cursor::resolved_at(&self.contract.document, place)?;
        let validators = &self.requests.validators;
        validators.schema(schema.place(), Direction::Request)
    }

    /// The nearest `x-trueup-error` around a place of the document.
    pub(super) fn error_around(&self, place: &str) -> Option<&'a str> {
        if let Some(known) = self.errors.borrow().get(place) {
            return *known;
        }
        let schema = self.contract.document.get(place);
        let own = schema.and_then(|schema| schema.get("x-trueup-error")?.as_str());
        let error = own.or_else(|| self.error_around(&place[..place.rfind('/')?]));
        self.errors.borrow_mut().insert(place.to_owned(), error);
        error
    }

    /// All that is said of one value. Where there are alternatives, `choice` decides which one
    /// counts.
    pub(super) fn merge(&self, schema: &Cursor<'a>, choice: usize) -> Rc<Merged<'a>> {
        let key = (std::ptr::from_ref(schema.value()), choice);
        if let Some(known) = self.merged.borrow().get(&key) {
            return Rc::clone(known);
        }
        let merged = Rc::new(self.gather(schema, choice));
        self.merged.borrow_mut().insert(key, Rc::clone(&merged));
        merged
    }

    fn gather(&self, schema: &Cursor<'a>, choice: usize) -> Merged<'a> {
        let mut merged = Merged {
            view: View::of(schema, choice),
            default: None,
            examples: Vec::new(),
            sampler: OnceCell::new(),
            read_only: false,
            returned: None,
            only_returned: false,
        };
        let places: Vec<_> = merged
            .parts
            .iter()
            .map(|part| part.place().clone())
            .collect();
        for place in places {
            self.annotations(&mut merged, &place);
        }
        if let Some(returned) = merged
            .returned
            .filter(|returned| !returned.choices.is_empty())
        {
            // A request may hold more than what comes back, and servers retire old values first.
            if merged.choices.is_none() {
                merged.view.choices = Some(returned.choices.iter().rev().collect());
                merged.only_returned = true;
            }
        }
        merged
    }

    /// What constrains nothing and is not compiled.
    fn annotations(&self, merged: &mut Merged<'a>, place: &str) {
        let Some(Value::Object(written)) = self.contract.document.get(place) else {
            return;
        };
        // Examples are tried in every version.
        let said = |keyword: Keyword| written.get(keyword.name());
        merged.default = merged.default.or(said(Keyword::Default));
        merged.examples.extend(said(Keyword::Example));
        if let Some(Value::Array(examples)) = said(Keyword::Examples) {
            merged.examples.extend(examples);
        }
        merged.read_only |= said(Keyword::ReadOnly) == Some(&Value::Bool(true));
        merged.returned = merged.returned.or_else(|| self.requests.echoes.get(place));
    }
}

impl Merged<'_> {
    /// What draws texts that match the pattern; none if nothing can.
    pub(super) fn sampler(&self) -> Option<&Sampler> {
        let read = || Sampler::new(self.patterns.first()?);
        self.sampler.get_or_init(read).as_ref()
    }
}
