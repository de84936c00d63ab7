//! What an import finds beside the ordinary, and what it does about each.

/// What kind of thing was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// A hash of a mailbox that `passwd` does not name.
    ShadowOnly,
    /// A mailbox without a line in `shadow`.
    NoPassword,
    /// A mailbox whose hash field is empty.
    EmptyHash,
    /// A hash that Dovecot on Debian does not take.
    HashScheme,
    /// A hash that is cut off.
    BrokenHash,
    /// Lines that end with a carriage return.
    LineEnds,
    /// A name that a file holds twice.
    Duplicate,
    /// A name that no mailbox can have.
    Name,
    /// A line with too few or too many fields, or with an odd one.
    Fields,
    /// A quota of nobody, or one that is no number.
    Quota,
    Link,
    HardLink,
    /// A device, a FIFO, a socket.
    Special,
    /// Mail in Dovecot's mdbox format.
    Mdbox,
    /// A mail folder of no mailbox.
    MailFolder,
    /// A mailbox without a mail folder.
    NoMailFolder,
    /// A file that looks like a copy of the password files.
    Copy,
    /// A domain that is not the account's, or cannot be.
    Domain,
    /// A forwarder that cannot be taken over as it is.
    Forwarder,
    /// Something about the account itself.
    Account,
}

impl AnomalyKind {
    /// Its name, for programs.
    pub fn name(self) -> &'static str {
        match self {
            Self::ShadowOnly => "shadow-only",
            Self::NoPassword => "no-password",
            Self::EmptyHash => "empty-hash",
            Self::HashScheme => "hash-scheme",
            Self::BrokenHash => "broken-hash",
            Self::LineEnds => "line-ends",
            Self::Duplicate => "duplicate",
            Self::Name => "name",
            Self::Fields => "fields",
            Self::Quota => "quota",
            Self::Link => "link",
            Self::HardLink => "hard-link",
            Self::Special => "special-file",
            Self::Mdbox => "mdbox",
            Self::MailFolder => "mail-folder",
            Self::NoMailFolder => "no-mail-folder",
            Self::Copy => "copy",
            Self::Domain => "domain",
            Self::Forwarder => "forwarder",
            Self::Account => "account",
        }
    }
}

/// What is done about an anomaly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    Kept,
    NotListed,
    FirstCounts,
    NoLogin,
    NotCopied,
    CopiedNotListed,
    OwnFile,
    FolderMade,
    NeedsMdbox,
    NotTaken,
    CheckProgram,
    Locked,
}

impl Treatment {
    fn text(self, in_place: bool) -> &'static str {
        match (self, in_place) {
            (Self::Kept, _) => "kept as it is",
            (Self::NotListed, _) => "kept in the file, not listed",
            (Self::FirstCounts, _) => "kept; the first line counts",
            (Self::NoLogin, _) => "kept; nobody can log in until a new password is set",
            (Self::NotCopied, false) => "not copied",
            (Self::CopiedNotListed, false) => "copied along, not listed",
            (Self::NotCopied | Self::CopiedNotListed, true) => "left as it is",
            (Self::OwnFile, false) => "copied, each name as a file of its own",
            (Self::FolderMade, false) => "an empty one is made",
            (Self::OwnFile | Self::FolderMade, true) => "left to the mail server",
            (Self::NeedsMdbox, _) => "kept; Dovecot needs mdbox in its mail_location to show this mail",
            (Self::NotTaken, _) => "not taken over",
            (Self::CheckProgram, _) => "taken over; the program has to be there",
            (Self::Locked, false) => "marked *LOCKED*, as in a suspended account",
            (Self::Locked, true) => {
                "left as it is, so it can log in; whmapi1 suspendacct suspends the account's mailboxes"
            }
        }
    }
}

/// One thing that is not as a panel would have written it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anomaly {
    /// The file, by its path in the home or the backup.
    pub file: String,
    /// Its line, from 1; none if it is about the whole file.
    pub line: Option<usize>,
    /// What kind of thing it is.
    pub kind: AnomalyKind,
    /// What it is, in words; never a hash.
    pub what: String,
    pub done: &'static str,
}

/// Most anomalies that are kept; a home may hold millions of links.
const MAX: usize = 10_000;

/// All that was found, up to a limit, and how many more there were.
#[derive(Debug, Default)]
pub(super) struct Anomalies {
    list: Vec<Anomaly>,
    more: u64,
    in_place: bool,
}

impl Anomalies {
    /// An empty list; whether the home stays in place decides what is done about each.
    pub(super) fn of(in_place: bool) -> Self {
        Self { in_place, ..Self::default() }
    }

    pub(super) fn add(
        &mut self,
        place: (&str, Option<usize>),
        kind: AnomalyKind,
        what: impl Into<String>,
        done: Treatment,
    ) {
        if self.list.len() == MAX {
            self.more += 1;
            return;
        }
        let (file, line) = (place.0.to_owned(), place.1);
        self.list.push(Anomaly { file, line, kind, what: what.into(), done: done.text(self.in_place) });
    }

    /// All of them by file and line, and how many more there were.
    pub(super) fn into_list(mut self) -> (Vec<Anomaly>, u64) {
        self.list.sort();
        (self.list, self.more)
    }
}
