//! Selects the cases of a run: by the text in their names, and by shard.

use crate::config::Select;
use crate::scenario::{Scenario, fingerprint};

/// Whether the filter and the shard of the options select a case.
pub(super) fn is_selected(select: &Select, scenario: &Scenario) -> bool {
    let named = select
        .filter
        .as_ref()
        .is_none_or(|filter| scenario.name.contains(filter));
    // By name, so that a new case moves no other one.
    let in_shard = select.shard.is_none_or(|(index, count)| {
        fingerprint(&scenario.name) % count as u64 + 1 == index as u64
    });
    named && in_shard
}
