//! The bytes of one command, before they are written.

use alloc::vec::Vec;

use super::{ALIGN, Error, encoded};
use crate::qxl::QxlDataChunk;
use crate::wire::{Encode, GuestAddress};

/// Structures one behind the other, at the addresses that they will have.
#[derive(Debug)]
pub(super) struct Block {
    base: GuestAddress,
    room: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// Empty; it will begin at an address and may have `room` bytes.
    pub(super) fn new(base: GuestAddress, room: u64) -> Self {
        Self { base, room, bytes: Vec::new() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Makes room, and gives its offset.
    pub(super) fn reserve(&mut self, len: usize) -> Result<usize, Error> {
        let at = self.bytes.len().next_multiple_of(ALIGN as usize);
        let end = at.saturating_add(len);
        if end as u64 > self.room {
            return Err(Error::OutOfMemory { wanted: end as u64, left: self.room });
        }
        self.bytes.resize(end, 0);
        Ok(at)
    }

    /// Writes bytes into room that was made before; what leaves it is left out.
    pub(super) fn fill(&mut self, at: usize, bytes: &[u8]) {
        let room = self.bytes.get_mut(at..).unwrap_or_default();
        room.iter_mut().zip(bytes).for_each(|(room, byte)| *room = *byte);
    }

    /// Appends bytes.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<GuestAddress, Error> {
        let at = self.reserve(bytes.len())?;
        self.fill(at, bytes);
        Ok(self.address(at))
    }

    /// Appends a structure.
    pub(super) fn put_value<'a>(&mut self, value: &impl Encode<'a>) -> Result<GuestAddress, Error> {
        self.put(&encoded(value)?)
    }

    /// Appends a structure that ends with a chunk, and `data` in a list of chunks of `piece_len` bytes from there.
    pub(super) fn put_list<'a, T: Encode<'a>>(
        &mut self,
        data: &[u8],
        piece_len: Option<usize>,
        head: impl Fn(QxlDataChunk) -> T,
    ) -> Result<GuestAddress, Error> {
        let nowhere =
            QxlDataChunk { data_size: 0, prev_chunk: GuestAddress::NULL, next_chunk: GuestAddress::NULL };
        let (chunk_len, first_len) = (encoded(&nowhere)?.len(), encoded(&head(nowhere))?.len());
        let piece_len = piece_len.unwrap_or(data.len()).max(1);
        let pieces = || data.chunks(piece_len).chain(data.is_empty().then_some(&[][..]));

        let mut starts = Vec::new();
        for (index, piece) in pieces().enumerate() {
            let head_len = if index == 0 { first_len } else { chunk_len };
            starts.push(self.reserve(head_len.saturating_add(piece.len()))?);
        }
        // A chunk is the end of the structure that it stands in.
        let place = |index: usize| {
            let skip = if index == 0 { first_len.saturating_sub(chunk_len) } else { 0 };
            starts.get(index).map_or(GuestAddress::NULL, |start| self.address(start.saturating_add(skip)))
        };
        let chunk = |index: usize, piece: &[u8]| QxlDataChunk {
            data_size: piece.len() as u32, // it fits: all of it is in a block, or there was an error
            prev_chunk: index.checked_sub(1).map_or(GuestAddress::NULL, place),
            next_chunk: place(index.saturating_add(1)),
        };
        let chunks: Vec<QxlDataChunk> =
            pieces().enumerate().map(|(index, piece)| chunk(index, piece)).collect();
        let first = starts.first().copied().unwrap_or_default();
        for (index, ((piece, chunk), start)) in pieces().zip(chunks).zip(starts).enumerate() {
            let mut bytes = if index == 0 { encoded(&head(chunk))? } else { encoded(&chunk)? };
            bytes.extend_from_slice(piece);
            self.fill(start, &bytes);
        }
        Ok(self.address(first))
    }

    fn address(&self, at: usize) -> GuestAddress {
        GuestAddress(self.base.0.wrapping_add(at as u64))
    }
}
