//! From streams to pixels.
#![forbid(unsafe_code)]

use spice_proto::Limits;
use spice_proto::image::lz::{self, ImageType, Output};
use spice_proto::image::{glz, quic};

/// A decoded picture: B, G, R, A of each pixel, the top row first; A is 255 where the form has no alpha.
pub(crate) struct Decoded {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) bgra: Vec<u8>,
}

/// Why there is no picture.
pub(crate) enum Stop {
    /// It needs the picture with this number first.
    Missing(u64),
    /// The stream is wrong, or only too large for the limits; and the words for it.
    Refused { limit: bool, why: String },
}

impl From<quic::Error> for Stop {
    fn from(error: quic::Error) -> Self {
        Self::Refused { limit: error.is_limit(), why: error.to_string() }
    }
}

impl From<lz::Error> for Stop {
    fn from(error: lz::Error) -> Self {
        Self::Refused { limit: error.is_limit(), why: error.to_string() }
    }
}

pub(crate) fn quic(stream: &[u8]) -> Result<Decoded, Stop> {
    let header = quic::Header::parse(stream)?;
    let decode = |output| quic::decode(stream, output, &Limits::default());
    let bgra = match header.image_type() {
        quic::ImageType::Gray => {
            let grey = decode(quic::ImageType::Gray)?;
            let mut bgra = zeros(grey.len().saturating_mul(4))?;
            let pixels = bgra.as_chunks_mut::<4>().0.iter_mut();
            pixels.zip(grey).for_each(|(pixel, grey)| *pixel = [grey, grey, grey, 255]);
            bgra
        }
        quic::ImageType::Rgba => decode(quic::ImageType::Rgba)?,
        _ => opaque(decode(quic::ImageType::Rgb32)?),
    };
    Ok(Decoded { width: header.width(), height: header.height(), bgra })
}

pub(crate) fn lz(stream: &[u8], palette: &[u32]) -> Result<Decoded, Stop> {
    let lz::Picture { header, rows } =
        lz::Decoder::new(&Limits::default()).decode(stream, Output::Bgrx { palette })?;
    let has_alpha = matches!(header.image_type, ImageType::Rgba | ImageType::Xxxa | ImageType::A8);
    let bgra = if has_alpha { rows } else { opaque(rows) };
    Ok(Decoded { width: header.width, height: header.height, bgra })
}

pub(crate) fn glz(window: &mut glz::Window, stream: &[u8]) -> Result<Decoded, Stop> {
    let image = match window.decode(stream)? {
        glz::Outcome::Decoded(image) => image,
        glz::Outcome::Missing(id) => return Err(Stop::Missing(id)),
    };
    let &glz::Header { width, height, image_type, .. } = image.header();
    let mut rows = zeros(image.pixels().len())?;
    image.copy_to(&mut rows, (width as usize).saturating_mul(4))?;
    Ok(Decoded { width, height, bgra: if image_type == ImageType::Rgba { rows } else { opaque(rows) } })
}

fn zeros(len: usize) -> Result<Vec<u8>, Stop> {
    let mut zeros = Vec::new();
    let refused = |_| Stop::Refused { limit: true, why: format!("no memory for {len} bytes") };
    zeros.try_reserve_exact(len).map_err(refused)?;
    zeros.resize(len, 0);
    Ok(zeros)
}

fn opaque(mut bgrx: Vec<u8>) -> Vec<u8> {
    bgrx.as_chunks_mut::<4>().0.iter_mut().for_each(|[_, _, _, last]| *last = 255);
    bgrx
}
