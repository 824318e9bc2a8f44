//! Go: what is read of the environment, tools, transports and flags.

use super::facts::{Facts, Flag, Read, is_variable};
use super::syntax::{Id, Syntax};
use catwalk_domain::manifest::TransportKind;
use std::collections::BTreeMap;

/// The variables that names stand for, and what is set when they are empty.
struct Scope<'s, 't> {
    s: &'s Syntax<'t>,
    bound: BTreeMap<&'t str, String>,
    /// viper's prefix of all variables.
    prefix: Option<String>,
}

/// Reads a file.
pub(super) fn read(s: &Syntax<'_>, out: &mut Facts) {
    let mut scope = Scope { s, bound: BTreeMap::new(), prefix: prefix(s) };
    for id in s.ids() {
        match s.kind(id) {
            "call_expression" => scope.call(id, out),
            "field_declaration" => tagged(s, id, out),
            "composite_literal" => composite(s, id, out),
            _ => {}
        }
    }
    for id in s.ids().filter(|id| s.kind(*id) == "if_statement") {
        scope.guard(id, out);
    }
}

impl Scope<'_, '_> {
    fn call(&mut self, id: Id, out: &mut Facts) {
        let s = self.s;
        let (Some(function), Some(arguments)) = (s.field(id, "function"), s.field(id, "arguments")) else { return };
        let called = s.text(function);
        let given: Vec<Id> = s.parts(arguments).take(6).collect();
        let text = |index: usize| given.get(index).and_then(|a| s.string(*a));
        let line = s.line(id);
        let last = called.rsplit('.').next().unwrap_or(called);
        match called {
            "os.Getenv" | "os.LookupEnv" => {
                if let Some(name) = text(0).filter(|n| is_variable(n)) {
                    out.read(Read { name: name.clone(), line, ..Read::default() });
                    self.bind(id, name);
                }
            }
            "viper.BindEnv" => {
                for name in (1..4).filter_map(text) {
                    out.read(Read { name, line, ..Read::default() });
                }
            }
            "viper.GetString" | "viper.GetBool" | "viper.GetInt" | "viper.GetStringSlice" => {
                if let (Some(prefix), Some(key)) = (&self.prefix, text(0)) {
                    let name = format!("{prefix}_{}", key.to_uppercase().replace(['-', '.'], "_"));
                    out.read(Read { name: name.clone(), line, ..Read::default() });
                    self.bind(id, name);
                }
            }
            _ if called.len() < 60 && called.to_lowercase().contains("env") => {
                if let Some(name) = text(0).filter(|n| is_variable(n)) {
                    let default = given.get(1).map(|d| s.string(*d).unwrap_or_else(|| plain(s, *d)));
                    let must =
                        default.is_none() && ["must", "require"].iter().any(|w| called.to_lowercase().contains(w));
                    out.read(Read { name, default, must, line, ..Read::default() });
                }
            }
            _ => match last {
                "NewTool" | "NewToolWithRawSchema" => {
                    let inner = given.iter().skip(1).find(|a| s.text(**a).contains("WithDescription"));
                    let described = inner.and_then(|a| s.field(*a, "arguments")).and_then(|a| s.parts(a).next());
                    out.tool(&text(0).unwrap_or_default(), described.and_then(|d| s.string(d)), line);
                }
                "ServeStdio" | "NewStdioServer" | "NewStdioServerTransport" => {
                    out.transport(TransportKind::Stdio, line);
                }
                "NewSSEServer" | "NewSSEHandler" => out.transport(TransportKind::Sse, line),
                "NewStreamableHTTPServer" | "NewStreamableHTTPHandler" => {
                    out.transport(TransportKind::StreamableHttp, line);
                }
                _ => self.flag(called, &given, line, out),
            },
        }
    }

    /// `flag.String("x", "default", "usage")`, `cmd.Flags().StringVar(&x, "x", …)`, `MarkFlagRequired("x")`.
    fn flag(&self, called: &str, given: &[Id], line: u32, out: &mut Facts) {
        let s = self.s;
        let (of, last) = called.rsplit_once('.').unwrap_or(("", called));
        let text = |index: usize| given.get(index).and_then(|a| s.string(*a));
        if matches!(last, "MarkFlagRequired" | "MarkPersistentFlagRequired") {
            if let Some(flag) = text(0).and_then(|n| out.flags.iter_mut().find(|f| f.name == format!("--{n}"))) {
                flag.must = true;
            }
            return;
        }
        let flags = matches!(of, "flag" | "pflag") || of.ends_with("Flags()");
        let kind = ["String", "Bool", "Int", "Duration"].into_iter().find(|k| last.starts_with(k)).filter(|_| flags);
        let Some(kind) = kind else { return };
        let at = usize::from(last.ends_with("Var") || last.ends_with("VarP"));
        let Some(name) = text(at) else { return };
        let value = at + 1 + usize::from(last.ends_with('P'));
        out.flag(Flag {
            name: format!("--{name}"),
            bare: kind == "Bool",
            default: text(value).filter(|d| !d.is_empty()),
            description: text(value + 1),
            line,
            ..Flag::default()
        });
    }

    fn bind(&mut self, value: Id, name: String) {
        let s = self.s;
        let list = s.parent(value).filter(|p| s.kind(*p) == "expression_list");
        let Some(outer) = list.and_then(|l| s.parent(l)) else { return };
        if matches!(s.kind(outer), "short_var_declaration" | "assignment_statement" | "var_spec")
            && let Some(left) = s.field(outer, "left").or_else(|| s.field(outer, "name"))
        {
            let first = s.text(left).split(',').next().unwrap_or_default().trim();
            self.bound.insert(first, name);
        }
    }

    /// `if key == "" { log.Fatal(…) }` and `if url == "" { url = "https://…" }`.
    fn guard(&self, id: Id, out: &mut Facts) {
        let s = self.s;
        let (Some(condition), Some(then)) = (s.field(id, "condition"), s.field(id, "consequence")) else { return };
        if s.around(id).any(|a| matches!(s.kind(a), "if_statement" | "expression_case" | "for_statement")) {
            return;
        }
        let mut open = vec![condition];
        let mut missing = Vec::new();
        while let Some(at) = open.pop().filter(|_| missing.len() < 40) {
            let right = s.field(at, "right");
            match (s.kind(at), s.field(at, "operator").map_or("", |o| s.text(o))) {
                ("binary_expression", "||") => open.extend(s.field(at, "left").into_iter().chain(right)),
                ("binary_expression", "==") if right.is_some_and(|r| s.text(r) == "\"\"") => {
                    missing.extend(s.field(at, "left"));
                }
                ("unary_expression", "!") => missing.extend(s.field(at, "operand")),
                _ => {}
            }
        }
        let initial = s.field(id, "initializer").and_then(|i| s.field(i, "left"));
        for value in missing {
            // `if key, ok := os.LookupEnv("X"); !ok`
            let first =
                initial.filter(|_| s.text(value) == "ok").map(|l| s.text(l).split(',').next().unwrap_or_default());
            let name = self.bound.get(s.text(value)).or_else(|| self.bound.get(first?)).cloned();
            let name = name.or_else(|| {
                let call = s.field(value, "function").filter(|f| s.text(*f) == "os.Getenv")?;
                s.field(s.parent(call)?, "arguments").and_then(|a| s.parts(a).next()).and_then(|f| s.string(f))
            });
            let Some(name) = name else { continue };
            if let Some(default) = self.given_instead(then, s.text(value)) {
                out.read(Read { name, default: Some(default), line: s.line(id), ..Read::default() });
            } else if self.stops(then) {
                out.must(&name, s.line(value));
            }
        }
    }

    fn given_instead(&self, then: Id, name: &str) -> Option<String> {
        let s = self.s;
        let mut sets = s.inside(then, 60).filter(|i| s.kind(*i) == "assignment_statement");
        let set = sets.find(|i| s.field(*i, "left").is_some_and(|l| s.text(l) == name))?;
        let right = s.field(set, "right").and_then(|r| s.parts(r).next())?;
        Some(s.string(right).unwrap_or_default())
    }

    fn stops(&self, id: Id) -> bool {
        let s = self.s;
        s.inside(id, 400).any(|i| match s.kind(i) {
            "call_expression" => s.field(i, "function").is_some_and(|f| {
                let called = s.text(f);
                called == "os.Exit"
                    || called == "panic"
                    || called.contains(".Fatal")
                    || matches!(called, "errors.New" | "fmt.Errorf")
            }),
            _ => false,
        })
    }
}

/// What viper puts before every name, wherever it is told so.
fn prefix(s: &Syntax<'_>) -> Option<String> {
    let call = s.ids().find(|i| {
        s.kind(*i) == "call_expression" && s.field(*i, "function").is_some_and(|f| s.text(f) == "viper.SetEnvPrefix")
    })?;
    let first = s.parts(s.field(call, "arguments")?).next()?;
    s.string(first).map(|p| p.to_uppercase())
}

fn plain(s: &Syntax<'_>, id: Id) -> String {
    if matches!(s.kind(id), "int_literal" | "true" | "false") { s.text(id).to_owned() } else { String::new() }
}

/// Tags of fields: `env:"X,required" envDefault:"…"`, `envconfig:"X" required:"true" default:"…"`.
fn tagged(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let Some(tag) = s.field(id, "tag").and_then(|t| s.string(t)) else { return };
    let part = |key: &str| {
        let start = tag.find(&format!("{key}:\"")).filter(|at| *at == 0 || tag[..*at].ends_with(' '))? + key.len() + 2;
        tag[start..].split('"').next().map(str::to_owned)
    };
    let Some(words) = part("env").or_else(|| part("envconfig")) else { return };
    let mut words = words.split(',');
    let name = words.next().unwrap_or_default().to_owned();
    let default = part("envDefault").or_else(|| part("env-default")).or_else(|| part("default"));
    let must = words.any(|w| matches!(w.trim(), "required" | "notEmpty"))
        || part("required").as_deref() == Some("true")
        || part("env-required").as_deref() == Some("true");
    let description = part("desc").or_else(|| part("env-description"));
    out.read(Read { must: must && default.is_none(), name, default, description, line: s.line(id) });
}

/// `mcp.Tool{Name: "x", Description: "…"}`, `&mcp.StdioTransport{}`.
fn composite(s: &Syntax<'_>, id: Id, out: &mut Facts) {
    let kind = s.field(id, "type").map_or("", |t| s.text(t));
    let last = kind.rsplit('.').next().unwrap_or(kind);
    match last {
        "StdioTransport" => out.transport(TransportKind::Stdio, s.line(id)),
        "Tool" | "ServerTool" => {
            let Some(body) = s.field(id, "body") else { return };
            let value = |key: &str| {
                let pair = s
                    .parts(body)
                    .take(30)
                    .find(|p| s.kind(*p) == "keyed_element" && s.parts(*p).next().is_some_and(|k| s.text(k) == key))?;
                let value = s.parts(pair).nth(1)?;
                s.string(value).or_else(|| s.parts(value).next().and_then(|v| s.string(v)))
            };
            if let Some(name) = value("Name") {
                out.tool(&name, value("Description"), s.line(id));
            }
        }
        _ => {}
    }
}
