//! The fields of a `package.json`, from the registry or a repository.

use crate::text::clean;
use catwalk_domain::Millis;
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// The fields of a `package.json`.
#[derive(Clone, Debug)]
pub(crate) struct Document(pub(crate) Value);

impl Document {
    /// A text field, if it is one and not empty.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.0.get(key).and_then(Value::as_str).map(str::to_owned).filter(|t| !t.is_empty())
    }

    pub(crate) fn version(&self) -> String {
        self.text("version").unwrap_or_default()
    }

    pub(crate) fn name(&self) -> String {
        self.text("name").unwrap_or_default()
    }

    pub(crate) fn is_private(&self) -> bool {
        self.0.get("private").and_then(Value::as_bool).unwrap_or_default()
    }

    /// Names of its programs.
    pub(crate) fn bins(&self) -> Vec<String> {
        match self.0.get("bin") {
            Some(Value::String(path)) if !path.is_empty() => {
                let name = self.name();
                vec![name.rsplit('/').next().unwrap_or(&name).to_owned()]
            }
            Some(Value::Object(map)) => {
                // A scoped name is a program without its scope.
                let name = |k: &String| {
                    if k.starts_with('@') { k.rsplit('/').next().unwrap_or(k).to_owned() } else { k.clone() }
                };
                map.keys().map(name).filter(|k| !k.is_empty() && !k.contains(['/', '\\'])).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The repository's address in whatever form.
    pub(crate) fn repository(&self) -> Option<String> {
        let field = self.0.get("repository")?;
        field.as_str().or_else(|| field.get("url")?.as_str()).map(str::to_owned)
    }

    /// Its folder in that repository.
    pub(crate) fn directory(&self) -> Option<String> {
        let folder = self.0.pointer("/repository/directory")?.as_str()?.trim_matches('/');
        (!folder.is_empty() && !folder.contains("..")).then(|| folder.to_owned())
    }

    /// Scripts that would run while it is installed.
    pub(crate) fn install_scripts(&self) -> Vec<&'static str> {
        let scripts = self.0.get("scripts");
        let has = |name: &&str| scripts.and_then(|s| s.get(*name)).is_some_and(Value::is_string);
        ["preinstall", "install", "postinstall"].into_iter().filter(has).collect()
    }

    /// Names of what it depends on.
    pub(crate) fn dependencies(&self) -> Vec<&str> {
        let list = |key| self.0.get(key).and_then(Value::as_object).into_iter().flat_map(|m| m.keys());
        list("dependencies").chain(list("peerDependencies")).map(String::as_str).collect()
    }

    /// Whether name, description, keywords, dependencies or `mcpName` speak of MCP.
    pub(crate) fn has_sign(&self) -> bool {
        let keywords = self.0.get("keywords").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        self.text("mcpName").is_some()
            || crate::signs::in_words(&self.name())
            || crate::signs::in_words(&self.text("description").unwrap_or_default())
            || keywords.into_iter().any(crate::signs::in_words)
            || self.dependencies().iter().any(|d| crate::signs::is_sdk(d))
    }

    /// Who published it: the account, else a maintainer, else the author's name.
    pub(crate) fn publisher(&self) -> Option<String> {
        let person = |v: &Value| v.as_str().or_else(|| v.get("name")?.as_str()).map(str::to_owned);
        let first = self.0.get("maintainers").and_then(|m| m.get(0));
        let found = self.0.get("_npmUser").and_then(person).or_else(|| first.and_then(person));
        found
            .or_else(|| self.0.get("author").and_then(person))
            .map(|p| clean(p.split(['<', '(']).next().unwrap_or(&p), 100))
    }
}

/// When a version was published, from the page of all versions.
pub(super) fn published(full: &Value, version: &str) -> Option<Millis> {
    millis(full.get("time")?.get(version)?.as_str()?)
}

/// A moment in the form of RFC 3339.
pub(crate) fn millis(text: &str) -> Option<Millis> {
    let moment = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    Millis::try_from(moment.unix_timestamp_nanos() / 1_000_000).ok()
}

/// The README on the page of all versions; it belongs to the newest version.
pub(super) fn readme(full: &Value, version: &str) -> Option<String> {
    let newest = full.pointer("/dist-tags/latest").and_then(Value::as_str) == Some(version);
    let text = full.get("readme").and_then(Value::as_str).filter(|_| newest)?;
    (text.len() > 40 && !text.starts_with("ERROR:")).then(|| text.to_owned())
}
