//! What two libraries make of a zlib stream: one of them is not the one that the crate uses.

use miniz_oxide::inflate::{TINFLStatus, core};

/// By zlib-rs; `None` when the stream is wrong or does not hold exactly `size` bytes.
#[must_use]
pub fn zlib_rs(data: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; size + 1];
    let mut inflate = zlib_rs::Inflate::new(true, 15);
    let status = inflate.decompress(data, &mut out, zlib_rs::InflateFlush::Finish).ok()?;
    out.pop();
    (status == zlib_rs::Status::StreamEnd && inflate.total_out() == size as u64).then_some(out)
}

/// By miniz_oxide, likewise. In builds for fuzzing it lets wrong checksums pass, so that more is reached.
#[must_use]
pub fn miniz(data: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = vec![0; size + 1];
    let flags = core::inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
        | core::inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, _, made) = core::decompress(&mut core::DecompressorOxide::new(), data, &mut out, 0, flags);
    out.pop();
    (status == TINFLStatus::Done && made == size).then_some(out)
}
