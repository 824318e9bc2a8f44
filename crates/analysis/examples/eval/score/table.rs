//! The figures of many entries, as a table.

use super::Row;
use std::collections::BTreeSet;
use std::fmt::Write;

/// The table: one line for all entries, one for each runtime.
pub(crate) fn table(rows: &[Row]) -> String {
    const HEAD: [&str; 15] = [
        "n", "envP", "envR", "envF1", "coreR", "strictP", "req", "secret", "runtime", "package", "transp", "cmd",
        "args", "LAUNCH", "toolsF1",
    ];
    let mut out = format!("{:9}", "runtime");
    for head in HEAD {
        let _ = write!(out, "{head:>9}");
    }
    let kinds: BTreeSet<&str> = rows.iter().map(|r| r.runtime.as_str()).collect();
    for kind in std::iter::once("all").chain(kinds) {
        let of: Vec<&Row> = rows.iter().filter(|r| kind == "all" || r.runtime == kind).collect();
        let _ = write!(out, "\n{kind:9}{:>9}", of.len());
        for cell in cells(&of) {
            let cell = cell.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"));
            let _ = write!(out, "{cell:>9}");
        }
    }
    out
}

/// A share, rounded to four places.
fn ratio(part: usize, whole: usize) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of a few thousand")]
    (whole > 0).then(|| round(part as f64 / whole as f64))
}

fn round(value: f64) -> f64 {
    format!("{value:.4}").parse().unwrap_or(value)
}

fn f1(hit: usize, wrong: usize, missed: usize) -> [Option<f64>; 3] {
    let (p, r) = (ratio(hit, hit + wrong), ratio(hit, hit + missed));
    let f = match (p, r) {
        (Some(p), Some(r)) if p + r > 0.0 => Some(round(2.0 * p * r / (p + r))),
        (Some(_), Some(_)) => Some(0.0),
        _ => None,
    };
    [p, r, f]
}

fn cells(rows: &[&Row]) -> Vec<Option<f64>> {
    let sum = |of: &dyn Fn(&Row) -> usize| rows.iter().map(|r| of(r)).sum::<usize>();
    let pair = |of: &dyn Fn(&Row) -> (usize, usize)| ratio(sum(&|r| of(r).0), sum(&|r| of(r).1));
    let share = |of: &dyn Fn(&Row) -> bool| ratio(rows.iter().filter(|r| of(r)).count(), rows.len());
    let (hit, wrong, extra) = (sum(&|r| r.found), sum(&|r| r.wrong.len()), sum(&|r| r.extra));
    let tools = sum(&|r| usize::from(r.tools.is_some()));
    let tool = |of: fn((usize, usize, usize)) -> usize| sum(&|r: &Row| r.tools.map(of).unwrap_or_default());
    let mut out = f1(hit, wrong, sum(&|r| r.missed.len())).to_vec();
    out.extend([
        pair(&|r| r.core),
        ratio(hit, hit + wrong + extra),
        pair(&|r| r.required),
        pair(&|r| r.secret),
        share(&|r| r.runtime_ok),
        share(&|r| r.package_ok),
        share(&|r| r.transport_ok),
        share(&|r| r.command_ok),
        pair(&|r| r.args),
        share(&|r| r.launch),
        (tools > 0).then(|| f1(tool(|t| t.0), tool(|t| t.1), tool(|t| t.2))[2]).flatten(),
    ]);
    out
}

/// One line for each entry, the failed ones first.
pub(crate) fn each(rows: &[Row]) -> String {
    let mut rows: Vec<&Row> = rows.iter().collect();
    rows.sort_by(|a, b| (a.launch, &a.id).cmp(&(b.launch, &b.id)));
    let mut out = String::new();
    for row in rows {
        let flags = [
            ('R', row.runtime_ok),
            ('P', row.package_ok),
            ('T', row.transport_ok),
            ('C', row.command_ok),
            ('A', row.args.0 == row.args.1),
            ('L', row.launch),
        ];
        let _ = write!(out, "{} {}", flags.map(|(c, ok)| if ok { c } else { '.' }).iter().collect::<String>(), row.id);
        for (what, names) in [("needs", &row.missing_required), ("missed", &row.missed), ("wrong", &row.wrong)] {
            if !names.is_empty() {
                let _ = write!(out, "  {what}={}", names.join(","));
            }
        }
        let _ =
            writeln!(out, "  found={} extra={} req={:?} secret={:?}", row.found, row.extra, row.required, row.secret);
    }
    out
}
