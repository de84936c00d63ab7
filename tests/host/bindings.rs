//! The bindings as their users meet them: the documentation's snippets, each method, each complaint.

use crate::common::entrance::build_c;
use crate::common::{Store, must, repository};

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// cPanel's documentation, page "Email::passwdpop", to the letter.
const PHP_SNIPPET: &str = "$cpanel = new CPANEL();
$update_email_passwd = $cpanel->api2(
    'Email', 'passwdpop',
    array( 'domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage' )
);
";
const PERL_SNIPPET: &str = "my $cpliveapi = Cpanel::LiveAPI->new();
my $update_email_passwd = $cpliveapi->api2(
    'Email', 'passwdpop',
    { 'domain' => 'example.com', 'email' => 'user', 'password' => '12345luggage' }
);
";

#[test]
fn the_documentations_snippets_change_the_password() {
    for (interpreter, script, snippet) in [
        ("php", "bindings/php/examples/passwdpop.php", PHP_SNIPPET),
        ("perl", "bindings/perl/examples/passwdpop.pl", PERL_SNIPPET),
    ] {
        let store = prepared("snip");
        let path = repository().join(script);
        assert!(
            std::fs::read_to_string(&path).unwrap().contains(snippet),
            "{script} holds the snippet unmodified"
        );
        let output = must(store.command(interpreter).arg(&path));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "changed\n");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        let answer =
            store.uapi("Email", "verify_password", &["email=user@example.com", "password=12345luggage"]);
        assert_eq!(answer["result"]["data"], 1, "{answer}");
    }
}

/// Runs a script that prints the Test Anything Protocol.
fn tap(store: &Store, interpreter: &str, script: &str) {
    let output = must(store.command(interpreter).arg(repository().join(script)));
    let text = String::from_utf8(output.stdout).unwrap();
    let plan: usize = text
        .lines()
        .find_map(|line| line.strip_prefix("1..")?.parse().ok())
        .unwrap_or_else(|| panic!("no plan: {text}"));
    let good = text.lines().filter(|line| line.starts_with("ok ")).count();
    assert!(plan > 10 && good == plan, "{text}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_php_class() {
    tap(&prepared("php"), "php", "tests/php/class.php");
}

#[test]
fn the_perl_class() {
    tap(&prepared("perl"), "perl", "bindings/perl/t/class.t");
}

#[test]
fn the_c_abi() {
    let store = prepared("cabi");
    let program = build_c(&store, "tests/c/abi.c");
    let output = must(&mut store.command(program));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 failures\n");
}

#[test]
fn the_c_examples_makefile_line_works() {
    let store = prepared("cmak");
    let folder = store.dir.join("bindings/c");
    std::fs::create_dir_all(&folder).unwrap();
    for file in ["bindings/c/passwdpop.c", "bindings/c/Makefile"] {
        std::fs::copy(repository().join(file), store.dir.join(file)).unwrap();
    }
    std::fs::create_dir(store.dir.join("include")).unwrap();
    std::fs::copy(repository().join("include/liveapi.h"), store.dir.join("include/liveapi.h")).unwrap();
    std::os::unix::fs::symlink(crate::common::library(), store.dir.join("libliveapi.so")).unwrap();
    std::os::unix::fs::symlink(crate::common::library(), store.dir.join("libliveapi.so.1")).unwrap();
    must(
        std::process::Command::new("make")
            .arg("-C")
            .arg(&folder)
            .arg(format!("LIBRARY_DIR={}", store.dir.display())),
    );
    let mut example = store.command(folder.join("passwdpop"));
    let answer = crate::common::entrance::feed(example.arg("user@example.com"), b"From-The-Example-1");
    assert!(answer.contains("\"result\":1}]"), "{answer}");
}

#[test]
fn a_missing_library_is_named() {
    let store = prepared("miss");
    let php =
        "require $argv[1]; try { new CPANEL(); } catch (LiveApiException $e) { echo $e->getMessage(); }";
    let perl = "use Cpanel::LiveAPI (); eval { Cpanel::LiveAPI->new() }; print $@";
    for (interpreter, args) in [
        (
            "php",
            vec![
                "-r".to_owned(),
                php.to_owned(),
                "--".to_owned(),
                repository().join("bindings/php/cpanel.php").display().to_string(),
            ],
        ),
        (
            "perl",
            vec![
                format!("-I{}", repository().join("bindings/perl/lib").display()),
                "-e".to_owned(),
                perl.to_owned(),
            ],
        ),
    ] {
        for wrong in ["/nonexistent/libliveapi.so", "libc.so.6"] {
            let output = must(store.command(interpreter).args(&args).env("LIVEAPI_LIBRARY", wrong));
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(
                text.contains("The liveapi library cannot be loaded. Tried: ") && text.contains(wrong),
                "{interpreter}: {text}"
            );
        }
    }
}
