//! Links that log in once: WHM's `create_user_session`.

use crate::common::{arg, must, program};
use crate::liveapid::{FIRST_PASSWORD, Liveapid, Reply};
use serde_json::{Value, json};

const MAIL: &str = "user@example.com";

/// A daemon, and root's token for it.
struct World {
    daemon: Liveapid,
    token: String,
}

impl World {
    fn new(name: &str, options: &[&str]) -> Self {
        let daemon = Liveapid::start_with(name, options);
        let token = daemon.token("root");
        Self { daemon, token }
    }

    fn whm(&self, call: &str) -> Value {
        let header = format!("Authorization: whm root:{}", self.token);
        self.daemon.curl(self.daemon.ports.whm, &format!("/json-api/{call}"), &["--header", &header]).json()
    }

    /// A link for somebody.
    fn link(&self, user: &str, service: &str) -> Link {
        let call = format!(
            "create_user_session?api.version=1&preferred_domain=localhost&user={user}&service={service}"
        );
        let answer = self.whm(&call);
        assert_eq!(
            (&answer["metadata"]["result"], &answer["metadata"]["reason"]),
            (&json!(1), &json!("Created session")),
            "{answer}"
        );
        let text =
            |name: &str| answer["data"][name].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
        assert_eq!(text("service"), service);
        let expires = answer["data"]["expires"].as_u64().unwrap();
        Link { url: text("url"), token: text("cp_security_token"), session: text("session"), expires }
    }

    fn get(&self, port: u16, path: &str, options: &[&str]) -> Reply {
        self.daemon.curl(port, path, options)
    }
}

/// A link as whoever asked for it has it.
struct Link {
    url: String,
    token: String,
    session: String,
    expires: u64,
}

impl Link {
    /// Its path at that port.
    fn path(&self, port: u16) -> &str {
        self.url.strip_prefix(&format!("https://localhost:{port}")).unwrap_or_else(|| panic!("{}", self.url))
    }
}

/// The cookie of an answer that opened a session.
fn cookie(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{reply:?}");
    let set = reply.field("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("secure") && set.contains("SameSite=Lax"), "{set}");
    assert_eq!(
        (reply.field("referrer-policy"), reply.field("cache-control")),
        (Some("no-referrer"), Some("no-store"))
    );
    set.split(';').next().unwrap().to_owned()
}

#[test]
fn a_link_logs_in_once_as_whom_it_was_made_for() {
    let world = World::new("ses-once", &[]);
    let port = world.daemon.ports.cpanel;
    let link = world.link("bob", "cpaneld");
    assert!(link.url.contains("/login/?session=bob%3A") && link.session.contains(":create_user_session,"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((now + 890..=now + 910).contains(&link.expires));
    let path = link.path(port).to_owned();
    // A portal's page is another site, and its visitor comes with nothing.
    let from_portal = ["--header", "Sec-Fetch-Site: cross-site", "--header", "Accept: text/html"];
    let reply = world.get(port, &path, &from_portal);
    let cookie = cookie(&reply);
    assert_eq!(reply.field("location"), Some(&*format!("{}/", link.token)));
    let call =
        |func: &str| world.get(port, &format!("{}/execute/{func}", link.token), &["--cookie", &cookie]);
    assert_eq!(call("Email/list_pops").json()["status"], 1);
    assert_eq!(call("Variables/get_user_information").json()["data"]["user"], "bob");
    let other = world.get(port, "/cpsess0123456789/execute/Email/list_pops", &["--cookie", &cookie]);
    assert_eq!(other.status, 401);
    // Once.
    for _ in 0..2 {
        let again = world.get(port, &path, &[]);
        assert_eq!(again.status, 401);
        assert!(again.field("set-cookie").is_none() && again.body.contains("followed before"), "{again:?}");
    }
    let shown = world.get(port, &path, &from_portal);
    assert!(
        shown.status == 401 && shown.body.contains("ask for a new one") && shown.body.contains("<form"),
        "{shown:?}"
    );
    let log = world.daemon.log();
    for secret in [&link.session, link.token.trim_start_matches("/cpsess"), &path] {
        assert!(!log.contains(secret), "{log}");
    }
    let kept =
        must(std::process::Command::new("cat").arg(world.daemon.store.dir.join("daemon/auth/tickets.json")));
    assert!(!String::from_utf8_lossy(&kept.stdout).contains(&link.session));
}

#[test]
fn a_link_is_for_its_service_and_its_token() {
    let world = World::new("ses-service", &[]);
    let ports = world.daemon.ports;
    let link = world.link(MAIL, "webmaild");
    let path = link.path(ports.webmail).to_owned();
    assert_eq!(world.get(ports.cpanel, &path, &[]).status, 401, "another service");
    let (_, login) = path.split_once("/login").unwrap();
    assert_eq!(world.get(ports.webmail, &format!("/login{login}"), &[]).status, 401, "without its token");
    assert_eq!(world.get(ports.webmail, &format!("/cpsess0123456789/login{login}"), &[]).status, 401);
    let opened = cookie(&world.get(ports.webmail, &path, &[]));
    let call = |func: &str| {
        world.get(ports.webmail, &format!("{}/execute/Email/{func}", link.token), &["--cookie", &opened])
    };
    assert_eq!(call("get_pop_quota").json()["status"], 1);
    assert_eq!(call("list_pops").status, 403, "a mailbox is no account");
    // An account's own, and a WHM user's.
    for (user, service, port, func) in [
        ("bob", "whostmgrd", ports.whm, "listaccts"),
        ("root", "whostmgrd", ports.whm, "listaccts"),
        ("bob", "webmaild", ports.webmail, ""),
    ] {
        let link = world.link(user, service);
        let set = cookie(&world.get(port, link.path(port), &[]));
        if func.is_empty() {
            continue;
        }
        let accounts =
            world.get(port, &format!("{}/json-api/{func}?api.version=1", link.token), &["--cookie", &set]);
        assert_eq!(accounts.json()["data"]["acct"][0]["user"], "bob", "{user}");
    }
}

#[test]
fn what_makes_no_link() {
    let world = World::new("ses-none", &[]);
    for (query, why) in [
        ("service=cpaneld&user=nobody1", "does not exist"),
        ("service=cpaneld&user=nobody@example.com", "no mailbox"),
        ("service=cpaneld&user=x@nowhere.example", "does not exist"),
        ("service=ftpd&user=bob", "use cpaneld"),
        ("service=cpaneld", "required"),
        ("user=bob", "required"),
        ("service=cpaneld&user=bob&preferred_domain=a/b", "preferred_domain"),
    ] {
        let answer = world.whm(&format!("create_user_session?api.version=1&{query}"));
        let reason = answer["metadata"]["reason"].as_str().unwrap();
        assert!(answer["metadata"]["result"] == 0 && reason.contains(why), "{query}: {answer}");
        assert!(answer["data"].is_null());
    }
    world.whm("suspendacct?api.version=1&user=bob");
    let answer = world.whm("create_user_session?api.version=1&service=cpaneld&user=bob");
    assert!(answer["metadata"]["reason"].as_str().unwrap().contains("suspended"), "{answer}");
    // An account cannot make links, not even for itself.
    let denied = world.daemon.as_bob(
        world.daemon.ports.whm,
        "/json-api/create_user_session?api.version=1&service=cpaneld&user=bob",
        &[],
    );
    assert!(denied.status == 401 || denied.status == 403, "{denied:?}");
}

#[test]
fn a_reseller_makes_links_for_its_own() {
    let world = World::new("ses-reseller", &[]);
    world.whm("createacct?api.version=1&username=alice&domain=alice.example&password=Alice-Pass-1");
    let admin = |words: &[&str], input: &str| {
        let mut command = world.daemon.store.command(program("liveapid"));
        command.args(words).arg("--state").arg(world.daemon.store.dir.join("daemon"));
        crate::common::entrance::feed(&mut command, input.as_bytes())
    };
    admin(&["user", "add", "seller", "--reseller", "--accounts", "bob"], "Seller-Secret-77-Xy\n");
    // An administrator who has the name of the reseller's account.
    admin(&["user", "add", "bob"], "Admin-Secret-77-Xy\n");
    let call = |query: &str| {
        let path = format!("/json-api/create_user_session?api.version=1&preferred_domain=localhost&{query}");
        world.get(world.daemon.ports.whm, &path, &["--user", "seller:Seller-Secret-77-Xy"]).json()
    };
    for good in [
        "user=bob&service=cpaneld",
        "user=user@example.com&service=webmaild",
        "user=seller&service=whostmgrd",
    ] {
        assert_eq!(call(good)["metadata"]["result"], 1, "{good}: {}", call(good));
    }
    for bad in [
        "user=alice&service=cpaneld",
        "user=root&service=whostmgrd",
        "user=bob&service=whostmgrd",
        "user=seller&service=cpaneld",
    ] {
        let answer = call(bad);
        assert!(answer["metadata"]["result"] == 0 && answer["data"].is_null(), "{bad}: {answer}");
    }
}

#[test]
fn a_program_of_the_shell_makes_a_link_for_the_daemon_and_an_own_webmail_is_where_it_leads() {
    let world = World::new("ses-shell", &["--webmail-url", "https://webmail.example.org/?_task=login"]);
    let ports = world.daemon.ports;
    let mut command = world.daemon.store.command(program("whmapi1"));
    let state = world.daemon.store.dir.join("daemon");
    command.env("STATE_DIRECTORY", state).args(["--output=json", "create_user_session", "service=webmaild"]);
    command.args([arg("user", MAIL), arg("preferred_domain", "localhost")]);
    let made: Value = serde_json::from_slice(&must(&mut command).stdout).unwrap();
    let url = made["data"]["url"].as_str().unwrap_or_else(|| panic!("{made}"));
    // The shell has no command line of the daemon: the port is the usual one.
    let path = url.strip_prefix("https://localhost:2096").unwrap();
    let reply = world.get(ports.webmail, path, &[]);
    assert_eq!(reply.field("location"), Some("https://webmail.example.org/?_task=login"));
    let cookie = cookie(&reply);
    let token = made["data"]["cp_security_token"].as_str().unwrap();
    let quota =
        world.get(ports.webmail, &format!("{token}/execute/Email/get_pop_quota"), &["--cookie", &cookie]);
    assert_eq!(quota.json()["status"], 1);
    // What it is bound to is the mailbox's password.
    let link = world.link(MAIL, "cpaneld");
    let changed = world.daemon.store.uapi(
        "Email",
        "passwd_pop",
        &[&arg("email", MAIL), &arg("password", FIRST_PASSWORD)],
    );
    assert_eq!(changed["result"]["status"], 1);
    let dead = world.get(ports.cpanel, link.path(ports.cpanel), &[]);
    assert!(dead.status == 401 && dead.body.contains("password changed"), "{dead:?}");
}

#[test]
fn guessing_links_locks_an_address() {
    let world = World::new("ses-guess", &["--failures-per-address=5"]);
    let port = world.daemon.ports.cpanel;
    let guess = || world.get(port, "/cpsess0123456789/login/?session=bob%3Aguess", &[]).status;
    let statuses: Vec<_> = (0..7).map(|_| guess()).collect();
    assert!(statuses[0] == 401 && statuses[6] == 429, "{statuses:?}");
}
