//! Finds a deployment's secrets in a line, in the forms in which programs print them.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use catwalk_domain::Secret;

/// What URL encoders leave as it is, besides letters and digits: RFC 3986, JavaScript's `encodeURIComponent` and
/// `encodeURI`, Python's `quote`, and forms.
const UNTOUCHED: [&str; 5] = ["-._~", "-._~!*'()", "-._~!*'();,/?:@&=+$#", "-._~/", "-._*"];
/// Stands for a secret.
const MASK: &str = "•••";
/// Shorter values would mask ordinary words.
const SHORTEST: usize = 4;
/// A single line of a value of many lines (a key file) must be longer: `{` and `"type":` are no secrets.
const SHORTEST_LINE: usize = 8;

/// All forms of all secrets, searched at once.
#[derive(Debug)]
pub(super) struct Masker {
    forms: Option<AhoCorasick>,
    /// What cannot be searched is not shown.
    withhold: bool,
    longest: usize,
}

impl Masker {
    pub(super) fn new(secrets: &[Secret<String>]) -> Self {
        let mut forms = BTreeSet::new();
        for secret in secrets.iter().map(Secret::expose).filter(|text| text.trim().chars().count() >= SHORTEST) {
            add_forms(secret, &mut forms);
            add_forms(secret.trim(), &mut forms);
            let lines = secret.lines().map(str::trim).filter(|line| line.len() >= SHORTEST_LINE);
            lines.filter(|_| secret.contains('\n')).for_each(|line| add_forms(line, &mut forms));
        }
        let longest = forms.iter().map(String::len).max().unwrap_or(0);
        let built = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&forms);
        // Building fails only beyond the automaton's size limit (gigabytes of secrets).
        Self { withhold: built.is_err(), forms: built.ok(), longest }
    }

    /// Bytes of the longest form.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Masks `text` and cuts it at `cap` bytes *of the original*: cutting after masking would let the shortened text pull
    /// the unseen half of a secret into view.
    pub(super) fn mask(&self, text: &str, cap: usize) -> String {
        if self.withhold {
            return MASK.to_owned();
        }
        let mut masked = String::with_capacity(text.len().min(cap));
        let mut done = 0;
        if let Some(forms) = &self.forms {
            for found in forms.find_iter(text).take_while(|found| found.start() < cap) {
                masked.push_str(&text[done..found.start()]);
                masked.push_str(MASK);
                done = found.end();
            }
        }
        if done < cap.min(text.len()) {
            masked.push_str(&text[done..text.floor_char_boundary(cap)]);
        }
        if text.len() > cap {
            masked.push('…');
        }
        masked
    }
}

fn add_forms(secret: &str, forms: &mut BTreeSet<String>) {
    let mut add = |form: Cow<'_, str>| {
        if form.len() >= SHORTEST {
            forms.insert(form.into_owned());
        }
    };
    add(secret.into());
    for upper in [true, false] {
        for untouched in UNTOUCHED {
            add(percent(secret, upper, untouched).into());
            add(percent(secret, upper, untouched).replace("%20", "+").into());
        }
        add(hex(secret.as_bytes(), upper).into());
    }
    let json = serde_json::to_string(secret).unwrap_or_default();
    let json = json.trim_start_matches('"').strip_suffix('"').unwrap_or_default();
    add(json.into());
    add(json.replace('/', "\\/").into());
    add(ascii_json(json).into());
    // Inside a longer text the value starts at any of three places of a base64 group (`user:secret` in a header).
    for before in 0..3 {
        let mut bytes = vec![0; before];
        bytes.extend_from_slice(secret.as_bytes());
        let (first, last) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        for text in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            add(text[first..last.max(first)].to_owned().into());
        }
    }
}

/// As URLs spell it, with hex digits of either case.
fn percent(text: &str, upper: bool, untouched: &str) -> String {
    text.bytes().fold(String::new(), |mut done, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => done.push(byte.into()),
            _ if untouched.as_bytes().contains(&byte) => done.push(byte.into()),
            _ => {
                done.push('%');
                done.push_str(&hex(&[byte], upper));
            }
        }
        done
    })
}

fn hex(bytes: &[u8], upper: bool) -> String {
    let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(digits[usize::from(digit)])).collect()
}

/// As Python's `json.dumps` writes it: `\u00fc` for every character beyond ASCII.
fn ascii_json(json: &str) -> String {
    let mut units = [0; 2];
    json.chars().fold(String::new(), |mut done, c| {
        if c.is_ascii() {
            done.push(c);
        } else {
            for unit in c.encode_utf16(&mut units) {
                done.push_str("\\u");
                done.push_str(&hex(&unit.to_be_bytes(), false));
            }
        }
        done
    })
}
