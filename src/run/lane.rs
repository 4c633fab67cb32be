//! Threads of a run. Each has an event loop and connections of its own, so that they meet only when
//! one takes a case or tells an outcome.

use tokio::runtime::{Builder, Runtime};

use super::{Client, Limits};

/// What one thread of a run needs.
#[derive(Debug)]
pub struct Lane {
    pub(super) runtime: Runtime,
    pub(super) client: Client,
}

impl Lane {
    /// So many lanes to one target, at least one.
    ///
    /// # Errors
    /// When the system gives no event loop, or the TLS library cannot be set up.
    pub fn open(count: usize, limits: Limits) -> Result<Vec<Self>, String> {
        let client = Client::new(limits)?;
        let others = (1..count).map(|_| client.beside());
        let others: Vec<Client> = others.collect();
        let clients = std::iter::once(client).chain(others);
        clients.map(Self::with).collect()
    }

    fn with(client: Client) -> Result<Self, String> {
        let mut runtime = Builder::new_current_thread();
        let runtime = runtime.enable_all().build();
        Ok(Self {
            runtime: runtime.map_err(|e| format!("cannot start: {e}"))?,
            client,
        })
    }

    /// Waits for what this lane does. Several threads may do so at once.
    pub fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }
}
