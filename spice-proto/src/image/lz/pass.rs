//! One pass of a stream: tokens in, units out ([`docs/spec/lz-glz.md` §1.3](crate::spec::lz_glz#13-token-grammar)).
//!
//! Two loops. While there is slack on both sides, the fast one reads without asking for each byte and writes in groups
//! that may be too long. The careful one does the rest to the last byte; it alone would decode everything.
//!
//! LZ and GLZ differ in the form of a match only, so the loops are generic over [`Matches`].

use super::copy::{SLACK, copy_match, copy_short};
use super::error::{Error, ErrorKind};
use super::token::{EXTENDED, MATCH, MAX_LITERALS, read_length, take};
use super::unit::Unit;
use crate::image::offset::ByteOffset;

/// How a codec writes its matches.
pub(crate) trait Matches {
    /// What ends a pass early.
    type Stop;

    /// Reads a match of the commonest form: no length extension, source in this image, distance at the end.
    ///
    /// `stream` begins at the control byte, which is a match's without extension, and has [`IN_SLACK`] bytes.
    /// Gives the distance in units and the bytes of the token; `None` for any other form.
    fn read_plain(stream: &[u8], control: u8) -> Option<(usize, usize)>;

    /// Reads and carries out a match of any form, without [`SLACK`].
    fn any<U: Unit>(&self, pass: &mut Pass<'_>) -> Result<(), Self::Stop>;

    /// Turns a broken rule into a stop.
    fn error(kind: ErrorKind, offset: ByteOffset) -> Self::Stop;
}

/// Where a pass stands.
pub(crate) struct Pass<'a> {
    /// The whole stream, header included, so that offsets in errors are those of the stream.
    pub(crate) stream: &'a [u8],
    /// The next byte to read: that of a control byte.
    pub(crate) at: usize,
    /// A whole number of units.
    pub(crate) out: &'a mut [u8],
    /// Bytes of `out` that are written.
    pub(crate) made: usize,
}

/// Decodes the pass that begins at `start` until `out` is full; gives the offset behind its last byte.
///
/// `out` holds a whole number of units. After an error its content has no meaning.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "below limits that are checked per token"
)]
pub(crate) fn decode_pass<U: Unit, M: Matches>(
    stream: &[u8],
    start: usize,
    out: &mut [u8],
    matches: &M,
) -> Result<usize, M::Stop> {
    let (mut at, mut made) = (start, 0);
    let in_limit = stream.len().saturating_sub(IN_SLACK);
    let out_limit = out.len().saturating_sub(OUT_SLACK);
    while at < in_limit && made < out_limit {
        let token = &stream[at..at + IN_SLACK];
        let control = token[0];
        if control >= MATCH {
            let extended = control >= (EXTENDED as u8) << 5;
            let plain = if !extended {
                M::read_plain(token, control)
            } else if token[1] < 255 {
                M::read_plain(&token[1..], control)
            } else {
                None
            };
            let Some((distance, len)) = plain else {
                let mut pass = Pass { stream, at, out, made };
                matches.any::<U>(&mut pass)?;
                (at, made) = (pass.at, pass.made);
                continue;
            };
            let dist = distance * U::OUT;
            if dist > made {
                return Err(M::error(
                    ErrorKind::Distance { distance: distance as u64, written: (made / U::OUT) as u64 },
                    ByteOffset::at(at),
                ));
            }
            if !extended {
                match (U::OUT, U::BIAS) {
                    (1, _) => copy_short::<1, 8>(out, made, dist),
                    (2, _) => copy_short::<2, 7>(out, made, dist),
                    (3, _) => copy_short::<3, 6>(out, made, dist),
                    (_, 0) => copy_short::<4, 6>(out, made, dist),
                    (_, _) => copy_short::<4, 7>(out, made, dist),
                }
                made += (usize::from(control >> 5) + U::BIAS) * U::OUT;
                at += len;
                continue;
            }
            let count = EXTENDED + usize::from(token[1]) + U::BIAS;
            let room = (out.len() - made) / U::OUT;
            if count > room {
                return Err(M::error(
                    ErrorKind::Overrun { units: count as u64, left: room as u64 },
                    ByteOffset::at(at),
                ));
            }
            copy_units::<U>(out, made, dist, count * U::OUT);
            made += count * U::OUT;
            at += len + 1;
        } else {
            let count = usize::from(control) + 1;
            let coded = &token[1..];
            let units = &mut out[made..made + OUT_SLACK];
            U::expand_8(coded, units);
            if count > 8 {
                for i in 1..MAX_LITERALS / 8 {
                    U::expand_8(&coded[i * 8 * U::CODED..], &mut units[i * 8 * U::OUT..]);
                }
            }
            made += count * U::OUT;
            at += 1 + count * U::CODED;
        }
    }
    let pass = Pass { stream, at, out, made };
    finish::<U, M>(pass, matches)
}

/// [`copy_match`] for the unit of a pass.
#[inline(always)]
fn copy_units<U: Unit>(out: &mut [u8], at: usize, dist: usize, len: usize) {
    match U::OUT {
        1 => copy_match::<1>(out, at, dist, len),
        2 => copy_match::<2>(out, at, dist, len),
        3 => copy_match::<3>(out, at, dist, len),
        _ => copy_match::<4>(out, at, dist, len),
    }
}

/// The careful loop.
#[allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "below limits that are checked per token"
)]
fn finish<U: Unit, M: Matches>(mut pass: Pass<'_>, matches: &M) -> Result<usize, M::Stop> {
    while pass.made < pass.out.len() {
        let Some(&control) = pass.stream.get(pass.at) else {
            return Err(pass.truncated::<M>(1));
        };
        if control >= MATCH {
            matches.any::<U>(&mut pass)?;
            continue;
        }
        let count = usize::from(control) + 1;
        pass.check_room::<U, M>(count)?;
        let Some(coded) = pass.stream[pass.at + 1..].get(..count * U::CODED) else {
            return Err(pass.truncated::<M>(1 + count * U::CODED));
        };
        U::expand(coded, &mut pass.out[pass.made..pass.made + count * U::OUT]);
        pass.made += count * U::OUT;
        pass.at += 1 + count * U::CODED;
    }
    Ok(pass.at)
}

#[allow(clippy::arithmetic_side_effects, reason = "made never passes the end of out; OUT is not 0")]
impl Pass<'_> {
    /// Refuses a token of `count` units that goes beyond the end.
    #[inline(always)]
    pub(crate) fn check_room<U: Unit, M: Matches>(&self, count: usize) -> Result<(), M::Stop> {
        let room = (self.out.len() - self.made) / U::OUT;
        if count > room {
            return Err(M::error(
                ErrorKind::Overrun { units: count as u64, left: room as u64 },
                ByteOffset::at(self.at),
            ));
        }
        Ok(())
    }

    /// The stop for a token of which fewer than `wanted` bytes are left.
    #[cold]
    pub(crate) fn truncated<M: Matches>(&self, wanted: usize) -> M::Stop {
        M::error(
            ErrorKind::Truncated {
                needed: wanted as u64,
                present: self.stream.len().saturating_sub(self.at) as u64,
            },
            ByteOffset::at(self.at),
        )
    }

    /// Repeats `count` units from `distance` units back; the token is the one at `self.at`.
    #[inline(always)]
    pub(crate) fn repeat<U: Unit, M: Matches>(
        &mut self,
        distance: usize,
        count: usize,
    ) -> Result<(), M::Stop> {
        let written = self.made / U::OUT;
        if distance > written {
            return Err(M::error(
                ErrorKind::Distance { distance: distance as u64, written: written as u64 },
                ByteOffset::at(self.at),
            ));
        }
        copy_units::<U>(self.out, self.made, distance * U::OUT, count * U::OUT);
        self.made += count * U::OUT;
        Ok(())
    }
}

/// The matches of LZ (§2.2): a distance, near or far.
pub(crate) struct Distances;

impl Matches for Distances {
    type Stop = Error;

    #[inline(always)]
    #[allow(clippy::arithmetic_side_effects, reason = "at most 13 bits")]
    fn read_plain(stream: &[u8], control: u8) -> Option<(usize, usize)> {
        let low = *stream.get(1)?;
        let distance = usize::from(control & 31) << 8 | usize::from(low);
        if distance == FAR {
            return None;
        }
        Some((distance + 1, 2))
    }

    fn any<U: Unit>(&self, pass: &mut Pass<'_>) -> Result<(), Error> {
        let mut at = pass.at;
        let Some((length, distance)) = read_match(pass.stream, &mut at) else {
            return Err(pass.truncated::<Self>(pass.stream.len().saturating_sub(pass.at).saturating_add(1)));
        };
        let count = length.saturating_add(U::BIAS);
        pass.check_room::<U, Self>(count)?;
        pass.repeat::<U, Self>(distance, count)?;
        pass.at = at;
        Ok(())
    }

    #[cold]
    fn error(kind: ErrorKind, offset: ByteOffset) -> Error {
        Error::lz(kind, offset)
    }
}

/// Reads an LZ match: its coded length, and its distance in units. `None`: the stream ends.
#[allow(clippy::arithmetic_side_effects, reason = "sums of a few bytes")]
fn read_match(stream: &[u8], at: &mut usize) -> Option<(usize, usize)> {
    let control = take(stream, at)?;
    let length = read_length(control, stream, at)?;
    let low = take(stream, at)?;
    let mut distance = usize::from(control & 31) << 8 | usize::from(low);
    if distance == FAR {
        let high = take(stream, at)?;
        let low = take(stream, at)?;
        distance += usize::from(high) << 8 | usize::from(low);
    }
    Some((length, distance + 1))
}

/// Distance bits of a near match that say "two more bytes follow" (§2.2).
pub(crate) const FAR: usize = 8191;

/// Bytes that the fast loop may read from the first of a token on: a full literal run and one byte more.
pub(crate) const IN_SLACK: usize = 1 + 3 * MAX_LITERALS + 2;

/// Bytes that the fast loop may write from the first of a token on.
const OUT_SLACK: usize = 4 * MAX_LITERALS + SLACK;
