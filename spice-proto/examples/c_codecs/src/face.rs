//! What C sees. Each function says what its caller has to see to; nothing else is needed for it to be sound.
//!
//! A panic, which would be a defect, ends the process rather than going on into C.

use std::cell::RefCell;
use std::ffi::{CString, c_char, c_int};
use std::{ptr, slice};

use spice_proto::Limits;
use spice_proto::image::glz;

use crate::decode::{self, Decoded, Stop};

/// There is a picture.
pub const OK: c_int = 0;
/// A GLZ stream needs another picture first.
pub const MISSING: c_int = 1;
/// The stream is wrong.
pub const BAD_STREAM: c_int = 2;
/// The stream wants more than the limits allow, or more memory than there is.
pub const LIMIT: c_int = 3;
/// A pointer is NULL where there has to be one.
pub const BAD_ARGUMENT: c_int = 4;

/// `struct spice_codecs_picture`.
#[repr(C)]
#[derive(Debug)]
pub struct Picture {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Bytes of `pixels`: four times width times height.
    pub length: usize,
    /// B, G, R, A of each pixel, the top row first.
    pub pixels: *const u8,
}

/// `struct spice_codecs_window`: the pictures that GLZ streams of a session may refer to.
#[derive(Debug)]
pub struct Window(glz::Window);

thread_local! {
    static ERROR: RefCell<CString> = RefCell::default();
}

/// Decodes a QUIC stream.
///
/// # Safety
/// As [`give`] and [`bytes`] say of `picture` and of `stream` with `length`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spice_codecs_quic(
    stream: *const u8,
    length: usize,
    picture: *mut *const Picture,
) -> c_int {
    // SAFETY: the caller has promised as much.
    let decoded = unsafe { bytes(stream, length) }.map(decode::quic);
    // SAFETY: the caller has promised as much.
    unsafe { give(decoded, picture, ptr::null_mut()) }
}

/// Decodes an LZ stream.
///
/// # Safety
/// As [`give`] and [`bytes`] say of `picture`, and of `stream` with `length` and `palette` with `colours`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spice_codecs_lz(
    stream: *const u8,
    length: usize,
    palette: *const u32,
    colours: usize,
    picture: *mut *const Picture,
) -> c_int {
    // SAFETY: the caller has promised as much.
    let given = unsafe { bytes(stream, length).zip(bytes(palette, colours)) };
    let decoded = given.map(|(stream, palette)| decode::lz(stream, palette));
    // SAFETY: the caller has promised as much.
    unsafe { give(decoded, picture, ptr::null_mut()) }
}

/// A window, to be freed by [`spice_codecs_window_free`].
#[unsafe(no_mangle)]
pub extern "C" fn spice_codecs_window_new() -> *mut Window {
    Box::into_raw(Box::new(Window(glz::Window::new(&Limits::default()))))
}

/// Decodes a GLZ stream into a window.
///
/// # Safety
/// As [`give`] and [`bytes`] say of `picture`, `missing`, and `stream` with `length`. `window` is NULL or comes from
/// [`spice_codecs_window_new`], has not been freed, and nothing else uses it meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spice_codecs_glz(
    window: *mut Window,
    stream: *const u8,
    length: usize,
    picture: *mut *const Picture,
    missing: *mut u64,
) -> c_int {
    // SAFETY: the caller has promised as much.
    let given = unsafe { window.as_mut().zip(bytes(stream, length)) };
    let decoded = given.map(|(window, stream)| decode::glz(&mut window.0, stream));
    // SAFETY: the caller has promised as much.
    unsafe { give(decoded, picture, missing) }
}

/// Frees a window. Pictures that came out of it stay.
///
/// # Safety
/// `window` is NULL or comes from [`spice_codecs_window_new`], and nobody uses it any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spice_codecs_window_free(window: *mut Window) {
    if !window.is_null() {
        // SAFETY: it was a box, and the caller gives it back for the only time.
        drop(unsafe { Box::from_raw(window) });
    }
}

/// Frees a picture and its pixels.
///
/// # Safety
/// `picture` is NULL or was given by a function here, is unchanged, and nobody uses it or its pixels any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn spice_codecs_picture_free(picture: *const Picture) {
    if !picture.is_null() {
        // SAFETY: it was a box, and the caller gives it back for the only time.
        let Picture { length, pixels, .. } = *unsafe { Box::from_raw(picture.cast_mut()) };
        // SAFETY: the pixels were a box of this length, which nobody has changed.
        drop(unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(pixels.cast_mut(), length)) });
    }
}

/// What was wrong in this thread's last call that gave no picture: English, UTF-8, empty before there was any. It stays until
/// the thread's next call.
#[unsafe(no_mangle)]
pub extern "C" fn spice_codecs_error() -> *const c_char {
    ERROR.with_borrow(|error| error.as_ptr())
}

/// What a caller of C has given; none for a NULL with a length.
///
/// # Safety
/// `start` is NULL, or `length` values can be read there, and nothing writes to them during the call.
unsafe fn bytes<'a, T>(start: *const T, length: usize) -> Option<&'a [T]> {
    match (start.is_null(), length) {
        (_, 0) => Some(&[]),
        (true, _) => None,
        // No object of C has more bytes than this either.
        (false, _) if length <= isize::MAX as usize / size_of::<T>() => {
            // SAFETY: the caller has promised as much.
            Some(unsafe { slice::from_raw_parts(start, length) })
        }
        _ => None,
    }
}

/// Hands over what became of a stream; NULL where there is no picture.
///
/// # Safety
/// `picture` and `missing` are NULL or can be written to.
unsafe fn give(
    decoded: Option<Result<Decoded, Stop>>,
    picture: *mut *const Picture,
    missing: *mut u64,
) -> c_int {
    if picture.is_null() {
        return say(BAD_ARGUMENT, "there is no place for the picture");
    }
    let (status, given) = match decoded {
        Some(Ok(Decoded { width, height, bgra })) => {
            let length = bgra.len();
            let pixels = Box::into_raw(bgra.into_boxed_slice()).cast_const().cast();
            (OK, Box::into_raw(Box::new(Picture { width, height, length, pixels })).cast_const())
        }
        Some(Err(Stop::Missing(id))) => {
            if !missing.is_null() {
                // SAFETY: the caller has promised as much.
                unsafe { missing.write(id) };
            }
            (say(MISSING, &format!("picture {id} has to come first")), ptr::null())
        }
        Some(Err(Stop::Refused { limit, why })) => {
            (say(if limit { LIMIT } else { BAD_STREAM }, &why), ptr::null())
        }
        None => (say(BAD_ARGUMENT, "a pointer is NULL, or a length too large"), ptr::null()),
    };
    // SAFETY: the caller has promised as much. Written whole: what C has there may never have been set.
    unsafe { picture.write(given) };
    status
}

fn say(status: c_int, why: &str) -> c_int {
    ERROR.set(CString::new(why).unwrap_or_default());
    status
}
