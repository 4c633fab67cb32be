//! Files on other machines. The caller decides how they are fetched; this module bounds their number
//! of bytes and the time spent on them.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use url::Url;

/// Fetches the file at a URL, of so many bytes at most. Returns the final URL after redirects and the
/// bytes, or the reason why the file could not be fetched.
pub type Fetch = fn(&Url, usize) -> Result<(Url, Vec<u8>), String>;

/// Most bytes of all files together that are fetched for one document.
const MOST_BYTES: usize = 64 * 1024 * 1024;
/// Longest time that is spent on all of them.
const LONGEST: Duration = Duration::from_secs(300);

/// What was fetched for one document.
#[derive(Debug, Default)]
pub(super) struct Remote {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    bytes: usize,
    time: Duration,
    /// Where the files were found in the end, or why they were not. No file is fetched twice.
    known: HashMap<Url, Result<Url, String>>,
}

/// Parses a name as a URL, if it names a file on another machine.
pub(super) fn url(name: &str) -> Option<Url> {
    Url::parse(name).ok().filter(is_remote)
}

/// Whether a URL belongs to another machine.
pub(super) fn is_remote(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// The name under which a file is shown: a query may hold a token.
pub(super) fn name(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

impl Remote {
    /// The text of the file at a URL.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn read(&self, fetch: Fetch, url: &Url) -> Result<String, String> {
        let Ok(mut state) = self.state.lock() else {
            return Err("an earlier attempt to fetch it failed".to_owned());
        };
        if let Some(Err(why)) = state.known.get(url) {
            return Err(why.clone());
        }
        let text = state.fetch(fetch, url);
        let found = text.as_ref().map(|(found, _)| found.clone());
        state.known.insert(url.clone(), found.map_err(Clone::clone));
        text.map(|(_, text)| text)
    }

    /// The URL at which the file of this URL was found in the end (RFC 3986 section 5.1.3).
    pub(super) fn found(&self, url: &Url) -> Url {
        let state = self.state.lock();
        let known = state.as_ref().ok().and_then(|state| state.known.get(url));
        match known {
            Some(Ok(found)) => found.clone(),
            _ => url.clone(),
        }
    }
}

impl State {
    fn fetch(&mut self, fetch: Fetch, url: &Url) -> Result<(Url, String), String> {
        if !url.username().is_empty() || url.password().is_some() {
            return Err("credentials do not belong in its URL".to_owned());
        }
        if self.time > LONGEST {
            let seconds = LONGEST.as_secs();
            return Err(format!(
                "fetching the earlier files lasted more than {seconds} s"
            ));
        }
        let started = Instant::now();
        let answer = fetch(url, MOST_BYTES - self.bytes);
        self.time += started.elapsed();
        let (found, bytes) = answer?;
        self.bytes = (self.bytes + bytes.len()).min(MOST_BYTES);
        let text = String::from_utf8(bytes).map_err(|e| {
            let offset = e.utf8_error().valid_up_to();
            format!("not UTF-8 from byte {offset} on")
        })?;
        Ok((found, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn half(url: &Url, most: usize) -> Result<(Url, Vec<u8>), String> {
        match most {
            0..40_000_000 => Err(format!("more than {most} bytes")),
            _ => Ok((url.clone(), vec![b' '; 40_000_000])),
        }
    }

    #[test]
    fn all_files_together_are_bounded() {
        let remote = Remote::default();
        let read = |name: &str| remote.read(half, &Url::parse(name).unwrap());
        assert!(read("http://a.example/1").is_ok());
        let second = read("http://a.example/2").unwrap_err();
        assert!(second.contains("more than 27108864 bytes"), "{second}");
    }

    #[test]
    fn credentials_are_no_part_of_a_name() {
        let remote = Remote::default();
        let url = Url::parse("http://a:b@a.example/1").unwrap();
        assert!(remote.read(half, &url).unwrap_err().contains("credentials"));
        let url = Url::parse("https://a.example/1.yaml?token=secret").unwrap();
        assert_eq!(name(&url), "https://a.example/1.yaml");
    }
}
