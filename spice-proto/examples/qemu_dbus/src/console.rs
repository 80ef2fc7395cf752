//! What QEMU's console shows, as it tells its listeners.

use std::error::Error;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use spice_proto::Limits;
use spice_proto::common::{CursorType, Point, Point16};
use spice_proto::cursor::CursorHeader;
use spice_proto::display::{Head, SurfaceFmt};
use spice_proto::image::{Format, Pixmap, View};
use spice_proto::server::Screen;
use zbus::zvariant::OwnedFd;
use zbus::{Connection, fdo};

use crate::qemu::{self, ConsoleProxy};
use crate::shared::Shared;

/// Shows what QEMU shows, until QEMU has gone.
///
/// When the firmware changes from its first picture to text, QEMU 7.2 tells a listener of the lines of the text, but not of
/// the new size; whoever registers anew is told all. So does this listener, once for each size that it was not told of.
pub async fn show(console: &ConsoleProxy<'_>, shared: &Arc<Shared>) -> Result<(), Box<dyn Error>> {
    let mut asked = None;
    loop {
        let connection = register(console, shared).await?;
        asked = tokio::select! {
            () = connection.closed() => return Ok(()),
            size = outgrown(console, shared, asked) => Some(size?),
        };
        connection.close().await?;
    }
}

/// A listener, once QEMU has forgotten the one before.
async fn register(console: &ConsoleProxy<'_>, shared: &Arc<Shared>) -> Result<Connection, Box<dyn Error>> {
    const LISTENER: &str = "/org/qemu/Display1/Listener";
    let mut patience = 50;
    loop {
        let (listener, map) = (Listener(shared.clone()), Map { shared: shared.clone(), shown: None });
        let connection = qemu::listen(
            async |socket| console.register_listener(socket).await,
            |builder| builder.serve_at(LISTENER, listener)?.serve_at(LISTENER, map),
        );
        match connection.await {
            Err(_) if patience > 0 => patience -= 1,
            done => return done,
        }
        tokio::time::sleep(LOOK / 5).await;
    }
}

/// Waits until the console has had another size than the screen at two looks, not the one that was asked for last.
async fn outgrown(
    console: &ConsoleProxy<'_>,
    shared: &Shared,
    mut asked: Option<(u32, u32)>,
) -> zbus::Result<(u32, u32)> {
    let mut before = None;
    loop {
        tokio::time::sleep(LOOK).await;
        // QEMU tells the proxy of changes; nothing is sent for these two.
        let size = (console.width().await?, console.height().await?);
        let shown = shared.state().screen.surface(0).map(|shown| (shown.width(), shown.height()));
        if shown == Some(size) {
            (asked, before) = (None, None);
        } else if before == Some(size) && asked != Some(size) {
            return Ok(size);
        } else {
            before = Some(size);
        }
    }
}

/// How often sizes are compared. The size comes on another connection than the pixels, a little sooner or later.
const LOOK: Duration = Duration::from_millis(100);

/// Pixels that come in messages, and the pointer. Messages are handled in their order.
pub struct Listener(pub Arc<Shared>);

/// Pixels in memory that QEMU shares (since QEMU 9.2).
pub struct Map {
    pub shared: Arc<Shared>,
    pub shown: Option<Shown>,
}

/// The memory that is shown.
pub struct Shown {
    memory: File,
    offset: u64,
    width: u32,
    height: u32,
    stride: u32,
    format: Format,
}

#[zbus::interface(name = "org.qemu.Display1.Listener", spawn = false)]
impl Listener {
    fn scanout(
        &self,
        width: u32,
        height: u32,
        stride: u32,
        pixman_format: u32,
        data: &[u8],
    ) -> fdo::Result<()> {
        let view = view(width, height, stride, pixman_format, data)?;
        self.0.change(|state| {
            resize(&mut state.screen, width, height)?;
            state.screen.put(0, Point::ORIGIN, &view).map_err(failed)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "the interface is QEMU's")]
    fn update(
        &self,
        x: i32,
        y: i32,
        width: i32,
        height: i32,
        stride: u32,
        pixman_format: u32,
        data: &[u8],
    ) -> fdo::Result<()> {
        let view = view(width.unsigned_abs(), height.unsigned_abs(), stride, pixman_format, data)?;
        self.0.change(|state| state.screen.put(0, Point { x, y }, &view).map_err(failed))
    }

    /// The display is off: black, as it was.
    fn disable(&self) -> fdo::Result<()> {
        self.0.change(|state| {
            let Some(surface) = state.screen.surface(0) else { return Ok(()) };
            let (width, height) = (surface.width(), surface.height());
            let black = Pixmap::new(surface.format(), width, height, &Limits::default());
            black.map_or(Ok(()), |black| state.screen.put(0, Point::ORIGIN, &black.as_view()).map_err(failed))
        })
    }

    fn mouse_set(&self, x: i32, y: i32, on: i32) {
        self.0.change(|state| {
            state.pointer.move_to(Point16 { x: x as i16, y: y as i16 });
            state.pointer.set_visible(on != 0);
        });
    }

    fn cursor_define(&self, width: i32, height: i32, hot_x: i32, hot_y: i32, data: &[u8]) -> fdo::Result<()> {
        let side = |side: i32| u16::try_from(side).map_err(failed);
        let (width, height) = (side(width)?, side(height)?);
        let (hot_spot_x, hot_spot_y) = (side(hot_x)?, side(hot_y)?);
        let header =
            CursorHeader { unique: 0, type_: CursorType::ALPHA, width, height, hot_spot_x, hot_spot_y };
        let pixels = data.get(..usize::from(width) * usize::from(height) * 4);
        let pixels = pixels.ok_or_else(|| failed("too few pixels"))?;
        self.0.change(|state| {
            state.pointer.set_shape(Some((header, pixels)));
            state.pointer.set_visible(true);
        });
        Ok(())
    }

    #[zbus(property)]
    fn interfaces(&self) -> Vec<String> {
        vec!["org.qemu.Display1.Listener.Unix.Map".into()]
    }
}

#[zbus::interface(name = "org.qemu.Display1.Listener.Unix.Map", spawn = false)]
impl Map {
    fn scanout_map(
        &mut self,
        handle: OwnedFd,
        offset: u32,
        width: u32,
        height: u32,
        stride: u32,
        pixman_format: u32,
    ) -> fdo::Result<()> {
        let memory = File::from(std::os::fd::OwnedFd::from(handle));
        let format = format(pixman_format)?;
        self.shown = Some(Shown { memory, offset: offset.into(), width, height, stride, format });
        self.shared.change(|state| resize(&mut state.screen, width, height))?;
        self.update_map(0, 0, width as i32, height as i32)
    }

    fn update_map(&mut self, x: i32, y: i32, width: i32, height: i32) -> fdo::Result<()> {
        let shown = self.shown.as_ref().ok_or_else(|| failed("nothing is shown"))?;
        let pixels = shown.read(x, y, width, height).map_err(failed)?;
        self.shared.change(|state| state.screen.put(0, Point { x, y }, &pixels.as_view()).map_err(failed))
    }
}

impl Shown {
    /// The pixels of a part as they are now, without gaps.
    fn read(&self, x: i32, y: i32, width: i32, height: i32) -> io::Result<Pixmap> {
        let side = |side: i32| u32::try_from(side).map_err(io::Error::other);
        let (x, y, width, height) = (side(x)?, side(y)?, side(width)?, side(height)?);
        if u64::from(x) + u64::from(width) > self.width.into()
            || u64::from(y) + u64::from(height) > self.height.into()
        {
            return Err(io::Error::other("outside of the screen"));
        }
        let (row, stride) = (self.format.row_len_bytes(width), u64::from(self.stride));
        let start = self.offset + u64::from(y) * stride + self.format.row_len_bytes(x);
        let mut pixels = vec![0; (row * u64::from(height)) as usize];
        if row == stride {
            self.memory.read_exact_at(&mut pixels, start)?;
        } else if row > 0 {
            for (at, pixels) in
                (start..).step_by(self.stride as usize).zip(pixels.chunks_exact_mut(row as usize))
            {
                self.memory.read_exact_at(pixels, at)?;
            }
        }
        Pixmap::from_data(self.format, width, height, pixels).map_err(|_| io::Error::other("too large"))
    }
}

/// A surface of this size; the one that is there, if it fits.
fn resize(screen: &mut Screen, width: u32, height: u32) -> fdo::Result<()> {
    if screen.surface(0).is_some_and(|there| (there.width(), there.height()) == (width, height)) {
        return Ok(());
    }
    screen.resize(width, height, SurfaceFmt::FMT_32_XRGB).map_err(failed)?;
    screen.set_heads(&[Head { monitor_id: 0, surface_id: 0, width, height, x: 0, y: 0, flags: 0 }]);
    Ok(())
}

fn view(width: u32, height: u32, stride: u32, pixman_format: u32, data: &[u8]) -> fdo::Result<View<'_>> {
    let view = View::new(format(pixman_format)?, width, height, data, stride as usize, true);
    view.ok_or_else(|| failed("too few bytes"))
}

/// Pixman's numbers: bits a pixel, order, and bits of alpha, red, green and blue, from the highest digits to the lowest.
fn format(pixman_format: u32) -> fdo::Result<Format> {
    match pixman_format {
        0x2002_0888 | 0x2002_8888 => Ok(Format::Xrgb8888),
        0x1802_0888 => Ok(Format::Rgb888),
        0x1002_0565 => Ok(Format::Rgb565),
        0x1002_0555 => Ok(Format::Xrgb1555),
        other => Err(failed(format!("pixman format {other:#010x}"))),
    }
}

fn failed(error: impl ToString) -> fdo::Error {
    fdo::Error::Failed(error.to_string())
}
