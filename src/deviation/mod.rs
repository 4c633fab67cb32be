//! Known deviations: failures that are accepted for now.

mod list;
mod load;

pub use list::{Deviation, Deviations};
pub use load::load;
