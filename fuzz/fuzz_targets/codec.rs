//! What a server writes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| catwalk_relay::fuzzing::codec(data));
