//! Constants of the format and the tables computed from them at compile time (§4, §5, §10, §11).

#![allow(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "evaluated by the compiler, which checks both"
)]

/// Longest Golomb codeword in bits.
const LIMIT: u32 = 26;
/// Pixels per update phase (§10).
pub(crate) const PHASE_LEN: usize = 2048;
/// The last phase.
pub(crate) const PHASE_MAX: usize = 6;
/// Counters are halved when the smallest exceeds this, by phase (§9).
pub(crate) const TRIGGER: [u16; 8] = [110, 550, 900, 800, 550, 400, 350, 350];

/// Bits of look-ahead that index [`Family::decode`]. Three such symbols fit the 32 bits that one refill
/// guarantees, and 8 codes of 2^10 entries stay within the first-level cache.
pub(crate) const PEEK: u32 = 10;

/// How symbols too large for the unary part of code `l` are written (§5).
#[derive(Clone, Copy)]
pub(crate) struct Escape {
    /// P: leading zeros that announce it.
    pub(crate) zeros: u32,
    /// G: the smallest such symbol.
    pub(crate) first: u32,
    /// S: bits after the zeros.
    pub(crate) suffix: u32,
}

impl Escape {
    const fn new(bpc: u32, l: u32) -> Self {
        let regular = (1 << (bpc - l)) - 1;
        let zeros = if regular < LIMIT - bpc { regular } else { LIMIT - bpc };
        let first = zeros << l;
        let left = (1u32 << bpc) - first;
        Self { zeros, first, suffix: left.next_power_of_two().trailing_zeros() }
    }
}

/// What the model needs to know of a symbol.
pub(crate) struct ModelTables {
    /// The bucket that it selects as a context (§8).
    pub(crate) bucket: [u8; 256],
    /// Lengths of its codewords in each code.
    pub(crate) length: [[u8; 8]; 256],
}

impl ModelTables {
    const EMPTY: Self = Self { bucket: [0; 256], length: [[0; 8]; 256] };
}

/// Everything that depends on the bits per component alone (§5).
pub(crate) struct Family {
    /// Escapes by code.
    pub(crate) escape: [Escape; 8],
    /// What the model needs, by symbol e.
    pub(crate) by_symbol: ModelTables,
    /// The same by difference d.
    pub(crate) by_difference: ModelTables,
    /// `codeword << 8 | length` by `code << 8 | symbol`; the leading zeros of a codeword are in its length only.
    pub(crate) encode: [u32; 8 << 8],
    /// What the next [`PEEK`] bits say, by `code << PEEK | bits`; see [`Entry`].
    pub(crate) decode: [u16; 8 << PEEK],
}

/// Fields of an entry of [`Family::decode`]: bits 0 to 5 the length of the codeword, bit 6 [`Entry::LONG`],
/// bits 8 to 15 the difference d of §6.
///
/// The length stands lowest because a shift looks at its low six bits only, and sums of three entries
/// still have the sum of the lengths there.
pub(crate) struct Entry;

impl Entry {
    /// The codeword is longer than [`PEEK`] bits; all other fields are 0.
    pub(crate) const LONG: u32 = 1 << 6;

    pub(crate) const fn pack(difference: u32, length: u32) -> u16 {
        (length | difference << 8) as u16
    }
}

/// d of §6 from the symbol e.
pub(crate) const fn unfold(bpc: u32, symbol: u32) -> u32 {
    let max = (1 << bpc) - 1;
    if symbol & 1 == 0 { symbol >> 1 } else { max - (symbol >> 1) }
}

/// The bucket of a context (§8).
pub(crate) const fn bucket(bpc: u32, context: u32) -> u32 {
    let doubling = (context + 1).ilog2();
    if doubling < bpc { doubling } else { bpc - 1 }
}

impl Family {
    const fn new(bpc: u32) -> Self {
        let mut family = Self {
            escape: [Escape { zeros: 0, first: 0, suffix: 0 }; 8],
            by_symbol: ModelTables::EMPTY,
            by_difference: ModelTables::EMPTY,
            encode: [0; 8 << 8],
            decode: [Entry::LONG as u16; 8 << PEEK],
        };
        let mut l = 0;
        while l < bpc {
            family.escape[l as usize] = Escape::new(bpc, l);
            l += 1;
        }
        let mut n = 0;
        while n < 1 << bpc {
            let (bucket, d) = (bucket(bpc, n) as u8, unfold(bpc, n));
            let mut lengths = [0; 8];
            let mut l = 0;
            while l < bpc {
                let escape = family.escape[l as usize];
                let (code, length) = if n < escape.first {
                    (1 << l | n & ((1 << l) - 1), (n >> l) + 1 + l)
                } else {
                    (n - escape.first, escape.zeros + escape.suffix)
                };
                lengths[l as usize] = length as u8;
                family.encode[(l << 8 | n) as usize] = code << 8 | length;
                if length <= PEEK {
                    let spare = PEEK - length;
                    let entry = Entry::pack(d, length);
                    let mut i = l << PEEK | code << spare;
                    let end = i + (1 << spare);
                    while i < end {
                        family.decode[i as usize] = entry;
                        i += 1;
                    }
                }
                l += 1;
            }
            family.by_symbol.bucket[n as usize] = bucket;
            family.by_symbol.length[n as usize] = lengths;
            family.by_difference.bucket[d as usize] = bucket;
            family.by_difference.length[d as usize] = lengths;
            n += 1;
        }
        family
    }

    /// The family for 8 or 5 bits per component.
    pub(crate) const fn of<const BPC: u32>() -> &'static Self {
        const { assert!(BPC == 8 || BPC == 5) };
        if BPC == 8 { &EIGHT } else { &FIVE }
    }
}

static EIGHT: Family = Family::new(8);
static FIVE: Family = Family::new(5);

/// Run-length exponents by state (§11.3).
pub(crate) const RUN_EXPONENT: [u8; 32] =
    [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/// Pixels covered by the ones that lead from state 0 to each state: `RUN_SUM[b] - RUN_SUM[a]` for the way from a to b.
pub(crate) const RUN_SUM: [u32; 32] = {
    let mut sums = [0; 32];
    let mut s = 1;
    while s < 32 {
        sums[s] = sums[s - 1] + (1 << RUN_EXPONENT[s - 1]);
        s += 1;
    }
    sums
};

/// The last state that a run code can reach with so many pixels counted as in [`RUN_SUM`].
pub(crate) const RUN_STATE: [u8; 64] = {
    let mut states = [0; 64];
    let mut sum = 0;
    while sum < 64 {
        let mut s = 0;
        while RUN_SUM[s + 1] <= sum as u32 {
            s += 1;
        }
        states[sum] = s as u8;
        sum += 1;
    }
    states
};

/// The pseudo-random numbers of the update schedule (§10), reduced to the six bits that can matter.
pub(crate) const RANDOM: [u8; 256] = [
    2, 23, 19, 21, 7, 18, 40, 14, 12, 32, 47, 44, 36, 6, 18, 11, 4, 19, 42, 29, 16, 63, 57, 51, 16, 3, 5, 14,
    15, 30, 20, 9, 36, 45, 3, 57, 61, 0, 8, 5, 41, 14, 43, 27, 43, 59, 31, 35, 39, 60, 42, 38, 13, 54, 62, 1,
    26, 3, 11, 61, 52, 34, 7, 48, 4, 59, 22, 12, 22, 8, 50, 4, 10, 6, 44, 8, 11, 46, 31, 51, 53, 17, 1, 43,
    46, 60, 36, 54, 10, 27, 39, 44, 22, 41, 23, 2, 44, 0, 40, 53, 40, 48, 16, 43, 32, 28, 33, 12, 20, 2, 56,
    62, 55, 58, 18, 20, 13, 55, 38, 29, 57, 19, 49, 33, 47, 63, 59, 0, 35, 61, 19, 25, 46, 38, 60, 4, 35, 1,
    26, 40, 28, 10, 5, 14, 25, 18, 48, 49, 20, 59, 62, 34, 46, 7, 33, 52, 34, 58, 9, 29, 8, 55, 62, 60, 37,
    36, 37, 50, 6, 3, 10, 28, 48, 24, 26, 61, 57, 30, 11, 54, 2, 6, 50, 47, 7, 17, 35, 53, 32, 12, 23, 17, 5,
    21, 49, 55, 51, 45, 52, 27, 39, 25, 39, 63, 22, 24, 42, 52, 56, 38, 41, 41, 56, 32, 13, 24, 26, 51, 27,
    56, 58, 37, 24, 42, 15, 28, 17, 30, 31, 15, 16, 23, 25, 54, 33, 34, 1, 29, 31, 50, 53, 21, 49, 15, 47, 9,
    0, 58, 37, 45, 30, 13, 9, 45, 63, 21,
];
