//! Domains of large providers, whose mail nobody here may take.

use super::Domain;

/// An account that had one of these would get what its neighbours write there.
const COMMON: [&str; 76] = [
    "126.com",
    "163.com",
    "aliyun.com",
    "amazon.com",
    "aol.com",
    "apple.com",
    "att.net",
    "bellsouth.net",
    "bigpond.com",
    "bluewin.ch",
    "bol.com.br",
    "btinternet.com",
    "charter.net",
    "comcast.net",
    "cox.net",
    "daum.net",
    "earthlink.net",
    "ebay.com",
    "facebook.com",
    "fastmail.com",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "github.com",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "google.com",
    "googlemail.com",
    "hanmail.net",
    "hey.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.fr",
    "hotmail.it",
    "icloud.com",
    "instagram.com",
    "laposte.net",
    "libero.it",
    "linkedin.com",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "microsoft.com",
    "msn.com",
    "naver.com",
    "orange.fr",
    "outlook.com",
    "paypal.com",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "rambler.ru",
    "rediffmail.com",
    "rocketmail.com",
    "sfr.fr",
    "sina.com",
    "sky.com",
    "t-online.de",
    "tutanota.com",
    "uol.com.br",
    "verizon.net",
    "virgilio.it",
    "wanadoo.fr",
    "web.de",
    "yahoo.com",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// The common domain that a domain is, or lies below.
pub fn common_domain(domain: &Domain) -> Option<&str> {
    // A provider of that name has one in many countries: yahoo.de, outlook.co.jp, live.nl.
    const EVERYWHERE: [&str; 5] = ["gmail", "googlemail", "hotmail", "outlook", "yahoo"];
    let own = std::iter::once(domain.as_str()).chain(domain.parents());
    own.into_iter().find(|name| {
        let (label, rest) = name.split_once('.').unwrap_or((name, ""));
        let is_country =
            rest.len() == 2 || (rest.len() <= 6 && rest.as_bytes().iter().rev().nth(2) == Some(&b'.'));
        COMMON.contains(name) || (EVERYWHERE.contains(&label) && is_country)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_themselves_and_what_lies_below() {
        let common = |name| common_domain(&Domain::parse(name).unwrap()).map(str::to_owned);
        assert_eq!(common("gmail.com").as_deref(), Some("gmail.com"));
        assert_eq!(common("mx.Mail.GMAIL.com").as_deref(), Some("gmail.com"));
        assert_eq!(common("yahoo.de").as_deref(), Some("yahoo.de"));
        assert_eq!(common("outlook.co.jp").as_deref(), Some("outlook.co.jp"));
        for own in ["notgmail.com", "gmail.com.example", "example.com", "yahoo.example", "gmail.example.org"]
        {
            assert_eq!(common(own), None, "{own}");
        }
        assert!(COMMON.is_sorted());
    }
}
