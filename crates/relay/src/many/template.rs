//! Which URIs a resource template makes: enough of RFC 6570 to tell whose a URI is.

/// How much of `uri` the template says letter by letter, if the URI is one that it makes. The more, the surer.
pub(super) fn fits(template: &str, uri: &str) -> Option<usize> {
    let parts = parts(template).filter(|parts| parts.len() <= PARTS && uri.len() <= LONGEST)?;
    let literal = parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
    // A template of expressions alone would claim every URI there is.
    (literal > 0 && matches(&parts, uri, &mut 0)).then_some(literal)
}

enum Part<'a> {
    Text(&'a str),
    /// An expression, and whether its values may hold slashes.
    Any(bool),
}

/// Templates come from strangers: tries that are made at most, expressions and texts of one, bytes of a URI.
const TRIES: usize = 10_000;
const PARTS: usize = 64;
const LONGEST: usize = 8 << 10;

fn parts(template: &str) -> Option<Vec<Part<'_>>> {
    let (mut parts, mut rest) = (Vec::new(), template);
    while let Some((text, after)) = rest.split_once('{') {
        let (expression, after) = after.split_once('}')?;
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        let slashes = expression.starts_with(['+', '#', '/', '?', '&', ';', '.']);
        // Two in a row are as good as one.
        match parts.last_mut() {
            Some(Part::Any(any)) => *any |= slashes,
            _ => parts.push(Part::Any(slashes)),
        }
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Some(parts)
}

fn matches(parts: &[Part<'_>], uri: &str, tries: &mut usize) -> bool {
    *tries += 1;
    if *tries > TRIES {
        return false;
    }
    match parts {
        [] => uri.is_empty(),
        [Part::Text(text), rest @ ..] => uri.strip_prefix(text).is_some_and(|uri| matches(rest, uri, tries)),
        [Part::Any(slashes), rest @ ..] => {
            let last = if *slashes { uri.len() } else { uri.find('/').unwrap_or(uri.len()) };
            let mut ends = uri.char_indices().map(|(at, _)| at).chain([uri.len()]).take_while(|end| *end <= last);
            ends.any(|end| matches(rest, &uri[end..], tries))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn templates() {
        for (template, uri, expect) in [
            ("note://{id}", "note://7", Some(7)),
            ("note://{id}", "note://7/8", None),
            ("note://{+path}", "note://7/8", Some(7)),
            ("note://{id}/text", "note://7/text", Some(12)),
            ("note://{id}/text", "note://7/more", None),
            ("file:///{dir}/{name}.txt", "file:///a/b.txt", Some(13)),
            ("search://all{?q,n}", "search://all", Some(12)),
            ("search://all{?q,n}", "search://all?q=a/b&n=1", Some(12)),
            ("note://fixed", "note://fixed", Some(12)),
            ("{+any}", "note://7", None),
            ("note://{id", "note://7", None),
            ("größe://{x}", "größe://ü", Some(10)),
        ] {
            assert_eq!(fits(template, uri), expect, "{template} {uri}");
        }
        let hostile = format!("a{}b", "{+x}a".repeat(40));
        assert_eq!(fits(&hostile, &"a".repeat(4000)), None, "it gives up");
    }
}
