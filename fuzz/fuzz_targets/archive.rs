//! A published archive.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| catwalk_analysis::fuzzing::archive(data));
