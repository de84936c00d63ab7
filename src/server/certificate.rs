//! The daemon's own authority, and the certificate that it signs: made at the first start, so that clients can
//! verify the server from the first call on.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::api::{Error, ErrorKind};
use crate::engine::remote::Pin;

/// How long the authority lasts: clients are told to trust it once.
const AUTHORITY: Duration = Duration::from_secs(10 * 366 * DAY);
/// How long a certificate lasts; a new one is made in time, and clients notice nothing.
const LEAF: Duration = Duration::from_secs(397 * DAY);
/// How long before its end a certificate is replaced.
const RENEWAL: Duration = Duration::from_secs(30 * DAY);
const DAY: u64 = 24 * 60 * 60;

/// Where they are.
#[derive(Clone, Debug)]
pub(super) struct Files {
    pub(super) authority: PathBuf,
    authority_key: PathBuf,
    pub(super) certificate: PathBuf,
    pub(super) key: PathBuf,
}

impl Files {
    /// The files below the daemon's folder.
    pub(super) fn below(state: &Path) -> Self {
        let file = |name: &str| state.join("tls").join(name);
        Self {
            authority: file("ca.pem"),
            authority_key: file("ca.key"),
            certificate: file("server.pem"),
            key: file("server.key"),
        }
    }

    /// Makes what is missing or about to end. Whether the authority is new, so that its owner must be told.
    pub(super) fn ensure(&self, names: &[String]) -> Result<bool, Error> {
        let folder = self.authority.parent().unwrap_or(Path::new("/"));
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|cause| failed("Creating", folder, &cause))?;
        let is_new = !self.authority.exists() || !self.authority_key.exists();
        if is_new {
            self.make_authority()?;
        }
        let wanted = names.join("\n");
        let covered = folder.join("names");
        let same_names = fs::read_to_string(&covered).is_ok_and(|known| known == wanted);
        if is_new || !same_names || ends_soon(&self.certificate) {
            self.make_certificate(names)?;
            write(&covered, wanted.as_bytes())?;
        }
        Ok(is_new)
    }

    fn make_authority(&self) -> Result<(), Error> {
        let key = KeyPair::generate().map_err(unmade)?;
        let authority = CertifiedIssuer::self_signed(authority(), key).map_err(unmade)?;
        write(&self.authority_key, authority.key().serialize_pem().as_bytes())?;
        write(&self.authority, authority.pem().as_bytes())
    }

    fn make_certificate(&self, names: &[String]) -> Result<(), Error> {
        let key = fs::read_to_string(&self.authority_key);
        let key = key.map_err(|cause| failed("Reading", &self.authority_key, &cause))?;
        let issuer = Issuer::new(authority(), KeyPair::from_pem(&key).map_err(unmade)?);
        let mut params = CertificateParams::new(names.to_vec()).map_err(unmade)?;
        params.distinguished_name.push(DnType::CommonName, names.first().map_or("localhost", String::as_str));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        lasting(&mut params, LEAF);
        let key = KeyPair::generate().map_err(unmade)?;
        let certificate = params.signed_by(&key, &issuer).map_err(unmade)?;
        write(&self.key, key.serialize_pem().as_bytes())?;
        write(&self.certificate, certificate.pem().as_bytes())
    }
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
pub(super) fn names(further: &[String]) -> Vec<String> {
    let host = super::daemon::host_name();
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
pub(super) fn fingerprint(path: &Path) -> Result<Pin, Error> {
    let certificate = CertificateDer::from_pem_file(path);
    certificate.map(|der| Pin::of(&der)).map_err(|cause| {
        Error::new(ErrorKind::Config, format!("The certificate {} cannot be read: {cause}", path.display()))
    })
}

/// A file for the daemon alone, whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let temporary = path.with_extension("new");
    let written = fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    written.map_err(|cause| failed("Writing", path, &cause))
}

fn failed(what: &str, path: &Path, cause: &std::io::Error) -> Error {
    Error::new(ErrorKind::StoreIo, format!("{what} {} failed: {cause}", path.display()))
}

fn unmade(cause: rcgen::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("The daemon's certificate cannot be made: {cause}"))
}
