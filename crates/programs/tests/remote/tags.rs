//! Pages show a server's answers as they show those of the embedded store: `liveapid` on one store is the server,
//! and the same page is rendered on that store and through it.

use crate::common::program;
use crate::liveapid::Liveapid;

/// What `liveapi render` makes of a page, on the store or through the server; or its complaint.
fn rendered(daemon: &Liveapid, server: Option<(&str, &str)>, page: &str) -> Result<String, String> {
    let file = daemon.store.dir.join("page.html");
    std::fs::write(&file, page).unwrap();
    let mut command = daemon.store.command(program("liveapi"));
    if let Some((url, token)) = server {
        command
            .env("LIVEAPI_URL", url)
            .env("LIVEAPI_TOKEN", token)
            .env("LIVEAPI_CA_FILE", daemon.authority());
    }
    let output = command.arg("render").arg("--form=email=user").arg(&file).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

#[test]
fn a_page_has_the_same_bytes_on_a_server() {
    let daemon = Liveapid::start("rtags");
    daemon.store.add_mailbox("a&b", "Other-Pass-1");
    daemon.store.api2(
        "Email",
        "addforward",
        &["domain=example.com", "email=info", "fwdopt=fwd", "fwdemail=x@example.org"],
    );
    let token = daemon.token("bob");
    let server = format!("cpanel://bob@localhost:{}", daemon.ports.cpanel);
    for page in [
        "<ul><?cp Email::listpops( [li]%: %[/li], *num, email ) || 'none' ?></ul>",
        "<?cp Email::listpops( %;, ^email ) regex=\"a\" ?>",
        "<?cp Email::listforwards( % to %, dest, forward ) domain=\"example.com\" || 'none' ?>",
        "<?cp Email::listforwards( %, dest ) domain=\"example.com\" regex=\"nosuch\" || 'none' ?>",
        "<?cp Email::getdiskusage( %|%, user, domain ) user=\"user\" domain=\"example.com\" ?>",
        "<?cp Email::passwdpop( %,\n reason ) domain=\"example.com\", email=\"user\", password=\"a\", ?>",
        "<?cp Email::passwdpop( changed ) domain=\"example.com\", email=\"user\", password=\"a\" ?>",
        "<?cp Email::passwdpop( [b]%[/b], result ) domain=\"example.com\", email=\"$FORM{'email'}\", password=\"Page-Pass-12\" ?>",
    ] {
        let here = rendered(&daemon, None, page).unwrap();
        assert!(!here.is_empty(), "{page}");
        assert_eq!(rendered(&daemon, Some((&server, &token)), page), Ok(here), "{page}");
    }
    assert!(daemon.opens("Page-Pass-12"));
    let unknown = "<?cp Email::nosuch( %, a ) ?>";
    let here = rendered(&daemon, None, unknown).unwrap_err();
    assert!(here.contains("There is no function Email::nosuch in cPanel API 2"), "{here}");
    assert_eq!(rendered(&daemon, Some((&server, &token)), unknown), Err(here));
}
