//! Source files made to keep a parser busy or to lead a reader astray.

/// All of them: what it is, the language as the fuzz target numbers it, the text.
pub(super) fn all() -> Vec<(&'static str, u8, String)> {
    let (script, python, go, rust) = (0, 1, 2, 3);
    let most = super::super::scan::MAX_BYTES;
    let filled = |piece: &str| piece.repeat(most / piece.len());
    let mut out = Vec::new();
    for tongue in [script, python, go, rust] {
        for (name, piece) in [
            ("open brackets", "("),
            ("open braces", "{"),
            ("open squares", "["),
            ("closing", ")"),
            ("quotes", "\""),
            ("ticks", "`"),
            ("nots", "!"),
            ("minus", "-"),
            ("NUL", "\0"),
            ("calls", "f("),
            ("lambdas", "x=>"),
            ("spaces", " "),
            ("new lines", "\n"),
            ("letters", "a"),
            ("odd letters", "é💥"),
            ("conditions", "if a {"),
            ("indents", "if a:\n "),
            ("generics", "a<"),
            ("comments", "/*"),
            ("templates", "`${"),
            ("hashes", "#"),
        ] {
            out.push((name, tongue, filled(piece)));
        }
    }
    out.extend([
        ("nested guards", script, filled("if(!process.env.A_B){throw 1;")),
        ("many guards", script, filled("if(!process.env.A_B){throw 1}")),
        ("nested readings", script, filled("process.env[process.env.A_B||")),
        ("a chain without end", script, format!("process.env.A_B{}", ".trim()".repeat(30_000))),
        ("defaults without end", script, format!("x = process.env.A_B{}", "||process.env.A_B".repeat(14_000))),
        ("nested schemas", script, format!("process.env;{}", "createEnv({server:".repeat(12_000))),
        ("a chain of schemas", script, format!("process.env; z.object({{A_B: z{}}})", ".optional()".repeat(20_000))),
        ("30,000 names", script, (0..9_000).map(|i| format!("a(process.env.V_{i});\n")).collect()),
        ("30,000 tools", script, (0..7_000).map(|i| format!("s.tool(\"t{i}\", \"d\", {{}}, f);\n")).collect()),
        ("aliases of aliases", script, filled("const a=process.env,b=a;")),
        ("templates in templates", script, filled("`${process.env.A_B}")),
        (
            "nested guards in Python",
            python,
            (0..900).map(|i| format!("{}if not A_B:\n", " ".repeat(i % 200))).collect(),
        ),
        ("settings without end", python, format!("class A(BaseSettings):\n{}", "    a_b: str\n".repeat(15_000))),
        ("decorators without end", python, filled("@mcp.tool()\n")),
        (
            "a docstring without end",
            python,
            format!("@mcp.tool()\ndef f():\n    \"\"\"{}", filled("\\\"").split_off(200)),
        ),
        ("or without end", python, format!("x = os.getenv(\"A_B\"){}", " or os.getenv(\"A_B\")".repeat(10_000))),
        ("walrus in walrus", python, filled("(a:=")),
        ("f-strings in f-strings", python, filled("f\"{")),
        (
            "tags without end",
            go,
            format!("package a\ntype A struct {{ B string `{}` }}", "env:\"A_B\" ".repeat(20_000)),
        ),
        ("nested guards in Go", go, format!("package a\nfunc f() {{ {}", "if a==\"\" {".repeat(20_000))),
        ("attributes without end", rust, format!("{} fn f() {{}}", "#[tool(description = \"x\")]\n".repeat(9_000))),
        (
            "fields without end",
            rust,
            format!("#[derive(Parser)] struct A {{ {} }}", "#[arg(long, env)] a_b: String,\n".repeat(7_000)),
        ),
        ("questions without end", rust, format!("fn f() {{ env::var(\"A_B\"){} }}", "?".repeat(200_000))),
        ("nested blocks of Rust", rust, filled("{{{")),
        ("raw strings", rust, format!("r{}\"", "#".repeat(200_000))),
    ]);
    out
}
