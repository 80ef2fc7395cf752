//! TLS as SPICE clients do it: a CA file of its own, and the server's name or its subject.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error, RootCertStore,
    SignatureScheme, StreamOwned,
};
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::stream::BoxStream;

/// What a client asks of the server's certificate.
#[derive(Debug)]
pub struct Trust {
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    /// In place of the host's name: "O=Example,CN=host", as `host-subject` of a connection file.
    subject: Option<String>,
}

impl Trust {
    /// Trusts the certificates in a PEM text. With a `subject` the server's certificate has to have that subject, and
    /// the host's name is not looked at.
    pub fn new(pem: &[u8], subject: Option<&str>) -> io::Result<Self> {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| invalid(format!("CA certificates: {error}")))?;
            roots.add(certificate).map_err(invalid)?;
        }
        if roots.is_empty() {
            return Err(invalid("CA certificates: none found"));
        }
        let provider = Arc::new(ring::default_provider());
        Ok(Trust { provider, roots: Arc::new(roots), subject: subject.map(str::to_owned) })
    }

    /// As [`new`](Self::new), from a file.
    pub fn from_file(path: &Path, subject: Option<&str>) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        Self::new(&std::fs::read(path).map_err(named)?, subject).map_err(named)
    }

    /// Speaks TLS over `stream`, and returns when the server's certificate is accepted.
    pub fn connect(&self, mut stream: BoxStream, host: &str) -> io::Result<BoxStream> {
        let name = ServerName::try_from(host.to_owned()).map_err(invalid)?;
        let config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(invalid)?;
        let config = match &self.subject {
            None => config.with_root_certificates(self.roots.clone()),
            Some(subject) => {
                let signatures =
                    WebPkiServerVerifier::builder_with_provider(self.roots.clone(), self.provider.clone());
                let verifier = SubjectVerifier {
                    signatures: signatures.build().map_err(invalid)?,
                    provider: self.provider.clone(),
                    roots: self.roots.clone(),
                    subject: subject.clone(),
                };
                config.dangerous().with_custom_certificate_verifier(Arc::new(verifier))
            }
        };
        let mut tls = ClientConnection::new(Arc::new(config.with_no_client_auth()), name).map_err(invalid)?;
        while tls.is_handshaking() {
            tls.complete_io(&mut stream)?;
        }
        Ok(Box::new(StreamOwned::new(tls, stream)))
    }
}

/// The chain to a CA as usual, the subject in place of the name.
#[derive(Debug)]
struct SubjectVerifier {
    signatures: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    subject: String,
}

impl ServerCertVerifier for SubjectVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let parsed = ParsedCertificate::try_from(end_entity)?;
        let algorithms = self.provider.signature_verification_algorithms.all;
        verify_server_cert_signed_by_trust_anchor(&parsed, &self.roots, intermediates, now, algorithms)?;
        let found = subject(end_entity)?;
        if found == split_subject(&self.subject) {
            Ok(ServerCertVerified::assertion())
        } else {
            let text = format!("the server's subject is {}, not {}", found.join(","), self.subject);
            Err(Error::General(text))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signatures.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.signatures.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signatures.supported_verify_schemes()
    }
}

/// The subject of a certificate, one "KEY=value" each, in the certificate's order.
fn subject(certificate: &CertificateDer<'_>) -> Result<Vec<String>, Error> {
    let certificate = Certificate::from_der(certificate)
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))?;
    let names = certificate.tbs_certificate.subject.0;
    Ok(names.iter().flat_map(|name| name.0.iter()).map(ToString::to_string).collect())
}

/// "O=Example,CN=host" in its parts; a comma that belongs to a value has a backslash before it.
fn split_subject(subject: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut escaped = false;
    for character in subject.chars() {
        match character {
            ',' if !escaped => parts.push(String::new()),
            _ => parts.last_mut().expect("there is always a part").push(character),
        }
        escaped = character == '\\' && !escaped;
    }
    parts.into_iter().map(|part| part.trim().to_owned()).collect()
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
