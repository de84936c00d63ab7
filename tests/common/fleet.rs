//! Several servers that answer as cPanel's do, and a configuration file with their table.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::common::{self, program, scratch};
use super::panel::{Panel, Reply, Seen, echo, private};

/// The domains of a server and their accounts; a test may change them.
pub type Domains = Arc<Mutex<Vec<(&'static str, &'static str)>>>;

/// A list of domains.
pub fn domains(rows: &[(&'static str, &'static str)]) -> Domains {
    Arc::new(Mutex::new(rows.to_vec()))
}

/// WHM's answer with the domains of all kinds.
fn listed(key: &str, rows: &[(&str, &str)]) -> Reply {
    let rows: Vec<Value> =
        rows.iter().map(|(domain, user)| json!({"domain": domain, "user": user})).collect();
    Reply::Text(
        json!({"metadata": {"version": 1, "reason": "OK", "result": 1}, "data": {key: rows}}).to_string(),
    )
}

/// A server with these domains that says who asked.
pub fn with_domains(name: &str, domains: &Domains) -> Panel {
    let domains = Arc::clone(domains);
    Panel::start(name, move |seen| answer(seen, &domains))
}

/// What such a server says.
pub fn answer(seen: &Seen, domains: &Domains) -> Reply {
    if seen.line.contains("get_domain_info") {
        listed("domains", &domains.lock().unwrap())
    } else {
        echo(seen)
    }
}

/// One without `get_domain_info`, as servers were once.
pub fn old(name: &str, domains: &Domains) -> Panel {
    let domains = Arc::clone(domains);
    Panel::start(name, move |seen| {
        if seen.line.contains("get_domain_info") {
            Reply::Text(r#"{"metadata":{"version":1,"result":0,"reason":"Unknown app “get_domain_info” requested for this version (1) of the API."}}"#.to_owned())
        } else if seen.line.contains("listaccts") {
            listed("acct", &domains.lock().unwrap())
        } else {
            echo(seen)
        }
    })
}

/// A configuration with a table of servers.
pub struct Table {
    dir: PathBuf,
}

impl Table {
    /// The table of these servers by name, with more settings for all.
    pub fn new(name: &str, servers: &[(&str, &Panel)], more: &str) -> Self {
        let dir = scratch(name);
        let tables: String = servers
            .iter()
            .map(|(name, panel)| {
                let dir = panel.dir.display();
                let url = panel.url("whm");
                format!("[servers.{name}]\nurl = \"{url}\"\ntoken_file = \"{dir}/token\"\nca_file = \"{dir}/ca.pem\"\n")
            })
            .collect();
        private(&dir.join("liveapi.toml"), &format!("url = \"servers:\"\n{more}\n{tables}"));
        Self { dir }
    }

    /// Its folder.
    pub fn dir(&self) -> &PathBuf {
        &self.dir
    }

    /// A command with this configuration and no other.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LIVEAPI_")) {
            command.env_remove(name);
        }
        command.env("LIVEAPI_CONFIG", self.dir.join("liveapi.toml")).env("HOME", &self.dir);
        command.env("LIVEAPI_LIBRARY", common::library());
        command
    }

    /// Runs a program, and reads its JSON.
    pub fn run(&self, name: &str, words: &[&str]) -> Value {
        common::json(&self.command(program(name)).arg("--output=json").args(words).output().unwrap())
    }

    /// What `passwdpop` in that domain comes back with: account and address, or the reason why not.
    pub fn passwdpop(&self, words: &[&str], domain: &str) -> String {
        let mut command = self.command(program("cpapi2"));
        command.arg("--output=json").args(words).args([
            "Email",
            "passwdpop",
            "email=user",
            "password=12345luggage",
        ]);
        let output = command.arg(format!("domain={domain}")).output().unwrap();
        if output.stdout.is_empty() {
            return String::from_utf8(output.stderr).unwrap();
        }
        let inner = &common::json(&output)["cpanelresult"];
        inner["data"][0]["echo"].as_str().or(inner["error"].as_str()).unwrap().to_owned()
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}
