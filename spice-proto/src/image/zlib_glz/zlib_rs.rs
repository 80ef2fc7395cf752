//! zlib streams by zlib-rs, which is faster and needs `std`.

use zlib_rs::{DeflateFlush, InflateFlush, Status};

use super::{End, Inflated};

/// Inflates one stream after the other.
pub(super) struct Inflate(zlib_rs::Inflate);

impl Inflate {
    pub(super) fn run(&mut self, data: &[u8], out: &mut [u8]) -> Inflated {
        self.0.reset(true);
        let result = self.0.decompress(data, out, InflateFlush::Finish);
        let (read, made) = (self.0.total_in() as usize, self.0.total_out() as usize);
        let end = match result {
            Ok(Status::StreamEnd) => End::Stream,
            // It says only that it cannot go on.
            Ok(_) if made == out.len() && read < data.len() => End::Room,
            Ok(_) => End::Data,
            Err(_) => End::Wrong,
        };
        Inflated { end, read, made }
    }
}

impl Default for Inflate {
    fn default() -> Self {
        Inflate(zlib_rs::Inflate::new(true, WINDOW_BITS))
    }
}

/// Deflates one stream after the other.
pub(super) struct Deflate(zlib_rs::Deflate);

impl Deflate {
    /// Bytes made of a stream, if there was room.
    pub(super) fn run(&mut self, stream: &[u8], literal: bool, room: &mut [u8]) -> Option<usize> {
        self.0.reset();
        let level = if literal { LEVEL - 1 } else { LEVEL };
        self.0.set_level(level).ok()?;
        let result = self.0.compress(stream, room, DeflateFlush::Finish);
        (result == Ok(Status::StreamEnd)).then(|| self.0.total_out() as usize)
    }
}

impl Default for Deflate {
    fn default() -> Self {
        Deflate(zlib_rs::Deflate::new(LEVEL, true, WINDOW_BITS))
    }
}

/// That of the reference server. One less makes smooth pictures a twentieth larger, and literals no larger.
const LEVEL: i32 = 3;

/// The largest window of deflate, 32 KiB: a stream may use all of it.
const WINDOW_BITS: u8 = 15;
