//! What a guest did wrong.

use core::fmt;

use crate::canvas;
use crate::common::Rect;
use crate::qxl::AddressErrorKind;
use crate::wire::{self, GuestAddress};

/// Why a command was refused: what the guest did, in which field, and where its memory says so.
///
/// Nothing was drawn then, and the next command is executed as ever. The reference ends its process for some of these
/// ([`docs/spec/qxl.md` section 8](crate::spec::qxl#8-what-the-server-validates)).
///
/// Prints as `draw.copy.src_bitmap.bitmap.stride: rows of 12 bytes, 40 needed, at 0x103000000100080`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    address: GuestAddress,
    /// Of the command, down to the structure.
    object: &'static str,
    /// Of the structure.
    field: &'static str,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address leads nowhere.
    Address(AddressErrorKind),
    /// A pointer that has to lead somewhere is null.
    Null,
    /// No command of this number belongs to the ring.
    CommandType(u32),
    /// No drawing of this number.
    DrawType(u8),
    /// No image of this number can come from a guest.
    ImageType(u8),
    /// No bitmap of this format.
    BitmapFormat(u8),
    /// No surface of this format.
    SurfaceFormat(u32),
    /// No surface command of this number.
    SurfaceCommand(u8),
    /// No cursor command of this number.
    CursorCommand(u8),
    /// Nothing can have this size: it has no columns or no rows.
    Empty,
    /// A row needs `needed` bytes and has `stride`.
    Stride {
        /// Bytes of a row's pixels.
        needed: u64,
        /// Bytes from row to row.
        stride: i64,
    },
    /// `present` bytes are there and not `stated`.
    Size {
        /// What the size or count asks for.
        stated: u64,
        /// What the chunks hold.
        present: u64,
    },
    /// More than a limit allows.
    Limit {
        /// How much the command asks for.
        wanted: u64,
        /// How much [`Limits`](crate::Limits) or the protocol grant.
        allowed: u64,
    },
    /// Memory for so many bytes could not be had.
    OutOfMemory(u64),
    /// Pixels that are numbers of colours, and no palette.
    NoPalette,
    /// The rectangle leaves what it is a part of, or is inverted.
    Area(Rect),
    /// There is no surface of this number.
    NoSurface(u32),
    /// The number is not free, or there is none that high.
    SurfaceId(u32),
    /// The command reads a surface that is not among its `surfaces_dest`.
    Undeclared(u32),
    /// A segment of a path has points behind the end of the data.
    Points(u32),
    /// Glyphs in no form, or in several.
    Raster(u16),
    /// A glyph reaches behind the end of the data.
    Glyph(u16),
    /// A text without end.
    Unterminated,
    /// A list with no entry, or with more entries than its own maximum.
    Count {
        /// The entries.
        count: u32,
        /// The maximum.
        allowed: u32,
    },
    /// The message that was made of the command does not hold together.
    Message(wire::ErrorKind),
    /// The operation is not defined, or not for these surfaces and images.
    Canvas(canvas::ErrorKind),
    /// The primary surface cannot be meant.
    Primary,
    /// Commands of QXL 1 cannot be recorded.
    Compat,
}

impl Error {
    #[cold]
    pub(crate) fn new(kind: ErrorKind, address: GuestAddress, field: &'static str) -> Self {
        Self { kind, address, object: "", field }
    }

    /// The same error, in a structure that this field of the command leads to, or in the command itself.
    #[cold]
    pub(crate) fn within(self, object: &'static str) -> Self {
        if self.object.is_empty() { Self { object, ..self } } else { self }
    }

    /// An error of the canvas, about a command at this address.
    #[cold]
    pub(crate) fn of_canvas(error: &canvas::Error, address: GuestAddress) -> Self {
        Self { kind: ErrorKind::Canvas(error.kind()), address, object: error.message(), field: error.field() }
    }

    /// What the guest did.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The address of the structure, or the one that leads nowhere.
    #[must_use]
    pub fn address(&self) -> GuestAddress {
        self.address
    }

    /// The structure, from the command down.
    #[must_use]
    pub fn object(&self) -> &'static str {
        self.object
    }

    /// The field of the structure.
    #[must_use]
    pub fn field(&self) -> &'static str {
        self.field
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, address, object, field } = self;
        let dot = if object.is_empty() || field.is_empty() { "" } else { "." };
        write!(f, "{object}{dot}{field}: ")?;
        match kind {
            ErrorKind::Address(error) => write!(f, "{error}")?,
            ErrorKind::Null => write!(f, "null")?,
            ErrorKind::CommandType(number) => write!(f, "no command {number} on this ring")?,
            ErrorKind::DrawType(number) => write!(f, "no drawing {number}")?,
            ErrorKind::ImageType(number) => write!(f, "no image of type {number} comes from a guest")?,
            ErrorKind::BitmapFormat(number) => write!(f, "no bitmap format {number}")?,
            ErrorKind::SurfaceFormat(number) => write!(f, "no surface format {number}")?,
            ErrorKind::SurfaceCommand(number) => write!(f, "no surface command {number}")?,
            ErrorKind::CursorCommand(number) => write!(f, "no cursor command {number}")?,
            ErrorKind::Empty => write!(f, "no pixels")?,
            ErrorKind::Stride { needed, stride } => write!(f, "rows of {stride} bytes, {needed} needed")?,
            ErrorKind::Size { stated, present } => write!(f, "{present} bytes there, {stated} stated")?,
            ErrorKind::Limit { wanted, allowed } => write!(f, "{wanted} wanted, the limit is {allowed}")?,
            ErrorKind::OutOfMemory(bytes) => write!(f, "no memory for {bytes} bytes")?,
            ErrorKind::NoPalette => write!(f, "no palette")?,
            ErrorKind::Area(Rect { top, left, bottom, right }) => {
                write!(f, "({left}, {top}) to ({right}, {bottom}) is not inside")?;
            }
            ErrorKind::NoSurface(id) => write!(f, "surface {id} does not exist")?,
            ErrorKind::SurfaceId(id) => write!(f, "surface {id} exists or cannot exist")?,
            ErrorKind::Undeclared(id) => write!(f, "surface {id} is not among surfaces_dest")?,
            ErrorKind::Points(count) => write!(f, "{count} points, the data ends before")?,
            ErrorKind::Raster(flags) => write!(f, "no form of glyphs: {flags:#x}")?,
            ErrorKind::Glyph(number) => write!(f, "glyph {number} reaches behind the end")?,
            ErrorKind::Unterminated => write!(f, "text without end")?,
            ErrorKind::Count { count, allowed } => write!(f, "{count} entries, {allowed} at most")?,
            ErrorKind::Message(kind) => write!(f, "does not hold together: {kind:?}")?,
            ErrorKind::Canvas(kind) => write!(f, "{kind:?}")?,
            ErrorKind::Primary => write!(f, "not for the primary surface")?,
            ErrorKind::Compat => write!(f, "a command of QXL 1")?,
        }
        write!(f, ", at {address:?}")
    }
}

impl core::error::Error for Error {}
