//! Cursor commands.

use super::{Driver, Error, encoded};
use crate::cursor::{Cursor, CursorFlags, ServerMessage};
use crate::qxl::{
    Memory, QxlCmdType, QxlCommandExt, QxlCommandFlags, QxlCursor, QxlCursorCmd, QxlCursorCmdBody,
    QxlCursorCmdType, QxlCursorHeader, QxlCursorSet, QxlCursorTrail, QxlCursorType,
};
use crate::wire::GuestAddress;

impl Driver {
    /// Writes a cursor command out of `Set`, `Move`, `Hide` or `Trail`, for the cursor ring. The shape lies in chunks of
    /// `piece_len` bytes, or in one. A shape with an id is one that clients may cache.
    ///
    /// # Errors
    /// [`Error::NotACursorCommand`]: another message, or a shape out of a cache; [`Error::OutOfMemory`], [`Error::Address`].
    pub fn cursor(
        &mut self,
        memory: &impl Memory,
        message: &ServerMessage<'_>,
        piece_len: Option<usize>,
    ) -> Result<QxlCommandExt, Error> {
        let kind = (QxlCmdType::CURSOR, QxlCommandFlags::empty());
        self.command(memory, kind, LEN, |block, release_info| {
            let (type_, body) = match message {
                ServerMessage::Set(set) => {
                    let shape = match set.cursor {
                        Cursor { header: Some(header), data, flags }
                            if !flags.contains(CursorFlags::FROM_CACHE) =>
                        {
                            let header = QxlCursorHeader {
                                unique: header.unique,
                                type_: QxlCursorType(header.type_.0.into()),
                                width: header.width,
                                height: header.height,
                                hot_spot_x: header.hot_spot_x,
                                hot_spot_y: header.hot_spot_y,
                            };
                            let data_size = data.len() as u32;
                            block.put_list(data, piece_len, |chunk| QxlCursor { header, data_size, chunk })?
                        }
                        Cursor { flags, .. } if flags.contains(CursorFlags::NONE) => GuestAddress::NULL,
                        _ => return Err(Error::NotACursorCommand),
                    };
                    let (position, visible) = (set.position, set.visible);
                    let set = QxlCursorSet { position, visible, shape };
                    (QxlCursorCmdType::SET, QxlCursorCmdBody::Set(set))
                }
                ServerMessage::Move(to) => (QxlCursorCmdType::MOVE, QxlCursorCmdBody::Position(to.position)),
                ServerMessage::Hide(_) => (QxlCursorCmdType::HIDE, QxlCursorCmdBody::Other(&[0; 13])),
                ServerMessage::Trail(trail) => {
                    let (length, frequency) = (trail.length, trail.frequency);
                    (QxlCursorCmdType::TRAIL, QxlCursorCmdBody::Trail(QxlCursorTrail { length, frequency }))
                }
                _ => return Err(Error::NotACursorCommand),
            };
            encoded(&QxlCursorCmd { release_info, type_, body, device_data: &[0; 128] })
        })
    }
}

/// Bytes of a cursor command.
const LEN: usize = 150;
