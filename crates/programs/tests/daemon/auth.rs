//! The daemon's gate on a real store: who a request comes from, lock-outs, sessions, files that others change.

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::common::Store;
use base64ct::{Base64, Encoding};
use liveapi_core::store::home::HomeStore;
use liveapi_core::store::{AccountName, Address, MailStore, Password, Secret};
use liveapi_programs::server::ServiceKind;
use liveapi_programs::server::auth::{
    AssignedAccount, Clock, Codes, Credentials, Denied, Gate, How, Identified, LoginSettings, NoPasswords,
    Owner, Reason, STATE, StorePasswords, Tokens, Users, Who,
};

/// When the clock of these tests begins: long after the store's accounts were created.
pub(crate) const START: u64 = 4_000_000_000;

pub(crate) const ROOT: &str = "r00t-Password";
const RESELLER: &str = "r3seller-Password";
pub(crate) const BOB: &str = "b0b-Password";
const MAIL: &str = "user@example.com";
pub(crate) const USER: &str = "12345luggage";

/// A store with the accounts bob and alice, bob's mailbox, WHM users, and a gate before them.
pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    clock: Arc<AtomicU64>,
    pub(crate) state: PathBuf,
}

pub(crate) fn world(name: &str) -> World {
    with_settings(name, &LoginSettings::default())
}

pub(crate) fn with_settings(name: &str, settings: &LoginSettings) -> World {
    let store = Store::empty(name);
    for (user, domain) in [("bob", "example.com"), ("alice", "example.org")] {
        let made = store.whm(
            "createacct",
            &[&format!("username={user}"), &format!("domain={domain}"), &format!("password={BOB}")],
        );
        assert_eq!(made["metadata"]["result"], 1, "{made}");
    }
    store.add_mailbox("user", USER);
    let state = store.dir.join("state");
    let users = Users::open(&state.join(STATE)).unwrap();
    users.add("root", &secret(ROOT), None).unwrap();
    users.add("seller", &secret(RESELLER), Some(&[assigned(&store, "bob")])).unwrap();
    let clock = Arc::new(AtomicU64::new(START));
    let home = HomeStore::at(&store.root, crate::common::UNPRIVILEGED).unwrap();
    let gate =
        Gate::with_clock(&state, settings, Box::new(StorePasswords(home)), Clock::standing(&clock)).unwrap();
    World { store, gate, clock, state }
}

pub(crate) fn secret(password: &str) -> Secret<'_> {
    Secret::Password(Password::to_be_stored(password).unwrap())
}

pub(crate) fn account(name: &str) -> AccountName {
    AccountName::existing(name).unwrap()
}

/// What tells an account from others of its name.
pub(crate) fn id(store: &Store, name: &str) -> String {
    let home = HomeStore::at(&store.root, crate::common::UNPRIVILEGED).unwrap();
    home.account(&account(name)).unwrap().unwrap().id
}

pub(crate) fn assigned(store: &Store, name: &str) -> AssignedAccount {
    AssignedAccount::new(&account(name), &id(store, name))
}

pub(crate) fn peer(number: u32) -> IpAddr {
    Ipv4Addr::from_bits(0xc000_0200 + number).into()
}

pub(crate) fn shown(service: ServiceKind) -> Credentials<'static> {
    Credentials {
        service,
        peer: peer(1),
        authorization: None,
        code: None,
        cookie: None,
        security_token: None,
    }
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", Base64::encode_string(format!("{user}:{password}").as_bytes()))
}

impl World {
    pub(crate) fn header(&self, service: ServiceKind, header: &str) -> Result<Identified, Denied> {
        self.gate.identify(&Credentials { authorization: Some(header), ..shown(service) })
    }

    pub(crate) fn basic(
        &self,
        service: ServiceKind,
        user: &str,
        password: &str,
    ) -> Result<Identified, Denied> {
        self.header(service, &basic(user, password))
    }

    pub(crate) fn from(&self, number: u32, user: &str, password: &str) -> Result<Identified, Denied> {
        let header = basic(user, password);
        let shown =
            Credentials { peer: peer(number), authorization: Some(&header), ..shown(ServiceKind::Whm) };
        self.gate.identify(&shown)
    }

    /// An account as the owner of tokens, as it is now.
    pub(crate) fn bob(&self) -> Owner {
        Owner::account(&account("bob"), &id(&self.store, "bob"))
    }

    /// A WHM user as the owner of tokens, as it is now.
    pub(crate) fn whm(&self, name: &str) -> Owner {
        Users::open(&self.state.join(STATE)).unwrap().get(name).unwrap().unwrap().owner()
    }

    pub(crate) fn tokens(&self) -> Tokens {
        Tokens::open(&self.state.join(STATE)).unwrap()
    }

    pub(crate) fn wait(&self, seconds: u64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }
}

fn who(result: Result<Identified, Denied>) -> Who {
    result.map(|identified| identified.who).unwrap()
}

fn why(result: Result<Identified, Denied>) -> String {
    result.unwrap_err().why
}

#[test]
fn passwords_open_the_services_that_are_theirs() {
    let world = world("auth-basic");
    let mailbox = || Who::Mailbox(account("bob"), Address::existing("user@example.com", None).unwrap());
    for (service, user, password, expected) in [
        (ServiceKind::Whm, "root", ROOT, Who::Root),
        (ServiceKind::Whm, "seller", RESELLER, Who::Reseller(account("seller"))),
        (ServiceKind::Whm, "bob", BOB, Who::Account(account("bob"))),
        (ServiceKind::Cpanel, "bob", BOB, Who::Account(account("bob"))),
        (ServiceKind::Cpanel, "user@example.com", USER, mailbox()),
        (ServiceKind::Webmail, "User@Example.com", USER, mailbox()),
    ] {
        let identified = world.basic(service, user, password).unwrap();
        assert_eq!((identified.who, identified.how), (expected, How::Basic), "{user} on {service:?}");
    }
    for (service, user, password) in [
        (ServiceKind::Cpanel, "root", ROOT),
        (ServiceKind::Cpanel, "seller", RESELLER),
        (ServiceKind::Whm, "user@example.com", USER),
        (ServiceKind::Webmail, "bob", BOB),
        (ServiceKind::Cpanel, "bob", USER),
        (ServiceKind::Cpanel, "bob", ""),
        (ServiceKind::Cpanel, "BOB", BOB),
        (ServiceKind::Webmail, "user@example.org", USER),
        (ServiceKind::Webmail, "nobody@example.com", USER),
        (ServiceKind::Webmail, "@", USER),
    ] {
        let denied = world.basic(service, user, password).unwrap_err();
        assert_eq!((denied.status(), denied.reason), (401, Reason::Login), "{user} on {service:?}");
        assert!(denied.challenge().is_some() && denied.why.starts_with("Access denied: "), "{}", denied.why);
        world.wait(1000);
    }
    let (unknown, wrong) = (
        world.basic(ServiceKind::Whm, "carol", "x1-Password"),
        world.basic(ServiceKind::Whm, "root", "x1-Password"),
    );
    assert_eq!(unknown, wrong, "nothing tells whether a name exists");
}

#[test]
fn suspended_accounts_are_told_so_when_their_password_is_right_and_not_before() {
    let world = world("auth-suspended");
    let (secret, _) = world.tokens().create(&world.bob(), "t", None, START).unwrap();
    let token = format!("cpanel bob:{secret}");
    let session = world.gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, None).unwrap();
    assert_eq!(world.store.whm("suspendacct", &["user=bob"])["metadata"]["result"], 1);
    let denied = world.basic(ServiceKind::Cpanel, "bob", BOB).unwrap_err();
    assert_eq!(denied.status(), 403);
    assert!(denied.why.contains("suspended"), "{}", denied.why);
    assert!(!why(world.basic(ServiceKind::Cpanel, "bob", "wrong")).contains("suspended"));
    // The customer's own file may lack the mark.
    let shadow = std::fs::read_to_string(world.store.file("shadow")).unwrap();
    std::fs::write(world.store.file("shadow"), shadow.replace("*LOCKED*", "")).unwrap();
    for service in [ServiceKind::Webmail, ServiceKind::Cpanel] {
        let denied = world.basic(service, "user@example.com", USER).unwrap_err();
        assert_eq!(denied.status(), 403, "{}", denied.why);
    }
    assert!(world.header(ServiceKind::Cpanel, &token).is_err());
    let line = format!("{}={}", session.cookie, session.value);
    let of_session = Credentials {
        cookie: Some(&line),
        security_token: Some(&session.security_token),
        ..shown(ServiceKind::Cpanel)
    };
    assert!(world.gate.identify(&of_session).unwrap_err().why.contains("session has ended"));
    assert_eq!(world.store.whm("unsuspendacct", &["user=bob"])["metadata"]["result"], 1);
    assert!(world.basic(ServiceKind::Cpanel, "bob", BOB).is_ok());
    assert!(world.header(ServiceKind::Cpanel, &token).is_ok());
}

#[test]
fn tokens_work_where_they_should_until_they_expire_or_are_revoked() {
    let world = world("auth-tokens");
    let tokens = world.tokens();
    let (root, bob) = (world.whm("root"), world.bob());
    let (root_token, kept) = tokens.create(&root, "deploy", Some(START + 100), START).unwrap();
    let (bob_token, _) = tokens.create(&bob, "deploy", None, START).unwrap();
    assert!(
        root_token.len() == 32 && root_token.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    );
    assert!(!format!("{kept:?}").contains(&root_token));
    let file = std::fs::read_to_string(world.state.join(STATE).join("tokens.json")).unwrap();
    assert!(!file.contains(&root_token) && !file.contains(&bob_token));
    let whm_root = format!("whm root:{root_token}");
    let identified = world.header(ServiceKind::Whm, &whm_root).unwrap();
    assert_eq!((identified.who, identified.how), (Who::Root, How::Token));
    for (service, header) in [
        (ServiceKind::Cpanel, format!("cpanel bob:{bob_token}")),
        (ServiceKind::Whm, format!("CPANEL bob:{bob_token}")),
        (ServiceKind::Whm, format!("WHM bob:{bob_token}")),
    ] {
        assert_eq!(who(world.header(service, &header)), Who::Account(account("bob")), "{header}");
    }
    for (service, header) in [
        (ServiceKind::Cpanel, whm_root.clone()),
        (ServiceKind::Whm, format!("cpanel root:{root_token}")),
        (ServiceKind::Whm, format!("whm seller:{root_token}")),
        (ServiceKind::Cpanel, format!("cpanel alice:{bob_token}")),
        (ServiceKind::Cpanel, format!("cpanel bob:{}", bob_token.to_lowercase())),
        (ServiceKind::Webmail, format!("cpanel bob:{bob_token}")),
    ] {
        let denied = world.header(service, &header).unwrap_err();
        assert_eq!(denied.status(), 401, "{}", denied.why);
        assert!(!denied.why.contains(&root_token) && !denied.why.contains(&bob_token));
    }
    world.wait(100);
    assert!(why(world.header(ServiceKind::Whm, &whm_root)).contains("“deploy” of “root” has expired"));
    tokens.update(&root, "deploy", Some("again"), Some(None), START + 100).unwrap();
    assert!(world.header(ServiceKind::Whm, &whm_root).is_ok());
    tokens.revoke(&root, &["again"]).unwrap();
    assert!(world.header(ServiceKind::Whm, &whm_root).is_err());
    assert!(tokens.create(&bob, "deploy", None, START).is_err(), "the name is taken");
    for bad in ["", "a b", "ä", "x/y", "accesshash", &"x".repeat(51)] {
        assert!(tokens.create(&bob, bad, None, START).is_err(), "{bad}");
    }
    assert!(tokens.create(&bob, "old", Some(START), START).is_err(), "an expiry in the past");
}

#[test]
fn a_token_does_not_outlive_its_owner() {
    let world = world("auth-owner");
    let tokens = world.tokens();
    let other = Owner::account(&account("bob"), "0123456789abcdef0123456789abcdef");
    let (secret, _) = tokens.create(&other, "t", None, START).unwrap();
    assert!(world.header(ServiceKind::Cpanel, &format!("cpanel bob:{secret}")).is_err(), "another bob's");
    let (secret, _) = tokens.create(&world.whm("seller"), "t", None, START).unwrap();
    let header = format!("whm seller:{secret}");
    assert_eq!(who(world.header(ServiceKind::Whm, &header)), Who::Reseller(account("seller")));
    Users::open(&world.state.join(STATE)).unwrap().remove("seller").unwrap();
    assert!(world.header(ServiceKind::Whm, &header).is_err());
}

#[test]
fn access_hashes_are_off_until_they_are_allowed() {
    let world = world("auth-hash");
    let given: String = "0123456789abcdef0123456789abcdef\r\n".repeat(29);
    let (root, tokens) = (world.whm("root"), world.tokens());
    let lines = tokens.set_access_hash(&root, Some(&given), START).unwrap();
    assert_eq!((lines.lines().count(), lines.lines().next().unwrap().len()), (29, 32));
    assert!(tokens.set_access_hash(&root, Some("abc"), START).is_err());
    let header = format!("WHM root:{given}");
    assert!(why(world.header(ServiceKind::Whm, &header)).contains("allow_access_hash"));
    let settings = LoginSettings { allow_access_hash: true, ..LoginSettings::default() };
    let gate = Gate::open(&world.state, &settings, Box::new(NoPasswords)).unwrap();
    let old = Credentials { authorization: Some(&header), ..shown(ServiceKind::Whm) };
    assert_eq!(gate.identify(&old).unwrap().how, How::AccessHash);
    tokens.set_access_hash(&root, None, START).unwrap();
    assert!(gate.identify(&old).is_err(), "a new one replaces the old one");
}

#[test]
fn a_gateway_knows_tokens_and_its_own_users() {
    let world = world("auth-gateway");
    let gate = Gate::open(&world.state, &LoginSettings::default(), Box::new(NoPasswords)).unwrap();
    let (secret, _) =
        world.tokens().create(&Owner::account(&account("faraway"), ""), "t", None, START).unwrap();
    let (token, root, bob) = (format!("cpanel faraway:{secret}"), basic("root", ROOT), basic("bob", BOB));
    let identify =
        |header: &str| gate.identify(&Credentials { authorization: Some(header), ..shown(ServiceKind::Whm) });
    assert_eq!(who(identify(&token)), Who::Account(account("faraway")));
    assert_eq!(who(identify(&root)), Who::Root);
    assert!(identify(&bob).is_err());
}

#[test]
fn failures_lock_out_and_say_so_while_tokens_go_on_working() {
    let world = world("auth-lock");
    let (secret, _) = world.tokens().create(&world.whm("root"), "t", None, START).unwrap();
    for n in 0..5 {
        assert_eq!(world.from(n, "root", "wrong").unwrap_err().status(), 401);
    }
    for password in [ROOT, "wrong"] {
        let denied = world.from(9, "root", password).unwrap_err();
        assert_eq!((denied.status(), denied.retry_after), (429, Some(Duration::from_secs(300))));
        assert!(denied.why.contains("lock-out") && denied.why.contains("300 seconds"), "{}", denied.why);
    }
    assert!(world.gate.log_in(ServiceKind::Whm, peer(9), "root", ROOT, None).is_err());
    assert!(world.header(ServiceKind::Whm, &format!("whm root:{secret}")).is_ok());
    assert!(world.from(0, "bob", BOB).is_ok(), "another user of the same address");
    world.wait(300);
    assert!(world.from(9, "root", ROOT).is_ok());
    // Names that do not exist lock as those that do.
    for n in 0..5 {
        assert_eq!(world.from(n, "carol", "wrong").unwrap_err().status(), 401);
    }
    assert_eq!(world.from(9, "carol", "wrong").unwrap_err().status(), 429);
}

#[test]
fn all_spellings_of_a_name_have_one_count() {
    let world = world("auth-spelling");
    let try_it = |n: u32, name: &str, password: &str| {
        let header = basic(name, password);
        let from = Credentials { peer: peer(n), authorization: Some(&header), ..shown(ServiceKind::Webmail) };
        world.gate.identify(&from).map_err(|denied| denied.status())
    };
    let wide = |at: usize| {
        let letters = "example".chars().enumerate();
        let wide = |(n, c): (usize, char)| {
            if n == at { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c }
        };
        format!("user@{}.com", letters.map(wide).collect::<String>())
    };
    assert!(try_it(0, &wide(3), USER).is_ok(), "it is looked up as the plain one");
    for (n, name) in
        [wide(0), wide(1), "USER@example.com".to_owned(), "user@exam\u{ad}ple.com".to_owned(), wide(2)]
            .iter()
            .enumerate()
    {
        assert_eq!(try_it(n as u32 + 1, name, "wrong").err(), Some(401), "{name}");
    }
    for name in [MAIL, &wide(4), "user@example\u{ad}.com", "User@Example.Com"] {
        assert_eq!(try_it(90, name, USER).err(), Some(429), "{name}");
    }
    assert!(world.basic(ServiceKind::Cpanel, "bob", BOB).is_ok());
}

#[test]
fn setting_the_clock_neither_ends_a_session_nor_makes_it_last() {
    let world = world("auth-clock");
    let (steady, day) = (Arc::new(AtomicU64::new(1000)), Arc::new(AtomicU64::new(START)));
    let home = HomeStore::at(&world.store.root, crate::common::UNPRIVILEGED).unwrap();
    let (passwords, clock) = (Box::new(StorePasswords(home)), Clock::apart(&steady, &day));
    let gate = Gate::with_clock(&world.state, &LoginSettings::default(), passwords, clock).unwrap();
    let session = gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, None).unwrap();
    let line = format!("{}={}", session.cookie, session.value);
    let token = Some(&session.security_token[..]);
    let shown = Credentials { cookie: Some(&line), security_token: token, ..shown(ServiceKind::Cpanel) };
    let (secret, _) = world.tokens().create(&world.bob(), "t", None, START).unwrap();
    let header = format!("cpanel bob:{secret}");
    let by_token = Credentials { authorization: Some(&header), cookie: None, ..shown };
    for time in [START + 86_400, START - 86_400, 5, START] {
        day.store(time, Ordering::Relaxed);
        assert!(gate.identify(&shown).is_ok() && gate.identify(&by_token).is_ok(), "{time}");
    }
    steady.fetch_add(899, Ordering::Relaxed);
    assert!(gate.identify(&shown).is_ok());
    day.store(START - 86_400, Ordering::Relaxed);
    steady.fetch_add(900, Ordering::Relaxed);
    assert!(gate.identify(&shown).is_err(), "a clock that is set back does not make it last");
}

#[test]
fn an_address_is_locked_out_whatever_names_it_tries() {
    let world = world("auth-address");
    let (secret, _) = world.tokens().create(&world.whm("root"), "t", None, START).unwrap();
    for n in 0..10 {
        assert!(world.basic(ServiceKind::Whm, &format!("user{n}"), "wrong").is_err());
        assert!(world.header(ServiceKind::Whm, &format!("whm root:{n:032}")).is_err());
    }
    let denied = world.basic(ServiceKind::Whm, "root", ROOT).unwrap_err();
    assert_eq!((denied.status(), denied.retry_after), (429, Some(Duration::from_secs(900))));
    assert_eq!(world.header(ServiceKind::Whm, &format!("whm root:{:032}", 99)).unwrap_err().status(), 429);
    assert!(world.header(ServiceKind::Whm, &format!("whm root:{secret}")).is_ok());
    assert!(world.from(2, "root", ROOT).is_ok());
    world.wait(900);
    assert!(world.basic(ServiceKind::Whm, "root", ROOT).is_ok());
}

#[test]
fn sessions_need_cookie_and_security_token_of_their_service() {
    let world = world("auth-sessions");
    let session = world.gate.log_in(ServiceKind::Webmail, peer(1), "user@example.com", USER, None).unwrap();
    assert_eq!(session.cookie, "webmailsession");
    assert!(session.value.starts_with("user%40example.com%3A"), "{}", session.value);
    let line = format!("lang=en; {}={}", session.cookie, session.value);
    let of = |service, token| Credentials { cookie: Some(&line), security_token: token, ..shown(service) };
    let token = Some(&session.security_token[..]);
    let identified = world.gate.identify(&of(ServiceKind::Webmail, token)).unwrap();
    assert_eq!((&identified.who, identified.how), (&session.who, How::Session));
    assert!(why(world.gate.identify(&of(ServiceKind::Webmail, None))).contains("Token Denied"));
    assert!(world.gate.identify(&of(ServiceKind::Webmail, Some("/cpsess0000000000"))).is_err());
    assert!(world.gate.identify(&of(ServiceKind::Cpanel, token)).is_err());
    assert!(
        world.gate.identify(&Credentials { security_token: token, ..shown(ServiceKind::Webmail) }).is_err()
    );
    assert!(world.gate.log_out(&of(ServiceKind::Webmail, token)));
    assert!(!world.gate.log_out(&of(ServiceKind::Webmail, token)));
    assert!(world.gate.identify(&of(ServiceKind::Webmail, token)).is_err());
}

#[test]
fn a_new_password_ends_the_sessions_of_a_whm_user() {
    let world = world("auth-session-end");
    let session = world.gate.log_in(ServiceKind::Whm, peer(1), "root", ROOT, None).unwrap();
    let line = format!("{}={}", session.cookie, session.value);
    let of_session = Credentials {
        cookie: Some(&line),
        security_token: Some(&session.security_token),
        ..shown(ServiceKind::Whm)
    };
    assert!(world.gate.identify(&of_session).is_ok());
    let users = Users::open(&world.state.join(STATE)).unwrap();
    users.set_password("root", &secret("an0ther-Password")).unwrap();
    assert!(world.gate.identify(&of_session).is_err());
    assert!(world.basic(ServiceKind::Whm, "root", ROOT).is_err());
    assert!(world.basic(ServiceKind::Whm, "root", "an0ther-Password").is_ok());
}

#[test]
fn a_second_factor_is_asked_for_beside_passwords_only() {
    let world = world("auth-code");
    let codes = Codes::open(&world.state.join(STATE)).unwrap();
    let url = codes.enable(&world.bob(), START).unwrap();
    let code = |seconds| totp_rs::Totp::from_url(&url).unwrap().generate(seconds).to_string();
    let header = basic("bob", BOB);
    let with = |code: Option<&str>| {
        world.gate.identify(&Credentials { authorization: Some(&header), code, ..shown(ServiceKind::Cpanel) })
    };
    for _ in 0..10 {
        let denied = with(None).unwrap_err();
        assert!(denied.needs_code && denied.why.contains("two-factor"), "{denied:?}");
    }
    assert!(with(Some(&code(START))).is_ok(), "a missing code is no failure");
    assert!(with(Some(&code(START))).unwrap_err().why.contains("used before"));
    let denied = world.gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, None).err().unwrap();
    assert!(denied.needs_code);
    let next = code(START + 30);
    assert!(world.gate.log_in(ServiceKind::Cpanel, peer(1), "bob", BOB, Some(&next)).is_ok());
    assert!(world.basic(ServiceKind::Webmail, "user@example.com", USER).is_ok(), "a mailbox has none");
    let (secret, _) = world.tokens().create(&world.bob(), "t", None, START).unwrap();
    assert!(world.header(ServiceKind::Cpanel, &format!("cpanel bob:{secret}")).is_ok());
    for _ in 0..4 {
        assert!(with(Some("000000")).is_err());
    }
    assert_eq!(with(Some("000000")).unwrap_err().status(), 429, "codes cannot be guessed either");
}

#[test]
fn many_writers_lose_nothing_and_the_gate_sees_each_of_them() {
    let world = world("auth-writers");
    let state = world.state.join(STATE);
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let (state, root) = (&state, world.whm("root"));
            scope.spawn(move || {
                // Each with its own view of the file, as another process has.
                let tokens = Tokens::open(state).unwrap();
                for n in 0..5 {
                    let name = format!("t{writer}-{n}");
                    tokens.create(&root, &name, None, START).unwrap();
                }
            });
        }
    });
    let listed = world.tokens().list(Some(&world.whm("root"))).unwrap();
    assert_eq!(listed.len(), 40);
    let (secret, _) = world.tokens().create(&world.whm("root"), "last", None, START).unwrap();
    assert!(world.header(ServiceKind::Whm, &format!("whm root:{secret}")).is_ok());
}

#[test]
fn a_broken_file_closes_the_gate_and_names_the_place_without_its_text() {
    let world = world("auth-broken");
    let path = world.state.join(STATE).join("whm-users.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("\"name\"", "\"only_from\": \"s3cret\", \"name\"", 1)).unwrap();
    let denied = world.basic(ServiceKind::Whm, "root", ROOT).unwrap_err();
    assert_eq!((denied.status(), denied.reason), (503, Reason::Unavailable));
    let log = denied.log.unwrap();
    assert!(log.contains("whm-users.json") && log.contains("line 3"), "{log}");
    assert!(!log.contains("s3cret") && !denied.why.contains("whm-users"), "{log}");
    for _ in 0..30 {
        assert_eq!(
            world.basic(ServiceKind::Whm, "root", ROOT).unwrap_err().status(),
            503,
            "not a failure of his"
        );
    }
    std::fs::write(&path, text).unwrap();
    assert!(world.basic(ServiceKind::Whm, "root", ROOT).is_ok());
}
