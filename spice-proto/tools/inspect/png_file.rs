//! Pictures as PNG files.

use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::path::Path;

use spice_proto::image::Format;
use spice_proto::image::View;

/// Colours as they are; alpha where there is one, without taking it out of the colours. `comment` becomes one of the
/// file.
pub(crate) fn write(path: &Path, view: &View<'_>, comment: Option<&str>) -> io::Result<()> {
    let mut encoder = png::Encoder::new(BufWriter::new(File::create(path)?), view.width(), view.height());
    encoder.set_compression(png::Compression::Fast);
    let (colour, depth) = match view.format() {
        Format::A1 => (png::ColorType::Grayscale, png::BitDepth::One),
        Format::A8 => (png::ColorType::Grayscale, png::BitDepth::Eight),
        Format::Argb8888 => (png::ColorType::Rgba, png::BitDepth::Eight),
        _ => (png::ColorType::Rgb, png::BitDepth::Eight),
    };
    encoder.set_color(colour);
    encoder.set_depth(depth);
    if let Some(comment) = comment {
        encoder.add_text_chunk("Comment".to_owned(), comment.to_owned())?;
    }
    let mut data = Vec::new();
    match view.format() {
        Format::A1 => data.extend(view.rows().flatten().map(|bits| bits.reverse_bits())),
        Format::A8 => data.extend(view.rows().flatten()),
        Format::Argb8888 => {
            data.extend(view.rows().flat_map(|row| row.as_chunks().0).flat_map(|&[b, g, r, a]| [r, g, b, a]));
        }
        _ => {
            let pixmap = view.convert(Format::Rgb888);
            data.extend(pixmap.data().as_chunks().0.iter().flat_map(|&[b, g, r]| [r, g, b]));
        }
    }
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&data)?;
    Ok(writer.finish()?)
}

/// The error with the path.
pub(crate) fn in_path(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
