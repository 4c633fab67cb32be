//! The pure part of the emulator: requests in, responses out, state inside.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::access;
use super::body;
use super::convention;
use super::file::StateFile;
use super::inject;
use super::judge::validate;
use super::limits;
use super::make::draw;
use super::place::Place;
use super::reason::{Reason, Refusal};
use super::rules::{Plain, Rules};
use super::schema::{Schema, Schemas};
use super::sent::Sent;
use super::serverless::{self, Serverless};
use super::state::State;
use super::style;
use super::target::Target;
use super::{Settings, StartError};
use crate::contract::{
    Contract, Encoding, Location, Operation, Paging, Resource, Role, SchemeKind, Serialization,
    Style,
};
use crate::wire::{Headers, Request, Response, Status};

/// Longest body that is taken, in bytes.
pub(super) const LONGEST_BODY: usize = 30 * 1024 * 1024;

/// Answers requests as the contract promises. May be shared by threads.
pub struct Engine {
    pub(super) contract: Arc<Contract>,
    pub(super) schemas: Schemas,
    pub(super) rules: Box<dyn Rules>,
    /// Values of the properties that show who asks.
    pub(super) accounts: HashMap<String, String>,
    /// How lists are cut into pages, by `operationId`.
    pub(super) pagings: HashMap<String, Paging>,
    /// Limits to keep, by name.
    pub(super) limits: BTreeMap<String, u64>,
    settings: Settings,
    file: Option<StateFile>,
    state: Mutex<State>,
}

/// Makes the engine of a contract.
///
/// # Errors
/// When there is no such profile or limit, or the state file cannot be used.
pub fn engine(contract: Arc<Contract>, settings: Settings) -> Result<Engine, StartError> {
    let schemas = Schemas::compile(&contract);
    let rules = profile(contract.emulator_profile.as_deref(), &settings)?;
    let accounts = accounts(&contract, &schemas, rules.as_ref(), &settings.user);
    let limits = limits::settle(&contract, rules.as_ref(), &settings.limits)?;
    let (file, state) = match &settings.state {
        Some(path) => {
            let (file, state) = StateFile::open(path, &contract)?;
            (Some(file), state)
        }
        None => (None, State::new()),
    };
    Ok(Engine {
        pagings: convention::pagings(&contract, &schemas),
        contract,
        schemas,
        rules,
        accounts,
        limits,
        settings,
        file,
        state: Mutex::new(state),
    })
}

/// The rules of the profile with this name.
fn profile(name: Option<&str>, settings: &Settings) -> Result<Box<dyn Rules>, StartError> {
    match name {
        None => Ok(Box::new(Plain)),
        Some(serverless::PROFILE) => Ok(Box::new(Serverless::new(settings.build_time))),
        Some(name) => Err(StartError::new(format!(
            "x-trueup-emulator: there is no profile '{name}'; the known profiles are: {}",
            serverless::PROFILE
        ))),
    }
}

/// An operation with the values of its path parameters.
type Routed<'a> = (&'a Operation, Vec<(String, String)>);

/// Whether a creation under an id that the client chooses meets an item that is there.
fn replaces(resource: &Resource, place: &Place) -> bool {
    resource.has_client_assigned_id() && place.new_id.is_none()
}

/// Whether a path parameter of an operation is the id that the client chooses for a new item.
fn names_new(resource: &Resource, operation: &Operation, parameter: &str) -> bool {
    let last = operation.path.parameters().next_back();
    resource.has_client_assigned_id()
        && resource.create.as_deref() == Some(operation.id.as_str())
        && last == Some(parameter)
}

impl Engine {
    /// Answers one request.
    pub fn answer(&self, request: &Request) -> Response {
        let target = Target::of(request);
        if let Some(collection) = inject::collection(&request.method, target.path) {
            return self.inject(collection, request, &target);
        }
        let is_head = request.method == "HEAD" && self.route("HEAD", &target).is_none();
        let method = if is_head { "GET" } else { &request.method };
        let mut response = match self.admit(method, request, &target) {
            Err(response) => response,
            Ok((operation, _)) if request.body.len() > LONGEST_BODY => {
                self.refuse(Some(operation), &too_large(), &target)
            }
            Ok((operation, values)) => self
                .perform(operation, values, request, &target)
                .unwrap_or_else(|refusal| self.refuse(Some(operation), &refusal, &target)),
        };
        if is_head && !response.body.is_empty() {
            let length = response.body.len().to_string();
            response.headers.push("Content-Length", length);
            response.body.clear();
        }
        response
    }

    /// Answers a request whose body is too long to be read.
    #[cfg(feature = "emulator")]
    pub(super) fn answer_too_large(&self, request: &Request) -> Response {
        let target = Target::of(request);
        match self.admit(&request.method, request, &target) {
            Err(response) => response,
            Ok((operation, _)) => self.refuse(Some(operation), &too_large(), &target),
        }
    }

    fn route(&self, method: &str, target: &Target<'_>) -> Option<Routed<'_>> {
        self.contract.route(method, target.path)
    }

    /// The operation of a request, if there is one and the client may use it.
    fn admit(
        &self,
        method: &str,
        request: &Request,
        target: &Target<'_>,
    ) -> Result<Routed<'_>, Response> {
        let Some((operation, values)) = self.route(method, target) else {
            return Err(self.no_operation(method, target));
        };
        self.let_in(operation, request, target)?;
        if let Some(why) = self.contract.operations.obstacle(&operation.id) {
            return Err(self.refuse(
                Some(operation),
                &Refusal::new(Reason::SetAside, why),
                target,
            ));
        }
        Ok((operation, values))
    }

    /// Refuses a client that an operation does not let in.
    pub(super) fn let_in(
        &self,
        operation: &Operation,
        request: &Request,
        target: &Target<'_>,
    ) -> Result<(), Response> {
        if access::is_let_in(&self.contract, operation, request, target, &self.settings) {
            return Ok(());
        }
        let refusal = Refusal::new(Reason::Credentials, "Authenticate");
        let mut response = self.refuse(Some(operation), &refusal, target);
        let mut schemes = operation.security.iter().flatten();
        if schemes.any(|index| self.contract.schemes[*index].kind == SchemeKind::Basic) {
            let realm = self.contract.title.replace(['"', '\\'], "");
            let challenge = format!("Basic realm=\"{}\"", realm.escape_default());
            response.headers.push("WWW-Authenticate", challenge);
        }
        Err(response)
    }

    /// The answer where the contract has no operation.
    fn no_operation(&self, method: &str, target: &Target<'_>) -> Response {
        let mut allowed: Vec<&str> = self
            .contract
            .operations
            .iter()
            .filter(|operation| operation.path.matches(target.path).is_some())
            .map(|operation| operation.method.as_str())
            .collect();
        if allowed.is_empty() {
            let message = format!("{} was not found", target.path);
            return self.refuse(None, &Refusal::new(Reason::Unknown, message), target);
        }
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.push("OPTIONS");
        let mut seen = Vec::new();
        allowed.retain(|method| {
            !seen.contains(method) && {
                seen.push(*method);
                true
            }
        });
        let allow = allowed.join(", ");
        let mut response = if method == "OPTIONS" {
            let mut headers = Headers::default();
            for name in ["Origin", "Methods", "Headers", "Credentials"] {
                let name = format!("Access-Control-Allow-{name}");
                if let Some(value) = self.rules.header(&name) {
                    headers.push(name, value);
                }
            }
            Response {
                status: Status(204),
                headers,
                body: Vec::new(),
            }
        } else {
            let message = format!("the method {method} is not allowed here");
            self.refuse(None, &Refusal::new(Reason::Method, message), target)
        };
        response.headers.push("Allow", allow);
        response
    }

    /// Does what an operation says. Unknown items come before everything else that is wrong.
    fn perform(
        &self,
        operation: &Operation,
        values: Vec<(String, String)>,
        request: &Request,
        target: &Target<'_>,
    ) -> Result<Response, Refusal> {
        let sent = body::read(&self.schemas, operation, request, target);
        self.change(|state| {
            let place = self.resolve(state, operation, values)?;
            self.act(state, operation, &place, sent?, &target.origin)
        })
    }

    /// Lets somebody look at the state and change it. A change is in the state file when this
    /// returns.
    pub(super) fn change(
        &self,
        act: impl FnOnce(&mut State) -> Result<Response, Refusal>,
    ) -> Result<Response, Refusal> {
        // A panic elsewhere cannot leave the state half changed in a way that matters here.
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.tick();
        let before = state.revision();
        let response = act(&mut state)?;
        if let Some(file) = &self.file
            && state.revision() != before
        {
            file.write(&state).map_err(|error| {
                Refusal::new(
                    Reason::Unsaved,
                    format!("the state cannot be kept: {error}"),
                )
            })?;
        }
        Ok(response)
    }

    fn act(
        &self,
        state: &mut State,
        operation: &Operation,
        place: &Place,
        sent: Sent,
        origin: &str,
    ) -> Result<Response, Refusal> {
        let role = self.contract.resources.role_of(&operation.id);
        let role = role.and_then(|(id, role)| Some((id.index(&self.contract.resources)?, role)));
        let Some((index, role)) = role else {
            return self.other(state, operation, place, &sent, origin);
        };
        let resource = &self.contract.resources[index];
        match role {
            Role::Create if !replaces(resource, place) => {
                let place = place.of_collection(resource);
                let id = self.create(state, operation, index, &place, sent)?;
                let item = state.find(&place.path, &id);
                Ok(self.created(operation, resource, item, origin))
            }
            Role::List => {
                let place = place.of_collection(resource);
                self.list(state, operation, index, &place, &sent, origin)
            }
            Role::Create | Role::Replace | Role::Update => {
                self.update(state, operation, index, place, &sent)?;
                Ok(self.item(state, operation, index, place, origin))
            }
            Role::View if place.owner.is_none() => {
                self.other(state, operation, place, &sent, origin)
            }
            Role::Fetch | Role::View => Ok(self.item(state, operation, index, place, origin)),
            Role::Delete => {
                if let Some(item) = place.owner(state) {
                    self.rules.delete(resource, state, item)?;
                }
                let response = self.item(state, operation, index, place, origin);
                if let Some((collection, id)) = &place.owner {
                    state.remove(collection, id);
                }
                Ok(response)
            }
            Role::Action | Role::Search | Role::Bulk => {
                self.other(state, operation, place, &sent, origin)
            }
        }
    }

    /// Finds what the path parameters name. An item counts only below its own parents.
    pub(super) fn resolve(
        &self,
        state: &State,
        operation: &Operation,
        values: Vec<(String, String)>,
    ) -> Result<Place, Refusal> {
        let unknown = |name: &str, value: &str| {
            Refusal::new(Reason::Unknown, format!("there is no {name} {value}"))
        };
        let mut place = Place::default();
        for (name, value) in values {
            let id = if let Some(resource) = self.contract.resource_of(operation, &name) {
                let mut parents = place.values.iter().map(|(_, value)| value.as_str());
                let collection = resource
                    .collection_path
                    .expand(|_| parents.next().map(Into::into))
                    .map_err(|_| unknown(&name, &value))?;
                match self.find(state, resource, &collection, &value) {
                    Some(id) => {
                        place.owner = Some((collection, id.clone()));
                        id
                    }
                    None if names_new(resource, operation, &name) => {
                        self.check_segment(operation, &name, &value)
                            .map_err(|()| unknown(&resource.name, &value))?;
                        place.new_id = Some(value.clone());
                        value
                    }
                    None => return Err(unknown(&resource.name, &value)),
                }
            } else {
                self.check_segment(operation, &name, &value)
                    .map_err(|()| unknown(&name, &value))?;
                value
            };
            place.values.push((name, id));
        }
        let mut values = place.values.iter().map(|(_, value)| value.as_str());
        place.path = operation
            .path
            .expand(|_| values.next().map(Into::into))
            .unwrap_or_default();
        Ok(place)
    }

    /// Whether a value fits the path parameter that it is sent for.
    fn check_segment(&self, operation: &Operation, name: &str, value: &str) -> Result<(), ()> {
        let parameter = operation.parameter(Location::Path, name);
        let schema = parameter
            .and_then(|parameter| parameter.schema.as_ref())
            .and_then(|schema| self.schemas.at(schema));
        let how = match parameter.map(|parameter| &parameter.encoding) {
            Some(Encoding::Style(how)) => *how,
            _ => Serialization::of(Style::Simple),
        };
        let fits = |schema: &Schema| {
            let typed = style::segment(&self.schemas, schema, how, name, value);
            validate(&self.schemas, schema, &typed).is_empty()
        };
        if schema.is_none_or(fits) {
            Ok(())
        } else {
            Err(())
        }
    }

    fn find(
        &self,
        state: &State,
        resource: &Resource,
        collection: &str,
        name: &str,
    ) -> Option<String> {
        let items = state.collection(collection)?;
        match items.get(name) {
            Some(item) => Some(item.id.clone()),
            None => self.rules.alias(resource, items, name),
        }
    }
}

fn too_large() -> Refusal {
    let message = format!("the body is longer than {LONGEST_BODY} bytes");
    Refusal::new(Reason::TooLarge, message)
}

/// The properties that show who asks, with what they show for this user.
fn accounts(
    contract: &Contract,
    schemas: &Schemas,
    rules: &dyn Rules,
    user: &str,
) -> HashMap<String, String> {
    let mut accounts = HashMap::new();
    for property in contract
        .schemes
        .iter()
        .filter_map(|s| s.user_property.as_ref())
    {
        let schema = contract.resources.iter().find_map(|resource| {
            let id = schemas.at(&resource.schema)?.property(property)?;
            Some(schemas.get(id))
        });
        let Some(schema) = schema else {
            continue;
        };
        let fits = validate(schemas, schema, &user.into()).is_empty();
        let account = if fits {
            Some(user.to_owned())
        } else {
            let drawn = || draw(schema);
            rules.account().or_else(drawn)
        };
        accounts.extend(account.map(|account| (property.clone(), account)));
    }
    accounts
}
