//! Image codecs: the fast decoders against the plain ones of [`crate::reference`], and encoders against both.
//!
//! | oracle | bytes |
//! |---|---|
//! | [`quic_decode`] | a stream |
//! | [`quic_identity`] | type, width (2, little endian), then pixels: runs of the low seven bits of a byte |
//! | [`lz_decode`] | a stream; and type, width, height, tokens |
//! | [`lz_identity`] | type, width, height, gap between rows, then pixels (`stretch`) |
//! | [`glz_window`] | a stream; and of each image type, width, height, jump of the id, head distance, length of the tokens (2, little endian), tokens |
//! | [`glz_identity`] | size of the window; of each picture what it is, width, height and another number, pixels (`stretch`) |

use spice_proto::Limits;
use spice_proto::image::lz::{ImageType, Output, Pixels};
use spice_proto::image::{glz, lz, quic};

use super::take;
use crate::reference::lz::{Fault, Image};
use crate::reference::{self, lz::picture_order};

/// Limits with another number of pixels for an image.
#[must_use]
pub fn limits(image_pixels: u32) -> Limits {
    let mut limits = Limits::default();
    limits.image_pixels = image_pixels;
    limits
}

/// Any bytes decode to the pixels that the plain QUIC decoder gives, or to an error where it gives none.
///
/// # Panics
/// When they do not.
pub fn quic_decode(stream: &[u8]) {
    // Large enough for all phases and the tables of triples.
    quic_decoders_agree(stream, &mut quic::Decoder::new(&limits(1 << 17)), 1 << 17);
}

/// As [`quic_decode`], with a decoder of that limit.
///
/// # Panics
/// When the decoders disagree.
pub fn quic_decoders_agree(stream: &[u8], decoder: &mut quic::Decoder, pixels: u32) {
    let kind = quic::Header::parse(stream).map_or(quic::ImageType::Rgb32, |header| header.image_type());
    let plain = reference::quic::decode(stream, pixels as usize);
    match (decoder.decode(stream, kind), plain) {
        (Ok(pixels), Some(plain)) => assert!(pixels == plain.native(), "pixels differ"),
        (Err(error), None) => {
            assert!(error.offset().is_none_or(|at| at <= stream.len()), "{error}");
            assert!(!error.to_string().is_empty());
        }
        (fast, plain) => panic!("fast {:?}, plain {}", fast.err(), plain.is_some()),
    }
}

/// Any pixels survive QUIC in both directions of rows; the same stream comes out of a used encoder.
///
/// # Panics
/// When they do not.
pub fn quic_identity(mut data: &[u8]) {
    let kind = quic::ImageType::from_number(take::<1>(&mut data) % 5 + 1).expect("a type");
    let row = (take::<2>(&mut data) as usize % 700 + 1) * kind.bytes_per_pixel();
    // Bytes are spread over rows so that short inputs make tall pictures with something in them.
    let run = |&byte: &u8| std::iter::repeat_n(byte & 0x7f, 1 + usize::from(byte >> 6) * 9);
    let mut pixels: Vec<u8> = data.iter().flat_map(run).collect();
    pixels.truncate(pixels.len() / row * row);
    if kind == quic::ImageType::Rgb32 {
        pixels.chunks_exact_mut(4).for_each(|pixel| pixel[3] = 0);
    }
    let (width, height) = ((row / kind.bytes_per_pixel()) as u32, (pixels.len() / row) as u32);
    let (row, limits) = (row as isize, Limits::default());
    let (mut encoder, mut stream) = (quic::Encoder::new(), Vec::new());
    let result = encoder.encode(kind, width, height, &pixels, row, &mut stream);
    assert_eq!(result.is_ok(), height > 0);
    if height == 0 {
        return;
    }
    assert!(stream.len().is_multiple_of(4), "{} bytes", stream.len());
    assert!(quic::decode(&stream, kind, &limits).expect("a stream") == pixels, "pixels differ");
    let mut flipped = vec![0; pixels.len()];
    quic::decode_into(&stream, kind, &mut flipped, -row, &limits).expect("a stream");
    let mut again = Vec::new();
    encoder.encode(kind, width, height, &flipped, -row, &mut again).expect("a picture");
    assert!(again == stream, "streams differ");
}

/// Any bytes decode to what the plain LZ decoder gives, or to an error where it gives one.
///
/// # Panics
/// When they do not.
pub fn lz_decode(data: &[u8]) {
    let mut decoder = lz::Decoder::new(&limits(1 << 16));
    lz_decoders_agree(data, &mut decoder, 1 << 16);
    // The same tokens behind a header that holds, so that they are reached.
    if let [kind, w, h, tokens @ ..] = data {
        let (kind, w, h) = (u32::from(kind % 11) + 1, u32::from(w % 64) + 1, u32::from(*h) + 1);
        let stride = ImageType::from_code(kind).expect("a type").row_len_bytes(w) as u32;
        let head = [0x2020_5a4c, 0x1_0001, kind, w, h, stride, h & 1];
        let mut stream: Vec<u8> = head.into_iter().flat_map(u32::to_be_bytes).collect();
        stream.extend_from_slice(tokens);
        lz_decoders_agree(&stream, &mut decoder, 1 << 16);
    }
}

/// As [`lz_decode`], with a decoder of that limit; in native form and as 32-bit pixels.
///
/// # Panics
/// When the decoders disagree.
pub fn lz_decoders_agree(stream: &[u8], decoder: &mut lz::Decoder, pixels: u32) {
    let plain = reference::lz::decode(stream, pixels.into());
    let fast = decoder.decode(stream, Output::Native);
    match (&fast, &plain) {
        (Ok(fast), Ok(plain)) => {
            let row = plain.data.len() / plain.height as usize;
            assert!(fast.rows == picture_order(&plain.data, row, row, plain.top_down), "pixels differ");
        }
        (Err(fast), Err(_)) => {
            assert!(fast.offset().is_none_or(|at| at <= stream.len()), "{fast}");
            assert!(!fast.to_string().is_empty());
        }
        _ => panic!("fast {:?}, plain {:?}", fast.as_ref().err(), plain.as_ref().err()),
    }
    let palette = [0x11_2233, 0xff44_5566, 0x77_8899];
    let wide = decoder.decode(stream, Output::Bgrx { palette: &palette });
    assert_eq!(wide.is_ok(), fast.is_ok());
    if let (Ok(wide), Ok(plain)) = (wide, plain) {
        let padded = reference::lz::to_32_bit(&plain, &palette);
        let (row, keep) = (padded.len() / plain.height as usize, plain.width as usize * 4);
        assert!(wide.rows == picture_order(&padded, row, keep, plain.top_down), "32-bit pixels differ");
    }
}

/// What LZ encodes decodes to itself, save for what the format drops.
///
/// # Panics
/// When it does not.
pub fn lz_identity(mut data: &[u8]) {
    let image_type = ImageType::ALL[take::<1>(&mut data) as usize % 11];
    let (width, height) = (take::<1>(&mut data) % 128 + 1, take::<1>(&mut data) + 1);
    let gap = take::<1>(&mut data);
    let row = image_type.row_len_bytes(width) as usize;
    let stride = row + gap as usize % 8;
    let data = stretch(&mut data, stride * height as usize, (row / width as usize).max(1));
    let pixels = Pixels { image_type, width, height, stride, top_down: gap & 8 == 0, data: &data };
    lz_round_trip(&pixels, &mut lz::Encoder::new(), &mut lz::Decoder::new(&limits(u32::MAX)));
}

/// As [`lz_identity`], for that picture; the decoder must have no limit.
///
/// # Panics
/// When the pixels differ.
pub fn lz_round_trip(pixels: &Pixels<'_>, encoder: &mut lz::Encoder, decoder: &mut lz::Decoder) {
    let mut stream = vec![0xab; 3];
    encoder.encode(pixels, &mut stream).expect("a picture");
    assert_eq!(stream[..3], [0xab; 3], "the stream is appended");
    let mut stream = stream.split_off(3);
    let image = reference::lz::decode(&stream, u64::MAX).expect("a stream");
    assert_eq!((image.width, image.height, image.top_down), (pixels.width, pixels.height, pixels.top_down));
    let coded = as_coded(pixels.image_type, image.data.iter());
    assert!(coded == as_coded(pixels.image_type, native(pixels)), "pixels differ");
    lz_decoders_agree(&stream, decoder, u32::MAX);
    // No byte can be spared, and none can follow.
    assert!(decoder.decode(&stream[..stream.len() - 1], Output::Native).is_err());
    stream.push(0);
    let error = decoder.decode(&stream, Output::Native).expect_err("a byte too many");
    assert!(matches!(error.kind(), lz::ErrorKind::Trailing { .. }), "{error}");
}

/// Any streams leave the plain GLZ window and the fast one with the same images.
///
/// # Panics
/// When they do not.
pub fn glz_window(mut data: &[u8]) {
    glz_windows_agree([data], 1 << 16);
    let mut streams: Vec<Vec<u8>> = Vec::new();
    let mut id = 0_u64;
    while data.len() > 6 && streams.len() < 24 {
        let kind = take::<1>(&mut data) as u8;
        let image_type = ImageType::from_code(6 + u32::from(kind & 3)).expect("a type");
        let (w, h) = (take::<1>(&mut data) % 40 + 1, take::<1>(&mut data) % 24 + 1);
        let (jump, head) = (u64::from(take::<1>(&mut data)), take::<1>(&mut data) % 20);
        let own = id.wrapping_add(jump % 4).wrapping_sub(jump / 4 % 4);
        id = id.max(own.wrapping_add(1));
        let mut stream = vec![0x20, 0x20, 0x5a, 0x4c, 0, 1, 0, 1, image_type as u8 | kind & 16];
        let size = [w, h, image_type.row_len_bytes(w) as u32];
        stream.extend(size.into_iter().flat_map(u32::to_be_bytes));
        stream.extend(own.to_be_bytes());
        stream.extend(head.to_be_bytes());
        let len = take::<2>(&mut data) as usize;
        stream.extend_from_slice(split(&mut data, len));
        streams.push(stream);
    }
    glz_windows_agree(streams.iter().map(Vec::as_slice), 1 << 16);
}

/// As [`glz_window`], for these streams in this order.
///
/// # Panics
/// When the windows disagree.
pub fn glz_windows_agree<'a>(streams: impl IntoIterator<Item = &'a [u8]>, pixels: u32) {
    let mut window = glz::Window::new(&limits(pixels));
    let mut plain = reference::glz::Window::default();
    for stream in streams {
        let before = (Vec::from_iter(window.ids()), window.next_id());
        match (window.decode(stream), plain.decode(stream, pixels.into())) {
            (Ok(glz::Outcome::Decoded(image)), Ok((_, plain))) => {
                assert!(image.pixels() == plain.data, "pixels differ");
            }
            (Ok(glz::Outcome::Missing(id)), Err(Fault::Missing(plain))) => assert_eq!(id, plain),
            // The fast window sees from the length alone that some streams cannot be; the plain one waits.
            (Err(error), Err(Fault::Bad(_) | Fault::Missing(_))) => {
                assert!(error.offset().is_none_or(|at| at <= stream.len()), "{error}");
                assert!(!error.to_string().is_empty());
                assert_eq!(
                    (Vec::from_iter(window.ids()), window.next_id()),
                    before,
                    "a failure left a trace"
                );
            }
            (fast, plain) => panic!("fast {fast:?}, plain {:?}", plain.err()),
        }
        assert_eq!(Vec::from_iter(window.ids()), plain.held());
    }
}

/// Pictures, some of them earlier ones turned or with a byte changed, survive GLZ.
///
/// # Panics
/// When they do not.
pub fn glz_identity(mut data: &[u8]) {
    let mut past: Vec<(ImageType, u32, u32, Vec<u8>)> = Vec::new();
    let window = take::<1>(&mut data);
    while !data.is_empty() && past.len() < 16 {
        let op = take::<1>(&mut data);
        let [w, h, by] = std::array::from_fn(|_| take::<1>(&mut data));
        if op & 3 == 0 || past.is_empty() {
            let image_type = ImageType::from_code(6 + (op >> 2 & 3)).expect("a type");
            let (width, height) = (w % 64 + 1, h % 64 + 1);
            let (row, unit) =
                (image_type.row_len_bytes(width) as usize, image_type.row_len_bytes(1) as usize);
            past.push((image_type, width, height, stretch(&mut data, row * height as usize, unit)));
            continue;
        }
        let (image_type, width, height, mut pixels) = past[past.len() - 1 - by as usize % past.len()].clone();
        match op & 3 {
            1 => pixels.rotate_left((h % height) as usize * image_type.row_len_bytes(width) as usize),
            2 => {
                let at = (w * 256 + h) as usize % pixels.len();
                pixels[at] ^= by as u8 | 1;
            }
            _ => {}
        }
        past.push((image_type, width, height, pixels));
    }
    let mut encoder = glz::Encoder::new(4097 + window * 40);
    let mut windows = GlzWindows::new();
    for (image_type, width, height, data) in &past {
        let (image_type, width, height) = (*image_type, *width, *height);
        let stride = image_type.row_len_bytes(width) as usize;
        windows.round_trip(&mut encoder, &Pixels { image_type, width, height, stride, top_down: true, data });
    }
}

/// The windows that follow a [`glz::Encoder`].
#[derive(Debug)]
pub struct GlzWindows {
    fast: glz::Window,
    plain: reference::glz::Window,
}

impl GlzWindows {
    /// Both windows, at the beginning of a session.
    #[must_use]
    pub fn new() -> Self {
        Self { fast: glz::Window::new(&Limits::default()), plain: reference::glz::Window::default() }
    }

    /// Encodes a picture; both windows give it back and hold the same images.
    ///
    /// # Panics
    /// When they do not.
    pub fn round_trip(&mut self, encoder: &mut glz::Encoder, pixels: &Pixels<'_>) {
        let mut stream = Vec::new();
        let id = encoder.encode(pixels, &mut stream).expect("a picture");
        let data = as_coded(pixels.image_type, native(pixels));
        let coded = Image { kind: pixels.image_type as u32, width: 1, height: 1, top_down: true, data };
        let expected = reference::lz::to_32_bit(&coded, &[]);
        let (plain_id, image) = self.plain.decode(&stream, u64::MAX).expect("a stream");
        assert_eq!(id, plain_id);
        assert!(image.data == expected, "pixels differ");
        match self.fast.decode(&stream) {
            Ok(glz::Outcome::Decoded(image)) => assert!(image.pixels() == expected, "fast pixels differ"),
            other => panic!("{other:?}"),
        }
        assert_eq!(Vec::from_iter(self.fast.ids()), self.plain.held());
    }
}

impl Default for GlzWindows {
    fn default() -> Self {
        Self::new()
    }
}

/// The bytes of the rows, without gaps.
fn native<'a>(pixels: &Pixels<'a>) -> impl Iterator<Item = &'a u8> {
    let row = pixels.image_type.row_len_bytes(pixels.width) as usize;
    pixels.data.chunks(pixels.stride).take(pixels.height as usize).flat_map(move |chunk| &chunk[..row])
}

/// Native pixels without what LZ does not keep.
fn as_coded<'a>(image_type: ImageType, native: impl Iterator<Item = &'a u8>) -> Vec<u8> {
    let mut native: Vec<u8> = native.copied().collect();
    match image_type {
        ImageType::Rgb16 => native.chunks_mut(2).for_each(|pixel| pixel[1] &= 0x7f),
        ImageType::Rgb32 => native.chunks_mut(4).for_each(|pixel| pixel[3] = 0),
        ImageType::Xxxa => native.chunks_mut(4).for_each(|pixel| pixel[..3].fill(0)),
        _ => {}
    }
    native
}

/// Takes bytes off the front, as many as there are.
fn split<'a>(data: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (front, rest) = data.split_at(len.min(data.len()));
    *data = rest;
    front
}

/// `len` bytes for a picture out of few: literal bytes, and repetitions of what came before. Zeros when there are no more.
pub(super) fn stretch(data: &mut &[u8], len: usize, unit: usize) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::new();
    while out.len() < len {
        if data.is_empty() {
            out.resize(len, 0);
            break;
        }
        let [op, a, b] = std::array::from_fn(|_| take::<1>(data) as usize);
        if op & 1 == 0 || out.len() < unit {
            let n = 1 + (op >> 1) % 48;
            out.extend_from_slice(split(data, n));
        } else {
            let n = unit * (1 + a * (1 + (op >> 6)));
            let back = (unit * (1 + b * (1 + (op >> 4 & 3) * 7))).min(out.len());
            (0..n).for_each(|_| out.push(out[out.len() - back]));
        }
    }
    out.truncate(len);
    out
}
