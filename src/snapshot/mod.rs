//! Reviewed responses. Normalising hides what differs between two correct runs; comparing and
//! storing keep the rest for a person to review.

mod normalize;
mod store;

pub use normalize::{Names, Reply, normalize};
pub use store::{Comparison, Mode, Store};
