//! The counters as Prometheus reads them (text exposition format 0.0.4).

use super::{ENDS, Meter, Metrics, STATUSES};
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is not counted but looked up when asked.
pub(crate) struct Seen {
    /// The deployment's name: letters, digits and dashes.
    pub(crate) slug: String,
    pub(crate) meter: Arc<Meter>,
    pub(crate) in_flight: usize,
    pub(crate) sessions: usize,
    pub(crate) up: usize,
}

type Counter = fn(&Meter) -> &AtomicU64;
type Gauge = fn(&Seen) -> usize;

/// Everything, as text.
pub(crate) fn write(metrics: &Metrics, seen: &[Seen]) -> String {
    let mut out = String::new();
    let text = &mut out;
    head(text, "catwalk_build_info", "gauge", "Which Catwalk this is");
    line(text, "catwalk_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1);
    head(text, "catwalk_calls_total", "counter", "Requests to servers, by how they ended");
    for one in seen {
        for (outcome, count) in ENDS.iter().zip(&one.meter.ends) {
            line(text, "catwalk_calls_total", &[("deployment", &one.slug), ("outcome", outcome)], of(count));
        }
    }
    let counters: [(_, _, Counter); 4] = [
        ("catwalk_sent_bytes_total", "Bytes of messages to servers", |meter| &meter.sent),
        ("catwalk_received_bytes_total", "Bytes of messages from servers", |meter| &meter.received),
        ("catwalk_restarts_total", "Connections to servers after the first", |meter| &meter.restarts),
        ("catwalk_resent_calls_total", "Calls sent again after a crash", |meter| &meter.resent),
    ];
    for (name, help, counter) in counters {
        head(text, name, "counter", help);
        for one in seen {
            line(text, name, &[("deployment", &one.slug)], of(counter(&one.meter)));
        }
    }
    let gauges: [(_, _, Gauge); 3] = [
        ("catwalk_calls_in_flight", "Requests that servers have not answered yet", |one| one.in_flight),
        ("catwalk_sessions", "Open sessions of clients", |one| one.sessions),
        ("catwalk_servers_up", "Connections to servers that are up", |one| one.up),
    ];
    for (name, help, gauge) in gauges {
        head(text, name, "gauge", help);
        for one in seen {
            line(text, name, &[("deployment", &one.slug)], gauge(one) as u64);
        }
    }
    durations(text, seen);
    head(text, "catwalk_refusals_total", "counter", "HTTP requests that were refused, by status");
    for (status, count) in STATUSES.iter().zip(&metrics.refusals) {
        let status = if *status == 0 { "other".to_owned() } else { status.to_string() };
        line(text, "catwalk_refusals_total", &[("status", &status)], of(count));
    }
    out
}

fn durations(text: &mut String, seen: &[Seen]) {
    const NAME: &str = "catwalk_call_duration_seconds";
    head(text, NAME, "histogram", "How long requests to servers took");
    for one in seen {
        let mut count = 0;
        for (bound, up_to) in one.meter.durations.cumulative() {
            count = up_to;
            let bound = bound.map_or("+Inf".to_owned(), seconds);
            line(text, &format!("{NAME}_bucket"), &[("deployment", &one.slug), ("le", &bound)], up_to);
        }
        let _ = writeln!(text, "{NAME}_sum{{deployment=\"{}\"}} {}", one.slug, seconds(one.meter.durations.sum()));
        line(text, &format!("{NAME}_count"), &[("deployment", &one.slug)], count);
    }
}

/// Microseconds as seconds, exactly.
fn seconds(micros: u64) -> String {
    let text = format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn of(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// One sample. Labels hold no character that needs escaping.
fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: u64) {
    let labels: Vec<_> = labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
    let _ = writeln!(out, "{name}{{{}}} {value}", labels.join(","));
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn exact_seconds() {
        for (micros, expect) in [(0, "0"), (250, "0.00025"), (1_000_000, "1"), (60_000_000, "60"), (1_500_000, "1.5")] {
            assert_eq!(seconds(micros), expect);
        }
    }
}
