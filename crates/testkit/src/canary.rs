//! Secrets that can be found again: if one leaks anywhere, whole or in part, in any usual spelling, it is seen.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use std::path::Path;

/// Both ends of every canary. Letters and digits, so that JSON and URLs spell them as they are; what lies between them is
/// what each spells in its own way, so a mask that misses a spelling leaves both ends in sight.
const ENDS: [&str; 2] = ["Qx7Kanar", "Vog9Zwtz"];
/// What JSON, URLs, shells, markup and bytes treat differently.
const SPECIAL: &str = "\"\\&=% +/<é'#";

/// A flock of secrets, each its own.
#[derive(Debug)]
pub struct Canaries {
    values: Vec<String>,
    /// How it is spelt, and the words to look for.
    forms: Vec<(&'static str, String)>,
}

impl Canaries {
    /// So many of them.
    pub fn new(count: usize) -> Self {
        let mut forms = Vec::new();
        for end in ENDS {
            forms.push(("as it is", end.to_owned()));
            forms.push(("in hex", hex(end)));
            forms.push(("in upper-case hex", hex(end).to_uppercase()));
            forms.push(("as UTF-16", end.chars().flat_map(|c| [c, '\0']).collect()));
            forms.push(("backwards", end.chars().rev().collect()));
            for before in 0..3 {
                let bytes = [&vec![0; before], end.as_bytes()].concat();
                let (first, last) = ((before * 8_usize).div_ceil(6), bytes.len() * 8 / 6);
                forms.push(("in base64", STANDARD_NO_PAD.encode(&bytes)[first..last].to_owned()));
                forms.push(("in base64url", URL_SAFE_NO_PAD.encode(&bytes)[first..last].to_owned()));
            }
        }
        let [head, tail] = ENDS;
        Self { values: (0..count).map(|n| format!("{head}{n:03}{SPECIAL}{tail}")).collect(), forms }
    }

    /// The secrets.
    pub fn values(&self) -> &[String] {
        &self.values
    }

    /// How a canary is spelt in these bytes, and what stands round it; `None` if there is none.
    pub fn seen_in(&self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes);
        self.forms.iter().find_map(|(how, form)| {
            let at = text.find(form.as_str())?;
            let (from, to) = (text.floor_char_boundary(at.saturating_sub(80)), text.ceil_char_boundary(at + 80));
            Some(format!("{how}: …{}…", text[from..to].escape_debug()))
        })
    }

    /// Files below a folder in which one is seen, and how many files were read. Links are not followed.
    pub fn seen_below(&self, folder: &Path) -> (Vec<String>, usize) {
        let (mut seen, mut read, mut open) = (Vec::new(), 0, vec![folder.to_owned()]);
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => open.push(entry.path()),
                    Ok(kind) if kind.is_file() => {
                        // One that is gone by now was read by nobody either.
                        let Ok(bytes) = std::fs::read(entry.path()) else { continue };
                        read += 1;
                        seen.extend(self.seen_in(&bytes).map(|how| format!("{}: {how}", entry.path().display())));
                    }
                    _ => {}
                }
                let name = entry.file_name().into_encoded_bytes();
                seen.extend(self.seen_in(&name).map(|how| format!("the name {}: {how}", entry.path().display())));
            }
        }
        (seen, read)
    }
}

fn hex(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        write!(out, "{byte:02x}").ok();
        out
    })
}

#[cfg(test)]
mod tests {
    use super::{Canaries, hex};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    #[test]
    fn every_spelling_is_seen() {
        let canaries = Canaries::new(200);
        let value = &canaries.values()[117];
        let half = &value[..value.len() / 2];
        let wide: Vec<u8> = value.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (name, bytes) in [
            ("raw", value.clone().into_bytes()),
            ("half", half.as_bytes().to_vec()),
            ("json", serde_json::to_vec(value).expect("text is JSON")),
            ("hex", hex(value).into_bytes()),
            ("HEX", hex(value).to_uppercase().into_bytes()),
            ("wide", wide),
            ("base64", STANDARD.encode(value).into_bytes()),
            ("base64 + 1", STANDARD.encode(format!("u{value}")).into_bytes()),
            ("base64 + 2", STANDARD.encode(format!("us{value}")).into_bytes()),
        ] {
            let text = [b"before ".as_slice(), &bytes, b" after"].concat();
            assert!(canaries.seen_in(&text).is_some(), "{name}");
        }
        assert_eq!(canaries.seen_in("nothing of it •••".as_bytes()), None);
    }
}
