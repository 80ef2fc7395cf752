//! The bit stream: little-endian 32-bit words, each filled from its most significant bit downwards (§1).

use super::tables::PEEK;

/// Reads bits of a stream of words; beyond the end there are zeros, and [`BitReader::overrun`] tells.
///
/// `window` holds the next bits from the top; the first `valid` of them are accounted for. A refill takes
/// at most one word and leaves at least 32 valid bits, without a branch that depends on the data: when
/// more than 32 are valid it ORs bits of the next word that the window already has or may have.
#[derive(Clone, Copy)]
pub(crate) struct BitReader<'a> {
    words: &'a [[u8; 4]],
    next: usize,
    window: u64,
    valid: u32,
}

impl<'a> BitReader<'a> {
    /// A reader at a bit of the stream.
    #[inline]
    pub(crate) fn at(words: &'a [[u8; 4]], position_bits: u64) -> Self {
        let next = usize::try_from(position_bits / 32).unwrap_or(usize::MAX);
        let mut reader = Self { words, next, window: 0, valid: 0 };
        let skip = (position_bits % 32) as u32;
        if skip > 0 {
            reader.refill();
            reader.skip(skip);
        }
        reader
    }

    /// The whole stream, for a second reader.
    #[inline(always)]
    pub(crate) fn words(&self) -> &'a [[u8; 4]] {
        self.words
    }

    /// Makes at least 32 bits valid.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        let word = match self.words.get(self.next) {
            Some(word) => u32::from_le_bytes(*word),
            None => 0,
        };
        self.window |= (u64::from(word) << 32) >> (self.valid & 63);
        self.next = self.next.wrapping_add(usize::from(self.valid < 32));
        self.valid |= 32;
    }

    /// The next bits, from the top; at least 32 after a refill.
    #[inline(always)]
    pub(crate) fn window(&self) -> u64 {
        self.window
    }

    /// Goes on with a window from which the low six bits of `n` say how many bits were shifted out.
    #[inline(always)]
    pub(crate) fn set_window(&mut self, window: u64, n: u32) {
        self.window = window;
        self.valid = self.valid.wrapping_sub(n & 63);
    }

    /// Takes as many bits as the low six bits of `n` say, 0 to 32, that are valid.
    #[inline(always)]
    pub(crate) fn skip(&mut self, n: u32) {
        self.set_window(self.window << (n & 63), n);
    }

    /// Bits taken so far, from the start of the words.
    pub(crate) fn position_bits(&self) -> u64 {
        (self.next as u64).wrapping_mul(32).wrapping_sub(u64::from(self.valid))
    }

    /// The byte in which the next bit's word begins plus the bits before it: where to point an error.
    pub(crate) fn position_bytes(&self) -> usize {
        (self.position_bits() / 8) as usize
    }

    /// Bytes that the stream should have so that 32 bits follow the position (§13), if it has fewer.
    pub(crate) fn overrun(&self) -> Option<usize> {
        let words = self.position_bits().div_ceil(32).wrapping_add(1);
        (words > self.words.len() as u64)
            .then(|| usize::try_from(words.wrapping_mul(4)).unwrap_or(usize::MAX))
    }

    pub(crate) fn len_bytes(&self) -> usize {
        self.words.len().wrapping_mul(4)
    }
}

/// The first [`PEEK`] bits of a window.
#[inline(always)]
pub(crate) fn peek(window: u64) -> usize {
    (window >> (64 - PEEK)) as usize
}
