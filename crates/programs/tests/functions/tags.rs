//! Pages with cPanel tags, through the real program on a real store.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use crate::common::site::Site;
use crate::common::web::{apache, post_to_port};
use crate::common::{Store, UNPRIVILEGED, arg, must, program, repository};
use liveapi_core::engine::{Client, Options};
use liveapi_core::tags::{Form, Variables, answer};

/// The program with a page on standard input.
fn render_bytes(store: &Store, args: &[&str], page: &[u8]) -> Output {
    let mut command = store.command(program("liveapi"));
    command.env_remove("GATEWAY_INTERFACE").arg("render").args(args);
    fed(&mut command, page)
}

fn fed(command: &mut Command, input: &[u8]) -> Output {
    let mut process =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A program that refuses before it reads closes its end.
    let _ = process.stdin.take().unwrap().write_all(input);
    process.wait_with_output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn render(store: &Store, args: &[&str], page: &str) -> String {
    text(&render_bytes(store, args, page.as_bytes()))
}

/// The complaint; nothing may be on standard output.
fn complaint(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn assert_password(store: &Store, user: &str, password: &str) {
    let email = format!("email={user}@example.com");
    let answer = store.uapi("Email", "verify_password", &[&email, &arg("password", password)]);
    assert_eq!(answer["result"]["data"], 1, "{answer}");
}

#[test]
fn the_tag_of_passwdpop_changes_the_password_and_prints_nothing() {
    let store = Store::with_account("tagp");
    store.add_mailbox("user", "Start-Password-1");
    let page = "[<?cp Email::passwdpop( %, reason ) domain=\"example.com\", email=\"user\", password=\"12345luggage\" ?>]";
    assert_eq!(render(&store, &[], page), "[]");
    assert_password(&store, "user", "12345luggage");
    let weak = page.replace("12345luggage", "a");
    let told = render(&store, &[], &weak);
    assert!(told.contains("because it is too weak") && told.contains("rating of 50"), "{told}");
    let foreign = page.replace("example.com", "<b>.example");
    assert!(render(&store, &[], &foreign).contains("&lt;b&gt;"), "escaped");
    assert_password(&store, "user", "12345luggage");
}

#[test]
fn what_a_tag_gives_and_no_function_uses_is_told_with_its_place() {
    let store = Store::with_account("tagw");
    store.add_mailbox("user", "Start-Password-1");
    let page = "<p>\n é<?cp Email::passwdpop( %, reason ) email=\"user@example.com\", password=\"12345luggage\", qouta=\"s3cret\" ?>\n<cpanel Email=\"addpop('box', '12345luggage', '5', 'example.com', 's3cret')\">";
    let output = render_bytes(&store, &[], page.as_bytes());
    assert_eq!(text(&output), "<p>\n é\nbox@example.com");
    let told = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = told.lines().collect();
    assert!(
        lines.len() == 2
            && lines[0].starts_with("-:2:3: Warning: The parameter “qouta” was not used: ")
            && lines[1].starts_with("-:3:1: Warning: The parameter “arg-4” was not used: ")
            && !told.contains("s3cret"),
        "{told}"
    );
}

#[test]
fn the_api_1_tag_takes_the_form_and_its_values_are_only_values() {
    let store = Store::with_account("tag1");
    store.add_mailbox("user", "Start-Password-1");
    let page = "[<cpanel Module=\"Email::passwdpop( $FORM('email','password','quota','domain') )\">]";
    // Everything that would mean something in a tag.
    let password = "$FORM{'email'}','x')\"><?cp Email::list(%) ?><cpanel print=\"$user\"> \\ %";
    let form = |password: &str| format!("password={password}");
    let fields = ["--form", "email=user", "--form", "domain=example.com", "--form"];
    assert_eq!(render(&store, &[&fields[..], &[&form(password)]].concat(), page), "[]");
    assert_password(&store, "user", password);
    let told = render(&store, &[&fields[..], &[&form("a")]].concat(), page);
    assert!(told.contains("too weak"), "{told}");
    let echo = "<cpanel print=\"$FORM{'password'}\">";
    let shown = render(&store, &[&fields[..], &[&form(password)]].concat(), echo);
    assert_eq!(
        shown,
        "$FORM{&#39;email&#39;}&#39;,&#39;x&#39;)&quot;&gt;&lt;?cp Email::list(%) ?&gt;&lt;cpanel print=&quot;$user&quot;&gt; \\ %"
    );
}

#[test]
fn mailboxes_are_made_and_listed() {
    let store = Store::with_account("tagl");
    let list =
        "<?cp Email::listpopswithdisk( %:%:%;, *num, ^user, email ) regex=\"$FORM{'r'}\" || '[i]none[/i]' ?>";
    assert_eq!(render(&store, &[], list), "<i>none</i>");
    for (user, quota) in [("a+b", "10"), ("c", "20")] {
        let page = format!(
            "<?cp Email::addpop(\n  %,\n  reason\n) domain=\"example.com\", email=\"{user}\", password='Some-Pa$user', quota=\"{quota}\", ?>"
        );
        assert_eq!(render(&store, &[], &page), "");
        assert_password(&store, user, "Some-Pa$user");
    }
    assert_eq!(render(&store, &[], list), "even:a%2Bb:a+b@example.com;odd:c:c@example.com;");
    assert_eq!(render(&store, &["--form", "r=^c"], list), "even:c:c@example.com;");
    let again = "<?cp Email::addpop( %, reason ) domain=\"example.com\", email=\"c\", password=\"Some-Password-9\" || '[b]no[/b]' ?>";
    assert_eq!(render(&store, &[], again), "<b>no</b>");
    let quota = "<cpanel Module=\"Email::getpopquota( \"c\", $domain )\">";
    assert_eq!(render(&store, &[], quota), "20");
}

#[test]
fn variables_features_and_branches_of_the_store() {
    let store = Store::with_account("tagv");
    for (page, shown) in [
        ("<cpanel print=\"$user of $domain\">", "bob of example.com"),
        ("<cpanel print=\"$CPDATA{'DNS'} $nosuch\">", "example.com $nosuch"),
        ("<cpanelif !$haspostgres>y<cpanelelse>n</cpanelif>", "y"),
        ("<cpanelif $user==bob><cpanelfeature popaccts>1<cpanelelse>2</cpanelfeature></cpanelif>", "1"),
        ("<cpanelfeature !autossl>without</cpanelfeature>", "without"),
        ("<cpanel setvar=\"x=$user\"><cpanelif $x=ne=bob>n<cpanelelse>y</cpanelif>", "y"),
    ] {
        assert_eq!(render(&store, &[], page), shown, "{page}");
    }
}

#[test]
fn other_bytes_stay_and_large_pages_end() {
    let store = Store::with_account("tagb");
    let mut page: Vec<u8> = (0..=255).collect();
    page.extend_from_slice(b"\xff<cpanel print=\"$user\">\0\xfe");
    let output = render_bytes(&store, &[], &page);
    let mut expected: Vec<u8> = (0..=255).collect();
    expected.extend_from_slice(b"\xffbob\0\xfe");
    assert_eq!((output.status.code(), &output.stdout), (Some(0), &expected));
    let prefixes = "<cpanel".repeat(10 * 1024 * 1024 / 7);
    assert!(complaint(&render_bytes(&store, &[], prefixes.as_bytes())).contains("never closed"));
    assert_eq!(render(&store, &[], &(prefixes.clone() + ".")).len(), prefixes.len() + 1);
    let long = vec![b' '; 16 * 1024 * 1024 + 1];
    assert!(complaint(&render_bytes(&store, &[], &long)).contains("longer than"));
}

#[test]
fn complaints_name_the_place_and_write_nothing() {
    let store = Store::with_account("tage");
    store.add_mailbox("user", "Start-Password-1");
    let page = store.dir.join("page.html");
    let name = page.to_str().unwrap();
    let set = "<?cp Email::passwdpop(%,reason) domain=example.com email=user password=\"S3cret-Of-Mine\" ?>";
    for (content, place) in [
        ("<p>\n  <cpanelfoo>".to_owned(), ":2:3: There is no tag <cpanelfoo>"),
        (format!("{set}\n<cpanelif 1>"), ":2:1: This <cpanelif> is never closed"),
        ("<?cp Email::nosuch(%,reason) ?>".to_owned(), ":1:1: There is no function Email::nosuch"),
        ("<cpanel Module=\"Email::passwdpop('S3cret".to_owned(), ":1:34: The quotation mark"),
    ] {
        std::fs::write(&page, &content).unwrap();
        let output = render_bytes(&store, &["--form", "password=S3cret-Of-Mine", name], b"");
        let told = complaint(&output);
        assert!(told.starts_with(&format!("{name}{place}")) && !told.contains("S3cret"), "{told}");
    }
    // The page that was wrong at its end changed nothing.
    assert_password(&store, "user", "Start-Password-1");
    assert!(complaint(&render_bytes(&store, &[], b"<cpanelif")).starts_with("-:1:10: "));
    let told = complaint(&render_bytes(&store, &["--user=nosuch"], b"<cpanel print=\"$user\">"));
    assert!(told.contains("There is no account"), "{told}");
    for (args, why) in [
        (vec!["/nonexistent/page.html"], "cannot be read"),
        (vec!["--form", "S3cret"], "key=value"),
        (vec!["--output", "/nonexistent/out.html"], "cannot be written"),
        (vec!["--nosuch"], "--nosuch"),
    ] {
        let told = complaint(&render_bytes(&store, &args, b""));
        assert!(told.starts_with("[liveapi] ") && told.contains(why) && !told.contains("S3cret"), "{told}");
    }
    let out = store.dir.join("out.html");
    assert_eq!(render(&store, &["--output", out.to_str().unwrap(), "-"], "<cpanel print=\"$user\">"), "");
    assert_eq!(std::fs::read_to_string(out).unwrap(), "bob");
}

#[test]
fn requests_over_liveapi_reach_the_store() {
    let store = Store::with_account("tagr");
    store.add_mailbox("user", "Start-Password-1");
    let client = Client::new(Options {
        url: Some(format!("home://{}", store.root.display())),
        user: Some("bob".to_owned()),
        virtual_user: Some(UNPRIVILEGED.to_owned()),
        ..Options::default()
    });
    let client = client.unwrap();
    let mut form = Form::default();
    form.push("password", "From-A-Form-1");
    let answer =
        |request: &str| String::from_utf8(answer(&client, request, &form, &Variables::default())).unwrap();
    let documented = "<cpanelaction>\n{\"reqtype\":\"exec\",\"module\":\"Email\",\"func\":\"passwdpop\",\"apiversion\":\"2\",\"args\":{\"domain\":\"example.com\",\"email\":\"user\",\"password\":\"12345luggage\"}}\n</cpanelaction>";
    let done = r#"{"cpanelresult":{"apiversion":2,"func":"passwdpop","data":[{"reason":"","result":1}],"event":{"result":1},"module":"Email"}}"#;
    assert_eq!(answer(documented), done);
    assert_password(&store, "user", "12345luggage");
    let printed = |text: &str| {
        format!(
            r#"{{"apiversion":"1","type":"internal","command":"print","source":"internal","data":{{"result":"{text}"}},"event":{{"result":1}}}}"#
        )
    };
    assert_eq!(answer("<cpanel print=\"$homedir\">"), printed(&store.root.join("bob").display().to_string()));
    let tag = "<cpanel Module=\"Email::passwdpop('user',$FORM('password'),'','example.com')\">";
    assert_eq!(answer(tag), printed(""));
    let more =
        "<?cp Email::passwdpop( %, reason ) email='user@example.com', password='12345luggage', qouta='5' ?>";
    assert!(
        answer(more).contains(r#","warnings":["The parameter “qouta” was not used: "#),
        "{}",
        answer(more)
    );
    let back = "<cpanel Module=\"Email::passwdpop('user',$FORM('password'),'','example.com')\">";
    assert_eq!(answer(back), printed(""));
    assert_password(&store, "user", "From-A-Form-1");
    let weak = answer("<?cp Email::passwdpop(%,reason) domain=example.com email=user password=a ?>");
    assert!(weak.contains("too weak") && weak.contains("\"event\":{\"result\":0,"), "{weak}");
    let feature =
        r#"{"reqtype":"feature","module":"feature","func":"feature","apiversion":"1","args":"fileman"}"#;
    assert_eq!(
        answer(feature),
        r#"{"cpanelresult":{"data":{"result":0},"module":"feature","apiversion":1}}"#
    );
}

/// A CGI request for a page of the store.
fn cgi(store: &Store, variables: &[(&str, &str)], args: &[&str], body: &[u8]) -> Output {
    let mut command = store.command(program("liveapi"));
    command.env("GATEWAY_INTERFACE", "CGI/1.1").env("REQUEST_METHOD", "GET");
    command.env("PATH_TRANSLATED", store.dir.join("page.html")).envs(variables.iter().copied());
    fed(command.arg("render").args(args), body)
}

#[test]
fn as_a_cgi_program_it_takes_the_visitors_form() {
    let store = Store::with_account("tagc");
    store.add_mailbox("user", "Start-Password-1");
    let page = "<cpanelif $FORM{'password'}>[<cpanel Module=\"Email::passwdpop( $FORM('email','password','quota','domain') )\">]</cpanelif><cpanel print=\"$FORM{'email'}\">";
    std::fs::write(store.dir.join("page.html"), page).unwrap();
    let header = "Content-Type: text/html; charset=utf-8\r\n\r\n";
    let shown = |variables: &[(&str, &str)], body: &[u8]| text(&cgi(&store, variables, &[], body));
    assert_eq!(shown(&[], b""), header);
    assert_eq!(shown(&[("QUERY_STRING", "email=%3Cb%3E")], b""), format!("{header}&lt;b&gt;"));
    let body = b"password=S%26p+%2B%C3%A9%24user-Secret&domain=example.com&email=user";
    let length = body.len().to_string();
    let post = [
        ("REQUEST_METHOD", "POST"),
        ("CONTENT_TYPE", "application/x-www-form-urlencoded; charset=UTF-8"),
        ("CONTENT_LENGTH", &length),
        ("QUERY_STRING", "email=other"),
    ];
    assert_eq!(shown(&post, body), format!("{header}[]user"));
    assert_password(&store, "user", "S&p +é$user-Secret");
    let changed = |name: &'static str, value: &'static str| {
        post.map(|(known, old)| if known == name { (name, value) } else { (known, old) })
    };
    for (variables, args, body, why) in [
        (changed("CONTENT_LENGTH", "1048577"), vec![], &body[..], "at most 1048576"),
        (changed("CONTENT_LENGTH", "-1"), vec![], body, "at most 1048576"),
        (changed("CONTENT_TYPE", "multipart/form-data"), vec![], body, "application/x-www-form-urlencoded"),
        (changed("REQUEST_METHOD", "PUT"), vec![], body, "GET, HEAD and POST"),
        (changed("QUERY_STRING", "--output"), vec![], body, "no form"),
        (changed("QUERY_STRING", "a=%ff"), vec![], body, "not UTF-8"),
        (post, vec!["--output", "/tmp/x"], body, "not for CGI"),
        (post, vec!["-"], body, "must be a file"),
        (post, vec![], &body[..10], "before its end"),
    ] {
        let told = complaint(&cgi(&store, &variables, &args, body));
        assert!(told.contains(why) && !told.contains("Secret"), "{told}");
    }
    assert_password(&store, "user", "S&p +é$user-Secret");
}

/// A block of docs/guides/tags.md by its language.
fn block(language: &str) -> String {
    let page = std::fs::read_to_string(repository().join("docs/guides/tags.md")).unwrap();
    let (_, rest) = page.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn behind_apache_as_the_page_on_tags_says() {
    let site = Site::new("tagw", &["user"]);
    let path = |name: &str| site.path(name).display().to_string();
    std::fs::create_dir(site.path("tags")).unwrap();
    let script = "#!/bin/sh\nexec /usr/local/bin/liveapi render\n";
    std::fs::write(site.path("tags/render"), site.here(script)).unwrap();
    must(Command::new("chmod").args(["755", &path("tags/render")]));
    std::fs::write(site.path("www/page.cphtml"), block("html")).unwrap();
    let modules = ["alias", "actions", "cgid", "env", "mime"];
    let modules =
        modules.map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"));
    let settings = format!("ScriptSock {}\nTypesConfig /dev/null\n", path("cgid.sock"));
    let documented = block("apache").replace("/srv/tags", &path("tags"));
    let (_apache, port) = apache(&site, &(modules.concat() + &settings + &documented));
    let form = [("email", "user"), ("password", "By-A-Page+1 é")];
    let (status, page) = post_to_port(port, "page.cphtml?email=nobody", &form).unwrap();
    assert!(status == 200 && page.contains("<p></p>") && page.contains("?email=user"), "{status} {page}");
    assert!(site.verify("user", "By-A-Page+1 é"));
    let (_, page) = post_to_port(port, "page.cphtml", &[("email", "user"), ("password", "a")]).unwrap();
    assert!(page.contains("<p>Sorry, the password you selected"), "{page}");
    assert_eq!(post_to_port(port, "page.cphtml?--help", &form).unwrap().0, 500);
}

#[test]
fn the_page_on_tags_is_true() {
    let store = Store::with_account("tagd");
    std::fs::write(store.dir.join("page.html"), block("html")).unwrap();
    let run = || {
        let mut command = store.command("sh");
        let path = program("liveapi").parent().unwrap().display().to_string() + ":/usr/bin:/bin";
        command.args(["-c", &block("sh")]).current_dir(&store.dir).env("PATH", path);
        text(&command.output().unwrap())
    };
    let without = run();
    assert!(without.contains("<h1>Mailboxes of example.com</h1>"), "{without}");
    assert!(
        without.contains("<p>You do not have an email account named “user@example.com”.</p>"),
        "{without}"
    );
    assert!(without.contains("<caption>There are none.</caption>"), "{without}");
    store.add_mailbox("user", "Start-Password-1");
    let with = run();
    assert!(with.contains("<p></p>"), "{with}");
    let row = "<tr class=\"even\"><td><a href=\"?email=user\">user@example.com</a></td><td>0";
    assert!(with.contains(row), "{with}");
    assert_password(&store, "user", "12345luggage");
}
