//! Drawing commands.

use super::drawing::Drawing;
use super::error::{Error, ErrorKind};
use super::fetch::Fetcher;
use super::image::lies_inside;
use super::operands::Draws;
use super::{Command, Reader};
use crate::canvas::Canvas;
use crate::common::Rect;
use crate::display::ServerMessage;
use crate::qxl::{
    QxlAlphaBlend, QxlAlphaFlags, QxlCompatAlphaBlend, QxlCompatDrawable, QxlCompatDrawableBody, QxlDrawType,
    QxlDrawable, QxlDrawableBody, QxlEffectType,
};
use crate::wire::{GuestAddress, Parse};

/// A drawing command.
#[derive(Clone, Copy, Debug)]
pub struct Drawable<'r> {
    /// The surface that is drawn on, which exists.
    pub surface_id: u32,
    /// What the driver says about earlier drawings. Drawings that are executed at once need not know it.
    pub effect: QxlEffectType,
    /// Time of the command, ms.
    pub mm_time: u32,
    /// The box, which lies inside of the surface.
    pub bbox: Rect,
    /// Surfaces that it reads, which exist, and which part of them.
    pub reads: [Option<(u32, Rect)>; 3],
    /// The part of its own surface that it reads: its source is an image of that.
    pub self_bitmap: Option<Rect>,
    /// What is drawn; `None` for a command that draws nothing: NOP, and brushes of unknown kinds.
    pub message: Option<ServerMessage<'r>>,
}

impl Reader {
    pub(super) fn drawable(
        &mut self,
        fetch: Fetcher<'_>,
        at: GuestAddress,
        (compat, narrow_colours): (bool, bool),
        canvas: &Canvas,
    ) -> Result<Command<'_>, Error> {
        let fail = |kind, field| Error::new(kind, at, field);
        let torn = |error: crate::wire::Error| fail(ErrorKind::Message(error.kind()), "");
        let (bytes, compat_bytes): ([u8; 191], [u8; 128]);
        let command = if compat {
            compat_bytes = fetch.bytes(at, "")?;
            current(&QxlCompatDrawable::parse(&compat_bytes).map_err(torn)?)
        } else {
            bytes = fetch.bytes(at, "")?;
            QxlDrawable::parse(&bytes).map_err(torn)?
        };
        let QxlDrawable { surface_id, effect, mm_time, bbox, .. } = command;
        let (kind, is_drawing) =
            message_number(command.type_).ok_or(fail(ErrorKind::DrawType(command.type_.0), "type"))?;
        let surface =
            canvas.surface(surface_id).ok_or(fail(ErrorKind::NoSurface(surface_id), "surface_id"))?;
        if !lies_inside(bbox, surface.width(), surface.height()) {
            return Err(fail(ErrorKind::Area(bbox), "bbox"));
        }
        let mut reads = [None; 3];
        for ((id, rect), read) in
            command.surfaces_dest.into_iter().zip(command.surfaces_rects).zip(&mut reads)
        {
            if id == -1 {
                continue;
            }
            let id = id.cast_unsigned();
            canvas.surface(id).ok_or(fail(ErrorKind::NoSurface(id), "surfaces_dest"))?;
            *read = Some((id, rect));
        }
        let has_own_source = matches!(command.type_, QxlDrawType::COPY | QxlDrawType::BLEND);
        let self_bitmap = (command.self_bitmap != 0 && !has_own_source).then_some(command.self_bitmap_area);
        let mut drawing = Drawing {
            fetch,
            canvas,
            body: &mut self.body,
            scratch: &mut self.scratch,
            address: at,
            narrow_colours,
            declared: reads.map(|read| read.map(|(id, _)| id)),
            self_bitmap,
            surface_id,
        };
        drawing.body.u32(surface_id);
        drawing.body.rect(bbox);
        drawing.clip(&command.clip)?;
        let draws = drawing.operands(&command.body)? && is_drawing;
        let message = match draws {
            true => Some(ServerMessage::parse(kind, self.body.bytes()).map_err(torn)?),
            false => None,
        };
        Ok(Command::Draw(Drawable { surface_id, effect, mm_time, bbox, reads, self_bitmap, message }))
    }
}

impl Drawing<'_> {
    fn operands(&mut self, body: &QxlDrawableBody<'_>) -> Draws {
        match body {
            QxlDrawableBody::Fill(fill) => self.fill(fill),
            QxlDrawableBody::Opaque(opaque) => self.opaque(opaque),
            QxlDrawableBody::Copy(copy) | QxlDrawableBody::Blend(copy) => self.copy(copy),
            QxlDrawableBody::CopyBits(copy) => {
                self.body.point(copy.src_pos);
                Ok(true)
            }
            QxlDrawableBody::Blackness(constant)
            | QxlDrawableBody::Whiteness(constant)
            | QxlDrawableBody::Invers(constant) => self.constant(constant),
            QxlDrawableBody::Rop3(rop3) => self.rop3(rop3),
            QxlDrawableBody::Stroke(stroke) => self.stroke(stroke),
            QxlDrawableBody::Text(text) => self.text(text),
            QxlDrawableBody::Transparent(transparent) => self.transparent(transparent),
            QxlDrawableBody::AlphaBlend(blend) => self.alpha_blend(blend),
            QxlDrawableBody::Composite(composite) => self.composite(composite),
            QxlDrawableBody::Other(_) => Ok(false),
        }
    }
}

/// The number of the message that a drawing becomes, and whether it draws at all.
fn message_number(kind: QxlDrawType) -> Option<(u16, bool)> {
    Some(match kind {
        QxlDrawType::NOP => (0, false),
        QxlDrawType::FILL => (ServerMessage::DRAW_FILL, true),
        QxlDrawType::OPAQUE => (ServerMessage::DRAW_OPAQUE, true),
        QxlDrawType::COPY => (ServerMessage::DRAW_COPY, true),
        QxlDrawType::COPY_BITS => (ServerMessage::COPY_BITS, true),
        QxlDrawType::BLEND => (ServerMessage::DRAW_BLEND, true),
        QxlDrawType::BLACKNESS => (ServerMessage::DRAW_BLACKNESS, true),
        QxlDrawType::WHITENESS => (ServerMessage::DRAW_WHITENESS, true),
        QxlDrawType::INVERS => (ServerMessage::DRAW_INVERS, true),
        QxlDrawType::ROP3 => (ServerMessage::DRAW_ROP3, true),
        QxlDrawType::STROKE => (ServerMessage::DRAW_STROKE, true),
        QxlDrawType::TEXT => (ServerMessage::DRAW_TEXT, true),
        QxlDrawType::TRANSPARENT => (ServerMessage::DRAW_TRANSPARENT, true),
        QxlDrawType::ALPHA_BLEND => (ServerMessage::DRAW_ALPHA_BLEND, true),
        QxlDrawType::COMPOSITE => (ServerMessage::DRAW_COMPOSITE, true),
        _ => return None,
    })
}

/// A drawing of QXL 1 as one of today: on surface 0, with operands that differ in one case.
fn current<'a>(compat: &QxlCompatDrawable<'a>) -> QxlDrawable<'a> {
    use QxlCompatDrawableBody as From;
    use QxlDrawableBody as To;
    let body = match compat.body {
        From::Fill(fill) => To::Fill(fill),
        From::Opaque(opaque) => To::Opaque(opaque),
        From::Copy(copy) => To::Copy(copy),
        From::CopyBits(copy) => To::CopyBits(copy),
        From::Blend(blend) => To::Blend(blend),
        From::Blackness(constant) => To::Blackness(constant),
        From::Whiteness(constant) => To::Whiteness(constant),
        From::Invers(constant) => To::Invers(constant),
        From::Rop3(rop3) => To::Rop3(rop3),
        From::Stroke(stroke) => To::Stroke(stroke),
        From::Text(text) => To::Text(text),
        From::Transparent(transparent) => To::Transparent(transparent),
        From::AlphaBlend(QxlCompatAlphaBlend { alpha, src_bitmap, src_area }) => {
            let alpha_flags = QxlAlphaFlags::empty();
            To::AlphaBlend(QxlAlphaBlend { alpha_flags, alpha, src_bitmap, src_area })
        }
        From::Other(bytes) => To::Other(bytes),
    };
    let nowhere = Rect::of_size(0, 0);
    QxlDrawable {
        release_info: compat.release_info,
        surface_id: 0,
        effect: compat.effect,
        // There was no COMPOSITE.
        type_: if compat.type_ == QxlDrawType::COMPOSITE { QxlDrawType(u8::MAX) } else { compat.type_ },
        self_bitmap: u8::from(compat.bitmap_offset != 0),
        self_bitmap_area: compat.bitmap_area,
        bbox: compat.bbox,
        clip: compat.clip,
        mm_time: compat.mm_time,
        surfaces_dest: [-1; 3],
        surfaces_rects: [nowhere; 3],
        body,
    }
}
