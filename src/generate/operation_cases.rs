//! The cases of one operation, kind by kind.

use super::cases::Cases;
use super::provide::Provider;
use super::size::Size;
use super::{letters, misuse, variation, violation};
use crate::contract::Operation;
use crate::scenario::Scenario;

/// All cases of an operation, or one that is skipped and says why.
pub(super) fn of_operation<'a>(
    provider: Provider<'a>,
    operation: &'a Operation,
    size: Size,
    seed: u64,
) -> Vec<Scenario> {
    let mut cases = Cases::new(provider, operation, seed);
    if !cases.base() {
        return cases.scenarios;
    }
    variation::examples(&mut cases);
    if size >= Size::Boundary {
        let spots = cases.spots();
        variation::add(&mut cases, &spots);
        letters::add(&mut cases, &spots);
        violation::bounds(&mut cases, &spots);
        if size >= Size::Full {
            violation::shapes(&mut cases, &spots);
            violation::conditions(&mut cases, &spots);
            misuse::add(&mut cases);
        }
    }
    cases.scenarios
}

/// The cases in which requests of an operation break what its schemas say, made as they are asked for.
pub(super) fn violations<'a>(
    provider: Provider<'a>,
    operation: &'a Operation,
    seed: u64,
) -> impl Iterator<Item = Scenario> {
    let mut cases = Cases::new(provider, operation, seed);
    let spots = cases.spots();
    let count = spots.len();
    (0..3 * count).flat_map(move |i| {
        let spot = &spots[i % count..=i % count];
        match i / count {
            0 => violation::bounds(&mut cases, spot),
            1 => violation::shapes(&mut cases, spot),
            _ => violation::conditions(&mut cases, spot),
        }
        std::mem::take(&mut cases.scenarios)
    })
}
