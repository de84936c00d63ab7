//! The PHP class where it is deployed: real php-fpm behind real nginx and Apache, with the settings of docs/guides/php.md;
//! alone, with several workers, while it is reloaded, and while workers die. And a Perl CGI page.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::server::Server;
use crate::common::site::{Site, documented};
use crate::common::web::{apache, fcgiwrap, fpm, json, nginx, post, post_to_port};
use crate::common::{must, repository};
use rustix::process::{Pid, Signal, kill_process};

const MAILBOXES: [&str; 8] = ["u0", "u1", "u2", "u3", "u4", "u5", "u6", "u7"];

/// A site that is served as docs/guides/php.md says, with more lines in the pool.
struct Served {
    fpm: Server,
    _nginx: Server,
    site: Site,
}

impl Served {
    fn start(name: &str, pool: &str) -> Self {
        let site = Site::new(name, &MAILBOXES);
        let nginx = nginx(&site, &documented("nginx"));
        let pool = documented("conf") + pool;
        let fpm = fpm(&site, &documented("ini"), &pool, &site.path("usr/local/lib")).unwrap();
        Self { fpm, _nginx: nginx, site }
    }
}

/// What clients saw who changed passwords without a pause, each of a mailbox of its own.
#[derive(Default)]
struct Load {
    right: usize,
    workers: BTreeSet<i32>,
    /// The worker of the last right answer.
    latest: i32,
    /// Requests without an answer of the page.
    broken: Vec<String>,
}

/// Changes passwords by one client a mailbox while `work` runs. An answer of a page must be right; at the
/// end each mailbox must have the last password that was confirmed, or one that was sent after it.
fn load(site: &Site, work: impl FnOnce(&Mutex<Load>)) -> Load {
    let (load, ended) = (Mutex::new(Load::default()), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for email in MAILBOXES {
            scope.spawn(|| client(site, email, &load, &ended));
        }
        // Ends the clients also when it panics, or the scope would wait for them for ever.
        let _end = End(&ended);
        work(&load);
    });
    load.into_inner().unwrap()
}

struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn client(site: &Site, email: &str, load: &Mutex<Load>, ended: &AtomicBool) {
    let mut possible = vec!["Start-Password-1".to_owned()];
    for number in 0.. {
        if ended.load(Ordering::Relaxed) {
            break;
        }
        let password = format!("Load-{email}-{number}-Password");
        possible.push(password.clone());
        match post(site, "call.php", &[("email", email), ("password", &password)]) {
            // nginx passes on the head of an answer whose worker died before the body, as if it were whole.
            Ok((200, body)) if !body.is_empty() => {
                let page: serde_json::Value = serde_json::from_str(&body).expect(&body);
                assert_eq!(page["answer"]["data"][0]["result"], 1, "{email}: {page}");
                assert_eq!(page["verified"], 1, "{email}: {page}");
                possible = vec![password];
                let mut load = load.lock().unwrap();
                load.right += 1;
                load.latest = page["pid"].as_i64().unwrap().try_into().unwrap();
                let worker = load.latest;
                load.workers.insert(worker);
            }
            other => load.lock().unwrap().broken.push(format!("{email}: {other:?}")),
        }
    }
    assert!(possible.iter().any(|password| site.verify(email, password)), "{email}: none of {possible:?}");
}

/// Waits until that many answers more were right.
fn more(load: &Mutex<Load>, answers: usize) {
    let (start, before) = (Instant::now(), load.lock().unwrap().right);
    while load.lock().unwrap().right < before + answers {
        assert!(start.elapsed() < Duration::from_secs(30), "no answers: {:?}", load.lock().unwrap().broken);
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_tag_reads_the_form_that_was_posted() {
    let served = Served::start("ftag", "");
    // A value is a value, whatever it looks like.
    for (password, reason) in [("Tag+Password <?cp x ?> $user-1", ""), ("weak", "too weak")] {
        let answer = json(&served.site, "tag.php", &[("email", "u0"), ("password", password)]);
        let printed = answer["printed"]["cpanelresult"]["data"]["result"].as_str().unwrap();
        assert!(printed.contains(reason) && printed.is_empty() == reason.is_empty(), "{answer}");
        assert_eq!(answer["domain"], "example.com");
        assert_eq!(served.site.verify("u0", password), reason.is_empty(), "{password}");
    }
}

#[test]
fn the_documented_page_changes_a_password() {
    let page = std::fs::read_to_string(repository().join("bindings/php/examples/page.php")).unwrap();
    let manual = std::fs::read_to_string(repository().join("docs/guides/php.md")).unwrap();
    assert!(manual.contains(&format!("```php\n{page}```\n")), "docs/guides/php.md shows another page");
    let served = Served::start("page", "");
    let form = [("domain", "example.com"), ("email", "u0"), ("password", "Page-Pässword-1 &=+%")];
    assert_eq!(post(&served.site, "page.php", &form).unwrap(), (200, "changed".to_owned()));
    assert!(served.site.verify("u0", "Page-Pässword-1 &=+%"));
    assert!(!served.site.verify("u0", "Start-Password-1"));
    let refused = post(&served.site, "page.php", &[form[0], form[1], ("password", "weak")]).unwrap();
    assert!(refused.0 == 200 && refused.1.contains("too weak"), "{refused:?}");
    let refused = post(&served.site, "page.php", &[form[0], ("email", "nosuch"), form[2]]).unwrap();
    assert!(refused.1.contains("“nosuch@example.com”"), "{refused:?}");
    assert!(served.site.verify("u0", "Page-Pässword-1 &=+%"), "a refusal changes nothing");
}

#[test]
fn behind_apache_it_is_the_same() {
    let site = Site::new("apch", &MAILBOXES);
    let (_apache, port) = apache(&site, &documented("apache"));
    let _fpm = fpm(&site, &documented("ini"), &documented("conf"), &site.path("usr/local/lib")).unwrap();
    let form = [("domain", "example.com"), ("email", "u0"), ("password", "Behind-Apache-1")];
    assert_eq!(post_to_port(port, "page.php", &form).unwrap(), (200, "changed".to_owned()));
    assert!(site.verify("u0", "Behind-Apache-1"));
    let weak = [("domain", "example.com"), ("email", "u0"), ("password", "weak")];
    let (_, answer) = post_to_port(port, "page.php", &weak).unwrap();
    assert!(answer.contains("too weak"), "{answer}");
}

#[test]
fn other_pages_may_still_not_use_ffi() {
    let served = Served::start("forb", "");
    let page = json(&served.site, "forbidden.php", &[]);
    for method in ["cdef", "scope"] {
        assert!(page[method].as_str().unwrap().contains("restricted by \"ffi.enable\""), "{page}");
    }
}

#[test]
fn a_page_may_load_another_copy_than_the_preloaded_one() {
    let served = Served::start("copy", "");
    let site = &served.site;
    let [copy, page] = [site.path("usr/local/share/php/copy"), site.path("www/call.php")];
    must(Command::new("cp").arg("-r").arg(site.path("usr/local/share/php/liveapi")).arg(copy));
    let text = std::fs::read_to_string(&page).unwrap().replace("/php/liveapi/", "/php/copy/");
    std::fs::write(page, text).unwrap();
    let answer = json(site, "call.php", &[("email", "u0"), ("password", "Copy-Password-1")]);
    assert_eq!(answer["verified"], 1, "{answer}");
}

#[test]
fn workers_answer_at_the_same_time() {
    let served = Served::start("many", "");
    let seen = load(&served.site, |load| more(load, 400));
    assert_eq!(seen.broken, [""; 0]);
    assert_eq!(seen.workers.len(), 4, "every worker had work");
}

#[test]
fn workers_that_end_after_few_requests_are_followed_by_others() {
    let served = Served::start("few", "pm.max_requests = 3\n");
    let seen = load(&served.site, |load| more(load, 300));
    assert_eq!(seen.broken, [""; 0]);
    assert!(seen.workers.len() >= 100, "{} workers", seen.workers.len());
}

#[test]
fn a_reload_under_load_loses_nothing() {
    let served = Served::start("relo", "");
    let before = Mutex::new(BTreeSet::new());
    let seen = load(&served.site, |load| {
        more(load, 100);
        before.lock().unwrap().append(&mut load.lock().unwrap().workers.clone());
        for _ in 0..3 {
            served.fpm.signal(Signal::USR2);
            more(load, 150);
        }
    });
    assert_eq!(seen.broken, [""; 0]);
    let before = before.into_inner().unwrap();
    assert!(seen.workers.len() >= before.len() + 3 * 4, "each reload brings new workers");
}

#[test]
fn a_killed_worker_costs_its_own_request_only() {
    let served = Served::start("kill", "");
    let mut killed = 0;
    let seen = load(&served.site, |load| {
        for _ in 0..10 {
            more(load, 30);
            let worker = load.lock().unwrap().latest;
            killed += usize::from(kill_process(Pid::from_raw(worker).unwrap(), Signal::KILL).is_ok());
        }
        more(load, 50);
    });
    assert!(killed >= 8, "{killed} workers killed");
    assert!(seen.broken.len() <= killed, "{killed} killed: {:?}", seen.broken);
    assert!(seen.workers.len() > 4, "others follow");
}

#[test]
fn a_perl_cgi_page_changes_a_password() {
    let site = Site::new("cgi", &["u0"]);
    let _servers = [fcgiwrap(&site), nginx(&site, "")];
    let form = [("email", "u0"), ("password", "Cgi-Pässword-1 &=+%")];
    assert_eq!(post(&site, "page.cgi", &form).unwrap(), (200, "changed".to_owned()));
    assert!(site.verify("u0", "Cgi-Pässword-1 &=+%"));
    let refused = post(&site, "page.cgi", &[form[0], ("password", "weak")]).unwrap();
    assert!(refused.0 == 200 && refused.1.contains("too weak"), "{refused:?}");
}
