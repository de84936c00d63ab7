//! Hosts with more rights than whoever starts them: what the starter chose must decide nothing.
//!
//! The hosts are real: set-uid, set-gid, with file capabilities, and one that takes another effective user by itself.
//! Making them needs root; an ordinary user's tests ask sudo for that, and fail where it does not answer.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::entrance::build_c;
use crate::common::{Store, is_root, must, program, repository, scratch, stripped};
use crate::panel::{Panel, TOKEN, always, private, text};

/// Who starts the hosts, and whom they belong to: users that every Debian has.
const STARTER: u32 = 65534;
const OWNER: u32 = 8;
/// What a refusal says.
const PASSED_OVER: &str = "more rights than the user that started it";

/// A command with root's rights.
fn as_root(program: &str) -> Command {
    if is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("sudo");
    command.args(["-n", program]);
    command
}

/// How a host gets its rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Raised {
    No,
    SetUid,
    SetUidRoot,
    SetGid,
    Capability,
    /// By itself, with root as its starter.
    EffectiveUser,
}

const ALL: [Raised; 5] =
    [Raised::SetUid, Raised::SetUidRoot, Raised::SetGid, Raised::Capability, Raised::EffectiveUser];

/// A folder with the hosts, an attacker's server, and what he prepared.
struct Scene {
    store: Store,
    panel: Panel,
    host: PathBuf,
}

impl Scene {
    fn set(name: &str) -> Self {
        let store = Store::with_account(name);
        store.add_mailbox("user", "Start-Password-1");
        let host = build_c(&store, "tests/c/elevated.c");
        // Where every user can read it: the checkout may be below a home that is closed to others, as root's is.
        let library = store.dir.join("libliveapi.so.1");
        std::fs::remove_file(&library).unwrap();
        std::fs::copy(stripped().join("libliveapi.so"), &library).unwrap();
        let panel = always(
            &format!("{name}-p"),
            text(r#"{"cpanelresult":{"data":[{"email":"of-the-attacker"}],"event":{"result":1}}}"#),
        );
        let scene = Self { store, panel, host };
        for (name, owner) in [("secret", OWNER), ("own", STARTER)] {
            private(&scene.path(name), TOKEN);
            must(as_root("chown").arg(owner.to_string()).arg(scene.path(name)));
        }
        let config = scene.path("home/.config/liveapi");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::create_dir(scene.path("home/.local")).unwrap();
        std::fs::write(config.join("liveapi.toml"), scene.configuration("secret")).unwrap();
        must(as_root("chown").arg("-R").arg(STARTER.to_string()).arg(scene.path("home")));
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.store.dir.join(name)
    }

    /// A configuration that sends what a file holds to the attacker.
    fn configuration(&self, secret: &str) -> String {
        format!(
            "url = '{}'\nuser = 'bob'\ntoken_file = '{}'\nca_file = '{}'\n",
            self.panel.url("whm"),
            self.path(secret).display(),
            self.panel.dir.join("ca.pem").display()
        )
    }

    /// The same by variables; by the folders and files that variables name; and a panel's socket.
    fn environments(&self, secret: &str) -> [Vec<(&'static str, String)>; 4] {
        let path = |name: &str| self.path(name).display().to_string();
        let by_name = vec![
            ("LIVEAPI_URL", self.panel.url("whm")),
            ("LIVEAPI_USER", "bob".to_owned()),
            ("LIVEAPI_TOKEN_FILE", path(secret)),
            ("LIVEAPI_CA_FILE", self.panel.dir.join("ca.pem").display().to_string()),
        ];
        let homes = vec![
            ("HOME", path("home")),
            ("XDG_CONFIG_HOME", path("home/.config")),
            ("XDG_STATE_HOME", path("home/.local")),
            ("TMPDIR", path("home")),
        ];
        let named = vec![("LIVEAPI_CONFIG", path("home/.config/liveapi/liveapi.toml"))];
        [by_name, homes, named, vec![("CPANEL_PHPCONNECT_SOCKET", path("home/socket"))]]
    }

    /// The host with such rights.
    fn raise(&self, raised: Raised) -> PathBuf {
        let host = self.path(&format!("host-{raised:?}"));
        must(as_root("cp").arg(&self.host).arg(&host));
        let owner = match raised {
            Raised::SetUid => format!("{OWNER}:0"),
            Raised::SetGid => format!("0:{OWNER}"),
            _ => "0:0".to_owned(),
        };
        must(as_root("chown").arg(owner).arg(&host));
        let mode = match raised {
            Raised::SetUid | Raised::SetUidRoot => "4755",
            Raised::SetGid => "2755",
            _ => "755",
        };
        must(as_root("chmod").arg(mode).arg(&host));
        if raised == Raised::Capability {
            must(as_root("setcap").arg("cap_dac_override+ep").arg(&host));
        }
        host
    }

    /// What the host prints, started by the starter with these variables and no others. `before` stands before it.
    fn start(&self, raised: Raised, options: &str, variables: &[(&str, String)], before: &[&str]) -> String {
        let mut command = as_root(before.first().copied().unwrap_or("env"));
        command.args(before.iter().skip(1)).args(before.first().map(|_| "env"));
        command.args(["-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]);
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
        if raised != Raised::EffectiveUser {
            command.args([
                "setpriv",
                &format!("--reuid={STARTER}"),
                &format!("--regid={STARTER}"),
                "--clear-groups",
            ]);
        }
        command.arg(self.raise(raised)).arg(options);
        if raised == Raised::EffectiveUser {
            command.arg(OWNER.to_string());
        }
        let printed = String::from_utf8(must(&mut command).stdout).unwrap();
        let is_secure = !matches!(raised, Raised::No | Raised::EffectiveUser);
        assert!(printed.starts_with(&format!("secure {} ", u8::from(is_secure))), "{raised:?}: {printed}");
        printed
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = as_root("rm").arg("-rf").arg(self.path("home")).output();
    }
}

#[test]
fn the_environment_counts_for_nothing_where_rights_are_raised() {
    let scene = Scene::set("elev");
    for raised in ALL {
        for variables in scene.environments("secret") {
            let printed = scene.start(raised, "{}", &variables, &[]);
            assert_eq!(scene.panel.connections(), 0, "{raised:?} {variables:?}: {printed}");
            if raised == Raised::SetUidRoot {
                // Root's own default holds, whatever it answers.
                assert!(
                    !printed.contains("of-the-attacker") && printed.contains("log  wrote 0"),
                    "{printed}"
                );
            } else {
                assert!(
                    printed.contains("refused 20 ") && printed.contains(PASSED_OVER),
                    "{raised:?}: {printed}"
                );
            }
        }
    }
    let left: Vec<_> =
        std::fs::read_dir(scene.path("home")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing was written into the attacker's folders: {left:?}");
    // The same variables are believed where nobody's rights are raised: the server would have seen it.
    let printed = scene.start(Raised::No, "{}", &scene.environments("own")[0], &[]);
    assert!(scene.panel.connections() == 1 && printed.contains("of-the-attacker"), "{printed}");
}

#[test]
fn no_proxy_and_no_authority_of_the_starter_is_believed() {
    let scene = Scene::set("elev-tls");
    let options = |further: &str| {
        format!(r#"{{"url":"{}","user":"bob","token":"{TOKEN}"{further}}}"#, scene.panel.url("whm"))
    };
    let authority = |name: &'static str, path: PathBuf| vec![(name, path.display().to_string())];
    let folder = scene.path("authorities");
    std::fs::create_dir(&folder).unwrap();
    std::fs::copy(scene.panel.dir.join("ca.pem"), folder.join("ca.pem")).unwrap();
    for variables in
        [authority("SSL_CERT_FILE", scene.panel.dir.join("ca.pem")), authority("SSL_CERT_DIR", folder)]
    {
        let before = scene.panel.seen().len();
        for raised in ALL {
            let printed = scene.start(raised, &options(""), &variables, &[]);
            assert!(printed.contains("not trusted"), "{raised:?} {variables:?}: {printed}");
        }
        assert_eq!(scene.panel.seen().len(), before, "no token left");
        let printed = scene.start(Raised::No, &options(""), &variables, &[]);
        assert!(printed.contains("of-the-attacker"), "{printed}");
    }
    let proxy = options(r#","proxy":"environment""#);
    for raised in ALL {
        for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "NO_PROXY"] {
            let variables = [(name, format!("http://127.0.0.1:{}", scene.panel.port))];
            let printed = scene.start(raised, &proxy, &variables, &[]);
            assert!(
                printed.contains("proxy=environment") && printed.contains(PASSED_OVER),
                "{raised:?}: {printed}"
            );
        }
    }
}

#[test]
fn options_count_and_the_systems_file_if_only_root_can_write_it() {
    let scene = Scene::set("elev-etc");
    let options = format!(r#"{{"url":"home://{}","user":"bob"}}"#, scene.store.root.display());
    let printed = scene.start(Raised::SetUidRoot, &options, &scene.environments("secret")[0], &[]);
    assert!(printed.contains("user@example.com") && printed.contains("log  wrote 0"), "{printed}");
    // A machine's own folder for that configuration, seen by nobody else.
    let etc = scene.path("etc");
    must(as_root("cp").arg("-a").arg("/etc").arg(&etc));
    let (folder, file) = (etc.join("liveapi"), etc.join("liveapi/liveapi.toml"));
    must(as_root("mkdir").arg("-p").arg(&folder));
    let configuration = scene.path("configuration");
    std::fs::write(&configuration, format!("url = 'home://{}'\nuser = 'bob'\n", scene.store.root.display()))
        .unwrap();
    must(as_root("install").args(["-m", "644"]).arg(&configuration).arg(&file));
    let script = "mount --bind \"$0\" /etc && exec \"$@\"";
    let before = ["unshare", "-m", "sh", "-c", script, etc.to_str().unwrap()];
    let start = || scene.start(Raised::SetUidRoot, "{}", &scene.environments("secret")[1], &before);
    assert!(start().contains("user@example.com"), "{}", start());
    for (what, path, spoil, mend) in [
        ("file", &file, ["chmod", "664"], ["chmod", "644"]),
        ("file", &file, ["chown", "8"], ["chown", "0"]),
        ("folder", &folder, ["chmod", "777"], ["chmod", "755"]),
        ("folder", &folder, ["chown", "8"], ["chown", "0"]),
        ("folder", &etc, ["chmod", "775"], ["chmod", "755"]),
    ] {
        must(as_root(spoil[0]).arg(spoil[1]).arg(path));
        let printed = start();
        let named = format!("the {what} /etc/{}", path.strip_prefix(&etc).unwrap().display());
        assert!(
            printed.contains("refused 20 ") && printed.contains(named.trim_end_matches('/')),
            "{spoil:?}: {printed}"
        );
        must(as_root(mend[0]).arg(mend[1]).arg(path));
    }
    must(as_root("rm").arg("-rf").arg(&etc));
}

/// As after `sudo -E`, or `su` without a minus sign.
#[test]
fn root_believes_nothing_that_is_found_through_another_users_home() {
    let scene = Scene::set("elev-home");
    let call = |variables: &[(&str, String)]| {
        let mut command = as_root("env");
        command.args(["-i", "PATH=/usr/bin:/bin"]);
        command.args(variables.iter().map(|(name, value)| format!("{name}={value}")));
        let output =
            command.arg(program("cpapi2")).args(["--user=bob", "Email", "listpops"]).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let [_, homes, named, _] = scene.environments("secret");
    for variables in [&homes[..1], &homes[1..2], &homes, &named] {
        let (status, complaint) = call(variables);
        assert_eq!((status, scene.panel.connections()), (Some(1), 0), "{variables:?}: {complaint}");
        for words in ["home/.config/liveapi/liveapi.toml", "belongs to uid 65534", "sudo -H"] {
            assert!(complaint.contains(words), "{variables:?}: {complaint}");
        }
    }
    // Where all of it is root's it counts, as always: the secret is then another user's, and named.
    must(as_root("chown").args(["-R", "0:0"]).arg(scene.path("home")));
    must(as_root("chown").arg("0").arg(scene.path("secret")));
    call(&homes);
    assert_eq!(scene.panel.connections(), 1);
}

#[test]
fn root_writes_no_log_into_another_users_home() {
    let scene = Scene::set("elev-log");
    let options = format!(r#"{{"url":"home://{}","user":"bob"}}"#, scene.store.root.display());
    let logged = |home: &Path| {
        let mut command = as_root("env");
        command.args(["-i", &format!("HOME={}", home.display())]).arg(&scene.host).arg(&options);
        String::from_utf8(must(&mut command).stdout).unwrap()
    };
    let home = scene.path("plain");
    std::fs::create_dir(&home).unwrap();
    must(as_root("chown").arg(STARTER.to_string()).arg(&home));
    assert!(logged(&home).contains("log  wrote 0"));
    assert_eq!(std::fs::read_dir(&home).unwrap().count(), 0);
    must(as_root("chown").arg("0").arg(&home));
    let printed = logged(&home);
    assert!(printed.contains("/.cpanel/LiveAPI.log.") && printed.contains(" wrote 1"), "{printed}");
    must(as_root("rm").arg("-rf").arg(&home));
}

/// A script that raised its own rights loads no library that its environment names.
#[test]
fn the_bindings_load_no_library_of_the_starter() {
    let copy = scratch("elev-bind");
    must(
        Command::new("cp")
            .arg("-R")
            .args(["bindings", "include"].map(|part| repository().join(part)))
            .arg(&copy),
    );
    let bindings = copy.join("bindings");
    let perl = "$> = 8 if $ARGV[0]; require Cpanel::LiveAPI; eval { Cpanel::LiveAPI->new() }; print $@";
    let php = format!(
        "if ($argv[1]) posix_seteuid(8); require '{}'; try {{ new CPANEL(); }} catch (Throwable $e) {{ echo $e->getMessage(); }}",
        bindings.join("php/cpanel.php").display()
    );
    let include = format!("-I{}", bindings.join("perl/lib").display());
    for (interpreter, words) in
        [("perl", vec![include.as_str(), "-e", perl, "--"]), ("php", vec!["-r", php.as_str(), "--"])]
    {
        for (raised, is_believed) in [("0", true), ("1", false)] {
            let mut command = as_root("env");
            command.args(["LIVEAPI_LIBRARY=/nonexistent/evil.so", interpreter]).args(&words).arg(raised);
            let said = String::from_utf8(must(&mut command).stdout).unwrap();
            assert_eq!(said.contains("/nonexistent/evil.so"), is_believed, "{interpreter} {raised}: {said}");
        }
    }
}
