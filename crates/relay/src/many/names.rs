//! Names of the tools and prompts of many servers: `<slug>__<name>`. A slug has no `_`, so the first `__` ends it.
//!
//! A name longer than its client takes is cut, the slug before the name, and marked with a hash of the whole; it then has
//! exactly as many characters as there may be, so that it can be told from one that was not cut.

use sha2::{Digest, Sha256};

/// Between a slug and a name.
const BETWEEN: &str = "__";
/// Hex digits of the mark, and its `_`.
const MARK: usize = 7;
/// No client takes less, and less could not be told apart.
const LEAST: usize = 24;

/// The name as its client sees it.
pub(super) fn shown(slug: &str, name: &str, budget: usize) -> String {
    let budget = budget.max(LEAST);
    let whole = format!("{slug}{BETWEEN}{name}");
    let (slug_length, name_length) = (slug.chars().count(), name.chars().count());
    if slug_length + BETWEEN.len() + name_length <= budget {
        return whole;
    }
    let room = budget - MARK - BETWEEN.len();
    // The name says more than the slug; a third of the room is enough to recognise that by.
    let for_slug = slug_length.min((room / 3).max(room.saturating_sub(name_length)));
    let digest = Sha256::digest(&whole);
    let mark = u32::from_be_bytes([0, digest[0], digest[1], digest[2]]);
    let cut = |text: &str, to: usize| text.chars().take(to).collect::<String>();
    format!("{}{BETWEEN}{}_{mark:06x}", cut(slug, for_slug), cut(name, room - for_slug))
}

/// Whether it may have been cut.
pub(super) fn maybe_cut(shown: &str, budget: usize) -> bool {
    shown.chars().count() == budget.max(LEAST)
}

/// The slug and the name, of one that was not cut.
pub(super) fn split(shown: &str) -> Option<(&str, &str)> {
    shown.split_once(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::{maybe_cut, shown, split};

    #[test]
    fn short_names_come_back() {
        for (slug, name) in [("notes", "add"), ("a-b", "x__y"), ("n", "_lead"), ("notes", "")] {
            let seen = shown(slug, name, 64);
            // `n___lead` is `n` and `_lead`: slugs have no underscore.
            assert_eq!(split(&seen), Some((slug, name)), "{seen}");
            assert!(!maybe_cut(&seen, 64));
        }
        assert_eq!(split("add"), None);
    }

    #[test]
    fn long_names_fit_and_differ() {
        let long = "x".repeat(80);
        for budget in [0, 24, 45, 50, 60, 64, 128] {
            for (slug, name) in
                [("notes", &*long), (&"s".repeat(40), "list_everything_there_is"), ("größe", &"ü".repeat(70))]
            {
                let (one, two) = (shown(slug, name, budget), shown(slug, &format!("{name}2"), budget));
                if one.contains(name) {
                    continue;
                }
                assert!(maybe_cut(&one, budget) && maybe_cut(&two, budget), "{one} {two} {budget}");
                assert_ne!(one, two);
                assert!(one.chars().count() <= budget.max(24));
            }
        }
        let seen = shown("modelcontextprotocol-server-everything", "create_pull_request_review", 45);
        assert!(seen.starts_with("modelcontext__create_pull_request"), "{seen}");
        let fits = shown("notes", &"x".repeat(57), 64);
        assert!(fits.len() == 64 && maybe_cut(&fits, 64) && split(&fits).is_some());
    }
}
