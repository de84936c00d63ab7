//! `make bench ROWS=…` measures the rows that were asked for, and every row can be asked for.

use std::process::Command;

use crate::common::repository;

/// The keys of the rows.
fn keys() -> Vec<String> {
    let rows = std::fs::read_to_string(repository().join("benches/rows.tsv")).expect("the rows");
    rows.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split('\t').next())
        .map(str::to_owned)
        .collect()
}

/// What a script starts for rows: the beginnings of their keys.
fn beginnings(script: &str) -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("benches").join(script)).expect("a script");
    text.split("for_rows ")
        .skip(1)
        .filter_map(|rest| match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split(' ').next(),
        })
        .flat_map(|words| words.split(' '))
        .filter(|word| !word.contains('$'))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_row_is_made_by_a_step_and_every_step_makes_a_row() {
    let (keys, run, server) = (keys(), beginnings("run.sh"), beginnings("server.sh"));
    for key in &keys {
        let made = |beginnings: &[String]| beginnings.iter().any(|beginning| key.starts_with(beginning));
        assert!(made(&run), "{key}: no step of run.sh makes it");
        assert!(!key.starts_with("server-") || made(&server), "{key}: no step of server.sh makes it");
    }
    for beginning in run.iter().chain(&server) {
        assert!(keys.iter().any(|key| key.starts_with(beginning)), "{beginning}: no row begins so");
    }
}

/// What of some steps runs when such rows are wanted.
fn ran(rows: &str) -> String {
    let steps =
        "for_rows many- echo many; for_rows server-list-1 echo one; for_rows 'create walk' echo family";
    let output = Command::new("bash")
        .args(["-euc", &format!(". benches/rows.sh; {steps}")])
        .current_dir(repository())
        .env("ROWS", rows)
        .output()
        .expect("bash");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("words")
}

#[test]
fn a_step_runs_for_its_rows_and_for_one_of_them() {
    assert_eq!(ran(""), "many\none\nfamily\n");
    assert_eq!(ran("many"), "many\n");
    assert_eq!(ran("many-flushes"), "many\n");
    assert_eq!(ran("server walk-du"), "one\nfamily\n");
    assert_eq!(ran("server-list-64"), "");
}

#[test]
fn a_word_that_no_row_begins_with_is_refused_at_once() {
    let refused = Command::new("timeout")
        .args(["20", "benches/run.sh"])
        .current_dir(repository())
        .env("ROWS", "many nosuch")
        .output()
        .expect("run.sh");
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(2), "{errors}");
    assert!(errors.contains("no row begins with “nosuch”"), "{errors}");
}
