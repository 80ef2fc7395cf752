//! What is wrong with a certificate, a subject, a server.

use core::fmt;

use super::Time;

/// Why bytes are no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CertificateError {
    pub(super) field: &'static str,
    pub(super) offset: usize,
}

/// Why a text is no subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SubjectError {
    pub(super) kind: SubjectErrorKind,
    pub(super) offset: usize,
}

/// The kinds of [`SubjectError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SubjectErrorKind {
    /// A part has no `=`.
    NoValue,
    /// A type is none of the names that OpenSSL knows, and no number with dots.
    Type,
    /// A backslash is followed by neither a comma nor a backslash.
    Escape,
    /// A value has no characters.
    Empty,
}

/// Which certificate of the way from the server to an authority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The server's own.
    Server,
    /// One between it and the authority.
    Intermediate,
    /// One of the authorities that the client was given.
    Authority,
}

/// Why a server is not trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The server sent none.
    NoCertificate,
    /// It was valid until then.
    Expired(Place, Time),
    /// It will be valid from then on.
    NotYetValid(Place, Time),
    /// No authority that the client was given has signed the server's certificate, directly or by others.
    UnknownAuthority,
    /// The server's certificate signs itself and is none of the authorities.
    SelfSigned,
    /// A signature is wrong, or of a kind that is too weak.
    Signature(Place),
    /// A certificate that signs others is none of an authority.
    NotAuthority(Place),
    /// A certificate's key is for other uses: not for signing certificates, or not for TLS servers.
    Usage(Place),
    /// There are more certificates below one than it allows.
    PathLength(Place),
    /// A certificate has an extension that must be understood, and is not known here.
    UnknownExtension(Place),
    /// An authority is not one for names like the server's.
    Constraint(Place),
    /// The certificate is of another host.
    Host,
    /// The certificate has another subject.
    Subject,
    /// The certificate has another public key.
    PublicKey,
    /// The way to an authority is longer than [`MAX_PATH`](super::MAX_PATH), or to be searched with more than
    /// [`MAX_SIGNATURES`](super::MAX_SIGNATURES).
    Limit,
}

impl CertificateError {
    /// Which part of the certificate.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// Where, in bytes from the start.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl SubjectError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> SubjectErrorKind {
        self.kind
    }

    /// Where, in bytes from the start of the text.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "certificate.{}: not as X.509 has it, at byte {}", self.field, self.offset)
    }
}

impl fmt::Display for SubjectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, at byte {}", self.kind, self.offset)
    }
}

impl fmt::Display for SubjectErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoValue => "no TYPE=value",
            Self::Type => "no type that is known (their case matters)",
            Self::Escape => "a backslash that is not \\, or \\\\",
            Self::Empty => "no value",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Server => "the server's certificate",
            Self::Intermediate => "a certificate between the server's and its authority's",
            Self::Authority => "the authority's certificate",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("the server has no certificate"),
            Self::Expired(place, time) => write!(f, "{place} expired on {time}"),
            Self::NotYetValid(place, time) => write!(f, "{place} is not valid before {time}"),
            Self::UnknownAuthority => f.write_str("the server's certificate is of no known authority"),
            Self::SelfSigned => {
                f.write_str("the server's certificate signs itself and is no known authority")
            }
            Self::Signature(place) => write!(f, "{place} has a signature that is wrong or too weak"),
            Self::NotAuthority(place) => write!(f, "{place} is not one of an authority"),
            Self::Usage(place) => write!(f, "{place} is for other uses"),
            Self::PathLength(place) => write!(f, "{place} allows fewer certificates below it"),
            Self::UnknownExtension(place) => write!(f, "{place} has a critical extension that is not known"),
            Self::Constraint(place) => write!(f, "{place} is not for names like the server's"),
            Self::Host => f.write_str("the server's certificate is of another host"),
            Self::Subject => f.write_str("the server's certificate has another subject"),
            Self::PublicKey => f.write_str("the server's certificate has another public key"),
            Self::Limit => f.write_str("the way to the authority of the server's certificate is too long"),
        }
    }
}

impl core::error::Error for CertificateError {}
impl core::error::Error for SubjectError {}
impl core::error::Error for Refusal {}
