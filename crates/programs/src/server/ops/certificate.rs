//! The daemon's own authority, and the certificate that it signs: made at the first start, so that clients can
//! verify the server from the first call on.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::server::host::host_name;
use liveapi_core::api::{Error, ErrorKind, NotDone};
use liveapi_core::base::files::PrivateFolder;
use liveapi_core::engine::remote::Pin;

/// How long the authority lasts: clients are told to trust it once.
const AUTHORITY: Duration = Duration::from_secs(10 * 366 * DAY);
/// How long a certificate lasts; a new one is made in time, and clients notice nothing.
const LEAF: Duration = Duration::from_secs(397 * DAY);
/// How long before its end a certificate is replaced.
const RENEWAL: Duration = Duration::from_secs(30 * DAY);
const DAY: u64 = 24 * 60 * 60;

/// The names of the files.
const AUTHORITY_FILE: &str = "ca.pem";
const AUTHORITY_KEY: &str = "ca.key";
const CERTIFICATE: &str = "server.pem";
const KEY: &str = "server.key";
/// For which names the certificate is.
const NAMES: &str = "names";

/// The files of authority and certificate; the administrator's own may stand in their place.
#[derive(Clone, Debug)]
pub(crate) struct CertificateFiles {
    folder: PathBuf,
    pub(crate) authority: PathBuf,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl CertificateFiles {
    /// The files below the daemon's folder.
    pub(crate) fn below(state: &Path) -> Self {
        let folder = state.join("tls");
        let file = |name: &str| folder.join(name);
        Self { authority: file(AUTHORITY_FILE), certificate: file(CERTIFICATE), key: file(KEY), folder }
    }

    /// Makes what is missing or about to end. Whether the authority is new, so that its owner must be told.
    pub(crate) fn ensure(&self, names: &[String]) -> Result<bool, Error> {
        let folder = PrivateFolder::at(&self.folder)?;
        let is_new = text(&folder, AUTHORITY_FILE)?.is_empty() || text(&folder, AUTHORITY_KEY)?.is_empty();
        if is_new {
            make_authority(&folder)?;
        }
        let wanted = names.join("\n");
        if is_new || text(&folder, NAMES)? != wanted || ends_soon(&self.certificate) {
            make_certificate(&folder, names)?;
            write(&folder, NAMES, &wanted)?;
        }
        Ok(is_new)
    }
}

fn make_authority(folder: &PrivateFolder) -> Result<(), Error> {
    let key = KeyPair::generate().map_err(unmade)?;
    let authority = CertifiedIssuer::self_signed(authority(), key).map_err(unmade)?;
    write(folder, AUTHORITY_KEY, &Zeroizing::new(authority.key().serialize_pem()))?;
    write(folder, AUTHORITY_FILE, &authority.pem())
}

fn make_certificate(folder: &PrivateFolder, names: &[String]) -> Result<(), Error> {
    let key = Zeroizing::new(text(folder, AUTHORITY_KEY)?);
    let issuer = Issuer::new(authority(), KeyPair::from_pem(&key).map_err(unmade)?);
    let mut params = CertificateParams::new(names.to_vec()).map_err(unmade)?;
    params.distinguished_name.push(DnType::CommonName, names.first().map_or("localhost", String::as_str));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    lasting(&mut params, LEAF);
    let key = KeyPair::generate().map_err(unmade)?;
    let certificate = params.signed_by(&key, &issuer).map_err(unmade)?;
    write(folder, KEY, &Zeroizing::new(key.serialize_pem()))?;
    write(folder, CERTIFICATE, &certificate.pem())
}

/// A file's text; empty if it is missing.
fn text(folder: &PrivateFolder, name: &str) -> Result<String, Error> {
    let bytes = folder.read(name)?.map(|(bytes, _)| bytes).unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn write(folder: &PrivateFolder, name: &str, text: &str) -> Result<(), Error> {
    folder.edit(name, |_| Ok(Some(text.as_bytes().to_vec()))).map_err(|not_done| match not_done {
        NotDone::Failed(error) => error,
        NotDone::Refused(refusal) => Error::new(ErrorKind::StoreIo, refusal.to_string()),
    })
}

/// The authority's own certificate, before it is signed; a certificate names its authority by these same words.
fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, "liveapid: authority of this machine");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    lasting(&mut params, AUTHORITY);
    params
}

/// From yesterday, because clocks differ.
fn lasting(params: &mut CertificateParams, time: Duration) {
    let now = SystemTime::now();
    params.not_before = (now - Duration::from_secs(DAY)).into();
    params.not_after = (now + time).into();
}

/// Whether a certificate of ours is missing or was made so long ago that it should be replaced.
fn ends_soon(path: &Path) -> bool {
    let made = fs::metadata(path).and_then(|found| found.modified());
    made.map_or(true, |made| made.elapsed().is_ok_and(|age| age > LEAF - RENEWAL))
}

/// The names under which clients may reach this machine.
pub(crate) fn names(further: &[String]) -> Vec<String> {
    let host = host_name();
    let usual = ["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
    let mut names: Vec<String> = Vec::new();
    for name in further.iter().cloned().chain([host]).chain(usual) {
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// The fingerprint of a certificate, as the setting `pin` wants it.
pub(crate) fn fingerprint(path: &Path) -> Result<Pin, Error> {
    let certificate = CertificateDer::from_pem_file(path);
    certificate.map(|der| Pin::of(&der)).map_err(|cause| {
        Error::new(ErrorKind::Config, format!("The certificate {} cannot be read: {cause}", path.display()))
    })
}

fn unmade(cause: rcgen::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("The daemon's certificate cannot be made: {cause}"))
}
