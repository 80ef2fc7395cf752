//! QEMU's D-Bus display: how to get to it, and what it can be asked. The interfaces are described in QEMU's documentation, "D-Bus
//! display".

use std::error::Error;
use std::io::{BufRead, BufReader, IoSlice, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::{Value, json};
use zbus::Connection;
use zbus::connection::Builder;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::Fd;

/// A head of a video device.
#[zbus::proxy(interface = "org.qemu.Display1.Console", default_service = "org.qemu")]
pub trait Console {
    fn register_listener(&self, listener: Fd<'_>) -> zbus::Result<()>;
    #[zbus(property)]
    fn width(&self) -> zbus::Result<u32>;
    #[zbus(property)]
    fn height(&self) -> zbus::Result<u32>;
    #[zbus(name = "SetUIInfo")]
    fn set_ui_info(
        &self,
        width_mm: u16,
        height_mm: u16,
        xoff: i32,
        yoff: i32,
        width: u32,
        height: u32,
    ) -> zbus::Result<()>;
}

/// Keys, by QEMU's numbers.
#[zbus::proxy(interface = "org.qemu.Display1.Keyboard", default_service = "org.qemu")]
pub trait Keyboard {
    fn press(&self, keycode: u32) -> zbus::Result<()>;
    fn release(&self, keycode: u32) -> zbus::Result<()>;
    #[zbus(property)]
    fn modifiers(&self) -> zbus::Result<u32>;
}

/// The pointer: a mouse or a tablet.
#[zbus::proxy(interface = "org.qemu.Display1.Mouse", default_service = "org.qemu")]
pub trait Mouse {
    fn press(&self, button: u32) -> zbus::Result<()>;
    fn release(&self, button: u32) -> zbus::Result<()>;
    fn set_abs_position(&self, x: u32, y: u32) -> zbus::Result<()>;
    fn rel_motion(&self, dx: i32, dy: i32) -> zbus::Result<()>;
    #[zbus(property)]
    fn is_absolute(&self) -> zbus::Result<bool>;
}

/// QEMU's end of the clipboard.
#[zbus::proxy(
    interface = "org.qemu.Display1.Clipboard",
    default_service = "org.qemu",
    default_path = "/org/qemu/Display1/Clipboard"
)]
pub trait Clipboard {
    fn register(&self) -> zbus::Result<()>;
    fn grab(&self, selection: u32, serial: u32, mimes: &[&str]) -> zbus::Result<()>;
    fn release(&self, selection: u32) -> zbus::Result<()>;
    fn request(&self, selection: u32, mimes: &[&str]) -> zbus::Result<(String, Vec<u8>)>;
}

/// What the machine plays.
#[zbus::proxy(
    interface = "org.qemu.Display1.Audio",
    default_service = "org.qemu",
    default_path = "/org/qemu/Display1/Audio"
)]
pub trait Audio {
    fn register_out_listener(&self, listener: Fd<'_>) -> zbus::Result<()>;
}

/// Where QEMU is.
pub enum Address {
    /// On the session's bus, for `-display dbus`.
    Session,
    /// On another bus, for `-display dbus,addr=`.
    Bus(String),
    /// Behind its QMP socket, for `-display dbus,p2p=yes`: no bus is needed.
    Qmp(String),
}

/// Connects to QEMU.
pub async fn connect(address: &Address) -> Result<Connection, Box<dyn Error>> {
    Ok(match address {
        Address::Session => there(Builder::session()?.build().await?).await?,
        Address::Bus(address) => there(Builder::address(address.as_str())?.build().await?).await?,
        Address::Qmp(path) => {
            let (ours, theirs) = UnixStream::pair()?;
            hand_over(Path::new(path), &theirs)?;
            drop(theirs);
            ours.set_nonblocking(true)?;
            Builder::unix_stream(tokio::net::UnixStream::from_std(ours)?).p2p().build().await?
        }
    })
}

/// Waits for QEMU on a bus: it takes its name there some time after it was started.
async fn there(bus: Connection) -> Result<Connection, Box<dyn Error>> {
    let names = DBusProxy::new(&bus).await?;
    for _ in 0..100 {
        if names.name_has_owner(BusName::try_from("org.qemu")?).await? {
            return Ok(bus);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("nobody is org.qemu on this bus; was QEMU started with -display dbus?".into())
}

/// Gives QEMU one end of a socket for its display, by `getfd` and `add_client`.
fn hand_over(path: &Path, socket: &UnixStream) -> Result<(), Box<dyn Error>> {
    let named = |error| format!("{}: {error}", path.display());
    let mut stream = UnixStream::connect(path).map_err(named)?;
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut answer = |wanted: &str| -> Result<(), Box<dyn Error>> {
        for line in lines.by_ref() {
            let line: Value = serde_json::from_str(&line?)?;
            if line.get(wanted).is_some() {
                return Ok(());
            }
            if let Some(error) = line.get("error") {
                return Err(format!("QMP: {}", error["desc"]).into());
            }
        }
        Err("QMP: closed".into())
    };
    answer("QMP")?;
    writeln!(stream, "{}", json!({"execute": "qmp_capabilities"}))?;
    answer("return")?;
    let command = format!("{}\n", json!({"execute": "getfd", "arguments": {"fdname": "spice"}}));
    let descriptors = [socket.as_fd()];
    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    beside.push(SendAncillaryMessage::ScmRights(&descriptors));
    sendmsg(&stream, &[IoSlice::new(command.as_bytes())], &mut beside, SendFlags::empty())?;
    answer("return")?;
    let arguments = json!({"protocol": "@dbus-display", "fdname": "spice"});
    writeln!(stream, "{}", json!({"execute": "add_client", "arguments": arguments}))?;
    answer("return")
}

/// A connection of its own between QEMU and a listener, beside the first.
pub async fn listen(
    register: impl AsyncFnOnce(Fd<'_>) -> zbus::Result<()>,
    serve: impl FnOnce(Builder<'static>) -> zbus::Result<Builder<'static>>,
) -> Result<Connection, Box<dyn Error>> {
    let (ours, theirs) = UnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let builder = Builder::unix_stream(tokio::net::UnixStream::from_std(ours)?).p2p();
    // Each may wait for the other.
    let ((), connection) = tokio::try_join!(register(Fd::from(&theirs)), serve(builder)?.build())?;
    Ok(connection)
}
