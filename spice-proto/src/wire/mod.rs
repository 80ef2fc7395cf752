//! What messages are made of, and how they are read and written: lists, pointers, texts, errors, limits.
//!
//! ```text
//! bytes ─► Parse::parse: everything is checked ─► a structure that borrows from the bytes
//! a structure ─► Encode::encode: checked, measured, written ─► BufMut, or slices
//! ```
//!
//! * Reading checks everything once and allocates nothing; after it, reading a field cannot fail.
//! * Writing checks everything first and then cannot fail: a value that does not fit the wire gives an
//!   [`EncodeError`] and nothing is written.
//! * Both follow [`docs/spec/language.md`](crate::spec::language); integers are little endian unless a structure says otherwise.
//!
//! Most users need only [`Parse`], [`Encode`], [`List`], [`Pointer`], [`Error`] and [`Limits`]. What only generated code calls
//! is public, but not documented here and no part of what versions promise.

mod address;
mod capability_set;
mod enumeration;
mod error;
mod flags;
mod int;
mod limits;
mod list;
mod path;
mod pointer;
mod reader;
mod run;
mod text;
mod vectored;
mod writer;

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
#[cfg(feature = "serde")]
pub mod serialize;
#[cfg(feature = "proptest")]
pub mod strategy;

use alloc::vec::Vec;

use bytes::BufMut;

use crate::memory;

pub use self::{
    address::GuestAddress,
    capability_set::CapabilitySet,
    error::{EncodeError, EncodeErrorKind, Error, ErrorKind},
    limits::Limits,
    list::{Iter, List},
    path::Path,
    pointer::Pointer,
    text::Text,
    vectored::Vectored,
};
// For generated code alone.
#[doc(hidden)]
pub use self::{
    flags::{show_flags, union_of},
    int::{Int, be, image_size, le, part, part_mut, put_be, put_bytes, put_le},
    path::{Field, Names},
    reader::{Failed, Reader},
    run::{Hidden, Run},
    writer::{Measure, Sink, Writer},
};
#[doc(hidden)]
pub use crate::{open_enum, open_flags, with_arbitrary, with_serde};
#[doc(hidden)]
pub use bitflags;

/// A value that can be read from the wire: integers, enumerations and every generated structure. [`Parse`] has what is
/// called; what is here is how generated code puts structures together.
pub trait Wire<'a>: Encode<'a> + Copy {
    #[doc(hidden)]
    /// The fewest bytes it takes in line; exactly what it takes where [`FIXED`](Self::FIXED).
    const MIN_SIZE: usize;
    #[doc(hidden)]
    /// Whether it always takes the same number of bytes.
    const FIXED: bool;
    #[doc(hidden)]
    /// Whether reading one of constant size can fail though all its bytes are there: it has an integer with a range, or a
    /// pointer.
    const CAN_FAIL: bool = false;
    #[doc(hidden)]
    /// Whether bytes behind it are refused when it is a message (`@exact`).
    const EXACT: bool = false;

    #[doc(hidden)]
    /// Reads one value at the reader's position.
    ///
    /// # Errors
    /// [`Failed`]; the reader has the error, its position is then undefined.
    fn read(reader: &mut Reader<'a>) -> Result<Self, Failed>;

    #[doc(hidden)]
    /// Reads a value that is a message: as [`read`](Self::read), and refuses trailing bytes where
    /// [`EXACT`](Self::EXACT).
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`ErrorKind::Trailing`].
    #[inline(always)]
    fn read_message(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let value = Self::read(reader)?;
        if Self::EXACT {
            reader.finish()?;
        }
        Ok(value)
    }
}

/// Parsing of whole message bodies.
pub trait Parse<'a>: Wire<'a> {
    /// Parses a message body. Everything is checked, nothing is allocated. Bytes after the last field are accepted
    /// ([`docs/spec/language.md` section 4](crate::spec::language#4-pointers), rule 6) unless the description says `@exact`.
    ///
    /// # Errors
    /// What is wrong, where, and in which field.
    #[inline]
    fn parse(body: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(body);
        match Self::read_message(&mut reader) {
            Ok(value) => Ok(value),
            Err(failed) => Err(reader.error(failed)),
        }
    }

    /// As [`parse`](Self::parse), with the capabilities that both ends have: fields under `@if` are there where theirs is
    /// among them. [`parse`](Self::parse) takes the empty set.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline]
    fn parse_with_capabilities(body: &'a [u8], capabilities: CapabilitySet) -> Result<Self, Error> {
        let mut reader = Reader::with_capabilities(body, capabilities);
        match Self::read_message(&mut reader) {
            Ok(value) => Ok(value),
            Err(failed) => Err(reader.error(failed)),
        }
    }

    /// As [`parse`](Self::parse), and hands out the bytes that follow everything the message uses.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    #[inline]
    fn parse_with_trailing(body: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let mut reader = Reader::new(body);
        match Self::read_message(&mut reader) {
            Ok(value) => Ok((value, reader.trailing())),
            Err(failed) => Err(reader.error(failed)),
        }
    }
}

impl<'a, T: Wire<'a>> Parse<'a> for T {}

/// A value that can be written: integers, enumerations, structures and messages.
///
/// The methods that must be there are for generated code, and not shown.
pub trait Encode<'a> {
    #[doc(hidden)]
    /// Bytes in line, without what pointers lead to.
    fn wire_len(&self) -> usize;

    #[doc(hidden)]
    /// Checks that the value can be written and adds its bytes, targets of pointers included.
    ///
    /// # Errors
    /// Any [`EncodeErrorKind`] but [`EncodeErrorKind::TooLarge`] and [`EncodeErrorKind::NoRoom`].
    fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError>;

    #[doc(hidden)]
    /// Writes the bytes in line. Only for values that were measured without an error.
    fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>);

    #[doc(hidden)]
    /// Most pointers that follow each other from here.
    #[inline]
    fn pointer_depth(&self) -> usize {
        0
    }

    #[doc(hidden)]
    /// Writes the targets that are `depth` pointers away from the targets of this value's own pointers.
    #[inline]
    fn write_targets<S: Sink<'a>>(&self, depth: usize, writer: &mut Writer<S>) {
        let _ = (depth, writer);
    }

    /// The exact number of bytes that [`encode`](Self::encode) writes.
    ///
    /// # Errors
    /// What does not fit together or does not fit the wire, and in which field.
    #[inline]
    fn encoded_len(&self) -> Result<usize, EncodeError> {
        let mut measure = Measure::new();
        self.measure(&mut measure)?;
        measure.finish()
    }

    /// Writes the value in the reference's layout. On an error nothing is written.
    ///
    /// # Errors
    /// As [`encoded_len`](Self::encoded_len), and [`EncodeErrorKind::NoRoom`].
    #[inline]
    fn encode<B: BufMut>(&self, buffer: &mut B) -> Result<(), EncodeError> {
        room(self.encoded_len()?, buffer)?;
        write_all(self, writer::BufSink(buffer));
        Ok(())
    }

    /// Writes the value into a new vector: one allocation.
    ///
    /// # Errors
    /// As [`encoded_len`](Self::encoded_len), and [`EncodeErrorKind::OutOfMemory`].
    fn encode_to_vec(&self) -> Result<Vec<u8>, EncodeError> {
        let mut bytes = Vec::new();
        memory::reserve_len_exact(&mut bytes, self.encoded_len()?)
            .map_err(|refused| EncodeError::new(EncodeErrorKind::OutOfMemory, refused.bytes, 0))?;
        write_all(self, writer::BufSink(&mut bytes));
        Ok(bytes)
    }

    /// Appends the value to a list of slices; big byte runs are referred to, not copied. On an error nothing is
    /// appended.
    ///
    /// # Errors
    /// As [`encoded_len`](Self::encoded_len).
    #[inline]
    fn encode_vectored(&self, out: &mut Vectored<'a>) -> Result<(), EncodeError> {
        self.encoded_len()?;
        write_all(self, out);
        Ok(())
    }
}

/// Checks that a buffer has room.
#[inline]
pub(crate) fn room(len: usize, buffer: &impl BufMut) -> Result<(), EncodeError> {
    let room = buffer.remaining_mut();
    if len > room {
        return Err(EncodeError::new(EncodeErrorKind::NoRoom, len as u64, room as u64));
    }
    Ok(())
}

/// Writes a measured value: the body proper, then level by level what its pointers lead to.
#[inline]
fn write_all<'a, T: Encode<'a> + ?Sized, S: Sink<'a>>(value: &T, sink: S) {
    let mut writer = Writer::new(sink, value.wire_len());
    value.write(&mut writer);
    for depth in 0..value.pointer_depth() {
        value.write_targets(depth, &mut writer);
    }
}
