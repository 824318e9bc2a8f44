//! What a source file tells about its server.

use catwalk_domain::manifest::TransportKind;

/// Most facts of a kind that are kept of one file.
const MOST: usize = 120;

/// A variable that the program reads from its environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) name: String,
    /// What the program takes without it.
    pub(crate) default: Option<String>,
    /// Without it the program stops.
    pub(crate) must: bool,
    pub(crate) description: Option<String>,
    pub(crate) line: u32,
}

/// A tool that the program registers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tool {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) line: u32,
}

/// A word of the command line that the program knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Flag {
    /// `--name`, or the bare name of a positional word.
    pub(crate) name: String,
    pub(crate) must: bool,
    pub(crate) repeated: bool,
    /// A switch: no value follows.
    pub(crate) bare: bool,
    pub(crate) default: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) line: u32,
}

/// What a file tells.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) reads: Vec<Read>,
    pub(crate) tools: Vec<Tool>,
    pub(crate) flags: Vec<Flag>,
    /// Transports that it offers, with the line.
    pub(crate) transports: Vec<(TransportKind, u32)>,
}

impl Facts {
    /// Adds a reading; several of one variable are one fact, and what one of them knows holds.
    pub(super) fn read(&mut self, read: Read) {
        if !is_variable(&read.name) {
            return;
        }
        if let Some(known) = self.reads.iter_mut().find(|r| r.name == read.name) {
            known.must |= read.must;
            known.default = known.default.take().or(read.default);
            known.description = known.description.take().or(read.description);
            known.must &= known.default.is_none();
        } else if self.reads.len() < MOST {
            self.reads.push(read);
        }
    }

    /// Marks a variable without which the program stops.
    pub(super) fn must(&mut self, name: &str, line: u32) {
        self.read(Read { name: name.to_owned(), must: true, line, ..Read::default() });
    }

    pub(super) fn tool(&mut self, name: &str, description: Option<String>, line: u32) {
        let fits = (1..=128).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./:".contains(c))
            && !self.tools.iter().any(|t| t.name == name);
        if fits && self.tools.len() < MOST {
            self.tools.push(Tool { name: name.to_owned(), description, line });
        }
    }

    pub(super) fn flag(&mut self, flag: Flag) {
        let bare = flag.name.trim_start_matches('-');
        let fits = (1..=60).contains(&bare.len())
            && bare.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
            && !["help", "version", "h", "V", "v"].contains(&bare)
            && !self.flags.iter().any(|f| f.name == flag.name);
        if fits && self.flags.len() < MOST {
            self.flags.push(flag);
        }
    }

    pub(super) fn transport(&mut self, kind: TransportKind, line: u32) {
        if !self.transports.iter().any(|(known, _)| *known == kind) {
            self.transports.push((kind, line));
        }
    }
}

/// Whether a name is written as variables are: capitals, digits, underscores.
pub(super) fn is_variable(name: &str) -> bool {
    (2..=80).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}
