//! The client's side of GLZ: streams become images, and the images stay as long as later ones may refer to them
//! ([`docs/spec/lz-glz.md` §3.3](crate::spec::lz_glz#33-decoded-images), §3.5).
//!
//! The shelf knows the images by id. The window around it decodes, counts bytes, and uses buffers again.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::decode::{References, Stop};
use super::header::Header;
use super::image::Image;
use super::repeat;
use super::shelf::Shelf;
use crate::Limits;
use crate::image::lz::convert::merge_alpha;
use crate::image::lz::decode::grow;
use crate::image::lz::pass::decode_pass;
use crate::image::lz::token::MAX_UNITS_PER_BYTE;
use crate::image::lz::unit::{Byte, Quad, Quad555};
use crate::image::lz::{Error, ErrorKind, ImageType};
use crate::image::offset::ByteOffset;
use crate::memory::OutOfMemory;

/// The images of one GLZ dictionary, and the decoder that fills it.
///
/// One window serves all display channels that name the same dictionary id: hand it the streams of all of them, each
/// channel's in their order. It belongs to one session; a new connection needs [`clear`](Self::clear) (§3.6). Surface
/// and cache messages do not touch it.
///
/// Buffers of released images that nobody else holds are used again, so a warm window allocates nothing but what it
/// hands out.
#[derive(Debug)]
pub struct Window {
    image_pixels: u64,
    /// Most bytes that the window holds: 4 a pixel and at least 256 an image, buffers kept for reuse included.
    window_bytes: u64,
    shelf: Shelf,
    /// Charge of the images on the shelf and the spare buffers.
    bytes: u64,
    spare: Vec<Vec<u8>>,
    alpha: Vec<u8>,
}

/// What became of a stream.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The image is in the window. Later images may release it from there; this handle stays.
    Decoded(Arc<Image>),
    /// It refers to the image with this id, which has not arrived yet: it travels on another channel (§3.5).
    ///
    /// Nothing has changed. Give the same stream again when that image has been decoded; until then later messages of
    /// this channel wait, while the other channels must be read on.
    Missing(u64),
}

impl Window {
    /// An empty window at the beginning of a session.
    ///
    /// It takes images of [`Limits::image_pixels`], at most 2^25 pixels, and holds 16 bytes for each pixel of
    /// [`Limits::glz_window_pixels`]: four times as many pixels, since the C server may keep referring to more than was
    /// declared (§3.4). An image counts 4 bytes a pixel and at least 256; so do buffers kept for reuse.
    pub fn new(limits: &Limits) -> Self {
        Window {
            image_pixels: u64::from(limits.image_pixels).min(MAX_IMAGE),
            window_bytes: u64::from(limits.glz_window_pixels).saturating_mul(4 * 4),
            shelf: Shelf::default(),
            bytes: 0,
            spare: Vec::new(),
            alpha: Vec::new(),
        }
    }

    /// Decodes one stream and enters the image, also when it will not be drawn: later ones may refer to it.
    ///
    /// # Errors
    /// Those of [`Header::parse`]; [`ErrorKind::PixelLimit`], [`Implausible`](ErrorKind::Implausible),
    /// [`DuplicateId`](ErrorKind::DuplicateId), [`WindowLimit`](ErrorKind::WindowLimit),
    /// [`OutOfMemory`](ErrorKind::OutOfMemory); then those of tokens: [`Truncated`](ErrorKind::Truncated),
    /// [`Overrun`](ErrorKind::Overrun), [`Distance`](ErrorKind::Distance), [`Released`](ErrorKind::Released),
    /// [`TypeMismatch`](ErrorKind::TypeMismatch), [`Reference`](ErrorKind::Reference).
    /// After an error the window is as it was before.
    pub fn decode(&mut self, stream: &[u8]) -> Result<Outcome, Error> {
        let header = self.admit(stream)?;
        if let Some((image, end)) = repeat::find(&header, stream, &self.shelf) {
            let pixels = image.share_pixels();
            return self.enter(header, pixels, stream.len().saturating_sub(end));
        }
        let len = header.pixels().saturating_mul(4) as usize;
        let mut pixels = self.buffer(len)?;
        match self.passes(&header, stream, &mut pixels) {
            Ok(end) => self.enter(header, Arc::new(pixels), stream.len().saturating_sub(end)),
            Err(stop) => {
                self.keep(pixels);
                match stop {
                    Stop::Missing(id) => Ok(Outcome::Missing(id)),
                    Stop::Bad(error) => Err(error),
                }
            }
        }
    }

    /// Forgets every image and counter, as for a new session; a few buffers stay for reuse.
    pub fn clear(&mut self) {
        for image in core::mem::take(&mut self.shelf).into_images() {
            self.drop_image(image);
        }
    }

    /// The image with this id, if it is held.
    pub fn get(&self, id: u64) -> Option<&Arc<Image>> {
        self.shelf.slot(id)
    }

    /// The ids that are held, in rising order.
    pub fn ids(&self) -> impl Iterator<Item = u64> + '_ {
        self.shelf.images().map(|image| image.header().id)
    }

    /// The smallest id that has not been decoded.
    pub fn next_id(&self) -> u64 {
        self.shelf.next()
    }

    /// Bytes that the window holds now, as counted for [`Limits::glz_window_pixels`].
    pub fn len_bytes(&self) -> u64 {
        self.bytes
    }

    /// Puts a decoded image into the window and drops what may go.
    fn enter(&mut self, header: Header, pixels: Arc<Vec<u8>>, trailing: usize) -> Result<Outcome, Error> {
        // Shared pixels count for every image that has them, so that dropping one is simple and never counts too little.
        let bytes = self.bytes.saturating_add(charge(&pixels));
        if bytes > self.window_bytes {
            return Err(Error::glz(
                ErrorKind::WindowLimit { bytes, limit: self.window_bytes },
                ByteOffset::at(9),
            ));
        }
        let no_memory =
            |OutOfMemory { bytes }| Error::glz(ErrorKind::OutOfMemory { bytes }, ByteOffset::NONE);
        self.shelf.reserve().map_err(no_memory)?;
        self.bytes = bytes;
        let image = Arc::new(Image::new(header, pixels, trailing));
        self.shelf.insert(Arc::clone(&image));
        while let Some(image) = self.shelf.release() {
            self.drop_image(image);
        }
        Ok(Outcome::Decoded(image))
    }

    /// Reads the header and applies every check that needs no token.
    fn admit(&self, stream: &[u8]) -> Result<Header, Error> {
        let header = Header::parse(stream)?;
        let pixels = header.pixels();
        if pixels > self.image_pixels {
            return Err(Error::glz(
                ErrorKind::PixelLimit { pixels, limit: self.image_pixels },
                ByteOffset::at(9),
            ));
        }
        let bytes = stream.len().saturating_sub(Header::LEN) as u64;
        let possible = bytes.saturating_mul(MAX_UNITS_PER_BYTE);
        if pixels > possible {
            return Err(Error::glz(
                ErrorKind::Implausible { units: pixels, possible },
                ByteOffset::at(Header::LEN),
            ));
        }
        if header.id < self.shelf.next() || self.shelf.get(header.id).is_some() {
            return Err(Error::glz(
                ErrorKind::DuplicateId { id: header.id, next: self.shelf.next() },
                ByteOffset::at(21),
            ));
        }
        Ok(header)
    }

    /// Decodes all passes; gives the offset behind the last one.
    fn passes(&mut self, header: &Header, stream: &[u8], pixels: &mut [u8]) -> Result<usize, Stop> {
        let mut references = References {
            shelf: &self.shelf,
            id: header.id,
            image_type: header.image_type as u8,
            alpha: false,
        };
        if header.image_type == ImageType::Rgb16 {
            return decode_pass::<Quad555, _>(stream, Header::LEN, pixels, &references);
        }
        let end = decode_pass::<Quad, _>(stream, Header::LEN, pixels, &references)?;
        if header.image_type != ImageType::Rgba {
            return Ok(end);
        }
        let len = header.pixels() as usize;
        grow(&mut self.alpha, len, Error::glz).map_err(Stop::Bad)?;
        let alpha = self.alpha.get_mut(..len).unwrap_or_default();
        references.alpha = true;
        let end = decode_pass::<Byte, _>(stream, end, alpha, &references)?;
        merge_alpha(alpha, pixels);
        Ok(end)
    }

    /// A buffer of exactly `len` bytes, a spare one if there is a fitting one. Its content has no meaning.
    fn buffer(&mut self, len: usize) -> Result<Vec<u8>, Error> {
        let generous = len.saturating_mul(2).saturating_add(MIN_CHARGE as usize);
        let fits = |spare: &Vec<u8>| (len..=generous).contains(&spare.capacity());
        let mut buffer = match self.spare.iter().position(fits) {
            Some(i) => {
                let spare = self.spare.swap_remove(i);
                self.bytes = self.bytes.saturating_sub(charge(&spare));
                spare
            }
            None => Vec::new(),
        };
        let mut wanted = self.wanted(&buffer, len);
        while wanted > self.window_bytes {
            let Some(spare) = self.spare.pop() else {
                self.keep(buffer);
                return Err(Error::glz(
                    ErrorKind::WindowLimit { bytes: wanted, limit: self.window_bytes },
                    ByteOffset::at(9),
                ));
            };
            self.bytes = self.bytes.saturating_sub(charge(&spare));
            wanted = self.wanted(&buffer, len);
        }
        buffer.truncate(len);
        grow(&mut buffer, len, Error::glz)?;
        Ok(buffer)
    }

    /// Bytes of the window with one more image of `len` bytes in `buffer`.
    fn wanted(&self, buffer: &Vec<u8>, len: usize) -> u64 {
        self.bytes.saturating_add(charge(buffer).max(len as u64))
    }

    /// Forgets an image; its buffer is used again unless somebody holds it, an equal image included.
    fn drop_image(&mut self, image: Arc<Image>) {
        self.bytes = self.bytes.saturating_sub(charge(image.buffer()));
        if let Some(buffer) = Arc::into_inner(image).and_then(Image::into_buffer) {
            self.keep(buffer);
        }
    }

    /// Keeps a buffer for the next image, unless there are enough.
    fn keep(&mut self, buffer: Vec<u8>) {
        if buffer.capacity() == 0 || self.spare.len() >= MAX_SPARE {
            return;
        }
        let bytes = self.bytes.saturating_add(charge(&buffer));
        if bytes <= self.window_bytes {
            self.bytes = bytes;
            self.spare.push(buffer);
        }
    }
}

/// What a buffer counts for in the bound of a window.
fn charge(buffer: &Vec<u8>) -> u64 {
    (buffer.capacity() as u64).max(MIN_CHARGE)
}

/// Least charge of an image in bytes, for the book-keeping around it.
const MIN_CHARGE: u64 = 256;

/// Most pixels of one image (§3.4).
const MAX_IMAGE: u64 = 1 << 25;

/// Most buffers that are kept for reuse.
const MAX_SPARE: usize = 4;
