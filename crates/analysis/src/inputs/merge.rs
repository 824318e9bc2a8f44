//! Laying a weaker origin's facts under a stronger one's.

use super::{Found, Inputs};
use crate::infer::{is_operational, is_secret_name, is_special};
use catwalk_domain::manifest::KeyValue;
use catwalk_domain::{Claim, EvidenceSource, Side};

/// Most variables of one server, where somebody published a list of them.
const MAX_LISTED: usize = 256;
/// Most variables of one server that were only gathered from its papers.
const MAX_GATHERED: usize = 48;

/// More variables than this of other services in one table are for special uses.
const MAX_FOREIGN: usize = 5;

/// Which variables a weaker origin may add to those that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adds {
    /// Every one.
    All,
    /// Those about using the server; what concerns only who operates it stays out.
    Used,
    /// The same, if the origin also names a known one, or while none is known.
    Related,
    /// The same, but only those that share the first word of a known one.
    Family,
    /// The same, but only while none is known.
    Gap,
}

/// Two origins that say different things about the same variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dispute {
    pub(crate) name: String,
    /// What each says, the stronger one first.
    pub(crate) sides: Vec<Side>,
}

impl Dispute {
    fn new(name: &str, each: [(Claim, &EvidenceSource); 2]) -> Self {
        let sides = each.into_iter().map(|(says, source)| Side { says, source: source.clone() }).collect();
        Self { name: name.to_owned(), sides }
    }

    /// Whether they differ about a value.
    pub(crate) fn is_about_value(&self) -> bool {
        self.sides.iter().any(|s| matches!(s.says, Claim::Default { .. }))
    }
}

impl Inputs {
    /// Fills what is still empty from a weaker origin. A list of arguments that a stronger origin gave is complete.
    pub(crate) fn with(mut self, weaker: Self, adds: Adds) -> Self {
        if self.args.is_empty() {
            self.args = weaker.args;
        }
        if self.runtime.is_empty() {
            self.runtime = weaker.runtime;
        }
        let nothing = self.env.is_empty();
        let related =
            nothing || weaker.env.iter().any(|w| self.env.iter().any(|f| f.main && f.item.name == w.item.name));
        let families: Vec<String> = self.env.iter().filter(|f| f.main).map(|f| family(&f.item.name)).collect();
        let own_mcp = families.iter().any(|f| f == "mcp")
            || self.env.iter().any(|f| f.item.name.contains("_MCP_"))
            || weaker.env.iter().filter(|f| f.item.name.contains("_MCP_")).count() * 2 > weaker.env.len();
        let is_foreign = |name: &str| {
            let inner = name.contains("_MCP_") && !own_mcp;
            // `AUTH_…` says how to sign in, whatever the service.
            let strange = !families.contains(&family(name)) && family(name) != "auth";
            !nothing && !is_secret_name(name) && (inner || strange)
        };
        let listed = self.is_listed();
        let foreign = weaker.env.iter().filter(|f| is_foreign(&f.item.name) && !is_operational(&f.item.name)).count();
        for found in weaker.env {
            if let Some(known) = self.env.iter_mut().find(|f| f.item.name == found.item.name) {
                self.disputes.extend(absorb(known, found));
                continue;
            }
            let used = !is_operational(&found.item.name) && !is_special(&found.item.name) && !found.special;
            let crowd = foreign > MAX_FOREIGN && is_foreign(&found.item.name);
            let welcome = match adds {
                Adds::All => true,
                Adds::Used => used,
                Adds::Related => used && related && !crowd,
                Adds::Family => used && families.contains(&family(&found.item.name)),
                Adds::Gap => used && nothing,
            };
            let welcome = welcome && (adds == Adds::All || !listed || is_secret_name(&found.item.name));
            let most = if adds == Adds::All { MAX_LISTED } else { MAX_GATHERED };
            if welcome && self.env.len() < most {
                self.env.push(found);
            } else if found.special && self.aside.len() < MAX_LISTED {
                self.aside.push(found.item.name);
            }
        }
        self.bin = self.bin.or(weaker.bin);
        self.dropped.extend(weaker.dropped);
        self.aside.extend(weaker.aside);
        self.disputes.extend(weaker.disputes);
        self
    }
}

/// The first word of a name: variables of one service share it.
pub(super) fn family(name: &str) -> String {
    name.split('_').next().unwrap_or(name).to_lowercase()
}

/// Takes over what is new, and tells what differs.
fn absorb(known: &mut Found<KeyValue>, other: Found<KeyValue>) -> Vec<Dispute> {
    let mut out = Vec::new();
    let name = known.item.name.clone();
    let (mine, theirs) = (&mut known.item.input, other.item.input);
    let dispute = |a: Claim, b: Claim| Dispute::new(&name, [(a, &known.origin), (b, &other.origin)]);
    match (known.said, other.said) {
        (Some(a), Some(b)) if a != b => {
            let claim = |must: bool| if must { Claim::Required } else { Claim::Optional };
            out.push(dispute(claim(a), claim(b)));
        }
        (None, Some(must)) => {
            mine.is_required = must && mine.default.is_none() && mine.value.is_none();
            known.said = Some(must);
        }
        _ => {}
    }
    if let (Some(a), Some(b)) = (&mine.default, &theirs.default)
        && a.trim_end_matches('/') != b.trim_end_matches('/')
    {
        let claim = |value: &String| Claim::Default { value: value.clone() };
        out.push(dispute(claim(a), claim(b)));
    }
    mine.is_secret |= theirs.is_secret;
    mine.description = mine.description.take().or(theirs.description);
    mine.placeholder = mine.placeholder.take().or(theirs.placeholder);
    mine.format = mine.format.or(theirs.format);
    mine.choices = mine.choices.take().or(theirs.choices);
    if mine.default.is_none() && mine.value.is_none() && !mine.is_required && !mine.is_secret {
        mine.default = theirs.default;
    }
    if known.more.len() < 4 && (&other.origin, &other.quote) != (&known.origin, &known.quote) {
        known.more.push((other.origin, other.quote, other.confidence));
    }
    out
}
