//! The daemon's subcommands for users, tokens and second factors, as processes beside an open gate.

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use liveapi_core::store::AccountName;
use liveapi_programs::server::ServiceKind;
use liveapi_programs::server::auth::{Credentials, Gate, LoginSettings, NoPasswords, Who};

const ROOT: &str = "v9#Quartz-Lantern-4412";

struct Admin {
    dir: PathBuf,
}

impl Admin {
    fn new(name: &str) -> Self {
        Self { dir: crate::common::scratch(name) }
    }

    fn state(&self) -> PathBuf {
        self.dir.join("state")
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liveapid"));
        command.arg("--state").arg(self.state()).args(line.split_whitespace());
        command.env("HOME", &self.dir).env_remove("LIVEAPI_CONFIG").env_remove("LIVEAPI_URL");
        command.env("LIVEAPI_URL", format!("home://{}", self.dir.join("store").display()));
        command
    }

    fn run(&self, line: &str, input: &str) -> Output {
        let mut command = self.command(line);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A program that refuses before it reads closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// What a command says that does its work.
    fn said(&self, line: &str, input: &str) -> String {
        let output = self.run(line, input);
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && complaint.is_empty(), "{line}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What a command complains of that does not.
    fn refused(&self, line: &str, input: &str) -> String {
        let output = self.run(line, input);
        assert!(!output.status.success() && output.stdout.is_empty(), "{line}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Creates an account in the store.
    fn create(&self, account: &str, domain: &str) {
        let made = crate::common::must(
            Command::new(crate::common::program("whmapi1"))
                .args(["createacct", &format!("username={account}"), &format!("domain={domain}")])
                .env("LIVEAPI_URL", format!("home://{}", self.dir.join("store").display()))
                .env("LIVEAPI_VIRTUAL_USER", crate::common::UNPRIVILEGED),
        );
        assert!(String::from_utf8_lossy(&made.stdout).contains("result: 1"));
    }

    fn gate(&self) -> Gate {
        let settings = LoginSettings { allow_access_hash: true, ..LoginSettings::default() };
        Gate::open(&self.state(), &settings, Box::new(NoPasswords)).unwrap()
    }
}

impl Drop for Admin {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

fn who(gate: &Gate, authorization: &str) -> Option<Who> {
    let shown = Credentials {
        service: ServiceKind::Whm,
        peer: IpAddr::from(Ipv4Addr::LOCALHOST),
        authorization: Some(authorization),
        code: None,
        cookie: None,
        security_token: None,
    };
    gate.identify(&shown).ok().map(|identified| identified.who)
}

fn log_in(gate: &Gate, user: &str, password: &str) -> Result<Who, String> {
    let session = gate.log_in(ServiceKind::Whm, IpAddr::from(Ipv4Addr::LOCALHOST), user, password, None);
    session.map(|session| session.who).map_err(|denied| denied.why)
}

#[test]
fn users_come_change_and_go_while_the_gate_is_open() {
    let admin = Admin::new("adm-user");
    let gate = admin.gate();
    assert!(log_in(&gate, "root", ROOT).is_err());
    assert_eq!(admin.said("user add root", &format!("{ROOT}\n")), "Added: root\n");
    assert_eq!(log_in(&gate, "root", ROOT), Ok(Who::Root));
    for name in ["whm-users.json", "tokens.json"] {
        let path = admin.state().join("auth").join(name);
        if path.exists() {
            assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600, "{name}");
        }
    }
    assert_eq!(admin.state().join("auth").metadata().unwrap().mode() & 0o777, 0o700);
    let file = std::fs::read_to_string(admin.state().join("auth/whm-users.json")).unwrap();
    assert!(file.contains("$6$") && !file.contains(ROOT));
    admin.said("user password root", "k7!Harbour-Violet-9035");
    assert!(log_in(&gate, "root", ROOT).is_err() && log_in(&gate, "root", "k7!Harbour-Violet-9035").is_ok());
    let path = admin.dir.join("password");
    std::fs::write(&path, format!("{ROOT}\r\n")).unwrap();
    assert!(admin.refused("user add seller --reseller --accounts bob", ROOT).contains("no account “bob”"));
    for (account, domain) in [("bob", "b.example"), ("alice", "a.example"), ("carol", "c.example")] {
        admin.create(account, domain);
    }
    admin.said(
        &format!("user add seller --reseller --accounts bob,alice --password-file {}", path.display()),
        "",
    );
    assert_eq!(log_in(&gate, "seller", ROOT), Ok(Who::Reseller(AccountName::existing("seller").unwrap())));
    assert_eq!(admin.said("user list", ""), "root\tadministrator\nseller\treseller\tbob,alice\n");
    admin.said("user accounts seller carol", "");
    assert!(admin.said("user list", "").ends_with("seller\treseller\tcarol\n"));
    admin.said("user remove root", "");
    assert!(log_in(&gate, "root", "k7!Harbour-Violet-9035").is_err());
    for (line, input, complaint) in [
        ("user add seller", ROOT, "already"),
        ("user add weak", "12345", "too weak"),
        ("user add empty", "", "password"),
        ("user add Root", ROOT, "lower-case"),
        ("user add x --accounts a", ROOT, "--reseller"),
        ("user add x --reseller --accounts ../a", ROOT, "no name of an account"),
        ("user password nobody", ROOT, "no WHM user"),
        ("user remove nobody", "", "no WHM user"),
        ("user accounts nobody a", "", "no WHM user"),
        ("user add x --password-file /nonexistent/x", "", "/nonexistent/x"),
        ("user", "", "Usage"),
    ] {
        let refused = admin.refused(line, input);
        assert!(refused.contains(complaint) && !refused.contains(ROOT), "{line}: {refused}");
    }
}

#[test]
fn tokens_and_hashes_come_and_go() {
    let admin = Admin::new("adm-token");
    let gate = admin.gate();
    admin.said("user add root", ROOT);
    let created = admin.said("token create root deploy --days 30", "");
    let token = created.lines().next().unwrap().to_owned();
    assert!(token.len() == 32 && created.contains("Authorization: whm root:TOKEN"), "{created}");
    assert_eq!(who(&gate, &format!("whm root:{token}")), Some(Who::Root));
    let listed = admin.said("token list", "");
    assert!(listed.starts_with("whm:root\tdeploy\tcreated ") && listed.contains("\texpires "), "{listed}");
    assert!(!listed.contains(&token));
    assert!(admin.refused("token create whm:root deploy", "").contains("already"));
    assert!(admin.refused("token create whm:nobody x", "").contains("no WHM user"));
    for line in ["token create nobody x", "token hash cpanel:nobody", "totp enable nobody"] {
        assert!(admin.refused(line, "").contains("no account “nobody”"), "{line}");
    }
    assert!(admin.refused("token revoke root nosuch", "").contains("no token"));
    admin.said("token revoke whm:root deploy", "");
    assert_eq!(who(&gate, &format!("whm root:{token}")), None);
    let hash = admin.said("token hash root", "");
    let lines: Vec<_> = hash.lines().take(29).collect();
    assert_eq!(who(&gate, &format!("WHM root:{}", lines.concat())), Some(Who::Root));
    let old = "0123456789abcdef".repeat(58);
    assert!(!admin.said("token hash root --from -", &old).contains("0123456789abcdef"));
    assert_eq!(who(&gate, &format!("WHM root:{old}")), Some(Who::Root));
    assert!(who(&gate, &format!("WHM root:{}", lines.concat())).is_none());
    // Whoever is added later under the same name has none of it.
    let kept = admin.said("token create root kept", "").lines().next().unwrap().to_owned();
    admin.said("user remove root", "");
    admin.said("user add root", ROOT);
    assert_eq!(who(&gate, &format!("whm root:{kept}")), None);
    assert_eq!(admin.said("token list", ""), "");
}

#[test]
fn a_second_factor_is_switched_on_and_off() {
    let admin = Admin::new("adm-totp");
    let gate = admin.gate();
    admin.said("user add root", ROOT);
    let url = admin.said("totp enable root", "");
    assert!(url.starts_with("otpauth://totp/"), "{url}");
    assert!(admin.refused("totp enable root", "").contains("already"));
    assert!(log_in(&gate, "root", ROOT).unwrap_err().contains("two-factor"));
    assert_eq!(admin.said("totp list", ""), "whm:root\n");
    assert_eq!(admin.said("totp disable root", ""), "Off: whm:root\n");
    assert_eq!(log_in(&gate, "root", ROOT), Ok(Who::Root));
    assert_eq!(admin.said("totp disable root", ""), "It was off: whm:root\n");
}

#[test]
fn processes_that_write_at_the_same_time_lose_nothing() {
    let admin = Admin::new("adm-race");
    admin.said("user add root", ROOT);
    let children: Vec<_> = (0..12)
        .map(|n| {
            let mut command = admin.command(&format!("token create root t{n}"));
            command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let gate = admin.gate();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        let token = String::from_utf8(output.stdout).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(who(&gate, &format!("whm root:{token}")), Some(Who::Root));
    }
    assert_eq!(admin.said("token list root", "").lines().count(), 12);
}

#[test]
fn the_manuals_commands_run() {
    let admin = Admin::new("adm-manual");
    let manual =
        std::fs::read_to_string(crate::common::repository().join("docs/guides/liveapid.md")).unwrap();
    let blocks: Vec<_> =
        manual.split("```sh\n").skip(1).map(|rest| &rest[..rest.find("```").unwrap()]).collect();
    let commands = blocks.iter().flat_map(|block| block.lines()).filter(|line| {
        ["user", "token", "totp"].iter().any(|word| line.starts_with(&format!("liveapid {word} ")))
    });
    let commands: Vec<_> = commands.collect();
    assert!(commands.len() >= 16, "{commands:?}");
    std::fs::write(admin.dir.join("password-file"), format!("{ROOT}\n")).unwrap();
    std::fs::write(admin.dir.join("old-accesshash"), "0123456789abcdef0123456789abcdef\n".repeat(29))
        .unwrap();
    admin.create("bob", "example.com");
    admin.create("alice", "example.org");
    let liveapid = format!("{} --state {} ", env!("CARGO_BIN_EXE_liveapid"), admin.state().display());
    let script = commands.join("\n").replace("liveapid ", &liveapid);
    let mut shell = Command::new("bash");
    shell.env("LIVEAPI_URL", format!("home://{}", admin.dir.join("store").display()));
    crate::common::must(shell.args(["-euc", &script]).current_dir(&admin.dir));
}

#[test]
fn what_a_removed_account_left_is_shown_and_taken_away() {
    let admin = Admin::new("adm-gone");
    let whm = |words: &str| {
        let mut command = Command::new(crate::common::program("whmapi1"));
        command.args(words.split(' ')).env("LIVEAPI_VIRTUAL_USER", crate::common::UNPRIVILEGED);
        crate::common::must(
            command.env("LIVEAPI_URL", format!("home://{}", admin.dir.join("store").display())),
        );
    };
    admin.create("bob", "example.com");
    admin.said("token create cpanel:bob deploy", "");
    admin.said("totp enable cpanel:bob", "");
    assert!(admin.said("token list", "").ends_with("never expires\n"));
    whm("removeacct username=bob");
    admin.create("bob", "example.com");
    for line in ["token list", "token list cpanel:bob"] {
        assert!(admin.said(line, "").ends_with("of an account that was removed\n"), "{line}");
    }
    admin.said("token revoke cpanel:bob deploy", "");
    assert_eq!(admin.said("token list", ""), "");
    assert_eq!(admin.said("totp disable cpanel:bob", ""), "Off: cpanel:bob\n");
}
