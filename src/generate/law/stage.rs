//! The steps of one law on one resource.

use serde_json::Value;

use super::super::provide::{Provider, Setup};
use super::super::request::Draft;
use super::super::value::Extent;
use super::ground::Ground;
use crate::contract::{Contract, Location, Operation, Resource, When};
use crate::outcome::{Origin, Place};
use crate::scenario::{Expect, ExpectedItems, ExpectedStatus, SameAs, Scenario, Step};
use crate::wire::pointer;

/// Gathers the steps of a case.
pub(super) struct Stage<'a> {
    provider: Provider<'a>,
    index: usize,
    place: Place,
    random: fastrand::Rng,
    setup: Setup,
    steps: Vec<Step>,
    /// Whether nothing else may run meanwhile.
    pub(super) alone: bool,
}

/// The name of a captured item.
#[derive(Debug, Clone)]
pub(super) struct Item {
    capture: String,
    /// Template of its id.
    pub(super) id: String,
}

impl Item {
    /// An item for asking which of its parts a template can name.
    pub(super) fn sample() -> Self {
        Self {
            capture: "item".to_owned(),
            id: String::new(),
        }
    }

    /// Template of the whole item.
    pub(super) fn whole(&self) -> String {
        format!("{{{{{}}}}}", self.capture)
    }

    /// Template of a part of it, if a template can name it.
    pub(super) fn part(&self, way: &[String]) -> Option<String> {
        part(&self.capture, way)
    }
}

/// Template of a part of a capture, if a template can name it.
pub(super) fn part(capture: &str, way: &[String]) -> Option<String> {
    let is_plain = |step: &String| {
        let mut bytes = step.bytes();
        !step.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    let names = [&[capture.to_owned()], way].concat();
    way.iter()
        .all(is_plain)
        .then(|| format!("{{{{{}}}}}", names.join(".")))
}

impl<'a> Stage<'a> {
    pub(super) fn new(
        provider: Provider<'a>,
        index: usize,
        operation: &Operation,
        random: fastrand::Rng,
    ) -> Self {
        Self {
            provider,
            index,
            place: provider.place(operation),
            random,
            setup: Setup::default(),
            steps: Vec::new(),
            alone: false,
        }
    }

    /// The case, or one that is skipped for this reason.
    pub(super) fn scenario(self, skip: Option<String>) -> Scenario {
        let (setup, steps) = match skip {
            Some(_) => (Vec::new(), Vec::new()),
            None => (self.setup.steps, self.steps),
        };
        Scenario {
            name: String::new(),
            operation: String::new(),
            origin: Origin::Law {
                says: "",
                resource: String::new(),
            },
            setup,
            steps,
            alone: self.alone,
            skip,
        }
    }

    fn contract(&self) -> &'a Contract {
        self.provider.maker().contract()
    }

    fn resource(&self) -> &'a Resource {
        &self.contract().resources[self.index]
    }

    /// One more item of the resource. The first one's parents are those of all.
    pub(super) fn item(&mut self) -> Result<Item, String> {
        let own = self.resource().snake_name();
        let first = format!("given_{own}");
        let known = self
            .setup
            .steps
            .iter()
            .filter(|s| s.name.starts_with(&first));
        let capture = match known.count() {
            0 => own,
            count => format!("{own}_{}", count + 1),
        };
        self.create(self.index, capture)
    }

    /// So many items, created at the same time.
    pub(super) fn items_at_once(&mut self, count: usize) -> Result<Vec<Item>, String> {
        let mut items = vec![self.item()?];
        while items.len() < count {
            let before = self.setup.steps.len();
            items.push(self.item()?);
            match &mut self.setup.steps[before..] {
                [create] => create.along = true,
                _ => return Err("every item needs others, which are created first".to_owned()),
            }
        }
        Ok(items)
    }

    /// An item of any resource under this name.
    pub(super) fn create(&mut self, index: usize, capture: String) -> Result<Item, String> {
        let id = self
            .provider
            .create(index, capture.clone(), &mut self.setup, &mut self.random)?;
        Ok(Item { capture, id })
    }

    /// A valid request of an operation of the resource.
    pub(super) fn request(
        &mut self,
        operation: &'a Operation,
        extent: Extent,
    ) -> Result<Draft<'a>, String> {
        self.provider
            .request(operation, extent, &mut self.setup, &mut self.random)
    }

    /// A request of an operation on an item.
    pub(super) fn request_on(
        &mut self,
        operation: &'a Operation,
        item: &Item,
        extent: Extent,
    ) -> Result<Draft<'a>, String> {
        let mut draft = self.request(operation, extent)?;
        self.aim(&mut draft, self.index, item);
        Ok(draft)
    }

    /// A request that changes an item: some field of it, or with PUT the whole.
    pub(super) fn change(
        &mut self,
        update: &'a Operation,
        item: &Item,
    ) -> Result<(Draft<'a>, Vec<String>), String> {
        let mut draft = self.request_on(update, item, Extent::Everything)?;
        if update.method != "PUT" {
            self.narrow(update, &mut draft);
        }
        let value = draft.body.as_ref().map(|body| &body.value);
        let sent: Vec<String> = value
            .and_then(Value::as_object)
            .map(|members| members.keys().cloned().collect())
            .unwrap_or_default();
        if sent.is_empty() {
            return Err(format!("no request of {} changes anything", update.id));
        }
        Ok((draft, sent))
    }

    /// Leaves the required fields and one other, if such a body is valid.
    fn narrow(&self, update: &Operation, draft: &mut Draft<'_>) {
        let (Some(body), Some(described)) = (&mut draft.body, &update.body) else {
            return;
        };
        let is_required = |name: &str| {
            let mut properties = described.properties.iter();
            properties.any(|property| property.name == name && property.required)
        };
        let Value::Object(members) = &body.value else {
            return;
        };
        let other = members
            .iter()
            .find(|(name, value)| !is_required(name) && !value.is_array() && !value.is_object())
            .map(|(name, _)| name.clone());
        let mut narrowed = members.clone();
        narrowed.retain(|name, _| is_required(name) || Some(name) == other.as_ref());
        let narrowed = Value::Object(narrowed);
        let schema = body.media.schema.as_ref();
        if schema.is_some_and(|schema| self.provider.maker().is_valid(schema, &narrowed)) {
            body.references
                .retain(|(place, _)| narrowed.pointer(place).is_some());
            body.value = narrowed;
        }
    }

    /// Adds a step that sends a request.
    pub(super) fn send(&mut self, draft: &Draft<'_>, expect: Expect) -> &mut Step {
        let name = format!("{}_{}", self.steps.len() + 1, draft.operation.id);
        self.steps.push(Step {
            expect,
            ..draft.step(name, self.place.clone())
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// Adds a step that follows a URL.
    pub(super) fn follow(
        &mut self,
        operation: &Operation,
        url: String,
        expect: Expect,
    ) -> &mut Step {
        self.steps.push(Step {
            name: format!("{}_{}", self.steps.len() + 1, operation.id),
            follow: Some(url),
            expect,
            ..Step::new(operation.id.clone(), self.place.clone())
        });
        let last = self.steps.len() - 1;
        &mut self.steps[last]
    }

    /// Adds a step that fetches an item, which agrees with this capture but for some members.
    pub(super) fn fetch(
        &mut self,
        ground: &Ground<'a>,
        item: &Item,
        same_as: &str,
        except: Vec<String>,
    ) -> Result<&mut Step, String> {
        let fetch = ground.fetch().ok_or("no operation fetches an item")?;
        let draft = self.request_on(fetch, item, Extent::Required)?;
        let expect = Expect {
            same_as: Some(SameAs {
                body: Value::from(same_as),
                except,
            }),
            ..Expect::default()
        };
        Ok(self.send(&draft, expect))
    }

    /// Adds a step that asks for an item which must not be there.
    pub(super) fn miss(&mut self, operation: &'a Operation, item: &Item) -> Result<(), String> {
        let draft = self.request_on(operation, item, Extent::Required)?;
        let mut promised = operation.errors.iter();
        let status = match promised.find(|error| error.when == When::Unknown) {
            Some(error) => ExpectedStatus::Error(error.name.clone()),
            None => ExpectedStatus::Rejected,
        };
        self.send(
            &draft,
            Expect {
                status,
                ..Expect::default()
            },
        );
        Ok(())
    }

    /// Adds a step that deletes an item. It may be refused for what no schema knows.
    pub(super) fn delete(&mut self, delete: &'a Operation, item: &Item) -> Result<(), String> {
        let draft = self.request_on(delete, item, Extent::Required)?;
        self.send(&draft, accepted());
        Ok(())
    }

    /// A request of the list, with pages as large as the contract allows.
    pub(super) fn list_request(
        &mut self,
        ground: &Ground<'a>,
        list: &'a Operation,
    ) -> Result<Draft<'a>, String> {
        let mut draft = self.request(list, Extent::Required)?;
        if let Some((name, size)) = ground.largest_page(list) {
            draft.set_argument(Location::Query, &name, Value::from(size));
        }
        Ok(draft)
    }

    /// Adds a step that lists items, all pages of them.
    pub(super) fn list(&mut self, list: &Operation, draft: &Draft<'_>, items: ExpectedItems) {
        // Pages shift when others create and delete items of the same list.
        self.alone |= self.resource().parent.is_none();
        let expect = Expect {
            items: Some(items),
            ..Expect::default()
        };
        self.send(draft, expect).walk = list.paging.is_some();
    }

    /// Puts an item into the path of a request, in place of another one of its resource.
    pub(super) fn aim(&self, draft: &mut Draft<'_>, index: usize, item: &Item) {
        let operation = draft.operation;
        let mut parameters = operation.path.parameters();
        let own = |name: &&str| self.contract().resource_index_of(operation, name) == Some(index);
        if let Some(name) = parameters.find(own) {
            draft.set_argument(Location::Path, name, Value::from(item.id.as_str()));
        }
    }
}

/// A success, or a refusal for what no schema knows.
pub(super) fn accepted() -> Expect {
    Expect {
        status: ExpectedStatus::Accepted,
        ..Expect::default()
    }
}

/// The steps of a JSON pointer.
pub(super) fn way(place: &str) -> Vec<String> {
    pointer::tokens(place).collect()
}
