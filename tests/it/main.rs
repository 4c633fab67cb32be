//! The integration tests, in one program: each module is about one part, and `world` holds what
//! they share.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod cli;
mod corpus;
mod emulator;
mod generate;
mod mangled;
mod overlay;
mod pets;
mod published;
mod shipped;
mod strangers;
mod wire;
mod world;
