//! Lists of WHM with its modifiers, and what would choose others: honoured, or refused before anything is done.

use crate::common::Store;

/// Four accounts, one of them suspended.
pub(crate) fn with_accounts(name: &str) -> Store {
    let store = Store::with_account(name);
    for (user, domain) in [("carl", "c.example"), ("dora", "d.example"), ("eve", "e.example")] {
        let made =
            store.whm("createacct", &[&format!("username={user}"), &format!("domain={domain}"), "maxpop=7"]);
        assert_eq!(made["metadata"]["result"], 1, "{made}");
    }
    store.whm("suspendacct", &["user=dora", "reason=Unpaid: see 12"]);
    store
}

pub(crate) fn users(answer: &serde_json::Value) -> Vec<&str> {
    assert_eq!(answer["metadata"]["result"], 1, "{answer}");
    answer["data"]["acct"].as_array().unwrap().iter().map(|row| row["user"].as_str().unwrap()).collect()
}

#[test]
fn lists_of_whm_are_filtered_sorted_cut_and_shown_in_part() {
    let store = with_accounts("whmmod");
    let list = |words: &[&str]| store.whm("listaccts", words);
    let filter = |field: &str, kind: &str, arg: &str| {
        let words = [("field", field), ("type", kind), ("arg0", arg)];
        let words = words.map(|(name, value)| format!("api.filter.a.{name}={value}"));
        list(&["api.filter.enable=1", &words[0], &words[1], &words[2]])
    };
    for (field, kind, arg, expected) in [
        ("user", "eq", "nobody", vec![]),
        ("user", "eq", "carl", vec!["carl"]),
        ("user", "eq", "car", vec![]),
        ("user", "contains", "AR", vec!["carl"]),
        ("domain", "begins", "d.", vec!["dora"]),
        ("suspended", "==", "1", vec!["dora"]),
        ("maxpop", "lt_equal", "7", vec!["carl", "dora", "eve"]),
        ("maxpop", "gt_handle_unlimited", "7", vec!["bob"]),
        ("*", "eq", "e.example", vec!["eve"]),
        ("suspendreason", "contains", "unpaid", vec!["dora"]),
    ] {
        let answer = filter(field, kind, arg);
        assert_eq!(users(&answer), expected, "{field} {kind} {arg}");
        assert_eq!(answer["metadata"]["filter"]["filtered"], 4, "{answer}");
    }
    let both = list(&[
        "api.filter.enable=1",
        "api.filter.a.field=maxpop",
        "api.filter.a.type===",
        "api.filter.a.arg0=7",
        "api.filter.b.field=user",
        "api.filter.b.arg0=e",
        "api.filter.verbose=1",
    ]);
    assert_eq!(users(&both), ["eve"]);
    let sorted = list(&["api.sort.enable=1", "api.sort.a.field=user", "api.sort.a.reverse=1"]);
    assert_eq!(users(&sorted), ["eve", "dora", "carl", "bob"]);
    assert!(sorted["metadata"]["output"].is_null(), "{sorted}");
    let chunk = list(&[
        "api.sort.enable=1",
        "api.sort.a.field=user",
        "api.chunk.enable=1",
        "api.chunk.size=2",
        "api.chunk.start=3",
        "api.chunk.verbose=1",
    ]);
    assert_eq!(users(&chunk), ["dora", "eve"]);
    let told = serde_json::json!({"start":3,"current":2,"size":2,"chunks":2,"records":4});
    assert_eq!(chunk["metadata"]["chunk"], told);
    let columns = list(&["api.columns.enable=1", "api.columns.a=user", "api.columns.b=domain"]);
    assert_eq!(columns["data"]["acct"][0], serde_json::json!({"user":"bob","domain":"example.com"}));
    let want = list(&["want=user,suspendreason", "search=d.example"]);
    assert_eq!(want["data"]["acct"], serde_json::json!([{"user":"dora","suspendreason":"Unpaid: see 12"}]));
    let exact = |kind: &str, text: &str| {
        list(&[&format!("searchtype={kind}"), &format!("search={text}"), "searchmethod=exact"])
    };
    assert_eq!(users(&exact("user", "eve")), ["eve"]);
    assert!(users(&exact("user", "ev")).is_empty() && users(&exact("domain", "xample.com")).is_empty());
}

#[test]
fn what_chooses_others_is_honoured_or_refused_before_anything_is_done() {
    let store = with_accounts("whmref");
    for (func, words, param) in [
        ("listaccts", vec!["api.filter.a.field=user", "api.filter.a.arg0=x"], "api.filter.field"),
        ("listaccts", vec!["api.filter.enable=1"], "api.filter.field"),
        ("listaccts", vec!["api.chunk.size=1"], "api.chunk.size"),
        (
            "listaccts",
            vec!["api.filter.enable=1", "api.filter.a.field=nosuch", "api.filter.a.arg0=1"],
            "api.filter.field",
        ),
        (
            "listaccts",
            vec!["api.filter.enable=1", "api.filter.a.field=user", "api.filter.a.type=near"],
            "api.filter.type",
        ),
        ("listaccts", vec!["api.chunk.enable=1", "api.chunk.size=none"], "api.chunk.size"),
        ("listaccts", vec!["search=x", "searchmethod=soundex"], "searchmethod"),
        ("listaccts", vec!["owner=eve"], "owner"),
        ("removeacct", vec!["username=carl", "api.filter.enable=1"], "api.filter.enable"),
        ("removeacct", vec!["username=carl", "user=eve"], "username"),
        ("removeacct", vec!["user=carl", "domain=e.example"], "domain"),
        ("removeacct", vec!["user=carl", "search=x"], "search"),
        ("suspendacct", vec!["user=carl", "plan=x"], "plan"),
        ("suspendacct", vec!["user=carl", "Regex=x"], "Regex"),
        ("listaccts", vec!["api.filter.enable=2", "api.filter.a.field=user"], "api.filter.enable"),
        ("listaccts", vec!["Search=x"], "Search"),
        ("killpkg", vec!["pkgname=gold", "pkg=silver"], "pkg"),
        ("createacct", vec!["username=z", "domain=z.example", "MAXPOP=1", "maxpop=9"], "maxpop"),
        ("modifyacct", vec!["user=carl", "MAXPOP=1", "newuser=karl"], "newuser"),
        ("modifyacct", vec!["user=carl", "MAXPOP=1", "DNS=k.example"], "DNS"),
        ("modifyacct", vec!["user=carl", "MAXPOP=1", "domain=k.example"], "domain"),
    ] {
        let answer = store.whm(func, &words);
        assert_eq!(answer["metadata"]["result"], 0, "{func} {words:?}: {answer}");
        let why = answer["metadata"]["reason"].as_str().unwrap();
        assert!(why.contains(&format!("“{param}”")), "{func} {words:?}: {why}");
    }
    assert_eq!(users(&store.whm("listaccts", &[])), ["bob", "carl", "dora", "eve"]);
    assert_eq!(store.whm("accountsummary", &["user=carl"])["data"]["acct"][0]["maxpop"], "7");
    // Said twice, it is said once.
    let same = store.whm(
        "modifyacct",
        &["user=carl", "MAXPOP=8", "maxpop=8", "newuser=carl", "DNS=c.example", "username="],
    );
    assert!(same["metadata"]["result"] == 1 && same["metadata"]["output"].is_null(), "{same}");
    assert_eq!(users(&store.whm("listaccts", &["api.filter.enable=0", "api.filter.a.field=user"])).len(), 4);
}
