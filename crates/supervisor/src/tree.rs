//! Everything a process has started, and how to end it.

#[cfg(target_os = "linux")]
pub(crate) use linux::{Stat, descendants};

#[cfg(unix)]
pub(crate) use unix::{kill_descendants, signal, signal_group};

#[cfg(unix)]
mod unix {
    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    fn pid(raw: u32) -> Option<Pid> {
        // 0 and 1 would mean "my own group" and init: never.
        i32::try_from(raw).ok().filter(|raw| *raw > 1).and_then(Pid::from_raw)
    }

    /// Signals one process; one that is gone is as good.
    pub(crate) fn signal(raw: u32, signal: Signal) {
        if let Some(pid) = pid(raw) {
            kill_process(pid, signal).ok();
        }
    }

    /// Signals a process group.
    pub(crate) fn signal_group(raw: u32, signal: Signal) {
        if let Some(pid) = pid(raw) {
            kill_process_group(pid, signal).ok();
        }
    }

    /// One pass over all that descends from `root` (not `root` itself): freeze, look again, kill. Freezing first keeps a
    /// fork bomb from outrunning us. Returns how many were seen; call again until the tree is empty.
    pub(crate) fn kill_descendants(root: u32) -> usize {
        let first = super::descendants(root);
        for process in &first {
            signal(*process, Signal::STOP);
        }
        let mut all = super::descendants(root);
        all.extend(first);
        all.sort_unstable();
        all.dedup();
        for process in &all {
            signal(*process, Signal::KILL);
        }
        all.len()
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::collections::HashMap;
    use std::fs;

    /// The fields of `/proc/pid/stat` that we need.
    pub(crate) struct Stat {
        pub(crate) state: char,
        pub(crate) parent: u32,
        pub(crate) start: u64,
    }

    impl Stat {
        pub(crate) fn read(pid: u32) -> Option<Self> {
            Self::parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
        }

        /// The second field is the program's name in brackets and may itself hold brackets and spaces: split at the last.
        fn parse(text: &str) -> Option<Self> {
            let mut fields = text.rsplit_once(')')?.1.split_ascii_whitespace();
            let state = fields.next()?.chars().next()?;
            let parent = fields.next()?.parse().ok()?;
            let start = fields.nth(17)?.parse().ok()?;
            Some(Self { state, parent, start })
        }
    }

    /// All living processes whose line of parents leads to `root`. One reading of `/proc`: the kernel's own `children`
    /// file is not built into every kernel.
    pub(crate) fn descendants(root: u32) -> Vec<u32> {
        let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
        let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
        for entry in entries.flatten() {
            let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
            if let Some(stat) = Stat::read(pid).filter(|stat| !matches!(stat.state, 'Z' | 'X')) {
                children.entry(stat.parent).or_default().push(pid);
            }
        }
        let mut found = children.remove(&root).unwrap_or_default();
        let mut next = 0;
        while let Some(pid) = found.get(next) {
            let more = children.remove(pid).unwrap_or_default();
            found.extend(more);
            next += 1;
        }
        found
    }

    #[cfg(test)]
    mod tests {
        use super::Stat;

        #[test]
        fn a_name_with_brackets_does_not_confuse() {
            let text = "42 (a) b (c)) S 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 2 3";
            let stat = Stat::parse(text).expect("a well-formed line");
            assert_eq!((stat.state, stat.parent, stat.start), ('S', 7, 98765));
        }
    }
}

// macOS has no sub-reaper and no /proc: the process group (and the sweep) must do. A daemon that leaves both its parent
// and its group escapes here; kqueue's NOTE_TRACK, which could follow it, was removed from the system.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn descendants(_root: u32) -> Vec<u32> {
    Vec::new()
}
