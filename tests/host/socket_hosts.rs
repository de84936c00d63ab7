//! Calls over a panel's socket from C, PHP and Perl: one connection for each process, through forks and threads, and
//! an end that is said by whoever began.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::common::entrance::build_c;
use crate::common::{Store, json, must, program, repository};
use crate::page::{DONE, HANDSHAKE, JSON_MODE, Page, Reply, SHUTDOWN, Seen, framed, text, whole};
use serde_json::json as value;

/// Sends the address back that it was called with, so that an answer meant for another caller is seen.
fn echoed(seen: &Seen) -> String {
    let email = seen.json()["args"]["email"].as_str().unwrap_or_default().to_owned();
    DONE.replace("\"reason\":\"\"", &format!("\"reason\":\"\",\"echo\":\"{email}\""))
}

fn echo(seen: &Seen) -> Reply {
    text(echoed(seen))
}

fn store(name: &str) -> Store {
    let store = Store::empty(name);
    std::fs::create_dir_all(&store.dir).unwrap();
    store
}

/// How the three hosts run.
fn hosts(store: &Store) -> [(&'static str, Vec<PathBuf>); 3] {
    let script = |path: &str| repository().join(path);
    [
        ("C", vec![build_c(store, "tests/c/remote.c")]),
        ("PHP", vec!["php".into(), script("tests/php/remote.php")]),
        ("Perl", vec!["perl".into(), script("tests/perl/remote.pl")]),
    ]
}

/// Runs a host and wants its every call right, without another thread.
fn run(page: &Page, words: &[PathBuf], mode: &str, count: usize) {
    let output = page.command(&words[0]).args(&words[1..]).arg(mode).arg(count.to_string()).output().unwrap();
    let (printed, errors) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(printed, "0 wrong, 1 threads\n", "{words:?} {mode}: {} {errors}", output.status);
    assert!(output.status.success(), "{words:?} {mode}: {}", output.status);
}

/// Who called on each connection.
fn callers(page: &Page) -> BTreeMap<usize, BTreeSet<String>> {
    let mut callers: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for seen in page.asked() {
        let email = seen.json()["args"]["email"].as_str().unwrap().to_owned();
        callers.entry(seen.connection).or_default().insert(email);
    }
    callers
}

/// Each connection begins with the handshake, and nothing comes after its end.
fn is_well_spoken(page: &Page) {
    let mut talks: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for seen in page.seen() {
        talks.entry(seen.connection).or_default().push(seen.frame);
    }
    for (number, talk) in talks {
        assert_eq!(talk[0], HANDSHAKE, "{number}");
        assert!(talk[1..].iter().all(|frame| frame != HANDSHAKE), "{number}");
        assert!(talk[..talk.len() - 1].iter().all(|frame| frame != SHUTDOWN), "{number}: {talk:?}");
    }
}

#[test]
fn calls_share_one_connection() {
    let store = store("shreu");
    for (name, words) in hosts(&store) {
        let page = Page::start(&format!("shre{name}"), echo);
        run(&page, &words, "reuse", 50);
        assert_eq!(page.connections(), 1, "{name}");
        is_well_spoken(&page);
        // The default client of C's three functions is never released, and Perl's global destruction waits for
        // nobody; the panel sees the end of the connection there.
        assert_eq!(page.seen().last().unwrap().frame == SHUTDOWN, name == "PHP", "{name}");
    }
    let page = Page::start("shend", echo);
    let script = "my $cpanel = Cpanel::LiveAPI->new(); $cpanel->api2('Email','listpops') for 1 .. 2; $cpanel->end(); print 'on'";
    let mut command = page.command("perl");
    command.arg("-I").arg(repository().join("bindings/perl/lib")).args(["-MCpanel::LiveAPI", "-e", script]);
    assert_eq!(must(&mut command).stdout, b"on");
    let frames: Vec<String> = page.seen().into_iter().map(|seen| seen.frame).collect();
    assert_eq!((frames.len(), frames[3].as_str()), (4, SHUTDOWN));
}

#[test]
fn a_panel_that_closes_between_two_calls_fails_none_and_kills_nobody() {
    let store = store("shidl");
    for (name, words) in hosts(&store) {
        if name == "PHP" {
            // PHP ignores SIGPIPE; C and Perl die of it.
            continue;
        }
        let page =
            Page::start(&format!("shid{name}"), |seen| Reply::Last(framed(&echoed(seen)).into_bytes()));
        run(&page, &words, "idle", 12);
        assert_eq!((page.connections(), page.asked().len()), (12, 12), "{name}");
    }
}

#[test]
fn forked_children_have_connections_of_their_own() {
    let store = store("shfrk");
    for (name, words) in hosts(&store) {
        // Children go on with what they inherited, or have nothing yet, or release it and begin anew; each
        // is the last one's child; and a fork of which no library hears.
        for mode in ["fork", "forkfirst", "forkdrop", "chain", "rawfork"] {
            if mode == "rawfork" && name != "C" {
                continue;
            }
            let page = Page::start(&format!("shf{mode}{name}"), echo);
            run(&page, &words, mode, 50);
            let callers = callers(&page);
            assert!(callers.values().all(|names| names.len() == 1), "{name} {mode}: {callers:?}");
            // The parent's is the one that it had before, where it had one: no child has ended it.
            assert_eq!((callers.len(), page.connections()), (5, 5), "{name} {mode}: {callers:?}");
            is_well_spoken(&page);
        }
    }
}

#[test]
fn children_of_a_busy_process() {
    let store = store("shbus");
    let program = build_c(&store, "tests/c/remote.c");
    let page = Page::start("shbup", echo);
    run(&page, &[program], "busyfork", 400);
    let callers = callers(&page);
    let of_children: Vec<_> =
        callers.values().filter(|names| names.iter().any(|name| name.starts_with("child"))).collect();
    assert_eq!(of_children.len(), 400);
    assert!(of_children.iter().all(|names| names.len() == 1), "{of_children:?}");
    assert_eq!(callers.len(), 401, "the threads of the parent share one");
}

#[test]
fn threads_call_at_once() {
    let store = store("shthr");
    for (name, words) in hosts(&store) {
        if name == "PHP" {
            // Debian's has no threads.
            continue;
        }
        let page = Page::start(&format!("shth{name}"), echo);
        run(&page, &words, "threads", 50);
        // Perl's threads have objects of their own, and the last one to end says goodbye.
        assert!(name != "C" || page.connections() == 1, "{name}: {}", page.connections());
        assert_eq!(page.asked().len(), 8 * 50, "{name}");
        is_well_spoken(&page);
    }
}

#[test]
fn a_child_of_a_page_that_may_connect_once_is_told_why() {
    let page = Page::strict("shonce", 1, |seen| match seen.frame.as_str() {
        HANDSHAKE => whole(JSON_MODE),
        SHUTDOWN => Reply::Close,
        _ => echo(seen),
    });
    let script = page.dir.join("fork.php");
    std::fs::write(
        &script,
        format!(
            r#"<?php require '{}/bindings/php/cpanel.php';
            $cpanel = new CPANEL();
            $call = fn($object) => $object->api2('Email', 'addpop', ['email' => 'x', 'password' => 'S3cret-pass']);
            $call($cpanel);
            if (pcntl_fork() === 0) {{ file_put_contents('{}', json_encode($call($cpanel))); exit; }}
            pcntl_wait($status);
            // Another object of the process goes on with the one connection; so does the parent after its child's end.
            echo json_encode([$call(new CPANEL()), $call($cpanel)]);
            $cpanel->end();
            try {{ $call($cpanel); }} catch (LiveApiException $e) {{ fwrite(STDERR, $e->getMessage()); }}"#,
            repository().display(),
            page.dir.join("child").display()
        ),
    )
    .unwrap();
    let output = must(page.command("php").arg(&script));
    let answers = json(&output);
    for answer in answers.as_array().unwrap() {
        assert_eq!(answer["cpanelresult"]["data"][0]["echo"], "x", "{answers}");
    }
    assert!(String::from_utf8_lossy(&output.stderr).contains("end() was called"));
    let child = std::fs::read_to_string(page.dir.join("child")).unwrap();
    assert!(
        child.contains("forked from one that calls the panel, too") && child.contains("was not made"),
        "{child}"
    );
    assert!(!child.contains("S3cret-pass"), "{child}");
    assert_eq!(page.seen().iter().filter(|seen| seen.frame == SHUTDOWN).count(), 1);
}

#[test]
fn requests_go_to_the_panel_as_they_are() {
    let page = Page::start("shverb", |seen| match seen.frame.as_str() {
        frame if frame.contains("\"if\"") => {
            text("{\"cpanelresult\":{\"data\":{\"result\":1},\"module\":\"if\",\"apiversion\":1}}\n")
        }
        frame if frame.contains("\"feature\"") => {
            text("{\"cpanelresult\":{\"data\":{\"result\":0},\"module\":\"feature\",\"apiversion\":1}}\n")
        }
        _ => text(
            r#"{"apiversion":"1","type":"internal","command":"print","source":"internal","data":{"result":"/home/user"},"event":{"result":1}}"#,
        ),
    });
    let script = page.dir.join("requests.php");
    std::fs::write(
        &script,
        format!(
            r#"<?php require '{}/bindings/php/cpanel.php';
            $cpanel = new CPANEL();
            echo json_encode([$cpanel->cpanelprint('$homedir'), $cpanel->cpanelif('!$haspostgres'),
                $cpanel->cpanelfeature('fileman'), $cpanel->cpanellangprint('KEY'),
                $cpanel->exec('<cpanel print="$homedir">')['cpanelresult']['data']['result'],
                $cpanel->exec('<cpanel Branding="include(stdheader.html)">', 1)]);"#,
            repository().display()
        ),
    )
    .unwrap();
    let returned = json(&must(page.command("php").arg(&script)));
    assert_eq!(returned, value!(["/home/user", 1, 0, "/home/user", "/home/user", null]));
    let frames: Vec<String> = page.asked().into_iter().map(|seen| seen.frame).collect();
    let special = |json: &str| {
        let payload = format!("<cpanelaction>\n{json}\n</cpanelaction>");
        format!("{}\n{payload}", payload.len())
    };
    assert_eq!(
        frames,
        [
            special(r#"{"reqtype":"exec","module":"print","func":"","apiversion":"1","args":"$homedir"}"#),
            special(r#"{"reqtype":"if","module":"if","func":"if","apiversion":"1","args":"!$haspostgres"}"#),
            special(
                r#"{"reqtype":"feature","module":"feature","func":"feature","apiversion":"1","args":"fileman"}"#
            ),
            special(r#"{"reqtype":"exec","module":"langprint","func":"","apiversion":"1","args":"KEY"}"#),
            "25\n<cpanel print=\"$homedir\">".to_owned(),
            "43\n<cpanel Branding=\"include(stdheader.html)\">".to_owned(),
        ]
    );
    // Perl's come with their keys in the same order.
    let perl = page_of_perl();
    let asked: Vec<String> = perl.asked().into_iter().map(|seen| seen.frame).collect();
    assert_eq!(asked, frames[..4]);
}

/// The same four questions, from Perl.
fn page_of_perl() -> Page {
    let page = Page::start("shspp", |_| text(JSON_MODE));
    let script = "my $cpanel = Cpanel::LiveAPI->new(); $cpanel->fetch('$homedir'); $cpanel->cpanelif('!$haspostgres'); \
        $cpanel->cpanelfeature('fileman'); $cpanel->cpanellangprint('KEY');";
    let mut command = page.command("perl");
    command.arg("-I").arg(repository().join("bindings/perl/lib")).args(["-MCpanel::LiveAPI", "-e", script]);
    must(&mut command);
    page
}

#[test]
fn a_request_without_an_answer_says_so_in_its_own_shape() {
    let page = Page::start("shlost", |_| Reply::Close);
    let script = page.dir.join("lost.pl");
    std::fs::write(
        &script,
        format!(
            r#"use lib '{}/bindings/perl/lib'; use Cpanel::LiveAPI (); use JSON::PP;
            my $cpanel = Cpanel::LiveAPI->new();
            print encode_json([ $cpanel->fetch('$user'), $cpanel->cpanelif('$user'), $cpanel->cpanelfeature('x'),
                $cpanel->exec('<?cp Email::addpop(%,email) password="S3cret-pass" ?>'), $cpanel->header('x') ]);"#,
            repository().display()
        ),
    )
    .unwrap();
    let output = must(page.command("perl").arg(&script));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("S3cret"));
    let returned = json(&output);
    let fetched = &returned[0]["cpanelresult"];
    assert_eq!(fetched["event"]["result"], 0);
    assert!(fetched["error"].as_str().unwrap().contains("may be repeated without harm"), "{fetched}");
    assert_eq!((&returned[1], &returned[2], &returned[4]), (&value!(0), &value!(0), &value!("")));
    let tag = returned[3]["cpanelresult"]["error"].as_str().unwrap();
    assert!(tag.contains("The LiveAPI request to unix:///") && tag.contains("is not known"), "{tag}");
}

#[test]
fn each_failure_has_its_number() {
    let store = store("shcod");
    let program = build_c(&store, "tests/c/remote.c");
    let code = |page: &Page, func: &str, (name, value): (&str, &str)| {
        let output = page.command(&program).args(["code", func]).env(name, value).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_once(' ').unwrap().0.parse::<i32>().unwrap()
    };
    let none = ("LANG", "C");
    let page = |name: &str, reply: Reply| Page::start(name, move |_| reply.clone());
    assert_eq!(code(&page("shcod0", text(DONE)), "listpops", none), 0);
    assert_eq!(code(&page("shcod1", Reply::Close), "listpops", none), 60);
    assert_eq!(code(&page("shcod2", Reply::Close), "addpop", none), 65);
    assert_eq!(code(&page("shcod3", Reply::Silence), "listpops", ("LIVEAPI_TIMEOUT", "1")), 62);
    assert_eq!(code(&page("shcod4", text("")), "listpops", none), 64);
    let there = page("shcod5", text(DONE));
    assert_eq!(code(&there, "listpops", ("CPANEL_CONNECT_SOCKET", "/nonexistent")), 60);
    assert_eq!(code(&there, "listpops", ("LIVEAPI_USER", "eve")), 20);
}

#[test]
fn no_thread_is_started_and_no_descriptor_survives_exec() {
    let page = Page::start("shtrc", echo);
    let trace = page.dir.join("trace");
    let mut command = page.command("strace");
    command.args(["-f", "-o"]).arg(&trace);
    command.args(["-e", "trace=socket,sendto,sendmsg,epoll_create1,clone,clone3,fork,vfork"]);
    must(command.arg(program("cpapi2")).args(["Email", "passwdpop", "email=user"]));
    let text = std::fs::read_to_string(&trace).unwrap();
    let calls: Vec<&str> = text.lines().filter(|line| !line.contains("+++")).collect();
    assert_eq!(calls.len(), 4, "one socket, and handshake, call and end: {text}");
    assert!(calls[0].contains("AF_UNIX") && calls[0].contains("SOCK_CLOEXEC"), "{text}");
    assert!(calls[1..].iter().all(|line| line.contains("MSG_NOSIGNAL")), "{text}");
    // A client that makes no call opens nothing.
    let mut command = page.command("strace");
    command.args(["-f", "-e", "trace=socket", "-o"]).arg(&trace);
    must(command.arg(program("cpapi2")).args(["Email", "no/name"]));
    let text = std::fs::read_to_string(&trace).unwrap();
    assert!(text.lines().all(|line| line.contains("+++")), "{text}");
}

#[test]
fn no_password_stays_in_memory() {
    let store = store("shwip");
    let program = build_c(&store, "tests/c/wiped.c");
    let page = Page::start("shwia", echo);
    for args in [&[][..], &["batch"], &["passwd_pop"]] {
        let output = page.command(&program).args(args).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.ends_with("\n0 copies\n"), "{args:?}: {text}");
    }
    assert!(page.asked()[0].json()["args"]["password"].as_str().unwrap().len() > 30);
}
