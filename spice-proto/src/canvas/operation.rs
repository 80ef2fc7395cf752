//! The drawing operations, one by one ([`docs/spec/canvas.md` §6](crate::spec::canvas#6-fill-opaque-copy-blend-blackness-whiteness-invers) to §12).

use alloc::vec::Vec;

use super::blit::Blit;
use super::composite::Compositor;
use super::context::{Buffers, DrawContext};
use super::error::{ErrorKind, NotDrawn};
use super::mask;
use super::paint::{Paint, fill, fill_span};
use super::region::{Region, intersection, is_empty};
use super::rop::{Inputs, Rop};
use super::rop3::Rop3;
use super::rows::{bytes_per_pixel, converted_format};
use super::scale::Axis;
use super::sources::{Sources, required};
use super::stroke::StrokeRenderer;
use super::surfaces::whole;
use super::text::TextRenderer;
use crate::common::{Point, Rect};
use crate::display::{self, AlphaFlags, ImageBody, ImageScaleMode, MaskFlags, QMask};
use crate::image::{Format, Pixmap};
use crate::memory;
use crate::wire::Pointer;

/// What to draw.
#[derive(Debug)]
pub(super) enum Operation<'m> {
    CopyBits(Point),
    Fill(&'m display::Fill<'m>),
    Opaque(&'m display::Opaque<'m>),
    /// Copy and blend, which are the same.
    Copy(&'m display::Copy<'m>),
    /// Blackness, whiteness and invers: a function of the destination alone.
    Constant(&'m QMask<'m>, Rop),
    Rop3(&'m display::Rop3<'m>),
    Transparent(&'m display::Transparent<'m>),
    AlphaBlend(&'m display::AlphaBlend<'m>),
    Stroke(&'m display::Stroke<'m>),
    Text(&'m display::Text<'m>),
    Composite(&'m display::Composite<'m>),
}

/// What draws the operations that have a folder of their own; keeps its memory for the next message.
#[derive(Debug, Default)]
pub(super) struct Renderers {
    stroke: StrokeRenderer,
    text: TextRenderer,
    composite: Compositor,
}

impl<'c> DrawContext<'c> {
    /// Draws.
    pub(super) fn draw(self, operation: &Operation<'c>, renderers: &mut Renderers) -> Result<(), NotDrawn> {
        if self.target.format() == Format::A1 {
            match operation {
                Operation::Fill(_) | Operation::Constant(..) => {}
                _ => return Err(NotDrawn::new("base.surface_id", ErrorKind::Format)),
            }
        }
        match *operation {
            Operation::CopyBits(from) => {
                self.copy_bits(from);
                Ok(())
            }
            Operation::Fill(data) => self.fill(data),
            Operation::Opaque(data) => self.opaque(data),
            Operation::Copy(data) => self.copy(data),
            Operation::Constant(mask, rop) => self.constant(mask, rop),
            Operation::Rop3(data) => self.rop3(data),
            Operation::Transparent(data) => self.transparent(data),
            Operation::AlphaBlend(data) => self.alpha_blend(data),
            Operation::Stroke(data) => renderers.stroke.draw(self, data),
            Operation::Text(data) => renderers.text.draw(self, data),
            Operation::Composite(data) => renderers.composite.draw(self, data),
        }
    }

    fn fill(mut self, data: &display::Fill<'c>) -> Result<(), NotDrawn> {
        let Buffers { brush, mask, .. } = self.buffers;
        restrict(&mut self.sources, self.region, self.box_, &data.mask, mask)?;
        if self.region.is_empty() {
            return self.sources.touch_brush("data.brush", &data.brush, self.target, brush);
        }
        let filling = self.sources.filling("data.brush", &data.brush, self.target, brush)?;
        let rop = Rop::new(data.rop_descriptor, Inputs::BrushDestination);
        fill_region(self.target, self.region, &filling.paint(), rop);
        Ok(())
    }

    fn constant(mut self, mask: &QMask<'c>, rop: Rop) -> Result<(), NotDrawn> {
        restrict(&mut self.sources, self.region, self.box_, mask, &mut self.buffers.mask)?;
        fill_region(self.target, self.region, &Paint::Solid(0), rop);
        Ok(())
    }

    fn opaque(mut self, data: &display::Opaque<'c>) -> Result<(), NotDrawn> {
        let Buffers { source, brush, mask, .. } = self.buffers;
        restrict(&mut self.sources, self.region, self.box_, &data.mask, mask)?;
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        if self.region.is_empty() {
            self.sources.touch("data.src_bitmap", &image, self.target, source)?;
            return self.sources.touch_brush("data.brush", &data.brush, self.target, brush);
        }
        let picture = self.sources.convertible("data.src_bitmap", &image, self.target, source)?;
        let filling = self.sources.filling("data.brush", &data.brush, self.target, brush)?;
        let via = converted_format(picture.view().format(), self.target.format());
        let blit = Blit::new(picture.view(), via, data.src_area, self.box_, data.scale_mode, Axis::new)?;
        blit.copy(self.target, self.region, Rop::COPY, self.scratch)?;
        let rop = Rop::new(data.rop_descriptor, Inputs::BrushImage);
        fill_region(self.target, self.region, &filling.paint(), rop);
        Ok(())
    }

    fn copy(mut self, data: &display::Copy<'c>) -> Result<(), NotDrawn> {
        let Buffers { source, mask, .. } = self.buffers;
        restrict(&mut self.sources, self.region, self.box_, &data.mask, mask)?;
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        if self.region.is_empty() {
            return self.sources.touch("data.src_bitmap", &image, self.target, source);
        }
        let picture = self.sources.convertible("data.src_bitmap", &image, self.target, source)?;
        let via = converted_format(picture.view().format(), self.target.format());
        let blit = Blit::new(picture.view(), via, data.src_area, self.box_, data.scale_mode, Axis::new)?;
        let rop = Rop::new(data.rop_descriptor, Inputs::ImageDestination);
        blit.copy(self.target, self.region, rop, self.scratch)?;
        Ok(())
    }

    fn transparent(mut self, data: &display::Transparent<'c>) -> Result<(), NotDrawn> {
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        let source = &mut self.buffers.source;
        if self.region.is_empty() {
            return self.sources.touch("data.src_bitmap", &image, self.target, source);
        }
        let picture = self.sources.convertible("data.src_bitmap", &image, self.target, source)?;
        let via = converted_format(picture.view().format(), self.target.format());
        let mode = ImageScaleMode::NEAREST;
        let blit = Blit::new(picture.view(), via, data.src_area, self.box_, mode, Axis::new)?;
        let key = data.true_color;
        match self.target.format() {
            Format::Xrgb8888 | Format::Argb8888 => {
                blit.words(self.target, self.region, self.scratch, |_, target, source| {
                    for (target, source) in
                        target.as_chunks_mut::<4>().0.iter_mut().zip(source.as_chunks::<4>().0)
                    {
                        let word = u32::from_le_bytes(*source);
                        *target = if (word ^ key) & 0x00ff_ffff == 0 { *target } else { *source };
                    }
                })?;
            }
            Format::Xrgb1555 | Format::Rgb565 => {
                let key = if self.target.format() == Format::Xrgb1555 {
                    key >> 3 & 0x1f | key >> 6 & 0x3e0 | key >> 9 & 0x7c00
                } else {
                    key >> 3 & 0x1f | key >> 5 & 0x7e0 | key >> 8 & 0xf800
                };
                let key = (key as u16).to_le_bytes();
                blit.words(self.target, self.region, self.scratch, |_, target, source| {
                    for (target, source) in
                        target.as_chunks_mut::<2>().0.iter_mut().zip(source.as_chunks::<2>().0)
                    {
                        *target = if *source == key { *target } else { *source };
                    }
                })?;
            }
            // Of alphas the key is 0, whatever the colour.
            _ => blit.words(self.target, self.region, self.scratch, |_, target, source| {
                for (target, source) in target.iter_mut().zip(source) {
                    *target = if *source == 0 { *target } else { *source };
                }
            })?,
        }
        Ok(())
    }

    fn alpha_blend(mut self, data: &display::AlphaBlend<'c>) -> Result<(), NotDrawn> {
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        let source = &mut self.buffers.source;
        if data.alpha == 0 {
            self.region.clear();
        }
        if self.region.is_empty() {
            return self.sources.touch("data.src_bitmap", &image, self.target, source);
        }
        let picture = self.sources.picture("data.src_bitmap", &image, self.target, source.pixels())?;
        let mut view = picture.view();
        let of_surface = matches!(image.body, ImageBody::Surface(_));
        if of_surface && data.alpha_flags.contains(AlphaFlags::SRC_SURFACE_HAS_ALPHA) {
            view = view.with_alpha();
        }
        let mode = ImageScaleMode::NEAREST;
        let blit = Blit::new(view, view.format(), data.src_area, self.box_, mode, Axis::new)?;
        let target_alpha =
            self.target.format() == Format::Argb8888 || data.alpha_flags.contains(AlphaFlags::DEST_HAS_ALPHA);
        blit.blend(self.target, self.region, data.alpha, target_alpha, self.scratch)?;
        Ok(())
    }

    fn rop3(mut self, data: &display::Rop3<'c>) -> Result<(), NotDrawn> {
        let Buffers { source, brush, mask, pattern, .. } = self.buffers;
        restrict(&mut self.sources, self.region, self.box_, &data.mask, mask)?;
        let image = required("data.src_bitmap", &data.src_bitmap)?;
        let picture = self.sources.convertible("data.src_bitmap", &image, self.target, source)?;
        let filling = self.sources.filling("data.brush", &data.brush, self.target, brush)?;
        if self.region.is_empty() {
            return Ok(());
        }
        let view = picture.view();
        let via = converted_format(view.format(), self.target.format());
        let blit = Blit::new(view, via, data.src_area, self.box_, data.scale_mode, Axis::of_rop3)?;
        if let Blit::Unscaled { dx, dy, .. } = blit {
            // The picture has to be there wherever the target is written.
            let bounds = self.region.bounds();
            let reaches = |start: i32, end: i32, shift: i64, size: u32| {
                i64::from(start).saturating_add(shift) >= 0
                    && i64::from(end).saturating_add(shift) <= i64::from(size)
            };
            if !reaches(bounds.left, bounds.right, dx, view.width())
                || !reaches(bounds.top, bounds.bottom, dy, view.height())
            {
                return Err(NotDrawn::new("data.src_area", ErrorKind::Uncovered));
            }
        }
        let rop3 = Rop3::new(data.rop3);
        let (bytes, paint) = (bytes_per_pixel(self.target.format()), filling.paint());
        memory::reserve_len(pattern, (self.region.bounds().width() as usize).saturating_mul(bytes))?;
        blit.words(self.target, self.region, self.scratch, |at, target, source| {
            pattern.resize(target.len(), 0);
            fill_span(pattern, bytes, at, &paint, Rop::COPY);
            rop3.combine(target, source, pattern);
        })?;
        Ok(())
    }

    /// Copies inside the surface, as if all pixels were read before the first is written (§9).
    fn copy_bits(self, from: Point) {
        let shift = |to: i32, from: i32| i64::from(to).saturating_sub(from.into());
        let (dx, dy) = (shift(self.box_.left, from.x), shift(self.box_.top, from.y));
        // What comes from outside of the surface stays as it is.
        let all = whole(self.target);
        let moved = |at: i32, by: i64| i64::from(at).saturating_add(by).clamp(0, i32::MAX.into()) as i32;
        let reached = Rect {
            top: moved(all.top, dy),
            left: moved(all.left, dx),
            bottom: moved(all.bottom, dy),
            right: moved(all.right, dx),
        };
        if dx == 0 && dy == 0 || is_empty(intersection(all, reached)) {
            self.region.clear();
            return;
        }
        self.region.crop(reached);
        // Both shifts are smaller than the surface now. The order is such that no pixel is written before it is read:
        // away from where the pixels go, band by band and rectangle by rectangle.
        let (target, region) = (self.target, &*self.region);
        let (up, right) = (dy > 0, dx > 0 || dx == 0 && dy > 0);
        let draw = |rect: &Rect, target: &mut Pixmap| copy_inside(target, *rect, dx as i32, dy as i32);
        let mut draw_band = |band: &[Rect]| {
            if right {
                band.iter().rev().for_each(|rect| draw(rect, target));
            } else {
                band.iter().for_each(|rect| draw(rect, target));
            }
        };
        if up {
            region.bands().rev().for_each(&mut draw_band);
        } else {
            region.bands().for_each(&mut draw_band);
        }
    }
}

/// Fills all of a region.
fn fill_region(target: &mut Pixmap, region: &Region, paint: &Paint<'_>, rop: Rop) {
    region.rects().iter().for_each(|rect| fill(target, *rect, paint, rop));
}

/// Copies a rectangle inside a surface from `(dx, dy)` before it.
fn copy_inside(target: &mut Pixmap, rect: Rect, dx: i32, dy: i32) {
    let (stride, bytes) = (target.stride(), bytes_per_pixel(target.format()));
    let place = |x: i32, y: i32| {
        let row = usize::try_from(y).ok()?.checked_mul(stride)?;
        usize::try_from(x).ok()?.checked_mul(bytes)?.checked_add(row)
    };
    let mut row = |y: i32| {
        let source = |x: i32| place(x.checked_sub(dx)?, y.checked_sub(dy)?);
        let (Some(start), Some(end), Some(to)) = (source(rect.left), source(rect.right), place(rect.left, y))
        else {
            return;
        };
        let fits = |at: usize| {
            at.checked_add(end.saturating_sub(start)).is_some_and(|end| end <= target.data().len())
        };
        if start <= end && fits(start) && fits(to) {
            target.data_mut().copy_within(start..end, to);
        }
    };
    if dy > 0 {
        (rect.top..rect.bottom).rev().for_each(&mut row);
    } else {
        (rect.top..rect.bottom).for_each(&mut row);
    }
}

/// Takes a mask out of the region; none is no mask.
fn restrict<'c>(
    sources: &mut Sources<'c>,
    region: &mut Region,
    box_: Rect,
    mask: &QMask<'c>,
    buffer: &'c mut Vec<u8>,
) -> Result<(), NotDrawn> {
    let Some(image) = mask.bitmap.as_ref().map(Pointer::get) else { return Ok(()) };
    let picture = sources.mask("data.mask.bitmap", &image, buffer)?;
    let inverse = mask.flags.contains(MaskFlags::INVERS);
    mask::restrict(region, box_, &picture.view(), mask.pos, inverse)?;
    Ok(())
}
