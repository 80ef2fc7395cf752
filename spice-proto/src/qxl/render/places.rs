//! Where surfaces lie in guest memory, and what of them is not there yet.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::common::Rect;
use crate::qxl::command::Shape;

/// A surface's memory.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) shape: Shape,
    /// Memory slots that its address is for.
    pub(super) group: u32,
    dirty: Vec<Rect>,
}

/// By number of the surface.
pub(super) type Places = BTreeMap<u32, Place>;

impl Place {
    /// Memory that lacks everything the surface shows, or nothing.
    pub(super) fn new(shape: Shape, group: u32, is_current: bool) -> Self {
        let whole = Rect::of_size(shape.width, shape.height);
        Self { shape, group, dirty: if is_current { Vec::new() } else { alloc::vec![whole] } }
    }

    /// These parts of the surface, inside of it, were drawn on.
    pub(super) fn mark(&mut self, rects: &[Rect], bounds: Rect) {
        // Masks make many small ones, which are not worth looking at one by one.
        let rects = if rects.len() > MOST_RECTS / 2 { &[bounds] } else { rects };
        if self.dirty.iter().any(|known| known.contains_rect(bounds)) {
            return;
        }
        self.dirty.retain(|known| !rects.iter().any(|rect| rect.contains_rect(*known)));
        if self.dirty.len().saturating_add(rects.len()) <= MOST_RECTS {
            self.dirty.extend_from_slice(rects);
            return;
        }
        let all = self.dirty.iter().fold(bounds, |all, known| all.union(*known));
        self.dirty.clear();
        self.dirty.push(all);
    }

    /// Takes the parts of an area that are not in memory yet: they are put into `out`. What reaches out of the area
    /// stays marked as a whole, and comes again.
    pub(super) fn take(&mut self, area: Rect, out: &mut Vec<Rect>) {
        out.clear();
        self.dirty.retain(|known| {
            let part = known.intersection(area);
            if !part.is_empty() {
                out.push(part);
            }
            part != *known
        });
    }
}

/// More are put together to one.
const MOST_RECTS: usize = 32;
