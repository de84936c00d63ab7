//! The cookies of sessions: `cpsession=USER:RANDOM,HEX`, URL-encoded, with one name per service.

use url::form_urlencoded;

use crate::server::origin::ServiceKind;

/// The name of a service's cookie. Browsers send a cookie to all ports of a host, so the names tell them apart.
pub fn name(service: ServiceKind) -> &'static str {
    match service {
        ServiceKind::Whm => "whostmgrsession",
        ServiceKind::Cpanel => "cpsession",
        ServiceKind::Webmail => "webmailsession",
    }
}

/// Whether that is the name of a session's cookie.
pub fn is_session(wanted: &str) -> bool {
    [ServiceKind::Whm, ServiceKind::Cpanel, ServiceKind::Webmail]
        .into_iter()
        .any(|service| name(service) == wanted)
}

/// What stands in the cookie of a user with that secret.
pub(super) fn value(user: &str, secret: &str) -> String {
    form_urlencoded::byte_serialize(format!("{user}:{secret}").as_bytes()).collect()
}

/// The secrets that a `Cookie` line holds under a name; a line can hold several of one name.
pub(super) fn secrets(line: &str, name: &str) -> Vec<String> {
    let pairs = line.split(';').filter_map(|pair| pair.trim().split_once('='));
    let values = pairs.filter(|(known, _)| known.trim() == name).map(|(_, value)| value.trim());
    values.filter_map(secret).collect()
}

fn secret(value: &str) -> Option<String> {
    let decoded = form_urlencoded::parse(format!("v={value}").as_bytes()).next()?.1.into_owned();
    decoded.rsplit_once(':').map(|(_, secret)| secret.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_comes_back_encoded_or_not() {
        let set = value("user+tag@example.com", "AbC,0f");
        assert!(!set.contains([':', ',', '@', '+', ' ']), "{set}");
        for line in [
            format!("cpsession={set}"),
            format!("a=b; cpsession={set} ; timezone=UTC"),
            "cpsession=johnny:AbC,0f".to_owned(),
            "cpsession=johnny%3aAbC%2c0f;".to_owned(),
        ] {
            assert_eq!(secrets(&line, "cpsession"), ["AbC,0f"], "{line}");
        }
        assert_eq!(secrets("cpsession=a:1; cpsession=b:2", "cpsession"), ["1", "2"]);
        for none in ["", ";;", "cpsession", "cpsession=x", "xcpsession=a:1", "whostmgrsession=a:1"] {
            assert!(secrets(none, "cpsession").is_empty(), "{none}");
        }
    }
}
