//! Compose files: with which image, variables, ports and words whoever operates the server starts it.

use crate::doc::Doc;
use crate::infer::{is_env_name, is_noise_env, is_operational};
use crate::inputs::{Found, Inputs, sample};
use crate::signs::in_words;
use crate::text::line_of;
use catwalk_domain::Confidence;
use catwalk_domain::manifest::{KeyValue, Transport, TransportKind};
use serde_json::Value;

/// The names that such files have.
pub(crate) const FILES: [&str; 4] = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"];
/// Most services and most variables of one that are looked at.
const MAX_SERVICES: usize = 30;
const MAX_VARIABLES: usize = 60;

/// The service of a compose file that is the server.
#[derive(Clone, Debug)]
pub(crate) struct Compose<'a> {
    pub(crate) doc: &'a Doc,
    /// The published image that it starts.
    pub(crate) image: Option<String>,
    /// How it is told to talk, and the words that say so.
    pub(crate) talks: Option<(TransportKind, String)>,
    /// Where it is reached on the computer that runs it.
    pub(crate) port: Option<u16>,
    variables: Vec<Variable>,
}

/// A variable that the file leaves to whoever starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Variable {
    name: String,
    default: Option<String>,
    must: bool,
}

impl<'a> Compose<'a> {
    /// Reads the one service that is the project's own: built here, or of an image that `is_own`. Databases and proxies beside
    /// it are not asked; of several that may be it none is taken.
    pub(crate) fn read(doc: &'a Doc, is_own: impl Fn(&str) -> bool) -> Option<Self> {
        let yaml = crate::yaml::parse(&doc.text)?;
        let services = yaml.get("services")?.as_object()?;
        let beside: Vec<&str> = services.keys().map(String::as_str).collect();
        let rank = |name: &str, service: &Value| {
            let image = image_of(service);
            let own = service.get("build").is_some() || image.as_deref().is_some_and(&is_own);
            let named = in_words(name) || image.as_deref().is_some_and(in_words);
            own.then_some(1 + u8::from(named))
        };
        let mut ranked: Vec<(u8, &Value)> =
            services.iter().take(MAX_SERVICES).filter_map(|(name, s)| Some((rank(name, s)?, s))).collect();
        ranked.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        let service = match ranked.as_slice() {
            [(_, only)] => only,
            [(first, service), (second, _), ..] if first > second => service,
            _ => return None,
        };
        let published = |image: &String| image.contains('/') && !image.contains(['$', '{', ' ']);
        Some(Self {
            doc,
            image: image_of(service).filter(published),
            talks: talks(service),
            port: service.get("ports").and_then(|p| port(p.get(0)?)),
            variables: variables(service, &beside),
        })
    }

    /// The variables that it leaves open, for whoever uses the server rather than operates it.
    pub(crate) fn inputs(&self) -> Inputs {
        let mut out = Inputs::default();
        for variable in &self.variables {
            let Variable { name, default, must } = variable;
            let mut input = sample(name, default.as_deref().unwrap_or_default());
            input.is_required = *must;
            let said = if *must { Some(true) } else { default.as_ref().map(|_| false) };
            let item = KeyValue { name: name.clone(), input };
            let origin = self.doc.at(line_of(&self.doc.text, name));
            out.env.push(Found::new(item, origin, name, Confidence::Low).saying(said));
        }
        out
    }

    /// How its container talks, when that is by HTTP at a port of this computer.
    pub(crate) fn transport(&self) -> Option<Transport> {
        let (kind, _) = self.talks.as_ref()?;
        let path = match kind {
            TransportKind::Stdio => return None,
            TransportKind::StreamableHttp => "mcp",
            TransportKind::Sse => "sse",
        };
        let url = format!("http://127.0.0.1:{}/{path}", self.port?);
        Some(Transport { kind: *kind, url: Some(url), ..Transport::default() })
    }
}

/// The image, with the defaults of variables in its name; one that is built here has none.
fn image_of(service: &Value) -> Option<String> {
    let image = service.get("image")?.as_str().filter(|_| service.get("build").is_none())?;
    let mut out = String::new();
    let mut rest = image;
    while let Some((before, after)) = rest.split_once("${") {
        let (inner, tail) = after.split_once('}')?;
        let default = inner.split_once(":-").or_else(|| inner.split_once('-')).map(|(_, d)| d)?;
        out.extend([before, default]);
        rest = tail;
    }
    out.push_str(rest);
    (out.len() <= 200).then_some(out)
}

/// The words of its command, and of the variables about its transport.
fn talks(service: &Value) -> Option<(TransportKind, String)> {
    let command = service.get("command").or_else(|| service.get("entrypoint"));
    let words = match command {
        Some(Value::String(line)) => line.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(list)) => list.iter().take(40).filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let by_word = words.iter().find_map(|word| Some((kind(word.rsplit('=').next()?)?, words.join(" "))));
    let by_variable = || {
        pairs(service).into_iter().find_map(|(name, value)| {
            let about = name.to_lowercase().contains("transport") || name == "MCP_MODE";
            let given = value.as_deref().filter(|_| about)?;
            let open = open(given);
            let given = open.as_ref().map_or(Some(given), |(default, _)| default.as_deref())?;
            Some((kind(given)?, format!("{name}={given}")))
        })
    };
    by_word.or_else(by_variable)
}

fn kind(word: &str) -> Option<TransportKind> {
    match word.to_lowercase().replace('_', "-").as_str() {
        "stdio" => Some(TransportKind::Stdio),
        "http" | "streamable-http" | "streamablehttp" => Some(TransportKind::StreamableHttp),
        "sse" => Some(TransportKind::Sse),
        _ => None,
    }
}

/// `8000:80`, `127.0.0.1:8000:80/tcp`, `${PORT:-8000}:80`, `{published: 8000}`: the port on the host.
fn port(entry: &Value) -> Option<u16> {
    let text = match entry {
        Value::Object(long) => long.get("published").or_else(|| long.get("target")).map(plain)?,
        other => plain(other),
    };
    let mut text = text.split('/').next().unwrap_or_default().to_owned();
    if let Some((before, after)) = text.split_once("${") {
        let (inner, tail) = after.split_once('}')?;
        let default = inner.split_once(":-").map(|(_, d)| d)?;
        text = format!("{before}{default}{tail}");
    }
    let parts: Vec<&str> = text.split(':').collect();
    let host = if parts.len() > 1 { parts[parts.len() - 2] } else { parts[0] };
    host.parse().ok().filter(|p| *p > 0)
}

/// `environment` as a list or a table: name, and the value where one stands.
fn pairs(service: &Value) -> Vec<(String, Option<String>)> {
    let pair = |text: &str| match text.split_once('=') {
        Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
        None => (text.trim().to_owned(), None),
    };
    let mut out: Vec<(String, Option<String>)> = match service.get("environment") {
        Some(Value::Array(list)) => list.iter().take(MAX_VARIABLES).filter_map(Value::as_str).map(pair).collect(),
        Some(Value::Object(table)) => {
            let value = |v: &Value| if v.is_null() { None } else { Some(plain(v)) };
            table.iter().take(MAX_VARIABLES).map(|(name, v)| (name.clone(), value(v))).collect()
        }
        _ => Vec::new(),
    };
    out.retain(|(name, _)| is_env_name(name));
    out
}

fn variables(service: &Value, services: &[&str]) -> Vec<Variable> {
    let mut out = Vec::new();
    for (name, value) in pairs(service) {
        let left = match &value {
            Some(value) => open(value),
            None => Some((None, false)),
        };
        let Some((default, must)) = left.filter(|_| !is_noise_env(&name) && !is_operational(&name)) else { continue };
        // What lies in a container beside this one is nowhere else.
        let beside = |d: &String| services.iter().any(|s| d.split([':', '/', '@']).any(|part| part == *s));
        out.push(Variable { name, default: default.filter(|d| !d.is_empty() && !beside(d)), must });
    }
    out
}

/// Whether a value is left to whoever starts it: the default, and whether there must be one. `${A}`, `${A:-b}`, `${A:?c}`.
fn open(value: &str) -> Option<(Option<String>, bool)> {
    let name = |text: &str| is_env_name(text).then_some((None, false));
    let Some(inner) = value.strip_prefix("${").and_then(|v| v.strip_suffix('}')) else {
        return value.strip_prefix('$').and_then(name);
    };
    let end = inner.find([':', '-', '?']).unwrap_or(inner.len());
    let (head, tail) = inner.split_at(end);
    name(head)?;
    let tail = tail.trim_start_matches(':');
    match tail.chars().next() {
        Some('-') => Some((Some(tail[1..].to_owned()), false)),
        Some('?') => Some((None, true)),
        _ => Some((None, false)),
    }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Compose, Variable, open, port};
    use crate::doc::Doc;
    use catwalk_domain::manifest::TransportKind;
    use serde_json::json;

    fn doc(text: &str) -> Doc {
        Doc::file("compose.yaml", text.to_owned(), None)
    }

    const TIDES: &str = r#"
services:
  redis:
    image: redis:7
  tides-mcp:
    image: ghcr.io/ada/tides-mcp:${TAG:-1.2.0}
    command: ["serve", "--transport", "http"]
    ports:
      - "127.0.0.1:8931:8000"
    environment:
      - TIDES_TOKEN=${TIDES_TOKEN:?set it}
      - TIDES_REGION=${REGION:-north}
      - TIDES_STATION
      - CACHE_URL=${CACHE_URL:-redis://redis:6379}
      - LOG_LEVEL=${LOG_LEVEL:-info}
      - MODE=production
"#;

    #[test]
    fn the_own_service_tells_image_variables_port_and_transport() {
        let doc = doc(TIDES);
        let found = Compose::read(&doc, |image| image.contains("ada/")).expect("one service is its own");
        assert_eq!(found.image.as_deref(), Some("ghcr.io/ada/tides-mcp:1.2.0"));
        assert_eq!(found.transport().and_then(|t| t.url).as_deref(), Some("http://127.0.0.1:8931/mcp"));
        assert_eq!(
            found.talks.as_ref().map(|(k, w)| (*k, w.as_str())),
            Some((TransportKind::StreamableHttp, "serve --transport http"))
        );
        let variable = |name: &str, default: Option<&str>, must| Variable {
            name: name.to_owned(),
            default: default.map(str::to_owned),
            must,
        };
        let expected = [
            variable("TIDES_TOKEN", None, true),
            variable("TIDES_REGION", Some("north"), false),
            variable("TIDES_STATION", None, false),
            variable("CACHE_URL", None, false),
        ];
        assert_eq!(found.variables, expected);
        let inputs = found.inputs();
        let token = &inputs.env[0];
        assert!(token.item.input.is_required && token.item.input.is_secret && token.said == Some(true), "{token:?}");
        assert_eq!(inputs.env[1].item.input.default.as_deref(), Some("north"));
    }

    #[test]
    fn services_of_others_and_unclear_ones_are_not_the_server() {
        for text in [
            "services:\n  db:\n    image: postgres:17\n",
            "services:\n  a:\n    build: a\n  b:\n    build: b\n",
            "services: 3\n",
            "- x\n",
            ": :\n\t{",
        ] {
            assert!(Compose::read(&doc(text), |_| false).is_none(), "{text}");
        }
        let built = doc("services:\n  db: {image: 'x/postgres:1'}\n  web:\n    build: .\n    image: me/web\n");
        let built = Compose::read(&built, |_| false).expect("what is built here").image;
        assert_eq!(built, None, "its name is nobody's in a registry");
    }

    #[test]
    fn values_and_ports_in_their_forms() {
        for (value, expected) in [
            ("${A}", Some((None, false))),
            ("$A", Some((None, false))),
            ("${A:-x-y}", Some((Some("x-y".to_owned()), false))),
            ("${A-x}", Some((Some("x".to_owned()), false))),
            ("${A:?must}", Some((None, true))),
            ("${A?}", Some((None, true))),
            ("plain", None),
            ("pre${A}", None),
            ("${}", None),
        ] {
            assert_eq!(open(value), expected, "{value}");
        }
        for (entry, expected) in [
            (json!("8000:80"), Some(8000)),
            (json!("8000"), Some(8000)),
            (json!(8000), Some(8000)),
            (json!("127.0.0.1:9000:80/tcp"), Some(9000)),
            (json!("${PORT:-7000}:80"), Some(7000)),
            (json!({"target": 80, "published": "6000"}), Some(6000)),
            (json!("0:80"), None),
            (json!("${PORT}:80"), None),
            (json!("70000:80"), None),
        ] {
            assert_eq!(port(&entry), expected, "{entry}");
        }
    }
}
