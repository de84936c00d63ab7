//! Whether Dovecot reads what the store writes, and whether its configuration lets customers in where they do
//! not belong.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::super::dovecot::Language;
use super::dovecot_config::{Passdb, guard, setting};
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
    let Some(language) = version(findings) else { return };
    let output = match run("doveconf", config, &["-n"]) {
        Ok(output) => output,
        Err(cause) => {
            let what = format!("cannot be run ({cause}), so nothing is known of its settings");
            return findings.add(Finding::odd(STEP, "doveconf", &what, "see docs/guides/mail-host.md"));
        }
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let what = format!("cannot be read: {}", said.lines().next().unwrap_or("no reason given"));
        return findings.add(Finding::wrong(
            STEP,
            &shown,
            &what,
            "correct it; share/dovecot/configure.sh prints one for the version that is installed",
        ));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    characters(findings, &shown, &text);
    if sources(findings, &shown, &text, language, store) {
        for address in &store.addresses {
            if !mailbox(findings, config, address) {
                return;
            }
        }
    }
}

/// Which Dovecot is installed; none if there is none, or one whose settings are not known here.
fn version(findings: &mut Findings) -> Option<Language> {
    let Ok(output) = run("dovecot", None, &["--version"]) else {
        let what = "is not installed here, so nothing is known of it";
        findings.add(Finding::odd(STEP, "dovecot", what, "see docs/guides/mail-host.md"));
        return None;
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let number = text.split_whitespace().next().unwrap_or("of no version");
    let language = Language::of(number);
    findings.add(match language {
        Some(_) => Finding::good(STEP, "version", number),
        None => Finding::odd(
            STEP,
            "version",
            &format!("{number}: its settings are not known here, those of 2.3 and 2.4 are"),
            "compare its configuration with share/dovecot by hand",
        ),
    });
    language
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

/// Where passwords come from. A customer owns his `shadow`: whatever Dovecot believes of it beyond name and
/// hash, he can write. Whether the store is read at all.
fn sources(findings: &mut Findings, shown: &str, config: &str, language: Language, store: &Store) -> bool {
    let links = store.root.join(".liveapi/domains").display().to_string();
    let passdbs = Passdb::all(config, language);
    let of_store = passdbs.iter().find(|passdb| passdb.source().contains(&links));
    let by_script = passdbs.iter().find(|passdb| passdb.is_script());
    match (of_store, by_script) {
        (Some(_), _) if store.accounts > 1 => {
            findings.add(Finding::wrong(
                STEP,
                shown,
                "several accounts, and passwords are read straight from files that customers own: a further field in \
                 a line can name another user or other groups",
                "use share/dovecot/hosting.conf.in, which believes only name and hash",
            ));
        }
        (Some(passdb), _) if !passdb.is_guarded() => {
            findings.add(Finding::wrong(
                STEP,
                shown,
                &format!(
                    "the passdb on the store lacks {}: a line of shadow can name another user",
                    guard(language)
                ),
                "add the line, as in share/dovecot/single-user.conf.in",
            ));
        }
        (Some(_), _) if !asks_for_suspended(&passdbs, store) => findings.add(Finding::wrong(
            STEP,
            shown,
            "no passdb with deny = yes asks .liveapi/suspended: who is suspended can take the mark out of his own file",
            "add the passdb, as in share/dovecot/single-user.conf.in",
        )),
        (Some(_), _) => findings.add(Finding::good(STEP, shown, "reads the store's passwords")),
        (None, Some(_)) => {
            findings.add(Finding::good(STEP, shown, "asks a Lua script for passwords"));
        }
        (None, None) => findings.add(Finding::wrong(
            STEP,
            shown,
            &format!("no passdb reads {links}, so no password that is set here counts there"),
            "see docs/guides/mail-host.md",
        )),
    }
    of_store.or(by_script).is_some()
}

/// Whether the list of suspended accounts counts, which no customer can write.
fn asks_for_suspended(passdbs: &[Passdb<'_>], store: &Store) -> bool {
    let list = store.root.join(".liveapi/suspended").display().to_string();
    passdbs.iter().any(|passdb| passdb.denies() && passdb.source().ends_with(&list))
}

fn characters(findings: &mut Findings, shown: &str, config: &str) {
    let allowed = setting(config, "auth_username_chars");
    // doveconf -n shows what differs from the built-in list, which has no plus sign.
    if !allowed.contains('+') {
        findings.add(Finding::odd(
            STEP,
            shown,
            "auth_username_chars has no plus sign, so mailboxes with one in their name cannot log in",
            "take the line of share/dovecot/single-user.conf.in",
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
            "compare its passdb and userdb with docs/guides/mail-host.md, and the modes of the files with the store's",
        ));
    }
    true
}
