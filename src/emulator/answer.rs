//! Responses as the contract describes them.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::engine::Engine;
use super::make::Maker;
use super::page::{Page, Position, Urls, Wish, cut};
use super::place::Place;
use super::reason::{Reason, Refusal};
use super::refusal::error_body;
use super::schema::{Kind, Schema};
use super::sent::Sent;
use super::state::{Collection, Item, State, clock, timestamp};
use super::target::Target;
use super::value::{plain_text, with_urls};
use super::written::{body_media, header, without_schema, written};
use crate::contract::{
    self, Begin, CountedPages, Location, Operation, Paging, Resource, is_named, snake_case,
};
use crate::place::pointer;
use crate::wire::{Headers, Response, Status, StatusRange};

/// Items on a page where the contract does not tell.
const PAGE_SIZE: u64 = 50;

/// Properties of a list that count all its items.
const TOTALS: [&str; 6] = [
    "total",
    "count",
    "total_count",
    "total_items",
    "total_results",
    "total_size",
];
/// How many objects the array of a list may stand in.
const MAX_ENVELOPES: usize = 2;

impl Engine {
    /// The response of a refusal.
    pub(super) fn refuse(
        &self,
        operation: Option<&Operation>,
        refusal: &Refusal,
        target: &Target<'_>,
    ) -> Response {
        let rules = self.rules.as_ref();
        let (status, media, body) = error_body(
            &self.contract,
            &self.schemas,
            rules,
            operation,
            refusal,
            target.path,
        );
        let mut headers = Headers::default();
        if !body.is_empty() {
            headers.push("Content-Type", media);
        }
        Response {
            status,
            headers,
            body,
        }
    }

    /// The answer to a creation.
    pub(super) fn created(
        &self,
        operation: &Operation,
        resource: &Resource,
        item: Option<&Item>,
        origin: &str,
    ) -> Response {
        let location = item.map(|item| format!("{origin}{}", item.path));
        let body = self
            .success_schema(operation)
            .zip(item)
            .map(|(schema, item)| {
                // What was just made is shown as it was made, however little time things take.
                self.shown(resource, item, &item.body, schema, origin)
            });
        self.success(operation, Status(201), body, location.as_deref())
    }

    /// The answer that shows the item which a place names, or a view of it.
    pub(super) fn item(
        &self,
        state: &State,
        operation: &Operation,
        index: usize,
        place: &Place,
        origin: &str,
    ) -> Response {
        let resource = &self.contract.resources[index];
        let body = self
            .success_schema(operation)
            .zip(place.owner(state))
            .map(|(schema, item)| self.present(resource, item, state.now(), schema, origin));
        let status = if operation.method == "DELETE" {
            Status(204)
        } else {
            Status(200)
        };
        self.success(operation, status, body, None)
    }

    /// The response of an operation that belongs to no resource: it shows what was sent, where it
    /// shows properties of the same names.
    pub(super) fn other(
        &self,
        state: &State,
        operation: &Operation,
        place: &Place,
        sent: &Sent,
        origin: &str,
    ) -> Result<Response, Refusal> {
        let now = timestamp(state.now());
        let Some(schema) = self.success_schema(operation) else {
            return Ok(self.success(operation, Status(200), None, None));
        };
        let mut known = HashMap::new();
        if let Some(item) = place.owner(state) {
            known.extend(by_pointer(&item.body));
        }
        known.extend(self.echoes(operation, schema, sent)?);
        let value = Maker::new(&self.schemas, &now, known).make(schema);
        let body = with_urls(&self.schemas, schema, &value, &[], origin);
        Ok(self.success(operation, Status(200), Some(body), None))
    }

    /// The answer that shows the items of a collection, or one page of them.
    pub(super) fn list(
        &self,
        state: &State,
        operation: &Operation,
        index: usize,
        place: &Place,
        sent: &Sent,
        origin: &str,
    ) -> Result<Response, Refusal> {
        let resource = &self.contract.resources[index];
        let now = state.now();
        let Some(schema) = self.success_schema(operation) else {
            return Ok(self.success(operation, Status(200), None, None));
        };
        let paging = self.pagings.get(&operation.id);
        let filters = filters(operation, paging, sent);
        let mut items: Vec<&Item> = state
            .collection(&place.path)
            .into_iter()
            .flat_map(Collection::newest_first)
            .filter(|item| self.passes(resource, item, now, &filters))
            .filter(|item| self.rules.is_listed(resource, item, &filters, now))
            .collect();
        let mut known = HashMap::new();
        let total = items.len();
        if let Some(paging) = paging {
            let (wish, urls) = wish(paging, place, sent, &filters, origin)?;
            let page = cut(&items, &wish);
            known.extend(page_parts(paging, &wish, &page, &urls));
            items = page.items;
        } else {
            let counted = self.contract.counted_pages(operation);
            let (before, size) = wanted_part(counted.as_ref(), sent);
            items = items.into_iter().skip(before).take(size).collect();
        }
        let at = match paging {
            Some(paging) => Some(paging.items.clone()),
            None if schema.kind == Some(Kind::Array) => Some(String::new()),
            None => self.array_of(resource, schema, "", 0),
        };
        for (name, id) in &schema.properties {
            let is_total = TOTALS.contains(&snake_case(name).as_str());
            if is_total && self.schemas.get(*id).kind == Some(Kind::Integer) {
                known.entry(pointer::join("", name)).or_insert(json!(total));
            }
        }
        if let Some(at) = at {
            let item_schema = self
                .schemas
                .below(schema, &at)
                .and_then(|array| array.items)
                .map(|id| self.schemas.get(id))
                .or_else(|| self.schemas.at(&resource.schema));
            let shown = item_schema.map(|schema| {
                let present = |item: &&Item| self.present(resource, item, now, schema, origin);
                items.iter().map(present).collect()
            });
            known.insert(at, shown.unwrap_or_default());
        }
        let body = Maker::new(&self.schemas, &timestamp(now), known).make(schema);
        Ok(self.success(operation, Status(200), Some(body), None))
    }

    /// Where a response has the array of a resource's items: one whose items have the schema of
    /// the resource, or the first.
    fn array_of(
        &self,
        resource: &Resource,
        schema: &Schema,
        at: &str,
        depth: usize,
    ) -> Option<String> {
        let child = |id: &usize| self.schemas.get(*id);
        let properties = || schema.properties.iter();
        let arrays = || properties().filter(|(_, id)| child(id).kind == Some(Kind::Array));
        let shows = |id: &usize| {
            let items = child(id).items.map(|id| self.schemas.get(id));
            items.is_some_and(|items| items.place == resource.schema)
        };
        let found = arrays()
            .find(|(_, id)| shows(id))
            .or_else(|| arrays().next())
            .map(|(name, _)| pointer::join(at, name));
        found.or_else(|| {
            (depth < MAX_ENVELOPES)
                .then(|| {
                    properties().find_map(|(name, id)| {
                        let at = pointer::join(at, name);
                        self.array_of(resource, child(id), &at, depth + 1)
                    })
                })
                .flatten()
        })
    }

    /// Whether an item has the values that a query asks for.
    fn passes(
        &self,
        resource: &Resource,
        item: &Item,
        now: OffsetDateTime,
        filters: &[(String, String)],
    ) -> bool {
        if filters.is_empty() {
            return true;
        }
        let mut body = item.body.clone();
        self.rules.show(resource, item, now, &mut body);
        filters.iter().all(|(name, wanted)| {
            let words = snake_case(name);
            let own = body.iter().find(|(property, _)| is_named(property, &words));
            own.is_none_or(|(_, value)| plain_text(value) == *wanted)
        })
    }

    /// An item as it is now.
    pub(super) fn present(
        &self,
        resource: &Resource,
        item: &Item,
        now: OffsetDateTime,
        schema: &Schema,
        origin: &str,
    ) -> Value {
        let mut body = item.body.clone();
        self.rules.show(resource, item, now, &mut body);
        self.shown(resource, item, &body, schema, origin)
    }

    /// An item with these properties under a schema: its own, or that of a view.
    fn shown(
        &self,
        resource: &Resource,
        item: &Item,
        body: &Map<String, Value>,
        schema: &Schema,
        origin: &str,
    ) -> Value {
        let value = if schema.place == resource.schema {
            Value::Object(body.clone())
        } else {
            // In an envelope the item stands below what the response shows itself.
            let enclosed = self
                .schemas
                .below(schema, &resource.envelope)
                .filter(|_| !resource.envelope.is_empty());
            let mut known: HashMap<String, Value> = match enclosed {
                Some(inner) => {
                    let item = self.shown_alone(resource, item, body, inner);
                    HashMap::from([(resource.envelope.clone(), item)])
                }
                None => by_pointer(body).collect(),
            };
            for (name, _) in &schema.properties {
                if let Some(value) = item.kept.get(&snake_case(name)) {
                    known.insert(pointer::join("", name), value.clone());
                }
            }
            let now = timestamp(item.created);
            Maker::new(&self.schemas, &now, known).make(schema)
        };
        with_urls(&self.schemas, schema, &value, &[body], origin)
    }

    /// An item under a schema that shows it alone, without URLs.
    fn shown_alone(
        &self,
        resource: &Resource,
        item: &Item,
        body: &Map<String, Value>,
        schema: &Schema,
    ) -> Value {
        if schema.place == resource.schema {
            return Value::Object(body.clone());
        }
        let now = timestamp(item.created);
        Maker::new(&self.schemas, &now, by_pointer(body).collect()).make(schema)
    }

    /// The schema of the answer of success.
    pub(super) fn success_schema(&self, operation: &Operation) -> Option<&Schema> {
        let response = success_response(operation)?;
        let media = body_media(response)?;
        self.schemas
            .at(media.schema.as_ref().unwrap_or(&media.pointer))
    }

    /// The documented answer of success.
    fn success(
        &self,
        operation: &Operation,
        usual: Status,
        body: Option<Value>,
        location: Option<&str>,
    ) -> Response {
        let mut headers = Headers::default();
        let Some(response) = success_response(operation) else {
            // What was created is found all the same (RFC 9110 section 10.2.2).
            if let Some(location) = location {
                headers.push("Location", location);
            }
            return Response {
                status: usual,
                headers,
                body: Vec::new(),
            };
        };
        let status = match response.status {
            StatusRange::Exact(status) => status,
            StatusRange::Class(_) | StatusRange::Default => usual,
        };
        let mut bytes = Vec::new();
        if let Some(media) = body_media(response).filter(|_| status != 204) {
            let body = body.unwrap_or_else(|| without_schema(&self.contract, media));
            let (content_type, written) = written(&self.contract, media, &body);
            headers.push("Content-Type", content_type);
            bytes = written;
        }
        for promise in &response.headers {
            let is_location = promise.name.eq_ignore_ascii_case("location");
            let made = || {
                let schema = promise
                    .schema
                    .as_ref()
                    .and_then(|place| self.schemas.at(place));
                let schema = schema.filter(|_| promise.required)?;
                let now = clock();
                let mut maker = Maker::new(&self.schemas, &now, HashMap::new());
                Some(header(promise, &maker.make(schema)))
            };
            let value = location
                .filter(|_| is_location)
                .map(str::to_owned)
                .or_else(|| self.rules.header(&promise.name).map(str::to_owned))
                .or_else(made);
            if let Some(value) = value {
                headers.push(promise.name.as_str(), value);
            }
        }
        Response {
            status,
            headers,
            body: bytes,
        }
    }
}

/// The response of success; the one for all other statuses where none is documented.
fn success_response(operation: &Operation) -> Option<&contract::Response> {
    let documented = operation.successes().next();
    documented.or_else(|| operation.response(Status(200)))
}

fn by_pointer(body: &Map<String, Value>) -> impl Iterator<Item = (String, Value)> {
    body.iter()
        .map(|(name, value)| (pointer::join("", name), value.clone()))
}

/// The last value of a query parameter; an empty one counts as none.
fn last<'a>(sent: &'a Sent, name: &str) -> Option<&'a str> {
    let mut pairs = sent.query.iter().rev();
    let (_, value) = pairs.find(|(own, _)| own == name)?;
    Some(value.as_str()).filter(|value| !value.is_empty())
}

/// How many items a query passes over, and how many it wants at most, where nothing tells of pages
/// but the names of parameters.
fn wanted_part(counted: Option<&CountedPages>, sent: &Sent) -> (usize, usize) {
    let number = |name: &str| last(sent, name).and_then(|text| text.parse::<usize>().ok());
    let size = counted.map_or("limit", |pages| &pages.size);
    let size = number(size).unwrap_or(usize::MAX);
    let before = match counted.map(|pages| &pages.begin) {
        Some(Begin::Page { parameter, first }) => {
            let first = usize::try_from(*first).unwrap_or_default();
            let number = number(parameter).unwrap_or(first);
            number.saturating_sub(first).saturating_mul(size)
        }
        Some(Begin::Item(parameter)) => number(parameter).unwrap_or_default(),
        None => number("offset").unwrap_or_default(),
    };
    (before, size)
}

/// The documented pairs of a query that have nothing to do with pages.
fn filters(operation: &Operation, paging: Option<&Paging>, sent: &Sent) -> Vec<(String, String)> {
    let of_pages: Vec<&str> = paging
        .into_iter()
        .flat_map(Paging::parameters)
        .chain(["limit", "offset"].into_iter().filter(|_| paging.is_none()))
        .collect();
    let is_filter = |name: &str| {
        !of_pages.contains(&name) && operation.parameter(Location::Query, name).is_some()
    };
    let pairs = sent.query.iter().filter(|(name, _)| is_filter(name));
    pairs.cloned().collect()
}

/// Which page is asked for, and how the URLs of its neighbours are written.
fn wish<'a>(
    paging: &'a Paging,
    place: &'a Place,
    sent: &Sent,
    filters: &'a [(String, String)],
    origin: &'a str,
) -> Result<(Wish, Urls<'a>), Refusal> {
    let urls = Urls {
        origin,
        path: &place.path,
        filters,
        size: paging.page_size.as_ref().map(|p| p.parameter.as_str()),
        number: paging.page.as_ref().map(|p| p.parameter.as_str()),
        token: paging.token.as_deref(),
    };
    let asked = |name: Option<&str>| last(sent, name?)?.parse::<u64>().ok();
    let number = asked(urls.number).unwrap_or_default();
    let default = paging.page_size.as_ref().and_then(|size| size.default);
    let size = if urls.number.is_none() && urls.token.is_none() {
        u64::MAX
    } else {
        asked(urls.size).or(default).unwrap_or(PAGE_SIZE).max(1)
    };
    let position = match urls.token.and_then(|name| last(sent, name)) {
        Some(token) => Position::read(token, &place.path)
            .ok_or_else(|| Refusal::new(Reason::PageToken, "the page token is not of this list"))?,
        None => Position::Offset(number.saturating_mul(size)),
    };
    let wish = Wish {
        size,
        number,
        position,
    };
    Ok((wish, urls))
}

/// What a page says of itself, by JSON pointer.
fn page_parts(
    paging: &Paging,
    wish: &Wish,
    page: &Page<'_>,
    urls: &Urls<'_>,
) -> Vec<(String, Value)> {
    let url = |number: u64, position: Position| json!(urls.write(wish.size, number, position));
    let next = page
        .next
        .map(|next| url(wish.number.saturating_add(1), next));
    let previous = page
        .previous
        .map(|at| url(wish.number.saturating_sub(1), at));
    let at =
        |parameter: &Option<contract::PagingParameter>| parameter.as_ref().map(|p| p.at.clone());
    [
        (at(&paging.page_size), json!(wish.size)),
        (at(&paging.page), json!(wish.number)),
        (paging.url.clone(), url(wish.number, wish.position)),
        (paging.first.clone(), url(0, Position::Offset(0))),
        (paging.next.clone(), next.unwrap_or_default()),
        (paging.previous.clone(), previous.unwrap_or_default()),
    ]
    .into_iter()
    .filter_map(|(at, value)| Some((at?, value)))
    .collect()
}
