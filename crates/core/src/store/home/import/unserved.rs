//! What a backup holds besides domains and mail: by its first steps, what it is, what its owner misses, what to do.
//! None of it is served here, and none of it is left out of the report.

use std::collections::{BTreeMap, BTreeSet};

use super::anomaly::{Anomalies, AnomalyKind, Treatment, Unserved};

/// Most names of one kind that are kept.
const MAX_NAMES: usize = 12;

/// A kind of things that stay behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Spam,
    BoxTrapper,
    MailingLists,
    Dkim,
    Zones,
    Databases,
    Cron,
    Certificates,
    Ftp,
    Reseller,
    Team,
    Logins,
    Web,
    Rest,
    RestOfBackup,
}

/// How a kind is told: in words, what is missed, what to do.
struct Words {
    kind: AnomalyKind,
    what: &'static str,
    sees: &'static str,
    done: Treatment,
}

impl Kind {
    fn words(self) -> Words {
        let (kind, what, sees, done) = match self {
            Self::Spam => (
                AnomalyKind::SpamFilter,
                "settings of SpamAssassin",
                "mail arrives unmarked, spam with it",
                Treatment::OwnSpamFilter,
            ),
            Self::BoxTrapper => (
                AnomalyKind::BoxTrapper,
                "BoxTrapper, which lets in only senders that answered a question",
                "mail of everybody arrives, and nobody is asked",
                Treatment::Tell,
            ),
            Self::MailingLists => (
                AnomalyKind::MailingList,
                "mailing lists of Mailman",
                "mail to a list is refused: No Such User Here",
                Treatment::OwnMailman,
            ),
            Self::Dkim => (
                AnomalyKind::LeftBehind,
                "keys of DKIM",
                "mail goes out unsigned, and other servers may take it for spam",
                Treatment::OwnDkim,
            ),
            Self::Zones => (
                AnomalyKind::LeftBehind,
                "DNS zones",
                "until DNS leads here, mail arrives at the old server",
                Treatment::OwnZones,
            ),
            Self::Databases => (AnomalyKind::LeftBehind, "databases", NONE_HERE, Treatment::Elsewhere),
            Self::Cron => (AnomalyKind::LeftBehind, "cron jobs", "they do not run", Treatment::Elsewhere),
            Self::Certificates => {
                (AnomalyKind::LeftBehind, "certificates and keys of TLS", NONE_HERE, Treatment::Elsewhere)
            }
            Self::Ftp => (AnomalyKind::LeftBehind, "FTP accounts", NONE_HERE, Treatment::Elsewhere),
            Self::Reseller => {
                (AnomalyKind::LeftBehind, "a reseller's rights", NONE_HERE, Treatment::Elsewhere)
            }
            Self::Team => (AnomalyKind::LeftBehind, "users of a team", NONE_HERE, Treatment::Elsewhere),
            Self::Logins => {
                (AnomalyKind::LeftBehind, "links to logins elsewhere", NONE_HERE, Treatment::Elsewhere)
            }
            Self::Web => (AnomalyKind::LeftBehind, "web pages", NONE_HERE, Treatment::Elsewhere),
            Self::Rest => {
                (AnomalyKind::LeftBehind, "further files of the home", NONE_HERE, Treatment::Elsewhere)
            }
            Self::RestOfBackup => {
                (AnomalyKind::LeftBehind, "further files of the backup", NONE_HERE, Treatment::Elsewhere)
            }
        };
        Words { kind, what, sees, done }
    }

    /// Whether a home that is used in place keeps it.
    fn stays_in_place(self) -> bool {
        !matches!(self, Self::Spam | Self::BoxTrapper)
    }
}

const NONE_HERE: &str = "a mail store has none";

/// Files and folders of a backup that say nothing which this store could serve or anybody could miss: what it was
/// made by, what is said in the account's file too, counts of the old server.
const NOTHING: [&[u8]; 24] = [
    b"addons",
    b"apache_tls",
    b"bandwidth",
    b"bandwidth_db",
    b"counters",
    b"fpversion",
    b"has_sslstorage",
    b"homedir_paths",
    b"httpfiles",
    b"ips",
    b"locale",
    b"logs",
    b"meta",
    b"mysql-timestamps",
    b"nobodyfiles",
    b"pds",
    b"quota",
    b"sds",
    b"sds2",
    b"shell",
    b"ssldomain",
    b"suspendinfo",
    b"userdata",
    b"version",
];

/// What stands at a path that mail does not need; none if nobody misses it.
fn kind(path: &[Vec<u8>]) -> Option<Kind> {
    match path {
        [home] if home == b"homedir" => None,
        [home, name, ..] if home == b"homedir" => Some(in_home(name)),
        [name, ..] if NOTHING.contains(&name.as_slice()) => None,
        [name, ..] => Some(match name.as_slice() {
            b"mm" | b"mma" | b"mms" => Kind::MailingLists,
            b"domainkeys" => Kind::Dkim,
            b"dnszones" => Kind::Zones,
            b"mysql"
            | b"mysql.sql"
            | b"mysql.sql-auth.json"
            | b"psql"
            | b"psql_users.sql"
            | b"psql_grants.sql" => Kind::Databases,
            b"cron" => Kind::Cron,
            b"ssl" | b"sslcerts" | b"sslkeys" => Kind::Certificates,
            b"proftpdpasswd" | b"digestshadow" => Kind::Ftp,
            b"resellerconfig" | b"resellerfeatures" | b"resellerpackages" => Kind::Reseller,
            b"team" => Kind::Team,
            b"authn_links" => Kind::Logins,
            _ => Kind::RestOfBackup,
        }),
        [] => None,
    }
}

fn in_home(name: &[u8]) -> Kind {
    if name.starts_with(b".spamassassin") {
        Kind::Spam
    } else if name.starts_with(b".boxtrapper") {
        Kind::BoxTrapper
    } else if [&b"public_html"[..], b"public_ftp", b"www", b".htpasswds"].contains(&name) {
        Kind::Web
    } else {
        Kind::Rest
    }
}

/// What was seen of it.
#[derive(Debug, Default)]
pub(super) struct UnservedThings {
    /// The files by which each is told, and how many there were.
    seen: BTreeMap<Kind, (BTreeSet<String>, u64)>,
}

impl UnservedThings {
    /// Keeps that something stands there, of that size if it is a file. A folder counts by what is in it, and an
    /// empty file (one line feed, as cPanel writes them) for nothing, but where being there says something.
    pub(super) fn see(&mut self, path: &[Vec<u8>], file_size: Option<u64>) {
        let Some(kind) = kind(path) else { return };
        let top = if path[0] == b"homedir" { 2 } else { 1 };
        let is_mark = matches!(kind, Kind::Spam | Kind::BoxTrapper);
        if !is_mark && file_size.map_or(path.len() <= top, |size| size <= 1) {
            return;
        }
        let told = match path {
            [home, name, ..] if home == b"homedir" => name,
            // Of these, each is known by its own name.
            [_, name, ..] if kind != Kind::RestOfBackup => name,
            [name, ..] => name,
            [] => return,
        };
        let (names, count) = self.seen.entry(kind).or_default();
        let told = String::from_utf8_lossy(told).into_owned();
        if names.len() < MAX_NAMES {
            if names.insert(told) {
                *count += 1;
            }
        } else if !names.contains(&told) {
            *count += 1;
        }
    }

    /// Tells each kind once.
    pub(super) fn tell(&self, anomalies: &mut Anomalies, in_place: bool) {
        for (kind, (names, count)) in &self.seen {
            if in_place && kind.stays_in_place() {
                continue;
            }
            let Words { kind: anomaly, what, sees, done } = kind.words();
            let shown: Vec<_> = names.iter().map(|name| name.escape_debug().to_string()).collect();
            let more = if *count > names.len() as u64 { " and more" } else { "" };
            let place = place(*kind, &shown);
            let what = format!("{what}: {}{more}", shown.join(", "));
            anomalies.unserved(Unserved {
                place: (&place, None),
                mailbox: None,
                kind: anomaly,
                what,
                sees,
                done,
            });
        }
    }
}

/// The file or folder by which a kind is told.
fn place(kind: Kind, names: &[String]) -> String {
    let folder = match kind {
        Kind::MailingLists => "mm",
        Kind::Databases => "mysql",
        Kind::Dkim => "domainkeys",
        Kind::Zones => "dnszones",
        Kind::Cron => "cron",
        Kind::Certificates => "ssl",
        Kind::Ftp => "proftpdpasswd",
        Kind::Reseller => "resellerconfig",
        Kind::Team => "team",
        Kind::Logins => "authn_links",
        Kind::Rest => "homedir",
        Kind::RestOfBackup => "backup",
        Kind::Spam | Kind::BoxTrapper | Kind::Web => "",
    };
    match names {
        [first, ..] if folder.is_empty() => first.clone(),
        _ => folder.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(paths: &[&str], in_place: bool) -> Vec<(String, String)> {
        let mut things = UnservedThings::default();
        for path in paths {
            let steps: Vec<Vec<u8>> = path.split('/').map(|step| step.as_bytes().to_vec()).collect();
            things.see(&steps, Some(9));
        }
        let mut anomalies = Anomalies::of(in_place);
        things.tell(&mut anomalies, in_place);
        anomalies.into_list().0.into_iter().map(|told| (told.file, told.what)).collect()
    }

    #[test]
    fn each_kind_is_told_once_with_its_names() {
        let paths = [
            "mysql/alice_shop.sql",
            "mysql/alice_blog.sql",
            "mm/news_example.com/config.pck",
            "mma/news_example.com/x",
            "homedir/public_html/index.html",
            "homedir/.spamassassinenable",
            "homedir/.bashrc",
            "homedir/tickets/1",
            "dnszones/example.com.db",
            "version",
            "userdata/example.com",
        ];
        let all = told(&paths, false);
        let find = |file: &str| all.iter().find(|(place, _)| place == file).map(|(_, what)| what.as_str());
        assert_eq!(find("mysql"), Some("databases: alice_blog.sql, alice_shop.sql"));
        assert_eq!(find("mm"), Some("mailing lists of Mailman: news_example.com"));
        assert_eq!(find("public_html"), Some("web pages: public_html"));
        assert_eq!(find(".spamassassinenable"), Some("settings of SpamAssassin: .spamassassinenable"));
        assert_eq!(find("homedir"), Some("further files of the home: .bashrc, tickets"));
        assert_eq!(find("dnszones"), Some("DNS zones: example.com.db"));
        assert_eq!(all.len(), 6);
        assert_eq!(told(&paths[4..8], true).len(), 1, "a home that stays keeps its pages");
    }

    #[test]
    fn empty_files_and_folders_are_nothing() {
        let mut things = UnservedThings::default();
        let steps = |path: &str| path.split('/').map(|step| step.as_bytes().to_vec()).collect::<Vec<_>>();
        things.see(&steps("mysql"), None);
        things.see(&steps("cron/alice"), Some(1));
        assert!(things.seen.is_empty());
        things.see(&steps("homedir/.spamassassinenable"), Some(0));
        assert_eq!(things.seen.len(), 1, "this one says something by being there");
    }
}
