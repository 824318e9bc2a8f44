//! Which process a pid means: numbers are reused, so a process is its pid, its start time and the boot it lives in.

use serde::{Deserialize, Serialize};

/// A process, beyond doubt within one boot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub(crate) pid: u32,
    /// Linux: clock ticks since boot. macOS: seconds since the epoch.
    pub(crate) start: u64,
}

impl Identity {
    /// Reads it from the system; `None` when no such process lives.
    pub(crate) fn of(pid: u32) -> Option<Self> {
        system::start_time(pid).map(|start| Self { pid, start })
    }

    /// Whether this very process still lives (a zombie does not).
    pub(crate) fn lives(self) -> bool {
        Self::of(self.pid) == Some(self)
    }
}

/// Names this boot of the machine; pids and start times of another boot mean nothing.
pub(crate) fn boot_id() -> String {
    system::boot_id().unwrap_or_default()
}

#[cfg(target_os = "linux")]
mod system {
    /// Field 22 of `/proc/pid/stat`; `None` also for a zombie, which runs nothing any more.
    pub(super) fn start_time(pid: u32) -> Option<u64> {
        let stat = crate::tree::Stat::read(pid)?;
        (!matches!(stat.state, 'Z' | 'X')).then_some(stat.start)
    }

    pub(super) fn boot_id() -> Option<String> {
        std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok().map(|id| id.trim().to_owned())
    }
}

// No call without `unsafe` tells these on macOS, and they are needed rarely (a sweep, a spawn): ask the system's tools.
#[cfg(all(unix, not(target_os = "linux")))]
mod system {
    use std::process::Command;

    fn ask(program: &str, args: &[&str]) -> Option<String> {
        let output = Command::new(program).args(args).env("LC_ALL", "C").output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// A number made of the start date's text: only equality matters.
    pub(super) fn start_time(pid: u32) -> Option<u64> {
        let line = ask("/bin/ps", &["-o", "stat=,lstart=", "-p", &pid.to_string()])?;
        let (state, date) = line.split_once(char::is_whitespace)?;
        let digest = date
            .trim()
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        (!state.starts_with('Z')).then_some(digest)
    }

    pub(super) fn boot_id() -> Option<String> {
        ask("/usr/sbin/sysctl", &["-n", "kern.bootsessionuuid"])
    }
}

// The Job Object dies with Catwalk's handle: there is nothing to recognise at the next start.
#[cfg(windows)]
mod system {
    pub(super) fn start_time(_pid: u32) -> Option<u64> {
        None
    }

    pub(super) fn boot_id() -> Option<String> {
        None
    }
}
