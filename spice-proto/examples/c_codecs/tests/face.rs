//! The functions as C calls them. Small enough for Miri, which sees what is read, written and freed wrongly:
//! `cargo +nightly miri test`. Pixels of all vectors are compared by the tests of the repository.

use std::ffi::CStr;
use std::ptr::{null, null_mut};
use std::slice;

use spice_codecs::face::*;
use spice_proto::image::{glz, lz, quic};

const COLOURS: [u8; 24] = [
    10, 20, 30, 0, 10, 20, 30, 0, 10, 20, 30, 0, //
    40, 50, 60, 0, 10, 20, 30, 0, 10, 20, 30, 0,
];

/// Frees the picture.
fn pixels(status: i32, picture: *const Picture) -> Vec<u8> {
    assert_eq!(status, OK, "{}", words());
    // SAFETY: a picture that was just given, with its length.
    let bytes = unsafe {
        let Picture { width, height, length, pixels } = *picture;
        assert_eq!((width, height, length), (3, 2, 24));
        slice::from_raw_parts(pixels, length).to_vec()
    };
    // SAFETY: it is used no more.
    unsafe { spice_codecs_picture_free(picture) };
    bytes
}

fn words() -> String {
    // SAFETY: this thread makes no other call meanwhile.
    unsafe { CStr::from_ptr(spice_codecs_error()) }.to_string_lossy().into_owned()
}

fn opaque() -> Vec<u8> {
    COLOURS.chunks(4).flat_map(|p| [p[0], p[1], p[2], 255]).collect()
}

fn quic(stream: &[u8]) -> (i32, *const Picture) {
    let mut picture = null();
    // SAFETY: a slice and a place for a pointer.
    (unsafe { spice_codecs_quic(stream.as_ptr(), stream.len(), &mut picture) }, picture)
}

fn glz(window: *mut Window, stream: &[u8], missing: *mut u64) -> (i32, *const Picture) {
    let mut picture = null();
    // SAFETY: a window that lives, a slice and places to write to.
    (unsafe { spice_codecs_glz(window, stream.as_ptr(), stream.len(), &mut picture, missing) }, picture)
}

#[test]
fn quic_is_decoded_and_refused() {
    let mut stream = Vec::new();
    quic::encode(quic::ImageType::Rgb32, 3, 2, &COLOURS, 12, &mut stream).expect("a picture");
    let (status, picture) = quic(&stream);
    assert_eq!(pixels(status, picture), opaque());

    let (status, picture) = quic(&stream[..24]);
    assert_eq!((status, picture), (BAD_STREAM, null()));
    assert!(!words().is_empty());
    // 2^16 by 2^13 - 1 pixels.
    stream[12..20].copy_from_slice(&[0, 0, 1, 0, 0xff, 0x1f, 0, 0]);
    assert_eq!(quic(&stream).0, LIMIT, "{}", words());
}

#[test]
fn lz_takes_a_palette() {
    // Indexes of one byte.
    let indexes = [0, 0, 0, 1, 0, 0];
    let mut stream = Vec::new();
    let coded = lz::Pixels {
        image_type: lz::ImageType::Plt8,
        width: 3,
        height: 2,
        stride: 3,
        top_down: true,
        data: &indexes,
    };
    lz::Encoder::new().encode(&coded, &mut stream).expect("a picture");
    let palette = [0x1e_140a, 0x3c_3228];
    let mut picture = null();
    // SAFETY: slices and a place for a pointer.
    let status = unsafe {
        spice_codecs_lz(stream.as_ptr(), stream.len(), palette.as_ptr(), palette.len(), &mut picture)
    };
    assert_eq!(pixels(status, picture), opaque());
    // SAFETY: no colours at no place.
    let status = unsafe { spice_codecs_lz(stream.as_ptr(), stream.len(), null(), 0, &mut picture) };
    assert_eq!((status, picture), (BAD_STREAM, null()));
}

#[test]
fn pictures_outlive_their_window() {
    let mut encoder = glz::Encoder::new(1 << 16);
    let streams: [Vec<u8>; 2] = std::array::from_fn(|_| {
        let mut stream = Vec::new();
        let coded = lz::Pixels {
            image_type: lz::ImageType::Rgb32,
            width: 3,
            height: 2,
            stride: 12,
            top_down: true,
            data: &COLOURS,
        };
        encoder.encode(&coded, &mut stream).expect("a picture");
        stream
    });
    let window = spice_codecs_window_new();
    let mut missing = 7;
    assert_eq!(glz(window, &streams[1], &mut missing), (MISSING, null()));
    assert_eq!((missing, words().as_str()), (0, "picture 0 has to come first"));
    assert_eq!(glz(window, &streams[1], null_mut()).0, MISSING);
    let first = glz(window, &streams[0], &mut missing);
    let second = glz(window, &streams[1], &mut missing);
    // SAFETY: it is used no more.
    unsafe { spice_codecs_window_free(window) };
    assert_eq!(pixels(first.0, first.1), opaque());
    assert_eq!(pixels(second.0, second.1), opaque());
}

#[test]
fn null_is_an_argument_that_is_refused() {
    let mut picture = null();
    // SAFETY: NULL is allowed everywhere.
    unsafe {
        assert_eq!(spice_codecs_quic(null(), 5, &mut picture), BAD_ARGUMENT);
        assert_eq!(spice_codecs_quic(null(), 0, &mut picture), BAD_STREAM);
        assert_eq!(spice_codecs_quic(null(), 0, null_mut()), BAD_ARGUMENT);
        assert_eq!(spice_codecs_lz([0].as_ptr(), 1, null(), 2, &mut picture), BAD_ARGUMENT);
        assert_eq!(spice_codecs_glz(null_mut(), [0].as_ptr(), 1, &mut picture, null_mut()), BAD_ARGUMENT);
        spice_codecs_window_free(null_mut());
        spice_codecs_picture_free(null());
    }
    assert!(picture.is_null());
}
