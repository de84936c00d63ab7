//! What a page sees where something is missing or wrong, under real php-fpm and nginx: one clear message
//! each, and the messages that docs/guides/php.md lists.

use std::path::PathBuf;
use std::process::Command;

use crate::common::server::Server;
use crate::common::site::{Site, documented};
use crate::common::web::{fpm, json, nginx, post};
use crate::common::{is_root, must, repository};
use serde_json::Value;

const FORM: [(&str, &str); 2] = [("email", "user"), ("password", "Refusals-Password-1")];

/// A site behind nginx; php-fpm is up to the test.
fn site(name: &str) -> (Server, Site) {
    let site = Site::new(name, &["user"]);
    (nginx(&site, &documented("nginx")), site)
}

/// Starts php-fpm and calls the page that tells what the class says.
fn call(site: &Site, ini: &str, pool: &str, library: &str) -> Value {
    let _fpm = fpm(site, ini, &(documented("conf") + pool), &site.path(library)).unwrap();
    json(site, "call.php", &FORM)
}

fn refusal(page: &Value) -> &str {
    assert_eq!(page["code"], 20, "{page}");
    page["refusal"].as_str().unwrap_or_else(|| panic!("not refused: {page}"))
}

/// That a text of a refusal is one that the documentation explains.
fn assert_documented(text: &str, words: &str) {
    assert!(text.contains(words), "{text}");
    let manual = std::fs::read_to_string(repository().join("docs/guides/php.md")).unwrap();
    assert!(manual.contains(words), "docs/guides/php.md does not explain: {words}");
}

/// The documented lines without those that begin so.
fn ini_without(start: &str) -> String {
    documented("ini")
        .lines()
        .filter(|line| !line.starts_with(start))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// A folder of the site with a library of another revision under the soname.
fn other_revision(site: &Site, options: &[&str]) -> PathBuf {
    let folder = site.path("other");
    std::fs::create_dir(&folder).unwrap();
    let library = folder.join("libliveapi.so.1");
    let source = repository().join("tests/php/other_revision.c");
    must(Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).args(options).arg(source));
    library
}

#[test]
fn where_ffi_is_not_allowed_the_message_has_the_lines_that_allow_it() {
    let (_nginx, site) = site("ini");
    let documented_lines = site.here(&documented("ini"));
    for ini in ["", "ffi.enable=0\n", &ini_without("opcache.preload")] {
        let page = call(&site, ini, "", "usr/local/lib");
        let text = refusal(&page);
        assert_documented(text, "PHP may not use FFI here. Set these lines");
        assert!(text.ends_with(&documented_lines), "{text}\ninstead of\n{documented_lines}");
        assert!(!text.contains("ffi.enable=true") && !text.contains("ffi.enable=1"), "{text}");
        let lines: Vec<_> =
            text.lines().filter(|line| line.contains(".preload") || line.contains("ffi.")).collect();
        let page = call(&site, &lines.join("\n"), "", "usr/local/lib");
        assert_eq!(page["verified"], 1, "with the lines of the message: {page}");
    }
}

#[test]
fn visitors_of_the_documented_page_do_not_see_what_the_host_lacks() {
    let (_nginx, site) = site("visi");
    let fpm = fpm(&site, "", &documented("conf"), &site.path("usr/local/lib")).unwrap();
    let (status, body) = post(&site, "page.php", &FORM).unwrap();
    assert_eq!((status, body.as_str()), (500, "Passwords cannot be changed at the moment."));
    drop(fpm);
    let logs =
        ["fpm.log", "nginx.log"].map(|log| std::fs::read_to_string(site.path(log)).unwrap_or_default());
    assert!(logs.concat().contains("ffi.enable=preload"), "{logs:?}");
}

#[test]
fn a_missing_library_is_named() {
    let (_nginx, site) = site("miss");
    let named = "env[LIVEAPI_LIBRARY] = /nonexistent/libliveapi.so\n";
    let page = call(&site, &documented("ini"), named, "usr/local/lib");
    assert_documented(refusal(&page), "The liveapi library cannot be loaded. Tried: ");
    assert!(refusal(&page).contains("Tried: /nonexistent/libliveapi.so (Failed loading"), "{page}");
    assert!(!refusal(&page).contains("libliveapi.so.1 ("), "a name stands alone: {page}");

    // A file that is no library, so that one which this system has is not found instead.
    std::fs::create_dir(site.path("empty")).unwrap();
    std::fs::write(
        site.path("empty/libliveapi.so.1"),
        "no library, but long enough for a header of one\n".repeat(9),
    )
    .unwrap();
    let page = call(&site, &ini_without("ffi.preload"), "", "empty");
    assert!(
        refusal(&page).contains("LIVEAPI of ffi.preload (nothing is preloaded); libliveapi.so.1 ("),
        "{page}"
    );
    let failed =
        fpm(&site, &documented("ini"), "", &site.path("empty")).err().expect("php-fpm does not start");
    assert_documented(&failed, "Failed pre-loading 'libliveapi.so.1'");
    let ini = documented("ini").replace("liveapi_ffi.h", "nosuch.h");
    let failed = fpm(&site, &ini, "", &site.path("usr/local/lib")).err().expect("php-fpm does not start");
    assert_documented(&failed, "', file doesn't exist");
}

#[test]
fn a_named_library_works_without_the_preloaded_one() {
    let (_nginx, site) = site("name");
    let pool = format!("env[LIVEAPI_LIBRARY] = {}\n", site.path("usr/local/lib/libliveapi.so").display());
    let page = call(&site, &ini_without("ffi.preload"), &pool, "usr/local/lib");
    assert_eq!(page["verified"], 1, "{page}");
}

#[test]
fn another_revision_is_refused() {
    let (_nginx, site) = site("revi");
    let library = other_revision(&site, &[]);
    let page = call(&site, &documented("ini"), "", "other");
    assert_documented(refusal(&page), "(ABI revision 2 instead of 1)");
    let pool = format!("env[LIVEAPI_LIBRARY] = {}\n", library.display());
    let page = call(&site, &documented("ini"), &pool, "usr/local/lib");
    assert_documented(refusal(&page), "(ABI revision 2 instead of 1)");
}

#[test]
fn a_reload_takes_up_another_library() {
    let (_nginx, site) = site("upgr");
    let server = fpm(&site, &documented("ini"), &documented("conf"), &site.path("usr/local/lib")).unwrap();
    assert_eq!(json(&site, "call.php", &FORM)["verified"], 1);
    // As an upgrade does it: renamed over, never written into.
    std::fs::rename(other_revision(&site, &[]), site.path("usr/local/lib/libliveapi.so.1")).unwrap();
    assert_eq!(json(&site, "call.php", &FORM)["verified"], 1, "what runs keeps what it has");
    server.signal(rustix::process::Signal::USR2);
    let start = std::time::Instant::now();
    while json(&site, "call.php", &FORM)["code"] != 20 {
        assert!(start.elapsed().as_secs() < 20, "still the old library");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn preloading_as_root_wants_its_user() {
    let (_nginx, site) = site("root");
    let started =
        fpm(&site, &ini_without("opcache.preload_user"), &documented("conf"), &site.path("usr/local/lib"));
    if is_root() {
        let said = started.err().expect("php-fpm does not start");
        // PHP's words until 8.3, and since.
        let [old, new] =
            ["\"opcache.preload_user\" has not been defined", "requires \"opcache.preload_user\""];
        assert_documented(&said, if said.contains(new) { new } else { old });
    } else {
        let _fpm = started.unwrap();
        assert_eq!(json(&site, "call.php", &FORM)["verified"], 1);
    }
}

#[test]
fn refusals_of_a_call_are_answers() {
    let (_nginx, site) = site("answ");
    let server = fpm(&site, &documented("ini"), &documented("conf"), &site.path("usr/local/lib")).unwrap();
    let page = json(&site, "call.php", &[FORM[0], ("password", "weak")]);
    assert_eq!(page["answer"]["data"][0]["result"], 0, "{page}");
    assert!(page["answer"]["error"].as_str().unwrap().contains("too weak"), "{page}");
    let page = json(&site, "call.php", &[FORM[0], FORM[1], ("options[user]", "nosuch")]);
    assert!(page["answer"]["error"].as_str().unwrap().contains("“nosuch”"), "{page}");
    assert_eq!(page["answer"]["event"]["result"], 0, "{page}");
    let page = json(&site, "call.php", &[FORM[0], FORM[1], ("options[usr]", "bob")]);
    assert!(refusal(&page).contains("did you mean “user”"), "{page}");
    drop(server);
    let pool = documented("conf").replace("= bob", "= nosuch");
    let _fpm = fpm(&site, &documented("ini"), &pool, &site.path("usr/local/lib")).unwrap();
    let page = json(&site, "call.php", &FORM);
    assert!(page["answer"]["error"].as_str().unwrap().contains("“nosuch”"), "the pool's account: {page}");
    assert!(site.verify("user", "Start-Password-1"), "nothing was changed");
}

#[test]
fn what_a_web_server_sends_is_no_setting() {
    let site = Site::new("send", &["user"]);
    let more = "fastcgi_param LIVEAPI_USER nosuch;\n    fastcgi_param LIVEAPI_LIBRARY /nonexistent;\n    fastcgi_pass";
    let _nginx = nginx(&site, &documented("nginx").replace("fastcgi_pass", more));
    let page = call(&site, &documented("ini"), "", "usr/local/lib");
    assert_eq!(page["verified"], 1, "{page}");
}

#[test]
fn open_basedir_does_not_hide_the_library() {
    let (_nginx, site) = site("base");
    let pages = site.path("www").display().to_string();
    let pool = format!("php_admin_value[open_basedir] = /usr/local/share/php:{pages}\n");
    let page = call(&site, &documented("ini"), &pool, "usr/local/lib");
    assert_eq!(page["verified"], 1, "{page}");
}
