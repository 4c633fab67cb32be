//! The shipped cases as tests, one each.

use std::process::ExitCode;

fn main() -> ExitCode {
    trueup::libtest::main(env!("CARGO_MANIFEST_DIR"))
}
