//! A customer who exchanges what stands at a name, again and again, while calls of root and of his own walk over it.

use std::collections::BTreeMap;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{CWD, Mode, OFlags, RenameFlags, openat, renameat_with};

use crate::common::{Store, is_root, must};

/// All below a folder: what each name is, whose, and what it holds.
fn state(folder: &Path) -> BTreeMap<PathBuf, (u32, u32, Vec<u8>)> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            let content = if metadata.is_file() { std::fs::read(&path).unwrap() } else { Vec::new() };
            if metadata.is_dir() {
                folders.push(path.clone());
            }
            found.insert(path, (metadata.mode(), metadata.uid(), content));
        }
    }
    found
}

/// A name in a folder of the customer's own. The folder is held open: these tests may run as root, who would follow the
/// links and do himself what no customer may.
struct Name(OwnedFd, String);

impl Name {
    fn new(path: &Path) -> Self {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = openat(CWD, path.parent().unwrap(), flags, Mode::empty()).unwrap();
        Self(folder, path.file_name().unwrap().to_str().unwrap().to_owned())
    }
}

/// Exchanges each pair as fast as it can until it is told to stop; how often it did.
fn exchange(pairs: &[(Name, Name)], over: &AtomicBool) -> usize {
    let (mut done, mut turn) = (0, 0_usize);
    while !over.load(Ordering::Relaxed) {
        turn += 1;
        // Some more often than others, so that every mixture stands for a moment.
        for (n, (Name(folder, name), Name(links, link))) in pairs.iter().enumerate() {
            if turn % (n + 1) != 0 {
                continue;
            }
            let exchanged = renameat_with(folder, name, links, link, RenameFlags::EXCHANGE);
            done += usize::from(exchanged.is_ok());
            if done % 16 == 0 {
                std::thread::yield_now();
            }
        }
    }
    done
}

/// For each folder that calls enter, a link beside it to the same of the victim, or to a folder of root's: relative
/// ones, because a link from `/` is refused as another mount, too.
fn prepare(store: &Store) -> Vec<(Name, Name)> {
    let home = store.root.join("bob");
    let mail = home.join("mail/example.com");
    for part in ["user/cur", "deep/er"] {
        std::fs::create_dir_all(mail.join(part)).unwrap();
    }
    std::fs::create_dir(home.join("evil")).unwrap();
    let evil = |name: &str, target: &str| {
        symlink(Path::new(target), home.join("evil").join(name)).unwrap();
        home.join("evil").join(name)
    };
    let pairs = vec![
        (home.join("etc"), evil("etc", "../eve/etc")),
        (home.join("mail"), evil("mail", "../eve/mail")),
        (home.join("etc/example.com"), evil("domain", "../../eve/etc/eve.example")),
        (mail.join("user"), evil("user", "../../../eve/mail/eve.example/user")),
        (mail.join("deep/er"), evil("er", "../../../../../outside")),
        (home.join("etc/example.com/shadow"), evil("shadow", "../../../eve/etc/eve.example/shadow")),
    ];
    if is_root() {
        must(std::process::Command::new("chown").arg("-Rh").arg(store.owner().to_string()).arg(&home));
    }
    pairs.into_iter().map(|(name, link)| (Name::new(&name), Name::new(&link))).collect()
}

#[test]
fn exchanged_names_lead_no_call_into_another_home() {
    let store = Store::with_account("flip");
    let outside = store.dir.join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("file"), "root's").unwrap();
    assert_eq!(store.whm("createacct", &["username=eve", "domain=eve.example"])["metadata"]["result"], 1);
    let added = store.api2(
        "Email",
        "addpop",
        &["--user=eve", "domain=eve.example", "email=user", "password=Victim-Passw0rd-1"],
    );
    assert_eq!(added["cpanelresult"]["data"][0]["result"], 1, "{added}");
    store.add_mailbox("user", "Start-Passw0rd-1");
    let before = (state(&store.root.join("eve")), state(&outside));
    for round in 0..4 {
        let pairs = prepare(&store);
        let over = AtomicBool::new(false);
        let done = std::thread::scope(|scope| {
            let flipping = scope.spawn(|| exchange(&pairs, &over));
            for turn in 0..6 {
                call_everything(&store, &format!("n{round}{turn}"));
            }
            let imported = ["import", store.root.join("bob").to_str().unwrap()].map(str::to_owned);
            let copy = store
                .command(crate::common::program("liveapi"))
                .args(imported)
                .args(["--user", "copy", "--domain", "copy.example"])
                .output()
                .unwrap();
            assert!(!String::from_utf8_lossy(&copy.stdout).contains("Victim-"), "{copy:?}");
            store.whm("removeacct", &["username=bob"]);
            over.store(true, Ordering::Relaxed);
            flipping.join().unwrap()
        });
        assert!(done > 1_000, "{done} exchanges");
        let copy = store.root.join("copy");
        if copy.exists() {
            let stolen = state(&copy).into_iter().find(|(_, (_, _, held))| {
                before.0.values().any(|(_, _, victims)| !victims.is_empty() && victims == held)
            });
            assert!(stolen.is_none(), "an import took {stolen:?} along");
            store.whm("removeacct", &["username=copy"]);
        }
        assert!(
            before == (state(&store.root.join("eve")), state(&outside)),
            "round {round}: another's home changed"
        );
        // Refused or done, it is repeated in peace and then whole.
        if store.root.join("bob").exists() {
            let removed = store.whm("removeacct", &["username=bob"]);
            assert_eq!(removed["metadata"]["result"], 1, "{removed}");
        }
        let made = store.whm("createacct", &["username=bob", "domain=example.com"]);
        assert_eq!(made["metadata"]["result"], 1, "{made}");
        store.add_mailbox("user", "Start-Passw0rd-1");
    }
}

/// Calls of the account, and of root on it; what they answer is no matter, what they do elsewhere is.
fn call_everything(store: &Store, name: &str) {
    let email = format!("email={name}");
    for (func, more) in [
        ("addpop", ["password=Start-Passw0rd-1", "quota=5"]),
        ("passwdpop", ["password=Other-Passw0rd-1", "quota=5"]),
        ("editquota", ["quota=7", "password="]),
        ("delpop", ["flags=passwd", "quota="]),
    ] {
        store.api2("Email", func, &["domain=example.com", &email, more[0], more[1]]);
    }
    store.api2("Email", "passwdpop", &["domain=example.com", "email=user", "password=Other-Passw0rd-1"]);
    store.api2("Email", "listpopswithdisk", &[]);
    store.api2("Email", "browsemailbox", &["account=user", "dir=mail/example.com"]);
    store.api2("Email", "addforward", &["domain=example.com", &email, "fwdopt=blackhole"]);
    store.whm("suspendacct", &["user=bob"]);
    store.whm("unsuspendacct", &["user=bob"]);
    store.whm("accountsummary", &["user=bob"]);
}
