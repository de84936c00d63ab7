//! The committed headers are what the Rust source says, compile everywhere, and name every export.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{library, repository, scratch};

/// In the order in which a reader wants them.
const SOURCES: [&str; 7] =
    ["version.rs", "status.rs", "calls.rs", "client.rs", "batch.rs", "request.rs", "debug.rs"];

fn generate(change: impl Fn(&mut cbindgen::Config)) -> String {
    let root = repository();
    let mut config = cbindgen::Config::from_file(root.join("cbindgen.toml")).expect("cbindgen.toml");
    change(&mut config);
    let mut builder = cbindgen::Builder::new().with_config(config);
    for source in SOURCES {
        builder = builder.with_src(root.join("src").join(source));
    }
    let mut text = Vec::new();
    builder.generate().expect("cbindgen").write(&mut text);
    String::from_utf8(text).expect("UTF-8")
}

/// What C compilers read.
fn for_c() -> String {
    generate(|_| {})
}

/// What PHP's FFI parser reads: no guard, no C++ block; FFI_SCOPE and FFI_LIB count only as the very
/// first bytes of the file.
fn for_php() -> String {
    generate(|config| {
        config.include_guard = None;
        config.autogen_warning = None;
        config.cpp_compat = false;
        config.documentation = false;
        config.header = Some("#define FFI_SCOPE \"LIVEAPI\"\n#define FFI_LIB \"libliveapi.so.1\"".to_owned());
    })
}

#[test]
fn committed_headers_are_current() {
    for (name, text) in [("liveapi.h", for_c()), ("liveapi_ffi.h", for_php())] {
        let path = repository().join("include").join(name);
        if std::env::var_os("LIVEAPI_WRITE_HEADERS").is_some() {
            std::fs::write(&path, &text).unwrap();
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed == text,
            "{name} is stale; run LIVEAPI_WRITE_HEADERS=1 cargo test --test host header"
        );
    }
}

fn compile(dir: &Path, source: &Path, compiler: &[&str]) {
    let output = Command::new(compiler[0])
        .args(&compiler[1..])
        .args(["-Wall", "-Wextra", "-pedantic", "-Werror", "-c", "-o"])
        .arg(dir.join("out.o"))
        .arg("-I")
        .arg(repository().join("include"))
        .arg(source)
        .output()
        .expect("a compiler");
    assert!(output.status.success(), "{compiler:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_header_compiles_twice_included_as_c_and_cpp() {
    let dir = scratch("header");
    let source: PathBuf = dir.join("twice.c");
    std::fs::write(
        &source,
        "#include <liveapi.h>\n#include <liveapi.h>\nint main(void) { return LIVEAPI_OK; }\n",
    )
    .unwrap();
    for compiler in [
        &["cc", "-std=c99"][..],
        &["cc", "-std=c17"],
        &["c++", "-x", "c++", "-std=c++11"],
        &["c++", "-x", "c++", "-std=c++17"],
    ] {
        compile(&dir, &source, compiler);
    }
    std::fs::remove_dir_all(dir).unwrap();
}

#[test]
fn php_parses_its_header_and_sees_the_constants() {
    let script = "$ffi = FFI::cdef(file_get_contents($argv[1]), $argv[2]); \
        echo $ffi->liveapi_abi_version(), ' ', $ffi->LIVEAPI_API2, ' ', $ffi->LIVEAPI_BAD_UTF8;";
    let output = Command::new("php")
        .args(["-r", script, "--"])
        .arg(repository().join("include/liveapi_ffi.h"))
        .arg(library())
        .output()
        .expect("php");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "1 2 2",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The functions that the header declares, by the bracket behind their names.
fn declared() -> Vec<String> {
    let mut names: Vec<_> = for_php()
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with(' '))
        .filter_map(|line| line.split_once('('))
        .filter_map(|(before, _)| before.rsplit([' ', '*']).next().map(str::to_owned))
        .collect();
    names.sort();
    names
}

#[test]
fn exports_are_exactly_the_headers_functions() {
    let output = Command::new("nm").args(["-D", "--defined-only"]).arg(library()).output().expect("nm");
    let text = String::from_utf8(output.stdout).unwrap();
    let mut exported: Vec<_> =
        text.lines().filter_map(|line| line.split(' ').nth(2)).map(str::to_owned).collect();
    exported.sort();
    assert!(exported.len() >= 12, "{exported:?}");
    assert_eq!(exported, declared());
}

/// The functions that a paragraph of the conventions names.
fn named_under(convention: &str) -> Vec<String> {
    let header = for_c();
    let paragraph = header.split(&format!("\n * {convention} ")).nth(1).expect(convention);
    let lines = paragraph.lines().enumerate();
    let lines = lines.take_while(|(number, line)| *number == 0 || line.starts_with(" *           "));
    let text: String = lines.map(|(_, line)| format!("{line} ")).collect();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.filter(|word| word.starts_with("liveapi_")).map(str::to_owned).collect()
}

#[test]
fn what_signal_handlers_may_call_is_said_and_exists() {
    let (named, declared) = (named_under("Signals"), declared());
    assert!(named.iter().all(|name| declared.contains(name)), "{named:?}");
    // tests/c/limits.c calls them from one, in the midst of calls.
    let host = std::fs::read_to_string(repository().join("tests/c/limits.c")).unwrap();
    let handler = host.split("static void handler").nth(1).unwrap().split("\n}\n").next().unwrap();
    for name in ["liveapi_client_batch_stop", "liveapi_version", "liveapi_abi_version"] {
        assert!(named.iter().any(|known| known == name) && handler.contains(name), "{name}");
    }
    assert!(named.contains(&"liveapi_free".to_owned()) && !handler.contains("liveapi_free"));
}

#[test]
fn soname_and_nodelete_are_as_promised() {
    let output = Command::new("readelf").args(["-d"]).arg(library()).output().expect("readelf");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("[libliveapi.so.1]"), "{text}");
    assert!(text.contains("NODELETE"), "{text}");
    let needed: Vec<_> = text.lines().filter(|line| line.contains("(NEEDED)")).collect();
    let allowed = ["libc.so.6", "libgcc_s.so.1", "libm.so.6", "ld-linux"];
    assert!(needed.iter().all(|line| allowed.iter().any(|name| line.contains(name))), "{needed:?}");
}
