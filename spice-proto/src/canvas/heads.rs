//! What a client's window shows: parts of surfaces ([`docs/spec/messages.md`](crate::spec::messages), Monitors).

use alloc::vec::Vec;

use super::region::{intersection, is_empty};
use super::rows::bytes_per_pixel;
use super::surfaces::whole;
use super::{Canvas, Surfaces};
use crate::common::Rect;
use crate::display::{Head, MonitorsConfig, SurfaceCreate};
use crate::image::{Format, Pixmap};
use crate::memory::{self, OutOfMemory};

/// What one monitor shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Number of the head, from 0 in each display channel.
    pub head: u32,
    /// The surface.
    pub surface_id: u32,
    /// The part of it: inside of the surface, and not empty.
    pub area: Rect,
}

impl Canvas {
    /// The monitors as the last `monitors_config` gave them, which may be parts of surfaces that do not exist. None when
    /// none were given, or a new primary surface has made them void.
    #[must_use]
    pub fn monitors(&self) -> &[Head] {
        &self.monitors
    }

    /// What a client's windows show: a picture for each head, in the order of the heads.
    ///
    /// Without heads that is the whole primary surface, as head 0. Parts of heads outside of their surface are cut off; heads of
    /// which nothing is left show nothing, and neither do those whose number came before. If that leaves none, it is the
    /// whole primary surface again.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        let mut list = Vec::<Shown>::new();
        for head in &self.monitors {
            let Some(surface) = self.surfaces.get(head.surface_id) else { continue };
            let area = intersection(area_of(head), whole(surface));
            if !is_empty(area) && list.iter().all(|shown| shown.head != head.monitor_id) {
                list.push(Shown { head: head.monitor_id, surface_id: head.surface_id, area });
            }
        }
        if list.is_empty() {
            let primary = self.surfaces.primary().and_then(|id| Some((id, self.surfaces.get(id)?)));
            list.extend(primary.map(|(surface_id, pixels)| Shown {
                head: 0,
                surface_id,
                area: whole(pixels),
            }));
        }
        list
    }

    /// A copy of the pixels that a monitor shows now; `None` when its surface is gone or has become smaller. Bits of a
    /// surface of one bit come as [`Format::A8`].
    #[must_use]
    pub fn picture(&self, shown: &Shown) -> Option<Pixmap> {
        let surface = self.surfaces.get(shown.surface_id)?;
        let Rect { top, left, bottom, right } = shown.area;
        if intersection(shown.area, whole(surface)) != shown.area || is_empty(shown.area) {
            return None;
        }
        if shown.area == whole(surface) {
            return Some(surface.clone());
        }
        let bytes_of_bits;
        let surface = if surface.format() == Format::A1 {
            bytes_of_bits = surface.convert(Format::A8);
            &bytes_of_bits
        } else {
            surface
        };
        let bytes = bytes_per_pixel(surface.format());
        let place = |x: i32| usize::try_from(x).ok()?.checked_mul(bytes);
        let (from, to) = (place(left)?, place(right)?);
        let mut data = Vec::new();
        for y in top..bottom {
            data.extend_from_slice(surface.row(u32::try_from(y).ok()?).get(from..to)?);
        }
        let side = |from: i32, to: i32| u32::try_from(to.checked_sub(from)?).ok();
        Pixmap::from_data(surface.format(), side(left, right)?, side(top, bottom)?, data).ok()
    }

    /// Takes the heads of a message: the first `max_allowed`, which is at least 1, and at most 256. None at all change nothing.
    pub(super) fn set_monitors(&mut self, config: &MonitorsConfig<'_>) -> Result<(), OutOfMemory> {
        let allowed = usize::from(config.max_allowed).clamp(1, MOST_HEADS);
        if !config.heads.is_empty() {
            self.monitors.clear();
            memory::extend(&mut self.monitors, config.heads.iter().take(allowed))?;
        }
        Ok(())
    }
}

/// Whether a new surface is a primary one that has not the same shape as the one before it. Then the monitors are void.
pub(super) fn is_another_screen(surfaces: &Surfaces, create: &SurfaceCreate, primary: bool) -> bool {
    let old = surfaces.primary().and_then(|id| surfaces.get(id));
    let is_same = |old: &Pixmap| {
        let format = Format::of_surface(create.format);
        (old.width(), old.height(), Some(old.format())) == (create.width, create.height, format)
    };
    primary && !old.is_some_and(is_same)
}

fn area_of(head: &Head) -> Rect {
    let place = |at: u32| i32::try_from(at).unwrap_or(i32::MAX);
    let end = |from: u32, size: u32| place(from.saturating_add(size));
    Rect {
        top: place(head.y),
        left: place(head.x),
        bottom: end(head.y, head.height),
        right: end(head.x, head.width),
    }
}

/// As many as the reference client takes.
const MOST_HEADS: usize = 256;
