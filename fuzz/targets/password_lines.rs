//! The lines of password files: a change touches one mailbox, whatever else stands in the file.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| liveapi_core::store::home::fuzzing::password_lines(data));
