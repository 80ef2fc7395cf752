//! Surfaces: commands that make and end them, and where their pixels lie in guest memory.

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use super::fetch::Fetcher;
use super::{Command, Reader};
use crate::canvas::Canvas;
use crate::display::SurfaceFmt;
use crate::image::{Format, View};
use crate::qxl::{QxlSurface, QxlSurfaceCmd, QxlSurfaceCmdBody, QxlSurfaceCmdType, QxlSurfaceFlags};
use crate::wire::{GuestAddress, Parse};

/// A surface command.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum SurfaceCommand<'r> {
    /// A new surface.
    Create {
        /// Its number, which was free.
        surface_id: u32,
        /// Format, size and place.
        shape: Shape,
        /// Its first contents, with KEEP_DATA; zero bytes otherwise.
        contents: Option<View<'r>>,
    },
    /// An end.
    Destroy {
        /// Its number, which was in use.
        surface_id: u32,
    },
}

/// A surface as it lies in guest memory; everything about it has been checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub(crate) fmt: SurfaceFmt,
    pub(crate) format: Format,
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// Bytes from one row to the next; negative when the bottom row comes first.
    pub(crate) stride: i32,
    pub(crate) data: GuestAddress,
}

impl Shape {
    /// The format, as messages name it.
    #[must_use]
    pub fn format(&self) -> SurfaceFmt {
        self.fmt
    }

    /// Columns, pixels; at least 1.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Rows, pixels; at least 1.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes from one row to the next; negative when memory begins with the bottom row.
    #[must_use]
    pub fn stride(&self) -> i32 {
        self.stride
    }

    /// Where the memory begins.
    #[must_use]
    pub fn data(&self) -> GuestAddress {
        self.data
    }

    /// The shape of a surface, checked.
    pub(crate) fn new(fetch: &Fetcher<'_>, surface: &QxlSurface, at: GuestAddress) -> Result<Self, Error> {
        let QxlSurface { format: fmt, width, height, stride, data } = *surface;
        let fail = |kind, field| Error::new(kind, at, field);
        let format = Format::of_surface(fmt).ok_or(fail(ErrorKind::SurfaceFormat(fmt.0), "format"))?;
        let shape = Self { fmt, format, width, height, stride, data };
        if width == 0 || height == 0 {
            return Err(fail(ErrorKind::Empty, if width == 0 { "width" } else { "height" }));
        }
        let needed = format.row_len_bytes(width);
        if shape.row_step() < needed || stride == i32::MIN {
            return Err(fail(ErrorKind::Stride { needed, stride: stride.into() }, "stride"));
        }
        if shape.len_bytes() > MOST_BYTES {
            return Err(fail(ErrorKind::Limit { wanted: shape.len_bytes(), allowed: MOST_BYTES }, "height"));
        }
        if data.is_null() {
            return Err(fail(ErrorKind::Null, "data"));
        }
        let inside = fetch.guest.check(fetch.group, data, shape.len_bytes());
        inside.map_err(|error| Error::new(ErrorKind::Address(error), data, "data"))?;
        Ok(shape)
    }

    /// Bytes from a row to one beside it.
    pub(crate) fn row_step(&self) -> u64 {
        self.stride.unsigned_abs().into()
    }

    /// Bytes in guest memory.
    pub(crate) fn len_bytes(&self) -> u64 {
        self.row_step().saturating_mul(self.height.into())
    }
}

/// What guest memory holds of a surface.
pub(crate) fn contents<'v>(
    fetch: &Fetcher<'_>,
    shape: &Shape,
    out: &'v mut Vec<u8>,
) -> Result<View<'v>, Error> {
    out.clear();
    fetch.append(shape.data, shape.len_bytes(), out, "data")?;
    let Shape { format, width, height, stride, data, .. } = *shape;
    let view = View::new(format, width, height, out, shape.row_step() as usize, stride >= 0);
    view.ok_or(Error::new(ErrorKind::Empty, data, "data"))
}

impl Reader {
    pub(super) fn surface(
        &mut self,
        fetch: &Fetcher<'_>,
        at: GuestAddress,
        canvas: &Canvas,
    ) -> Result<Command<'_>, Error> {
        let bytes: [u8; 41] = fetch.bytes(at, "")?;
        let fail = |kind, field| Error::new(kind, at, field);
        let command =
            QxlSurfaceCmd::parse(&bytes).map_err(|error| fail(ErrorKind::Message(error.kind()), ""))?;
        let surface_id = command.surface_id;
        let exists = canvas.surface(surface_id).is_some();
        if canvas.primary() == Some(surface_id) {
            return Err(fail(ErrorKind::Primary, "surface_id"));
        }
        Ok(Command::Surface(match (command.type_, &command.body) {
            (QxlSurfaceCmdType::CREATE, QxlSurfaceCmdBody::SurfaceCreate(surface)) => {
                let shape =
                    Shape::new(fetch, surface, at).map_err(|error| error.within("surface_cmd.create"))?;
                if exists || surface_id >= self.surfaces {
                    return Err(fail(ErrorKind::SurfaceId(surface_id), "surface_id"));
                }
                let contents = match command.flags.contains(QxlSurfaceFlags::KEEP_DATA) {
                    true => Some(contents(fetch, &shape, self.body.end())?),
                    false => None,
                };
                SurfaceCommand::Create { surface_id, shape, contents }
            }
            (QxlSurfaceCmdType::DESTROY, _) if exists => SurfaceCommand::Destroy { surface_id },
            (QxlSurfaceCmdType::DESTROY, _) => {
                return Err(fail(ErrorKind::NoSurface(surface_id), "surface_id"));
            }
            (other, _) => return Err(fail(ErrorKind::SurfaceCommand(other.0), "type")),
        }))
    }
}

/// Bytes of a surface at most.
const MOST_BYTES: u64 = 0x7fff_ffff;
