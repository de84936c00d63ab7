//! PHP's own tools on bindings/php: PHPUnit, the code style, Composer; and the command line without FFI.

use std::path::PathBuf;
use std::process::Command;

use crate::common::{Store, must, repository};

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// A library of another revision, in the store's folder.
fn other_revision(store: &Store, name: &str, options: &[&str]) -> PathBuf {
    let library = store.dir.join(name);
    let source = repository().join("tests/php/other_revision.c");
    must(Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args(options).arg(source));
    library
}

/// Of a program that tells its version as "Name 9.6.7 …".
fn major_version(program: &str) -> u32 {
    let said = String::from_utf8(must(Command::new(program).arg("--version")).stdout).unwrap();
    let number = said.split_whitespace().nth(1).and_then(|version| version.split('.').next());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{program}: {said}"))
}

#[test]
fn phpunit() {
    let store = prepared("unit");
    let mut command = store.command("phpunit");
    command.env("LIVEAPI_TEST_OTHER", other_revision(&store, "other.so", &[]));
    command.env("LIVEAPI_TEST_OTHER_POOR", other_revision(&store, "poor.so", &["-DPOOR"]));
    // What the file of settings says to PHPUnit 9, from 10 on is an option.
    if major_version("phpunit") >= 10 {
        command.args(["--fail-on-deprecation", "--fail-on-notice", "--display-deprecations"]);
    }
    let output = must(command.arg("-c").arg(repository().join("bindings/php/phpunit.xml")));
    let text = String::from_utf8_lossy(&output.stdout);
    // PHPUnit 11 has a remark on the settings of 9: the end of its report is another.
    let end = text.split_once("OK (").or_else(|| text.split_once("OK, but there were issues!\nTests: "));
    let tests = end.and_then(|(_, rest)| rest.split([' ', ',']).next()?.parse().ok());
    assert!(tests > Some(800), "the table of bad input has more than 800 rows: {text}");
}

#[test]
fn the_code_style_is_psr_12() {
    if Command::new("phpcs").arg("--version").output().is_err() && has_no_package("php-codesniffer") {
        // scripts/packages.sh names it.
        return;
    }
    must(Command::new("phpcs").arg("-q").current_dir(repository().join("bindings/php")));
}

/// Whether this release of Debian is without a package, which its apt knows.
fn has_no_package(name: &str) -> bool {
    let madison = |name: &str| Command::new("apt-cache").args(["madison", name]).output();
    let is_known = |name: &str| madison(name).is_ok_and(|output| !output.stdout.is_empty());
    is_known("php-cli") && !is_known(name)
}

/// Composer with a home of its own, for root too, and never asking.
fn composer(folder: &std::path::Path) -> Command {
    let mut command = Command::new("composer");
    command.args(["--no-interaction", "--no-ansi", "--working-dir"]).arg(folder);
    command.env("COMPOSER_HOME", folder.join("home")).env("COMPOSER_ALLOW_SUPERUSER", "1");
    command.env("COMPOSER_DISABLE_NETWORK", "1");
    command
}

#[test]
fn composer_accepts_the_package_and_finds_the_classes() {
    let store = prepared("comp");
    let package = store.dir.join("package");
    must(Command::new("cp").arg("-r").arg(repository().join("bindings/php")).arg(&package));
    std::fs::copy(repository().join("include/liveapi_ffi.h"), package.join("liveapi_ffi.h")).unwrap();
    must(composer(&package).args(["validate", "--strict"]));
    must(composer(&package).arg("dump-autoload"));
    let script = "require 'vendor/autoload.php';
        $params = ['email' => 'user@example.com', 'password' => 'Start-Password-1'];
        echo (new LiveApi\\Client())->uapi('Email', 'verify_password', $params)['result']['data'];";
    let output = must(store.command("php").args(["-r", script]).current_dir(&package));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "1");
}

#[test]
fn the_command_line_says_what_is_missing_too() {
    let store = prepared("cli");
    let script =
        "require $argv[1]; try { new CPANEL(); } catch (LiveApiException $e) { echo $e->getMessage(); }";
    for (options, words) in [
        // No settings at all: FFI is an extension that Debian's settings load.
        (["-n"].as_slice(), "PHP has no FFI extension"),
        (["-d", "ffi.enable=0"].as_slice(), "PHP may not use FFI here. Set these lines"),
    ] {
        let mut command = store.command("php");
        command.args(options).args(["-r", script, "--"]).arg(repository().join("bindings/php/cpanel.php"));
        let text = String::from_utf8(must(&mut command).stdout).unwrap();
        assert!(text.starts_with(words), "{options:?}: {text}");
    }
}

#[test]
fn the_manuals_snippets_are_the_tested_ones() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let manual = read("docs/guides/php.md");
    let scripts = read("bindings/php/examples/passwdpop.php") + &read("bindings/php/examples/page.php");
    let blocks: Vec<_> =
        manual.split("```php\n").skip(1).map(|rest| &rest[..rest.find("```").unwrap()]).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        assert!(scripts.contains(block), "no example holds {block}");
    }
}
