//! Our own client against our own server, and a server that passes calls on to another one.

use std::path::Path;
use std::process::Command;

use crate::common::{Store, json, program};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use serde_json::Value;

/// What cpapi2 gets from a server for a change to that password.
fn change(url: &str, token: &str, password: &str, settings: &[(&str, &str)]) -> Value {
    let mut command = Command::new(program("cpapi2"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LIVEAPI_")) {
        command.env_remove(name);
    }
    command
        .env("LIVEAPI_URL", url)
        .env("LIVEAPI_TOKEN", token)
        .env("LIVEAPI_USER", "bob")
        .envs(settings.iter().copied());
    let password = format!("password={password}");
    command.args(["--output=json", "Email", "passwdpop", "email=user@example.com", &password]);
    json(&command.output().unwrap())
}

fn done(answer: &Value) -> bool {
    answer["cpanelresult"]["data"][0]["result"] == 1 && answer["cpanelresult"]["error"].is_null()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn the_client_trusts_the_server_by_its_authority_or_its_fingerprint() {
    let daemon = Liveapid::start("lv-trust");
    let (root, bob) = (daemon.token("root"), daemon.token("bob"));
    let (whm, cpanel) = (
        format!("whm://root@localhost:{}", daemon.ports.whm),
        format!("cpanel://bob@127.0.0.1:{}", daemon.ports.cpanel),
    );
    let authority = daemon.authority();
    let by_authority = [("LIVEAPI_CA_FILE", text(&authority))];
    for (url, token, password) in [(&whm, &root, "Remote-Pass-1"), (&cpanel, &bob, "Remote-Pass-2")] {
        let answer = change(url, token, password, &by_authority);
        assert!(done(&answer) && daemon.opens(password), "{answer}");
    }
    let told = daemon
        .store
        .command(program("liveapid"))
        .arg("--trust")
        .arg("--state")
        .arg(daemon.store.dir.join("daemon"))
        .output()
        .unwrap();
    let told = String::from_utf8(told.stdout).unwrap();
    let pin = told.split("LIVEAPI_PIN=").nth(1).unwrap().trim();
    assert!(done(&change(&whm, &root, "Remote-Pass-3", &[("LIVEAPI_PIN", pin)])), "{told}");
    let other = Liveapid::start("lv-other");
    let others = other.authority();
    for settings in [
        vec![],
        vec![("LIVEAPI_CA_FILE", text(&others))],
        vec![("LIVEAPI_PIN", &*format!("sha256:{}", "ab".repeat(32)))],
    ] {
        let answer = change(&whm, &root, "Stolen-Pass-4", &settings);
        let why = answer["cpanelresult"]["error"].as_str().unwrap();
        assert!(why.contains("certificate") && !why.contains("Stolen"), "{why}");
    }
    assert!(daemon.opens("Remote-Pass-3"));
}

/// A certificate for that name, valid or ended, and its authority; the paths of authority, certificate, key.
fn certificate(store: &Store, name: &str, which: &str) -> [String; 3] {
    let file = |kind: &str| text(&store.dir.join(format!("{name}-{which}.{kind}"))).to_owned();
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    if which == "new-true" {
        (params.not_before, params.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let key = KeyPair::generate().unwrap();
    let signed = params.signed_by(&key, &authority).unwrap();
    let files = [file("ca"), file("pem"), file("key")];
    for (file, text) in files.iter().zip([authority.pem(), signed.pem(), key.serialize_pem()]) {
        std::fs::write(file, text).unwrap();
    }
    files
}

#[test]
fn a_certificate_of_ones_own_and_its_renewal_while_the_server_runs() {
    let store = Store::with_account("lv-renew");
    store.add_mailbox("user", FIRST_PASSWORD);
    let [first_ca, pem, key] = certificate(&store, "localhost", "first");
    let daemon = Liveapid::on(store, &["--certificate", &pem, "--certificate-key", &key]);
    let token = daemon.token("root");
    let url = format!("whm://root@localhost:{}", daemon.ports.whm);
    let with = |ca: &str, password: &str| change(&url, &token, password, &[("LIVEAPI_CA_FILE", ca)]);
    assert!(done(&with(&first_ca, "Renew-Pass-1")));
    for (name, ended, words) in [
        ("localhost", true, "expired"),
        ("elsewhere.example", false, "for another host name"),
        ("localhost", false, ""),
    ] {
        let [ca, new_pem, new_key] = certificate(&daemon.store, name, &format!("new-{ended}"));
        std::fs::copy(new_key, &key).unwrap();
        std::fs::copy(new_pem, &pem).unwrap();
        let changed = format!("{words}{ended}{name}");
        let begun = std::time::Instant::now();
        let answer = loop {
            let answer = with(&ca, "Renew-Pass-2");
            let why = answer["cpanelresult"]["error"].as_str().unwrap_or_default().to_owned();
            if if words.is_empty() { done(&answer) } else { why.contains(words) } {
                break answer;
            }
            assert!(begun.elapsed().as_secs() < 20, "{changed}: {answer}");
            std::thread::sleep(std::time::Duration::from_millis(300));
        };
        assert_eq!(done(&answer), words.is_empty(), "{changed}");
    }
    assert!(daemon.opens("Renew-Pass-2"));
    std::fs::write(&pem, "broken").unwrap();
    std::thread::sleep(std::time::Duration::from_secs(6));
    assert!(daemon.log().contains("the old one is still shown"), "{}", daemon.log());
    let last = daemon.store.dir.join("localhost-new-false.ca");
    assert!(done(&with(text(&last), "Renew-Pass-3")));
}

/// Old clients reach a new server: a daemon without a store passes calls on to one with a store.
#[test]
fn a_gateway_passes_calls_on() {
    let behind = Liveapid::start("lv-behind");
    let token = behind.token("root");
    let store = Store::empty("lv-gateway");
    let (url, authority) = (format!("whm://root@localhost:{}", behind.ports.whm), behind.authority());
    let mut settings = format!("url = \"{url}\"\nca_file = \"{}\"\ntoken = \"{token}\"\n", text(&authority));
    settings.push_str("timeout = 5\n");
    let config = store.dir.join("gateway.toml");
    private(&config, &settings);
    let launcher =
        ["env", "-u", "LIVEAPI_URL", "-u", "LIVEAPI_USER", &format!("LIVEAPI_CONFIG={}", text(&config))];
    let gateway = Liveapid::under(store, &launcher, &[]);
    let root = gateway.token("root");
    let call = |path: &str| {
        gateway.curl(gateway.ports.whm, path, &["--header", &format!("Authorization: whm root:{root}")])
    };
    let change = |password: &str| {
        call(&format!(
            "/json-api/cpanel?cpanel_jsonapi_user=bob&cpanel_jsonapi_module=Email&cpanel_jsonapi_func=passwdpop&domain=example.com&email=user&password={password}"
        ))
    };
    assert!(done(&change("Through-Pass-1").json()) && behind.opens("Through-Pass-1"));
    let weak = change("a");
    assert!(weak.json()["cpanelresult"]["error"].as_str().unwrap().contains("too weak"), "{weak:?}");
    let accounts = call("/json-api/listaccts?api.version=1").json();
    assert_eq!(accounts["data"]["acct"][0]["user"], "bob", "{accounts}");
    let uapi = call(
        "/json-api/uapi_cpanel?api.version=1&cpanel.user=bob&cpanel.module=Email&cpanel.function=list_pops",
    )
    .json();
    assert_eq!(uapi["data"]["uapi"]["data"][0]["email"], "user@example.com", "{uapi}");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let change = &change;
            scope
                .spawn(move || assert!(done(&change(&format!("Parallel-Pass-{number}")).json()), "{number}"));
        }
    });
    drop(behind);
    let gone = change("Lost-Pass-1");
    let why = gone.json()["cpanelresult"]["error"].as_str().unwrap().to_owned();
    assert!(gone.status == 200 && why.contains("nothing listens") && !why.contains(&token), "{gone:?}");
    assert!(!gateway.log().contains(&token) && !gateway.log().contains("Lost-Pass-1"));
}

fn private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
