//! Streams in pieces: how bytes are cut must not matter.

use crate::random::Random;

/// Longest stream that is fed byte by byte.
const SINGLE: usize = 300;

/// The ways in which a stream is cut: whole, in pieces of a few bytes by `seed`, and byte by byte where it is short.
pub(super) fn ways(stream: &[u8], seed: u8) -> Vec<Vec<&[u8]>> {
    let mut random = Random::new(seed.into());
    let mut rest = stream;
    let few = std::iter::from_fn(|| {
        let len = 1 + random.below(if seed.is_multiple_of(2) { 12 } else { 600 });
        let (piece, left) = rest.split_at(len.min(rest.len()));
        rest = left;
        (!piece.is_empty()).then_some(piece)
    });
    let mut ways = vec![vec![stream], few.collect()];
    if stream.len() <= SINGLE {
        ways.push(stream.chunks(1).collect());
    }
    ways
}
