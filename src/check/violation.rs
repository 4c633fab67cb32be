//! Which rule reports a violation of a schema: decided here, once.

use super::view::View;
use crate::outcome::CheckId;
use crate::schema::Violation;

/// The check that reports a violation.
pub(super) fn check_of(view: &View<'_>, violation: &Violation) -> CheckId {
    match violation.keyword.as_str() {
        "required" => CheckId::Required,
        "additionalProperties" | "unevaluatedProperties" => CheckId::Undocumented,
        "enum" => CheckId::Enum,
        "pattern" | "minLength" | "maxLength" if is_of_identifier(view, violation) => {
            CheckId::Identifier
        }
        _ => CheckId::Schema,
    }
}

/// The violations that one check reports.
pub(super) fn of_check<'v>(
    view: &'v View<'_>,
    check: CheckId,
) -> impl Iterator<Item = &'v Violation> {
    let violations = view.violations.iter();
    violations.filter(move |violation| check_of(view, violation) == check)
}

fn is_of_identifier(view: &View<'_>, violation: &Violation) -> bool {
    view.shape
        .and_then(|shape| view.checker.shapes().below(shape, &violation.instance))
        .is_some_and(|shape| shape.identifier.is_some())
}
