//! The example page, in PHP and in Perl, as a visitor uses it; and Dovecot's word on what it did.

use crate::common::arg;
use crate::common::dovecot::Dovecot;
use crate::example::{Example, LANGUAGES, page};
use crate::liveapid::{FIRST_PASSWORD, Reply};

/// Posts the form.
fn change(example: &Example, language: &str, address: &str, passwords: [&str; 2]) -> Reply {
    let [password, repeated] = passwords;
    let form = [arg("address", address), arg("password", password), arg("repeated", repeated)].join("&");
    example.pages.get(&page(language), &[&format!("--data={form}")])
}

/// What is said beside a field.
fn beside(reply: &Reply, field: &str) -> Option<String> {
    let (_, rest) = reply.body.split_once(&format!("id=\"{field}-error\">"))?;
    Some(rest[..rest.find('<').unwrap()].to_owned())
}

#[test]
fn a_password_is_changed_and_dovecot_takes_it() {
    let example = Example::start("le-good");
    let dovecot = Dovecot::start(&example.pages.daemon.store);
    let mut old = FIRST_PASSWORD.to_owned();
    for language in LANGUAGES {
        let form = example.pages.get(&page(language), &[]);
        assert_eq!(form.status, 200, "{form:?} {}", example.pages.daemon.log());
        assert!(form.body.contains("<option value=\"user@example.com\">"), "{form:?}");
        assert!(!form.body.contains("Child failed") && beside(&form, "address").is_none(), "{form:?}");
        assert!(form.field("content-security-policy").unwrap().contains("default-src 'none'"), "{form:?}");
        // By GET nothing happens.
        let query = format!(
            "{}?address=user%40example.com&password=Other-Pass-99&repeated=Other-Pass-99",
            page(language)
        );
        assert_eq!(example.pages.get(&query, &[]).status, 200);
        assert!(example.pages.daemon.opens(&old));
        let new = format!("Größe \"9\" <&> 'ü' + %41 \\ {language}");
        let reply = change(&example, language, "user@example.com", [&new, &new]);
        assert_eq!(reply.status, 200, "{reply:?}");
        assert!(reply.body.contains("<strong>user@example.com</strong> was changed"), "{reply:?}");
        assert!(reply.body.contains("role=\"status\"") && !reply.body.contains("Größe"), "{reply:?}");
        dovecot.assert_changed("user@example.com", &old, &new);
        old = new;
    }
    let log = example.pages.daemon.log();
    assert!(
        log.contains("Api2 Email::passwdpop") && !log.contains("Größe") && !log.contains("Gr\\u00f6"),
        "{log}"
    );
    let style = example.pages.get("mail/style.css", &[]);
    assert_eq!((style.status, style.field("content-type")), (200, Some("text/css; charset=utf-8")));
}

#[test]
fn refusals_stand_beside_their_field_and_change_nothing() {
    let example = Example::start("le-bad");
    for language in LANGUAGES {
        let good = ["Good-Pass-4711"; 2];
        for (address, passwords, field, words) in [
            ("user@example.com", ["abc", "abc"], "password", "strength"),
            ("user@example.com", ["Good-Pass-4711", "Good-Pass-4712"], "repeated", "differ"),
            ("user@example.com", ["", ""], "password", "Type the new password"),
            ("", good, "address", "Choose a mailbox"),
            ("user@example.org", good, "address", "example.org"),
            ("nobody@example.com", good, "address", "nobody@example.com"),
            ("user", good, "address", "domain"),
            ("<script>alert(1)</script>", good, "address", ""),
            ("\"><script>alert('1')</script>@example.com", good, "address", ""),
        ] {
            let reply = change(&example, language, address, passwords);
            assert_eq!(reply.status, 422, "{language} {address}: {reply:?}");
            let said =
                beside(&reply, field).unwrap_or_else(|| panic!("{language} {address} {field}: {reply:?}"));
            assert!(said.contains(words) && !said.trim().is_empty(), "{language} {address}: {said}");
            assert!(!reply.body.contains("<script") && !reply.body.contains("Good-Pass"), "{reply:?}");
            let field = format!(
                "aria-describedby=\"{}{field}-error\" aria-invalid=\"true\"",
                if field == "address" { "address-hint " } else { "" }
            );
            assert!(reply.body.contains(&field) && reply.body.contains("role=\"alert\""), "{reply:?}");
        }
        // Bytes that are no text are no password.
        let form = "--data=address=user@example.com&password=abc%ff%feGood-4711&repeated=abc%ff%feGood-4711";
        let reply = example.pages.get(&page(language), &[form]);
        assert_eq!(beside(&reply, "password").as_deref(), Some("Type the new password."), "{reply:?}");
        assert!(example.pages.daemon.opens(FIRST_PASSWORD), "{language}");
    }
}
