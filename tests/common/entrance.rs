//! The ways in: each changes passwords as a user of that language would.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::{Store, arg, json, library, must, program, repository};

/// A way to call passwdpop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// The C example.
    C,
    /// The PHP class.
    Php,
    /// The Perl class with character strings.
    Perl,
    /// The Perl class with UTF-8 bytes.
    PerlBytes,
    /// The program, values percent-encoded.
    Cpapi2,
    /// The program, values as they are.
    Cpapi2Raw,
}

/// All of them.
pub const ALL: [Entrance; 6] =
    [Entrance::C, Entrance::Php, Entrance::Perl, Entrance::PerlBytes, Entrance::Cpapi2, Entrance::Cpapi2Raw];

impl Entrance {
    /// Sets passwords of (local part in example.com, password) and asserts that each answer is a success.
    pub fn set_all(self, store: &Store, changes: &[(String, String)]) {
        match self {
            Self::C => {
                let example = build_c_example(store);
                for (user, password) in changes {
                    let mut command = store.command(&example);
                    command.arg(format!("{user}@example.com"));
                    let answer = feed(&mut command, password.as_bytes());
                    assert!(
                        answer.contains("\"data\":[{\"reason\":\"\",\"result\":1}]"),
                        "{self:?}: {answer}"
                    );
                }
            }
            Self::Php => self.run_script(store, "php", "tests/php/set.php", &[], changes),
            Self::Perl => self.run_script(store, "perl", "tests/perl/set.pl", &["characters"], changes),
            Self::PerlBytes => self.run_script(store, "perl", "tests/perl/set.pl", &["bytes"], changes),
            Self::Cpapi2 | Self::Cpapi2Raw => {
                for (user, password) in changes {
                    let mut command = store.command(program("cpapi2"));
                    command.args(["--user=bob", "--output=json", "Email", "passwdpop", "domain=example.com"]);
                    if self == Self::Cpapi2Raw {
                        command.arg("--raw").arg(format!("email={user}")).arg(format!("password={password}"));
                    } else {
                        command.arg(arg("email", user)).arg(arg("password", password));
                    }
                    let answer = json(&command.output().unwrap());
                    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{self:?}: {answer}");
                }
            }
        }
    }

    /// Sets one password.
    pub fn set(self, store: &Store, user: &str, password: &str) {
        self.set_all(store, &[(user.to_owned(), password.to_owned())]);
    }

    /// A script reads a JSON list of pairs and prints one answer a line.
    fn run_script(
        self,
        store: &Store,
        interpreter: &str,
        script: &str,
        args: &[&str],
        changes: &[(String, String)],
    ) {
        let mut command = store.command(interpreter);
        command.arg(repository().join(script)).args(args);
        let answers = feed(&mut command, &serde_json::to_vec(changes).unwrap());
        let done = answers.lines().filter(|line| *line == "1").count();
        assert_eq!(done, changes.len(), "{self:?}: {answers}");
    }
}

/// Runs a command with that standard input and returns its standard output.
pub fn feed(command: &mut Command, input: &[u8]) -> String {
    let mut process = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    process.stdin.take().unwrap().write_all(input).unwrap();
    let output = process.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}: {} {} {errors}",
        output.status,
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The example of `bindings/c`, built against the library of this test.
pub fn build_c_example(store: &Store) -> PathBuf {
    build_c(store, "bindings/c/passwdpop.c")
}

/// A C program of the repository, built against the library of this test.
pub fn build_c(store: &Store, source: &str) -> PathBuf {
    let source = repository().join(source);
    let program = store.dir.join(source.file_stem().unwrap());
    // Linked by path; the soname is found beside it when it runs.
    let soname = store.dir.join("libliveapi.so.1");
    if !soname.exists() {
        std::os::unix::fs::symlink(library(), &soname).unwrap();
    }
    must(
        Command::new("cc")
            .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-pthread", "-D_GNU_SOURCE", "-I"])
            .arg(repository().join("include"))
            .arg("-o")
            .arg(&program)
            .arg(&source)
            .arg(&soname)
            .arg(format!("-Wl,-rpath,{}", store.dir.display())),
    );
    program
}

/// Runs the language's script of all methods, with a home of its own; its standard output is JSON.
pub fn every_method(mut command: Command, home: &Path, language: &str) -> Output {
    std::fs::create_dir(home).unwrap();
    let bindings = repository().join("bindings");
    if language == "php" {
        command.arg(repository().join("tests/php/methods.php")).arg(bindings.join("php/cpanel.php"));
    } else {
        command.arg("-I").arg(bindings.join("perl/lib")).arg(repository().join("tests/perl/methods.pl"));
    }
    must(command.env("HOME", home))
}
