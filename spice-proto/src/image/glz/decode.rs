//! One pass of a GLZ stream: matches into this image and into earlier ones ([`docs/spec/lz-glz.md` §3.2](crate::spec::lz_glz#32-match-token)).

use super::image::Image;
use super::shelf::Shelf;
use super::token;
use super::token::Match;
use crate::image::lz::copy::copy_between;
use crate::image::lz::pass::{Matches, Pass};
use crate::image::lz::unit::Unit;
use crate::image::lz::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// Why a pass ended before the image was complete.
pub(crate) enum Stop {
    /// The stream is wrong.
    Bad(Error),
    /// An image with this id has to be decoded first.
    Missing(u64),
}

/// The matches of one pass, with the images they may refer to.
pub(crate) struct References<'w> {
    /// The images that are held.
    pub(crate) shelf: &'w Shelf,
    /// The id of the image that is being decoded.
    pub(crate) id: u64,
    /// Its header byte for the type.
    pub(crate) image_type: u8,
    /// True in the alpha pass: units are the fourth bytes of the pixels of other images.
    pub(crate) alpha: bool,
}

impl References<'_> {
    /// The image `back` images before this one.
    fn find(&self, back: u32, at: usize) -> Result<&Image, Stop> {
        let released = || {
            let held = self.id.saturating_sub(self.shelf.oldest());
            Stop::Bad(Error::glz(ErrorKind::Released { back, held }, ByteOffset::at(at)))
        };
        let id = self.id.checked_sub(back.into()).ok_or_else(released)?;
        if id < self.shelf.oldest() {
            return Err(released());
        }
        let image = self.shelf.get(id).ok_or(Stop::Missing(id))?;
        let other = image.header().image_type as u8;
        if other != self.image_type {
            return Err(Self::error(
                ErrorKind::TypeMismatch { found: other, own: self.image_type },
                ByteOffset::at(at),
            ));
        }
        Ok(image)
    }
}

impl Matches for References<'_> {
    type Stop = Stop;

    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "at most 17 bits")]
    fn read_plain(stream: &[u8], control: u8) -> Option<(usize, usize)> {
        let &[_, p, q] = stream.first_chunk()?;
        let short = usize::from(control & 15) | usize::from(p) << 4;
        let far = control & token::FAR != 0;
        // Other bits of q are those of the image distance, or say that another byte follows.
        let room = if far { 31 } else { 0 };
        if q > room {
            return None;
        }
        Some(((short | usize::from(q) << 12) + 1, 3))
    }

    #[allow(
        clippy::arithmetic_side_effects,
        reason = "pix has 25 bits; lengths are checked against the image"
    )]
    fn any<U: Unit>(&self, pass: &mut Pass<'_>) -> Result<(), Stop> {
        let mut at = pass.at;
        let Some(Match { length, back, pix }) = Match::read(pass.stream, &mut at) else {
            return Err(pass.truncated::<Self>(pass.stream.len().saturating_sub(pass.at).saturating_add(1)));
        };
        let count = length.saturating_add(U::BIAS);
        pass.check_room::<U, Self>(count)?;
        if back == 0 {
            pass.repeat::<U, Self>(pix + 1, count)?;
            pass.at = at;
            return Ok(());
        }
        let pixels = self.find(back, pass.at)?.pixels();
        let Some(source) = pixels.get(pix * 4..).filter(|source| source.len() / 4 >= count) else {
            let end = pix.saturating_add(count) as u64;
            return Err(Self::error(
                ErrorKind::Reference { end, pixels: (pixels.len() / 4) as u64 },
                ByteOffset::at(pass.at),
            ));
        };
        if self.alpha {
            let target = pass.out.get_mut(pass.made..).unwrap_or_default();
            for (unit, pixel) in target.iter_mut().take(count).zip(source.as_chunks::<4>().0) {
                *unit = pixel[3];
            }
        } else {
            copy_between(source, pass.out, pass.made, count * 4);
        }
        pass.made += count * U::OUT;
        pass.at = at;
        Ok(())
    }

    #[cold]
    fn error(kind: ErrorKind, offset: ByteOffset) -> Stop {
        Stop::Bad(Error::glz(kind, offset))
    }
}
