//! What a pointer leads to: still in the message, or a value of yours.

use core::fmt;

use super::{Encode, EncodeError, Measure, Reader, Sink, Wire, Writer};

/// The target of a pointer, in either of two forms: checked bytes of a message, or a reference to a value to encode.
///
/// Parsing a message checks every target but does not copy it out; [`get`](Self::get) does, without an error, when
/// the target is wanted. Comparing compares what the pointers lead to.
///
/// ```
/// use spice_proto::display::{BinaryData, Image, ImageBody, ImageDescriptor, ImageFlags, ImageType};
/// use spice_proto::wire::Pointer;
///
/// let image = Image {
///     descriptor: ImageDescriptor {
///         id: 1,
///         type_: ImageType::QUIC,
///         flags: ImageFlags::empty(),
///         width: 2,
///         height: 1,
///     },
///     body: ImageBody::Quic(BinaryData { data: &[] }),
/// };
/// assert_eq!(Pointer::from(&image).get(), image);
/// ```
#[derive(Clone, Copy)]
pub struct Pointer<'a, T>(Form<'a, T>);

#[derive(Clone, Copy)]
enum Form<'a, T> {
    /// INVARIANT: a `T` was read at `offset` of `body` without an error.
    Wire {
        body: &'a [u8],
        offset: u32,
    },
    Item(&'a T),
}

impl<'a, T: Wire<'a>> Pointer<'a, T> {
    pub(super) fn from_wire(body: &'a [u8], offset: u32) -> Self {
        Self(Form::Wire { body, offset })
    }

    /// What the pointer leads to.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the invariant of the form that comes from the wire")]
    pub fn get(&self) -> T {
        match self.0 {
            Form::Wire { body, offset } => {
                T::read(&mut Reader::at(body, offset)).expect("the target was read once before")
            }
            Form::Item(item) => *item,
        }
    }
}

impl<'a, T: Wire<'a>> Pointer<'a, T> {
    /// Looks at the target without copying it where it is yours.
    #[inline]
    fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        match self.0 {
            Form::Wire { .. } => look(&self.get()),
            Form::Item(item) => look(item),
        }
    }
}

impl<'a, T: Wire<'a>> Encode<'a> for Pointer<'a, T> {
    #[inline]
    fn wire_len(&self) -> usize {
        self.with(T::wire_len)
    }

    #[inline]
    fn measure(&self, measure: &mut Measure) -> Result<(), EncodeError> {
        self.with(|target| target.measure(measure))
    }

    #[inline]
    fn write<S: Sink<'a>>(&self, writer: &mut Writer<S>) {
        self.with(|target| target.write(writer));
    }

    #[inline]
    fn pointer_depth(&self) -> usize {
        self.with(T::pointer_depth)
    }

    #[inline]
    fn write_targets<S: Sink<'a>>(&self, depth: usize, writer: &mut Writer<S>) {
        self.with(|target| target.write_targets(depth, writer));
    }
}

impl<'a, T> From<&'a T> for Pointer<'a, T> {
    fn from(item: &'a T) -> Self {
        Self(Form::Item(item))
    }
}

impl<'a, T: Wire<'a> + PartialEq> PartialEq for Pointer<'a, T> {
    fn eq(&self, other: &Self) -> bool {
        self.get() == other.get()
    }
}

impl<'a, T: Wire<'a> + Eq> Eq for Pointer<'a, T> {}

impl<'a, T: Wire<'a> + fmt::Debug> fmt::Debug for Pointer<'a, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}
