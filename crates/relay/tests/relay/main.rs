//! The relay as its clients and servers see it: a real socket, real child processes, real HTTP clients.
//!
//! # Faults and abuse
//!
//! Which test shows which case; a test named `case_NN…` says it itself (`cargo test -p catwalk-relay case_`).
//!
//! | case | tests |
//! |---|---|
//! | 1 foreign pages, 2 rebinding | `guard`, `sse`; tables in `src/guard` |
//! | 3 no, foreign and misplaced tokens | `guard`, `sse`, `metrics`; table in `src/guard` |
//! | 4 another's session, stream or request state | `guard`, `sse`, `eras` |
//! | 5 headers against the body | `modern`; table in `src/mirror.rs` |
//! | 6 malformed requests | `limits`, `protocol`; ten thousand of them in `crates/cli/tests/malformed.rs` |
//! | 7 slow heads, readers that never read | `limits` |
//! | 8 a port that is held | `guard`; `a_port_in_use` and `an_entry_that_leads_to_an_earlier_port` in `crates/app/tests/journeys` |
//! | 18 a line over the cap, junk, no UTF-8 | `limits`, `protocol` |
//! | 19 a flood on stderr | the supervisor's: `case_19_a_stderr_flood_blocks_nothing` in `crates/supervisor/tests` |
//! | 20 never answers | `recovery` |
//! | 34 dies during a call | `recovery`, `eras`; crash loops in `crates/app/tests/journeys/lifecycle.rs` |
//! | 35 a remote server gone, a session expired | `remote` |
//! | 36 a client drops | `streams`, `modern`, `eras` |
#![allow(clippy::disallowed_methods, reason = "the product's bans do not bind its tests")]

mod bridge;
mod eras;
mod guard;
mod interleave;
mod isolated;
mod kept;
mod limits;
mod many;
mod metrics;
mod modern;
mod multiplex;
mod own;
mod protocol;
mod questions;
mod recovery;
mod remote;
#[expect(deprecated, reason = "roots are deprecated in the newest revision, not in those tested here")]
mod sdk;
mod sse;
mod streams;
mod support;
