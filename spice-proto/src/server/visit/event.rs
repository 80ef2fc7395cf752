//! What happens in a visit.

use alloc::vec::Vec;
use core::fmt;

use bytes::Bytes;

use super::error::Failure;
use crate::agent::{AgentMonConfig, ClipboardSelection, ClipboardType, FileOffer, RawMessage};
use crate::channel::{Any, FromClient, Received};
use crate::common::{AudioDataMode, MouseMode};
use crate::inputs::{KeyboardModifierFlags, MouseButton, MouseButtonMask};
use crate::port::PortEventType;
use crate::wire::CapabilitySet;

/// What happens in a visit; events own what they carry.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The channel is there; what the client announced for it.
    Joined(CapabilitySet),
    /// The channel is gone.
    Left,
    /// The channel has ended, since its client broke the rules: close its connection. With main all others go.
    Failed(Failure),
    /// A message of a channel that is the caller's to lead, or one that the visit has no use for.
    Message(Received<FromClient<Any>>),

    /// A key went down: scan code of set 1, its bytes from low to high until a zero byte.
    KeyDown(u32),
    /// A key went up; the code as in `KeyDown`, with bit 7 set in its last byte.
    KeyUp(u32),
    /// Any sequence of scan code bytes.
    Scancodes(Bytes),
    /// Sets the lock keys of the guest.
    Modifiers(KeyboardModifierFlags),
    /// The pointer moved, in mouse mode SERVER.
    Motion {
        /// Pixels to the right.
        dx: i32,
        /// Pixels down.
        dy: i32,
        /// Buttons that are held.
        buttons: MouseButtonMask,
    },
    /// The pointer is somewhere, in mouse mode CLIENT.
    Position {
        /// Column, pixels.
        x: u32,
        /// Row, pixels.
        y: u32,
        /// Number of the display channel.
        display: u8,
        /// Buttons that are held.
        buttons: MouseButtonMask,
    },
    /// A button went down; the wheel is [`Wheel`](Event::Wheel).
    ButtonDown(MouseButton, MouseButtonMask),
    /// A button went up.
    ButtonUp(MouseButton, MouseButtonMask),
    /// The wheel turned by a step: -1 is up, 1 is down.
    Wheel(i32),

    /// Another mouse mode is in force: the client asked for it, and was told.
    MouseMode(MouseMode),
    /// The line was measured: see [`Visit::quality`](super::Visit::quality).
    Measured,

    /// The client has said what it can do with an agent: from now on clipboards can be shared.
    AgentReady,
    /// The client has something new in a clipboard, in these types.
    ClipboardOffered(ClipboardSelection, Vec<ClipboardType>),
    /// The client wants what was grabbed: [`Visit::provide`](super::Visit::provide) it.
    ClipboardWanted(ClipboardSelection, ClipboardType),
    /// What [`Visit::request`](super::Visit::request) asked for; type NONE when there is nothing.
    ClipboardData(ClipboardSelection, ClipboardType, Bytes),
    /// The client has nothing in a clipboard any more.
    ClipboardReleased(ClipboardSelection),
    /// The client wants monitors of these sizes, in this order; it was told that this is well.
    Monitors(Vec<AgentMonConfig>),
    /// The client has a file: [`Visit::accept_file`](super::Visit::accept_file) it, or refuse it.
    FileOffered(u32, FileOffer),
    /// The next bytes of a file.
    FileData(u32, Bytes),
    /// The last bytes of a file: when they are stored, [`Visit::finish_file`](super::Visit::finish_file).
    FileLast(u32, Bytes),
    /// No more comes of a file: the client has given it up, or broken the rules and was told.
    FileCancelled(u32),
    /// Another message to the agent.
    Agent(RawMessage),

    /// How what is recorded is coded.
    RecordMode(AudioDataMode),
    /// When the first sample was recorded: mm_time, ms.
    RecordStarted(u32),
    /// What was recorded, and when: mm_time, ms.
    RecordData(u32, Bytes),

    /// Bytes from a port.
    PortData(Bytes),
    /// The client opened or closed the port, or sent a break.
    PortEvent(PortEventType),

    /// The client is linked to the destination of the migration, ready to go on there seamlessly or not:
    /// [`Request::ClientConnected`](crate::session::Request::ClientConnected).
    MigrationConnected {
        /// Whether the destination has agreed to go on seamlessly.
        seamless: bool,
    },
    /// The client cannot reach the destination: [`Visit::switch_host`](super::Visit::switch_host) when the guest has
    /// moved.
    MigrationFailed,
    /// The client has moved here.
    MigrationArrived,
}

/// Clipboards, files, sound and keys are private: only their kind is shown.
impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = |f: &mut fmt::Formatter<'_>, name: &str, bytes: &Bytes| {
            write!(f, "{name}({} bytes)", bytes.len())
        };
        match self {
            Self::Joined(capabilities) => f.debug_tuple("Joined").field(capabilities).finish(),
            Self::Left => f.write_str("Left"),
            Self::Failed(failure) => f.debug_tuple("Failed").field(failure).finish(),
            Self::Message(message) => f.debug_tuple("Message").field(message).finish(),
            Self::KeyDown(_) => f.write_str("KeyDown"),
            Self::KeyUp(_) => f.write_str("KeyUp"),
            Self::Scancodes(data) => bytes(f, "Scancodes", data),
            Self::Modifiers(flags) => f.debug_tuple("Modifiers").field(flags).finish(),
            Self::Motion { dx, dy, buttons } => {
                f.debug_struct("Motion").field("dx", dx).field("dy", dy).field("buttons", buttons).finish()
            }
            Self::Position { x, y, display, buttons } => f
                .debug_struct("Position")
                .field("x", x)
                .field("y", y)
                .field("display", display)
                .field("buttons", buttons)
                .finish(),
            Self::ButtonDown(button, _) => f.debug_tuple("ButtonDown").field(button).finish(),
            Self::ButtonUp(button, _) => f.debug_tuple("ButtonUp").field(button).finish(),
            Self::Wheel(steps) => f.debug_tuple("Wheel").field(steps).finish(),
            Self::MouseMode(mode) => f.debug_tuple("MouseMode").field(mode).finish(),
            Self::Measured => f.write_str("Measured"),
            Self::AgentReady => f.write_str("AgentReady"),
            Self::ClipboardOffered(selection, types) => {
                f.debug_tuple("ClipboardOffered").field(selection).field(types).finish()
            }
            Self::ClipboardWanted(selection, type_) => {
                f.debug_tuple("ClipboardWanted").field(selection).field(type_).finish()
            }
            Self::ClipboardData(_, _, data) => bytes(f, "ClipboardData", data),
            Self::ClipboardReleased(selection) => {
                f.debug_tuple("ClipboardReleased").field(selection).finish()
            }
            Self::Monitors(monitors) => f.debug_tuple("Monitors").field(monitors).finish(),
            Self::FileOffered(id, _) => f.debug_tuple("FileOffered").field(id).finish(),
            Self::FileData(_, data) => bytes(f, "FileData", data),
            Self::FileLast(_, data) => bytes(f, "FileLast", data),
            Self::FileCancelled(id) => f.debug_tuple("FileCancelled").field(id).finish(),
            Self::Agent(message) => f.debug_tuple("Agent").field(message).finish(),
            Self::RecordMode(mode) => f.debug_tuple("RecordMode").field(mode).finish(),
            Self::RecordStarted(time) => f.debug_tuple("RecordStarted").field(time).finish(),
            Self::RecordData(_, data) => bytes(f, "RecordData", data),
            Self::PortData(data) => bytes(f, "PortData", data),
            Self::PortEvent(event) => f.debug_tuple("PortEvent").field(event).finish(),
            Self::MigrationConnected { seamless } => {
                f.debug_struct("MigrationConnected").field("seamless", seamless).finish()
            }
            Self::MigrationFailed => f.write_str("MigrationFailed"),
            Self::MigrationArrived => f.write_str("MigrationArrived"),
        }
    }
}
