//! Whether Dovecot reads what the store writes, and whether its configuration lets customers in where they do
//! not belong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::finding::{Finding, Findings};
use liveapi_core::base::environment::Environment;

const STEP: &str = "Dovecot";
/// Where an administrator's programs are.
const SYSTEM_PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// What Dovecot should know of the store.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub(super) root: PathBuf,
    /// How many accounts there are.
    pub(super) accounts: usize,
    /// A mailbox of each domain.
    pub(super) addresses: Vec<String>,
}

/// Checks it, as far as Dovecot is here.
pub(super) fn check(findings: &mut Findings, config: Option<&Path>, store: &Store) {
    let shown = config.map_or_else(|| "configuration".to_owned(), |path| path.display().to_string());
    let output = match run("doveconf", config, &["-n"]) {
        Ok(output) => output,
        Err(_) => {
            let what = "is not installed here, so nothing is known of it";
            return findings.add(Finding::odd(STEP, "doveconf", what, "see docs/mail-server.md"));
        }
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let what = format!("cannot be read: {}", said.lines().next().unwrap_or("no reason given"));
        return findings.add(Finding::wrong(STEP, &shown, &what, "correct it; doveconf -n shows it"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    characters(findings, &shown, &text);
    if sources(findings, &shown, &text, store) {
        for address in &store.addresses {
            if !mailbox(findings, config, address) {
                return;
            }
        }
    }
}

/// Programs of an administrator's system; their directories are not always in a user's PATH.
fn run(program: &str, config: Option<&Path>, args: &[&str]) -> std::io::Result<Output> {
    let environment = Environment::now();
    let path = match environment.text("PATH") {
        Some(path) => format!("{path}:{SYSTEM_PATH}"),
        None => SYSTEM_PATH.to_owned(),
    };
    let mut command = Command::new(program);
    if !environment.counts() {
        command.env_clear();
    }
    command.env("PATH", path).env("LC_ALL", "C");
    if let Some(config) = config {
        command.arg("-c").arg(config);
    }
    command.args(args).output()
}

/// The settings inside each `passdb { … }`.
fn blocks<'c>(config: &'c str, name: &str) -> Vec<&'c str> {
    let opening = format!("{name} {{");
    config
        .split('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len() + 1;
            Some((start, line))
        })
        .filter(|(_, line)| line.trim() == opening)
        .filter_map(|(start, _)| Some(&config[start..start + config[start..].find("\n}")?]))
        .collect()
}

fn setting<'b>(block: &'b str, name: &str) -> &'b str {
    let value = block.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('='));
    value.unwrap_or_default().trim()
}

/// Where passwords come from. A customer owns his `shadow`: whatever Dovecot believes of it beyond name and
/// hash, he can write. Whether the store is read at all.
fn sources(findings: &mut Findings, shown: &str, config: &str, store: &Store) -> bool {
    let links = store.root.join(".liveapi/domains").display().to_string();
    let passdbs = blocks(config, "passdb");
    let of_store = passdbs.iter().find(|block| setting(block, "args").contains(&links));
    let by_script = passdbs.iter().find(|block| setting(block, "driver") == "lua");
    match (of_store, by_script) {
        (Some(_), _) if store.accounts > 1 => {
            findings.add(Finding::wrong(
                STEP,
                shown,
                "several accounts, and passwords are read straight from files that customers own: a further field in \
                 a line can name another user or other groups",
                "use docs/dovecot/hosting.conf.in, which believes only name and hash",
            ));
        }
        (Some(block), _) if !setting(block, "override_fields").contains("user=%L{orig_user}") => {
            findings.add(Finding::wrong(
                STEP,
                shown,
                "the passdb on the store lacks override_fields = user=%L{orig_user}: a line of shadow can name \
                 another user",
                "add the line, as in docs/dovecot/single-user.conf.in",
            ));
        }
        (Some(_), _) if !asks_for_suspended(&passdbs, store) => findings.add(Finding::wrong(
            STEP,
            shown,
            "no passdb with deny = yes asks .liveapi/suspended: who is suspended can take the mark out of his own file",
            "add the passdb, as in docs/dovecot/single-user.conf.in",
        )),
        (Some(_), _) => findings.add(Finding::good(STEP, shown, "reads the store's passwords")),
        (None, Some(_)) => {
            findings.add(Finding::good(STEP, shown, "asks a Lua script for passwords"));
        }
        (None, None) => findings.add(Finding::wrong(
            STEP,
            shown,
            &format!("no passdb reads {links}, so no password that is set here counts there"),
            "see docs/mail-server.md",
        )),
    }
    of_store.or(by_script).is_some()
}

/// Whether the list of suspended accounts counts, which no customer can write.
fn asks_for_suspended(passdbs: &[&str], store: &Store) -> bool {
    let list = store.root.join(".liveapi/suspended").display().to_string();
    passdbs.iter().any(|block| setting(block, "deny") == "yes" && setting(block, "args").ends_with(&list))
}

fn characters(findings: &mut Findings, shown: &str, config: &str) {
    let allowed = setting(config, "auth_username_chars");
    // doveconf -n shows what differs from the built-in list, which has no plus sign.
    if !allowed.contains('+') {
        findings.add(Finding::odd(
            STEP,
            shown,
            "auth_username_chars has no plus sign, so mailboxes with one in their name cannot log in",
            "take the line of docs/dovecot/single-user.conf.in",
        ));
    }
}

/// Whether the running Dovecot finds a mailbox, by both of its lookups; `false` if it cannot be asked.
fn mailbox(findings: &mut Findings, config: Option<&Path>, address: &str) -> bool {
    for (args, what) in [(["auth", "lookup"].as_slice(), "its password"), (&["user"], "its mail folder")] {
        let args = [args, &[address]].concat();
        let Ok(output) = run("doveadm", config, &args) else { return false };
        if output.status.success() {
            findings.add(Finding::good(STEP, address, &format!("finds {what}")));
            continue;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("connect") || !said.contains("lookup") {
            let what = "does not run, or may not be asked by this user, so nothing is known of mailboxes";
            findings.add(Finding::odd(STEP, "doveadm", what, "start it, and run this again as root"));
            return false;
        }
        let reason = said.lines().last().unwrap_or("no reason given");
        findings.add(Finding::wrong(
            STEP,
            address,
            &format!("does not find {what}: {reason}"),
            "compare its passdb and userdb with docs/mail-server.md, and the modes of the files with the store's",
        ));
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_settings_of_a_configuration() {
        let config = "a = b\npassdb {\n  args = x=y /s/.liveapi/domains/%d/shadow\n  driver = passwd-file\n}\nuserdb {\n  driver = lua\n}\n";
        assert_eq!(blocks(config, "passdb").len(), 1);
        assert_eq!(setting(blocks(config, "passdb")[0], "driver"), "passwd-file");
        assert_eq!(setting(blocks(config, "userdb")[0], "driver"), "lua");
        assert_eq!(setting(config, "a"), "b");
        assert!(blocks("passdb {", "passdb").is_empty());
    }
}
