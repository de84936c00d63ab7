//! The daemon's pages as they go over the wire: who gets one, who is answered as ever, and what guards them.

use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid, Reply};

/// What Chromium sends when an address is typed.
const BROWSER: [&str; 6] = [
    "--header",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "--header",
    "Sec-Fetch-Site: none",
    "--header",
    "Sec-Fetch-Mode: navigate",
];

impl Liveapid {
    fn browse(&self, port: u16, path: &str, options: &[&str]) -> Reply {
        self.curl(port, path, &[&BROWSER, options].concat())
    }

    /// Logs a browser in; its security token and cookie.
    fn log_in(&self, port: u16, user: &str, password: &str) -> (String, String) {
        let form = format!("user={user}&pass={password}");
        let reply = self.browse(port, "/login", &["--data", &form]);
        assert_eq!(reply.status, 301, "{reply:?}");
        let token = reply.field("location").unwrap()[..17].to_owned();
        (token, reply.field("set-cookie").unwrap().split(';').next().unwrap().to_owned())
    }
}

#[test]
fn browsers_get_a_form_and_programs_what_they_always_got() {
    let daemon = Liveapid::start("pg-who");
    let port = daemon.ports.cpanel;
    for (path, status, goto) in [
        ("/", 200, ""),
        ("/login", 200, ""),
        ("/login/?goto_uri=/api_shell/", 200, "api_shell/"),
        ("/login?goto_uri=//evil.example/%22%3E", 200, ""),
        ("/api_shell/", 401, "api_shell"),
        ("/some/page.live.php?password=s3cret", 401, "some/page.live.php"),
        ("/cpsess0123456789/", 401, ""),
        ("/cpsess0123456789/cpsess0123456789/deep/page", 401, "deep/page"),
    ] {
        let page = daemon.browse(port, path, &[]);
        assert_eq!(page.status, status, "{path}: {page:?}");
        assert!(page.body.contains("<form id=\"login\" method=\"post\" action=\"/login\">"), "{path}");
        let hidden = format!("name=\"goto_uri\" value=\"{goto}\"");
        assert!(page.body.contains(&hidden) && !page.body.contains("s3cret"), "{path}: {}", page.body);
        assert_eq!(page.field("www-authenticate"), None, "{path}: the browser would ask by itself");
        let program = daemon.curl(port, path, &[]);
        assert!(program.json()["errors"][0].is_string(), "{path}: {program:?}");
        assert!(matches!(program.status, 401 | 404), "{path}: {program:?}");
    }
    // Addresses of functions are for programs, whatever they accept.
    for path in ["/json-api/cpanel", "/execute/Email/list_pops", "/xml-api/cpanel"] {
        let page = daemon.browse(port, path, &[]);
        assert!(page.json()["errors"][0].is_string(), "{path}: {page:?}");
    }
    let asks = |mode: &str| {
        let site = ["--header", "Sec-Fetch-Site: same-origin", "--header", mode];
        daemon.curl(port, "/execute/Email/list_pops", &site).field("www-authenticate").map(str::to_owned)
    };
    assert_eq!(asks("Sec-Fetch-Mode: cors"), None, "a window of the browser's over the page");
    assert!(asks("Sec-Fetch-Mode: navigate").is_some());
    assert!(daemon.curl(port, "/execute/Email/list_pops", &[]).field("www-authenticate").is_some());
}

#[test]
fn a_login_that_fails_says_why_in_the_form() {
    let daemon = Liveapid::start("pg-fail");
    let port = daemon.ports.cpanel;
    let mut last = String::new();
    for attempt in 0..6 {
        let form = "user=bob%22%3E%3Cb%3E&pass=s3cret-wrong&goto_uri=api_shell/";
        let page = daemon.browse(port, "/login/", &["--data", form]);
        assert_eq!(page.status, if attempt < 5 { 401 } else { 429 }, "{page:?}");
        assert!(page.body.contains("role=\"alert\"") && !page.body.contains("s3cret"), "{}", page.body);
        assert!(page.body.contains("value=\"bob&quot;&gt;&lt;b&gt;\""), "{}", page.body);
        assert!(page.body.contains("value=\"api_shell/\""), "{}", page.body);
        assert_eq!(page.field("retry-after").is_some(), attempt == 5);
        assert!(page.field("www-authenticate").is_none() && page.field("set-cookie").is_none());
        last = page.body;
    }
    assert!(last.contains("lock-out"), "{last}");
    let program = daemon.curl(port, "/login/", &["--data", "user=eve&pass=s3cret-wrong"]);
    assert_eq!((program.status, program.json()["message"].as_str()), (401, Some("invalid_login")));
    assert!(!daemon.log().contains("s3cret"));
}

#[test]
fn the_page_behind_the_login_needs_cookie_and_token() {
    let daemon = Liveapid::start("pg-home");
    let mailbox = "user@example.com";
    for (port, user, password, says) in [
        (daemon.ports.webmail, mailbox, FIRST_PASSWORD, "for a mailbox"),
        (daemon.ports.whm, "bob", ACCOUNT_PASSWORD, "administer servers"),
        (daemon.ports.cpanel, "bob", ACCOUNT_PASSWORD, "<h1>API Shell</h1>"),
        (daemon.ports.cpanel, mailbox, FIRST_PASSWORD, "<h1>API Shell</h1>"),
    ] {
        let (token, cookie) = daemon.log_in(port, user, password);
        let cookie = ["--cookie", cookie.as_str()];
        for path in ["/", "/api_shell/"] {
            let page = daemon.browse(port, &format!("{token}{path}"), &cookie);
            assert_eq!(page.status, 200, "{page:?}");
            assert!(page.body.contains(says) && page.body.contains(user), "{}", page.body);
        }
        let logout = format!("{token}/logout");
        for (path, cookie) in [(format!("{token}/"), &[][..]), ("/api_shell/".to_owned(), &cookie)] {
            assert!(daemon.browse(port, &path, cookie).body.contains("<h1>Log in</h1>"), "{path}");
        }
        assert_eq!(daemon.browse(port, &format!("{token}/nothing"), &cookie).status, 404);
        assert_eq!(daemon.curl(port, &format!("{token}/"), &cookie).status, 404, "a program");
        let out = daemon.browse(port, &logout, &[&cookie[..], &["--data", ""]].concat());
        assert!(out.body.contains("You are logged out") && out.status == 200, "{out:?}");
        assert!(out.field("set-cookie").unwrap().contains("Max-Age=0"), "{out:?}");
        assert!(daemon.browse(port, &format!("{token}/"), &cookie).body.contains("has ended"));
    }
}

#[test]
fn pages_say_what_browsers_may_do_with_them() {
    let daemon = Liveapid::start("pg-policy");
    let port = daemon.ports.cpanel;
    let (token, cookie) = daemon.log_in(port, "bob", ACCOUNT_PASSWORD);
    let home = format!("{token}/");
    for (path, referrer) in [("/", "same-origin"), (home.as_str(), "no-referrer")] {
        let page = daemon.browse(port, path, &["--cookie", &cookie]);
        let policy = page.field("content-security-policy").unwrap();
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.field("referrer-policy"), Some(referrer));
        assert_eq!(page.field("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.field("cache-control"), Some("no-store"));
        for forbidden in ["<style", " style=", "<script>", " onclick", "http://", "https://"] {
            assert!(!page.body.contains(forbidden), "{path}: {forbidden}");
        }
        let files = page.body.split("=\"/api_shell/").skip(1).map(|rest| rest.split('"').next().unwrap());
        let mut seen = 0;
        for file in files {
            let file = daemon.curl(port, &format!("/api_shell/{file}"), &[]);
            assert_eq!((file.status, file.field("x-content-type-options")), (200, Some("nosniff")));
            assert!(file.field("cache-control").unwrap().contains("immutable"), "{file:?}");
            seen += 1;
        }
        assert!(seen >= 2, "{}", page.body);
    }
    let old = daemon.curl(port, "/api_shell/000000000000/style.css", &[]);
    assert_eq!((old.status, old.field("cache-control")), (404, Some("no-store")));
}

/// What a page of another site can make a browser send.
#[test]
fn pages_of_other_sites_neither_act_nor_log_anybody_in() {
    let daemon = Liveapid::start("pg-csrf");
    let port = daemon.ports.cpanel;
    let (token, cookie) = daemon.log_in(port, "bob", ACCOUNT_PASSWORD);
    let change = "email=user@example.com&password=Foreign-Pass-1";
    let path = format!("{token}/execute/Email/passwd_pop");
    let bob = format!("bob:{ACCOUNT_PASSWORD}");
    for site in ["Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site"] {
        for credentials in [["--cookie", &cookie], ["--user", &bob]] {
            let options = [&["--header", site, "--data", change], &credentials[..]].concat();
            let refused = daemon.curl(port, &path, &options);
            assert_eq!(refused.status, 403, "{refused:?}");
            assert!(refused.json()["errors"][0].as_str().unwrap().contains("another site"), "{refused:?}");
        }
    }
    // Only who has the token can put it into a request.
    let header = format!("Authorization: cpanel bob:{}", daemon.token("cpanel:bob"));
    let options = ["--header", "Sec-Fetch-Site: cross-site", "--header", &header];
    assert_eq!(daemon.curl(port, "/execute/Email/list_pops", &options).status, 200);
    assert!(daemon.opens(FIRST_PASSWORD));
    let form = format!("user=bob&pass={ACCOUNT_PASSWORD}");
    let plain = format!("http://localhost:{port}");
    let here = format!("https://localhost:{port}");
    for (fields, logs_in) in [
        (vec!["Sec-Fetch-Site: cross-site"], false),
        (vec!["Sec-Fetch-Site: same-site", "Origin: https://localhost:1"], false),
        (vec!["Origin: https://evil.example"], false),
        (vec!["Origin: null"], false),
        (vec!["Sec-Fetch-Site: same-origin", "Origin: https://proxy.example"], true),
        (vec![&*format!("Origin: {here}")], true),
        (vec![&*format!("Origin: {plain}")], true),
        (vec![], true),
    ] {
        let headers = fields.iter().flat_map(|field| ["--header", field]);
        let accept = ["--header", "Accept: text/html", "--data", &form];
        let options: Vec<&str> = headers.chain(accept).collect();
        let reply = daemon.curl(port, "/login", &options);
        assert_eq!(reply.status, if logs_in { 301 } else { 403 }, "{fields:?} {reply:?}");
        assert_eq!(reply.field("set-cookie").is_some(), logs_in, "{fields:?}");
        assert_eq!(reply.body.contains("A page of another site sent you here"), !logs_in, "{fields:?}");
        assert_eq!(reply.body.contains("value=\"bob\""), !logs_in, "{fields:?}");
    }
}

/// The API Shell, with all its files and the catalogue, as it crosses the network.
#[test]
fn the_api_shell_is_small_and_knows_every_function() {
    let daemon = Liveapid::start("pg-size");
    let port = daemon.ports.cpanel;
    let (token, cookie) = daemon.log_in(port, "bob", ACCOUNT_PASSWORD);
    let page = daemon.browse(port, &format!("{token}/"), &["--cookie", &cookie]);
    let mut total = page.head.len() + page.body.len();
    let folder = page.body.split("href=\"").nth(1).unwrap().rsplit_once('/').unwrap().0.to_owned();
    let mut wanted: Vec<String> = named_files(&page.body, &format!("{folder}/"));
    let mut seen = Vec::new();
    while let Some(name) = wanted.pop() {
        if seen.contains(&name) {
            continue;
        }
        let path = format!("{folder}/{name}");
        let file = daemon.curl(port, &path, &["--compressed"]);
        let plain = daemon.curl(port, &path, &[]);
        assert_eq!(
            (file.status, plain.status, file.field("content-encoding")),
            (200, 200, Some("gzip")),
            "{name}"
        );
        assert_eq!((file.body == plain.body, plain.field("content-encoding")), (true, None), "{name}");
        total += file.head.len() + file.field("content-length").unwrap().parse::<usize>().unwrap();
        wanted.extend(named_files(&file.body, "\"./"));
        seen.push(name);
    }
    assert!(seen.len() > 10, "{seen:?}");
    assert!(total < 60 * 1024, "{total} bytes: {seen:?}");
    let catalogue = daemon.curl(port, &format!("{folder}/catalogue.json"), &[]).json();
    let params = catalogue["params"].as_array().unwrap();
    let mut known = std::collections::HashMap::new();
    for function in catalogue["functions"].as_array().unwrap() {
        let text = |at: usize| function[at].as_str().unwrap().to_owned();
        known.insert((text(0), text(1), text(2)), function.clone());
    }
    let mut checked = 0;
    for function in liveapi_core::engine::local::functions() {
        let family = format!("{:?}", function.family).to_lowercase();
        let name = (family.clone(), function.module.to_owned(), function.func.to_owned());
        if family == "whm" {
            assert!(!known.contains_key(&name));
            continue;
        }
        let entry = &known[&name];
        assert_eq!(entry[3], function.summary);
        let shown: Vec<_> =
            entry[5].as_array().unwrap().iter().map(|at| &params[at.as_u64().unwrap() as usize]).collect();
        assert_eq!(shown.len(), function.params.len(), "{name:?}");
        for (shown, param) in shown.iter().zip(function.params) {
            let kind = format!("{:?}", param.kind).to_lowercase();
            assert_eq!(
                **shown,
                serde_json::json!([param.name, kind, i32::from(param.required), param.meaning])
            );
        }
        checked += 1;
    }
    assert!(
        checked > 100 && known.contains_key(&("uapi".into(), "Tokens".into(), "list".into())),
        "{checked}"
    );
}

/// The names of files that stand behind that text.
fn named_files(text: &str, before: &str) -> Vec<String> {
    text.split(before).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}
