//! Splits a command line into words without a shell. What only a shell understands is refused.

use super::ParseProblem;

/// The words of one command line.
///
/// # Errors
/// Operators and substitutions of a shell are [`ParseProblem::Dangerous`]; an open quote is [`ParseProblem::Wrong`].
pub(crate) fn split(line: &str) -> Result<Vec<String>, ParseProblem> {
    let windows = line.contains(":\\");
    let mut words = Vec::new();
    let mut word = String::new();
    let mut open = false;
    let mut quote: Option<char> = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(q), c) if c == q => quote = None,
            (_, '`') => return Err(dangerous("`")),
            // Between single quotes nothing has a meaning; elsewhere `$(` and `\` do.
            (quoted, '$') if quoted != Some('\'') && chars.peek() == Some(&'(') => return Err(dangerous("$(")),
            (quoted, '\\') if quoted != Some('\'') && !windows => match chars.next() {
                Some('\n') | None => {}
                Some(next) => {
                    if quoted.is_some() && !"\"\\$`".contains(next) {
                        word.push('\\');
                    }
                    word.push(next);
                    open = true;
                }
            },
            (None, '"' | '\'') => {
                quote = Some(c);
                open = true;
            }
            (None, ';' | '|' | '&') => return Err(dangerous(&c.to_string())),
            (None, '>') if !word.contains('<') => return Err(dangerous(">")),
            (None, '<') if !matches!(chars.peek(), Some(n) if n.is_alphanumeric()) => return Err(dangerous("<")),
            (None, '<') => {
                // A stand-in such as <your token> is one word.
                word.push('<');
                for inner in chars.by_ref() {
                    word.push(inner);
                    if inner == '>' {
                        break;
                    }
                }
                open = true;
            }
            (None, c) if c.is_whitespace() => {
                if std::mem::take(&mut open) || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            (_, c) => word.push(c),
        }
    }
    if quote.is_some() {
        return Err(ParseProblem::Wrong("A quotation mark in this command is not closed. Copy the whole command."));
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    Ok(words)
}

fn dangerous(form: &str) -> ParseProblem {
    ParseProblem::Dangerous { form: form.to_owned(), why: "it would start further commands" }
}
