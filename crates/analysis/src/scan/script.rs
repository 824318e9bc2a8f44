//! TypeScript and JavaScript: what is read of `process.env`, and what happens when it is missing.

use super::facts::{Facts, Read, is_variable};
use super::syntax::{Id, Syntax};
use std::collections::{BTreeMap, BTreeSet};

/// What the file calls its environment, and the variables that its names stand for.
struct Scope<'s, 't> {
    s: &'s Syntax<'t>,
    names: BTreeSet<&'t str>,
    bound: BTreeMap<&'t str, String>,
    /// The file speaks of the environment as a whole, so that a schema may be one of it.
    whole: bool,
}

/// Reads a file's environment.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    let names = BTreeSet::from(["process.env", "Bun.env"]);
    let mut scope = Scope { s, names, bound: BTreeMap::new(), whole: s.text(0).contains("process.env") };
    scope.aliases();
    for id in s.ids() {
        match s.kind(id) {
            "member_expression" | "subscript_expression" => scope.member(id, out),
            "object_pattern" => scope.taken_apart(id, out),
            "call_expression" => scope.call(id, out),
            _ => {}
        }
    }
    let checks = s.ids().filter(|id| s.kind(*id) == "if_statement");
    for id in checks {
        scope.guard(id, out);
    }
    scope.listed(out);
}

impl Scope<'_, '_> {
    /// `const env = process.env`, `(env = process.env)`, `env: NodeJS.ProcessEnv`, `const { env } = process`.
    fn aliases(&mut self) {
        let s = self.s;
        for id in s.ids() {
            let (name, value) = match s.kind(id) {
                "variable_declarator" => (s.field(id, "name"), s.field(id, "value")),
                "required_parameter" | "optional_parameter" => {
                    (s.field(id, "pattern"), s.field(id, "value").or(s.field(id, "type")))
                }
                "assignment_pattern" => (s.field(id, "left"), s.field(id, "right")),
                _ => continue,
            };
            let (Some(name), Some(value)) = (name, value) else { continue };
            let text = s.text(value);
            let whole = text == "process.env" || text.trim_start_matches([':', ' ']) == "NodeJS.ProcessEnv";
            if whole && s.kind(name) == "identifier" {
                self.names.insert(s.text(name));
            } else if text == "process" && s.kind(name) == "object_pattern" && s.text(name).contains("env") {
                self.names.insert("env");
            }
        }
    }

    /// The variable that an expression reads.
    fn variable(&self, id: Id) -> Option<String> {
        let s = self.s;
        let of = s.field(id, "object")?;
        if !self.names.contains(s.text(of)) {
            return None;
        }
        let name = match s.kind(id) {
            "member_expression" => s.field(id, "property").map(|p| s.text(p).to_owned()),
            "subscript_expression" => s.field(id, "index").and_then(|i| s.string(i)),
            _ => None,
        };
        name.filter(|n| is_variable(n))
    }

    fn member(&mut self, id: Id, out: &mut Facts) {
        let Some(name) = self.variable(id) else { return };
        let (written, top, default, must) = self.fate(id);
        if written {
            return;
        }
        out.read(Read { name: name.clone(), default, must, line: self.s.line(id), ..Read::default() });
        self.bind(top, &name);
    }

    /// What becomes of a value: whether it is written instead of read, the outermost expression that still is it, what
    /// stands in for it, and whether its absence throws.
    fn fate(&self, id: Id) -> (bool, Id, Option<String>, bool) {
        let s = self.s;
        let (mut at, mut default, mut must) = (id, None, false);
        for outer in s.around(id) {
            match s.kind(outer) {
                // `(…)`, `…!`, `… as string`; `.trim()`, `.split(",")`, `parseInt(…)`.
                "parenthesized_expression"
                | "non_null_expression"
                | "as_expression"
                | "satisfies_expression"
                | "member_expression"
                | "call_expression" => {}
                "arguments" if s.parts(outer).next() == Some(at) => {
                    let function = s.parent(outer).and_then(|call| s.field(call, "function"));
                    if !function.is_some_and(|f| ["Number", "parseInt", "parseFloat", "String"].contains(&s.text(f))) {
                        if function.is_some_and(|f| ["assert", "invariant", "assert.ok"].contains(&s.text(f))) {
                            must = true;
                        }
                        break;
                    }
                }
                "binary_expression" if s.field(outer, "left") == Some(at) => {
                    let operator = s.field(outer, "operator").map_or("", |o| s.text(o));
                    let Some(right) = s.field(outer, "right").filter(|_| matches!(operator, "??" | "||")) else {
                        break;
                    };
                    if s.inside(right, 200).any(|i| s.kind(i) == "throw_statement") {
                        must = true;
                    } else {
                        default = default.or_else(|| Some(self.literal(right)));
                    }
                }
                "assignment_expression" if s.field(outer, "left") == Some(at) => return (true, at, None, false),
                "unary_expression" if s.text(outer).starts_with("delete") => return (true, at, None, false),
                _ => break,
            }
            at = outer;
        }
        (false, at, default, must)
    }

    /// A plain value as text; empty when it is computed.
    fn literal(&self, id: Id) -> String {
        match self.s.kind(id) {
            "number" | "true" | "false" => self.s.text(id).to_owned(),
            _ => self.s.string(id).unwrap_or_default(),
        }
    }

    /// Remembers under which name the value is known from here on.
    fn bind(&mut self, value: Id, name: &str) {
        let s = self.s;
        let Some(outer) = s.parent(value) else { return };
        let left = match s.kind(outer) {
            "variable_declarator" | "public_field_definition" => s.field(outer, "name"),
            "assignment_expression" => s.field(outer, "left"),
            "pair" => s.field(outer, "key"),
            _ => None,
        };
        if let Some(left) = left {
            self.bound.insert(s.text(left), name.to_owned());
        }
    }

    /// `const { A, B: b = "x" } = process.env`.
    fn taken_apart(&mut self, id: Id, out: &mut Facts) {
        let s = self.s;
        let from = s.parent(id).and_then(|p| s.field(p, "value").or(s.field(p, "right")));
        if !from.is_some_and(|v| self.names.contains(s.text(v))) {
            return;
        }
        for part in s.parts(id) {
            let (name, local, default) = match s.kind(part) {
                "shorthand_property_identifier_pattern" => (Some(part), Some(part), None),
                "object_assignment_pattern" => (s.field(part, "left"), s.field(part, "left"), s.field(part, "right")),
                "pair_pattern" => {
                    let value = s.field(part, "value");
                    let inner = value.filter(|v| s.kind(*v) == "assignment_pattern");
                    (
                        s.field(part, "key"),
                        inner.and_then(|i| s.field(i, "left")).or(value),
                        inner.and_then(|i| s.field(i, "right")),
                    )
                }
                _ => continue,
            };
            let Some(name) = name.map(|n| s.text(n)).filter(|n| is_variable(n)) else { continue };
            let default = default.map(|d| self.literal(d));
            out.read(Read { name: name.to_owned(), default, line: s.line(part), ..Read::default() });
            if let Some(local) = local {
                self.bound.insert(s.text(local), name.to_owned());
            }
        }
    }

    /// `requireEnv("X")`, `getEnv("X", "default")`, `Deno.env.get("X")`, and what a schema says of the whole environment.
    fn call(&mut self, id: Id, out: &mut Facts) {
        let s = self.s;
        let (Some(function), Some(arguments)) = (s.field(id, "function"), s.field(id, "arguments")) else { return };
        let called = s.text(function);
        let mut given = s.parts(arguments);
        let (first, second) = (given.next(), given.next());
        if called.len() < 60 && called.to_lowercase().contains("env") {
            let name = first.and_then(|f| s.string(f)).filter(|n| is_variable(n));
            if let Some(name) = name {
                let lower = called.to_lowercase();
                let default = second.map(|d| self.literal(d)).filter(|d| !d.is_empty());
                let must =
                    default.is_none() && ["require", "must", "assert", "ensure"].iter().any(|w| lower.contains(w));
                out.read(Read { name: name.clone(), default, must, line: s.line(id), ..Read::default() });
                self.bind(self.fate(id).1, &name);
                return;
            }
        }
        let clean = called == "cleanEnv" || called.ends_with(".cleanEnv");
        let schema = called.ends_with(".object") || called == "createEnv" || called.ends_with(".createEnv");
        let object = if clean { second } else { first };
        let object = object.filter(|o| (clean || schema) && self.whole && s.kind(*o) == "object");
        if let Some(object) = object {
            super::schema::read(s, object, out);
        }
    }

    /// `if (!KEY) { throw … }`: one that always stands in the way, not one of a special mode.
    fn guard(&self, id: Id, out: &mut Facts) {
        let s = self.s;
        let (Some(condition), Some(then)) = (s.field(id, "condition"), s.field(id, "consequence")) else { return };
        if !self.stops(then)
            || s.around(id)
                .any(|a| matches!(s.kind(a), "if_statement" | "switch_case" | "else_clause" | "ternary_expression"))
        {
            return;
        }
        let mut open = vec![condition];
        let mut missing = Vec::new();
        while let Some(at) = open.pop().filter(|_| missing.len() < 40) {
            match s.kind(at) {
                "parenthesized_expression" => open.extend(s.parts(at)),
                "binary_expression" => match s.field(at, "operator").map_or("", |o| s.text(o)) {
                    "||" => open.extend([s.field(at, "right"), s.field(at, "left")].into_iter().flatten()),
                    "==" | "==="
                        if s.field(at, "right")
                            .is_some_and(|r| matches!(s.text(r), "undefined" | "null" | "\"\"" | "''")) =>
                    {
                        missing.extend(s.field(at, "left"));
                    }
                    _ => {}
                },
                "unary_expression" if s.text(at).starts_with('!') => missing.extend(s.field(at, "argument")),
                _ => {}
            }
        }
        for value in missing {
            if let Some(name) = self.named(value) {
                out.must(&name, s.line(value));
            }
        }
    }

    /// The variable behind a name: `KEY`, `this.key`, `config.key`, `process.env.KEY`.
    fn named(&self, id: Id) -> Option<String> {
        let s = self.s;
        let own = s.field(id, "property").map(|p| s.text(p)).filter(|_| s.kind(id) == "member_expression");
        self.variable(id).or_else(|| self.bound.get(s.text(id)).cloned()).or_else(|| self.bound.get(own?).cloned())
    }

    /// Whether a branch throws or ends the program.
    fn stops(&self, id: Id) -> bool {
        let s = self.s;
        std::iter::once(id).chain(s.inside(id, 400)).any(|i| match s.kind(i) {
            "throw_statement" => true,
            "call_expression" => {
                s.field(i, "function").is_some_and(|f| matches!(s.text(f), "process.exit" | "exit" | "Deno.exit"))
            }
            _ => false,
        })
    }

    /// `const required = ["A", "B"]`, checked in a loop.
    fn listed(&self, out: &mut Facts) {
        let s = self.s;
        let looped = |id: Id| {
            s.kind(id) == "subscript_expression"
                && s.field(id, "object").is_some_and(|o| self.names.contains(s.text(o)))
                && s.field(id, "index").is_some_and(|i| s.kind(i) == "identifier")
        };
        if !s.ids().any(looped) || !s.ids().any(|i| s.kind(i) == "if_statement" && self.stops(i)) {
            return;
        }
        for id in s.ids().filter(|i| s.kind(*i) == "variable_declarator") {
            let (Some(name), Some(value)) = (s.field(id, "name"), s.field(id, "value")) else { continue };
            let list = if s.kind(value) == "as_expression" { s.parts(value).next().unwrap_or(value) } else { value };
            let lower = s.text(name).to_lowercase();
            if s.kind(list) == "array" && ["require", "needed", "mandatory"].iter().any(|w| lower.contains(w)) {
                for item in s.parts(list) {
                    if let Some(name) = s.string(item) {
                        out.must(&name, s.line(item));
                    }
                }
            }
        }
    }
}
