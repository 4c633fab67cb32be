//! Fetches files of a document that stand on other machines.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::event_loop::event_loop;
use super::http::Http;
use super::limits::Limits;
use super::transport::{Connection, Transport as _};
use crate::wire::{Headers, Request, Status, TransportFault};

/// Longest time for one answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Most redirects that are followed.
const MOST_REDIRECTS: usize = 5;

/// Fetches the file at a URL, of so many bytes at most. Tells where it was found in the end.
///
/// # Errors
/// Why there is no such file.
pub fn fetch(url: &Url, most: usize) -> Result<(Url, Vec<u8>), String> {
    let limits = Limits {
        timeout: TIMEOUT,
        max_body: most,
        ..Limits::default()
    };
    let fetched = || {
        let runtime = event_loop().map_err(|e| e.to_string())?;
        let http = Http::new(limits).map_err(|e| e.to_string())?;
        runtime.block_on(follow(&http, url))
    };
    // Whoever asks may be in a runtime already, which would not wait for another one.
    let answer = std::thread::scope(|scope| scope.spawn(fetched).join());
    answer.unwrap_or_else(|_| Err("fetching failed".to_owned()))
}

async fn follow(http: &Http, url: &Url) -> Result<(Url, Vec<u8>), String> {
    let mut at = url.clone();
    for _ in 0..=MOST_REDIRECTS {
        if cfg!(not(feature = "tls")) && at.scheme() == "https" {
            return Err("trueup was built without the feature `tls`".to_owned());
        }
        let request = Request {
            method: "GET".to_owned(),
            url: at.clone().into(),
            headers: Headers::default(),
            body: Vec::new(),
        };
        let exchange = http.send(Arc::new(request), Connection::Fresh).await;
        let answer = exchange.answer.map_err(|fault| told(&fault, &at))?;
        match answer.status {
            Status(200) => return Ok((at, answer.body)),
            Status(301 | 302 | 303 | 307 | 308) => {
                let location = answer.headers.text("location").unwrap_or_default();
                at = redirected(&at, &location)?;
            }
            status => return Err(format!("{} answered {status}", host(&at))),
        }
    }
    Err(format!("it is redirected more than {MOST_REDIRECTS} times"))
}

/// Where a redirect leads. It may make a connection safer, never less safe.
fn redirected(from: &Url, location: &str) -> Result<Url, String> {
    let to = from
        .join(location)
        .ok()
        .filter(|_| !location.is_empty())
        .ok_or_else(|| format!("{} redirects to '{location}', which is no URL", host(from)))?;
    match (from.scheme(), to.scheme()) {
        (_, "https") | ("http", "http") => Ok(to),
        (_, scheme) => Err(format!(
            "{} redirects to {scheme}, which is not followed",
            host(from)
        )),
    }
}

fn told(fault: &TransportFault, at: &Url) -> String {
    match fault {
        TransportFault::Unreachable(why) => format!("no connection to {}: {why}", host(at)),
        TransportFault::TooLarge(most) => format!("it has more than {most} bytes"),
        other => other.to_string(),
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_never_make_less_safe() {
        let from = Url::parse("https://a.example/b/c.yaml").unwrap();
        let to = redirected(&from, "../d.yaml").unwrap();
        assert_eq!(to.as_str(), "https://a.example/d.yaml");
        for wrong in ["http://a.example/", "file:///etc/passwd", ""] {
            assert!(redirected(&from, wrong).is_err(), "{wrong}");
        }
    }
}
