//! The small binary.
fn main() {}
