//! `trueup serve`

use std::io::Write;
use std::sync::Arc;

use super::args::Serve;
use super::{Exit, say, settle};
use crate::emulator;
use crate::suite::{emulator_settings, load_contract, start_emulator};

pub(super) fn run(serve: Serve) -> Result<Exit, String> {
    let (port, limits, state) = (serve.port, serve.limit.clone(), serve.state.clone());
    let settings = settle(serve.into())?;
    let contract = load_contract(&settings).map_err(|e| e.to_string())?;
    let operations = contract.operations.outlines();
    say(operations.filter_map(|outline| contract.operations.obstacle(&outline.id)));
    let emulated = emulator::Settings {
        limits: limits
            .into_iter()
            .map(|limit| (limit.name, limit.figure))
            .collect(),
        state,
        ..emulator_settings(&settings, &contract)
    };
    let emulator = start_emulator(Arc::new(contract), port, emulated).map_err(|e| e.report())?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", emulator.url())
        .and_then(|()| out.flush())
        .map_err(|e| format!("error: cannot write to standard output: {e}"))?;
    emulator.wait();
    Ok(Exit::Kept)
}
