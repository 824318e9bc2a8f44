//! Glama: a second list, asked while somebody searches and never copied. Its terms ask for a link to its page.

use crate::draft::is_server_name;
use crate::endpoints::join;
use crate::fetch::{Ask, get};
use crate::registry::page_of;
use crate::text::{clean, excerpt};
use crate::{Error, error};
use catwalk_domain::{ListedPackage, Listing, Millis, Origin, Secret};
use reqwest::Client;
use serde_json::Value;
use url::Url;

const WHO: &str = "Glama";
/// Most answers to one question.
const FIRST: &str = "20";

/// Asks Glama for servers. Those without a repository on GitHub are left out: there is nothing to analyse.
///
/// # Errors
/// [`Error`]; [`Error::TokenRefused`] where it wants a key, or another one.
pub async fn search(
    http: &Client,
    base: &Url,
    key: Option<&Secret<String>>,
    question: &str,
    now: Millis,
) -> Result<Vec<Listing>, Error> {
    let question: String = question.trim().chars().take(100).collect();
    let mut url = join(base, ["api", "mcp", "v1", "servers"]);
    url.query_pairs_mut().append_pair("first", FIRST).append_pair("query", &question);
    let ask = Ask::new(WHO, url).accept("application/json").max(2 << 20).wait(6).token(key);
    let reply = get(http, ask).await?;
    match reply.status.as_u16() {
        200 => {}
        401 | 403 => return Err(Error::TokenRefused { who: WHO.to_owned() }),
        429 => {
            let seconds = reply.header("retry-after").and_then(|v| v.parse::<i64>().ok());
            return Err(Error::RateLimited {
                who: WHO.to_owned(),
                until: seconds.map(|s| now + s.clamp(1, 3600) * 1000),
                token_helps: key.is_none(),
                said: excerpt(&reply.text()),
            });
        }
        status => {
            let (url, said) = (error::shown(&reply.url), excerpt(&reply.text()));
            return Err(Error::Refused { who: WHO.to_owned(), url, status, said });
        }
    }
    let json = reply.json(WHO)?;
    let servers = json.get("servers").and_then(Value::as_array).ok_or_else(|| Error::BadAnswer {
        who: WHO.to_owned(),
        url: error::shown(&reply.url),
        detail: "it holds no list of servers".to_owned(),
    })?;
    Ok(servers.iter().filter_map(listing).collect())
}

fn listing(server: &Value) -> Option<Listing> {
    let word = |key: &str| server.get(key).and_then(Value::as_str).unwrap_or_default();
    let repository = server.pointer("/repository/url").and_then(Value::as_str).and_then(page_of)?;
    let (owner, _) = repository.strip_prefix("https://github.com/")?.split_once('/')?;
    let link = Some(word("url")).filter(|u| u.starts_with("https://glama.ai/"))?.to_owned();
    let attributes = server.get("attributes").and_then(Value::as_array).into_iter().flatten();
    let attributes: Vec<&str> = attributes.filter_map(Value::as_str).collect();
    let name = format!("glama/{}.{}", word("namespace"), word("slug"));
    Some(Listing {
        name: if is_server_name(&name) { name } else { format!("glama/{}", clean(word("id"), 60)) },
        title: Some(clean(word("name"), 100)).filter(|t| !t.is_empty()),
        description: clean(word("description"), 200),
        version: String::new(),
        publisher: format!("{owner} on GitHub"),
        official: attributes.contains(&"author:official"),
        packages: Vec::<ListedPackage>::new(),
        hosted: attributes.iter().any(|a| matches!(*a, "hosting:remote-capable" | "hosting:hybrid")),
        deprecated: None,
        icon: None,
        updated_at: 0,
        origin: Origin::Glama { link },
        paste: repository.clone(),
        repository: Some(repository),
    })
}
