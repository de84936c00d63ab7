//! Requests of pages in XML, and of `/xml-api`: what is read becomes JSON.
#![no_main]

use liveapi_core::api::XmlAction;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(action) = XmlAction::read(text) {
        let json = action.to_json();
        assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&json).is_ok(), "an action is no JSON");
    }
});
