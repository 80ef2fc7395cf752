//! Lines and curves ([`docs/spec/canvas.md` §13](crate::spec::canvas#13-stroke)).
//!
//! ```text
//! path of 28.4 points ──► path: lists of whole points, curves flattened
//! a list ──► line: the pixels of each line, as runs          ──► painted with brush and raster operation
//!        └─► dash: each dash a polygon, and joins ──► polygon ──► painted, or first united in a cover
//! ```
//!
//! All lines are one pixel wide. Runs are clipped to the region while they are made, so that a line costs no more than
//! the pixels of the surface that it could touch.

mod cover;
mod dash;
mod line;
mod path;
mod polygon;

use super::context::DrawContext;
use super::error::{Error, ErrorKind, NotDrawn};
use super::paint::{Paint, fill_row};
use super::region::Region;
use super::rop::{Inputs, Rop};
use crate::common::Rect;
use crate::display::{LineFlags, Stroke};
use crate::image::Pixmap;
use crate::memory::OutOfMemory;

use self::cover::Cover;
use self::dash::{Dashes, Drawing};
use self::path::Lists;

/// Draws strokes; keeps its memory for the next one.
#[derive(Debug, Default)]
pub(super) struct StrokeRenderer {
    lists: Lists,
    dashes: Option<Dashes>,
    cover: Cover,
}

impl StrokeRenderer {
    /// Draws a stroke.
    pub(super) fn draw<'c>(&mut self, context: DrawContext<'c>, data: &Stroke<'c>) -> Result<(), NotDrawn> {
        let DrawContext { target, mut sources, region, buffers, .. } = context;
        if region.is_empty() {
            return sources.touch_brush("data.brush", &data.brush, target, &mut buffers.brush);
        }
        self.set(data)?;
        let filling = sources.filling("data.brush", &data.brush, target, &mut buffers.brush)?;
        let rop = Rop::new(data.fore_mode, Inputs::BrushDestination);
        self.draw_lists(target, region, &filling.paint(), rop)?;
        Ok(())
    }

    /// Takes path and style of a stroke.
    fn set(&mut self, stroke: &Stroke<'_>) -> Result<(), Error> {
        self.dashes = None;
        if stroke.attr.flags.contains(LineFlags::STYLED) {
            let style = stroke.attr.style.flatten().unwrap_or_default();
            let starts_with_gap = stroke.attr.flags.contains(LineFlags::START_WITH_GAP);
            let dashes = Dashes::new(style.iter(), starts_with_gap);
            let refused = Error::new("data.attr.style", ErrorKind::Value(0));
            self.dashes = Some(dashes.ok_or(refused)?);
        }
        self.lists.set(&stroke.path.get())
    }

    /// Draws them.
    fn draw_lists(
        &mut self,
        target: &mut Pixmap,
        region: &Region,
        paint: &Paint<'_>,
        rop: Rop,
    ) -> Result<(), OutOfMemory> {
        let bounds = region.bounds();
        let alone = region.rects().len() == 1;
        let mut run = |y: i32, left: i32, right: i32| {
            if alone {
                return fill_row(target, y, left, right, paint, rop);
            }
            for rect in region.row(y) {
                let (left, right) = (left.max(rect.left), right.min(rect.right));
                if left < right {
                    fill_row(target, y, left, right, paint, rop);
                }
            }
        };
        for list in self.lists.iter() {
            match &self.dashes {
                None => {
                    for pair in list.windows(2) {
                        if let [from, to] = *pair {
                            line::runs(from, to, bounds, &mut run);
                        }
                    }
                }
                Some(dashes) => {
                    let code = rop.code();
                    let collects = (code & 0xc == 8 || code & 3 == 2) && list.len() >= 3;
                    if collects {
                        self.cover.clear(clip_of(list, bounds))?;
                        let mut add = |y, left, right| self.cover.add(y, left, right);
                        Drawing { bounds, collects, run: &mut add }.list(dashes, list);
                        self.cover.runs(&mut run);
                    } else {
                        Drawing { bounds, collects, run: &mut run }.list(dashes, list);
                    }
                }
            }
        }
        Ok(())
    }
}

/// The part of the bounds that dashes along these points can touch.
fn clip_of(list: &[(i32, i32)], bounds: Rect) -> Rect {
    // A miter reaches at most sqrt(108.9 / 4) pixels from its joint.
    const REACH: i32 = 8;
    let mut clip = Rect { top: i32::MAX, left: i32::MAX, bottom: i32::MIN, right: i32::MIN };
    for &(x, y) in list {
        clip.left = clip.left.min(x.saturating_sub(REACH));
        clip.right = clip.right.max(x.saturating_add(REACH));
        clip.top = clip.top.min(y.saturating_sub(REACH));
        clip.bottom = clip.bottom.max(y.saturating_add(REACH));
    }
    super::region::intersection(clip, bounds)
}
