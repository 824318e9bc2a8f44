//! A file of a project, by each reader.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| catwalk_analysis::fuzzing::file(data));
