//! The codecs alone, for those who have a session of their own: streams in, pixels as R, G, B, A out.
#![forbid(unsafe_code)]

use spice_proto::Limits;
use spice_proto::image::lz::{self, ImageType, Output};
use spice_proto::image::{glz, quic};

/// A picture, as pages take it.
#[derive(Debug, PartialEq, Eq)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// R, G, B, A of each pixel, the top row first. Colours are as they are coded, so where a server multiplied them with the
    /// alpha they stay so. Alpha is 255 where the form has none.
    pub rgba: Vec<u8>,
}

/// Decodes a QUIC stream. Grey becomes three equal colours.
///
/// # Errors
/// Those of [`quic::Decoder::decode`], with the default [`Limits`].
pub fn decode_quic(stream: &[u8]) -> Result<Picture, quic::Error> {
    let header = quic::Header::parse(stream)?;
    let decode = |output| quic::decode(stream, output, &Limits::default());
    let rgba = match header.image_type() {
        quic::ImageType::Gray => {
            decode(quic::ImageType::Gray)?.into_iter().flat_map(|grey| [grey, grey, grey, 255]).collect()
        }
        quic::ImageType::Rgba => from_bgra(decode(quic::ImageType::Rgba)?, true),
        _ => from_bgra(decode(quic::ImageType::Rgb32)?, false),
    };
    Ok(Picture { width: header.width(), height: header.height(), rgba })
}

/// Decodes an LZ stream. `palette` has the colours, as 0x00RRGGBB, of a form with indexes. Forms that are alpha alone are black.
///
/// # Errors
/// Those of [`lz::Decoder::decode`], with the default [`Limits`].
pub fn decode_lz(stream: &[u8], palette: &[u32]) -> Result<Picture, lz::Error> {
    let lz::Picture { header, rows } =
        lz::Decoder::new(&Limits::default()).decode(stream, Output::Bgrx { palette })?;
    let has_alpha = matches!(header.image_type, ImageType::Rgba | ImageType::Xxxa | ImageType::A8);
    Ok(Picture { width: header.width, height: header.height, rgba: from_bgra(rows, has_alpha) })
}

/// What became of a GLZ stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is in the window.
    Decoded(Picture),
    /// It needs the picture with this number first, and has to be given again then.
    Missing(u64),
}

/// Decodes a GLZ stream and keeps its picture in the window of its session.
///
/// # Errors
/// Those of [`glz::Window::decode`].
pub fn decode_glz(window: &mut glz::Window, stream: &[u8]) -> Result<Outcome, lz::Error> {
    let image = match window.decode(stream)? {
        glz::Outcome::Decoded(image) => image,
        glz::Outcome::Missing(id) => return Ok(Outcome::Missing(id)),
    };
    let &glz::Header { width, height, image_type, .. } = image.header();
    let mut rows = vec![0; image.pixels().len()];
    image.copy_to(&mut rows, (width as usize).saturating_mul(4))?;
    Ok(Outcome::Decoded(Picture { width, height, rgba: from_bgra(rows, image_type == ImageType::Rgba) }))
}

fn from_bgra(mut pixels: Vec<u8>, has_alpha: bool) -> Vec<u8> {
    for pixel in pixels.as_chunks_mut::<4>().0 {
        let [blue, green, red, alpha] = *pixel;
        *pixel = [red, green, blue, if has_alpha { alpha } else { 255 }];
    }
    pixels
}
