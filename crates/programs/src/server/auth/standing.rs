//! An account as it stands now.

/// What logins need to know of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// What tells it from every other account of its name; empty for one from before there were such ids.
    pub id: String,
    /// When it was created, in seconds since 1970, as its record says.
    pub since: u64,
    pub suspended: bool,
    /// Whether nothing but its name is known: it is an account of another server, which decides.
    pub by_name: bool,
}
