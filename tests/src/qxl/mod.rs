//! Guests that draw at random: valid commands of every kind, from a seed.
//!
//! [`Drawings`] makes drawings that the reference executes as `docs/spec/canvas.md` says; where it is known to do something else,
//! or to end its process, they stay off, and say why. [`Guest`] writes them into memory, with surfaces that come and go.

mod drawings;
mod guest;
mod images;
mod pointers;

pub use self::drawings::Drawings;
pub use self::guest::Guest;

/// A surface that can be drawn on.
#[derive(Clone, Copy, Debug)]
pub struct Surface {
    /// Its number.
    pub id: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Pixels.
    pub format: spice_proto::display::SurfaceFmt,
}
