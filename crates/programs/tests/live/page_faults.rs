//! Live pages that go wrong or want too much: their visitor is told, the log says why, and nothing is left behind.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use crate::common::is_root;
use crate::common::server::connect;
use crate::pages::{Pages, runs, wait_until_gone};
use rustix::process::Signal;

/// An answer over the wire without the last chunk was cut off.
const LAST_CHUNK: &str = "0\r\n\r\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A number of the kernel's about the daemon's memory, in KiB.
fn peak(pages: &Pages) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", pages.daemon.server.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

/// No socket of a page is left. The folder is shared with the daemons of other tests where root runs them.
fn assert_no_socket(socket: &str) {
    let start = Instant::now();
    while crate::common::exists(socket.as_ref()) {
        assert!(start.elapsed() < Duration::from_secs(5), "{socket} is left");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_page_has_its_accounts_ids_and_its_limits_before_it_begins() {
    let options = ["--page-seconds=7", "--page-memory-mb=100"];
    let pages = Pages::start("lf-ids", &options);
    let script = "id -u; id -g; id -G; umask; ulimit -c; ulimit -t; ulimit -d; ulimit -n; grep -E '^(NoNewPrivs|CapEff|CapPrm|CapAmb)' /proc/self/status; ls /proc/self/fd | tr '\\n' ' '; tr '\\0' ' ' < /proc/$PPID/comm";
    pages.put_shell("theme/id.cgi", script);
    let reply = pages.get("theme/id.cgi", &[]);
    let lines: Vec<&str> = reply.body.lines().collect();
    let owner = pages.daemon.store.owner().to_string();
    assert_eq!(lines[0], owner, "{reply:?}");
    if is_root() {
        let group =
            crate::common::must(std::process::Command::new("id").args(["-g", crate::common::UNPRIVILEGED]))
                .stdout;
        let group = text(&group).trim().to_owned();
        assert_eq!((lines[1], lines[2], lines[3]), (group.as_str(), group.as_str(), "0077"));
        assert_eq!(
            lines[8..11],
            ["CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000"]
        );
    }
    assert_eq!(lines[4..8], ["0", "7", "102400", "256"]);
    assert_eq!(lines[11], "NoNewPrivs:\t1");
    // The fourth is the listing itself. This test's own program has others open, which are no business of a page.
    assert!(lines[12].starts_with("0 1 2 3 "), "{lines:?}");
    assert!(!lines[12].starts_with("0 1 2 3 4"), "{lines:?}");
}

/// What is open in whoever starts the daemon, without being closed at an exec, does not reach pages.
#[test]
fn what_was_left_open_before_the_daemon_does_not_reach_a_page() {
    let pages = Pages::start("lf-fds", &[]);
    let daemon = crate::liveapid::Liveapid::under(
        crate::common::Store::with_account("lf-fds2"),
        &["/bin/sh", "-c", "exec 7</etc/hostname 8>&1 \"$0\" \"$@\""],
        &[&format!("--pages={}", pages.folder.display())],
    );
    let set =
        daemon.store.whm("passwd", &["user=bob", &format!("password={}", crate::liveapid::ACCOUNT_PASSWORD)]);
    assert_eq!(set["metadata"]["result"], 1, "{set}");
    let open = std::fs::read_dir(format!("/proc/{}/fd", daemon.server.id())).unwrap();
    let open: Vec<String> = open.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(open.contains(&"7".to_owned()) && open.contains(&"8".to_owned()), "{open:?}");
    pages.put_shell("theme/fds.cgi", "for fd in 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do [ -e /proc/$$/fd/$fd ] && readlink /proc/$$/fd/$fd; done; echo end");
    let reply = daemon.as_bob(daemon.ports.cpanel, "/frontend/theme/fds.cgi", &[]);
    // The shell keeps the script itself open, as a number of its own choice.
    let others: Vec<&str> = reply.body.lines().filter(|line| !line.ends_with("/fds.cgi")).collect();
    assert_eq!(others, ["end"], "{reply:?}");
}

#[test]
fn limits_of_memory_and_files_hold() {
    let pages = Pages::start("lf-hold", &["--page-memory-mb=100"]);
    pages.put(
        "theme/memory.live.pl",
        "print qq(Content-Type: text/plain\\n\\n); $| = 1; my $x = 'x' x (200 << 20); print length $x;",
    );
    let reply = pages.get("theme/memory.live.pl", &[]);
    assert!(!reply.body.contains("209715200"), "{reply:?}");
    assert!(pages.logged("\"says\"").contains("Out of memory"));
    pages.put_shell(
        "theme/file.cgi",
        "cd \"$HOME\" || exit; truncate -s 300M big 2>&1; ls -s big 2>/dev/null; echo end",
    );
    let reply = pages.get("theme/file.cgi", &[]);
    assert!(!reply.body.contains("300"), "{reply:?}");
}

/// Languages that set address space aside start at the usual limit, and are held to what they use.
#[test]
fn pages_of_languages_that_set_gigabytes_aside_run_at_the_usual_limit() {
    let pages = Pages::start("lf-node", &[]);
    pages.put(
        "theme/aside.cgi",
        "#!/usr/bin/perl\nuse strict;\n# mmap: 16 GiB, to be read only, private, without a file\n\
         my $at = syscall(9, 0, 16 << 30, 1, 0x4022, -1, 0);\n\
         print \"Content-Type: text/plain\\n\\n\", $at == -1 ? \"none: $!\" : 'aside';\n",
    );
    assert_eq!(pages.get("theme/aside.cgi", &[]).body, "aside");
    let node = "#!/usr/bin/node\nconst room = [];\nprocess.stdout.write('Content-Type: text/plain\\n\\n');\n\
        const want = Number(process.env.QUERY_STRING.slice(2));\n\
        for (let i = 0; i < want; i++) room.push(Buffer.alloc(1 << 20, i));\nconsole.log('had ' + room.length);\n";
    pages.put("theme/node.cgi", node);
    assert_eq!(pages.get("theme/node.cgi?n=64", &[]).body, "had 64\n");
    let more = text(&pages.raw("theme/node.cgi?n=700", ""));
    assert!(!more.contains("had"), "{more}");
}

#[test]
fn a_page_that_never_ends_is_ended_and_keeps_nobody_waiting() {
    let pages = Pages::start("lf-long", &["--page-seconds=2", "--pages-per-account=40"]);
    let marked = |n: u32| format!("sleep 4{n}.25");
    pages.put("theme/silent.cgi", format!("#!/bin/sh\ntrap '' TERM\n{}\n{}\n", marked(1), marked(1)));
    pages.put_shell("theme/half.cgi", &format!("echo begun; echo \"$CPANEL_CONNECT_SOCKET\"; {}", marked(2)));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        // More of them than threads that wait.
        let silent: Vec<_> = (0..36).map(|_| scope.spawn(|| pages.get("theme/silent.cgi", &[]))).collect();
        let start = Instant::now();
        while !runs(&marked(1)) {
            assert!(start.elapsed() < Duration::from_secs(10), "no page began");
        }
        let change = Instant::now();
        let path = "/execute/Email/passwd_pop?email=user&domain=example.com&password=New-Password-22";
        let reply = pages.daemon.as_bob(pages.daemon.ports.cpanel, path, &[]);
        assert_eq!(reply.json()["status"], 1, "{reply:?}");
        assert!(change.elapsed() < Duration::from_millis(1500), "{:?}", change.elapsed());
        for reply in silent {
            let reply = reply.join().unwrap();
            assert_eq!(reply.status, 504, "{reply:?}");
            assert!(reply.body.contains("within 2 seconds"), "{reply:?}");
        }
    });
    // Two seconds until they are asked to end, two more because they did not listen.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    wait_until_gone(&marked(1));
    let cut = text(&pages.raw("theme/half.cgi", ""));
    assert!(cut.contains("begun\n") && !cut.ends_with(LAST_CHUNK), "{cut}");
    wait_until_gone(&marked(2));
    assert_no_socket(cut.lines().find(|line| line.starts_with('/')).unwrap());
    assert!(pages.logged("half.cgi").contains("took longer than 2 seconds"));
}

#[test]
fn a_page_that_prints_too_much_is_ended_and_none_costs_the_daemon_its_memory() {
    let pages = Pages::start("lf-much", &["--page-output-mb=101"]);
    pages.put_shell("theme/much.cgi", "head -c ${QUERY_STRING#n=} /dev/zero; exec sleep 0.01");
    let before = peak(&pages);
    let whole = pages.raw("theme/much.cgi?n=104857600", "");
    assert!(whole.len() > 104_857_600 && whole.ends_with(LAST_CHUNK.as_bytes()), "{}", whole.len());
    let cut = pages.raw("theme/much.cgi?n=209715200", "");
    assert!(cut.len() < 110_000_000 && !cut.ends_with(LAST_CHUNK.as_bytes()), "{}", cut.len());
    assert!(peak(&pages) < before + 16 * 1024, "{before} KiB before, {} after", peak(&pages));
    assert!(pages.logged("printed more").contains("101 MiB"));
    // curl is one of those who notice.
    let url =
        format!("http://127.0.0.1:{}/frontend/theme/much.cgi?n=209715200", pages.daemon.ports.cpanel_plain);
    let mut curl = std::process::Command::new("curl");
    curl.args(["--silent", "--output", "/dev/null", "--user"])
        .arg(format!("bob:{}", crate::liveapid::ACCOUNT_PASSWORD));
    assert!(!curl.arg(url).status().unwrap().success());
}

#[test]
fn what_a_page_leaves_running_does_not_keep_its_visitor_waiting() {
    let pages = Pages::start("lf-left", &[]);
    pages.put_shell("theme/left.cgi", "sleep 51.25 & echo done");
    pages.put_shell("theme/daemon.cgi", "setsid sleep 8.52 & sleep 0.5; echo done");
    for page in ["theme/left.cgi", "theme/daemon.cgi"] {
        let begun = Instant::now();
        assert_eq!(pages.get(page, &[]).body, "done\n");
        assert!(begun.elapsed() < Duration::from_secs(3), "{page}: {:?}", begun.elapsed());
    }
    wait_until_gone("sleep 51.25");
    // As documented: it is in no group of ours any more.
    assert!(runs("sleep 8.52"));
}

#[test]
fn pages_that_break_are_told_as_such() {
    let pages = Pages::start("lf-break", &[]);
    let heads: [(&str, &[u8], &str); 9] = [
        ("nothing", b"", "printed nothing"),
        ("open", b"Content-Type: text/html\n", "no end"),
        ("html", b"<html>\n\n", "no field"),
        ("none", b"X-A: b\n\nbody", "none of Content-Type"),
        ("nph", b"HTTP/1.1 200 OK\nContent-Type: a/b\n\nbody", "no field"),
        ("status", b"Status: 1000\nContent-Type: a/b\n\n", "no status"),
        ("control", b"Content-Type: a/b\rX: y\n\n", "control character"),
        ("bytes", b"Content-Type: \xff\n\n", "not UTF-8"),
        ("long", &[b'x'; 70_000], "too long"),
    ];
    for (name, head, why) in heads {
        pages.put(&format!("theme/{name}.txt"), head);
        pages.put(&format!("theme/{name}.cgi"), format!("#!/bin/sh\ncat {name}.txt\n"));
        let reply = pages.get(&format!("theme/{name}.cgi"), &[]);
        assert_eq!(reply.status, 502, "{name}: {reply:?}");
        assert!(reply.body.contains("log says why") && !reply.body.contains("Child failed"), "{reply:?}");
        let log = pages.logged(&format!("theme/{name}.cgi"));
        assert!(log.contains(why), "{name}: {log}");
    }
    pages.put("theme/early.cgi", "#!/bin/sh\necho 'the reason' >&2\nkill -SEGV $$\n");
    assert_eq!(pages.get("theme/early.cgi", &[]).status, 502);
    assert!(pages.logged("\"outcome\":\"it printed nothing").contains("ended by the signal 11"));
    let says = pages.logged("the reason");
    assert!(says.contains("\"who\":\"bob\"") && says.contains("theme/early.cgi"), "{says}");
    pages.put_shell("theme/late.cgi", "echo part; kill -KILL $$");
    let cut = text(&pages.raw("theme/late.cgi", ""));
    assert!(cut.contains("part\n") && !cut.ends_with(LAST_CHUNK), "{cut}");
    pages.logged("ended by the signal 9");
    // A status is a page's own way to say something; its page is whole.
    pages.put_shell("theme/failed.cgi", "echo page; exit 3");
    assert_eq!(pages.get("theme/failed.cgi", &[]).body, "page\n");
    pages.logged("ended with the status 3");
    pages.put("theme/nowhere.cgi", "#!/nowhere/interpreter\n");
    assert_eq!(pages.get("theme/nowhere.cgi", &[]).status, 502);
    pages.logged("nowhere.cgi cannot be started");
    pages.put("theme/fatal.live.php", "<?php nowhere();");
    let reply = pages.get("theme/fatal.live.php", &[]);
    assert_eq!(reply.status, 500, "{reply:?}");
}

#[test]
fn a_page_that_never_connects_says_so_where_a_text_can_be() {
    let pages = Pages::start("lf-never", &[]);
    let words = "Child failed to make LIVEAPI connection to cPanel";
    pages.put("theme/html.live.php", "<p>page</p>");
    pages.put("theme/json.live.php", "<?php header('Content-Type: application/json'); echo '{}';");
    pages.put("theme/go.live.php", "<?php header('Location: x');");
    pages.put("theme/asks.live.php", format!("{}echo user();", crate::pages::PHP_CLIENT));
    assert_eq!(pages.get("theme/html.live.php", &[]).body, format!("<p>page</p>{words}"));
    for page in ["json", "go", "asks"] {
        let reply = pages.get(&format!("theme/{page}.live.php"), &[]);
        assert!(!reply.body.contains(words), "{page}: {reply:?}");
    }
    assert!(pages.logged("json.live.php").contains("\"connected\":false"));
    assert!(pages.logged("asks.live.php").contains("\"connected\":true"));
}

#[test]
fn a_visitor_who_goes_away_takes_the_page_along() {
    let pages = Pages::start("lf-gone", &[]);
    pages.put_shell("theme/slow.cgi", "echo \"$CPANEL_CONNECT_SOCKET\"; sleep 52.75");
    pages.put("theme/silent.cgi", "#!/bin/sh\nsleep 53.75\n");
    for (page, mark) in [("theme/slow.cgi", "sleep 52.75"), ("theme/silent.cgi", "sleep 53.75")] {
        let mut stream = connect(pages.daemon.ports.cpanel_plain);
        stream.write_all(pages.request(page, "").as_bytes()).unwrap();
        let start = Instant::now();
        while !runs(mark) {
            assert!(start.elapsed() < Duration::from_secs(10), "{page} does not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
        drop(stream);
        wait_until_gone(mark);
    }
    pages.logged("visitor went away");
}

#[test]
fn only_so_many_run_at_once() {
    let pages = Pages::start("lf-many", &["--pages-per-account=2"]);
    pages.put_shell("theme/slow.cgi", "sleep 2");
    pages.put("theme/a.css", "p {}");
    let get = || pages.get("theme/slow.cgi", &[]);
    let replies: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..5).map(|_| scope.spawn(get)).collect();
        running.into_iter().map(|reply| reply.join().unwrap()).collect()
    });
    let of = |status: u16| replies.iter().filter(|reply| reply.status == status).count();
    assert_eq!((of(200), of(503)), (2, 3), "{replies:?}");
    assert!(replies.iter().all(|reply| reply.status == 200 || reply.field("retry-after") == Some("2")));
    assert_eq!(pages.get("theme/slow.cgi", &[]).status, 200);
}

#[test]
fn connections_go_on_behind_a_page_and_old_ones_end() {
    let pages = Pages::start("lf-http", &[]);
    pages.put_shell("theme/a.cgi", "echo \"page $QUERY_STRING\"; sleep 0.3; echo more");
    pages.put("theme/none.cgi", "#!/bin/sh\nprintf 'Status: 204\\n\\n'\n");
    // The second request comes while the first page runs.
    let first = pages.request("theme/a.cgi?n=1", "").replace("Connection: close\r\n", "");
    let none = pages.request("theme/none.cgi", "").replace("Connection: close\r\n", "");
    let all = first + &none + &pages.request("theme/a.cgi?n=2", "");
    let both = text(&pages.daemon.raw(pages.daemon.ports.cpanel_plain, all.as_bytes()));
    assert_eq!(both.matches("HTTP/1.1 200 OK").count(), 2, "{both}");
    assert!(both.find("page n=1").unwrap() < both.find("204 No Content").unwrap(), "{both}");
    assert!(both.find("204 No Content").unwrap() < both.find("page n=2").unwrap(), "{both}");
    assert!(both.ends_with(LAST_CHUNK), "{both}");
    let old = pages.request("theme/a.cgi?n=3", "").replace("HTTP/1.1", "HTTP/1.0");
    let old = text(&pages.daemon.raw(pages.daemon.ports.cpanel_plain, old.as_bytes()));
    assert!(old.ends_with("\r\n\r\npage n=3\nmore\n") && !old.contains("chunked"), "{old}");
    // What announces no length ends with its connection, also where that was to be kept.
    let kept = pages.request("theme/a.cgi?n=5", "").replace("HTTP/1.1", "HTTP/1.0");
    let kept = kept.replace("Connection: close", "Connection: keep-alive");
    let begun = Instant::now();
    let kept = text(&pages.daemon.raw(pages.daemon.ports.cpanel_plain, kept.as_bytes()));
    assert!(kept.ends_with("\r\n\r\npage n=5\nmore\n") && kept.contains("Connection: close"), "{kept}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    let head = pages.request("theme/a.cgi?n=4", "").replace("GET ", "HEAD ");
    let head = text(&pages.daemon.raw(pages.daemon.ports.cpanel_plain, head.as_bytes()));
    assert!(head.starts_with("HTTP/1.1 200 OK") && head.ends_with("\r\n\r\n"), "{head}");
}

/// The answer is not kept until the page has ended, and what the visitor sent stands in no list of processes.
#[test]
fn a_page_can_show_its_progress_and_its_secrets_stay_its_own() {
    let pages = Pages::start("lf-flow", &[]);
    pages.put_shell("theme/flow.cgi", "cat > /dev/null; echo first; sleep 5.71");
    let mut stream = connect(pages.daemon.ports.cpanel_plain);
    let body = "password=s3cret-in-body";
    let request =
        pages.request("theme/flow.cgi?x=s3cret-in-query", &format!("Content-Length: {}\r\n", body.len()));
    stream.write_all((request.replace("GET ", "POST ") + body).as_bytes()).unwrap();
    let begun = Instant::now();
    let mut seen = String::new();
    let mut piece = [0; 1024];
    while !seen.contains("first") {
        let length = stream.read(&mut piece).unwrap();
        assert_ne!(length, 0, "{seen}");
        seen.push_str(&text(&piece[..length]));
    }
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    while !runs("sleep 5.71") {
        assert!(begun.elapsed() < Duration::from_secs(5), "the page does not sleep");
    }
    assert!(!runs("s3cret-in"));
    drop(stream);
    wait_until_gone("sleep 5.71");
    assert!(!pages.daemon.log().contains("s3cret-in"));
}

#[test]
fn a_daemon_that_ends_finishes_its_pages() {
    let pages = Pages::start("lf-end", &[]);
    pages.put_shell("theme/slow.cgi", "echo begun; sleep 1.5; echo ended");
    std::thread::scope(|scope| {
        let page = scope.spawn(|| pages.get("theme/slow.cgi", &[]));
        std::thread::sleep(Duration::from_millis(500));
        pages.daemon.server.signal(Signal::TERM);
        assert_eq!(page.join().unwrap().body, "begun\nended\n");
    });
}
