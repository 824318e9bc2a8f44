//! A folder on this computer.

use super::ParseProblem;
use catwalk_domain::Source;

/// Whether the text is written as a path: `/…`, `~`, `C:\…`, `\\server\…`.
pub(super) fn looks_like(text: &str) -> bool {
    let bytes = text.as_bytes();
    let drive =
        bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/');
    let lone_file = text.starts_with("file:");
    (text.starts_with('/') && !text.starts_with("//") || text.starts_with("\\\\") || drive || lone_file)
        || text == "~"
        || text.starts_with("~/")
        || text.starts_with("~\\")
}

/// The folder of a path or `file://` link. A leading `~` stays; analysis expands it.
pub(super) fn parse(text: &str) -> Result<Source, ParseProblem> {
    if text.contains(['\n', '\r']) {
        return Err(ParseProblem::Wrong("A folder's path is a single line."));
    }
    let path = if text.starts_with("file:") {
        let url = url::Url::parse(text).map_err(|_| ParseProblem::NotUnderstood)?;
        let local = url.host_str().is_none_or(|h| h.is_empty() || h == "localhost");
        if !local {
            return Err(ParseProblem::Wrong("A file link must lead to this computer."));
        }
        let path = super::address::decode(url.path());
        let drive = path.as_bytes().get(2) == Some(&b':');
        if drive { path[1..].to_owned() } else { path }
    } else {
        text.to_owned()
    };
    if super::container::is_bundle(&path) {
        return Err(super::container::BUNDLES);
    }
    let trimmed = path.trim_end_matches(['/', '\\']);
    let path = if trimmed.is_empty() || trimmed.ends_with(':') { path.clone() } else { trimmed.to_owned() };
    Ok(Source::Folder { path })
}
