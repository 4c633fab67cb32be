//! Following the pages of a list.

use serde_json::Value;

use super::case::{Case, Filled};
use super::encode::{Encoded, follow};
use crate::check::judge_list;
use crate::outcome::Finding;
use crate::wire::Exchange;

/// Most pages that are followed; a list that never ends is a finding.
const MAX_PAGES: usize = 1000;

impl<'a> Case<'a> {
    /// Fetches the pages that follow, if the step says so, and judges the list as a whole. The
    /// items of all pages come to stand in the first page's body.
    pub(super) async fn list(
        &mut self,
        filled: &Filled<'a>,
        encoded: &Encoded<'a>,
        first: &Exchange,
        body: &mut Value,
    ) -> Vec<Finding> {
        let operation = filled.operation;
        let Some(place) = self.runner.contract.items_of(operation) else {
            return Vec::new();
        };
        let paging = operation.paging.as_ref();
        let items_of = |body: &Value| body.pointer(&place).and_then(Value::as_array).cloned();
        let Some(mut items) = items_of(body) else {
            return Vec::new();
        };
        let next_of = |body: &Value| {
            let next = paging.and_then(|paging| body.pointer(paging.next.as_deref()?));
            next.and_then(Value::as_str).map(str::to_owned)
        };
        let mut findings = Vec::new();
        let mut next = next_of(body).filter(|_| filled.step.walk);
        let mut pages = 1;
        let mut followed = Vec::new();
        while let Some(url) = next {
            let (runner, credentials) = (self.runner, filled.step.credentials);
            let target = runner.target;
            let problem = match follow(runner.contract, target, filled.operation, &url, credentials)
            {
                Ok(_) if followed.contains(&url) => {
                    "the list comes back to a page that was there already".to_owned()
                }
                Ok(encoded) if pages < MAX_PAGES => {
                    pages += 1;
                    followed.push(url);
                    let exchange = self.exchange(filled, &encoded).await;
                    if self.got_nothing_to_judge(filled.step, &exchange) {
                        return findings;
                    }
                    let page = Filled {
                        body: None,
                        same_as: None,
                        items: None,
                        ..*filled
                    };
                    let judgement = self.judge(&page, &encoded, &exchange);
                    next = judgement
                        .body
                        .as_ref()
                        .filter(|_| judgement.findings.is_empty())
                        .and_then(next_of);
                    findings.extend(judgement.findings);
                    items.extend(
                        judgement
                            .body
                            .as_ref()
                            .and_then(items_of)
                            .unwrap_or_default(),
                    );
                    continue;
                }
                Ok(_) => format!("the list does not end within {MAX_PAGES} pages"),
                Err(problem) => problem,
            };
            findings.push(Self::finding(
                filled,
                first,
                "paging",
                &format!(
                    "body {}",
                    paging.and_then(|p| p.next.as_deref()).unwrap_or_default()
                ),
                paging.map(|paging| runner.contract.document.place(&paging.pointer)),
                problem,
                "a list that ends",
                url,
            ));
            break;
        }
        let expected = filled.items.clone().unwrap_or_default();
        findings.extend(judge_list(
            self.runner.checker,
            self.runner.contract,
            &encoded.call,
            first,
            &items,
            &expected,
            &filled.step.place,
        ));
        if pages > 1
            && let Some(array) = body.pointer_mut(&place)
        {
            *array = Value::Array(items);
        }
        findings
    }
}
