//! The SASL mechanism DIGEST-MD5 at either end, and its security layer (RFC 2831, [`docs/spec/link.md` section 5](crate::spec::link#5-sasl)).
//!
//! It is the one mechanism with a password that SPICE servers offer without TLS, since it brings a security layer.
//! MD5 and RC4 are broken by today's measure: it keeps honest networks honest, and TLS is better wherever there is a
//! choice.
//!
//! ```text
//! server ──► challenge: realm, nonce, qop, cipher, maxbuf          Server::start
//! client ──► response: user, cnonce, qop, cipher, proof            Client::step
//! server ──► rspauth: its own proof                                 Server::step
//! both   ──► buffers of the layer                                   Protection in a Layer
//! ```
//!
//! [`Client`] and [`Server`] are mechanisms for the handshake machines; after it they hand out the [`Protection`].
//! [`Exchange`] reads what others have said: with the password it gives the keys of a recorded session.
//!
//! How strong a layer may be is a range of bits, as SASL counts: 0 is none, 1 a checksum only, more the bits of the
//! cipher's key. Servers of the reference demand 56 at least without TLS, and 0 at most with TLS.

#![warn(clippy::arithmetic_side_effects)]

mod cipher;
mod client;
mod directive;
mod exchange;
mod hash;
mod protection;
mod server;

use core::fmt;

pub use self::cipher::Cipher;
pub use self::client::Client;
pub use self::exchange::{Exchange, Keys};
pub use self::protection::Protection;
pub use self::server::Server;

/// The name of the mechanism.
pub const NAME: &str = "DIGEST-MD5";
/// The longest buffer that both ends here take, without its length.
pub const MAXBUF: u32 = 65_536;

/// What everything that follows is protected by: "quality of protection".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qop {
    /// Nothing: "auth".
    Auth,
    /// A checksum: "auth-int".
    AuthInt,
    /// A checksum, and encryption: "auth-conf".
    AuthConf(Cipher),
}

impl Qop {
    /// As SASL counts: 0, 1, or the bits of the key.
    #[must_use]
    pub fn bits(self) -> u32 {
        match self {
            Self::Auth => 0,
            Self::AuthInt => 1,
            Self::AuthConf(cipher) => cipher.bits(),
        }
    }

    /// The name without the cipher.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::AuthInt => "auth-int",
            Self::AuthConf(_) => "auth-conf",
        }
    }
}

/// Why an exchange fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Error {
    /// A text is no list of directives, or is above 2048 bytes (a challenge) or 4096 (a response).
    Syntax,
    /// This directive is missing.
    Missing(&'static str),
    /// This directive has a value that it must not have, or not here, or is there twice.
    Value(&'static str),
    /// The server offers no layer as strong as wanted, or none as weak.
    Strength,
    /// The server does not know the user in this realm.
    User,
    /// The password is another: the client's proof is wrong.
    Password,
    /// The server's proof is wrong: it does not know the password.
    ServerProof,
    /// The mechanism is not on offer.
    NotOffered,
    /// A step that the exchange does not have.
    Step,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DIGEST-MD5: ")?;
        match self {
            Self::Syntax => f.write_str("no list of directives"),
            Self::Missing(name) => write!(f, "{name} is missing"),
            Self::Value(name) => write!(f, "{name} has a wrong value"),
            Self::Strength => f.write_str("no security layer of the strength that is wanted"),
            Self::User => f.write_str("no such user"),
            Self::Password => f.write_str("wrong password"),
            Self::ServerProof => f.write_str("the server does not know the password"),
            Self::NotOffered => f.write_str("not on offer"),
            Self::Step => f.write_str("a step too many"),
        }
    }
}

impl core::error::Error for Error {}
