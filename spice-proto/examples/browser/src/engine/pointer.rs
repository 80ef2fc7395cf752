//! What the pointer looks like.

use spice_proto::Limits;
use spice_proto::canvas::cursor::{Changes, Cursor, Shape};
use spice_proto::cursor::ServerMessage;

use super::News;

/// A pointer's shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Column and row of the pixel that points.
    pub hot_spot: (u16, u16),
    /// R, G, B, A.
    pub rgba: Vec<u8>,
}

pub(super) struct Pointer(Cursor);

impl Pointer {
    pub(super) fn new(limits: &Limits) -> Self {
        Self(Cursor::new(limits))
    }

    pub(super) fn take(&mut self, message: &ServerMessage<'_>) -> Result<Option<News>, String> {
        let changes = self.0.apply(message).map_err(|error| error.to_string())?;
        if !changes.intersects(Changes::SHAPE | Changes::VISIBILITY) {
            return Ok(None);
        }
        let shape = self.0.shape().filter(|_| self.0.is_visible());
        Ok(Some(News::Pointer(shape.map(|shape| picture(shape)))))
    }
}

fn picture(shape: &Shape) -> Picture {
    let pixels = shape.pixels();
    let mut rgba = pixels.to_rgba8();
    if let Some(inversion) = shape.inversion() {
        // A page's pointer cannot invert what is below: grey is seen on black and on white.
        for (pixel, inverted) in rgba.chunks_exact_mut(4).zip(inversion.data().chunks_exact(4)) {
            if inverted != [0; 4] {
                pixel.copy_from_slice(&[128, 128, 128, 255]);
            }
        }
    }
    Picture { width: pixels.width(), height: pixels.height(), hot_spot: shape.hot_spot(), rgba }
}
