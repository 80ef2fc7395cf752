//! Pictures, pixel by pixel.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::time::{Duration, Instant};

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

/// The characters of a text screen, 9 x 16 pixels each, that are different: their columns and lines.
pub(crate) fn changed_cells(before: &Picture, after: &Picture) -> BTreeSet<(usize, usize)> {
    let pairs = before.2.chunks(3).zip(after.2.chunks(3)).enumerate();
    let width = before.0 as usize;
    let cell = |place: usize| (place % width / 9, place / width / 16);
    pairs.filter(|(_, (one, other))| one != other).map(|(place, _)| cell(place)).collect()
}

/// Compares pictures of a text screen whose cursor blinks until both of its phases have been seen, each the same in both.
///
/// `take` gives our picture and the peer's, one after the other: in between the cursor may come or go, which is a
/// difference in one character. After a minute that was all.
///
/// # Panics
/// When that minute is over; says what differed last.
pub(crate) fn same_in_both_phases(what: &str, mut take: impl FnMut() -> (Picture, Picture)) {
    let (start, mut last) = (Instant::now(), None);
    let mut seen: Vec<Picture> = Vec::new();
    while seen.len() < 2 {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "{what}: {} phases the same; {last:?}",
            seen.len()
        );
        let (ours, theirs) = take();
        let differs = difference(&ours, &theirs);
        if differs.is_some() {
            last = differs;
            continue;
        }
        let is_phase = |other: &Picture| {
            (ours.0, ours.1) == (other.0, other.1) && changed_cells(&ours, other).len() == 1
        };
        match seen.first() {
            Some(other) if *other == ours => {}
            Some(other) if is_phase(other) => seen.push(ours),
            // The first picture, or the text has changed.
            _ => seen = vec![ours],
        }
    }
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
