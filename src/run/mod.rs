//! From scenarios to outcomes: requests are sent, responses checked, snapshots compared, and what
//! was created is removed again.
//!
//! `schedule` runs many cases, `run_case` one, `attempt` takes its steps once, and `step` shows the
//! way of one step. What a case has is in `ledger`, `world` and `trail`.

mod attempt;
mod case;
mod cleanup;
mod encode;
mod error;
mod events;
mod fill;
mod filled;
mod identity;
mod ledger;
mod minimize;
mod minimizer;
mod next;
mod pages;
mod poll;
mod refusal;
mod run_case;
mod runner;
mod schedule;
mod send;
mod shared;
mod slot;
mod snapshot;
mod step;
mod trail;
mod worker;
mod world;

pub use runner::Runner;
pub use schedule::{Concurrency, run};
pub use worker::Worker;
