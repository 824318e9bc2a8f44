//! Makes a stranger's text harmless to look at: no control characters, no terminal sequences, valid UTF-8.

/// Cleans one line. This comes before masking, so a colour code in the middle of a secret does not hide it.
pub(super) fn clean(raw: &[u8]) -> String {
    let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
    let text = String::from_utf8_lossy(raw);
    if !text.contains(|c: char| c.is_control()) {
        return text.into_owned();
    }
    let mut clean = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\t' => clean.push(' '),
            '\u{1b}' if chars.next_if_eq(&'[').is_some() => {
                // Parameters, then one final letter.
                while chars.next_if(|c| matches!(c, '\u{20}'..='\u{3f}')).is_some() {}
                chars.next_if(|c| matches!(c, '\u{40}'..='\u{7e}'));
            }
            '\u{1b}' if chars.next_if_eq(&']').is_some() => {
                // A title or link: up to BEL or the string terminator.
                while let Some(c) = chars.next() {
                    if c == '\u{7}' || (c == '\u{1b}' && chars.next_if_eq(&'\\').is_some()) {
                        break;
                    }
                }
            }
            c if c.is_control() => {}
            c => clean.push(c),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn strangers_text() {
        for (raw, expect) in [
            (&b"plain"[..], "plain"),
            (b"windows\r", "windows"),
            (b"\x1b[1;31mred\x1b[0m!", "red!"),
            (b"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
            (b"a\tb\x00\x07c\x1b", "a bc"),
            (b"\xff\xfe ok", "\u{fffd}\u{fffd} ok"),
            ("grüße".as_bytes(), "grüße"),
        ] {
            assert_eq!(clean(raw), expect, "{raw:?}");
        }
    }
}
