//! Real servers, real helpers, real kills. Linux's `/proc` is how the tests see what is left.
#![cfg(target_os = "linux")]

mod orphans;
mod supervise;
mod support;
