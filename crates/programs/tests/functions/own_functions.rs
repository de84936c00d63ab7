//! The programs answer what the daemon answers, from its catalogue and on its files.

use crate::common::entrance::feed;
use crate::common::{Store, must, program};
use serde_json::{Value, json};

/// A store, and what a program of the shell answers for the daemon of its folder.
struct Shell(Store);

impl Shell {
    fn new(name: &str) -> Self {
        Self(Store::with_account(name))
    }

    fn json(&self, name: &str, args: &[&str]) -> Value {
        let mut command = self.0.command(program(name));
        command.env("STATE_DIRECTORY", self.0.dir.join("daemon")).arg("--output=json").args(args);
        serde_json::from_slice(&must(&mut command).stdout).unwrap()
    }

    /// What `liveapid` says, its options behind the subcommand.
    fn liveapid(&self, words: &[&str], input: &str) -> String {
        let state = self.0.dir.join("daemon");
        let mut command = self.0.command(program("liveapid"));
        command.args(words).arg("--state").arg(state);
        feed(&mut command, input.as_bytes())
    }
}

#[test]
fn functions_about_the_server() {
    let shell = Shell::new("own-server");
    assert_eq!(shell.json("whmapi1", &["version"])["data"], json!({"version": "11.86.0.0"}));
    assert_eq!(shell.json("whmapi0", &["version"]), json!({"version": "11.86.0.0"}));
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    assert_eq!(shell.json("whmapi1", &["gethostname"])["data"], json!({"hostname": name}));
    let apps = shell.json("whmapi1", &["applist"])["data"]["app"].clone();
    for app in ["applist", "cpanel", "create_user_session", "listaccts", "uapi_cpanel", "version"] {
        assert!(apps.as_array().unwrap().contains(&json!(app)), "{app}: {apps}");
    }
    // Every one of them is described.
    for app in apps.as_array().unwrap() {
        let mut help = shell.0.command(program("whmapi1"));
        let help = must(help.args(["--help", app.as_str().unwrap()]));
        assert!(String::from_utf8_lossy(&help.stdout).contains(app.as_str().unwrap()), "{app}");
    }
}

#[test]
fn calls_that_are_passed_on() {
    let shell = Shell::new("own-passed");
    shell.0.add_mailbox("user", "Some-Password-1");
    let named =
        ["cpanel", "cpanel_jsonapi_user=bob", "cpanel_jsonapi_module=Email", "cpanel_jsonapi_func=listpops"];
    let two = shell.json("whmapi1", &named);
    assert_eq!(two["cpanelresult"]["data"][0]["email"], "user@example.com", "{two}");
    let uapi = ["uapi_cpanel", "cpanel.user=bob", "cpanel.module=Email", "cpanel.function=list_pops"];
    let three = shell.json("whmapi1", &uapi);
    assert_eq!(
        (&three["metadata"]["result"], &three["data"]["uapi"]["status"]),
        (&json!(1), &json!(1)),
        "{three}"
    );
    let mut nobody = shell.0.command(program("whmapi1"));
    nobody.args(["uapi_cpanel", "cpanel.user=nobody1", "cpanel.module=Email", "cpanel.function=list_pops"]);
    let nobody = nobody.output().unwrap();
    assert!(!nobody.status.success() && String::from_utf8_lossy(&nobody.stderr).contains("nobody1"));
    let mut unnamed = shell.0.command(program("whmapi1"));
    let unnamed = unnamed.args(["cpanel", "cpanel_jsonapi_user=bob"]).output().unwrap();
    assert!(String::from_utf8_lossy(&unnamed.stderr).contains("cpanel_jsonapi_module"), "{unnamed:?}");
}

#[test]
fn tokens_are_the_daemons_own() {
    let shell = Shell::new("own-tokens");
    let tokens = |func: &str, args: &[&str]| {
        shell.json("uapi", &[&["--user=bob", "Tokens", func], args].concat())["result"].clone()
    };
    let made = tokens("create_full_access", &["name=portal"]);
    let secret = made["data"]["token"].as_str().unwrap_or_else(|| panic!("{made}"));
    assert_eq!(tokens("list", &[])["data"][0]["name"], "portal");
    assert!(shell.liveapid(&["token", "list"], "").contains("cpanel:bob\tportal"));
    let kept = std::fs::read_to_string(shell.0.dir.join("daemon/auth/tokens.json")).unwrap();
    assert!(!kept.contains(secret));
    assert_eq!(tokens("revoke", &["name=portal"])["status"], 1);
    assert_eq!(tokens("list", &[])["data"], json!([]));
    assert_eq!(
        shell.json("whmapi1", &["api_token_list"])["metadata"]["result"],
        0,
        "there is no WHM user root yet"
    );
    assert!(shell.liveapid(&["user", "add", "root"], "Root-Secret-77-Xy\n").contains("Added"));
    assert_eq!(shell.json("whmapi1", &["api_token_list"])["data"], json!({"tokens": {}}));
    assert!(shell.json("whmapi1", &["api_token_create", "token_name=t"])["data"]["token"].is_string());
}
