//! What a server answers: passed on as JSON, or named as none; with every family's shape.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    liveapi_core::engine::fuzzing::remote_answer(text);
});
