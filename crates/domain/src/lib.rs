//! The nouns of Catwalk and the pure rules between them.
//!
//! Vocabulary: a [`Source`] is what the user pasted; a [`Manifest`] says what a server is and needs, in the shape of the
//! official `server.json`; each fact in it has [`Evidence`]; a [`Form`] asks for what is missing; a [`Deployment`] is a
//! configured server on a [`Target`]; its [`Status`] is plain data for people; a [`Problem`] is an error a person can
//! act on, with a [`Fix`].
//!
//! Architecture invariant: this crate knows nothing of files, network, SQL, processes, Tauri, tokio or clocks. Times come
//! in as arguments ([`Millis`]).

mod analysis;
mod answers;
mod deployment;
mod dispute;
mod evidence;
pub mod form;
mod gap;
mod launch;
mod listing;
pub mod manifest;
mod problem;
mod progress;
mod secret;
mod source;
mod status;

pub use analysis::{Analysis, Fact, FactTopic, Warning, WarningKind};
pub use answers::{Answer, Answers, FieldKey};
pub use deployment::{Deployment, DeploymentId, Desired, Installed, Slug, Target};
pub use dispute::{Claim, Dispute, Side};
pub use evidence::{Confidence, Evidence, EvidenceSource};
pub use form::{Field, FieldKind, FieldProblem, Form};
pub use gap::{Gap, GapTopic};
pub use launch::{Launch, LaunchProblem, Preview, launch, preview};
pub use listing::{ListedPackage, Listing, Origin, package_key};
pub use manifest::Manifest;
pub use problem::{Fix, Problem, ProblemCode, SourceChoice};
pub use progress::{Progress, Step};
pub use secret::Secret;
pub use source::{GitHubRef, PackageRef, Source};
pub use status::{Status, StatusEvent};

/// Milliseconds since the Unix epoch (UTC, wall clock).
pub type Millis = i64;
