//! Golomb codewords longer than the decode table's index (§5).

use super::bits::BitReader;
use super::tables::{Family, PEEK, unfold};

/// Reads one symbol in the code that `selector` names, whatever its length, and returns its difference d.
/// `Err` holds a symbol above the largest.
///
/// Regular codes and escapes take the same path; which of them comes is often a coin toss.
#[inline(always)]
#[allow(clippy::indexing_slicing, reason = "masked to the length of the array")]
pub(crate) fn read_symbol<const BPC: u32>(bits: &mut BitReader<'_>, selector: usize) -> Result<u32, u32> {
    bits.refill();
    let code = (selector >> PEEK) & 7;
    let escape = Family::of::<BPC>().escape[code];
    let zeros = bits.window().leading_zeros();
    let regular = zeros < escape.zeros;
    let prefix = if regular { zeros.wrapping_add(1) } else { escape.zeros };
    let base = if regular { zeros << (code as u32 & 7) } else { escape.first };
    let suffix = if regular { code as u32 } else { escape.suffix };
    bits.skip(prefix);
    let low = ((bits.window() >> 1) >> (63u32.wrapping_sub(suffix) & 63)) as u32;
    bits.skip(suffix);
    let symbol = base.wrapping_add(low);
    if symbol >> BPC != 0 { Err(symbol) } else { Ok(unfold(BPC, symbol)) }
}
