//! Cursor commands.

use super::error::{Error, ErrorKind};
use super::fetch::Fetcher;
use super::image::behind;
use super::{Command, Reader};
use crate::common::CursorType;
use crate::cursor::{Cursor, CursorFlags, CursorHeader, Move, ServerMessage, Set, Trail};
use crate::qxl::{QxlCursor, QxlCursorCmd, QxlCursorCmdBody, QxlCursorCmdType, QxlCursorSet};
use crate::wire::{GuestAddress, Parse};

impl Reader {
    pub(super) fn cursor(&mut self, fetch: &Fetcher<'_>, at: GuestAddress) -> Result<Command<'_>, Error> {
        let bytes: [u8; 150] = fetch.bytes(at, "")?;
        let torn = |error: crate::wire::Error| Error::new(ErrorKind::Message(error.kind()), at, "");
        let command = QxlCursorCmd::parse(&bytes).map_err(torn)?;
        Ok(Command::Cursor(match command.body {
            QxlCursorCmdBody::Set(set) => ServerMessage::Set(
                self.shape(fetch, &set).map_err(|error| error.within("cursor_cmd.set.shape"))?,
            ),
            QxlCursorCmdBody::Position(position) => ServerMessage::Move(Move { position }),
            QxlCursorCmdBody::Trail(trail) => {
                ServerMessage::Trail(Trail { length: trail.length, frequency: trail.frequency })
            }
            QxlCursorCmdBody::Other(_) if command.type_ == QxlCursorCmdType::HIDE => {
                ServerMessage::Hide(Default::default())
            }
            QxlCursorCmdBody::Other(_) => {
                return Err(Error::new(ErrorKind::CursorCommand(command.type_.0), at, "type"));
            }
        }))
    }

    /// A shape. More bytes than there are may be asked for, and more may be there than are asked for.
    fn shape(&mut self, fetch: &Fetcher<'_>, set: &QxlCursorSet) -> Result<Set<'_>, Error> {
        let at = set.shape;
        let bytes: [u8; 42] = fetch.bytes(at, "")?;
        let torn = |error: crate::wire::Error| Error::new(ErrorKind::Message(error.kind()), at, "");
        let QxlCursor { header, data_size, .. } = QxlCursor::parse(&bytes).map_err(torn)?;
        fetch.chunks(behind(at, 22), None, self.body.end(), "data")?;
        let data = self.body.bytes();
        let data = data.get(..data_size as usize).unwrap_or(data);
        let header = CursorHeader {
            unique: header.unique,
            // Numbers above those of the channel are no more known than its last one.
            type_: CursorType(u8::try_from(header.type_.0).unwrap_or(u8::MAX)),
            width: header.width,
            height: header.height,
            hot_spot_x: header.hot_spot_x,
            hot_spot_y: header.hot_spot_y,
        };
        let cursor = Cursor { flags: CursorFlags::empty(), header: Some(header), data };
        Ok(Set { position: set.position, visible: set.visible, cursor })
    }
}
