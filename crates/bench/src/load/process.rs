//! Processor time and memory of a relay: its process and those below it, the servers that it stands before left out.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

/// The server's name as the kernel shows it; what it costs is not the relay's doing.
const SERVER: &str = "bench-echo";
/// The kernel counts in hundredths of a second towards user space, whatever it uses inside.
const TICK: Duration = Duration::from_millis(10);
const PAGE: f64 = 4096.0;

/// What a relay has used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time, user and system.
    pub(crate) cpu: Duration,
    /// Resident memory, MiB.
    pub(crate) memory: f64,
    /// Open descriptors.
    pub(crate) descriptors: usize,
}

struct Stat {
    name: String,
    parent: u32,
    ticks: u32,
    pages: u32,
}

/// The usage of `root` and its descendants; none where there is no `/proc`, or no such process.
pub(crate) fn usage(root: u32) -> Option<Usage> {
    let all = all();
    all.get(&root)?;
    let mut usage = Usage::default();
    for (pid, stat) in all.iter().filter(|(pid, _)| is_below(**pid, root, &all)) {
        if stat.name != SERVER {
            usage.cpu += TICK * stat.ticks;
            usage.memory += f64::from(stat.pages) * PAGE / f64::from(1 << 20);
            usage.descriptors += fs::read_dir(format!("/proc/{pid}/fd")).map_or(0, Iterator::count);
        }
    }
    Some(usage)
}

/// The servers below `root`.
pub(crate) fn servers(root: u32) -> Vec<u32> {
    let all = all();
    let server = |(pid, stat): &(&u32, &Stat)| stat.name == SERVER && is_below(**pid, root, &all);
    all.iter().filter(server).map(|(pid, _)| *pid).collect()
}

fn is_below(mut pid: u32, root: u32, all: &HashMap<u32, Stat>) -> bool {
    while pid != root {
        match all.get(&pid) {
            Some(stat) if stat.parent != 0 => pid = stat.parent,
            _ => return false,
        }
    }
    true
}

fn all() -> HashMap<u32, Stat> {
    let folders = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = folders.filter_map(|folder| folder.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: u32| Some((pid, stat(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?))).collect()
}

/// `pid (name) state parent …`, proc(5). The name may hold anything, a closing bracket too.
fn stat(text: &str) -> Option<Stat> {
    let (start, rest) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split(' ').collect();
    let number = |field: usize| fields.get(field - 3)?.trim().parse::<u32>().ok();
    let name = start.split_once('(')?.1.to_owned();
    Some(Stat { name, parent: number(4)?, ticks: number(14)? + number(15)?, pages: number(24)? })
}

#[cfg(test)]
mod tests {
    use super::stat;

    #[test]
    fn stat_lines() {
        let line = "7 (a) b) S 3 7 7 0 -1 0 0 0 0 0 120 30 0 0 20 0 1 0 100 9000 512 18446744073709551615 1 1";
        let stat = stat(line).expect("a line of the kernel's");
        assert_eq!((&*stat.name, stat.parent, stat.ticks, stat.pages), ("a) b", 3, 150, 512));
    }
}
