//! Dovecot's shipped files, for each of its two languages: one source, no line of the other version.

use std::process::{Command, Output};

use crate::common::repository;

const FILES: [&str; 3] = ["single-user.conf", "hosting.conf", "auth.lua"];
/// All names that are filled in.
const NAMES: [&str; 11] =
    ["RUN", "STATE", "STORE", "LOG", "AUTHLUA", "LISTEN", "IMAPPORT", "EXIMUSER", "USER", "GROUP", "HOST"];

fn configure(args: &[&str]) -> Output {
    Command::new(repository().join("share/dovecot/configure.sh")).args(args).output().unwrap()
}

/// A file with all of its names filled in.
fn filled(version: &str, file: &str, tenant: &[&str]) -> String {
    let values = NAMES.map(|name| format!("{name}=the-{}", name.to_lowercase()));
    let values = values.iter().map(String::as_str).collect::<Vec<_>>();
    let output = configure(&[&["--for", version], tenant, &[file], &values].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What of a file counts.
fn settings(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.trim_start().starts_with(['#', '-'])).collect()
}

#[test]
fn each_version_gets_its_own_lines() {
    for (version, own, others) in [
        ("2.3", "mail_location = maildir:~", ["dovecot_config_version", "mail_path", "fields_import_all"]),
        ("2.3.19.1", "disable_plaintext_auth", ["quota_storage_grace", "lua_file", "auth_allow_cleartext"]),
        ("2.4", "mail_path = ~", ["mail_location", "override_fields", "args ="]),
        ("2.4.1-4", "dovecot_config_version = 2.4.0", ["quota_rule", "plugin {", "disable_plaintext_auth"]),
    ] {
        let mut whole = String::new();
        for file in FILES {
            let text = filled(version, file, &[]);
            let settings = settings(&text);
            assert!(!text.contains("\n#2.3# ") && !text.contains("\n#2.4# "), "{version}: {file}");
            assert!(
                settings.iter().all(|line| !line.contains('@')
                    || line.contains("[")
                    || line.contains("auth_username_chars")
                    || line.contains("\"@\"")),
                "{file}: {settings:?}"
            );
            whole += &settings.join("\n");
        }
        assert!(whole.contains(own), "{version} lacks {own}");
        for other in others {
            assert!(!whole.contains(other), "{version} has {other}");
        }
    }
}

#[test]
fn the_first_setting_of_2_4_is_its_version() {
    for file in ["single-user.conf", "hosting.conf"] {
        assert_eq!(settings(&filled("2.4", file, &[]))[0], "dovecot_config_version = 2.4.0", "{file}");
    }
}

#[test]
fn one_tenant_is_asked_for() {
    let user = "default_internal_user = the-user";
    for version in ["2.3", "2.4"] {
        assert!(!settings(&filled(version, "hosting.conf", &[])).contains(&user));
        assert!(settings(&filled(version, "hosting.conf", &["--one-tenant"])).contains(&user));
    }
}

#[test]
fn values_are_taken_as_they_are() {
    let output = configure(&["--for", "2.4", "auth.lua", "STORE=/a&b|c\\d", "HOST=h"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("\nlocal STATE, HOST = \"/a&b|c\\d/.liveapi/\", \"h\"\n"), "{text}");
}

#[test]
fn what_cannot_be_printed_says_why() {
    for (args, why) in [
        (&["--for", "2.4", "auth.lua", "STORE=/s"][..], "auth.lua needs a value for @HOST@"),
        (
            &["--for", "2.2.36", "auth.lua"],
            "Dovecot 2.2.36 has a language of configuration that is not known here",
        ),
        (&["--for", "2.5.0", "auth.lua"], "2.3 and 2.4 are"),
        (&["--for", "2.4", "nosuch.conf"], "nosuch.conf.in"),
        (&["--for", "2.4", "../dovecot/auth.lua"], "there is no"),
        (&["--for", "2.4", "auth.lua", "STORE"], "is not NAME=VALUE"),
        (&[], "there is no"),
    ] {
        let output = configure(args);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && output.stdout.is_empty() && said.contains(why),
            "{args:?}: {said}"
        );
    }
}
