//! The pixels as they are now, and what changed.

use alloc::vec::Vec;
use core::fmt;

use super::compare::compare;
use super::content::Content;
use super::history::History;
use super::moves::{LEAST_CHANGED, Move, Moves};
use super::shelf::Shelf;
use crate::Limits;
use crate::canvas::{self, Canvas, Outcome, Region};
use crate::common::{Point, Rect};
use crate::display::{
    CopyBits, Head, ServerMessage, SurfaceCreate, SurfaceDestroy, SurfaceFlags, SurfaceFmt,
};
use crate::image::{Format, Pixmap, SharedCaches, View, convert_row};
use crate::memory::OutOfMemory;

/// Surfaces with their pixels, the heads that show them, and what became of them. See the [module](super).
#[derive(Debug)]
pub struct Screen {
    canvas: Canvas,
    shared: SharedCaches,
    history: History,
    shelf: Shelf,
    boxes: Vec<Rect>,
    moves: Moves,
}

impl Screen {
    /// A screen without surfaces. Of the limits, those of surfaces and pictures count.
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self::of_canvas(Canvas::new(limits), limits)
    }

    /// The same for messages that bring their images whole: none is kept for later ones.
    pub(crate) fn of_device(limits: &Limits) -> Self {
        Self::of_canvas(Canvas::of_server(limits), limits)
    }

    fn of_canvas(canvas: Canvas, limits: &Limits) -> Self {
        Self {
            canvas,
            shared: SharedCaches::new(limits),
            history: History::new(),
            shelf: Shelf::default(),
            boxes: Vec::new(),
            moves: Moves::default(),
        }
    }

    /// Makes surface 0 the primary one, of this size in pixels and all zero bytes; one that was there goes.
    ///
    /// # Errors
    /// [`Error::Canvas`] for a side of 0, an unknown format, or more pixels than the limits allow.
    pub fn resize(&mut self, width: u32, height: u32, format: SurfaceFmt) -> Result<(), Error> {
        let flags = SurfaceFlags::PRIMARY;
        self.draw(&ServerMessage::SurfaceCreate(SurfaceCreate {
            surface_id: 0,
            width,
            height,
            format,
            flags,
        }))
        .map(drop)
    }

    /// Puts pixels on a surface, with the top left one at `at`. Only what is different from what was there counts as a
    /// change. Pixels of another format are [converted](crate::image::convert_row).
    ///
    /// # Errors
    /// [`Error::UnknownSurface`]; [`Error::Outside`] when the pixels leave the surface; [`Error::Format`] for surfaces and
    /// pictures of single bits; [`Error::OutOfMemory`].
    pub fn put(&mut self, surface_id: u32, at: Point, pixels: &View<'_>) -> Result<(), Error> {
        let target = self.canvas.surface_mut(surface_id).ok_or(Error::UnknownSurface(surface_id))?;
        let area = Rect::new(at.x, at.y, pixels.width(), pixels.height());
        if target.format() == Format::A1 || pixels.format() == Format::A1 {
            return Err(Error::Format);
        }
        if area.is_empty() {
            return Ok(());
        }
        let converted;
        let pixels = if pixels.format() == target.format() {
            *pixels
        } else {
            converted = pixels
                .try_convert(target.format())
                .map_err(|OutOfMemory { bytes }| Error::OutOfMemory(bytes))?;
            converted.as_view()
        };
        let mut before = target.as_view().crop(area).ok_or(Error::Outside)?;
        let len_pixels = |rect: Rect| u64::from(rect.width()).saturating_mul(rect.height().into());
        let movable = before.format().bits_per_pixel() == 32 && len_pixels(area) >= LEAST_CHANGED;
        let again = if movable { self.moves.again(&before, &pixels, at) } else { None };
        if let Some(found) = again {
            self.follow_move(surface_id, at, found)?;
            let target = self.canvas.surface(surface_id).ok_or(Error::UnknownSurface(surface_id))?;
            before = target.as_view().crop(area).ok_or(Error::Outside)?;
        }
        self.boxes.clear();
        compare(&before, &pixels, &mut self.boxes);
        if again.is_some() {
            self.moves.judge(self.boxes.iter().map(|found| len_pixels(*found)).fold(0, u64::saturating_add));
        } else if movable {
            let changed = self.boxes.iter().fold(Rect::EMPTY, |all, found| all.union(*found));
            if len_pixels(changed) >= LEAST_CHANGED
                && let Some(found) = self.moves.find(&before, &pixels, at, changed, &mut self.boxes)
            {
                self.follow_move(surface_id, at, found)?;
            }
        }
        let target = self.canvas.surface_mut(surface_id).ok_or(Error::UnknownSurface(surface_id))?;
        let mut region = Region::new();
        for found in &self.boxes {
            if let Some(part) = pixels.crop(*found) {
                copy(&part, target, found.translated(at.x, at.y));
            }
            region.add(found.translated(at.x, at.y));
        }
        self.history.changed(surface_id, region);
        Ok(())
    }

    /// Puts that part of a whole surface's pixels which is said to have changed: for a frame buffer and rectangles of
    /// damage. `frame` has the size of the surface; what of the rectangle is outside of it does not count.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn update(&mut self, surface_id: u32, rect: Rect, frame: &View<'_>) -> Result<(), Error> {
        let rect = rect.intersection(Rect::of_size(frame.width(), frame.height()));
        match frame.crop(rect) {
            Some(part) => self.put(surface_id, rect.top_left(), &part),
            None if rect.is_empty() => Ok(()),
            None => Err(Error::Format),
        }
    }

    /// Pixels were moved: to `to` comes what lies from `from` on in the same surface. They are moved here, and clients are told so.
    ///
    /// # Errors
    /// [`Error::Canvas`] for an unknown surface.
    pub fn copy(&mut self, surface_id: u32, to: Rect, from: Point) -> Result<(), Error> {
        self.draw(&ServerMessage::CopyBits(CopyBits::put(surface_id, to, from))).map(drop)
    }

    /// Which parts of surfaces monitors show.
    ///
    /// # Errors
    /// None; heads that show nothing are taken as they are.
    pub fn set_heads(&mut self, heads: &[Head]) {
        let max_allowed = u16::try_from(heads.len()).unwrap_or(u16::MAX).max(1);
        let config = crate::display::MonitorsConfig { max_allowed, heads: heads.into() };
        // No heads at all change nothing, and no configuration is wrong.
        let _ = self.draw(&ServerMessage::MonitorsConfig(config));
    }

    /// Forgets a surface; one that does not exist is ignored.
    pub fn remove(&mut self, surface_id: u32) {
        // There is nothing wrong with any number.
        let _ = self.draw(&ServerMessage::SurfaceDestroy(SurfaceDestroy { surface_id }));
    }

    /// Carries out a message of the display channel: surfaces, heads and all drawings. Small drawings may reach clients as
    /// they are, others as pixels.
    ///
    /// # Errors
    /// [`Error::Canvas`]: as [`Canvas::apply`]. The screen is as it was then. An image that refers to one that was not there
    /// gives [`Outcome::Waiting`], and nothing is drawn.
    pub fn draw(&mut self, message: &ServerMessage<'_>) -> Result<Outcome<'_>, Error> {
        self.apply(message).map_err(Error::Canvas)
    }

    /// The pixels of a surface.
    #[must_use]
    pub fn surface(&self, surface_id: u32) -> Option<&Pixmap> {
        self.canvas.surface(surface_id)
    }

    /// The heads.
    #[must_use]
    pub fn heads(&self) -> &[Head] {
        self.canvas.monitors()
    }

    /// How many feeds there are.
    #[must_use]
    pub fn feeds(&self) -> usize {
        self.history.feeds()
    }

    /// What the screen is drawn on.
    pub(crate) fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    /// As [`draw`](Self::draw), which cannot go wrong in any other way.
    pub(crate) fn apply(&mut self, message: &ServerMessage<'_>) -> Result<Outcome<'_>, canvas::Error> {
        let Self { canvas, shared, history, .. } = self;
        let primary = canvas.primary();
        let outcome = canvas.apply(message, shared)?;
        history.drawn(message, &outcome, primary);
        Ok(outcome)
    }

    /// The pixels of a surface that no feed has seen yet.
    pub(crate) fn new_surface(&mut self, surface_id: u32) -> Option<&mut Pixmap> {
        self.canvas.surface_mut(surface_id)
    }

    /// What has become of the surfaces.
    pub(super) fn history(&self) -> &History {
        &self.history
    }

    /// Surfaces that clients see: number and generation.
    pub(super) fn shown(&self) -> impl Iterator<Item = (u32, u64)> {
        let seen = |id: u32| {
            self.canvas.primary() == Some(id) || self.heads().iter().any(|head| head.surface_id == id)
        };
        let format = |id: u32| self.canvas.surface(id).map(Pixmap::format);
        let bits = move |id: u32| matches!(format(id), Some(Format::A1 | Format::A8));
        self.history.surfaces().filter(move |(id, _)| seen(*id) && !bits(*id))
    }

    /// Whether a surface is the primary one.
    pub(super) fn is_primary(&self, surface_id: u32) -> bool {
        self.canvas.primary() == Some(surface_id)
    }

    /// The content of a part of a surface, and a coder for it.
    pub(super) fn part(&mut self, surface_id: u32, rect: Rect) -> Option<(View<'_>, Content, &mut Shelf)> {
        let Self { canvas, history, shelf, .. } = self;
        let view = canvas.surface(surface_id)?.as_view().crop(rect)?;
        let content = history.content(surface_id, rect, &view)?;
        Some((view, content, shelf))
    }

    /// Moves pixels as they were found to have moved in a picture that is put at `at`.
    fn follow_move(&mut self, surface_id: u32, at: Point, found: Move) -> Result<(), Error> {
        let to = found.to.translated(at.x, at.y);
        let from = to.top_left().translated(found.dx.saturating_neg(), found.dy.saturating_neg());
        self.copy(surface_id, to, from)
    }
}

/// Copies pixels of the same format to a place inside of a picture.
fn copy(from: &View<'_>, to: &mut Pixmap, place: Rect) {
    let (format, stride) = (to.format(), to.stride());
    let left = format.row_len_bytes(place.left.unsigned_abs()) as usize;
    let top = (place.top.unsigned_abs() as usize).saturating_mul(stride);
    let rows = to.data_mut().get_mut(top..).unwrap_or_default().chunks_exact_mut(stride.max(1));
    for (to, from) in rows.zip(from.rows()) {
        convert_row(format, from, format, to.get_mut(left..).unwrap_or_default(), place.width());
    }
}

/// Why a screen did not take a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// There is no surface of this number.
    UnknownSurface(u32),
    /// The pixels leave the surface.
    Outside,
    /// Single bits are drawn on by messages alone.
    Format,
    /// The message could not be carried out.
    Canvas(canvas::Error),
    /// Memory for so many bytes could not be had. Nothing has changed.
    OutOfMemory(u64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownSurface(id) => write!(f, "surface {id} does not exist"),
            Self::Outside => f.write_str("pixels outside of the surface"),
            Self::Format => f.write_str("pixels of a format that cannot be put"),
            Self::Canvas(error) => error.fmt(f),
            Self::OutOfMemory(bytes) => write!(f, "no memory for {bytes} bytes"),
        }
    }
}

impl core::error::Error for Error {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Canvas(error) => Some(error),
            _ => None,
        }
    }
}
