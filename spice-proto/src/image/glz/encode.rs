//! From pixels to a stream, and the dictionary that goes with it.

use alloc::vec::Vec;

use super::dictionary::{Dictionary, Held};
use super::header::{Header, is_carried};
use super::search::{Job, Search, Track};
use crate::image::lz::header::Size;
use crate::image::lz::source::{Bytes, ClearQuads, ClearWords};
use crate::image::lz::{Error, ErrorKind, ImageType, Pixels, rows};
use crate::image::offset::ByteOffset;
use crate::memory::{self, OutOfMemory};

/// Encodes GLZ streams against the pictures before them: the server's side of a [`Window`](super::Window).
///
/// One encoder serves all display channels of a client that name the same dictionary id. It gives the ids; every stream
/// it makes has to be sent, once, on any of those channels, each channel's in the order they were made (§3.5).
///
/// It keeps a copy of every picture of the window: up to four bytes a pixel (five with alpha) of `window_pixels`.
#[derive(Debug)]
pub struct Encoder {
    window_pixels: u64,
    next_id: u64,
    dictionary: Dictionary,
    search: Search,
}

impl Encoder {
    /// An encoder for the window that a client declared in DISPLAY_INIT, at most 2^25 pixels; more counts as that.
    pub fn new(window_pixels: u32) -> Self {
        Self::resume(window_pixels, 0)
    }

    /// The same, with ids from `next_id` on: after a seamless migration the window is empty and ids go on (§3.6).
    pub fn resume(window_pixels: u32, next_id: u64) -> Self {
        let window_pixels = u64::from(window_pixels).min(MAX_WINDOW);
        Encoder { window_pixels, next_id, dictionary: Dictionary::default(), search: Search::default() }
    }

    /// Forgets every picture and begins with id 0 again, as for a new session; keeps the memory.
    pub fn clear(&mut self) {
        self.dictionary.make_room(u64::MAX, 0);
        self.search.clear();
        self.next_id = 0;
    }

    /// The id of the next picture.
    pub fn next_id(&self) -> u64 {
        self.next_id
    }

    /// Whether a picture of this size leaves room in the window, so that it can be encoded (§3.4).
    pub fn takes(&self, width: u32, height: u32) -> bool {
        u64::from(width).saturating_mul(height.into()) < self.window_pixels
    }

    /// Appends the stream of one picture to `out`, enters the picture in the window, and gives its id.
    ///
    /// # Errors
    /// Nothing is appended and no id used up. [`ErrorKind::Type`] for a type other than RGB16, RGB24, RGB32 and RGBA;
    /// [`Size`](ErrorKind::Size) when a side is 0; [`PixelLimit`](ErrorKind::PixelLimit) when the picture
    /// does not leave room in the window (§3.4): code it some other way; [`Buffer`](ErrorKind::Buffer) when `stride` or
    /// `data` is too short; [`OutOfMemory`](ErrorKind::OutOfMemory).
    pub fn encode(&mut self, pixels: &Pixels<'_>, out: &mut Vec<u8>) -> Result<u64, Error> {
        let Pixels { image_type, width, height, top_down, .. } = *pixels;
        if !is_carried(image_type) {
            return Err(Error::glz(ErrorKind::Type { found: image_type as u32 }, ByteOffset::at(8)));
        }
        let row = image_type.row_len_bytes(width);
        let stride = u32::try_from(row).unwrap_or(u32::MAX);
        Size { width, height, stride }.check(image_type, 9, Error::glz)?;
        let units = u64::from(width).saturating_mul(height.into());
        if units >= self.window_pixels {
            return Err(Error::glz(
                ErrorKind::PixelLimit { pixels: units, limit: self.window_pixels.saturating_sub(1) },
                ByteOffset::at(9),
            ));
        }
        let data = rows::check_source(pixels.data, pixels.stride, row as usize, height as usize, Error::glz)?;
        let pixels = Pixels { data, ..*pixels };

        let id = self.next_id;
        self.dictionary.make_room(units, self.window_pixels);
        let head = self.dictionary.head().unwrap_or(id);
        let win_head_dist = u32::try_from(id.saturating_sub(head)).unwrap_or(u32::MAX);
        let header = Header { image_type, width, height, top_down, id, win_head_dist };
        let start = out.len();
        self.dictionary.reserve().and_then(|()| memory::reserve(out, Header::LEN)).map_err(no_memory)?;
        let held = match self.dictionary.repeated(&pixels) {
            Some(_) => None,
            None => Some(self.dictionary.copy(id, &pixels)?),
        };
        header.write(out);
        let written = match &held {
            None => self.search.whole(units as usize, out),
            Some(held) => self.passes(held, &pixels, out),
        };
        written.map_err(|refused| {
            out.truncate(start);
            // It may know places of the picture that is not there now.
            self.search.clear();
            no_memory(refused)
        })?;
        match held {
            None => self.dictionary.push_repeated(id),
            Some(held) => self.dictionary.push(held),
        }
        self.next_id = id.saturating_add(1);
        Ok(id)
    }

    /// Writes the passes of a picture that is not in the window yet.
    fn passes(&mut self, held: &Held, pixels: &Pixels<'_>, out: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        let like = self.dictionary.latest_like(pixels);
        let back = like.map(|like| held.id.saturating_sub(like.id)).unwrap_or(0);
        let mut job = Job {
            own: held,
            data: &held.pixels,
            like: like.map(|like| Track { back, data: &like.pixels, shift: 0 }),
            dictionary: Some(&self.dictionary),
        };
        if held.image_type == ImageType::Rgb16 {
            return self.search.pass::<ClearWords>(&job, out);
        }
        self.search.pass::<ClearQuads>(&job, out)?;
        if held.image_type == ImageType::Rgba {
            job.data = &held.alpha;
            job.like = like.map(|like| Track { back, data: &like.alpha, shift: 0 });
            job.dictionary = None;
            self.search.pass::<Bytes>(&job, out)?;
        }
        Ok(())
    }
}

fn no_memory(OutOfMemory { bytes }: OutOfMemory) -> Error {
    Error::glz(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE)
}

/// Largest window of the protocol in pixels (§3.4).
const MAX_WINDOW: u64 = 1 << 25;
