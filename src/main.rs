//! The `trueup` command.

use trueup::cli::{self, Exit};

fn main() -> Exit {
    cli::main(std::env::args_os())
}
