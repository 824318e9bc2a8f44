//! YAML of strangers as data: bounded in size and depth.

use serde_json::Value;

/// Longest text that is read.
const MAX_TEXT: usize = 128 << 10;
/// Brackets that may lie in each other: the parser's work grows with the square of the depth.
const MAX_DEPTH: usize = 64;
/// Names for parts that are used again; the parser bounds what they unfold to.
const MAX_ANCHORS: usize = 64;

/// The document, if it is one and harmless.
pub(crate) fn parse(text: &str) -> Option<Value> {
    let harmless = text.len() <= MAX_TEXT && text.matches('&').count() <= MAX_ANCHORS && !is_deep(text);
    harmless.then(|| serde_yaml_ng::from_str(text).ok()).flatten()
}

fn is_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.chars().any(|c| {
        match c {
            '{' | '[' => depth += 1,
            '}' | ']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_would_take_long_is_refused() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for n in 1..12 {
            let again = format!("*a{}, ", n - 1).repeat(9);
            bomb = format!("{bomb}a{n}: &a{n} [{}]\n", again.trim_end_matches(", "));
        }
        for text in [bomb, "[".repeat(5000), "x: ".repeat(60_000)] {
            assert_eq!(super::parse(&text), None);
        }
        assert!(super::parse("a: &b {c: 1}\nd: {<<: *b}\n").is_some());
    }
}
