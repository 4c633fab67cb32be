//! Selects the cases of a run: by the text in their names, and by shard.

use crate::config::Settings;
use crate::scenario::{Scenario, fingerprint};

/// Whether the filter and the shard of the settings select a case.
pub(super) fn is_selected(settings: &Settings, scenario: &Scenario) -> bool {
    let named = settings
        .filter
        .as_ref()
        .is_none_or(|filter| scenario.name.contains(filter));
    // By name, so that a new case moves no other one.
    let in_shard = settings.shard.is_none_or(|(index, count)| {
        fingerprint(&scenario.name) % count as u64 + 1 == index as u64
    });
    named && in_shard
}
