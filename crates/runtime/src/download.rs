//! Downloads to a file: cut ones go on where they stopped, pinned ones are checked before anybody reads them.

use crate::job::Job;
use crate::{Error, blocking};
use futures_util::StreamExt;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT_ENCODING, CONTENT_RANGE, RANGE};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use url::Url;

/// Without a byte for this long, a connection counts as cut.
const STALL: Duration = Duration::from_mins(1);
/// Attempts in a row that may bring nothing.
const FRUITLESS: u32 = 3;

/// A file to fetch.
pub(crate) struct Download<'a> {
    /// For people, e.g. `Node.js`.
    pub(crate) what: &'a str,
    pub(crate) url: &'a Url,
    /// Where unfinished bytes wait.
    pub(crate) part: PathBuf,
    /// More than this is refused.
    pub(crate) limit: u64,
}

impl Download<'_> {
    /// Fetches a file with a known digest. The file returned is the part file, complete and verified.
    pub(crate) async fn pinned(&self, job: &Job<'_>, sha256: &str) -> Result<PathBuf, Error> {
        let resumed = size(&self.part).await > 0;
        self.complete(job).await?;
        let found = self.digest().await?;
        if found == sha256 {
            return Ok(self.part.clone());
        }
        tokio::fs::remove_file(&self.part).await.ok();
        if resumed {
            // The earlier bytes may have been of another file: once more from the start.
            self.complete(job).await?;
            if self.digest().await? == sha256 {
                return Ok(self.part.clone());
            }
            tokio::fs::remove_file(&self.part).await.ok();
        }
        let evidence = vec![format!("expected sha256 {sha256}"), format!("found sha256 {found}")];
        Err(Error::Integrity { what: self.what.to_owned(), evidence })
    }

    /// Fetches a file without a known digest, from its start.
    pub(crate) async fn fresh(&self, job: &Job<'_>) -> Result<PathBuf, Error> {
        tokio::fs::remove_file(&self.part).await.ok();
        self.complete(job).await?;
        Ok(self.part.clone())
    }

    /// Goes on until the server says that this was all. Attempts that bring bytes do not count as failures.
    async fn complete(&self, job: &Job<'_>) -> Result<(), Error> {
        let mut fruitless = 0;
        loop {
            let before = size(&self.part).await;
            let error = match job.race(self.attempt(job, before)).await? {
                Ok(()) => return Ok(()),
                Err(error @ Error::Offline { .. }) => error,
                Err(error) => return Err(error),
            };
            fruitless = if size(&self.part).await > before { 0 } else { fruitless + 1 };
            if fruitless >= FRUITLESS {
                return Err(error);
            }
            tracing::info!(what = self.what, %error, "download cut, going on");
            job.race(tokio::time::sleep(Duration::from_millis(300 << fruitless))).await?;
        }
    }

    async fn attempt(&self, job: &Job<'_>, have: u64) -> Result<(), Error> {
        let offline = |e: &reqwest::Error| Error::http(self.what, e);
        // `identity`: a range of compressed bytes would be useless.
        let mut request = job.runtime.http.get(self.url.clone()).header(ACCEPT_ENCODING, "identity");
        if have > 0 {
            request = request.header(RANGE, format!("bytes={have}-"));
        }
        let answer = tokio::time::timeout(STALL, request.send()).await.map_err(|_| self.stalled())?;
        let answer = answer.map_err(|e| offline(&e))?;
        if answer.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            let all = answer.headers().get(CONTENT_RANGE).and_then(|v| v.to_str().ok());
            if all == Some(&format!("bytes */{have}")) {
                return Ok(()); // every byte is here already
            }
            tokio::fs::remove_file(&self.part).await.ok();
            return Err(self.stalled());
        }
        let answer = answer.error_for_status().map_err(|e| offline(&e))?;
        let goes_on = answer.status() == StatusCode::PARTIAL_CONTENT
            && answer
                .headers()
                .get(CONTENT_RANGE)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.starts_with(&format!("bytes {have}-")));
        let mut done = if goes_on { have } else { 0 };
        let total = answer.content_length().map(|n| n + done);
        let mut options = tokio::fs::OpenOptions::new();
        options.create(true).write(true).append(goes_on).truncate(!goes_on);
        let mut file = options.open(&self.part).await.map_err(Error::io(&self.part))?;
        let step = format!("Downloading {}", self.what);
        let mut chunks = answer.bytes_stream();
        let mut told = 0;
        loop {
            let next = tokio::time::timeout(STALL, chunks.next()).await;
            let chunk = match next {
                Ok(Some(Ok(chunk))) => chunk,
                Ok(None) => break,
                cut => {
                    file.flush().await.map_err(Error::io(&self.part))?;
                    return Err(match cut {
                        Ok(Some(Err(e))) => offline(&e),
                        _ => self.stalled(),
                    });
                }
            };
            done += chunk.len() as u64;
            if done > self.limit {
                return Err(Error::HostileArchive { why: format!("is larger than {} bytes", self.limit) });
            }
            file.write_all(&chunk).await.map_err(Error::io(&self.part))?;
            // Once for each quarter MiB: a window need not be told of every packet.
            if done - told > 256 * 1024 {
                told = done;
                job.bytes(&step, done, total);
            }
        }
        file.flush().await.map_err(Error::io(&self.part))?;
        job.bytes(&step, done, total);
        match total {
            Some(total) if done < total => Err(self.stalled()),
            _ => Ok(()),
        }
    }

    fn stalled(&self) -> Error {
        Error::Offline {
            what: self.what.to_owned(),
            evidence: vec![format!("The download from {} was cut.", host(self.url))],
        }
    }

    async fn digest(&self) -> Result<String, Error> {
        let path = self.part.clone();
        blocking::run(move || sha256_file(&path)).await
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or("the server")
}

async fn size(path: &Path) -> u64 {
    tokio::fs::metadata(path).await.map_or(0, |m| m.len())
}

/// SHA-256 of a file, in hex.
pub(crate) fn sha256_file(path: &Path) -> Result<String, Error> {
    let mut file = std::fs::File::open(path).map_err(Error::io(path))?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer).map_err(Error::io(path))? {
            0 => return Ok(hex(&hash.finalize())),
            n => hash.update(&buffer[..n]),
        }
    }
}

/// Bytes in lower-case hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, b| {
        let _ = write!(text, "{b:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
