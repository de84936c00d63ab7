//! Packages as files: `.liveapi/packages/NAME`, in the form of cPanel's `/var/cpanel/packages/NAME`.

use super::home_store::HomeStore;
use super::{account, registry};
use crate::api::{Error, NotDone, Refusal};
use crate::base::files::{Folder, Lock, Splice};
use crate::store::{Package, PackageName, Packages};

impl Packages for HomeStore {
    fn packages(&self) -> Result<Vec<Package>, Error> {
        let Some(state) = Folder::ours(&self.root.join(registry::FOLDER))? else { return Ok(Vec::new()) };
        let Some(folder) = state.beneath(registry::PACKAGES)? else { return Ok(Vec::new()) };
        // What is no name of a package is none: a temporary file, the folder of cPanel's extensions.
        let mut names: Vec<_> = folder
            .readable()?
            .names()?
            .iter()
            .filter_map(|(name, _)| PackageName::parse(std::str::from_utf8(name).ok()?, "pkg").ok())
            .collect();
        names.sort();
        let mut packages = Vec::with_capacity(names.len());
        for name in names {
            packages.extend(self.package(&name)?);
        }
        Ok(packages)
    }

    fn package(&self, name: &PackageName) -> Result<Option<Package>, Error> {
        let file = registry::read(&self.root, &format!("{}/{name}", registry::PACKAGES))?;
        Ok(file.map(|bytes| Package::read(name.clone(), &String::from_utf8_lossy(&bytes))))
    }

    fn add_package(&self, package: &Package) -> Result<(), NotDone> {
        let (folder, _lock) = changeable(self)?;
        if folder.read(package.name.as_str())?.is_some() {
            return Err(Refusal::PackageExists(package.name.to_string()).into());
        }
        write(&folder, package)
    }

    fn replace_package(&self, package: &Package) -> Result<(), NotDone> {
        let (folder, _lock) = changeable(self)?;
        require(&folder, &package.name)?;
        write(&folder, package)
    }

    fn remove_package(&self, name: &PackageName) -> Result<(), NotDone> {
        let (folder, _lock) = changeable(self)?;
        require(&folder, name)?;
        Ok(folder.unlink(name.as_str())?)
    }
}

/// The folder, made if it is not there, for whoever holds the lock. Packages may come before the first account.
fn changeable(store: &HomeStore) -> Result<(Folder, Lock), NotDone> {
    let state = account::create_state(&store.root)?;
    let lock = Lock::take(&state, registry::LOCK)?;
    Ok((state.ensure(registry::PACKAGES, registry::PRIVATE_MODE)?, lock))
}

fn require(folder: &Folder, name: &PackageName) -> Result<(), NotDone> {
    match folder.read(name.as_str())? {
        Some(_) => Ok(()),
        None => Err(Refusal::NoPackage(name.to_string()).into()),
    }
}

fn write(folder: &Folder, package: &Package) -> Result<(), NotDone> {
    folder.edit(package.name.as_str(), |old| {
        Ok(vec![Splice { range: 0..old.len(), insert: package.text().into_bytes() }])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::tests::scratch;
    use crate::store::PackageSetting;

    #[test]
    fn packages_are_files_that_come_change_and_go() {
        let dir = scratch("packages");
        let store = HomeStore::at(&dir.join("store"), "nobody").unwrap();
        let name = |text| PackageName::parse(text, "name").unwrap();
        assert!(store.packages().unwrap().is_empty() && store.package(&name("gold")).unwrap().is_none());
        let mut gold = Package::new(name("gold"));
        gold.set(PackageSetting::of("MAXPOP").unwrap(), "5").unwrap();
        store.add_package(&gold).unwrap();
        store.add_package(&Package::new(name("Silver 2"))).unwrap();
        assert!(matches!(store.add_package(&gold), Err(NotDone::Refused(Refusal::PackageExists(_)))));
        let file = dir.join("store/.liveapi/packages/gold");
        assert!(std::fs::read_to_string(&file).unwrap().contains("MAXPOP=5\n"));
        // As it is copied from a cPanel server.
        std::fs::write(&file, "MAXPOP=7\nMINE=1\n").unwrap();
        std::fs::create_dir(dir.join("store/.liveapi/packages/extensions")).unwrap();
        let mut gold = store.package(&name("gold")).unwrap().unwrap();
        assert_eq!(gold.limits().unwrap().mailboxes, Some(7));
        gold.set(PackageSetting::of("MAXPOP").unwrap(), "unlimited").unwrap();
        store.replace_package(&gold).unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "MAXPOP=unlimited\nMINE=1\n");
        let names: Vec<_> =
            store.packages().unwrap().iter().map(|package| package.name.to_string()).collect();
        assert_eq!(names, ["Silver 2", "gold"]);
        store.remove_package(&name("gold")).unwrap();
        assert!(matches!(store.remove_package(&name("gold")), Err(NotDone::Refused(Refusal::NoPackage(_)))));
        assert!(matches!(store.replace_package(&gold), Err(NotDone::Refused(Refusal::NoPackage(_)))));
        std::fs::remove_dir_all(dir).unwrap();
    }
}
