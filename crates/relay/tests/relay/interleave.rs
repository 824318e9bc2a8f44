//! A property: over random interleavings of many sessions no answer, progress or question reaches anybody but its own.
//!
//! Sessions use the same few ids and progress tokens all the time. A server in memory answers in any order, late, twice,
//! or under ids that nobody gave it, asks questions of its own, and breaks off now and then. Every text says whose it is.
//! `CATWALK_STEPS` (messages, at least) and `CATWALK_SEED` make it longer or different; the choices follow from the seed,
//! the sockets' timing does not.

mod chaos;
mod wire;

use crate::support::{Client, Running, local, start_with};
use catwalk_relay::Config;
use chaos::{Chaos, Shared};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::task::JoinSet;
use wire::Wire;

const SESSIONS: u64 = 24;
const CALLS_AT_ONCE: u64 = 4;
/// What is done when nothing is said; a debug build does it within seconds.
const STEPS: u64 = 20_000;

/// Steele and Vigna's `SplitMix64`: enough to choose with, and the same everywhere.
pub(crate) struct Choice(u64);

impl Choice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `below`.
    pub(crate) fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % below
    }
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[tokio::test]
async fn nothing_crosses_in_any_order() {
    let (steps, seed) = (number("CATWALK_STEPS", STEPS), number("CATWALK_SEED", 1));
    let shared = Arc::new(Shared::new(steps));
    let chaos = Chaos { seed, shared: Arc::clone(&shared) };
    let mut config = Config::new(local());
    config.limits.rate = u32::MAX;
    // A busy machine may let a slot wait for long before its next request.
    config.limits.header_timeout = Duration::from_mins(5);
    let relay = start_with(config, Arc::new(chaos)).await;
    let mut slots = JoinSet::new();
    for session in 0..SESSIONS {
        let can = if u64::is_multiple_of(session, 2) { json!({ "roots": {} }) } else { json!({}) };
        let client = relay.client_with("2025-06-18", can).await;
        for place in 0..CALLS_AT_ONCE {
            let choice = Choice::new(seed ^ ((session * CALLS_AT_ONCE + place + 1) << 32));
            slots.spawn(Slot::new(&relay, &client, session, place, &shared, choice).run());
        }
    }
    let mut answers = 0;
    while let Some(ended) = slots.join_next().await {
        answers += ended.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    }
    let done = shared.steps.load(Ordering::Relaxed);
    assert!(done >= steps && answers > done / 8, "seed {seed}: only {answers} answers in {done} steps");
    println!("seed {seed}: {done} steps, {answers} right answers, {} ends", shared.ends.load(Ordering::Relaxed));
}

/// One of the calls that a session has in flight, again and again.
struct Slot {
    addr: std::net::SocketAddr,
    head: String,
    session: u64,
    place: u64,
    shared: Arc<Shared>,
    choice: Choice,
}

impl Slot {
    fn new(relay: &Running, client: &Client, session: u64, place: u64, shared: &Arc<Shared>, choice: Choice) -> Self {
        let id = client.session.as_deref().expect("has a session");
        let head = format!(
            "POST /mcp/one HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nAccept: application/json, text/event-stream\r\n\
             Content-Type: application/json\r\nMcp-Session-Id: {id}\r\nContent-Length: ",
            relay.addr, client.token
        );
        Self { addr: relay.addr, head, session, place, shared: Arc::clone(shared), choice }
    }

    async fn run(mut self) -> u64 {
        let (mut wire, mut side) = (Wire::connect(self.addr).await, Wire::connect(self.addr).await);
        let mut answers = 0;
        for round in 0.. {
            if self.shared.step() {
                break;
            }
            // The same ids in every session: a number, then its twin as text.
            let id = if round % 2 == 0 { json!(self.place) } else { json!(self.place.to_string()) };
            let tag = format!("{}.{}.{round}", self.session, self.place);
            let mut params = json!({ "name": "any", "tag": tag });
            if self.choice.below(4) == 0 {
                params["_meta"] = json!({ "progressToken": self.place });
            }
            let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
            wire.send(&self.head, &call).await;
            let cancelled = self.choice.below(20) == 0;
            if cancelled {
                let gone =
                    json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
                side.tell(&self.head, &gone).await;
                self.shared.step();
            }
            let answered = self.read(&mut wire, &mut side, &id, &tag).await;
            assert!(answered || cancelled, "{tag}: a call without an answer");
            answers += u64::from(answered);
        }
        answers
    }

    /// Reads a response to its end; whether it held the answer.
    async fn read(&mut self, wire: &mut Wire, side: &mut Wire, id: &Value, tag: &str) -> bool {
        let mut answered = false;
        let events = wire.head().await;
        while let Some(message) = wire.next(events).await {
            if message["method"] == "notifications/progress" {
                assert_eq!(
                    (&message["params"]["progressToken"], &message["params"]["message"]),
                    (&json!(self.place), &json!(tag))
                );
            } else if message["method"] == "roots/list" {
                assert!(self.session.is_multiple_of(2), "{tag}: asked what it cannot do");
                let result = json!({ "roots": [], "tag": message["params"]["tag"] });
                side.tell(&self.head, &json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })).await;
            } else if message["method"].is_null() {
                assert!(!answered, "{tag}: answered twice");
                assert_eq!(&message["id"], id, "{tag}: another call's id");
                // The only error there is: the server broke off.
                assert!(message["error"].is_object() || message["result"]["tag"] == tag, "{tag}: got {message}");
                answered = true;
            }
            self.shared.step();
        }
        answered
    }
}
