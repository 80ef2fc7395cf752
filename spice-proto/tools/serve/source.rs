//! What a source of pictures is.

use std::io;
use std::time::Duration;

use spice_proto::common::Point;
use spice_proto::display::{Head, SurfaceFmt};
use spice_proto::image::View;
use spice_proto::server::{Error, Screen};

/// What is shown, as it goes on.
pub(crate) trait Source: Send {
    /// Brings the screen up to date.
    fn show(&mut self, screen: &mut Screen) -> io::Result<()>;

    /// How long a picture stands; `None` for one that stays.
    fn period(&self) -> Option<Duration>;

    /// Takes the size that a client wishes for, if the source has pictures of any size.
    fn resize(&mut self, _width: u32, _height: u32) -> bool {
        false
    }
}

/// Puts a picture on the screen, which takes its size.
pub(crate) fn put(screen: &mut Screen, picture: &View<'_>) -> io::Result<()> {
    let (width, height) = (picture.width(), picture.height());
    let there = screen.surface(0).map(|surface| (surface.width(), surface.height()));
    if there != Some((width, height)) {
        screen.resize(width, height, SurfaceFmt::FMT_32_XRGB).map_err(io::Error::other)?;
        screen.set_heads(&[Head { monitor_id: 0, surface_id: 0, width, height, x: 0, y: 0, flags: 0 }]);
    }
    screen.put(0, Point::ORIGIN, picture).map_err(|error: Error| io::Error::other(error))
}
