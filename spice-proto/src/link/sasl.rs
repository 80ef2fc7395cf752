//! What a SASL mechanism does for a handshake ([`docs/spec/link.md` section 5](crate::spec::link#5-sasl)).

#![warn(clippy::arithmetic_side_effects)]

use core::fmt;

use super::Secret;

/// A client's side of SASL, by any library. The machine carries the data.
pub trait ClientMechanism {
    /// Chooses one of the mechanisms on offer and makes its first data, if it has any.
    ///
    /// # Errors
    /// When none fits.
    fn start(&mut self, offered: Mechanisms<'_>) -> Result<Start, MechanismError>;

    /// Takes the server's data, if it sent any, and makes the answer. With `complete` the server is content, nothing
    /// is sent any more, and the client still has to check what came: an error unless it is content as well.
    ///
    /// Servers send no data for empty data.
    ///
    /// # Errors
    /// When the server proves to be another, or its data is wrong.
    fn step(&mut self, data: Option<&[u8]>, complete: bool) -> Result<Option<Secret>, MechanismError>;

    /// Whether everything that follows goes through the mechanism; asked once, after the last step.
    fn security_layer(&self) -> SecurityLayer {
        SecurityLayer::None
    }
}

/// A server's side of SASL, by any library. The machine carries the data.
pub trait ServerMechanism {
    /// Names of the mechanisms on offer, with commas between them. Without TLS the reference server offers none that
    /// sends passwords in plain text.
    fn offered(&self) -> &str;

    /// Starts a mechanism that was offered, with the client's first data, if it sent any.
    ///
    /// # Errors
    /// When the client is not who it says. The machine then closes without a word, as the reference server does.
    fn start(&mut self, mechanism: &str, data: Option<&[u8]>) -> Result<Challenge, MechanismError>;

    /// Takes the client's data.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    fn step(&mut self, data: Option<&[u8]>) -> Result<Challenge, MechanismError>;

    /// Whether everything that follows goes through the mechanism; asked once, after the last step.
    fn security_layer(&self) -> SecurityLayer {
        SecurityLayer::None
    }
}

/// The mechanisms that a server offers.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Mechanisms<'a>(&'a [u8]);

/// A client's choice of mechanism.
#[derive(Clone, Debug)]
pub struct Start {
    /// Name: 1 to 100 bytes, no comma. A careful client takes one that was offered.
    pub mechanism: alloc::string::String,
    /// The mechanism's initial response, if it has one.
    pub data: Option<Secret>,
}

/// A server's answer to a client's data.
#[derive(Clone, Debug)]
pub struct Challenge {
    /// Data for the client, if there is any. Empty data is sent as none.
    pub data: Option<Secret>,
    /// Whether the client has passed: then nothing more is expected of it.
    pub complete: bool,
}

/// What a mechanism does to the bytes behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecurityLayer {
    /// Nothing.
    None,
    /// Both ends wrap everything from here on, the link result included: see [`Layer`](super::Layer).
    Active,
    /// The layer that came out is too weak to go on. The reference server demands 56 bits without TLS.
    TooWeak,
}

/// A mechanism gave up. The caller's mechanism knows why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct MechanismError;

impl<'a> Mechanisms<'a> {
    /// A list as it comes: names with commas between them, around them or not.
    #[must_use]
    pub fn new(list: &'a [u8]) -> Self {
        Self(list)
    }

    /// The names, in the server's order. What is not UTF-8 is left out.
    pub fn iter(self) -> impl Iterator<Item = &'a str> {
        let names = self.0.split(|byte| *byte == b',').filter(|name| !name.is_empty());
        names.filter_map(|name| core::str::from_utf8(name).ok())
    }

    /// Whether a mechanism is on offer.
    #[must_use]
    pub fn contains(self, name: &str) -> bool {
        self.iter().any(|offered| offered == name)
    }

    /// The list as it came.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.0
    }
}

impl fmt::Debug for Mechanisms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Display for MechanismError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the SASL mechanism gave up")
    }
}

impl core::error::Error for MechanismError {}
