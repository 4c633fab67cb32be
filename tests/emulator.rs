//! Drives real emulators over HTTP: the shipped contract and a small one without extensions.
//! Every answer to the former is also held against the contract.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

#[path = "emulator/client.rs"]
mod client;
#[path = "emulator/convention.rs"]
mod convention;
#[path = "emulator/crowd.rs"]
mod crowd;
#[path = "emulator/environments.rs"]
mod environments;
#[path = "emulator/http.rs"]
mod http;
#[path = "emulator/keeping.rs"]
mod keeping;
#[path = "emulator/pets.rs"]
mod pets;
#[path = "emulator/project.rs"]
mod project;
#[path = "emulator/refusals.rs"]
mod refusals;
