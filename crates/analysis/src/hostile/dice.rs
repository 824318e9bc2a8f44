//! Inputs made by dice: pieces of real files, cut, doubled, nested and salted with what breaks readers. The same seed gives
//! the same input.

use std::path::Path;

/// Numbers by xorshift.
pub(super) struct Dice(u64);

/// What breaks readers.
const SALT: [&str; 60] = [
    "\u{202E}",
    "\u{200B}",
    "\u{FEFF}",
    "\0",
    "\r",
    "\r\n",
    "\u{2028}",
    "\u{E0041}",
    "\x1b[31m",
    "é",
    "💥",
    "\u{0301}",
    "```",
    "```json\n",
    "~~~",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "\"",
    "'",
    "`",
    "\\",
    "\\u0000",
    "\\ud800",
    "${",
    "{{",
    "$(",
    "&a [*a,*a]",
    "*a",
    "<<: *a",
    "!!binary x",
    "99999999999999999999",
    "1e9999",
    "-0",
    "0x",
    "../",
    "/etc/passwd",
    "file://",
    "https://",
    "\"$ref\":",
    "process.env.",
    "os.environ[\"",
    "os.Getenv(\"",
    "env::var(\"",
    "| A_B | c |",
    "- `X_Y`:",
    "X_Y=",
    "--",
    "-c",
    "[[a]]",
    "a.b.c =",
    "#",
    "//",
    "/*",
    "\"mcpServers\":",
];

/// Pieces of real files to begin with.
pub(super) fn seeds() -> Vec<Vec<u8>> {
    let mut out: Vec<Vec<u8>> = [
        "npx -y @scope/name-mcp --root /data --key=YOUR_KEY",
        "https://github.com/ada/notes-mcp/tree/main/src/time",
        "claude mcp add notes -e KEY=x -- npx -y notes-mcp",
        "docker run -i --rm -e TOKEN ghcr.io/ada/notes:1.0",
        r#"{"mcpServers": {"notes": {"command": "uvx", "args": ["--from", "notes[all]==1.2.0", "notes-mcp", "/path/to"], "env": {"A_KEY": "<key>"}}}}"#,
        "# Notes\n\n```json\n{\"servers\": {\"n\": {\"command\": \"npx\", \"args\": [\"-y\", \"x-mcp\"], \"env\": {\"A_B\": \"${input:k}\"}}}, \"inputs\": [{\"id\": \"k\", \"password\": true}]}\n```\n\n| Variable | Required | Default |\n|---|---|---|\n| `A_B` | yes | - |\n\n- `C_D`: optional, default `x`\n",
        "startCommand:\n  type: stdio\n  configSchema:\n    type: object\n    required: [key]\n    properties:\n      key: {type: string, default: 5}\n  commandFunction: |-\n    (config) => ({command: 'node', args: ['x'], env: {A_KEY: config.key}})\n",
        r#"{"name": "io.github.ada/notes", "description": "d", "version": "1", "packages": [{"registryType": "npm", "identifier": "x-mcp", "version": "1", "transport": {"type": "stdio"}, "environmentVariables": [{"name": "A_B", "isRequired": true, "choices": ["a"]}], "packageArguments": [{"type": "named", "name": "--x", "value": "{y}", "variables": {"y": {}}}]}]}"#,
        "# comment\nexport A_KEY=your-key # note\nB_URL=\"https://x.example\"\n",
        "[metadata]\nname = x-mcp\n[options.entry_points]\nconsole_scripts =\n  x-mcp = x:main\n",
        "[console_scripts]\nx = y:z\n",
    ]
    .iter()
    .map(|text| text.as_bytes().to_vec())
    .collect();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/servers")];
    while let Some(folder) = open.pop() {
        let mut paths: Vec<_> = std::fs::read_dir(folder).expect("readable").flatten().map(|e| e.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                open.push(path);
            } else {
                out.push(std::fs::read(path).expect("readable"));
            }
        }
    }
    out
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap_or_default() % end.max(1)
    }

    /// One input.
    pub(super) fn input(&mut self, seeds: &[Vec<u8>]) -> Vec<u8> {
        let mut data = seeds[self.below(seeds.len())].clone();
        for _ in 0..=self.below(12) {
            let at = self.below(data.len() + 1);
            let end = (at + self.below(60)).min(data.len());
            match self.below(9) {
                0 => drop(data.drain(at..end)),
                1 => {
                    let piece = data[at..end].repeat(self.below(40));
                    data.splice(at..at, piece);
                }
                2 => {
                    let other = &seeds[self.below(seeds.len())];
                    let from = self.below(other.len());
                    let to = (from + self.below(400)).min(other.len());
                    data.splice(at..end, other[from..to].iter().copied());
                }
                3 => {
                    let byte = u8::try_from(self.below(256)).unwrap_or_default();
                    data.insert(at, byte);
                }
                4 => data.truncate(at.max(1)),
                5 => {
                    let salt = SALT[self.below(SALT.len())].repeat(self.below(300));
                    data.splice(at..at, salt.into_bytes());
                }
                6 if !data.is_empty() => {
                    let at = at.min(data.len() - 1);
                    data[at] ^= 1 << self.below(8);
                }
                _ => {
                    let salt = SALT[self.below(SALT.len())];
                    data.splice(at..end, salt.bytes());
                }
            }
            data.truncate(16 << 10);
        }
        let first = u8::try_from(self.below(256)).unwrap_or_default();
        data.insert(0, first);
        data
    }
}
