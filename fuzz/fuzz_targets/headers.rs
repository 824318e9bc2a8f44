//! Headers beside a body.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| catwalk_relay::fuzzing::headers(data));
