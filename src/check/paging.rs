//! A page is what was asked for, and its neighbours' URLs lead there.

use serde_json::Value;

use super::view::{View, body_place};
use crate::contract::{Location, Paging, PagingParameter};
use crate::outcome::Finding;
use crate::place::pointer;

pub(super) const ID: &str = "paging";

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(paging), Some(body)) = (&view.call.operation.paging, view.body) else {
        return Vec::new();
    };
    if !view.is_success() {
        return Vec::new();
    }
    let page = Page {
        view,
        paging,
        body,
        size: asked(view, paging.page_size.as_ref()),
        number: asked(view, paging.page.as_ref()),
    };
    let mut findings = Vec::new();
    page.metadata(&mut findings);
    page.length(&mut findings);
    page.urls(&mut findings);
    findings
}

struct Page<'a> {
    view: &'a View<'a>,
    paging: &'a Paging,
    body: &'a Value,
    /// The size that was asked for, or the default.
    size: Option<u64>,
    /// The number of the page that was asked for.
    number: Option<u64>,
}

/// What the request asked for, or the default; the first page is page 0.
fn asked(view: &View<'_>, parameter: Option<&PagingParameter>) -> Option<u64> {
    let parameter = parameter?;
    match view
        .call
        .query
        .iter()
        .find(|(name, _)| *name == parameter.parameter)
    {
        Some((_, value)) => value.parse().ok(),
        None => parameter.default.or_else(|| {
            let page = view.call.operation.paging.as_ref()?.page.as_ref()?;
            (page.parameter == parameter.parameter).then_some(0)
        }),
    }
}

impl Page<'_> {
    fn finding(&self, at: &str, rule: &str, message: String, expected: String) -> Finding {
        self.view.finding(
            ID,
            body_place(at),
            &pointer::join(&self.paging.pointer, rule),
            message,
            expected,
            self.view.seen(at),
        )
    }

    fn metadata(&self, findings: &mut Vec<Finding>) {
        for (rule, parameter, asked) in [
            ("page-size", &self.paging.page_size, self.size),
            ("page", &self.paging.page, self.number),
        ] {
            if let (Some(parameter), Some(asked)) = (parameter, asked)
                && let Some(actual) = pointer::get(self.body, &parameter.at)
                && actual.is_number()
                && actual.as_u64() != Some(asked)
            {
                findings.push(self.finding(
                    &parameter.at,
                    rule,
                    format!("the {} is not the one asked for", rule.replace('-', " ")),
                    asked.to_string(),
                ));
            }
        }
    }

    fn length(&self, findings: &mut Vec<Finding>) {
        let items = pointer::get(self.body, &self.paging.items).and_then(Value::as_array);
        if let (Some(items), Some(size)) = (items, self.size)
            && items.len() as u64 > size
        {
            let mut finding = self.finding(
                &self.paging.items,
                "items",
                "the page has more items than were asked for".to_owned(),
                format!("at most {size} items"),
            );
            finding.actual = format!("{} items", items.len());
            findings.push(finding);
        }
    }

    fn urls(&self, findings: &mut Vec<Finding>) {
        let number = self.number;
        let previous = number.and_then(|n| n.checked_sub(1));
        for (rule, at, target) in [
            ("url", &self.paging.url, number),
            ("first", &self.paging.first, number.map(|_| 0)),
            ("next", &self.paging.next, number.map(|n| n + 1)),
            ("previous", &self.paging.previous, previous),
        ] {
            let Some(at) = at else { continue };
            let Some(actual) = pointer::get(self.body, at) else {
                continue;
            };
            if rule == "previous" && number == Some(0) {
                if !actual.is_null() {
                    findings.push(self.finding(
                        at,
                        rule,
                        "the first page has a page before it".to_owned(),
                        "null".to_owned(),
                    ));
                }
                continue;
            }
            if rule == "previous" && number.is_some() && actual.is_null() {
                findings.push(self.finding(
                    at,
                    rule,
                    "a page after the first has no page before it".to_owned(),
                    "a URL".to_owned(),
                ));
                continue;
            }
            if let Some(url) = actual.as_str()
                && let Some((message, expected)) = self.wrong(url, target)
            {
                findings.push(self.finding(at, rule, message, expected));
            }
        }
    }

    /// What is wrong with the URL of a page of this list, and what it should be.
    fn wrong(&self, text: &str, number: Option<u64>) -> Option<(String, String)> {
        let base = self.view.call.base;
        let path = base
            .strip(text)
            .map(|rest| rest.split(['?', '#']).next().unwrap_or_default());
        let values = path.and_then(|path| self.view.call.operation.path.matches(path));
        let Some(values) = values else {
            return Some((
                "the URL does not lead to this list on the target".to_owned(),
                format!("{base}{}", self.view.call.operation.path),
            ));
        };
        for ((name, value), (_, sent)) in values.iter().zip(&self.view.call.path) {
            // The request may have named the parent otherwise than by its id.
            if value != sent && same_shape(value, sent) {
                return Some((
                    format!("the URL leads to the list of another '{name}'"),
                    sent.clone(),
                ));
            }
        }
        let url = url::Url::parse(text).ok()?;
        let value_of = |name: &str| {
            url.query_pairs()
                .find(|(n, _)| n == name)
                .map(|(_, value)| value.into_owned())
        };
        for (parameter, wanted) in [
            (&self.paging.page_size, self.size),
            (&self.paging.page, number),
        ] {
            let (Some(parameter), Some(wanted)) = (parameter, wanted) else {
                continue;
            };
            // A token may carry the number of the page; a number that is there must be right.
            if let Some(value) = value_of(&parameter.parameter)
                && value != wanted.to_string()
            {
                return Some((
                    format!("'{}' in the URL is wrong", parameter.parameter),
                    format!("{}={wanted}", parameter.parameter),
                ));
            }
        }
        let kept = |(name, value): &&(String, String)| {
            url.query_pairs().any(|(n, v)| n == *name && v == *value)
        };
        let (name, value) = self.filters().find(|filter| !kept(filter))?;
        Some((
            format!("the URL has lost the filter '{name}'"),
            format!("{name}={value}"),
        ))
    }

    /// What the request asked for beside the page.
    fn filters(&self) -> impl Iterator<Item = &(String, String)> {
        let call = self.view.call;
        call.query.iter().filter(|(name, _)| {
            !self.paging.parameters().any(|own| own == name)
                && call.operation.parameter(Location::Query, name).is_some()
        })
    }
}

/// Whether two texts name things of one kind, as far as length and beginning tell.
fn same_shape(a: &str, b: &str) -> bool {
    a.len() == b.len() && a.get(..2) == b.get(..2)
}
