//! The token grammar that LZ and GLZ share ([`docs/spec/lz-glz.md` §1.3](crate::spec::lz_glz#13-token-grammar)).

/// Control bytes below this begin a literal run of `control + 1` units; all others begin a match.
pub(crate) const MATCH: u8 = 32;

/// Longest literal run of one token.
pub(crate) const MAX_LITERALS: usize = 32;

/// Value of the length bits that says "extension bytes follow".
pub(crate) const EXTENDED: usize = 7;

/// Most units that one byte of a stream can make (§1.5).
pub(crate) const MAX_UNITS_PER_BYTE: u64 = 255;

/// Reads a byte and steps over it.
#[inline(always)]
pub(crate) fn take(stream: &[u8], at: &mut usize) -> Option<u8> {
    let byte = *stream.get(*at)?;
    *at = at.wrapping_add(1);
    Some(byte)
}

/// Reads the coded length of a match; `at` is behind its control byte. `None`: the stream ends.
#[inline(always)]
pub(crate) fn read_length(control: u8, stream: &[u8], at: &mut usize) -> Option<usize> {
    let mut length = usize::from(control >> 5);
    if length == EXTENDED {
        loop {
            let byte = take(stream, at)?;
            length = length.saturating_add(usize::from(byte));
            if byte != 255 {
                break;
            }
        }
    }
    Some(length)
}
