//! Parameters as JSON, as every host hands them over: what can be read is JSON, and nothing of it shows in debug output.
#![no_main]

use liveapi_core::api::{Arg, Args};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for args in [Args::from_json_list(text), Args::from_json_object(text)].into_iter().flatten() {
        for (name, value) in args.effective() {
            assert!(args.get(name).is_some(), "{name} is there and is not found");
            if let Arg::Nested(json) = value {
                assert!(serde_json::from_str::<serde_json::Value>(json).is_ok(), "{json} is no JSON");
            }
        }
    }
});
