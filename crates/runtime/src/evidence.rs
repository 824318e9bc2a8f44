//! The last lines of a tool's output, fit to be shown.

use std::error::Error as _;

const LINES: usize = 12;
const WIDTH: usize = 300;

/// The last telling lines: no colour codes, no blank lines, no passwords in addresses, capped.
pub(crate) fn tail(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(clean).filter(|l| !l.is_empty()).collect();
    lines.drain(..lines.len().saturating_sub(LINES));
    lines
}

/// An HTTP error with its causes: reqwest's own text leaves the telling part to the source.
pub(crate) fn chain(error: &reqwest::Error) -> Vec<String> {
    let mut lines = vec![clean(&error.to_string())];
    let mut cause = error.source();
    while let Some(e) = cause {
        lines.push(clean(&e.to_string()));
        cause = e.source();
    }
    lines
}

fn clean(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A CSI sequence ends with a letter.
            chars.by_ref().find(char::is_ascii_alphabetic);
        } else if !c.is_control() && out.chars().count() < WIDTH {
            out.push(c);
        }
    }
    without_credentials(out.trim_end())
}

/// A proxy address with a password in it must not end up in a report.
fn without_credentials(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find("://") {
        let (head, tail) = rest.split_at(at + 3);
        out.push_str(head);
        let end = tail.find(|c: char| c.is_whitespace() || "/\"'<>)".contains(c)).unwrap_or(tail.len());
        let (authority, after) = tail.split_at(end);
        match authority.rsplit_once('@') {
            Some((_, host)) => {
                out.push_str("…@");
                out.push_str(host);
            }
            None => out.push_str(authority),
        }
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::tail;

    #[test]
    fn shows_no_colours_and_no_passwords() {
        let text = "first\n\n\u{1b}[31merror\u{1b}[0m via http://me:pw@proxy:80/x and https://a/b@c\n";
        assert_eq!(tail(text), ["first", "error via http://…@proxy:80/x and https://a/b@c"]);
        assert_eq!(tail(&"x\n".repeat(100)).len(), super::LINES);
    }
}
