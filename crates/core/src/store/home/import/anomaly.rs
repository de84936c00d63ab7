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
    /// Mail in Dovecot's sdbox format.
    Sdbox,
    /// Mail in files of many messages, as mbox has it.
    Mbox,
    /// Messages that are compressed.
    Compressed,
    /// A folder whose name on the disk is not in modified UTF-7, or is not shown as it was.
    FolderName,
    /// Rules that sort or refuse mail.
    Rules,
    /// Settings of SpamAssassin.
    SpamFilter,
    BoxTrapper,
    Autoresponder,
    MailingList,
    /// Address books and settings of a webmail.
    Webmail,
    /// What is no mail, or is not in this kind of source.
    LeftBehind,
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
            Self::Sdbox => "sdbox",
            Self::Mbox => "mbox",
            Self::Compressed => "compressed",
            Self::FolderName => "folder-name",
            Self::Rules => "rules",
            Self::SpamFilter => "spam-filter",
            Self::BoxTrapper => "boxtrapper",
            Self::Autoresponder => "autoresponder",
            Self::MailingList => "mailing-list",
            Self::Webmail => "webmail",
            Self::LeftBehind => "left-behind",
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
    ConvertAsk,
    Converted,
    ConvertMissing,
    Unpacked,
    Renamed,
    RenamedLowerCase,
    NeedsUtf8,
    NeedsDot,
    NeedsKeys,
    NeedsLowerCase,
    Commented,
    RulesKept,
    RulesLeft,
    OwnSpamFilter,
    OwnMailman,
    OwnDkim,
    OwnZones,
    Elsewhere,
    Tell,
    ExportFirst,
    NoAnswers,
    GiveAgain,
    SuspendAgain,
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
            (Self::ConvertAsk, false) => {
                "copied as it is; import with --convert-mail, which makes a Maildir of it by Dovecot's doveadm"
            }
            (Self::ConvertAsk, true) => {
                "left as it is; import a copy with --convert-mail, which makes a Maildir of it by Dovecot's doveadm"
            }
            (Self::Converted, _) => "made a Maildir by doveadm, and its messages counted before and after",
            (Self::ConvertMissing, _) => {
                "copied as it is: --convert-mail found no program doveadm; install dovecot-core and import again"
            }
            (Self::Unpacked, false) => {
                "copied as they are; the Dovecot configurations that are shipped read them (plugin zlib; in Dovecot 2.4 mail_compress, which reads no xz), another one needs that plugin"
            }
            (Self::Unpacked, true) => {
                "left as they are; the Dovecot configurations that are shipped read them (plugin zlib; in Dovecot 2.4 mail_compress, which reads no xz), another one needs that plugin"
            }
            (Self::Renamed, _) => "copied under its name in modified UTF-7, so it is shown as before",
            (Self::RenamedLowerCase, _) => "imported in lower case, with its mail and its password",
            (Self::NeedsUtf8, _) => {
                "left as it is; give Dovecot's mail_location the word :UTF-8 at its end, or import a copy, which renames it"
            }
            (Self::NeedsDot, false) => {
                "copied as they are; rename each in the copy to .NAME, below others .PARENT.NAME, or give Dovecot's mail_location LAYOUT=fs"
            }
            (Self::NeedsDot, true) => {
                "left as they are; give Dovecot's mail_location the word LAYOUT=fs at its end"
            }
            (Self::NeedsKeys, _) => {
                "their bytes stay; give Dovecot the plugin mail_crypt with the keys of the old server, or let it write them out decrypted there"
            }
            (Self::NeedsLowerCase, _) => {
                "left as it is, and not listed; import a copy, which renames it, or rename it in passwd, shadow, quota and mail"
            }
            (Self::Commented, _) => "kept as a comment, so that the mailbox's own line counts",
            (Self::RulesKept, false) => {
                "copied along, not run; sort mail in the mail program, or by rules of the mail server"
            }
            (Self::RulesKept, true) => {
                "left as it is, not run; sort mail in the mail program, or by rules of the mail server"
            }
            (Self::RulesLeft, false) => {
                "not taken over; sort mail in the mail program, or by rules of the mail server"
            }
            (Self::RulesLeft, true) => {
                "left as it is, not run; sort mail in the mail program, or by rules of the mail server"
            }
            (Self::OwnSpamFilter, _) => {
                "not taken over; filter spam in the mail server (rspamd, SpamAssassin) or before it"
            }
            (Self::OwnMailman, _) => {
                "not taken over; move the lists to a Mailman, or make forwarders to their members"
            }
            (Self::OwnDkim, _) => "not taken over; let the mail server sign, and put its key into DNS",
            (Self::OwnZones, _) => {
                "not taken over; set the records MX, SPF and DKIM of each domain where its DNS is"
            }
            (Self::Elsewhere, _) => "not taken over; move it to where it is wanted, if it is",
            (Self::Tell, _) => "not taken over; tell its owner",
            (Self::ExportFirst, _) => {
                "not taken over; export address books on the old server, or move the file to a Roundcube of your own"
            }
            (Self::GiveAgain, _) => {
                "set them again (addforward, setdefaultaddress, adddomainforward, modifyacct, passwd), or import a complete backup"
            }
            (Self::SuspendAgain, _) => {
                "not taken over; stop each mailbox again (UAPI suspend_outgoing or hold_outgoing), or suspend the account"
            }
            (Self::NoAnswers, _) => "not taken over; let the owner write it anew (add_auto_responder)",
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
    /// Whose it is: an address, or the account's name; none if it is nobody's alone.
    pub mailbox: Option<String>,
    /// What it is, in words; never a hash.
    pub what: String,
    /// What its owner sees of it here; empty if nothing.
    pub sees: &'static str,
    pub done: &'static str,
}

/// Something that the source holds and the store does not serve, or not without more.
pub(super) struct Unserved<'a> {
    /// The file or folder, by its path in the home or the backup, and its line.
    pub(super) place: (&'a str, Option<usize>),
    pub(super) mailbox: Option<&'a str>,
    pub(super) kind: AnomalyKind,
    pub(super) what: String,
    pub(super) sees: &'static str,
    pub(super) done: Treatment,
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
        let (file, line) = (place.0.to_owned(), place.1);
        let done = done.text(self.in_place);
        self.push(Anomaly { file, line, kind, mailbox: None, what: what.into(), sees: "", done });
    }

    pub(super) fn unserved(&mut self, thing: Unserved<'_>) {
        let Unserved { place, mailbox, kind, what, sees, done } = thing;
        let (file, line, mailbox) = (place.0.to_owned(), place.1, mailbox.map(str::to_owned));
        self.push(Anomaly { file, line, kind, mailbox, what, sees, done: done.text(self.in_place) });
    }

    fn push(&mut self, anomaly: Anomaly) {
        if self.list.len() == MAX {
            self.more += 1;
        } else {
            self.list.push(anomaly);
        }
    }

    /// Whether the home stays where it is.
    pub(super) fn in_place(&self) -> bool {
        self.in_place
    }

    /// All of them by file and line, and how many more there were.
    pub(super) fn into_list(mut self) -> (Vec<Anomaly>, u64) {
        self.list.sort();
        (self.list, self.more)
    }
}
