//! Many processes at once: no line is lost, and no other byte changes.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::common::{Store, arg, json, program};
use liveapi_core::api::{Family, Outcome};
use liveapi_core::engine::{Client, Options};

const PROCESSES: usize = 16;
const CHANGES: usize = 50;

#[test]
fn sixteen_processes_change_fifty_passwords_each_in_one_domain() {
    let mut store = Store::with_account("many");
    store.required_strength = Some(0);
    let names: Vec<String> = (0..PROCESSES * CHANGES).map(|n| format!("u{n}")).collect();
    // A bystander between the others, with everything that a hand-made line can hold.
    let owner = store.owner();
    let passwd: String =
        names.iter().map(|name| format!("{name}:x:{owner}:{owner}::/nowhere/{name}:/nowhere\n")).collect();
    let lines: Vec<String> = names
        .iter()
        .map(|name| format!("{name}:$6$saltsaltsaltsalt${}:19700::::::", "x".repeat(86)))
        .collect();
    let bystander = "by.stander:!!$1$abc$def:1:2:3:4:5:6:user=x \r";
    let (first, second) = lines.split_at(400);
    let shadow = format!("{}\n{bystander}\n{}\n", first.join("\n"), second.join("\n"));
    std::fs::write(store.file("passwd"), passwd).unwrap();
    std::fs::write(store.file("shadow"), &shadow).unwrap();

    let store_ref = &store;
    std::thread::scope(|scope| {
        for part in names.chunks(CHANGES) {
            scope.spawn(move || {
                for name in part {
                    let mut command = store_ref.command(program("cpapi2"));
                    command.args(["--output=json", "Email", "passwdpop", "domain=example.com"]);
                    command.arg(arg("email", name)).arg(arg("password", &format!("password of {name}")));
                    let answer = json(&command.output().unwrap());
                    assert_eq!(answer["cpanelresult"]["data"][0]["result"], 1, "{name}: {answer}");
                }
            });
        }
    });

    let now = std::fs::read_to_string(store.file("shadow")).unwrap();
    assert_eq!(now.len(), shadow.len());
    for (before, after) in shadow.lines().zip(now.lines()) {
        if before == bystander.trim_end_matches('\r') {
            assert_eq!(before, after);
            continue;
        }
        let (name, hash) = (before.split(':').next().unwrap(), after.split(':').nth(1).unwrap());
        assert!(after.starts_with(&format!("{name}:$6$")) && after.ends_with("::::::"), "{after}");
        let password = format!("password of {name}");
        let password = liveapi_core::store::Password::to_be_stored(&password).unwrap();
        assert_eq!(
            liveapi_core::store::hash::verify(&password, hash),
            liveapi_core::store::hash::Verdict::Same,
            "{name}"
        );
    }
    assert!(now.contains(&format!("\n{bystander}\n")), "the bystander's bytes are as they were");
}

#[test]
fn readers_are_never_in_a_writers_way() {
    let store = Store::with_account("read");
    store.add_mailbox("user", "Start-Password-1");
    let options = serde_json::json!({ "url": format!("home://{}", store.root.display()), "user": "bob" });
    let client = Client::new(Options::from_json(&options.to_string()).unwrap()).unwrap();
    let call = |family, func, params: &str| {
        let result = client.call_json(family, "Email", func, params);
        assert!(matches!(result, Ok(Outcome::Done(_))), "{func}: {result:?}");
    };
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..200 {
                let params = format!(r#"{{"email":"user@example.com","password":"Other-Password-{n}"}}"#);
                call(Family::Api2, "passwdpop", &params);
            }
            stop.store(true, Ordering::Relaxed);
        });
        // A file may be replaced between being opened and being looked at; that is no fault of it.
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                call(Family::Uapi, "list_pops", "{}");
            }
        });
    });
}
