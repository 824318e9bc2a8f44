//! The console scripts of a wheel, read from its last bytes: a zip keeps its table of contents, and a wheel its metadata,
//! at the end.

use crate::analyzer::Analyzer;
use crate::fetch::{Ask, get};
use std::io::{Error, ErrorKind, Read, Result as IoResult, Seek, SeekFrom};
use url::Url;
use zip::ZipArchive;

/// Up to this size the whole file is fetched at once.
const SMALL: u64 = 256 << 10;
/// Tails that are tried for larger ones.
const TAILS: [u64; 2] = [128 << 10, 2 << 20];
/// What a server that ignores `Range` may send.
const MAX_WHOLE: usize = 8 << 20;

/// Names under `[console_scripts]`; `None` when the file cannot be had or read, empty when there are none.
pub(super) async fn scripts(analyzer: &Analyzer, url: &Url, size: u64) -> Option<Vec<String>> {
    if !crate::hosts::keeps(&analyzer.endpoints.pypi, url, "pythonhosted.org") {
        return None;
    }
    let tails: &[u64] = if size <= SMALL { &[] } else { &TAILS };
    for tail in tails.iter().map(Some).chain([None]) {
        let mut ask = Ask::new(super::WHO, url.clone()).max(MAX_WHOLE).wait(8);
        if let Some(tail) = tail {
            ask = ask.range(&format!("bytes=-{tail}"));
        } else if size > MAX_WHOLE as u64 && size != u64::MAX {
            return None;
        }
        let reply = get(&analyzer.http, ask).await.ok()?;
        if !reply.status.is_success() || reply.cut {
            return None;
        }
        let length = match reply.header("content-range").and_then(|r| r.rsplit('/').next()?.parse::<u64>().ok()) {
            Some(length) if reply.status.as_u16() == 206 => length,
            _ => reply.body.len() as u64,
        };
        if let Ok(found) = read(&reply.body, length) {
            return Some(found);
        }
    }
    None
}

pub(super) fn read(tail: &[u8], length: u64) -> IoResult<Vec<String>> {
    let file = Tail { bytes: tail, start: length.saturating_sub(tail.len() as u64), at: 0, length };
    let wrong = |e: zip::result::ZipError| Error::new(ErrorKind::InvalidData, e.to_string());
    let mut archive = ZipArchive::new(file).map_err(wrong)?;
    let is_table = |n: &String| n.ends_with(".dist-info/entry_points.txt") && n.matches('/').count() == 1;
    let Some(name) = archive.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned).find(is_table)
    else {
        return Ok(Vec::new());
    };
    let mut text = String::new();
    archive.by_name(&name).map_err(wrong)?.take(64 << 10).read_to_string(&mut text)?;
    Ok(console_scripts(&text))
}

/// Names of the section `[console_scripts]`.
pub(super) fn console_scripts(text: &str) -> Vec<String> {
    let mut inside = false;
    let mut out = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[console_scripts]";
        } else if inside && let Some((name, _)) = line.split_once('=') {
            let name = name.trim();
            let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
            out.extend(good.then(|| name.to_owned()));
        }
    }
    out
}

/// A file of which only the end is at hand.
struct Tail<'a> {
    bytes: &'a [u8],
    start: u64,
    at: u64,
    length: u64,
}

impl Read for Tail<'_> {
    fn read(&mut self, out: &mut [u8]) -> IoResult<usize> {
        if self.at >= self.length {
            return Ok(0);
        }
        let from = self.at.checked_sub(self.start).ok_or_else(|| Error::new(ErrorKind::InvalidInput, "not at hand"))?;
        let from = usize::try_from(from).map_err(|_| ErrorKind::InvalidInput)?;
        let part = self.bytes.get(from..).unwrap_or_default();
        let count = part.len().min(out.len());
        out[..count].copy_from_slice(&part[..count]);
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Tail<'_> {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::console_scripts;

    #[test]
    fn only_the_console_scripts() {
        let text = "[gui_scripts]\na = x:y\n[console_scripts]\nmcp-server-time = mcp_server_time:main\nb=z\nc/d = q\n\n[x]\ne = f\n";
        assert_eq!(console_scripts(text), ["mcp-server-time", "b"]);
    }
}
