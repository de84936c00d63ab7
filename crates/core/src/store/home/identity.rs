//! Working below a home as the account that owns it.
//!
//! When root works in folders that a customer owns, every check of ours could be one short. So the
//! calling thread takes the account's effective ids and groups for that time, and the kernel refuses
//! what the account could not do by itself. On Linux ids belong to threads: the host's other threads
//! keep theirs. Only the effective id changes, so the account can neither signal nor trace the process.

use rustix::process::{Gid, Uid};
use rustix::thread;

use crate::api::{Error, ErrorKind};
use crate::store::Account;

/// Runs `work` with the account's ids; as an ordinary user, checks that they are the user's own.
pub(super) fn as_account<T, E: From<Error>>(
    account: &Account,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let me = rustix::process::geteuid();
    if account.uid == 0 {
        let sentence =
            format!("The files of the account “{}” would belong to root; that is not done", account.name);
        return Err(Error::new(ErrorKind::Unsafe, sentence).into());
    }
    if me.as_raw() == account.uid {
        return work();
    }
    if !me.is_root() {
        let sentence = format!(
            "The files of the account “{}” belong to uid {}, but this process runs as uid {}; run it as root or as that user",
            account.name,
            account.uid,
            me.as_raw()
        );
        return Err(Error::new(ErrorKind::NotWritable, sentence).into());
    }
    let _back = Acting::start(account)?;
    work()
}

/// While it lives, the thread acts as the account. Dropped also when `work` unwinds.
struct Acting {
    groups: Vec<Gid>,
    gid: Gid,
}

impl Acting {
    fn start(account: &Account) -> Result<Self, Error> {
        let fail = |what: &str, cause: rustix::io::Errno| {
            let sentence = format!("Taking the {what} of the account “{}” failed: {cause}", account.name);
            Error::new(ErrorKind::Internal, sentence)
        };
        let groups = rustix::process::getgroups().map_err(|e| fail("groups", e))?;
        let acting = Self { groups, gid: rustix::process::getegid() };
        let (gid, mail) = (Gid::from_raw(account.gid), Gid::from_raw(account.mail_gid));
        // The mail server's group stays, or files could not be handed to it.
        thread::set_thread_groups(&[gid, mail]).map_err(|e| fail("groups", e))?;
        thread::set_thread_res_gid(None::<Gid>, gid, None::<Gid>).map_err(|e| fail("group", e))?;
        thread::set_thread_res_uid(None::<Uid>, Uid::from_raw(account.uid), None::<Uid>)
            .map_err(|e| fail("user", e))?;
        Ok(acting)
    }
}

impl Drop for Acting {
    /// Cannot fail: real and saved ids are still root's, and with the user id the right to set the others returns.
    fn drop(&mut self) {
        let _ = thread::set_thread_res_uid(None::<Uid>, Uid::ROOT, None::<Uid>);
        let _ = thread::set_thread_res_gid(None::<Gid>, self.gid, None::<Gid>);
        let _ = thread::set_thread_groups(&self.groups);
    }
}
