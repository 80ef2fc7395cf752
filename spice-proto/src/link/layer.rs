//! The buffers of a SASL security layer ([`docs/spec/link.md` section 5](crate::spec::link#5-sasl)).
//!
//! ```text
//! plain bytes ─► pieces ─► Protection::wrap ─► length, wrapped bytes; length, wrapped bytes; ...
//!                          Protection::unwrap ◄─ buffer ◄─ bytes cut anywhere
//! ```
//!
//! The cut is the same for every mechanism; what stands in a buffer is the mechanism's: [`Protection`]. The bounds of
//! buffers carry no meaning: what comes out is the byte stream that the handshake goes on with, and then the frames.

#![warn(clippy::arithmetic_side_effects)]

use core::fmt;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::memory::{self, OutOfMemory};

/// What a mechanism does to one buffer, at one end of a connection.
pub trait Protection {
    /// The most plain bytes that one buffer may hold, from what the other end takes. 0 counts as 1.
    fn max_plain(&self) -> usize;

    /// Adds the wrapped form of one buffer to `out`.
    ///
    /// # Errors
    /// Why it cannot be wrapped: [`LayerErrorKind::Refused`].
    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind>;

    /// Adds the plain form of one whole buffer to `out`.
    ///
    /// # Errors
    /// When it is not what the other end has wrapped. Nothing of it is in `out` then.
    fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind>;
}

/// One end of a security layer, without I/O: bytes of the connection in, plain bytes out, and the other way round.
///
/// 1. [`push`](Self::push) what was read, and take [`next_plain`](Self::next_plain) until there is none.
/// 2. [`wrap`](Self::wrap) what is to be sent.
///
/// Never is more held than one buffer of the limit, and what was pushed since the last one was taken. After an error
/// nothing comes any more; the error stays.
///
/// ```
/// use spice_proto::link::{Layer, LayerErrorKind, Protection};
///
/// /// Turns every byte round.
/// struct Not;
/// impl Protection for Not {
///     fn max_plain(&self) -> usize {
///         3
///     }
///     fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
///         out.extend(plain.iter().map(|byte| !byte));
///         Ok(())
///     }
///     fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
///         self.wrap(buffer, out)
///     }
/// }
///
/// let mut layer = Layer::new(Not, 16);
/// let mut wire = Vec::new();
/// layer.wrap(b"REDQ", &mut wire)?;
/// assert_eq!(wire, b"\0\0\0\x03\xad\xba\xbb\0\0\0\x01\xae");
/// layer.push(&wire);
/// assert_eq!(layer.next_plain()?.as_deref(), Some(&b"RED"[..]));
/// assert_eq!(layer.next_plain()?.as_deref(), Some(&b"Q"[..]));
/// assert_eq!(layer.next_plain()?, None);
/// # Ok::<(), spice_proto::link::LayerError>(())
/// ```
#[derive(Debug)]
pub struct Layer<P> {
    protection: P,
    limit: u32,
    input: Vec<u8>,
    /// Bytes of `input` that were taken.
    taken: usize,
    /// Bytes of the other end's stream that were taken.
    offset: u64,
    error: Option<LayerError>,
}

/// A buffer that cannot be read, or bytes that cannot be wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LayerError {
    kind: LayerErrorKind,
    offset: u64,
}

/// What is wrong with a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LayerErrorKind {
    /// Its length is above the limit: the one that was agreed on, or the caller's.
    TooLong {
        /// The length.
        len: u32,
        /// The limit.
        limit: u32,
    },
    /// It is too short for what the mechanism adds, or no multiple of the cipher's block.
    Length {
        /// The length.
        len: usize,
    },
    /// It is another kind of message than the mechanism has.
    Type(u16),
    /// It is not the next one: a buffer was lost, repeated or put in.
    Sequence {
        /// Its number.
        found: u32,
        /// The number that is due.
        expected: u32,
    },
    /// Its checksum is wrong: it was changed on the way, or the keys differ.
    Check,
    /// The mechanism refuses for another reason, which it knows.
    Refused,
    /// There is no memory for it.
    OutOfMemory {
        /// Bytes wanted.
        bytes: u64,
    },
    /// The stream ends inside of it.
    Cut {
        /// Bytes of it that are there, its length included.
        left: usize,
    },
}

impl<P: Protection + ?Sized> Protection for Box<P> {
    fn max_plain(&self) -> usize {
        (**self).max_plain()
    }

    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        (**self).wrap(plain, out)
    }

    fn unwrap(&mut self, buffer: &[u8], out: &mut Vec<u8>) -> Result<(), LayerErrorKind> {
        (**self).unwrap(buffer, out)
    }
}

impl<P: Protection> Layer<P> {
    /// A layer at its start. `limit` is the longest buffer to be taken, without its length: what this end has announced.
    #[must_use]
    pub fn new(protection: P, limit: u32) -> Self {
        Self { protection, limit, input: Vec::new(), taken: 0, offset: 0, error: None }
    }

    /// Takes bytes from the other end, cut anywhere.
    pub fn push(&mut self, wrapped: &[u8]) {
        if self.error.is_some() {
            return;
        }
        self.input.drain(..self.taken);
        self.taken = 0;
        match memory::reserve(&mut self.input, wrapped.len()) {
            Ok(()) => self.input.extend_from_slice(wrapped),
            Err(OutOfMemory { bytes }) => {
                self.fail(LayerErrorKind::OutOfMemory { bytes });
            }
        }
    }

    /// The plain bytes of the next buffer, or none while bytes from the other end are missing.
    ///
    /// # Errors
    /// When the buffer is wrong: any kind but [`LayerErrorKind::Cut`].
    pub fn next_plain(&mut self) -> Result<Option<Vec<u8>>, LayerError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let waiting = self.input.get(self.taken..).unwrap_or_default();
        let Some((len, rest)) = waiting.split_first_chunk() else { return Ok(None) };
        let len = u32::from_be_bytes(*len);
        if len > self.limit {
            return Err(self.fail(LayerErrorKind::TooLong { len, limit: self.limit }));
        }
        let Some(buffer) = rest.get(..len as usize) else { return Ok(None) };
        let mut plain = Vec::new();
        // What comes out is never longer than its wrapping.
        let room = memory::reserve(&mut plain, buffer.len());
        let room = room.map_err(|OutOfMemory { bytes }| LayerErrorKind::OutOfMemory { bytes });
        if let Err(kind) = room.and_then(|()| self.protection.unwrap(buffer, &mut plain)) {
            return Err(self.fail(kind));
        }
        let taken = (len as usize).saturating_add(4);
        self.taken = self.taken.saturating_add(taken);
        self.offset = self.offset.saturating_add(taken as u64);
        Ok(Some(plain))
    }

    /// Adds the buffers of these bytes to `out`, as many as it takes; none for no bytes.
    ///
    /// # Errors
    /// When the mechanism refuses; what was added is of no use then. The offset counts in `plain`.
    pub fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerError> {
        let most = self.protection.max_plain().max(1);
        for (index, piece) in plain.chunks(most).enumerate() {
            let failed = |kind| LayerError { kind, offset: index.saturating_mul(most) as u64 };
            let start = out.len();
            out.extend_from_slice(&[0; 4]);
            self.protection.wrap(piece, out).map_err(failed)?;
            let len = out.len().saturating_sub(start).saturating_sub(4);
            let len = u32::try_from(len).map_err(|_| failed(LayerErrorKind::Refused))?;
            if let Some(place) = out.get_mut(start..start.saturating_add(4)) {
                place.copy_from_slice(&len.to_be_bytes());
            }
        }
        Ok(())
    }

    /// The stream of the other end is over, and no plain bytes are left.
    ///
    /// # Errors
    /// [`LayerErrorKind::Cut`] inside of a buffer, or the error that came before.
    pub fn finish(&self) -> Result<(), LayerError> {
        match (self.error, self.held()) {
            (Some(error), _) => Err(error),
            (None, 0) => Ok(()),
            (None, left) => Err(LayerError { kind: LayerErrorKind::Cut { left }, offset: self.offset }),
        }
    }

    /// Bytes of the other end that wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.input.len().saturating_sub(self.taken)
    }

    /// What does the wrapping.
    #[must_use]
    pub fn protection(&self) -> &P {
        &self.protection
    }

    fn fail(&mut self, kind: LayerErrorKind) -> LayerError {
        self.input = Vec::new();
        self.taken = 0;
        *self.error.insert(LayerError { kind, offset: self.offset })
    }
}

impl LayerError {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> LayerErrorKind {
        self.kind
    }

    /// Where the buffer starts: bytes of the other end's stream behind the SASL result, lengths included.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }
}

impl fmt::Display for LayerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "security layer: {}, at byte {}", self.kind, self.offset)
    }
}

impl fmt::Display for LayerErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { len, limit } => {
                write!(f, "a buffer of {len} bytes, where {limit} were agreed on")
            }
            Self::Length { len } => write!(f, "a buffer cannot have {len} bytes"),
            Self::Type(found) => write!(f, "message type {found} in place of 1"),
            Self::Sequence { found, expected } => {
                write!(f, "buffer number {found} in place of {expected}")
            }
            Self::Check => f.write_str("a buffer has a wrong checksum"),
            Self::OutOfMemory { bytes } => write!(f, "no memory for {bytes} bytes"),
            Self::Refused => f.write_str("the mechanism refuses a buffer"),
            Self::Cut { left } => write!(f, "the stream ends {left} bytes inside of a buffer"),
        }
    }
}

impl core::error::Error for LayerError {}
