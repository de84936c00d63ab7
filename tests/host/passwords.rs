//! Any password that a mail program can send, set through any entrance, is the one that opens.

use crate::common::Store;
use crate::common::dovecot::Dovecot;
use crate::common::entrance::ALL;

/// Characters that have broken one panel or another, beside all of printable ASCII.
const HARD: &str =
    "&%+#$\"'<>\\ =@:;|*?!~`^{}[]()/,.-_äöüßéñœÅłžΩжд中文かな한글עבري🙂👩‍👩‍👧‍👦\u{a0}\u{200b}\u{feff}\u{7f}";

/// A small generator with a printed seed, so that a failure can be repeated.
struct Random(u64);

impl Random {
    #[allow(clippy::print_stderr, reason = "shown when the test fails, to repeat it")]
    fn new() -> Self {
        let given = std::env::var("LIVEAPI_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = given.unwrap_or_else(|| getrandom::u64().unwrap());
        eprintln!("LIVEAPI_TEST_SEED={seed}");
        Self(seed | 1)
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    fn password(&mut self) -> String {
        let printable: Vec<char> = (' '..='~').chain(HARD.chars()).collect();
        let length = 1 + self.below(24);
        (0..length).map(|_| printable[self.below(printable.len())]).collect()
    }
}

/// What random draws may miss.
fn corners() -> Vec<String> {
    let mut corners: Vec<String> = HARD.chars().map(|c| c.to_string()).collect();
    let fixed = [
        "12345678",
        "0012",
        "true",
        "null",
        "[]",
        "{}",
        "\"quoted\"",
        "%41%zz%",
        "+",
        "a b",
        " lead",
        "trail ",
        "@file",
        "$(id)",
        "`id`",
        "${HOME}",
        "p&a%s+s \"q\" é<b>#/",
        "\\u0041",
        "\\",
        "</cpanelresult>",
        "e\u{301}",
        "é",
        "-dash",
        "a=b",
    ];
    corners.extend(fixed.map(str::to_owned));
    corners.push("x".repeat(511));
    corners
}

#[test]
fn what_was_set_is_what_opens() {
    let mut store = Store::with_account("pass");
    store.required_strength = Some(0);
    let mut random = Random::new();
    let passwords: Vec<String> = corners().into_iter().chain((0..40).map(|_| random.password())).collect();
    let users: Vec<String> = (0..passwords.len()).map(|n| format!("u{n}")).collect();
    for user in &users {
        store.add_mailbox(user, "Start-Password-1");
    }
    let dovecot = Dovecot::start(&store);
    for entrance in ALL {
        // Another permutation each time, so that what an earlier entrance set cannot pass for this one's work.
        let shift = 1 + random.below(passwords.len() - 1);
        let changes: Vec<(String, String)> = (0..users.len())
            .map(|n| (users[n].clone(), passwords[(n + shift) % passwords.len()].clone()))
            .collect();
        entrance.set_all(&store, &changes);
        std::thread::sleep(std::time::Duration::from_millis(1100));
        for (user, password) in &changes {
            assert!(
                dovecot.auth(&format!("{user}@example.com"), password),
                "{entrance:?} {user}: {password:?}"
            );
        }
        // And they are exact: a changed last character does not open.
        for (user, password) in changes.iter().take(5) {
            let mut other = password.clone();
            let last = other.pop();
            other.push(if last == Some('~') { '!' } else { '~' });
            assert!(!dovecot.auth(&format!("{user}@example.com"), &other), "{entrance:?} {user}: {other:?}");
        }
    }
}
