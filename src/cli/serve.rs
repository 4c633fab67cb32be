//! `trueup serve`

use std::io::Write;
use std::sync::Arc;

use super::args::Serve;
use super::{Exit, settle};
use crate::suite::{emulator_account, load_contract, start_emulator};

pub(super) fn run(serve: Serve) -> Result<Exit, String> {
    let port = serve.port;
    let settings = settle(serve.into())?;
    let contract = load_contract(&settings).map_err(|e| e.to_string())?;
    let (user, secret) = emulator_account(&settings);
    let emulator = start_emulator(
        Arc::new(contract),
        port,
        (&user, &secret),
        settings.build_time,
    )
    .map_err(|e| e.to_string())?;
    let mut out = std::io::stdout();
    writeln!(out, "listening on {}", emulator.url())
        .and_then(|()| out.flush())
        .map_err(|e| format!("error: cannot write to standard output: {e}"))?;
    emulator.wait();
    Ok(Exit::Kept)
}
