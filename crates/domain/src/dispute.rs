//! Two places that say different things of the same fact, and taking the one or the other.

use crate::{Analysis, EvidenceSource};
use serde::{Deserialize, Serialize};

/// Places that differ about one variable of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Dispute {
    /// JSON Pointer of the variable in the manifest.
    pub pointer: String,
    /// What each place says, the one that counts more first.
    pub sides: Vec<Side>,
    /// Which of the sides the manifest follows.
    pub taken: u32,
}

/// One place and what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(rename_all = "camelCase")]
pub struct Side {
    /// What it says.
    pub says: Claim,
    /// Where it was read.
    pub source: EvidenceSource,
}

/// What a place says of a variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Claim {
    /// It must be given.
    Required,
    /// It need not be given.
    Optional,
    /// It has this value when none is given.
    #[serde(rename_all = "camelCase")]
    Default {
        /// The value.
        value: String,
    },
}

impl Analysis {
    /// Lets the manifest follow another side of a dispute. False when there is no such dispute or side; then nothing changes.
    pub fn take_side(&mut self, dispute: usize, side: usize) -> bool {
        let Some(dispute) = self.disputes.get_mut(dispute) else { return false };
        let (Some(chosen), Ok(number)) = (dispute.sides.get(side), u32::try_from(side)) else { return false };
        let index =
            dispute.pointer.strip_prefix("/packages/0/environmentVariables/").and_then(|i| i.parse::<usize>().ok());
        let variables = self.manifest.packages.first_mut().map(|p| &mut p.environment_variables);
        let Some(variable) = variables.zip(index).and_then(|(v, i)| v.get_mut(i)) else { return false };
        match &chosen.says {
            Claim::Required => variable.input.is_required = true,
            Claim::Optional => variable.input.is_required = false,
            Claim::Default { value } => variable.input.default = Some(value.clone()),
        }
        dispute.taken = number;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::{Claim, Dispute, Side};
    use crate::manifest::{KeyValue, Package};
    use crate::{Analysis, EvidenceSource, Manifest, Source};

    fn disputed(sides: [Claim; 2]) -> Analysis {
        let variable = KeyValue { name: "NOTES_REGION".to_owned(), ..KeyValue::default() };
        let package = Package { environment_variables: vec![variable], ..Package::default() };
        let sides = sides.into_iter().map(|says| Side { says, source: EvidenceSource::Pasted }).collect();
        Analysis {
            source: Source::Folder { path: "/x".to_owned() },
            manifest: Manifest { packages: vec![package], ..Manifest::default() },
            evidence: Vec::new(),
            facts: Vec::new(),
            warnings: Vec::new(),
            gaps: Vec::new(),
            disputes: vec![Dispute { pointer: "/packages/0/environmentVariables/0".to_owned(), sides, taken: 0 }],
            publisher: None,
            published_at: None,
            commit: None,
        }
    }

    #[test]
    fn either_side_can_be_taken_and_taken_back() {
        let mut analysis = disputed([Claim::Optional, Claim::Required]);
        for (side, required) in [(1, true), (1, true), (0, false)] {
            assert!(analysis.take_side(0, side));
            assert_eq!(analysis.manifest.packages[0].environment_variables[0].input.is_required, required);
            assert_eq!(usize::try_from(analysis.disputes[0].taken), Ok(side));
        }
        let value = |v: &str| Claim::Default { value: v.to_owned() };
        let mut analysis = disputed([value("eu"), value("us")]);
        assert!(analysis.take_side(0, 1));
        assert_eq!(analysis.manifest.packages[0].environment_variables[0].input.default.as_deref(), Some("us"));
    }

    #[test]
    fn what_is_not_there_changes_nothing() {
        let mut analysis = disputed([Claim::Optional, Claim::Required]);
        let before = analysis.clone();
        assert!(!analysis.take_side(1, 0) && !analysis.take_side(0, 2));
        assert_eq!(analysis, before);
        analysis.disputes[0].pointer = "/packages/0/environmentVariables/7".to_owned();
        assert!(!analysis.take_side(0, 1) && analysis.disputes[0].taken == 0);
    }
}
