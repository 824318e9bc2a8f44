//! What is kept of the choice, and what an address must be like.

use crate::App;
use crate::views::{ModelSettings, ProviderKind};
use catwalk_analysis::model::Kind;
use catwalk_domain::{Problem, ProblemCode, Secret};
use catwalk_store::Sealed;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Where the choice and the sealed key stand among the settings.
pub(super) const CHOICE: &str = "model";
pub(crate) const KEY: &str = "model-key";

/// Provider and model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Choice {
    pub(super) kind: Kind,
    pub(super) base: Url,
    pub(super) model: String,
    pub(super) name: String,
    /// US dollars per token sent and received, when it was chosen.
    pub(super) price: Option<(f64, f64)>,
}

pub(super) async fn load(app: &App) -> Result<Option<Choice>, Problem> {
    app.store().settings().get(CHOICE).await.map_err(|e| e.problem())
}

pub(super) async fn key(app: &App) -> Result<Option<Secret<String>>, Problem> {
    let kept: Option<(String, String)> = app.store().settings().get(KEY).await.map_err(|e| e.problem())?;
    match kept {
        Some((key_id, data)) => app.keys().open_named(KEY, Sealed { key_id, data }).await.map(Some),
        None => Ok(None),
    }
}

pub(super) fn view(choice: Option<Choice>, key_set: bool) -> ModelSettings {
    choice.map_or_else(ModelSettings::none, |choice| ModelSettings::of(choice, key_set))
}

/// An address that a key may be sent to: encrypted, or within this computer's own network.
pub(super) fn address(text: &str) -> Result<Url, Problem> {
    let with_scheme = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&with_scheme).ok().filter(|u| u.host().is_some() && matches!(u.scheme(), "http" | "https"));
    let url = url.filter(|u| u.scheme() == "https" || is_near(u)).filter(|u| u.username().is_empty());
    url.ok_or_else(|| {
        let text = "An address of a model server looks like https://api.example.com/v1 or http://localhost:11434. Without \
                    encryption it must be on this computer or in its network, because your key goes there.";
        Problem::new(ProblemCode::AnswersInvalid, "This address cannot be used", text)
    })
}

fn is_near(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(at)) => at.is_loopback() || at.is_private(),
        Some(Host::Ipv6(at)) => at.is_loopback() || at.is_unique_local(),
        Some(Host::Domain(name)) => {
            name == "localhost" || name.rsplit('.').next() == Some("local") || !name.contains('.')
        }
        None => false,
    }
}

pub(super) fn kind(provider: ProviderKind) -> Kind {
    match provider {
        ProviderKind::OpenRouter => Kind::OpenRouter,
        ProviderKind::Anthropic => Kind::Anthropic,
        ProviderKind::OpenAi => Kind::OpenAi,
        ProviderKind::Ollama => Kind::Ollama,
    }
}

pub(super) fn provider_kind(kind: Kind) -> ProviderKind {
    match kind {
        Kind::OpenRouter => ProviderKind::OpenRouter,
        Kind::Anthropic => ProviderKind::Anthropic,
        Kind::OpenAi => ProviderKind::OpenAi,
        Kind::Ollama => ProviderKind::Ollama,
    }
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn a_key_goes_nowhere_unencrypted() {
        let check = |text: &str, expect: Option<&str>| {
            assert_eq!(address(text).ok().map(|u| u.to_string()).as_deref(), expect, "{text}");
        };
        check("https://api.example.com/v1", Some("https://api.example.com/v1"));
        check("localhost:11434", Some("http://localhost:11434/"));
        check("192.168.1.9:8080/v1", Some("http://192.168.1.9:8080/v1"));
        check("http://api.example.com/v1", None);
        check("http://8.8.8.8/v1", None);
        check("ftp://localhost/", None);
        check("https://key@example.com/", None);
        check("", None);
    }
}
