//! What documents leave to convention: how a list is cut into pages. The emulator goes by the usual names; the checks judge only what a contract states, and
//! lists whose parameters leave no doubt (`Contract::counted_pages`).

use std::collections::HashMap;

use super::schema::{Kind, Schema, Schemas};
use crate::contract::{Contract, Location, Operation, Paging, PagingParameter, snake_case};
use crate::place::pointer;

/// How deep in an answer a page tells of itself.
const DEEPEST: usize = 2;

/// How the lists of a contract are cut into pages, by `operationId`.
pub(super) fn pagings(contract: &Contract, schemas: &Schemas) -> HashMap<String, Paging> {
    let lists = contract.resources.iter().filter_map(|r| r.list.as_ref());
    let lists = lists.filter_map(|id| contract.operation(id));
    lists
        .filter_map(|list| {
            let stated = list.paging.clone();
            let paging = stated.or_else(|| usual_paging(list, schemas))?;
            Some((list.id.clone(), paging))
        })
        .collect()
}

fn usual_paging(list: &Operation, schemas: &Schemas) -> Option<Paging> {
    let query = list.parameters.iter();
    let query = query.filter(|parameter| parameter.location == Location::Query);
    let names: Vec<&str> = query.map(|parameter| parameter.name.as_str()).collect();
    let called = |words: &[&str]| {
        let mut names = names.iter().copied();
        names.find(|name| words.contains(&snake_case(name).as_str()))
    };
    let place = list.successes().flat_map(|response| &response.media);
    let place = place
        .filter(|media| media.is_json())
        .find_map(|m| m.schema.as_ref())?;
    let answer = schemas.at(place)?;
    let mut told = Vec::new();
    told_by(schemas, answer, "", 0, &mut told);
    let at = |words: &[&str]| {
        let found = told.iter().find(|(name, _)| words.contains(&name.as_str()));
        found.map(|(_, at)| at.clone())
    };
    let both = |parameters: &[&str], properties: &[&str]| {
        let parameter = called(parameters)?;
        let schema = list.parameter(Location::Query, parameter)?.schema.as_ref();
        let default = schema.and_then(|place| schemas.at(place)?.default.as_ref()?.as_u64());
        Some(PagingParameter {
            parameter: parameter.to_owned(),
            at: at(properties)?,
            default,
        })
    };
    let mut properties = answer.properties.iter();
    let (items, _) = properties.find(|(_, id)| schemas.get(*id).kind == Some(Kind::Array))?;
    let sizes = crate::contract::PAGE_SIZES;
    let page_size = Some(both(&sizes, &sizes)?);
    let page = both(
        &crate::contract::PAGE_NUMBERS,
        &["page", "page_number", "current_page"],
    );
    let is_token = |name: &&&str| {
        let words = snake_case(name);
        words.ends_with("token") || words.ends_with("cursor")
    };
    let token = names.iter().find(is_token).map(|name| (*name).to_owned());
    (page.is_some() || token.is_some()).then(|| Paging {
        items: pointer::join("", items),
        page_size,
        page,
        token,
        url: at(&["url", "self"]),
        first: at(&["first_page_url", "first"]),
        next: at(&["next_page_url", "next"]),
        previous: at(&["previous_page_url", "previous", "prev"]),
        pointer: list.pointer.clone(),
    })
}

/// The plain properties of an answer, in snake case, with their places.
fn told_by(
    schemas: &Schemas,
    schema: &Schema,
    at: &str,
    depth: usize,
    told: &mut Vec<(String, String)>,
) {
    for (name, id) in &schema.properties {
        let place = pointer::join(at, name);
        let child = schemas.get(*id);
        if child.properties.is_empty() {
            told.push((snake_case(name), place));
        } else if depth < DEEPEST {
            told_by(schemas, child, &place, depth + 1, told);
        }
    }
}
