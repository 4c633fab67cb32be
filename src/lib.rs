//! trueup tests whether an HTTP API keeps the promises of its `OpenAPI` document.
//!
//! A [`Suite`] is a contract with its cases. It is loaded from [`config::Settings`], opened as a
//! [`Session`] on a target, and run. The settings come from flags, environment and `trueup.toml`
//! ([`config::resolve`]), or from the program itself:
//!
//! ```
//! use trueup::Suite;
//! use trueup::config::{Layer, for_document};
//!
//! let api = serde_json::json!({
//!     "openapi": "3.1.0",
//!     "info": { "title": "Pets", "version": "1" },
//!     "paths": { "/pets": { "get": {
//!         "operationId": "listPets",
//!         "parameters": [{
//!             "name": "limit", "in": "query",
//!             "schema": { "type": "integer", "minimum": 1, "maximum": 100 },
//!         }],
//!         "responses": {
//!             "200": { "description": "some pets", "content": { "application/json": { "schema": {
//!                 "type": "array",
//!                 "items": { "type": "object", "properties": { "name": { "type": "string" } } },
//!             } } } },
//!             "4XX": { "description": "the request is rejected" },
//!         },
//!     } } },
//! });
//! let options = Layer::of_flags([("generate", "boundary"), ("seed", "1")])?;
//! let suite = Suite::load(for_document("pets.json", &api, options)?)?;
//! // No target is named, so the embedded emulator of the document responds. A server of yours is
//! // named with `("target", "http://127.0.0.1:8080")`; a service in this process is handed to
//! // `Suite::session_on`.
//! let session = suite.session()?;
//! let (summary, cases) = session.run_to_end();
//! assert_eq!((summary.passed, summary.failed), (cases.len(), 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A document that is typed by the crate `openapiv3`, or any value that serializes to one, is a
//! [`spec::Document`] by `Document::from_openapiv3` and [`spec::Document::from_value`].
//!
//! # Features
//!
//! All are on by default.
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `cli` | the command `trueup`, and progress bars |
//! | `emulator` | the emulator as a server on a port; as the target of a run it needs none |
//! | `libtest` | the cases as tests of `cargo test` |
//! | `openapiv3` | documents typed by the crate `openapiv3` |
//! | `tls` | targets and documents behind https |
//!
//! The modules that are not listed here are internals, which change without notice.
//! `ARCHITECTURE.md` describes them and the flow of the data.

#[doc(hidden)]
pub mod check;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
#[doc(hidden)]
pub mod codec;
pub mod config;
pub mod contract;
#[doc(hidden)]
pub mod coverage;
#[doc(hidden)]
pub mod deviation;
pub mod emulator;
#[doc(hidden)]
pub mod fixture;
#[doc(hidden)]
pub mod generate;
#[doc(hidden)]
pub mod keyword;
#[cfg(feature = "libtest")]
pub mod libtest;
pub mod outcome;
#[doc(hidden)]
pub mod place;
#[doc(hidden)]
pub mod report;
#[doc(hidden)]
pub mod run;
#[doc(hidden)]
pub mod scenario;
#[doc(hidden)]
pub mod schema;
#[doc(hidden)]
pub mod snapshot;
pub mod spec;
pub mod suite;
pub mod target;
#[doc(hidden)]
pub mod wire;

pub use suite::{Session, Suite, SuiteError};
