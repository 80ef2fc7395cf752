//! Pictures, pixel by pixel.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use spice_proto::image::{Format, Pixmap};

/// Width, height and pixels of three bytes: red, green, blue.
pub(crate) type Picture = (u32, u32, Vec<u8>);

/// The colours of a surface.
pub(crate) fn colours(pixmap: &Pixmap) -> Picture {
    let rgb = pixmap.convert(Format::Rgb888);
    let data = rgb.data().chunks_exact(3).flat_map(|pixel| [pixel[2], pixel[1], pixel[0]]).collect();
    (rgb.width(), rgb.height(), data)
}

/// A PNG without alpha.
pub(crate) fn read_png(path: &Path) -> Picture {
    let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut reader = png::Decoder::new(BufReader::new(file)).read_info().expect("a PNG");
    let mut data = vec![0; reader.output_buffer_size().expect("a small picture")];
    let info = reader.next_frame(&mut data).expect("a PNG");
    assert_eq!(info.color_type, png::ColorType::Rgb);
    (info.width, info.height, data)
}

/// How many pixels differ, and where; None when all are the same.
pub(crate) fn difference(ours: &Picture, theirs: &Picture) -> Option<String> {
    if (ours.0, ours.1) != (theirs.0, theirs.1) {
        return Some(format!("{} x {} in place of {} x {}", ours.0, ours.1, theirs.0, theirs.1));
    }
    let pairs = ours.2.chunks(3).zip(theirs.2.chunks(3)).enumerate();
    let differing: Vec<(usize, &[u8], &[u8])> = pairs
        .filter(|(_, (one, other))| one != other)
        .map(|(place, (one, other))| (place, one, other))
        .collect();
    let width = ours.0 as usize;
    let place = |&(at, _, _): &(usize, &[u8], &[u8])| (at % width, at / width);
    let (x, y): (Vec<usize>, Vec<usize>) = differing.iter().map(place).unzip();
    let (_, one, other) = differing.first()?;
    Some(format!(
        "{} pixels differ, in x {:?}..={:?}, y {:?}..={:?}; the first is {one:?} in place of {other:?}",
        differing.len(),
        x.iter().min()?,
        x.iter().max()?,
        y.iter().min()?,
        y.iter().max()?
    ))
}

/// # Panics
/// When a pixel differs, or when all are the same colour, which would prove little.
pub(crate) fn same(what: &str, ours: &Picture, theirs: &Picture) {
    let first = theirs.2.get(..3).expect("a picture");
    assert!(theirs.2.chunks(3).any(|pixel| pixel != first), "{what}: the peer shows one colour only");
    if let Some(difference) = difference(ours, theirs) {
        panic!("{what}: {difference}");
    }
}
