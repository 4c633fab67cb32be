//! The rules. Each file is one: it looks at an exchange and returns what it finds. Nothing here
//! does I/O, and nothing outside decides what is valid.

mod bytes;
mod checker;
mod clock;
mod content;
mod content_type;
mod echo;
mod enumeration;
mod error;
mod expectation;
mod expected;
mod header;
mod identifier;
mod items;
mod json;
mod judge;
mod multipart;
mod no_content;
mod node;
mod order;
mod paging;
mod required;
mod schema;
mod sequence;
mod state;
mod status;
mod text;
mod transport;
mod undocumented;
mod url;
mod view;
mod violation;
mod xml;

pub use checker::Checker;
pub(crate) use expectation::holds;
pub use expected::{Expectation, ExpectedBody, Sample};
pub use items::{ExpectedList, judge_list};
pub use judge::Judgement;
pub use state::{States, final_state, judge_states};
