//! Compares a prediction with the truth: the metrics of the collections that these rules are measured on.

mod normal;
mod table;
#[cfg(test)]
mod tests;

use normal::{arguments, package, runtime, same_word, text, transport, url};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
pub(crate) use table::{each, table};

/// How well one entry was predicted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) runtime: String,
    pub(crate) found: usize,
    pub(crate) wrong: Vec<String>,
    pub(crate) extra: usize,
    pub(crate) missed: Vec<String>,
    pub(crate) core: (usize, usize),
    pub(crate) required: (usize, usize),
    pub(crate) secret: (usize, usize),
    pub(crate) runtime_ok: bool,
    pub(crate) package_ok: bool,
    pub(crate) transport_ok: bool,
    pub(crate) command_ok: bool,
    pub(crate) args: (usize, usize),
    pub(crate) missing_required: Vec<String>,
    pub(crate) launch: bool,
    pub(crate) tools: Option<(usize, usize, usize)>,
}

/// What makes one of several launches the best fitting.
type Rank = (bool, bool, bool, bool, bool);

/// Whether a predicted launch means a true one: runtime, target, transport, words.
type Same = (bool, bool, bool, bool);

fn launches(entry: &Value) -> Vec<&Value> {
    let more = entry.get("alternatives").and_then(Value::as_array).into_iter().flatten();
    std::iter::once(entry).chain(more.filter(|a| a.is_object())).collect()
}

fn same_launch(p: &Value, t: &Value) -> Same {
    let (mine, theirs) = (runtime(&text(p, "runtime")), runtime(&text(t, "runtime")));
    let words = |v: &Value| arguments(&text(v, "command"), &list(v, "args").map(same_word).collect::<Vec<_>>());
    let target = if theirs == "remote" {
        !url(&text(p, "remote_url")).is_empty() && url(&text(p, "remote_url")) == url(&text(t, "remote_url"))
    } else if text(t, "package").is_empty() {
        words(p) == words(t)
    } else {
        package(&theirs, &text(p, "package")) == package(&theirs, &text(t, "package"))
    };
    let said = text(p, "transport");
    let said = match said.as_str() {
        "" if mine == "remote" => "streamable-http",
        "" => "stdio",
        said => said,
    };
    let same_transport = transport(said) == transport(&text(t, "transport"));
    (mine == theirs, target, same_transport, theirs == "remote" || words(p) == words(t))
}

fn list<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

fn name_of(value: &Value) -> String {
    value.as_str().map_or_else(|| text(value, "name"), str::to_owned).trim().to_owned()
}

fn texts(value: &Value, key: &str) -> Vec<String> {
    list(value, key).filter_map(Value::as_str).map(str::to_owned).collect()
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Scores one prediction.
pub(crate) fn score(p: &Value, t: &Value) -> Row {
    let mut row = Row { id: text(t, "id"), runtime: runtime(&text(t, "runtime")), ..Row::default() };
    let mut best: Option<(Rank, Same, &Value)> = None;
    for launch in launches(t) {
        let s = same_launch(p, launch);
        let rank = (s.0 && s.1, s.0, s.1, s.2, s.3);
        if best.as_ref().is_none_or(|(other, ..)| rank > *other) {
            best = Some((rank, s, launch));
        }
    }
    let Some((_, (runtime_ok, target, same_transport, words), launch)) = best else { return row };
    let matched = Some(launch).filter(|_| runtime_ok && target);
    row.runtime_ok = runtime_ok;
    row.package_ok = runtime_ok && target;
    row.transport_ok = row.package_ok && same_transport;
    row.command_ok = row.package_ok && words;

    let kind = matched.map(|m| runtime(&text(m, "runtime"))).unwrap_or_default();
    let meant = |e: &&Value| {
        let kinds = texts(e, "runtimes");
        kinds.is_empty() || kind.is_empty() || kinds.contains(&kind)
    };
    let env: Vec<&Value> = list(t, "env").filter(meant).collect();
    let flags: BTreeSet<String> =
        list(p, "args_required").map(|a| name_of(a).to_lowercase()).filter(|n| !n.is_empty()).collect();
    let found = variables(&mut row, p, t, &env, &flags);
    quality(&mut row, &env, &found);
    supplied(&mut row, p, t, &flags);
    launchable(&mut row, p, t, matched, &env, &found);

    let tools: BTreeSet<String> = texts(t, "tools").into_iter().collect();
    let mine: BTreeSet<String> = list(p, "tools").map(name_of).collect();
    if !tools.is_empty() && !mine.is_empty() {
        let both = tools.intersection(&mine).count();
        row.tools = Some((both, mine.len() - both, tools.len() - both));
    }
    row
}

/// Which true variables were found, and by which prediction.
fn variables(row: &mut Row, p: &Value, t: &Value, env: &[&Value], flags: &BTreeSet<String>) -> BTreeMap<String, Value> {
    let names = |e: &Value| std::iter::once(text(e, "name")).chain(texts(e, "aliases")).collect::<Vec<_>>();
    let mut alias: Vec<(String, String)> = Vec::new();
    for e in env {
        for name in names(e) {
            if !alias.iter().any(|(a, _)| *a == name) {
                alias.push((name, text(e, "name")));
            }
        }
    }
    let allowed = texts(t, "env_allowed");
    let other: BTreeSet<String> = list(t, "env").flat_map(names).collect();
    let mut found: BTreeMap<String, Value> = BTreeMap::new();
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for e in list(p, "env") {
        let name = name_of(e);
        if name.is_empty() || !seen.insert(name.clone()) {
            continue;
        }
        if let Some((_, known)) = alias.iter().find(|(a, _)| *a == name) {
            found.entry(known.clone()).or_insert_with(|| e.clone());
        } else if allowed.contains(&name) {
            row.extra += 1;
        } else if !other.contains(&name) {
            row.wrong.push(name);
        }
    }
    for (_, known) in alias.iter().filter(|(a, _)| a.starts_with('-') && flags.contains(&a.to_lowercase())) {
        found.entry(known.clone()).or_insert_with(|| serde_json::json!({"required": true}));
    }
    row.found = found.len();
    row.missed = env.iter().map(|e| text(e, "name")).filter(|n| !found.contains_key(n)).collect();
    found
}

fn quality(row: &mut Row, env: &[&Value], found: &BTreeMap<String, Value>) {
    for e in env {
        let mine = found.get(&text(e, "name"));
        if flag(e, "core") {
            row.core.1 += 1;
            row.core.0 += usize::from(mine.is_some());
        }
        for (key, slot) in [("required", &mut row.required), ("secret", &mut row.secret)] {
            let said = mine.and_then(|m| m.get(key));
            if let (Some(truth), Some(said)) = (e.get(key).and_then(Value::as_bool), said) {
                slot.1 += 1;
                slot.0 += usize::from(said.as_bool().unwrap_or_default() == truth);
            }
        }
    }
}

/// Arguments that the user must supply: by name, or any of those asked for by place.
fn supplied(row: &mut Row, p: &Value, t: &Value, flags: &BTreeSet<String>) {
    let dashed = |a: &&Value| a.is_object() && text(a, "name").starts_with('-');
    let mut spare = list(p, "args_required").filter(|a| !dashed(a)).count();
    for need in list(t, "args_required") {
        row.args.1 += 1;
        if flags.contains(&text(need, "name").to_lowercase()) {
            row.args.0 += 1;
        } else if (flag(need, "positional") || text(need, "kind") == "volume") && spare > 0 {
            spare -= 1;
            row.args.0 += 1;
        }
    }
}

fn launchable(
    row: &mut Row,
    p: &Value,
    t: &Value,
    matched: Option<&Value>,
    env: &[&Value],
    found: &BTreeMap<String, Value>,
) {
    let sets: Vec<Vec<String>> = list(t, "required_any_of")
        .map(|s| s.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
        .collect();
    let own = matched.and_then(|m| m.get("env_required")).is_some_and(|v| !v.is_null());
    let (required, sets_ok) = if own {
        (matched.map(|m| texts(m, "env_required")).unwrap_or_default(), true)
    } else {
        let in_sets: BTreeSet<&String> = sets.iter().flatten().collect();
        let must = |e: &&&Value| flag(e, "required") && !in_sets.contains(&text(e, "name"));
        let required = env.iter().filter(must).map(|e| text(e, "name")).collect();
        let known = |name: &String| env.iter().any(|e| text(e, "name") == *name);
        let mut usable = sets.iter().filter(|s| s.iter().all(known)).peekable();
        let ok = usable.peek().is_none() || usable.any(|s| s.iter().all(|n| found.contains_key(n)));
        (required, ok)
    };
    row.missing_required = required.into_iter().filter(|n| !found.contains_key(n)).collect();
    let heads: Vec<String> = matched
        .map(|m| list(m, "headers").filter(|h| flag(h, "required")).map(|h| name_of(h).to_lowercase()).collect())
        .unwrap_or_default();
    let mine: BTreeSet<String> = list(p, "headers").map(|h| name_of(h).to_lowercase()).collect();
    let asked = list(p, "env").any(|e| flag(e, "secret"))
        || env.iter().any(|e| flag(e, "secret") && found.contains_key(&text(e, "name")));
    let headers_ok = asked || heads.iter().all(|h| mine.contains(h));
    row.launch =
        row.transport_ok && row.missing_required.is_empty() && headers_ok && sets_ok && row.args.0 == row.args.1;
}
