//! The integration tests, in one program: each module is about one part, and `world` holds what
//! they share.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod architecture;
mod cli;
mod emulator;
mod generate;
mod golden;
mod mangled;
mod overlay;
mod properties;
mod shipped;
mod target;
mod wire;
mod world;
