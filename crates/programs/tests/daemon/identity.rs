//! What a login is bound to: the very account, mailbox or user that it was given to, and the secret that it came from.
//!
//! One table: what happens to the account bob against each kind of login that was there before.

use std::cell::RefCell;
use std::path::PathBuf;
use std::process::Command;

use crate::auth::{BOB, START, USER, World, account, id, peer, secret, shown, with_settings};
use crate::common::cpanel::{imported, pack};
use crate::common::{arg, must};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};
use liveapi_core::api::{Args, Call, Family};
use liveapi_core::store::home::HomeStore;
use liveapi_core::store::{AccountName, MailStore};
use liveapi_programs::server::ServiceKind;
use liveapi_programs::server::auth::{
    Codes, Credentials, How, Identified, LoginSettings, Owner, STATE, Session, Ticket, Users, Who,
};

const MAIL: &str = "user@example.com";

/// The kinds of login, in the order of the columns.
const KINDS: [&str; 11] = [
    "session",
    "token",
    "access hash",
    "password",
    "mailbox session",
    "mailbox password",
    "second factor",
    "socket",
    "reseller",
    "link",
    "mailbox link",
];

/// How often it is looked at what works.
const LOOKS: usize = 2;

/// All that bob had before something happened.
struct Logins {
    session: Session,
    token: String,
    hash: String,
    mailbox: Session,
    /// The id of the account that the socket was opened for.
    id: String,
    /// Links that log in once, one for each look.
    links: RefCell<Vec<[Ticket; 2]>>,
}

impl Logins {
    fn of(world: &World) -> Self {
        let gate = &world.gate;
        let session = gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, None).unwrap();
        let mailbox = gate.log_in(ServiceKind::Webmail, peer(1), MAIL, USER, None).unwrap();
        let (token, _) = world.tokens().create(&world.bob(), "deploy", None, START).unwrap();
        let hash = world.tokens().set_access_hash(&world.bob(), None, START).unwrap();
        Codes::open(&world.state.join(STATE)).unwrap().enable(&world.bob(), START).unwrap();
        let root = Identified { who: Who::Root, user: "root".to_owned(), how: How::Token, session: None };
        let link = |service, user| gate.grant(&root, service, user).unwrap();
        let links = || [link(ServiceKind::Cpanel, "bob"), link(ServiceKind::Webmail, MAIL)];
        let links = RefCell::new((0..LOOKS).map(|_| links()).collect());
        Self { session, token, hash: hash.replace('\n', ""), mailbox, id: id(&world.store, "bob"), links }
    }

    /// Which of them still work.
    fn work(&self, world: &World) -> [bool; 11] {
        let header = |text: String| world.header(ServiceKind::Cpanel, &text).is_ok();
        let password = world.basic(ServiceKind::Cpanel, "bob", BOB);
        let wants_code = password.as_ref().is_err_and(|denied| denied.needs_code);
        let (who, user) = (Who::Reseller(account("seller")), "seller".to_owned());
        let seller = Identified { who, user, how: How::Basic, session: None };
        let call = Call { family: Family::Api2, module: "Email", func: "listpops", args: Args::default() };
        let [own, mail] = self.links.borrow_mut().pop().unwrap();
        let follow = |service, link: &Ticket| {
            let opened = world.gate.follow_link(service, peer(1), &link.secret, Some(&link.security_token));
            opened.is_ok_and(|session| is_open(world, service, &session))
        };
        [
            is_open(world, ServiceKind::Cpanel, &self.session),
            header(format!("cpanel bob:{}", self.token)),
            header(format!("cpanel bob:{}", self.hash)),
            password.is_ok() || wants_code,
            is_open(world, ServiceKind::Webmail, &self.mailbox),
            world.basic(ServiceKind::Webmail, MAIL, USER).is_ok(),
            wants_code,
            world.gate.by_socket(&account("bob"), &self.id).is_ok(),
            world.gate.may(&seller, &call, Some("bob")).is_ok(),
            follow(ServiceKind::Cpanel, &own),
            follow(ServiceKind::Webmail, &mail),
        ]
    }
}

fn is_open(world: &World, service: ServiceKind, session: &Session) -> bool {
    let line = format!("{}={}", session.cookie, session.value);
    let token = Some(&session.security_token[..]);
    let shown = Credentials { cookie: Some(&line), security_token: token, ..shown(service) };
    world.gate.identify(&shown).is_ok()
}

impl World {
    fn done(&self, func: &str, args: &[&str]) {
        let answer = self.store.whm(func, args);
        assert_eq!(answer["metadata"]["result"], 1, "{answer}");
    }

    fn did(&self, func: &str, args: &[&str]) {
        let args = [&["email=user", "domain=example.com"], args].concat();
        let answer = self.store.uapi("Email", func, &args);
        assert_eq!(answer["result"]["status"], 1, "{func}: {answer}");
    }

    fn create_bob(&self) {
        self.done("createacct", &["username=bob", "domain=example.com", &format!("password={BOB}")]);
    }

    fn edit(&self, path: &str, change: impl Fn(&str) -> String) {
        let path = self.store.root.join(path);
        let old = std::fs::read_to_string(&path).unwrap();
        let new = change(&old);
        assert_ne!(new, old);
        std::fs::write(&path, new).unwrap();
    }

    /// A backup of bob as it is: with the same hashes, with its id, and with a date before everything.
    fn backup(&self) -> PathBuf {
        let (dir, root) = (self.store.dir.join("work/cpmove-bob"), &self.store.root);
        for folder in ["cp", "homedir"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
        }
        for folder in ["etc", "mail"] {
            must(Command::new("cp").arg("-a").arg(root.join("bob").join(folder)).arg(dir.join("homedir")));
        }
        let record = std::fs::read_to_string(root.join(".liveapi/users/bob")).unwrap();
        let old: Vec<_> = record.lines().filter(|line| !line.starts_with("STARTDATE=")).collect();
        assert!(record.contains("LIVEAPI_ID="), "{record}");
        std::fs::write(dir.join("cp/bob"), format!("{}\nSTARTDATE=5\n", old.join("\n"))).unwrap();
        let hashes = std::fs::read_to_string(root.join(".liveapi/shadow")).unwrap();
        let own = hashes.lines().find_map(|line| line.strip_prefix("bob:")).unwrap();
        std::fs::write(dir.join("shadow"), own.split(':').next().unwrap()).unwrap();
        pack(&self.store, "cpmove-bob.tar.gz", &["cpmove-bob"])
    }
}

type Event = (&'static str, fn(&World), [u8; 11]);

/// What happens, and which logins work then.
const EVENTS: &[Event] = &[
    ("nothing", |_| {}, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ("it is removed", |w| w.done("removeacct", &["username=bob"]), [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
    (
        "it is removed and created again, with the passwords that it had",
        |w| {
            w.done("removeacct", &["username=bob"]);
            w.create_bob();
            w.store.add_mailbox("user", USER);
        },
        [0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
    ),
    (
        "it is removed and imported with its old date, id and hashes",
        |w| {
            let backup = w.backup();
            w.done("removeacct", &["username=bob"]);
            imported(&w.store, &backup, &[]);
        },
        [0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
    ),
    ("it is suspended", |w| w.done("suspendacct", &["user=bob"]), [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]),
    (
        "it was suspended for a moment",
        |w| {
            w.done("suspendacct", &["user=bob"]);
            w.done("unsuspendacct", &["user=bob"]);
        },
        [0, 1, 1, 1, 0, 1, 1, 1, 1, 0, 0],
    ),
    (
        "its password is changed, to the one it had",
        |w| w.done("passwd", &["user=bob", &arg("password", BOB)]),
        [0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1],
    ),
    (
        "its hash is changed by another program",
        |w| w.edit(".liveapi/shadow", |old| old.replace("bob:$6$", "bob:$6$x")),
        [0, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1],
    ),
    (
        "the mailbox's password is changed, to the one it had",
        |w| w.did("passwd_pop", &[&arg("password", USER)]),
        [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0],
    ),
    (
        "the mailbox's hash is changed by another program",
        |w| w.edit("bob/etc/example.com/shadow", |old| old.replace("user:$6$", "user:$6$x")),
        [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0],
    ),
    ("the mailbox's login is suspended", |w| w.did("suspend_login", &[]), [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0]),
    (
        "the mailbox is deleted and created again, with the password that it had",
        |w| {
            w.did("delete_pop", &[]);
            w.store.add_mailbox("user", USER);
        },
        [1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0],
    ),
    (
        "the mailbox's domain is another account's",
        |w| w.edit(".liveapi/userdomains", |old| old.replace("example.com: bob", "example.com: alice")),
        [1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0],
    ),
];

#[test]
fn a_login_works_for_nobody_but_whom_it_was_given_to() {
    for (event, happens, expected) in EVENTS {
        let settings = LoginSettings { allow_access_hash: true, ..LoginSettings::default() };
        let world = with_settings("identity", &settings);
        let logins = Logins::of(&world);
        happens(&world);
        let works = logins.work(&world);
        for ((kind, works), expected) in KINDS.iter().zip(works).zip(*expected) {
            assert_eq!(works, expected == 1, "{event}: {kind}");
        }
        assert_eq!(logins.work(&world), works, "{event}: and it stays so");
    }
}

#[test]
fn a_whm_user_of_a_removed_ones_name_has_nothing_of_it() {
    let world = with_settings("identity-whm", &LoginSettings::default());
    let users = Users::open(&world.state.join(STATE)).unwrap();
    let session = world.gate.log_in(ServiceKind::Whm, peer(1), "root", crate::auth::ROOT, None).unwrap();
    let (token, _) = world.tokens().create(&world.whm("root"), "t", None, START).unwrap();
    Codes::open(&world.state.join(STATE)).unwrap().enable(&world.whm("root"), START).unwrap();
    let header = format!("whm root:{token}");
    assert!(is_open(&world, ServiceKind::Whm, &session) && world.header(ServiceKind::Whm, &header).is_ok());
    users.remove("root").unwrap();
    users.add("root", &secret(crate::auth::ROOT), None).unwrap();
    assert!(!is_open(&world, ServiceKind::Whm, &session));
    assert!(world.header(ServiceKind::Whm, &header).is_err());
    assert!(world.basic(ServiceKind::Whm, "root", crate::auth::ROOT).is_ok(), "no code is asked for");
}

/// Accounts and tokens from before there were ids: the date tells what it can, and the next account has an id.
#[test]
fn what_is_older_than_ids_works_until_its_account_goes() {
    let world = with_settings("identity-old", &LoginSettings::default());
    world.edit(".liveapi/users/bob", |record| {
        let kept = record.lines().filter(|line| !line.starts_with("LIVEAPI_ID="));
        kept.map(|line| format!("{line}\n")).collect()
    });
    assert_eq!(id(&world.store, "bob"), "");
    let (token, _) = world.tokens().create(&Owner::account(&account("bob"), ""), "t", None, START).unwrap();
    let (older, _) = world.tokens().create(&Owner::account(&account("bob"), ""), "u", None, 1000).unwrap();
    let header = |token: &str| {
        let text = format!("cpanel bob:{token}");
        world.header(ServiceKind::Cpanel, &text).is_ok()
    };
    let session = world.gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, None).unwrap();
    assert!(header(&token) && is_open(&world, ServiceKind::Cpanel, &session));
    assert!(!header(&older), "it is from before the account, so it was another bob's");
    world.done("removeacct", &["username=bob"]);
    world.create_bob();
    assert!(!id(&world.store, "bob").is_empty());
    assert!(!header(&token) && !is_open(&world, ServiceKind::Cpanel, &session));
}

#[test]
fn ids_are_never_the_same_and_stay_with_their_account() {
    let world = with_settings("identity-ids", &LoginSettings::default());
    let home = HomeStore::at(&world.store.root, crate::common::UNPRIVILEGED).unwrap();
    let of = |name: &str| home.account(&AccountName::existing(name).unwrap()).unwrap().unwrap().id;
    let (bob, alice) = (of("bob"), of("alice"));
    assert!(bob != alice && bob.len() == 32, "{bob} {alice}");
    world.done("modifyacct", &["user=bob", "MAXPOP=7"]);
    world.done("passwd", &["user=bob", &arg("password", "An0ther-Password")]);
    world.done("suspendacct", &["user=bob"]);
    world.done("unsuspendacct", &["user=bob"]);
    assert_eq!(of("bob"), bob);
    let record = std::fs::read_to_string(world.store.root.join(".liveapi/users/bob")).unwrap();
    assert!(record.contains("LIVEAPI_SUSPENSIONS=1\n") && !record.contains("SUSPENDED="), "{record}");
}

/// What belonged to a removed account neither takes up a name nor is listed for the next one.
#[test]
fn a_new_account_begins_with_no_tokens() {
    let world = with_settings("identity-names", &LoginSettings::default());
    let tokens = world.tokens();
    tokens.create(&world.bob(), "deploy", None, START).unwrap();
    world.done("removeacct", &["username=bob"]);
    world.create_bob();
    assert!(tokens.list(Some(&world.bob())).unwrap().is_empty());
    tokens.create(&world.bob(), "deploy", None, START).unwrap();
    assert_eq!(tokens.list(None).unwrap().len(), 1, "the old one is gone");
}

/// A session of a running daemon: its cookie, and what its paths begin with.
struct WebSession {
    cookie: String,
    token: String,
}

impl WebSession {
    fn open(daemon: &Liveapid, port: u16, user: &str, password: &str) -> Self {
        let form = format!("user={user}&pass={password}&login_only=1");
        let reply = daemon.curl(port, "/login/", &["--data", &form]);
        let cookie = reply.field("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { cookie, token: reply.json()["security_token"].as_str().unwrap().to_owned() }
    }

    /// The status of a UAPI call.
    fn call(&self, daemon: &Liveapid, port: u16, call: &str) -> u16 {
        let reply =
            daemon.curl(port, &format!("{}/execute/Email/{call}", self.token), &["--cookie", &self.cookie]);
        assert!(reply.status != 200 || reply.json()["status"] == 1, "{reply:?}");
        reply.status
    }
}

#[test]
fn the_session_that_changes_its_password_goes_on_and_the_others_end() {
    let daemon = Liveapid::start("identity-own");
    let port = daemon.ports.webmail;
    let open = |password: &str| WebSession::open(&daemon, port, MAIL, password);
    let (own, other) = (open(FIRST_PASSWORD), open(FIRST_PASSWORD));
    let quota = |session: &WebSession| session.call(&daemon, port, "get_pop_quota");
    assert_eq!((quota(&own), quota(&other)), (200, 200));
    for password in ["Next-Secret-81", "Last-Secret-82"] {
        assert_eq!(own.call(&daemon, port, &format!("passwd_pop?password={password}")), 200);
        assert_eq!((quota(&own), quota(&other)), (200, 401));
    }
    let newest = open("Last-Secret-82");
    assert_eq!(quota(&newest), 200);
    // A reset by somebody else ends all of them.
    let reset =
        daemon.store.uapi("Email", "passwd_pop", &["email=user@example.com", "password=Reset-Secret-83"]);
    assert_eq!(reset["result"]["status"], 1, "{reset}");
    for session in [&own, &newest] {
        assert_eq!(session.call(&daemon, port, "passwd_pop?password=Taken-Over-99x"), 401);
    }
    assert!(daemon.opens("Reset-Secret-83"));
}

#[test]
fn removing_an_account_over_the_daemon_takes_its_logins_out_of_the_files() {
    let daemon = Liveapid::start("identity-purge");
    let (whm, cpanel) = (daemon.ports.whm, daemon.ports.cpanel);
    let root = format!("Authorization: whm root:{}", daemon.token("root"));
    let bob = format!("Authorization: cpanel bob:{}", daemon.token("cpanel:bob"));
    let ask = |port, path: &str, header: &str| daemon.curl(port, path, &["--header", header]);
    let session = WebSession::open(&daemon, cpanel, "bob", crate::liveapid::ACCOUNT_PASSWORD);
    let auth = daemon.store.dir.join("daemon/auth");
    Codes::open(&auth)
        .unwrap()
        .enable(&Owner::account(&account("bob"), &id(&daemon.store, "bob")), 1)
        .unwrap();
    assert_eq!(ask(cpanel, "/execute/Email/list_pops", &bob).status, 200);
    assert_eq!(session.call(&daemon, cpanel, "list_pops"), 200);
    let removed = ask(whm, "/json-api/removeacct?api.version=1&username=bob", &root);
    assert_eq!(removed.json()["metadata"]["result"], 1, "{removed:?}");
    for file in ["tokens.json", "second-factors.json"] {
        let text = std::fs::read_to_string(auth.join(file)).unwrap();
        assert!(!text.contains("cpanel:bob"), "{file}: {text}");
    }
    assert!(std::fs::read_to_string(auth.join("tokens.json")).unwrap().contains("whm:root"));
    let password = format!("password={}", crate::liveapid::ACCOUNT_PASSWORD);
    let created = daemon.store.whm("createacct", &["username=bob", "domain=example.com", &password]);
    assert_eq!(created["metadata"]["result"], 1, "{created}");
    assert_eq!(ask(cpanel, "/execute/Email/list_pops", &bob).status, 401);
    assert_eq!(session.call(&daemon, cpanel, "list_pops"), 401);
    assert_eq!(
        daemon.as_bob(cpanel, "/execute/Email/list_pops", &[]).status,
        200,
        "and no code is asked for"
    );
}

/// Before what a session is bound to can come back: a mark that is taken away, a hash that is stored again.
#[test]
fn a_suspension_or_deletion_over_the_daemon_ends_sessions_for_good() {
    let daemon = Liveapid::start("identity-ends");
    let port = daemon.ports.webmail;
    let shadow = std::fs::read_to_string(daemon.store.file("shadow")).unwrap();
    let hash = shadow.lines().find_map(|line| line.strip_prefix("user:")).unwrap().split(':').next().unwrap();
    let by_bob = |call: String| {
        let reply = daemon.as_bob(daemon.ports.cpanel, &format!("/execute/Email/{call}"), &[]);
        assert_eq!(reply.json()["status"], 1, "{call}: {reply:?}");
    };
    let named = "email=user&domain=example.com";
    let neighbour = "email=other&domain=example.com&password=Other-Secret-91";
    by_bob(format!("add_pop?{neighbour}"));
    let other = WebSession::open(&daemon, port, "other@example.com", "Other-Secret-91");
    for (end, begin) in [
        (format!("suspend_login?{named}"), format!("unsuspend_login?{named}")),
        (
            format!("delete_pop?{named}"),
            format!("add_pop?{named}&password_hash={}", hash.replace('$', "%24")),
        ),
    ] {
        let session = WebSession::open(&daemon, port, MAIL, FIRST_PASSWORD);
        assert_eq!(session.call(&daemon, port, "get_pop_quota"), 200);
        by_bob(end);
        by_bob(begin);
        assert!(daemon.opens(FIRST_PASSWORD));
        assert_eq!(session.call(&daemon, port, "get_pop_quota"), 401);
        assert_eq!(other.call(&daemon, port, "get_pop_quota"), 200);
    }
}
