//! The steps of one law on one resource.

use serde_json::{Map, Value, json};

use super::super::operation_cases::violations;
use super::super::provide::Provider;
use super::super::request::Draft;
use super::super::setup::Setup;
use super::super::spot::{At, Spot, of_body};
use super::super::value::Extent;
use super::ground::{Ground, is_mark};
use crate::contract::ExpectedStatus;
use crate::contract::{Contract, CountedPages, Location, Operation, Resource, When};
use crate::outcome::Origin;
use crate::place::Place;
use crate::place::pointer;
use crate::scenario::{Expect, ExpectedItems, SameAs, Scenario, Step, Walk, template_of};

/// Name of the answer to a request that changes an item.
pub(super) const CHANGED: &str = "changed";

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
    pub(super) capture: String,
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
        template_of(&self.capture, [])
    }

    /// Template of a part of it, if a template can name it.
    pub(super) fn part(&self, way: &[String]) -> Option<String> {
        part(&self.capture, way)
    }
}

/// An item, and the request that has changed it.
pub(super) struct Change<'a> {
    pub(super) item: Item,
    pub(super) draft: Draft<'a>,
}

/// Template of a part of a capture, if a template can name it.
pub(super) fn part(capture: &str, way: &[String]) -> Option<String> {
    let is_plain = |step: &String| {
        let mut bytes = step.bytes();
        !step.is_empty() && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
    };
    let names = way.iter().map(String::as_str);
    way.iter()
        .all(is_plain)
        .then(|| template_of(capture, names))
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
            shared: 0,
            alone: self.alone,
            skip,
        }
    }

    /// Whether there are no steps yet.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
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

    /// An item with all that can be sent, and with the last value of every enum.
    pub(super) fn full_item(&mut self, create: &'a Operation) -> Result<Item, String> {
        let mut draft = self.request(create, Extent::Everything)?;
        let maker = self.provider.maker();
        if let Some(body) = &mut draft.body
            && let Some(schema) = &body.media.schema
        {
            for Spot { at, merged, .. } in of_body(maker.schemas(), body) {
                let mut choices = merged.choices.iter().flatten();
                let is_usual = |choice: &&&Value| !choice.is_null() && !is_mark(choice);
                let last = choices.rfind(is_usual);
                let (At::Body(place), Some(last)) = (at, last) else {
                    continue;
                };
                let mut changed = body.value.clone();
                if let Some(value) = changed.pointer_mut(&place) {
                    *value = (*last).clone();
                }
                if maker.is_valid(schema, &changed) {
                    body.value = changed;
                }
            }
        }
        let capture = self.resource().snake_name();
        let step = draft.step(String::new(), self.place.clone());
        let id = self
            .provider
            .given(self.index, capture.clone(), step, &mut self.setup);
        Ok(Item { capture, id })
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

    /// Adds a step that changes a new item: some field of it, or with PUT the whole. The answer is
    /// captured.
    pub(super) fn change(&mut self, ground: &Ground<'a>) -> Result<Change<'a>, String> {
        let update = ground.update().ok_or("no operation changes an item")?;
        let item = self.item()?;
        let mut draft = self.request_on(update, &item, Extent::Everything)?;
        if update.method != "PUT" {
            self.narrow(update, &mut draft);
        }
        let sent = draft.body.as_ref().and_then(|body| body.value.as_object());
        if sent.is_none_or(Map::is_empty) {
            return Err(format!("no request of {} changes anything", update.id));
        }
        self.send(&draft, accepted()).save = Some(CHANGED.to_owned());
        Ok(Change { item, draft })
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

    /// Requests of an operation that break the contract in one way each, as far as they need no
    /// more than its simplest request does.
    pub(super) fn broken(
        &mut self,
        operation: &'a Operation,
        most: usize,
    ) -> Result<Vec<Step>, String> {
        self.request(operation, Extent::Required)?;
        let known: Vec<&str> = self.setup.steps.iter().map(|s| s.name.as_str()).collect();
        let seed = self.random.u64(..);
        let cases = violations(self.provider, operation, seed);
        let at_hand = cases.filter(|case| {
            let mut needed = case.setup.iter();
            needed.all(|step| known.contains(&step.name.as_str()))
        });
        Ok(at_hand.flat_map(|case| case.steps).take(most).collect())
    }

    /// Adds a step that sends a request.
    pub(super) fn send(&mut self, draft: &Draft<'_>, expect: Expect) -> &mut Step {
        self.add(Step {
            expect,
            ..draft.clone().step(String::new(), self.place.clone())
        })
    }

    /// Adds a step.
    pub(super) fn add(&mut self, step: Step) -> &mut Step {
        self.steps.push(Step {
            name: format!("{}_{}", self.steps.len() + 1, step.operation),
            ..step
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
        self.add(Step {
            follow: Some(url),
            expect,
            ..Step::new(operation.id.clone(), self.place.clone())
        })
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
        self.send_in_vain(&draft, When::Unknown);
        Ok(())
    }

    /// Adds a step that asks for something below an item which must not be there, unless the
    /// request needs more than that item.
    pub(super) fn miss_below(&mut self, operation: &'a Operation, item: &Item) {
        let known = self.setup.clone();
        match self.request_on(operation, item, Extent::Required) {
            Ok(draft) if self.setup.steps.len() == known.steps.len() => {
                self.send_in_vain(&draft, When::Unknown);
            }
            _ => self.setup = known,
        }
    }

    /// Adds a step that must be refused for this reason.
    pub(super) fn send_in_vain(&mut self, draft: &Draft<'_>, why: When) -> &mut Step {
        let mut promised = draft.operation.errors.iter();
        let status = match promised.find(|error| error.when == why) {
            Some(error) => ExpectedStatus::Error(error.name.clone()),
            None => ExpectedStatus::AnyClientError,
        };
        self.send(
            draft,
            Expect {
                status,
                ..Expect::default()
            },
        )
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
        if let Some(CountedPages { begin, .. }) = self.contract().counted_pages(list)
            && draft.argument(Location::Query, begin.parameter()).is_some()
        {
            let first = begin.behind(0, 0);
            draft.set_argument(Location::Query, begin.parameter(), Value::from(first));
        }
        Ok(draft)
    }

    /// Adds a step that lists items, all pages of them.
    pub(super) fn list(&mut self, list: &Operation, draft: &Draft<'_>, items: ExpectedItems) {
        self.keep_others_out();
        let expect = Expect {
            items: Some(items),
            ..Expect::default()
        };
        let walk = Walk::of(self.contract(), list);
        // The items of a new parent are on the first page.
        let is_new = self.resource().parent.is_some();
        let is_asked_for = |walk: &Walk| *walk == Walk::Links || !is_new;
        self.send(draft, expect).walk = walk.filter(is_asked_for);
    }

    /// Pages shift when others create and delete items of the same list.
    pub(super) fn keep_others_out(&mut self) {
        self.alone |= self.resource().parent.is_none();
    }

    /// Adds a step that lists items, among them these, each once and as it is, if the resource has
    /// a list. They are templates.
    pub(super) fn list_as_it_is(
        &mut self,
        ground: &Ground<'a>,
        items: &[String],
    ) -> Result<(), String> {
        let Some(list) = ground.list() else {
            return Ok(());
        };
        let expected = ExpectedItems {
            include: items
                .iter()
                .map(|item| Value::from(item.as_str()))
                .collect(),
            except: ground.unstable(),
            ..ExpectedItems::default()
        };
        let draft = self.list_request(ground, list)?;
        self.list(list, &draft, expected);
        Ok(())
    }

    /// Template of the item that a captured answer shows.
    pub(super) fn shown(&self, capture: &str) -> String {
        let way = way(&self.resource().envelope);
        part(capture, &way).unwrap_or_else(|| template_of(capture, []))
    }

    /// Puts an item into the path of a request, in place of another one of its resource.
    pub(super) fn aim(&self, draft: &mut Draft<'_>, index: usize, item: &Item) {
        let operation = draft.operation;
        let mut parameters = operation.path.parameters();
        let own = |name: &&str| self.contract().resource_index_of(operation, name) == Some(index);
        if let Some(name) = parameters.find(own) {
            draft.set_argument(Location::Path, name, Value::from(item.id.as_str()));
            draft.follow_path();
        }
    }
}

/// A success, or a refusal for what no schema knows.
pub(super) fn accepted() -> Expect {
    Expect {
        status: ExpectedStatus::SuccessOrSkip,
        ..Expect::default()
    }
}

/// The steps of a JSON pointer.
pub(super) fn way(place: &str) -> Vec<String> {
    pointer::tokens(place).collect()
}

/// An object that has nothing but this text at this place.
pub(super) fn nested(place: &str, text: impl Into<String>) -> Value {
    let whole = Value::from(text.into());
    let way = way(place);
    let names = way.iter().rev();
    names.fold(whole, |value, name| json!({ name: value }))
}
