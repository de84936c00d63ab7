//! `make test` ends, also where a program of tests hangs.
use std::process::{Command, Output};

fn bounded(seconds: &str, script: &str) -> Output {
    Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/bounded.sh"))
        .args(["sh", "-c", script])
        .env("SECONDS_OF_TESTS", seconds)
        .output()
        .expect("bounded.sh starts")
}

#[test]
fn a_program_of_tests_that_hangs_fails_and_says_what_is_left() {
    let hung = bounded("1", "sleep 300 & wait");
    let errors = String::from_utf8_lossy(&hung.stderr);
    assert!(!hung.status.success(), "{errors}");
    assert!(errors.contains("sh did not end within 1 seconds"), "{errors}");
    assert!(errors.contains("sleep"), "the child that it waits for is named: {errors}");
}

#[test]
fn one_that_ends_keeps_its_code_and_its_words() {
    let ended = bounded("60", "echo words; exit 7");
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "words\n");
}
