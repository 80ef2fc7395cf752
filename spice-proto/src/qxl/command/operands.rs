//! The operands of drawing commands, written as those of messages.

use super::body::Slot;
use super::drawing::Drawing;
use super::error::{Error, ErrorKind};
use super::image::{Use, widened};
use crate::common::Rect;
use crate::display::{BrushType, CompositeFlags, LineFlags};
use crate::qxl::{
    QxlAlphaBlend, QxlBlackness, QxlBrush, QxlBrushBody, QxlBrushType, QxlComposite, QxlCopy, QxlFill,
    QxlOpaque, QxlPattern, QxlQMask, QxlRop3, QxlStroke, QxlText, QxlTransparent,
};
use crate::wire::GuestAddress;

/// Whether the operation draws: with a brush of an unknown kind it does not.
pub(super) type Draws = Result<bool, Error>;

/// A brush that was written, whose image has yet to follow.
struct WrittenBrush {
    pattern: Option<(Slot, GuestAddress)>,
    known: bool,
}

/// A mask that was written, whose image has yet to follow.
struct WrittenMask(Slot, GuestAddress);

impl Drawing<'_> {
    pub(super) fn fill(&mut self, fill: &QxlFill<'_>) -> Draws {
        let brush = self.brush(&fill.brush);
        self.body.u16(fill.rop_descriptor.bits());
        let mask = self.mask(&fill.mask);
        self.brush_image(&brush, "fill.brush.pattern.pat")?;
        self.mask_image(&mask, "fill.mask.bitmap")?;
        Ok(brush.known)
    }

    pub(super) fn opaque(&mut self, opaque: &QxlOpaque<'_>) -> Draws {
        let source = self.body.pointer();
        self.body.rect(opaque.src_area);
        let brush = self.brush(&opaque.brush);
        self.body.u16(opaque.rop_descriptor.bits());
        self.body.u8(opaque.scale_mode.0);
        let mask = self.mask(&opaque.mask);
        self.source(source, opaque.src_bitmap, Use::Pixels, "opaque.src_bitmap")?;
        self.brush_image(&brush, "opaque.brush.pattern.pat")?;
        self.mask_image(&mask, "opaque.mask.bitmap")?;
        Ok(brush.known)
    }

    /// COPY and BLEND. They have a source of their own in any case.
    pub(super) fn copy(&mut self, copy: &QxlCopy) -> Draws {
        let source = self.body.pointer();
        self.body.rect(copy.src_area);
        self.body.u16(copy.rop_descriptor.bits());
        self.body.u8(copy.scale_mode.0);
        let mask = self.mask(&copy.mask);
        let Rect { top, left, bottom, right } = copy.src_area;
        if !((0..=right).contains(&left) && (0..=bottom).contains(&top)) {
            let kind = ErrorKind::Area(copy.src_area);
            return Err(Error::new(kind, self.address, "src_area").within("copy"));
        }
        let usage = Use::Part(copy.src_area);
        self.image(source, copy.src_bitmap, usage).map_err(|error| error.within("copy.src_bitmap"))?;
        self.mask_image(&mask, "copy.mask.bitmap")?;
        Ok(true)
    }

    /// BLACKNESS, WHITENESS and INVERS.
    pub(super) fn constant(&mut self, constant: &QxlBlackness) -> Draws {
        let mask = self.mask(&constant.mask);
        self.mask_image(&mask, "mask.bitmap")?;
        Ok(true)
    }

    pub(super) fn rop3(&mut self, rop3: &QxlRop3<'_>) -> Draws {
        let source = self.body.pointer();
        self.body.rect(rop3.src_area);
        let brush = self.brush(&rop3.brush);
        self.body.u8(rop3.rop3);
        self.body.u8(rop3.scale_mode.0);
        let mask = self.mask(&rop3.mask);
        self.source(source, rop3.src_bitmap, Use::Pixels, "rop3.src_bitmap")?;
        self.brush_image(&brush, "rop3.brush.pattern.pat")?;
        self.mask_image(&mask, "rop3.mask.bitmap")?;
        Ok(brush.known)
    }

    pub(super) fn stroke(&mut self, stroke: &QxlStroke<'_>) -> Draws {
        let path = self.body.pointer();
        let attr = &stroke.attr;
        self.body.u8(attr.flags.bits());
        let style = attr.flags.contains(LineFlags::STYLED).then(|| {
            self.body.u8(attr.style_nseg);
            self.body.pointer()
        });
        let brush = self.brush(&stroke.brush);
        self.body.u16(stroke.fore_mode.bits());
        self.body.u16(stroke.back_mode.bits());
        self.body.link(path);
        self.path(stroke.path).map_err(|error| error.within("stroke.path"))?;
        if let Some(slot) = style {
            self.body.link(slot);
            let len = u64::from(attr.style_nseg).saturating_mul(4);
            self.fetch
                .append(attr.style, len, self.body.end(), "style")
                .map_err(|e| e.within("stroke.attr"))?;
        }
        self.brush_image(&brush, "stroke.brush.pattern.pat")?;
        Ok(brush.known)
    }

    pub(super) fn text(&mut self, text: &QxlText<'_>) -> Draws {
        let string = self.body.pointer();
        self.body.rect(text.back_area);
        let fore = self.brush(&text.fore_brush);
        let back = self.brush(&text.back_brush);
        self.body.u16(text.fore_mode.bits());
        self.body.u16(text.back_mode.bits());
        self.body.link(string);
        self.string(text.str).map_err(|error| error.within("text.str"))?;
        self.brush_image(&fore, "text.fore_brush.pattern.pat")?;
        self.brush_image(&back, "text.back_brush.pattern.pat")?;
        Ok(fore.known && back.known)
    }

    pub(super) fn transparent(&mut self, transparent: &QxlTransparent) -> Draws {
        let source = self.body.pointer();
        self.body.rect(transparent.src_area);
        let (src_color, true_color) = (transparent.src_color, transparent.true_color);
        for colour in [src_color, true_color] {
            self.colour(colour);
        }
        self.source(source, transparent.src_bitmap, Use::Pixels, "transparent.src_bitmap")?;
        Ok(true)
    }

    pub(super) fn alpha_blend(&mut self, blend: &QxlAlphaBlend) -> Draws {
        // Both flags that are known lie in the low byte.
        self.body.u8(blend.alpha_flags.bits().to_le_bytes()[0]);
        self.body.u8(blend.alpha);
        let source = self.body.pointer();
        self.body.rect(blend.src_area);
        self.source(source, blend.src_bitmap, Use::Pixels, "alpha_blend.src_bitmap")?;
        Ok(true)
    }

    pub(super) fn composite(&mut self, composite: &QxlComposite) -> Draws {
        let optional = [
            (composite.mask, CompositeFlags::HAS_MASK),
            (composite.src_transform, CompositeFlags::HAS_SRC_TRANSFORM),
            (composite.mask_transform, CompositeFlags::HAS_MASK_TRANSFORM),
        ];
        let mut flags = composite.flags.bits();
        for (address, flag) in optional {
            flags = if address.is_null() { flags & !flag.bits() } else { flags | flag.bits() };
        }
        self.body.u32(flags);
        let source = self.body.pointer();
        let mask = (!composite.mask.is_null()).then(|| self.body.pointer());
        let transforms = [
            (composite.src_transform, "composite.src_transform"),
            (composite.mask_transform, "composite.mask_transform"),
        ];
        for (at, object) in transforms.into_iter().filter(|(at, _)| !at.is_null()) {
            self.fetch.append(at, 24, self.body.end(), "").map_err(|error| error.within(object))?;
        }
        self.body.point16(composite.src_origin);
        self.body.point16(composite.mask_origin);
        self.source(source, composite.src, Use::Pixels, "composite.src")?;
        if let Some(slot) = mask {
            self.image(slot, composite.mask, Use::Pixels).map_err(|error| error.within("composite.mask"))?;
        }
        Ok(true)
    }

    /// The source of an operation that may read its own surface.
    fn source(
        &mut self,
        slot: Slot,
        at: GuestAddress,
        usage: Use,
        object: &'static str,
    ) -> Result<(), Error> {
        let canvas = self.canvas;
        match (self.self_bitmap, canvas.surface(self.surface_id)) {
            (Some(area), Some(surface)) => self.own_picture(slot, surface, area),
            _ => self.image(slot, at, usage),
        }
        .map_err(|error| error.within(object))
    }

    fn brush(&mut self, brush: &QxlBrush<'_>) -> WrittenBrush {
        let nothing = |known| WrittenBrush { pattern: None, known };
        match brush.body {
            QxlBrushBody::Color(colour) => {
                self.body.u8(BrushType::SOLID.0);
                self.colour(colour);
                nothing(true)
            }
            QxlBrushBody::Pattern(QxlPattern { pat, pos }) => {
                self.body.u8(BrushType::PATTERN.0);
                let slot = self.body.pointer();
                self.body.point(pos);
                WrittenBrush { pattern: Some((slot, pat)), known: true }
            }
            QxlBrushBody::Other(_) => {
                self.body.u8(BrushType::NONE.0);
                nothing(brush.type_ == QxlBrushType::NONE)
            }
        }
    }

    fn brush_image(&mut self, brush: &WrittenBrush, object: &'static str) -> Result<(), Error> {
        match brush.pattern {
            Some((slot, at)) => self.image(slot, at, Use::Pixels).map_err(|error| error.within(object)),
            None => Ok(()),
        }
    }

    fn mask(&mut self, mask: &QxlQMask) -> WrittenMask {
        self.body.u8(mask.flags.bits());
        self.body.point(mask.pos);
        WrittenMask(self.body.pointer(), mask.bitmap)
    }

    fn mask_image(&mut self, mask: &WrittenMask, object: &'static str) -> Result<(), Error> {
        let WrittenMask(slot, at) = *mask;
        if at.is_null() {
            return Ok(());
        }
        self.image(slot, at, Use::Mask).map_err(|error| error.within(object))
    }

    fn colour(&mut self, colour: u32) {
        self.body.u32(if self.narrow_colours { widened(colour) } else { colour });
    }
}
