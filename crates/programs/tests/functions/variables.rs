//! What pages ask for besides data: variables, features, and the frame around them.

use crate::common::Store;
use serde_json::{Value, json};

#[test]
fn an_account_knows_itself() {
    let store = Store::with_account("vars");
    store.whm("modifyacct", &["user=bob", "MAXPOP=7"]);
    let told = |func: &str, args: &[&str]| store.uapi("Variables", func, args)["result"].clone();
    let all = told("get_user_information", &[])["data"].clone();
    assert_eq!((&all["user"], &all["domain"]), (&json!("bob"), &json!("example.com")));
    assert_eq!(all["home"], store.root.join("bob").display().to_string());
    assert_eq!(all["maximum_mail_accounts"], "7");
    assert_eq!(told("get_user_information", &["name=domain"])["data"], json!({"domain":"example.com"}));
    let two = told("get_user_information", &["name-1=user", "name-2=maximum_mail_accounts"])["data"].clone();
    assert_eq!(two, json!({"user":"bob","maximum_mail_accounts":"7"}));
    let unknown = told("get_user_information", &["name=nosuch"]);
    assert!(unknown["errors"][0].as_str().unwrap().contains("known are user, domain, home"), "{unknown}");
    let host = told("get_session_information", &[])["data"]["host"].clone();
    assert!(host.as_str().is_some_and(|host| !host.is_empty()), "{host}");
    assert_eq!(told("get_server_information", &["name=host"])["data"]["host"], host);
}

/// Pages choose their language, their look and what they offer by these.
#[test]
fn pages_find_the_documented_variables() {
    let store = Store::with_account("varp");
    let shown = |text: &str| {
        let page = store.dir.join("page.html");
        std::fs::write(&page, format!("<cpanel print=\"{text}\">")).unwrap();
        let output =
            store.command(crate::common::program("liveapi")).arg("render").arg(&page).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let host = store.uapi("Variables", "get_session_information", &[])["result"]["data"]["host"].clone();
    for (text, value) in [
        ("$lang", "en"),
        ("$theme", "jupiter"),
        ("$hostname", host.as_str().unwrap()),
        ("$isreseller", "0"),
        ("$hasvalidshell", "0"),
        ("$hasmailman$hascgi$isdemo", "000"),
        ("$CPDATA{'DNS'}", "example.com"),
        ("$CPDATA{'RS'}", "jupiter"),
        ("$nosuch", "$nosuch"),
    ] {
        assert_eq!(shown(text), value, "{text}");
    }
    let frame = store.dir.join("frame.html");
    std::fs::write(
        &frame,
        "<cpanel Branding=\"include(stdheader.html)\">x<cpanel Branding=\"include(stdfooter.html)\">",
    )
    .unwrap();
    let output = store.command(crate::common::program("liveapi")).arg("render").arg(&frame).output().unwrap();
    let page = String::from_utf8(output.stdout).unwrap();
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.ends_with("<main>\nx</main>\n</body>\n</html>\n"),
        "{page}"
    );
}

#[test]
fn features_are_those_of_the_store() {
    let store = Store::with_account("feat");
    let has =
        |name: &str| store.uapi("Features", "has_feature", &[&format!("name={name}")])["result"].clone();
    assert_eq!((&has("popaccts")["status"], &has("popaccts")["data"]), (&json!(1), &Value::Null));
    let without = has("autossl");
    assert_eq!(without["status"], 0);
    assert_eq!(without["errors"][0], "The feature “autossl” is not available to this account.");
}

#[test]
fn the_frame_of_a_page_is_whole_and_escaped() {
    let store = Store::with_account("dom");
    let frame = |args: &[&str]| store.uapi("Chrome", "get_dom", args)["result"]["data"].clone();
    let named = frame(&["page_title=Mail %26 <b>more"]);
    let page = format!("{}content{}", named["header"].as_str().unwrap(), named["footer"].as_str().unwrap());
    for part in [
        "<!DOCTYPE html>",
        "<html lang=\"en\">",
        "<title>Mail &amp; &lt;b&gt;more</title>",
        "<h1>Mail &amp; &lt;b&gt;more</h1>\ncontent</main>",
        "</html>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!frame(&[])["header"].as_str().unwrap().contains("<h1>"));
}
