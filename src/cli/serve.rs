//! `trueup serve`

use std::io::Write;
use std::sync::Arc;

use super::error::CliError;
use super::exit::Exit;
use super::serve_args::Serve;
use super::settle::{say, settle};
use crate::emulator;
use crate::suite::{emulator_settings, load_contract_with_notes, start_emulator};

pub(super) fn run(serve: Serve) -> Result<Exit, CliError> {
    let settings = settle(&serve.flags)?;
    let (contract, notes) = load_contract_with_notes(&settings)?;
    say(notes);
    let operations = contract.operations.outlines();
    say(operations.filter_map(|outline| contract.operations.obstacle(&outline.id)));
    let emulated = emulator::Settings {
        limits: serve
            .limit
            .into_iter()
            .map(|limit| (limit.name, limit.figure))
            .collect(),
        state: serve.state,
        ..emulator_settings(&settings, &contract)
    };
    let emulator = start_emulator(Arc::new(contract), serve.port, emulated)?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", emulator.url())
        .and_then(|()| out.flush())
        .map_err(CliError::write("to standard output"))?;
    emulator.wait();
    Ok(Exit::Kept)
}
