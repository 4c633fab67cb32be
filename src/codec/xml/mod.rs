//! XML (`OpenAPI` 3.1.1, XML Object; `OpenAPI` 3.2.0, XML Node Types; XML 1.0; Namespaces in XML 1.0).
//!
//! Names, namespaces and kinds of nodes are those of the schemas. Null is an element with
//! `xsi:nil="true"` (XML Schema Part 1 section 2.6.2). What XML does not tell apart does not come back
//! as the value that was written: an empty array without an element of its own and none at all, and
//! arrays in arrays without elements around them.

mod read;
mod syntax;
mod write;

pub(crate) use read::{declared_encoding, read};
pub(crate) use write::write;
