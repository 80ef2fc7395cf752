//! Tickets: a password, encrypted with a key that the server made ([`docs/spec/link.md` section 4](crate::spec::link#4-ticket)).

#![warn(clippy::arithmetic_side_effects)]

use core::fmt;

use alloc::vec::Vec;

use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey, EncodePublicKey};
use rsa::rand_core::{self, CryptoRng, RngCore};

use rsa::traits::PublicKeyParts;
use rsa::{Oaep, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;
use subtle::ConstantTimeEq;

use super::{CallError, Client, ErrorKind, PublicKey, Secret, Server, Ticket};

/// A server's key for tickets: RSA of 1024 bits. The reference server makes a new one for each connection; one may as
/// well be kept for many.
#[derive(Clone)]
pub struct TicketKey {
    private: RsaPrivateKey,
    public: PublicKey,
}

/// A key cannot be made, read or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyError;

/// Bits of a key.
const BITS: usize = 1024;
/// Bytes that a link reply has for a key.
const FIELD: usize = 162;
/// Longest password.
const PASSWORD: usize = 60;

impl TicketKey {
    /// Makes a key. `random` fills a buffer with random bytes fit for keys, such as the operating system's.
    ///
    /// # Errors
    /// When no key comes out, as with random bytes that are none.
    pub fn generate(random: impl FnMut(&mut [u8])) -> Result<Self, KeyError> {
        RsaPrivateKey::new(&mut Random(random), BITS).map_err(|_| KeyError).and_then(Self::new)
    }

    /// Reads a key of 1024 bits that was kept: PKCS#8 in DER.
    ///
    /// # Errors
    /// When it is another kind of key, or of another length.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        RsaPrivateKey::from_pkcs8_der(der).map_err(|_| KeyError).and_then(Self::new)
    }

    fn new(private: RsaPrivateKey) -> Result<Self, KeyError> {
        let der = private.to_public_key().to_public_key_der().map_err(|_| KeyError)?;
        let mut public = [0; FIELD];
        // With a small exponent it is shorter; zeros fill the field.
        public.get_mut(..der.as_bytes().len()).ok_or(KeyError)?.copy_from_slice(der.as_bytes());
        if private.size().checked_mul(8) != Some(BITS) {
            return Err(KeyError);
        }
        Ok(Self { private, public: PublicKey(public) })
    }

    /// What the link reply carries.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The password of a ticket: what stands before the first zero byte, or all. `random` hides from a clock how
    /// long the key takes.
    ///
    /// # Errors
    /// When it does not decrypt.
    pub fn decrypt(&self, ticket: &Ticket, random: impl FnMut(&mut [u8])) -> Result<Secret, KeyError> {
        let padding = Oaep::new::<Sha1>();
        let plain = self.private.decrypt_blinded(&mut Random(random), padding, &ticket.0);
        let plain = Secret::from(plain.map_err(|_| KeyError)?);
        Ok(plain.as_bytes().split(|byte| *byte == 0).next().unwrap_or_default().into())
    }
}

impl PublicKey {
    /// Encrypts a password of up to 60 bytes without a zero byte; without a password it is empty. The ticket is as long
    /// as the key's modulus.
    ///
    /// # Errors
    /// [`ErrorKind::PublicKey`], [`ErrorKind::PublicKeyTooLong`], [`ErrorKind::PublicKeyTooSmall`].
    fn encrypt(&self, password: &[u8], random: impl FnMut(&mut [u8])) -> Result<Vec<u8>, ErrorKind> {
        let key = RsaPublicKey::from_public_key_der(self.structure()?).map_err(|_| ErrorKind::PublicKey)?;
        let mut plain = Secret::from(password);
        plain.extend(&[0]);
        // The random bytes cannot be wrong, so that only the room is left to be.
        key.encrypt(&mut Random(random), Oaep::new::<Sha1>(), plain.as_bytes())
            .map_err(|_| ErrorKind::PublicKeyTooSmall)
    }

    /// The DER, which knows how long it is. What follows in the field means nothing.
    fn structure(&self) -> Result<&[u8], ErrorKind> {
        let (head, len) = match self.0 {
            [0x30, len @ 0..=0x7f, ..] => (2, usize::from(len)),
            [0x30, 0x81, len, ..] => (3, usize::from(len)),
            [0x30, 0x82, high, low, ..] => (4, usize::from(u16::from_be_bytes([high, low]))),
            _ => return Err(ErrorKind::PublicKey),
        };
        self.0.get(..len.saturating_add(head)).ok_or(ErrorKind::PublicKeyTooLong)
    }
}

impl Client {
    /// Answers [`ClientEvent::Ticket`](super::ClientEvent::Ticket) with a password, empty when there is none. `random`
    /// fills a buffer with random bytes fit for keys. Keys of other sizes than 1024 bits do as far as they fit into
    /// the link reply, as for spice-gtk; else the handshake fails with [`ErrorKind::PublicKey`],
    /// [`ErrorKind::PublicKeyTooLong`] or [`ErrorKind::PublicKeyTooSmall`].
    ///
    /// # Errors
    /// [`CallError::NotAsked`], [`CallError::PasswordLength`], [`CallError::PasswordZero`].
    #[cfg_attr(docsrs, doc(cfg(feature = "ticket")))]
    pub fn ticket(&mut self, password: &Secret, random: impl FnMut(&mut [u8])) -> Result<(), CallError> {
        let key = self.key()?;
        if password.len() > PASSWORD {
            return Err(CallError::PasswordLength);
        }
        if password.as_bytes().contains(&0) {
            return Err(CallError::PasswordZero);
        }
        match key.encrypt(password.as_bytes(), random) {
            Ok(ticket) => self.ticket_bytes(&ticket),
            Err(kind) => {
                self.fail_key(kind);
                Ok(())
            }
        }
    }
}

impl Server {
    /// Answers [`ServerEvent::Ticket`](super::ServerEvent::Ticket): decrypts it and compares, in a time that does not
    /// depend on the passwords but on their lengths.
    ///
    /// Without a password any ticket that decrypts is good, as without ticketing at the reference server. An empty
    /// password refuses every ticket: ticketing is on and none was set.
    ///
    /// # Errors
    /// [`CallError::NotAsked`].
    #[cfg_attr(docsrs, doc(cfg(feature = "ticket")))]
    pub fn check_ticket(
        &mut self,
        key: &TicketKey,
        password: Option<&Secret>,
        random: impl FnMut(&mut [u8]),
    ) -> Result<(), CallError> {
        let theirs = key.decrypt(self.pending_ticket()?, random);
        let good = match (theirs, password) {
            (Err(_), _) => false,
            (Ok(_), None) => true,
            (Ok(theirs), Some(password)) => {
                !password.is_empty() && bool::from(theirs.as_bytes().ct_eq(password.as_bytes()))
            }
        };
        if good { self.pass_ticket() } else { self.deny_ticket() }
    }
}

impl fmt::Debug for TicketKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TicketKey(..)")
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the key cannot be used")
    }
}

impl core::error::Error for KeyError {}

/// The caller's random bytes, as the RSA crate wants them.
struct Random<F>(F);

impl<F: FnMut(&mut [u8])> RngCore for Random<F> {
    fn next_u32(&mut self) -> u32 {
        rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        (self.0)(bytes);
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl<F> CryptoRng for Random<F> {}
