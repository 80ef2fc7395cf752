//! Commands of a guest, executed: surfaces with their pixels, the pointer, the monitors.
//!
//! A [`Renderer`] is what the reference calls the worker. It [reads](crate::qxl::command) each command and executes
//! it at once on a [`Screen`], which is all that clients are shown from: a [`Feed`](crate::server::Feed) for each of
//! them asks [`screen_mut`](Renderer::screen_mut) what is new. What became of the command comes out as a [`Step`], for
//! the pointer, for the device's own books, and for whoever shows the picture in another way.
//!
//! ```text
//! ring ─► command ─► Reader ─► Command ─► Screen ─► Feed ─► ServerMessage     (for each client)
//!                                           ├► Step: message, damage
//!                                           └► UPDATE_AREA ─► guest memory
//! ```
//!
//! # Why at once
//!
//! The reference keeps drawings in a queue, so that those that are covered before a client takes them are never
//! drawn. It has rules for what a drawing does to those in the queue: effects, dependencies between surfaces, what is
//! drawn before a surface ends. All of them have the same aim: that the picture is the one that the commands give
//! when they are executed one after the other. So executing them one after the other gives it, without the rules:
//!
//! * OPAQUE and OPAQUE_BRUSH say that nothing of what is below shows through. Drawn in order, nothing does.
//! * REVERT_ON_DUP says that a drawing done twice is none; drawn twice, it is none. NOP_ON_DUP says that the second
//!   one changes nothing; drawn again, it changes nothing. A guest that says so of other drawings gets what it drew.
//! * A drawing that reads another surface, or its own, reads what is there at its turn. So surfaces that change or
//!   end later do no harm, and `self_bitmap` is the picture before the command.
//! * UPDATE_AREA has nothing to wait for: it copies pixels.
//!
//! And a command is done with when it was executed: its memory can be released at once. How much a slow client is
//! told is for its feed to decide.
//!
//! # Guest memory
//!
//! Surfaces live here, and in guest memory too. There they are brought up to date by
//! [`update_area`](Renderer::update_area), for which it is known what has changed since the last time. Where a guest
//! draws into the memory of a surface by itself nothing notices.
#![warn(clippy::arithmetic_side_effects)] // on top of the lints of the crate: numbers come from guests

mod places;

use alloc::vec::Vec;

use crate::Limits;
use crate::canvas::cursor::{Changes, Cursor};
use crate::canvas::{Canvas, Damage, Outcome};
use crate::common::Rect;
use crate::cursor;
use crate::display::{
    Head, ImageType, MonitorsConfig, ServerMessage, SurfaceCreate, SurfaceDestroy, SurfaceFlags,
};
use crate::image::View;
use crate::server::Screen;
use crate::wire::{GuestAddress, List};

use super::command::{Command, Drawable, Error, ErrorKind, Reader, Shape, SurfaceCommand, contents};
use super::{Guest, QxlCommandExt, QxlSurface, QxlSurfaceCreate, QxlSurfaceFlags, QxlSurfaceType, RingName};

use places::{Place, Places};

/// The worker of a device: its surfaces, its pointer, its monitors.
#[derive(Debug)]
pub struct Renderer {
    reader: Reader,
    screen: Screen,
    cursor: Cursor,
    places: Places,
    limits: Limits,
    rects: Vec<Rect>,
    gone: Vec<SurfaceDestroy>,
    bytes: Vec<u8>,
    heads: Vec<Head>,
}

/// What became of a command, for those who follow.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
#[expect(clippy::large_enum_variant, reason = "it is used at once and not kept")]
pub enum Step<'r> {
    /// A drawing, with its message, and the pixels that it changed; no damage if it changed none.
    Drawn(Drawable<'r>, Option<Damage<'r>>),
    /// A surface has come. Its first pixels may be other than 0: then clients have to be sent all of them.
    SurfaceCreated {
        /// The message.
        message: SurfaceCreate,
        /// Whether it has contents.
        has_contents: bool,
    },
    /// Surfaces have gone.
    SurfacesDestroyed(&'r [SurfaceDestroy]),
    /// These parts of a surface were brought into guest memory.
    Updated {
        /// The surface.
        surface_id: u32,
        /// The parts.
        rects: &'r [Rect],
    },
    /// The pointer changed. The message has no shape out of a cache, and asks for none to be cached.
    Pointer(cursor::ServerMessage<'r>, Changes),
    /// A text for the log.
    Message(&'r [u8]),
}

impl Renderer {
    /// Without surfaces, for a device with surfaces of numbers below `n_surfaces`. Of the limits, those of QXL,
    /// surfaces, pictures and shapes of pointers count.
    #[must_use]
    pub fn new(limits: &Limits, n_surfaces: u32) -> Self {
        Self {
            reader: Reader::new(limits, n_surfaces),
            screen: Screen::of_device(limits),
            cursor: Cursor::new(limits),
            places: Places::new(),
            limits: limits.clone(),
            rects: Vec::new(),
            gone: Vec::new(),
            bytes: Vec::new(),
            heads: Vec::new(),
        }
    }

    /// Executes a command that was taken from a ring. In any case it is done with then, and can be released.
    ///
    /// # Errors
    /// What the guest did wrong. Nothing has changed then.
    pub fn execute(
        &mut self,
        guest: Guest<'_>,
        ring: RingName,
        command: &QxlCommandExt,
    ) -> Result<Step<'_>, Error> {
        let Self { reader, screen, cursor, places, rects, gone, .. } = self;
        gone.clear();
        let at = command.cmd.data;
        match reader.read(guest, ring, command, screen.canvas())? {
            Command::Draw(drawable) => {
                let Some(message) = &drawable.message else { return Ok(Step::Drawn(drawable, None)) };
                let damage = draw(screen, places, message, at)?;
                Ok(Step::Drawn(drawable, damage))
            }
            Command::Update(update) => {
                let rects = bring(guest, screen, places, (update.surface_id, update.area), rects)?;
                Ok(Step::Updated { surface_id: update.surface_id, rects })
            }
            Command::Cursor(message) => {
                let changes = cursor.apply(&message).map_err(|error| Error::of_canvas(&error, at))?;
                Ok(Step::Pointer(message, changes))
            }
            Command::Message(text) => Ok(Step::Message(text)),
            Command::Surface(SurfaceCommand::Create { surface_id, shape, contents }) => {
                let message = create(screen, surface_id, &shape, SurfaceFlags::empty(), at)?;
                let has_contents = contents.is_some_and(|view| fill(screen, surface_id, &view));
                places.insert(surface_id, Place::new(shape, command.group_id, has_contents));
                Ok(Step::SurfaceCreated { message, has_contents })
            }
            Command::Surface(SurfaceCommand::Destroy { surface_id }) => {
                Ok(destroy(screen, places, gone, surface_id))
            }
        }
    }

    /// Creates the primary surface, number 0; one that is there goes. Its memory is in slots of this group.
    ///
    /// # Errors
    /// The surface does not fit together, or its memory is not there. Nothing has changed then.
    pub fn create_primary(
        &mut self,
        guest: Guest<'_>,
        group: u32,
        create: &QxlSurfaceCreate,
    ) -> Result<Step<'static>, Error> {
        let fetch = self.reader.fetcher(guest, group);
        let QxlSurfaceCreate { width, height, stride, format, mem, .. } = *create;
        let within = |error: Error| error.within("create_surface");
        if create.type_ != QxlSurfaceType::PRIMARY {
            return Err(within(Error::new(ErrorKind::Primary, mem, "type")));
        }
        let surface = QxlSurface { format, width, height, stride, data: mem };
        let shape = Shape::new(&fetch, &surface, mem).map_err(within)?;
        let Self { screen, places, bytes, .. } = self;
        let view = match create.flags.contains(QxlSurfaceFlags::KEEP_DATA) {
            true => Some(contents(&fetch, &shape, bytes).map_err(within)?),
            false => None,
        };
        let message = self::create(screen, PRIMARY, &shape, SurfaceFlags::PRIMARY, mem)?;
        let has_contents = view.is_some_and(|view| fill(screen, PRIMARY, &view));
        places.insert(PRIMARY, Place::new(shape, group, has_contents));
        Ok(Step::SurfaceCreated { message, has_contents })
    }

    /// Ends a surface, the primary one too; `None` if there is none of this number.
    pub fn destroy_surface(&mut self, surface_id: u32) -> Option<Step<'_>> {
        let Self { screen, places, gone, .. } = self;
        screen.surface(surface_id)?;
        gone.clear();
        Some(destroy(screen, places, gone, surface_id))
    }

    /// Ends all surfaces, the primary one too.
    pub fn destroy_surfaces(&mut self) -> Step<'_> {
        let Self { screen, places, gone, .. } = self;
        gone.clear();
        while let Some((surface_id, _)) = screen.canvas().surfaces().last() {
            destroy(screen, places, gone, surface_id);
        }
        Step::SurfacesDestroyed(gone)
    }

    /// Brings a part of a surface into guest memory: what has changed there since it was brought the last time. The
    /// rectangles are those parts. They may overlap, and may have more pixels than have changed.
    ///
    /// # Errors
    /// There is no such surface, or its memory is not there any more.
    pub fn update_area(&mut self, guest: Guest<'_>, surface_id: u32, area: Rect) -> Result<&[Rect], Error> {
        let Self { screen, places, rects, .. } = self;
        bring(guest, screen, places, (surface_id, area), rects)
    }

    /// Reads the monitors of the guest. `max_monitors` is how many the device has; heads of no size are left out.
    ///
    /// # Errors
    /// The configuration is not there, has no head, or more than it allows itself. It is ignored then.
    pub fn set_monitors(
        &mut self,
        guest: Guest<'_>,
        group: u32,
        at: GuestAddress,
        max_monitors: u16,
    ) -> Result<MonitorsConfig<'_>, Error> {
        let Self { screen, heads, bytes, reader, .. } = self;
        let max_allowed = reader.monitors(guest, group, at, max_monitors, heads, bytes)?;
        let message = MonitorsConfig { max_allowed, heads: List::from(heads.as_slice()) };
        // Monitors are no drawings and cannot fail.
        _ = screen.apply(&ServerMessage::MonitorsConfig(message));
        Ok(message)
    }

    /// Forgets the pointer: its shape, and that it is visible.
    pub fn reset_cursor(&mut self) {
        self.cursor = Cursor::new(&self.limits);
    }

    /// The surfaces, with their pixels and monitors, as clients are shown them.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// The same, for [`Feed`](crate::server::Feed)s, and for what is to be shown beside the guest's commands: the
    /// picture of a VGA mode, which has no commands, or heads out of [`Device::monitors`](super::Device::monitors).
    pub fn screen_mut(&mut self) -> &mut Screen {
        &mut self.screen
    }

    /// The surfaces once more, off-screen ones too: what [`Reader::read`] wants to see.
    #[must_use]
    pub fn canvas(&self) -> &Canvas {
        self.screen.canvas()
    }

    /// The pointer.
    #[must_use]
    pub fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    /// Where a surface lies in guest memory, and the group of its address.
    #[must_use]
    pub fn place(&self, surface_id: u32) -> Option<(&Shape, u32)> {
        self.places.get(&surface_id).map(|place| (&place.shape, place.group))
    }
}

/// Executes a message, and notes what guest memory lacks then.
fn draw<'c>(
    screen: &'c mut Screen,
    places: &mut Places,
    message: &ServerMessage<'_>,
    at: GuestAddress,
) -> Result<Option<Damage<'c>>, Error> {
    match screen.apply(message) {
        Ok(Outcome::Drawn(damage)) => {
            if let Some(place) = places.get_mut(&damage.surface_id()) {
                place.mark(damage.rects(), damage.bounds());
            }
            Ok(Some(damage))
        }
        Ok(Outcome::Done) => Ok(None),
        // Guests have no images that are somewhere else.
        Ok(Outcome::Waiting(_)) => {
            let kind = ErrorKind::ImageType(ImageType::FROM_CACHE.0);
            Err(Error::new(kind, at, "").within(message.name().unwrap_or_default()))
        }
        Err(error) => Err(Error::of_canvas(&error, at)),
    }
}

fn destroy<'r>(
    screen: &mut Screen,
    places: &mut Places,
    gone: &'r mut Vec<SurfaceDestroy>,
    surface_id: u32,
) -> Step<'r> {
    let message = SurfaceDestroy { surface_id };
    // Ends of surfaces are no drawings and cannot fail.
    _ = screen.apply(&ServerMessage::SurfaceDestroy(message));
    places.remove(&surface_id);
    gone.push(message);
    Step::SurfacesDestroyed(gone)
}

fn create(
    screen: &mut Screen,
    surface_id: u32,
    shape: &Shape,
    flags: SurfaceFlags,
    at: GuestAddress,
) -> Result<SurfaceCreate, Error> {
    let Shape { width, height, fmt: format, .. } = *shape;
    let message = SurfaceCreate { surface_id, width, height, format, flags };
    let created = screen.apply(&ServerMessage::SurfaceCreate(message));
    created.map_err(|error| Error::of_canvas(&error, at)).map(|_| message)
}

/// Gives a surface its contents, if they have its size.
fn fill(screen: &mut Screen, surface_id: u32, view: &View<'_>) -> bool {
    let Some(surface) = screen.new_surface(surface_id) else { return false };
    let row = surface.stride();
    if row == 0 || (view.width(), view.height()) != (surface.width(), surface.height()) {
        return false;
    }
    for (to, from) in surface.data_mut().chunks_exact_mut(row).zip(view.rows()) {
        if let Some(from) = from.get(..row) {
            to.copy_from_slice(from);
        }
    }
    true
}

/// Copies what guest memory lacks of an area.
fn bring<'o>(
    guest: Guest<'_>,
    screen: &Screen,
    places: &mut Places,
    (surface_id, area): (u32, Rect),
    rects: &'o mut Vec<Rect>,
) -> Result<&'o [Rect], Error> {
    let none = || Error::new(ErrorKind::NoSurface(surface_id), GuestAddress::NULL, "update_surface");
    let place = places.get_mut(&surface_id).ok_or_else(none)?;
    let surface = screen.surface(surface_id).ok_or_else(none)?;
    let (shape, group) = (place.shape, place.group);
    let data = shape.data;
    let address = |error| Error::new(ErrorKind::Address(error), data, "update_area");
    guest.check(group, data, shape.len_bytes()).map_err(address)?;
    place.take(area, rects);
    let bits = u64::from(shape.format.bits_per_pixel());
    for rect in rects.iter() {
        let bit = |x: i32| u64::try_from(x).unwrap_or_default().saturating_mul(bits);
        let (from, to) = (bit(rect.left) / 8, bit(rect.right).div_ceil(8));
        for y in rect.top..rect.bottom {
            let y = y.unsigned_abs();
            let Some(bytes) = surface.row(y).get(from as usize..to as usize) else { continue };
            let row = if shape.stride < 0 { shape.height.saturating_sub(1).saturating_sub(y) } else { y };
            let offset = shape.row_step().saturating_mul(row.into()).saturating_add(from);
            guest.write(group, GuestAddress(data.0.wrapping_add(offset)), bytes).map_err(address)?;
        }
    }
    Ok(rects)
}

/// Number of the primary surface.
const PRIMARY: u32 = 0;
