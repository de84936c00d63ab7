//! Calls to a server from pages under real php-fpm: each worker has a connection of its own and keeps it from
//! page to page, whatever master, server and other workers do. No thread, ever.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::common::server::Server;
use crate::common::site::{Site, documented, documented_in};
use crate::common::web::{fpm, fpm_of_user, json, nginx, post};
use crate::common::{is_root, must};
use crate::panel::{Panel, Reply, Seen, TOKEN};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// One worker only.
const ALONE: &str = "pm.max_children = 1\n";

/// Sends the address back that the page called with.
fn echo(seen: &Seen) -> Reply {
    let email = seen.field("email").unwrap();
    Reply::Text(format!(
        r#"{{"cpanelresult":{{"apiversion":2,"func":"passwdpop","data":[{{"result":1,"reason":"","echo":"{email}"}}],"event":{{"result":1}},"module":"Email"}}}}"#
    ))
}

/// A site whose pages call a server, with the pool's lines of docs/guides/remote.md. php-fpm is up to the test.
struct Pages {
    panel: Panel,
    site: Site,
    pool: String,
    _nginx: Server,
}

impl Pages {
    fn new(name: &str, panel: Panel) -> Self {
        let site = Site::new(name, &[]);
        site.folder("etc");
        crate::panel::private(&site.path("etc/token"), TOKEN);
        if is_root() {
            must(Command::new("chown").arg(&site.user).arg(site.path("etc/token")));
        }
        let ca_file = panel.dir.join("ca.pem").display().to_string();
        let pool = documented_in("docs/guides/remote.md", "conf")
            .replace("server.example.com", &format!("localhost:{}", panel.port))
            .replace("/etc/liveapi/token", &site.path("etc/token").display().to_string())
            + &format!("env[LIVEAPI_CA_FILE] = {ca_file}\n");
        let nginx = nginx(&site, &documented("nginx"));
        // Nobody keeps a connection whose file of authorities was written within a second: it may change unseen.
        std::thread::sleep(Duration::from_millis(1100));
        Self { panel, site, pool, _nginx: nginx }
    }

    /// php-fpm with the ini lines of docs/guides/php.md.
    fn preloaded(&self, lines: &str) -> Server {
        self.with(&documented("ini"), lines)
    }

    fn with(&self, ini: &str, lines: &str) -> Server {
        fpm(&self.site, ini, &(self.pool.clone() + lines), &self.site.path("usr/local/lib")).unwrap()
    }

    /// Opens the page, whose call must come back right; the worker that did it.
    fn open(&self, func: &str, word: &str) -> u32 {
        let page = json(&self.site, "remote.php", &[("func", func), ("word", word)]);
        assert_eq!((&page["right"], &page["error"]), (&Value::from(true), &Value::from("")), "{page}");
        page["pid"].as_u64().unwrap().try_into().unwrap()
    }

    /// Opens it from several clients at once; who answered.
    fn open_at_once(&self, clients: usize, pages: usize) -> BTreeSet<u32> {
        let client = |number: usize| {
            move || {
                (0..pages).map(|page| self.open("addpop", &format!("{number}-{page}"))).collect::<Vec<_>>()
            }
        };
        std::thread::scope(|scope| {
            let started: Vec<_> = (0..clients).map(|number| scope.spawn(client(number))).collect();
            started.into_iter().flat_map(|client| client.join().unwrap()).collect()
        })
    }

    /// Which processes called on each connection.
    fn callers(&self) -> BTreeMap<usize, BTreeSet<String>> {
        let mut callers: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
        for seen in self.panel.seen() {
            let who = seen.field("email").unwrap().split('-').next().unwrap().to_owned();
            callers.entry(seen.connection).or_default().insert(who);
        }
        callers
    }

    /// That every process used one connection, and nobody else did.
    fn assert_one_each(&self, processes: usize) {
        let callers = self.callers();
        assert!(callers.values().all(|names| names.len() == 1), "shared: {callers:?}");
        let names: BTreeSet<_> = callers.values().flatten().collect();
        assert_eq!((names.len(), callers.len(), self.panel.connections()), (processes, processes, processes));
    }
}

/// That master and workers have one thread each.
fn assert_no_threads(fpm: &Server) {
    for pid in fpm.workers().into_iter().chain([fpm.id()]) {
        assert_eq!(std::fs::read_dir(format!("/proc/{pid}/task")).unwrap().count(), 1, "threads of {pid}");
    }
}

/// What a process has open, by kind: sockets, pipes, files.
fn opened(pid: u32) -> Vec<String> {
    let entries = std::fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    // What was closed in between is not open.
    let links = entries.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    // Without the numbers and letters that are new each time: “socket:[123]”, “/tmp/.ZendSem.abc (deleted)”.
    let kind = |link: &str| link.split('[').next().unwrap().split(".ZendSem").next().unwrap().to_owned();
    let mut kinds: Vec<_> = links.map(|link| kind(&link.display().to_string())).collect();
    kinds.sort();
    kinds
}

#[test]
fn a_worker_keeps_its_connection_from_page_to_page() {
    let pages = Pages::new("rfkeep", Panel::start("rfkeepp", echo));
    // With preloading, as documented, and with FFI in every page, where each page opens the library itself.
    for (number, ini) in [documented("ini"), "ffi.enable=1\n".to_owned()].iter().enumerate() {
        let fpm = pages.with(ini, ALONE);
        let workers: BTreeSet<_> = (0..20).map(|page| pages.open("addpop", &page.to_string())).collect();
        assert_eq!(workers.len(), 1);
        pages.assert_one_each(number + 1);
        assert_no_threads(&fpm);
    }
}

#[test]
fn workers_share_no_connection() {
    let pages = Pages::new("rfmany", Panel::start("rfmanyp", echo));
    let fpm = pages.preloaded("");
    let workers = pages.open_at_once(8, 40);
    assert_eq!(workers, fpm.workers().into_iter().collect(), "every worker had work");
    pages.assert_one_each(4);
    assert_eq!(pages.panel.seen().len(), 8 * 40);
    assert_no_threads(&fpm);
}

#[test]
fn preloading_opens_nothing() {
    let pages = Pages::new("rfopen", Panel::start("rfopenp", echo));
    let opens = |ini: &str| {
        let fpm = pages.with(ini, ALONE);
        let worker = fpm.worker();
        let mapped = std::fs::read_to_string(format!("/proc/{}/maps", fpm.id())).unwrap();
        assert_no_threads(&fpm);
        // Until they have started: a worker closes what its master keeps.
        let now = || (opened(fpm.id()), opened(worker));
        let mut open = (vec![], vec![]);
        while open != now() {
            open = now();
            std::thread::sleep(Duration::from_millis(100));
        }
        (mapped.contains("libliveapi"), open.0, open.1)
    };
    let (loaded, master, worker) = opens(&documented("ini"));
    assert!(loaded, "the master has the library");
    assert_eq!((false, master, worker), opens(""));
    assert_eq!(pages.panel.connections(), 0);
}

#[test]
fn a_master_that_called_before_it_made_workers() {
    let pages = Pages::new("rfmast", Panel::start("rfmastp", echo));
    let site = &pages.site;
    let setting = |name: &str| {
        let line = pages.pool.lines().find_map(|line| line.strip_prefix(&format!("env[{name}] = ")));
        line.unwrap().to_owned()
    };
    // The very settings of the pages, so that a worker finds what the master left.
    let script = format!(
        "<?php require '/usr/local/share/php/liveapi/preload.php';
        require_once '/usr/local/share/php/liveapi/cpanel.php';
        $cpanel = new CPANEL(['url' => '{}', 'user' => 'bob', 'token_file' => '{}', 'ca_file' => '{}']);
        foreach ([1, 2] as $time) {{
            $answer = $cpanel->api2('Email', 'addpop', ['email' => 'master' . getmypid() . '-' . $time]);
        }}
        file_put_contents('{}', json_encode($answer));",
        setting("LIVEAPI_URL"),
        setting("LIVEAPI_TOKEN_FILE"),
        setting("LIVEAPI_CA_FILE"),
        site.path("etc/master.json").display(),
    );
    std::fs::write(site.path("www/first.php"), site.here(&script)).unwrap();
    let first = format!("opcache.preload={}\n", site.path("www/first.php").display());
    let ini: String = documented("ini")
        .lines()
        .filter(|line| !line.starts_with("opcache."))
        .fold(first, |ini, line| ini + line + "\n");
    let fpm = fpm_of_user(site, &ini, &pages.pool, &site.path("usr/local/lib")).unwrap();
    let answer = std::fs::read_to_string(site.path("etc/master.json")).unwrap();
    assert!(answer.contains(&format!("\"echo\":\"master{}-2\"", fpm.id())), "{answer}");
    pages.assert_one_each(1);
    pages.open_at_once(8, 40);
    pages.assert_one_each(5);
    assert_no_threads(&fpm);
    // The master starts anew by itself, calls again, and has other workers.
    let before: BTreeSet<_> = fpm.workers().into_iter().collect();
    fpm.signal(Signal::USR2);
    let (start, mut after) = (Instant::now(), BTreeSet::new());
    while after.len() < 4 {
        assert!(start.elapsed() < Duration::from_secs(30), "no other workers: {after:?}");
        after.extend(pages.open_at_once(8, 5));
        after.retain(|worker| !before.contains(worker));
    }
    assert!(pages.callers().values().all(|names| names.len() == 1), "{:?}", pages.callers());
    assert_no_threads(&fpm);
}

#[test]
fn a_worker_killed_in_mid_call_costs_its_own_page_only() {
    let panel = Panel::start("rfkillp", |seen| match seen.field("email").unwrap().ends_with("-long") {
        true => Reply::Late(Duration::from_secs(3), Box::new(echo(seen))),
        false => echo(seen),
    });
    let pages = Pages::new("rfkill", panel);
    let _fpm = pages.preloaded("pm.max_children = 2\n");
    pages.open_at_once(4, 10);
    std::thread::scope(|scope| {
        // passwdpop may be repeated, and nobody is left who could.
        let long =
            scope.spawn(|| post(&pages.site, "remote.php", &[("func", "passwdpop"), ("word", "long")]));
        let start = Instant::now();
        let worker = loop {
            assert!(start.elapsed() < Duration::from_secs(10), "no call came");
            let seen = pages.panel.seen();
            let email = seen.last().and_then(|seen| seen.field("email")).unwrap();
            if let Some(worker) = email.strip_prefix("worker").and_then(|rest| rest.strip_suffix("-long")) {
                break worker.parse().unwrap();
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        kill_process(Pid::from_raw(worker).unwrap(), Signal::KILL).unwrap();
        assert_eq!(long.join().unwrap().unwrap().0, 502);
        let workers = pages.open_at_once(4, 20);
        assert!(!workers.contains(&worker.unsigned_abs()), "{workers:?}");
    });
    pages.assert_one_each(3);
    let long = |seen: &&Seen| seen.field("email").unwrap().ends_with("-long");
    assert_eq!(pages.panel.seen().iter().filter(long).count(), 1);
}

#[test]
fn a_server_that_closes_between_two_pages_fails_none() {
    let pages = Pages::new("rfidle", Panel::start("rfidlep", |seen| Reply::Last(Box::new(echo(seen)))));
    let _fpm = pages.preloaded(ALONE);
    for page in 0..12 {
        // What must not be repeated, so that a lost call would be seen.
        pages.open("addpop", &page.to_string());
        std::thread::sleep(Duration::from_millis(150));
    }
    assert_eq!((pages.panel.connections(), pages.panel.seen().len()), (12, 12));
    assert_eq!(pages.callers().values().flatten().collect::<BTreeSet<_>>().len(), 1);
}
