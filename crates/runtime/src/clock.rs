//! Times as registries and tools write them.

use catwalk_domain::Millis;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// `2026-11-16T00:00:00Z`, to the second: the form uv and npm both take.
pub(crate) fn iso(at: Millis) -> String {
    let at = OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    at.format(&Rfc3339).unwrap_or_else(|_| "1970-01-01T00:00:00Z".to_owned())
}

/// Reads an RFC 3339 time, with any offset.
pub(crate) fn parse(text: &str) -> Option<Millis> {
    let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Millis::try_from(at.unix_timestamp_nanos() / 1_000_000).ok()
}

#[cfg(test)]
mod tests {
    use super::{iso, parse};

    #[test]
    fn both_ways() {
        let at = parse("2026-09-01T22:46:36.382000+00:00").expect("a time as npm writes it");
        assert_eq!(iso(at), "2026-09-01T22:46:36Z");
        assert_eq!(parse("yesterday"), None);
    }
}
