//! Real installs from the real registries, then a real `initialize` over stdio.
//!
//! The toolchains and caches are shared between runs through `CATWALK_TEST_CACHE` (default: `test-cache` in the target
//! folder), so the first run downloads about 80 MB and later ones nothing.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "a test starts its own servers, clients and children")]

mod npm;
mod npm_registry;
mod pypi;
mod pypi_index;
mod source;
mod support;
mod toolchain;
