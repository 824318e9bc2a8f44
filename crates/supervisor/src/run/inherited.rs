//! Closing what was inherited by accident.
//!
//! Everything that Rust opens is closed on exec, but a window toolkit or a library in C inside Catwalk may hold
//! descriptors that are not: a database, a socket, another program's pipe. The helper is the gate: it lets go of
//! everything but its three streams before it does anything else, so no server ever holds one.

/// Call this first, while nothing of ours is open and no other thread exists.
pub(super) fn close() {
    // On Linux this is a link into /proc.
    let Ok(entries) = std::fs::read_dir("/dev/fd") else { return };
    // Collected first: the listing itself is one of them, and gone by the time its number is closed.
    let numbers: Vec<i32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    for number in numbers.into_iter().filter(|number| *number > 2) {
        nix::unistd::close(number).ok();
    }
}
