//! What comes out of the front door.

use alloc::sync::Arc;

use super::{Format, Pixmap, View, glz};

/// What became of an [`Image`](crate::display::Image).
#[derive(Clone, Debug)]
pub enum Decoded<'a> {
    /// Its pixels.
    Picture(Picture<'a>),
    /// The pixels of the surface with this id, as they are now ([`docs/spec/canvas.md` §3.4](crate::spec::canvas#34-surfaces-as-images)).
    Surface(u32),
    /// It refers to something that has not arrived: another display channel of the session brings it.
    ///
    /// Nothing has changed. The message waits, and all later ones of its channel behind it, until the other channels have
    /// brought what is missing; then it is tried again.
    Waiting(Missing),
}

/// What a waiting image waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// A picture in the cache under this id.
    Pixmap(u64),
    /// A lossless picture in the cache under this id.
    Lossless(u64),
    /// The GLZ image with this id.
    Glz(u64),
}

/// Decoded pixels, wherever they are; [`view`](Self::view) gives the rows.
///
/// Rows of the message or of a buffer last as long as those; the other two forms last as long as they are held.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Picture<'a> {
    /// Rows of a raw bitmap where they stand in the message, or decoded rows in the buffer given.
    Rows(View<'a>),
    /// A picture of the pixmap cache, or one in memory of its own.
    Pixmap(Arc<Pixmap>),
    /// A picture of the GLZ window.
    Glz(Arc<glz::Image>),
}

impl Picture<'_> {
    /// The rows.
    pub fn view(&self) -> View<'_> {
        match self {
            Self::Rows(view) => *view,
            Self::Pixmap(pixmap) => pixmap.as_view(),
            Self::Glz(image) => View::of_glz(image),
        }
    }

    /// What the bytes mean: the "original" format of [`docs/spec/canvas.md` §3.1](crate::spec::canvas#31-decoded-form).
    pub fn format(&self) -> Format {
        self.view().format()
    }

    /// How many pixels wide.
    pub fn width(&self) -> u32 {
        self.view().width()
    }

    /// How many pixels high.
    pub fn height(&self) -> u32 {
        self.view().height()
    }
}
