//! What a guest must not do.

use core::fmt;

/// Something that the guest did and must not. Prints as `port 9: no such memory slot (99)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it was.
    pub reason: Reason,
    /// The port, where one was written.
    pub port: Option<u8>,
    /// The number that was wrong: a slot, a surface, a size, an address, by reason.
    pub value: u64,
}

/// Why something was refused. [`is_bug`](Self::is_bug) says whether the device stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
#[repr(u8)]
pub enum Reason {
    /// There is no such port.
    Port,
    /// The device has stopped, until it is reset.
    Stopped,
    /// The port does nothing in VGA mode.
    Vga,
    /// The port needs a later revision.
    Revision,
    /// An asynchronous command runs already.
    Busy,
    /// No memory slot has this number.
    SlotNumber,
    /// The memory slot is in use.
    SlotActive,
    /// The memory slot ends before it starts.
    SlotOrder,
    /// The memory slot is in neither RAM nor VRAM, or the BAR is not mapped.
    SlotRange,
    /// There is no mode of this index.
    Mode,
    /// There is a primary surface already.
    PrimaryExists,
    /// The primary surface is larger than its place.
    PrimarySize,
    /// Format, size and stride of the primary surface do not fit together.
    PrimaryShape,
    /// The memory of the primary surface is not there.
    PrimaryAddress,
    /// There is no primary surface.
    NoPrimary,
    /// An area to update is empty, or begins outside.
    Area,
    /// A surface number is beyond those that there are.
    SurfaceNumber,
    /// There is no surface of this number.
    NoSurface,
    /// No monitors, or more than the driver allows.
    Monitors,
    /// The monitors are not where the address says.
    MonitorsAddress,
    /// A ring has more items than it can hold.
    Ring,
    /// A released command could not be given back.
    Release,
    /// The memory is smaller than the device.
    Memory,
}

impl Reason {
    /// Number of reasons.
    pub(super) const COUNT: usize = 23;

    /// Whether it stops the device until the guest resets it. The guest gets an ERROR interrupt.
    #[must_use]
    pub fn is_bug(self) -> bool {
        match self {
            Self::Revision
            | Self::Busy
            | Self::SlotNumber
            | Self::SlotActive
            | Self::SlotOrder
            | Self::SlotRange
            | Self::Mode
            | Self::PrimaryExists
            | Self::PrimarySize
            | Self::Area
            | Self::SurfaceNumber
            | Self::Ring => true,
            Self::Port
            | Self::Stopped
            | Self::Vga
            | Self::PrimaryShape
            | Self::PrimaryAddress
            | Self::NoPrimary
            | Self::NoSurface
            | Self::Monitors
            | Self::MonitorsAddress
            | Self::Release
            | Self::Memory => false,
        }
    }

    /// All of them.
    pub(super) const ALL: [Self; Self::COUNT] = [
        Self::Port,
        Self::Stopped,
        Self::Vga,
        Self::Revision,
        Self::Busy,
        Self::SlotNumber,
        Self::SlotActive,
        Self::SlotOrder,
        Self::SlotRange,
        Self::Mode,
        Self::PrimaryExists,
        Self::PrimarySize,
        Self::PrimaryShape,
        Self::PrimaryAddress,
        Self::NoPrimary,
        Self::Area,
        Self::SurfaceNumber,
        Self::NoSurface,
        Self::Monitors,
        Self::MonitorsAddress,
        Self::Ring,
        Self::Release,
        Self::Memory,
    ];
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Port => "no such port",
            Self::Stopped => "stopped until a reset",
            Self::Vga => "does nothing in VGA mode",
            Self::Revision => "not in this revision",
            Self::Busy => "an asynchronous command runs",
            Self::SlotNumber => "no such memory slot",
            Self::SlotActive => "the memory slot is in use",
            Self::SlotOrder => "the memory slot ends before it starts",
            Self::SlotRange => "the memory slot is outside RAM and VRAM",
            Self::Mode => "no such mode",
            Self::PrimaryExists => "there is a primary surface",
            Self::PrimarySize => "the primary surface is too large",
            Self::PrimaryShape => "no such primary surface can be",
            Self::PrimaryAddress => "the primary surface has no memory",
            Self::NoPrimary => "there is no primary surface",
            Self::Area => "no such area can be",
            Self::SurfaceNumber => "no such surface can be",
            Self::NoSurface => "there is no such surface",
            Self::Monitors => "no such number of monitors can be",
            Self::MonitorsAddress => "the monitors are not there",
            Self::Ring => "a ring is corrupt",
            Self::Release => "a released command is lost",
            Self::Memory => "the memory is too small",
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(port) = self.port {
            write!(f, "port {port}: ")?;
        }
        write!(f, "{} ({:#x})", self.reason, self.value)
    }
}

impl core::error::Error for Refusal {}
