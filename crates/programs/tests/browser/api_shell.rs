//! The API Shell in a real browser.

use crate::browser::key;
use crate::common::dovecot::Dovecot;
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid};
use crate::shell::Shell;

#[test]
fn a_password_is_changed_and_dovecot_knows() {
    let daemon = Liveapid::start("bs-change");
    let dovecot = Dovecot::start(&daemon.store);
    assert!(dovecot.imap("user@example.com", FIRST_PASSWORD));
    let shell = Shell::open(&daemon, "#api2/Email/passwdpop");
    shell.fill(&[("domain", "example.com"), ("email", "user"), ("password", "12345luggage")]);
    shell.submit("Done.");
    dovecot.assert_changed("user@example.com", FIRST_PASSWORD, "12345luggage");
    let facts = shell.browser.find("#facts").text();
    assert!(facts.starts_with("Email::passwdpop: HTTP status 200, ") && facts.ends_with(" ms"), "{facts}");
    let raw = r#"{"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}"#;
    shell.tab("tab-raw");
    assert_eq!(shell.browser.find("#raw").text(), raw);
    shell.tab("tab-table");
    assert_eq!(shell.browser.find("#table").text(), "reason result\n1");
    shell.tab("tab-tree");
    let tree = shell.browser.find("#tree").text();
    assert!(tree.contains("result: 1") && tree.contains("module: Email"), "{tree}");
    shell.quiet();
}

#[test]
fn a_weak_password_is_refused_with_its_reason() {
    let daemon = Liveapid::start("bs-weak");
    let shell = Shell::open(&daemon, "#uapi/Email/passwd_pop");
    shell.fill(&[("email", "user@example.com"), ("password", "weak")]);
    shell.submit("Refused: Sorry, the password you selected cannot be used because it is too weak");
    shell.fill(&[("email", "nobody@example.com"), ("password", "12345luggage")]);
    shell.submit("Refused: You do not have an email account named “nobody@example.com”.");
    assert!(daemon.opens(FIRST_PASSWORD));
    // A field that must be filled in is not sent without.
    shell.browser.find("#param-1").fill("");
    shell.browser.find("#submit").click();
    assert_eq!(shell.browser.run("return document.querySelector('#call').checkValidity()"), false);
    shell.quiet();
}

#[test]
fn everything_works_by_keyboard() {
    let daemon = Liveapid::start("bs-keys");
    let shell = Shell::open(&daemon, "");
    let browser = &shell.browser;
    shell.tab_to("Find a function", "combobox");
    browser.keys("password");
    browser.wait_for("[role=option]", "Email::passwdpop");
    assert_eq!(browser.find("#search").attribute("aria-expanded").as_deref(), Some("true"));
    browser.until("the function to be marked", || {
        browser.press(&[key::DOWN]);
        let active = browser.find("#search").attribute("aria-activedescendant").unwrap();
        browser.find(&format!("#{active}")).text().starts_with("Email::passwdpop").then_some(())
    });
    browser.press(&[key::ENTER]);
    for (name, text) in
        [("domain", "example.com"), ("email (required)", "user"), ("password (required)", "Key-Board-55")]
    {
        shell.tab_to(name, "textbox");
        browser.keys(text);
    }
    shell.tab_to("Show password", "button");
    browser.press(&[key::SPACE]);
    assert_eq!(browser.find("#param-2").property("type"), "text");
    browser.press(&[key::SPACE]);
    assert_eq!(browser.find("#param-2").property("type"), "password");
    shell.tab_to("Submit", "button");
    browser.press(&[key::ENTER]);
    browser.wait_for("#outcome", "Done.");
    assert!(daemon.opens("Key-Board-55"));
    shell.tab_to("Tree", "tab");
    browser.press(&[key::RIGHT]);
    assert_eq!((browser.focused().name(), browser.find("#table").is_seen()), ("Table".to_owned(), true));
    browser.press(&[key::END]);
    assert!(browser.find("#raw").is_seen() && !browser.find_all("#table")[0].is_seen());
    shell.tab_to("Address", "tab");
    browser.press(&[key::LEFT]);
    assert!(browser.find("#sh").text().starts_with("cpapi2 Email passwdpop domain=example.com"));
    shell.tab_to("Copy", "button");
    browser.press(&[key::ENTER]);
    browser.until("the copy to be told", || {
        let said = browser.find("#copied").text();
        (said.starts_with("Copied") || said.starts_with("Selected")).then_some(())
    });
    let line = browser.find("#sh pre").text();
    shell.tab_to("Find a function", "combobox");
    browser.press(&[key::CONTROL, "a"]);
    browser.press(&[key::CONTROL, "v"]);
    assert_eq!(browser.find("#search").property("value"), line);
    shell.tab_to("Log out", "button");
    browser.press(&[key::ENTER]);
    browser.wait_for("[role=status]", "You are logged out");
    assert_eq!(browser.run("return sessionStorage.length"), 0);
    shell.quiet();
}

#[test]
fn a_secret_is_nowhere_but_in_its_field_and_in_the_call() {
    let daemon = Liveapid::start("bs-secret");
    let shell = Shell::open(&daemon, "#api2/Email/passwdpop");
    let browser = &shell.browser;
    let secret = "Hush-Hush-77";
    shell.fill(&[("domain", "example.com"), ("email", "user"), ("password", secret)]);
    browser.find("#add").click();
    browser.keys("oldpass");
    browser.press(&[key::TAB]);
    browser.keys("Hush-Older-78");
    shell.submit("Done.");
    let everything = || {
        let kept = browser.run(
            "return JSON.stringify([location.href, document.title, document.body.textContent, {...localStorage}, {...sessionStorage}, document.cookie])",
        );
        kept.as_str().unwrap().to_owned()
    };
    let all = everything();
    assert!(!all.contains("Hush-"), "{all}");
    assert!(all.contains("example.com") && all.contains("********"), "{all}");
    for asked in browser.requests() {
        assert!(!asked.url.contains("Hush-"), "{asked:?}");
        assert!(asked.url.starts_with(&shell.place), "{asked:?}");
    }
    browser.find("#show").click();
    for name in ["url", "php", "perl", "c", "sh"] {
        shell.tab(&format!("tab-{name}"));
        let line = browser.find(&format!("#{name} pre")).text();
        assert!(line.contains(secret) && line.contains("Hush-Older-78"), "{line}");
    }
    browser.find("#show").click();
    browser.find("#history button").click();
    assert_eq!(browser.find("#param-1").property("value"), "user");
    assert_eq!(browser.find("#param-2").property("value"), "", "passwords are to be entered anew");
    assert!(!everything().contains("Hush-"));
    assert!(!daemon.log().contains("Hush-"));
    shell.quiet();
}

#[test]
fn a_session_that_ends_loses_nothing_but_secrets() {
    let daemon = Liveapid::start("bs-over");
    let shell = Shell::open(&daemon, "#api2/Email/passwdpop");
    let browser = &shell.browser;
    shell.fill(&[("domain", "example.com"), ("email", "user"), ("password", "After-All-61")]);
    let token = browser.url()[shell.place.len()..].split('/').nth(1).unwrap().to_owned();
    browser.run(&format!("return fetch('/{token}/logout').then(answer => answer.status)"));
    browser.find("#submit").click();
    browser.wait_for("#over", "Your session has ended.");
    browser.wait_for("#outcome", "Refused: Access denied");
    assert!(daemon.opens(FIRST_PASSWORD));
    assert_eq!(browser.focused().name(), "Log in again");
    browser.press(&[key::ENTER]);
    shell.log_in("bob", ACCOUNT_PASSWORD);
    assert!(browser.url().ends_with("/api_shell/#api2/Email/passwdpop"), "{}", browser.url());
    assert_eq!(browser.find("#param-1").property("value"), "user");
    assert_eq!(browser.find("#param-2").property("value"), "");
    shell.fill(&[("password", "After-All-61")]);
    shell.submit("Done.");
    assert!(daemon.opens("After-All-61"));
    let console = browser.console();
    assert!(console.iter().all(|line| line.contains("status of 401")), "{console:?}");
}

#[test]
fn what_an_answer_or_an_address_holds_is_shown_and_never_run() {
    let daemon = Liveapid::start("bs-xss");
    let evil = r#"<img src=x onerror="window.evil=1"><script>window.evil=1</script>"#;
    let shell = Shell::open(&daemon, "#api2/Email/accountname");
    let browser = &shell.browser;
    shell.fill(&[("account", evil)]);
    browser.find("#submit").click();
    browser.wait_for("#facts", "HTTP status");
    let shown = |shell: &Shell| -> String {
        let views = ["tree", "table", "raw"].map(|name| {
            shell.tab(&format!("tab-{name}"));
            shell.browser.find(&format!("#{name}")).text()
        });
        views.concat() + &shell.browser.find("#outcome").text()
    };
    assert!(shown(&shell).contains("onerror="), "{}", shown(&shell));
    browser.find("#add").click();
    browser.keys("<script>evil</script>");
    browser.find("#submit").click();
    browser.wait_for("#url", "%3Cscript%3Eevil%3C%2Fscript%3E");
    browser.find("#history li:nth-child(2)");
    // What is only text for the page and was never a function.
    for hash in [
        "#<img src=x onerror=window.evil=1>",
        "#api2/<script>window.evil=1<%2Fscript>/x",
        "#api2/Email/x%27;window.evil=1;%27",
        "#constructor/Email/passwdpop",
        "#javascript:window.evil=1//x",
        "#api2/Email/%E0%A4%A",
    ] {
        browser.run(&format!("location.hash = {hash:?}"));
        browser.wait_for("#outcome", "The address names no function.");
        browser.run("document.querySelector('#outcome').textContent = ''");
    }
    assert_eq!(
        browser.run("return window.evil === undefined && !document.querySelector('main img, main script')"),
        true
    );
    shell.quiet();
}

#[test]
fn functions_outside_of_the_catalogue_and_modifiers() {
    let daemon = Liveapid::start("bs-free");
    for name in ["a", "b", "c"] {
        daemon.store.add_mailbox(name, "Some-Password-1");
    }
    let shell = Shell::open(&daemon, "");
    let browser = &shell.browser;
    browser.find("#search").click();
    browser.keys("Nothing::like_it");
    browser.press(&[key::ENTER]);
    browser.wait_for("#summary", "not in the catalogue");
    browser.find("#submit").click();
    browser.wait_for("#outcome", "Refused: Could not find function 'like_it' in module 'Nothing'");
    browser.find("[name=family][value=uapi]").click();
    browser.find("#search").fill("list_pops");
    browser.press(&[key::ENTER]);
    browser.find("#modifiers summary").click();
    browser.find("#modifier-filter_column").fill("email");
    browser.find("#modifier-filter_term").fill("example.com");
    browser.find("#modifier-sort_column").fill("email");
    browser.run("document.querySelector('#modifier-sort_reverse').value = '1'");
    browser.find("#modifier-paginate_size").fill("2");
    browser.find("#modifier-paginate_start").fill("2");
    browser.find("#modifier-columns").fill("email");
    shell.submit("Done.");
    shell.tab("tab-table");
    assert_eq!(browser.find("#table").text(), "email\nc@example.com\nb@example.com");
    browser.find("[name=family][value=api1]").click();
    browser.find("#search").fill("addpop");
    browser.press(&[key::ENTER]);
    shell.fill(&[
        ("email", "one"),
        ("password", "One-Two-Three-4"),
        ("quota", "10"),
        ("domain", "example.com"),
    ]);
    shell.submit("Done.");
    assert!(daemon.store.uapi("Email", "list_pops", &[]).to_string().contains("one@example.com"));
    // A call of the history with its values and modifiers.
    browser
        .until("the call in the history", || {
            browser.find_all("#history button").into_iter().find(|one| one.text().contains("list_pops"))
        })
        .click();
    assert_eq!(browser.find("#modifier-paginate_size").property("value"), "2");
    shell.quiet();
}

#[test]
fn a_mailbox_changes_its_own_password_and_is_told_what_it_may_not() {
    let daemon = Liveapid::start_with("bs-mailbox", &["--strict-http-status", "yes"]);
    let shell = Shell::open_as(&daemon, "#uapi/Email/passwd_pop", "user@example.com", FIRST_PASSWORD);
    shell.browser.wait_for("header", "user@example.com");
    shell.fill(&[("email", "user@example.com"), ("password", "Mail-Box-Own-9")]);
    shell.submit("Done.");
    assert!(daemon.opens("Mail-Box-Own-9"));
    shell.fill(&[("email", "user"), ("password", "weak")]);
    shell.submit("Refused: Sorry, the password you selected cannot be used");
    shell.browser.wait_for("#facts", "HTTP status 422");
    shell.browser.run("location.hash = '#uapi/Email/list_pops'");
    shell.browser.wait_for("#function", "list_pops");
    shell.submit("Refused: Execution of Email::list_pops (api version:3) is not permitted inside of webmail");
    shell.browser.wait_for("#facts", "HTTP status 403");
}

/// Of very many rows a part is shown at once.
#[test]
fn long_answers_are_shown_in_parts() {
    let daemon = Liveapid::start("bs-long");
    for name in ["passwd", "shadow"] {
        let path = daemon.store.file(name);
        let text = std::fs::read_to_string(&path).unwrap();
        let line = text.lines().find(|line| line.starts_with("user:")).unwrap();
        let more: String = (0..250)
            .map(|number| {
                let line = line.replacen("user:", &format!("user{number}:"), 1);
                line.replace("/user:", &format!("/user{number}:")) + "\n"
            })
            .collect();
        std::fs::write(&path, text + &more).unwrap();
    }
    let shell = Shell::open(&daemon, "#uapi/Email/list_pops");
    let browser = &shell.browser;
    shell.submit("Done.");
    shell.tab("tab-table");
    let rows = || browser.find_all("#table tbody tr").len();
    assert_eq!(rows(), 201, "200 and the button");
    let button = browser.find("#table tbody button");
    let all: usize =
        button.text().trim_matches(|c: char| !c.is_ascii_digit()).parse::<usize>().unwrap() + 200;
    assert!(all > 250, "{all}");
    button.click();
    assert_eq!(rows(), all);
    shell.tab("tab-tree");
    let inside = || browser.find_all("#tree details:not([open]) > :not(summary)").len();
    assert_eq!(inside(), 0, "branches are made before anybody opens them");
    browser.find("#tree details:not([open]) > summary").click();
    browser.wait_for("#tree details[open] details[open] p", "@example.com");
    shell.quiet();
}

/// What servers of cPanel were recorded to answer, and what stands in front of them.
const RECORDED: [(&str, u16, &str, &str); 11] = [
    (
        "api2",
        200,
        r#"{"cpanelresult":{"apiversion":2,"postevent":{"result":1},"preevent":{"result":1},"func":"f","data":[{"result":1,"reason":""}],"event":{"result":1},"module":"M"}}"#,
        "Done.",
    ),
    (
        "api2",
        200,
        r#"{"cpanelresult":{"data":[{"reason":"OK","rawout":"\n\n","result":1}],"event":{"result":1}}}"#,
        "Done.",
    ),
    (
        "api2",
        200,
        r#"{"cpanelresult":{"data":[{"reason":"too weak","result":0}],"event":{"result":1}}}"#,
        "Refused: too weak",
    ),
    (
        "api2",
        200,
        r#"{"cpanelresult":{"data":[{"statusmsg":"No.","status":"0"}],"event":{"result":1}}}"#,
        "Refused: No.",
    ),
    (
        "api2",
        200,
        r#"{"data":{"reason":"User parameter is invalid","result":"0"},"type":"text","error":"User parameter is invalid"}"#,
        "Refused: User parameter is invalid",
    ),
    (
        "uapi",
        200,
        r#"{"status":1,"errors":null,"messages":["All is well."],"data":null}"#,
        "Done. All is well.",
    ),
    ("uapi", 200, r#"{"result":{"status":0,"errors":["One.","Two."],"data":null}}"#, "Refused: One. Two."),
    ("uapi", 200, "null", "Refused: no reason is given"),
    ("api1", 200, r#"{"apiversion":"1","data":{"result":"<b>text</b>"},"event":{"result":1}}"#, "Done."),
    (
        "api2",
        502,
        "<html><title>Bad Gateway</title></html>",
        "Not understood: the answer with the status 502",
    ),
    ("api2", 200, "", "Not understood: the answer with the status 200"),
];

#[test]
fn answers_in_all_recorded_shapes_are_understood() {
    let daemon = Liveapid::start("bs-shapes");
    let shell = Shell::open(&daemon, "");
    let browser = &shell.browser;
    for (number, (family, status, body, outcome)) in RECORDED.into_iter().enumerate() {
        browser.run(&format!(
            "window.fetch = async () => new Response({}, {{status: {status}}})",
            serde_json::json!(body)
        ));
        browser.run(&format!("location.hash = '#{family}/Shape/number_{number}'"));
        browser.wait_for("#function", &format!("Shape::number_{number}"));
        browser.find("#submit").click();
        browser.wait_for("#facts", &format!("Shape::number_{number}: HTTP status {status}, "));
        assert!(
            browser.find("#outcome").text().starts_with(outcome),
            "{body}: {}",
            browser.find("#outcome").text()
        );
        shell.tab("tab-raw");
        assert_eq!(browser.find_all("#raw")[0].text(), body);
    }
    shell.quiet();
}

#[test]
fn a_server_that_is_gone_is_told() {
    let daemon = Liveapid::start("bs-gone");
    let shell = Shell::open(&daemon, "#uapi/Email/list_pops");
    shell.submit("Done.");
    daemon.server.signal(rustix::process::Signal::KILL);
    shell.browser.find("#submit").click();
    shell.browser.wait_for("#outcome", "Not reached: ");
    shell.browser.wait_for("#outcome", "Whether anything was done is not known.");
}

#[test]
fn it_is_for_everybody() {
    let daemon = Liveapid::start("bs-all");
    let shell = Shell::open(&daemon, "#api2/Email/listpopswithdisk");
    let browser = &shell.browser;
    browser.find("#add").click();
    browser.find("#modifiers summary").click();
    shell.submit("Done.");
    let check = |place: &str| {
        for scheme in ["light", "dark"] {
            browser.prefer(scheme);
            assert_eq!(browser.poor_contrast(), Vec::<String>::new(), "{place}, {scheme}");
        }
        assert_eq!(browser.unnamed(), Vec::<String>::new(), "{place}");
        for width in [320, 480, 800, 1400] {
            browser.size(width, 700);
            let sizes = browser.run("return [document.documentElement.scrollWidth, innerWidth]");
            assert!(sizes[0].as_u64() <= sizes[1].as_u64(), "{place}: {width} pixels {sizes}");
        }
    };
    for name in ["tree", "table", "raw", "url", "php", "perl", "c", "sh"] {
        shell.tab(&format!("tab-{name}"));
        check(name);
    }
    browser.run("location.hash = '#uapi/Nothing/at_all'");
    browser.wait_for("#function", "Nothing::at_all");
    shell.submit("Refused: ");
    check("a refusal");
    browser.run("document.querySelector('#over').hidden = false");
    check("the end of a session");
    browser.find("#search").fill("mailbox");
    browser.press(&[key::DOWN]);
    check("the list of functions");
    browser.press(&[key::ESCAPE]);
    browser.go(&format!("{}/login?user=bob&pass=wrong", shell.place));
    browser.wait_for("[role=alert]", "user name or the password is wrong");
    check("the form to log in");
}
