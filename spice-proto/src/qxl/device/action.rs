//! What a device asks of the program around it.

use super::refusal::Refusal;
use crate::common::Rect;
use crate::proto::qxl::QxlSurfaceCreate;

/// What the program around a [`Device`](super::Device) has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// The interrupt line goes up (`true`) or down.
    Irq(bool),
    /// Commands may be there: take them with [`next_command`](super::Device::next_command), from both rings. Drivers
    /// are known to ring for one and mean the other.
    Wake,
    /// Work to be done. With a token it is asynchronous: call [`complete`](super::Device::complete) when it is done.
    /// Without one it is to be done before the guest's write to the port ends.
    Do(Work, Option<Token>),
    /// The driver is out of memory: finish commands and [`release`](super::Device::release) them.
    Free,
    /// The driver has written a text: [`log`](super::Device::log).
    Log,
    /// The guest did what it must not; what it asked for was not done. It has been counted.
    Refused(Refusal),
}

/// Work for the server behind a device: it draws and keeps surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Work {
    /// Draw what is pending in this area of a surface into guest memory.
    Render {
        /// The surface; it exists.
        surface: u32,
        /// The area; not empty, top and left are not negative. It may be larger than the surface.
        area: Rect,
    },
    /// Draw everything that is pending into guest memory.
    FlushSurfaces,
    /// Draw what depends on a surface, then forget it. It is not the primary surface.
    DestroySurface(u32),
    /// Draw everything, then forget all surfaces, the primary surface too.
    DestroyAllSurfaces,
    /// Make the primary surface, number 0: [`Device::primary`](super::Device::primary).
    CreatePrimary,
    /// Draw what is pending, then forget the primary surface.
    DestroyPrimary,
    /// The guest has set its monitors: [`Device::monitors`](super::Device::monitors).
    Monitors,
    /// Forget everything: surfaces, commands, images, the pointer. The screen is VGA's. Commands that are not released
    /// are not to be released any more.
    Reset,
}

/// Which asynchronous work it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub(super) u32);

/// What the screen shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// VGA, after a reset.
    Vga,
    /// Nothing: the primary surface was destroyed.
    Undefined,
    /// A primary surface that the driver has made.
    Native,
    /// A mode of QXL 1, set by its index; commands have the layout of QXL 1.
    Compat,
}

/// The primary surface. Its numbers were checked when it was made; the slot that it lies in may have gone since, so its
/// memory is looked up in [`Device::slots`](super::Device::slots) whenever it is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Primary {
    /// Size, stride, format, address.
    pub surface: QxlSurfaceCreate,
    /// Colours of commands have 5 bits for each part: a mode of 16 bits, of QXL 1.
    pub commands_16bpp: bool,
}

impl Primary {
    /// Bytes of its memory.
    #[must_use]
    pub fn len_bytes(&self) -> u64 {
        u64::from(self.surface.stride.unsigned_abs()).saturating_mul(self.surface.height.into())
    }
}
