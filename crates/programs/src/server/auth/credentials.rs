//! What a request brings along to show who sent it.

use std::net::IpAddr;

use crate::server::origin::ServiceKind;

/// What a request shows of its sender, as it came.
#[derive(Clone, Copy)]
pub struct Credentials<'r> {
    /// The service of the port.
    pub service: ServiceKind,
    /// The address that the connection comes from.
    pub peer: IpAddr,
    pub authorization: Option<&'r str>,
    /// The second factor: `X-CPANEL-OTP`, or `tfa_token` beside it.
    pub code: Option<&'r str>,
    pub cookie: Option<&'r str>,
    /// The first part of the path, if it is `cpsess` and ten digits.
    pub security_token: Option<&'r str>,
}
