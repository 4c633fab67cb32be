//! The state on disk, so that a restart loses nothing.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::StartError;
use super::state::State;
use crate::contract::Contract;

/// A file that always holds one whole state.
#[derive(Debug)]
pub(super) struct StateFile {
    path: PathBuf,
    contract: String,
}

#[derive(Serialize)]
struct Written<'a> {
    contract: &'a str,
    state: &'a State,
}

#[derive(Deserialize)]
struct Read {
    contract: String,
    state: State,
}

impl StateFile {
    /// The file and the state in it; no items if there is no such file yet.
    ///
    /// # Errors
    /// When the file cannot be read or written, or holds the state of another contract.
    pub(super) fn open(path: &Path, contract: &Contract) -> Result<(Self, State), StartError> {
        let file = Self {
            path: path.to_owned(),
            contract: contract.title.clone(),
        };
        let shown = path.display();
        let state = match fs::read(path) {
            Ok(bytes) => {
                let read: Read = serde_json::from_slice(&bytes).map_err(|e| {
                    StartError::new(format!(
                        "{shown} holds no state of an emulator: {e}; name another file"
                    ))
                })?;
                if read.contract != file.contract {
                    return Err(StartError::new(format!(
                        "{shown} holds the state of '{}', not of '{}'; name another file",
                        read.contract, file.contract
                    )));
                }
                read.state
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => State::new(),
            Err(error) => {
                return Err(StartError::new(format!("{shown} cannot be read: {error}")));
            }
        };
        file.write(&state)
            .map_err(|error| StartError::new(format!("{shown} cannot be written: {error}")))?;
        Ok((file, state))
    }

    /// Replaces the file as a whole: whoever reads it meets the old state or the new one.
    pub(super) fn write(&self, state: &State) -> io::Result<()> {
        let mut beside = self.path.clone().into_os_string();
        beside.push(".new");
        let beside = PathBuf::from(beside);
        let mut out = BufWriter::new(File::create(&beside)?);
        let written = Written {
            contract: &self.contract,
            state,
        };
        serde_json::to_writer(&mut out, &written)?;
        out.flush()?;
        out.get_ref().sync_data()?;
        fs::rename(&beside, &self.path)
    }
}
