//! A page is what was asked for, and its neighbours' URLs lead there.

use serde_json::Value;

use super::view::View;
use crate::contract::{Location, Paging, PagingParameter};
use crate::outcome::{CheckId, Excerpt, Finding, FindingKind, PageMember, PageUrlProblem};
use crate::place::{InstancePath, pointer};

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
    /// A finding about a value of the page; `rule` is the member of the extension that promises it.
    fn finding(&self, at: &InstancePath, rule: &str, kind: FindingKind) -> Finding {
        self.view.finding(
            CheckId::Paging,
            at.clone().into(),
            &pointer::join(&self.paging.pointer, rule),
            kind,
        )
    }

    fn metadata(&self, findings: &mut Vec<Finding>) {
        let (size, number) = (&self.paging.page_size, &self.paging.page);
        for (rule, member, parameter, requested) in [
            ("page-size", PageMember::Size, size, self.size),
            ("page", PageMember::Number, number, self.number),
        ] {
            if let (Some(parameter), Some(expected)) = (parameter, requested)
                && let Some(actual) = pointer::get(self.body, &parameter.at)
                && actual.is_number()
                && actual.as_u64() != Some(expected)
            {
                let kind = FindingKind::PageMember {
                    member,
                    expected,
                    actual: Excerpt::of(actual),
                };
                findings.push(self.finding(&InstancePath::new(&parameter.at), rule, kind));
            }
        }
    }

    fn length(&self, findings: &mut Vec<Finding>) {
        let items = pointer::get(self.body, &self.paging.items).and_then(Value::as_array);
        if let (Some(items), Some(size)) = (items, self.size)
            && items.len() as u64 > size
        {
            let kind = FindingKind::PageTooLong {
                limit: size,
                actual: items.len(),
            };
            findings.push(self.finding(&InstancePath::new(&self.paging.items), "items", kind));
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
            let at = InstancePath::new(at);
            let shown = Excerpt::of(actual);
            if rule == "previous" && number == Some(0) {
                if !actual.is_null() {
                    let kind = FindingKind::FirstPageHasPrevious { actual: shown };
                    findings.push(self.finding(&at, rule, kind));
                }
                continue;
            }
            if rule == "previous" && number.is_some() && actual.is_null() {
                let kind = FindingKind::PreviousPageMissing { actual: shown };
                findings.push(self.finding(&at, rule, kind));
                continue;
            }
            if let Some(url) = actual.as_str()
                && let Some(problem) = self.problem_of(url, target)
            {
                let kind = FindingKind::PageUrl {
                    problem,
                    actual: shown,
                };
                findings.push(self.finding(&at, rule, kind));
            }
        }
    }

    /// What is wrong with the URL of a page of this list.
    fn problem_of(&self, text: &str, number: Option<u64>) -> Option<PageUrlProblem> {
        let base = self.view.call.base;
        let path = base
            .strip(text)
            .map(|rest| rest.split(['?', '#']).next().unwrap_or_default());
        let values = path.and_then(|path| self.view.call.operation.path.matches(path));
        let Some(values) = values else {
            let expected = format!("{base}{}", self.view.call.operation.path);
            return Some(PageUrlProblem::Elsewhere { expected });
        };
        for ((name, value), (_, sent)) in values.iter().zip(&self.view.call.path) {
            // The request may have named the parent otherwise than by its id.
            if value != sent && same_shape(value, sent) {
                return Some(PageUrlProblem::OtherParent {
                    parameter: name.clone(),
                    expected: sent.clone(),
                });
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
                return Some(PageUrlProblem::Parameter {
                    name: parameter.parameter.clone(),
                    expected: wanted,
                });
            }
        }
        let kept = |(name, value): &&(String, String)| {
            url.query_pairs().any(|(n, v)| n == *name && v == *value)
        };
        let (name, value) = self.filters().find(|filter| !kept(filter))?;
        Some(PageUrlProblem::LostFilter {
            name: name.clone(),
            value: value.clone(),
        })
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
