//! Search over all listings while somebody types: an inverted index, small enough to be held in memory and cheap enough
//! to be built anew after every change.
//!
//! Every word of the question must be met, by a whole word or the beginning of one. What met it counts by where it stood
//! and how rare it is; then come the publisher's proof, how recent the version is, and whether it can be run at all. A
//! name that is the question comes before everything else.

use super::words::{core, is_common, words};
use catwalk_domain::{Listing, Millis};
use std::collections::HashMap;

/// Words of a question that count.
const TERMS: usize = 8;
const DAY: Millis = 24 * 3600 * 1000;

/// A search index over listings.
#[derive(Debug, Default)]
pub struct Index {
    servers: Vec<Server>,
    /// Sorted, so that a beginning is a range.
    vocabulary: Vec<Box<str>>,
    /// Where a word's postings begin; one more than there are words.
    starts: Vec<u32>,
    postings: Vec<Posting>,
}

#[derive(Debug)]
struct Server {
    name: Box<str>,
    slug: Box<str>,
    title: Box<str>,
    /// What it is worth whatever was asked.
    worth: f32,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    server: u32,
    /// How telling the place is where the word stood.
    weight: u8,
}

impl Index {
    /// Builds the index. `now` is the wall clock, for what is recent.
    pub fn of<'a>(listings: impl IntoIterator<Item = &'a Listing>, now: Millis) -> Self {
        let mut servers = Vec::new();
        let mut found: HashMap<String, Vec<Posting>> = HashMap::new();
        let mut own: HashMap<String, u8> = HashMap::new();
        for (server, listing) in (0..).zip(listings) {
            fields(listing, &mut own);
            for (word, weight) in own.drain() {
                found.entry(word).or_default().push(Posting { server, weight });
            }
            servers.push(Server {
                name: listing.name.as_str().into(),
                slug: core(listing.name.split('/').next_back().unwrap_or_default()).into(),
                title: core(listing.title.as_deref().unwrap_or_default()).into(),
                worth: worth(listing, now),
            });
        }
        let mut sorted: Vec<(String, Vec<Posting>)> = found.into_iter().collect();
        sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let (mut vocabulary, mut starts, mut postings) = (Vec::with_capacity(sorted.len()), vec![0], Vec::new());
        for (word, mut list) in sorted {
            postings.append(&mut list);
            vocabulary.push(word.into_boxed_str());
            starts.push(u32::try_from(postings.len()).unwrap_or(u32::MAX));
        }
        postings.shrink_to_fit();
        Self { servers, vocabulary, starts, postings }
    }

    /// How many servers it knows.
    pub fn len(&self) -> usize {
        self.servers.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.servers.is_empty()
    }

    /// Names of the best matches, best first. A question without words is answered with what is worth most.
    pub fn search(&self, question: &str, most: usize) -> Vec<&str> {
        let question = question.chars().take(200).collect::<String>();
        // Half of all names begin with this, so it tells nothing.
        let telling = question.trim_start().strip_prefix("io.github.").unwrap_or(&question);
        let mut terms: Vec<String> = words(telling).take(TERMS).collect();
        // “mcp server” is said of everything: it counts only where nothing else was said. A short last word is being typed.
        if terms.iter().any(|t| !is_common(t)) {
            let last = terms.last().filter(|t| t.len() < 3).cloned();
            terms.retain(|t| !is_common(t) || Some(t) == last.as_ref());
        }
        let mut scores: Vec<f32> = self.servers.iter().map(|s| s.worth).collect();
        let mut best = vec![0_f32; if terms.is_empty() { 0 } else { scores.len() }];
        for term in &terms {
            best.fill(0.0);
            self.meet(term, &mut best);
            for (score, best) in scores.iter_mut().zip(&best) {
                *score = if *best > 0.0 { *score + *best } else { f32::NEG_INFINITY };
            }
        }
        self.name_is_question(&question, &mut scores);
        let mut found: Vec<u32> = (0..).zip(&scores).filter(|(_, s)| s.is_finite()).map(|(n, _)| n).collect();
        let order = |a: &u32, b: &u32| {
            let score = |n: &u32| scores[*n as usize];
            score(b)
                .total_cmp(&score(a))
                .then_with(|| self.servers[*a as usize].name.cmp(&self.servers[*b as usize].name))
        };
        if found.len() > most && most > 0 {
            found.select_nth_unstable_by(most - 1, order);
            found.truncate(most);
        }
        found.sort_unstable_by(order);
        found.truncate(most);
        found.into_iter().map(|n| &*self.servers[n as usize].name).collect()
    }

    /// Each server's best support for one word of the question.
    fn meet(&self, term: &str, best: &mut [f32]) {
        let from = self.vocabulary.partition_point(|w| **w < *term);
        let until = from + self.vocabulary[from..].partition_point(|w| w.starts_with(term));
        #[expect(clippy::cast_precision_loss, reason = "a ratio of counts")]
        let rarity = |met: usize| (1.0 + self.servers.len() as f32 / met.max(1) as f32).ln();
        for at in from..until {
            let list = &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize];
            let whole = self.vocabulary[at].len() == term.len();
            // A beginning is worth more the more of the word it is.
            #[expect(clippy::cast_precision_loss, reason = "lengths of words")]
            let share = if whole { 1.0 } else { 0.3 + 0.4 * term.len() as f32 / self.vocabulary[at].len() as f32 };
            let value = share * rarity(list.len()).min(6.0);
            for posting in list {
                let slot = &mut best[posting.server as usize];
                *slot = slot.max(value * f32::from(posting.weight));
            }
        }
    }

    fn name_is_question(&self, question: &str, scores: &mut [f32]) {
        let asked = question.trim().to_lowercase();
        let special = core(&asked);
        if special.is_empty() {
            return;
        }
        for (server, score) in self.servers.iter().zip(scores).filter(|(_, s)| s.is_finite()) {
            *score += match server {
                s if s.name.eq_ignore_ascii_case(&asked) => 10_000.0,
                s if *s.slug == *special || *s.title == *special => 110.0,
                s if s.slug.starts_with(&special) || s.title.starts_with(&special) => 12.0,
                _ => 0.0,
            };
        }
    }
}

/// The words of a listing, each with the best place it stands in.
fn fields(listing: &Listing, own: &mut HashMap<String, u8>) {
    let mut put = |text: &str, weight: u8| {
        for word in words(text) {
            let slot = own.entry(word).or_default();
            *slot = weight.max(*slot);
        }
    };
    let (space, slug) = listing.name.split_once('/').unwrap_or(("", &listing.name));
    put(slug, 10);
    put(listing.title.as_deref().unwrap_or_default(), 10);
    let space = space.strip_prefix("io.github.").unwrap_or(space);
    put(space, 6);
    // Who writes a name in one word finds it written in two: `my-sql` by `mysql`.
    put(&slug.replace(|c: char| !c.is_alphanumeric(), ""), 5);
    for package in &listing.packages {
        put(&package.identifier, 4);
        put(&package.registry_type, 1);
    }
    let repository = listing.repository.as_deref().unwrap_or_default();
    put(repository.strip_prefix("https://github.com/").unwrap_or_default(), 4);
    put(&listing.description, 2);
}

fn worth(listing: &Listing, now: Millis) -> f32 {
    let days = ((now - listing.updated_at) / DAY).clamp(0, 730);
    #[expect(clippy::cast_precision_loss, reason = "at most two years of days")]
    let recent = 4.0 * (1.0 - days as f32 / 730.0);
    let runs = listing.hosted || listing.packages.iter().any(|p| matches!(p.registry_type.as_str(), "npm" | "pypi"));
    let proved = if listing.official { 8.0 } else { 0.0 };
    let outdated = if listing.deprecated.is_some() { -25.0 } else { 0.0 };
    recent + proved + outdated + if runs { 3.0 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Index};
    use catwalk_domain::{ListedPackage, Listing, Millis, Origin};

    const NOW: Millis = 1_795_400_000_000;

    fn listing(name: &str, title: &str, description: &str) -> Listing {
        let (publisher, official) = crate::registry::publisher(name);
        Listing {
            name: name.to_owned(),
            title: (!title.is_empty()).then(|| title.to_owned()),
            description: description.to_owned(),
            version: "1.0.0".to_owned(),
            publisher,
            official,
            repository: None,
            packages: vec![ListedPackage { registry_type: "npm".to_owned(), identifier: "x".to_owned() }],
            remotes: Vec::new(),
            hosted: false,
            deprecated: None,
            icon: None,
            updated_at: NOW - DAY,
            origin: Origin::Registry,
            paste: name.to_owned(),
        }
    }

    fn check(question: &str, expect: &[&str]) {
        let mut all = vec![
            listing("io.github.ada/notes", "Notes", "Read and write notes, with backups on GitHub"),
            listing("io.github.github/github-mcp-server", "GitHub", "GitHub's official server"),
            listing("io.github.bob/github-issues", "", "Issues of GitHub"),
            listing("com.stripe/mcp", "Stripe", "Payments"),
            listing("io.github.eve/stripe", "Stripe payments", "Payments with Stripe"),
            listing("io.github.ada/weather-old", "", "Weather"),
            listing("io.github.ada/weather-new", "", "Weather"),
            listing("io.github.zoe/weather-gone", "", "Weather"),
            listing("io.github.kim/tianqi", "", "天气预报"),
            listing("io.github.kim/my-sql", "", "A database"),
        ];
        all[5].updated_at = NOW - 600 * DAY;
        all[7].deprecated = Some(String::new());
        let index = Index::of(&all, NOW);
        assert_eq!(index.search(question, 3), expect, "{question}");
    }

    #[test]
    fn the_best_comes_first() {
        // Exact names, then what stands in names, then what is only told.
        check("github", &["io.github.github/github-mcp-server", "io.github.bob/github-issues", "io.github.ada/notes"]);
        check("io.github.ada/notes", &["io.github.ada/notes"]);
        // Who proved to own the domain comes first among equals, and so does the newer one; what is outdated comes last.
        check("stripe", &["com.stripe/mcp", "io.github.eve/stripe"]);
        check("weather", &["io.github.ada/weather-new", "io.github.ada/weather-old", "io.github.zoe/weather-gone"]);
        // While it is typed, in every order, with words that say nothing.
        check("gith iss", &["io.github.bob/github-issues"]);
        check("issues mcp server github", &["io.github.bob/github-issues"]);
        check("mysq", &["io.github.kim/my-sql"]);
        check("天气", &["io.github.kim/tianqi"]);
        check("nothing-like-it", &[]);
    }

    #[test]
    fn odd_questions_are_answered_too() {
        let index = Index::of(&[listing("a.b/c", "", "")], NOW);
        assert_eq!(index.search("", 5), ["a.b/c"]);
        assert_eq!(index.search("mcp \u{202E}", 0), Vec::<&str>::new());
        assert_eq!(index.search(&"q ".repeat(9999), 5), Vec::<&str>::new());
        assert!(Index::default().is_empty() && Index::default().search("x", 5).is_empty());
        assert_eq!(index.len(), 1);
    }
}
