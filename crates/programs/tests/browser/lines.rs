//! The lines that the API Shell shows do what the Shell would do: each is really run, whatever the password holds.

use std::process::Command;

use crate::common::{Store, must, program, repository};
use crate::liveapid::{FIRST_PASSWORD, Liveapid};
use crate::shell::Shell;
use serde_json::json;

/// What some language reads as something else: quotation marks, escapes, variables, trigraphs, comments, options,
/// names of files, homes, history, characters of two, three and four bytes.
const PASSWORDS: [&str; 4] = [
    r#"a'b"c$d\e`f` !g (h) *i {j} $(k) \n %41 +l"#,
    "-öüß ✓ 😀 ??/ ??= ?> // # ; & | <m> \\",
    "~n@o=p 'q' \\'r\\' \"${s}\" #{t} @{u} %v %%w",
    "@/etc/hostname--[x]^y:z,'\\",
];

/// The functions that change a password, and how they are given the mailbox and the rest.
const FUNCTIONS: [(&str, &[(&str, &str)]); 3] = [
    ("#api2/Email/passwdpop", &[("domain", "example.com"), ("email", "user")]),
    ("#uapi/Email/passwd_pop", &[("email", "user@example.com")]),
    ("#api1/Email/passwdpop", &[("email", "user"), ("quota", "0"), ("domain", "example.com")]),
];

/// A line as the page holds it, character by character.
fn line(shell: &Shell, language: &str) -> String {
    let text = shell.browser.run(&format!("return document.querySelector('#{language} pre').textContent"));
    text.as_str().unwrap().to_owned()
}

fn enter(shell: &Shell, name: &str, value: &str) {
    let set = format!(
        "const field = document.querySelector('#params [data-name={name}]'); field.value = {}; field.dispatchEvent(new Event('input', {{bubbles: true}}))",
        json!(value)
    );
    shell.browser.run(&set);
}

/// Runs a line in its language; what it prints.
fn run(daemon: &Liveapid, language: &str, line: &str) -> String {
    let store = &daemon.store;
    let file = |name: &str, text: String| {
        let path = store.dir.join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let bindings = repository().join("bindings").display().to_string();
    let mut command = match language {
        "php" => {
            let text = format!(
                "<?php require '{bindings}/php/cpanel.php'; $cpanel = new CPANEL();\n{line}\necho json_encode($answer);"
            );
            let mut command = store.command("php");
            command.arg(file("line.php", text));
            command
        }
        "perl" => {
            let text = format!(
                "use strict; use warnings; use lib '{bindings}/perl/lib'; use Cpanel::LiveAPI ();\nmy $cpanel = Cpanel::LiveAPI->new();\n{line}\nprint $answer->{{cpanelresult}} ? 1 : 0;\n$cpanel->end();\n"
            );
            let mut command = store.command("perl");
            command.arg(file("line.pl", text));
            command
        }
        "c" => {
            let text = format!(
                "#include <stdio.h>\n#include <liveapi.h>\nint main(void)\n{{\n{line}\nputs(answer);\nliveapi_free(answer);\nreturn 0;\n}}\n"
            );
            let source = file("line.c", text);
            store.command(crate::common::entrance::build_c(store, source.to_str().unwrap()))
        }
        shell => with_programs(store, shell, line),
    };
    String::from_utf8(must(&mut command).stdout).unwrap()
}

/// A shell that finds the programs.
fn with_programs(store: &Store, shell: &str, line: &str) -> Command {
    let folder = program("cpapi2").parent().unwrap().display().to_string();
    let mut command = store.command(shell);
    command.args(["-c", line]).env("PATH", format!("{folder}:{}", std::env::var("PATH").unwrap()));
    command
}

#[test]
fn every_line_sets_the_very_password_that_was_entered() {
    let daemon = Liveapid::start("bl-lines");
    let shell = Shell::open(&daemon, "");
    shell.browser.run("location.hash = '#api2/Email/passwdpop'");
    shell.browser.find("#show").click();
    for (function, values) in FUNCTIONS {
        shell.browser.run(&format!("location.hash = {function:?}"));
        shell.browser.wait_for("#function", function.split('/').next_back().unwrap());
        shell.browser.find(&format!("[value={}]:checked", &function[1..5]));
        for (name, value) in values {
            enter(&shell, name, value);
        }
        for password in PASSWORDS {
            enter(&shell, "password", password);
            for language in ["php", "perl", "c", "bash", "dash", "zsh"] {
                reset(&daemon);
                let shown = line(&shell, if language.ends_with("sh") { "sh" } else { language });
                let said = run(&daemon, language, &shown);
                assert!(daemon.opens(password), "{language}: {shown}\n{said}");
            }
            reset(&daemon);
            let url = line(&shell, "url");
            daemon.as_bob(daemon.ports.cpanel, url.strip_prefix(&shell.place).unwrap(), &[]);
            assert!(daemon.opens(password), "{url}");
        }
        // Too weak to be set: the home of a user.
        enter(&shell, "password", "~root");
        assert!(line(&shell, "sh").contains("%7Eroot"), "{}", line(&shell, "sh"));
    }
}

/// Gives the mailbox its first password again.
fn reset(daemon: &Liveapid) {
    let password = crate::common::arg("password", FIRST_PASSWORD);
    let answer =
        daemon.store.api2("Email", "passwdpop", &["email=user@example.com", "domain=example.com", &password]);
    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{answer}");
    assert!(daemon.opens(FIRST_PASSWORD));
}

/// Whoever copies a line as it is first shown changes nothing by it, and is told so.
#[test]
fn a_line_with_its_passwords_masked_sets_none() {
    let daemon = Liveapid::start("bl-mask");
    let shell = Shell::open(&daemon, "#api2/Email/passwdpop");
    shell.fill(&[("domain", "example.com"), ("email", "user"), ("password", "Never-Seen-81")]);
    for language in ["php", "perl", "c", "bash", "zsh"] {
        let shown = line(&shell, if language.ends_with("sh") { "sh" } else { language });
        assert!(shown.contains("********") && !shown.contains("Never"), "{shown}");
        run(&daemon, language, &shown);
        assert!(daemon.opens(FIRST_PASSWORD), "{language}");
    }
    let url = line(&shell, "url");
    let answer = daemon.as_bob(daemon.ports.cpanel, url.strip_prefix(&shell.place).unwrap(), &[]);
    assert!(answer.body.contains("too weak"), "{answer:?}");
}
