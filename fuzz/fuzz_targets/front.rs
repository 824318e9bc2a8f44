//! Bytes of a connection.
#![no_main]

use std::cell::OnceCell;

use catwalk_relay::fuzzing::FrontUnderTest;

thread_local! {
    static FRONT: OnceCell<FrontUnderTest> = const { OnceCell::new() };
}

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    FRONT.with(|front| front.get_or_init(FrontUnderTest::default).feed(data));
});
