//! Drawings at random.

use std::collections::BTreeSet;

use bumpalo::Bump;
use spice_proto::common::{Point, Point16, PointFix, Rect, Transform};
use spice_proto::display::{
    self, AlphaBlend, AlphaFlags, BitmapFmt, Blackness, Brush, BrushBody, BrushType, Clip, ClipRects,
    ClipType, Composite, CompositeFlags, Copy, CopyBits, DisplayBase, Fill, ImageScaleMode, LineAttr,
    LineFlags, Opaque, Path, PathFlags, PathSegment, QMask, RasterGlyphA1, RasterGlyphA4, Rop3, Ropd,
    ServerMessage, StringFlags, StringGlyphs, Stroke, SurfaceFmt, Text, Transparent,
};
use spice_proto::qxl::QxlEffectType;
use spice_proto::qxl::driver::Drawing;
use spice_proto::wire::{List, Pointer};

use super::Surface;
use super::images::{Images, Picture};
use crate::random::Random;

/// Makes drawings.
#[derive(Clone, Debug)]
pub struct Drawings {
    random: Random,
    next_id: u32,
    effects: bool,
    /// Surfaces that were patterns.
    patterns: BTreeSet<u32>,
}

impl Drawings {
    /// The same seed gives the same drawings, with effects that are true of them or without.
    ///
    /// Where many commands wait, the reference was seen to end in another picture than when the same ones are executed a few
    /// at a time, with effects and without; so tests give it few at once.
    #[must_use]
    pub fn new(seed: u64, effects: bool) -> Self {
        Self { random: Random::new(seed), next_id: 0, effects, patterns: BTreeSet::new() }
    }

    /// What decides about everything else.
    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// A surface has come, maybe with the number of one that has gone.
    pub fn created(&mut self, surface_id: u32) {
        self.patterns.remove(&surface_id);
    }

    /// A drawing on one of these surfaces, of which there is at least one. Number 0 is the primary.
    ///
    /// # Panics
    /// Without surfaces.
    pub fn next<'a>(&mut self, surfaces: &[Surface], arena: &'a Bump) -> Drawing<'a> {
        let target = match self.random.below(2) {
            0 => surfaces[0],
            _ => surfaces[self.random.below(surfaces.len())],
        };
        let Self { random, next_id, patterns, .. } = self;
        let mut images =
            Images { random, arena, target, surfaces, next_id, patterns, own: None, reads_surfaces: false };
        let (message, effect) = message(&mut images);
        let mut drawing = Drawing::new(arena.alloc(message));
        if self.effects {
            drawing.effect = effect;
        }
        if images.one_in(3) {
            drawing.piece_len = Some(images.pick(&[1, 16, 50, 300, 5000]));
        }
        drawing.self_bitmap = images.own;
        drawing.compat = target.id == 0
            && !images.reads_surfaces
            && !matches!(message, ServerMessage::DrawComposite(_))
            && !matches!(message, ServerMessage::DrawAlphaBlend(draw) if !draw.data.alpha_flags.is_empty())
            && images.one_in(4);
        drawing
    }
}

fn message<'a>(images: &mut Images<'_, 'a>) -> (ServerMessage<'a>, QxlEffectType) {
    use ServerMessage as M;
    let target = images.target;
    let box_ = images.inside(target.width, target.height, 90);
    let kind = match target.format {
        // All that the reference has for them.
        SurfaceFmt::FMT_1_A => images.pick(&[0, 5, 6]),
        // Rop3 is not defined there.
        SurfaceFmt::FMT_8_A => images.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13]),
        _ => images.random.below(14),
    };
    let is_bits = target.format == SurfaceFmt::FMT_1_A;
    // A stroke that is clipped by rectangles side by side loses pixels in the reference, or draws them twice.
    let base = DisplayBase { surface_id: target.id, box_, clip: clip(images, box_, kind == 9) };
    let mask = if is_bits { QMask::default() } else { images.mask(box_) };
    let is_plain = mask.bitmap.is_none() && base.clip.type_ == ClipType::NONE;
    let mut effect = QxlEffectType::BLEND;
    let message = match kind {
        0 => {
            let (brush, rop_descriptor) = match is_bits {
                true => (solid(images), Ropd::OP_PUT),
                false => (any_brush(images), ropd(images, Ropd::INVERS_BRUSH)),
            };
            if is_plain && rop_descriptor == Ropd::OP_PUT {
                let effects = [QxlEffectType::OPAQUE, QxlEffectType::OPAQUE_BRUSH, QxlEffectType::NOP_ON_DUP];
                effect = images.pick(&effects);
            }
            M::DrawFill(display::DrawFill { base, data: Fill { brush, rop_descriptor, mask } })
        }
        1 => {
            let (src_bitmap, src_area) = own_or_source(images, box_);
            let (brush, rop_descriptor) = (any_brush(images), ropd(images, Ropd::INVERS_BRUSH));
            let scale_mode = scale_mode(images);
            let data = Opaque { src_bitmap, src_area, brush, rop_descriptor, scale_mode, mask };
            M::DrawOpaque(display::DrawOpaque { base, data })
        }
        2 | 3 => {
            let (src_bitmap, src_area) = scaled_source(images, box_);
            let rop_descriptor = ropd(images, Ropd::INVERS_SRC);
            if is_plain && rop_descriptor == Ropd::OP_PUT && images.one_in(2) {
                effect = QxlEffectType::OPAQUE;
            }
            let data = Copy { src_bitmap, src_area, rop_descriptor, scale_mode: scale_mode(images), mask };
            match kind {
                2 => M::DrawCopy(display::DrawCopy { base, data }),
                _ => M::DrawBlend(display::DrawBlend { base, data }),
            }
        }
        4 => {
            let (width, height) = (box_.right - box_.left, box_.bottom - box_.top);
            let x = images.between(0, target.width as i32 - width);
            let y = images.between(0, target.height as i32 - height);
            M::CopyBits(CopyBits { base, src_pos: Point { x, y } })
        }
        5 => {
            if is_plain {
                effect = images.pick(&[QxlEffectType::BLACKNESS_ON_DUP, QxlEffectType::OPAQUE]);
            }
            M::DrawBlackness(display::DrawBlackness { base, data: Blackness { mask } })
        }
        6 => {
            if is_plain {
                effect = images.pick(&[QxlEffectType::WHITENESS_ON_DUP, QxlEffectType::OPAQUE]);
            }
            M::DrawWhiteness(display::DrawWhiteness { base, data: Blackness { mask } })
        }
        7 => {
            if is_plain {
                effect = QxlEffectType::REVERT_ON_DUP;
            }
            M::DrawInvers(display::DrawInvers { base, data: Blackness { mask } })
        }
        8 => {
            // Of a source that it has to scale the reference shows memory that it has not written.
            let (src_bitmap, src_area) = match target.format != SurfaceFmt::FMT_16_565 && images.one_in(6) {
                true => {
                    images.own = Some(box_);
                    let (width, height) = (box_.right - box_.left, box_.bottom - box_.top);
                    (None, Rect::of_size(width as u32, height as u32))
                }
                false => source_of_size(images, box_),
            };
            // The reference is defined only where the pattern begins above and left of the box.
            let brush = if images.one_in(2) {
                let (x, y) = (images.between(0, box_.left), images.between(0, box_.top));
                images.pattern(11, 7, Point { x, y })
            } else {
                solid(images)
            };
            let rop3 = rop3(images);
            let data = Rop3 { src_bitmap, src_area, brush, rop3, scale_mode: scale_mode(images), mask };
            M::DrawRop3(display::DrawRop3 { base, data })
        }
        9 => M::DrawStroke(display::DrawStroke { base, data: stroke(images, box_) }),
        10 => M::DrawText(display::DrawText { base, data: text(images, box_) }),
        11 => {
            // Bit 15 of 16_555, which is no colour and which the reference leaves open, would decide about the key.
            let surfaces = images.surfaces;
            if target.format == SurfaceFmt::FMT_16_555 {
                images.surfaces = &[];
            }
            let (src_bitmap, src_area) = match target.format {
                SurfaceFmt::FMT_16_555 => scaled_source(images, box_),
                _ => own_or_source(images, box_),
            };
            images.surfaces = surfaces;
            let true_color = images.pick(&[0, 0x00ff_ffff, 0x0012_3456]);
            let data = Transparent { src_bitmap, src_area, src_color: true_color, true_color };
            M::DrawTransparent(display::DrawTransparent { base, data })
        }
        12 => {
            // A surface that was a pattern once has alpha in the reference.
            let surfaces: Vec<Surface> = images
                .surfaces
                .iter()
                .copied()
                .filter(|surface| !images.patterns.contains(&surface.id))
                .collect();
            let all = std::mem::replace(&mut images.surfaces, images.arena.alloc_slice_copy(&surfaces));
            // Of its own pixels the reference takes the fourth byte as alpha, which 32_xRGB leaves open.
            let (src_bitmap, src_area) = match target.format {
                SurfaceFmt::FMT_32_XRGB => scaled_source(images, box_),
                _ => own_or_source(images, box_),
            };
            images.surfaces = all;
            let alpha = images.pick(&[0, 1, 77, 128, 254, 255]);
            let mut alpha_flags = AlphaFlags::empty();
            alpha_flags.set(AlphaFlags::DEST_HAS_ALPHA, images.one_in(4));
            // The fourth byte of 32_xRGB, which the reference leaves open, would decide about colours.
            let has_alpha = target.format != SurfaceFmt::FMT_32_XRGB && images.one_in(4);
            alpha_flags.set(AlphaFlags::SRC_SURFACE_HAS_ALPHA, has_alpha);
            let data = AlphaBlend { alpha_flags, alpha, src_bitmap, src_area };
            M::DrawAlphaBlend(display::DrawAlphaBlend { base, data })
        }
        _ => M::DrawComposite(display::DrawComposite { base, data: composite(images, box_) }),
    };
    (message, effect)
}

/// Rectangles that reach out of the box here and there, but not out of the numbers.
fn clip<'a>(images: &mut Images<'_, 'a>, box_: Rect, bands: bool) -> Clip<'a> {
    if !images.one_in(3) {
        return Clip { type_: ClipType::NONE, rects: None };
    }
    let count = images.between(0, 5);
    let (width, height) = (box_.right - box_.left, box_.bottom - box_.top);
    let rect = |number: i32| {
        let left = box_.left + images.between(-4, width);
        let right = left + images.between(1, width);
        let (top, bottom) = match bands {
            true => (box_.top + height * number / count, box_.top + height * (number + 1) / count),
            false => {
                let top = box_.top + images.between(-4, height);
                (top, top + images.between(1, height))
            }
        };
        Rect { top, left, bottom, right }
    };
    let rects: Vec<Rect> = (0..count).map(rect).collect();
    let rects = List::from(&*images.arena.alloc_slice_copy(&rects));
    Clip { type_: ClipType::RECTS, rects: Some(ClipRects { rects }) }
}

/// A source, or what the surface shows itself, and a part of it.
fn own_or_source<'a>(
    images: &mut Images<'_, 'a>,
    box_: Rect,
) -> (Option<Pointer<'a, display::Image<'a>>>, Rect) {
    // Of a surface of 16_565 the reference's process ends.
    if images.target.format == SurfaceFmt::FMT_16_565 || !images.one_in(6) {
        return scaled_source(images, box_);
    }
    let own = match images.one_in(2) {
        true => box_,
        false => images.inside(images.target.width, images.target.height, 90),
    };
    images.own = Some(own);
    let (width, height) = ((own.right - own.left) as u32, (own.bottom - own.top) as u32);
    let area = match own == box_ {
        true => Rect::of_size(width, height),
        false => images.inside(width, height, i32::MAX),
    };
    (None, area)
}

/// A source and a part of it: of the box's size, or scaled.
fn scaled_source<'a>(
    images: &mut Images<'_, 'a>,
    box_: Rect,
) -> (Option<Pointer<'a, display::Image<'a>>>, Rect) {
    if images.one_in(3) {
        let (least, most) = (images.between(1, 60), images.between(1, 60));
        let Picture { image, width, height } = images.source(least as u32, most as u32);
        return (Some(image), images.inside(width, height, i32::MAX));
    }
    source_of_size(images, box_)
}

/// A source and a part of it of the box's size.
fn source_of_size<'a>(
    images: &mut Images<'_, 'a>,
    box_: Rect,
) -> (Option<Pointer<'a, display::Image<'a>>>, Rect) {
    let (width, height) = ((box_.right - box_.left) as u32, (box_.bottom - box_.top) as u32);
    let source = images.source(width, height);
    let left = images.between(0, (source.width - width) as i32);
    let top = images.between(0, (source.height - height) as i32);
    let area = Rect { top, left, bottom: top + height as i32, right: left + width as i32 };
    (Some(source.image), area)
}

fn solid<'a>(images: &mut Images<'_, 'a>) -> Brush<'a> {
    Brush { type_: BrushType::SOLID, body: BrushBody::Color(images.random.number() as u32) }
}

fn any_brush<'a>(images: &mut Images<'_, 'a>) -> Brush<'a> {
    if images.one_in(12) {
        return Brush { type_: BrushType::NONE, body: BrushBody::Absent };
    }
    images.brush()
}

fn ropd(images: &mut Images<'_, '_>, inversion: Ropd) -> Ropd {
    if images.one_in(2) {
        return Ropd::OP_PUT;
    }
    let operations = [
        Ropd::OP_PUT,
        Ropd::OP_OR,
        Ropd::OP_AND,
        Ropd::OP_XOR,
        Ropd::OP_BLACKNESS,
        Ropd::OP_WHITENESS,
        Ropd::OP_INVERS,
    ];
    let mut ropd = images.pick(&operations);
    for bit in [inversion, Ropd::INVERS_DEST, Ropd::INVERS_RES] {
        ropd.set(bit, images.one_in(4));
    }
    ropd
}

fn scale_mode(images: &mut Images<'_, '_>) -> ImageScaleMode {
    images.pick(&[ImageScaleMode::INTERPOLATE, ImageScaleMode::NEAREST])
}

/// A code that the reference has: it ends its process at the 38 that simpler operations do.
fn rop3(images: &mut Images<'_, '_>) -> u8 {
    loop {
        let code = images.random.number() as u8;
        if !SIMPLER.contains(&code) {
            return code;
        }
    }
}

fn stroke<'a>(images: &mut Images<'_, 'a>, box_: Rect) -> Stroke<'a> {
    let mut segments = Vec::new();
    for _ in 0..images.between(1, 3) {
        let mut flags = PathFlags::BEGIN | PathFlags::END;
        flags.set(PathFlags::CLOSE, images.one_in(2));
        let count = match images.one_in(4) {
            true => {
                flags |= PathFlags::BEZIER;
                1 + 3 * images.between(1, 2)
            }
            false => images.between(1, 7),
        };
        let points: Vec<PointFix> = (0..count)
            .map(|_| PointFix {
                x: images.between(box_.left * 16 - 200, box_.right * 16 + 200),
                y: images.between(box_.top * 16 - 200, box_.bottom * 16 + 200),
            })
            .collect();
        segments.push(PathSegment { flags, points: List::from(&*images.arena.alloc_slice_copy(&points)) });
    }
    let segments = List::from(&*images.arena.alloc_slice_copy(&segments));
    let mut attr = LineAttr { flags: LineFlags::empty(), style_nseg: None, style: None };
    if images.one_in(3) {
        let dashes: Vec<i32> = (0..images.between(1, 6)).map(|_| 16 * images.between(1, 9)).collect();
        attr.flags = LineFlags::STYLED;
        attr.flags.set(LineFlags::START_WITH_GAP, images.one_in(2));
        attr.style_nseg = Some(dashes.len() as u8);
        attr.style = Some(Some(List::from(&*images.arena.alloc_slice_copy(&dashes))));
    }
    let path = Pointer::from(&*images.arena.alloc(Path { segments }));
    // A surface as the pattern of a stroke ends the reference's process.
    let surfaces = std::mem::take(&mut images.surfaces);
    let (brush, fore_mode) = (any_brush(images), ropd(images, Ropd::INVERS_BRUSH));
    images.surfaces = surfaces;
    Stroke { path, attr, brush, fore_mode, back_mode: Ropd::OP_PUT }
}

/// Glyphs of 1 or 4 bits: of those of 8 bits the reference reads the wrong rows.
fn text<'a>(images: &mut Images<'_, 'a>, box_: Rect) -> Text<'a> {
    let count = images.between(1, 9);
    let is_wide = images.one_in(2);
    let (mut thin, mut wide) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let (width, height) = (images.between(1, 14) as u16, images.between(1, 14) as u16);
        let render_pos = Point {
            x: images.between(box_.left - 5, box_.right),
            y: images.between(box_.top - 5, box_.bottom + 5),
        };
        let glyph_origin = Point { x: images.between(-3, 3), y: images.between(-14, 3) };
        let row_len = if is_wide { width.div_ceil(2) } else { width.div_ceil(8) };
        let bytes = images.random.bytes(usize::from(row_len) * usize::from(height));
        let data = &*images.arena.alloc_slice_copy(&bytes);
        thin.push(RasterGlyphA1 { render_pos, glyph_origin, width, height, data });
        wide.push(RasterGlyphA4 { render_pos, glyph_origin, width, height, data });
    }
    let (flags, glyphs) = match is_wide {
        true => {
            let glyphs = List::from(&*images.arena.alloc_slice_copy(&wide));
            (StringFlags::RASTER_A4, StringGlyphs::RasterA4(glyphs))
        }
        false => {
            let glyphs = List::from(&*images.arena.alloc_slice_copy(&thin));
            (StringFlags::RASTER_A1, StringGlyphs::RasterA1(glyphs))
        }
    };
    let string = images.arena.alloc(display::String { length: count as u16, flags, glyphs });
    let nowhere = Rect::of_size(0, 0);
    let back_area = if images.one_in(2) { box_ } else { nowhere };
    Text {
        str: Pointer::from(&*string),
        back_area,
        fore_brush: images.brush(),
        back_brush: any_brush(images),
        fore_mode: Ropd::OP_PUT,
        back_mode: Ropd::OP_PUT,
    }
}

/// Sources and masks are no surfaces: the reference leaves transform, repeat and filter at a surface, for all that comes
/// after. Operators that are evaluated in floating point may differ by one, so they are not among these.
fn composite<'a>(images: &mut Images<'_, 'a>, box_: Rect) -> Composite<'a> {
    let (width, height) = ((box_.right - box_.left) as u32, (box_.bottom - box_.top) as u32);
    let operator = images.pick(&OPERATORS);
    let filters = [0, 1, 2, 3, 4];
    let mut bits = operator | images.pick(&filters) << 8 | images.pick(&filters) << 11;
    bits |= (images.random.below(4) as u32) << 14 | (images.random.below(4) as u32) << 16;
    let has_mask = images.one_in(2);
    if has_mask && images.one_in(3) {
        bits |= CompositeFlags::COMPONENT_ALPHA.bits();
    }
    let small = images.one_in(2);
    let size = |images: &mut Images<'_, 'a>, len: u32| match small {
        true => images.between(1, 40) as u32,
        false => len,
    };
    let (w, h) = (size(images, width), size(images, height));
    let src_bitmap = Some(images.bitmap(w, h).image);
    let (w, h) = (size(images, width), size(images, height));
    let mask_format = images.pick(&[BitmapFmt::RGBA, BitmapFmt::RGBA, BitmapFmt::FMT_32BIT]);
    let mask = has_mask.then(|| images.bitmap_of(mask_format, w, h).image);
    let src_transform = transform(images);
    let mask_transform = if has_mask { transform(images) } else { None };
    let mut flags = CompositeFlags::from_bits_retain(bits);
    flags.set(CompositeFlags::HAS_MASK, has_mask);
    flags.set(CompositeFlags::HAS_SRC_TRANSFORM, src_transform.is_some());
    flags.set(CompositeFlags::HAS_MASK_TRANSFORM, mask_transform.is_some());
    let origin = |images: &mut Images<'_, 'a>| Point16 {
        x: images.between(-9, 9) as i16,
        y: images.between(-9, 9) as i16,
    };
    let (src_origin, mask_origin) = (origin(images), origin(images));
    let mask_bitmap = has_mask.then_some(mask);
    Composite { flags, src_bitmap, mask_bitmap, src_transform, mask_transform, src_origin, mask_origin }
}

fn transform(images: &mut Images<'_, '_>) -> Option<Transform> {
    if !images.one_in(3) {
        return None;
    }
    let mut number = |low: i32, high: i32| images.between(low, high).cast_unsigned();
    Some(Transform {
        t00: number(0x4000, 0x2_0000),
        t01: number(-0x8000, 0x8000),
        t02: number(-0x20_0000, 0x20_0000),
        t10: number(-0x8000, 0x8000),
        t11: number(0x4000, 0x2_0000),
        t12: number(-0x20_0000, 0x20_0000),
    })
}

/// Codes of rop3 that the reference does not have: docs/spec/canvas.md section 12.
const SIMPLER: [u8; 38] = [
    0x00, 0x03, 0x05, 0x0a, 0x0c, 0x0f, 0x11, 0x22, 0x30, 0x33, 0x3c, 0x3f, 0x44, 0x50, 0x55, 0x5a, 0x5f,
    0x66, 0x77, 0x88, 0x99, 0xa0, 0xa5, 0xaa, 0xaf, 0xbb, 0xc0, 0xc3, 0xcc, 0xcf, 0xdd, 0xee, 0xf0, 0xf3,
    0xf5, 0xfa, 0xfc, 0xff,
];
/// Operators of composite that are computed with integers.
const OPERATORS: [u32; 21] =
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0x30, 0x31, 0x32, 0x33, 0x34, 0x37, 0x39, 0x3a];
