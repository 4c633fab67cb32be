//! Following the pages of a list.

use serde_json::Value;

use super::case::Case;
use super::encode::{Encoded, follow, with_number};
use super::filled::Filled;
use super::next::{Next, is_rejected, nothing_to_judge};
use crate::check::judge_list;
use crate::contract::Begin;
use crate::outcome::{CheckId, Finding, FindingKind, WalkProblem};
use crate::place::InstancePath;
use crate::scenario::Walk;
use crate::wire::Exchange;

/// Most pages that are followed; a list that never ends is a finding.
const MAX_PAGES: usize = 1000;
/// Most pages that are asked for by their numbers. Longer lists are not walked.
const MAX_COUNTED: u64 = 100;

/// The pages of a list that were fetched.
struct Pages {
    /// Where the items stand.
    place: String,
    items: Vec<Value>,
    findings: Vec<Finding>,
}

/// What came of fetching a list.
#[derive(Default)]
pub(super) struct Listed {
    pub(super) findings: Vec<Finding>,
    /// What follows where the list could not be fetched to its end.
    pub(super) stopped: Option<Next>,
}

impl Pages {
    fn items_of(&self, body: &Value) -> Option<Vec<Value>> {
        body.pointer(&self.place).and_then(Value::as_array).cloned()
    }
}

impl<'a> Case<'a> {
    /// Fetches the pages that follow, if the step says so, and judges the list as a whole. The
    /// items of all pages come to stand in the first page's body.
    pub(super) async fn list(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        first: &Exchange,
        body: &mut Value,
    ) -> Listed {
        let Some(place) = self.runner.contract.items_of(filled.operation) else {
            return Listed::default();
        };
        let mut pages = Pages {
            place,
            items: Vec::new(),
            findings: Vec::new(),
        };
        let Some(items) = pages.items_of(body) else {
            return Listed::default();
        };
        pages.items = items;
        let stopped = match &filled.step.walk {
            None => None,
            Some(Walk::Links) => self.follow_links(filled, first, body, &mut pages).await,
            Some(Walk::Counted(begin)) => self.count_on(filled, encoded, begin, &mut pages).await,
        };
        if stopped.is_some() {
            return Listed {
                findings: pages.findings,
                stopped,
            };
        }
        let expected = filled.items.clone().unwrap_or_default();
        pages.findings.extend(judge_list(
            self.runner.checker,
            self.runner.contract,
            &encoded.call,
            first,
            &pages.items,
            &expected,
            &filled.step.place,
        ));
        if let Some(array) = body.pointer_mut(&pages.place) {
            *array = Value::Array(pages.items);
        }
        Listed {
            findings: pages.findings,
            stopped: None,
        }
    }

    /// Fetches the pages to which each one before leads. Returns what follows if that was not
    /// possible.
    async fn follow_links(
        &mut self,
        filled: &Filled<'a>,
        first: &Exchange,
        body: &Value,
        pages: &mut Pages,
    ) -> Option<Next> {
        let paging = filled.operation.paging.as_ref();
        let next_of = |body: &Value| {
            let next = paging.and_then(|paging| body.pointer(paging.next.as_deref()?));
            next.and_then(Value::as_str).map(str::to_owned)
        };
        let mut next = next_of(body);
        let mut followed = Vec::new();
        while let Some(url) = next {
            let (runner, credentials) = (self.runner, filled.step.credentials);
            let target = runner.target;
            let problem = match follow(runner.contract, target, filled.operation, &url, credentials)
            {
                Ok(_) if followed.contains(&url) => WalkProblem::Repeats,
                Ok(encoded) if followed.len() + 1 < MAX_PAGES => {
                    followed.push(url);
                    let exchange = self.exchange(filled, &encoded).await;
                    if let Some(next) = nothing_to_judge(filled.step, &exchange) {
                        return Some(next);
                    }
                    let known = pages.findings.len();
                    let page = self.page(filled, &encoded, &exchange, pages);
                    next = page
                        .filter(|_| pages.findings.len() == known)
                        .as_ref()
                        .and_then(next_of);
                    continue;
                }
                Ok(_) => WalkProblem::TooManyPages(MAX_PAGES),
                Err(error) => WalkProblem::BadUrl(error.to_string()),
            };
            pages.findings.push(Self::finding(
                filled,
                first,
                CheckId::Paging,
                InstancePath::new(paging.and_then(|p| p.next.as_deref()).unwrap_or_default())
                    .into(),
                paging.map(|paging| runner.contract.document.place(&paging.pointer)),
                FindingKind::EndlessList { problem, url },
            ));
            break;
        }
        None
    }

    /// Fetches the pages behind the first one by their numbers, up to one that is refused, that has
    /// fewer items than the first, or that is the one before once more: servers differ in what they
    /// make of a page that is not there. Returns what follows if that was not possible.
    async fn count_on(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        begin: &Begin,
        pages: &mut Pages,
    ) -> Option<Next> {
        let mut before = pages.items.clone();
        let size = before.len();
        let mut count = 1;
        while size > 0 && before.len() >= size {
            if count >= MAX_COUNTED {
                let why = format!("{} has too many pages to walk", filled.operation.id);
                return Some(Next::Skip(why));
            }
            let next = begin.behind(count, pages.items.len() as u64);
            let encoded = with_number(encoded, begin.parameter(), next);
            let exchange = self.exchange(filled, &encoded).await;
            if let Some(next) = nothing_to_judge(filled.step, &exchange) {
                return Some(next);
            }
            if is_rejected(&exchange) {
                break;
            }
            let known = pages.items.len();
            self.page(filled, &encoded, &exchange, pages);
            let page = pages.items.split_off(known);
            if page == before {
                break;
            }
            pages.items.extend_from_slice(&page);
            before = page;
            count += 1;
        }
        None
    }

    /// Judges one more page and takes its items.
    fn page(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        exchange: &Exchange,
        pages: &mut Pages,
    ) -> Option<Value> {
        let page = Filled {
            body: None,
            same_as: None,
            items: None,
            ..*filled
        };
        let judgement = self.judge(&page, encoded, exchange);
        pages.findings.extend(judgement.findings);
        let body = judgement.body?;
        let items = pages.items_of(&body);
        pages.items.extend(items.unwrap_or_default());
        Some(body)
    }
}
