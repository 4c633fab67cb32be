//! A body of bytes has the length that its schema allows: `minLength` and `maxLength` count octets
//! there (`OpenAPI` 3.1.1, Considerations for File Uploads).

use serde_json::Value;

use super::view::View;
use crate::contract::Kind;
use crate::outcome::{Bound, CheckId, Finding, FindingKind, ResponsePlace};
use crate::place::pointer;
use crate::schema::{Keyword, Layout};

pub(super) fn judge(view: &View<'_>) -> Vec<Finding> {
    let (Some(response), Some(schema)) = (
        view.response.filter(|response| response.status != 204),
        view.media.and_then(|media| media.schema.as_deref()),
    ) else {
        return Vec::new();
    };
    if view.kind != Some(Kind::Bytes) || view.exchange.request.method == "HEAD" {
        return Vec::new();
    }
    let Some(layout) = Layout::at(&view.contract.document, schema) else {
        return Vec::new();
    };
    // Lengths of an encoded text are none of the bytes.
    let is_encoded = layout
        .keyword(Keyword::Format)
        .is_some_and(|format| format == "byte")
        || layout.keyword(Keyword::ContentEncoding).is_some();
    if is_encoded {
        return Vec::new();
    }
    let length = response.body.len() as u64;
    let limit = |keyword: Keyword| layout.keyword(keyword).and_then(Value::as_u64);
    let finding = |keyword: Keyword, bound: Bound, limit: u64| {
        view.finding(
            CheckId::Length,
            ResponsePlace::body(),
            &pointer::join(schema, keyword.name()),
            FindingKind::BodyLength {
                bound,
                limit,
                actual: length,
            },
        )
    };
    let short = limit(Keyword::MinLength).filter(|least| length < *least);
    let long = limit(Keyword::MaxLength).filter(|most| length > *most);
    short
        .map(|least| finding(Keyword::MinLength, Bound::Min, least))
        .into_iter()
        .chain(long.map(|most| finding(Keyword::MaxLength, Bound::Max, most)))
        .collect()
}
