//! Every reason for which a function says no, with its text. One place, because scripts match on them.
//!
//! Texts marked "recorded" are those that real cPanel servers send, to the letter; the others are ours.

use std::fmt;

/// A function's "no". It is an answer, not an error: the call worked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A required parameter is missing, null or empty.
    Missing(&'static str),
    /// A parameter holds something that it may not.
    BadValue {
        param: &'static str,
        /// What is wrong and what to do, a sentence.
        why: String,
    },
    /// A value came as something else than a text, where the very characters count.
    NotAText {
        param: String,
        why: &'static str,
    },
    /// A parameter that the function does not know, where nothing would be done without it.
    NotUsed {
        param: String,
        why: String,
    },
    /// Nothing is given that would change anything; what may be given.
    NothingToChange(String),
    /// `email` holds a full address whose domain is not the one in `domain`.
    AddressConflict {
        /// The address as given.
        email: String,
        /// The domain as given.
        domain: String,
    },
    /// The account does not own the domain.
    ForeignDomain(String),
    NoMailbox(String),
    MailboxExists(String),
    /// The password scores below what the store requires.
    WeakPassword {
        /// The required score, 0 to 100.
        required: u8,
    },
    /// The password cannot be stored so that mail programs could use it.
    UnusablePassword(&'static str),
    /// The account is suspended; its mailboxes keep their passwords.
    AccountSuspended(String),
    /// The stored hash is of a scheme that this library cannot check.
    UnknownScheme(String),
    /// The account name is taken or the domain belongs to an account.
    AccountExists(String),
    /// The domain belongs to an account already.
    DomainTaken {
        domain: String,
        account: String,
    },
    /// The account has as many mailboxes as it may have.
    TooManyMailboxes {
        most: u64,
    },
    /// The account has as many domains of a kind as it may have.
    TooManyDomains {
        most: u64,
        /// What cPanel calls the limit.
        key: &'static str,
    },
    /// A quota is above what the account may give.
    QuotaTooHigh {
        /// The largest one, in MB.
        largest: u64,
    },
    NoForwarder {
        /// Where it would send mail.
        to: String,
        address: String,
        domain: String,
    },
    /// The address has no autoresponder.
    NoAutoresponder(String),
    /// A forwarder already refuses or discards the address's mail, or the other way round.
    ForwarderConflict(String),
    /// The embedded store does not do what the function is for.
    NotInStore(&'static str),
    /// The account may not use a feature, or there is none of that name.
    NoFeature(String),
    /// WHM names an account that does not exist.
    NoAccount(String),
    /// There is no package of that name.
    NoPackage(String),
    /// There is a package of that name already.
    PackageExists(String),
}

impl Refusal {
    /// The same of another parameter, where a value's own kind calls it otherwise.
    #[must_use]
    pub fn of_param(self, name: &'static str) -> Self {
        match self {
            Self::BadValue { why, .. } => Self::BadValue { param: name, why },
            other => other,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Recorded, for Passwd::change_password; the only form of its kind that is known.
            Self::Missing(param) => write!(f, "\"{param}\" is a required argument."),
            Self::BadValue { param, why } => write!(f, "The parameter “{param}” cannot be used: {why}."),
            Self::NotAText { param, why } => {
                write!(f, "The parameter “{}” cannot be used: {why}.", shown(param))
            }
            Self::NotUsed { param, why } => {
                write!(f, "The parameter “{}” cannot be used: {why}.", shown(param))
            }
            Self::NothingToChange(why) => write!(f, "Nothing was changed: {why}."),
            Self::AddressConflict { email, domain } => write!(
                f,
                "The address “{email}” is not in the domain “{domain}”. Give the domain once, or the same one twice."
            ),
            // Recorded.
            Self::ForeignDomain(domain) => {
                write!(f, "Sorry, you do not have access to the domain '{domain}'")
            }
            // Recorded.
            Self::NoMailbox(address) => write!(f, "You do not have an email account named “{address}”."),
            // Recorded.
            Self::MailboxExists(address) => write!(f, "The account {address} already exists!"),
            Self::WeakPassword { required } => too_weak(f, *required),
            Self::UnusablePassword(why) => {
                write!(f, "The password cannot be used: {why}. The password of the mailbox is unchanged.")
            }
            Self::AccountSuspended(account) => account_suspended(f, account),
            Self::UnknownScheme(address) => write!(
                f,
                "The password of “{address}” is stored in a form that cannot be checked here. Set a new password."
            ),
            Self::AccountExists(account) => write!(f, "The account “{account}” already exists."),
            Self::DomainTaken { domain, account } => {
                write!(f, "The domain “{domain}” already belongs to the account “{account}”.")
            }
            Self::TooManyMailboxes { most } => too_many_mailboxes(f, *most),
            Self::TooManyDomains { most, key } => write!(
                f,
                "The account may have at most {most} domains of this kind and has them. Remove one, or have the limit raised (modifyacct {key})."
            ),
            Self::QuotaTooHigh { largest } => write!(
                f,
                "The parameter “quota” cannot be used: the account may give its mailboxes at most {largest} MB each."
            ),
            // Recorded.
            Self::NoForwarder { to, address, domain } => write!(
                f,
                "Unable to locate the forwarder “{to}” for account “{address}” on domain “{domain}”."
            ),
            Self::NoAutoresponder(address) => {
                write!(f, "You do not have an autoresponder for “{address}”.")
            }
            Self::ForwarderConflict(address) => forwarder_conflict(f, address),
            Self::NotInStore(what) => {
                write!(f, "This mail store does not do this ({what}); nothing was changed.")
            }
            Self::NoFeature(name) => write!(f, "The feature “{name}” is not available to this account."),
            Self::NoAccount(account) => write!(f, "The account “{account}” does not exist."),
            Self::NoPackage(name) => write!(
                f,
                "There is no package “{name}”. Create it with addpkg, or name another one; listpkgs lists them."
            ),
            Self::PackageExists(name) => {
                write!(f, "There is a package “{name}” already; change it with editpkg.")
            }
        }
    }
}

/// The beginning of a name that a caller made up.
fn shown(name: &str) -> String {
    name.chars().take(60).flat_map(char::escape_debug).collect()
}

/// Recorded, with both of its double spaces.
fn too_weak(f: &mut fmt::Formatter<'_>, required: u8) -> fmt::Result {
    write!(
        f,
        "Sorry, the password you selected cannot be used because it is too weak and would be too easy to guess.  \
         Please select a password with strength rating of {required}  or higher."
    )
}

fn account_suspended(f: &mut fmt::Formatter<'_>, account: &str) -> fmt::Result {
    write!(
        f,
        "The account “{account}” is suspended. Passwords of its mailboxes cannot be changed until it is unsuspended."
    )
}

fn too_many_mailboxes(f: &mut fmt::Formatter<'_>, most: u64) -> fmt::Result {
    write!(
        f,
        "The account may have at most {most} mailboxes and has them. Delete one, or raise the limit (modifyacct MAXPOP)."
    )
}

fn forwarder_conflict(f: &mut fmt::Formatter<'_>, address: &str) -> fmt::Result {
    write!(
        f,
        "The mail of “{address}” cannot be forwarded and refused (or discarded) at the same time. Delete its present \
         forwarder first."
    )
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn recorded_texts_are_exact() {
        for (refusal, text) in [
            (Refusal::Missing("oldpass"), "\"oldpass\" is a required argument."),
            (
                Refusal::WeakPassword { required: 80 },
                "Sorry, the password you selected cannot be used because it is too weak and would be too easy to guess.  Please select a password with strength rating of 80  or higher.",
            ),
            (
                Refusal::NoMailbox("user@example.com".into()),
                "You do not have an email account named “user@example.com”.",
            ),
            (
                Refusal::MailboxExists("user@example.com".into()),
                "The account user@example.com already exists!",
            ),
            (
                Refusal::ForeignDomain("yourdomain.com".into()),
                "Sorry, you do not have access to the domain 'yourdomain.com'",
            ),
        ] {
            assert_eq!(refusal.to_string(), text);
        }
    }
}
