//! Code blocks of Markdown.

/// Fenced code blocks with the line of their fence. A block that never closes ends with the text.
pub(super) fn fenced(text: &str) -> Vec<(u32, String)> {
    let mut out = Vec::new();
    let mut open: Option<(u32, String, &str)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let bare = line.trim_start().trim_start_matches("> ");
        let fence = ["```", "~~~"].into_iter().find(|f| bare.starts_with(f));
        match (&mut open, fence) {
            (None, Some(fence)) => open = Some((number, String::new(), fence)),
            (Some((_, _, with)), Some(fence)) if *with == fence => {
                if let Some((start, body, _)) = open.take() {
                    out.push((start, body));
                }
            }
            (Some((_, body, _)), _) if body.len() < 64 * 1024 => {
                body.push_str(line);
                body.push('\n');
            }
            _ => {}
        }
    }
    out.extend(open.map(|(start, body, _)| (start, body)));
    out
}
