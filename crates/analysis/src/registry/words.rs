//! Text as it is searched: words in lower case, and the core of a name without what every server is called.

/// Longest word that is told apart from others.
const LONGEST: usize = 32;

/// The words of a text in lower case; a letter of a script without spaces is a word.
pub(super) fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    let mut rest = text.chars().peekable();
    std::iter::from_fn(move || {
        while rest.next_if(|c| !c.is_alphanumeric()).is_some() {}
        let mut word: String = rest.next()?.to_lowercase().collect();
        if word.chars().all(is_ideograph) {
            return Some(word);
        }
        let mut length = 1;
        while let Some(c) = rest.next_if(|c| c.is_alphanumeric() && !is_ideograph(*c)) {
            length += 1;
            if length <= LONGEST {
                word.extend(c.to_lowercase());
            }
        }
        Some(word)
    })
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

/// What is special about a name: `GitHub MCP Server` → `github`. All of it where nothing would be left.
pub(super) fn core(text: &str) -> String {
    let all: Vec<String> = words(text).collect();
    let special: Vec<&str> = all.iter().map(String::as_str).filter(|w| !is_common(w)).collect();
    if special.is_empty() { all.join(" ") } else { special.join(" ") }
}

/// What every server is called.
pub(super) fn is_common(word: &str) -> bool {
    matches!(word, "mcp" | "server" | "servers" | "the" | "a" | "for" | "and" | "of" | "to" | "official")
}

#[cfg(test)]
mod tests {
    use super::{core, words};

    #[test]
    fn words_are_what_people_type() {
        let of = |text: &str| words(text).collect::<Vec<_>>();
        assert_eq!(of("io.github.Ada/My-Notes_v2"), ["io", "github", "ada", "my", "notes", "v2"]);
        assert_eq!(of("天气 API"), ["天", "气", "api"]);
        assert_eq!(of("  --  "), Vec::<String>::new());
        assert_eq!(of(&"x".repeat(99))[0].len(), 32);
    }

    #[test]
    fn the_core_of_a_name_is_what_is_special() {
        assert_eq!(core("GitHub MCP Server"), "github");
        assert_eq!(core("mcp-server"), "mcp server");
        assert_eq!(core("mcp-server-time"), "time");
    }
}
