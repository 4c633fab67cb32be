//! The engine behind a socket.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::extract;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use futures_util::StreamExt as _;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

use super::engine::{Engine, LONGEST_BODY, engine};
use super::{Settings, StartError};
use crate::contract::Contract;
use crate::wire::{Header, Headers, Request, Response, Status};

/// How much of a body that is too long is read, so that the client comes to reading the answer.
const LONGEST_DISCARDED: usize = 10 * LONGEST_BODY;

/// A running server on a thread of its own. It stops when dropped and leaves nothing behind.
pub struct Emulator {
    url: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Emulator {
    /// Starts a server on this port of the loopback address, 0 for any free one. The port is bound
    /// when this returns.
    ///
    /// # Errors
    /// When the port cannot be bound, the system refuses a thread, or the settings ask for what
    /// cannot be had.
    pub fn start(
        contract: Arc<Contract>,
        port: u16,
        settings: Settings,
    ) -> Result<Self, StartError> {
        let engine = Arc::new(engine(contract, settings)?);
        Self::serve(engine, port)
            .map_err(|e| StartError::new(format!("cannot listen on port {port}: {e}")))
    }

    fn serve(engine: Arc<Engine>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = runtime()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("emulator".to_owned())
            .spawn(move || {
                runtime.block_on(async move {
                    tokio::select! {
                        () = serve(listener, address, engine) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            url: format!("http://{address}"),
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// The URL of the server, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until the process is told to stop.
    pub fn wait(mut self) {
        if let Ok(runtime) = runtime() {
            runtime.block_on(told_to_stop());
        } else if let Some(thread) = self.thread.take() {
            // Without signals only the end of the process ends the server.
            let _ = thread.join();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by then.
            let _ = thread.join();
        }
    }
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

async fn told_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

async fn serve(listener: TcpListener, address: SocketAddr, engine: Arc<Engine>) {
    let handler = move |request: extract::Request| {
        let engine = Arc::clone(&engine);
        async move { answer(&engine, address, request).await }
    };
    let router: Router = Router::new().fallback(handler);
    if let Ok(listener) = tokio::net::TcpListener::from_std(listener) {
        // It never ends of itself: failures to accept are tried again.
        let _ = axum::serve(listener, router).await;
    }
}

async fn answer(
    engine: &Engine,
    address: SocketAddr,
    request: extract::Request,
) -> axum::response::Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let headers = parts.headers.iter().map(|(name, value)| Header {
        name: name.as_str().to_owned(),
        value: value.as_bytes().to_vec(),
    });
    let mut request = Request {
        method: parts.method.as_str().to_owned(),
        url: format!("http://{address}{path}"),
        headers: Headers(headers.collect()),
        body: Vec::new(),
    };
    let response = match read(body.into_data_stream()).await {
        Ok(Some(bytes)) => {
            request.body = bytes;
            engine.answer(&request)
        }
        Ok(None) => engine.answer_too_large(&request),
        // Nobody is there to be answered.
        Err(_) => Response {
            status: Status(400),
            headers: Headers::default(),
            body: Vec::new(),
        },
    };
    write(response)
}

/// The whole body; none if it is too long.
async fn read(mut stream: BodyDataStream) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        length += chunk.len();
        if length > LONGEST_DISCARDED {
            break;
        }
        if length > LONGEST_BODY {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((length <= LONGEST_BODY).then_some(bytes))
}

fn write(response: Response) -> axum::response::Response {
    let mut written = axum::response::Response::new(Body::from(response.body));
    *written.status_mut() =
        StatusCode::from_u16(response.status.0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for header in response.headers.0 {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(&header.value);
        if let (Ok(name), Ok(value)) = (name, value) {
            written.headers_mut().append(name, value);
        }
    }
    written
}
