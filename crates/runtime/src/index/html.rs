//! The HTML form: a list of anchors. No full parser is needed, and none is trusted with strangers' pages.

use super::File;
use crate::clock;
use url::Url;

/// All anchors that lead to a file.
pub(super) fn files(page: &str, at: &Url) -> Vec<File> {
    page.split("<a").skip(1).filter_map(|anchor| file(anchor, at)).collect()
}

fn file(anchor: &str, at: &Url) -> Option<File> {
    let (attributes, after) = anchor.split_once('>').filter(|(a, _)| a.starts_with(char::is_whitespace))?;
    let mut url = at.join(&attribute(attributes, "href")?).ok()?;
    url.set_fragment(None);
    let text = unescape(after.split('<').next().unwrap_or_default().trim());
    let last = url.path_segments().and_then(|mut s| s.next_back().map(str::to_owned)).unwrap_or_default();
    Some(File {
        name: if text.is_empty() { last } else { text },
        url,
        requires_python: attribute(attributes, "data-requires-python").filter(|r| !r.trim().is_empty()),
        uploaded: attribute(attributes, "data-upload-time").as_deref().and_then(clock::parse),
    })
}

fn attribute(attributes: &str, name: &str) -> Option<String> {
    // A leading blank keeps `href` from being found inside `data-href`.
    let spaced = attributes.replace(['\n', '\t', '\r'], " ");
    let value = spaced.split_once(&format!(" {name}="))?.1;
    let quote = value.chars().next()?;
    let value = match quote {
        '"' | '\'' => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    Some(unescape(value))
}

fn unescape(text: &str) -> String {
    // `&amp;` last: it must not make new references.
    [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&#x3E;", ">"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |t, (from, to)| t.replace(from, to))
}
