//! Drives real emulators over HTTP: the shipped contract and a small one without extensions.
//! Every answer to the former is also held against the contract.

mod agreement;
mod client;
mod convention;
mod crowd;
mod environments;
mod http;
mod keeping;
mod pets;
mod profile;
mod project;
mod refusals;
