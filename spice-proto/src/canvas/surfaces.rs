//! The surfaces of a display channel.

use alloc::vec::Vec;

use super::error::{Error, ErrorKind};
use crate::Limits;
use crate::common::Rect;
use crate::display::{SurfaceCreate, SurfaceFlags};
use crate::image::{self, Format, Pixmap};
use crate::memory;

/// Surfaces by number. A list in order, so that one can be changed while others are read.
#[derive(Debug, Default)]
pub(super) struct Surfaces {
    /// INVARIANT: ids rise.
    list: Vec<Surface>,
}

#[derive(Debug)]
struct Surface {
    id: u32,
    primary: bool,
    pixels: Pixmap,
}

impl Surfaces {
    /// Makes a surface of zero bytes; one that had the number goes, and so does another primary one if this is primary.
    pub(super) fn create(&mut self, create: &SurfaceCreate, limits: &Limits) -> Result<(), Error> {
        let SurfaceCreate { surface_id: id, width, height, format, flags } = *create;
        let format =
            Format::of_surface(format).ok_or(Error::new("format", ErrorKind::Value(format.0.into())))?;
        for (field, side) in [("width", width), ("height", height)] {
            // Coordinates are signed.
            if side == 0 || i32::try_from(side).is_err() {
                return Err(Error::new(field, ErrorKind::Value(side.into())));
            }
        }
        let primary = flags.contains(SurfaceFlags::PRIMARY);
        let stays = |surface: &&Surface| surface.id != id && !(primary && surface.primary);
        let (mut count, mut pixels) = (1_u64, u64::from(width).saturating_mul(height.into()));
        for surface in self.list.iter().filter(stays) {
            count = count.saturating_add(1);
            let area = u64::from(surface.pixels.width()).saturating_mul(surface.pixels.height().into());
            pixels = pixels.saturating_add(area);
        }
        for (field, wanted, allowed) in
            [("surface_id", count, limits.surfaces), ("height", pixels, limits.surface_pixels)]
        {
            if wanted > u64::from(allowed) {
                return Err(Error::new(field, ErrorKind::Limit { wanted, allowed: allowed.into() }));
            }
        }
        let pixels = Pixmap::new(format, width, height, limits).map_err(|error| match error {
            image::Error::PixelLimit { pixels: wanted, limit: allowed } => {
                Error::new("height", ErrorKind::Limit { wanted, allowed })
            }
            image::Error::OutOfMemory { bytes } => Error::new("height", ErrorKind::OutOfMemory { bytes }),
            other => Error::new("width", ErrorKind::Image(other)),
        })?;
        memory::reserve(&mut self.list, 1)?;
        self.list.retain(|surface| stays(&surface));
        let place = self.list.partition_point(|surface| surface.id < id);
        self.list.insert(place, Surface { id, primary, pixels });
        Ok(())
    }

    /// Forgets a surface; one that does not exist is ignored.
    pub(super) fn destroy(&mut self, id: u32) {
        self.list.retain(|surface| surface.id != id);
    }

    /// Makes all bytes of the primary one 0, if there is one.
    pub(super) fn blacken_primary(&mut self) -> Option<(u32, &Pixmap)> {
        let surface = self.list.iter_mut().find(|surface| surface.primary)?;
        surface.pixels.data_mut().fill(0);
        Some((surface.id, &surface.pixels))
    }

    pub(super) fn get(&self, id: u32) -> Option<&Pixmap> {
        let place = self.list.binary_search_by_key(&id, |surface| surface.id).ok()?;
        self.list.get(place).map(|surface| &surface.pixels)
    }

    /// Number and pixels of each, by number.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Pixmap)> {
        self.list.iter().map(|surface| (surface.id, &surface.pixels))
    }

    /// The primary one's number.
    pub(super) fn primary(&self) -> Option<u32> {
        self.list.iter().find(|surface| surface.primary).map(|surface| surface.id)
    }

    /// One surface to be changed, and the others.
    pub(super) fn split(&mut self, id: u32) -> Option<(&mut Pixmap, Others<'_>)> {
        let place = self.list.binary_search_by_key(&id, |surface| surface.id).ok()?;
        let (before, rest) = self.list.split_at_mut_checked(place)?;
        let (this, after) = rest.split_first_mut()?;
        Some((&mut this.pixels, Others { before, after }))
    }
}

/// All surfaces but the one that is drawn on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Others<'a> {
    before: &'a [Surface],
    after: &'a [Surface],
}

impl<'a> Others<'a> {
    pub(super) fn get(&self, id: u32) -> Option<&'a Pixmap> {
        [self.before, self.after].into_iter().find_map(|list| {
            let place = list.binary_search_by_key(&id, |surface| surface.id).ok()?;
            list.get(place).map(|surface| &surface.pixels)
        })
    }
}

/// All of a picture.
pub(super) fn whole(pixels: &Pixmap) -> Rect {
    let side = |side: u32| i32::try_from(side).unwrap_or(i32::MAX);
    Rect { top: 0, left: 0, bottom: side(pixels.height()), right: side(pixels.width()) }
}
