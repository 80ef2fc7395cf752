//! Strings of glyphs ([`docs/spec/canvas.md` §14](crate::spec::canvas#14-text-v-a1-a4-a8-with-solid-colours)).
//!
//! Glyphs are merged into one mask of coverage, and the brush is laid over the target through it. Glyphs of one bit in
//! one colour need no mask: where a bit is set, the colour's pixel is written.

mod glyph;

use alloc::vec::Vec;

use super::blend::{self, multiply};
use super::context::DrawContext;
use super::error::{ErrorKind, NotDrawn};
use super::paint::{Paint, fill};
use super::region::{Region, intersection, is_empty};
use super::rop::Rop;
use super::rows::{fetch_row, segment, span_mut, store_row};
use super::sources::Filling;
use crate::common::Rect;
use crate::display::{BrushType, Ropd, StringGlyphs, Text};
use crate::image::{Format, Pixmap, View, convert_row};
use crate::memory::{self, OutOfMemory};

use self::glyph::{Boxed, Glyph, for_each};

/// Draws texts; keeps its memory for the next one.
#[derive(Debug, Default)]
pub(super) struct TextRenderer {
    /// Coverage of each pixel.
    mask: Vec<u8>,
    source: Vec<u8>,
    alphas: Vec<u8>,
    target: Vec<u8>,
    shades: Shades,
}

/// What each coverage leaves of a colour: looking it up takes less than multiplying again and again.
#[derive(Debug, Default)]
struct Shades {
    colour: [u8; 4],
    /// None, or 256.
    by_coverage: Vec<[u8; 4]>,
}

impl Shades {
    fn set(&mut self, colour: [u8; 4]) -> Result<(), OutOfMemory> {
        if self.colour != colour || self.by_coverage.is_empty() {
            self.colour = colour;
            self.by_coverage.clear();
            memory::extend(
                &mut self.by_coverage,
                (0..=255).map(|coverage| colour.map(|c| multiply(c, coverage))),
            )?;
        }
        Ok(())
    }

    /// A row of the colour through a mask.
    #[allow(clippy::indexing_slicing, reason = "a byte, and 256 shades")]
    fn shade(&self, row: &mut [u8], mask: &[u8]) {
        let Some(shades) = self.by_coverage.first_chunk::<256>() else { return };
        for (pixel, &coverage) in row.as_chunks_mut::<4>().0.iter_mut().zip(mask) {
            *pixel = shades[usize::from(coverage)];
        }
    }
}

/// The rectangle around all glyphs, in 64 bits: positions are sums.
#[derive(Clone, Copy)]
struct Extents {
    left: i64,
    top: i64,
    right: i64,
    bottom: i64,
}

/// How glyphs come to the target.
enum Ink {
    /// There is none of them.
    Nothing,
    /// This pixel where a bit is set.
    Pixel([u8; 4]),
    /// The brush through the mask, which covers this part of the rectangle around all glyphs.
    Mask { area: Rect, extents: Extents },
}

/// Writes a pixel wherever a glyph has a bit.
fn draw_bits(glyphs: &StringGlyphs<'_>, target: &mut Pixmap, region: &Region, pixel: [u8; 4]) {
    if let StringGlyphs::RasterA1(glyphs) = glyphs {
        for glyph in glyphs.iter() {
            for &rect in region.rects() {
                glyph::write_bits(&Glyph::from(glyph), rect, target, pixel);
            }
        }
    }
}

/// Fills the background.
fn draw_back(text: &Text<'_>, target: &mut Pixmap, region: &Region, back: &Paint<'_>) {
    for &rect in region.rects() {
        let area = intersection(rect, text.back_area);
        if !is_empty(area) {
            fill(target, area, back, Rop::COPY);
        }
    }
}

impl TextRenderer {
    /// Draws a text.
    pub(super) fn draw<'c>(&mut self, context: DrawContext<'c>, data: &Text<'c>) -> Result<(), NotDrawn> {
        let DrawContext { target, mut sources, region, buffers, .. } = context;
        let (fore, back, string) = (&data.fore_brush, &data.back_brush, data.str.get());
        let has_back = !is_empty(data.back_area);
        if string.length == 0 {
            return Err(NotDrawn::new("data.str.length", ErrorKind::Value(0)));
        }
        if matches!(string.glyphs, StringGlyphs::Absent) {
            // Nothing says how many bits a pixel of the glyphs has.
            return Err(NotDrawn::new("data.str.flags", ErrorKind::Value(string.flags.bits().into())));
        }
        if has_back && data.fore_mode != Ropd::OP_PUT {
            return Err(NotDrawn::new("data.fore_mode", ErrorKind::Value(data.fore_mode.bits().into())));
        }
        let fields = ("data.fore_brush", "data.back_brush");
        let is_drawn = !region.is_empty();
        let mut filling = |field, brush, wanted: bool, buffer| {
            if is_drawn && wanted {
                return sources.filling(field, brush, target, buffer).map(Some);
            }
            sources.touch_brush(field, brush, target, buffer)?;
            Ok(None)
        };
        let fore = filling(fields.0, fore, fore.type_ != BrushType::NONE, &mut buffers.brush)?;
        let back = filling(fields.1, back, has_back, &mut buffers.back)?;
        let fore = fore.as_ref().map(Filling::paint);
        let ink = match &fore {
            Some(fore) => self.ink(&string.glyphs, target.format(), region, fore)?,
            None => Ink::Nothing,
        };
        if let Some(back) = back {
            draw_back(data, target, region, &back.paint());
        }
        match (ink, fore) {
            (Ink::Pixel(pixel), _) => draw_bits(&string.glyphs, target, region, pixel),
            (Ink::Mask { area, extents }, Some(fore)) => {
                self.draw_through_mask(area, &extents, target, region, &fore);
            }
            _ => {}
        }
        Ok(())
    }

    /// How the glyphs are drawn, with all memory for it. A solid brush is a colour of the message, which is no raw pixel
    /// here.
    fn ink(
        &mut self,
        glyphs: &StringGlyphs<'_>,
        format: Format,
        region: &Region,
        fore: &Paint<'_>,
    ) -> Result<Ink, OutOfMemory> {
        match (*fore, glyphs) {
            (_, StringGlyphs::Absent) => Ok(Ink::Nothing),
            // More rectangles than a few would all be tried for each glyph.
            (Paint::Solid(colour), StringGlyphs::RasterA1(_)) if region.rects().len() <= 4 => {
                let mut pixel = [0; 4];
                store_row(&argb(colour, format), format, &mut pixel, 1);
                Ok(Ink::Pixel(pixel))
            }
            _ => self.mask(glyphs, format, region, fore),
        }
    }

    /// Merges all glyphs into the mask.
    fn mask(
        &mut self,
        glyphs: &StringGlyphs<'_>,
        format: Format,
        region: &Region,
        fore: &Paint<'_>,
    ) -> Result<Ink, OutOfMemory> {
        let mut extents = Extents { left: i64::MAX, top: i64::MAX, right: i64::MIN, bottom: i64::MIN };
        for_each(glyphs, |glyph| extents.add(&glyph.boxed()));
        let area = extents.within(region.bounds());
        if is_empty(area) {
            return Ok(Ink::Nothing);
        }
        let width = area.right.wrapping_sub(area.left) as usize;
        let height = area.bottom.wrapping_sub(area.top) as usize;
        self.mask.clear();
        memory::resize(&mut self.mask, width.saturating_mul(height), 0)?;
        for_each(glyphs, |glyph| glyph::merge(&glyph, area, &mut self.mask));
        for row in [&mut self.source, &mut self.alphas, &mut self.target] {
            memory::reserve_len(row, width.saturating_mul(4))?;
        }
        if let Paint::Solid(colour) = *fore {
            self.shades.set(argb(colour, format))?;
        }
        Ok(Ink::Mask { area, extents })
    }

    fn draw_through_mask(
        &mut self,
        area: Rect,
        extents: &Extents,
        target: &mut Pixmap,
        region: &Region,
        fore: &Paint<'_>,
    ) {
        let format = target.format();
        let width = area.right.wrapping_sub(area.left) as usize;
        for &rect in region.rects() {
            let rect = intersection(rect, area);
            if is_empty(rect) {
                continue;
            }
            let columns =
                rect.left.wrapping_sub(area.left) as usize..rect.right.wrapping_sub(area.left) as usize;
            for y in rect.top..rect.bottom {
                let start = (y.wrapping_sub(area.top) as usize).saturating_mul(width);
                let mask = self.mask.get(start..start.saturating_add(width)).unwrap_or_default();
                let mask = mask.get(columns.clone()).unwrap_or_default();
                let len = mask.len().saturating_mul(4);
                let Self { source, alphas, .. } = self;
                source.resize(len, 0);
                match *fore {
                    Paint::Solid(_) => self.shades.shade(source, mask),
                    Paint::Pattern { pixels, origin } => {
                        // Position of the first pixel in the repeated picture.
                        let x =
                            i64::from(rect.left).saturating_sub(extents.left).saturating_sub(origin.x.into());
                        let y = i64::from(y).saturating_sub(extents.top).saturating_sub(origin.y.into());
                        tile(&pixels, x, y, source);
                        alphas.resize(len, 0);
                        convert_row(Format::A8, mask, Format::Argb8888, alphas, mask.len() as u32);
                        blend::weaken(source, alphas);
                    }
                }
                lay(span_mut(target, y, rect.left, rect.right), format, source, &mut self.target);
            }
        }
    }
}

impl Extents {
    fn add(&mut self, boxed: &Boxed) {
        self.left = self.left.min(boxed.left);
        self.top = self.top.min(boxed.top);
        self.right = self.right.max(boxed.right());
        self.bottom = self.bottom.max(boxed.bottom());
    }

    fn within(&self, bounds: Rect) -> Rect {
        let inside =
            |at: i64, from: i32, to: i32| at.clamp(from.into(), i64::from(to).max(from.into())) as i32;
        Rect {
            top: inside(self.top, bounds.top, bounds.bottom),
            left: inside(self.left, bounds.left, bounds.right),
            bottom: inside(self.bottom, bounds.top, bounds.bottom),
            right: inside(self.right, bounds.left, bounds.right),
        }
    }
}

/// The colour of a solid brush: 0x00rrggbb, or five bits a channel for surfaces of 16 bits, whatever theirs are.
fn argb(colour: u32, format: Format) -> [u8; 4] {
    let mut pixel = colour.to_le_bytes();
    if matches!(format, Format::Xrgb1555 | Format::Rgb565) {
        convert_row(Format::Xrgb1555, &colour.to_le_bytes(), Format::Argb8888, &mut pixel, 1);
    }
    let [b, g, r, _] = pixel;
    [b, g, r, 255]
}

/// A row of a repeated picture as ARGB.
fn tile(pixels: &View<'_>, x: i64, y: i64, mut row: &mut [u8]) {
    let (Some(mut from), Some(y)) =
        (x.checked_rem_euclid(pixels.width().into()), y.checked_rem_euclid(pixels.height().into()))
    else {
        return row.fill(0); // a picture without pixels
    };
    while !row.is_empty() {
        // Both are inside of the picture.
        let source = segment(pixels, y as u32, from as u32, pixels.width());
        let len = pixels.width().saturating_sub(from as u32).min((row.len() / 4) as u32);
        let Some((now, later)) = row.split_at_mut_checked((len as usize).saturating_mul(4)) else { return };
        if now.is_empty() {
            return;
        }
        fetch_row(pixels.format(), pixels.format(), source, now, len);
        (row, from) = (later, 0);
    }
}

/// Lays a row of premultiplied pixels over one of the target.
fn lay(target: &mut [u8], format: Format, source: &[u8], scratch: &mut Vec<u8>) {
    match format {
        Format::Argb8888 => blend::over(target, source, 255),
        Format::Xrgb8888 => {
            blend::over(target, source, 255);
            blend::clear_fourth(target);
        }
        _ => {
            let width = (source.len() / 4) as u32;
            scratch.resize(source.len(), 0);
            convert_row(format, target, Format::Argb8888, scratch, width);
            blend::over(scratch, source, 255);
            store_row(scratch, format, target, width);
        }
    }
}
