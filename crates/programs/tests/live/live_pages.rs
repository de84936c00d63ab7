//! Live pages of the daemon: what they are, what they find around them, and who gets them.

use std::os::unix::fs::symlink;

use crate::common::{is_root, repository};
use crate::liveapid::{ACCOUNT_PASSWORD, FIRST_PASSWORD, Liveapid, Reply};
use crate::pages::{EVE_PASSWORD, PHP_CLIENT, Pages};

/// The rows of the table of variables in the documentation.
fn documented() -> Vec<String> {
    let text = std::fs::read_to_string(repository().join("docs/guides/pages.md")).unwrap();
    let (_, table) = text.split_once("| variable | value |").expect("the table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

#[test]
fn the_environment_is_the_documented_one_and_nothing_else() {
    let pages = Pages::start("lp-env", &["--page-environment=PERL5LIB=/a:/b, OWN_NAME=x"]);
    pages.put_shell("theme/env.cgi", "env");
    let options = [
        "--header=Proxy: http://evil.example",
        "--header=X-Cpanel-Otp: 123456",
        "--header=X_Two: a",
        "--header=Content-Type: text/x-test",
        "--cookie=cpsession=bob%3As3cret; mine=1; whostmgrsession=y",
        "--data-binary=abc",
    ];
    let reply = pages.get("theme/env.cgi/in%20fo/?q=%2e+1", &options);
    let variables: Vec<(&str, &str)> = reply.body.lines().filter_map(|line| line.split_once('=')).collect();
    let value = |wanted: &str| variables.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let folder = pages.folder.display();
    let port = pages.daemon.ports.cpanel.to_string();
    for (name, expected) in [
        ("GATEWAY_INTERFACE", "CGI/1.1"),
        ("REQUEST_METHOD", "POST"),
        ("REQUEST_URI", "/frontend/theme/env.cgi/in%20fo/?q=%2e+1"),
        ("QUERY_STRING", "q=%2e+1"),
        ("SCRIPT_NAME", "/frontend/theme/env.cgi"),
        ("SCRIPT_FILENAME", &format!("{folder}/theme/env.cgi")),
        ("DOCUMENT_ROOT", &folder.to_string()),
        ("PATH_INFO", "/in fo/"),
        ("PATH_TRANSLATED", &format!("{folder}/in fo/")),
        ("CONTENT_LENGTH", "3"),
        ("CONTENT_TYPE", "text/x-test"),
        ("REMOTE_USER", "bob"),
        ("REMOTE_ADDR", "127.0.0.1"),
        ("SERVER_NAME", "localhost"),
        ("SERVER_PORT", &port),
        ("SERVER_PROTOCOL", "HTTP/1.1"),
        ("SERVER_SOFTWARE", "liveapid"),
        ("HTTPS", "on"),
        ("REDIRECT_STATUS", "200"),
        ("cp_security_token", ""),
        ("USER", "bob"),
        ("HOME", &pages.daemon.store.root.join("bob").display().to_string()),
        ("LANG", "C.UTF-8"),
        ("PATH", "/usr/local/bin:/usr/bin:/bin"),
        ("HTTP_COOKIE", "mine=1"),
        ("PERL5LIB", "/a:/b"),
        ("OWN_NAME", "x"),
    ] {
        assert_eq!(value(name), Some(expected), "{name}: {}", reply.body);
    }
    let socket = value("CPANEL_PHPCONNECT_SOCKET").unwrap();
    assert_eq!(value("CPANEL_CONNECT_SOCKET"), Some(socket));
    assert_eq!(value("LIVEAPI_URL"), Some(format!("unix://{socket}").as_str()));
    // The shell's own, and the test's.
    let others = ["PWD", "OLDPWD", "SHLVL", "_", "PERL5LIB", "OWN_NAME"];
    let mut found: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
    found.retain(|name| !others.contains(name) && !name.starts_with("HTTP_"));
    let mut documented = documented();
    documented.retain(|name| *name != "HTTP_…" && *name != "TZ");
    found.sort_unstable();
    documented.sort_unstable();
    assert_eq!(found, documented);
    let mut fields: Vec<&str> =
        variables.iter().map(|(name, _)| *name).filter(|name| name.starts_with("HTTP_")).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["HTTP_ACCEPT", "HTTP_COOKIE", "HTTP_HOST", "HTTP_USER_AGENT"]);
}

#[test]
fn pages_of_all_kinds_are_run_and_files_are_served() {
    let pages = Pages::start("lp-kinds", &[]);
    let php = "echo user(), ' ', PHP_SAPI, ' ', $_SERVER['PATH_INFO'] ?? '-', ' ', $_SERVER['SCRIPT_NAME'], ' ', json_encode($_GET), ' ', json_encode($argv ?? null), ' ', basename(getcwd());";
    pages.put("theme/a.live.php", format!("{PHP_CLIENT}{php}"));
    pages.put("theme/a.livephp", "<?= 1 + 1 ?>");
    let perl = "print qq(Content-type: text/plain\\n\\n), join('|', $0, scalar(@ARGV), $ENV{QUERY_STRING});";
    pages.put("theme/a.live.pl", perl);
    pages.put("theme/a.livepl", perl);
    pages.put_shell("theme/a.cgi", "echo program $#");
    pages.put("theme/a.html", "<p><cpanel print=\"$user\"> <cpanel print=\"$FORM{'x'}\"></p>");
    pages.put("theme/wrong.html", "<cpanelif 1>");
    pages.put("theme/a.css", "p {}");
    pages.put("theme/a.svg", "<svg/>");
    pages.put("theme/a.sh", "echo");
    pages.put("theme/with/index.live.php", "<?= 'index' ?>");
    let body = |path: &str| pages.get(path, &[]).body;
    let name = "/frontend/theme/a.live.php";
    assert_eq!(
        body("theme/a.live.php/in/fo?a=b"),
        format!("bob cgi-fcgi /in/fo {name} {{\"a\":\"b\"}} null theme")
    );
    assert!(body("theme/a.livephp").starts_with('2'));
    let perl = |name: &str| format!("{}|0|-v", pages.folder.join(name).display());
    assert_eq!(body("theme/a.live.pl?-v"), perl("theme/a.live.pl"));
    assert_eq!(body("theme/a.livepl?-v"), perl("theme/a.livepl"));
    assert_eq!(body("theme/a.cgi?a+b+c"), "program 0\n");
    assert_eq!(body("theme/a.html?x=%3Cb%3E"), "<p>bob &lt;b&gt;</p>");
    let wrong = pages.get("theme/wrong.html", &[]);
    assert_eq!(wrong.status, 500);
    assert!(pages.logged("wrong.html").contains("never closed"));
    for (name, kind) in [("theme/a.css", "text/css; charset=utf-8"), ("theme/a.svg", "image/svg+xml")] {
        let file = pages.get(name, &[]);
        assert_eq!((file.status, file.field("content-type")), (200, Some(kind)), "{name}");
        assert_eq!(file.field("x-content-type-options"), Some("nosniff"));
        assert_eq!(file.field("cache-control"), Some("no-store"));
    }
    assert_eq!(pages.get("theme/a.sh", &[]).status, 404);
    let index = pages.get("theme/with/", &[]);
    assert!(index.body.starts_with("index"), "{index:?}");
    let folder = pages.get("theme/with?a=b", &[]);
    assert_eq!((folder.status, folder.field("location")), (301, Some("/frontend/theme/with/?a=b")));
    assert_eq!(pages.get("theme/", &[]).status, 404);
}

/// A query without `=` is what web servers put on the command line of CGI programs, and `-s` is php-cgi's option to
/// show a page's source.
#[test]
fn no_visitor_reaches_the_options_of_an_interpreter() {
    let pages = Pages::start("lp-inject", &[]);
    pages.put(
        "theme/a.live.php",
        "<?php /* the secret source */ echo 'ran ', ini_get('memory_limit'), count($argv ?? []);",
    );
    pages.put("theme/other.live.php", "<?php echo 'other';");
    let usual = pages.get("theme/a.live.php", &[]).body;
    assert!(usual.starts_with("ran "), "{usual}");
    for query in [
        "-s",
        "-d+memory_limit%3d1M",
        "--version",
        "-n",
        "%2ds",
        "-T+5",
        "-f+/etc/passwd",
        "-dauto_prepend_file%3d/etc/passwd",
        "-c+/tmp",
        "+-s",
        "%ad-s",
    ] {
        let reply = pages.get(&format!("theme/a.live.php?{query}"), &[]);
        assert_eq!((reply.status, reply.body.as_str()), (200, usual.as_str()), "{query}");
    }
    let other = pages.folder.join("theme/other.live.php");
    let headers = ["Script-Filename", "Path-Translated", "Redirect-Url", "Orig-Script-Filename"];
    let headers = headers.map(|name| format!("--header={name}: {}", other.display()));
    let reply = pages.get("theme/a.live.php", &headers.each_ref().map(String::as_str));
    assert_eq!(reply.body, usual);
}

#[test]
fn nothing_outside_of_the_folder_and_nothing_hidden_is_reached() {
    let pages = Pages::start("lp-outside", &[]);
    pages.put("theme/a.txt", "in");
    pages.put("theme/.secret.txt", "hidden");
    pages.put("theme/.git/a.txt", "hidden");
    std::fs::write(pages.folder.parent().unwrap().join("beside.txt"), "outside").unwrap();
    assert_eq!(pages.get("theme/a.txt", &[]).body, "in");
    for path in [
        "theme/../../beside.txt",
        "..%2fbeside.txt",
        "%2e%2e/beside.txt",
        "theme/%2e%2e/%2e%2e/beside.txt",
        "theme%2fa.txt",
        "theme/a.txt%00",
        "theme/a.txt%00.html",
        "theme/.secret.txt",
        "theme/%2esecret.txt",
        "theme/.git/a.txt",
        "theme/..%5c..%5cbeside.txt",
        "theme/%c0%ae%c0%ae/beside.txt",
        "theme/a.txt/b",
        &format!("theme/{}", "x".repeat(300)),
        "",
    ] {
        let reply = pages.get(path, &["--path-as-is"]);
        assert_eq!(reply.status, 404, "{path}: {reply:?}");
        assert!(!reply.body.contains("outside") && !reply.body.contains("hidden"), "{path}");
    }
}

#[test]
fn what_others_could_change_is_not_run_and_the_log_says_how_to_repair_it() {
    let pages = Pages::start("lp-trust", &[]);
    pages.put_shell("theme/a.cgi", "echo ran");
    pages.put("theme/a.txt", "text");
    assert_eq!(pages.get("theme/a.cgi", &[]).body, "ran\n");
    for (name, mode, good) in [
        ("theme/a.cgi", 0o775, 0o755),
        ("theme/a.cgi", 0o757, 0o755),
        ("theme", 0o777, 0o755),
        ("theme/a.txt", 0o666, 0o644),
        ("", 0o775, 0o755),
    ] {
        pages.chmod(name, mode);
        let page = if name.ends_with(".txt") { "theme/a.txt" } else { "theme/a.cgi" };
        let reply = pages.get(page, &[]);
        assert_eq!(reply.status, 403, "{name} {mode:o}: {reply:?}");
        let shown = pages.folder.join(name).display().to_string();
        let repair = format!("chmod go-w {}", shown.trim_end_matches('/'));
        assert!(!reply.body.contains(&shown) && pages.logged(&repair).contains("is not served"), "{reply:?}");
        pages.chmod(name, good);
        assert_eq!(pages.get(page, &[]).status, 200, "{name}");
    }
    // Links are as good as what they lead over.
    let beside = pages.folder.parent().unwrap().join("beside");
    std::fs::create_dir(&beside).unwrap();
    std::fs::copy(pages.folder.join("theme/a.cgi"), beside.join("b.cgi")).unwrap();
    symlink(&beside, pages.folder.join("theme/over")).unwrap();
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    mode(0o755);
    assert_eq!(pages.get("theme/over/b.cgi", &[]).body, "ran\n");
    mode(0o775);
    assert_eq!(pages.get("theme/over/b.cgi", &[]).status, 403);
    if is_root() {
        mode(0o755);
        std::os::unix::fs::chown(beside.join("b.cgi"), Some(1), None).unwrap();
        assert_eq!(pages.get("theme/over/b.cgi", &[]).status, 403);
        pages.logged("chown -h root");
        // php-cgi's own words for it say nothing.
        pages.put("theme/a.live.php", "<?php");
        pages.chmod("theme/a.live.php", 0o600);
        assert_eq!(pages.get("theme/a.live.php", &[]).status, 500);
        pages.logged("chmod go+r");
    }
}

fn session(daemon: &Liveapid) -> (String, String) {
    let port = daemon.ports.cpanel;
    let form = format!("user=bob&pass={ACCOUNT_PASSWORD}&login_only=1");
    let reply = daemon.curl(port, "/login", &["--data", &form]);
    let cookie = reply.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    (reply.json()["security_token"].as_str().unwrap().to_owned(), cookie)
}

#[test]
fn pages_are_for_accounts_that_logged_in() {
    let pages = Pages::start("lp-who", &[]);
    let daemon = &pages.daemon;
    pages.put_shell("theme/who.cgi", "echo \"$REMOTE_USER $cp_security_token $HTTP_COOKIE\"");
    let php = "header('Set-Cookie: cpsession=evil'); header('Set-Cookie: mine=1', false); header('Location: /frontend/theme/who.cgi');";
    pages.put("theme/go.live.php", format!("<?php {php}"));
    let path = "/frontend/theme/who.cgi";
    let get = |port, path: &str, options: &[&str]| daemon.curl(port, path, options);
    let cpanel = daemon.ports.cpanel;
    assert_eq!(get(cpanel, path, &[]).status, 401);
    assert_eq!(get(cpanel, path, &["--user", "bob:wrong"]).status, 401);
    let mailbox = format!("user@example.com:{FIRST_PASSWORD}");
    let refused = get(cpanel, path, &["--user", &mailbox]);
    assert_eq!(refused.status, 403);
    assert!(refused.body.contains("pages are for accounts"), "{refused:?}");
    // The other services have no pages.
    assert_eq!(get(daemon.ports.webmail, path, &["--user", &mailbox]).status, 404);
    assert_eq!(get(daemon.ports.whm, path, &["--user", &format!("bob:{ACCOUNT_PASSWORD}")]).status, 404);
    // A browser gets the form to log in, which leads to the page; another site's page gets nothing.
    let form = get(cpanel, path, &["--header", "Accept: text/html"]);
    assert_eq!(form.status, 401);
    assert!(form.body.contains("<form") && form.body.contains("frontend/theme/who.cgi"), "{form:?}");
    let bob = format!("bob:{ACCOUNT_PASSWORD}");
    let foreign = get(cpanel, path, &["--user", &bob, "--header", "Sec-Fetch-Site: cross-site"]);
    assert!(foreign.status == 403 && !foreign.body.contains("bob  "), "{foreign:?}");
    let token = daemon.token("cpanel:bob");
    let reply = get(cpanel, path, &["--header", &format!("Authorization: cpanel bob:{token}")]);
    assert_eq!(reply.body, "bob  \n");
    let eve = get(cpanel, path, &["--user", &format!("eve:{EVE_PASSWORD}")]);
    assert_eq!(eve.body, "eve  \n");
    let (security, cookie) = session(daemon);
    assert_eq!(get(cpanel, path, &["--cookie", &cookie]).status, 401);
    let reply = get(cpanel, &format!("{security}{path}"), &["--cookie", &format!("{cookie}; a=b")]);
    assert_eq!(reply.body, format!("bob {security} a=b\n"));
    assert_eq!(get(cpanel, &format!("/cpsess0123456789{path}"), &["--cookie", &cookie]).status, 401);
    let go = get(cpanel, &format!("{security}/frontend/theme/go.live.php"), &["--cookie", &cookie]);
    assert_eq!((go.status, go.field("location")), (302, Some(format!("{security}{path}").as_str())));
    assert!(go.head.contains("Set-Cookie: mine=1") && !go.head.contains("evil"), "{go:?}");
    let log = daemon.log();
    for secret in [ACCOUNT_PASSWORD, EVE_PASSWORD, &token, &security, &cookie] {
        assert!(!log.contains(secret), "{log}");
    }
    daemon.curl(cpanel, &format!("{security}/logout"), &["--cookie", &cookie]);
    assert_eq!(get(cpanel, &format!("{security}{path}"), &["--cookie", &cookie]).status, 401);
}

#[test]
fn without_the_setting_there_are_no_pages_and_the_old_page_goes_on_working() {
    let change = |reply: Reply| {
        assert!(reply.body.contains("successfully changed"), "{reply:?}");
    };
    let old = "/frontend/x/mail/dopasswdpop.html?email=user&domain=example.com&password=New-Password-22";
    let daemon = Liveapid::start("lp-off");
    assert_eq!(daemon.as_bob(daemon.ports.cpanel, "/frontend/theme/a.css", &[]).status, 404);
    change(daemon.as_bob(daemon.ports.cpanel, old, &[]));
    drop(daemon);
    let pages = Pages::start("lp-old", &[]);
    change(pages.daemon.as_bob(pages.daemon.ports.cpanel, old, &[]));
    pages.put("x/mail/dopasswdpop.html", "<p>own page</p>");
    assert_eq!(pages.daemon.as_bob(pages.daemon.ports.cpanel, old, &[]).body, "<p>own page</p>");
}

#[test]
fn each_page_sees_its_own_account_and_cannot_use_the_socket_of_another() {
    let pages = Pages::start("lp-two", &[]);
    // Shows where its socket is, waits for a word, and says whose it is.
    let waits = r#"
file_put_contents($_GET['file'], getenv('CPANEL_PHPCONNECT_SOCKET'));
for ($n = 0; $n < 500 && !file_exists($_GET['file'] . '.go'); $n++) { usleep(20000); clearstatcache(); }
echo user(), ' ', posix_getuid(), ' ', @stream_socket_client('unix://' . trim(file_get_contents($_GET['other']))) ? 'reached' : 'kept out';
"#;
    pages.put("theme/wait.live.php", format!("{PHP_CLIENT}{waits}"));
    let dir = pages.folder.parent().unwrap().join("meet");
    std::fs::create_dir(&dir).unwrap();
    crate::common::must(std::process::Command::new("chmod").arg("1777").arg(&dir));
    let file = |name: &str| dir.join(name).display().to_string();
    // Readable by both: what keeps one out is the socket itself.
    let umask = |name: &str| {
        let start = std::time::Instant::now();
        let path = dir.join(name);
        while std::fs::read_to_string(&path).map_or(true, |text| text.is_empty()) {
            assert!(start.elapsed().as_secs() < 10, "{name} did not begin");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        crate::common::must(std::process::Command::new("chmod").arg("644").arg(path));
    };
    let get = |user: String, own: &str, other: &str| {
        let path = format!("/frontend/theme/wait.live.php?file={}&other={}", file(own), file(other));
        pages.daemon.curl(pages.daemon.ports.cpanel, &path, &["--user", &user]).body
    };
    let (bob, eve) = std::thread::scope(|scope| {
        let bob = scope.spawn(|| get(format!("bob:{ACCOUNT_PASSWORD}"), "b", "e"));
        let eve = scope.spawn(|| get(format!("eve:{EVE_PASSWORD}"), "e", "b"));
        umask("b");
        umask("e");
        for name in ["b.go", "e.go"] {
            std::fs::write(dir.join(name), "").unwrap();
        }
        (bob.join().unwrap(), eve.join().unwrap())
    });
    let (bob, eve): (Vec<&str>, Vec<&str>) = (bob.splitn(3, ' ').collect(), eve.splitn(3, ' ').collect());
    assert_eq!((bob[0], eve[0]), ("bob", "eve"));
    if is_root() {
        assert_ne!(bob[1], eve[1]);
        assert_eq!((bob[2], eve[2]), ("kept out", "kept out"));
    }
}

#[test]
fn bodies_arrive_byte_for_byte() {
    let pages = Pages::start("lp-body", &[]);
    pages.put_shell("theme/sum.cgi", "echo \"$CONTENT_LENGTH $(sha256sum | cut -c1-64)\"");
    pages.put("theme/post.live.php", "<?php echo json_encode([$_POST, array_map(fn($f) => [$f['name'], file_get_contents($f['tmp_name'])], $_FILES)]);");
    let file = pages.daemon.store.dir.join("body");
    let bytes: Vec<u8> = (0..1024 * 1024).map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    std::fs::write(&file, &bytes).unwrap();
    let sum = crate::common::must(std::process::Command::new("sha256sum").arg(&file)).stdout;
    let expected = format!("1048576 {}\n", String::from_utf8_lossy(&sum[..64]));
    let data = format!("--data-binary=@{}", file.display());
    for more in [
        "Content-Type: application/octet-stream",
        "Transfer-Encoding: chunked",
        "Content-Type: application/x-www-form-urlencoded",
    ] {
        let reply = pages.get("theme/sum.cgi", &[&data, &format!("--header={more}")]);
        assert_eq!(reply.body, expected, "{more}");
    }
    // A page that does not read what it is sent.
    pages.put_shell("theme/deaf.cgi", "echo deaf");
    assert_eq!(pages.get("theme/deaf.cgi", &[&data]).body, "deaf\n");
    let reply =
        pages.get("theme/post.live.php", &["--form=a=é\"&", "--form=f=@/etc/hostname;filename=x.txt"]);
    let json: serde_json::Value = serde_json::from_str(reply.body.split("Child").next().unwrap()).unwrap();
    assert_eq!(json[0]["a"], "é\"&");
    assert_eq!(json[1]["f"], serde_json::json!(["x.txt", std::fs::read_to_string("/etc/hostname").unwrap()]));
    let reply = pages.get("theme/post.live.php?q=1", &["--data-urlencode=p=a&b +%+é"]);
    assert!(reply.body.contains("\"p\":\"a&b +%+\\u00e9\""), "{reply:?}");
}

/// A gateway does not know whose accounts are: as root it runs nothing, as an ordinary user everything as that user.
#[test]
fn a_gateway_runs_pages_as_an_ordinary_user_only() {
    let store = crate::common::Store::with_account("lp-gate");
    let page = store.dir.join("pages/theme/who.cgi");
    std::fs::create_dir_all(page.parent().unwrap()).unwrap();
    std::fs::write(
        &page,
        "#!/bin/sh\nprintf 'Content-Type: text/plain\\n\\n'\necho \"$REMOTE_USER $HOME\"\n",
    )
    .unwrap();
    crate::common::must(std::process::Command::new("chmod").args(["-R", "755"]).arg(store.dir.join("pages")));
    let folder = format!("--pages={}", store.dir.join("pages").display());
    let launcher = ["env", "LIVEAPI_TOKEN=token-of-a-test"];
    let daemon = Liveapid::under(store, &launcher, &["--url=whm://root@127.0.0.1:9", &folder]);
    let token = format!("Authorization: cpanel bob:{}", daemon.token("cpanel:bob"));
    let reply = daemon.curl(daemon.ports.cpanel, "/frontend/theme/who.cgi", &["--header", &token]);
    if is_root() {
        assert_eq!(reply.status, 500, "{reply:?}");
        assert!(daemon.log().contains("a gateway runs pages only as an ordinary user"), "{}", daemon.log());
    } else {
        assert_eq!((reply.status, reply.body.as_str()), (200, "bob /\n"));
    }
}
