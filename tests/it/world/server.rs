//! A loopback server of few lines that sends just the bytes it is told to, right or wrong. A
//! library would repair some of the faults that are planted here.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::SystemTime;

use trueup::wire::{Headers, Request, Response};

/// What becomes of a request.
pub(crate) enum Reply {
    /// A response whose length is announced, unless a header says otherwise.
    Whole(Response),
    /// These bytes, and then the end of the connection.
    Bytes(Vec<u8>),
    /// These bytes, and then nothing until the client goes away.
    Open(Vec<u8>),
}

/// Makes the replies.
pub(crate) type Handler = Arc<dyn Fn(Request) -> Reply + Send + Sync>;

/// A running server. It ends when dropped, with all its connections.
pub(crate) struct Server {
    address: SocketAddr,
    handler: Arc<Mutex<Option<Handler>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

struct Connection {
    stream: TcpStream,
    thread: JoinHandle<()>,
}

impl Server {
    /// Starts a server on a free port.
    pub(crate) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let handler = Arc::new(Mutex::new(None));
        let stop = Arc::new(AtomicBool::new(false));
        let thread = {
            let (handler, stop) = (Arc::clone(&handler), Arc::clone(&stop));
            thread::spawn(move || accept(&listener, address, &handler, &stop))
        };
        Ok(Self {
            address,
            handler,
            stop,
            thread: Some(thread),
        })
    }

    /// The URL of the server, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on, this one makes the replies.
    pub(crate) fn set(&self, handler: Handler) {
        *self.handler.lock().unwrap_or_else(PoisonError::into_inner) = Some(handler);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for connections.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by then.
            let _ = thread.join();
        }
    }
}

fn accept(
    listener: &TcpListener,
    address: SocketAddr,
    handler: &Arc<Mutex<Option<Handler>>>,
    stop: &AtomicBool,
) {
    let mut connections: Vec<Connection> = Vec::new();
    while let Ok((stream, _)) = listener.accept() {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        connections.retain(|connection| !connection.thread.is_finished());
        let Ok(second) = stream.try_clone() else {
            continue;
        };
        let handler = Arc::clone(handler);
        let thread = thread::spawn(move || {
            // The client may go away at any time.
            let _ = converse(second, address, &handler);
        });
        connections.push(Connection { stream, thread });
    }
    for connection in connections {
        let _ = connection.stream.shutdown(Shutdown::Both);
        let _ = connection.thread.join();
    }
}

/// Answers the requests of one connection, one after the other.
fn converse(
    mut stream: TcpStream,
    address: SocketAddr,
    handler: &Mutex<Option<Handler>>,
) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some(request) = read(&mut reader, address)? {
        let current = handler
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let Some(current) = current else {
            break;
        };
        let is_head = request.method == "HEAD";
        match current(request) {
            Reply::Whole(response) => stream.write_all(&bytes_of(&response, is_head))?,
            Reply::Bytes(bytes) => {
                stream.write_all(&bytes)?;
                break;
            }
            Reply::Open(bytes) => {
                stream.write_all(&bytes)?;
                io::copy(&mut reader, &mut io::sink())?;
                break;
            }
        }
    }
    stream.shutdown(Shutdown::Both)
}

/// The next request; none at the end of the connection.
fn read(reader: &mut BufReader<TcpStream>, address: SocketAddr) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let mut words = line.split_ascii_whitespace();
    let (Some(method), Some(path)) = (words.next(), words.next()) else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    let mut request = Request {
        method: method.to_owned(),
        url: format!("http://{address}{path}"),
        headers: Headers::default(),
        body: Vec::new(),
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        request.headers.push(name, value.trim());
    }
    let length = request.headers.text("content-length");
    let length = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    request.body.resize(length, 0);
    reader.read_exact(&mut request.body)?;
    Ok(Some(request))
}

/// A response as it travels.
pub(crate) fn bytes_of(response: &Response, is_head: bool) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} Planted\r\n", response.status).into_bytes();
    for header in &response.headers.0 {
        bytes.extend_from_slice(header.name.as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(&header.value);
        bytes.extend_from_slice(b"\r\n");
    }
    if response.headers.get("date").is_none() {
        let now = httpdate::fmt_http_date(SystemTime::now());
        bytes.extend_from_slice(format!("Date: {now}\r\n").as_bytes());
    }
    let announced = ["content-length", "transfer-encoding"]
        .iter()
        .any(|name| response.headers.get(name).is_some());
    if !announced && response.status != 204 {
        let length = format!("Content-Length: {}\r\n", response.body.len());
        bytes.extend_from_slice(length.as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    if !is_head {
        bytes.extend_from_slice(&response.body);
    }
    bytes
}
