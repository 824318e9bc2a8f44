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
/// More packages or addresses of one server than anybody reads.
const MOST: usize = 8;

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
        packages: packages(server),
        remotes: texts(server, "remotes", &["url"]).take(MOST).collect(),
        hosted: attributes.iter().any(|a| matches!(*a, "hosting:remote-capable" | "hosting:hybrid")),
        deprecated: None,
        icon: None,
        updated_at: 0,
        origin: Origin::Glama { link },
        paste: repository.clone(),
        repository: Some(repository),
    })
}

/// The packages of an entry, where it names any: the list's own description of its answers does not promise them.
fn packages(server: &Value) -> Vec<ListedPackage> {
    let list = server.get("packages").and_then(Value::as_array).into_iter().flatten().take(MOST);
    let word = |entry: &Value, keys: [&str; 2]| {
        keys.iter().find_map(|key| entry.get(key)?.as_str()).map(|text| clean(text, 200)).filter(|t| !t.is_empty())
    };
    let package = |entry: &Value| {
        let registry_type = word(entry, ["registryType", "registry_type"])?;
        Some(ListedPackage { registry_type, identifier: word(entry, ["identifier", "name"])? })
    };
    list.filter_map(package).collect()
}

fn texts<'a>(server: &'a Value, list: &str, keys: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    let list = server.get(list).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|entry| keys.iter().find_map(|key| entry.get(key)?.as_str()).map(|text| clean(text, 300)))
}

/// The keys that an entry's name would have as a package, where it is written as one. A weak sign: another server may be
/// called like this, so it counts only against an entry whose source is not known.
pub fn name_keys(listing: &Listing) -> Vec<String> {
    let name = listing.title.as_deref().unwrap_or_default();
    let is_package = name.len() > 4
        && name.contains(['-', '/', '_'])
        && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_./@".contains(c));
    let kinds = ["npm", "pypi"].into_iter().filter(|_| is_package);
    kinds.map(|kind| catwalk_domain::package_key(kind, name)).collect()
}

#[cfg(test)]
mod tests {
    use super::{listing, name_keys};
    use serde_json::json;

    #[test]
    fn an_entry_is_recognised_by_all_that_it_names() {
        let entry = json!({"id": "1", "name": "@ada/notes-mcp", "namespace": "ada", "slug": "notes", "description": "Notes",
            "url": "https://glama.ai/mcp/servers/1", "repository": {"url": "https://github.com/Ada/Notes"}, "attributes": [],
            "packages": [{"registry_type": "npm", "name": "@Ada/Notes-MCP"}, {"identifier": "no kind"}, 3],
            "remotes": [{"url": "https://notes.example.com/mcp/"}]});
        let found = listing(&entry).expect("an entry");
        assert_eq!(found.keys(), ["npm:@ada/notes-mcp", "remote:notes.example.com/mcp", "source:github.com/ada/notes"]);
        assert_eq!(name_keys(&found), ["npm:@ada/notes-mcp", "pypi:@ada/notes-mcp"]);
        let plain = json!({"id": "2", "name": "My notes", "namespace": "a", "slug": "b", "url": "https://glama.ai/mcp/servers/2",
            "repository": {"url": "https://github.com/a/b"}});
        let plain = listing(&plain).expect("an entry");
        assert_eq!((plain.keys(), name_keys(&plain)), (vec!["source:github.com/a/b".to_owned()], Vec::new()));
    }
}
