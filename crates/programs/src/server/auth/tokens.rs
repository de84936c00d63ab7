//! API tokens and access hashes.
//!
//! At rest stands the plain SHA-256 of a token. A slow hash with a salt protects passwords because people
//! choose them; a token has 165 random bits, which no amount of guessing finds, and it comes with every request.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::json_file::JsonFile;
use super::{Owner, OwnerKind, random};
use liveapi_core::api::{Error, NotDone, Refusal};

const FILE: &str = "tokens.json";
/// Characters of a token: 165 bits.
const LENGTH: usize = 32;
/// Longest name, as cPanel documents it.
const MAX_NAME: usize = 50;
/// An access hash has 29 lines of 32 hexadecimal digits.
const HASH_LENGTH: usize = 29 * 32;
/// Shortest access hash that is taken over from elsewhere: 256 bits.
const MIN_HASH: usize = 64;
/// Most tokens of one owner, so that a script in a loop does not fill the file.
const MAX_PER_OWNER: usize = 200;
/// The name of an owner's access hash.
const HASH_NAME: &str = "accesshash";

/// What kind of secret it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenKind {
    Token,
    AccessHash,
}

/// What is kept of a token.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    pub owner: Owner,
    /// Its name, one of its kind among its owner's.
    pub name: String,
    pub kind: TokenKind,
    /// Its SHA-256 in hexadecimal.
    sha256: String,
    /// When it was created, in seconds since 1970.
    pub created: u64,
    /// From when it no longer works, in seconds since 1970.
    pub expires: Option<u64>,
}

impl Token {
    /// Whether it no longer works.
    pub fn has_expired(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }

    fn is(&self, owner: &Owner, name: &str) -> bool {
        self.kind == TokenKind::Token && self.owner == *owner && self.name == name
    }
}

/// The tokens of one state folder.
pub struct Tokens(JsonFile<Token>);

impl Tokens {
    /// Those of a state folder.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        JsonFile::open(folder, FILE).map(Self)
    }

    /// The owner's with that secret.
    pub fn find(&self, owner: &Owner, secret: &str) -> Result<Option<Token>, Error> {
        let found = self.matching(&[owner.kind()], owner.name(), secret)?;
        Ok(found.into_iter().find(|token| token.owner == *owner))
    }

    /// Those with that secret of owners of a name, those of the first kind first. It is compared with each of theirs
    /// in the same time.
    pub(super) fn matching(
        &self,
        kinds: &[OwnerKind],
        name: &str,
        secret: &str,
    ) -> Result<Vec<Token>, Error> {
        let shown = digest(secret);
        let records = self.0.records()?;
        let mut found = Vec::new();
        for kind in kinds {
            let theirs = records.iter().filter(|it| it.owner.kind() == *kind && it.owner.name() == name);
            for token in theirs {
                if bool::from(token.sha256.as_bytes().ct_eq(shown.as_bytes())) {
                    found.push(token.clone());
                }
            }
        }
        Ok(found)
    }

    /// An owner's tokens, by name; without an owner, everybody's.
    pub fn list(&self, owner: Option<&Owner>) -> Result<Vec<Token>, Error> {
        let records = self.0.records()?;
        let wanted = records.iter().filter(|token| owner.is_none_or(|owner| token.owner == *owner));
        let mut tokens: Vec<_> = wanted.cloned().collect();
        tokens.sort_by(|a, b| (a.owner.to_string(), &a.name).cmp(&(b.owner.to_string(), &b.name)));
        Ok(tokens)
    }

    /// The tokens of all owners of that name, also of those who are gone.
    pub fn list_any(&self, owner: &Owner) -> Result<Vec<Token>, Error> {
        let mut tokens = self.list(None)?;
        tokens.retain(|token| token.owner.is_namesake(owner));
        Ok(tokens)
    }

    /// Creates a token. It is returned here and can never be seen again.
    pub fn create(
        &self,
        owner: &Owner,
        name: &str,
        expires: Option<u64>,
        now: u64,
    ) -> Result<(String, Token), NotDone> {
        require_name("name", name)?;
        require_future(expires, now)?;
        let secret = random::text(LENGTH, random::UPPER)?;
        let token = Token {
            owner: owner.clone(),
            name: name.to_owned(),
            kind: TokenKind::Token,
            sha256: digest(&secret),
            created: now,
            expires,
        };
        self.0.edit(|tokens| {
            forget_namesakes(tokens, owner);
            if tokens.iter().any(|known| known.is(owner, name)) {
                return Err(taken("name", name).into());
            }
            if tokens.iter().filter(|known| known.owner == *owner).count() >= MAX_PER_OWNER {
                let why = format!("there are {MAX_PER_OWNER} tokens already; revoke one first");
                return Err(Refusal::BadValue { param: "name", why }.into());
            }
            tokens.push(token.clone());
            Ok(())
        })?;
        Ok((secret, token))
    }

    /// Gives an owner an access hash in the place of an older one: that of another server, or a new one. The
    /// hash is returned in lines, as old clients' settings show it.
    pub fn set_access_hash(&self, owner: &Owner, given: Option<&str>, now: u64) -> Result<String, NotDone> {
        let hash = match given {
            Some(given) => joined(given),
            None => random::text(HASH_LENGTH, random::HEX)?,
        };
        if hash.len() < MIN_HASH || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let why = format!("an access hash has at least {MIN_HASH} hexadecimal digits");
            return Err(Refusal::BadValue { param: "hash", why }.into());
        }
        let token = Token {
            owner: owner.clone(),
            name: HASH_NAME.to_owned(),
            kind: TokenKind::AccessHash,
            sha256: digest(&hash),
            created: now,
            expires: None,
        };
        self.0.edit(|tokens| {
            forget_namesakes(tokens, owner);
            tokens.retain(|known| known.kind != TokenKind::AccessHash || known.owner != *owner);
            tokens.push(token.clone());
            Ok(())
        })?;
        let lines: Vec<_> = hash.as_bytes().chunks(32).map(String::from_utf8_lossy).collect();
        Ok(lines.join("\n"))
    }

    /// Changes name and expiry of a token; what it is stays.
    pub fn update(
        &self,
        owner: &Owner,
        name: &str,
        new_name: Option<&str>,
        expires: Option<Option<u64>>,
        now: u64,
    ) -> Result<Token, NotDone> {
        if let Some(new_name) = new_name {
            require_name("new_name", new_name)?;
        }
        require_future(expires.flatten(), now)?;
        self.0.edit(|tokens| {
            if let Some(new_name) = new_name.filter(|new_name| *new_name != name)
                && tokens.iter().any(|known| known.is(owner, new_name))
            {
                return Err(taken("new_name", new_name).into());
            }
            let token = tokens.iter_mut().find(|token| token.is(owner, name));
            let token = token.ok_or_else(|| unknown(name))?;
            if let Some(new_name) = new_name {
                new_name.clone_into(&mut token.name);
            }
            if let Some(expires) = expires {
                token.expires = expires;
            }
            Ok(token.clone())
        })
    }

    /// Removes tokens of an owner, all of those named or none; an access hash by its own name.
    pub fn revoke(&self, owner: &Owner, names: &[&str]) -> Result<(), NotDone> {
        self.remove(names, |its| its == owner)
    }

    /// The same of all owners of that name, also of those who are gone.
    pub fn revoke_any(&self, owner: &Owner, names: &[&str]) -> Result<(), NotDone> {
        self.remove(names, |its| its.is_namesake(owner))
    }

    fn remove(&self, names: &[&str], meant: impl Fn(&Owner) -> bool) -> Result<(), NotDone> {
        self.0.edit(|tokens| {
            for name in names {
                let before = tokens.len();
                tokens.retain(|token| !meant(&token.owner) || token.name != *name);
                if tokens.len() == before {
                    return Err(unknown(name).into());
                }
            }
            Ok(())
        })
    }

    /// Removes everything of an owner that is to go, and of those of its name before it.
    pub fn forget_owner(&self, owner: &Owner) -> Result<(), NotDone> {
        self.forget(|its| its.is_namesake(owner))
    }

    /// Removes everything of owners that are gone. The file is left alone if there is nothing of theirs.
    pub(super) fn forget(&self, gone: impl Fn(&Owner) -> bool) -> Result<(), NotDone> {
        if !self.0.records()?.iter().any(|token| gone(&token.owner)) {
            return Ok(());
        }
        self.0.edit(|tokens| {
            tokens.retain(|token| !gone(&token.owner));
            Ok(())
        })
    }
}

/// Removes what belonged to owners of that name who are gone: it works for nobody.
fn forget_namesakes(tokens: &mut Vec<Token>, owner: &Owner) {
    tokens.retain(|token| token.owner == *owner || !token.owner.is_namesake(owner));
}

/// A secret without the line breaks and blanks that settings of old clients put into it.
pub(super) fn joined(secret: &str) -> String {
    secret.chars().filter(|c| !c.is_ascii_whitespace()).collect()
}

fn digest(secret: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = |byte: u8| [byte >> 4, byte & 15].map(|half| char::from(DIGITS[usize::from(half)]));
    Sha256::digest(secret.as_bytes()).iter().flat_map(|&byte| digits(byte)).collect()
}

fn require_name(param: &'static str, name: &str) -> Result<(), Refusal> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let why = if name.is_empty() {
        return Err(Refusal::Missing(param));
    } else if name.len() > MAX_NAME {
        format!("a token's name has at most {MAX_NAME} characters")
    } else if !name.bytes().all(good) {
        "a token's name holds letters, digits, “-” and “_” only".to_owned()
    } else if name == HASH_NAME {
        format!("“{HASH_NAME}” is the name of access hashes")
    } else {
        return Ok(());
    };
    Err(Refusal::BadValue { param, why })
}

fn require_future(expires: Option<u64>, now: u64) -> Result<(), Refusal> {
    if expires.is_some_and(|expires| expires <= now) {
        let why = format!("it is in the past (now it is {now}); give a time in seconds since 1970, or 0");
        return Err(Refusal::BadValue { param: "expires_at", why });
    }
    Ok(())
}

fn taken(param: &'static str, name: &str) -> Refusal {
    Refusal::BadValue { param, why: format!("there is a token named “{name}” already") }
}

/// There is no such token.
pub(crate) fn unknown(name: &str) -> Refusal {
    Refusal::BadValue { param: "name", why: format!("there is no token named “{}”", name.escape_debug()) }
}
