//! How a handshake ends that does not end well.

use core::fmt;

use crate::common::LinkErr;

/// Why a handshake failed, how far it had come, and what the peer is told.
///
/// A machine has put the answer into its output before it returns the error: send that, then close. The error stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Error {
    pub(super) kind: ErrorKind,
    pub(super) stage: Stage,
    pub(super) answer: Answer,
    pub(super) offset: u64,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The first four bytes are not REDQ: the peer speaks something else.
    Magic,
    /// The peer speaks another major version of the protocol than 2. Only 1 ever existed besides; there is no way down.
    Version {
        /// The peer's.
        major: u32,
    },
    /// The size in the link header is too small for the fixed part or above the limit.
    Size {
        /// The size.
        size: u32,
    },
    /// A count of capability words is above the limit.
    CapabilityCount,
    /// The capability words do not lie inside the link message.
    CapabilityPlace,
    /// The link reply is an error. To a client NEED_SECURED says to connect again by TLS, NEED_UNSECURED without; at
    /// a server it is the caller's own refusal.
    Refused(LinkErr),
    /// The link result is an error: PERMISSION_DENIED for a wrong ticket. At a server it is the caller's own.
    Denied(LinkErr),
    /// Client: the server offers no authentication that the client may use.
    NoCommonAuth,
    /// Client: the server's public key is none of RSA.
    PublicKey,
    /// Client: the server's public key is longer than the field that it is sent in: an RSA key of 2048 bits, as an example.
    PublicKeyTooLong,
    /// Client: the server's public key is too small for the password.
    PublicKeyTooSmall,
    /// Server: the client chose an authentication mechanism that was not offered.
    AuthMechanism(u32),
    /// Server: SASL is demanded and the client cannot choose it.
    NoAuthSelection,
    /// Server: the ticket does not decrypt or has another password.
    Ticket,
    /// The list of SASL mechanisms is above the limit.
    SaslList,
    /// The name of the SASL mechanism has a wrong length or was not offered.
    SaslName,
    /// A block of SASL data is above the limit.
    SaslData,
    /// The SASL mechanism gave up.
    SaslFailed,
    /// The security layer is too weak; at a client the server says so.
    SaslWeak,
    /// The peer sends more than it may before it has been answered.
    TooEarly,
    /// There is no memory for what the peer sends.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
    /// The peer closed the connection ([`Client::close`](super::Client::close)).
    Closed,
    /// The caller's time is over ([`Client::expire`](super::Client::expire)).
    Expired,
    /// The caller closed without a word ([`Server::ignore`](super::Server::ignore)): the channel does not exist.
    Ignored,
}

/// How far a handshake has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Link messages.
    Link,
    /// Choice of authentication, and ticket.
    Ticket,
    /// SASL.
    Sasl,
    /// Link result.
    Result,
    /// All is done.
    Linked,
}

/// What a server says to something that it refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Answer {
    /// Nothing.
    Silence,
    /// A LinkReply with this error, see [`ServerLink::refusal`](super::ServerLink::refusal).
    Reply(LinkErr),
    /// A link result with this error.
    Result(LinkErr),
    /// The SASL result 1 with a text.
    SaslResult,
}

/// A call that the machine cannot follow now. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallError {
    /// The last event did not ask for this.
    NotAsked,
    /// Passwords of tickets have at most 60 bytes.
    PasswordLength,
    /// Passwords of tickets have no zero byte.
    PasswordZero,
    /// Names of SASL mechanisms have 1 to 100 bytes, no comma and no zero byte.
    SaslName,
    /// A block of SASL data has less than 1 MiB, the list of mechanisms up to 300 bytes.
    SaslLength,
    /// SASL cannot be chosen without the common capability PROTOCOL_AUTH_SELECTION.
    AuthSelection,
}

impl Error {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// How far the handshake had come.
    #[must_use]
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// What the peer is told; it stands in the output already. Clients are always silent.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.answer
    }

    /// Bytes from the peer that were understood before. Within a link message: where the wrong field stands.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Whether the other end does not take who the client says it is: another password may help. Servers refuse SASL
    /// by closing the connection, so that counts.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        match self.kind {
            ErrorKind::Denied(error) => error == LinkErr::PERMISSION_DENIED,
            ErrorKind::Ticket | ErrorKind::SaslFailed => true,
            ErrorKind::Closed => self.stage == Stage::Sasl,
            _ => false,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, at byte {}", self.stage, self.kind, self.offset)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Magic => "the magic is not REDQ",
            Self::Version { major } => return write!(f, "major version {major} in place of 2"),
            Self::Size { size } => return write!(f, "size {size} is not allowed"),
            Self::CapabilityCount => "too many capability words",
            Self::CapabilityPlace => "the capability words do not lie in the message",
            Self::Refused(error) => return write!(f, "refused with {error:?}"),
            Self::Denied(error) => return write!(f, "denied with {error:?}"),
            Self::NoCommonAuth => "no common authentication mechanism",
            Self::PublicKey => "the public key cannot be used",
            Self::PublicKeyTooLong => "the public key does not fit its field: only RSA of 1024 bits does",
            Self::PublicKeyTooSmall => "the public key is too small for the password",
            Self::AuthMechanism(number) => {
                return write!(f, "authentication mechanism {number} was not offered");
            }
            Self::NoAuthSelection => "SASL is demanded and the client cannot choose it",
            Self::Ticket => "wrong ticket",
            Self::SaslList => "the list of SASL mechanisms is too long",
            Self::SaslName => "a SASL mechanism that was not offered",
            Self::SaslData => "too much SASL data",
            Self::SaslFailed => "SASL failed",
            Self::SaslWeak => "the SASL security layer is too weak",
            Self::TooEarly => "too many bytes ahead of their time",
            Self::OutOfMemory { bytes } => return write!(f, "no memory for {bytes} bytes"),
            Self::Closed => "connection closed",
            Self::Expired => "out of time",
            Self::Ignored => "no such channel",
        };
        f.write_str(text)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Link => "link",
            Self::Ticket => "ticket",
            Self::Sasl => "sasl",
            Self::Result => "link result",
            Self::Linked => "linked",
        })
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotAsked => "the handshake did not ask for this now",
            Self::PasswordLength => "the password has more than 60 bytes",
            Self::PasswordZero => "the password has a zero byte",
            Self::SaslName => "no name of a SASL mechanism",
            Self::SaslLength => "too much SASL data",
            Self::AuthSelection => "SASL cannot be chosen without PROTOCOL_AUTH_SELECTION",
        })
    }
}

impl core::error::Error for Error {}
impl core::error::Error for CallError {}
