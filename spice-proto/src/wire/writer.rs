//! Writing: the length first, then the bytes, in the layout of the reference ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers)).
//!
//! A message is written breadth first: the body proper, then what its pointers lead to in the order in which the
//! pointers were written, then what those lead to. A pointer's offset is known when it is written, since every
//! target starts where the one before ends: [`Writer::allot`] hands out the places. So nothing is queued, nothing is
//! patched, and the same code writes into a buffer or collects slices.

use bytes::BufMut;

use super::{
    Encode, EncodeError, List, Wire,
    error::EncodeErrorKind,
    path::{Field, Names},
};

/// Where written bytes go.
pub trait Sink<'s> {
    /// Takes a copy of a few bytes.
    fn put(&mut self, bytes: &[u8]);

    /// Takes bytes that stay alive while the message does, by reference if it likes.
    fn bulk(&mut self, bytes: &'s [u8]);
}

/// Copies everything into a buffer, which has to have the room.
#[derive(Debug)]
pub(crate) struct BufSink<'b, B>(pub(crate) &'b mut B);

impl<B: BufMut> Sink<'_> for BufSink<'_, B> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.0.put_slice(bytes);
    }

    #[inline]
    fn bulk(&mut self, bytes: &[u8]) {
        self.0.put_slice(bytes);
    }
}

/// Writes one message into a [`Sink`] and hands out the places of its pointers' targets.
#[derive(Debug)]
pub struct Writer<S> {
    sink: S,
    /// Where the next target will start.
    next_target: u32,
}

impl<S> Writer<S> {
    /// A writer of a message whose body proper takes `body_len` bytes.
    pub(crate) fn new(sink: S, body_len: usize) -> Self {
        // INVARIANT: the message was measured, so that all its places fit 32 bits.
        Self { sink, next_target: body_len as u32 }
    }

    /// A place for a target of `len` bytes, and with it the value of the pointer that leads there: 0 for a target
    /// without bytes.
    #[inline]
    pub fn allot(&mut self, len: usize) -> u32 {
        let place = self.next_target;
        self.next_target = place.wrapping_add(len as u32);
        if len == 0 { 0 } else { place }
    }

    /// Writes a few bytes.
    #[inline]
    pub fn put<'s>(&mut self, bytes: &[u8])
    where
        S: Sink<'s>,
    {
        self.sink.put(bytes);
    }

    /// Writes a byte run of the message.
    #[inline]
    pub fn bulk<'s>(&mut self, bytes: &'s [u8])
    where
        S: Sink<'s>,
    {
        self.sink.bulk(bytes);
    }

    /// Writes `len` zero bytes.
    pub fn zeros<'s>(&mut self, len: usize)
    where
        S: Sink<'s>,
    {
        const ZEROS: [u8; 64] = [0; 64];
        let mut left = len;
        while let Some(bytes) = ZEROS.get(..left.min(ZEROS.len())).filter(|bytes| !bytes.is_empty()) {
            self.sink.put(bytes);
            left -= bytes.len();
        }
    }
}

/// Adds up the bytes of a message while its parts are checked.
#[derive(Debug, Default)]
pub struct Measure {
    len: usize,
    /// The most bytes that a null array asks for, and its field.
    null_array: Option<(u64, &'static Names, Field)>,
}

impl Measure {
    /// Nothing measured yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there are no bytes so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds bytes.
    #[inline]
    pub fn add(&mut self, bytes: usize) {
        self.len = self.len.saturating_add(bytes);
    }

    /// Measures a field; its errors get the field's name.
    ///
    /// # Errors
    /// What the field reports.
    #[inline(always)]
    pub fn field<'a, T: Encode<'a>>(
        &mut self,
        value: &T,
        names: &'static Names,
        field: Field,
    ) -> Result<(), EncodeError> {
        value.measure(self).map_err(|error| error.within(names, field))
    }

    /// Measures elements; their errors get the field's name.
    ///
    /// # Errors
    /// What the elements report.
    #[inline(always)]
    pub fn list<'a, T: Wire<'a>>(
        &mut self,
        list: &List<'a, T>,
        names: &'static Names,
        field: Field,
    ) -> Result<(), EncodeError> {
        list.measure(self).map_err(|error| error.within(names, field))
    }

    /// Notes an array that a null pointer stands for: readers refuse it when it asks for more bytes than the message has
    /// ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers), rule 3), which only the end of measuring shows.
    #[inline]
    pub fn null_array(&mut self, count: u64, element_size: u64, names: &'static Names, field: Field) {
        let need = count.saturating_mul(element_size);
        if need > self.null_array.map_or(0, |(most, ..)| most) {
            self.null_array = Some((need, names, field));
        }
    }

    /// The whole length, when nothing speaks against it.
    ///
    /// # Errors
    /// [`EncodeErrorKind::TooLarge`] beyond 2^32 - 1 bytes, [`EncodeErrorKind::NullArray`] for a null array that asks for
    /// more bytes than the message has.
    #[inline]
    pub fn finish(&self) -> Result<usize, EncodeError> {
        let len = self.len as u64;
        if len > u64::from(u32::MAX) {
            return Err(EncodeError::new(EncodeErrorKind::TooLarge, len, u64::from(u32::MAX)));
        }
        match self.null_array {
            Some((need, names, field)) if need > len => {
                Err(EncodeError::new(EncodeErrorKind::NullArray, len, need).within(names, field))
            }
            _ => Ok(self.len),
        }
    }

    /// Checks that `len` elements fit a count field or a limit.
    ///
    /// # Errors
    /// [`EncodeErrorKind::Count`] when they do not.
    #[inline]
    pub fn at_most(len: usize, max: u64, names: &'static Names, field: Field) -> Result<(), EncodeError> {
        if len as u64 > max {
            return Err(EncodeError::new(EncodeErrorKind::Count, len as u64, max).within(names, field));
        }
        Ok(())
    }

    /// Checks that an array has the number of elements that other fields say.
    ///
    /// # Errors
    /// [`EncodeErrorKind::Length`] when it has not.
    #[inline]
    pub fn exactly(len: usize, says: u64, names: &'static Names, field: Field) -> Result<(), EncodeError> {
        if len as u64 != says {
            return Err(EncodeError::new(EncodeErrorKind::Length, len as u64, says).within(names, field));
        }
        Ok(())
    }

    /// Checks that the target of a required pointer has bytes.
    ///
    /// # Errors
    /// [`EncodeErrorKind::EmptyTarget`] when it has none.
    #[inline]
    pub fn target(len: usize, names: &'static Names, field: Field) -> Result<(), EncodeError> {
        if len == 0 {
            return Err(EncodeError::new(EncodeErrorKind::EmptyTarget, 0, 1).within(names, field));
        }
        Ok(())
    }

    /// The error of a switch whose member does not fit its selector.
    #[cold]
    #[must_use]
    pub fn selector(names: &'static Names, field: Field) -> EncodeError {
        EncodeError::new(EncodeErrorKind::Selector, 0, 0).within(names, field)
    }

    /// The error of a value outside of its range.
    #[cold]
    #[must_use]
    pub fn range(value: u64, names: &'static Names, field: Field) -> EncodeError {
        EncodeError::new(EncodeErrorKind::Range, value, 0).within(names, field)
    }
}
