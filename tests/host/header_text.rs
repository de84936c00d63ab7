//! The public header as a manual: its examples compile, its table of options is complete, and it is mostly text.

use std::fmt::Write;
use std::process::Command;

use crate::common::{repository, scratch};
use liveapi_core::engine::config::{SERVERS, setting_keys};

fn header() -> String {
    std::fs::read_to_string(repository().join("include/liveapi.h")).unwrap()
}

/// The examples in the comments: what stands indented below `Example:`, or below `A first program:`.
fn examples(header: &str, title: &str) -> Vec<String> {
    let mut examples = Vec::new();
    for part in header.split(&format!(" * {title}:\n *\n")).skip(1) {
        let lines = part.lines().take_while(|line| line.starts_with(" *     ") || *line == " *");
        let code: Vec<_> = lines.map(|line| line.get(7..).unwrap_or_default()).collect();
        examples.push(code.join("\n"));
    }
    examples
}

fn compile(source: &str) {
    let dir = scratch("header-example");
    let path = dir.join("example.c");
    std::fs::write(&path, source).unwrap();
    let output = Command::new("cc")
        .args(["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-c", "-o"])
        .arg(dir.join("example.o"))
        .arg("-I")
        .arg(repository().join("include"))
        .arg(path)
        .output()
        .expect("a compiler");
    assert!(output.status.success(), "{}\n{source}", String::from_utf8_lossy(&output.stderr));
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn the_first_program_compiles() {
    let programs = examples(&header(), "A first program");
    assert_eq!(programs.len(), 1);
    compile(&programs[0]);
}

#[test]
fn the_examples_of_all_groups_compile() {
    let examples = examples(&header(), "Example");
    assert!(examples.len() >= 9, "{}", examples.len());
    let mut source = "#include <stdio.h>\n#include <liveapi.h>\n".to_owned();
    for (number, example) in examples.iter().enumerate() {
        let _ = writeln!(source, "void example{number}(void);\nvoid example{number}(void) {{\n{example}\n}}");
    }
    for group in
        ["liveapi_abi_version(", "liveapi_last_error", "api1(", "api2(", "uapi(", "liveapi_client_new("]
            .into_iter()
            .chain(["liveapi_client_call(", "liveapi_client_batch(", "liveapi_client_request("])
            .chain(["liveapi_client_debug_write("])
    {
        assert!(source.contains(group), "no example shows {group}");
    }
    compile(&source);
}

#[test]
fn the_table_of_options_has_every_setting_and_no_other() {
    let header = header();
    let part = header.split("then from defaults. The options:").nth(1).unwrap();
    let table = part.split("The values of `url`").next().unwrap();
    let rows = table.lines().filter_map(|line| line.strip_prefix(" *     | "));
    let mut named: Vec<_> = rows.map(|row| row.split('|').next().unwrap().trim()).collect();
    let mut known: Vec<_> = setting_keys().chain([SERVERS]).collect();
    named.sort_unstable();
    known.sort_unstable();
    assert_eq!(named, known);
}

#[test]
fn most_of_the_header_is_explanation_and_none_of_it_is_for_rust() {
    let header = header();
    let comment = |line: &&str| line.trim_start().starts_with(['*', '/']);
    let (all, comments) =
        (header.lines().filter(|l| !l.trim().is_empty()).count(), header.lines().filter(comment).count());
    assert!(comments * 100 >= all * 80, "{comments} of {all} lines");
    assert!(!header.contains(" * # "), "a heading of rustdoc");
}
