//! Making strangers' text fit to show: no control or direction characters, bounded length.

/// The longest excerpt that evidence carries.
const EXCERPT: usize = 200;

/// Characters that change how text looks without being seen: direction marks, zero-width characters, tags.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// One line of at most `max` characters: hidden characters removed, control characters and runs of space made one space.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut space = false;
    for c in text.chars().filter(|c| !is_hidden(*c)) {
        if c.is_control() || c.is_whitespace() {
            space = !out.is_empty();
            continue;
        }
        if count + usize::from(space) + 1 > max {
            if count > 0 {
                out.pop();
                out.push('…');
            }
            return out;
        }
        if std::mem::take(&mut space) {
            out.push(' ');
            count += 1;
        }
        out.push(c);
        count += 1;
    }
    out
}

/// What evidence quotes.
pub(crate) fn excerpt(text: &str) -> String {
    clean(text, EXCERPT)
}

/// 1-based line of the first occurrence.
pub(crate) fn line_of(text: &str, needle: &str) -> Option<u32> {
    let at = text.find(needle)?;
    u32::try_from(text[..at].matches('\n').count() + 1).ok()
}

/// The words of a name: `GITHUB_apiKey` → `github`, `api`, `key`.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut previous: Option<char> = None;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            previous = None;
            continue;
        }
        let starts = match previous {
            None => true,
            Some(p) => c.is_uppercase() && p.is_lowercase(),
        };
        if starts {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut() {
            word.extend(c.to_lowercase());
        }
        previous = Some(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{clean, excerpt, words};

    #[test]
    fn strangers_text_becomes_one_harmless_line() {
        assert_eq!(clean("a\u{202E}b\x1b[31m\n\tc", 50), "ab [31m c");
        let long = excerpt(&"ä ".repeat(400));
        assert!(long.chars().count() <= 200 && long.ends_with('…'), "{long}");
    }

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("GITHUB_API_KEY"), ["github", "api", "key"]);
        assert_eq!(words("exaApiKey"), ["exa", "api", "key"]);
        assert_eq!(words("--db-path"), ["db", "path"]);
    }
}
