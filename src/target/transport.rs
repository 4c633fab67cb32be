//! What every kind of target has in common: it takes a request and yields an exchange.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::wire::{Exchange, Request};

/// How trueup calls itself in requests.
pub(super) const USER_AGENT: &str = concat!("trueup/", env!("CARGO_PKG_VERSION"));

/// The future of one exchange.
pub(super) type Sending<'a> = Pin<Box<dyn Future<Output = Exchange> + Send + 'a>>;

/// Whether a request may travel over a connection that was used before. Only HTTP knows connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Connection {
    /// Any connection.
    Pooled,
    /// A new one.
    Fresh,
}

/// Sends requests to a target, once each and without any judgement. A transport belongs to one
/// event loop.
pub(super) trait Transport: Send + Sync {
    /// Sends a request and waits for its response.
    fn send(&self, request: Arc<Request>, connection: Connection) -> Sending<'_>;
}
