//! Tables in Markdown: medians over the rounds, ratios round by round.

use crate::compare::{MIB, Measure, Shown};
use crate::figures::Figures;
use crate::target::Target;
use std::fmt::Write as _;

/// The relay that all are measured against, and the one that this is about.
const FLOOR: &str = "floor";
const OURS: &str = "catwalk";

/// What a run showed.
pub(crate) struct Report<'a> {
    pub(crate) direct: &'a Shown,
    pub(crate) targets: &'a [Target],
    pub(crate) shown: &'a [Shown],
}

fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len().checked_sub(1)? / 2).copied()
}

fn cell(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
    }
}

impl Shown {
    fn all(&self, measure: Measure) -> &[Figures] {
        self.figures.get(&measure).map_or(&[], Vec::as_slice)
    }

    fn of(&self, measure: Measure, pick: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
        median(self.all(measure).iter().filter(|figures| figures.ok > 0).filter_map(pick))
    }

    fn failed(&self, measure: Measure) -> usize {
        self.all(measure).iter().map(Figures::failed).sum()
    }
}

impl Report<'_> {
    fn named(&self, name: &str) -> Option<&Shown> {
        self.targets.iter().zip(self.shown).find(|(target, _)| target.name == name).map(|(_, shown)| shown)
    }

    /// The median over the rounds of ours divided by another's.
    fn ratio(&self, other: &str, measure: Measure, pick: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
        let (ours, other) = (self.named(OURS)?.all(measure), self.named(other)?.all(measure));
        median(ours.iter().zip(other).filter_map(|(ours, other)| Some(pick(ours)? / pick(other).filter(|v| *v > 0.0)?)))
    }

    fn rows(&self, out: &mut String, head: &str, columns: usize, row: impl Fn(&Shown) -> Vec<String>) {
        let _ = writeln!(out, "\n| relay | {head} |\n|---|{}", "--:|".repeat(columns));
        for (target, shown) in self.targets.iter().zip(self.shown) {
            let _ = writeln!(out, "| {} | {} |", target.name, row(shown).join(" | "));
        }
    }

    /// All of it.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::from("| relay | what it is |\n|---|---|\n");
        for (target, shown) in self.targets.iter().zip(self.shown) {
            let trouble = shown.trouble.as_ref().map(|why| format!(" (**{why}**)")).unwrap_or_default();
            let _ = writeln!(out, "| {} | {}{trouble} |", target.name, target.about);
        }
        self.small_calls(&mut out);
        self.large_calls(&mut out);
        self.sessions_and_start(&mut out);
        self.goals(&mut out);
        out
    }

    fn small_calls(&self, out: &mut String) {
        let flights = [1, 16, 64].map(Measure::InFlight);
        let latency = |shown: &Shown, measure| {
            format!("{} / {}", cell(shown.of(measure, |f| Some(f.p50))), cell(shown.of(measure, |f| Some(f.p99))))
        };
        *out += "\n## Small calls, 1, 16 and 64 in flight\n\n";
        let direct = flights.map(|m| {
            format!("{} calls/s, {} µs", cell(self.direct.of(m, |f| Some(f.per_second))), latency(self.direct, m))
        });
        let _ = writeln!(out, "Without a relay, calls per second and p50 / p99: {}.", direct.join("; "));
        let head = "calls/s, 1 | 16 | 64 | p50 / p99 µs, 1 | 16 | 64 | CPU µs/call, 1 | 16 | 64 | errors";
        self.rows(out, head, 10, |shown| {
            let rate = flights.map(|m| cell(shown.of(m, |f| Some(f.per_second))));
            let cpu = flights.map(|m| cell(shown.of(m, |f| f.cpu)));
            let errors = flights.iter().map(|m| shown.failed(*m)).sum::<usize>().to_string();
            rate.into_iter().chain(flights.map(|m| latency(shown, m))).chain(cpu).chain([errors]).collect()
        });
    }

    fn large_calls(&self, out: &mut String) {
        let sizes = [1 << 10, 100 << 10, MIB].map(Measure::Payload);
        *out += "\n## Large texts, there and back\n\n";
        *out += "One call in flight; then 64 calls of 1 MiB, 16 at once, before a server that reads on and one that reads and writes by turns.\n";
        let head = "p50 µs, 1 KiB | 100 KiB | 1 MiB | errors | 16 × 1 MiB, reads on | by turns";
        self.rows(out, head, 6, |shown| {
            let p50 = sizes.map(|m| cell(shown.of(m, |f| Some(f.p50))));
            let errors = sizes.iter().map(|m| shown.failed(*m)).sum::<usize>().to_string();
            let stall = [false, true].map(|turns| {
                let (all, failed) = (shown.all(Measure::Stall(turns)), shown.failed(Measure::Stall(turns)));
                let slowest = all.iter().map(|f| f.max).fold(0.0, f64::max) / 1e3;
                if all.is_empty() {
                    "–".to_owned()
                } else if failed > 0 {
                    format!("{failed} failed")
                } else {
                    format!("slowest {} ms", cell(Some(slowest)))
                }
            });
            p50.into_iter().chain([errors]).chain(stall).collect()
        });
    }

    fn sessions_and_start(&self, out: &mut String) {
        *out += "\n## Sessions at once, memory, start\n";
        let head = "200: median / slowest ms | errors | MiB | 1,000: median / slowest ms | errors | MiB | idle MiB | listening ms | first result ms";
        self.rows(out, head, 9, |shown| {
            let of = |sessions| {
                let m = Measure::Sessions(sessions);
                let ms = |pick: fn(&Figures) -> f64| cell(shown.of(m, |f| Some(pick(f) / 1e3)));
                [
                    format!("{} / {}", ms(|f| f.p50), ms(|f| f.max)),
                    shown.failed(m).to_string(),
                    cell(shown.of(m, |f| f.memory)),
                ]
            };
            let own = [&shown.idle, &shown.listening, &shown.first_result].map(|v| cell(median(v.iter().copied())));
            of(200).into_iter().chain(of(1000)).chain(own).collect()
        });
    }

    fn goals(&self, out: &mut String) {
        *out += "\n## The figures to reach\n\n| figure | wanted | got | |\n|---|--:|--:|---|\n";
        let Some(ours) = self.named(OURS) else { return };
        let mut goal = |what: &str, wanted: f64, at_most: bool, got: Option<f64>| {
            let met = got.is_some_and(|got| if at_most { got <= wanted } else { got >= wanted });
            let (sign, word) = (if at_most { "≤" } else { "≥" }, if met { "reached" } else { "**short**" });
            let word = if got.is_none() { "not measured" } else { word };
            let _ = writeln!(
                out,
                "| {what} | {sign} {wanted} | {} | {word} |",
                got.map_or("–".to_owned(), |got| format!("{got:.2}"))
            );
        };
        for calls in [1, 16, 64] {
            goal(
                &format!("CPU per call, of the floor's, {calls} in flight"),
                1.5,
                true,
                self.ratio(FLOOR, Measure::InFlight(calls), |f| f.cpu),
            );
        }
        let one = Measure::InFlight(1);
        let added =
            ours.of(one, |f| Some(f.p50)).zip(self.direct.of(one, |f| Some(f.p50))).map(|(ours, direct)| ours - direct);
        goal("median latency added to the bare server's, µs", 100.0, true, added);
        for (other, times) in [("crate-mcp-proxy", 1.3), ("py-mcp-proxy", 25.0)] {
            goal(
                &format!("calls per second, of {other}'s, 16 in flight"),
                times,
                false,
                self.ratio(other, Measure::InFlight(16), |f| Some(f.per_second)),
            );
        }
        goal("p50 of 1 MiB, of the floor's", 1.3, true, self.ratio(FLOOR, Measure::Payload(MIB), |f| Some(f.p50)));
        for (turns, server) in [(false, "that reads on"), (true, "by turns")] {
            let failed = (!ours.all(Measure::Stall(turns)).is_empty())
                .then(|| f64::from(u32::try_from(ours.failed(Measure::Stall(turns))).unwrap_or(u32::MAX)));
            goal(&format!("16 × 1 MiB stalled or failed, server {server}"), 0.0, true, failed);
        }
        goal("200 sessions at once, slowest, ms", 100.0, true, ours.of(Measure::Sessions(200), |f| Some(f.max / 1e3)));
        goal("1,000 sessions, MiB", 64.0, true, ours.of(Measure::Sessions(1000), |f| f.memory));
        goal(
            "1,000 sessions, errors",
            0.0,
            true,
            (!ours.all(Measure::Sessions(1000)).is_empty())
                .then(|| f64::from(u32::try_from(ours.failed(Measure::Sessions(1000))).unwrap_or(u32::MAX))),
        );
        goal("idle, MiB", 15.0, true, median(ours.idle.iter().copied()));
        goal("listening after, ms", 30.0, true, median(ours.listening.iter().copied()));
        goal("first tool result after, ms", 40.0, true, median(ours.first_result.iter().copied()));
    }
}
