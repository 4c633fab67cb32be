//! The faults.

mod answers;
mod errors;
mod isolation;
mod pages;
mod requests;
mod schemas;
mod state;

use crate::planted::plant::Plant;

/// All faults.
pub(crate) fn all() -> Vec<Plant> {
    [
        answers::all(),
        schemas::all(),
        errors::all(),
        requests::all(),
        state::all(),
        pages::all(),
        isolation::all(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
