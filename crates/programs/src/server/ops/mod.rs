//! What the owner of the machine sees of the daemon: its log, its counters and their port, and its certificate.

pub(crate) mod certificate;
pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod monitor;
