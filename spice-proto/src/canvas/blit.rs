//! Blits: images drawn on the pixels of a region, through a raster operation or an alpha, in their own size or scaled.

use alloc::vec::Vec;

use super::blend;
use super::error::{ErrorKind, NotDrawn};
use super::region::Region;
use super::rop::Rop;
use super::rows::{bytes_per_pixel, converted_format, fetch_row, segment, span_mut, store_row};
use super::scale::{Axis, Scaled, Scaler, interpolates, size_of};
use crate::common::{Point, Rect};
use crate::display::ImageScaleMode;
use crate::image::{Format, Pixmap, View, convert_row};
use crate::memory::{self, OutOfMemory};

/// A picture at its place on the target.
#[derive(Clone, Copy, Debug)]
pub(super) enum Blit<'a> {
    /// Pixel for pixel: what to add to a position in the target to get that in the picture.
    Unscaled { view: View<'a>, dx: i64, dy: i64 },
    /// In another size.
    Scaled(Scaled<'a>),
}

/// Memory of drawing, kept for the next message.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    scaler: Scaler,
    row: Vec<u8>,
    target_row: Vec<u8>,
}

impl<'a> Blit<'a> {
    /// `area` of the picture on the box. `via` is the format that the operation reads it in.
    pub(super) fn new(
        view: View<'a>,
        via: Format,
        area: Rect,
        box_: Rect,
        mode: ImageScaleMode,
        axis: fn(i32, i64, i64) -> Axis,
    ) -> Result<Self, NotDrawn> {
        let (width, height) = size_of(area);
        let (box_width, box_height) = size_of(box_);
        if (width, height) == (box_width, box_height) {
            let shift = |from: i32, to: i32| i64::from(from).saturating_sub(to.into());
            let (dx, dy) = (shift(area.left, box_.left), shift(area.top, box_.top));
            return Ok(Self::Unscaled { view, dx, dy });
        }
        for side in [width, height] {
            if side <= 0 {
                return Err(NotDrawn::new("data.src_area", ErrorKind::Value(side.unsigned_abs())));
            }
        }
        let interpolate =
            interpolates(mode).ok_or(NotDrawn::new("data.scale_mode", ErrorKind::Value(mode.0.into())))?;
        Ok(Self::Scaled(Scaled {
            view,
            via,
            columns: axis(area.left, width, box_width),
            rows: axis(area.top, height, box_height),
            origin: (box_.left, box_.top),
            interpolate,
        }))
    }

    /// Copies the picture, through a raster operation.
    ///
    /// Here and below, memory is taken before the first pixel is written.
    pub(super) fn copy(
        &self,
        target: &mut Pixmap,
        region: &Region,
        rop: Rop,
        scratch: &mut Scratch,
    ) -> Result<(), OutOfMemory> {
        let to = target.format();
        match self {
            // With the bytes of the picture, or converted on the way: one pass.
            Self::Unscaled { view, .. } if rop == Rop::COPY => {
                self.unscaled(target, region, |_, target, source, width| {
                    convert_row(view.format(), source, converted_format(view.format(), to), target, width);
                });
                Ok(())
            }
            Self::Scaled(scaled) if rop == Rop::COPY && to != Format::Xrgb8888 => {
                scaled.rows(target, region, &mut scratch.scaler, |_, target, source, width| {
                    store_row(source, to, target, width);
                })
            }
            _ => self.words(target, region, scratch, |_, target, source| rop.combine(target, source)),
        }
    }

    /// Calls `draw` for each row of the region with its place, its bytes in the target and the picture there, in
    /// words as wide.
    pub(super) fn words(
        &self,
        target: &mut Pixmap,
        region: &Region,
        scratch: &mut Scratch,
        mut draw: impl FnMut(Point, &mut [u8], &[u8]),
    ) -> Result<(), OutOfMemory> {
        let Scratch { scaler, row, .. } = scratch;
        let bytes = bytes_per_pixel(target.format());
        let longest = (region.bounds().width() as usize).saturating_mul(bytes);
        let len = |width: u32| (width as usize).saturating_mul(bytes);
        match self {
            Self::Unscaled { view, .. } => {
                let to = converted_format(view.format(), target.format());
                if to == view.format() {
                    self.unscaled(target, region, |at, target, source, _| draw(at, target, source));
                    return Ok(());
                }
                memory::reserve_len(row, longest)?;
                self.unscaled(target, region, |at, target, source, width| {
                    row.resize(len(width), 0);
                    convert_row(view.format(), source, to, row, width);
                    draw(at, target, row);
                });
                Ok(())
            }
            // First a picture in the format of the source, which is then combined as words.
            Self::Scaled(scaled) if bytes == 4 => {
                scaled.raw().rows(target, region, scaler, |at, target, source, _| draw(at, target, source))
            }
            Self::Scaled(scaled) => {
                let to = converted_format(scaled.view.format(), target.format());
                memory::reserve_len(row, longest)?;
                scaled.rows(target, region, scaler, |at, target, source, width| {
                    row.resize(len(width), 0);
                    store_row(source, to, row, width);
                    draw(at, target, row);
                })
            }
        }
    }

    /// Lays the picture over the target. `target_alpha` is whether the target's fourth bytes are alpha.
    pub(super) fn blend(
        &self,
        target: &mut Pixmap,
        region: &Region,
        alpha: u8,
        target_alpha: bool,
        scratch: &mut Scratch,
    ) -> Result<(), OutOfMemory> {
        let format = target.format();
        let Scratch { scaler, row, target_row } = scratch;
        let longest = (region.bounds().width() as usize).saturating_mul(4);
        if format.bits_per_pixel() != 32 {
            memory::reserve_len(target_row, longest)?;
        }
        let mut lay = |_: Point, target: &mut [u8], source: &[u8], width: u32| {
            if format.bits_per_pixel() == 32 {
                blend::over(target, source, alpha);
                if !target_alpha {
                    blend::clear_fourth(target);
                }
            } else {
                let len = (width as usize).saturating_mul(4);
                target_row.resize(len, 0);
                convert_row(format, target, Format::Argb8888, target_row, width);
                blend::over(target_row, source, alpha);
                store_row(target_row, format, target, width);
            }
        };
        match self {
            Self::Unscaled { view, .. } if view.format() == Format::Argb8888 => {
                self.unscaled(target, region, &mut lay);
                Ok(())
            }
            Self::Unscaled { view, .. } => {
                memory::reserve_len(row, longest)?;
                self.unscaled(target, region, |at, target, source, width| {
                    row.resize((width as usize).saturating_mul(4), 0);
                    fetch_row(view.format(), view.format(), source, row, width);
                    lay(at, target, row, width);
                });
                Ok(())
            }
            Self::Scaled(scaled) => scaled.rows(target, region, scaler, lay),
        }
    }

    /// Calls `draw` for each row of the region with its place, its bytes in the target, those of the picture there, and
    /// the number of pixels. Leaves out what lies outside of the picture.
    fn unscaled(
        &self,
        target: &mut Pixmap,
        region: &Region,
        mut draw: impl FnMut(Point, &mut [u8], &[u8], u32),
    ) {
        let Self::Unscaled { view, dx, dy } = *self else { return };
        for rect in region.rects() {
            let inside = |at: i32, shift: i64, size: u32| {
                i64::from(at).saturating_add(shift).clamp(0, size.into()) as u32
            };
            let (left, right) = (inside(rect.left, dx, view.width()), inside(rect.right, dx, view.width()));
            let (top, bottom) = (inside(rect.top, dy, view.height()), inside(rect.bottom, dy, view.height()));
            // Back to the target, where the region lies.
            let outside = |at: u32, shift: i64| i64::from(at).saturating_sub(shift) as i32;
            let (target_left, target_right) = (outside(left, dx), outside(right, dx));
            for y in top..bottom {
                let source = segment(&view, y, left, right);
                let at = Point { x: target_left, y: outside(y, dy) };
                let target = span_mut(target, at.y, target_left, target_right);
                draw(at, target, source, right.saturating_sub(left));
            }
        }
    }
}

impl Scaled<'_> {
    /// Calls `draw` for each row of the region with its place, its bytes in the target, the scaled picture there as ARGB,
    /// and the number of pixels.
    fn rows(
        &self,
        target: &mut Pixmap,
        region: &Region,
        scaler: &mut Scaler,
        mut draw: impl FnMut(Point, &mut [u8], &[u8], u32),
    ) -> Result<(), OutOfMemory> {
        let bounds = region.bounds();
        scaler.start(self, bounds.left..bounds.right)?;
        for band in region.bands() {
            let rows = band.first().map_or(0..0, |rect| rect.top..rect.bottom);
            for y in rows {
                let row = scaler.row(self, y);
                for rect in band {
                    // Columns of the region lie inside its bounds.
                    let from = rect.left.wrapping_sub(bounds.left) as usize;
                    let width = rect.right.wrapping_sub(rect.left) as usize;
                    let source = row.get(from.saturating_mul(4)..).unwrap_or_default();
                    let source = source.get(..width.saturating_mul(4)).unwrap_or_default();
                    let at = Point { x: rect.left, y };
                    draw(at, span_mut(target, y, rect.left, rect.right), source, width as u32);
                }
            }
        }
        Ok(())
    }
}
