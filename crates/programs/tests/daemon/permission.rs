//! What callers of the daemon may do, by calls that are really made, and the functions that it answers itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::Store;
use liveapi_core::api::{Args, Call, Family, Outcome, envelope};
use liveapi_core::engine::Engine;
use liveapi_core::engine::local::{LocalEngine, Settings as EngineSettings};
use liveapi_core::store::home::HomeStore;
use liveapi_core::store::{AccountName, Address, MailStore, Password, Quota, Secret};
use liveapi_programs::server::auth::{
    Allowed, AssignedAccount, Clock, Denied, Gate, How, Identified, LoginSettings, Reason, STATE,
    StorePasswords, Users, Who, only,
};
use liveapi_programs::server::own::{OwnEngine, tokens};
use serde_json::{Value, json};

const START: u64 = 4_000_000_000;
const MAIL: &str = "user@example.com";

struct World {
    store: Store,
    gate: Gate,
    engine: LocalEngine,
    clock: Arc<AtomicU64>,
}

fn account(name: &str) -> AccountName {
    AccountName::existing(name).unwrap()
}

/// An account, given to a reseller as it is now.
fn assigned(store: &Store, name: &str) -> AssignedAccount {
    let home = HomeStore::at(&store.root, crate::common::UNPRIVILEGED).unwrap();
    AssignedAccount::new(&account(name), &home.account(&account(name)).unwrap().unwrap().id)
}

fn caller(who: Who, user: &str, how: How) -> Identified {
    Identified { who, user: user.to_owned(), how, session: None }
}

fn root() -> Identified {
    caller(Who::Root, "root", How::Basic)
}

fn seller() -> Identified {
    caller(Who::Reseller(account("seller")), "seller", How::Token)
}

fn bob(how: How) -> Identified {
    caller(Who::Account(account("bob")), "bob", how)
}

fn mailbox() -> Identified {
    caller(Who::Mailbox(account("bob"), Address::existing(MAIL, None).unwrap()), MAIL, How::Session)
}

fn args<'a>(pairs: &[(&'a str, &'a str)]) -> Args<'a> {
    let mut args = Args::default();
    for (name, value) in pairs {
        args.push_text(*name, *value);
    }
    args
}

fn call<'a>(family: Family, name: &'a str, pairs: &[(&'a str, &'a str)]) -> Call<'a> {
    let (module, func) = name.split_once("::").unwrap_or(("", name));
    Call { family, module, func, args: args(pairs) }
}

impl World {
    /// Accounts bob (with two mailboxes), alice and carol; seller has bob and alice.
    fn new(name: &str) -> Self {
        let store = Store::empty(name);
        for (user, domain) in [("bob", "example.com"), ("alice", "example.org"), ("carol", "example.net")] {
            let (user, domain) = (format!("username={user}"), format!("domain={domain}"));
            assert_eq!(store.whm("createacct", &[&user, &domain])["metadata"]["result"], 1);
        }
        store.add_mailbox("user", "12345luggage");
        store.add_mailbox("other", "12345luggage");
        let state = store.dir.join("state");
        let users = Users::open(&state.join(STATE)).unwrap();
        let secret = Secret::Password(Password::to_be_stored("r3seller").unwrap());
        users.add("seller", &secret, Some(&[assigned(&store, "bob"), assigned(&store, "alice")])).unwrap();
        users.add("root", &secret, None).unwrap();
        let home = || HomeStore::at(&store.root, crate::common::UNPRIVILEGED).unwrap();
        let clock = Arc::new(AtomicU64::new(START));
        let passwords = Box::new(StorePasswords(home()));
        let gate =
            Gate::with_clock(&state, &LoginSettings::default(), passwords, Clock::standing(&clock)).unwrap();
        let settings = EngineSettings { required_strength: 0, default_quota: Quota::UNLIMITED };
        let engine = LocalEngine::new(Box::new(home()), settings);
        Self { store, gate, engine, clock }
    }

    /// A call as the daemon's routes make it.
    fn call(&self, caller: &Identified, user: Option<&str>, mut call: Call<'_>) -> Result<Value, Denied> {
        let allowed = self.gate.may(caller, &call, user)?;
        allowed.bind(&mut call.args);
        let account = allowed.account.as_ref().map(AccountName::as_str);
        let engine = OwnEngine { gate: &self.gate, behind: &self.engine, caller, urls: None };
        let answered = engine.call(account, &call).map(|outcome| match &allowed.only {
            Some(accounts) => only(outcome, accounts),
            None => outcome,
        });
        let written = envelope::write(call.family, call.module, call.func, &answered);
        Ok(serde_json::from_slice(&written).unwrap())
    }

    fn may(&self, caller: &Identified, user: Option<&str>, call: &Call<'_>) -> Result<Allowed, Denied> {
        self.gate.may(caller, call, user)
    }

    fn opens(&self, email: &str, password: &str) -> bool {
        let args = [crate::common::arg("email", email), crate::common::arg("password", password)];
        self.store.uapi("Email", "verify_password", &[&args[0], &args[1], "domain=example.com"])["result"]["data"]
            == 1
    }
}

#[test]
fn everybody_acts_for_the_accounts_that_are_his() {
    let world = World::new("perm-account");
    let passwd = || call(Family::Api2, "Email::listpops", &[]);
    let account_of = |caller: &Identified, user| {
        world.may(caller, user, &passwd()).map(|allowed| allowed.account.unwrap().to_string())
    };
    assert_eq!(account_of(&root(), Some("carol")), Ok("carol".to_owned()));
    assert_eq!(account_of(&seller(), Some("alice")), Ok("alice".to_owned()));
    let foreign = account_of(&seller(), Some("carol")).unwrap_err();
    assert_eq!((foreign.status(), foreign.reason), (403, Reason::Permission));
    assert!(foreign.why.starts_with("Permission denied"), "{}", foreign.why);
    assert_eq!(
        account_of(&bob(How::Basic), Some("carol")),
        Ok("bob".to_owned()),
        "whatever the parameter says"
    );
    assert_eq!(account_of(&bob(How::Token), None), Ok("bob".to_owned()));
    for user in [None, Some(""), Some("../bob"), Some("Bob")] {
        let denied = account_of(&root(), user).unwrap_err();
        assert_eq!((denied.status(), denied.reason), (200, Reason::User), "{user:?}");
        let body: Value = serde_json::from_slice(&denied.body(Some(&passwd()))).unwrap();
        assert_eq!(body["error"], "User parameter is invalid or was not supplied");
    }
    // The list is read at every call.
    let users = Users::open(&world.store.dir.join("state").join(STATE)).unwrap();
    users.set_accounts("seller", &[assigned(&world.store, "carol")]).unwrap();
    assert!(account_of(&seller(), Some("carol")).is_ok() && account_of(&seller(), Some("bob")).is_err());
}

#[test]
fn functions_of_whm_are_the_administrators() {
    let world = World::new("perm-whm");
    let whm = |func: &'static str| call(Family::Whm, func, &[]);
    for func in
        ["createacct", "removeacct", "modifyacct", "listaccts", "version", "nosuch", "api_token_create"]
    {
        assert_eq!(world.may(&root(), None, &whm(func)), Ok(Allowed::default()), "{func}");
    }
    for func in ["createacct", "removeacct", "modifyacct", "nosuch"] {
        for who in [seller(), bob(How::Basic), mailbox()] {
            assert_eq!(world.may(&who, Some("bob"), &whm(func)).unwrap_err().status(), 403, "{func}");
        }
    }
    for func in ["passwd", "suspendacct", "unsuspendacct"] {
        let of = |user: &'static str| call(Family::Whm, func, &[("user", user)]);
        assert!(world.may(&seller(), None, &of("bob")).is_ok());
        assert_eq!(world.may(&seller(), None, &of("carol")).unwrap_err().status(), 403);
        assert_eq!(world.may(&seller(), Some("bob"), &whm(func)).unwrap_err().reason, Reason::User);
        assert_eq!(world.may(&bob(How::Basic), None, &of("bob")).unwrap_err().status(), 403);
        let twice = call(Family::Whm, func, &[("user", "bob"), ("user", "carol")]);
        assert_eq!(world.may(&seller(), None, &twice).unwrap_err().status(), 403, "the last one counts");
    }
    for func in ["api_token_create", "api_token_list"] {
        assert!(world.may(&seller(), None, &whm(func)).is_ok());
        assert_eq!(world.may(&bob(How::Basic), None, &whm(func)).unwrap_err().status(), 403);
    }
}

#[test]
fn lists_of_accounts_show_ones_own() {
    let world = World::new("perm-lists");
    let users = |caller: &Identified, family: Family, pairs: &[(&'static str, &'static str)], list: &str| {
        let answer = world.call(caller, None, call(family, "listaccts", pairs)).unwrap();
        let rows = answer.pointer(list).unwrap().as_array().unwrap().clone();
        rows.iter().map(|row| row["user"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(users(&root(), Family::Whm, &[], "/data/acct"), ["alice", "bob", "carol"]);
    assert_eq!(users(&seller(), Family::Whm, &[], "/data/acct"), ["alice", "bob"]);
    assert_eq!(users(&seller(), Family::Whm0, &[], "/acct"), ["alice", "bob"]);
    let search = [("searchtype", "domain"), ("search", "example")];
    assert_eq!(users(&bob(How::Basic), Family::Whm, &search, "/data/acct"), ["bob"]);
    let summary = |caller: &Identified, user: &'static str| {
        world.call(caller, None, call(Family::Whm, "accountsummary", &[("user", user)]))
    };
    assert_eq!(summary(&seller(), "bob").unwrap()["data"]["acct"][0]["user"], "bob");
    assert_eq!(summary(&seller(), "carol").unwrap_err().status(), 403);
    assert_eq!(summary(&bob(How::Basic), "alice").unwrap_err().status(), 403);
}

#[test]
fn a_token_of_an_account_does_not_reach_api_1() {
    let world = World::new("perm-api1");
    let api1 = || call(Family::Api1, "Email::passwdpop", &[]);
    let denied = world.may(&bob(How::Token), None, &api1()).unwrap_err();
    assert_eq!(
        (denied.status(), denied.why.as_str()),
        (403, "Token authentication allows access to UAPI or API 2 calls only")
    );
    for how in [How::Basic, How::Session] {
        assert!(world.may(&bob(how), None, &api1()).is_ok());
    }
    assert!(world.may(&root(), Some("bob"), &api1()).is_ok());
}

#[test]
fn a_mailbox_changes_its_own_password_however_it_is_named() {
    let world = World::new("perm-mailbox");
    let ways: [&[(&str, &str)]; 6] = [
        &[("email", "user"), ("domain", "example.com")],
        &[("email", "user")],
        &[("email", MAIL)],
        &[("email", "User@Example.COM"), ("domain", "example.com")],
        &[("domain", "example.com")],
        &[],
    ];
    for (n, way) in ways.iter().enumerate() {
        let password = format!("n3w-Password-{n}");
        let mut pairs = way.to_vec();
        pairs.push(("password", &password));
        let answer =
            world.call(&mailbox(), Some("carol"), call(Family::Api2, "Email::passwdpop", &pairs)).unwrap();
        assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{way:?}: {answer}");
        assert!(world.opens("user", &password) && world.opens("other", "12345luggage"), "{way:?}");
    }
    let positional = [("arg-0", MAIL), ("arg-1", "p0sitional-Password")];
    let answer = world.call(&mailbox(), None, call(Family::Api1, "Email::passwdpop", &positional)).unwrap();
    assert_eq!(answer["event"]["result"], 1, "{answer}");
    assert!(world.opens("user", "p0sitional-Password"));
    let uapi = call(Family::Uapi, "Email::passwd_pop", &[("email", "user"), ("password", "uap1-Password")]);
    assert_eq!(world.call(&mailbox(), None, uapi).unwrap()["result"]["status"], 1);
    assert!(world.opens("user", "uap1-Password"));
    let usage = call(Family::Uapi, "Email::get_disk_usage", &[]);
    assert_eq!(world.call(&mailbox(), None, usage).unwrap()["result"]["data"]["login"], MAIL);
}

#[test]
fn a_mailbox_does_nothing_else() {
    let world = World::new("perm-mailbox-no");
    let password = ("password", "n3w-Password");
    let others: [&[(&str, &str)]; 6] = [
        &[("email", "other"), password],
        &[("email", "other@example.com"), password],
        &[("email", MAIL), ("domain", "example.org"), password],
        &[("email", "user"), ("domain", "example.org"), password],
        &[("email", "user"), ("email", "other"), password],
        &[("email", ""), password],
    ];
    for pairs in others {
        for (family, name) in [(Family::Api2, "Email::passwdpop"), (Family::Uapi, "Email::passwd_pop")] {
            let denied = world.call(&mailbox(), None, call(family, name, pairs)).unwrap_err();
            assert_eq!(denied.status(), 403, "{pairs:?}");
        }
    }
    let mut nested = args(&[password]);
    nested.push_nested("email", r#"["other"]"#.to_owned());
    let nested = Call { family: Family::Api2, module: "Email", func: "passwdpop", args: nested };
    assert!(world.call(&mailbox(), None, nested).is_err());
    for (family, name, pairs) in [
        (Family::Api2, "Email::addpop", &[("email", "new")][..]),
        (Family::Api2, "Email::delpop", &[("email", "user")]),
        (Family::Uapi, "Email::list_pops", &[]),
        (Family::Uapi, "Tokens::list", &[]),
        (Family::Api2, "Ema1l::passwdpop", &[("email", "user")]),
        (Family::Api1, "Email::passwdpop", &[("email", "user"), ("quota", "9999")]),
        (Family::Api1, "Email::passwdpop", &[("arg-0", "user"), ("arg-1", "x"), ("arg-2", "9999")]),
        (Family::Api1, "Email::passwdpop", &[("arg-0", "other"), ("arg-1", "x")]),
        (Family::Api1, "Email::passwdpop", &[("arg-0", "user"), ("arg-3", "example.org")]),
    ] {
        assert_eq!(
            world.call(&mailbox(), None, call(family, name, pairs)).unwrap_err().status(),
            403,
            "{name}"
        );
    }
    assert!(world.opens("user", "12345luggage") && world.opens("other", "12345luggage"));
    let passwd = call(Family::Uapi, "Email::passwdpop", &[]);
    let denied = world.may(&mailbox(), None, &passwd).unwrap_err();
    let why = "Execution of Email::passwdpop (api version:3) is not permitted inside of webmail";
    assert_eq!(denied.why, why);
    let body: Value = serde_json::from_slice(&denied.body(Some(&passwd))).unwrap();
    assert_eq!((&body["result"]["errors"], &body["errors"]), (&json!([why]), &json!([why])));
}

#[test]
fn tokens_are_managed_by_whms_functions() {
    let world = World::new("perm-whm-tokens");
    let call = |caller: &Identified, func: &str, pairs: &[(&str, &str)]| {
        world.call(caller, None, call(Family::Whm, func, pairs)).unwrap()
    };
    let created =
        call(&root(), "api_token_create", &[("token_name", "deploy"), ("expires_at", "4000000100")]);
    let token = created["data"]["token"].as_str().unwrap().to_owned();
    let shape = json!({"acls":["all"],"create_time":START,"expires_at":START + 100,"name":"deploy","whitelist_ips":null});
    let mut data = created["data"].clone();
    data.as_object_mut().unwrap().remove("token");
    assert_eq!((&data, token.len()), (&shape, 32));
    assert_eq!(call(&root(), "api_token_get_details", &[("token", &token)])["data"], shape);
    let mut listed = shape.clone();
    listed["acls"] = json!({"all": 1});
    assert_eq!(call(&root(), "api_token_list", &[])["data"], json!({"tokens": {"deploy": listed}}));
    assert_eq!(call(&seller(), "api_token_list", &[])["data"], json!({"tokens": {}}));
    let updated = call(&root(), "api_token_update", &[("token_name", "deploy"), ("new_name", "a-b_1")]);
    assert_eq!(
        (&updated["data"]["name"], &updated["data"]["expires_at"]),
        (&json!("a-b_1"), &json!(START + 100))
    );
    let updated = call(&root(), "api_token_update", &[("token_name", "a-b_1"), ("expires_at", "0")]);
    assert_eq!(updated["data"]["expires_at"], Value::Null);
    for (func, pairs, why) in [
        ("api_token_create", &[("token_name", "a-b_1")][..], "already"),
        ("api_token_create", &[], "\"token_name\" is a required argument."),
        ("api_token_create", &[("token_name", "x"), ("acl-0", "list-accts")], "all privileges"),
        ("api_token_create", &[("token_name", "x"), ("whitelist_ip", "192.0.2.1")], "from everywhere"),
        ("api_token_create", &[("token_name", "x"), ("expires_at", "tomorrow")], "no number"),
        ("api_token_create", &[("token_name", "x"), ("expires_at", "1000")], "in the past"),
        ("api_token_update", &[("token_name", "nosuch"), ("new_name", "x")], "no token named"),
        ("api_token_revoke", &[("token_name", "a-b_1"), ("token_name-1", "nosuch")], "no token named"),
        ("api_token_get_details", &[("token", "ABC")], "no such token"),
    ] {
        let answer = call(&root(), func, pairs);
        assert_eq!(answer["metadata"]["result"], 0, "{answer}");
        assert!(answer["metadata"]["reason"].as_str().unwrap().contains(why), "{answer}");
    }
    let of_other = call(&seller(), "api_token_revoke", &[("token_name", "a-b_1")]);
    assert_eq!(of_other["metadata"]["result"], 0);
    assert_eq!(
        call(&root(), "api_token_create", &[("token_name", "x"), ("acl", "all")])["metadata"]["result"],
        1
    );
    let revoked = call(&root(), "api_token_revoke", &[("token_name", "a-b_1"), ("token_name-1", "x")]);
    assert_eq!(revoked["metadata"]["result"], 1, "{revoked}");
    assert_eq!(call(&root(), "api_token_list", &[])["data"], json!({"tokens": {}}));
}

#[test]
fn tokens_are_managed_by_uapi() {
    let world = World::new("perm-uapi-tokens");
    let call = |caller: &Identified, user, func: &str, pairs: &[(&str, &str)]| {
        world.call(caller, user, call(Family::Uapi, &format!("Tokens::{func}"), pairs)).unwrap()["result"]
            .take()
    };
    let bob = bob(How::Token);
    let created = call(&bob, None, "create_full_access", &[("name", "deploy")]);
    assert_eq!((created["status"].clone(), created["data"]["create_time"].clone()), (json!(1), json!(START)));
    assert_eq!(created["data"]["token"].as_str().unwrap().len(), 32);
    world.clock.fetch_add(5, Ordering::Relaxed);
    call(&root(), Some("bob"), "create_full_access", &[("name", "by-root"), ("expires_at", "4100000000")]);
    let row = |name, created, expires: Value| json!({"create_time":created,"expires_at":expires,"features":[],"has_full_access":1,"name":name});
    let (first, second) =
        (row("by-root", START + 5, json!(4_100_000_000_u64)), row("deploy", START, Value::Null));
    assert_eq!(call(&bob, None, "list", &[])["data"], json!([first, second]));
    assert_eq!(
        call(
            &bob,
            None,
            "list",
            &[("api.sort", "1"), ("api.sort_column", "create_time"), ("api.sort_method", "numeric")]
        )["data"],
        json!([second, first])
    );
    assert_eq!(call(&root(), Some("alice"), "list", &[])["data"], json!([]));
    let renamed = call(&bob, None, "rename", &[("name", "deploy"), ("new_name", "other")]);
    assert_eq!((&renamed["status"], &renamed["data"]), (&json!(1), &Value::Null));
    let revoked = call(&bob, None, "revoke", &[("name", "other")]);
    assert_eq!((&revoked["data"], &revoked["warnings"]), (&json!(1), &Value::Null));
    let again = call(&bob, None, "revoke", &[("name", "other")]);
    assert!(again["data"] == 1 && again["warnings"][0].as_str().unwrap().contains("no token"), "{again}");
    for (user, func, pairs, why) in [
        ("bob", "create_full_access", &[("name", "by-root")][..], "already"),
        ("bob", "create_full_access", &[], "required"),
        ("bob", "rename", &[("name", "nosuch"), ("new_name", "x")], "no token"),
        ("nobody1", "list", &[], "does not exist"),
    ] {
        let refused = call(&root(), Some(user), func, pairs);
        assert!(refused["status"] == 0 && refused["errors"][0].as_str().unwrap().contains(why), "{refused}");
    }
}

#[test]
fn what_is_not_the_daemons_goes_to_the_engine() {
    let world = World::new("perm-engine");
    for (family, name) in
        [(Family::Whm, "listaccts"), (Family::Uapi, "Email::list"), (Family::Api2, "Tokens::list")]
    {
        assert!(tokens::answer(&world.gate, &root(), None, &call(family, name, &[])).is_none(), "{name}");
    }
    for function in tokens::functions() {
        let call = Call {
            family: function.family,
            module: function.module,
            func: function.func,
            args: Args::default(),
        };
        let answered = tokens::answer(&world.gate, &root(), None, &call).unwrap();
        assert!(matches!(answered, Ok(Outcome::Done(_) | Outcome::Refused(..))), "{}", function.func);
        let known = liveapi_core::engine::local::function(function.family, function.module, function.func);
        assert!(known.is_none(), "{} is answered twice", function.func);
    }
}
