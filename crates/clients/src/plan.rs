//! The exact change, before anything is written.

use crate::diff::{DiffLine, diff};
use crate::jsonc::{Doc, NotAnObject, parse, split_bom};
use crate::splice;
use crate::style::Put;
use crate::table::{Client, Format, row};
use crate::{ClientKind, Entry, Error, Homes, Mark, Ours, check, write};
use serde_json::{Map, Value};
use std::fmt;
use std::path::{Path, PathBuf};

/// A change to a client's file. Nothing has been written yet.
#[derive(Clone)]
pub struct Plan {
    /// Whose file.
    pub kind: ClientKind,
    /// The file as the client names it; symlinks are followed when it is written.
    pub file: PathBuf,
    /// The entry's name in the file.
    pub name: String,
    /// The wished name, when somebody else's entry has it: `name` is what we propose instead, nothing is overwritten.
    pub conflict: Option<String>,
    /// The file's text now; `None` if there is no file. Holds other people's secrets: never log it.
    pub before: Option<String>,
    /// The file's text afterwards. Holds secrets.
    pub after: String,
    /// What to show. Secrets are masked.
    pub diff: Vec<DiffLine>,
    /// SHA-256 (hex) of the file now; `None` if there is none.
    pub hash_before: Option<String>,
    /// How our entry is known again.
    pub mark: Mark,
    /// Whether something of ours stood there before.
    pub(crate) replaces: bool,
}

impl Plan {
    /// Whether anything is to be written. `false` for a connected client that needs no repair.
    pub fn changes(&self) -> bool {
        self.before.as_deref() != Some(self.after.as_str()) && !(self.before.is_none() && self.after.is_empty())
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, file, name, conflict, .. } = self;
        let mut out = f.debug_struct("Plan");
        out.field("kind", kind).field("file", file).field("name", name).field("conflict", conflict);
        out.finish_non_exhaustive()
    }
}

/// A client's file as it is.
pub(crate) struct Current {
    pub(crate) client: &'static Client,
    pub(crate) file: PathBuf,
    pub(crate) text: Option<String>,
    pub(crate) hash: Option<String>,
}

impl Current {
    pub(crate) fn read(client: &'static Client, file: &Path) -> Result<Self, Error> {
        let bytes = write::read(client.name, file)?;
        let hash = bytes.as_deref().map(write::hash);
        let not_text = |_| Error::NotText { client: client.name, file: file.to_owned() };
        let text = bytes.map(String::from_utf8).transpose().map_err(not_text)?;
        Ok(Self { client, file: file.to_owned(), text, hash })
    }

    /// The text, its byte order mark apart.
    pub(crate) fn split(&self) -> (&str, &str) {
        split_bom(self.text.as_deref().unwrap_or_default())
    }

    pub(crate) fn doc(&self) -> Result<Doc<'_>, Error> {
        // One format so far; a second turns this into a choice between two readers.
        let Format::Json = self.client.format;
        parse(self.split().1).map_err(|m| Error::Broken {
            client: self.client.name,
            file: self.file.clone(),
            line: m.line,
            column: m.column,
            what: m.what,
        })
    }

    pub(crate) fn shape(&self, NotAnObject(key): NotAnObject) -> Error {
        Error::Shape { client: self.client.name, file: self.file.clone(), key }
    }

    /// Every server listed in the file.
    pub(crate) fn servers(&self, doc: &Doc<'_>) -> Result<Map<String, Value>, Error> {
        let object = doc.object(self.client.key).map_err(|e| self.shape(e))?;
        let members = object.map(|o| o.properties.iter().map(|p| (p.name.as_str().to_owned(), to_json(&p.value))));
        Ok(members.into_iter().flatten().collect())
    }

    /// Parses an edit's result again and requires that it differs in our key only, and there as meant.
    pub(crate) fn checked(
        &self,
        doc: &Doc<'_>,
        after: &str,
        name: &str,
        meant: Option<&Value>,
    ) -> Result<String, Error> {
        let stray = || Error::Stray { client: self.client.name, file: self.file.clone() };
        let keys: Vec<&str> = self.client.key.iter().copied().chain([name]).collect();
        {
            let new = parse(after).map_err(|_| stray())?;
            let found = new.value(self.client.key, name).map_err(|_| stray())?.map(to_json);
            if found.as_ref() != meant || !check::same_but_for(doc.root.as_ref(), new.root.as_ref(), &keys) {
                return Err(stray());
            }
        }
        Ok(format!("{}{after}", self.split().0))
    }
}

/// A parsed value as plain JSON.
pub(crate) fn to_json(value: &jsonc_parser::ast::Value<'_>) -> Value {
    use jsonc_parser::ast::Value as Ast;
    match value {
        Ast::Object(o) => o.properties.iter().map(|p| (p.name.as_str().to_owned(), to_json(&p.value))).collect(),
        Ast::Array(a) => a.elements.iter().map(to_json).collect(),
        Ast::StringLit(s) => Value::from(s.value.as_ref()),
        Ast::NumberLit(n) => serde_json::from_str(n.value).unwrap_or(Value::Null),
        Ast::BooleanLit(b) => Value::Bool(b.value),
        Ast::NullKeyword(_) => Value::Null,
    }
}

/// The change that makes a client know an entry. An entry of ours for the same deployment is brought up to date under
/// the name it has; whatever the user added to it stays.
pub fn plan(homes: &Homes, kind: ClientKind, entry: &Entry) -> Result<Plan, Error> {
    let client = row(kind);
    let wanted = (client.entry)(entry).ok_or(Error::WrongKind { client: client.name })?;
    let current = Current::read(client, &(client.file)(homes))?;
    if current.text.is_none() && !client.installed(homes) {
        return Err(Error::NotInstalled { client: client.name });
    }
    let doc = current.doc()?;
    let servers = current.servers(&doc)?;
    let mark = entry.mark();
    let (name, conflict) = choose_name(client, &servers, &entry.name, &mark, &mark.extend(&homes.ours));
    let value = merge(servers.get(&name), wanted);
    let after = if servers.get(&name) == Some(&value) {
        current.text.clone().unwrap_or_default()
    } else {
        let after = splice::set(&doc, client.key, &name, &Put::Value(&value)).map_err(|e| current.shape(e))?;
        current.checked(&doc, &after, &name, Some(&value))?
    };
    Ok(finish(kind, &current, name, conflict, after, mark, &servers))
}

/// The change that takes our entry for a deployment out again; it changes nothing where there is none.
pub fn plan_removal(homes: &Homes, kind: ClientKind, mark: &Mark) -> Result<Plan, Error> {
    let client = row(kind);
    let current = Current::read(client, &(client.file)(homes))?;
    let doc = current.doc()?;
    let servers = current.servers(&doc)?;
    let ours = mark.extend(&homes.ours);
    let Some((name, found)) = own(&servers, mark, &ours) else {
        let after = current.text.clone().unwrap_or_default();
        return Ok(finish(kind, &current, mark.path().to_owned(), None, after, mark.clone(), &servers));
    };
    let after = splice::remove(&doc, client.key, name).map_err(|e| current.shape(e))?;
    let after = current.checked(&doc, &after, name, None)?;
    Ok(finish(kind, &current, name.to_owned(), None, after, found, &servers))
}

fn finish(
    kind: ClientKind,
    current: &Current,
    name: String,
    conflict: Option<String>,
    after: String,
    mark: Mark,
    servers: &Map<String, Value>,
) -> Plan {
    Plan {
        kind,
        file: current.file.clone(),
        diff: diff(current.text.as_deref().unwrap_or_default(), &after),
        replaces: servers.contains_key(&name),
        before: current.text.clone(),
        hash_before: current.hash.clone(),
        name,
        conflict,
        after,
        mark,
    }
}

/// Our entry for a deployment, whatever its name.
fn own<'s>(servers: &'s Map<String, Value>, mark: &Mark, ours: &Ours) -> Option<(&'s str, Mark)> {
    let read = |(name, value): (&'s String, &Value)| Some((name.as_str(), Mark::read(value, ours)?));
    servers.iter().filter_map(read).find(|(_, found)| found.path() == mark.path())
}

/// The name to write under, and the wished one if it was not to be had.
fn choose_name(
    client: &Client,
    servers: &Map<String, Value>,
    wished: &str,
    mark: &Mark,
    ours: &Ours,
) -> (String, Option<String>) {
    if let Some((name, _)) = own(servers, mark, ours) {
        return (name.to_owned(), None);
    }
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' };
    let wished: String = wished.chars().map(allowed).collect();
    let free = |name: &str| !servers.contains_key(name) && !client.reserved.contains(&name);
    if free(&wished) {
        return (wished, None);
    }
    let others = std::iter::once(format!("{wished}-catwalk")).chain((2_u32..).map(|n| format!("{wished}-catwalk-{n}")));
    let name = others.into_iter().find(|name| free(name)).unwrap_or_else(|| wished.clone());
    (name, Some(wished))
}

/// Our fields over those that the user added; fields of the other kind of connection go.
fn merge(found: Option<&Value>, wanted: Value) -> Value {
    let (Some(Value::Object(found)), Value::Object(wanted)) = (found, &wanted) else { return wanted };
    let connection = ["type", "command", "args", "env", "url", "headers"];
    let mut merged = found.clone();
    // What keeps its place keeps it, so that a repair shows as the one line it is.
    merged.retain(|key, _| wanted.contains_key(key) || !connection.contains(&key.as_str()));
    merged.extend(wanted.clone());
    Value::Object(merged)
}
