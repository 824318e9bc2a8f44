//! Pictures of listed servers. A stranger names an address; what lies there is shown only once it is known to be a small
//! picture and nothing else.
//!
//! - Only https on public hosts is asked, redirects included, and only so much is read.
//! - What it is, is told by its first bytes; a declared type counts for nothing.
//! - SVG is a program as much as a picture: it is drawn here, without fonts, files or addresses, and only pixels go on.

use crate::fetch::{Ask, get};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use imagesize::ImageType;
use reqwest::Client;
use reqwest::redirect::Policy;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree};
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

/// Most bytes of a picture.
const MOST: usize = 256 * 1024;
/// Most bytes of a drawing, which costs more than its size says.
const MOST_SVG: usize = 64 * 1024;
/// Most pixels along a side.
const SIDE: usize = 1024;
/// Pixels along a side of what a drawing becomes.
const DRAWN: u16 = 128;
/// Each use of a part may hold uses of others: so many at most, or a few lines draw a billion shapes.
const MOST_USES: usize = 12;

/// Fetches and checks pictures.
#[derive(Clone, Debug)]
pub struct Icons {
    http: Client,
}

impl Icons {
    /// With a client of its own: others follow redirects to anywhere.
    ///
    /// # Errors
    /// When the system has no use for a client.
    pub fn new() -> Result<Self, reqwest::Error> {
        let policy = Policy::custom(|attempt| {
            if attempt.previous().len() < 4 && is_public(attempt.url()) { attempt.follow() } else { attempt.stop() }
        });
        let http = Client::builder().redirect(policy).connect_timeout(Duration::from_secs(5)).build()?;
        Ok(Self { http })
    }

    /// The picture as a `data:` address, if there is one that may be shown.
    pub async fn fetch(&self, address: &str) -> Option<String> {
        let url = Url::parse(address).ok().filter(is_public)?;
        self.read(url).await
    }

    async fn read(&self, url: Url) -> Option<String> {
        let ask = Ask::new("The picture's host", url).accept("image/*").max(MOST).wait(8);
        let reply = get(&self.http, ask).await.ok()?;
        if reply.status.as_u16() != 200 || reply.cut {
            return None;
        }
        // Drawing takes a moment, and others wait meanwhile.
        tokio::task::spawn_blocking(move || picture(&reply.body)).await.ok()?
    }
}

/// `https` and a name or address that does not lead into this computer or its network.
fn is_public(url: &Url) -> bool {
    let public = match url.host() {
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_lowercase();
            let inner = [".localhost", ".local", ".internal", ".home.arpa", ".lan"];
            name.contains('.') && !inner.iter().any(|end| name.ends_with(end))
        }
        Some(Host::Ipv4(at)) => is_global(IpAddr::V4(at)),
        Some(Host::Ipv6(at)) => is_global(IpAddr::V6(at)),
        None => false,
    };
    url.scheme() == "https" && public && url.username().is_empty() && url.port().is_none()
}

fn is_global(at: IpAddr) -> bool {
    match at {
        IpAddr::V4(at) => {
            let [a, b, ..] = at.octets();
            let shared = a == 100 && (64..128).contains(&b);
            !(at.is_private()
                || at.is_loopback()
                || at.is_link_local()
                || at.is_multicast()
                || a == 0
                || a >= 240
                || shared)
        }
        IpAddr::V6(at) => at.to_ipv4_mapped().is_none() && at.segments()[0] & 0xe000 == 0x2000,
    }
}

/// What may be shown of these bytes.
fn picture(bytes: &[u8]) -> Option<String> {
    let data = |kind: &str, bytes: &[u8]| Some(format!("data:image/{kind};base64,{}", STANDARD.encode(bytes)));
    let Ok(kind) = imagesize::image_type(bytes) else { return data("png", &draw(bytes)?) };
    let kind = match kind {
        ImageType::Png => "png",
        ImageType::Jpeg => "jpeg",
        ImageType::Gif => "gif",
        ImageType::Webp => "webp",
        ImageType::Ico => "x-icon",
        _ => return None,
    };
    let size = imagesize::blob_size(bytes).ok()?;
    (size.width.max(size.height) <= SIDE && size.width.min(size.height) > 0).then(|| data(kind, bytes))?
}

/// A drawing as PNG.
fn draw(bytes: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(bytes).ok().filter(|t| t.len() <= MOST_SVG && t.contains("<svg"))?;
    let lower = text.to_ascii_lowercase();
    // Filters and patterns can be made to cost any time, and entities any memory; a mark needs none of them.
    if ["<!doctype", "<!entity", "<filter", ":filter", "<pattern", ":pattern"].iter().any(|word| lower.contains(word))
        || lower.matches("<use").count() + lower.matches(":use").count() > MOST_USES
    {
        return None;
    }
    let nowhere = ImageHrefResolver { resolve_data: Box::new(|_, _, _| None), resolve_string: Box::new(|_, _| None) };
    let options = Options { resources_dir: None, image_href_resolver: nowhere, ..Options::default() };
    let tree = Tree::from_str(text, &options).ok()?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let side = f32::from(DRAWN);
    let scale = side / width.max(height);
    if !scale.is_finite() {
        return None;
    }
    let to_middle =
        Transform::from_scale(scale, scale).post_translate((side - width * scale) / 2.0, (side - height * scale) / 2.0);
    let mut pixels = Pixmap::new(u32::from(DRAWN), u32::from(DRAWN))?;
    resvg::render(&tree, to_middle, &mut pixels.as_mut());
    pixels.encode_png().ok()
}

#[cfg(test)]
mod tests {
    use super::{MOST, draw, is_public, picture};

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0";

    #[test]
    fn only_public_hosts_are_asked() {
        let check = |address: &str, expect: bool| {
            assert_eq!(is_public(&address.parse().expect(address)), expect, "{address}");
        };
        check("https://cdn.example.com/icon.png", true);
        check("https://8.8.8.8/icon.png", true);
        for inner in [
            "http://cdn.example.com/icon.png",
            "https://localhost/x",
            "https://127.0.0.1/x",
            "https://[::1]/x",
            "https://[::ffff:10.0.0.1]/x",
            "https://[fd00::1]/x",
            "https://169.254.169.254/latest/meta-data",
            "https://100.64.0.1/x",
            "https://router/x",
            "https://nas.local/x",
            "https://example.com:8443/x",
            "https://user@example.com/x",
            "file:///etc/passwd",
            "data:image/png;base64,AAAA",
        ] {
            check(inner, false);
        }
    }

    #[test]
    fn the_first_bytes_say_what_it_is() {
        assert!(picture(PNG).is_some_and(|p| p.starts_with("data:image/png;base64,")));
        let mut bomb = PNG.to_vec();
        bomb[18] = 0xff;
        assert_eq!(picture(&bomb), None, "65,296 pixels wide");
        for other in [&b"<html><script>alert(1)</script></html>"[..], b"", b"\x7fELF", b"BM\0\0\0\0", &[0xff; 64]] {
            assert_eq!(picture(other), None, "{other:?}");
        }
    }

    #[test]
    fn drawings_become_pixels() {
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 5" onload="alert(1)"><script>alert(1)</script>
            <image href="file:///etc/passwd" width="5" height="5"/><image href="https://example.com/x.png" width="5" height="5"/>
            <foreignObject><b xmlns="http://www.w3.org/1999/xhtml">hi</b></foreignObject>
            <rect width="10" height="5" fill="#f00"/></svg>"##;
        let drawn = draw(svg.as_bytes()).expect("a red rectangle");
        assert!(drawn.starts_with(b"\x89PNG") && drawn.len() < MOST);
        assert!(!drawn.windows(5).any(|w| w == b"alert"));
    }

    #[test]
    fn drawings_that_cost_too_much_are_not_drawn() {
        let of = |inner: &str| draw(format!("<svg xmlns='http://www.w3.org/2000/svg'>{inner}</svg>").as_bytes());
        assert_eq!(of("<filter id='f'><feTurbulence/></filter>"), None);
        assert_eq!(of(&"<use href='#a'/>".repeat(40)), None);
        assert_eq!(of(&"<g>".repeat(30_000)), None, "deep");
        assert_eq!(draw(b"<!DOCTYPE svg [<!ENTITY a 'aaaa'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>"), None);
    }
}
