//! Parameters as JSON, as every host hands them over: what can be read is JSON, and nothing of it shows in debug output.
#![no_main]

use liveapi_core::api::{Arg, Args};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for args in [Args::from_json_list(text), Args::from_json_object(text)].into_iter().flatten() {
        let shown = format!("{args:?}");
        let names: Vec<_> = args.beginning_with("").map(|(name, _)| format!("{name:?}")).collect();
        for (_, value) in args.effective() {
            if let Arg::Text(text) = value {
                // Longer than what a number or a name could look like by chance.
                let is_name = names.iter().any(|name| name.contains(&**text));
                assert!(text.len() < 12 || is_name || !shown.contains(&**text), "debug output holds the value {text}");
            }
            if let Arg::Nested(json) = value {
                assert!(serde_json::from_str::<serde::de::IgnoredAny>(json).is_ok(), "{json} is no JSON");
            }
        }
    }
});
