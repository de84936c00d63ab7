//! Making Maildirs of mail in other formats, in the staged copy: the old files are put aside, Dovecot's own program
//! reads them and writes a Maildir, its messages are counted, and then it takes their place.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use rustix::fs::{FileType, RenameFlags};
use rustix::io::Errno;

use super::converter::{Conversion, ConversionTask, MailConverter};
use super::mail_root::ForeignFormat;
use super::moves::INBOX_FILE;
use super::plan::ImportPlan;
use super::refusal::refusal;
use super::staging::Staging;
use super::survey::place_of_mail;
use super::watch::ImportWatch;
use crate::api::{Error, NotDone};
use crate::base::files::{Folder, failure};
use crate::store::Account;
use crate::store::home::identity::as_account;
use crate::store::home::registry::PRIVATE_MODE;

/// Where a mailbox is converted, below the staged home.
const WORK: &str = ".convert";
const SOURCE: &str = "source";
const MAILDIR: &str = "maildir";
/// Folders of dbox formats.
const DBOX: [&str; 2] = ["storage", "mailboxes"];
/// Counts of a mailbox's size, which are others afterwards.
const SIZES: [&str; 2] = ["maildirsize", "dovecot-quota"];

/// Converts what was planned.
pub(super) fn convert(
    plan: &ImportPlan,
    staging: &Staging<'_>,
    converter: &dyn MailConverter,
    watch: &mut ImportWatch<'_>,
) -> Result<(), NotDone> {
    if plan.conversions.is_empty() {
        return Ok(());
    }
    watch.progress.begin("Converting", 0);
    let (home, account) = (staging.home()?, &plan.account);
    for conversion in &plan.conversions {
        watch.check()?;
        let mail = as_account(account, || descend(home, &place_of_mail(&conversion.root)))?;
        if conversion.formats.contains(&ForeignFormat::Mdbox)
            && conversion.formats.contains(&ForeignFormat::Sdbox)
        {
            return Err(refusal(format!(
                "The mail in {} is in the formats mdbox and sdbox at once, which is not converted; leave --convert-mail out, and convert it with doveadm",
                place_of_mail(&conversion.root)
            )));
        }
        for format in &conversion.formats {
            one(account, home, (&mail, conversion), *format, (converter, watch.stop))?;
        }
    }
    Ok(())
}

fn one(
    account: &Account,
    home: &Folder,
    (mail, conversion): (&Folder, &Conversion),
    format: ForeignFormat,
    (converter, stop): (&dyn MailConverter, &AtomicBool),
) -> Result<(), NotDone> {
    let work = as_account(account, || {
        home.create(WORK, PRIVATE_MODE)?;
        let work = home.entry(WORK.as_bytes()).map_err(|e| failure::io("Opening", &home.path_of(WORK), e))?;
        let work = work.readable()?;
        work.create(SOURCE, PRIVATE_MODE)?;
        let source = descend(&work, SOURCE)?;
        match format {
            ForeignFormat::Mdbox | ForeignFormat::Sdbox => {
                DBOX.iter().try_for_each(|name| put(mail, name, &source))
            }
            ForeignFormat::Mbox => {
                conversion.mboxes.iter().try_for_each(|path| put_mbox(mail, path, &source))
            }
        }?;
        Ok::<_, Error>(work)
    })?;
    let work_path: PathBuf = work.path().to_owned();
    let inbox = conversion.mboxes.iter().map(|path| if path.is_empty() { INBOX_FILE } else { path.as_str() });
    let inbox = inbox.filter(|path| ["inbox", "mbox"].contains(&path.to_ascii_lowercase().as_str())).min();
    converter.convert(
        &ConversionTask {
            work: &work_path,
            source: SOURCE,
            maildir: MAILDIR,
            format,
            inbox,
            ids: (account.uid, account.gid),
            mailbox: &place_of_mail(&conversion.root),
        },
        stop,
    )?;
    Ok(as_account(account, || {
        if let Some(maildir) = work.beneath(MAILDIR)? {
            merge(&maildir.readable()?, mail)?;
        }
        for name in SIZES {
            mail.unlink(name)?;
        }
        home.remove_tree(WORK)
    })?)
}

/// A folder below another one, for reading.
fn descend(folder: &Folder, path: &str) -> Result<Folder, Error> {
    let missing = || failure::io("Opening", &folder.path_of(path), Errno::NOENT);
    folder.beneath(path)?.ok_or_else(missing)?.readable()
}

/// Moves an entry, if it is there; never over another one.
fn put(from: &Folder, name: &str, to: &Folder) -> Result<(), Error> {
    match rename(from, name.as_bytes(), to, name.as_bytes()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(errno) => Err(failure::io("Moving", &from.path_of(name), errno)),
    }
}

fn rename(from: &Folder, name: &[u8], to: &Folder, new: &[u8]) -> Result<(), Errno> {
    match rustix::fs::renameat_with(from, name, to, new, RenameFlags::NOREPLACE) {
        // A file system that cannot look and rename at once; nobody else works here.
        Err(Errno::INVAL) => rustix::fs::renameat(from, name, to, new),
        done => done,
    }
}

/// Moves a file of messages, with its folders.
fn put_mbox(mail: &Folder, path: &str, source: &Folder) -> Result<(), Error> {
    let path = if path.is_empty() { INBOX_FILE } else { path };
    let steps: Vec<&str> = path.split('/').collect();
    let (mut from, mut to) = (mail.readable()?, source.readable()?);
    for step in &steps[..steps.len() - 1] {
        to.create(step, PRIVATE_MODE)?;
        (from, to) = (descend(&from, step)?, descend(&to, step)?);
    }
    let name = steps[steps.len() - 1].as_bytes();
    rename(&from, name, &to, name).map_err(|errno| failure::io("Moving", &mail.path_of(path), errno))
}

/// Moves a Maildir to where another one may be: messages beside messages, folders beside folders. Of Dovecot's own
/// files, those that are there stay.
fn merge(from: &Folder, to: &Folder) -> Result<(), Error> {
    for (name, kind) in from.names()? {
        match rename(from, &name, to, &name) {
            Ok(()) => {}
            Err(Errno::EXIST | Errno::NOTEMPTY) if kind == FileType::Directory => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                let open = |folder: &Folder| {
                    let opened =
                        folder.entry(&name).map_err(|e| failure::io("Opening", &folder.path_of(&shown), e));
                    opened.and_then(|folder| folder.readable())
                };
                merge(&open(from)?, &open(to)?)?;
            }
            Err(Errno::EXIST) if !name.starts_with(b"dovecot") && !KEPT.contains(&name.as_slice()) => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                return Err(failure::io("Moving", &from.path_of(&shown), Errno::EXIST));
            }
            Err(Errno::EXIST) => {}
            Err(errno) => {
                let shown = String::from_utf8_lossy(&name).into_owned();
                return Err(failure::io("Moving", &from.path_of(&shown), errno));
            }
        }
    }
    Ok(())
}

/// Files of a Maildir that are no messages, beside Dovecot's.
const KEPT: [&[u8]; 3] = [b"maildirfolder", b"maildirsize", b"subscriptions"];
