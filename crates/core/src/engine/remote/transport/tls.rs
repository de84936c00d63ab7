//! Which servers are trusted: rustls with ring as its provider, and the four ways of [`Trust`].
//!
//! The provider is given to each configuration and never installed for the process, where a host's other
//! library could have its own.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, KeyProvider};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::SigningKey;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
};

use crate::api::{Error, ErrorKind};
use crate::base::environment::Environment;
use crate::base::limits;
use crate::engine::config::{Pin, Trust};

/// Where systems have their authorities in one file: Debian, Fedora and its kin, SUSE, Alpine.
const AUTHORITIES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Makes the configuration of all connections of one engine; they share its session tickets.
pub(crate) fn config(trust: &Trust) -> Result<ClientConfig, Error> {
    let provider = CryptoProvider { key_provider: &NoKeys, ..rustls::crypto::ring::default_provider() };
    let provider = Arc::new(provider);
    let verifier = Verifier { rule: rule(trust, &provider)?, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| Error::new(ErrorKind::Internal, format!("TLS cannot be set up: {cause}")))?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// Signs nothing: no client here shows a certificate, and what could sign for one would be a part of the library.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General("this client has no certificate of its own".to_owned()))
    }
}

/// Judges a server's certificate. Whoever shows it must also hold its key; that is always checked.
#[derive(Debug)]
struct Verifier {
    rule: TrustRule,
    provider: Arc<CryptoProvider>,
}

#[derive(Debug)]
enum TrustRule {
    Chain(Arc<dyn ServerCertVerifier>),
    Pin(Pin),
    Anyone,
}

/// A certificate that is refused, and its fingerprint, so that its owner can recognise it.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// The fingerprint of the certificate that the server showed.
    pub(crate) seen: Pin,
    /// Why; `None` if it is not the pinned one.
    pub(crate) cause: Option<CertificateError>,
}

fn rule(trust: &Trust, provider: &Arc<CryptoProvider>) -> Result<TrustRule, Error> {
    let refuse = |sentence: String| Error::new(ErrorKind::Config, sentence);
    match trust {
        // What is below reads SSL_CERT_FILE and SSL_CERT_DIR by itself.
        Trust::System if !Environment::now().counts() => {
            let path = AUTHORITIES.into_iter().find(|path| Path::new(path).exists()).ok_or_else(|| {
                refuse("The system's certificate authorities are in no usual file; install the package ca-certificates, or give the setting ca_file or pin".to_owned())
            })?;
            chain(path, provider).map_err(|why| {
                refuse(format!("The system's certificate authorities in {path} are not used: {why}"))
            })
        }
        Trust::System => {
            let verifier = rustls_platform_verifier::Verifier::new(Arc::clone(provider)).map_err(|cause| {
                // The verifier does not say why it found none.
                if let Some(limit) = limits::of_descriptors() {
                    let sentence = format!("The system's certificate authorities cannot be read: {limit}");
                    return Error::new(ErrorKind::Limit, sentence);
                }
                refuse(format!(
                    "The system's certificate authorities cannot be read ({cause}); install the package ca-certificates, or give the setting ca_file or pin"
                ))
            })?;
            Ok(TrustRule::Chain(Arc::new(verifier)))
        }
        Trust::File(path) => chain(path, provider)
            .map_err(|why| refuse(format!("The file {path} of the setting ca_file is not used: {why}"))),
        Trust::Pin(pin) => Ok(TrustRule::Pin(*pin)),
        Trust::Anyone => Ok(TrustRule::Anyone),
    }
}

/// Trust in the authorities of a PEM file.
fn chain(path: &str, provider: &Arc<CryptoProvider>) -> Result<TrustRule, String> {
    let roots = Arc::new(authorities(path)?);
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider)).build();
    verifier.map(|verifier| TrustRule::Chain(verifier)).map_err(|cause| cause.to_string())
}

/// The certificates of a PEM file; every one must be readable, so that none is missed silently.
fn authorities(path: &str) -> Result<RootCertStore, String> {
    let text =
        std::fs::read(path).map_err(|cause| format!("it cannot be read: {}", limits::named(&cause)))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&text) {
        let certificate = certificate.map_err(|cause| format!("it is no PEM file: {cause}"))?;
        roots.add(certificate).map_err(|cause| format!("it holds what is no certificate: {cause}"))?;
    }
    if roots.is_empty() {
        return Err("it holds no certificate (-----BEGIN CERTIFICATE-----)".to_owned());
    }
    Ok(roots)
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        status: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let seen = Pin::of(certificate);
        let cause = match &self.rule {
            TrustRule::Anyone => return Ok(ServerCertVerified::assertion()),
            TrustRule::Pin(pin) if *pin == seen => return Ok(ServerCertVerified::assertion()),
            TrustRule::Pin(_) => None,
            TrustRule::Chain(chain) => {
                match chain.verify_server_cert(certificate, intermediates, name, status, now) {
                    Err(rustls::Error::InvalidCertificate(cause)) => Some(cause),
                    other => return other,
                }
            }
        };
        let refused = OtherError(Arc::new(Refused { seen, cause }));
        Err(rustls::Error::InvalidCertificate(CertificateError::Other(refused)))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.cause {
            None => write!(f, "its certificate is not the pinned one but {}", self.seen),
            Some(cause) => write!(f, "its certificate {} (fingerprint {})", why(cause), self.seen),
        }
    }
}

impl std::error::Error for Refused {}

/// A cause in words; what rustls says of the rest.
fn why(cause: &CertificateError) -> String {
    match cause {
        CertificateError::UnknownIssuer => "is of no certificate authority that is trusted here".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet (is the clock of this machine right?)".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another host name".to_owned()
        }
        CertificateError::BadSignature => {
            "was not made by the certificate authority that it names".to_owned()
        }
        other => format!("cannot be accepted: {other}"),
    }
}
