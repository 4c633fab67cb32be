//! What is wrong with a value.

use crate::place::pointer;

/// One thing that is wrong with a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::emulator) struct Fault {
    /// JSON pointer of the part that is wrong.
    pub(in crate::emulator) at: String,
    /// What is wrong.
    pub(in crate::emulator) message: String,
    /// Name of the promised error.
    pub(in crate::emulator) error: Option<String>,
}

impl Fault {
    /// The part that is wrong as a message names it, such as `AssetVersions[0]`, in a value with
    /// this name.
    pub(in crate::emulator) fn place(&self, name: &str) -> String {
        let mut place = name.to_owned();
        for token in pointer::tokens(&self.at) {
            if token.bytes().all(|byte| byte.is_ascii_digit()) && !token.is_empty() {
                place.push_str(&format!("[{token}]"));
            } else {
                if !place.is_empty() {
                    place.push('.');
                }
                place.push_str(&token);
            }
        }
        place
    }

    /// The whole sentence.
    pub(in crate::emulator) fn sentence(&self, name: &str) -> String {
        let place = self.place(name);
        let place = if place.is_empty() { "the body" } else { &place };
        format!("{place} {}", self.message)
    }
}
