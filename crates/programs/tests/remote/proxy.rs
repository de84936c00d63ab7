//! Calls to a server through a real HTTP proxy (tinyproxy), which is used only if the configuration says so.

use std::net::TcpStream;
use std::process::Command;

use crate::common::server::{Server, free_port, master};
use crate::panel::{DONE, Panel, TOKEN, always, failure, text, unchanged};

/// A running proxy that lets through to one port.
struct Proxy {
    port: u16,
    log: std::path::PathBuf,
    _server: Server,
}

impl Proxy {
    /// Starts one in the folder of a panel; `more` are lines of its configuration.
    fn start(panel: &Panel, more: &str) -> Self {
        let (port, log) = (free_port(), panel.dir.join("proxy.log"));
        let file = panel.dir.join("proxy.conf");
        let lines = format!(
            "Port {port}\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 60\nMaxClients 20\nLogLevel Connect\nLogFile \"{}\"\n{more}\n",
            log.display()
        );
        std::fs::write(&file, lines).unwrap();
        let answers = || TcpStream::connect(("127.0.0.1", port)).is_ok();
        let mut command = master("tinyproxy");
        let server = Server::start_until(command.arg("-d").arg("-c").arg(&file), answers, &log).unwrap();
        Self { port, log, _server: server }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// How many tunnels were asked of it.
    fn tunnels(&self) -> usize {
        std::fs::read_to_string(&self.log).unwrap().matches(": CONNECT ").count()
    }
}

/// Runs cpapi2 with these variables.
fn with(panel: &Panel, variables: &[(&str, &str)]) -> serde_json::Value {
    panel.passwdpop(|command| command.envs(variables.iter().copied()))
}

fn is_done(answer: &serde_json::Value) -> bool {
    answer["cpanelresult"]["data"][0]["result"] == 1
}

#[test]
fn a_proxy_is_used_only_if_told() {
    let panel = always("pxonly", text(DONE));
    let proxy = Proxy::start(&panel, "");
    let url = proxy.url();
    // The environment alone means nothing; an unreachable proxy in it would be noticed.
    for variable in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        assert!(is_done(&with(&panel, &[(variable, &url)])), "{variable}");
        assert!(
            is_done(&with(&panel, &[(variable, "http://127.0.0.1:1"), ("LIVEAPI_PROXY", "none")])),
            "{variable}"
        );
    }
    assert_eq!(proxy.tunnels(), 0);
    // By its URL, and by the environment if that counts.
    assert!(is_done(&with(&panel, &[("LIVEAPI_PROXY", &url)])));
    assert_eq!(proxy.tunnels(), 1);
    let counting = ("LIVEAPI_PROXY", "environment");
    for (number, variable) in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].into_iter().enumerate()
    {
        assert!(is_done(&with(&panel, &[counting, (variable, &url)])), "{variable}");
        assert_eq!(proxy.tunnels(), 2 + number, "{variable}");
    }
    let bare = url.trim_start_matches("http://");
    assert!(is_done(&with(&panel, &[counting, ("https_proxy", bare)])));
    assert_eq!(proxy.tunnels(), 6);
    // Hosts that it is not for, and an environment that names none.
    assert!(is_done(&with(&panel, &[counting, ("https_proxy", &url), ("no_proxy", "localhost")])));
    assert!(is_done(&with(&panel, &[counting, ("http_proxy", &url)])));
    assert!(is_done(&with(&panel, &[counting])));
    assert_eq!(proxy.tunnels(), 6);
    assert!(panel.seen().iter().all(|seen| seen.headers["authorization"].ends_with(TOKEN)));
}

#[test]
fn one_tunnel_serves_many_calls_and_its_end_is_the_same_server() {
    let store = crate::common::Store::empty("pxmany");
    let program = crate::common::entrance::build_c(&store, "tests/c/remote.c");
    let panel = Panel::start("pxmanyp", |seen| {
        let email = seen.field("email").unwrap();
        text(&DONE.replace("\"reason\":\"\"", &format!("\"reason\":\"\",\"echo\":\"{email}\"")))
    });
    let proxy = Proxy::start(&panel, "");
    let output =
        panel.command(&program).env("LIVEAPI_PROXY", proxy.url()).args(["reuse", "20"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "0 wrong, 1 threads\n", "{output:?}");
    assert_eq!((proxy.tunnels(), panel.seen().len()), (1, 20));
    // Who stands between does not become trusted.
    let why = failure(
        &panel.passwdpop(|command| command.env("LIVEAPI_PROXY", proxy.url()).env_remove("LIVEAPI_CA_FILE")),
    );
    assert!(why.contains("no certificate authority that is trusted here"), "{why}");
}

#[test]
fn a_proxys_password_is_sent_to_it_and_shown_to_nobody() {
    let panel = always("pxauth", text(DONE));
    let proxy = Proxy::start(&panel, "BasicAuth me s3cret.pass");
    let address = format!("127.0.0.1:{}", proxy.port);
    let url = format!("http://me:s3cret%2Epass@{address}");
    assert!(is_done(&with(&panel, &[("LIVEAPI_PROXY", &url)])));
    assert!(is_done(&with(&panel, &[("LIVEAPI_PROXY", "environment"), ("https_proxy", &url)])));
    // This proxy says 407 to whom gives nothing, and 401 to whom gives the wrong thing.
    let wrong = format!("http://me:s3cret-wrong@{address}");
    for (url, words) in
        [(proxy.url(), "wants another login (407)"), (wrong, "does not accept the user and password")]
    {
        let why = failure(&with(&panel, &[("LIVEAPI_PROXY", &url)]));
        assert!(why.contains("the proxy (setting proxy)") && why.contains(words), "{why}");
        assert!(why.contains("was not made") && !why.contains("s3cret"), "{why}");
    }
    assert_eq!(panel.seen().len(), 2);
    let show = panel
        .command(crate::common::program("liveapi"))
        .env("LIVEAPI_PROXY", &url)
        .args(["config", "show"])
        .output()
        .unwrap();
    let shown = String::from_utf8(show.stdout).unwrap();
    assert!(
        shown.contains(&format!("http://me:(a secret)@{address}")) && !shown.contains("s3cret"),
        "{shown}"
    );
    // A file that holds it is private.
    let file = panel.dir.join("liveapi.toml");
    std::fs::write(&file, format!("proxy = '{url}'\n")).unwrap();
    let output = panel
        .command(crate::common::program("cpapi2"))
        .env("LIVEAPI_CONFIG", &file)
        .args(["Email", "listpops"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("holds a secret, and others may read") && !said.contains("s3cret"), "{said}");
}

#[test]
fn what_a_proxy_does_not_do_is_said() {
    let panel = always("pxno", text(DONE));
    let refusing = Proxy::start(&panel, "ConnectPort 443");
    let why = failure(&with(&panel, &[("LIVEAPI_PROXY", &refusing.url())]));
    assert!(why.contains("does not connect to that host and port") && why.contains("443"), "{why}");
    let why = failure(&with(&panel, &[("LIVEAPI_PROXY", &format!("http://127.0.0.1:{}", free_port()))]));
    assert!(why.contains("the proxy (setting proxy) cannot be reached") && why.contains("refused"), "{why}");
    let why = failure(&with(&panel, &[("LIVEAPI_PROXY", "http://no-such-proxy.invalid:3128")]));
    assert!(why.contains("has a name without an address"), "{why}");
    let complaint = |name: &str, value: &str| {
        let mut command: Command = panel.command(crate::common::program("cpapi2"));
        command.env("LIVEAPI_PROXY", "environment").env(name, value);
        let output = command.args(["Email", "listpops"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let said = complaint("LIVEAPI_PROXY", "socks5://me:s3cret@127.0.0.1:1");
    assert!(
        said.contains("must be none, environment, or the URL of an HTTP proxy") && !said.contains("s3cret"),
        "{said}"
    );
    let said = complaint("https_proxy", "socks5://me:s3cret@127.0.0.1:1");
    assert!(said.contains("The environment variable https_proxy") && !said.contains("s3cret"), "{said}");
    assert!(panel.seen().is_empty());
    assert!(is_done(&panel.passwdpop(unchanged)));
}
