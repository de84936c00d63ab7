//! The contract of a store for packages.

use super::{Package, PackageName};
use crate::api::{Error, NotDone};

/// The packages by which accounts are sold.
pub trait Packages {
    /// All of them, in the order of their names.
    fn packages(&self) -> Result<Vec<Package>, Error>;

    /// The one of that name, if there is one.
    fn package(&self, name: &PackageName) -> Result<Option<Package>, Error>;

    /// Adds a package; one that is there already is refused.
    fn add_package(&self, package: &Package) -> Result<(), NotDone>;

    /// Puts a package in the place of the one of its name, which must be there.
    fn replace_package(&self, package: &Package) -> Result<(), NotDone>;

    /// Removes a package. Accounts that were sold by it keep what they have.
    fn remove_package(&self, name: &PackageName) -> Result<(), NotDone>;
}
