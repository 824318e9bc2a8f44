//! The bearer token: which client is this, and may it reach this server?

use crate::error::Fault;
use crate::routes::{Table, TokenRule};
use http::header::AUTHORIZATION;
use http::{HeaderMap, Uri};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// Refuses tokens in URLs: those end up in logs, histories and `Referer` headers.
pub(crate) fn none_in_url(uri: &Uri) -> Result<(), Fault> {
    let named = |pair: &str| {
        let name = pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        matches!(name.as_str(), "token" | "access_token" | "auth" | "authorization" | "api_key" | "apikey" | "key")
    };
    if uri.query().is_some_and(|query| query.split('&').any(named)) { Err(Fault::TokenInUrl) } else { Ok(()) }
}

/// The rule of the request's token.
///
/// Hashes are compared in constant time and all of them every time, so that the time tells nothing about any of them.
pub(crate) fn bearer(headers: &HeaderMap, table: &Table) -> Result<Arc<TokenRule>, Fault> {
    let hash = hashed(headers)?;
    let mut found = u32::MAX;
    for (at, rule) in (0..).zip(&table.tokens) {
        let same: Choice = rule.hash.ct_eq(&hash);
        found.conditional_assign(&at, same);
    }
    let rule = usize::try_from(found).ok().and_then(|at| table.tokens.get(at));
    rule.cloned().ok_or(Fault::TokenUnknown)
}

/// Whether the request's token has this hash.
pub(crate) fn is(headers: &HeaderMap, hash: &[u8; 32]) -> Result<bool, Fault> {
    Ok(hashed(headers)?.ct_eq(hash).into())
}

/// The hash of the request's token.
fn hashed(headers: &HeaderMap) -> Result<[u8; 32], Fault> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return Err(Fault::TokenMissing) };
    let (scheme, token) = value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or(Fault::TokenMissing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Fault::TokenMissing);
    }
    Ok(Sha256::digest(token.trim()).into())
}

#[cfg(test)]
mod tests {
    use super::{bearer, none_in_url};
    use crate::routes::{Allows, Budget, Routes, Table, TokenRule};
    use http::header::AUTHORIZATION;
    use http::{HeaderMap, HeaderValue, Uri};
    use sha2::{Digest, Sha256};

    /// FAULTS case 3: no token, foreign tokens, tokens in URLs.
    #[test]
    fn case_03_tokens() {
        let rule = |id: &str| TokenRule {
            id: id.to_owned(),
            hash: Sha256::digest(format!("secret-{id}")).into(),
            client: id.to_owned(),
            allows: Allows::All,
            budget: Budget::default(),
        };
        let table = Table::from(Routes { tokens: vec![rule("a"), rule("b")], ..Routes::default() });
        for (values, expect) in [
            (&["Bearer secret-a"][..], Ok("a")),
            (&["bearer secret-b"], Ok("b")),
            (&["Bearer secret-c"], Err(401)),
            (&["Bearer "], Err(401)),
            (&["Bearer"], Err(401)),
            (&["Basic secret-a"], Err(401)),
            (&["secret-a"], Err(401)),
            (&[], Err(401)),
            (&["Bearer secret-a", "Bearer secret-b"], Err(401)),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, HeaderValue::from_static(value));
            }
            let got = bearer(&headers, &table);
            let got = got.as_ref().map(|rule| rule.id.as_str()).map_err(|fault| fault.answer().0.as_u16());
            assert_eq!(got, expect, "{values:?}");
        }
        for (uri, fine) in [
            ("/mcp/x", true),
            ("/mcp/x?trace=1", true),
            ("/mcp/x?token=a", false),
            ("/mcp/x?a=1&Access_Token=a", false),
            ("/mcp/x?key", false),
        ] {
            assert_eq!(none_in_url(&uri.parse::<Uri>().expect("a URI")).is_ok(), fine, "{uri}");
        }
    }
}
