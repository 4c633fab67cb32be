//! Cases made from the contract itself: requests that keep it, requests that break it in one way,
//! and all that they need. Everything is decided by the contract and a seed.

mod cases;
mod echo;
mod law;
mod letters;
mod look_alike;
mod misuse;
mod number;
mod operation_cases;
mod own_key;
mod provide;
mod reference;
mod request;
mod schema;
mod sent;
mod setup;
mod size;
mod spot;
mod text;
mod value;
mod variation;
mod violation;
mod wanted;

pub use provide::Provider;
pub use request::{Draft, DraftBody};
pub use schema::Requests;
pub use setup::Setup;
pub use size::Size;
pub use value::{Extent, Maker};
pub use wanted::Wanted;

use crate::contract::Contract;
use crate::scenario::{Recipes, Scenario};
use crate::spec::LoadError;

/// The cases of a contract, operation by operation. Equal seeds give equal cases. Operations none of
/// whose cases can be wanted are passed over.
///
/// # Errors
/// When a schema cannot be compiled.
pub fn cases(
    contract: &Contract,
    recipes: &Recipes,
    size: Size,
    seed: u64,
    wanted: Wanted<'_>,
) -> Result<Vec<Scenario>, LoadError> {
    let requests = Requests::compile(contract, wanted.needed(contract))?;
    let shapes;
    let maker = Maker::new(contract, &requests);
    let provider = Provider::new(&maker, recipes);
    let mut scenarios: Vec<Scenario> = contract
        .operations
        .outlines()
        .filter(|outline| wanted.may_be(&outline.id))
        .filter_map(|outline| contract.operation(&outline.id))
        .flat_map(|operation| operation_cases::of_operation(provider, operation, size, seed))
        .collect();
    if size >= Size::Boundary {
        shapes = law::shapes(contract);
        scenarios.extend(law::cases(provider, &shapes, seed, wanted));
    }
    Ok(scenarios)
}
