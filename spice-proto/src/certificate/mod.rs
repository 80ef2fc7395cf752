//! Whether a SPICE server's certificate is to be trusted ([`docs/spec/link.md` section 9](crate::spec::link#9-transports)).
//!
//! SPICE clients do not ask the authorities of the web. They are given a certificate of an authority, often made by the
//! very host, and what to look for: the host's name, or a subject (`host-subject` of connection files, the subject of a
//! migration), or the public key itself. The rules are OpenSSL's, and spice-gtk's for names; TLS libraries made for the
//! web refuse much of what real servers have: X.509 version 1, a certificate that is its own authority, no alternative
//! names.
//!
//! ```text
//! TLS library ──► chain, DER ──► Certificate::parse ──┐
//! CA file ──► DER ──► Certificate::parse ─────────────┼─► verify ──► Ok, or a Refusal
//! host, or Subject::parse("O=Example,CN=vm7") ────────┘
//! ```
//!
//! Nothing here does cryptography: [`verify`] asks the caller whether one certificate signed another, so that OpenSSL,
//! `ring` or the system's library answers. That the server has the key of its certificate is part of the TLS handshake
//! and stays with the TLS library.
//!
//! ```
//! use spice_proto::certificate::{Certificate, Expected, Refusal, Subject, Time, verify};
//!
//! /// `chain` and `authorities` are certificates in DER; `signed_by` gets one and what might have signed it.
//! fn check(
//!     chain: &[&[u8]],
//!     authorities: &[&[u8]],
//!     host_subject: &str,
//!     unix_time: i64,
//!     mut signed_by: impl FnMut(&Certificate<'_>, &Certificate<'_>) -> bool,
//! ) -> Result<(), Box<dyn std::error::Error>> {
//!     let chain: Vec<_> = chain.iter().map(|der| Certificate::parse(der)).collect::<Result<_, _>>()?;
//!     let authorities: Vec<_> = authorities.iter().map(|der| Certificate::parse(der)).collect::<Result<_, _>>()?;
//!     let subject = Subject::parse(host_subject)?;
//!     let expected = Expected::Subject(&subject);
//!     Ok(verify(&chain, &authorities, &expected, Time::from_unix(unix_time), &mut signed_by)?)
//! }
//!
//! let refused = check(&[], &[], r"O=Acme\, Inc.,CN=vm7", 1_800_000_000, |_, _| false).unwrap_err();
//! assert_eq!(refused.downcast_ref(), Some(&Refusal::NoCertificate));
//! ```
#![warn(clippy::arithmetic_side_effects)]

mod attribute_types;
mod constraint;
mod der;
mod error;
mod extension;
mod host;
mod name;
mod oid;
mod parsed;
mod path;
mod subject;
mod time;

pub use self::error::{CertificateError, Place, Refusal, SubjectError, SubjectErrorKind};
pub use self::name::Name;
pub use self::parsed::Certificate;
pub use self::path::{MAX_PATH, MAX_SIGNATURES};
pub use self::subject::Subject;
pub use self::time::Time;

/// What is to be found in the server's certificate. Each kind takes the place of the others.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Expected<'a> {
    /// This host: a name in its form of ASCII, or an address. Behind the address a zone (`%eth0`) is passed over.
    Host(&'a str),
    /// This subject, whatever the host is called.
    Subject(&'a Subject),
    /// This public key, a `SubjectPublicKeyInfo` in DER; chain and dates mean nothing then.
    PublicKey(&'a [u8]),
}

/// The verdict over a server's certificate, as spice-gtk with OpenSSL comes to it.
///
/// `chain` is what the server sent, its own certificate first and the others in any order. `authorities` are what the
/// client was given; only those that sign themselves end a chain. `signed_by` says whether the first certificate was
/// signed with the key of the second, by [`Certificate::signed`], [`signature`](Certificate::signature),
/// [`signature_algorithm`](Certificate::signature_algorithm) and [`public_key`](Certificate::public_key); it is to
/// refuse algorithms and keys that are too weak, too. It is called at most [`MAX_SIGNATURES`] times.
///
/// # Errors
/// [`Refusal`], the first reason that was found: first the server's own certificate, then the way to an authority,
/// then host or subject.
pub fn verify(
    chain: &[Certificate<'_>],
    authorities: &[Certificate<'_>],
    expected: &Expected<'_>,
    now: Time,
    signed_by: &mut dyn FnMut(&Certificate<'_>, &Certificate<'_>) -> bool,
) -> Result<(), Refusal> {
    let server = chain.first().ok_or(Refusal::NoCertificate)?;
    if let Expected::PublicKey(key) = expected {
        return if server.public_key() == *key { Ok(()) } else { Err(Refusal::PublicKey) };
    }
    path::find(server, chain, authorities, now, signed_by)?;
    let (fits, refusal) = match expected {
        Expected::Subject(subject) => (subject.is_of(server), Refusal::Subject),
        Expected::Host(host) => (host::is_of(host, server), Refusal::Host),
        Expected::PublicKey(_) => (false, Refusal::PublicKey),
    };
    if fits { Ok(()) } else { Err(refusal) }
}
