//! Which servers get the token, and where it comes from.

use std::process::Command;

use crate::common::program;
use crate::panel::{DONE, Panel, Shows, TOKEN, always, failure, text, unchanged};

#[test]
fn only_the_right_server_gets_the_token() {
    let other = always("rca2", text(DONE));
    for (name, shows, word) in
        [("rexp", Shows::Expired, "has expired"), ("rname", Shows::OtherName, "another host name")]
    {
        let panel = Panel::showing(name, shows, |_| text(DONE));
        let why = failure(&panel.passwdpop(unchanged));
        assert!(
            why.contains(word) && why.contains("was not made") && why.contains("fingerprint sha256:"),
            "{why}"
        );
        assert!(panel.seen().is_empty());
    }
    let panel = always("rca1", text(DONE));
    for why in [
        failure(&panel.passwdpop(|command| command.env("LIVEAPI_CA_FILE", other.dir.join("ca.pem")))),
        failure(&panel.passwdpop(|command| command.env_remove("LIVEAPI_CA_FILE"))),
    ] {
        assert!(why.contains("no certificate authority that is trusted here"), "{why}");
    }
    let no_file =
        failure(&panel.passwdpop(|command| command.env("LIVEAPI_CA_FILE", panel.dir.join("token"))));
    assert!(no_file.contains("holds no certificate"), "{no_file}");
    assert!(panel.seen().is_empty());
}

#[test]
fn a_pinned_certificate_needs_no_authority_and_allows_no_other() {
    let panel = Panel::showing("rpin", Shows::Expired, |_| text(DONE));
    let other = always("rpin2", text(DONE));
    let print = |panel: &Panel| {
        let mut openssl = Command::new("openssl");
        openssl.args(["x509", "-noout", "-fingerprint", "-sha256", "-in"]).arg(panel.dir.join("cert.pem"));
        let text = String::from_utf8(crate::common::must(&mut openssl).stdout).unwrap();
        format!("sha256:{}", text.trim().split_once('=').unwrap().1)
    };
    let pinned =
        |pin: &str| panel.passwdpop(|command| command.env_remove("LIVEAPI_CA_FILE").env("LIVEAPI_PIN", pin));
    assert_eq!(pinned(&print(&panel))["cpanelresult"]["data"][0]["result"], 1);
    let why = failure(&pinned(&print(&other)));
    let own = print(&panel).to_lowercase().replace(':', "").replace("sha256", "sha256:");
    assert!(why.contains("not the pinned one") && why.contains(&own), "{why}");
    assert_eq!(panel.seen().len(), 1);
    let insecure = |word: &str| {
        let mut command = panel.command(program("cpapi2"));
        command.env_remove("LIVEAPI_CA_FILE").env("LIVEAPI_INSECURE_TLS", word).args([
            "--output=json",
            "Email",
            "listpops",
        ]);
        command.output().unwrap()
    };
    assert!(insecure("yes-i-know").status.success() && panel.seen().len() == 2);
    let refused = String::from_utf8(insecure("yes").stderr).unwrap();
    assert!(refused.contains("yes-i-know: then any server may read the token"), "{refused}");
}

#[test]
fn a_token_is_needed_and_must_be_private() {
    let panel = always("rtok", text(DONE));
    let complaint = |prepare: &dyn Fn(&mut Command) -> &mut Command| {
        let mut command = panel.command(program("cpapi2"));
        prepare(&mut command);
        let output = command.args(["Email", "listpops"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    let none = complaint(&|command| command.env_remove("LIVEAPI_TOKEN_FILE"));
    assert!(none.contains("no API token") && none.contains("token_file"), "{none}");
    let loose = panel.dir.join("loose");
    std::fs::write(&loose, TOKEN).unwrap();
    crate::common::must(Command::new("chmod").arg("644").arg(&loose));
    let loose = complaint(&|command| command.env("LIVEAPI_TOKEN_FILE", &loose));
    assert!(loose.contains("chmod go=") && !loose.contains(TOKEN), "{loose}");
    let in_url = complaint(&|command| command.env("LIVEAPI_URL", "whm://root:s3cret@localhost"));
    assert!(in_url.contains("API token") && !in_url.contains("s3cret"), "{in_url}");
    assert!(panel.seen().is_empty());
    let mut command = panel.command(program("cpapi2"));
    command.env_remove("LIVEAPI_TOKEN_FILE").env("LIVEAPI_TOKEN", TOKEN).args(["Email", "listpops"]);
    assert!(command.output().unwrap().status.success() && panel.seen().len() == 1);
}
