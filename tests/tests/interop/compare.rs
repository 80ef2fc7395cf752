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
/// The peer's phases are learnt first: they differ in one character. Each of our pictures has to be one of them; when one
/// is not, the text has changed in the meantime, and all starts anew. After 45 seconds that was all.
///
/// # Panics
/// When that time is over; says what differed last.
pub(crate) fn same_in_both_phases(
    what: &str,
    mut ours: impl FnMut() -> Picture,
    mut theirs: impl FnMut() -> Picture,
) {
    let (start, mut last) = (Instant::now(), None);
    let mut phases: Vec<Picture> = Vec::new();
    let mut shown = [false; 2];
    for turn in 0.. {
        assert!(start.elapsed() < Duration::from_secs(45), "{what}: phases shown {shown:?}, {last:?}");
        // Never in step with the cursor, which turns every 266 ms.
        std::thread::sleep(Duration::from_millis(turn * 61 % 266));
        let Some([one, other]) = phases.first_chunk() else {
            let picture = theirs();
            match phases.first() {
                Some(other) if *other == picture => {}
                Some(other)
                    if (other.0, other.1) == (picture.0, picture.1)
                        && changed_cells(other, &picture).len() == 1 =>
                {
                    phases.push(picture);
                }
                _ => phases = vec![picture],
            }
            continue;
        };
        let picture = ours();
        let is_shown = [picture == *one, picture == *other];
        if is_shown == [false; 2] {
            last = difference(&picture, one);
            (phases, shown) = (Vec::new(), [false; 2]);
            continue;
        }
        shown = std::array::from_fn(|phase| shown[phase] || is_shown[phase]);
        if shown == [true; 2] {
            return;
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
