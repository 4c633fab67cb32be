//! A contract with its cases and its target: what the command line, `cargo test` and users' own
//! programs run.

mod borrowed;
mod error;
mod load;
mod select;
mod session;

pub use error::SuiteError;
pub use load::{Suite, load_contract, load_contract_with_notes, open_contract};
#[cfg(feature = "emulator")]
pub use session::start_emulator;
pub use session::{Session, emulator_settings};
