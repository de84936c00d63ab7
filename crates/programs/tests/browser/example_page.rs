//! The example page in a real browser, in PHP and in Perl: with mouse and with keyboard, light and dark, wide and narrow.

use crate::browser::{Browser, key};
use crate::common::dovecot::Dovecot;
use crate::common::repository;
use crate::example::{Example, LANGUAGES, page};
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD};
use serde_json::json;

/// The size of pictures in the documentation, in pixels.
const PICTURE: (u32, u32) = (600, 680);

/// A picture for docs/guides/pages.md, if it is to be made anew; that it can be made is seen each time. Both languages look
/// the same.
fn picture(browser: &Browser, language: &str, name: &str) {
    let png = browser.screenshot();
    assert!(png.starts_with(b"\x89PNG") && png.len() > 2000, "{name}: {} bytes", png.len());
    let path = repository().join("docs/screenshots").join(name);
    if language == LANGUAGES[0] && std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, png).unwrap();
    }
    assert!(
        path.exists(),
        "{name} is missing; run LIVEAPI_WRITE_DOCS=1 cargo test -p liveapi-programs --test browser"
    );
}

/// Goes to the page, is shown the form to log in, and is on the page.
fn open(example: &Example, browser: &Browser, language: &str) {
    let port = example.pages.daemon.ports.cpanel;
    browser.go(&format!("https://localhost:{port}/frontend/{}", page(language)));
    browser.find("#user").fill("bob");
    browser.find("#pass").fill(ACCOUNT_PASSWORD);
    browser.press(&[key::ENTER]);
    browser.wait_for("h1", "Change a mail password");
    assert!(
        browser.url().contains("/cpsess") && browser.url().ends_with(&page(language)),
        "{}",
        browser.url()
    );
}

fn submit(browser: &Browser, passwords: [&str; 2]) {
    for (field, text) in
        [("#address", "user@example.com"), ("#password", passwords[0]), ("#repeated", passwords[1])]
    {
        browser.find(field).fill(text);
    }
    browser.find("button").click();
}

#[test]
fn a_password_is_changed_with_the_mouse() {
    let example = Example::start("bp-mouse");
    let dovecot = Dovecot::start(&example.pages.daemon.store);
    let mut old = FIRST_PASSWORD.to_owned();
    for language in LANGUAGES {
        let browser = Browser::start(&example.pages.daemon.store.dir, &example.pages.daemon.authority());
        browser.size(PICTURE.0, PICTURE.1);
        open(&example, &browser, language);
        assert_eq!(browser.find_all("#mailboxes option").len(), 1);
        submit(&browser, ["abc", "abc"]);
        browser.wait_for("#password-error", "strength");
        assert_eq!(browser.find("#password").property("value"), "");
        assert_eq!(browser.find("#address").property("value"), "user@example.com");
        assert!(browser.title().starts_with("Not changed"), "{}", browser.title());
        picture(&browser, language, "change-password-refused.png");
        let new = format!("Grün <&> \"{language}\" 4711");
        submit(&browser, [&new, &new]);
        browser.wait_for("[role=status]", "The password of user@example.com was changed");
        browser.prefer("dark");
        picture(&browser, language, "change-password-changed.png");
        dovecot.assert_changed("user@example.com", &old, &new);
        // A narrow screen scrolls in one direction only.
        browser.size(320, 560);
        assert_eq!(browser.run("return document.documentElement.scrollWidth <= window.innerWidth"), true);
        let console: Vec<_> =
            browser.console().into_iter().filter(|line| !line.contains("status of 4")).collect();
        assert!(console.is_empty(), "{console:?}");
        for asked in browser.requests() {
            // The number of the port may hold the password's digits.
            let at_host = asked.url.strip_prefix("https://localhost:").unwrap_or_else(|| panic!("{asked:?}"));
            let path = at_host.trim_start_matches(|c: char| c.is_ascii_digit());
            assert!(!path.contains("4711"), "{asked:?}");
        }
        old = new;
    }
}

#[test]
fn a_password_is_changed_by_keyboard_and_without_scripts() {
    let example = Example::start("bp-keys");
    let mut old = FIRST_PASSWORD.to_owned();
    for language in LANGUAGES {
        let browser = Browser::start(&example.pages.daemon.store.dir, &example.pages.daemon.authority());
        browser.cdp("Emulation.setScriptExecutionDisabled", &json!({"value": true}));
        open(&example, &browser, language);
        let new = format!("By-Keyboard-{language}-1");
        for (name, role, text) in [
            ("Mailbox", "combobox", "user@example.com"),
            ("New password", "textbox", &new),
            ("The same again", "textbox", &new),
        ] {
            browser.press(&[key::TAB]);
            let field = browser.focused();
            assert_eq!((field.name(), field.role()), (name.to_owned(), role.to_owned()));
            browser.keys(text);
        }
        browser.press(&[key::TAB]);
        assert_eq!(browser.focused().name(), "Change the password");
        browser.press(&[key::ENTER]);
        browser.wait_for("[role=status]", "was changed");
        assert!(example.pages.daemon.opens(&new) && !example.pages.daemon.opens(&old), "{language}");
        old = new;
    }
}
