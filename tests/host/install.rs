//! Installed, the library works from where a system looks for it, with the build tree gone; removed, it
//! leaves nothing.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::{Store, must, repository, stripped};

/// A copy of the project and of what was built, in a folder that can be taken away.
struct Checkout {
    dir: PathBuf,
}

impl Checkout {
    fn new(store: &Store) -> Self {
        let dir = store.dir.join("checkout");
        let built = dir.join("target/release");
        std::fs::create_dir_all(&built).unwrap();
        let copy = "tar -cf - --exclude=./target --exclude=./.git . | tar -xf - -C \"$0\"";
        must(Command::new("sh").args(["-c", copy]).arg(&dir).current_dir(repository()));
        must(Command::new("cp").arg("-a").arg(stripped().join(".")).arg(&built));
        Self { dir }
    }

    fn make(&self, target: &str, settings: &[String]) -> std::process::Output {
        let mut command = Command::new("make");
        command.arg("-C").arg(&self.dir).arg("--no-print-directory").arg(target).args(settings);
        command.env_remove("CARGO_TARGET_DIR").env_remove("MAKEFLAGS").output().unwrap()
    }

    fn must_make(&self, target: &str, settings: &[String]) {
        let output = self.make(target, settings);
        assert!(output.status.success(), "make {target}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

/// Every file and link below a folder.
fn tree(dir: &Path) -> Vec<String> {
    let output = must(Command::new("find").arg(dir).args(["-mindepth", "1"]));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// That all entrances work with what was installed below `prefix`, and with nothing else.
fn assert_works(store: &Store, prefix: &Path, library_dir: &Path) {
    let elsewhere = store.dir.join("elsewhere");
    std::fs::create_dir_all(&elsewhere).unwrap();
    let command = |name: &str| {
        let mut command = store.command(name);
        command.env_remove("LIVEAPI_LIBRARY").env("LD_LIBRARY_PATH", library_dir).current_dir(&elsewhere);
        command
    };
    let path = |below: &str| prefix.join(below).display().to_string();

    // The example, by what pkg-config says of the installed library.
    std::fs::copy(repository().join("bindings/c/passwdpop.c"), elsewhere.join("passwdpop.c")).unwrap();
    let build = "cc -o passwdpop passwdpop.c $(pkg-config --cflags --libs liveapi)";
    must(command("sh").args(["-c", build]).env("PKG_CONFIG_PATH", library_dir.join("pkgconfig")));
    let needed = must(Command::new("readelf").arg("-d").arg(elsewhere.join("passwdpop"))).stdout;
    assert!(String::from_utf8_lossy(&needed).contains("[libliveapi.so.1]"), "linked by soname");
    let example = elsewhere.join("passwdpop");
    let answer = crate::common::entrance::feed(
        command(example.to_str().unwrap()).arg("user@example.com"),
        b"Installed-C-1",
    );
    assert!(answer.contains("\"result\":1}]"), "{answer}");

    let call = "['domain' => 'example.com', 'email' => 'user', 'password' => 'Installed-PHP-1']";
    let php = format!(
        "require '{}'; $c = new CPANEL(); echo $c->api2('Email', 'passwdpop', {call})['cpanelresult']['data'][0]['result'];",
        path("share/php/liveapi/cpanel.php")
    );
    assert_eq!(String::from_utf8_lossy(&must(command("php").args(["-r", &php])).stdout), "1");

    let call = "{ domain => 'example.com', email => 'user', password => 'Installed-Perl-1' }";
    let perl = format!(
        "print Cpanel::LiveAPI->new->api2( 'Email', 'passwdpop', {call} )->{{cpanelresult}}{{data}}[0]{{result}}"
    );
    let include = format!("-I{}", path("share/perl5"));
    assert_eq!(
        String::from_utf8_lossy(
            &must(command("perl").args([&include, "-MCpanel::LiveAPI", "-e", &perl])).stdout
        ),
        "1"
    );

    let output = must(command(&path("bin/cpapi2")).args([
        "--output=json",
        "Email",
        "passwdpop",
        "domain=example.com",
        "email=user",
        "password=Installed-Shell-1",
    ]));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"result\":1}]"));
}

#[test]
fn installed_it_works_without_the_build_tree_and_uninstalled_nothing_is_left() {
    let store = prepared("inst");
    let checkout = Checkout::new(&store);
    let prefix = store.dir.join("prefix");
    std::fs::create_dir(&prefix).unwrap();
    let settings = [format!("PREFIX={}", prefix.display())];
    checkout.must_make("install", &settings);
    let away = store.dir.join("away");
    std::fs::rename(&checkout.dir, &away).unwrap();
    assert_works(&store, &prefix, &prefix.join("lib"));
    // The unit names the installed daemon, or systemd says that it is not there.
    let units = prefix.join("lib/systemd/system");
    let names =
        ["liveapid.service", "liveapid-whm.socket", "liveapid-cpanel.socket", "liveapid-webmail.socket"];
    let verified =
        must(Command::new("systemd-analyze").arg("verify").args(names.map(|name| units.join(name))));
    assert!(verified.stderr.is_empty(), "{}", String::from_utf8_lossy(&verified.stderr));
    let unit = std::fs::read_to_string(units.join("liveapid.service")).unwrap();
    assert!(unit.contains(&format!("ExecStart={}/bin/liveapid\n", prefix.display())), "{unit}");
    std::fs::rename(&away, &checkout.dir).unwrap();
    checkout.must_make("install", &settings);
    checkout.must_make("uninstall", &settings);
    assert_eq!(tree(&prefix), Vec::<String>::new());
}

#[test]
fn the_commands_of_the_page_on_c_run() {
    let store = prepared("page");
    let checkout = Checkout::new(&store);
    let page = std::fs::read_to_string(repository().join("docs/guides/c.md")).unwrap();
    let blocks = |language: &str| -> Vec<String> {
        let fence = format!("```{language}\n");
        page.split(&fence).skip(1).map(|rest| rest[..rest.find("```").unwrap()].to_owned()).collect()
    };
    std::fs::write(checkout.dir.join("first.c"), &blocks("c")[0]).unwrap();
    // What was built is there already.
    let session = blocks("sh").concat().replace("make build\n", "");
    assert!(session.contains("make install") && session.contains("./first"), "{session}");
    let mut shell = store.command("sh");
    shell.args(["-euc", &session]).current_dir(&checkout.dir).env_remove("LIVEAPI_LIBRARY");
    let output = must(shell.env_remove("CARGO_TARGET_DIR").env_remove("MAKEFLAGS"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"data\":[{\"reason\":\"\",\"result\":1}]"));
}

#[test]
fn a_staged_installation_names_its_final_places() {
    let store = prepared("stag");
    let checkout = Checkout::new(&store);
    let stage = store.dir.join("stage");
    let settings = [format!("DESTDIR={}", stage.display()), "PREFIX=/opt/liveapi".to_owned()];
    checkout.must_make("install", &settings);
    let pc = std::fs::read_to_string(stage.join("opt/liveapi/lib/pkgconfig/liveapi.pc")).unwrap();
    assert!(pc.contains("prefix=/opt/liveapi\n") && !pc.contains("stage"), "{pc}");
    let unit =
        std::fs::read_to_string(stage.join("opt/liveapi/lib/systemd/system/liveapid.service")).unwrap();
    assert!(unit.contains("=/opt/liveapi/bin/liveapid\n") && !unit.contains("stage"), "{unit}");
    let link = std::fs::read_link(stage.join("opt/liveapi/lib/libliveapi.so.1")).unwrap();
    assert_eq!(link, PathBuf::from(concat!("libliveapi.so.", env!("CARGO_PKG_VERSION"))));
    checkout.must_make("uninstall", &settings);
    assert!(tree(&stage).iter().all(|path| Path::new(path).is_dir()), "{:?}", tree(&stage));
}

#[test]
fn the_places_of_a_cpanel_server() {
    let store = prepared("comp");
    let checkout = Checkout::new(&store);
    let (prefix, root) = (store.dir.join("prefix"), store.dir.join("root"));
    let settings = [format!("PREFIX={}", prefix.display()), format!("ROOT={}", root.display())];
    checkout.must_make("install", &settings);
    checkout.must_make("install-compat", &settings);
    let cpanel = root.join("usr/local/cpanel");
    let command = |name: &str| {
        let mut command = store.command(name);
        command.env_remove("LIVEAPI_LIBRARY").env("LD_LIBRARY_PATH", prefix.join("lib"));
        command
    };
    let php = format!(
        "require_once '{}/php/cpanel.php'; $c = new CPANEL(); echo count($c->api2('Email', 'listpops')['cpanelresult']['data']);",
        cpanel.display()
    );
    assert_eq!(String::from_utf8_lossy(&must(command("php").args(["-r", &php])).stdout), "2");
    let perl = "print scalar @{ Cpanel::LiveAPI->new->api2( 'Email', 'listpops' )->{cpanelresult}{data} }";
    let include = format!("-I{}", cpanel.display());
    assert_eq!(
        String::from_utf8_lossy(
            &must(command("perl").args([&include, "-MCpanel::LiveAPI", "-e", perl])).stdout
        ),
        "2"
    );
    must(command(cpanel.join("bin/cpapi2").to_str().unwrap()).args(["Email", "listpops"]));
    checkout.must_make("uninstall-compat", &settings);
    assert!(!cpanel.exists(), "{:?}", tree(&root));

    std::fs::create_dir_all(&cpanel).unwrap();
    std::fs::write(cpanel.join("version"), "11.125.0.1").unwrap();
    let refused = checkout.make("install-compat", &settings);
    let complaint = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && complaint.contains("cPanel is installed here"), "{complaint}");
    assert_eq!(tree(&cpanel).len(), 1, "nothing was laid");
    std::fs::remove_file(cpanel.join("version")).unwrap();
    std::fs::create_dir(cpanel.join("php")).unwrap();
    std::fs::write(cpanel.join("php/cpanel.php"), "somebody's").unwrap();
    assert!(!checkout.make("install-compat", &settings).status.success());
    assert_eq!(std::fs::read(cpanel.join("php/cpanel.php")).unwrap(), b"somebody's");
}

/// The Debian packages, by name.
const PACKAGES: [&str; 6] =
    ["libcpanel-liveapi-perl", "libliveapi-dev", "libliveapi1", "liveapi-tools", "liveapid", "php-liveapi"];

fn field(package: &Path, name: &str) -> String {
    let output = must(Command::new("dpkg-deb").arg("--field").arg(package).arg(name));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A system of its own for dpkg: it knows the packages there, and nobody else's files are in the way.
struct EmptySystem {
    dir: PathBuf,
}

impl EmptySystem {
    fn new(dir: &Path) -> Self {
        for folder in ["etc", "var/lib/dpkg/info", "var/lib/dpkg/updates", "var/lib/dpkg/triggers"] {
            std::fs::create_dir_all(dir.join(folder)).unwrap();
        }
        std::fs::write(dir.join("var/lib/dpkg/status"), "").unwrap();
        Self { dir: dir.to_owned() }
    }

    fn dpkg(&self, action: &str, what: &[PathBuf]) {
        let mut command = Command::new("dpkg");
        command.arg(format!("--root={}", self.dir.display())).args([
            "--force-not-root",
            "--force-depends",
            "--force-script-chrootless",
            "--log=/dev/null",
        ]);
        command.env("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin");
        must(command.arg(action).args(what));
    }
}

#[test]
fn the_packages() {
    let store = prepared("dist");
    let checkout = Checkout::new(&store);
    // What was built is there already; packing is what is tested.
    let mut pack = Command::new("sh");
    pack.arg("scripts/dist.sh").env_remove("CARGO_TARGET_DIR");
    must(pack.current_dir(&checkout.dir));
    let dist = checkout.dir.join("target/dist");
    let version = env!("CARGO_PKG_VERSION");
    let of = |ending: &str| {
        let names = std::fs::read_dir(&dist).unwrap().map(|entry| entry.unwrap().path());
        names.filter(|path| path.to_string_lossy().ends_with(ending)).collect::<Vec<_>>()
    };
    let mut packages = of(".deb");
    packages.sort();
    let names: Vec<_> = packages.iter().map(|path| field(path, "Package")).collect();
    assert_eq!(names, PACKAGES);
    // The sizes and the dates are of the build; faults of the packages would be errors.
    let lintian = Command::new("lintian")
        .args(["--fail-on", "error", "--no-tag-display-limit"])
        .args(&packages)
        .output();
    let lintian = lintian.unwrap();
    assert!(lintian.status.success(), "{}", String::from_utf8_lossy(&lintian.stdout));

    let root = EmptySystem::new(&store.dir.join("root"));
    root.dpkg("-i", &packages);
    std::fs::rename(&checkout.dir, store.dir.join("away")).unwrap();
    let multiarch = String::from_utf8(must(Command::new("gcc").arg("-print-multiarch")).stdout).unwrap();
    let library_dir = root.dir.join("usr/lib").join(multiarch.trim());
    // The package's own places are below /usr; here they are below the root of the test.
    let pc = library_dir.join("pkgconfig/liveapi.pc");
    let text = std::fs::read_to_string(&pc).unwrap();
    std::fs::write(&pc, text.replace("=/usr", &format!("={}/usr", root.dir.display()))).unwrap();
    assert_works(&store, &root.dir.join("usr"), &library_dir);
    let owner = std::fs::read_to_string(root.dir.join("etc/passwd")).unwrap();
    assert!(owner.lines().any(|line| line.starts_with("liveapi:")), "{owner}");
    // What an administrator and the daemon make, and the mail.
    for (file, content) in [
        ("etc/liveapi/liveapid.toml", ""),
        ("var/lib/liveapid/users.json", "{}"),
        ("var/lib/liveapi/bob/mail/kept", "mail"),
    ] {
        std::fs::create_dir_all(root.dir.join(file).parent().unwrap()).unwrap();
        std::fs::write(root.dir.join(file), content).unwrap();
    }
    root.dpkg("--purge", &PACKAGES.map(PathBuf::from));
    let left =
        tree(&root.dir).into_iter().filter(|path| path.contains("liveapi") && !Path::new(path).is_dir());
    assert_eq!(
        left.collect::<Vec<_>>(),
        [root.dir.join("var/lib/liveapi/bob/mail/kept").display().to_string()]
    );

    std::fs::rename(store.dir.join("away"), &checkout.dir).unwrap();
    for (ending, inside) in [
        (format!("liveapi-php-{version}.tar.gz"), "cpanel.php"),
        (format!("Cpanel-LiveAPI-{version}.tar.gz"), "lib/Cpanel/LiveAPI.pm"),
        (format!("liveapi-{version}-{}-linux.tar.gz", std::env::consts::ARCH), "install.sh"),
    ] {
        let [archive] = &of(&ending)[..] else { panic!("no {ending}: {:?}", tree(&dist)) };
        let listed = must(Command::new("tar").arg("-tzf").arg(archive)).stdout;
        assert!(String::from_utf8_lossy(&listed).contains(inside), "{ending} lacks {inside}");
    }
}

#[test]
fn the_archive_for_systems_without_dpkg() {
    let store = prepared("plain");
    let checkout = Checkout::new(&store);
    let pack = || {
        let mut pack = Command::new("sh");
        pack.arg("scripts/dist.sh").env_remove("CARGO_TARGET_DIR").env("SOURCE_DATE_EPOCH", "1790000000");
        must(pack.current_dir(&checkout.dir));
        std::fs::read_to_string(checkout.dir.join("target/dist/SHA256SUMS")).unwrap()
    };
    let first = pack();
    assert!(first.lines().count() >= 9, "{first}");
    assert_eq!(first, pack(), "two packings of one build differ");

    let name = format!("liveapi-{}-{}-linux", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH);
    let archive = checkout.dir.join(format!("target/dist/{name}.tar.gz"));
    must(Command::new("tar").arg("-xzf").arg(archive).arg("-C").arg(&store.dir));
    std::fs::rename(&checkout.dir, store.dir.join("away")).unwrap();
    let folder = store.dir.join(&name);
    must(
        Command::new("sha256sum").args(["--check", "--strict", "--quiet", "SHA256SUMS"]).current_dir(&folder),
    );
    let prefix = store.dir.join("prefix");
    let install = |what: &str| {
        let mut command = Command::new("sh");
        command.arg("install.sh").arg(what).env("PREFIX", &prefix).env_remove("CARGO_TARGET_DIR");
        must(command.current_dir(&folder));
    };
    install("install");
    assert_works(&store, &prefix, &prefix.join("lib"));
    install("uninstall");
    assert_eq!(tree(&prefix), Vec::<String>::new());
}
