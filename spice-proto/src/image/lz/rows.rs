//! Rows in memory: the caller's buffer with its stride, and the order of rows.

use super::error::{Error, ErrorKind};
use crate::image::offset::ByteOffset;

/// Cuts `out` to `height` rows of `row` bytes that begin `stride` bytes apart; the last row ends it.
pub(crate) fn check(
    out: &mut [u8],
    stride: usize,
    row: usize,
    height: usize,
    error: fn(ErrorKind, ByteOffset) -> Error,
) -> Result<&mut [u8], Error> {
    let needed = needed(stride, row, height, error)?;
    let given = out.len() as u64;
    usize::try_from(needed)
        .ok()
        .and_then(|needed| out.get_mut(..needed))
        .ok_or_else(|| error(ErrorKind::Buffer { needed, present: given }, ByteOffset::NONE))
}

/// The same for rows that are only read.
pub(crate) fn check_source(
    data: &[u8],
    stride: usize,
    row: usize,
    height: usize,
    error: fn(ErrorKind, ByteOffset) -> Error,
) -> Result<&[u8], Error> {
    let needed = needed(stride, row, height, error)?;
    usize::try_from(needed)
        .ok()
        .and_then(|needed| data.get(..needed))
        .ok_or_else(|| error(ErrorKind::Buffer { needed, present: data.len() as u64 }, ByteOffset::NONE))
}

/// Bytes from the first of the first row to the last of the last row.
fn needed(
    stride: usize,
    row: usize,
    height: usize,
    error: fn(ErrorKind, ByteOffset) -> Error,
) -> Result<u64, Error> {
    if stride < row {
        return Err(error(
            ErrorKind::Buffer { needed: row as u64, present: stride as u64 },
            ByteOffset::NONE,
        ));
    }
    Ok((stride as u64).saturating_mul(height.saturating_sub(1) as u64).saturating_add(row as u64))
}

/// The rows of a buffer that [`check_source`] has cut, without their gaps.
pub(crate) fn packed(data: &[u8], stride: usize, row: usize) -> impl Iterator<Item = &[u8]> {
    data.chunks(stride.max(1)).filter_map(move |chunk| chunk.get(..row))
}

/// The rows of `out` in stream order: from the top when `top_down`, else from the bottom.
///
/// `out` has been cut by [`check`]: its last chunk is one row long, the others one stride.
pub(crate) fn stream_order(
    out: &mut [u8],
    stride: usize,
    row: usize,
    top_down: bool,
) -> impl Iterator<Item = &mut [u8]> {
    let mut chunks = out.chunks_mut(stride.max(1));
    core::iter::from_fn(move || {
        let chunk = if top_down { chunks.next() } else { chunks.next_back() };
        chunk.and_then(|chunk| chunk.get_mut(..row))
    })
}

/// Turns packed rows upside down in place.
pub(crate) fn reverse(out: &mut [u8], row: usize) {
    let mut rows = out.chunks_exact_mut(row.max(1));
    while let (Some(top), Some(bottom)) = (rows.next(), rows.next_back()) {
        top.swap_with_slice(bottom);
    }
}
