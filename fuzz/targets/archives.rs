//! Backups of anybody: imported into a store in memory. It is refused, or the account is there and whole.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| liveapi_programs::cli::fuzzing::archive(data));
