//! A text that somebody pastes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| catwalk_analysis::fuzzing::paste(data));
