//! The order of an event's body, for reading and for writing.
//!
//! A recording says field by field what a command's structures hold, and follows their pointers. [`Walk`] is one step
//! of that: its reader takes a line from the text and puts the value into a structure; its writer takes the value
//! from the structure and prints the line. Offsets are those of
//! [`docs/spec/qxl.md` sections 6 and 7](crate::spec::qxl#7-commands), the order is that of
//! [section 10](crate::spec::qxl#10-recording-format-spice_worker_record_filename).

use core::ops::Add;

use super::memory::NOWHERE;
use crate::display::{ImageType, LineFlags};
use crate::qxl::{
    QxlBitmapFlags, QxlBrushType, QxlClipType, QxlCmdType, QxlCursorCmdType, QxlDrawType, QxlSurfaceCmdType,
    QxlSurfaceFlags,
};

/// The address of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place(pub(super) u64);

/// Addresses of a guest may be anything, and their sum wraps round.
impl Add<u64> for Place {
    type Output = Self;

    fn add(self, offset: u64) -> Self {
        Self(self.0.wrapping_add(offset))
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Int {
    U8,
    U16,
    I16,
    U32,
    I32,
    U64,
}

impl Int {
    pub(super) fn bytes(self) -> u64 {
        match self {
            Self::U8 => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 => 4,
            Self::U64 => 8,
        }
    }
}

/// What a walker does at each element.
pub(super) trait Walk {
    type Error;

    /// A line of words and numbers; the numbers are fields that follow each other. Gives the first one.
    fn line(&mut self, words: &[&'static str], at: Place, fields: &[Int]) -> Result<u64, Self::Error>;
    /// A line `key 0` or `key 1`: whether the pointer leads somewhere.
    fn present(&mut self, key: &'static str, at: Place) -> Result<bool, Self::Error>;
    /// The structure that a pointer leads to, of `len` bytes.
    fn structure(&mut self, at: Place, len: u64) -> Result<Place, Self::Error>;
    /// The structure of the last call has `len` bytes more.
    fn more(&mut self, len: u64) -> Result<(), Self::Error>;
    /// Bytes that a pointer leads to.
    fn binary(&mut self, key: &'static str, at: Place, len: u64) -> Result<(), Self::Error>;
    /// The chunks of a list whose first one is here, at the end of the last structure; gives their bytes in all.
    fn chunks(&mut self, key: &'static str, at: Place) -> Result<u64, Self::Error>;
    /// Text with a zero byte behind it, here at the end of the command.
    fn text(&mut self, key: &'static str, at: Place) -> Result<(), Self::Error>;
    /// A field that the recording lacks.
    fn lacking(&mut self, at: Place, int: Int, value: u64);
    /// An error: the number has no known form.
    fn unknown(&self, element: &'static str, number: u64) -> Self::Error;

    /// A line with one number.
    fn number(&mut self, key: &'static str, at: Place, int: Int) -> Result<u64, Self::Error> {
        self.line(&[key], at, &[int])
    }
}

/// Bytes of a command's structure.
pub(super) fn command_len(kind: QxlCmdType) -> u64 {
    match kind {
        QxlCmdType::DRAW => 191,
        QxlCmdType::UPDATE => 32,
        QxlCmdType::CURSOR => 150,
        QxlCmdType::SURFACE => 41,
        _ => 8,
    }
}

/// The body of a command.
pub(super) fn command<W: Walk>(walk: &mut W, kind: QxlCmdType, at: Place) -> Result<(), W::Error> {
    match kind {
        QxlCmdType::NOP => Ok(()),
        QxlCmdType::DRAW => drawable(walk, at),
        QxlCmdType::UPDATE => {
            walk.line(&["update"], at, &[])?;
            rect(walk, "area", at + 8)?;
            walk.number("update_id", at + 24, Int::U32)?;
            walk.number("surface_id", at + 28, Int::U32)?;
            Ok(())
        }
        QxlCmdType::CURSOR => cursor(walk, at),
        QxlCmdType::MESSAGE => walk.text("message", at + 8),
        QxlCmdType::SURFACE => surface(walk, at),
        other => Err(walk.unknown("command", other.0.into())),
    }
}

/// Bytes of the structure of a primary surface.
pub(super) const PRIMARY_LEN: u64 = 40;

/// The body of a message that creates the primary surface.
pub(super) fn primary<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.line(&[], at, &[Int::U32, Int::U32, Int::I32, Int::U32])?;
    walk.line(&[], at + 16, &[Int::U32; 4])?;
    walk.binary("data", at + 32, 0)
}

fn drawable<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.line(&["drawable"], at, &[])?;
    rect(walk, "bbox", at + 31)?;
    clip(walk, at + 47)?;
    walk.number("effect", at + 12, Int::U8)?;
    walk.number("mm_time", at + 59, Int::U32)?;
    walk.number("self_bitmap", at + 14, Int::U8)?;
    rect(walk, "self_bitmap_area", at + 15)?;
    walk.number("surface_id", at + 8, Int::U32)?;
    for index in 0..3 {
        walk.number("surfaces_dest", at + 63 + 4 * index, Int::I32)?;
        rect(walk, "surfaces_rects", at + 75 + 16 * index)?;
    }
    let kind = QxlDrawType(walk.number("type", at + 13, Int::U8)? as u8);
    operands(walk, kind, at + 123)
}

fn operands<W: Walk>(walk: &mut W, kind: QxlDrawType, at: Place) -> Result<(), W::Error> {
    match kind {
        QxlDrawType::NOP => Ok(()),
        QxlDrawType::FILL => {
            brush(walk, at)?;
            walk.number("rop_descriptor", at + 20, Int::U16)?;
            mask(walk, at + 22)
        }
        QxlDrawType::OPAQUE => {
            source(walk, at)?;
            brush(walk, at + 24)?;
            walk.number("rop_descriptor", at + 44, Int::U16)?;
            walk.number("scale_mode", at + 46, Int::U8)?;
            mask(walk, at + 47)
        }
        QxlDrawType::COPY | QxlDrawType::BLEND => {
            source(walk, at)?;
            walk.number("rop_descriptor", at + 24, Int::U16)?;
            walk.number("scale_mode", at + 26, Int::U8)?;
            mask(walk, at + 27)
        }
        QxlDrawType::COPY_BITS => point(walk, at),
        QxlDrawType::BLACKNESS | QxlDrawType::WHITENESS | QxlDrawType::INVERS => mask(walk, at),
        QxlDrawType::ROP3 => {
            source(walk, at)?;
            brush(walk, at + 24)?;
            walk.number("rop3", at + 44, Int::U8)?;
            walk.number("scale_mode", at + 45, Int::U8)?;
            mask(walk, at + 46)
        }
        QxlDrawType::STROKE => stroke(walk, at),
        QxlDrawType::TEXT => {
            let string = walk.structure(at, 28)?;
            walk.number("data_size", string, Int::U32)?;
            walk.number("length", string + 4, Int::U16)?;
            walk.number("flags", string + 6, Int::U16)?;
            walk.chunks("string", string + 8)?;
            rect(walk, "back_area", at + 8)?;
            brush(walk, at + 24)?;
            brush(walk, at + 44)?;
            modes(walk, at + 64)
        }
        QxlDrawType::TRANSPARENT => {
            source(walk, at)?;
            walk.number("src_color", at + 24, Int::U32)?;
            walk.number("true_color", at + 28, Int::U32)?;
            Ok(())
        }
        QxlDrawType::ALPHA_BLEND => {
            walk.number("alpha_flags", at, Int::U16)?;
            walk.number("alpha", at + 2, Int::U8)?;
            source(walk, at + 3)
        }
        QxlDrawType::COMPOSITE => {
            walk.number("flags", at, Int::U32)?;
            image(walk, at + 4)?;
            transform(walk, "src_transform", at + 12)?;
            if walk.present("mask", at + 20)? {
                image(walk, at + 20)?;
            }
            transform(walk, "mask_transform", at + 28)?;
            walk.line(&["src_origin"], at + 36, &[Int::I16; 2])?;
            walk.line(&["mask_origin"], at + 40, &[Int::I16; 2])?;
            Ok(())
        }
        other => Err(walk.unknown("type", other.0.into())),
    }
}

fn stroke<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    let path = walk.structure(at, 24)?;
    let total = walk.chunks("path", path + 4)?;
    walk.lacking(path, Int::U32, total);
    let flags = walk.number("attr.flags", at + 8, Int::U8)? as u8;
    if LineFlags::from_bits_retain(flags).contains(LineFlags::STYLED) {
        let nseg = walk.number("attr.style_nseg", at + 11, Int::U8)?;
        walk.binary("style", at + 20, nseg * 4)?;
    }
    brush(walk, at + 28)?;
    modes(walk, at + 48)
}

fn modes<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.number("fore_mode", at, Int::U16)?;
    walk.number("back_mode", at + 2, Int::U16)?;
    Ok(())
}

/// An image and the part of it that is used.
fn source<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    image(walk, at)?;
    rect(walk, "src_area", at + 8)
}

fn image<W: Walk>(walk: &mut W, pointer: Place) -> Result<(), W::Error> {
    if !walk.present("image", pointer)? {
        return Ok(());
    }
    let at = walk.structure(pointer, 18)?;
    walk.number("descriptor.id", at, Int::U64)?;
    let kind = walk.number("descriptor.type", at + 8, Int::U8)?;
    walk.number("descriptor.flags", at + 9, Int::U8)?;
    walk.number("descriptor.width", at + 10, Int::U32)?;
    walk.number("descriptor.height", at + 14, Int::U32)?;
    match ImageType(kind as u8) {
        ImageType::BITMAP => bitmap(walk, at),
        ImageType::SURFACE => {
            walk.more(4)?;
            walk.number("surface_image.surface_id", at + 18, Int::U32)?;
            Ok(())
        }
        ImageType::QUIC => {
            walk.more(24)?;
            walk.number("quic.data_size", at + 18, Int::U32)?;
            walk.chunks("quic.data", at + 22)?;
            Ok(())
        }
        _ => Err(walk.unknown("descriptor.type", kind)),
    }
}

fn bitmap<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.more(30)?;
    walk.number("bitmap.format", at + 18, Int::U8)?;
    let flags = walk.number("bitmap.flags", at + 19, Int::U8)? as u8;
    walk.number("bitmap.x", at + 20, Int::U32)?;
    let rows = walk.number("bitmap.y", at + 24, Int::U32)?;
    let stride = walk.number("bitmap.stride", at + 28, Int::U32)?;
    if walk.present("has_palette", at + 32)? {
        let palette = walk.structure(at + 32, 10)?;
        let entries = walk.number("qp.num_ents", palette + 8, Int::U16)?;
        walk.number("unique", palette, Int::U64)?;
        for index in 0..entries {
            walk.more(4)?;
            walk.number("ents", palette + 10 + 4 * index, Int::U32)?;
        }
    }
    if QxlBitmapFlags::from_bits_retain(flags).contains(QxlBitmapFlags::DIRECT) {
        walk.binary("image_data_flat", at + 40, rows.saturating_mul(stride))
    } else {
        let chunk = walk.structure(at + 40, 20)?;
        walk.chunks("bitmap.data", chunk)?;
        Ok(())
    }
}

fn transform<W: Walk>(walk: &mut W, key: &'static str, pointer: Place) -> Result<(), W::Error> {
    if walk.present(key, pointer)? { walk.binary("transform", pointer, 24) } else { Ok(()) }
}

fn brush<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    match QxlBrushType(walk.number("type", at, Int::U32)? as u32) {
        QxlBrushType::SOLID => {
            walk.number("u.color", at + 4, Int::U32)?;
        }
        QxlBrushType::PATTERN => {
            image(walk, at + 4)?;
            point(walk, at + 12)?;
        }
        _ => {}
    }
    Ok(())
}

fn mask<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.number("flags", at, Int::U8)?;
    point(walk, at + 1)?;
    image(walk, at + 9)
}

fn clip<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    if QxlClipType(walk.number("type", at, Int::U32)? as u32) == QxlClipType::RECTS {
        let rects = walk.structure(at + 4, 24)?;
        walk.number("num_rects", rects, Int::U32)?;
        walk.chunks("clip_rects", rects + 4)?;
    }
    Ok(())
}

fn surface<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.line(&["surface_cmd"], at, &[])?;
    walk.number("surface_id", at + 8, Int::U32)?;
    let kind = walk.number("type", at + 12, Int::U8)?;
    let flags = walk.number("flags", at + 13, Int::U32)? as u32;
    if QxlSurfaceCmdType(kind as u8) != QxlSurfaceCmdType::CREATE {
        return Ok(());
    }
    walk.number("u.surface_create.format", at + 17, Int::U32)?;
    walk.number("u.surface_create.width", at + 21, Int::U32)?;
    let height = walk.number("u.surface_create.height", at + 25, Int::U32)?;
    let stride = walk.number("u.surface_create.stride", at + 29, Int::I32)? as u32 as i32;
    if QxlSurfaceFlags::from_bits_retain(flags).contains(QxlSurfaceFlags::KEEP_DATA) {
        return walk.binary("data", at + 33, height.saturating_mul(stride.unsigned_abs().into()));
    }
    walk.lacking(at + 33, Int::U64, NOWHERE.0);
    Ok(())
}

fn cursor<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.line(&["cursor_cmd"], at, &[])?;
    match QxlCursorCmdType(walk.number("type", at + 8, Int::U8)? as u8) {
        QxlCursorCmdType::SET => {
            walk.line(&["point16"], at + 9, &[Int::I16; 2])?;
            walk.number("u.set.visible", at + 13, Int::U8)?;
            let shape = walk.structure(at + 14, 42)?;
            walk.number("header.unique", shape, Int::U64)?;
            walk.number("header.type", shape + 8, Int::U16)?;
            walk.number("header.width", shape + 10, Int::U16)?;
            walk.number("header.height", shape + 12, Int::U16)?;
            walk.number("header.hot_spot_x", shape + 14, Int::U16)?;
            walk.number("header.hot_spot_y", shape + 16, Int::U16)?;
            walk.number("data_size", shape + 18, Int::U32)?;
            walk.chunks("cursor", shape + 22)?;
        }
        QxlCursorCmdType::MOVE => {
            walk.line(&["point16"], at + 9, &[Int::I16; 2])?;
        }
        QxlCursorCmdType::TRAIL => {
            walk.number("u.trail.length", at + 9, Int::U16)?;
            walk.number("u.trail.frequency", at + 11, Int::U16)?;
        }
        _ => {}
    }
    Ok(())
}

fn rect<W: Walk>(walk: &mut W, name: &'static str, at: Place) -> Result<(), W::Error> {
    walk.line(&["rect", name], at, &[Int::I32; 4])?;
    Ok(())
}

fn point<W: Walk>(walk: &mut W, at: Place) -> Result<(), W::Error> {
    walk.line(&["point"], at, &[Int::I32; 2])?;
    Ok(())
}
