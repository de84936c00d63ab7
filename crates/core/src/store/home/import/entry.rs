//! One thing that a source holds: a path in the backup, what stands there, and its content.
//!
//! Paths are those of a backup: `homedir/etc/example.com/shadow`, `cp/bob`. A home directory alone is
//! shown as the `homedir` of a backup that has nothing else.

use std::io::Read;

use crate::api::{Error, NotDone};

/// Longest path, and longest step of one, in bytes.
const MAX_PATH: usize = 4096;
const MAX_STEP: usize = 255;
/// Deeper folders are no mail; the limit bounds open descriptors, and is below that of removing trees.
pub const MAX_STEPS: usize = 48;

/// What kind of file stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryKind {
    Folder,
    File,
    /// A regular file that has further names, somewhere.
    Shared,
    /// Another name of a file that came before, by its path.
    HardLink(Vec<Vec<u8>>),
    Link,
    /// A FIFO, socket or device.
    Special,
}

/// A thing that a source holds, without its content.
#[derive(Debug)]
pub struct SourceEntry<'a> {
    /// Its path, step by step; no step is empty, `.` or `..`.
    pub path: &'a [Vec<u8>],
    pub kind: EntryKind,
    /// Bytes of a regular file.
    pub size: u64,
    pub mode: u32,
    /// Seconds and nanoseconds since 1970. A message's is the date at which it was received.
    pub changed: (i64, u32),
    /// Whether it belongs to the owner of the source or to root.
    pub trusted: bool,
}

/// The content of a regular file, opened only when it is wanted; nothing if it is gone meanwhile.
pub trait Content {
    fn open(&mut self) -> Result<Option<Box<dyn Read + '_>>, Error>;
}

/// Who looks at the entries of a source, one after the other.
pub trait Visitor {
    fn visit(&mut self, entry: &SourceEntry<'_>, content: &mut dyn Content) -> Result<(), NotDone>;
}

/// What a path is to an import.
#[derive(Debug, PartialEq, Eq)]
pub enum Role<'a> {
    /// `cp/USER`.
    AccountFile(&'a [u8]),
    /// `shadow`, the account's own hash.
    OwnHash,
    /// `userdata/main`.
    UserData,
    /// `va/DOMAIN`.
    Aliases(&'a [u8]),
    /// `vad/DOMAIN`.
    DomainAlias(&'a [u8]),
    /// `homedir`, its `etc` or `mail`: all else hangs on them.
    Trunk,
    /// `homedir/etc/DOMAIN`.
    DomainFolder(&'a [u8]),
    /// `homedir/etc/DOMAIN/NAME`, and what is below it.
    InDomain { domain: &'a [u8], name: &'a [u8], below: bool },
    /// `homedir/mail/…`: the steps behind `mail`.
    Mail(&'a [Vec<u8>]),
    /// `suspended/USER`: why the account is suspended.
    Suspension(&'a [u8]),
    /// `vf/DOMAIN`, or what the account's own rules are kept in.
    Rules,
    /// `homedir/.autorespond/NAME`: one autoresponder, or its settings.
    Autoresponder(&'a [u8]),
    /// Something that no store serves, or that is no mail at all. It is told, and not looked into.
    Unserved,
    /// Nothing that is known.
    Other,
}

/// What the path of a backup is to an import.
pub fn role(path: &[Vec<u8>]) -> Role<'_> {
    let first = path.first().map(Vec::as_slice).unwrap_or_default();
    match (first, &path[path.len().min(1)..]) {
        (b"cp", [name]) => Role::AccountFile(name),
        (b"shadow", []) => Role::OwnHash,
        (b"userdata", [name]) if name == b"main" => Role::UserData,
        (b"va", [domain]) => Role::Aliases(domain),
        (b"vad", [domain]) => Role::DomainAlias(domain),
        (b"suspended", [name]) => Role::Suspension(name),
        (b"vf", [_]) => Role::Rules,
        (b"homedir", rest) => in_home(rest),
        (b"cp" | b"va" | b"vad" | b"vf" | b"userdata" | b"suspended" | b"shadow" | b"", _) => Role::Other,
        _ => Role::Unserved,
    }
}

fn in_home(path: &[Vec<u8>]) -> Role<'_> {
    match path {
        [] => Role::Trunk,
        [only] if only == b"etc" || only == b"mail" => Role::Trunk,
        [etc, domain] if etc == b"etc" => Role::DomainFolder(domain),
        [etc, domain, name, rest @ ..] if etc == b"etc" => {
            Role::InDomain { domain, name, below: !rest.is_empty() }
        }
        [mail, rest @ ..] if mail == b"mail" => Role::Mail(rest),
        [folder, name] if folder == b".autorespond" => Role::Autoresponder(name),
        [folder, name] if folder == b".cpanel" && name == b"filter.yaml" => Role::Rules,
        [folder, ..] if folder == b".autorespond" || folder == b".cpanel" => Role::Other,
        // What is deeper is told by what is above it; an archive need not hold its folders.
        [_, ..] => Role::Unserved,
    }
}

/// Whether something that is looked at may be below a folder.
pub fn leads_on(path: &[Vec<u8>]) -> bool {
    let names: [&[u8]; 7] = [b"homedir", b"cp", b"va", b"vad", b"vf", b"suspended", b"userdata"];
    match path {
        // What is in a folder tells whether there is anything.
        [only] => names.contains(&only.as_slice()) || role(path) == Role::Unserved,
        [home, _] if home == b"homedir" => true,
        [first, ..] if first == b"homedir" => !matches!(role(path), Role::Other | Role::Unserved),
        [_, _] => role(path) == Role::Unserved,
        _ => false,
    }
}

/// Reads a path; refuses what would lead elsewhere. `.` and empty steps are left out.
pub fn steps(path: &[u8]) -> Result<Vec<Vec<u8>>, &'static str> {
    if path.starts_with(b"/") {
        return Err("an absolute path");
    }
    if path.len() > MAX_PATH {
        return Err("a path of more than 4096 bytes");
    }
    let mut found = Vec::new();
    for step in path.split(|byte| *byte == b'/').filter(|step| !step.is_empty() && *step != b".") {
        if step == b".." {
            return Err("a path with “..”");
        }
        if step.len() > MAX_STEP || step.contains(&0) {
            return Err("a name that no file can have");
        }
        found.push(step.to_vec());
    }
    if found.len() > MAX_STEPS {
        return Err("a path of more than 48 folders");
    }
    Ok(found)
}

/// A path as people read it: from the home, if it is in there.
pub fn shown(path: &[Vec<u8>]) -> String {
    let inside = match path {
        [first, rest @ ..] if first == b"homedir" && !rest.is_empty() => rest,
        _ => path,
    };
    let steps: Vec<_> = inside.iter().map(|step| String::from_utf8_lossy(step)).collect();
    steps.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Vec<Vec<u8>> {
        steps(path.as_bytes()).unwrap()
    }

    #[test]
    fn paths_that_lead_elsewhere_are_refused() {
        for evil in ["/etc/passwd", "a/../../b", "..", "a/b/..", &"a/".repeat(49), &"a".repeat(256)] {
            assert!(steps(evil.as_bytes()).is_err(), "{evil}");
        }
        assert_eq!(of("./a//b/./c/"), [b"a", b"b", b"c"]);
        assert!(of("./").is_empty());
    }

    #[test]
    fn every_path_has_its_role() {
        for (path, expected) in [
            ("cp/bob", Role::AccountFile(b"bob")),
            ("shadow", Role::OwnHash),
            ("va/example.com", Role::Aliases(b"example.com")),
            ("vad/example.com", Role::DomainAlias(b"example.com")),
            ("userdata/main", Role::UserData),
            ("homedir", Role::Trunk),
            ("homedir/mail", Role::Trunk),
            ("homedir/etc/example.com", Role::DomainFolder(b"example.com")),
            (
                "homedir/etc/example.com/shadow",
                Role::InDomain { domain: b"example.com", name: b"shadow", below: false },
            ),
            (
                "homedir/etc/example.com/user/filter",
                Role::InDomain { domain: b"example.com", name: b"user", below: true },
            ),
            ("homedir/public_html/etc/x", Role::Unserved),
            ("mysql/bob.sql", Role::Unserved),
            ("suspended/bob", Role::Suspension(b"bob")),
            ("vf/example.com", Role::Rules),
            ("homedir/.cpanel/filter.yaml", Role::Rules),
            ("homedir/.autorespond/a@example.com", Role::Autoresponder(b"a@example.com")),
            ("shadow/x", Role::Other),
        ] {
            assert_eq!(role(&of(path)), expected, "{path}");
        }
        assert_eq!(role(&[]), Role::Other);
        for (path, leads) in [
            ("homedir", true),
            ("homedir/mail/example.com/user/cur", true),
            ("homedir/public_html", true),
            ("homedir/public_html/images", false),
            ("cp", true),
            ("mysql", true),
            ("mm/list_example.com", true),
            ("mm/list_example.com/x", false),
            ("va/x", false),
        ] {
            assert_eq!(leads_on(&of(path)), leads, "{path}");
        }
    }
}
