//! Commands of a guest, read out of its memory and turned into the crate's drawing types.
//!
//! A command is a structure in guest memory that leads to others: images, palettes, clips, paths, glyphs, in pieces
//! ([`docs/spec/qxl.md` sections 6 and 7](crate::spec::qxl#7-commands)). [`Reader`] copies all of that once, checks
//! the copy and gives a [`Command`] that borrows from it. For a drawing that is a message of the display channel: the
//! copy has its very layout, so the message can be drawn, encoded again or sent as it is.
//!
//! ```text
//! guest memory ─► structures, checked ─► body of a message ─► ServerMessage
//! ```
//!
//! * Both layouts are read, that of QXL 1 too (flag COMPAT), with its colours of 15 bits (COMPAT_16BPP).
//! * Chunks are joined. Where they are cut does not matter.
//! * What the guest changes meanwhile does no harm: no byte is read twice, and what was checked is what is used.
//! * Images keep their id and the guest's wish that they be cached (`CACHE_ME`). Images of surfaces get the surface's
//!   size.
//! * A drawing with `self_bitmap` gets as its source what the surface shows there now. So commands have to be
//!   executed in the order in which they are read.
//!
//! # Limits
//!
//! One command takes at most [`Limits::qxl_object_bytes`] bytes of guest memory, and follows at most
//! [`Limits::qxl_chunk_links`] links in each list. That bounds time and memory whatever the lists look like: circles,
//! empty chunks, areas that overlap.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: numbers come from guests

mod body;
mod cursor;
mod drawable;
mod drawing;
mod error;
mod fetch;
mod figures;
mod image;
mod monitors;
mod operands;
mod surface;

use alloc::vec::Vec;

pub use self::drawable::Drawable;
pub use self::error::{Error, ErrorKind};
pub use self::surface::SurfaceCommand;
pub(crate) use self::surface::{Shape, contents};

use self::body::Body;
use self::fetch::Fetcher;
use self::image::behind;
use super::{Guest, QxlCmdType, QxlCommandExt, QxlCommandFlags, QxlCompatUpdateCmd, QxlUpdateCmd, RingName};
use crate::Limits;
use crate::canvas::Canvas;
use crate::common::Rect;
use crate::wire::{GuestAddress, Parse};

/// A command, checked. It borrows from its [`Reader`].
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "it is used at once and not kept")]
pub enum Command<'r> {
    /// Draw.
    Draw(Drawable<'r>),
    /// Bring an area of a surface into guest memory.
    Update(Update),
    /// The pointer, as a message of the cursor channel. A shape asks not to be cached.
    Cursor(crate::cursor::ServerMessage<'r>),
    /// A text for the log, without its zero byte.
    Message(&'r [u8]),
    /// A surface comes or goes.
    Surface(SurfaceCommand<'r>),
}

/// An area to be brought into guest memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Update {
    /// The surface, which exists.
    pub surface_id: u32,
    /// The area, which may leave the surface.
    pub area: Rect,
    /// Number of the update.
    pub update_id: u32,
}

/// Reads commands. Its memory is used again: once it is warm, reading allocates nothing.
#[derive(Clone, Debug)]
pub struct Reader {
    body: Body,
    scratch: Vec<u8>,
    limits: Limits,
    surfaces: u32,
}

impl Reader {
    /// A reader for a device with surfaces of numbers below `n_surfaces`. Of the limits, those of QXL count, and that
    /// of surfaces.
    #[must_use]
    pub fn new(limits: &Limits, n_surfaces: u32) -> Self {
        let surfaces = n_surfaces.min(limits.surfaces);
        Self { body: Body::default(), scratch: Vec::new(), limits: limits.clone(), surfaces }
    }

    /// Reads a command that stood in a ring: the pointer's in the cursor ring, all others in the command ring. `canvas`
    /// has the surfaces as the commands before have left them.
    ///
    /// # Errors
    /// What the guest did wrong. The command is done with then, as if it had been executed.
    pub fn read<'r>(
        &'r mut self,
        guest: Guest<'_>,
        ring: RingName,
        command: &QxlCommandExt,
        canvas: &Canvas,
    ) -> Result<Command<'r>, Error> {
        let fetch = self.fetcher(guest, command.group_id);
        self.body.clear();
        let (kind, at) = (command.cmd.type_, command.cmd.data);
        let compat = command.flags.contains(QxlCommandFlags::COMPAT);
        let narrow = command.flags.contains(QxlCommandFlags::COMPAT_16BPP);
        match (ring, kind) {
            (RingName::Command, QxlCmdType::DRAW) => {
                self.drawable(fetch, at, (compat, narrow), canvas).map_err(|error| error.within("draw"))
            }
            (RingName::Command, QxlCmdType::UPDATE) => update(&fetch, at, compat, canvas),
            (RingName::Command, QxlCmdType::MESSAGE) => self.message(&fetch, at),
            (RingName::Command, QxlCmdType::SURFACE) => {
                self.surface(&fetch, at, canvas).map_err(|error| error.within("surface_cmd"))
            }
            (RingName::Cursor, QxlCmdType::CURSOR) => {
                self.cursor(&fetch, at).map_err(|error| error.within("cursor_cmd"))
            }
            _ => Err(Error::new(ErrorKind::CommandType(kind.0), at, "cmd.type")),
        }
    }

    pub(crate) fn fetcher<'g>(&self, guest: Guest<'g>, group: u32) -> Fetcher<'g> {
        let Limits { qxl_object_bytes: most_bytes, qxl_chunk_links: most_links, .. } = self.limits;
        Fetcher { guest, group, most_bytes, most_links }
    }

    /// The text of a message: up to the zero byte, which has to be in the slot.
    fn message(&mut self, fetch: &Fetcher<'_>, at: GuestAddress) -> Result<Command<'_>, Error> {
        let fail = |kind| Error::new(kind, at, "data").within("message");
        let [..] = fetch.bytes::<8>(at, "message")?;
        // How far the slot reaches is not known: pieces become smaller towards its end.
        let mut piece = LONGEST_MESSAGE.min(4096);
        loop {
            let len = self.body.bytes().len();
            let from = behind(at, (len as u64).saturating_add(8));
            piece = piece.min(LONGEST_MESSAGE.saturating_sub(len as u64));
            if piece == 0 {
                return Err(fail(ErrorKind::Unterminated));
            }
            if fetch.guest.check(fetch.group, from, piece).is_err() {
                piece /= 2;
                continue;
            }
            fetch.append(from, piece, self.body.end(), "data").map_err(|error| error.within("message"))?;
            let new = self.body.bytes().get(len..).unwrap_or_default();
            if let Some(end) = new.iter().position(|byte| *byte == 0) {
                let text = self.body.bytes().get(..len.saturating_add(end));
                return Ok(Command::Message(text.unwrap_or_default()));
            }
        }
    }
}

fn update(
    fetch: &Fetcher<'_>,
    at: GuestAddress,
    compat: bool,
    canvas: &Canvas,
) -> Result<Command<'static>, Error> {
    let torn = |error: crate::wire::Error| Error::new(ErrorKind::Message(error.kind()), at, "");
    let QxlUpdateCmd { area, update_id, surface_id, .. } = if compat {
        let bytes: [u8; 28] = fetch.bytes(at, "update")?;
        let QxlCompatUpdateCmd { release_info, area, update_id } =
            QxlCompatUpdateCmd::parse(&bytes).map_err(torn)?;
        QxlUpdateCmd { release_info, area, update_id, surface_id: 0 }
    } else {
        let bytes: [u8; 32] = fetch.bytes(at, "update")?;
        QxlUpdateCmd::parse(&bytes).map_err(torn)?
    };
    if canvas.surface(surface_id).is_none() {
        return Err(Error::new(ErrorKind::NoSurface(surface_id), at, "surface_id").within("update"));
    }
    Ok(Command::Update(Update { surface_id, area, update_id }))
}

/// Bytes of a message at most.
const LONGEST_MESSAGE: u64 = 100_000;
