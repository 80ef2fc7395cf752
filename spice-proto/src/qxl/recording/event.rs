//! What a recording is made of.

use super::memory::EventMemory;
use crate::qxl::{Guest, QxlCommandExt, QxlSurfaceCreate, Slots};
use crate::wire::open_enum;

/// An event of a recording.
///
/// What it holds is laid out as a guest would have done it: addresses lead into its [`guest`](Self::guest), so that a
/// recorded command is read like any other.
#[derive(Clone, Copy, Debug)]
pub struct Event<'r> {
    counter: u32,
    time: u64,
    body: EventBody,
    memory: EventMemory<'r>,
    slots: &'r Slots,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EventBody {
    /// A command was taken from a ring.
    Command(QxlCommandExt),
    /// The primary surface was created. Where its memory could not be read, nothing is behind its address.
    Primary(WorkerMessage, QxlSurfaceCreate),
    /// Anything else that the worker was told.
    Message(WorkerMessage),
}

open_enum! {
    /// What a worker was told, besides commands ([`docs/spec/qxl.md` section
    /// 10](crate::spec::qxl#10-recording-format-spice_worker_record_filename)).
    pub struct WorkerMessage: u32 {
        /// Render an area.
        UPDATE = 1, "UPDATE";
        /// Look at the rings.
        WAKEUP = 2, "WAKEUP";
        /// The driver is out of memory.
        OOM = 3, "OOM";
        /// Start.
        START = 8, "START";
        /// Stop.
        STOP = 9, "STOP";
        /// How images are to be coded.
        SET_COMPRESSION = 13, "SET_COMPRESSION";
        /// What is to become a video stream.
        SET_STREAMING_VIDEO = 14, "SET_STREAMING_VIDEO";
        /// Who moves the pointer.
        SET_MOUSE_MODE = 15, "SET_MOUSE_MODE";
        /// A memory slot comes.
        ADD_MEMSLOT = 16, "ADD_MEMSLOT";
        /// A memory slot goes.
        DEL_MEMSLOT = 17, "DEL_MEMSLOT";
        /// All memory slots go.
        RESET_MEMSLOTS = 18, "RESET_MEMSLOTS";
        /// All surfaces go.
        DESTROY_SURFACES = 19, "DESTROY_SURFACES";
        /// The primary surface comes.
        CREATE_PRIMARY = 20, "CREATE_PRIMARY";
        /// The primary surface goes.
        DESTROY_PRIMARY = 21, "DESTROY_PRIMARY";
        /// The pointer goes.
        RESET_CURSOR = 22, "RESET_CURSOR";
        /// Clients forget images.
        RESET_IMAGE_CACHE = 23, "RESET_IMAGE_CACHE";
        /// A surface goes; which is not recorded.
        DESTROY_SURFACE_WAIT = 24, "DESTROY_SURFACE_WAIT";
        /// Commands of a saved device.
        LOADVM_COMMANDS = 25, "LOADVM_COMMANDS";
        /// As [`UPDATE`](Self::UPDATE).
        UPDATE_ASYNC = 26, "UPDATE_ASYNC";
        /// As [`ADD_MEMSLOT`](Self::ADD_MEMSLOT).
        ADD_MEMSLOT_ASYNC = 27, "ADD_MEMSLOT_ASYNC";
        /// As [`DESTROY_SURFACES`](Self::DESTROY_SURFACES).
        DESTROY_SURFACES_ASYNC = 28, "DESTROY_SURFACES_ASYNC";
        /// As [`CREATE_PRIMARY`](Self::CREATE_PRIMARY).
        CREATE_PRIMARY_ASYNC = 29, "CREATE_PRIMARY_ASYNC";
        /// As [`DESTROY_PRIMARY`](Self::DESTROY_PRIMARY).
        DESTROY_PRIMARY_ASYNC = 30, "DESTROY_PRIMARY_ASYNC";
        /// As [`DESTROY_SURFACE_WAIT`](Self::DESTROY_SURFACE_WAIT).
        DESTROY_SURFACE_WAIT_ASYNC = 31, "DESTROY_SURFACE_WAIT_ASYNC";
        /// Render all surfaces.
        FLUSH_SURFACES_ASYNC = 32, "FLUSH_SURFACES_ASYNC";
        /// Monitors of the guest; which is not recorded.
        MONITORS_CONFIG_ASYNC = 35, "MONITORS_CONFIG_ASYNC";
        /// The driver goes.
        DRIVER_UNLOAD = 36, "DRIVER_UNLOAD";
        /// A picture of the graphics processor.
        GL_SCANOUT = 37, "GL_SCANOUT";
        /// It has changed.
        GL_DRAW_ASYNC = 38, "GL_DRAW_ASYNC";
        /// Codecs of video streams.
        SET_VIDEO_CODECS = 39, "SET_VIDEO_CODECS";
        /// The end.
        CLOSE = 40, "CLOSE";
    }
}

impl WorkerMessage {
    /// Whether it has a body: a new primary surface.
    pub(super) fn creates_primary(self) -> bool {
        matches!(self, Self::CREATE_PRIMARY | Self::CREATE_PRIMARY_ASYNC)
    }
}

impl<'r> Event<'r> {
    pub(super) fn new(
        counter: u32,
        time: u64,
        body: EventBody,
        memory: EventMemory<'r>,
        slots: &'r Slots,
    ) -> Self {
        Self { counter, time, body, memory, slots }
    }

    /// Number of the event, as the recording gives it.
    #[must_use]
    pub fn counter(&self) -> u32 {
        self.counter
    }

    /// When it happened, nanoseconds from any beginning.
    #[must_use]
    pub fn time(&self) -> u64 {
        self.time
    }

    /// What happened.
    #[must_use]
    pub fn body(&self) -> &EventBody {
        &self.body
    }

    /// The guest that has what the event holds, and nothing else.
    #[must_use]
    pub fn guest(&self) -> Guest<'_> {
        Guest { memory: &self.memory, slots: self.slots }
    }
}
