//! A [`tower_service::Service`] of this process, called without a socket.
//!
//! The service runs in an event loop of its own, which lives as long as the target: tasks that it
//! spawns go on between requests, and a handler that panics ends its response and nothing else.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::{Buf as _, Bytes};
use http_body::{Body, Frame};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout_at};
use tower_service::Service;

use super::error::TargetError;
use super::in_process::{Cut, received, sent};
use super::limits::Limits;
use super::receive::{self, Chunks};
use super::transport::{Connection, Sending, Transport};
use crate::wire::{Exchange, Request, Response, TransportFault};

/// The body of a request as a service in this process gets it.
pub type RequestBody = Full<Bytes>;

type Answer = Result<http::Response<UnsyncBoxBody<Bytes, String>>, String>;
type Answering = Pin<Box<dyn Future<Output = Answer> + Send>>;

/// A service, whatever its type.
#[derive(Clone)]
pub(super) struct AnyService(Arc<dyn Fn(http::Request<RequestBody>) -> Answering + Send + Sync>);

impl AnyService {
    /// A service of this type. Each request gets a clone of it.
    pub(super) fn new<S, B>(service: S) -> Self
    where
        S: Service<http::Request<RequestBody>, Response = http::Response<B>>
            + Clone
            + Send
            + Sync
            + 'static,
        S::Future: Send + 'static,
        S::Error: std::fmt::Display,
        B: Body + Send + 'static,
        B::Error: std::fmt::Display,
    {
        Self(Arc::new(move |request| {
            let mut service = service.clone();
            Box::pin(async move {
                let ready = poll_fn(|context| service.poll_ready(context)).await;
                ready.map_err(|e| e.to_string())?;
                let response = service.call(request).await.map_err(|e| e.to_string())?;
                Ok(response.map(|body| {
                    let bytes = body.map_frame(|frame: Frame<B::Data>| {
                        frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))
                    });
                    bytes.map_err(|e| e.to_string()).boxed_unsync()
                }))
            })
        }))
    }
}

/// The event loop of a service.
pub(super) struct Host {
    handle: Handle,
    /// `None` only while it is dropped.
    runtime: Option<Runtime>,
}

impl Host {
    /// An event loop with as many threads as there are cores: services may block one of them.
    ///
    /// # Errors
    /// When the system refuses the threads.
    pub(super) fn start() -> Result<Self, TargetError> {
        let mut runtime = Builder::new_multi_thread();
        let runtime = runtime.enable_all().thread_name("service").build();
        let runtime = runtime.map_err(TargetError::EventLoop)?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }

    /// A way to the service for one event loop of a run.
    pub(super) fn transport(&self, service: &AnyService, limits: Limits) -> InProcess {
        InProcess {
            service: service.clone(),
            host: self.handle.clone(),
            limits,
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // What the service still does is no concern of the run, and must not delay its end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Calls a service.
pub(super) struct InProcess {
    service: AnyService,
    host: Handle,
    limits: Limits,
}

/// Ends the work on a response that is not wanted any more, as a server does when its client
/// closes the connection.
struct Abort(AbortHandle);

impl Drop for Abort {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A piece of a body, or its end.
enum Piece {
    Data(Bytes),
    End,
    Error(String),
}

/// The body of a response, read in the event loop of the service.
struct Pieces {
    received: mpsc::Receiver<Piece>,
    deadline: Instant,
    limits: Limits,
}

impl Chunks for Pieces {
    async fn next(&mut self) -> Result<Option<Bytes>, TransportFault> {
        let piece = timeout_at(self.deadline, self.received.recv()).await;
        match piece.map_err(|_| TransportFault::TimedOut(self.limits.timeout))? {
            Some(Piece::Data(data)) => Ok(Some(data)),
            Some(Piece::End) => Ok(None),
            Some(Piece::Error(why)) => Err(TransportFault::Incomplete(why)),
            None => Err(TransportFault::Incomplete(
                "the service panicked".to_owned(),
            )),
        }
    }
}

impl InProcess {
    async fn exchange(&self, request: &Request) -> Result<Response, TransportFault> {
        let deadline = Instant::now() + self.limits.timeout;
        let received = received(request)?;
        let method = received.method().clone();
        let answering = (self.service.0)(received.map(Full::new));
        let (head, headed) = oneshot::channel();
        let (pieces, body) = mpsc::channel(1);
        let work = self.host.spawn(async move {
            match answering.await {
                Err(why) => drop(head.send(Err(why))),
                Ok(response) => {
                    let (parts, body) = response.into_parts();
                    let length = body.size_hint().exact();
                    if head.send(Ok((parts, length))).is_ok() {
                        pump(body, &pieces).await;
                    }
                }
            }
        });
        let _abort = Abort(work.abort_handle());
        let head = timeout_at(deadline, headed).await;
        let (parts, length) = head
            .map_err(|_| TransportFault::TimedOut(self.limits.timeout))?
            .unwrap_or_else(|_| Err("the service panicked".to_owned()))
            .map_err(TransportFault::NoAnswer)?;
        let (headers, length) = sent(&method, parts.status, parts.headers, length);
        let pieces = Pieces {
            received: body,
            deadline,
            limits: self.limits,
        };
        let mut body = Cut::new(pieces, length);
        let body = receive::body(&headers, &mut body, self.limits).await?;
        Ok(Response {
            status: parts.status.as_u16().into(),
            headers,
            body,
        })
    }
}

/// Hands a body on, piece by piece, while it is wanted.
async fn pump(mut body: UnsyncBoxBody<Bytes, String>, pieces: &mpsc::Sender<Piece>) {
    loop {
        let piece = match body.frame().await {
            // Trailers are no part of a body.
            Some(Ok(frame)) => match frame.into_data() {
                Ok(data) => Piece::Data(data),
                Err(_) => continue,
            },
            Some(Err(why)) => Piece::Error(why),
            None => Piece::End,
        };
        let is_last = !matches!(piece, Piece::Data(_));
        if pieces.send(piece).await.is_err() || is_last {
            return;
        }
    }
}

impl Transport for InProcess {
    fn send(&self, request: Arc<Request>, _: Connection) -> Sending<'_> {
        Box::pin(async move {
            let started = std::time::Instant::now();
            let answer = self.exchange(&request).await;
            Exchange {
                request,
                answer,
                elapsed: started.elapsed(),
                ended: SystemTime::now(),
            }
        })
    }
}
