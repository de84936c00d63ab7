//! `liveapi run`: pages from a shell, and as a CGI program of a real web server.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::common::entrance::feed;
use crate::common::site::{Site, documented_in};
use crate::common::{Store, is_root, program, repository, web};
use rustix::process::{Pid, Signal, kill_process};

/// What a script says that asks its socket who it is for.
const PERL_CLIENT: &str = r#"
use IO::Socket::UNIX;
my $socket = IO::Socket::UNIX->new( $ENV{CPANEL_CONNECT_SOCKET} ) or die "no socket: $!";
sub ask { my $ask = shift; print $socket length($ask), "\n", $ask; my $said = ''; $said .= <$socket> until $said =~ /<\/cpanelresult>\n\z/; return $said }
ask('<cpaneljson enable="1">');
sub user { return ask('<cpanel print="$user">') =~ /"result":"(.*?)"/ ? $1 : 'nobody' }
"#;

fn put(dir: &Path, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    path
}

/// A store, whose folder is that of its scripts as well.
fn store(name: &str) -> Store {
    let store = Store::with_account(name);
    std::fs::set_permissions(&store.dir, std::fs::Permissions::from_mode(0o755)).unwrap();
    store
}

fn run(store: &Store, words: &[&str]) -> Command {
    let mut command = store.command(program("liveapi"));
    command.env("TMPDIR", &store.dir).env_remove("XDG_RUNTIME_DIR").arg("run").args(words);
    command.stdin(Stdio::null());
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The folders of sockets that are left.
fn left(store: &Store) -> usize {
    let names = std::fs::read_dir(&store.dir).unwrap().map(|entry| entry.unwrap().file_name());
    names.filter(|name| name.to_string_lossy().starts_with("liveapi-")).count()
}

#[test]
fn scripts_of_all_kinds_have_our_streams_arguments_and_status() {
    let store = store("lr-kinds");
    let perl = format!(
        "{PERL_CLIENT} my $in = <STDIN>; print join('|', user(), \"@ARGV\", $in); print STDERR 'said'; exit 7;"
    );
    let php = "<?php $s = stream_socket_client('unix://' . getenv('CPANEL_PHPCONNECT_SOCKET')); fwrite($s, \"22\\n<cpanel print=\\\"\\$user\\\">\"); echo fgets($s), fgets($s), PHP_SAPI, ' ', implode(' ', array_slice($argv, 1));";
    let script = put(&store.dir, "a.live.pl", &perl, 0o644);
    for user in [&[][..], &["--user", "bob"]] {
        let words = [user, &[script.to_str().unwrap(), "--user", "two words", "-x"]].concat();
        let mut child = run(&store, &words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(b"line\n").unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(text(&output.stdout), "bob|--user two words -x|line\n", "{output:?}");
        assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(7), "said"));
    }
    let script = put(&store.dir, "a.live.php", php, 0o644);
    let output = run(&store, &[script.to_str().unwrap(), "-r", "x"]).output().unwrap();
    let said = text(&output.stdout);
    assert!(said.contains("<result>bob</result>") || said.contains("\"result\":\"bob\""), "{output:?}");
    assert!(said.ends_with("cli -r x"), "{output:?}");
    let script = put(&store.dir, "who.cgi", "#!/bin/sh\necho \"$REMOTE_USER\"\n", 0o755);
    let output = run(&store, &[script.to_str().unwrap()]).env("REMOTE_USER", "nobody").output().unwrap();
    assert_eq!(text(&output.stdout), "bob\n", "{output:?}");
    let script = put(&store.dir, "a.cgi", "#!/bin/sh\nid -u; echo \"$1 $HOME\"; kill -USR1 $$\n", 0o755);
    let output = run(&store, &[script.to_str().unwrap(), "one"]).output().unwrap();
    let said = text(&output.stdout);
    assert!(said.starts_with(&format!("{}\none ", store.owner())), "{output:?}");
    assert_eq!(output.status.code(), Some(128 + 10), "{output:?}");
    let words = "[liveapi] Child failed to make LIVEAPI connection to cPanel\n";
    assert_eq!(text(&output.stderr), words);
    assert_eq!(left(&store), 0);
}

#[test]
fn what_cannot_be_run_is_told() {
    let store = store("lr-not");
    let plain = put(&store.dir, "a.txt", "", 0o644);
    let page = put(&store.dir, "a.cgi", "#!/bin/sh\necho ran\n", 0o755);
    let php = put(&store.dir, "a.live.php", "<?php", 0o644);
    let plain = plain.to_str().unwrap();
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        assert_eq!((output.status.code(), text(&output.stdout).as_str()), (Some(1), ""), "{output:?}");
        text(&output.stderr)
    };
    for (words, why) in [
        (&[plain][..], "no page"),
        (&["/nowhere/a.live.php"], "cannot be run"),
        (&[], "Name the script"),
        (&[store.dir.to_str().unwrap()], "no page"),
    ] {
        let told = said(&mut run(&store, words));
        assert!(told.contains(why), "{words:?}: {told}");
    }
    let told = said(run(&store, &[php.to_str().unwrap()]).env("PATH", "/nowhere"));
    assert!(told.contains("apt-get install php-cli"), "{told}");
    if is_root() {
        let told = said(run(&store, &[page.to_str().unwrap()]).env_remove("LIVEAPI_USER"));
        assert!(told.contains("--user"), "{told}");
        let told = said(&mut run(&store, &["--user", "nosuch", page.to_str().unwrap()]));
        assert!(told.contains("no page runs as root"), "{told}");
        let mut remote = run(&store, &["--url", "whm://root@127.0.0.1:9", page.to_str().unwrap()]);
        let told = said(remote.env("LIVEAPI_TOKEN", "s3cret"));
        assert!(told.contains("no page runs as root") && !told.contains("s3cret"), "{told}");
    }
}

#[test]
fn the_settings_of_liveapi_are_not_the_pages() {
    let store = store("lr-env");
    let page =
        put(&store.dir, "a.cgi", "#!/bin/sh\nenv | grep -c -e s3cret; echo \"$LIVEAPI_URL $OWN\"\n", 0o755);
    let mut command = run(&store, &[page.to_str().unwrap()]);
    command.env("LIVEAPI_TOKEN", "s3cret").env("LIVEAPI_PASSWORD_FILE", "/s3cret").env("OWN", "kept");
    let said = text(&command.output().unwrap().stdout);
    assert!(said.starts_with("0\nunix:///") && said.ends_with("kept\n"), "{said}");
}

/// Starts a page that says when it is ready.
fn begin(command: &mut Command) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    (child, out, line)
}

#[test]
fn signals_reach_the_page_and_the_socket_is_gone_afterwards() {
    let store = store("lr-signal");
    let traps = "#!/bin/sh\ntrap 'echo got TERM; exit 5' TERM\ntrap 'echo got INT; exit 6' INT\necho ready\nwhile :; do sleep 0.05; done\n";
    let page = put(&store.dir, "a.cgi", traps, 0o755);
    let plain = put(&store.dir, "b.cgi", "#!/bin/sh\necho ready\nexec sleep 54.25\n", 0o755);
    for (page, signal, said, status) in [
        (&page, Signal::TERM, "got TERM\n", 5),
        (&page, Signal::INT, "got INT\n", 6),
        (&plain, Signal::TERM, "", 128 + 15),
        (&plain, Signal::INT, "", 128 + 2),
        (&plain, Signal::HUP, "", 128 + 1),
    ] {
        let (mut child, mut out, ready) = begin(&mut run(&store, &[page.to_str().unwrap()]));
        assert_eq!((ready.as_str(), left(&store)), ("ready\n", 1));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!((rest.as_str(), child.wait().unwrap().code()), (said, Some(status)), "{signal:?}");
        assert_eq!(left(&store), 0);
    }
}

#[test]
fn limits_are_those_of_the_options() {
    let store = store("lr-limits");
    let page = put(&store.dir, "a.cgi", "#!/bin/sh\nulimit -d; sleep 55.25 & sleep 55.25\n", 0o755);
    let begun = Instant::now();
    let output = run(&store, &["--time", "1", "--memory", "200", page.to_str().unwrap()]).output().unwrap();
    assert_eq!((text(&output.stdout).as_str(), output.status.code()), ("204800\n", Some(124)), "{output:?}");
    assert!(
        text(&output.stderr).contains("longer than 1 seconds") && begun.elapsed() < Duration::from_secs(5)
    );
    let page = put(&store.dir, "b.cgi", "#!/bin/sh\nhead -c $1 /dev/zero\n", 0o755);
    let output = run(&store, &["--output", "1", page.to_str().unwrap(), "1048576"]).output().unwrap();
    assert_eq!((output.stdout.len(), output.status.code()), (1048576, Some(0)), "{output:?}");
    let output = run(&store, &["--output", "1", page.to_str().unwrap(), "5000000"]).output().unwrap();
    assert!(output.stdout.len() <= 1048576 && output.status.code() == Some(1), "{}", output.stdout.len());
    assert!(text(&output.stderr).contains("more than 1 MiB"), "{}", text(&output.stderr));
}

/// Runs a page as a web server would.
fn cgi(
    store: &Store,
    page: Option<&Path>,
    words: &[&str],
    environment: &[(&str, &str)],
    body: &str,
) -> Output {
    let mut command = run(store, words);
    command
        .env("GATEWAY_INTERFACE", "CGI/1.1")
        .env("REQUEST_METHOD", "GET")
        .envs(environment.iter().copied());
    command.env("CONTENT_LENGTH", body.len().to_string()).env("HTTP_PROXY", "s3cret").env("OTHER", "s3cret");
    if let Some(page) = page {
        command.env("PATH_TRANSLATED", page).env("PATH_INFO", "/x/a.live.php").env("SCRIPT_NAME", "/cgi/run");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A server's own group, so that nothing of this test's terminal is in the way.
    let mut child = command.process_group(0).spawn().unwrap();
    child.stdin.take().unwrap().write_all(body.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn as_a_cgi_program_it_answers_as_one() {
    let store = store("lr-cgi");
    let php = "<?php header('X-A: b'); echo $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PATH_INFO'] ?? '-', ' ', json_encode($_GET + $_POST), ' ', PHP_SAPI, ' ', getenv('HTTP_PROXY') ?: getenv('OTHER') ?: 'clean';";
    let page = put(&store.dir, "a.live.php", php, 0o644);
    let form = [
        ("QUERY_STRING", "a=1"),
        ("REQUEST_METHOD", "POST"),
        ("CONTENT_TYPE", "application/x-www-form-urlencoded"),
    ];
    let output = cgi(&store, Some(&page), &[], &form, "b=2");
    let said = text(&output.stdout);
    assert!(!said.contains("Status:") && said.contains("X-A: b\r\n"), "{output:?}");
    let expected = "\r\n\r\n/x/a.live.php - {\"a\":\"1\",\"b\":\"2\"} cgi-fcgi cleanChild failed to make LIVEAPI connection to cPanel";
    assert!(said.ends_with(expected) && output.status.success(), "{output:?}");
    // A visitor's words on the command line, as Apache puts them there.
    for words in [&["-s"][..], &["/etc/passwd"], &["--user", "root"]] {
        let output = cgi(&store, Some(&page), words, &[("QUERY_STRING", &words.join("+"))], "");
        assert!(
            text(&output.stdout).is_empty() && text(&output.stderr).contains("no name=value"),
            "{output:?}"
        );
    }
    let broken = put(&store.dir, "broken.cgi", "#!/bin/sh\necho oops >&2\n", 0o755);
    let output = cgi(&store, Some(&broken), &[], &[], "");
    assert!(
        text(&output.stdout).starts_with("Status: 502 Bad Gateway\r\nContent-Type: text/html"),
        "{output:?}"
    );
    assert!(text(&output.stderr).contains("oops") && !output.status.success(), "{output:?}");
    let slow = put(&store.dir, "slow.cgi", "#!/bin/sh\nsleep 56.25\n", 0o755);
    let output = cgi(&store, Some(&slow), &["--time", "1"], &[], "");
    assert!(text(&output.stdout).starts_with("Status: 504 Gateway Timeout\r\n"), "{output:?}");
    let named = cgi(
        &store,
        None,
        &[page.to_str().unwrap()],
        &[("PATH_INFO", "/more"), ("SCRIPT_NAME", "/a.live.php")],
        "",
    );
    assert!(text(&named.stdout).contains("/a.live.php /more "), "{named:?}");
    let none = cgi(&store, None, &[], &[], "");
    assert!(text(&none.stderr).contains("PATH_TRANSLATED"), "{none:?}");
    assert_eq!(left(&store), 0);
}

/// The lines of docs/guides/pages.md, with a real nginx and fcgiwrap.
#[test]
fn nginx_runs_pages_with_the_documented_lines() {
    let site = Site::new("lr-nginx", &["user"]);
    std::fs::create_dir(site.path("pages")).unwrap();
    let page = format!(
        "print \"Content-Type: text/plain\\n\\n\"; {PERL_CLIENT} read STDIN, my $body, $ENV{{CONTENT_LENGTH}}; print user(), ' ', $body, ' ', $ENV{{SCRIPT_NAME}};"
    );
    put(&site.path("pages"), "a.live.pl", &page, 0o644);
    put(&site.path(""), "run-page", &site.here("#!/bin/sh\nexec /usr/local/bin/liveapi run\n"), 0o755);
    let location = site.here(&documented_in("docs/guides/pages.md", "nginx"));
    let location: String = location
        .replace("/srv/pages", site.path("pages").to_str().unwrap())
        .replace("/srv/run-page", site.path("run-page").to_str().unwrap())
        .replace("/run/fcgiwrap.socket", site.path("cgi/sock").to_str().unwrap())
        .lines()
        .filter(|line| !line.contains("auth_basic"))
        .map(|line| format!("{line}\n"))
        .collect();
    let (_fcgiwrap, _nginx) = (web::fcgiwrap(&site), web::nginx(&site, &location));
    let (status, body) = web::post(&site, "a.live.pl", &[("x", "y")]).unwrap();
    assert_eq!((status, body.as_str()), (200, "bob x=y /a.live.pl"));
}

/// The same with a real Apache, which puts the words of a query without `=` on the command line.
#[test]
fn apache_runs_pages_with_the_documented_lines() {
    let site = Site::new("lr-apache", &["user"]);
    let page = format!(
        "print \"Content-Type: text/plain\\n\\n\"; {PERL_CLIENT} read STDIN, my $body, $ENV{{CONTENT_LENGTH}}; print user(), ' ', $body, ' ', $ENV{{SCRIPT_NAME}}, ' ', $ENV{{PATH_INFO}} // '-';"
    );
    put(&site.path("www"), "a.live.pl", &page, 0o644);
    std::fs::create_dir(site.path("pages-cgi")).unwrap();
    let program = site.here("#!/bin/sh\nexec /usr/local/bin/liveapi run \"$@\"\n");
    put(&site.path("pages-cgi"), "run", &program, 0o755);
    let modules = ["alias", "actions", "cgid", "env", "mime"];
    let modules =
        modules.map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"));
    let socket = site.path("cgid.sock");
    let settings = format!("ScriptSock {}\nTypesConfig /dev/null\n", socket.display());
    let documented = documented_in("docs/guides/pages.md", "apache")
        .replace("/srv/pages-cgi", site.path("pages-cgi").to_str().unwrap());
    let (_apache, port) = web::apache(&site, &(modules.concat() + &settings + &documented));
    let answer = web::post_to_port(port, "a.live.pl?q=1", &[("x", "y")]).unwrap();
    assert_eq!(answer, (200, "bob x=y /a.live.pl -".to_owned()));
    let (status, body) = web::post_to_port(port, "a.live.pl?--user+root", &[("x", "y")]).unwrap();
    assert!(status == 500 && !body.contains("bob"), "{status} {body}");
}

#[test]
fn its_help_names_what_it_takes() {
    let help = feed(Command::new(program("liveapi")).args(["run", "--help"]), b"");
    for word in ["--user", "--time", "--memory", "--output", "SCRIPT", "124", "GATEWAY_INTERFACE"] {
        assert!(help.contains(word), "{help}");
    }
    assert!(repository().join("docs/guides/pages.md").exists());
}
