//! Every method of LiveAPI, in PHP and in Perl: what each returns, that both return the same, and the
//! table of it in docs/reference/methods.md.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;

use crate::common::entrance::every_method;
use crate::common::{Store, json, must, repository};
use crate::panel::{DONE, Panel, Reply, Seen, text};
use serde_json::{Map, Value, json};

/// What one language's script returned, and what it wrote to standard error.
fn called(store: &Store, language: &str) -> (Map<String, Value>, String) {
    run(store.command(language), &store.dir, language)
}

/// The same with a command that knows its engine.
fn run(command: Command, dir: &Path, language: &str) -> (Map<String, Value>, String) {
    let output = every_method(command, &dir.join(language), language);
    let returned = json(&output).as_object().unwrap().clone();
    (returned, String::from_utf8(output.stderr).unwrap())
}

/// A list, as a server answers it.
const LISTED: &str = r#"{"cpanelresult":{"apiversion":2,"func":"listpopssingle","data":[{"email":"user@example.com"}],"event":{"result":1},"module":"Email"}}"#;

/// A server's answer to what the scripts call, in the recorded shapes.
fn of_server(seen: &Seen) -> Reply {
    let uapi = |func: &str, status: u8, data: &str| {
        text(&format!(
            r#"{{"apiversion":3,"module":"M","func":"{func}","result":{{"status":{status},"metadata":{{}},"errors":null,"warnings":null,"messages":null,"data":{data}}}}}"#
        ))
    };
    match seen.field("cpanel_jsonapi_func").unwrap_or_default() {
        "getpopquota" => text(
            r#"{"apiversion":"1","type":"event","module":"Email","func":"getpopquota","source":"module","data":{"result":"1024"},"event":{"result":1}}"#,
        ),
        "get_pop_quota" => uapi("get_pop_quota", 1, "1024"),
        "has_feature" => uapi("has_feature", u8::from(seen.field("name") == Some("popaccts")), "null"),
        "get_dom" => uapi("get_dom", 1, r#"{"header":"<h1>panel</h1>","footer":"<hr>"}"#),
        "listpopssingle" => text(LISTED),
        _ => text(DONE),
    }
}

fn prepared(name: &str) -> Store {
    let store = Store::with_account(name);
    store.add_mailbox("user", "Start-Password-1");
    store
}

#[test]
fn both_languages_return_the_same_from_every_method() {
    let store = prepared("meth");
    let ((mut php, php_said), (perl, perl_said)) = (called(&store, "php"), called(&store, "perl"));
    let result = php.remove("get_result").expect("PHP has this one alone");
    assert_eq!(result[0]["email"], "user@example.com");
    for (name, value) in &php {
        let other = perl.get(name).unwrap_or_else(|| panic!("Perl lacks {name}"));
        if name == "new" {
            assert_eq!((value, other), (&json!("CPANEL"), &json!("Cpanel::LiveAPI")));
        } else if name == "log" {
            // A hash of Perl has no order, and the last line names what was in one.
            assert_eq!((&value[0], &value[1]), (&other[0], &other[1]));
        } else {
            assert_eq!(value, other, "{name}");
        }
    }
    assert_eq!(php.len(), perl.len());
    let said = [php_said, perl_said].concat();
    assert_eq!(said.matches("to standard error only").count(), 2, "{said}");
    let panel = Panel::start("methr", of_server);
    let (mut on_server, _) = run(panel.command("php"), &panel.dir, "php");
    let (perl, _) = run(panel.command("perl"), &panel.dir, "perl");
    on_server.remove("get_result");
    for (name, value) in on_server.iter().filter(|(name, _)| !matches!(name.as_str(), "new" | "log")) {
        assert_eq!(value, &perl[name], "{name} on a server");
    }
    table(&php, &on_server);
}

#[test]
fn on_a_server_it_answers_what_it_can() {
    let panel = Panel::start("methw", of_server);
    let (returned, _) = run(panel.command("perl"), &panel.dir, "perl");
    for (name, value) in [
        ("api2", serde_json::from_str(LISTED).unwrap()),
        ("cpanelfeature", json!(1)),
        ("cpanelfeature, unknown", json!(0)),
        ("header", json!("<h1>panel</h1>")),
        ("footer", json!("<hr>")),
        // A server's variables are not known here.
        ("cpanelprint", json!("$domain")),
        ("debug_log", json!(1)),
    ] {
        assert_eq!(returned[name], value, "{name}");
    }
    assert_eq!(returned["api1"]["cpanelresult"]["data"]["result"], "1024");
    assert_eq!(returned["uapi"]["cpanelresult"]["result"]["data"], 1024);
    assert_eq!(returned["exec"]["cpanelresult"]["data"]["result"], "user@example.com<br />");
    assert!(!Value::Object(returned.clone()).to_string().contains("s3cret"), "no log holds a password");
    assert_eq!(panel.connections(), 1, "one connection serves them all");
}

#[test]
fn each_method_returns_what_cpanels_does() {
    let (returned, _) = called(&prepared("methv"), "perl");
    let at = |name: &str| returned.get(name).unwrap_or_else(|| panic!("no {name}"));
    let printed = |text: &str| {
        json!({"cpanelresult":{"apiversion":"1","type":"internal","command":"print","source":"internal",
            "data":{"result":text},"event":{"result":1}}})
    };
    assert_eq!(at("api2")["cpanelresult"]["data"][0]["email"], "user@example.com");
    assert_eq!(at("api1")["cpanelresult"]["data"], json!({"result":"1024"}));
    assert_eq!(at("uapi")["cpanelresult"]["result"]["data"], 1024);
    assert_eq!(at("api3"), at("uapi"));
    assert_eq!(at("api")["cpanelresult"]["data"], json!([{"account":"user"}]));
    assert_eq!(at("exec"), &printed("user@example.com<br />"));
    assert_eq!(at("fetch"), &printed("bob"));
    assert_eq!(at("exec, skip_return"), &Value::Null);
    let bad = at("exec, bad tag");
    assert!(bad["cpanelresult"]["error"].as_str().unwrap().contains("1:1"), "{bad}");
    for (name, value) in [
        ("cpanelprint", json!("example.com")),
        ("cpanelprint, unknown", json!("$nosuch")),
        ("cpanellangprint", json!("SOME_KEY")),
        ("cpanelif", json!(1)),
        ("cpanelif, false", json!(0)),
        ("cpanelfeature", json!(1)),
        ("cpanelfeature, unknown", json!(0)),
        ("get_debug_level", json!(0)),
        ("debug_log, off", json!(0)),
        ("set_debug", json!(1)),
        ("get_debug_level, set", json!(2)),
        ("debug_log", json!(1)),
        ("debug_log, below", json!(0)),
        ("debug_log, standard error", json!(1)),
        ("debug_log_json", json!(1)),
        ("debug_log_json, no JSON", json!(0)),
        ("get_debug_log", json!("/.cpanel/LiveAPI.log.RANDOM")),
        ("log, mode", json!("600")),
        ("end", Value::Null),
    ] {
        assert_eq!(at(name), &value, "{name}");
    }
    assert_eq!(
        at("log"),
        &json!([
            "a line of the log",
            "{\"email\":\"user\",\"password\":\"(a secret)\"}",
            at("log")[2].as_str().unwrap()
        ])
    );
    let call = at("log")[2].as_str().unwrap();
    assert!(call.starts_with("Api2 Email::passwdpop [") && call.contains("\"password\""), "{call}");
    assert!(!Value::Object(returned.clone()).to_string().contains("s3cret"), "no log holds a password");
    let page = format!("{}content{}", at("header").as_str().unwrap(), at("footer").as_str().unwrap());
    assert!(page.contains("<title>Mail &amp; more</title>") && page.ends_with("</html>\n"), "{page}");
}

#[test]
fn a_page_knows_its_form() {
    let store = prepared("methf");
    let tag = r#"<cpanel print="$FORM{'email'}">"#;
    let perl = format!(
        "use Cpanel::LiveAPI; print Cpanel::LiveAPI->new->exec('{}')->{{cpanelresult}}{{data}}{{result}}",
        tag.replace('\'', "\\'")
    );
    let mut command = store.command("perl");
    command.arg("-I").arg(repository().join("bindings/perl/lib")).args(["-e", &perl]);
    command.env("GATEWAY_INTERFACE", "CGI/1.1").env("QUERY_STRING", "x=1&email=a%2Bb+c%40example.com;y");
    assert_eq!(String::from_utf8(must(&mut command).stdout).unwrap(), "a+b c@example.com");
}

/// What a page sets, its next requests know, in a forked child too; other pages of the process do not.
#[test]
fn what_setvar_sets_holds_for_its_object_and_no_other() {
    let store = prepared("methset");
    let php = format!(
        r#"require '{}'; $one = new CPANEL(); $other = new CPANEL();
        $one->exec('<cpanel setvar="dprefix=../$user/">');
        echo $one->fetch('$dprefix')['cpanelresult']['data']['result'], ' ', $one->cpanelprint('[$dprefix]'), ' ',
            $one->cpanelif('$dprefix == ../bob/'), ' ', $other->cpanelprint('$dprefix'), "\n";
        $one->exec('<cpanel setvar="dprefix=$dprefix.">');
        echo $one->cpanelprint('$dprefix'), "\n";"#,
        repository().join("bindings/php/cpanel.php").display()
    );
    let perl = r#"use Cpanel::LiveAPI; $| = 1; my ($one, $other) = (Cpanel::LiveAPI->new, Cpanel::LiveAPI->new);
        $one->exec('<cpanel setvar="dprefix=../$user/">');
        print $one->fetch('$dprefix')->{cpanelresult}{data}{result}, ' ', $one->cpanelprint('[$dprefix]'), ' ',
            $one->cpanelif('$dprefix == ../bob/'), ' ', $other->cpanelprint('$dprefix'), "\n";
        my $child = fork;
        if (!$child) { $one->exec('<cpanel setvar="dprefix=$dprefix.">'); print $one->cpanelprint('$dprefix'), "\n"; exit }
        waitpid $child, 0;
        die $one->cpanelprint('$dprefix') if $one->cpanelprint('$dprefix') ne '../bob/';"#;
    let library = format!("-I{}", repository().join("bindings/perl/lib").display());
    for (language, args) in [("php", vec!["-r", &php]), ("perl", vec![&library, "-e", perl])] {
        let output = must(store.command(language).args(&args));
        let said = String::from_utf8(output.stdout).unwrap();
        assert_eq!(said, "../bob/ [../bob/] 1 $dprefix\n../bob/.\n", "{language}");
    }
}

#[test]
fn the_objects_write_nothing_when_they_end() {
    let store = prepared("methe");
    let scripts = [
        ("php", vec!["-r".to_owned(), format!("require '{}'; $c = new CPANEL(); $c->set_debug(1); $c->end(); $d = new CPANEL(); $d->fetch('$user');", repository().join("bindings/php/cpanel.php").display())]),
        ("perl", vec![format!("-I{}", repository().join("bindings/perl/lib").display()), "-e".to_owned(),
            "use Cpanel::LiveAPI; my $c = Cpanel::LiveAPI->new; $c->set_debug(1); $c->end; my $d = Cpanel::LiveAPI->new; $d->fetch('$user')".to_owned()]),
    ];
    for (language, args) in scripts {
        let output = must(store.command(language).args(&args));
        assert!(output.stdout.is_empty() && output.stderr.is_empty(), "{language}: {output:?}");
    }
}

/// What a method returns, short enough for a table.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Object(_) | Value::Array(_) => "the answer, an array or a hash".to_owned(),
        Value::Null => "nothing".to_owned(),
        Value::String(text) if text.contains('<') => "HTML".to_owned(),
        other => format!("`{other}`"),
    };
    text.replace('|', "\\|")
}

/// The page of methods is what was just returned.
fn table(returned: &Map<String, Value>, on_server: &Map<String, Value>) {
    let mut text = String::from(
        "# The methods of LiveAPI\n\nWritten by `LIVEAPI_WRITE_DOCS=1 cargo test --test host methods`, which calls each method in both languages and \
         fails where they differ. The server is a test server with recorded answers; what it cannot be asked is in [the guide on servers](../guides/remote.md). The calls are those of \
         `tests/php/methods.php` and `tests/perl/methods.pl`.\n\n\
         | method | PHP | Perl | embedded store returns | a server returns |\n| --- | --- | --- | --- | --- |\n",
    );
    for (name, value) in returned.iter().filter(|(name, _)| !name.starts_with("log")) {
        let shown = |value| if name == "new" { "an object".to_owned() } else { shown(value) };
        let _ = writeln!(text, "| `{name}` | yes | yes | {} | {} |", shown(value), shown(&on_server[name]));
    }
    let _ = writeln!(
        text,
        "| `get_result` | yes | no, as in cPanel's | the data of the last answer | the same |"
    );
    text.push_str(
        "\nBeside cPanel's: `whm` in both languages calls WHM API 1, `batch` makes many calls at once. Levels of the debug log: 0 is off; a message is \
         written when its level is at least the log's. Values of parameters are never logged.\n",
    );
    let path = repository().join("docs/reference/methods.md");
    if std::env::var_os("LIVEAPI_WRITE_DOCS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/reference/methods.md is stale; run LIVEAPI_WRITE_DOCS=1 cargo test --test host methods"
    );
}
