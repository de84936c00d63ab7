//! Where mail goes that is for nobody's mailbox, or not for the mailbox alone; and who may send.

use super::{Account, Address, Autoresponder, Destination, Domain};
use crate::api::{Error, NotDone};

/// One forwarder: mail for `address` goes to `to`, and to the mailbox of that address if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarder {
    pub address: String,
    pub to: Destination,
}

/// What is done with mail that a mailbox's owner sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// It is refused.
    Suspended,
    /// It stays in the mail server's queue.
    Held,
}

/// The part of a mail store that a mail server's routers read.
pub trait MailRouting {
    /// The forwarders of a domain, in file order.
    fn forwarders(&self, account: &Account, domain: &Domain) -> Result<Vec<Forwarder>, NotDone>;

    /// Adds a forwarder; one that is there already stays, and that is a success.
    fn add_forwarder(&self, account: &Account, address: &Address, to: &Destination) -> Result<(), NotDone>;

    /// Removes a forwarder by its destination as lists show it.
    fn remove_forwarder(&self, account: &Account, address: &Address, to: &str) -> Result<(), NotDone>;

    /// Where mail of a domain goes that has neither mailbox nor forwarder.
    fn default_address(&self, account: &Account, domain: &Domain) -> Result<Vec<Destination>, NotDone>;

    /// Changes where mail goes that is for nobody.
    fn set_default_address(
        &self,
        account: &Account,
        domain: &Domain,
        to: &[Destination],
    ) -> Result<(), NotDone>;

    /// The domain that such mail of a whole domain goes to, with the same local part.
    fn domain_forwarder(&self, account: &Account, domain: &Domain) -> Result<Option<Domain>, NotDone>;

    /// Changes the domain that mail of a whole domain goes to, or removes it.
    fn set_domain_forwarder(
        &self,
        account: &Account,
        domain: &Domain,
        to: Option<&Domain>,
    ) -> Result<(), NotDone>;

    /// The autoresponders of a domain with their addresses.
    fn autoresponders(
        &self,
        account: &Account,
        domain: &Domain,
    ) -> Result<Vec<(String, Autoresponder)>, NotDone>;

    /// The autoresponder of an address, which must have one.
    fn autoresponder(&self, account: &Account, address: &Address) -> Result<Autoresponder, NotDone>;

    /// Gives an address an autoresponder, in place of the one that it has.
    fn set_autoresponder(
        &self,
        account: &Account,
        address: &Address,
        to: &Autoresponder,
    ) -> Result<(), NotDone>;

    /// Takes the autoresponder of an address away; whether there was one.
    fn remove_autoresponder(&self, account: &Account, address: &Address) -> Result<bool, NotDone>;

    /// Refuses mail for a mailbox, or takes that back.
    fn suspend_incoming(&self, account: &Account, address: &Address, suspended: bool) -> Result<(), NotDone>;

    /// The addresses and account names whose outgoing mail is treated so.
    fn outgoing(&self, what: Outgoing) -> Result<Vec<String>, Error>;

    /// Treats outgoing mail of a mailbox so, or takes that back.
    fn set_outgoing(
        &self,
        account: &Account,
        address: &Address,
        what: Outgoing,
        on: bool,
    ) -> Result<(), NotDone>;
}
