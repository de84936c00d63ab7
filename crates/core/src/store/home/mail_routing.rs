//! The store as the mail server's routers see it.

use super::home_store::HomeStore;
use super::{autoresponders, incoming, outgoing, routes};
use crate::api::{Error, NotDone};
use crate::store::{Account, Address, Autoresponder, Destination, Domain, Forwarder, MailRouting, Outgoing};

impl MailRouting for HomeStore {
    fn forwarders(&self, account: &Account, domain: &Domain) -> Result<Vec<Forwarder>, NotDone> {
        routes::forwarders(self, account, domain)
    }

    fn add_forwarder(&self, account: &Account, address: &Address, to: &Destination) -> Result<(), NotDone> {
        routes::add(self, account, address, to).map_err(|e| e.unchanged("The list of forwarders"))
    }

    fn remove_forwarder(&self, account: &Account, address: &Address, to: &str) -> Result<(), NotDone> {
        routes::remove(self, account, address, to).map_err(|e| e.unchanged("The list of forwarders"))
    }

    fn default_address(&self, account: &Account, domain: &Domain) -> Result<Vec<Destination>, NotDone> {
        routes::default_address(self, account, domain)
    }

    fn set_default_address(
        &self,
        account: &Account,
        domain: &Domain,
        to: &[Destination],
    ) -> Result<(), NotDone> {
        routes::set_default_address(self, account, domain, to)
            .map_err(|e| e.unchanged(&format!("The default address of “{domain}”")))
    }

    fn domain_forwarder(&self, account: &Account, domain: &Domain) -> Result<Option<Domain>, NotDone> {
        routes::domain_forwarder(self, account, domain)
    }

    fn set_domain_forwarder(
        &self,
        account: &Account,
        domain: &Domain,
        to: Option<&Domain>,
    ) -> Result<(), NotDone> {
        routes::set_domain_forwarder(self, account, domain, to)
            .map_err(|e| e.unchanged(&format!("The forwarder of the domain “{domain}”")))
    }

    fn autoresponders(
        &self,
        account: &Account,
        domain: &Domain,
    ) -> Result<Vec<(String, Autoresponder)>, NotDone> {
        autoresponders::list(self, account, domain)
    }

    fn autoresponder(&self, account: &Account, address: &Address) -> Result<Autoresponder, NotDone> {
        autoresponders::get(self, account, address)
    }

    fn set_autoresponder(
        &self,
        account: &Account,
        address: &Address,
        to: &Autoresponder,
    ) -> Result<(), NotDone> {
        autoresponders::set(self, account, address, to)
            .map_err(|e| e.unchanged(&format!("What “{address}” answers")))
    }

    fn remove_autoresponder(&self, account: &Account, address: &Address) -> Result<bool, NotDone> {
        autoresponders::remove(self, account, address)
    }

    fn suspend_incoming(&self, account: &Account, address: &Address, suspended: bool) -> Result<(), NotDone> {
        incoming::suspend(self, account, address, suspended)
            .map_err(|e| e.unchanged(&format!("The reception of mail for “{address}”")))
    }

    fn outgoing(&self, what: Outgoing) -> Result<Vec<String>, Error> {
        outgoing::list(self, what)
    }

    fn set_outgoing(
        &self,
        account: &Account,
        address: &Address,
        what: Outgoing,
        on: bool,
    ) -> Result<(), NotDone> {
        outgoing::set(self, account, address, what, on)
            .map_err(|e| e.unchanged(&format!("The sending of mail by “{address}”")))
    }
}
