//! In whose name requests are sent.

use crate::wire::{BaseUrl, Headers};

/// Where requests go, and in whose name.
#[derive(Clone)]
pub struct Access {
    /// Base URL of the target.
    pub base: BaseUrl,
    /// User name and secret.
    pub user: Option<(String, String)>,
    /// Credentials by the name of the security scheme: a token, a key, or `NAME:SECRET`.
    pub credentials: Vec<(String, String)>,
    /// Headers sent with every request.
    pub headers: Headers,
}
