//! Lists that are divided into pages by parameters with conventional names (`limit` and `offset`,
//! `per_page` and `page`), unless the contract defines pages otherwise.

use super::convention::{OFFSETS, PAGE_NUMBERS, PAGE_SIZES, is_page_marker};
use super::naming::snake_case;
use crate::contract::api::Contract;
use crate::contract::operation::{Location, Operation};
use crate::schema::{Cursor, Keyword};

/// How a list is cut into pages by numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedPages {
    /// Name of the query parameter for the largest number of items on a page.
    pub size: String,
    /// The smallest size.
    pub smallest: u64,
    /// The largest size, if the contract defines it.
    pub largest: Option<u64>,
    /// The parameter that marks the beginning of a page.
    pub begin: Begin,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// The query parameter of this name counts the items before it.
    Item(String),
    /// A query parameter counts the pages.
    Page {
        /// Its name.
        parameter: String,
        /// The number of the first page.
        first: u64,
    },
}

impl Contract {
    /// How a list is divided into pages by numbers, if the names of its parameters show it.
    pub fn counted_pages(&self, list: &Operation) -> Option<CountedPages> {
        let query = || {
            let parameters = list.parameters.iter();
            parameters.filter(|parameter| parameter.location == Location::Query)
        };
        let is_marked = query().any(|parameter| is_page_marker(&parameter.name));
        if list.paging.is_some() || is_marked {
            return None;
        }
        let counter = |names: &[&str]| {
            let parameter = query().find(|p| names.contains(&snake_case(&p.name).as_str()))?;
            let schema = Cursor::at(&self.document, parameter.schema.as_ref()?)?;
            let is_count = schema.text(Keyword::Type) == Some("integer");
            is_count.then(|| (parameter.name.clone(), schema))
        };
        let (size, schema) = counter(&PAGE_SIZES)?;
        let by_items = counter(&OFFSETS).map(|(parameter, _)| Begin::Item(parameter));
        let by_pages = || {
            let (parameter, schema) = counter(&PAGE_NUMBERS)?;
            let told = schema
                .count(Keyword::Default)
                .or_else(|| schema.count(Keyword::Minimum));
            // Without a word of it the first page may be 0 or 1.
            let first = told.filter(|first| *first <= 1)?;
            Some(Begin::Page { parameter, first })
        };
        let begin = by_items.or_else(by_pages)?;
        Some(CountedPages {
            smallest: schema.count(Keyword::Minimum).unwrap_or(1).max(1),
            largest: schema.count(Keyword::Maximum),
            size,
            begin,
        })
    }
}

impl Begin {
    /// Name of the parameter.
    pub fn parameter(&self) -> &str {
        match self {
            Self::Item(parameter) | Self::Page { parameter, .. } => parameter,
        }
    }

    /// Its value for the page behind so many pages with so many items together.
    pub fn behind(&self, pages: u64, items: u64) -> u64 {
        match self {
            Self::Item(_) => items,
            Self::Page { first, .. } => first.saturating_add(pages),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages_of(parameters: &str) -> Option<CountedPages> {
        let document = format!(
            "
openapi: 3.0.3
info: {{title: t, version: '1'}}
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{parameters}]
      responses:
        '200': {{description: d}}
"
        );
        let contract = crate::contract::sample(&document);
        contract.counted_pages(contract.operation("listPets")?)
    }

    #[test]
    fn names_tell_how_pages_are_cut() {
        let limit = "{name: limit, in: query, schema: {type: integer, maximum: 50}}";
        let offset = "{name: offset, in: query, schema: {type: integer}}";
        let page = "{name: page, in: query, schema: {type: integer, minimum: 1}}";
        let pages = pages_of(&format!("{limit}, {offset}")).unwrap();
        assert_eq!((pages.smallest, pages.largest), (1, Some(50)));
        assert_eq!(pages.begin.behind(1, 7), 7);
        let pages = pages_of(&format!("{page}, {limit}")).unwrap();
        assert_eq!(pages.begin.behind(1, 7), 2);
    }

    #[test]
    fn what_no_name_tells_is_not_guessed() {
        for parameters in [
            "{name: limit, in: query, schema: {type: integer}}",
            "{name: limit, in: query, schema: {type: integer}}, {name: page, in: query, schema: {type: integer}}",
            "{name: limit, in: query, schema: {type: integer}}, {name: offset, in: query, schema: {type: string}}",
            "{name: limit, in: query, schema: {type: integer}}, {name: offset, in: query, schema: {type: integer}}, {name: cursor, in: query, schema: {type: string}}",
        ] {
            assert_eq!(pages_of(parameters), None, "{parameters}");
        }
    }
}
