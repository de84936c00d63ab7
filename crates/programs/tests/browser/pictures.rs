//! The pictures in the documentation: `LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test browser pictures` takes them anew.

use crate::browser::Browser;
use crate::common::repository;
use crate::liveapid::Liveapid;
use crate::shell::Shell;

/// Largest picture: pages with pictures are to open quickly too.
const MOST_BYTES: usize = 80_000;

/// Width and height of a PNG.
fn size(png: &[u8]) -> (u32, u32) {
    assert_eq!(&png[1..4], b"PNG");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

/// Takes a picture of so many pixels; and keeps it for the documentation, if that is wanted.
fn take(browser: &Browser, name: &str, width: u32, height: u32) {
    browser.size(width, height);
    let png = browser.screenshot();
    assert_eq!(size(&png), (width, height), "{name}");
    let path = repository().join("docs/screenshots").join(name).with_extension("png");
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &png).unwrap();
    }
    let kept = std::fs::read(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    assert!(kept.len() < MOST_BYTES, "{name}: {} bytes", kept.len());
    assert_eq!(size(&kept), (width, height), "{name}: take it anew with LIVEAPI_WRITE_DOCS=1");
}

#[test]
fn pictures_of_the_api_shell() {
    let daemon = Liveapid::start("bp-shell");
    for (name, quota) in [("anna", "250"), ("ben", "1000"), ("carla", "0")] {
        daemon.store.add_mailbox(name, "Some-Password-1");
        let (email, quota) = (format!("email={name}"), format!("quota={quota}"));
        daemon.store.api2("Email", "editquota", &["domain=example.com", &email, &quota]);
    }
    let shell = Shell::open(&daemon, "#api2/Email/passwdpop");
    let browser = &shell.browser;
    browser.prefer("light");
    shell.fill(&[("domain", "example.com"), ("email", "user"), ("password", "12345luggage")]);
    shell.submit("Done.");
    shell.tab("tab-php");
    browser.run("document.activeElement.blur(); scrollTo(0, 0)");
    take(browser, "api-shell", 800, 580);
    browser.find("[name=family][value=uapi]").click();
    browser.find("#search").fill("quota");
    browser.press(&[crate::browser::key::DOWN]);
    browser.prefer("dark");
    take(browser, "api-shell-search", 800, 500);
    browser.run("location.hash = '#uapi/Email/list_pops_with_disk'");
    browser.wait_for("#function", "list_pops_with_disk");
    shell.submit("Done.");
    shell.tab("tab-table");
    browser.run("document.querySelector('#answer').scrollIntoView()");
    take(browser, "api-shell-narrow", 320, 640);
}

#[test]
fn a_picture_of_the_form_to_log_in() {
    let daemon = Liveapid::start("bp-login");
    let browser = Browser::start(&daemon.store.dir, &daemon.authority());
    browser.prefer("light");
    browser.go(&format!("https://localhost:{}/", daemon.ports.cpanel));
    browser.find("#user").fill("bob");
    browser.find("#pass").fill("not-the-password");
    browser.find("button.main").click();
    browser.wait_for("[role=alert]", "user name or the password is wrong");
    take(&browser, "login", 480, 480);
}
