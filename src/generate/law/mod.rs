//! Laws that the resources of any contract keep: one law, one file. A law says what an operation
//! promises by what it is (create, fetch, list, update, delete), and is applied only to resources
//! whose contract gives ground for it.

mod answered_links;
mod children_go_along;
mod counted_pages;
mod definition;
mod fetched_as_created;
mod fetched_in_full;
mod final_deletion;
mod followed_links;
mod forward_states;
mod ground;
mod kept_update;
mod listed_once;
mod narrow_deletion;
mod narrow_update;
mod own_parent;
mod pages_lead_back;
mod powerless_strangers;
mod refused_creation;
mod safe_reads;
mod separate_creates;
mod stage;
mod unstable;
mod untouched_siblings;
mod whole_pages;

use super::provide::Provider;
use super::wanted::Wanted;
use crate::contract::{Contract, Operation, Shapes};
use crate::outcome::Origin;
use crate::scenario::Scenario;
use definition::Law;
use ground::Ground;
use stage::Stage;

const LAWS: [Law; 20] = [
    fetched_as_created::LAW,
    fetched_in_full::LAW,
    listed_once::LAW,
    separate_creates::LAW,
    refused_creation::LAW,
    kept_update::LAW,
    narrow_update::LAW,
    untouched_siblings::LAW,
    safe_reads::LAW,
    forward_states::LAW,
    final_deletion::LAW,
    narrow_deletion::LAW,
    children_go_along::LAW,
    powerless_strangers::LAW,
    own_parent::LAW,
    whole_pages::LAW,
    pages_lead_back::LAW,
    counted_pages::LAW,
    answered_links::LAW,
    followed_links::LAW,
];

/// What is known of the items of all resources, and of their views.
pub(super) fn shapes(contract: &Contract) -> Shapes {
    let items = contract.resources.iter().map(|r| r.schema.as_str());
    let views = contract.resources.iter().flat_map(|r| &r.views);
    let views = views.filter_map(|id| contract.operation(id));
    let media = views.flat_map(Operation::successes).flat_map(|r| &r.media);
    let views = media.filter_map(|media| media.schema.as_deref());
    Shapes::compile(contract, items.chain(views))
}

/// The cases of all laws on all resources. One whose steps cannot be made is skipped and says why.
pub(super) fn cases<'a>(
    provider: Provider<'a>,
    shapes: &'a Shapes,
    seed: u64,
    wanted: Wanted<'_>,
) -> Vec<Scenario> {
    let contract = provider.maker().contract();
    let mut scenarios = Vec::new();
    for (index, resource) in contract.resources.iter().enumerate() {
        if !resource.operations().any(|id| wanted.may_be(id)) {
            continue;
        }
        let ground = Ground::new(contract, shapes, index);
        for law in &LAWS {
            let operation = (law.ground)(&ground).filter(|o| wanted.may_be(&o.id));
            let Some(operation) = operation else {
                continue;
            };
            let name = format!("{}::{}", operation.id, law.name);
            let random = super::cases::random(seed, &name);
            let mut stage = Stage::new(provider, index, operation, random);
            let tried = (law.steps)(&ground, &mut stage);
            if tried.is_ok() && stage.is_empty() {
                continue;
            }
            scenarios.push(Scenario {
                name,
                operation: operation.id.clone(),
                origin: Origin::Law {
                    says: law.says,
                    resource: ground.resource.name.clone(),
                },
                ..stage.scenario(tried.err())
            });
        }
    }
    scenarios
}
