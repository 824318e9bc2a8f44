//! What a name or a sample value gives away: secrets, paths, numbers, and "the user must give this".

mod env;

use crate::text::words;
use catwalk_domain::manifest::Format;
pub(crate) use env::{
    is_ambient, is_dangerous_env, is_env_name, is_http_mode, is_noise_env, is_operational, is_special, is_switch,
};

/// Whether a name speaks of a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let last = words.last().map_or("", String::as_str);
    if has(&["public", "max", "limit", "limits", "budget", "count", "tokenizer", "usage", "expiry", "ttl", "timeout"]) {
        return false;
    }
    // By Google's convention the name of a file.
    if name.ends_with("APPLICATION_CREDENTIALS") || name.ends_with("OAUTH_CREDENTIALS") {
        return false;
    }
    if matches!(last, "path" | "file" | "dir" | "directory" | "url" | "uri" | "endpoint" | "name" | "mode" | "type") {
        return false;
    }
    has(&[
        "key",
        "keys",
        "apikey",
        "token",
        "tokens",
        "secret",
        "secrets",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "pass",
        "credential",
        "credentials",
        "pat",
        "cookie",
        "cookies",
        "authorization",
        "jwt",
        "bearer",
        "accesstoken",
    ])
}

/// Whether a header usually carries a secret.
pub(crate) fn is_secret_header(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_secret_name(name) || lower.contains("auth") || lower.contains("apikey") || lower.contains("api-key")
}

/// Whether a value is a live secret by its own look. Deliberately eager: a dropped value is only asked again.
pub(crate) fn looks_secret(value: &str) -> bool {
    const PREFIXES: [&str; 22] = [
        "sk-",
        "sk_",
        "pk_",
        "rk_",
        "ghp_",
        "gho_",
        "ghu_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "xapp-",
        "AKIA",
        "ASIA",
        "AIza",
        "eyJ",
        "npm_",
        "pypi-",
        "hf_",
        "Bearer ",
        "Basic ",
    ];
    let value = value.trim();
    if PREFIXES.iter().any(|p| value.starts_with(p)) && value.len() > 8 {
        return true;
    }
    if holds_password(&value.to_ascii_lowercase()) {
        return true;
    }
    if let Some((_, rest)) = value.split_once("://")
        && let Some((user, _)) = rest.split('/').next().unwrap_or_default().rsplit_once('@')
    {
        return user.contains(':');
    }
    let body = value.len() >= 24 && value.chars().all(|c| c.is_ascii_alphanumeric() || "-_+=.".contains(c));
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let letters = value.chars().filter(char::is_ascii_alphabetic).count();
    let parts = value.split(['-', '_', '.']).filter(|p| !p.is_empty()).count();
    body && digits >= 4 && letters >= 6 && parts <= 2
}

/// Whether an address is a password itself, or a list of settings has one among them (in lower case).
fn holds_password(value: &str) -> bool {
    const ADDRESSES: [&str; 4] =
        ["hooks.slack.com/services/", "discord.com/api/webhooks/", "discordapp.com/api/webhooks/", "/webhookb2/"];
    const SETTINGS: [&str; 5] = ["password=", "pwd=", "accountkey=", "sharedaccesskey=", "access_token="];
    ADDRESSES.iter().any(|part| value.contains(part))
        || value
            .split([';', '&', '?', ' '])
            .any(|part| SETTINGS.iter().any(|name| part.strip_prefix(name).is_some_and(|value| !is_placeholder(value))))
}

/// Parts of values that only stand for the user's own.
const INSIDE: [&str; 33] = [
    "${",
    "{{",
    "your-",
    "your_",
    "your.",
    "your ",
    "yourdomain",
    "yourname",
    "yourcompany",
    "path/to",
    "path\\to",
    "absolute/path",
    "/users/username",
    "\\users\\username",
    "/users/you",
    "/home/user",
    "/users/<",
    "users\\you",
    "...",
    "…",
    "xxxx",
    "changeme",
    "change-me",
    "replace",
    "-here",
    "_here",
    "insert-",
    "insert_",
    "enter-",
    "<your",
    "user:pass",
    "username:password",
    "goes here",
];

/// Whether a sample value only stands for what the user must give.
pub(crate) fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_lowercase();
    if value.is_empty() || lower.chars().all(|c| "x*._-…".contains(c)) {
        return true;
    }
    let wrapped = |a: &str, b: &str| value.starts_with(a) && value.ends_with(b);
    if wrapped("<", ">") || wrapped("{", "}") || wrapped("[", "]") || wrapped("${", "}") || wrapped("%", "%") {
        return true;
    }
    if value.starts_with('$') && value.len() > 1 && value[1..].chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return true;
    }
    // `--api-key=STRIPE_SECRET_KEY`
    let capitals =
        value.contains('_') && value.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    capitals && value.starts_with(|c: char| c.is_ascii_uppercase())
        || lower.starts_with("your")
        || lower.starts_with("my-") && lower.contains("key")
        || INSIDE.iter().any(|part| lower.contains(part))
        || value.contains('<') && value.contains('>')
        || ["abc123", "api-key", "api_key", "apikey", "secret", "token", "password", "todo", "string"]
            .contains(&lower.as_str())
}

/// Whether a value is written as a path.
pub(crate) fn looks_path(value: &str) -> bool {
    let lower = value.to_lowercase();
    let drive = value.as_bytes().get(1) == Some(&b':') && matches!(value.as_bytes().get(2), Some(b'\\' | b'/'));
    (value.starts_with('/') && !value.starts_with("//"))
        || ["~/", "./", "../", "~\\", ".\\"].iter().any(|p| value.starts_with(p))
        || drive
        || lower.contains("path/to")
        || lower.contains("workspacefolder}")
        || lower.contains("{userhome}")
}

/// Whether a path leads to a folder rather than a file: no extension at its end.
pub(crate) fn looks_folder(value: &str) -> bool {
    let last = value.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    !last.trim_start_matches('.').contains('.') && !last.to_lowercase().contains("file")
}

/// The format of an input by its name and sample value.
pub(crate) fn format_of(name: &str, sample: &str) -> Option<Format> {
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    let last = words.last().map_or("", String::as_str);
    if sample == "true" || sample == "false" {
        return Some(Format::Boolean);
    }
    let network = has(&["url", "uri", "api", "http", "endpoint", "base", "host", "route", "mount", "proxy"]);
    let path_name = matches!(last, "path" | "paths" | "dir" | "directory" | "folder" | "file" | "filename") && !network;
    if sample.contains("://") {
        return None;
    }
    if looks_path(sample) && !network || path_name && (sample.is_empty() || is_placeholder(sample)) {
        return Some(Format::Filepath);
    }
    let digits = !sample.is_empty() && sample.chars().all(|c| c.is_ascii_digit()) && sample.len() < 10;
    if digits
        && has(&[
            "port", "timeout", "limit", "max", "min", "size", "count", "seconds", "ms", "retries", "interval", "ttl",
            "depth",
        ])
    {
        return Some(Format::Number);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{format_of, is_placeholder, is_secret_name, looks_secret};
    use catwalk_domain::manifest::Format;

    #[test]
    fn secrets_by_name() {
        for (name, secret) in [
            ("GITHUB_TOKEN", true),
            ("OPENAI_API_KEY", true),
            ("DB_PASSWORD", true),
            ("exaApiKey", true),
            ("MAX_TOKENS", false),
            ("KEY_FILE", false),
            ("PUBLIC_KEY", false),
            ("LOG_LEVEL", false),
            ("TOKENIZER", false),
            ("SLACK_TEAM_ID", false),
            ("KEYWORDS", false),
            ("GITHUB_PAT", true),
            ("SECRET_NAME", false),
            ("GOOGLE_APPLICATION_CREDENTIALS", false),
        ] {
            assert_eq!(is_secret_name(name), secret, "{name}");
        }
    }

    #[test]
    fn secrets_and_placeholders_by_value() {
        for (value, secret) in [
            ("sk-ant-REDACTED", true),
            ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", true),
            ("postgresql://ada:geheim@db.example/x", true),
            ("https://example.com/a/b", false),
            ("America/New_York", false),
            ("/home/ada/notes", false),
            ("claude-sonnet-4-20250514-latest", false),
            ("info", false),
            ("a3f5c1d2e4b6a7f8091b2c3d4e5f6a7b", true),
        ] {
            assert_eq!(looks_secret(value), secret, "{value}");
        }
        for (value, open) in [
            ("YOUR_API_KEY", true),
            ("<token>", true),
            ("/path/to/dir", true),
            ("${workspaceFolder}", true),
            ("$HOME", true),
            ("sk-...", true),
            ("xxxx", true),
            ("", true),
            ("/Users/username/Desktop", true),
            ("your-token-here", true),
            ("https://your-site.atlassian.net", true),
            ("~/test.db", false),
            ("stdio", false),
            ("error", false),
            ("/home/ada/notes", false),
            ("postgresql://user:password@localhost/db", true),
            ("${input:db_path}", true),
        ] {
            assert_eq!(is_placeholder(value), open, "{value}");
        }
    }

    #[test]
    fn formats() {
        assert_eq!(format_of("--db-path", "~/test.db"), Some(Format::Filepath));
        assert_eq!(format_of("PORT", "3000"), Some(Format::Number));
        assert_eq!(format_of("BASE_URL", "https://x.example"), None);
        assert_eq!(format_of("DEBUG", "false"), Some(Format::Boolean));
    }
}
