//! Servers that are wrong on purpose. Each is the emulator with one fault, checked by the engine
//! itself with the shipped fixtures and snapshots, and the engine must find that fault. Servers
//! that differ without being wrong must pass.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has nothing to tell but that"
)]

mod answers;
mod builds;
mod correct;
mod environments;
mod fields;
mod lists;
mod matrix;
mod parents;
mod places;
mod refusals;
#[path = "../it/world/server.rs"]
mod server;
mod stage;
mod updates;
mod values;
