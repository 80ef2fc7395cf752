//! Bytes that nobody else is to see.

#![warn(clippy::arithmetic_side_effects)]

use core::fmt;

use alloc::string::String;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use crate::memory::{self, OutOfMemory};

/// Bytes that are wiped from memory when dropped and that `Debug` does not show: passwords, SASL data, and what a
/// handshake writes.
///
/// ```
/// let password = spice_proto::link::Secret::from("open sesame");
/// assert_eq!(format!("{password:?}"), "Secret(11 bytes)");
/// assert_eq!(password.as_bytes(), b"open sesame");
/// ```
///
/// It is no slice by itself: where its bytes leave it, [`as_bytes`](Self::as_bytes) says so. Two of them are compared in
/// a time that does not tell where they differ.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// No bytes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes, to be sent or read; copies of them are not wiped.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// How many bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds bytes of the peer. Memory that is outgrown is wiped.
    pub(super) fn try_extend(&mut self, bytes: &[u8]) -> Result<(), OutOfMemory> {
        let len = self.0.len().saturating_add(bytes.len());
        if len > self.0.capacity() {
            let mut grown = Vec::new();
            memory::reserve_len_exact(&mut grown, len.max(self.0.capacity().saturating_mul(2)))?;
            grown.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(grown);
        }
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    /// Adds bytes of ours, in the same way.
    pub(super) fn extend(&mut self, bytes: &[u8]) {
        let len = self.0.len().saturating_add(bytes.len());
        if len > self.0.capacity() {
            let mut grown = Vec::with_capacity(len.max(self.0.capacity().saturating_mul(2)));
            grown.extend_from_slice(&self.0);
            self.0 = Zeroizing::new(grown);
        }
        self.0.extend_from_slice(bytes);
    }

    /// Drops the last byte.
    pub(super) fn pop(&mut self) -> Option<u8> {
        self.0.pop()
    }

    /// Drops bytes from the start.
    pub(super) fn consume(&mut self, len: usize) {
        let len = len.min(self.0.len());
        self.0.drain(..len);
    }
}

impl AsRef<[u8]> for Secret {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&String> for Secret {
    fn from(text: &String) -> Self {
        text.as_bytes().into()
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Self {
        bytes.to_vec().into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.as_bytes().into()
    }
}

/// Compares all bytes, however many are the same.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0.iter());
        self.len() == other.len() && pairs.fold(0, |differing, (one, other)| differing | (one ^ other)) == 0
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.len())
    }
}
