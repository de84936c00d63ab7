//! Who is suspended, for mail servers to ask: `.liveapi/suspended`.
//!
//! ```text
//! bob: bob
//! example.com: bob
//! ```
//!
//! A line for the account itself and one for each of its domains, so that one look-up by what a login or an address
//! holds is enough. Customers cannot write it: their own files may say what they like. Everybody may read it, because
//! the mail server may be a user of its own; it holds no secret.

use super::lines;
use crate::api::NotDone;
use crate::base::files::{Folder, Splice, pieces};
use crate::store::{AccountName, Domain};

/// The file.
pub(super) const FILE: &str = "suspended";
/// Its mode.
pub(super) const MODE: u32 = 0o644;

/// Enters an account with all of its domains.
pub(super) fn enter(state: &Folder, name: &AccountName, domains: &[Domain]) -> Result<(), NotDone> {
    let keys = std::iter::once(name.as_str()).chain(domains.iter().map(Domain::as_str));
    let lines: String = keys.map(|key| format!("{key}: {name}\n")).collect();
    edit(state, |file| {
        let others = pieces(file, &lines::remove_value(file, name.as_str())).concat();
        let new = pieces(&others, &[lines::append(&others, lines.trim_end())]).concat();
        if new == file { Vec::new() } else { vec![Splice { range: 0..file.len(), insert: new }] }
    })
}

/// Strikes an account with all of its domains.
pub(super) fn strike(state: &Folder, name: &AccountName) -> Result<(), NotDone> {
    edit(state, |file| lines::remove_value(file, name.as_str()))
}

/// Strikes a domain that was another's.
pub(super) fn strike_domain(state: &Folder, domain: &Domain) -> Result<(), NotDone> {
    edit(state, |file| lines::remove(file, domain.as_str()))
}

fn edit(state: &Folder, change: impl Fn(&[u8]) -> Vec<Splice>) -> Result<(), NotDone> {
    state.create_file(FILE, MODE)?;
    state.edit(FILE, |file| Ok(change(file)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::base::tests::scratch;

    #[test]
    fn accounts_come_with_their_domains_and_go() {
        let dir = scratch("suspended");
        let state = Folder::ours_existing(&dir).unwrap();
        let name = |text| AccountName::existing(text).unwrap();
        let domains =
            |texts: &[&str]| texts.iter().map(|text| Domain::parse(text).unwrap()).collect::<Vec<_>>();
        let text = || std::fs::read_to_string(dir.join(FILE)).unwrap();
        enter(&state, &name("bob"), &domains(&["b.example", "c.example"])).unwrap();
        enter(&state, &name("al"), &domains(&["a.example"])).unwrap();
        assert_eq!(dir.join(FILE).metadata().unwrap().permissions().mode() & 0o777, MODE);
        enter(&state, &name("bob"), &domains(&["d.example"])).unwrap();
        assert_eq!(text(), "al: al\na.example: al\nbob: bob\nd.example: bob\n");
        strike_domain(&state, &domains(&["a.example"])[0]).unwrap();
        strike(&state, &name("bob")).unwrap();
        assert_eq!(text(), "al: al\n");
        assert_eq!(dir.join(FILE).metadata().unwrap().permissions().mode() & 0o777, MODE);
        std::fs::remove_dir_all(dir).unwrap();
    }
}
