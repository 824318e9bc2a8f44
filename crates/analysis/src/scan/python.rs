//! Python: what is read of `os.environ`, and what happens when it is missing.

use super::facts::{Facts, Read, is_variable};
use super::syntax::{Id, Syntax};
use std::collections::BTreeMap;

/// The variables that the file's names stand for.
struct Scope<'s, 't> {
    s: &'s Syntax<'t>,
    bound: BTreeMap<&'t str, String>,
}

/// Reads a file's environment.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    let mut scope = Scope { s, bound: BTreeMap::new() };
    for id in s.ids() {
        match s.kind(id) {
            "subscript" => scope.subscript(id, out),
            "call" => scope.call(id, out),
            "class_definition" => super::settings::read(s, id, out),
            _ => {}
        }
    }
    for id in s.ids().filter(|id| matches!(s.kind(*id), "if_statement" | "assert_statement")) {
        scope.guard(id, out);
    }
    scope.listed(out);
}

fn is_environ(text: &str) -> bool {
    matches!(text, "os.environ" | "environ")
}

impl Scope<'_, '_> {
    /// `os.environ["X"]`, which fails when it is missing.
    fn subscript(&mut self, id: Id, out: &mut Facts) {
        let s = self.s;
        if !s.field(id, "value").is_some_and(|v| is_environ(s.text(v))) {
            return;
        }
        let Some(name) = s.field(id, "subscript").and_then(|i| s.string(i)).filter(|n| is_variable(n)) else { return };
        let parent = s.parent(id);
        let written = parent.is_some_and(|p| {
            s.kind(p) == "assignment" && s.field(p, "left") == Some(id) || s.kind(p) == "delete_statement"
        });
        if written {
            return;
        }
        // Tried, or looked for first: then it may be missing.
        let safe =
            s.around(id).any(|a| matches!(s.kind(a), "try_statement" | "if_statement" | "conditional_expression"));
        out.read(Read { name: name.clone(), must: !safe, line: s.line(id), ..Read::default() });
        self.bind(id, &name);
    }

    /// `os.getenv("X", "default")`, `os.environ.get("X")`, `require_env("X")`.
    fn call(&mut self, id: Id, out: &mut Facts) {
        let s = self.s;
        let (Some(function), Some(arguments)) = (s.field(id, "function"), s.field(id, "arguments")) else { return };
        let called = s.text(function);
        let lower = called.to_lowercase();
        if called.len() > 60 || !lower.contains("env") || lower.ends_with("setdefault") || lower.ends_with("pop") {
            return;
        }
        let mut given = s.parts(arguments);
        let Some(name) = given.next().and_then(|f| s.string(f)).filter(|n| is_variable(n)) else { return };
        let second =
            given.next().map(|a| if s.kind(a) == "keyword_argument" { s.field(a, "value").unwrap_or(a) } else { a });
        let mut default = second.filter(|d| s.text(*d) != "None").map(|d| self.literal(d));
        let mut top = id;
        for outer in s.around(id) {
            match s.kind(outer) {
                "boolean_operator" if s.field(outer, "left") == Some(top) => {
                    let Some(right) = s
                        .field(outer, "right")
                        .filter(|_| s.field(outer, "operator").is_some_and(|o| s.text(o) == "or"))
                    else {
                        break;
                    };
                    default = default.or_else(|| Some(self.literal(right)));
                }
                "parenthesized_expression" | "named_expression" | "argument_list" | "call" | "attribute"
                    if s.line(outer) == s.line(id) =>
                {
                    if s.kind(outer) == "named_expression"
                        && let Some(left) = s.field(outer, "name")
                    {
                        self.bound.insert(s.text(left), name.clone());
                    }
                }
                _ => break,
            }
            top = outer;
        }
        let must = default.is_none() && ["require", "must", "ensure"].iter().any(|w| lower.contains(w));
        out.read(Read { name: name.clone(), default, must, line: s.line(id), ..Read::default() });
        self.bind(top, &name);
        self.bind(id, &name);
    }

    /// A plain value as text; empty when it is computed.
    fn literal(&self, id: Id) -> String {
        match self.s.kind(id) {
            "integer" | "float" => self.s.text(id).to_owned(),
            "true" => "true".to_owned(),
            "false" => "false".to_owned(),
            _ => self.s.string(id).unwrap_or_default(),
        }
    }

    fn bind(&mut self, value: Id, name: &str) {
        let s = self.s;
        let left = s.parent(value).filter(|p| s.kind(*p) == "assignment").and_then(|p| s.field(p, "left"));
        if let Some(left) = left {
            self.bound.insert(s.text(left), name.to_owned());
        }
    }

    /// `if not KEY: raise …`: one that always stands in the way, not one of a special mode.
    fn guard(&self, id: Id, out: &mut Facts) {
        let s = self.s;
        let assert = s.kind(id) == "assert_statement";
        let condition = if assert { s.parts(id).next() } else { s.field(id, "condition") };
        let Some(condition) = condition else { return };
        let special = |a: Id| {
            matches!(s.kind(a), "if_statement" | "elif_clause" | "else_clause" | "match_statement" | "for_statement")
        };
        if s.around(id).any(special) || !assert && !s.field(id, "consequence").is_some_and(|t| self.stops(t)) {
            return;
        }
        let mut open = vec![condition];
        let mut missing = Vec::new();
        if assert {
            missing.extend(open.pop());
        }
        while let Some(at) = open.pop().filter(|_| missing.len() < 40) {
            match s.kind(at) {
                "parenthesized_expression" => open.extend(s.parts(at)),
                "boolean_operator" if s.field(at, "operator").is_some_and(|o| s.text(o) == "or") => {
                    open.extend([s.field(at, "right"), s.field(at, "left")].into_iter().flatten());
                }
                "not_operator" => match s.field(at, "argument") {
                    // `not all([A, B])`
                    Some(call)
                        if s.kind(call) == "call" && s.field(call, "function").is_some_and(|f| s.text(f) == "all") =>
                    {
                        let list = s.field(call, "arguments").and_then(|a| s.parts(a).next());
                        missing.extend(list.into_iter().flat_map(|l| s.parts(l)).take(20));
                    }
                    argument => missing.extend(argument),
                },
                "comparison_operator" if s.text(at).ends_with("is None") || s.text(at).ends_with("== \"\"") => {
                    missing.extend(s.parts(at).next());
                }
                // `"X" not in os.environ`
                "comparison_operator"
                    if s.text(at).contains("not in") && s.parts(at).nth(1).is_some_and(|e| is_environ(s.text(e))) =>
                {
                    if let Some(name) = s.parts(at).next().and_then(|n| s.string(n)) {
                        out.must(&name, s.line(at));
                    }
                }
                _ => {}
            }
        }
        for value in missing {
            if let Some(name) = self.named(value) {
                out.must(&name, s.line(value));
            }
        }
    }

    /// The variable behind an expression: a name, `self.key`, `os.getenv("X")`, `(key := os.getenv("X"))`.
    fn named(&self, id: Id) -> Option<String> {
        let s = self.s;
        if let Some(name) = self.bound.get(s.text(id)) {
            return Some(name.clone());
        }
        let mut call = id;
        while matches!(s.kind(call), "parenthesized_expression" | "named_expression") {
            call = s.field(call, "value").or_else(|| s.parts(call).next())?;
        }
        let function = s.field(call, "function").filter(|_| s.kind(call) == "call")?;
        let known = matches!(s.text(function), "os.getenv" | "os.environ.get" | "getenv" | "environ.get");
        let first = s.field(call, "arguments").and_then(|a| s.parts(a).next()).filter(|_| known)?;
        s.string(first)
    }

    fn stops(&self, id: Id) -> bool {
        let s = self.s;
        s.inside(id, 400).any(|i| match s.kind(i) {
            "raise_statement" => true,
            "call" => {
                s.field(i, "function").is_some_and(|f| matches!(s.text(f), "sys.exit" | "exit" | "quit" | "os._exit"))
            }
            _ => false,
        })
    }

    /// `REQUIRED = ["A", "B"]`, checked in a loop.
    fn listed(&self, out: &mut Facts) {
        let s = self.s;
        if !s.text(0).contains("environ") && !s.text(0).contains("getenv") {
            return;
        }
        for id in s.ids().filter(|i| s.kind(*i) == "assignment") {
            let (Some(left), Some(right)) = (s.field(id, "left"), s.field(id, "right")) else { continue };
            let lower = s.text(left).to_lowercase();
            let list = matches!(s.kind(right), "list" | "tuple" | "set");
            if list && lower.len() < 60 && ["require", "mandatory"].iter().any(|w| lower.contains(w)) {
                for item in s.parts(right) {
                    if let Some(name) = s.string(item) {
                        out.must(&name, s.line(item));
                    }
                }
            }
        }
    }
}
