//! Why a command could not be written.

use core::fmt;

use crate::display::ImageType;
use crate::qxl::{AddressError, RingError};
use crate::wire::EncodeError;

/// Why a command could not be written, or its memory not be freed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The largest free part of the slot is too small. Wait until the device has released something.
    OutOfMemory {
        /// Bytes wanted so far.
        wanted: u64,
        /// Bytes of that part.
        left: u64,
    },
    /// No command of this driver has this id, or it was released before.
    NotTaken(u64),
    /// The message is no drawing.
    NotADrawing,
    /// Layouts of QXL 1 have no such thing: another surface than 0, COMPOSITE, alpha flags.
    NotInCompat,
    /// Devices know no images of this type.
    ImageType(ImageType),
    /// The palette is in a cache of clients, which devices do not know.
    CachedPalette,
    /// The drawing reads more than three surfaces.
    TooManySurfaces,
    /// The cursor message has no command that is like it.
    NotACursorCommand,
    /// The message does not fit together.
    Encode(EncodeError),
    /// The memory behind the slot cannot be accessed.
    Address(AddressError),
    /// A ring cannot be used.
    Ring(RingError),
}

impl From<EncodeError> for Error {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<AddressError> for Error {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<RingError> for Error {
    fn from(error: RingError) -> Self {
        Self::Ring(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OutOfMemory { wanted, left } => {
                write!(f, "{wanted} bytes wanted, {left} free in one piece")
            }
            Self::NotTaken(id) => write!(f, "no command has the id {id:#x}"),
            Self::NotADrawing => f.write_str("the message is no drawing"),
            Self::NotInCompat => f.write_str("the layout of QXL 1 cannot say this"),
            Self::ImageType(kind) => write!(f, "no image of a command has the type {kind:?}"),
            Self::CachedPalette => f.write_str("the palette is in a client's cache"),
            Self::TooManySurfaces => f.write_str("more than three surfaces are read"),
            Self::NotACursorCommand => f.write_str("no cursor command is like the message"),
            Self::Encode(error) => error.fmt(f),
            Self::Address(error) => error.fmt(f),
            Self::Ring(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for Error {}
