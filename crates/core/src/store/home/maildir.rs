//! The Maildirs of mailboxes that are created and deleted, one or many.

use super::layout::{MAIL_MODE, MAILDIR};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::Folder;
use crate::store::{Domain, LocalPart};

/// The folder `mail/DOMAIN` of a home, which holds the domain's Maildirs.
pub(super) struct Maildirs(Folder);

impl Maildirs {
    /// Makes the folder if it is missing.
    pub(super) fn ensure(home: &Folder, domain: &Domain) -> Result<Self, Error> {
        home.ensure("mail", MAIL_MODE)?.ensure(domain.as_str(), MAIL_MODE).map(Self)
    }

    /// The folder, if it is there.
    pub(super) fn existing(home: &Folder, domain: &Domain) -> Result<Option<Self>, Error> {
        Ok(home.beneath(&format!("mail/{domain}"))?.map(Self))
    }

    /// Makes a Maildir, and returns its folder; [`Maildirs::flush_one`] or [`Maildirs::flush_all`] makes it durable. Mail of a former mailbox is not
    /// handed to a new one without a word.
    pub(super) fn create(&self, name: &LocalPart) -> Result<Folder, NotDone> {
        let user = self.0.ensure(name.as_str(), MAIL_MODE)?;
        for (name, _) in user.names()? {
            let inner = std::str::from_utf8(&name).ok().filter(|name| MAILDIR.contains(name));
            let empty = match inner {
                Some(name) => {
                    user.beneath(name)?.is_some_and(|folder| folder.names().is_ok_and(|n| n.is_empty()))
                }
                None => false,
            };
            if !empty {
                let why = format!(
                    "mail of a former mailbox is still in {}; move it away or delete it",
                    user.path().display()
                );
                return Err(Refusal::BadValue { param: "email", why }.into());
            }
        }
        for name in MAILDIR {
            user.create(name, MAIL_MODE)?;
        }
        Ok(user)
    }

    /// Makes one new Maildir durable.
    pub(super) fn flush_one(&self, new: &Folder) -> Result<(), Error> {
        new.sync().and_then(|()| self.0.sync())
    }

    /// Makes all Maildirs durable, by one flush of the file system: one flush for each would take longer, and no file
    /// system promises that a flush of one folder does for the others.
    pub(super) fn flush_all(&self) -> Result<(), Error> {
        self.0.sync_all()
    }

    /// Removes Maildirs with all that they hold, as far as that goes; what came of each.
    pub(super) fn remove<'n>(&self, names: impl Iterator<Item = &'n LocalPart>) -> Vec<Result<(), Error>> {
        let mut removed: Vec<_> = names.map(|name| self.0.remove_tree_unflushed(name.as_str())).collect();
        if !removed.is_empty()
            && let Err(error) = self.0.sync()
        {
            for result in removed.iter_mut().filter(|result| result.is_ok()) {
                *result = Err(error.clone());
            }
        }
        removed
    }
}
