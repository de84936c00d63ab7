//! Answers of old panels in XML: what is read is a JSON object; and JSON as XML is XML that is read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    liveapi_core::engine::socket::fuzzing::answer(text);
    if let Ok(value) = serde_json::from_str(text) {
        if let Ok(document) = liveapi_core::api::xml::document(&value, "answer") {
            liveapi_core::engine::socket::fuzzing::answer(&document);
        }
    }
});
