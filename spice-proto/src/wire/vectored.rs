//! A message as a list of slices, so that bulk data is not copied.

use alloc::vec::Vec;
use core::fmt;

use bytes::Buf;

use super::Sink;

/// Slices that together are one or more messages: small parts copied, big byte runs referred to.
///
/// It is a [`bytes::Buf`], so that writers of `std` and `tokio` take it as it is.
///
/// ```
/// use bytes::Buf;
/// use spice_proto::{Encode, common::Ping, wire::Vectored};
///
/// let padding = [0; 4096];
/// let ping = Ping { id: 1, timestamp: 2, data: &padding };
/// let mut out = Vectored::new();
/// ping.encode_vectored(&mut out)?;
/// assert_eq!((out.remaining(), out.slices().count()), (12 + 4096, 2));
/// # Ok::<(), spice_proto::EncodeError>(())
/// ```
#[derive(Default)]
pub struct Vectored<'s> {
    small: Vec<u8>,
    parts: Vec<Part<'s>>,
    /// Where the next byte is read: a slice and a byte of it.
    slice: usize,
    byte: usize,
    remaining: usize,
}

/// Two slices: small bytes that end at `small`, where those of the part before end they start, and a big run. What
/// follows the last part is small.
struct Part<'s> {
    small: usize,
    bulk: &'s [u8],
}

/// Runs below this length are copied: a slice of its own costs more.
const BULK: usize = 256;

impl<'s> Vectored<'s> {
    /// An empty list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Empties the list and keeps its memory, for messages whose bytes live as long.
    #[inline]
    pub fn clear(&mut self) {
        self.small.clear();
        self.parts.clear();
        (self.slice, self.byte, self.remaining) = (0, 0, 0);
    }

    /// An empty list that uses the memory of this one again, for messages whose bytes live shorter or longer.
    #[must_use]
    pub fn recycle<'t>(mut self) -> Vectored<'t> {
        self.clear();
        // The vector is empty, so that collecting keeps its memory and changes only the lifetime.
        let parts = self.parts.into_iter().map(|_| Part { small: 0, bulk: &[] }).collect();
        Vectored { small: self.small, parts, slice: 0, byte: 0, remaining: 0 }
    }

    /// The slices in order, none of them empty, what was consumed left out.
    pub fn slices(&self) -> impl Iterator<Item = &[u8]> {
        let slices = (self.slice..self.count()).map(|index| {
            let skip = if index == self.slice { self.byte } else { 0 };
            self.slice_at(index).get(skip..).unwrap_or_default()
        });
        slices.filter(|slice| !slice.is_empty())
    }

    /// Number of slices, empty ones included: small and big ones take turns.
    fn count(&self) -> usize {
        2 * self.parts.len() + 1
    }

    fn slice_at(&self, index: usize) -> &[u8] {
        let part = self.parts.get(index / 2);
        if index % 2 == 1 {
            return part.map_or(&[], |part| part.bulk);
        }
        let before = (index / 2).checked_sub(1).and_then(|before| self.parts.get(before));
        let start = before.map_or(0, |before| before.small);
        let end = part.map_or(self.small.len(), |part| part.small);
        self.small.get(start..end).unwrap_or_default()
    }
}

impl<'s> Sink<'s> for &mut Vectored<'s> {
    #[inline]
    fn put(&mut self, bytes: &[u8]) {
        self.small.extend_from_slice(bytes);
        self.remaining += bytes.len();
    }

    #[inline]
    fn bulk(&mut self, bytes: &'s [u8]) {
        if bytes.len() < BULK {
            return self.put(bytes);
        }
        self.remaining += bytes.len();
        self.parts.push(Part { small: self.small.len(), bulk: bytes });
    }
}

impl Buf for Vectored<'_> {
    fn remaining(&self) -> usize {
        self.remaining
    }

    fn chunk(&self) -> &[u8] {
        self.slices().next().unwrap_or_default()
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.remaining, "cannot advance past the end");
        self.remaining -= count;
        while self.slice < self.count() {
            let left = self.slice_at(self.slice).len() - self.byte;
            if count < left {
                self.byte += count;
                return;
            }
            count -= left;
            self.slice += 1;
            self.byte = 0;
        }
    }

    #[cfg(feature = "std")]
    fn chunks_vectored<'t>(&'t self, out: &mut [std::io::IoSlice<'t>]) -> usize {
        out.iter_mut().zip(self.slices()).map(|(out, slice)| *out = std::io::IoSlice::new(slice)).count()
    }
}

impl fmt::Debug for Vectored<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vectored({} bytes in {} slices)", self.remaining, self.slices().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_in_order_however_it_is_consumed() {
        let bulk = [7; BULK];
        let mut out = Vectored::new();
        let mut sink = &mut out;
        sink.put(&[1, 2]);
        sink.bulk(&bulk);
        sink.bulk(&[3]);
        sink.put(&[4]);
        assert_eq!(out.slices().count(), 3);
        let mut read = Vec::new();
        while out.has_remaining() {
            let step = out.chunk().len().min(3);
            read.extend_from_slice(&out.chunk()[..step]);
            out.advance(step);
        }
        assert_eq!(read, [&[1, 2][..], &bulk, &[3, 4]].concat());
    }
}
