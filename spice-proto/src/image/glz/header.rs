//! The 33 bytes in front of a GLZ stream ([`docs/spec/lz-glz.md` §3.1](crate::spec::lz_glz#31-stream-header-33-bytes)).

use alloc::vec::Vec;

use crate::image::lz::header::{MAGIC, Size, VERSION};
use crate::image::lz::{Error, ErrorKind, ImageType};
use crate::image::offset::ByteOffset;

/// What a GLZ stream says about itself and its place in the window ([`docs/spec/lz-glz.md` §3.1](crate::spec::lz_glz#31-stream-header-33-bytes)).
///
/// A value that came out of [`parse`](Self::parse) is consistent, as that of [`lz::Header`](crate::image::lz::Header).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Header {
    /// One of [`ImageType::Rgb16`] to [`ImageType::Rgba`].
    pub image_type: ImageType,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// True when the first coded row is the top row of the picture, false when it is the bottom row.
    pub top_down: bool,
    /// Number of the image in its dictionary, counted from 0 over all channels that share it.
    pub id: u64,
    /// How many images before this one the oldest lies that this or a later image may refer to.
    pub win_head_dist: u32,
}

impl Header {
    /// Length of the header in bytes.
    pub const LEN: usize = 4 /* magic */ + 4 /* version */ + 1 /* type, top_down */ + 4 /* width */ + 4 /* height */
        + 4 /* stride */ + 8 /* id */ + 4 /* win_head_dist */;

    /// Reads the header in front of `stream`; the passes may be missing.
    ///
    /// # Errors
    /// [`ErrorKind::Truncated`], [`Magic`](ErrorKind::Magic), [`Version`](ErrorKind::Version),
    /// [`Type`](ErrorKind::Type), [`Size`](ErrorKind::Size), [`Stride`](ErrorKind::Stride),
    /// [`HeadDistance`](ErrorKind::HeadDistance).
    pub fn parse(stream: &[u8]) -> Result<Self, Error> {
        let mut rest = stream;
        let short = || {
            Error::glz(
                ErrorKind::Truncated { needed: Self::LEN as u64, present: stream.len() as u64 },
                ByteOffset::at(0),
            )
        };
        let magic = word(&mut rest).ok_or_else(short)?;
        if magic != MAGIC {
            return Err(Error::glz(ErrorKind::Magic { found: magic }, ByteOffset::at(0)));
        }
        let version = word(&mut rest).ok_or_else(short)?;
        if version != VERSION {
            return Err(Error::glz(ErrorKind::Version { found: version }, ByteOffset::at(4)));
        }
        let (&[flags], mut rest) = rest.split_first_chunk::<1>().ok_or_else(short)?;
        let [width, height, stride, id_high, id_low, win_head_dist] = {
            let mut words = [0; 6];
            for slot in &mut words {
                *slot = word(&mut rest).ok_or_else(short)?;
            }
            words
        };
        let image_type = match ImageType::from_code(u32::from(flags & 15)) {
            Some(kind) if is_carried(kind) => kind,
            _ => return Err(Error::glz(ErrorKind::Type { found: u32::from(flags & 15) }, ByteOffset::at(8))),
        };
        Size { width, height, stride }.check(image_type, 9, Error::glz)?;
        let id = u64::from(id_high) << 32 | u64::from(id_low);
        if u64::from(win_head_dist) > id {
            return Err(Error::glz(
                ErrorKind::HeadDistance { distance: win_head_dist, id },
                ByteOffset::at(29),
            ));
        }
        Ok(Header { image_type, width, height, top_down: flags >> 4 != 0, id, win_head_dist })
    }

    /// Pixels of the image: units of each of its passes.
    pub(crate) fn pixels(&self) -> u64 {
        u64::from(self.width).saturating_mul(self.height.into())
    }

    /// Appends the header to `out`.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let stride = self.image_type.row_len_bytes(self.width) as u32;
        out.extend_from_slice(&MAGIC.to_be_bytes());
        out.extend_from_slice(&VERSION.to_be_bytes());
        out.push(self.image_type as u8 | u8::from(self.top_down) << 4);
        out.extend_from_slice(&self.width.to_be_bytes());
        out.extend_from_slice(&self.height.to_be_bytes());
        out.extend_from_slice(&stride.to_be_bytes());
        out.extend_from_slice(&self.id.to_be_bytes());
        out.extend_from_slice(&self.win_head_dist.to_be_bytes());
    }
}

/// True for the types that GLZ carries (§3.8).
pub(crate) fn is_carried(image_type: ImageType) -> bool {
    matches!(image_type, ImageType::Rgb16 | ImageType::Rgb24 | ImageType::Rgb32 | ImageType::Rgba)
}

fn word(rest: &mut &[u8]) -> Option<u32> {
    let (word, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(u32::from_be_bytes(*word))
}
