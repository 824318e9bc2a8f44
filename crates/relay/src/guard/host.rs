//! The Host allow-list: the answer to DNS rebinding, where a foreign name is made to resolve to this computer.
//!
//! The header is parsed and compared whole. A prefix check lets `127.evil.example` in (devframe #319).

use crate::error::Fault;
use http::header::HOST;
use http::{HeaderMap, Uri};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The hosts served.
#[derive(Clone, Debug)]
pub(crate) struct Hosts(Vec<(Name, u16)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Name {
    Ip(IpAddr),
    Dns(String),
}

impl Hosts {
    /// The loopback names at the port we listen on, and `more` (each `host:port`).
    pub(crate) fn new(addr: SocketAddr, more: &[String]) -> Self {
        let ours = [
            Name::Ip(addr.ip()),
            Name::Ip(Ipv4Addr::LOCALHOST.into()),
            Name::Ip(Ipv6Addr::LOCALHOST.into()),
            Name::Dns("localhost".to_owned()),
        ];
        let ours = ours.into_iter().map(|name| (name, addr.port()));
        Self(ours.chain(more.iter().filter_map(|host| parse(host))).collect())
    }

    /// Lets a request through only if it names one of ours, exactly once, and everywhere it names one.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Fault> {
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Fault::HostMissing) };
        let host = host.to_str().map_err(|_| Fault::HostForeign)?;
        if host.is_empty() {
            return Err(Fault::HostMissing);
        }
        // A request line in absolute form names a host too, and by HTTP that one counts.
        let named = [Some(host), uri.authority().map(http::uri::Authority::as_str)];
        let served = |text| parse(text).is_some_and(|host| self.0.contains(&host));
        if named.into_iter().flatten().all(served) { Ok(()) } else { Err(Fault::HostForeign) }
    }
}

/// `name:port`, `1.2.3.4:port` or `[v6]:port`; the port may be left out (80). No user, no trailing dot, no zone.
fn parse(text: &str) -> Option<(Name, u16)> {
    let (name, port) = if let Some(rest) = text.strip_prefix('[') {
        let (inside, rest) = rest.split_once(']')?;
        (Name::Ip(IpAddr::V6(inside.parse().ok()?)), rest)
    } else {
        let end = text.find(':').unwrap_or(text.len());
        let name = &text[..end];
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        if name.is_empty() || name.ends_with('.') || !name.chars().all(plain) {
            return None;
        }
        // Only four decimal numbers are an address to `parse`; `127.1` and `0x7f000001` stay names, and foreign ones.
        let name = name.parse().map_or_else(|_| Name::Dns(name.to_ascii_lowercase()), |ip| Name::Ip(IpAddr::V4(ip)));
        (name, &text[end..])
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => 80,
        Some(digits) if !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit()) => digits.parse().ok()?,
        _ => return None,
    };
    Some((name, port))
}

#[cfg(test)]
mod tests {
    use super::Hosts;
    use crate::error::Fault;
    use http::header::HOST;
    use http::{HeaderMap, HeaderValue, Uri};

    fn check(hosts: &[&str], uri: &str) -> u16 {
        let ours = Hosts::new("127.0.0.1:4173".parse().expect("an address"), &["catwalk.test:8080".to_owned()]);
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_bytes(host.as_bytes()).expect("a header value"));
        }
        let uri: Uri = uri.parse().expect("a URI");
        ours.check(&headers, &uri).map_or_else(|fault: Fault| fault.answer().0.as_u16(), |()| 200)
    }

    /// FAULTS case 2.
    #[test]
    fn case_02_rebinding_hosts() {
        for (hosts, expect) in [
            (&["127.0.0.1:4173"][..], 200),
            (&["localhost:4173"], 200),
            (&["LocalHost:4173"], 200),
            (&["[::1]:4173"], 200),
            (&["[0:0:0:0:0:0:0:1]:4173"], 200),
            (&["catwalk.test:8080"], 200),
            (&[], 400),
            (&[""], 400),
            (&["localhost:4173", "localhost:4173"], 400),
            (&["localhost:4173", "evil.example"], 400),
            (&["evil.example"], 403),
            (&["evil.example:4173"], 403),
            (&["127.evil.example:4173"], 403),
            (&["127.0.0.1.evil.example:4173"], 403),
            (&["localhost.evil:4173"], 403),
            (&["evil.localhost:4173"], 403),
            (&["localhost.:4173"], 403),
            (&["127.0.0.1.:4173"], 403),
            (&["localhost"], 403),
            (&["localhost:80"], 403),
            (&["localhost:"], 403),
            (&["localhost:4173x"], 403),
            (&["localhost:+4173"], 403),
            (&["localhost:04173"], 200),
            (&["localhost:69709"], 403),
            (&["localhost:4173, evil.example"], 403),
            (&["localhost:4173@evil.example"], 403),
            (&["user@localhost:4173"], 403),
            (&["127.1:4173"], 403),
            (&["2130706433:4173"], 403),
            (&["0x7f000001:4173"], 403),
            (&["0177.0.0.1:4173"], 403),
            (&["127.0.0.2:4173"], 403),
            (&["0.0.0.0:4173"], 403),
            (&["::1:4173"], 403),
            (&["[::1]"], 403),
            (&["[::1%lo]:4173"], 403),
            (&["[::ffff:127.0.0.1]:4173"], 403),
            (&["[::]:4173"], 403),
            (&["[::1]evil:4173"], 403),
            (&["[::1"], 403),
            (&["löcalhost:4173"], 403),
            (&["catwalk.test:4173"], 403),
        ] {
            assert_eq!(check(hosts, "/mcp/x"), expect, "{hosts:?}");
        }
        assert_eq!(check(&["localhost:4173"], "http://localhost:4173/mcp/x"), 200);
        assert_eq!(check(&["localhost:4173"], "http://evil.example/mcp/x"), 403, "absolute form");
    }
}
