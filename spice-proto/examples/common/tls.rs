//! TLS as SPICE peers do it, by OpenSSL: a CA file of its own, and the server's name or its subject.
//!
//! OpenSSL is what the reference uses. It takes the certificates and server names of real SPICE servers, which stricter
//! libraries refuse: X.509 version 1, a host that is a ticket of Proxmox.

use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use openssl::pkey::PKey;
use openssl::ssl::{
    HandshakeError, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslStream,
    SslVerifyMode,
};
use openssl::x509::X509;
use openssl::x509::store::X509StoreBuilder;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use super::stream::{BoxStream, Stream, is_timeout};

/// What a client asks of the server's certificate.
#[derive(Clone)]
pub struct Trust {
    context: SslContext,
    /// In place of the host's name: "O=Example,CN=host", as `host-subject` of a connection file.
    subject: Option<String>,
}

/// A server's certificate and key.
#[derive(Clone)]
pub struct Identity(SslContext);

impl Trust {
    /// Trusts the certificates in a PEM text. With a `subject` the server's certificate has to have that subject, and
    /// the host's name is not looked at. `ciphers` are those of TLS up to 1.2, as OpenSSL writes lists of them.
    pub fn new(pem: &[u8], subject: Option<&str>, ciphers: Option<&str>) -> io::Result<Self> {
        let authorities =
            X509::stack_from_pem(pem).map_err(|error| invalid(format!("CA certificates: {error}")))?;
        if authorities.is_empty() {
            return Err(invalid("CA certificates: none found"));
        }
        let mut store = X509StoreBuilder::new()?;
        authorities.into_iter().try_for_each(|certificate| store.add_cert(certificate))?;
        let mut context = context(SslMethod::tls_client())?;
        context.set_cert_store(store.build());
        context.set_verify(SslVerifyMode::PEER);
        if let Some(ciphers) = ciphers.filter(|ciphers| !ciphers.is_empty()) {
            let wrong = |_| invalid(format!("TLS ciphers: none is known in {ciphers:?}"));
            context.set_cipher_list(ciphers).map_err(wrong)?;
        }
        Ok(Trust { context: context.build(), subject: subject.map(str::to_owned) })
    }

    /// As [`new`](Self::new), from a file.
    pub fn from_file(path: &Path, subject: Option<&str>, ciphers: Option<&str>) -> io::Result<Self> {
        Self::new(&read(path)?, subject, ciphers).map_err(|error| named(path, error))
    }

    /// The same authorities, for a server that has another subject where one is given.
    pub fn for_subject(&self, subject: Option<&str>) -> Self {
        let subject = subject.map(str::to_owned).or_else(|| self.subject.clone());
        Trust { subject, ..self.clone() }
    }

    /// Speaks TLS over `stream`, and returns when the server's certificate is accepted.
    pub fn connect(&self, stream: BoxStream, host: &str) -> io::Result<BoxStream> {
        let mut tls = Ssl::new(&self.context)?;
        // Anything else is no name for servers: an address, or a ticket that is nobody else's business.
        if is_dns_name(host) {
            tls.set_hostname(host)?;
        }
        if self.subject.is_none() {
            match host.parse::<IpAddr>() {
                Ok(address) => tls.param_mut().set_ip(address)?,
                Err(_) => tls.param_mut().set_host(host)?,
            }
        }
        let tls = tls.connect(stream).map_err(handshake_error)?;
        if let Some(wanted) = &self.subject {
            let certificate = tls.ssl().peer_certificate();
            let certificate = certificate.ok_or_else(|| refused("the server has no certificate"))?;
            let found = subject(&certificate.to_der()?)?;
            if found != split_subject(wanted) {
                return Err(refused(format!("the server's subject is {}, not {wanted}", found.join(","))));
            }
        }
        Ok(Box::new(tls))
    }
}

impl Identity {
    /// Reads both from PEM files: the certificate first, then those that lead to its authority.
    pub fn from_files(certificate: &Path, key: &Path) -> io::Result<Self> {
        let chain = X509::stack_from_pem(&read(certificate)?).map_err(|error| named(certificate, error))?;
        let mut chain = chain.into_iter();
        let first = chain.next().ok_or_else(|| named(certificate, "no certificate in it"))?;
        let private = PKey::private_key_from_pem(&read(key)?).map_err(|error| named(key, error))?;
        let mut context = context(SslMethod::tls_server())?;
        context.set_certificate(&first).map_err(|error| named(certificate, error))?;
        context.set_private_key(&private).map_err(|error| named(key, error))?;
        context.check_private_key().map_err(|error| named(key, error))?;
        chain.try_for_each(|certificate| context.add_extra_chain_cert(certificate))?;
        Ok(Self(context.build()))
    }

    /// Speaks TLS over `stream`, and returns when the client has agreed. Any server name will do.
    pub fn accept(&self, stream: BoxStream) -> io::Result<BoxStream> {
        Ok(Box::new(Ssl::new(&self.0)?.accept(stream).map_err(handshake_error)?))
    }
}

/// TLS, at either end.
impl Stream for SslStream<BoxStream> {
    fn set_read_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.get_ref().set_read_timeout(timeout)
    }

    fn close(&self) {
        self.get_ref().close();
    }

    fn is_encrypted(&self) -> bool {
        true
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trust").field("subject", &self.subject).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(..)")
    }
}

/// Why a client that was given no certificates has no TLS.
pub fn no_trust() -> io::Error {
    invalid("TLS needs certificates of authorities (a CA file)")
}

/// What both ends have in common. Versions and strengths are those of the system's configuration.
fn context(method: SslMethod) -> io::Result<SslContextBuilder> {
    let mut context = SslContextBuilder::new(method)?;
    context.set_mode(SslMode::AUTO_RETRY | SslMode::ACCEPT_MOVING_WRITE_BUFFER | SslMode::RELEASE_BUFFERS);
    // SPICE peers close the connection without a word of TLS.
    context.set_options(SslOptions::IGNORE_UNEXPECTED_EOF | SslOptions::NO_COMPRESSION);
    Ok(context)
}

/// Letters, digits, hyphens and dots, and no address.
fn is_dns_name(host: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    !host.is_empty() && host.chars().all(plain) && host.parse::<IpAddr>().is_err()
}

/// The peer's reason, or ours.
fn handshake_error(error: HandshakeError<BoxStream>) -> io::Error {
    match error {
        HandshakeError::SetupFailure(error) => error.into(),
        HandshakeError::WouldBlock(_) => io::ErrorKind::TimedOut.into(),
        HandshakeError::Failure(failed) => {
            let verified = failed.ssl().verify_result();
            match failed.into_error().into_io_error() {
                Ok(error) if is_timeout(&error) => io::ErrorKind::TimedOut.into(),
                Ok(error) => error,
                Err(_) if verified.as_raw() != 0 => {
                    refused(format!("the server's certificate: {}", verified.error_string()))
                }
                Err(error) => io::Error::other(format!("TLS: {error}")),
            }
        }
    }
}

/// The subject of a certificate, one "KEY=value" each, in the certificate's order.
fn subject(certificate: &[u8]) -> io::Result<Vec<String>> {
    let certificate = Certificate::from_der(certificate).map_err(|error| invalid(error.to_string()))?;
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

fn read(path: &Path) -> io::Result<Vec<u8>> {
    fs::read(path).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

fn named(path: &Path, error: impl std::fmt::Display) -> io::Error {
    invalid(format!("{}: {error}", path.display()))
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}

fn refused(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, error)
}
