//! What the names of parameters mean by convention, unless the document defines them.
//!
//! Names are compared in snake case.

use super::naming::snake_case;

/// Names of parameters for the size of a page.
pub const PAGE_SIZES: [&str; 4] = ["limit", "page_size", "per_page", "size"];
/// Names of parameters that count the items before a page.
pub(super) const OFFSETS: [&str; 2] = ["offset", "skip"];
/// Names of parameters that count the pages of a list.
pub const PAGE_NUMBERS: [&str; 3] = ["page", "page_number", "page_num"];
/// Words of parameters that mark the beginning of a page in another way.
const MARKERS: [&str; 6] = [
    "token",
    "cursor",
    "after",
    "before",
    "marker",
    "continuation",
];
/// Words of parameters that choose a part of a list.
const PARTS: [&str; 14] = [
    "page",
    "limit",
    "offset",
    "cursor",
    "size",
    "after",
    "before",
    "start",
    "skip",
    "take",
    "top",
    "token",
    "marker",
    "continuation",
];

/// Whether a parameter marks the beginning of a page by something other than a number.
pub fn is_page_marker(parameter: &str) -> bool {
    has_word(parameter, &MARKERS)
}

/// Whether only the server knows values of a parameter of this name: its last word is a marker, or
/// it is the tag of a state.
pub fn is_opaque_token(parameter: &str) -> bool {
    let words = snake_case(parameter);
    let last = words.rsplit('_').next().unwrap_or_default();
    MARKERS.contains(&last) || last == "etag"
}

/// Whether a parameter counts the pages of a list.
pub fn counts_pages(parameter: &str) -> bool {
    PAGE_NUMBERS.contains(&snake_case(parameter).as_str())
}

/// Whether a query parameter chooses a part of a list.
pub fn chooses_part(parameter: &str) -> bool {
    has_word(parameter, &PARTS)
}

fn has_word(name: &str, known: &[&str]) -> bool {
    snake_case(name)
        .split('_')
        .any(|word| known.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_parameters_have_one_meaning() {
        assert!(is_page_marker("startingAfter") && is_page_marker("page_token"));
        assert!(is_opaque_token("PageToken") && is_opaque_token("if-etag"));
        assert!(!is_opaque_token("token_count") && !is_opaque_token("page"));
        assert!(counts_pages("pageNumber") && !counts_pages("page_size"));
        assert!(chooses_part("pageSize") && !chooses_part("name"));
    }
}
