//! TLS on the daemon's side: which certificate is shown, and its renewal while connections go on.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::SystemTime;

use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert, ServerSessionMemoryCache};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use liveapi_core::api::{Error, ErrorKind};

/// Sessions that are remembered, so that clients which open a connection for each call pay less.
const SESSIONS: usize = 10_240;

/// The certificate that is shown now. Replaced as a whole, never half.
#[derive(Debug)]
pub(crate) struct ServedCertificate {
    certificate: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    now: RwLock<Arc<CertifiedKey>>,
    seen: Mutex<FileStates>,
}

/// When both files last changed; nothing if one is missing.
type Changed = Option<[SystemTime; 2]>;

/// Which state of the files is shown, and which was complained of.
#[derive(Debug)]
struct FileStates {
    good: Changed,
    bad: Option<Changed>,
}

impl ServedCertificate {
    /// Reads certificate and key, which must belong together.
    pub(crate) fn new(certificate: &Path, key: &Path) -> Result<Arc<Self>, Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let now = read(certificate, key, &provider)?;
        Ok(Arc::new(Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
            provider,
            now: RwLock::new(now),
            seen: Mutex::new(FileStates { good: changed(certificate, key), bad: None }),
        }))
    }

    /// Reads the files again if they changed; whether they did. A pair that cannot be used leaves the old one; it is
    /// complained of once, and tried again: it may have been half written.
    pub(crate) fn renew(&self) -> Result<bool, Error> {
        let changed = changed(&self.certificate, &self.key);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.good == changed {
            return Ok(false);
        }
        match read(&self.certificate, &self.key, &self.provider) {
            Ok(new) => {
                seen.good = changed;
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = new;
                Ok(true)
            }
            Err(_) if seen.bad == Some(changed) => Ok(false),
            Err(error) => {
                seen.bad = Some(changed);
                Err(error)
            }
        }
    }

    /// The acceptor, which shows the certificate that holds at that moment.
    pub(crate) fn acceptor(self: &Arc<Self>) -> Result<TlsAcceptor, Error> {
        let builder = ServerConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|cause| Error::new(ErrorKind::Internal, format!("TLS cannot be set up: {cause}")))?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::clone(self) as _);
        config.session_storage = ServerSessionMemoryCache::new(SESSIONS);
        // No protocol is negotiated: old clients ask for names that a list of ours would refuse.
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

impl ResolvesServerCert for ServedCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

fn changed(certificate: &Path, key: &Path) -> Changed {
    let time = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    Some([time(certificate)?, time(key)?])
}

fn read(certificate: &Path, key: &Path, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Error> {
    let refuse = |path: &Path, why: String| {
        Error::new(ErrorKind::Config, format!("The file {} cannot be used for TLS: {why}", path.display()))
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let chain = chain.map_err(|cause| refuse(certificate, cause.to_string()))?;
    if chain.is_empty() {
        return Err(refuse(certificate, "it holds no certificate".to_owned()));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|cause| refuse(key, cause.to_string()))?;
    let both = CertifiedKey::from_der(chain, secret, provider);
    both.map(Arc::new).map_err(|cause| {
        refuse(certificate, format!("with the key {}: {cause}; are they of one pair?", key.display()))
    })
}
