//! The Perl distribution as it is deployed: built, tested and installed from a copy, its files listed, its
//! code and manual checked, its examples run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::entrance::feed;
use crate::common::{Store, must, repository};

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

fn distribution() -> PathBuf {
    repository().join("bindings/perl")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap_or_else(|cause| panic!("{path}: {cause}"))
}

/// The files that `MANIFEST` lists.
fn manifest() -> Vec<String> {
    read("bindings/perl/MANIFEST").lines().map(str::to_owned).collect()
}

/// A copy of what `MANIFEST` lists, so that nothing is built among the sources.
fn copy(to: &Path) -> PathBuf {
    let copy = to.join("bindings/perl");
    for file in manifest() {
        let target = copy.join(&file);
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(distribution().join(&file), &target).unwrap_or_else(|cause| panic!("{file}: {cause}"));
    }
    copy
}

/// Below a folder: the files, by their names relative to it.
fn files(folder: &Path) -> Vec<String> {
    let find = |words: &[&str]| must(Command::new("find").arg(".").args(words).current_dir(folder)).stdout;
    let text = String::from_utf8(find(&["-type", "f"])).unwrap();
    let mut files: Vec<String> = text.lines().map(|line| line.trim_start_matches("./").to_owned()).collect();
    files.sort();
    files
}

/// The fenced blocks of one language.
fn blocks<'a>(markdown: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    markdown.split(&fence).skip(1).map(|rest| &rest[..rest.find("```").unwrap()]).collect()
}

/// All Perl files of the repository that are ours to check.
fn perl_files() -> Vec<PathBuf> {
    let is_perl = |file: &String| {
        Path::new(file).extension().is_some_and(|end| ["pm", "pl", "t", "PL"].iter().any(|perl| end == *perl))
    };
    let tests = repository().join("tests/perl");
    let distribution_files = manifest().into_iter().filter(is_perl).map(|file| distribution().join(file));
    let test_files = files(&tests).into_iter().filter(is_perl).map(|file| tests.join(file));
    let all: Vec<PathBuf> = distribution_files.chain(test_files).collect();
    assert!(all.len() > 15, "{all:?}");
    all
}

#[test]
fn the_manifest_lists_every_file() {
    let mut listed = manifest();
    listed.sort();
    // Also what a build among the sources left would be noticed: copy it elsewhere to build it.
    assert_eq!(listed, files(&distribution()));
}

#[test]
fn licences_and_versions_are_those_of_the_project() {
    for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
        assert_eq!(read(file), read(&format!("bindings/perl/{file}")), "{file}");
    }
    let version = env!("CARGO_PKG_VERSION");
    for module in manifest().iter().filter(|file| file.starts_with("lib/")) {
        let text = read(&format!("bindings/perl/{module}"));
        assert!(text.contains(&format!("our $VERSION = '{version}';")), "{module} has another version");
    }
    assert!(read("bindings/perl/Changes").contains(&format!("\n{version}")), "Changes lacks {version}");
}

#[test]
fn the_documented_installation_works_and_needs_no_store_for_its_tests() {
    let store = prepared("pins");
    copy(&store.dir);
    let text = read("docs/guides/perl.md");
    let blocks = blocks(&text, "sh");
    assert_eq!(blocks.len(), 1);
    let (build, used) = blocks[0].split_once("make install").unwrap();
    let mut command = store.command("sh");
    command.args(["-euc", build]).current_dir(&store.dir);
    // Somebody who installs has no store yet.
    command.env_remove("LIVEAPI_URL").env_remove("LIVEAPI_USER").env_remove("LIVEAPI_VIRTUAL_USER");
    let output = must(&mut command);
    let tested = String::from_utf8_lossy(&output.stdout);
    assert!(tested.contains("All tests successful."), "{tested}");
    for file in manifest().iter().filter(|file| Path::new(file).extension().is_some_and(|end| end == "t")) {
        let line = tested.lines().find(|line| line.starts_with(file.as_str()));
        assert!(line.is_some_and(|line| line.ends_with(" ok")), "{file} did not run: {tested}");
    }
    let mut command = store.command("sh");
    command.args(["-euc", &format!("cd bindings/perl\nmake install{used}")]).current_dir(&store.dir);
    let output = must(&mut command);
    assert!(String::from_utf8_lossy(&output.stdout).ends_with("changed\n"), "{output:?}");
    let installed = files(&store.dir.join("stage"));
    for module in manifest().iter().filter_map(|file| file.strip_prefix("lib/")) {
        assert!(installed.iter().any(|file| file.ends_with(module)), "{module} is not in {installed:?}");
    }
}

#[test]
fn the_archive_holds_the_manifest_and_tests_itself() {
    let store = prepared("pdis");
    let copy = copy(&store.dir);
    let pack = "perl Makefile.PL && make dist && tar xzf Cpanel-LiveAPI-*.tar.gz -C \"$HOME\"";
    must(store.command("sh").args(["-euc", pack]).current_dir(&copy));
    let unpacked = store.dir.join(format!("Cpanel-LiveAPI-{}", env!("CARGO_PKG_VERSION")));
    let archived: Vec<String> =
        files(&unpacked).into_iter().filter(|file| !file.starts_with("META.")).collect();
    let mut listed = manifest();
    listed.sort();
    assert_eq!(archived, listed);
    // The other tests run in the documented installation; this one is about the archive.
    let test = "perl Makefile.PL && make && prove -b t/00-diagnostics.t t/class.t t/prefork.t";
    let output = must(store.command("sh").args(["-euc", test]).current_dir(&unpacked));
    assert!(String::from_utf8_lossy(&output.stdout).contains("All tests successful."), "{output:?}");
    let meta = std::fs::read_to_string(unpacked.join("META.json")).unwrap();
    let meta: serde_json::Value = serde_json::from_str(&meta).unwrap();
    assert_eq!(meta["license"], serde_json::json!(["mit", "apache_2_0"]));
    assert_eq!(meta["prereqs"]["runtime"]["requires"]["FFI::Platypus"], "2.00");
}

#[test]
fn the_search_for_the_library() {
    let store = prepared("plib");
    let output = must(store.command("perl").arg(repository().join("tests/perl/lookup.t")));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().any(|line| line.starts_with("1..")), "no plan: {text}");
}

#[test]
fn perl_accepts_the_code_without_a_warning() {
    for file in perl_files() {
        let include = |folder: &str| format!("-I{}", distribution().join(folder).display());
        let mut command = Command::new("perl");
        command
            .arg(include("lib"))
            .arg(include("t/lib"))
            .arg("-wc")
            .arg(&file)
            .env("LIVEAPI_URL", "home:///nonexistent");
        // The tests make a store of their own unless one is named.
        let output =
            must(command.env("LIVEAPI_USER", "bob").env("LIVEAPI_LIBRARY", crate::common::library()));
        let text = String::from_utf8(output.stderr).unwrap();
        // Names in FFI::Platypus that Perl finds used once are not ours to change.
        let ours: Vec<&str> = text.lines().filter(|line| !line.contains("FFI::Platypus::")).collect();
        assert_eq!(ours, [format!("{} syntax OK", file.display())], "{text}");
    }
}

#[test]
fn perlcritic_and_podchecker_are_content() {
    must(Command::new("perlcritic").args(["--noprofile", "--severity=5"]).args(perl_files()));
    let with_manual = |file: &PathBuf| std::fs::read_to_string(file).unwrap().contains("\n=head1 ");
    let manuals: Vec<PathBuf> = perl_files().into_iter().filter(with_manual).collect();
    assert!(manuals.len() >= 3, "{manuals:?}");
    let output = must(Command::new("podchecker").arg("-warnings").args(manuals));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(!text.contains("WARNING"), "{text}");
}

#[test]
fn each_method_is_described_in_one_form() {
    let text = read("bindings/perl/lib/Cpanel/LiveAPI.pm");
    let (code, manual) = text.split_once("\n__END__\n").unwrap();
    let methods = manual.split("\n=head1 METHODS\n").nth(1).unwrap().split("\n=head1 ").next().unwrap();
    let sections: Vec<&str> = methods.split("\n=head2 ").skip(1).collect();
    let header = read("include/liveapi.h");
    let mut described = Vec::new();
    for section in sections {
        let (name, body) = section.split_once('\n').unwrap();
        let field = |label: &str| {
            let line = body.lines().find_map(|line| line.trim_start().strip_prefix(label));
            line.unwrap_or_else(|| panic!("{name} lacks {label}")).trim().to_owned()
        };
        let c_name = field("C name ");
        let c_name = c_name.split(' ').next().unwrap();
        assert!(header.contains(&format!("{c_name}(")), "{name}: the header has no {c_name}");
        let call = field("Call ");
        assert!(call.contains(&format!("->{name}(")) && call.ends_with(");"), "{name}: {call}");
        field("Meaning: ");
        field("Errors: ");
        described.push(name);
    }
    let public = code.lines().filter_map(|line| line.strip_prefix("sub "));
    let mut public: Vec<&str> = public
        .map(|rest| rest.split([' ', ';']).next().unwrap())
        .filter(|name| !name.starts_with('_'))
        .collect();
    public.sort_unstable();
    described.sort_unstable();
    assert_eq!(described, public);
}

#[test]
fn every_snippet_of_the_documentation_is_in_an_example() {
    let examples: Vec<String> = manifest().into_iter().filter(|file| file.starts_with("examples/")).collect();
    let texts: Vec<String> = examples.iter().map(|file| read(&format!("bindings/perl/{file}"))).collect();
    let documentation = read("docs/guides/perl.md");
    let blocks = blocks(&documentation, "perl");
    assert!(blocks.len() >= 6, "{blocks:?}");
    for block in blocks {
        assert!(texts.iter().any(|text| text.contains(block)), "no example holds {block}");
    }
    // The first one by tests/host/batch.rs.
    let run = ["batch.pl", "cgi.pl", "characters.pl", "passwdpop.pl", "prefork.pl", "threads.pl"];
    assert_eq!(examples, run.map(|name| format!("examples/{name}")), "each example is run by a test");
}

/// Runs an example with that input and returns what it printed; nothing may be on standard error.
fn example(store: &Store, name: &str, environment: &[(&str, &str)], input: &str) -> String {
    let mut command = store.command("sh");
    let script = distribution().join("examples").join(name);
    // `feed` returns standard output only.
    command.args(["-c", "exec perl \"$1\" 2>&1", "sh"]).arg(script).envs(environment.iter().copied());
    feed(&mut command, input.as_bytes())
}

#[test]
fn the_examples_for_characters_forks_and_threads() {
    let store = prepared("pexa");
    let said = example(&store, "characters.pl", &[], "");
    let same = "3 of 3 are this password\n".repeat(3);
    assert_eq!(said, format!("{same}You do not have an email account named “müller@example.com”.\n"));

    let jobs: String = (1..=7).map(|i| format!("worker{i} Prefork-Password-{i}\n")).collect();
    for i in 1..=6 {
        store.add_mailbox(&format!("worker{i}"), "Start-Password-1");
    }
    let mut counts: Vec<String> =
        example(&store, "prefork.pl", &[], &jobs).lines().map(str::to_owned).collect();
    counts.sort();
    // The seventh mailbox is not there: its worker changes two of three.
    assert_eq!(counts, ["2", "2", "2"]);
    for i in 1..=6 {
        let words = [format!("email=worker{i}@example.com"), format!("password=Prefork-Password-{i}")];
        let answer = store.uapi("Email", "verify_password", &[&words[0], &words[1]]);
        assert_eq!(answer["result"]["data"], 1, "{answer}");
    }

    let mailboxes = store.uapi("Email", "list_pops", &[])["result"]["data"].as_array().unwrap().len();
    assert_eq!(example(&store, "threads.pl", &[], ""), format!("{mailboxes}\n").repeat(3));
}

/// Sends a form to the CGI program; returns the last line of the page.
fn post(store: &Store, form: &str) -> String {
    let length = form.len().to_string();
    let page = example(store, "cgi.pl", &[("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", &length)], form);
    let (head, body) = page.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no header: {page}"));
    assert!(head.starts_with("Content-Type: text/plain; charset=utf-8\r\n"), "{page}");
    body.trim_end().to_owned()
}

#[test]
fn the_cgi_example() {
    let store = prepared("pcgi");
    let changed = "Your password was changed.";
    let user = "email=user%40example.com";
    assert_eq!(post(&store, &format!("{user}&old=Start-Password-1&new=n%C3%A4w+P%26ssword-1")), changed);
    let answer =
        store.uapi("Email", "verify_password", &["email=user@example.com", "password=näw%20P%26ssword-1"]);
    assert_eq!(answer["result"]["data"], 1, "{answer}");
    assert_eq!(
        post(&store, &format!("{user}&old=wrong&new=Some-Password-1")),
        "The old password is not right."
    );
    assert_eq!(post(&store, "old=wrong&&=&x"), "The old password is not right.");
    let weak = post(&store, &format!("{user}&old=n%C3%A4w+P%26ssword-1&new=a"));
    assert!(weak.contains("password") && weak != changed, "{weak}");
    let page = example(&store, "cgi.pl", &[("REQUEST_METHOD", "GET")], "");
    assert!(page.ends_with("\r\n\r\nPlease send the form.\n"), "{page}");
    let page = example(
        &store,
        "cgi.pl",
        &[("REQUEST_METHOD", "POST"), ("CONTENT_LENGTH", "1"), ("LIVEAPI_LIBRARY", "/nonexistent")],
        "x",
    );
    assert!(
        page.contains("cannot be loaded") && page.ends_with("The mail store cannot be used now.\n"),
        "{page}"
    );
}
