//! A group of changes cut off at every step: killed, or failed by the kernel. Each file is whole, holds all of the
//! group or none of it, and what is told is true.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

use crate::common::{Store, must, program};
use liveapi_core::store::{Password, hash};
use serde_json::{Value, json};

const OLD: &str = "Start-Password-1";
const NEW: &str = "Other-Password-2";
/// Of a system call that a group makes more often than this, not each is cut off.
const OF_A_KIND: usize = 12;

/// Calls about memory and threads: how many there are differs from run to run, and they change no file, so to be killed
/// in one is to be killed in the next call on a file.
const OF_MEMORY: [&str; 8] =
    ["brk", "mmap", "munmap", "mremap", "mprotect", "madvise", "futex", "rt_sigprocmask"];

/// A store, a batch of changes for it, and its files as they are before.
struct Group {
    store: Store,
    items: Vec<(&'static str, String)>,
}

impl Group {
    fn new(name: &str, items: Vec<(&'static str, String)>) -> Self {
        let store = Store::with_account(name);
        let old = hash::new_hash(&Password::to_be_stored(OLD).unwrap()).unwrap();
        let mut batch = String::new();
        for n in 0..50 {
            batch += &item("add_pop", &format!("u{n}"), json!({"password_hash": old, "quota": 10}));
        }
        std::fs::write(store.dir.join("first"), batch).unwrap();
        let made =
            store.command(program("uapi")).arg("--batch").arg(store.dir.join("first")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let batch: String = items
            .iter()
            .map(|(func, name)| match *func {
                "add_pop" => item(func, name, json!({"password_hash": old, "quota": 7})),
                "passwd_pop" => item(func, name, json!({ "password": NEW })),
                "edit_pop_quota" => item(func, name, json!({"quota": 99})),
                _ => item(func, name, json!({})),
            })
            .collect();
        std::fs::write(store.dir.join("batch"), batch).unwrap();
        let group = Self { store, items };
        // What is known of accounts is read again while it is younger than a second; every run shall make the same calls.
        std::thread::sleep(Duration::from_millis(1200));
        must(Command::new("cp").arg("-a").arg(group.home()).arg(group.saved()));
        group
    }

    fn home(&self) -> std::path::PathBuf {
        self.store.root.join("bob")
    }

    fn saved(&self) -> std::path::PathBuf {
        self.store.dir.join("saved")
    }

    /// Everything as it was at first.
    fn restore(&self) {
        for folder in ["etc", "mail"] {
            std::fs::remove_dir_all(self.home().join(folder)).unwrap();
            must(Command::new("cp").arg("-a").arg(self.saved().join(folder)).arg(self.home().join(folder)));
        }
        for file in ["journal", "results"] {
            let _ = std::fs::remove_file(self.store.dir.join(file));
        }
    }

    fn batch(&self, mut command: Command) -> Output {
        let dir = &self.store.dir;
        command.arg("--batch").arg(dir.join("batch")).arg("--resume").arg(dir.join("journal"));
        command.arg("--results").arg(dir.join("results")).output().unwrap()
    }

    fn run(&self) -> Output {
        self.batch(self.store.command(program("uapi")))
    }

    fn traced(&self, options: &[&str]) -> Output {
        let mut command = self.store.command("strace");
        command.arg("-o").arg(self.store.dir.join("trace")).args(options).arg(program("uapi"));
        self.batch(command)
    }

    /// The system calls from the beginning of the group in the journal to the end of the batch, each with its number
    /// among its like, and those that a disk can fail.
    fn steps(&self) -> Vec<(String, usize)> {
        let output = self.traced(&["-s", "8"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let trace = std::fs::read_to_string(self.store.dir.join("trace")).unwrap();
        let (mut counts, mut steps, mut begun) = (HashMap::<String, usize>::new(), Vec::new(), false);
        for line in trace.lines() {
            let Some((name, rest)) = line.split_once('(') else { continue };
            if !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || name == "exit_group" {
                continue;
            }
            let count = counts.entry(name.to_owned()).or_default();
            *count += 1;
            begun |= name == "write" && rest.contains("\"b 1 2 3");
            if begun && !OF_MEMORY.contains(&name) {
                steps.push((name.to_owned(), *count));
            }
        }
        assert!(steps.len() > 40, "{steps:?}");
        let of_a_kind = |wanted: &str| steps.iter().filter(|(name, _)| name == wanted).count();
        let mut seen = HashMap::<&str, usize>::new();
        let mut kept = Vec::new();
        for (name, nth) in &steps {
            let seen = seen.entry(name).or_default();
            *seen += 1;
            if seen.is_multiple_of(of_a_kind(name).div_ceil(OF_A_KIND)) {
                kept.push((name.clone(), *nth));
            }
        }
        kept
    }

    fn file(&self, name: &str) -> HashMap<String, String> {
        lines(&self.store.file(name))
    }

    /// What holds at any moment; whether the hashes are the new ones.
    fn assert_whole(&self, what: &str) -> bool {
        let before = |name: &str| lines(&self.saved().join("etc/example.com").join(name));
        let (passwd, shadow, quota) = (self.file("passwd"), self.file("shadow"), self.file("quota"));
        for name in passwd.keys() {
            assert!(shadow.contains_key(name), "{what}: {name} is listed and has no hash");
            assert!(quota.contains_key(name), "{what}: {name} is listed and has no quota");
            let maildir = self.home().join("mail/example.com").join(name).join("cur");
            assert!(maildir.is_dir(), "{what}: {name} is listed and has no Maildir");
        }
        let all_or_none = |func: &str, holds: &dyn Fn(&str) -> bool| {
            let names = self.items.iter().filter(|(of, _)| *of == func).map(|(_, name)| name);
            let holding: Vec<bool> = names.map(|name| holds(name)).collect();
            assert!(holding.windows(2).all(|pair| pair[0] == pair[1]), "{what}: {func} is half done");
            holding.first().copied()
        };
        let old = before("shadow");
        let changed = |name: &str| old.get(name) != shadow.get(name);
        let hashed = all_or_none("passwd_pop", &changed);
        let marked = all_or_none("suspend_login", &changed);
        let left = all_or_none("delete_pop", &|name| !shadow.contains_key(name));
        let new = all_or_none("add_pop", &|name| shadow.contains_key(name));
        let in_shadow: Vec<bool> = [hashed, marked, left, new].into_iter().flatten().collect();
        assert!(in_shadow.windows(2).all(|pair| pair[0] == pair[1]), "{what}: shadow is half changed");
        all_or_none("edit_pop_quota", &|name| quota[name] != before("quota")[name]);
        all_or_none("delete_pop", &|name| !passwd.contains_key(name));
        all_or_none("add_pop", &|name| passwd.contains_key(name));
        for (func, name) in self.items.iter().filter(|(func, _)| *func == "passwd_pop").step_by(7) {
            let password = if changed(name) { NEW } else { OLD };
            let hash = shadow[name].split(':').next().unwrap();
            let password = Password::to_be_stored(password).unwrap();
            assert_eq!(hash::verify(&password, hash), hash::Verdict::Same, "{what}: {func} {name}");
        }
        in_shadow.first().copied().unwrap_or_default()
    }

    /// Whether a change is in the files.
    fn holds(&self, func: &str, name: &str) -> bool {
        let old = lines(&self.saved().join("etc/example.com/shadow"));
        match func {
            "add_pop" => self.file("passwd").contains_key(name) && self.file("shadow").contains_key(name),
            "delete_pop" => {
                let files = ["passwd", "shadow", "quota"].map(|file| self.file(file));
                files.iter().all(|file| !file.contains_key(name))
                    && !self.home().join("mail/example.com").join(name).exists()
            }
            "passwd_pop" => self.file("shadow").get(name) != old.get(name),
            "suspend_login" => self.file("shadow")[name].starts_with('!'),
            _ => self.file("quota")[name] == (99u64 * 1024 * 1024).to_string(),
        }
    }

    /// The rows of the results by their numbers.
    fn rows(&self) -> HashMap<usize, Value> {
        let text = std::fs::read_to_string(self.store.dir.join("results")).unwrap_or_default();
        let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        rows.map(|row| (usize::try_from(row["item"].as_u64().unwrap()).unwrap() - 1, row)).collect()
    }
}

fn item(func: &str, name: &str, mut params: Value) -> String {
    params["email"] = format!("{name}@example.com").into();
    format!("{}\n", json!({"module": "Email", "func": func, "params": params}))
}

/// The rest of each line by its name.
fn lines(path: &Path) -> HashMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
    assert!(text.is_empty() || text.ends_with('\n'), "{} is cut off", path.display());
    let lines = text.lines().map(|line| line.split_once(':').unwrap_or_else(|| panic!("{line}")));
    lines.map(|(name, rest)| (name.to_owned(), rest.to_owned())).collect()
}

fn fifty(func: &'static str) -> Vec<(&'static str, String)> {
    (0..50).map(|n| (func, format!("u{n}"))).collect()
}

/// All five changes among each other.
fn mixed() -> Vec<(&'static str, String)> {
    let funcs = ["passwd_pop", "delete_pop", "edit_pop_quota", "suspend_login", "add_pop"];
    let change = |n: usize| {
        let func = funcs[n % funcs.len()];
        (func, if func == "add_pop" { format!("n{n}") } else { format!("u{n}") })
    };
    (0..50).map(change).collect()
}

fn killed_at_every_step(group: &Group) {
    let steps = group.steps();
    let mut new = 0;
    for (name, nth) in &steps {
        group.restore();
        let what = format!("killed at {name} {nth}");
        let output = group.traced(&["-e", &format!("inject={name}:signal=SIGKILL:when={nth}")]);
        assert!(!output.status.success(), "{what}: it lived");
        new += usize::from(group.assert_whole(&what));
        for (index, row) in group.rows() {
            let (func, name) = &group.items[index];
            assert_eq!(row["status"], "done", "{what}: {row}");
            assert!(group.holds(func, name), "{what}: {func} {name} was told as done");
        }
        // The same command goes on: nothing is lost, and what is told is true. Changes that may have been made and would
        // do harm twice are not made again.
        group.run();
        let rows = group.rows();
        assert_eq!(rows.len(), group.items.len(), "{what}");
        for (index, (func, name)) in group.items.iter().enumerate() {
            match rows[&index]["status"].as_str().unwrap() {
                "done" => assert!(group.holds(func, name), "{what}: {func} {name} was told as done"),
                "unknown" => assert_ne!(*func, "passwd_pop", "{what}: a password is set once more"),
                // Done by the run that was killed.
                "refused" if *func == "delete_pop" => assert!(group.holds(func, name), "{what}: {name}"),
                _ => panic!("{what}: {}", rows[&index]),
            }
        }
    }
    assert!(new > 5 && steps.len() - new > 5, "{new} of {} kills came behind the change", steps.len());
}

#[test]
fn fifty_passwords_killed_at_every_step() {
    killed_at_every_step(&Group::new("gkil", fifty("passwd_pop")));
}

#[test]
fn fifty_changes_of_every_kind_killed_at_every_step() {
    killed_at_every_step(&Group::new("gmix", mixed()));
}

#[test]
fn a_disk_that_fails_at_any_step_is_told_to_exactly_those_that_were_in_it() {
    let group = Group::new("gful", mixed());
    let fails = ["write", "fsync", "syncfs", "renameat", "mkdirat", "fchmod", "utimensat", "openat"];
    let steps: Vec<_> =
        group.steps().into_iter().filter(|(name, _)| fails.contains(&name.as_str())).collect();
    let mut words = HashMap::<String, usize>::new();
    for (n, (name, nth)) in steps.iter().enumerate() {
        group.restore();
        let errno = ["ENOSPC", "EDQUOT", "EIO"][n % 3];
        let what = format!("{errno} at {name} {nth}");
        let output = group.traced(&["-e", &format!("inject={name}:error={errno}:when={nth}")]);
        for (index, row) in group.rows() {
            let (func, user) = &group.items[index];
            let (status, holds) = (row["status"].as_str().unwrap(), group.holds(func, user));
            *words.entry(status.to_owned()).or_default() += 1;
            let answer = row["answer"].to_string();
            match status {
                "done" => assert!(holds, "{what}: {row}"),
                "failed" if answer.contains("a part of it is left") => {
                    assert!(!group.file("passwd").contains_key(user), "{what}: {row}");
                }
                "failed" => {
                    assert!(!holds, "{what}: {row}");
                    assert!(answer.contains(errno) || errno == "EIO", "{what}: {row}");
                    assert!(answer.contains("unchanged") || *func == "delete_pop", "{what}: {row}");
                }
                "unknown" => assert!(answer.contains("Repeat the call"), "{what}: {row}"),
                _ => panic!("{what}: {row}"),
            }
        }
        assert!(
            !output.status.success() || group.rows().values().all(|row| row["status"] == "done"),
            "{what}"
        );
        for name in group.file("passwd").keys() {
            assert!(group.file("shadow").contains_key(name), "{what}: {name} is listed and has no hash");
        }
    }
    for word in ["done", "failed", "unknown"] {
        assert!(words.get(word).is_some_and(|count| *count > 20), "{words:?}");
    }
}
