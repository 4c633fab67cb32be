//! What requests are sent to: a server behind a URL, a service in this process, a command that is
//! started for the run, or the embedded emulator. Every kind is a `Transport`, which sends one
//! request once; what is delayed, repeated or not sent at all is decided in front of it, by `Client`.

mod access;
mod circuit_breaker;
mod client;
mod command;
mod embedded;
mod error;
mod event_loop;
mod fetch;
mod http;
mod in_process;
mod interrupts;
mod limits;
mod process;
mod receive;
mod service;
mod stop;
mod transport;

pub use access::Access;
pub(crate) use client::{Client, Delivered, Delivery, Waiting};
pub use command::{Program, ServerCommand};
pub use error::TargetError;
pub(crate) use event_loop::{event_loop, outside_event_loops};
pub use fetch::fetch;
pub use interrupts::on_interrupt;
pub use limits::Limits;
pub use service::RequestBody;
pub use stop::{Stop, StopHandle};

use std::fmt;
use std::sync::Arc;

use ::http::{Request, Response};
use http_body::Body;
use tower_service::Service;
use url::Url;

use self::circuit_breaker::CircuitBreaker;
use self::embedded::Embedded;
use self::http::Http;
use self::process::Process;
use self::service::{AnyService, Host};
use crate::emulator::Engine;
use crate::wire::BaseUrl;

/// Base URL of a service in this process. Nothing is looked up by this name.
const SERVICE_URL: &str = "http://service.localhost";
/// Base URL of the embedded emulator. Nothing is looked up by this name.
const EMULATOR_URL: &str = "http://emulator.localhost";

/// Where the requests of a run go.
#[derive(Clone)]
pub struct Target(Kind);

#[derive(Clone)]
enum Kind {
    Http(BaseUrl),
    Service(AnyService),
    Command(ServerCommand),
    Emulator(Arc<Engine>),
}

/// A target that accepts requests, until it is dropped.
pub struct RunningTarget {
    base: BaseUrl,
    way: Way,
    breaker: Arc<CircuitBreaker>,
    limits: Limits,
}

/// How requests get to a running target.
enum Way {
    Http,
    Service(AnyService, Host),
    /// The process lives as long as the target.
    Command(#[expect(dead_code, reason = "dropping it stops the server")] Process),
    Emulator(Arc<Engine>),
}

impl Target {
    /// A server behind this URL.
    ///
    /// # Errors
    /// When it is not an `http` or `https` URL, has a query, or has credentials.
    pub fn http(url: &str) -> Result<Self, TargetError> {
        let wrong = |why: &str| TargetError::Url {
            url: url.to_owned(),
            why: why.to_owned(),
        };
        let parsed = Url::parse(url).map_err(|e| wrong(&e.to_string()))?;
        if !matches!(parsed.scheme(), "http" | "https") || parsed.host().is_none() {
            return Err(wrong("it must begin with http:// or https://"));
        }
        if parsed.query().is_some() || parsed.fragment().is_some() {
            return Err(wrong("it must end before ? and #"));
        }
        if !parsed.username().is_empty() || parsed.password().is_some() {
            return Err(wrong(
                "credentials do not belong in it; use --user NAME:SECRET, or TRUEUP_USER",
            ));
        }
        if cfg!(not(feature = "tls")) && parsed.scheme() == "https" {
            return Err(TargetError::NoTls(parsed.into()));
        }
        Ok(Self(Kind::Http(BaseUrl::new(parsed))))
    }

    /// A service in this process, called without a socket: an axum `Router`, for example. Each
    /// request gets a clone of it. It sees the requests that a server would see, with paths that
    /// begin with `/`, and its responses are judged as they would arrive: with `Date` and
    /// `Content-Length`, without a body for `HEAD`.
    pub fn service<S, B>(service: S) -> Self
    where
        S: Service<Request<RequestBody>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Future: Send + 'static,
        S::Error: fmt::Display,
        B: Body + Send + 'static,
        B::Error: fmt::Display,
    {
        Self(Kind::Service(AnyService::new(service)))
    }

    /// A server that is started for the run and stopped after it.
    pub fn command(command: ServerCommand) -> Self {
        Self(Kind::Command(command))
    }

    /// An emulator, called without a socket.
    pub fn emulator(engine: Arc<Engine>) -> Self {
        Self(Kind::Emulator(engine))
    }

    /// The URL of the server, if it is there before the run and may be on another machine.
    pub fn server_url(&self) -> Option<&BaseUrl> {
        match &self.0 {
            Kind::Http(base) => Some(base),
            Kind::Service(_) | Kind::Command(_) | Kind::Emulator(_) => None,
        }
    }

    /// Whether the target is a server that is started for the run.
    pub fn is_command(&self) -> bool {
        matches!(self.0, Kind::Command(_))
    }

    /// Whether the target is an embedded emulator.
    pub fn is_emulator(&self) -> bool {
        matches!(self.0, Kind::Emulator(_))
    }

    /// Makes the target ready for requests with these limits.
    ///
    /// # Errors
    /// When the system refuses what it needs, or a command does not become a server.
    pub fn start(&self, limits: Limits, stop: &Stop) -> Result<RunningTarget, TargetError> {
        let (base, way) = match &self.0 {
            Kind::Http(base) => (base.clone(), Way::Http),
            Kind::Service(service) => {
                let way = Way::Service(service.clone(), Host::start()?);
                (BaseUrl::new(SERVICE_URL), way)
            }
            Kind::Command(command) => {
                let (process, base) = outside_event_loops(|| command.start(stop))?;
                (base, Way::Command(process))
            }
            Kind::Emulator(engine) => (
                BaseUrl::new(EMULATOR_URL),
                Way::Emulator(Arc::clone(engine)),
            ),
        };
        Ok(RunningTarget {
            base,
            way,
            breaker: Arc::default(),
            limits,
        })
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Http(base) => f.debug_tuple("Http").field(base).finish(),
            Kind::Service(_) => f.write_str("Service"),
            Kind::Command(command) => f.debug_tuple("Command").field(command).finish(),
            Kind::Emulator(_) => f.write_str("Emulator"),
        }
    }
}

impl RunningTarget {
    /// The base URL.
    pub fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// A client for one event loop. All clients of the target share its circuit breaker.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub(crate) fn client(&self) -> Result<Client, TargetError> {
        let limits = self.limits;
        let transport: Box<dyn transport::Transport> = match &self.way {
            Way::Http | Way::Command(_) => Box::new(Http::new(limits)?),
            Way::Service(service, host) => Box::new(host.transport(service, limits)),
            Way::Emulator(engine) => {
                Box::new(Embedded::new(Arc::clone(engine), self.base.clone(), limits))
            }
        };
        let breaker = Arc::clone(&self.breaker);
        Ok(Client::new(transport, breaker, self.base.clone(), limits))
    }
}

impl fmt::Debug for RunningTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunningTarget")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}
