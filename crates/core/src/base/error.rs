//! Failures of the library, as opposed to refusals by a function.
//!
//! A refusal ("no such mailbox") is an ordinary answer. An [`Error`] says that the work could not be
//! done at all: the caller broke the calling rules, the configuration is wrong, the store could not be
//! read or written, or the server did not answer. A sentence names the attempt, the object and the cause, never a secret.

use std::fmt;

/// Kinds of failure. The numbers are fixed for ever: C callers compare them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// An argument was NULL where a text is required.
    NullArgument = 1,
    /// A text was not UTF-8.
    BadUtf8 = 2,
    /// A text was not JSON.
    BadJson = 3,
    /// The JSON was not of the right form: not an object, too long.
    BadParams = 4,
    /// The number of an API family is not one of the documented ones.
    BadFamily = 5,
    /// The configuration (URL, environment, file, options) is wrong.
    Config = 20,
    /// The account that the call is for is not known to the store.
    UnknownAccount = 21,
    /// Disk or quota is full; nothing was changed.
    StoreFull = 40,
    /// The file or its folder cannot be written; nothing was changed.
    NotWritable = 41,
    /// A symbolic link, a hard link or a foreign owner stands where a file of the account should be.
    Unsafe = 42,
    /// Another writer holds the lock; trying again is right.
    Busy = 43,
    /// Reading or writing failed otherwise; nothing was changed unless the sentence says so.
    StoreIo = 44,
    /// What was read back is not what was written; the state is unknown and said so.
    NotVerified = 45,
    /// A limit of this process or of the machine is reached: size of files, open files, memory. The sentence names it;
    /// nothing was changed unless it says so.
    Limit = 46,
    /// The server cannot be reached; the call was not made unless the sentence says so.
    Unreachable = 60,
    /// The connection cannot be secured, or the server is not the trusted one; the call was not made.
    Tls = 61,
    /// The server did not answer in time; the call was not made, or does no harm if it is repeated.
    Timeout = 62,
    /// The server refuses the login, or what it may do. Never tried again: servers lock out who does.
    Authentication = 63,
    /// What came is no answer to the call: a page for people, nothing at all, too much.
    BadAnswer = 64,
    /// The call was sent and no answer came; whether it was done is not known.
    OutcomeUnknown = 65,
    /// The batch ended before this call; it was not made.
    Stopped = 70,
    /// A defect of this library.
    Internal = 90,
}

/// One failure: its kind and a sentence for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    sentence: String,
}

impl Error {
    /// A failure of that kind; the sentence starts with a capital and has no full stop.
    pub fn new(kind: ErrorKind, sentence: impl Into<String>) -> Self {
        Self { kind, sentence: sentence.into() }
    }

    /// The kind, for decisions.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Error {}
