//! The browser that other tests look through: it verifies certificates, and leaves nothing behind.

use std::time::{Duration, Instant};

use crate::browser::{Browser, key};
use crate::common::server::Server;
use crate::liveapid::Liveapid;

/// The processes that were started with that word in their environment.
fn processes_with(word: &str) -> Vec<String> {
    let all = std::fs::read_dir("/proc").unwrap().filter_map(|entry| Some(entry.ok()?.path()));
    let of_browser = all.filter(|path| {
        let environment = std::fs::read(path.join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(word)
    });
    of_browser.map(|path| path.display().to_string()).collect()
}

#[test]
fn it_verifies_certificates_and_leaves_nothing_behind() {
    let daemon = Liveapid::start("br-trust");
    let other = Liveapid::start("br-other");
    let folder = daemon.store.dir.join("browser");
    let home = format!("HOME={}", folder.display());
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    browser.go(&format!("https://localhost:{}/nothing", daemon.ports.whm));
    browser.wait_for("h1", "Log in");
    browser.go(&format!("https://localhost:{}/nothing", other.ports.whm));
    assert!(browser.text().contains("NET::ERR_CERT_AUTHORITY_INVALID"), "{}", browser.text());
    assert!(processes_with(&home).len() > 3, "the browser's processes are not recognised");
    drop(browser);
    gone(&home);
    assert!(!folder.exists());
}

#[test]
fn it_ends_with_a_test_that_is_killed() {
    let daemon = Liveapid::start("br-kill");
    let home = format!("HOME={}", daemon.store.dir.join("browser").display());
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    // What the kernel does to the driver when the test is gone.
    let driver = rustix::process::Pid::from_raw(browser.id().cast_signed()).unwrap();
    rustix::process::kill_process(driver, rustix::process::Signal::TERM).unwrap();
    gone(&home);
    std::mem::forget(browser);
}

/// Waits for the last process of that home to end.
fn gone(home: &str) {
    let start = Instant::now();
    while !processes_with(home).is_empty() {
        assert!(start.elapsed() < Duration::from_secs(10), "{:?}", processes_with(home));
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn it_sees_what_a_page_does() {
    let daemon = Liveapid::start("br-sees");
    let page = daemon.store.dir.join("page.html");
    std::fs::write(&page, PAGE).unwrap();
    let (port, _server) = serve(&daemon.store.dir);
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    browser.go(&format!("http://localhost:{port}/page.html"));
    let (console, asked) = (browser.console(), browser.requests());
    assert!(console.iter().any(|line| line.contains("Content Security Policy")), "{console:?}");
    assert!(console.iter().any(|line| line.contains("on purpose")), "{console:?}");
    assert!(asked.iter().any(|asked| asked.url.contains("other.invalid")), "{asked:?}");
    browser.find("input").click();
    browser.keys("ab c");
    browser.press(&[key::SHIFT, key::HOME]);
    browser.keys("x");
    assert_eq!(browser.focused().property("value"), "x");
    browser.press(&[key::TAB]);
    assert_eq!((browser.focused().name().as_str(), browser.focused().role().as_str()), ("Go on", "button"));
    browser.prefer("dark");
    assert_eq!(browser.run("return matchMedia('(prefers-color-scheme: dark)').matches"), true);
    browser.size(320, 500);
    assert_eq!(browser.run("return innerWidth"), 320);
    assert!(browser.screenshot().starts_with(b"\x89PNG\r\n"));
}

const PAGE: &str = r#"<!DOCTYPE html><html lang="en"><title>Page</title>
<meta http-equiv="Content-Security-Policy" content="img-src 'none'">
<label>Text <input></label> <button aria-label="Go on">→</button> <img src="x.png" alt="">
<script>console.error("on purpose"); fetch("http://other.invalid/").catch(() => 0)</script></html>"#;

/// A server of the files in a folder.
fn serve(folder: &std::path::Path) -> (u16, Server) {
    let port = crate::common::server::free_port();
    let mut command = crate::common::server::master("php");
    command.args(["-S", &format!("localhost:{port}"), "-t"]).arg(folder);
    let answers = || std::net::TcpStream::connect(("localhost", port)).is_ok();
    (port, Server::start_until(&mut command, answers, &folder.join("php.log")).unwrap())
}
