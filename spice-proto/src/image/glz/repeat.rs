//! Recognises an image that is an earlier one again, so that the pixels can be shared instead of copied.
//!
//! A server that sends an unchanged frame codes it as matches with the same places of an earlier image, with a few
//! literals at the seams. This walk reads such a stream without writing a pixel. It gives up at the first token of any
//! other kind, in most streams at the first match.

use super::header::Header;
use super::image::Image;
use super::shelf::Shelf;
use super::token::Match;
use crate::image::lz::ImageType;
use crate::image::lz::token::MATCH;
use crate::image::lz::unit::{Byte, Quad, Quad555, Unit};

/// The image that `stream` repeats, and the offset behind the last pass.
///
/// `None` when it is not a repetition, and when anything is wrong with it: then decoding says what.
pub(crate) fn find<'s>(header: &Header, stream: &[u8], shelf: &'s Shelf) -> Option<(&'s Image, usize)> {
    let mut walk = Walk { header, stream, shelf, at: Header::LEN, repeated: None };
    match header.image_type {
        ImageType::Rgb16 => walk.pass::<Quad555>(0, 4)?,
        ImageType::Rgba => {
            walk.pass::<Quad>(0, 3)?;
            walk.pass::<Byte>(3, 1)?;
        }
        _ => walk.pass::<Quad>(0, 4)?,
    }
    Some((walk.repeated?, walk.at))
}

struct Walk<'a, 's> {
    header: &'a Header,
    stream: &'a [u8],
    shelf: &'s Shelf,
    at: usize,
    /// The image that the first match refers to.
    repeated: Option<&'s Image>,
}

impl Walk<'_, '_> {
    /// Walks one pass, whose units are the `len` bytes from `first` on of each pixel.
    fn pass<U: Unit>(&mut self, first: usize, len: usize) -> Option<()> {
        let pixels = self.header.pixels() as usize;
        let mut literals = Literals::default();
        let mut made = 0_usize;
        while made < pixels {
            let control = *self.stream.get(self.at)?;
            if control < MATCH {
                let count = usize::from(control).checked_add(1)?;
                let begin = self.at.checked_add(1)?;
                let end = begin.checked_add(count.checked_mul(U::CODED)?)?;
                literals.push(made, self.stream.get(begin..end)?)?;
                self.at = end;
                made = made.checked_add(count)?;
                continue;
            }
            let Match { length, back, pix } = Match::read(self.stream, &mut self.at)?;
            let id = self.header.id.checked_sub(back.into())?;
            if back == 0 || pix != made {
                return None;
            }
            if self.repeated.is_none() {
                let image = self.shelf.get(id).filter(|_| id >= self.shelf.oldest())?;
                let Header { image_type, width, height, .. } = *image.header();
                let own = (self.header.image_type, self.header.width, self.header.height);
                self.repeated = Some(image).filter(|_| own == (image_type, width, height));
            }
            if self.repeated?.header().id != id {
                return None;
            }
            made = made.checked_add(length)?.checked_add(U::BIAS)?;
        }
        let image = self.repeated.filter(|_| made == pixels)?;
        let same = |(at, coded): &(usize, &[u8])| same_units::<U>(image, *at, coded, first, len);
        literals.runs.iter().flatten().all(same).then_some(())
    }
}

/// The literal runs of a pass; a repetition has few.
#[derive(Default)]
struct Literals<'a> {
    runs: [Option<(usize, &'a [u8])>; MAX_RUNS],
    len: usize,
}

impl<'a> Literals<'a> {
    fn push(&mut self, at: usize, coded: &'a [u8]) -> Option<()> {
        *self.runs.get_mut(self.len)? = Some((at, coded));
        self.len = self.len.checked_add(1)?;
        Some(())
    }
}

/// True when the coded literals are the pixels of `image` from `at` on.
fn same_units<U: Unit>(image: &Image, at: usize, coded: &[u8], first: usize, len: usize) -> bool {
    let mut units = [0; 4 * 32];
    let count = coded.len().checked_div(U::CODED).unwrap_or(0);
    let Some(units) = units.get_mut(..count.saturating_mul(U::OUT)) else {
        return false;
    };
    U::expand(coded, units);
    let pixels = image.pixels().as_chunks::<4>().0.iter().skip(at);
    let mut pairs = units.chunks_exact(U::OUT).zip(pixels);
    pairs.all(|(unit, pixel)| unit.iter().take(len).eq(pixel.iter().skip(first).take(len)))
}

/// Most literal runs of a pass that are compared.
const MAX_RUNS: usize = 32;
