//! What a JPEG file says about itself, found without its decoder.

use crate::image::form::{Error, ErrorKind, Form};
use crate::image::offset::ByteOffset;

/// Size and place of the pixels of a JPEG file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Header {
    /// Pixels in a row, 1 to 65,535.
    pub width: u32,
    /// Rows, 1 to 65,535.
    pub height: u32,
    /// Offset of the frame header's length.
    pub(crate) frame: usize,
    /// Offset of the first scan header.
    pub(crate) scan: usize,
    /// Whether Huffman tables come before it.
    pub(crate) has_tables: bool,
}

impl Header {
    /// Reads the segments in front of the first scan.
    ///
    /// # Errors
    /// [`ErrorKind::Jpeg`], [`Truncated`](ErrorKind::Truncated), [`Size`](ErrorKind::Size);
    /// [`UnsupportedJpeg`](ErrorKind::UnsupportedJpeg) for anything but Huffman-coded baseline, extended and progressive
    /// files of 8 bits, grey or of three components.
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        if let Some(front) = file.first_chunk::<2>()
            && *front != [0xFF, SOI]
        {
            return Err(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::NONE));
        }
        let mut at = 2_usize;
        let (mut size, mut has_tables) = (None, false);
        loop {
            let marker = next_marker(file, &mut at)?;
            match marker {
                0x01 | RST0..=RST7 => continue,
                EOI | 0x00 | SOI => return Err(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::at(at))),
                SOS => break,
                _ => {}
            }
            let segment = file.get(at..).unwrap_or_default();
            let Some((length, body)) = segment.split_first_chunk::<2>() else {
                return Err(Error::new(
                    FORM,
                    ErrorKind::Truncated { needed: 2, present: segment.len() as u64 },
                    ByteOffset::at(at),
                ));
            };
            let length = usize::from(u16::from_be_bytes(*length));
            let body_len = length.saturating_sub(2);
            if length < 2 {
                return Err(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::at(at)));
            }
            let Some(body) = body.get(..body_len) else {
                return Err(Error::new(
                    FORM,
                    ErrorKind::Truncated { needed: length as u64, present: segment.len() as u64 },
                    ByteOffset::at(at),
                ));
            };
            if matches!(marker, 0xC0..=0xCF) && !matches!(marker, DHT | JPG | DAC) {
                size = Some(frame(marker, body, at)?);
            }
            has_tables |= marker == DHT;
            at = at.saturating_add(length);
        }
        let Some((width, height, frame)) = size else {
            return Err(Error::new(FORM, ErrorKind::Jpeg, ByteOffset::at(at)));
        };
        Ok(Header { width, height, frame, scan: at, has_tables })
    }
}

/// The next marker; `at` stands behind it afterwards. Decoders step over bytes between segments, and so does this.
fn next_marker(file: &[u8], at: &mut usize) -> Result<u8, Error> {
    let mut fill = false;
    loop {
        let Some(byte) = file.get(*at) else {
            return Err(Error::new(
                FORM,
                ErrorKind::Truncated { needed: 2, present: 0 },
                ByteOffset::at(*at),
            ));
        };
        *at = at.saturating_add(1);
        match byte {
            0xFF => fill = true,
            marker if fill => return Ok(*marker),
            _ => {}
        }
    }
}

/// Width, height and place out of a frame header.
fn frame(marker: u8, body: &[u8], at: usize) -> Result<(u32, u32, usize), Error> {
    let Some((&[precision, h1, h0, w1, w0, components], _)) = body.split_first_chunk() else {
        return Err(Error::new(
            FORM,
            ErrorKind::Truncated { needed: 8, present: body.len() as u64 },
            ByteOffset::at(at),
        ));
    };
    if !matches!(marker, SOF0..=SOF2) || precision != 8 || !matches!(components, 1 | 3) {
        return Err(Error::new(FORM, ErrorKind::UnsupportedJpeg, ByteOffset::at(at)));
    }
    let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
    if width == 0 || height == 0 {
        return Err(Error::new(
            FORM,
            ErrorKind::Size { width: width.into(), height: height.into() },
            ByteOffset::at(at),
        ));
    }
    Ok((width.into(), height.into(), at))
}

const SOF0: u8 = 0xC0;
const SOF2: u8 = 0xC2;
const DHT: u8 = 0xC4;
const JPG: u8 = 0xC8;
const DAC: u8 = 0xCC;
const RST0: u8 = 0xD0;
const RST7: u8 = 0xD7;
const SOI: u8 = 0xD8;
pub(crate) const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;

const FORM: Form = Form::Jpeg;
