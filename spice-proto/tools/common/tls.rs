//! TLS as SPICE peers do it, by OpenSSL: a CA file of its own, and the server's name or its subject.
//!
//! OpenSSL is what the reference uses. It takes the certificates and server names of real SPICE servers, which stricter
//! libraries refuse: X.509 version 1, a host that is a ticket of Proxmox.

use std::cell::RefCell;
use std::fs;
use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::PKey;
use openssl::ssl::{
    HandshakeError, Ssl, SslContext, SslContextBuilder, SslMethod, SslMode, SslOptions, SslStream,
    SslVerifyMode,
};
use openssl::x509::{X509, X509Ref};
use spice_proto::certificate::{Certificate, Expected, Refusal, Subject, Time, verify};

use super::stream::{BoxStream, Stream, is_timeout};

/// What a client asks of the server's certificate. The verdict is the library's; OpenSSL looks at signatures.
#[derive(Clone)]
pub struct Trust {
    context: SslContext,
    authorities: Vec<Vec<u8>>,
    /// In place of the host's name: `host-subject` of a connection file, and as it is written there.
    subject: Option<(Subject, String)>,
    /// Bits of security that keys and signatures must have.
    strength: u32,
}

/// A server's certificate and key.
#[derive(Clone)]
pub struct Identity(SslContext);

impl Trust {
    /// Trusts the certificates in a PEM text. With a `subject` the server's certificate has to have that subject, and
    /// the host's name is not looked at. `ciphers` are those of TLS up to 1.2, as OpenSSL writes lists of them.
    pub fn new(pem: &[u8], subject: Option<&str>, ciphers: Option<&str>) -> io::Result<Self> {
        let authorities = authorities(pem)?;
        let subject = subject.map(parse_subject).transpose()?;
        let mut context = context(SslMethod::tls_client())?;
        // That the server has its certificate's key is checked all the same.
        context.set_verify(SslVerifyMode::NONE);
        if let Some(ciphers) = ciphers.filter(|ciphers| !ciphers.is_empty()) {
            let wrong = |_| invalid(format!("TLS ciphers: none is known in {ciphers:?}"));
            context.set_cipher_list(ciphers).map_err(wrong)?;
        }
        let context = context.build();
        // The levels of OpenSSL; the second is usual.
        let strength = match context.security_level() {
            0 => 0,
            1 => 80,
            2 => 112,
            3 => 128,
            4 => 192,
            _ => 256,
        };
        Ok(Trust { context, authorities, subject, strength })
    }

    /// As [`new`](Self::new), from a file.
    pub fn from_file(path: &Path, subject: Option<&str>, ciphers: Option<&str>) -> io::Result<Self> {
        // What is wrong with the subject or the ciphers is not the file's fault.
        let pem = read(path)?;
        authorities(&pem).map_err(|error| named(path, error))?;
        Self::new(&pem, subject, ciphers)
    }

    /// The same authorities, for a server that has another subject where one is given.
    pub fn for_subject(&self, subject: Option<&str>) -> io::Result<Self> {
        let subject = match subject {
            Some(text) => Some(parse_subject(text)?),
            None => self.subject.clone(),
        };
        Ok(Trust { subject, ..self.clone() })
    }

    /// Speaks TLS over `stream`, and returns when the server's certificate is accepted. Errors do not name the host.
    pub fn connect(&self, stream: BoxStream, host: &str) -> io::Result<BoxStream> {
        let mut tls = Ssl::new(&self.context)?;
        // Anything else is no name for servers: an address, or a ticket that is nobody else's business.
        if is_dns_name(host) {
            tls.set_hostname(host)?;
        }
        let tls = tls.connect(stream).map_err(handshake_error)?;
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_err(io::Error::other)?;
        let now = Time::from_unix(i64::try_from(seconds.as_secs()).map_err(io::Error::other)?);
        let chain = tls.ssl().peer_cert_chain().into_iter().flatten();
        let chain = chain.map(|certificate| certificate.to_der()).collect::<Result<Vec<_>, _>>()?;
        self.check(&chain, host, now)?;
        Ok(Box::new(tls))
    }

    /// The verdict over what a server has sent: its certificate first, all in DER.
    pub fn check(&self, chain: &[Vec<u8>], host: &str, now: Time) -> io::Result<()> {
        let own = chain.first().ok_or_else(|| refused(Refusal::NoCertificate))?;
        let server = Certificate::parse(own).map_err(refused)?;
        let key = X509::from_der(own)?.public_key()?;
        if key.security_bits() < self.strength {
            return Err(refused(format!("the server's key of {} bits is too weak", key.bits())));
        }
        // Others that cannot be read lead nowhere.
        let others = chain.iter().skip(1).filter_map(|der| Certificate::parse(der).ok());
        let chain: Vec<Certificate<'_>> = [server.clone()].into_iter().chain(others).collect();
        let authorities: Vec<_> =
            self.authorities.iter().filter_map(|der| Certificate::parse(der).ok()).collect();
        let expected = match &self.subject {
            Some((subject, _)) => Expected::Subject(subject),
            None => Expected::Host(host),
        };
        let weak = RefCell::new(None);
        let verdict = verify(&chain, &authorities, &expected, now, &mut |certificate, issuer| {
            self.signed_by(certificate.der(), issuer.der()).unwrap_or_else(|reason| {
                weak.replace(reason);
                false
            })
        });
        verdict.map_err(|refusal| match (refusal, &self.subject, weak.take()) {
            (Refusal::Subject, Some((_, wanted)), _) => {
                refused(format!("the server's subject is {}, not {wanted}", server.subject()))
            }
            (Refusal::Host, ..) => refused(format!("{refusal}: its subject is {}", server.subject())),
            (Refusal::Signature(_), _, Some(reason)) => refused(format!("{refusal}: {reason}")),
            _ => refused(refusal),
        })
    }

    /// Whether one certificate has signed another; as an error what is too weak about it, where that is known.
    fn signed_by(&self, certificate: &[u8], issuer: &[u8]) -> Result<bool, Option<String>> {
        let read = |der| X509::from_der(der).map_err(|error| Some(error.to_string()));
        let (certificate, key) = (read(certificate)?, read(issuer)?.public_key().map_err(|_| None)?);
        if key.security_bits() < self.strength {
            return Err(Some(format!("a key of {} bits", key.bits())));
        }
        if digest_strength(&certificate) < self.strength {
            let name = certificate.signature_algorithm().object().nid().long_name().unwrap_or("unknown");
            return Err(Some(name.to_owned()));
        }
        certificate.verify(&key).map_err(|_| None)
    }
}

/// The certificates in a PEM text, in DER.
fn authorities(pem: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    // OpenSSL's own files of authorities may have this name for them, with notes about trust behind each.
    let pem = String::from_utf8_lossy(pem).replace("TRUSTED CERTIFICATE", "CERTIFICATE");
    let found = X509::stack_from_pem(pem.as_bytes());
    let found = found.map_err(|error| invalid(format!("CA certificates: {error}")))?;
    if found.is_empty() {
        return Err(invalid("CA certificates: none found"));
    }
    Ok(found.iter().map(|certificate| certificate.to_der()).collect::<Result<_, _>>()?)
}

/// A subject, and as it is written.
fn parse_subject(text: &str) -> io::Result<(Subject, String)> {
    let subject = Subject::parse(text).map_err(|error| invalid(format!("host subject: {error}")))?;
    Ok((subject, text.to_owned()))
}

/// Bits of security of the digest in a signature, as OpenSSL counts them; those that have none of their own are strong.
fn digest_strength(certificate: &X509Ref) -> u32 {
    let digest = certificate.signature_algorithm().object().nid().signature_algorithms();
    match digest.map(|algorithms| algorithms.digest) {
        Some(Nid::MD5 | Nid::MD4 | Nid::MD5_SHA1) => 39,
        Some(Nid::SHA1) => 63,
        Some(digest) => MessageDigest::from_nid(digest).map_or(256, |digest| digest.size() as u32 * 4),
        None => 256,
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

    fn set_write_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        self.get_ref().set_write_timeout(timeout)
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
        f.debug_struct("Trust")
            .field("subject", &self.subject.as_ref().map(|(_, text)| text))
            .finish_non_exhaustive()
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
        HandshakeError::Failure(failed) => match failed.into_error().into_io_error() {
            Ok(error) if is_timeout(&error) => io::ErrorKind::TimedOut.into(),
            Ok(error) => error,
            Err(error) => io::Error::other(format!("TLS: {error}")),
        },
    }
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
