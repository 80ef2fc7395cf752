//! Drawing commands.

use alloc::vec::Vec;

use super::figures::Figures;
use super::{Driver, Error, encoded};
use crate::common::Rect;
use crate::display::{CompositeFlags, DisplayBase, ServerMessage};
use crate::qxl::{
    Memory, QxlAlphaBlend, QxlAlphaFlags, QxlBlackness, QxlCmdType, QxlCommandExt, QxlCommandFlags,
    QxlCompatAlphaBlend, QxlCompatDrawable, QxlCompatDrawableBody, QxlComposite, QxlCopy, QxlCopyBits,
    QxlDrawType, QxlDrawable, QxlDrawableBody, QxlEffectType, QxlFill, QxlOpaque, QxlRop3, QxlStroke,
    QxlText, QxlTransparent,
};

/// A drawing, and how it is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Drawing<'a> {
    /// What is drawn. Images are of the types BITMAP, QUIC and SURFACE, and have their palettes; CACHE_ME becomes CACHE.
    pub message: &'a ServerMessage<'a>,
    /// What it does to earlier drawings.
    pub effect: QxlEffectType,
    /// Time of the command, ms.
    pub mm_time: u32,
    /// The source is what the surface shows there before the command, in place of an image of the message. Not for COPY and
    /// BLEND, where the reference takes no notice of it.
    pub self_bitmap: Option<Rect>,
    /// Data in chunks of so many bytes; bitmaps in chunks of whole rows of at least so many, QUIC streams of whole words.
    /// `None`: one chunk, bitmaps DIRECT.
    pub piece_len: Option<usize>,
    /// The layout of QXL 1: surface 0 alone, no COMPOSITE.
    pub compat: bool,
}

impl<'a> Drawing<'a> {
    /// A drawing that mixes with what is there, today's layout, nothing in pieces.
    #[must_use]
    pub fn new(message: &'a ServerMessage<'a>) -> Self {
        let (effect, mm_time) = (QxlEffectType::BLEND, 0);
        Self { message, effect, mm_time, self_bitmap: None, piece_len: None, compat: false }
    }
}

impl Driver {
    /// Writes a drawing. The surfaces that its images lead to are declared as read, in the
    /// size that the image has, and by COPY_BITS its source.
    ///
    /// # Errors
    /// The drawing is not one that a command can be, or does not fit into the memory that is free.
    pub fn draw(&mut self, memory: &impl Memory, drawing: &Drawing<'_>) -> Result<QxlCommandExt, Error> {
        let (flags, len) = match drawing.compat {
            true => (QxlCommandFlags::COMPAT, COMPAT_LEN),
            false => (QxlCommandFlags::empty(), LEN),
        };
        self.command(memory, (QxlCmdType::DRAW, flags), len, |block, id| {
            let piece_len = drawing.piece_len;
            let mut figures = Figures { block, piece_len, surfaces: Vec::new() };
            let (base, type_, body) = operands(&mut figures, drawing)?;
            let clip = figures.clip(&base.clip)?;
            let full = drawable(drawing, id, &base, (type_, body), clip, &figures.surfaces)?;
            if drawing.compat { encoded(&compat(&full)?) } else { encoded(&full) }
        })
    }
}

/// Base, kind and operands of a drawing; what they lead to is written.
fn operands<'m>(
    to: &mut Figures<'_>,
    drawing: &Drawing<'m>,
) -> Result<(DisplayBase<'m>, QxlDrawType, QxlDrawableBody<'static>), Error> {
    use QxlDrawableBody as Body;
    use ServerMessage as M;
    let own = drawing.self_bitmap.is_some();
    // Where the device makes the source there is no image.
    let source = |image| if own { None } else { image };
    Ok(match drawing.message {
        M::CopyBits(copy) => {
            let (from, size) = (copy.src_pos, copy.base.box_);
            let (width, height) = (size.right.wrapping_sub(size.left), size.bottom.wrapping_sub(size.top));
            let (right, bottom) = (from.x.wrapping_add(width), from.y.wrapping_add(height));
            let rect = Rect { top: from.y, left: from.x, bottom, right };
            to.surfaces.push((copy.base.surface_id, rect));
            (copy.base, QxlDrawType::COPY_BITS, Body::CopyBits(QxlCopyBits { src_pos: copy.src_pos }))
        }
        M::DrawFill(draw) => {
            let (brush, mask) = (to.brush(&draw.data.brush)?, to.mask(&draw.data.mask)?);
            let rop_descriptor = draw.data.rop_descriptor;
            (draw.base, QxlDrawType::FILL, Body::Fill(QxlFill { brush, rop_descriptor, mask }))
        }
        M::DrawOpaque(draw) => {
            let data = &draw.data;
            let src_bitmap = to.image(source(data.src_bitmap))?;
            let (brush, mask) = (to.brush(&data.brush)?, to.mask(&data.mask)?);
            let (src_area, rop_descriptor, scale_mode) =
                (data.src_area, data.rop_descriptor, data.scale_mode);
            let opaque = QxlOpaque { src_bitmap, src_area, brush, rop_descriptor, scale_mode, mask };
            (draw.base, QxlDrawType::OPAQUE, Body::Opaque(opaque))
        }
        M::DrawCopy(draw) => (draw.base, QxlDrawType::COPY, Body::Copy(copy(to, &draw.data)?)),
        M::DrawBlend(draw) => (draw.base, QxlDrawType::BLEND, Body::Blend(copy(to, &draw.data)?)),
        M::DrawBlackness(draw) => {
            let mask = to.mask(&draw.data.mask)?;
            (draw.base, QxlDrawType::BLACKNESS, Body::Blackness(QxlBlackness { mask }))
        }
        M::DrawWhiteness(draw) => {
            let mask = to.mask(&draw.data.mask)?;
            (draw.base, QxlDrawType::WHITENESS, Body::Whiteness(QxlBlackness { mask }))
        }
        M::DrawInvers(draw) => {
            let mask = to.mask(&draw.data.mask)?;
            (draw.base, QxlDrawType::INVERS, Body::Invers(QxlBlackness { mask }))
        }
        M::DrawRop3(draw) => {
            let data = &draw.data;
            let src_bitmap = to.image(source(data.src_bitmap))?;
            let (brush, mask) = (to.brush(&data.brush)?, to.mask(&data.mask)?);
            let (src_area, rop3, scale_mode) = (data.src_area, data.rop3, data.scale_mode);
            let rop3 = QxlRop3 { src_bitmap, src_area, brush, rop3, scale_mode, mask };
            (draw.base, QxlDrawType::ROP3, Body::Rop3(rop3))
        }
        M::DrawStroke(draw) => {
            let data = &draw.data;
            let (path, attr) = (to.path(&data.path.get())?, to.line(&data.attr)?);
            let (brush, fore_mode, back_mode) = (to.brush(&data.brush)?, data.fore_mode, data.back_mode);
            let stroke = QxlStroke { path, attr, brush, fore_mode, back_mode };
            (draw.base, QxlDrawType::STROKE, Body::Stroke(stroke))
        }
        M::DrawText(draw) => {
            let data = &draw.data;
            let str = to.string(&data.str.get())?;
            let (fore_brush, back_brush) = (to.brush(&data.fore_brush)?, to.brush(&data.back_brush)?);
            let (back_area, fore_mode, back_mode) = (data.back_area, data.fore_mode, data.back_mode);
            let text = QxlText { str, back_area, fore_brush, back_brush, fore_mode, back_mode };
            (draw.base, QxlDrawType::TEXT, Body::Text(text))
        }
        M::DrawTransparent(draw) => {
            let data = &draw.data;
            let src_bitmap = to.image(source(data.src_bitmap))?;
            let (src_area, src_color, true_color) = (data.src_area, data.src_color, data.true_color);
            let transparent = QxlTransparent { src_bitmap, src_area, src_color, true_color };
            (draw.base, QxlDrawType::TRANSPARENT, Body::Transparent(transparent))
        }
        M::DrawAlphaBlend(draw) => {
            let data = &draw.data;
            let alpha_flags = QxlAlphaFlags::from_bits_retain(data.alpha_flags.bits().into());
            let src_bitmap = to.image(source(data.src_bitmap))?;
            let (alpha, src_area) = (data.alpha, data.src_area);
            let blend = QxlAlphaBlend { alpha_flags, alpha, src_bitmap, src_area };
            (draw.base, QxlDrawType::ALPHA_BLEND, Body::AlphaBlend(blend))
        }
        M::DrawComposite(draw) => {
            let data = &draw.data;
            // The device finds out by itself what there is.
            let has = CompositeFlags::HAS_MASK
                | CompositeFlags::HAS_SRC_TRANSFORM
                | CompositeFlags::HAS_MASK_TRANSFORM;
            let composite = QxlComposite {
                flags: CompositeFlags::from_bits_retain(data.flags.bits() & !has.bits()),
                src: to.image(source(data.src_bitmap))?,
                src_transform: to.transform(data.src_transform)?,
                mask: to.image(data.mask_bitmap.flatten())?,
                mask_transform: to.transform(data.mask_transform)?,
                src_origin: data.src_origin,
                mask_origin: data.mask_origin,
            };
            (draw.base, QxlDrawType::COMPOSITE, Body::Composite(composite))
        }
        _ => return Err(Error::NotADrawing),
    })
}

fn copy(to: &mut Figures<'_>, data: &crate::display::Copy<'_>) -> Result<QxlCopy, Error> {
    let (src_bitmap, mask) = (to.image(data.src_bitmap)?, to.mask(&data.mask)?);
    let (src_area, rop_descriptor, scale_mode) = (data.src_area, data.rop_descriptor, data.scale_mode);
    Ok(QxlCopy { src_bitmap, src_area, rop_descriptor, scale_mode, mask })
}

fn drawable<'a>(
    drawing: &Drawing<'_>,
    release_info: u64,
    base: &DisplayBase<'_>,
    (type_, body): (QxlDrawType, QxlDrawableBody<'a>),
    clip: crate::qxl::QxlClip,
    surfaces: &[(u32, Rect)],
) -> Result<QxlDrawable<'a>, Error> {
    let nowhere = Rect::of_size(0, 0);
    let (mut surfaces_dest, mut surfaces_rects) = ([-1; 3], [nowhere; 3]);
    if surfaces.len() > surfaces_dest.len() {
        return Err(Error::TooManySurfaces);
    }
    for ((dest, place), (id, rect)) in surfaces_dest.iter_mut().zip(&mut surfaces_rects).zip(surfaces) {
        (*dest, *place) = (id.cast_signed(), *rect);
    }
    Ok(QxlDrawable {
        release_info,
        surface_id: base.surface_id,
        effect: drawing.effect,
        type_,
        self_bitmap: drawing.self_bitmap.is_some().into(),
        self_bitmap_area: drawing.self_bitmap.unwrap_or(nowhere),
        bbox: base.box_,
        clip,
        mm_time: drawing.mm_time,
        surfaces_dest,
        surfaces_rects,
        body,
    })
}

/// The same in the layout of QXL 1.
fn compat<'a>(drawable: &QxlDrawable<'a>) -> Result<QxlCompatDrawable<'a>, Error> {
    use QxlCompatDrawableBody as To;
    use QxlDrawableBody as From;
    let reads_another = drawable.surfaces_dest.iter().any(|id| *id > 0);
    if drawable.surface_id != 0 || reads_another {
        return Err(Error::NotInCompat);
    }
    let body = match drawable.body {
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
        From::AlphaBlend(QxlAlphaBlend { alpha_flags, alpha, src_bitmap, src_area }) => {
            if !alpha_flags.is_empty() {
                return Err(Error::NotInCompat);
            }
            To::AlphaBlend(QxlCompatAlphaBlend { alpha, src_bitmap, src_area })
        }
        From::Composite(_) | From::Other(_) => return Err(Error::NotInCompat),
    };
    Ok(QxlCompatDrawable {
        release_info: drawable.release_info,
        effect: drawable.effect,
        type_: drawable.type_,
        bitmap_offset: drawable.self_bitmap.into(),
        bitmap_area: drawable.self_bitmap_area,
        bbox: drawable.bbox,
        clip: drawable.clip,
        mm_time: drawable.mm_time,
        body,
    })
}

/// Bytes of a drawing command.
const LEN: usize = 191;
/// Bytes of a drawing command in the layout of QXL 1.
const COMPAT_LEN: usize = 128;
