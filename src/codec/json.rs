//! JSON (RFC 8259). It is written by `serde_json`, and read more strictly than by it: a name that
//! occurs twice in an object is an error (RFC 8259 section 4).

use serde_json::Value;

use super::error::ReadError;
use crate::wire::parse_json;

/// Writes a value.
pub(crate) fn write(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

/// Reads a value.
///
/// # Errors
/// If the bytes are not one JSON value.
pub(crate) fn read(bytes: &[u8]) -> Result<Value, ReadError> {
    parse_json(bytes).map_err(ReadError::Json)
}
