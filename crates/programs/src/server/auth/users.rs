//! The daemon's own users: who administers the server, and resellers with their accounts.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::json_file::JsonFile;
use super::{AssignedAccount, LoginMark, Owner, Who};
use liveapi_core::api::{Error, NotDone, Refusal};
use liveapi_core::base::random;
use liveapi_core::store::{AccountName, Secret};

const FILE: &str = "whm-users.json";

/// A WHM user, an administrator or a reseller.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct User {
    pub name: String,
    /// What tells it from one of that name who was removed; empty for one from before there were ids.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    id: String,
    /// Its password in the form of crypt(3).
    pub(super) hash: String,
    /// The accounts of a reseller; an administrator has none, because all are its.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Vec<AssignedAccount>>,
}

impl User {
    /// The user as the owner of tokens and of a second factor.
    pub fn owner(&self) -> Owner {
        Owner::whm(&self.name, &self.id)
    }

    /// What its sessions are bound to.
    pub(super) fn mark(&self) -> LoginMark {
        LoginMark::of_whm_user(&self.id, &self.hash)
    }

    /// Who it is to calls. A reseller's name follows the rules of account names.
    pub(super) fn who(&self) -> Option<Who> {
        match self.accounts {
            None => Some(Who::Root),
            Some(_) => AccountName::existing(&self.name).map(Who::Reseller),
        }
    }
}

/// The WHM users of one state folder.
pub struct Users(JsonFile<User>);

impl Users {
    /// Those of a state folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        JsonFile::open(folder, FILE).map(Self)
    }

    /// The one of that name.
    pub fn get(&self, name: &str) -> Result<Option<User>, Error> {
        Ok(self.0.records()?.iter().find(|user| user.name == name).cloned())
    }

    /// All users, sorted by name.
    pub fn list(&self) -> Result<Vec<User>, Error> {
        let mut users = self.0.records()?.to_vec();
        users.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(users)
    }

    /// Adds one. `accounts` makes it a reseller.
    pub fn add(
        &self,
        name: &str,
        secret: &Secret<'_>,
        accounts: Option<&[AssignedAccount]>,
    ) -> Result<(), NotDone> {
        let name = AccountName::existing(name).ok_or_else(|| bad_name("it holds lower-case letters, digits, “-” and “_” only, begins with a letter or a digit, and has at most 64 characters"))?;
        let hash = secret.hash()?;
        let accounts = accounts.map(<[AssignedAccount]>::to_vec);
        let user = User { name: name.to_string(), id: random::name()?, hash, accounts };
        self.0.edit(|users| {
            if users.iter().any(|known| known.name == user.name) {
                return Err(bad_name("there is a WHM user of that name already").into());
            }
            users.push(user.clone());
            Ok(())
        })
    }

    /// Changes a password, which ends the sessions of the user.
    pub fn set_password(&self, name: &str, secret: &Secret<'_>) -> Result<(), NotDone> {
        let hash = secret.hash()?;
        self.change(name, |user| user.hash.clone_from(&hash))
    }

    /// Replaces the accounts of a reseller; an administrator has none.
    pub fn set_accounts(&self, name: &str, accounts: &[AssignedAccount]) -> Result<(), NotDone> {
        self.0.edit(|users| match users.iter_mut().find(|user| user.name == name) {
            Some(user) if user.accounts.is_some() => {
                user.accounts = Some(accounts.to_vec());
                Ok(())
            }
            Some(_) => Err(bad_name("that user is an administrator, not a reseller").into()),
            None => Err(unknown().into()),
        })
    }

    /// Removes a user; tokens and second factor are not touched.
    pub fn remove(&self, name: &str) -> Result<(), NotDone> {
        self.0.edit(|users| {
            let at = users.iter().position(|user| user.name == name).ok_or_else(unknown)?;
            users.remove(at);
            Ok(())
        })
    }

    fn change(&self, name: &str, change: impl Fn(&mut User)) -> Result<(), NotDone> {
        self.0.edit(|users| {
            change(users.iter_mut().find(|user| user.name == name).ok_or_else(unknown)?);
            Ok(())
        })
    }
}

fn bad_name(why: &str) -> Refusal {
    Refusal::BadValue { param: "user", why: why.to_owned() }
}

fn unknown() -> Refusal {
    bad_name("there is no WHM user of that name")
}
